/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/explain/history.h"

#include "gateway/explain/replay.h"

#include <stdio.h>
#include <string.h>

static const char *const checks[] = {"left", "same", "differs", "pruned", "fault"};

const char *explain_check_name(enum explain_check check)
{
	return checks[(unsigned)check <= EXPLAIN_FAULT ? check : EXPLAIN_FAULT];
}

/* ---- the decisions in the facts --------------------------------------------------------------- */

struct listing {
	const struct explain_wish *wish;
	struct explain_history *h;
	int64_t accepted_seq; /* the event that ended the last offer as accepted */
	usher_id accepted;
};

static struct explain_decision *slot_of(struct listing *l, unsigned number)
{
	struct explain_history *h = l->h;
	if (l->wish->decision != 0)
		return number == l->wish->decision ? &h->items[h->count++] : NULL;
	if (h->count == EXPLAIN_DECISIONS_MAX) {
		memmove(h->items, h->items + 1, sizeof h->items - sizeof h->items[0]);
		h->count--;
		h->left_off++;
	}
	return &h->items[h->count++];
}

static void add(struct listing *l, const struct fact_row *fact, enum explain_kind kind)
{
	if (l->h->total == EXPLAIN_NUMBER_MAX)
		return;
	struct explain_decision *d = slot_of(l, ++l->h->total);
	if (d == NULL)
		return;
	*d = (struct explain_decision){.number = l->h->total,
				       .kind = kind,
				       .at_us = fact->at_us,
				       .queue = fact->queue,
				       .agent = fact->agent,
				       .journal_seq = fact->journal_seq};
	if (kind == EXPLAIN_OFFERED)
		d->epoch = (uint64_t)fact->number;
	else
		d->outcome = CAUSE_ACCEPTED;
}

static void end_offer(struct listing *l, const struct fact_row *fact)
{
	for (unsigned i = l->h->count; i > 0; i--) {
		struct explain_decision *d = &l->h->items[i - 1];
		if (d->kind == EXPLAIN_OFFERED && d->agent == fact->agent &&
		    d->epoch == (uint64_t)fact->number) {
			d->outcome = (enum contact_cause)fact->cause;
			return;
		}
	}
}

static int on_fact(const void *row, void *arg)
{
	struct listing *l = arg;
	const struct fact_row *fact = row;
	l->h->is_of_agent |= fact->agent != 0 && fact->agent == l->wish->agent;
	if (fact->kind == FX_OFFERED) {
		add(l, fact, EXPLAIN_OFFERED);
	} else if (fact->kind == FX_OFFER_ENDED) {
		end_offer(l, fact);
		if (fact->cause == CAUSE_ACCEPTED) {
			l->accepted = fact->agent;
			l->accepted_seq = fact->journal_seq;
		}
	} else if (fact->kind == FX_ASSIGNED &&
		   (fact->agent != l->accepted || fact->journal_seq != l->accepted_seq)) {
		add(l, fact, EXPLAIN_TAKEN);
	}
	return l->wish->is_cancelled != NULL && atomic_load(l->wish->is_cancelled) ? E_AGAIN : 0;
}

/* ---- all of it ----------------------------------------------------------------------------------- */

int explain_history_make(struct explain_history *ret, struct store *s, const struct explain_wish *wish,
			 struct usher_error *reterr)
{
	struct fact_row like = {.contact = wish->contact};
	struct store_range range = {.index = FACT_BY_CONTACT, .equal_count = 1, .like = &like};
	struct listing l = {.wish = wish, .h = ret};
	struct explain_replay replay = {.store = s, .wish = wish,
					.rows_left = wish->rows_max > 0 ? wish->rows_max
									: EXPLAIN_ROWS_MAX};
	*ret = (struct explain_history){0};
	int code = store_scan(s, &FACT, &range, on_fact, &l);
	if (code < 0)
		return usher_error_set(reterr, code, "the facts of the contact cannot be read");
	if (wish->decision != 0 && ret->count == 0)
		return usher_error_set(reterr, E_NOT_FOUND,
				       "there is no decision %u: the contact has %u",
				       wish->decision, ret->total);
	for (unsigned i = 0; i < ret->count && code == 0; i++)
		code = explain_replay_one(&replay, &ret->items[i], reterr);
	explain_replay_done(&replay);
	if (code < 0)
		explain_history_done(ret);
	return code;
}

void explain_history_done(struct explain_history *h)
{
	for (unsigned i = 0; i < h->count; i++)
		if (h->items[i].has_scene)
			explain_scene_done(&h->items[i].scene);
	h->count = 0;
}
