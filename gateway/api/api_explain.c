/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api_explain.h"

#include "gateway/directory.h"
#include "gateway/engine_restore.h"
#include "gateway/shapes.h"

#include <stdio.h>

#define OFFERS_MAX 50
#define SENTENCE 200
#define REPLAY_NEAR 20000 /* journal rows: about as many as lie behind a snapshot */

struct offer_fact {
	struct fact_row row;
	enum contact_cause outcome;
	bool is_taken;
};

struct explaining {
	struct api_call *c;
	struct json_writer *w;
	struct offer_fact offers[OFFERS_MAX];
	int count;
	/* of the replay, which goes on from one offer to the next */
	struct engine_restored before;
	usher_id contact, chosen;
	const struct offer_fact *offer;
	bool is_found;
};

static int on_fact(const void *row, void *arg)
{
	struct explaining *x = arg;
	const struct fact_row *fact = row;
	const struct offer_fact *before = x->count > 0 ? &x->offers[x->count - 1] : NULL;
	/* An assignment that answers no open offer was taken past the order. */
	bool is_answer = before != NULL && before->row.agent == fact->agent &&
			 (before->outcome == CAUSE_NONE || before->outcome == CAUSE_ACCEPTED);
	bool is_direct = fact->kind == FX_ASSIGNED && !is_answer;
	if (fact->kind == FX_OFFERED && x->count < OFFERS_MAX) {
		x->offers[x->count++] = (struct offer_fact){.row = *fact};
	} else if (is_direct && x->count < OFFERS_MAX) {
		x->offers[x->count++] = (struct offer_fact){.row = *fact, .outcome = CAUSE_ACCEPTED,
							    .is_taken = true};
	} else if (x->count > 0 && x->offers[x->count - 1].outcome == CAUSE_NONE) {
		struct offer_fact *last = &x->offers[x->count - 1];
		if (fact->kind == FX_OFFER_ENDED)
			last->outcome = (enum contact_cause)fact->cause;
		else if (fact->kind == FX_ASSIGNED && fact->agent == last->row.agent)
			last->outcome = CAUSE_ACCEPTED;
	}
	return 0;
}

/* ---- sentences -------------------------------------------------------------------------------------------- */

static void say_span(usher_us span, char *out, size_t n)
{
	int64_t s = span / USHER_SECOND;
	if (s >= 3600)
		snprintf(out, n, "%lld h %02lld min", (long long)(s / 3600), (long long)(s / 60 % 60));
	else
		snprintf(out, n, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
}

static void say_skill(struct explaining *x, const struct routing_why *why, char *out, size_t n)
{
	const struct skill_row *skill = directory_skill(x->c->g->directory, why->skill);
	struct usher_text name = skill != NULL ? skill->name : TEXT("a required skill");
	snprintf(out, n, "needs %.*s at level %d and has %d", TEXT_ARG(name), why->needed, why->has);
}

static void say_why(struct explaining *x, const struct routing_why *why, usher_us now, char *out,
		    size_t n)
{
	static const char *const sentences[ROUTING_REASONS] = {
		[REASON_OTHER_FIRST] = "could have taken it; the chosen one came first in the order",
		[REASON_UNKNOWN] = "was no agent yet",
		[REASON_SIGNED_OUT] = "was signed out",
		[REASON_NOT_READY] = "was not ready",
		[REASON_LOST] = "had lost the connection",
		[REASON_NOT_RESPONDING] = "had not answered earlier offers",
		[REASON_WRAPUP] = "was in wrap-up",
		[REASON_NOT_MEMBER] = "does not serve this queue",
		[REASON_EXCLUDED] = "had been offered this contact before",
		[REASON_PREFERRED_OTHER] = "the contact was waiting for its own agent",
		[REASON_CAPACITY] = "had no room for another contact of this kind",
		[REASON_CHANNEL_MAX] = "had as many of this channel as allowed",
	};
	char idle[40];
	if (why->reason == REASON_SKILL) {
		say_skill(x, why, out, n);
	} else if (why->reason == REASON_CHOSEN || why->reason == REASON_OTHER_FIRST) {
		say_span(now - why->idle_since_us, idle, sizeof idle);
		snprintf(out, n, "%s (free for %s)",
			 why->reason == REASON_CHOSEN ? "came first of those who could take it"
						      : sentences[REASON_OTHER_FIRST],
			 idle);
	} else {
		snprintf(out, n, "%s",
			 (unsigned)why->reason < ROUTING_REASONS ? sentences[why->reason] : "");
	}
}

/* ---- one decision ------------------------------------------------------------------------------------------- */

static void put_other(struct explaining *x, const struct routing *r, const struct user_row *user,
		      usher_us now)
{
	char sentence[SENTENCE];
	struct routing_why why = routing_why(r, x->contact, user->id, now);
	if (why.reason == REASON_CHOSEN) /* the order put another first */
		why.reason = REASON_OTHER_FIRST;
	say_why(x, &why, now, sentence, sizeof sentence);
	json_write_object(x->w);
	shape_agent_ref(x->w, x->c->g, "agent", user->id);
	json_put_string(x->w, "reason", routing_reason_name(why.reason));
	json_put_string(x->w, "why", sentence);
	json_write_object_end(x->w);
}

static void put_decision(struct explaining *x, const struct routing *r, usher_us now)
{
	size_t n;
	char sentence[SENTENCE];
	const struct user_row *const *users = directory_users(x->c->g->directory, &n);
	struct routing_why why = routing_why(r, x->contact, x->offer->row.agent, now);
	if (why.reason == REASON_OTHER_FIRST)
		why.reason = REASON_CHOSEN;
	if (x->offer->is_taken)
		snprintf(sentence, sizeof sentence, "took it past the order");
	else
		say_why(x, &why, now, sentence, sizeof sentence);
	json_put_string(x->w, "why", sentence);
	json_put_list(x->w, "others");
	for (size_t i = 0; i < n; i++)
		if (users[i]->id != x->offer->row.agent &&
		    (users[i]->roles & (ROLE_AGENT | ROLE_SUPERVISOR)) != 0)
			put_other(x, r, users[i], now);
	json_write_list_end(x->w);
}

static void on_decision(const struct routing *r, usher_id contact, usher_id agent, usher_us now,
			void *arg)
{
	struct explaining *x = arg;
	if (x->is_found || contact != x->contact || agent != x->offer->row.agent)
		return;
	x->is_found = true;
	put_decision(x, r, now);
}

/* The loop waits meanwhile: the way to the next offer is walked where that is not far, and begun
 * anew from a snapshot where it is. */
static int go_to(struct explaining *x, int64_t seq, struct usher_error *reterr)
{
	bool is_near = x->before.routing != NULL && x->before.journal_seq <= seq &&
		       seq - x->before.journal_seq <= REPLAY_NEAR;
	if (is_near)
		return engine_restore_advance(&x->before, x->c->g->store, seq, reterr);
	routing_free(x->before.routing);
	x->before = (struct engine_restored){0};
	return engine_restore_until(&x->before, x->c->g->store, seq, reterr);
}

/* The state before the event that made the offer, then that event under observation. */
static void replay(struct explaining *x)
{
	struct usher_error err = {0};
	int64_t seq = x->offer->row.journal_seq;
	x->is_found = false;
	int code = go_to(x, seq - 1, &err);
	if (code == 0) {
		routing_observe(x->before.routing, on_decision, x);
		code = engine_restore_advance(&x->before, x->c->g->store, seq, &err);
		routing_observe(x->before.routing, NULL, NULL);
	}
	if (code < 0)
		json_put_string(x->w, "why", err.text);
	else if (!x->is_found)
		json_put_string(x->w, "why", "the journal no longer reaches back to this decision");
}

static void put_offer(struct explaining *x, const struct offer_fact *offer)
{
	x->offer = offer;
	json_write_object(x->w);
	json_put_time(x->w, "at", offer->row.at_us);
	shape_agent_ref(x->w, x->c->g, "agent", offer->row.agent);
	json_put_int(x->w, "epoch", offer->is_taken ? 0 : offer->row.number);
	json_put_string(x->w, "outcome",
			offer->outcome != CAUSE_NONE ? contact_cause_name(offer->outcome) : NULL);
	replay(x);
	json_write_object_end(x->w);
}

void explain_render(struct api_call *c, struct json_writer *w)
{
	struct contact *contact = api_contact(c, c->args[0]);
	if (contact == NULL)
		return;
	struct explaining *x = ARENA_NEW(&c->arena, struct explaining);
	x->c = c;
	x->w = w;
	x->contact = contact->row.id;
	struct fact_row like = {.contact = contact->row.id};
	struct store_range range = {.index = FACT_BY_CONTACT, .equal_count = 1, .like = &like};
	if (store_scan(c->g->store, &FACT, &range, on_fact, x) < 0) {
		api_refuse(c, E_IO, "the facts cannot be read from the store");
		return;
	}
	json_write_object(w);
	json_put_id(w, "contact", contact->row.id, &c->g->id_key);
	json_put_list(w, "offers");
	for (int i = 0; i < x->count; i++)
		put_offer(x, &x->offers[i]);
	routing_free(x->before.routing);
	json_write_list_end(w);
	json_write_object_end(w);
}
