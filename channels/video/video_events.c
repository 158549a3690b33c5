/* SPDX-License-Identifier: Apache-2.0 */
/* What a room hands in: its beginning, who came and went, its end. */
#include "channels/video/video.h"

#include "channels/json.h"

#include <stdio.h>
#include <stdlib.h>

#define AGAIN_AFTER (5 * USHER_SECOND)
#define ATTEMPTS_MAX 60 /* five minutes of a store that is away */

struct room_turn {
	struct list in_room;
	struct room *room;
	struct channel_timer *timer; /* until it is handed in again; or NULL */
	enum inbound_kind kind;
	int attempts;
	struct usher_buf body, fields, remote_id, name;
};

static void turn_free(struct room_turn *turn)
{
	struct channel_host *h = turn->room->ch->host;
	h->timer_cancel(h, turn->timer);
	list_remove(&turn->in_room);
	buf_done(&turn->body);
	buf_done(&turn->fields);
	buf_done(&turn->remote_id);
	buf_done(&turn->name);
	free(turn);
}

void room_turns_done(struct room *room)
{
	LIST_EACH(item, &room->turns)
	turn_free(LIST_ITEM(item, struct room_turn, in_room));
}

static struct room_turn *turn_new(struct room *room, enum inbound_kind kind, enum rtc_role role,
				  const char *what)
{
	struct room_turn *turn = NEW(struct room_turn);
	turn->room = room;
	turn->kind = kind;
	list_add_last(&room->turns, &turn->in_room);
	json_out_open(&turn->fields, NULL, '{');
	json_out_string(&turn->fields, "event", what);
	json_out_string(&turn->fields, "role", rtc_role_name(role));
	json_out_close(&turn->fields, '}');
	return turn;
}

static void hand_in(struct room_turn *turn, channel_on_inbound on_done)
{
	struct room *room = turn->room;
	struct channel_host *h = room->ch->host;
	struct usher_buf session = {0};
	presence_encode(&room->presence, &session);
	bool opens = turn->kind == INBOUND_START && room->contact == 0;
	struct inbound in = {
		.kind = turn->kind,
		.remote_id = buf_text(&turn->remote_id),
		.key = text_of(room->key),
		.contact = room->contact, /* proven by the ticket */
		.may_open = opens,
		.name = buf_text(&turn->name),
		.subject = opens ? TEXT("Video call") : TEXT_NONE,
		.body = buf_text(&turn->body),
		.fields = buf_text(&turn->fields),
		.session_fields = buf_text(&session),
		.priority = -1,
	};
	h->inbound(h, &in, on_done, turn);
	buf_done(&session);
}

/* ---- events and the end
 * -------------------------------------------------------------------------- */

static void on_said(int code, const struct inbound_result *result, void *arg);

static void on_again(void *arg)
{
	struct room_turn *turn = arg;
	turn->timer = NULL;
	hand_in(turn, on_said);
}

static void on_said(int code, const struct inbound_result *result, void *arg)
{
	struct room_turn *turn = arg;
	struct room *room = turn->room;
	struct channel_host *h = room->ch->host;
	(void)result;
	bool is_away = code == E_AGAIN || code == E_IO;
	if (is_away && ++turn->attempts < ATTEMPTS_MAX) {
		turn->timer = h->timer(h, h->now(h) + AGAIN_AFTER, on_again, turn);
		return;
	}
	if (is_away)
		h->log(h, CHANNEL_LOG_ERROR, "video.event_dropped", "kind=%d code=%s", turn->kind,
		       usher_code_name(code));
	turn_free(turn);
	room_release(room);
}

static void describe(struct room *room, enum rtc_role role, const char *what, struct usher_buf *b)
{
	const struct stay *stay = presence_last(&room->presence, role);
	bool has_name = role == RTC_AGENT && stay != NULL && stay->name[0] != '\0';
	const char *who = has_name ? stay->name : role == RTC_AGENT ? "The agent" : "The customer";
	if (strcmp(what, "left") == 0 && stay != NULL && stay->left_us > 0)
		buf_addf(b, "%s left the video room after %lld s", who,
			 (long long)((stay->left_us - stay->joined_us) / USHER_SECOND));
	else if (strcmp(what, "joined") == 0)
		buf_addf(b, "%s is in the video room", who);
	else
		buf_addf(b, "%s %s the video call", who, what);
}

void room_say(struct room *room, enum inbound_kind kind, enum rtc_role role, const char *what)
{
	struct room_turn *turn = turn_new(room, kind, role, what);
	describe(room, role, what, &turn->body);
	if (kind == INBOUND_END)
		buf_addf(&turn->remote_id, "%s:end", room->key);
	hand_in(turn, on_said);
}

/* ---- the beginning
 * ------------------------------------------------------------------------------- */

static void turn_everybody_away(struct room *room, int code)
{
	bool is_later = code == E_AGAIN || code == E_IO;
	for (int i = 0; i < RTC_ROLES; i++) {
		struct rtc_session *s = room->places[i].session;
		if (s == NULL || s->is_welcome)
			continue;
		room->places[i].session = NULL;
		s->room = NULL;
		rtc_session_close(s, is_later ? VIDEO_CLOSE_LATER : VIDEO_CLOSE_NORMAL,
				  is_later ? "try again later" : "ended");
	}
}

static void on_started(int code, const struct inbound_result *result, void *arg)
{
	struct room_turn *turn = arg;
	struct room *room = turn->room;
	struct channel_host *h = room->ch->host;
	struct arena arena = {0};
	struct contact_news news;
	struct usher_text fields;
	usher_id contact;
	room->is_starting = false;
	if (code == 0 || code == E_EXISTS)
		room_set_contact(room, result->contact);
	/* A link whose call is over does not begin another one. */
	bool is_open = (code == 0 || code == E_EXISTS) &&
		       h->session(h, text_of(room->key), &contact, &arena, &fields) &&
		       h->news(h, contact, &arena, &news) == 0;
	if (is_open)
		room_news(room, &news);
	for (int i = 0; is_open && i < RTC_ROLES; i++) {
		struct rtc_session *s = room->places[i].session;
		if (s != NULL && !s->is_welcome)
			rtc_session_welcome(s);
	}
	if (!is_open)
		turn_everybody_away(room, code);
	else if (room->places[RTC_CUSTOMER].session == NULL && room->state == RTC_WAITING)
		room_expect_customer(room); /* gone before it began */
	arena_done(&arena);
	turn_free(turn);
	room_release(room);
}

void room_start(struct room *room, const struct rtc_session *s)
{
	struct room_turn *turn = turn_new(room, INBOUND_START, RTC_CUSTOMER, "joined");
	describe(room, RTC_CUSTOMER, "joined", &turn->body);
	buf_adds(&turn->name, s->name);
	/* A new contact begins once per link; a room of another contact may be entered again. */
	if (room->contact == 0)
		buf_addf(&turn->remote_id, "%s:start", room->key);
	room->is_starting = true;
	hand_in(turn, on_started);
}
