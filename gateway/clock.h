/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time that never goes back. It follows the wall clock forward; where that is set back, it goes on
 * at the pace of the steady clock, so that offers still end and deadlines still come.
 */
#ifndef GATEWAY_CLOCK_H
#define GATEWAY_CLOCK_H

#include "routing/base/id.h"

struct clock {
	usher_us at_us;
	uint64_t steady_ns;
};

/* The wall clock must be read before the steady one: a pause between the two then makes the pace
 * slower, never faster. */
usher_us clock_advance(struct clock *c, usher_us wall_us, uint64_t steady_ns);
void clock_not_before(struct clock *c, usher_us at_us, uint64_t steady_ns);

#endif
