/* SPDX-License-Identifier: Apache-2.0 */
/* Fixed-width little-endian values in bytes; reading past the end fails once and for all. */
#ifndef ROUTING_CORE_CODEC_H
#define ROUTING_CORE_CODEC_H

#include "routing/base/text.h"

static inline void put_number(struct usher_buf *b, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		buf_addc(b, (char)(value >> (8 * i) & 0xff));
}

struct reader {
	const unsigned char *p; /* borrowed */
	size_t left;
	bool is_bad; /* something was cut or out of range; whatever was read since is 0 */
};

static inline uint64_t get_number(struct reader *in, unsigned bytes)
{
	if (in->is_bad || in->left < bytes) {
		in->is_bad = true;
		return 0;
	}
	uint64_t value = 0;
	for (unsigned i = 0; i < bytes; i++)
		value |= (uint64_t)in->p[i] << (8 * i);
	in->p += bytes;
	in->left -= bytes;
	return value;
}

/* A number of at most `max`. */
static inline uint64_t get_bounded(struct reader *in, unsigned bytes, uint64_t max)
{
	uint64_t value = get_number(in, bytes);
	if (value <= max)
		return value;
	in->is_bad = true;
	return 0;
}

static inline int64_t get_time(struct reader *in)
{
	return (int64_t)get_number(in, 8);
}

#endif
