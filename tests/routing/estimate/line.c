/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/routing/estimate/line.h"

#include "routing/base/hash.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct queue {
	struct line_contact *c; /* owned: a ring of LINE_WAITING */
	unsigned first, count;
};

struct run {
	const struct line_setting *s;
	struct estimator *e;
	uint64_t random;
	double now;
	struct queue line[LINE_CLASSES];
	double last[LINE_CLASSES]; /* wait of the last to start */
	double began[LINE_GROUPS][LINE_AGENTS];
	int of[LINE_GROUPS][LINE_AGENTS]; /* class in service */
	int busy[LINE_GROUPS];
	unsigned arrived;
};

static double uniform(struct run *r)
{
	return ((double)(random_next(&r->random) >> 11) + 0.5) / 9007199254740992.0;
}

static usher_us at(const struct run *r)
{
	return (usher_us)(r->now * 1e6);
}

static struct line_contact *waiting(struct queue *q, unsigned i)
{
	return &q->c[(q->first + i) % LINE_WAITING];
}

static void serve(struct run *r, int group, int class)
{
	r->began[group][r->busy[group]] = r->now;
	r->of[group][r->busy[group]++] = class;
}

static void arrive(struct run *r, int class)
{
	const struct line_setting *s = r->s;
	struct queue *q = &r->line[class];
	estimator_arrival(&r->e[class], at(r));
	r->arrived++;
	for (int g = 0; g < s->groups; g++)
		if ((s->serves[g] >> class & 1) != 0 && r->busy[g] < s->agents[g]) {
			serve(r, g, class);
			estimator_start(&r->e[class], at(r), 0, false);
			r->last[class] = 0;
			return;
		}
	assert(q->count < LINE_WAITING);
	struct line_contact *c = waiting(q, q->count);
	memset(c, 0, sizeof *c);
	c->came = r->now;
	c->ahead = q->count++;
	c->head = c->ahead > 0 ? r->now - waiting(q, 0)->came : -1;
	c->last = r->last[class];
	c->is_kept = r->arrived > s->warm_up;
	c->is_after = s->jump_by > 0 && r->arrived > s->jump_at * s->arrivals;
	s->on_wait(s->arg, &r->e[class], class, at(r), c);
}

/* The class whose head goes to a free agent of the group; -1: nobody waits for it. */
static int next_class(struct run *r, int group)
{
	int best = -1;
	for (int c = 0; c < r->s->classes; c++) {
		if ((r->s->serves[group] >> c & 1) == 0 || r->line[c].count == 0)
			continue;
		if (best < 0 || (!r->s->is_priority &&
				 waiting(&r->line[c], 0)->came < waiting(&r->line[best], 0)->came))
			best = c;
	}
	return best;
}

static void finish(struct run *r, int group)
{
	int i = (int)(uniform(r) * r->busy[group]);
	usher_us handled = (usher_us)((r->now - r->began[group][i]) * 1e6);
	estimator_end(&r->e[r->of[group][i]], at(r), handled);
	r->busy[group]--;
	r->began[group][i] = r->began[group][r->busy[group]];
	r->of[group][i] = r->of[group][r->busy[group]];
	int class = next_class(r, group);
	if (class < 0)
		return;
	struct queue *q = &r->line[class];
	struct line_contact c = *waiting(q, 0);
	q->first = (q->first + 1) % LINE_WAITING;
	q->count--;
	serve(r, group, class);
	r->last[class] = r->now - c.came;
	estimator_start(&r->e[class], at(r), (usher_us)(r->last[class] * 1e6), true);
	r->s->on_start(r->s->arg, &r->e[class], class, at(r), &c, r->last[class]);
}

static void give_up(struct run *r, int class)
{
	struct queue *q = &r->line[class];
	unsigned i = (unsigned)(uniform(r) * q->count);
	double waited = r->now - waiting(q, i)->came;
	for (; i + 1 < q->count; i++)
		*waiting(q, i) = *waiting(q, i + 1);
	q->count--;
	estimator_abandon(&r->e[class], at(r), (usher_us)(waited * 1e6));
}

/* One event of the chain: which, in proportion to the rates. */
static void turn(struct run *r)
{
	const struct line_setting *s = r->s;
	double rate[LINE_CLASSES * 2 + LINE_GROUPS], sum = 0;
	int n = 0;
	double faster = s->jump_by > 0 && r->arrived >= s->jump_at * s->arrivals ? s->jump_by : 1;
	for (int c = 0; c < s->classes; c++)
		sum += rate[n++] = s->arrival[c] * faster;
	for (int c = 0; c < s->classes; c++)
		sum += rate[n++] = s->abandon * r->line[c].count;
	for (int g = 0; g < s->groups; g++)
		sum += rate[n++] = s->service * r->busy[g];
	r->now += -log(uniform(r)) / sum;
	double pick = uniform(r) * sum;
	int which = 0;
	while (which < n - 1 && pick >= rate[which])
		pick -= rate[which++];
	if (which < s->classes)
		arrive(r, which);
	else if (which < 2 * s->classes)
		give_up(r, which - s->classes);
	else
		finish(r, which - 2 * s->classes);
}

void line_run(const struct line_setting *s, struct estimator *ret)
{
	struct run *r = calloc(1, sizeof *r);
	assert(r != NULL);
	r->s = s;
	r->e = ret;
	r->random = s->seed;
	for (int c = 0; c < s->classes; c++) {
		uint32_t agents = 0;
		for (int g = 0; g < s->groups; g++)
			agents += (s->serves[g] >> c & 1) != 0 ? (uint32_t)s->agents[g] : 0;
		r->line[c].c = calloc(LINE_WAITING, sizeof *r->line[c].c);
		int code = estimator_init(&ret[c], &s->rules, 0, NULL);
		assert(code == 0 && r->line[c].c != NULL);
		(void)code;
		estimator_agents(&ret[c], 0, agents);
	}
	while (r->arrived < s->arrivals)
		turn(r);
	for (int c = 0; c < s->classes; c++)
		free(r->line[c].c);
	free(r);
}
