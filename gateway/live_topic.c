/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/live_topic.h"

#include "gateway/directory.h"
#include "gateway/shapes.h"

#include <stdlib.h>

#define MESSAGES_SHOWN 200

static uint64_t hash_of(enum topic_kind kind, usher_id id)
{
	uint64_t hash = hash_fold((uint64_t)kind, id);
	return hash != 0 ? hash : 1;
}

struct topic *topic_find(struct live *l, enum topic_kind kind, usher_id id)
{
	return table_get_pointer(&l->topics, hash_of(kind, id));
}

static struct topic *topic_get(struct live *l, enum topic_kind kind, usher_id id)
{
	struct topic *t = topic_find(l, kind, id);
	if (t != NULL)
		return t;
	t = NEW(struct topic);
	t->kind = kind;
	t->id = id;
	t->hash = hash_of(kind, id);
	list_init(&t->followers);
	table_set_pointer(&l->topics, t->hash, t);
	return t;
}

struct follow *topic_follow(struct live *l, struct client *c, enum topic_kind kind, usher_id id)
{
	LIST_EACH(link, &c->follows) {
		struct follow *f = LIST_ITEM(link, struct follow, of_client);
		if (f->topic->kind == kind && f->topic->id == id)
			return f;
	}
	if (c->follow_count >= LIVE_TOPICS_PER_CLIENT)
		return NULL;
	struct follow *f = NEW(struct follow);
	f->topic = topic_get(l, kind, id);
	f->client = c;
	list_add_last(&f->topic->followers, &f->of_topic);
	list_add_last(&c->follows, &f->of_client);
	c->follow_count++;
	return f;
}

void topic_unfollow(struct live *l, struct follow *f)
{
	struct topic *t = f->topic;
	f->client->follow_count--;
	list_remove(&f->of_topic);
	list_remove(&f->of_client);
	free(f);
	if (!list_is_empty(&t->followers))
		return;
	table_remove(&l->topics, t->hash);
	table_done(&t->shown);
	free(t);
}

void topic_name(const struct live *l, enum topic_kind kind, usher_id id, struct usher_buf *ret)
{
	static const char *const names[] = {"", "me", "waiting", "queues", "agents", "channels",
					    "contact:"};
	char text[ID_TEXT_BYTES];
	buf_adds(ret, names[kind]);
	if (kind != TOPIC_CONTACT)
		return;
	id_format(id, &l->g->id_key, text);
	buf_adds(ret, text);
}

static void head(struct live *l, struct topic *t, const char *type, struct json_writer *w,
		 struct usher_buf *out)
{
	struct usher_buf name = {0};
	topic_name(l, t->kind, t->id, &name);
	json_writer_init(w, out);
	json_write_object(w);
	json_put_string(w, "t", type);
	json_put_text(w, "topic", buf_text(&name));
	json_put_int(w, "seq", (int64_t)t->seq);
	buf_done(&name);
}

void topic_delta(struct live *l, struct topic *t, const char *op, struct json_writer *w,
		 struct usher_buf *out)
{
	t->seq++;
	head(l, t, "delta", w, out);
	json_put_string(w, "op", op);
}

void topic_send(struct topic *t, struct json_writer *w, struct usher_buf *out)
{
	json_write_object_end(w);
	struct ws_frame *frame = ws_frame_new(buf_text(out));
	LIST_EACH(link, &t->followers) {
		struct follow *f = LIST_ITEM(link, struct follow, of_topic);
		int code = http_ws_send_frame(f->client->peer, frame);
		(void)code; /* a slow peer is being closed by the server; it will ask again */
	}
	ws_frame_unref(frame);
	buf_done(out);
}

/* ---- snapshots ---------------------------------------------------------------------------------- */

struct putting {
	struct live *l;
	struct json_writer *w;
	struct topic *t;
};

static void put_held(struct contact_seat *seat, void *arg)
{
	struct putting *p = arg;
	if (contact_seat_has(seat))
		shape_contact(p->w, p->l->g, seat->contact);
}

static void put_offer(struct contact_seat *seat, void *arg)
{
	struct putting *p = arg;
	if (seat->part == PART_OFFERED)
		shape_offer(p->w, p->l->g, seat);
}

static void put_me(struct putting *p)
{
	json_write_key(p->w, "presence");
	shape_presence(p->w, p->l->g, p->t->id);
	json_put_list(p->w, "offers");
	book_each_of_agent(p->l->g->book, p->t->id, put_offer, p);
	json_write_list_end(p->w);
	json_put_list(p->w, "contacts");
	book_each_of_agent(p->l->g->book, p->t->id, put_held, p);
	json_write_list_end(p->w);
}

bool topic_sees_queue(const struct live *l, const struct topic *t, usher_id queue)
{
	const struct user_row *user = directory_user(l->g->directory, t->id);
	return user != NULL && ((user->roles & (ROLE_SUPERVISOR | ROLE_ADMIN)) != 0 ||
				directory_is_member(user, queue));
}

/* The front of the line, gathered and thinned by turns: memory for two fronts is enough. */
struct front {
	struct putting *p;
	struct contact *contacts[2 * LIVE_WAITING_MAX];
	int count;
};

static int by_place(const void *a, const void *b)
{
	const struct contact *x = *(struct contact *const *)a, *y = *(struct contact *const *)b;
	if (x->row.priority != y->row.priority)
		return x->row.priority < y->row.priority ? -1 : 1;
	if (x->first_us != y->first_us)
		return x->first_us < y->first_us ? -1 : 1;
	return x->row.id < y->row.id ? -1 : x->row.id > y->row.id;
}

static void thin(struct front *f)
{
	qsort(f->contacts, (size_t)f->count, sizeof f->contacts[0], by_place);
	if (f->count <= LIVE_WAITING_MAX)
		return;
	f->count = LIVE_WAITING_MAX;
	f->p->t->is_cut = true;
}

static void gather_waiting(struct contact *c, void *arg)
{
	struct front *f = arg;
	bool is_waiting = c->row.state == CONTACT_WAITING || c->row.state == CONTACT_OFFERED;
	if (!is_waiting || !topic_sees_queue(f->p->l, f->p->t, c->row.queue))
		return;
	f->contacts[f->count++] = c;
	if (f->count == 2 * LIVE_WAITING_MAX)
		thin(f);
}

static void put_waiting(struct putting *p)
{
	struct front *f = NEW(struct front);
	f->p = p;
	p->t->is_cut = false;
	table_done(&p->t->shown);
	book_each_open(p->l->g->book, gather_waiting, f);
	thin(f);
	for (int i = 0; i < f->count; i++) {
		shape_contact(p->w, p->l->g, f->contacts[i]);
		table_set(&p->t->shown, f->contacts[i]->row.id, 1);
	}
	free(f);
}

static void put_rows(struct putting *p)
{
	struct gateway *g = p->l->g;
	size_t n;
	if (p->t->kind == TOPIC_QUEUES) {
		const struct queue_row *const *rows = directory_queues(g->directory, &n);
		for (size_t i = 0; i < n; i++)
			shape_figures(p->w, g, rows[i]);
	} else if (p->t->kind == TOPIC_AGENTS) {
		const struct user_row *const *rows = directory_users(g->directory, &n);
		for (size_t i = 0; i < n; i++)
			if ((rows[i]->roles & (ROLE_AGENT | ROLE_SUPERVISOR)) != 0)
				shape_agent(p->w, g, rows[i]);
	} else {
		const struct channel_row *const *rows = directory_channels(g->directory, &n);
		for (size_t i = 0; i < n; i++)
			shape_channel(p->w, g, rows[i]);
	}
}

static int put_message(const void *row, void *arg)
{
	struct putting *p = arg;
	shape_message_live(p->w, p->l->g, row);
	return 0;
}

struct budget {
	size_t left;
	int64_t from; /* the first message that fits */
};

static int on_budget(const void *row, void *arg)
{
	const struct message_row *m = row;
	struct budget *b = arg;
	size_t n = shape_message_bytes(m);
	n = n < SHAPE_LIVE_BYTES_MAX ? n : SHAPE_LIVE_BYTES_MAX;
	if (n > b->left)
		return 1;
	b->left -= n;
	b->from = m->seq;
	return 0;
}

/* The newest messages, as many as a snapshot may hold. */
static int scan_newest(struct putting *p, const struct contact *c)
{
	struct message_row like = {.contact = c->row.id};
	struct budget budget = {.left = LIVE_SNAPSHOT_BYTES, .from = c->row.seq + 1};
	struct store_range range = {.index = -1, .equal_count = 1, .like = &like,
				    .is_descending = true, .limit = MESSAGES_SHOWN};
	int code = store_scan(p->l->g->store, &MESSAGE, &range, on_budget, &budget);
	if (code < 0)
		return code;
	range = (struct store_range){.index = -1, .equal_count = 1, .like = &like,
				     .has_from = true, .from = budget.from};
	return store_scan(p->l->g->store, &MESSAGE, &range, put_message, p);
}

static void put_conversation(struct putting *p)
{
	struct contact *c = book_contact(p->l->g->book, p->t->id);
	if (c == NULL)
		return;
	json_write_key(p->w, "contact");
	shape_contact(p->w, p->l->g, c);
	json_put_list(p->w, "messages");
	int code = scan_newest(p, c);
	(void)code; /* what could be read is shown; the REST call gives the fault */
	json_write_list_end(p->w);
}

static void put_data(struct putting *p)
{
	static const char *const lists[] = {[TOPIC_WAITING] = "contacts", [TOPIC_QUEUES] = "queues",
					    [TOPIC_AGENTS] = "agents",
					    [TOPIC_CHANNELS] = "channels"};
	if (p->t->kind == TOPIC_ME) {
		put_me(p);
		return;
	}
	if (p->t->kind == TOPIC_CONTACT) {
		put_conversation(p);
		return;
	}
	json_put_list(p->w, lists[p->t->kind]);
	if (p->t->kind == TOPIC_WAITING)
		put_waiting(p);
	else
		put_rows(p);
	json_write_list_end(p->w);
}

void topic_snapshot(struct live *l, struct client *c, struct topic *t)
{
	struct usher_buf out = {0};
	struct json_writer w;
	struct putting p = {l, &w, t};
	head(l, t, "snapshot", &w, &out);
	json_put_object(&w, "data");
	put_data(&p);
	json_write_object_end(&w);
	json_write_object_end(&w);
	int code = http_server_ops()->send(c->peer, buf_text(&out));
	(void)code; /* as in topic_send */
	buf_done(&out);
}
