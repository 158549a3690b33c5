/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/clock.h"

static usher_us paced(const struct clock *c, uint64_t steady_ns)
{
	uint64_t span = steady_ns > c->steady_ns ? steady_ns - c->steady_ns : 0;
	return c->at_us + (usher_us)(span / 1000);
}

void clock_not_before(struct clock *c, usher_us at_us, uint64_t steady_ns)
{
	usher_us pace = c->at_us == 0 ? 0 : paced(c, steady_ns);
	c->at_us = at_us > pace ? at_us : pace;
	c->steady_ns = steady_ns;
}

usher_us clock_advance(struct clock *c, usher_us wall_us, uint64_t steady_ns)
{
	clock_not_before(c, wall_us, steady_ns);
	return c->at_us;
}
