/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/outbox.h"

#include "gateway/intake.h"
#include "gateway/lines.h"
#include "gateway/log.h"
#include "gateway/outbox_heap.h"
#include "gateway/publish.h"
#include "gateway/rows.h"
#include "routing/base/table.h"

#include <assert.h>
#include <stdlib.h>

#define IN_FLIGHT_MAX 4 /* of one channel */
#define RETRY_MIN_US (5 * USHER_SECOND)
#define TELL_AGAIN_MS 1000
#define UNTOLD_MAX 10000

struct way { /* one channel's part */
	struct list backlog; /* due, waiting for a free place */
	struct list held, flight;
	int in_flight;
};

struct outbox {
	struct gateway *g; /* borrowed: it owns this */
	struct table items; /* id -> struct item *, owned */
	struct table ways;  /* hash of the channel id -> struct way *, owned */
	struct heap heap;
	struct list commands;
	struct list untold; /* reports that the store has not taken yet */
	size_t untold_count;
	uv_timer_t *timer, *again;
	bool is_started;
};

/* ---- items ------------------------------------------------------------------------------------ */

static uint64_t way_hash(const struct outbox *o, struct usher_text channel_id)
{
	uint64_t hash = hash_keyed(&o->g->id_key, channel_id.p, channel_id.n);
	return hash != 0 ? hash : 1;
}

static struct way *way_of(struct outbox *o, struct usher_text channel_id)
{
	uint64_t hash = way_hash(o, channel_id);
	struct way *way = table_get_pointer(&o->ways, hash);
	if (way == NULL) {
		way = NEW(struct way);
		list_init(&way->backlog);
		list_init(&way->held);
		list_init(&way->flight);
		table_set_pointer(&o->ways, hash, way);
	}
	return way;
}

static struct item *item_new(struct outbox *o, const struct outbox_row *row)
{
	struct item *item = NEW(struct item);
	kept_row_assign(&OUTBOX, &item->row, row);
	list_init(&item->link);
	list_init(&item->command);
	if (row->message_seq == 0)
		list_add_last(&o->commands, &item->command);
	table_set_pointer(&o->items, row->id, item);
	return item;
}

static void item_free(struct outbox *o, struct item *item)
{
	if (item->place == PLACE_HEAP)
		heap_remove(&o->heap, item);
	list_remove(&item->link);
	list_remove(&item->command);
	table_remove(&o->items, item->row.id);
	kept_row_clear(&OUTBOX, &item->row);
	free(item);
}

static void arm(struct outbox *o);

static void send_item(struct outbox *o, struct way *way, struct item *item)
{
	list_remove(&item->link);
	list_add_last(&way->flight, &item->link);
	item->place = PLACE_FLIGHT;
	item->is_reported = false;
	way->in_flight++;
	lines_send(o->g->lines, &item->row, item->is_unsure);
}

static void run_way(struct outbox *o, struct way *way)
{
	while (way->in_flight < IN_FLIGHT_MAX && !list_is_empty(&way->backlog))
		send_item(o, way, LIST_ITEM(way->backlog.next, struct item, link));
}

static void run_due(struct outbox *o)
{
	usher_us now = gateway_now();
	for (struct item *item; (item = heap_first(&o->heap)) != NULL && item->row.next_us <= now;) {
		struct way *way = way_of(o, item->row.channel_id);
		heap_remove(&o->heap, item);
		item->place = PLACE_BACKLOG;
		list_add_last(&way->backlog, &item->link);
		run_way(o, way);
	}
	arm(o);
}

static void on_time(uv_timer_t *timer)
{
	run_due(timer->data);
}

static void arm(struct outbox *o)
{
	const struct item *first = heap_first(&o->heap);
	if (!o->is_started || first == NULL) {
		uv_timer_stop(o->timer);
		return;
	}
	usher_us left = first->row.next_us - gateway_now();
	uv_update_time(o->g->loop);
	uv_timer_start(o->timer, on_time, left <= 0 ? 0 : (uint64_t)(left / 1000 + 1), 0);
}

static void place_item(struct outbox *o, struct item *item)
{
	if (item->row.state == DELIVERY_HELD) {
		item->place = PLACE_HELD;
		list_add_last(&way_of(o, item->row.channel_id)->held, &item->link);
		return;
	}
	heap_add(&o->heap, item);
}

/* ---- in a turn -------------------------------------------------------------------------------- */

static void begin_item(struct gateway *g, void *arg)
{
	struct outbox *o = g->outbox;
	struct item *item = item_new(o, arg);
	place_item(o, item);
	arm(o);
}

static void add_row(struct turn *t, const struct outbox_row *row)
{
	struct outbox_row *copy = ARENA_NEW(t->arena, struct outbox_row);
	*copy = *row;
	copy->channel_id = arena_text(t->arena, row->channel_id);
	copy->kind = arena_text(t->arena, row->kind);
	copy->payload = arena_text(t->arena, row->payload);
	store_put(t->batch, &OUTBOX, copy);
	turn_publish(t, begin_item, copy);
}

void outbox_message(struct turn *t, const struct contact *c, const struct message_row *m,
		    struct usher_text channel_id)
{
	add_row(t, &(struct outbox_row){.id = gateway_id(t->g, t->now),
					.state = DELIVERY_QUEUED,
					.next_us = t->now,
					.contact = c->row.id,
					.message_seq = m->seq,
					.created_us = t->now,
					.channel_id = channel_id,
					.kind = TEXT("message")});
}

static void cancel_item(struct gateway *g, void *arg)
{
	struct item *item = table_get_pointer(&g->outbox->items, *(usher_id *)arg);
	if (item == NULL)
		return;
	if (item->place == PLACE_FLIGHT)
		item->is_gone = true;
	else
		item_free(g->outbox, item);
}

/* A newer command overtakes those that did not get through: only the last state matters. */
static void cancel_commands(struct turn *t, const struct contact *c)
{
	struct outbox *o = t->g->outbox;
	LIST_EACH(link, &o->commands) {
		struct item *item = LIST_ITEM(link, struct item, command);
		if (item->row.contact != c->row.id || item->is_gone)
			continue;
		store_remove(t->batch, &OUTBOX, &item->row);
		usher_id *id = ARENA_NEW(t->arena, usher_id);
		*id = item->row.id;
		turn_publish(t, cancel_item, id);
	}
}

void outbox_command(struct turn *t, const struct contact *c, const char *kind)
{
	if (!list_is_empty(&t->g->outbox->commands))
		cancel_commands(t, c);
	for (const struct list *link = c->sessions.next; link != &c->sessions; link = link->next) {
		const struct session *s = LIST_ITEM(link, struct session, link);
		if (!lines_wants_commands(t->g, s->row.channel_id))
			continue;
		add_row(t, &(struct outbox_row){.id = gateway_id(t->g, t->now),
						.state = DELIVERY_QUEUED,
						.next_us = t->now,
						.contact = c->row.id,
						.created_us = t->now,
						.channel_id = s->row.channel_id,
						.kind = text_of(kind),
						.payload = s->row.remote_key});
	}
}

/* ---- how it went ------------------------------------------------------------------------------ */

struct report {
	struct list link; /* in list: untold, or itself */
	struct gateway *g;
	usher_id out_id, contact;
	int64_t seq;
	enum delivery_state state;
	usher_us retry_us;
	char detail[200];
	bool is_kept; /* the row stays: retry, unsure, held */
	struct outbox_row row;
};

/* A state may only become a later one; a failure may come after "sent" (a bounce). */
static bool may_follow(int64_t from, enum delivery_state to)
{
	static const int rank[DELIVERY_STATES] = {
		[DELIVERY_NONE] = 0,      [DELIVERY_QUEUED] = 1, [DELIVERY_SENDING] = 2,
		[DELIVERY_RETRY] = 2,     [DELIVERY_HELD] = 2,   [DELIVERY_UNSURE] = 2,
		[DELIVERY_SENT] = 3,      [DELIVERY_FAILED] = 4, [DELIVERY_DELIVERED] = 5,
		[DELIVERY_READ] = 6,
	};
	return from != DELIVERY_NONE && rank[to] >= rank[from];
}

struct reported { /* the store shows only what is committed: two reports may meet in one turn */
	struct reported *next;
	struct message_row row;
};

static struct message_row *find_message(struct turn *t, const struct report *r)
{
	for (struct reported *at = t->reported; at != NULL; at = at->next)
		if (at->row.contact == r->contact && at->row.seq == r->seq)
			return &at->row;
	struct message_row key = {.contact = r->contact, .seq = r->seq};
	struct reported *found = ARENA_NEW(t->arena, struct reported);
	if (r->seq == 0 || store_get(t->g->store, &MESSAGE, &key, t->arena, &found->row) < 0)
		return NULL;
	found->next = t->reported;
	t->reported = found;
	return &found->row;
}

static bool report_message(struct turn *t, const struct report *r)
{
	struct message_row *m = find_message(t, r);
	if (m == NULL)
		return false;
	if (!may_follow(m->delivery, r->state) || m->delivery == (int64_t)r->state)
		return false;
	m->delivery = r->state;
	m->detail = arena_text(t->arena, text_of(r->detail));
	store_put(t->batch, &MESSAGE, m);
	publish_message(t, m, false);
	struct contact *c = book_contact(t->g->book, r->contact);
	if (c != NULL && r->state == DELIVERY_FAILED && m->author == AUTHOR_AGENT)
		intake_undelivered(t, c, m->agent);
	return true;
}

bool outbox_report(struct turn *t, usher_id contact, int64_t seq, enum delivery_state state,
		   const char *detail)
{
	struct report r = {.g = t->g, .contact = contact, .seq = seq, .state = state};
	size_t n = text_fit(text_of(detail), sizeof r.detail - 1);
	memcpy(r.detail, detail, n);
	return seq != 0 && report_message(t, &r);
}

/* A command has no message of its own: its failure becomes a line in the conversation. */
static void report_command(struct turn *t, const struct report *r)
{
	struct contact *c = book_contact(t->g->book, r->contact);
	if (r->state != DELIVERY_FAILED || c == NULL)
		return;
	book_event(t, c, "command-failed", "%s", r->detail);
	publish_contact(t, c);
}

static void apply_report(struct turn *t, void *arg)
{
	struct report *r = arg;
	struct item *item = table_get_pointer(&t->g->outbox->items, r->out_id);
	if (item != NULL && !item->is_gone) {
		r->contact = item->row.contact;
		r->seq = item->row.message_seq;
		r->row = item->row;
		r->row.state = r->state;
		r->row.attempts++;
		r->row.next_us = t->now + (r->retry_us > RETRY_MIN_US ? r->retry_us : RETRY_MIN_US);
		r->row.error = text_of(r->detail);
		if (r->is_kept)
			store_put(t->batch, &OUTBOX, &r->row);
		else
			store_remove(t->batch, &OUTBOX, &r->row);
	}
	if (r->seq != 0)
		report_message(t, r);
	else if (item != NULL && !item->is_gone)
		report_command(t, r);
}

static void land(struct way *way, struct item *item)
{
	list_remove(&item->link);
	way->in_flight--;
}

static void end_flight(struct report *r)
{
	struct outbox *o = r->g->outbox;
	struct item *item = table_get_pointer(&o->items, r->out_id);
	if (item == NULL || item->place != PLACE_FLIGHT)
		return;
	struct way *way = way_of(o, item->row.channel_id);
	land(way, item);
	if (!r->is_kept || item->is_gone) {
		item_free(o, item);
	} else {
		item->row.state = r->state;
		item->row.attempts = r->row.attempts;
		item->row.next_us = r->row.next_us;
		kept_row_set(&item->row.error, text_of(r->detail));
		item->is_unsure = item->is_unsure || r->state == DELIVERY_UNSURE;
		place_item(o, item);
	}
	run_way(o, way);
	arm(o);
}

static void tell(struct report *r);

static void tell_untold(uv_timer_t *timer)
{
	struct outbox *o = timer->data;
	struct list reports;
	list_init(&reports);
	LIST_EACH(link, &o->untold) { /* those that fail again come back into the list */
		list_remove(link);
		list_add_last(&reports, link);
	}
	o->untold_count = 0;
	LIST_EACH(link, &reports) {
		list_remove(link);
		tell(LIST_ITEM(link, struct report, link));
	}
}

/* What the channel did stands, and sending it again would be a second mail: so the report waits
 * until the store takes it. The channels bound those in flight; of the late ones some may go. */
static void keep_report(struct report *r)
{
	struct outbox *o = r->g->outbox;
	if (r->out_id == 0 && o->untold_count >= UNTOLD_MAX) {
		free(r);
		return;
	}
	list_add_last(&o->untold, &r->link);
	o->untold_count++;
	uv_timer_start(o->again, tell_untold, TELL_AGAIN_MS, 0);
}

static void on_report(int code, void *arg)
{
	struct report *r = arg;
	if (code < 0) {
		keep_report(r);
		return;
	}
	end_flight(r);
	free(r);
}

static void tell(struct report *r)
{
	engine_submit(r->g->engine, apply_report, on_report, r);
}

void outbox_delivered(struct gateway *g, usher_id out_id, usher_id contact, int64_t seq,
		      enum delivery_state state, usher_us retry_us, const char *detail)
{
	struct report *r = NEW(struct report);
	*r = (struct report){.g = g, .out_id = out_id, .contact = contact, .seq = seq,
			     .state = state, .retry_us = retry_us};
	size_t n = text_fit(text_of(detail), sizeof r->detail - 1);
	memcpy(r->detail, detail != NULL ? detail : "", n);
	r->is_kept = state == DELIVERY_RETRY || state == DELIVERY_UNSURE || state == DELIVERY_HELD;
	list_init(&r->link);
	struct item *item = table_get_pointer(&g->outbox->items, out_id);
	if (item != NULL)
		item->is_reported = true;
	tell(r);
}

/* The adapter has gone without a word about these: they may have left or not. */
void outbox_channel_closed(struct outbox *o, struct usher_text channel_id)
{
	struct way *way = way_of(o, channel_id);
	LIST_EACH(link, &way->flight) {
		struct item *item = LIST_ITEM(link, struct item, link);
		if (item->is_reported)
			continue;
		land(way, item);
		item->place = PLACE_NEW;
		if (item->is_gone) {
			item_free(o, item);
			continue;
		}
		item->is_unsure = true;
		item->row.next_us = gateway_now();
		heap_add(&o->heap, item);
	}
	arm(o);
}

void outbox_release(struct outbox *o, struct usher_text channel_id)
{
	struct way *way = way_of(o, channel_id);
	usher_us now = gateway_now();
	LIST_EACH(link, &way->held) {
		struct item *item = LIST_ITEM(link, struct item, link);
		list_remove(&item->link);
		item->row.next_us = now;
		item->row.state = DELIVERY_RETRY;
		heap_add(&o->heap, item);
	}
	arm(o);
}

/* ---- life ------------------------------------------------------------------------------------- */

struct outbox *outbox_new(struct gateway *g)
{
	struct outbox *o = NEW(struct outbox);
	o->g = g;
	list_init(&o->commands);
	list_init(&o->untold);
	o->timer = NEW(uv_timer_t);
	o->again = NEW(uv_timer_t);
	uv_timer_init(g->loop, o->timer);
	uv_timer_init(g->loop, o->again);
	o->timer->data = o->again->data = o;
	return o;
}

static int on_row(const void *row, void *arg)
{
	struct outbox *o = arg;
	struct item *item = item_new(o, row);
	item->is_unsure = true; /* it may have been on its way when the process ended */
	place_item(o, item);
	return 0;
}

int outbox_start(struct outbox *o, struct usher_error *reterr)
{
	struct store_range all = {.index = -1};
	int code = store_scan(o->g->store, &OUTBOX, &all, on_row, o);
	if (code < 0)
		return usher_error_set(reterr, code, "outbox: cannot be read from the store");
	o->is_started = true;
	arm(o);
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

struct outbox *outbox_free(struct outbox *o)
{
	if (o == NULL)
		return NULL;
	uv_close((uv_handle_t *)o->timer, on_closed);
	uv_close((uv_handle_t *)o->again, on_closed);
	LIST_EACH(link, &o->untold)
		free(LIST_ITEM(link, struct report, link));
	while (o->items.count > 0) {
		struct item *first = NULL;
		TABLE_EACH(slot, &o->items)
			first = (struct item *)(uintptr_t)slot->value;
		item_free(o, first);
	}
	TABLE_EACH(slot, &o->ways)
		free((void *)(uintptr_t)slot->value);
	table_done(&o->items);
	table_done(&o->ways);
	heap_done(&o->heap);
	free(o);
	return NULL;
}

size_t outbox_count(const struct outbox *o)
{
	return o->items.count;
}

usher_us outbox_oldest(const struct outbox *o)
{
	usher_us oldest = USHER_NEVER;
	TABLE_EACH(slot, &o->items) {
		const struct item *item = (const struct item *)(uintptr_t)slot->value;
		if (item->row.created_us < oldest)
			oldest = item->row.created_us;
	}
	return oldest;
}

void outbox_each(const struct outbox *o, void (*on_item)(const struct outbox_row *row, void *arg),
		 void *arg)
{
	TABLE_EACH(slot, &o->items)
		on_item(&((const struct item *)(uintptr_t)slot->value)->row, arg);
}
