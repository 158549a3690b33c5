/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/estimate/wide.h"

#define LN2_Q63 0x58b90bfbe8e7bcd5ull

static int bits(wide a) /* how many it takes; 0 for 0 */
{
	uint64_t high = (uint64_t)(a >> 64);
	uint64_t low = (uint64_t)a;
	if (high != 0)
		return 128 - __builtin_clzll(high);
	return low != 0 ? 64 - __builtin_clzll(low) : 0;
}

wide wide_div(wide a, wide b)
{
	if (b == 0)
		return ~(wide)0;
	if (a <= UINT64_MAX && b <= UINT64_MAX)
		return (uint64_t)a / (uint64_t)b;
	wide quotient = 0;
	for (int shift = bits(a) - bits(b); shift >= 0; shift--) {
		quotient <<= 1;
		if (a >> shift >= b) {
			a -= b << shift;
			quotient |= 1;
		}
	}
	return quotient;
}

uint64_t wide_narrow(wide a)
{
	return a > UINT64_MAX ? UINT64_MAX : (uint64_t)a;
}

wide wide_add(wide a, wide b)
{
	return a > ~(wide)0 - b ? ~(wide)0 : a + b;
}

uint64_t wide_scale(uint64_t a, uint64_t b, uint64_t c)
{
	return wide_narrow(wide_div((wide)a * b, c));
}

uint64_t wide_root(wide a)
{
	uint64_t root = 0;
	for (int bit = (bits(a) + 1) / 2; bit >= 0; bit--) {
		if (bit == 64)
			continue; /* the root of 128 bits has 64 */
		uint64_t next = root | 1ull << bit;
		if ((wide)next * next <= a)
			root = next;
	}
	return root;
}

/* 2^-fraction for a fraction in units of 2^-60: a factor for each of the 32 upper bits, and a
 * straight line for the rest, whose square is below 2^-63. */
static uint64_t part_of_half(uint64_t fraction)
{
	static const uint64_t factor[32] = {
		0x5a827999fcef3242, 0x6ba27e656b4eb57a, 0x75606373ee921c97, 0x7a92be8a92436616,
		0x7d41d96db915019d, 0x7e9f06067a4360ba, 0x7f4f08ae3dc7c426, 0x7fa765aca88f6453,
		0x7fd3ab290e46d769, 0x7fe9d3a8e07bf086, 0x7ff4e9597bed93ab, 0x7ffa748dff8dc61f,
		0x7ffd3a3f50020332, 0x7ffe9d1dbc0a75aa, 0x7fff4e8e6306ed59, 0x7fffa74712c3cdfd,
		0x7fffd3a381b1fa29, 0x7fffe9d1beed018a, 0x7ffff4e8defb81d7, 0x7ffffa746f5f012f,
		0x7ffffd3a37a7d0a8, 0x7ffffe9d1bd1fc58, 0x7fffff4e8de8832d, 0x7fffffa746f422d7,
		0x7fffffd3a37a09bb, 0x7fffffe9d1bd02f2, 0x7ffffff4e8de80fe, 0x7ffffffa746f4060,
		0x7ffffffd3a37a028, 0x7ffffffe9d1bd012, 0x7fffffff4e8de809, 0x7fffffffa746f404,
	};
	uint64_t result = WIDE_HALVES_ONE;
	for (int i = 0; i < 32; i++)
		if ((fraction >> (59 - i) & 1) != 0)
			result = (uint64_t)((wide)result * factor[i] >> 63);
	uint64_t rest = fraction & ((1ull << 28) - 1);
	uint64_t fall = (uint64_t)((wide)rest * LN2_Q63 >> 60);
	return result - (uint64_t)((wide)result * fall >> 63);
}

uint64_t wide_halves(uint64_t time, uint64_t half_life)
{
	uint64_t whole = time / half_life;
	if (whole >= 63)
		return 0;
	wide fraction = wide_div((wide)(time % half_life) << 60, half_life);
	return part_of_half((uint64_t)fraction) >> whole;
}
