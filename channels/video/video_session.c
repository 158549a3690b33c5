/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/video/video.h"

#include "channels/bucket.h"
#include "channels/video/turn.h"

#include <stdio.h>
#include <stdlib.h>

#define FRAMES_EVERY (USHER_SECOND / 50)
#define FRAMES_BURST 300 /* a call begins with some 20 frames a side */

static void on_no_join(void *arg)
{
	struct rtc_session *s = arg;
	s->timer = NULL;
	rtc_session_close(s, VIDEO_CLOSE_BAD_TICKET, "no join");
}

struct rtc_session *rtc_session_new(struct channel *ch, struct ws_peer *peer)
{
	struct channel_host *h = ch->host;
	struct rtc_session *s = NEW(struct rtc_session);
	s->route = ch;
	s->peer = peer;
	list_add_last(&ch->sessions, &s->in_route);
	ch->session_count++;
	s->timer = h->timer(h, h->now(h) + VIDEO_JOIN_TIMEOUT, on_no_join, s);
	return s;
}

void rtc_session_free(struct rtc_session *s)
{
	if (s->room != NULL)
		room_leave(s->room, s, false);
	if (s->route != NULL) {
		s->route->host->timer_cancel(s->route->host, s->timer);
		list_remove(&s->in_route);
		s->route->session_count--;
	}
	free(s);
}

int rtc_session_send(struct rtc_session *s, struct usher_text frame)
{
	if (s->is_doomed || s->route == NULL)
		return E_CLOSED;
	int code = s->route->host->http->send(s->peer, frame);
	if (code < 0)
		s->is_doomed = true; /* the server closes it with 4013 */
	return code;
}

void rtc_session_close(struct rtc_session *s, int code, const char *reason)
{
	struct usher_buf frame = {0};
	if (s->is_doomed || s->route == NULL)
		return;
	rtc_format_bye(&frame, reason);
	(void)(rtc_session_send(s, buf_text(&frame)) < 0);
	buf_done(&frame);
	if (s->is_doomed)
		return;
	s->is_doomed = true;
	s->route->host->http->close(s->peer, code, reason);
}

/* ---- welcome
 * ------------------------------------------------------------------------------------- */

/* The second to come is polite; after a reload the newcomer is what the other one is not. */
static void say_welcome(struct rtc_session *s, const struct rtc_session *other)
{
	struct room *room = s->room;
	const struct channel_host *h = room->ch->host;
	struct usher_buf frame = {0}, username = {0}, credential = {0};
	char id[ID_TEXT_BYTES];
	int64_t ttl = channel_integer(h, "turn_ttl_s");
	const char *secret = channel_text(h, "turn_secret");
	id_format(room->contact, h->id_key, id);
	if (secret[0] != '\0')
		turn_credential(text_of(secret), text_of(id),
				h->now(room->ch->host) / USHER_SECOND + ttl, &username,
				&credential);
	s->is_polite = other != NULL && !other->is_polite;
	struct rtc_welcome welcome = {
		.is_polite = s->is_polite,
		.role = s->role,
		.room = id,
		.has_peer = other != NULL,
		.peer_role = other != NULL ? other->role : RTC_CUSTOMER,
		.peer_name = other != NULL ? other->name : "",
		.ice = {channel_text(h, "stun_urls"), channel_text(h, "turn_urls"), username.p,
			credential.p, ttl},
		.state = room->state,
		.position = room->position,
		.agent = room->agent_name,
	};
	rtc_format_welcome(&frame, &welcome);
	(void)(rtc_session_send(s, buf_text(&frame)) < 0);
	buf_done(&frame);
	buf_done(&username);
	buf_done(&credential);
}

void rtc_session_welcome(struct rtc_session *s)
{
	struct rtc_session *other = s->room->places[RTC_ROLES - 1 - s->role].session;
	struct usher_buf frame = {0};
	if (other != NULL && !other->is_welcome)
		other = NULL;
	say_welcome(s, other);
	s->is_welcome = true;
	if (other == NULL)
		return;
	rtc_format_peer_joined(&frame, s->role, s->name);
	(void)(rtc_session_send(other, buf_text(&frame)) < 0);
	buf_done(&frame);
}

/* ---- join
 * ---------------------------------------------------------------------------------------- */

static void on_idle(void *arg);

static void watch_idle(struct rtc_session *s)
{
	struct channel_host *h = s->route->host;
	usher_us span = channel_integer(s->room->ch->host, "idle_s") * USHER_SECOND;
	s->timer = h->timer(h, h->now(h) + span, on_idle, s);
}

/* Alone in a room where nothing is awaited: a forgotten window. */
static void on_idle(void *arg)
{
	struct rtc_session *s = arg;
	s->timer = NULL;
	if (s->room == NULL)
		return;
	bool is_alone = s->room->places[RTC_ROLES - 1 - s->role].session == NULL;
	if (is_alone && s->room->state != RTC_WAITING)
		rtc_session_close(s, VIDEO_CLOSE_IDLE, "nobody else is here");
	else
		watch_idle(s);
}

static bool is_full(const struct room *room, const struct rtc_session *s)
{
	const struct rtc_session *there = room->places[s->role].session;
	return s->role == RTC_AGENT && there != NULL && there->agent != s->agent &&
	       s->agent != room->agent;
}

static void take_join(struct rtc_session *s, const struct rtc_frame *f)
{
	struct ticket ticket;
	int code;
	struct channel *ch = video_channel_of(f->ticket, &ticket);
	if (ch == NULL || (ticket.is_agent && ticket.contact == 0))
		return rtc_session_close(s, VIDEO_CLOSE_BAD_TICKET,
					 "the link is not valid or has expired");
	struct room *room = room_of_ticket(ch, &ticket, &code);
	if (room == NULL)
		return rtc_session_close(s,
					 code == E_CLOSED      ? VIDEO_CLOSE_NORMAL
					 : code == E_NOT_FOUND ? VIDEO_CLOSE_BAD_TICKET
							       : VIDEO_CLOSE_LATER,
					 code == E_CLOSED ? "ended" : "there is no such room now");
	s->role = ticket.is_agent ? RTC_AGENT : RTC_CUSTOMER;
	s->agent = ticket.agent;
	bool takes_claim = !ticket.is_agent && ticket.name[0] == '\0';
	snprintf(s->name, sizeof s->name, "%.*s",
		 takes_claim ? (int)f->name.n : (int)strlen(ticket.name),
		 takes_claim ? (f->name.n > 0 ? f->name.p : "") : ticket.name);
	if (is_full(room, s))
		return rtc_session_close(s, VIDEO_CLOSE_FULL, "another agent is in the room");
	s->route->host->timer_cancel(s->route->host, s->timer);
	s->timer = NULL;
	s->room = room;
	watch_idle(s);
	room_join(room, s);
}

/* ---- frames
 * -------------------------------------------------------------------------------------- */

static void relay(struct rtc_session *s, struct usher_text message)
{
	struct rtc_session *other = s->room->places[RTC_ROLES - 1 - s->role].session;
	if (s->is_welcome && other != NULL && other->is_welcome)
		(void)(rtc_session_send(other, message) < 0);
}

static void take_frame(struct rtc_session *s, const struct rtc_frame *f, struct usher_text message)
{
	switch (f->kind) {
	case RTC_JOIN:
		rtc_session_close(s, VIDEO_CLOSE_POLICY, "a second join");
		return;
	case RTC_DESCRIPTION:
	case RTC_CANDIDATE:
		relay(s, message);
		return;
	case RTC_LEAVE:
		rtc_session_close(s, VIDEO_CLOSE_NORMAL, "left");
		room_leave(s->room, s, true);
		return;
	case RTC_OTHER:
		return;
	}
}

void rtc_session_message(struct rtc_session *s, struct usher_text message)
{
	struct rtc_frame f;
	if (s->route == NULL || s->is_doomed)
		return;
	usher_us now = s->route->host->now(s->route->host);
	if (bucket_take(&s->frames_us, now, FRAMES_EVERY, FRAMES_BURST) > 0)
		return rtc_session_close(s, VIDEO_CLOSE_POLICY, "too many frames");
	if (rtc_parse(message, &f, NULL) < 0)
		return rtc_session_close(
			s, s->room != NULL ? VIDEO_CLOSE_POLICY : VIDEO_CLOSE_BAD_TICKET,
			"not a frame of usher-rtc.v1");
	if (s->room != NULL)
		take_frame(s, &f, message);
	else if (f.kind == RTC_JOIN)
		take_join(s, &f);
	else
		rtc_session_close(s, VIDEO_CLOSE_BAD_TICKET, "the first frame must be join");
	rtc_frame_done(&f);
}
