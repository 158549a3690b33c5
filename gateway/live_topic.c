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

static void put_contact(struct contact *c, void *arg)
{
	struct putting *p = arg;
	shape_contact(p->w, p->l->g, c);
}

static void put_offer(struct contact *c, void *arg)
{
	struct putting *p = arg;
	if (c->row.state == CONTACT_OFFERED && c->row.agent == p->t->id)
		shape_offer(p->w, p->l->g, c);
}

static void put_me(struct putting *p)
{
	json_write_key(p->w, "presence");
	shape_presence(p->w, p->l->g, p->t->id);
	json_put_list(p->w, "offers");
	book_each_open(p->l->g->book, put_offer, p);
	json_write_list_end(p->w);
	json_put_list(p->w, "contacts");
	book_each_of_agent(p->l->g->book, p->t->id, put_contact, p);
	json_write_list_end(p->w);
}

bool topic_sees_queue(const struct live *l, const struct topic *t, usher_id queue)
{
	const struct user_row *user = directory_user(l->g->directory, t->id);
	return user != NULL && ((user->roles & (ROLE_SUPERVISOR | ROLE_ADMIN)) != 0 ||
				directory_is_member(user, queue));
}

static void put_waiting(struct contact *c, void *arg)
{
	struct putting *p = arg;
	bool is_waiting = c->row.state == CONTACT_WAITING || c->row.state == CONTACT_OFFERED;
	if (!is_waiting || !topic_sees_queue(p->l, p->t, c->row.queue))
		return;
	shape_contact(p->w, p->l->g, c);
	table_set(&p->t->shown, c->row.id, 1);
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
	shape_message(p->w, p->l->g, row);
	return 0;
}

static void put_conversation(struct putting *p)
{
	struct contact *c = book_contact(p->l->g->book, p->t->id);
	if (c == NULL)
		return;
	json_write_key(p->w, "contact");
	shape_contact(p->w, p->l->g, c);
	json_put_list(p->w, "messages");
	struct message_row like = {.contact = c->row.id};
	struct store_range range = {.index = -1, .equal_count = 1, .like = &like,
				    .has_from = true, .from = c->row.seq - MESSAGES_SHOWN + 1};
	int code = store_scan(p->l->g->store, &MESSAGE, &range, put_message, p);
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
		book_each_open(p->l->g->book, put_waiting, p);
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
