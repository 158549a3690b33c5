/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/policy/policy.h"

#include "routing/base/hash.h"

#define FRACTION_BITS 24

/* -log2(x / 2^64), with FRACTION_BITS behind the point, for x > 0: squaring the mantissa brings
 * out one binary digit of the logarithm after the other. */
static uint64_t minus_log2(uint64_t x)
{
	unsigned leading = (unsigned)__builtin_clzll(x);
	uint64_t mantissa = x << leading, log = 0; /* 1 <= mantissa / 2^63 < 2 */
	for (unsigned i = 0; i < FRACTION_BITS; i++) {
		unsigned __int128 square = (unsigned __int128)mantissa * mantissa;
		bool is_two = (square >> 127) != 0;
		mantissa = (uint64_t)(square >> (is_two ? 64 : 63));
		log = log << 1 | is_two;
	}
	return ((uint64_t)(leading + 1) << FRACTION_BITS) - log;
}

uint64_t policy_draw(uint64_t seed, usher_id contact, uint64_t epoch, usher_id agent,
		     uint8_t weight)
{
	uint64_t x = hash_fold(hash_fold(hash_fold(hash_fold(1, seed), contact), epoch), agent);
	return (minus_log2(x | 1) << 16) / (weight > 0 ? weight : 1);
}
