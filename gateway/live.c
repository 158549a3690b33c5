/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/live.h"

#include "gateway/directory.h"
#include "gateway/lines.h"
#include "gateway/live_topic.h"
#include "gateway/presence.h"
#include "gateway/shapes.h"

#include <stdlib.h>

#define MESSAGE_MAX ((size_t)16 << 10)
#define QUEUE_MAX ((size_t)8 << 20) /* a snapshot with every text escaped fits */
#define TOPICS_AT_ONCE 20

static bool is_agent(const struct client *c)
{
	return (c->roles & (ROLE_AGENT | ROLE_SUPERVISOR)) != 0 && c->user != 0;
}

/* ---- subscribing ------------------------------------------------------------------------------------ */

static bool parse_topic(const struct live *l, const struct client *c, struct usher_text name,
			enum topic_kind *kind, usher_id *id)
{
	*id = 0;
	if (text_equal(name, TEXT("me")) || text_equal(name, TEXT("waiting"))) {
		*kind = text_equal(name, TEXT("me")) ? TOPIC_ME : TOPIC_WAITING;
		*id = c->user;
		return c->user != 0;
	}
	*kind = text_equal(name, TEXT("queues"))     ? TOPIC_QUEUES
		: text_equal(name, TEXT("agents"))   ? TOPIC_AGENTS
		: text_equal(name, TEXT("channels")) ? TOPIC_CHANNELS
						     : TOPIC_CONTACT;
	if (*kind != TOPIC_CONTACT)
		return true;
	if (!text_starts(name, TEXT("contact:")))
		return false;
	return id_parse(text_slice(name.p + 8, name.n - 8), &l->g->id_key, id) == 0 &&
	       book_contact(l->g->book, *id) != NULL;
}

static void send_error(struct client *c, struct usher_text topic, const char *detail)
{
	struct usher_buf out = {0};
	struct json_writer w;
	json_writer_init(&w, &out);
	json_write_object(&w);
	json_put_string(&w, "t", "error");
	json_put_text(&w, "topic", topic);
	json_put_string(&w, "detail", detail);
	json_write_object_end(&w);
	int code = http_server_ops()->send(c->peer, buf_text(&out));
	(void)code; /* too slow: it is being closed */
	buf_done(&out);
}

struct subscribing {
	struct live *l;
	uint64_t client;
	int count;
	enum topic_kind kinds[TOPICS_AT_ONCE];
	usher_id ids[TOPICS_AT_ONCE];
};

/* Snapshots are taken when no commit is running, so they never show what may still fail. */
static void subscribe_now(struct gateway *g, void *arg)
{
	struct subscribing *s = arg;
	struct client *c = table_get_pointer(&s->l->by_number, s->client);
	(void)g;
	for (int i = 0; c != NULL && i < s->count; i++) {
		struct follow *f = topic_follow(s->l, c, s->kinds[i], s->ids[i]);
		if (f != NULL)
			topic_snapshot(s->l, c, f->topic);
		else
			send_error(c, TEXT_NONE, "too many topics at once");
	}
	free(s);
}

static void subscribe(struct client *c, const struct json *topics)
{
	struct subscribing *s = NEW(struct subscribing);
	s->l = c->live;
	s->client = c->number;
	for (size_t i = 0; i < json_count(topics) && s->count < TOPICS_AT_ONCE; i++) {
		struct usher_text name = json_as_text(json_item(topics, i));
		if (parse_topic(c->live, c, name, &s->kinds[s->count], &s->ids[s->count]))
			s->count++;
		else
			send_error(c, name, "no such topic");
	}
	engine_read(c->live->g->engine, subscribe_now, s);
}

static void unsubscribe(struct client *c, const struct json *topics)
{
	for (size_t i = 0; i < json_count(topics); i++) {
		enum topic_kind kind;
		usher_id id;
		if (!parse_topic(c->live, c, json_as_text(json_item(topics, i)), &kind, &id))
			continue;
		LIST_EACH(link, &c->follows) {
			struct follow *f = LIST_ITEM(link, struct follow, of_client);
			if (f->topic->kind == kind && f->topic->id == id)
				topic_unfollow(c->live, f);
		}
	}
}

/* ---- frames from the console ---------------------------------------------------------------------------- */

static struct contact *held_contact(struct client *c, const struct json *frame)
{
	usher_id id;
	if (id_parse(json_as_text(json_member(frame, "contact")), &c->live->g->id_key, &id) < 0)
		return NULL;
	struct contact *contact = book_open_contact(c->live->g->book, id);
	return contact != NULL && contact_part_of(contact, c->user) >= PART_HOLDER ? contact
										 : NULL;
}

static void on_typing(struct client *c, const struct json *frame)
{
	const struct contact *contact = held_contact(c, frame);
	bool is_on = json_as_boolean(json_member(frame, "on"));
	if (contact != NULL)
		lines_signal(c->live->g->lines, contact->row.id,
			     is_on ? SIGNAL_TYPING : SIGNAL_NOT_TYPING, 0);
}

static void on_read(struct client *c, const struct json *frame)
{
	const struct contact *contact = held_contact(c, frame);
	if (contact != NULL)
		lines_signal(c->live->g->lines, contact->row.id, SIGNAL_READ,
			     json_as_integer(json_member(frame, "seq")));
}

static void on_ping(struct client *c, const struct json *frame)
{
	struct usher_buf out = {0};
	struct json_writer w;
	json_writer_init(&w, &out);
	json_write_object(&w);
	json_put_string(&w, "t", "pong");
	json_put_int(&w, "n", json_as_integer(json_member(frame, "n")));
	json_put_time(&w, "now", gateway_now());
	json_write_object_end(&w);
	int code = http_server_ops()->send(c->peer, buf_text(&out));
	(void)code; /* too slow: it is being closed */
	buf_done(&out);
}

static void on_message(struct ws_peer *peer, void *session, struct usher_text message)
{
	struct client *c = session;
	struct json *frame = NULL;
	(void)peer;
	if (json_parse(&frame, message, MESSAGE_MAX, NULL) < 0) {
		send_error(c, TEXT_NONE, "not a JSON object");
		return;
	}
	struct usher_text type = json_as_text(json_member(frame, "t"));
	if (text_equal(type, TEXT("subscribe")))
		subscribe(c, json_member(frame, "topics"));
	else if (text_equal(type, TEXT("unsubscribe")))
		unsubscribe(c, json_member(frame, "topics"));
	else if (text_equal(type, TEXT("typing")))
		on_typing(c, frame);
	else if (text_equal(type, TEXT("read")))
		on_read(c, frame);
	else if (text_equal(type, TEXT("ping")))
		on_ping(c, frame);
	else
		send_error(c, TEXT_NONE, "unknown frame type");
	json_free(frame);
}

/* ---- connections ---------------------------------------------------------------------------------------- */

static void send_hello(struct client *c)
{
	const struct user_row *user = directory_user(c->live->g->directory, c->user);
	struct usher_buf out = {0};
	struct json_writer w;
	json_writer_init(&w, &out);
	json_write_object(&w);
	json_put_string(&w, "t", "hello");
	json_write_key(&w, "user");
	if (user != NULL)
		shape_user(&w, c->live->g, user);
	else
		json_write_null(&w);
	json_put_time(&w, "now", gateway_now());
	json_put_int(&w, "ping_s", 25);
	json_write_object_end(&w);
	int code = http_server_ops()->send(c->peer, buf_text(&out));
	(void)code; /* too slow: it is being closed */
	buf_done(&out);
}

static void *on_open(struct ws_peer *peer, const struct http_request *request, void *arg)
{
	struct live *l = arg;
	struct identity who;
	if (auth_identify_socket(l->g->auth, request, &who) < 0)
		return NULL;
	struct client *c = NEW(struct client);
	c->live = l;
	c->peer = peer;
	c->number = ++l->last_number;
	c->user = who.user;
	c->roles = who.roles;
	c->has_session = who.session.n == sizeof c->session;
	if (c->has_session)
		memcpy(c->session, who.session.p, sizeof c->session);
	list_init(&c->follows);
	list_add_last(&l->clients, &c->link);
	table_set_pointer(&l->by_number, c->number, c);
	l->count++;
	if (is_agent(c))
		presence_opened(l->g->presence, c->user);
	send_hello(c);
	return c;
}

static void on_close(struct ws_peer *peer, void *session)
{
	struct client *c = session;
	struct live *l = c->live;
	(void)peer;
	LIST_EACH(link, &c->follows)
		topic_unfollow(l, LIST_ITEM(link, struct follow, of_client));
	list_remove(&c->link);
	table_remove(&l->by_number, c->number);
	l->count--;
	if (is_agent(c))
		presence_closed(l->g->presence, c->user);
	free(c);
}

void live_end_session(struct live *l, struct usher_text session)
{
	LIST_EACH(link, &l->clients) {
		struct client *c = LIST_ITEM(link, struct client, link);
		if (c->has_session && text_equal(session, text_slice(c->session, 32)))
			http_server_ops()->close(c->peer, 4001, "signed out");
	}
}

bool live_has_session(const struct live *l, struct usher_text session)
{
	for (const struct list *link = l->clients.next; link != &l->clients; link = link->next) {
		const struct client *c = LIST_ITEM(link, struct client, link);
		if (c->has_session && text_equal(session, text_slice(c->session, 32)))
			return true;
	}
	return false;
}

static void resync_now(struct gateway *g, void *arg)
{
	struct live *l = g->live;
	(void)arg;
	LIST_EACH(link, &l->clients) {
		struct client *c = LIST_ITEM(link, struct client, link);
		LIST_EACH(at, &c->follows)
			topic_snapshot(l, c, LIST_ITEM(at, struct follow, of_client)->topic);
	}
}

void live_resync(struct live *l)
{
	engine_read(l->g->engine, resync_now, NULL);
}

size_t live_count(const struct live *l)
{
	return l->count;
}

int live_new(struct live **ret, struct gateway *g, struct usher_error *reterr)
{
	struct live *l = NEW(struct live);
	l->g = g;
	list_init(&l->clients);
	struct ws_route route = {.path = "/api/v1/live",
				 .subprotocol = "usher.v1",
				 .message_max = MESSAGE_MAX,
				 .queue_max = QUEUE_MAX,
				 .needs_origin = true,
				 .on_open = on_open,
				 .on_message = on_message,
				 .on_close = on_close,
				 .arg = l};
	int code = http_server_ws_route(g->http, &route);
	if (code < 0) {
		free(l);
		return usher_error_set(reterr, code, "live feed: its address is taken");
	}
	l->timer = NEW(uv_timer_t);
	uv_timer_init(g->loop, l->timer);
	l->timer->data = l;
	*ret = l;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

struct live *live_free(struct live *l)
{
	if (l == NULL)
		return NULL;
	uv_close((uv_handle_t *)l->timer, on_closed);
	table_done(&l->by_number);
	table_done(&l->topics);
	table_done(&l->dirty_queues);
	table_done(&l->dirty_agents);
	table_done(&l->dirty_contacts);
	free(l);
	return NULL;
}
