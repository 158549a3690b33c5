/* SPDX-License-Identifier: Apache-2.0 */
/* What travels between the parser child and its parent: a head, then that many bytes. */
#ifndef CHANNELS_EMAIL_WIRE_H
#define CHANNELS_EMAIL_WIRE_H

#include <stddef.h>
#include <stdint.h>

/* To the child: EMAIL_PARSE_ flags, and a raw mail. Back: a result code, and an encoded mail (0)
 * or a sentence. Both ends are the same program on the same machine. */
struct wire_head {
	uint32_t value;
	uint32_t bytes;
};

/* Exactly n bytes. deadline_ms counts on CLOCK_MONOTONIC; negative: none. 0, or -1 at the end of
 * the stream, a fault, or the deadline. */
int wire_read(int fd, void *to, size_t n, int64_t deadline_ms);
int wire_write(int fd, const void *from, size_t n, int64_t deadline_ms);

int64_t wire_now_ms(void);

#endif
