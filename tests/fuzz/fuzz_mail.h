/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzz target of the mail parsers. Linked with clang's -fsanitize=fuzzer it is one; linked with
 * fuzz_mail.c it replays the seeds of its corpus directory and a fixed number of mutations of them
 * from a fixed seed, so that every run of the tests sees the same inputs.
 */
#ifndef TESTS_FUZZ_FUZZ_MAIL_H
#define TESTS_FUZZ_FUZZ_MAIL_H

#include <stddef.h>
#include <stdint.h>

extern const char fuzz_name[]; /* of the corpus directory below tests/fuzz/corpus */
extern const int fuzz_rounds;  /* mutations of each seed */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Fails the run, with the place. */
#define FUZZ_EXPECT(question)             \
	do {                              \
		if (!(question))          \
			__builtin_trap(); \
	} while (0)

#endif
