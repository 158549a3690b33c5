/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/video/video.h"

#include "channels/sign.h"

#include <stdio.h>
#include <stdlib.h>

#define QUEUE_BYTES_MAX ((size_t)512 * 1024)
#define CLAIM_AGAIN USHER_SECOND
#define LINK_MAX (90 * USHER_DAY)

static const struct channel_setting settings[] = {
	{"stun_urls", SETTING_TEXT, "", 0, 1000, NULL,
	 "STUN servers, such as stun:turn.example:3478, with spaces between"},
	{"turn_urls", SETTING_TEXT, "", 0, 1000, NULL,
	 "TURN servers, such as turns:turn.example:5349, with spaces between"},
	{"turn_secret", SETTING_SECRET, "", 0, 200, NULL,
	 "The secret shared with the TURN servers (static-auth-secret); empty: none are offered"},
	{"turn_ttl_s", SETTING_INTEGER, "600", 60, 86400, "s",
	 "How long a TURN credential can be used to begin a session"},
	{"idle_s", SETTING_INTEGER, "1800", 60, 86400, "s",
	 "A window alone in a room where nothing is awaited is closed after this"},
	{0},
};

/* Every open video channel of the process: the route is one, the channels may be several. */
static struct list open_channels = {&open_channels, &open_channels};

struct channel *video_channel_of(struct usher_text text, struct ticket *ret)
{
	LIST_EACH(item, &open_channels)
	{
		struct channel *ch = LIST_ITEM(item, struct channel, in_open);
		if (ticket_read(ch->host->secret, text, ch->host->now(ch->host), ret) == 0)
			return ch;
	}
	return NULL;
}

/* ---- the route
 * ----------------------------------------------------------------------------------- */

static void *on_open(struct ws_peer *peer, const struct http_request *request, void *arg)
{
	struct channel *ch = arg;
	(void)request;
	return ch->session_count < VIDEO_SESSIONS_MAX ? rtc_session_new(ch, peer) : NULL;
}

static void on_message(struct ws_peer *peer, void *session, struct usher_text message)
{
	(void)peer;
	rtc_session_message(session, message);
}

static void on_close(struct ws_peer *peer, void *session)
{
	(void)peer;
	rtc_session_free(session);
}

static int add_route(struct channel *ch)
{
	struct ws_route route = {
		.path = "/rtc",
		.subprotocol = "usher-rtc.v1",
		.message_max = RTC_FRAME_BYTES_MAX,
		.queue_max = QUEUE_BYTES_MAX,
		.needs_origin = true,
		.on_open = on_open,
		.on_message = on_message,
		.on_close = on_close,
		.arg = ch,
	};
	int code = ch->host->ws_route(ch->host, &route);
	ch->has_route = code == 0;
	return code;
}

static void on_claim(void *arg)
{
	struct channel *ch = arg;
	ch->claim_timer = NULL;
	if (add_route(ch) < 0) /* the one that had it is not quite gone */
		ch->claim_timer = ch->host->timer(ch->host, ch->host->now(ch->host) + CLAIM_AGAIN,
						  on_claim, ch);
}

static bool has_holder(void)
{
	LIST_EACH(item, &open_channels)
	if (LIST_ITEM(item, struct channel, in_open)->has_route)
		return true;
	return false;
}

void video_lost_route(struct channel *ch)
{
	if (ch->claim_timer == NULL)
		ch->claim_timer = ch->host->timer(ch->host, ch->host->now(ch->host), on_claim, ch);
}

/* ---- life
 * ---------------------------------------------------------------------------------------- */

static void close_room(struct room *room)
{
	for (int i = 0; i < RTC_ROLES; i++) {
		struct rtc_session *s = room->places[i].session;
		if (s == NULL)
			continue;
		rtc_session_close(s, VIDEO_CLOSE_RESTART, "restarting");
		room->places[i].session = NULL;
		s->room = NULL;
	}
	room_free(room);
}

static struct channel *video_close(struct channel *ch)
{
	if (ch == NULL)
		return NULL;
	list_remove(&ch->in_open);
	LIST_EACH(item, &ch->rooms)
	close_room(LIST_ITEM(item, struct room, in_channel));
	/* Their peers are the server's: it tells when they have gone. */
	LIST_EACH(item, &ch->sessions)
	{
		struct rtc_session *s = LIST_ITEM(item, struct rtc_session, in_route);
		rtc_session_close(s, VIDEO_CLOSE_RESTART, "restarting");
		if (s->room != NULL)
			room_leave(s->room, s, false);
		ch->host->timer_cancel(ch->host, s->timer);
		list_remove(&s->in_route);
		s->timer = NULL;
		s->route = NULL;
	}
	ch->host->timer_cancel(ch->host, ch->claim_timer);
	if (ch->has_route && !list_is_empty(&open_channels))
		video_lost_route(LIST_ITEM(open_channels.next, struct channel, in_open));
	table_done(&ch->by_key);
	table_done(&ch->by_contact);
	free(ch);
	return NULL;
}

static int video_open(struct channel **ret, struct channel_host *host, struct usher_error *reterr)
{
	struct channel *ch = NEW(struct channel);
	ch->host = host;
	ch->opened_us = host->now(host);
	list_init(&ch->rooms);
	list_init(&ch->sessions);
	list_init(&ch->in_open);
	int code = has_holder() ? 0 : add_route(ch);
	if (code < 0 && code != E_EXISTS) {
		free(ch);
		return usher_error_set(reterr, code, "the address /rtc cannot be served");
	}
	list_add_last(&open_channels, &ch->in_open);
	if (code == E_EXISTS)
		video_lost_route(ch);
	*ret = ch;
	return 0;
}

static void video_status(const struct channel *ch, struct channel_status *ret)
{
	*ret = (struct channel_status){.health = CHANNEL_OK, .since_us = ch->opened_us};
	if (!ch->has_route && !has_holder()) {
		ret->health = CHANNEL_STARTING;
		snprintf(ret->text, sizeof ret->text, "Waiting for the address /rtc");
		return;
	}
	snprintf(ret->text, sizeof ret->text, "Open");
}

/* ---- commands and news
 * --------------------------------------------------------------------------- */

static void video_send(struct channel *ch, const struct outgoing *out)
{
	struct room *room = room_find(ch, out->key, out->contact);
	bool is_closed = text_equal(out->kind, TEXT("closed"));
	bool is_released = text_equal(out->kind, TEXT("released"));
	bool is_known = is_closed || is_released || text_equal(out->kind, TEXT("assigned"));
	if (room != NULL && is_closed) {
		room_end(room, "ended");
		room_release(room);
	} else if (room != NULL && is_released) {
		room_dismiss(room, RTC_AGENT, "released");
	}
	ch->host->delivered(ch->host, out->id, out->contact, out->message_seq,
			    is_known ? DELIVERY_SENT : DELIVERY_FAILED, 0,
			    is_known ? NULL : "a video room carries no messages; use the chat");
}

static void video_changed(struct channel *ch, const struct contact_news *news)
{
	struct room *room = room_find(ch, news->key, news->contact);
	bool is_waiting = news->state == CONTACT_WAITING || news->state == CONTACT_OFFERED;
	/* After a restart only the news tells that a customer should be here. */
	if (room == NULL && is_waiting && text_starts(news->key, TEXT("rtc:")))
		room = room_new(ch, news->key, news->contact);
	if (room == NULL)
		return;
	room_news(room, news);
	if (is_waiting)
		room_expect_customer(room);
	room_release(room);
}

/* ---- links
 * --------------------------------------------------------------------------------------- */

static int video_link(struct channel *ch, const struct link_request *request, struct usher_buf *ret)
{
	struct channel_host *h = ch->host;
	usher_us now = h->now(h);
	struct ticket t = {.contact = request->contact,
			   .is_agent = request->is_agent,
			   .agent = request->agent,
			   .expires_us = request->expires_us};
	struct usher_buf nonce = {0};
	unsigned char random[16];
	if (request->expires_us <= now || request->expires_us > now + LINK_MAX ||
	    (request->is_agent && request->contact == 0) || !text_is_utf8(request->name))
		return E_INVALID;
	sign_random(random, sizeof random);
	sign_base64url(&nonce, random, sizeof random);
	memcpy(t.nonce, nonce.p, TICKET_NONCE_BYTES);
	buf_done(&nonce);
	if (request->name.n > 0)
		memcpy(t.name, request->name.p, text_fit(request->name, TICKET_NAME_BYTES_MAX));
	buf_add_text(ret, h->public_url);
	buf_adds(ret, "/v/");
	ticket_make(h->secret, &t, ret);
	return 0;
}

const struct channel_driver video_driver = {
	.name = "video",
	.kind = CHANNEL_VIDEO,
	.abilities = CHANNEL_COMMANDS | CHANNEL_LINKS,
	.settings = settings,
	.open = video_open,
	.close = video_close,
	.status = video_status,
	.send = video_send,
	.changed = video_changed,
	.link = video_link,
};
