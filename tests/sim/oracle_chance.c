/* SPDX-License-Identifier: Apache-2.0 */
/* Chance, and what is planned for when. */
#include "routing/base/memory.h"
#include "tests/sim/oracle.h"

#include <math.h>
#include <stdlib.h>

double random_unit(uint64_t *state)
{
	return ((double)(random_next(state) >> 11) + 0.5) / 9007199254740992.0;
}

double random_exponential(uint64_t *state, double rate)
{
	return -log(random_unit(state)) / rate;
}

static double normal(uint64_t *state)
{
	double radius = sqrt(-2 * log(random_unit(state)));
	return radius * cos(2 * M_PI * random_unit(state));
}

/* Marsaglia and Tsang 2000; below 1 by a power of a uniform one. */
double random_gamma(uint64_t *state, double shape)
{
	double boost = 1;
	if (shape < 1) {
		boost = pow(random_unit(state), 1 / shape);
		shape += 1;
	}
	double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
	for (;;) {
		double x = normal(state), v = 1 + c * x;
		if (v <= 0)
			continue;
		v = v * v * v;
		if (log(random_unit(state)) < 0.5 * x * x + d - d * v + d * log(v))
			return boost * d * v;
	}
}

unsigned random_share(uint64_t *state, const double *shares, unsigned count)
{
	double sum = 0, at;
	unsigned i;
	for (i = 0; i < count; i++)
		sum += shares[i];
	at = random_unit(state) * sum;
	for (i = 0; i + 1 < count && at >= shares[i]; i++)
		at -= shares[i];
	while (i > 0 && shares[i] <= 0) /* rounding must not draw what never comes */
		i--;
	return i;
}

static bool is_before(const struct oracle_event *a, const struct oracle_event *b)
{
	return a->at != b->at ? a->at < b->at : a->number < b->number;
}

void plan_add(struct oracle_plan *p, struct oracle_event e)
{
	size_t i = p->count++;
	if (p->count > p->space) {
		p->space = p->space != 0 ? 2 * p->space : 1024;
		p->items = memory_resize(p->items, p->space * sizeof p->items[0]);
	}
	e.number = p->number++;
	for (; i > 0 && is_before(&e, &p->items[(i - 1) / 2]); i = (i - 1) / 2)
		p->items[i] = p->items[(i - 1) / 2];
	p->items[i] = e;
}

bool plan_next(struct oracle_plan *p, usher_us until, struct oracle_event *ret)
{
	struct oracle_event last;
	size_t i = 0, child;
	if (p->count == 0 || p->items[0].at > until)
		return false;
	*ret = p->items[0];
	last = p->items[--p->count];
	for (; (child = 2 * i + 1) < p->count; i = child) {
		if (child + 1 < p->count && is_before(&p->items[child + 1], &p->items[child]))
			child++;
		if (!is_before(&p->items[child], &last))
			break;
		p->items[i] = p->items[child];
	}
	p->items[i] = last;
	return true;
}

void plan_done(struct oracle_plan *p)
{
	free(p->items);
	*p = (struct oracle_plan){0};
}
