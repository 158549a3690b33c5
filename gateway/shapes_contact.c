/* SPDX-License-Identifier: Apache-2.0 */
/* Contacts, messages and offers as JSON. */
#include "gateway/shapes.h"

#include "gateway/consult.h"
#include "gateway/directory.h"
#include "gateway/estimates.h"

#include <stdio.h>

static void put_last(struct json_writer *w, const struct contact *c)
{
	if (c->last_seq == 0) {
		json_put_null(w, "last");
		return;
	}
	json_put_object(w, "last");
	json_put_int(w, "seq", c->last_seq);
	json_put_string(w, "author", message_author_name(c->last_author));
	json_put_string(w, "body", c->last_body);
	json_put_time(w, "at", c->last_us);
	json_write_object_end(w);
}

static void put_session(struct json_writer *w, const struct contact *c)
{
	const struct session *s = contact_session(c, TEXT_NONE);
	if (s == NULL) {
		json_put_null(w, "session");
		return;
	}
	json_put_object(w, "session");
	json_put_text(w, "key", s->row.remote_key);
	json_put_string(w, "channel", channel_name((enum channel_kind)s->row.channel));
	json_put_time(w, "started_at", s->row.started_us);
	json_put_bool(w, "open", true);
	json_write_object_end(w);
}

static void put_range(struct json_writer *w, const char *name, const struct estimate_range *range)
{
	json_put_object(w, name);
	json_put_int(w, "low_s", range->low_us / USHER_SECOND);
	json_put_int(w, "high_s", range->high_us / USHER_SECOND);
	json_write_object_end(w);
}

/* The likely further wait, and what the customer was told at the arrival. */
static void put_wait(struct json_writer *w, struct gateway *g, const struct contact *c)
{
	struct estimate_range range;
	uint32_t position;
	estimates_of(g->estimates, c, &position, &range);
	if (range.method != ESTIMATE_UNKNOWN)
		put_range(w, "wait", &range);
	else
		json_put_null(w, "wait");
	if (estimates_announced(g->estimates, c->row.id, &range))
		put_range(w, "announced", &range);
	else
		json_put_null(w, "announced");
}

static void put_place(struct json_writer *w, struct gateway *g, const struct contact *c)
{
	struct routing_contact_view view;
	bool is_open = routing_contact(engine_routing(g->engine), c->row.id, &view);
	const struct queue_row *queue = directory_queue(g->directory, c->row.queue);
	bool is_waiting = c->row.state == CONTACT_WAITING || c->row.state == CONTACT_OFFERED;
	if (is_open && view.position > 0)
		json_put_int(w, "position", view.position);
	else
		json_put_null(w, "position");
	put_wait(w, g, c);
	json_put_time(w, "until", is_open && !is_waiting ? view.deadline_us : 0);
	json_put_time(w, "target_at", is_waiting && queue != NULL && queue->target_us > 0
					      ? c->row.queued_us + queue->target_us
					      : 0);
}

static void put_seat(struct json_writer *w, struct gateway *g, const struct contact_seat *seat)
{
	if (seat->part == PART_NONE)
		return;
	json_write_object(w);
	json_put_id(w, "id", seat->agent, &g->id_key);
	json_put_text(w, "name", directory_user_name(g->directory, seat->agent));
	json_put_string(w, "part", contact_part_name(seat->part));
	json_put_int(w, "epoch", (int64_t)seat->epoch);
	json_write_object_end(w);
}

static void put_question(struct json_writer *w, struct gateway *g, const struct contact *c)
{
	json_write_object(w);
	json_put_id(w, "id", c->row.id, &g->id_key);
	shape_number(w, "number", c->row.number);
	json_put_string(w, "state", contact_state_name((enum contact_state)c->row.state));
	shape_agent_ref(w, g, "agent", c->row.state == CONTACT_OFFERED ? 0 : c->row.agent);
	json_write_object_end(w);
}

/* What the core knows of an open contact, beside its place. */
static void put_routed(struct json_writer *w, struct gateway *g, const struct contact *c)
{
	struct routing_contact_view view = {0};
	(void)routing_contact(engine_routing(g->engine), c->row.id, &view); /* closed: nothing */
	json_put_int(w, "step", view.step);
	json_put_int(w, "seats", view.seats);
	json_put_bool(w, "callback", view.is_callback);
	json_put_bool(w, "closed_hours", view.is_closed_hours);
	json_put_id(w, "consults_for", c->about, &g->id_key);
	json_put_list(w, "consultations");
	struct contact *questions[CONSULTS_MAX];
	unsigned count = consult_list(g->book, c, questions);
	for (unsigned i = 0; i < count; i++)
		put_question(w, g, questions[i]);
	json_write_list_end(w);
	json_put_list(w, "agents");
	LIST_EACH(link, &c->seats)
		put_seat(w, g, LIST_ITEM(link, struct contact_seat, of_contact));
	json_write_list_end(w);
}

static void put_times(struct json_writer *w, const struct contact *c)
{
	json_put_time(w, "created_at", c->row.created_us);
	json_put_time(w, "queued_at", c->row.queued_us);
	json_put_time(w, "answered_at", c->row.answered_us);
	json_put_time(w, "closed_at", c->row.closed_us);
	json_put_time(w, "changed_at", c->row.changed_us);
}

static void put_customer(struct json_writer *w, struct gateway *g, const struct contact *c)
{
	json_put_object(w, "customer");
	json_put_id(w, "id", c->row.customer, &g->id_key);
	json_put_string(w, "name", c->customer_name);
	json_put_text(w, "address", c->row.address);
	json_write_object_end(w);
}

void shape_contact(struct json_writer *w, struct gateway *g, struct contact *c)
{
	json_write_object(w);
	json_put_id(w, "id", c->row.id, &g->id_key);
	shape_number(w, "number", c->row.number);
	json_put_string(w, "state", contact_state_name((enum contact_state)c->row.state));
	json_put_string(w, "channel", channel_name((enum channel_kind)c->row.channel));
	json_put_text(w, "channel_id", c->row.channel_id);
	shape_queue_ref(w, g, "queue", c->row.queue);
	shape_agent_ref(w, g, "agent", c->row.agent);
	put_customer(w, g, c);
	json_put_text(w, "subject", c->row.subject);
	json_put_text(w, "language", c->row.language);
	json_put_int(w, "priority", c->row.priority);
	json_put_int(w, "epoch", c->row.epoch);
	put_place(w, g, c);
	put_routed(w, g, c);
	put_times(w, c);
	json_put_int(w, "head", c->row.seq);
	put_last(w, c);
	json_put_text_or_null(w, "wrapup_code", c->row.wrapup);
	json_put_string(w, "cause", c->row.cause == CAUSE_NONE
					    ? NULL
					    : contact_cause_name((enum contact_cause)c->row.cause));
	put_session(w, c);
	json_write_object_end(w);
}

size_t shape_message_bytes(const struct message_row *m)
{
	return m->body.n + m->html.n + m->detail.n + m->fields.n;
}

static void put_message(struct json_writer *w, struct gateway *g, const struct message_row *m)
{
	json_put_id(w, "id", m->id, &g->id_key);
	json_put_id(w, "contact", m->contact, &g->id_key);
	json_put_int(w, "seq", m->seq);
	json_put_string(w, "kind", message_kind_name((enum message_kind)m->kind));
	json_put_string(w, "author", message_author_name((enum message_author)m->author));
	shape_agent_ref(w, g, "agent", m->agent);
	json_put_string(w, "channel", channel_name((enum channel_kind)m->channel));
	json_put_time(w, "at", m->at_us);
	json_put_text(w, "body", m->body);
	json_put_text_or_null(w, "html", m->html);
	json_put_string(w, "delivery", delivery_state_name((enum delivery_state)m->delivery));
	json_put_text_or_null(w, "detail", m->detail);
	json_put_raw(w, "fields", m->fields);
}

void shape_message(struct json_writer *w, struct gateway *g, const struct message_row *m)
{
	json_write_object(w);
	put_message(w, g, m);
	json_write_object_end(w);
}

void shape_message_live(struct json_writer *w, struct gateway *g, const struct message_row *m)
{
	struct message_row shown = *m;
	bool is_cut = shape_message_bytes(m) > SHAPE_LIVE_BYTES_MAX;
	if (is_cut) {
		shown.html = TEXT_NONE;
		shown.body.n = text_fit(m->body, SHAPE_LIVE_BYTES_MAX / 4);
		if (m->fields.n > SHAPE_LIVE_BYTES_MAX / 4)
			shown.fields = TEXT_NONE;
	}
	json_write_object(w);
	put_message(w, g, &shown);
	if (is_cut)
		json_put_bool(w, "is_cut", true);
	json_write_object_end(w);
}

static const char *order_sentence(int64_t order)
{
	static const char *const sentences[ROUTING_ORDERS] = {
		[ORDER_LONGEST_IDLE] = "you had been free the longest of those who may take it",
		[ORDER_LEAST_LOADED] = "you had the least work of those who may take it",
		[ORDER_MOST_SPARE] = "you had the most room of those who may take it",
		[ORDER_BEST_LEVEL] = "you know best what it asks for",
		[ORDER_FEWEST_SKILLS] = "others of your skills stay free for what only they can do",
		[ORDER_ROUND_ROBIN] = "it was your turn",
		[ORDER_WEIGHTED_RANDOM] = "it was drawn among those who may take it",
		[ORDER_TOP_DOWN] = "you stand first in the list of those who may take it",
	};
	return sentences[order >= 0 && order < ROUTING_ORDERS ? order : ORDER_LONGEST_IDLE];
}

/* The full account is `usher explain`. */
static void put_reason(struct json_writer *w, struct gateway *g, const struct contact_seat *seat)
{
	const struct contact_row *row = &seat->contact->row;
	const struct queue_row *queue = directory_queue(g->directory, row->queue);
	int64_t waited = (seat->offered_us - row->queued_us) / USHER_SECOND;
	char text[160];
	waited = waited > 0 ? waited : 0;
	if (seat->is_by_name)
		snprintf(text, sizeof text, "Transferred to you by name.");
	else
		snprintf(text, sizeof text, "Waited %lld:%02lld; %s.", (long long)(waited / 60),
			 (long long)(waited % 60),
			 order_sentence(queue != NULL ? queue->agent_order : 0));
	json_put_string(w, "reason", text);
}

void shape_offer(struct json_writer *w, struct gateway *g, const struct contact_seat *seat)
{
	struct contact *c = seat->contact;
	struct routing_contact_view view;
	bool is_open = routing_contact(engine_routing(g->engine), c->row.id, &view);
	json_write_object(w);
	json_write_key(w, "contact");
	shape_contact(w, g, c);
	json_put_int(w, "epoch", (int64_t)seat->epoch);
	json_put_time(w, "expires_at", is_open ? view.deadline_us : 0);
	json_put_time(w, "offered_at", seat->offered_us);
	put_reason(w, g, seat);
	json_write_object_end(w);
}
