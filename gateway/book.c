/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/book.h"

#include "gateway/book_index.h"
#include "gateway/book_load.h"
#include "gateway/consult.h"
#include "gateway/live.h"
#include "gateway/publish.h"
#include "gateway/rows.h"
#include "gateway/seen.h"
#include "routing/base/table.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define CLOSED_KEPT_MAX 5000

struct book {
	struct gateway *g; /* borrowed: it owns this */
	struct table contacts; /* id -> struct contact *, owned */
	struct table sessions; /* hash of (channel, key) -> struct session *, borrowed: of contacts */
	struct list closed;    /* contacts kept although closed, oldest first */
	struct list dirty;     /* contacts changed in this turn */
	struct list removed;   /* sessions to free after the flush */
	size_t closed_count;
	struct seen *seen; /* owned */
	struct book_index *index; /* owned */
	int64_t number;    /* of the newest contact */
};

static uint64_t session_hash(const struct gateway *g, struct usher_text channel_id,
			     struct usher_text key)
{
	return book_seen_hash(g, channel_id, key);
}

uint64_t book_seen_hash(const struct gateway *g, struct usher_text channel_id,
			struct usher_text remote_id)
{
	struct usher_buf both = {0};
	buf_add_text(&both, channel_id);
	buf_addc(&both, '\0');
	buf_add_text(&both, remote_id);
	uint64_t hash = hash_keyed(&g->id_key, both.p, both.n);
	buf_done(&both);
	return hash != 0 ? hash : 1;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void session_free(struct book *b, struct session *s)
{
	if (table_get_pointer(&b->sessions, s->key_hash) == s)
		table_remove(&b->sessions, s->key_hash);
	list_remove(&s->link);
	kept_row_clear(&INTERACTION, &s->row);
	free(s);
}

static void contact_free(struct book *b, struct contact *c)
{
	LIST_EACH(link, &c->sessions)
		session_free(b, LIST_ITEM(link, struct session, link));
	if (!list_is_empty(&c->closed))
		b->closed_count--;
	list_remove(&c->closed);
	list_remove(&c->link);
	contact_seats_free(c);
	kept_row_clear(&CONTACT, &c->row);
	free(c->customer_name);
	free(c);
}

static struct contact *contact_new(void)
{
	struct contact *c = NEW(struct contact);
	list_init(&c->sessions);
	list_init(&c->link);
	list_init(&c->closed);
	list_init(&c->seats);
	c->customer_name = memory_copy(TEXT_NONE);
	return c;
}

struct book *book_new(struct gateway *g)
{
	struct book *b = NEW(struct book);
	b->g = g;
	list_init(&b->closed);
	list_init(&b->dirty);
	list_init(&b->removed);
	b->seen = seen_new();
	b->index = book_index_new();
	return b;
}

static void forget_all(struct book *b)
{
	TABLE_EACH(slot, &b->contacts)
		contact_free(b, (struct contact *)(uintptr_t)slot->value);
	LIST_EACH(link, &b->removed)
		session_free(b, LIST_ITEM(link, struct session, link));
	table_done(&b->contacts);
	table_done(&b->sessions);
	book_index_clear(b->index);
}

struct book *book_free(struct book *b)
{
	if (b == NULL)
		return NULL;
	forget_all(b);
	seen_free(b->seen);
	book_index_free(b->index);
	free(b);
	return NULL;
}

/* Keeps the memory of closed contacts bounded; those of this turn are never dropped. */
static void note_closed(struct book *b, struct contact *c)
{
	bool is_closed = c->row.state == CONTACT_CLOSED;
	if (is_closed == !list_is_empty(&c->closed))
		return;
	if (is_closed) {
		list_add_last(&b->closed, &c->closed);
		b->closed_count++;
		return;
	}
	list_remove(&c->closed);
	b->closed_count--;
}

static void drop_closed(struct book *b)
{
	while (b->closed_count > CLOSED_KEPT_MAX) {
		struct contact *c = LIST_ITEM(b->closed.next, struct contact, closed);
		table_remove(&b->contacts, c->row.id);
		contact_free(b, c);
	}
}

static struct contact *keep(struct book *b, const struct contact_row *row)
{
	struct contact *c = contact_new();
	kept_row_assign(&CONTACT, &c->row, row);
	table_set_pointer(&b->contacts, c->row.id, c);
	if (row->number > b->number)
		b->number = row->number;
	note_closed(b, c);
	book_index_file(b->index, c);
	c->first_us = row->created_us;
	c->about = consult_about(row->fields);
	c->public_seq = row->seq;
	return c;
}

static struct session *keep_session(struct book *b, struct contact *c,
				    const struct interaction_row *row)
{
	struct session *s = NEW(struct session);
	kept_row_assign(&INTERACTION, &s->row, row);
	list_add_last(&c->sessions, &s->link);
	s->key_hash = session_hash(b->g, row->channel_id, row->remote_key);
	if (row->remote_key.n > 0)
		table_set_pointer(&b->sessions, s->key_hash, s);
	return s;
}

/* ---- loading --------------------------------------------------------------------------------- */

struct load {
	struct book *b;
	struct contact *found;
};

static int on_contact(const void *row, void *arg)
{
	struct load *load = arg;
	load->found = keep(load->b, row);
	return 0;
}

static int on_session(const void *row, void *arg)
{
	struct load *load = arg;
	const struct interaction_row *interaction = row;
	struct contact *c = table_get_pointer(&load->b->contacts, interaction->contact);
	if (c != NULL)
		keep_session(load->b, c, interaction);
	return 0;
}

static int load_states(struct book *b)
{
	struct load load = {.b = b};
	for (int state = CONTACT_WAITING; state < CONTACT_CLOSED; state++) {
		struct store_range range = {.index = CONTACT_BY_STATE, .equal_count = 1,
					    .like = &(struct contact_row){.state = state}};
		int code = store_scan(b->g->store, &CONTACT, &range, on_contact, &load);
		if (code < 0)
			return code;
	}
	struct store_range open = {.index = INTERACTION_BY_STATE, .equal_count = 1,
				   .like = &(struct interaction_row){.state = 1}};
	return store_scan(b->g->store, &INTERACTION, &open, on_session, &load);
}

static int on_newest(const void *row, void *arg)
{
	*(int64_t *)arg = ((const struct contact_row *)row)->number;
	return 0;
}

static int load_number(struct book *b)
{
	struct store_range newest = {.index = CONTACT_BY_NUMBER, .is_descending = true, .limit = 1};
	b->number = 1000; /* the first contact is C-1001 */
	return store_scan(b->g->store, &CONTACT, &newest, on_newest, &b->number);
}

/* What only the core knows of an open contact. */
static void load_routed(struct book *b, struct contact *c)
{
	const struct routing *r = engine_routing(b->g->engine);
	struct routing_contact_view view;
	if (routing_contact(r, c->row.id, &view))
		c->first_us = view.first_us;
	contact_seats_follow(c, r, book_index_agents(b->index), NULL, NULL);
	book_load_offers(c, b->g);
	live_loaded(c);
}

int book_load(struct book *b, struct gateway *g, struct usher_error *reterr)
{
	forget_all(b);
	int code = load_number(b);
	if (code == 0)
		code = load_states(b);
	if (code == 0)
		code = seen_load(b->seen, g->store, gateway_now());
	if (code < 0)
		return usher_error_set(reterr, code, "contacts: cannot be read from the store");
	TABLE_EACH(slot, &b->contacts) {
		struct contact *c = (struct contact *)(uintptr_t)slot->value;
		book_load_details(c, g);
		load_routed(b, c);
		consult_loaded(b, c);
	}
	return 0;
}

struct contact *book_open_contact(struct book *b, usher_id id)
{
	return table_get_pointer(&b->contacts, id);
}

struct contact *book_contact(struct book *b, usher_id id)
{
	struct contact *c = table_get_pointer(&b->contacts, id);
	if (c != NULL || id == 0)
		return c;
	struct arena arena = {0};
	struct contact_row key = {.id = id}, row;
	if (store_get(b->g->store, &CONTACT, &key, &arena, &row) == 0) {
		c = keep(b, &row);
		book_load_details(c, b->g);
	}
	arena_done(&arena);
	return c;
}

static int on_number(const void *row, void *arg)
{
	*(usher_id *)arg = ((const struct contact_row *)row)->id;
	return 0;
}

struct contact *book_contact_by_number(struct book *b, int64_t number)
{
	usher_id id = 0;
	struct store_range range = {.index = CONTACT_BY_NUMBER, .equal_count = 1, .limit = 1,
				    .like = &(struct contact_row){.number = number}};
	if (store_scan(b->g->store, &CONTACT, &range, on_number, &id) < 0)
		return NULL;
	return book_contact(b, id);
}

struct session *book_session(struct book *b, struct usher_text channel_id, struct usher_text key)
{
	if (key.n == 0)
		return NULL;
	return table_get_pointer(&b->sessions, session_hash(b->g, channel_id, key));
}

struct session *contact_session(const struct contact *c, struct usher_text channel_id)
{
	for (const struct list *link = c->sessions.prev; link != &c->sessions; link = link->prev) {
		struct session *s = LIST_ITEM(link, struct session, link);
		if (channel_id.n == 0 || text_equal(s->row.channel_id, channel_id))
			return s;
	}
	return NULL;
}

void book_each_open(struct book *b, void (*on_contact_cb)(struct contact *c, void *arg), void *arg)
{
	TABLE_EACH(slot, &b->contacts) {
		struct contact *c = (struct contact *)(uintptr_t)slot->value;
		if (c->row.state != CONTACT_CLOSED)
			on_contact_cb(c, arg);
	}
}

size_t book_open_count(const struct book *b)
{
	return b->contacts.count - b->closed_count;
}

void book_each_of_agent(struct book *b, usher_id agent,
			void (*on_seat)(struct contact_seat *s, void *arg), void *arg)
{
	book_index_each(b->index, agent, on_seat, arg);
}

void book_count_waiting(const struct book *b, usher_id queue, int64_t ret[static CHANNEL_KINDS])
{
	book_index_waiting(b->index, queue, ret);
}

/* ---- changing -------------------------------------------------------------------------------- */

void contact_changed(struct turn *t, struct contact *c)
{
	struct book *b = t->g->book;
	c->row.changed_us = t->now;
	if (c->is_dirty)
		return;
	c->is_dirty = true;
	list_add_last(&b->dirty, &c->link);
}

struct contact *book_contact_new(struct turn *t, usher_id id)
{
	struct book *b = t->g->book;
	struct contact_row row = {.id = id != 0 ? id : gateway_id(t->g, t->now), .number = b->number + 1,
				  .created_us = t->now, .priority = CONTACT_PRIORITY_DEFAULT};
	struct contact *c = keep(b, &row);
	contact_changed(t, c);
	return c;
}

static void seat_changed(usher_id agent, void *arg)
{
	publish_agent(arg, agent);
}

void book_seats(struct turn *t, struct contact *c)
{
	contact_seats_follow(c, engine_routing(t->g->engine), book_index_agents(t->g->book->index),
			     seat_changed, t);
}

struct begun {
	usher_id contact, session;
};

static void session_now(struct gateway *g, void *arg)
{
	const struct begun *begun = arg;
	struct contact *c = book_open_contact(g->book, begun->contact);
	if (c == NULL)
		return;
	LIST_EACH(link, &c->sessions) {
		struct session *s = LIST_ITEM(link, struct session, link);
		s->is_new = s->is_new && s->row.id != begun->session;
	}
}

struct session *book_session_new(struct turn *t, struct contact *c, enum channel_kind channel,
				 struct usher_text channel_id, struct usher_text key,
				 struct usher_text fields)
{
	struct interaction_row row = {.id = gateway_id(t->g, t->now), .contact = c->row.id,
				      .channel = channel, .state = 1, .started_us = t->now,
				      .channel_id = channel_id, .remote_key = key,
				      .fields = fields};
	struct session *s = keep_session(t->g->book, c, &row);
	struct begun *begun = ARENA_NEW(t->arena, struct begun);
	*begun = (struct begun){c->row.id, row.id};
	s->is_new = true;
	turn_publish(t, session_now, begun);
	session_changed(t, s);
	contact_changed(t, c);
	return s;
}

void session_changed(struct turn *t, struct session *s)
{
	s->is_dirty = true;
	struct contact *c = book_open_contact(t->g->book, s->row.contact);
	if (c != NULL)
		contact_changed(t, c);
}

void book_session_end(struct turn *t, struct contact *c, struct session *s)
{
	struct book *b = t->g->book;
	s->row.state = 2;
	s->row.ended_us = t->now;
	s->is_dirty = true;
	publish_session_end(t, s);
	if (table_get_pointer(&b->sessions, s->key_hash) == s)
		table_remove(&b->sessions, s->key_hash);
	list_remove(&s->link);
	list_add_last(&b->removed, &s->link);
	contact_changed(t, c);
}

void book_session_end_all(struct turn *t, struct contact *c)
{
	LIST_EACH(link, &c->sessions)
		book_session_end(t, c, LIST_ITEM(link, struct session, link));
}

static void remember_last(struct contact *c, const struct message_row *m)
{
	if (m->kind == MESSAGE_EVENT)
		return;
	c->last_seq = m->seq;
	c->last_author = (enum message_author)m->author;
	c->last_us = m->at_us;
	size_t n = text_fit(m->body, sizeof c->last_body - 1);
	memcpy(c->last_body, m->body.n > 0 ? m->body.p : "", n);
	c->last_body[n] = '\0';
}

void book_load_last(struct contact *c, const struct message_row *m)
{
	remember_last(c, m);
}

const struct message_row *book_message(struct turn *t, struct contact *c,
				       const struct message_row *message)
{
	struct message_row *m = ARENA_NEW(t->arena, struct message_row);
	*m = *message;
	m->contact = c->row.id;
	m->seq = ++c->row.seq;
	m->id = gateway_id(t->g, t->now);
	if (m->at_us == 0)
		m->at_us = t->now;
	m->remote_id = arena_text(t->arena, m->remote_id);
	m->detail = arena_text(t->arena, m->detail);
	m->body = arena_text(t->arena, m->body);
	m->html = arena_text(t->arena, m->html);
	m->blob = arena_text(t->arena, m->blob);
	m->fields = arena_text(t->arena, m->fields);
	store_add(t->batch, &MESSAGE, m);
	remember_last(c, m);
	contact_changed(t, c);
	publish_message(t, m, true);
	return m;
}

void book_event(struct turn *t, struct contact *c, const char *name, const char *format, ...)
{
	char body[300], fields[80];
	va_list args;
	va_start(args, format);
	vsnprintf(body, sizeof body, format, args);
	va_end(args);
	/* The customer is told in the channel's own words (struct contact_news). */
	snprintf(fields, sizeof fields, "{\"event\":\"%s\",\"audience\":\"agent\"}", name);
	struct usher_text text = text_of(body);
	text.n = text_fit(text, sizeof body - 1);
	book_message(t, c, &(struct message_row){.kind = MESSAGE_EVENT, .author = AUTHOR_SYSTEM,
						 .channel = c->row.channel, .body = text,
						 .fields = text_of(fields)});
}

static void flush_session(struct turn *t, struct session *s)
{
	if (!s->is_dirty)
		return;
	s->is_dirty = false;
	store_put(t->batch, &INTERACTION, &s->row);
}

void book_flush(struct book *b, struct turn *t)
{
	LIST_EACH(link, &b->dirty) {
		struct contact *c = LIST_ITEM(link, struct contact, link);
		list_remove(&c->link);
		c->is_dirty = false;
		store_put(t->batch, &CONTACT, &c->row);
		note_closed(b, c);
		book_index_file(b->index, c);
		LIST_EACH(at, &c->sessions)
			flush_session(t, LIST_ITEM(at, struct session, link));
	}
	LIST_EACH(link, &b->removed) {
		struct session *s = LIST_ITEM(link, struct session, link);
		flush_session(t, s);
		session_free(b, s);
	}
	drop_closed(b);
}

/* ---- repeats --------------------------------------------------------------------------------- */

bool book_was_seen(const struct book *b, uint64_t hash, struct book_seen *ret)
{
	return seen_find(b->seen, hash, ret);
}

void book_see(struct turn *t, uint64_t hash, const struct book_seen *seen)
{
	struct seen_row row = {.id = gateway_id(t->g, t->now), .hash = (int64_t)hash,
			       .contact = seen->contact, .message = seen->message,
			       .seq = seen->seq};
	store_add(t->batch, &SEEN, &row);
	seen_add(t->g->book->seen, hash, seen);
}
