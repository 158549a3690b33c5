/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/intake.h"

#include "gateway/customers.h"
#include "gateway/directory.h"
#include "gateway/effects_say.h"
#include "gateway/estimates.h"
#include "gateway/kept.h"
#include "gateway/log.h"
#include "gateway/opening.h"
#include "gateway/publish.h"
#include "gateway/rejoin.h"
#include "gateway/requirements.h"
#include "gateway/rows.h"

#include <stdlib.h>

struct intake {
	struct arena arena;
	struct inbound in; /* texts in the arena */
	struct usher_text channel_id;
	channel_on_inbound on_done;
	void *arg;
	int code; /* what apply found: 0, E_EXISTS or a refusal */
	int64_t state_before; /* of the contact it joined */
	bool has_new_session;
	struct inbound_result result;
};

/* ---- copying --------------------------------------------------------------------------------- */

static void copy_inbound(struct arena *a, struct inbound *to, const struct inbound *from)
{
	*to = *from;
	struct usher_text *texts[] = {&to->remote_id, &to->key,  &to->address, &to->name,
				      &to->language,  &to->subject, &to->body,  &to->html,
				      &to->blob,      &to->fields,  &to->session_fields};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		*texts[i] = arena_text(a, *texts[i]);
	for (int i = 0; i < to->ref_count; i++)
		to->refs[i] = arena_text(a, to->refs[i]);
}

/* ---- finding the contact ---------------------------------------------------------------------- */

static bool is_same_customer(struct turn *t, const struct contact *c, const struct inbound *in)
{
	if (text_equal(c->row.address, in->address))
		return true;
	return c->row.customer != 0 &&
	       customers_find(t->g, (enum channel_kind)c->row.channel, in->address) == c->row.customer;
}

/* Newest reference first: it is the message that was answered. */
static struct contact *by_reference(struct turn *t, const struct inbound *in)
{
	for (int i = in->ref_count - 1; i >= 0; i--) {
		struct thread_row key = {.hash = (int64_t)hash_keyed(&t->g->id_key, in->refs[i].p,
								      in->refs[i].n)};
		struct thread_row row;
		if (store_get(t->g->store, &THREAD, &key, t->arena, &row) < 0)
			continue;
		struct contact *c = book_contact(t->g->book, row.contact);
		if (c != NULL && is_same_customer(t, c, in))
			return c;
	}
	return NULL;
}

static bool may_reopen(const struct turn *t, const struct contact *c, const struct inbound *in)
{
	return !in->is_automatic && t->now - c->row.closed_us < INTAKE_REOPEN_US;
}

static struct contact *find_contact(struct turn *t, struct intake *k)
{
	struct session *s = book_session(t->g->book, k->channel_id, k->in.key);
	if (s != NULL)
		return book_contact(t->g->book, s->row.contact);
	struct contact *c = book_contact(t->g->book, k->in.contact);
	if (c == NULL)
		c = by_reference(t, &k->in);
	if (c != NULL && c->row.state == CONTACT_CLOSED && k->in.kind == INBOUND_MESSAGE &&
	    !may_reopen(t, c, &k->in) && !k->in.is_automatic)
		return NULL; /* too long ago: a new contact, by the same customer */
	return c;
}

/* ---- opening ----------------------------------------------------------------------------------- */

int intake_enqueue(struct turn *t, struct contact *c, int priority, usher_id preferred)
{
	struct routing_contact_new how = {
		.priority = priority < 0 ? 255 : (uint8_t)priority,
		.preferred = preferred,
		.preferred_us = preferred != 0 ? INTAKE_PREFERRED_US : 0,
	};
	return intake_enqueue_as(t, c, &how);
}

int intake_enqueue_as(struct turn *t, struct contact *c, const struct routing_contact_new *how)
{
	struct routing_event ev = {.kind = EV_CONTACT_NEW, .contact = *how};
	int64_t rejoined = 0;
	ev.contact.contact = c->row.id;
	ev.contact.queue = c->row.queue;
	ev.contact.channel = (enum channel_kind)c->row.channel;
	ev.contact.first_us = rejoin_first_us(t, c, &rejoined);
	requirements_fill(t->g, c, &ev.contact);
	usher_id queue = c->row.queue;
	c->row.queue = 0; /* entering counts as offered to the queue */
	c->row.queued_us = 0;
	int code = turn_route(t, &ev);
	if (code < 0) {
		c->row.queue = queue;
		return code;
	}
	c->first_us = ev.contact.first_us;
	if (rejoined != 0)
		book_event(t, c, "rejoined", "The customer was in line a moment ago (C-%lld) and has that place again.",
			   (long long)rejoined);
	estimates_announce(t, c);
	return 0;
}

/* ---- refused ------------------------------------------------------------------------------------ */

static void turn_away(struct turn *t, struct contact *c, enum contact_cause cause)
{
	c->row.state = CONTACT_CLOSED;
	c->row.cause = cause;
	c->row.closed_us = t->now;
	contact_changed(t, c);
	turn_fact(t, &(struct fact_row){.kind = FACT_TURNED_AWAY, .contact = c->row.id,
					.queue = c->row.queue, .cause = cause});
	say_closed(t, c, cause);
	book_session_end_all(t, c);
	publish_contact(t, c);
}

enum contact_cause intake_refused(struct turn *t, struct contact *c, int code)
{
	enum contact_cause cause = code == E_CLOSED  ? CAUSE_CLOSED_HOURS
				   : code == E_LIMIT ? CAUSE_FULL
						     : CAUSE_SYSTEM;
	bool is_live = channel_is_live((enum channel_kind)c->row.channel);
	if (cause != CAUSE_SYSTEM && !is_live) {
		kept_add(t, c, cause);
		return CAUSE_NONE;
	}
	turn_away(t, c, cause);
	return cause;
}

static int check_room(const struct turn *t, usher_id queue)
{
	if (directory_queue(t->g->directory, queue) == NULL)
		return E_CLOSED;
	return book_open_count(t->g->book) < ROUTING_LIMITS_DEFAULT.contacts_max ? 0 : E_LIMIT;
}

/* Where a closed contact waits when it opens again: its own queue, or, where that was removed, its
 * channel's. */
usher_id intake_queue(const struct turn *t, const struct contact *c)
{
	const struct channel_row *channel = directory_channel(t->g->directory, c->row.channel_id);
	bool has_own = directory_queue(t->g->directory, c->row.queue) != NULL;
	return has_own || channel == NULL ? c->row.queue : channel->queue;
}

static int reopen(struct turn *t, struct contact *c, usher_id preferred, const char *why)
{
	usher_id queue = intake_queue(t, c);
	int code = check_room(t, queue);
	if (code < 0)
		return code;
	c->row.queue = queue;
	code = intake_enqueue(t, c, (int)c->row.priority, preferred);
	if (code < 0 && intake_refused(t, c, code) != CAUSE_NONE)
		return code;
	if (code < 0)
		return 0;
	c->row.closed_us = 0;
	c->row.cause = CAUSE_NONE;
	kept_row_set(&c->row.wrapup, TEXT_NONE);
	contact_changed(t, c);
	book_event(t, c, "reopened", "%s", why);
	publish_contact(t, c);
	return 0;
}

void intake_undelivered(struct turn *t, struct contact *c, usher_id author)
{
	struct routing_event ev = {.kind = EV_RESUME};
	int code = 0;
	ev.command.contact = c->row.id;
	if (c->row.state == CONTACT_CLOSED && t->now - c->row.closed_us < INTAKE_REOPEN_US)
		code = reopen(t, c, author,
			      "A reply could not be delivered; the contact is open again.");
	else if (c->row.state == CONTACT_PARKED)
		code = turn_route(t, &ev);
	if (code < 0)
		log_event(LOG_LEVEL_WARN, "contact.not_reopened", "contact=C-%lld code=%s",
			  (long long)c->row.number, usher_code_name(code));
}

static int open_contact(struct turn *t, struct intake *k, struct contact **ret)
{
	const struct inbound *in = &k->in;
	const struct channel_row *channel = directory_channel(t->g->directory, k->channel_id);
	usher_id queue = in->queue != 0 ? in->queue : channel != NULL ? channel->queue : 0;
	int code = channel == NULL ? E_CLOSED : check_room(t, queue);
	if (code < 0)
		return code;
	struct contact *c = book_contact_new(t, 0);
	c->row.channel = channel->kind;
	c->row.queue = queue;
	c->row.customer = intake_customer(t, (enum channel_kind)channel->kind, in->address,
					  in->name, in->language, in->is_verified);
	customers_name(t, c->row.customer, in->name, &c->customer_name);
	kept_row_set(&c->row.subject, in->subject);
	kept_row_set(&c->row.language, in->language);
	kept_row_set(&c->row.address, in->address);
	kept_row_set(&c->row.channel_id, k->channel_id);
	*ret = c;
	return 0;
}

/* ---- one item ---------------------------------------------------------------------------------- */

static int64_t initial_kind(const struct inbound *in)
{
	return in->kind == INBOUND_MESSAGE ? MESSAGE_TEXT : MESSAGE_EVENT;
}

static const struct message_row *add_message(struct turn *t, struct contact *c,
					     const struct intake *k)
{
	const struct inbound *in = &k->in;
	const struct channel_row *channel = directory_channel(t->g->directory, k->channel_id);
	return book_message(t, c, &(struct message_row){
		.kind = initial_kind(in),
		.author = in->kind == INBOUND_MESSAGE ? AUTHOR_CUSTOMER : AUTHOR_SYSTEM,
		.channel = channel != NULL ? channel->kind : c->row.channel,
		.at_us = t->now,
		.remote_id = in->remote_id,
		.body = in->body,
		.html = in->html,
		.blob = in->blob,
		.fields = in->fields,
	});
}

static void hold_session(struct turn *t, struct contact *c, struct intake *k)
{
	struct session *s = book_session(t->g->book, k->channel_id, k->in.key);
	const struct channel_row *channel = directory_channel(t->g->directory, k->channel_id);
	if (s == NULL && k->in.key.n > 0 && k->in.kind != INBOUND_END && channel != NULL) {
		book_session_new(t, c, (enum channel_kind)channel->kind, k->channel_id, k->in.key,
				 k->in.session_fields);
		k->has_new_session = true;
	} else if (s != NULL && k->in.session_fields.n > 0) {
		kept_row_set(&s->row.fields, k->in.session_fields);
		session_changed(t, s);
	}
}

static bool is_callback(const struct turn *t, const struct contact *c)
{
	struct routing_contact_view view;
	return routing_contact(engine_routing(t->g->engine), c->row.id, &view) && view.is_callback;
}

static int end_session(struct turn *t, struct contact *c, const struct intake *k)
{
	struct session *s = book_session(t->g->book, k->channel_id, k->in.key);
	if (s != NULL)
		book_session_end(t, c, s);
	bool is_over = contact_session(c, TEXT_NONE) == NULL &&
		       channel_is_live((enum channel_kind)c->row.channel) &&
		       c->row.state != CONTACT_CLOSED && c->row.state != CONTACT_WRAPUP;
	if (!is_over || is_callback(t, c)) /* who is called back has no need to stay */
		return 0;
	struct routing_event ev = {.kind = EV_CUSTOMER_LEFT};
	ev.command.contact = c->row.id;
	int code = turn_route(t, &ev);
	return code == E_NOT_FOUND || code == E_STATE ? 0 : code;
}

static bool is_word(const struct inbound *in)
{
	return !in->is_automatic && in->kind != INBOUND_EVENT && in->kind != INBOUND_END;
}

/* A customer's word wakes what was set aside and re-opens what was closed. What fell due at the same
 * instant may have done so already: then there is nothing left to refuse. */
static int wake_contact(struct turn *t, struct contact *c, const struct inbound *in)
{
	struct routing_event ev = {.kind = EV_RESUME};
	int code = 0;
	ev.command.contact = c->row.id;
	ev.command.agent = c->row.agent;
	ev.command.epoch = (uint64_t)c->row.epoch;
	if (!is_word(in))
		return 0;
	if (c->row.state == CONTACT_WRAPUP)
		ev.kind = EV_WRAPUP_DONE;
	if (c->row.state == CONTACT_PARKED || c->row.state == CONTACT_WRAPUP)
		code = turn_route(t, &ev);
	if (c->row.state == CONTACT_CLOSED)
		return reopen(t, c, c->row.agent,
			      "The customer wrote again; the contact is open again.");
	/* Where its queue is closed it goes on waiting for that. */
	bool is_settled = code == E_STATE || code == E_STALE || code == E_NOT_FOUND ||
			  (code == E_CLOSED && c->row.state == CONTACT_PARKED);
	return is_settled ? 0 : code;
}

static bool is_turned_away(const struct contact *c)
{
	return c->row.cause == CAUSE_CLOSED_HOURS || c->row.cause == CAUSE_FULL;
}

/* What was said is on record either way; the adapter tells the customer. */
static int refuse(struct turn *t, struct intake *k, struct contact *c, int code)
{
	bool is_told = c->row.state == CONTACT_CLOSED;
	enum contact_cause cause = is_told ? (enum contact_cause)c->row.cause
					   : intake_refused(t, c, code);
	k->result.refused = cause;
	if (cause == CAUSE_CLOSED_HOURS)
		opening_text(t->g->opening, c->row.queue,
			     opening_next(t->g->opening, c->row.queue, t->now), k->result.opens);
	return cause == CAUSE_SYSTEM ? code : 0;
}

static int take_in(struct turn *t, struct intake *k, struct contact **ret)
{
	struct contact *c = find_contact(t, k);
	k->result.is_new = c == NULL;
	k->state_before = c != NULL ? c->row.state : CONTACT_NONE;
	if (c == NULL && !k->in.may_open)
		return E_NOT_FOUND;
	int code = 0;
	if (c == NULL)
		code = open_contact(t, k, &c);
	else if (c->row.state == CONTACT_CLOSED && is_word(&k->in)) /* before anything is kept */
		code = check_room(t, intake_queue(t, c));
	if (code < 0)
		return code;
	*ret = c;
	hold_session(t, c, k);
	const struct message_row *m = NULL;
	if (k->in.kind == INBOUND_MESSAGE || k->in.body.n > 0)
		m = add_message(t, c, k);
	k->result.message = m != NULL ? m->id : 0;
	k->result.seq = m != NULL ? m->seq : c->row.seq;
	if (k->result.is_new) {
		code = intake_enqueue(t, c, k->in.priority, 0);
		return code < 0 ? refuse(t, k, c, code) : 0;
	}
	if (k->in.kind == INBOUND_END)
		return end_session(t, c, k);
	code = wake_contact(t, c, &k->in);
	if (code < 0 && c->row.state == CONTACT_CLOSED && is_turned_away(c))
		return refuse(t, k, c, code);
	if (code == 0 && m != NULL && k->in.kind == INBOUND_MESSAGE && is_word(&k->in))
		opening_activity(t, c, false);
	return code;
}

void intake_thread(struct turn *t, struct usher_text id, usher_id contact)
{
	struct thread_row row = {.hash = (int64_t)hash_keyed(&t->g->id_key, id.p, id.n),
				 .contact = contact, .at_us = t->now};
	store_put(t->batch, &THREAD, &row);
}

/* An id somebody else's contact goes by stays with it: whoever was sent a copy may name it too. */
static bool may_name(struct turn *t, struct usher_text id, const struct inbound *in)
{
	struct thread_row key = {.hash = (int64_t)hash_keyed(&t->g->id_key, id.p, id.n)}, row;
	if (store_get(t->g->store, &THREAD, &key, t->arena, &row) < 0)
		return true;
	const struct contact *c = book_contact(t->g->book, row.contact);
	return c == NULL || is_same_customer(t, c, in);
}

static void remember(struct turn *t, struct intake *k, uint64_t hash)
{
	if (k->in.remote_id.n > 0)
		book_see(t, hash, &(struct book_seen){k->result.contact, k->result.message,
						      k->result.seq});
	for (int i = 0; i < k->in.ref_count; i++)
		if (may_name(t, k->in.refs[i], &k->in))
			intake_thread(t, k->in.refs[i], k->result.contact);
}

static void apply(struct turn *t, void *arg)
{
	struct intake *k = arg;
	struct contact *c = NULL;
	struct book_seen seen;
	uint64_t hash = book_seen_hash(t->g, k->channel_id, k->in.remote_id);
	if (k->in.remote_id.n > 0 && book_was_seen(t->g->book, hash, &seen)) {
		c = book_contact(t->g->book, seen.contact);
		k->code = E_EXISTS;
		k->result = (struct inbound_result){.contact = seen.contact, .message = seen.message,
						    .seq = seen.seq,
						    .contact_number = c != NULL ? c->row.number : 0};
		if (c != NULL && c->row.state == CONTACT_CLOSED && is_turned_away(c))
			k->result.refused = (enum contact_cause)c->row.cause;
		return;
	}
	k->code = take_in(t, k, &c);
	if (k->code < 0)
		return;
	k->result.contact = c->row.id;
	k->result.contact_number = c->row.number;
	remember(t, k, hash);
	/* A word in a contact that somebody holds changes nothing but the conversation, which the
	 * message itself tells to everyone who follows it. */
	bool is_mere_word = k->in.kind == INBOUND_MESSAGE && !k->has_new_session &&
			    k->state_before == CONTACT_ACTIVE && c->row.state == CONTACT_ACTIVE;
	if (!is_mere_word)
		publish_contact(t, c);
	log_event(is_mere_word ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, "contact.heard", 
		  "contact=C-%lld channel=%.*s kind=%d new=%d seq=%lld", (long long)c->row.number, TEXT_ARG(k->channel_id), (int)k->in.kind,
		  k->result.is_new, (long long)k->result.seq);
}

static void done(int code, void *arg)
{
	struct intake *k = arg;
	int answer = code < 0 ? code : k->code;
	k->on_done(answer, answer == 0 || answer == E_EXISTS ? &k->result : NULL, k->arg);
	arena_done(&k->arena);
	free(k);
}

void intake_submit(struct gateway *g, struct usher_text channel_id, const struct inbound *in,
		   channel_on_inbound on_done, void *arg)
{
	struct intake *k = NEW(struct intake);
	copy_inbound(&k->arena, &k->in, in);
	k->channel_id = arena_text(&k->arena, channel_id);
	k->on_done = on_done;
	k->arg = arg;
	engine_submit(g->engine, apply, done, k);
}
