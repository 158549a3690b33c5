/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/video/video.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t hash_of(const struct channel *ch, struct usher_text key)
{
	uint64_t hash = hash_keyed(ch->host->id_key, key.p, key.n);
	return hash != 0 ? hash : 1;
}

struct room *room_find(struct channel *ch, struct usher_text key, usher_id contact)
{
	struct room *room = contact != 0 ? table_get_pointer(&ch->by_contact, contact) : NULL;
	if (room != NULL || key.n == 0)
		return room;
	room = table_get_pointer(&ch->by_key, hash_of(ch, key));
	return room != NULL && text_equal(text_of(room->key), key) ? room : NULL;
}

void room_set_contact(struct room *room, usher_id contact)
{
	room->contact = contact;
	if (contact != 0 && table_get_pointer(&room->ch->by_contact, contact) == NULL)
		table_set_pointer(&room->ch->by_contact, contact, room);
}

struct room *room_new(struct channel *ch, struct usher_text key, usher_id contact)
{
	struct channel_host *h = ch->host;
	struct arena arena = {0};
	struct usher_text fields;
	usher_id ignored;
	uint64_t hash = hash_of(ch, key);
	if (ch->room_count >= VIDEO_ROOMS_MAX || key.n >= sizeof((struct room *)0)->key ||
	    table_get_pointer(&ch->by_key, hash) != NULL)
		return NULL;
	struct room *room = NEW(struct room);
	room->ch = ch;
	memcpy(room->key, key.p, key.n);
	list_init(&room->turns);
	list_add_last(&ch->rooms, &room->in_channel);
	table_set_pointer(&ch->by_key, hash, room);
	ch->room_count++;
	room_set_contact(room, contact);
	if (h->session(h, key, &ignored, &arena, &fields))
		presence_decode(fields, &room->presence);
	arena_done(&arena);
	return room;
}

static void cancel(struct room *room, struct channel_timer **timer)
{
	room->ch->host->timer_cancel(room->ch->host, *timer);
	*timer = NULL;
}

void room_free(struct room *room)
{
	struct channel *ch = room->ch;
	cancel(room, &room->leave_timer);
	for (int i = 0; i < RTC_ROLES; i++)
		cancel(room, &room->places[i].away_timer);
	room_turns_done(room);
	table_remove(&ch->by_key, hash_of(ch, text_of(room->key)));
	if (table_get_pointer(&ch->by_contact, room->contact) == room)
		table_remove(&ch->by_contact, room->contact);
	list_remove(&room->in_channel);
	ch->room_count--;
	free(room->agent_name);
	free(room);
}

void room_release(struct room *room)
{
	bool is_used = room->leave_timer != NULL || !list_is_empty(&room->turns);
	for (int i = 0; i < RTC_ROLES; i++)
		is_used = is_used || room->places[i].session != NULL ||
			  room->places[i].away_timer != NULL;
	if (!is_used)
		room_free(room);
}

/* A room that came into being with its own contact, not as a part of another one's. */
static bool is_native(const struct room *room)
{
	char id[ID_TEXT_BYTES];
	id_format(room->contact, room->ch->host->id_key, id);
	return strcmp(room->key + 4, id) != 0;
}

/* ---- where a ticket leads
 * ------------------------------------------------------------------------ */

static void key_for(struct channel *ch, const struct ticket *t, const struct contact_news *news,
		    struct usher_buf *ret)
{
	char id[ID_TEXT_BYTES];
	if (t->contact == 0) {
		buf_addf(ret, "rtc:%s", t->nonce);
	} else if (text_starts(news->key, TEXT("rtc:"))) {
		buf_add_text(ret, news->key);
	} else {
		id_format(t->contact, ch->host->id_key, id);
		buf_addf(ret, "rtc:%s", id);
	}
}

struct room *room_of_ticket(struct channel *ch, const struct ticket *t, int *ret_code)
{
	struct channel_host *h = ch->host;
	struct arena arena = {0};
	struct contact_news news = {0};
	struct usher_text fields;
	struct usher_buf key = {0};
	usher_id contact = t->contact;
	*ret_code = contact != 0 ? h->news(h, contact, &arena, &news) : 0;
	key_for(ch, t, &news, &key);
	if (contact == 0 && h->session(h, buf_text(&key), &contact, &arena, &fields))
		*ret_code = h->news(h, contact, &arena, &news);
	struct room *room = NULL;
	if (*ret_code == 0 && contact != 0 && news.state >= CONTACT_WRAPUP) {
		*ret_code = E_CLOSED;
	} else if (*ret_code == 0) {
		room = room_find(ch, buf_text(&key), contact);
		if (room == NULL)
			room = room_new(ch, buf_text(&key), contact);
		*ret_code = room == NULL ? E_LIMIT : 0;
	}
	if (room != NULL && contact != 0)
		room_news(room, &news);
	buf_done(&key);
	arena_done(&arena);
	return room;
}

/* ---- state
 * --------------------------------------------------------------------------------------- */

static enum rtc_state state_of(enum contact_state state)
{
	switch (state) {
	case CONTACT_ACTIVE:
	case CONTACT_PARKED:
		return RTC_ACTIVE;
	case CONTACT_WRAPUP:
	case CONTACT_CLOSED:
		return RTC_ENDED;
	case CONTACT_NONE:
	case CONTACT_WAITING:
	case CONTACT_OFFERED:
		break;
	}
	return RTC_WAITING;
}

static void show_state(struct room *room)
{
	struct usher_buf frame = {0};
	rtc_format_state(&frame, room->state, room->position, room->agent_name);
	for (int i = 0; i < RTC_ROLES; i++) {
		struct rtc_session *s = room->places[i].session;
		if (s != NULL && s->is_welcome)
			(void)(rtc_session_send(s, buf_text(&frame)) < 0); /* it is closing then */
	}
	buf_done(&frame);
}

void room_news(struct room *room, const struct contact_news *news)
{
	enum rtc_state state = state_of(news->state);
	uint32_t position = state == RTC_WAITING ? news->position : 0;
	struct usher_text name = state == RTC_ACTIVE ? news->agent_name : TEXT_NONE;
	bool is_same = state == room->state && position == room->position &&
		       text_equal(name, text_of(room->agent_name));
	room->agent = news->agent;
	if (is_same)
		return;
	room->state = state;
	room->position = position;
	free(room->agent_name);
	room->agent_name = name.n > 0 ? memory_copy(name) : NULL;
	show_state(room);
	if (state == RTC_ENDED)
		room_end(room, "ended");
}

/* ---- joining
 * ------------------------------------------------------------------------------------- */

static void tell_other(struct room *room, enum rtc_role role, struct usher_buf *frame)
{
	struct rtc_session *other = room->places[RTC_ROLES - 1 - role].session;
	if (other != NULL && other->is_welcome)
		(void)(rtc_session_send(other, buf_text(frame)) < 0);
	buf_done(frame);
}

static void let_go(struct room *room, struct rtc_session *s)
{
	struct usher_buf frame = {0};
	room->places[s->role].session = NULL;
	s->room = NULL;
	rtc_format_peer_left(&frame, s->role);
	tell_other(room, s->role, &frame);
}

static void save(struct room *room)
{
	struct usher_buf fields = {0};
	presence_encode(&room->presence, &fields);
	room->ch->host->session_save(room->ch->host, text_of(room->key), buf_text(&fields));
	buf_done(&fields);
}

static void say_left(struct room *room, enum rtc_role role)
{
	struct stay *stay = presence_last(&room->presence, role);
	if (stay != NULL && stay->left_us == 0)
		stay->left_us = room->ch->host->now(room->ch->host);
	if (room->contact != 0)
		room_say(room, INBOUND_EVENT, role, "left");
}

/* True when it was here a moment ago: a reload, or a second window that takes over. */
static bool take_place(struct room *room, struct rtc_session *s)
{
	struct room_place *place = &room->places[s->role];
	struct rtc_session *before = place->session;
	struct stay *stay = presence_last(&room->presence, s->role);
	bool was_here = (before != NULL && before->is_welcome) || place->away_timer != NULL;
	if (before != NULL) {
		let_go(room, before);
		rtc_session_close(before, VIDEO_CLOSE_NORMAL, "replaced");
	}
	cancel(room, &place->away_timer);
	if (s->role == RTC_CUSTOMER)
		cancel(room, &room->leave_timer);
	place->session = s;
	s->room = room;
	bool is_return = was_here && stay != NULL && stay->agent == s->agent;
	if (is_return) {
		stay->left_us = 0;
	} else if (before == NULL || before->is_welcome) {
		if (was_here)
			say_left(room, s->role);
		presence_enter(&room->presence, s->role, s->agent, s->name,
			       room->ch->host->now(room->ch->host));
	}
	return is_return;
}

void room_join(struct room *room, struct rtc_session *s)
{
	struct channel_host *h = room->ch->host;
	struct arena arena = {0};
	struct usher_text fields;
	usher_id contact;
	bool is_return = take_place(room, s);
	bool has_session = h->session(h, text_of(room->key), &contact, &arena, &fields);
	arena_done(&arena);
	if (room->is_starting)
		return; /* welcome when that is durable */
	if (s->role == RTC_CUSTOMER && !has_session) {
		room_start(room, s);
		return;
	}
	if (is_return)
		save(room);
	else
		room_say(room, INBOUND_EVENT, s->role, "joined");
	rtc_session_welcome(s);
}

/* ---- leaving
 * ------------------------------------------------------------------------------------- */

static void end_by_customer(struct room *room)
{
	if (is_native(room) && room->contact != 0 && room->state != RTC_ENDED)
		room_say(room, INBOUND_END, RTC_CUSTOMER, "ended");
}

static void on_left_waiting(void *arg)
{
	struct room *room = arg;
	room->leave_timer = NULL;
	if (room->state == RTC_WAITING && room->places[RTC_CUSTOMER].session == NULL)
		end_by_customer(room);
	room_release(room);
}

void room_expect_customer(struct room *room)
{
	struct channel_host *h = room->ch->host;
	if (room->leave_timer == NULL && room->places[RTC_CUSTOMER].session == NULL)
		room->leave_timer =
			h->timer(h, h->now(h) + VIDEO_LEAVE_AFTER, on_left_waiting, room);
}

static void on_customer_away(void *arg)
{
	struct room *room = arg;
	room->places[RTC_CUSTOMER].away_timer = NULL;
	say_left(room, RTC_CUSTOMER);
	room_release(room);
}

static void on_agent_away(void *arg)
{
	struct room *room = arg;
	room->places[RTC_AGENT].away_timer = NULL;
	say_left(room, RTC_AGENT);
	room_release(room);
}

void room_leave(struct room *room, struct rtc_session *s, bool is_for_good)
{
	struct channel_host *h = room->ch->host;
	struct room_place *place = &room->places[s->role];
	enum rtc_role role = s->role;
	struct stay *stay = presence_last(&room->presence, role);
	let_go(room, s);
	if (stay != NULL)
		stay->left_us = h->now(h);
	if (!s->is_welcome) {
		room_release(room); /* its start is answered without it */
		return;
	}
	if (is_for_good) {
		say_left(room, role);
		if (role == RTC_CUSTOMER)
			end_by_customer(room);
		room_release(room);
		return;
	}
	place->away_timer = h->timer(h, h->now(h) + VIDEO_RELOAD_GRACE,
				     role == RTC_CUSTOMER ? on_customer_away : on_agent_away, room);
	if (role == RTC_CUSTOMER)
		room_expect_customer(room);
}

void room_dismiss(struct room *room, enum rtc_role role, const char *reason)
{
	struct rtc_session *s = room->places[role].session;
	if (s == NULL)
		return;
	rtc_session_close(s, VIDEO_CLOSE_NORMAL, reason);
	room_leave(room, s, role != RTC_CUSTOMER);
}

/* Everybody out; the room itself stays until its caller releases it. */
void room_end(struct room *room, const char *reason)
{
	usher_us now = room->ch->host->now(room->ch->host);
	room->state = RTC_ENDED;
	for (int i = 0; i < RTC_ROLES; i++) {
		struct rtc_session *s = room->places[i].session;
		struct stay *stay = presence_last(&room->presence, (enum rtc_role)i);
		cancel(room, &room->places[i].away_timer);
		if (stay != NULL && stay->left_us == 0)
			stay->left_us = now;
		if (s == NULL)
			continue;
		room->places[i].session = NULL;
		s->room = NULL;
		rtc_session_close(s, VIDEO_CLOSE_NORMAL, reason);
	}
	cancel(room, &room->leave_timer);
	save(room);
}
