/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole numbers of 128 bits, and powers of a half. The division is written out, because the
 * compiler's comes from a library of its own and the core takes nothing from outside.
 */
#ifndef ROUTING_ESTIMATE_WIDE_H
#define ROUTING_ESTIMATE_WIDE_H

#include <stdint.h>

typedef unsigned __int128 wide;

#define WIDE_HALVES_ONE (1ull << 63) /* what wide_halves() gives for a time of 0 */

wide wide_div(wide a, wide b); /* rounded down; UINT128_MAX where b is 0 */
uint64_t wide_narrow(wide a);  /* UINT64_MAX where it does not fit */
uint64_t wide_root(wide a);    /* the square root, rounded down */
wide wide_add(wide a, wide b); /* UINT128_MAX where it does not fit */
uint64_t wide_scale(uint64_t a, uint64_t b, uint64_t c); /* a * b / c, rounded down, narrowed */

/* 2^(-time / half_life) in units of 2^-63, to a few units. half_life > 0. */
uint64_t wide_halves(uint64_t time, uint64_t half_life);

#endif
