/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay_model.h"

#include "gateway/replay/replay_run.h"

#define LATE_US (50 * 1000) /* a tick may be so late: the loop that recorded was, too */
#define STEPS_PER_EVENT 20
#define STEPS_MORE 1000000
#define PROGRESS_EVERY 65536

/* Whether the event is what stands at this place of the record, to the byte. */
static bool is_recorded(const struct run *x, size_t i, const struct routing_event *ev)
{
	const struct replay_item *item = &x->l->record->items[i];
	struct usher_buf bytes = {0};
	if (i != x->position)
		return false;
	routing_event_encode(ev, &bytes);
	bool is_equal = text_equal(buf_text(&bytes),
				   text_slice(x->l->record->bytes.p + item->offset, item->bytes));
	buf_done(&bytes);
	return is_equal;
}

static void follow_record(struct run *x, size_t i, const struct routing_event *ev, usher_us at_us)
{
	if (x->is_same)
		x->is_same = at_us == x->l->record->items[i].at_us && is_recorded(x, i, ev);
	x->position++;
}

static void do_outside(struct run *x, size_t i)
{
	struct routing_event ev;
	usher_us at_us = x->l->record->items[i].at_us;
	if (!run_outside(x, i, &ev)) {
		x->is_same = false;
		return;
	}
	follow_record(x, i, &ev, at_us);
	run_step(x, &ev, at_us);
	run_copies(x, &ev);
}

static void do_plan(struct run *x, const struct plan *plan)
{
	struct routing_event ev;
	bool is_deed = plan->kind == PLAN_RECORDED;
	if (!(is_deed ? run_deed(x, plan->order, &ev) : run_assumed(x, plan, &ev))) {
		x->is_same = x->is_same && !is_deed;
		return;
	}
	if (is_deed)
		follow_record(x, plan->order, &ev, plan->at_us);
	else
		x->is_same = false;
	run_step(x, &ev, plan->at_us);
}

/* The next recorded item that is no deed; the record's length when there is none. */
static size_t next_outside(const struct replay_record *r, size_t i)
{
	while (i < r->count && r->items[i].anchor != 0)
		i++;
	return i;
}

/* While the run is the record, its own ticks are enough, and no others may be added. */
static bool tick(struct run *x, usher_us until)
{
	usher_us due = routing_deadline(x->r);
	if (x->is_same || due == USHER_NEVER || due >= until - LATE_US)
		return false;
	run_step(x, &(struct routing_event){.kind = EV_TICK}, due);
	return true;
}

static int too_long(const struct run *x, struct usher_error *reterr)
{
	if (x->result->steps <= x->l->record->count * STEPS_PER_EVENT + STEPS_MORE)
		return 0;
	return usher_error_set(reterr, E_LIMIT,
			       "the what-if does not come to an end: %zu steps for %zu events; "
			       "choose a shorter period or another change",
			       x->result->steps, x->l->record->count);
}

static void report(const struct run *x, size_t i)
{
	if (x->in->on_progress != NULL && x->result->steps % PROGRESS_EVERY == 0)
		x->in->on_progress("the what-if", i, x->l->record->count, x->in->arg);
}

static int run_all(struct run *x, struct usher_error *reterr)
{
	const struct replay_record *record = x->l->record;
	size_t outside = next_outside(record, 0);
	for (;;) {
		const struct plan *plan = plan_heap_first(&x->plans);
		usher_us at_us =
			outside < record->count ? record->items[outside].at_us : USHER_NEVER;
		bool is_plan = plan != NULL && (plan->at_us < at_us ||
						(plan->at_us == at_us && plan->order < outside));
		if (is_plan)
			at_us = plan->at_us;
		bool is_over = at_us > x->in->to_us;
		if (too_long(x, reterr) < 0)
			return E_LIMIT;
		report(x, outside);
		if (tick(x, is_over ? x->in->to_us + LATE_US : at_us))
			continue;
		if (is_over)
			return 0;
		if (is_plan) {
			struct plan taken = *plan;
			plan_heap_remove_first(&x->plans);
			do_plan(x, &taken);
		} else {
			do_outside(x, outside);
			outside = next_outside(record, outside + 1);
		}
	}
}

static void count_unspent(struct run *x)
{
	const struct replay_record *record = x->l->record;
	for (size_t i = 0; i < record->count && record->items[i].at_us <= x->in->to_us; i++) {
		uint32_t anchor = record->items[i].anchor;
		x->result->events++;
		x->result->unspent += anchor != 0 && !x->l->anchors.items[anchor].has_run;
	}
}

/* ---- both runs ------------------------------------------------------------------------------ */

static int begin(struct routing **ret, const struct replay_input *in, struct usher_error *reterr)
{
	if (in->state.n == 0)
		return routing_new(ret, &in->limits, 1, reterr);
	return routing_restore(ret, &in->limits, in->state, reterr);
}

static int run_what_if(struct learnt *l, const struct replay_input *in,
		       struct replay_result *result, struct usher_error *reterr)
{
	struct run x = {.in = in, .l = l, .result = result, .now = in->from_us, .is_same = true};
	int code = begin(&x.r, in, reterr);
	if (code < 0)
		return code;
	x.figures = replay_figures_new(x.r, in->from_us, in->targets, in->target_count);
	run_begin(&x);
	run_apply_change(&x);
	code = run_all(&x, reterr);
	if (code == 0) {
		count_unspent(&x);
		replay_figures_end(x.figures, in->to_us);
		result->after = x.figures;
		result->digest_after = routing_digest(x.r);
		result->is_same = x.is_same && x.position == result->events;
	} else {
		replay_figures_free(x.figures);
	}
	routing_free(x.r);
	plan_heap_done(&x.plans);
	table_done(&x.offers);
	return code;
}

int replay_run(const struct replay_input *in, struct replay_result *ret, struct usher_error *reterr)
{
	struct replay_result result = {0};
	struct learnt l;
	struct routing *r = NULL;
	int code = begin(&r, in, reterr);
	if (code < 0)
		return code;
	learn(&l, r, in);
	routing_free(r);
	code = run_what_if(&l, in, &result, reterr);
	if (code == 0) {
		result.before = l.figures;
		result.digest_before = l.digest;
		l.figures = NULL;
		*ret = result;
	}
	learn_done(&l);
	return code;
}

void replay_result_done(struct replay_result *r)
{
	replay_figures_free(r->before);
	replay_figures_free(r->after);
	*r = (struct replay_result){0};
}
