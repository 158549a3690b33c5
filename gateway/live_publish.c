/* SPDX-License-Identifier: Apache-2.0 */
/* Changes become deltas. The difference to what followers see is kept on the contact. */
#include "gateway/directory.h"
#include "gateway/live_topic.h"
#include "gateway/shapes.h"

#define FLUSH_MS 250

static void on_time(uv_timer_t *timer);

void live_gather(struct live *l)
{
	if (l->is_armed)
		return;
	l->is_armed = true;
	uv_timer_start(l->timer, on_time, FLUSH_MS, 0);
}

static void send_contact(struct live *l, struct topic *t, struct contact *c)
{
	struct usher_buf out = {0};
	struct json_writer w;
	if (t == NULL)
		return;
	topic_delta(l, t, "contact", &w, &out);
	json_write_key(&w, "contact");
	shape_contact(&w, l->g, c);
	topic_send(t, &w, &out);
}

static void send_gone(struct live *l, struct topic *t, const char *op, usher_id contact,
		      uint64_t epoch, enum contact_cause cause)
{
	struct usher_buf out = {0};
	struct json_writer w;
	if (t == NULL)
		return;
	topic_delta(l, t, op, &w, &out);
	json_put_id(&w, "contact", contact, &l->g->id_key);
	json_put_int(&w, "epoch", (int64_t)epoch);
	json_put_string(&w, "cause", contact_cause_name(cause));
	topic_send(t, &w, &out);
}

static void send_offer(struct live *l, struct topic *t, const struct contact_seat *seat)
{
	struct usher_buf out = {0};
	struct json_writer w;
	if (t == NULL)
		return;
	topic_delta(l, t, "offer", &w, &out);
	json_write_key(&w, "offer");
	shape_offer(&w, l->g, seat);
	topic_send(t, &w, &out);
}

/* What the agent's own topic shows of his part; each offer has its epoch. */
static void show_seat(struct live *l, struct contact_seat *seat)
{
	struct contact *c = seat->contact;
	struct topic *t = topic_find(l, TOPIC_ME, seat->agent);
	bool is_offer = seat->part == PART_OFFERED, was_offer = seat->shown == PART_OFFERED;
	bool is_same = is_offer && was_offer && seat->epoch == seat->shown_epoch;
	if (was_offer && !is_same)
		send_gone(l, t, "offer-ended", c->row.id, seat->shown_epoch, seat->cause);
	if (is_offer && !is_same)
		send_offer(l, t, seat);
	if (seat->shown >= PART_HOLDER && !contact_seat_has(seat))
		send_gone(l, t, "contact-gone", c->row.id, seat->shown_epoch,
			  (enum contact_cause)c->row.cause);
	if (contact_seat_has(seat))
		send_contact(l, t, c);
	seat->shown = seat->part;
	seat->shown_epoch = seat->epoch;
}

void live_loaded(struct contact *c)
{
	LIST_EACH(link, &c->seats) {
		struct contact_seat *seat = LIST_ITEM(link, struct contact_seat, of_contact);
		seat->shown = seat->part;
		seat->shown_epoch = seat->epoch;
	}
}

void live_contact(struct live *l, struct contact *c)
{
	LIST_EACH(link, &c->seats) {
		struct contact_seat *seat = LIST_ITEM(link, struct contact_seat, of_contact);
		show_seat(l, seat);
		live_agent(l, seat->agent);
	}
	contact_seats_sweep(c);
	send_contact(l, topic_find(l, TOPIC_CONTACT, c->row.id), c);
	table_set(&l->dirty_contacts, c->row.id, 1);
	live_queue(l, c->row.queue);
}

void live_place(struct live *l, struct contact *c)
{
	send_contact(l, topic_find(l, TOPIC_CONTACT, c->row.id), c);
}

static void send_message(struct live *l, struct topic *t, const struct message_row *m)
{
	struct usher_buf out = {0};
	struct json_writer w;
	if (t == NULL)
		return;
	topic_delta(l, t, "message", &w, &out);
	json_write_key(&w, "message");
	shape_message_live(&w, l->g, m);
	topic_send(t, &w, &out);
}

void live_message(struct live *l, const struct message_row *m)
{
	const struct contact *c = book_contact(l->g->book, m->contact);
	send_message(l, topic_find(l, TOPIC_CONTACT, m->contact), m);
	if (c == NULL)
		return;
	LIST_EACH(link, &c->seats) {
		const struct contact_seat *seat =
			LIST_ITEM(link, struct contact_seat, of_contact);
		if (contact_seat_has(seat))
			send_message(l, topic_find(l, TOPIC_ME, seat->agent), m);
	}
}

static void send_signal(struct live *l, struct topic *t, usher_id contact,
			enum channel_signal signal)
{
	struct usher_buf out = {0};
	struct json_writer w;
	if (t == NULL)
		return;
	topic_delta(l, t, "signal", &w, &out);
	json_put_id(&w, "contact", contact, &l->g->id_key);
	json_put_string(&w, "signal", signal == SIGNAL_TYPING ? "typing" : "not-typing");
	topic_send(t, &w, &out);
}

void live_signal(struct live *l, usher_id contact, enum channel_signal signal)
{
	const struct contact *c = book_open_contact(l->g->book, contact);
	send_signal(l, topic_find(l, TOPIC_CONTACT, contact), contact, signal);
	if (c == NULL)
		return;
	LIST_EACH(link, &c->seats) {
		const struct contact_seat *seat =
			LIST_ITEM(link, struct contact_seat, of_contact);
		if (contact_seat_has(seat))
			send_signal(l, topic_find(l, TOPIC_ME, seat->agent), contact, signal);
	}
}

void live_agent(struct live *l, usher_id agent)
{
	struct topic *t = topic_find(l, TOPIC_ME, agent);
	struct usher_buf out = {0};
	struct json_writer w;
	table_set(&l->dirty_agents, agent, 1);
	live_gather(l);
	if (t == NULL)
		return;
	topic_delta(l, t, "presence", &w, &out);
	json_write_key(&w, "presence");
	shape_presence(&w, l->g, agent);
	topic_send(t, &w, &out);
}

void live_queue(struct live *l, usher_id queue)
{
	if (queue == 0)
		return;
	table_set(&l->dirty_queues, queue, 1);
	live_gather(l);
}

void live_channel(struct live *l, struct usher_text id)
{
	struct topic *t = l != NULL ? topic_find(l, TOPIC_CHANNELS, 0) : NULL;
	const struct channel_row *row =
		t != NULL ? directory_channel(l->g->directory, id) : NULL;
	struct usher_buf out = {0};
	struct json_writer w;
	if (row == NULL)
		return;
	topic_delta(l, t, "channel", &w, &out);
	json_write_key(&w, "channel");
	shape_channel(&w, l->g, row);
	topic_send(t, &w, &out);
}

/* ---- the flush ------------------------------------------------------------------------------------- */

static void flush_queues(struct live *l)
{
	struct topic *t = topic_find(l, TOPIC_QUEUES, 0);
	TABLE_EACH(slot, &l->dirty_queues) {
		const struct queue_row *row = directory_queue(l->g->directory, slot->key);
		struct usher_buf out = {0};
		struct json_writer w;
		if (t == NULL || row == NULL)
			continue;
		topic_delta(l, t, "queue", &w, &out);
		json_write_key(&w, "figures");
		shape_figures(&w, l->g, row);
		topic_send(t, &w, &out);
	}
	table_done(&l->dirty_queues);
}

/* What an agent does changes the figures of the queues it serves. */
static void touch_queues(struct live *l, const struct user_row *user)
{
	size_t n;
	const struct queue_row *const *queues = directory_queues(l->g->directory, &n);
	for (size_t i = 0; i < n; i++)
		if (directory_is_member(user, queues[i]->id))
			table_set(&l->dirty_queues, queues[i]->id, 1);
}

static void send_agent_gone(struct live *l, struct topic *t, usher_id agent)
{
	struct usher_buf out = {0};
	struct json_writer w;
	if (t == NULL)
		return;
	topic_delta(l, t, "agent-gone", &w, &out);
	json_put_id(&w, "agent", agent, &l->g->id_key);
	topic_send(t, &w, &out);
}

static void flush_agents(struct live *l)
{
	struct topic *t = topic_find(l, TOPIC_AGENTS, 0);
	bool has_watchers = t != NULL || topic_find(l, TOPIC_QUEUES, 0) != NULL;
	TABLE_EACH(slot, &l->dirty_agents) {
		const struct user_row *user = directory_user(l->g->directory, slot->key);
		struct usher_buf out = {0};
		struct json_writer w;
		if (!has_watchers)
			continue;
		if (user == NULL) {
			send_agent_gone(l, t, slot->key);
			continue;
		}
		touch_queues(l, user);
		if (t == NULL)
			continue;
		topic_delta(l, t, "agent", &w, &out);
		json_write_key(&w, "agent");
		shape_agent(&w, l->g, user);
		topic_send(t, &w, &out);
	}
	table_done(&l->dirty_agents);
}

/* Of a very long line only the front is shown; the rest comes up as the line gets shorter. */
static bool is_shown(const struct live *l, const struct topic *t, const struct contact *c)
{
	struct routing_contact_view view;
	bool is_waiting = c != NULL && (c->row.state == CONTACT_WAITING ||
					c->row.state == CONTACT_OFFERED);
	if (!is_waiting || !topic_sees_queue(l, t, c->row.queue))
		return false;
	return !t->is_cut || c->row.state == CONTACT_OFFERED ||
	       !routing_contact(engine_routing(l->g->engine), c->row.id, &view) ||
	       view.position <= LIVE_WAITING_MAX;
}

static void flush_waiting_contact(struct live *l, struct topic *t, usher_id id)
{
	struct contact *c = book_contact(l->g->book, id);
	uint64_t unused;
	if (is_shown(l, t, c)) {
		table_set(&t->shown, id, 1);
		send_contact(l, t, c);
	} else if (table_get(&t->shown, id, &unused)) {
		table_remove(&t->shown, id);
		send_gone(l, t, "contact-gone", id, 0,
			  c != NULL ? (enum contact_cause)c->row.cause : CAUSE_NONE);
	}
}

static void show_rest(struct live *l, struct topic *t)
{
	if (!t->is_cut || t->shown.count > LIVE_WAITING_MAX / 2)
		return;
	LIST_EACH(link, &t->followers)
		topic_snapshot(l, LIST_ITEM(link, struct follow, of_topic)->client, t);
}

static void flush_waiting(struct live *l)
{
	TABLE_EACH(at, &l->topics) {
		struct topic *t = (struct topic *)(uintptr_t)at->value;
		if (t->kind != TOPIC_WAITING)
			continue;
		TABLE_EACH(slot, &l->dirty_contacts)
			flush_waiting_contact(l, t, slot->key);
		show_rest(l, t);
	}
	table_done(&l->dirty_contacts);
}

void live_flush(struct live *l)
{
	flush_agents(l);
	flush_queues(l);
	flush_waiting(l);
}

static void flush_now(struct gateway *g, void *arg)
{
	(void)arg;
	live_flush(g->live);
}

static void on_time(uv_timer_t *timer)
{
	struct live *l = timer->data;
	l->is_armed = false;
	engine_read(l->g->engine, flush_now, NULL);
}
