/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/chat/chat.h"

#include "channels/route.h"

#include <stdio.h>
#include <stdlib.h>

#define QUEUE_BYTES_MAX ((size_t)256 * 1024)

static const struct channel_setting settings[] = {
	{"title", SETTING_TEXT, "Chat", 1, 100, NULL, "Shown at the top of the chat window"},
	{"greeting", SETTING_TEXT, "", 0, 1000, NULL,
	 "What the window says before the visitor writes"},
	{"is_default", SETTING_BOOLEAN, "false", 0, 0, NULL,
	 "Whether this is the channel behind /chat"},
	{"allowed_origins", SETTING_TEXT, "", 0, 4000, NULL,
	 "Sites that may connect, such as https://shop.example, with spaces between; "
	 "empty: only this one"},
	{"text_max", SETTING_INTEGER, "8000", 100, 15000, "characters",
	 "Longest message of a visitor"},
	{"rate_per_s", SETTING_INTEGER, "1", 1, 10000, NULL,
	 "Messages a visitor may send each second, and five times as many at once; the visitors of "
	 "one network address together five times that, and fifty times as many at once"},
	{"leave_after_s", SETTING_INTEGER, "60", 5, 3600, "s",
	 "A visitor whose window is gone for so long has left"},
	{"sockets_per_visitor", SETTING_INTEGER, "5", 1, 50, NULL, "Windows of one visitor"},
	{"sockets_per_address", SETTING_INTEGER, "20", 1, 100000, NULL,
	 "Windows of one network address"},
	{0},
};

static void *on_open(struct ws_peer *peer, const struct http_request *request, void *arg)
{
	struct channel *ch = arg;
	if (!chat_origin_is_allowed(ch->host, request)) {
		ch->host->log(ch->host, CHANNEL_LOG_INFO, "chat.origin_refused", "path=%.*s",
			      TEXT_ARG(request->path));
		return NULL;
	}
	uint64_t hash = hash_keyed(ch->host->id_key, request->peer.p, request->peer.n);
	hash = hash != 0 ? hash : 1;
	struct chat_address *a = chat_address(ch, hash);
	/* A little over the limit is let in, so that hello can be answered with 4008. */
	if (a == NULL || a->sockets >= 2 * (uint32_t)ch->sockets_per_address + 5)
		return NULL;
	a->sockets++;
	return chat_session_new(ch, peer, hash);
}

static void on_message(struct ws_peer *peer, void *session, struct usher_text message)
{
	(void)peer;
	chat_session_message(session, message);
}

static void on_close(struct ws_peer *peer, void *session)
{
	(void)peer;
	chat_session_free(session);
}

static int add_route(struct channel *ch, const char *path, struct usher_error *reterr)
{
	struct ws_route route = {
		.path = path,
		.subprotocol = "usher-chat.v1",
		.message_max = CHAT_FRAME_BYTES_MAX,
		.queue_max = QUEUE_BYTES_MAX,
		.needs_origin = false, /* on_open knows the list of this channel */
		.on_open = on_open,
		.on_message = on_message,
		.on_close = on_close,
		.arg = ch,
	};
	int code = ch->host->ws_route(ch->host, &route);
	if (code < 0)
		return usher_error_set(reterr, code,
				       "is_default: another channel already answers at %s", path);
	return 0;
}

static struct channel *chat_close(struct channel *ch)
{
	if (ch == NULL)
		return NULL;
	/* The sessions themselves go when the server tells that their peers have gone. */
	LIST_EACH(item, &ch->sessions)
	{
		struct chat_session *s = LIST_ITEM(item, struct chat_session, in_channel);
		chat_session_close(s, CHAT_CLOSE_RESTART, "restarting");
		ch->host->timer_cancel(ch->host, s->timer);
		chat_turns_drop(s);
		list_remove(&s->in_channel);
		s->ch = NULL;
		s->visitor = NULL;
		s->timer = NULL;
	}
	chat_turns_done(ch);
	chat_visitors_done(ch);
	chat_addresses_done(ch);
	free(ch);
	return NULL;
}

static int chat_open(struct channel **ret, struct channel_host *host, struct usher_error *reterr)
{
	struct channel *ch = NEW(struct channel);
	ch->host = host;
	list_init(&ch->sessions);
	list_init(&ch->turns);
	ch->text_max = channel_integer(host, "text_max");
	ch->sockets_per_visitor = channel_integer(host, "sockets_per_visitor");
	ch->sockets_per_address = channel_integer(host, "sockets_per_address");
	ch->rate_per_s = channel_integer(host, "rate_per_s");
	ch->leave_after_us = channel_integer(host, "leave_after_s") * USHER_SECOND;
	ch->opened_us = host->now(host);
	int code = add_route(ch, route_path("/chat/%s", host->id), reterr);
	if (code == 0 && channel_boolean(host, "is_default"))
		code = add_route(ch, route_path("/chat"), reterr);
	if (code < 0) {
		chat_close(ch);
		return code;
	}
	*ret = ch;
	return 0;
}

static void chat_status(const struct channel *ch, struct channel_status *ret)
{
	*ret = (struct channel_status){.health = CHANNEL_OK, .since_us = ch->opened_us};
	snprintf(ret->text, sizeof ret->text, "Open");
}

static void chat_published(struct channel *ch, struct usher_text key,
			   const struct contact_message *m)
{
	struct chat_visitor *v = chat_visitor_find(ch, key);
	if (v == NULL)
		return;
	if (v->contact != m->contact)
		chat_visitor_load(v);
	if (v->contact != m->contact)
		return;
	bool is_taken = false;
	LIST_EACH(item, &v->sockets)
	{
		struct chat_session *s = LIST_ITEM(item, struct chat_session, in_visitor);
		if (s->is_replaying && s->contact == m->contact)
			continue; /* it reads this one from the record */
		chat_session_follow(s, m->contact);
		int64_t before = s->seq;
		if (chat_session_event(s, m) == 0 && s->seq > before)
			is_taken = true;
	}
	bool is_new = m->delivery == DELIVERY_QUEUED || m->delivery == DELIVERY_SENDING;
	if (is_taken && m->author == AUTHOR_AGENT && is_new)
		ch->host->delivered(ch->host, 0, m->contact, m->seq, DELIVERY_SENT, 0, NULL);
}

static void chat_changed(struct channel *ch, const struct contact_news *news)
{
	bool is_open = news->state >= CONTACT_WAITING && news->state <= CONTACT_PARKED;
	struct chat_visitor *v =
		is_open ? chat_visitor_get(ch, news->key) : chat_visitor_find(ch, news->key);
	/* News of an earlier conversation must not overwrite the present one. */
	if (v != NULL && (is_open || v->contact == news->contact))
		chat_visitor_news(v, news);
}

static void chat_signal(struct channel *ch, usher_id contact, struct usher_text key,
			enum channel_signal signal, int64_t seq)
{
	struct chat_visitor *v = chat_visitor_find(ch, key);
	(void)seq;
	if (v != NULL && v->contact == contact && signal != SIGNAL_READ)
		chat_visitor_agent_typing(v, signal == SIGNAL_TYPING);
}

const struct channel_driver chat_driver = {
	.name = "chat",
	.kind = CHANNEL_CHAT,
	.abilities = CHANNEL_PUSH,
	.settings = settings,
	.open = chat_open,
	.close = chat_close,
	.status = chat_status,
	.published = chat_published,
	.changed = chat_changed,
	.signal = chat_signal,
};
