/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the video adapter: rooms of one customer and one agent, and the sockets in them.
 *
 * One of the open video channels holds the route /rtc for all of them; a ticket tells by its
 * signature which channel it belongs to. A room lives while a socket, a timer or an unanswered item
 * needs it; what is to be remembered is kept with the session.
 */
#ifndef CHANNELS_VIDEO_VIDEO_H
#define CHANNELS_VIDEO_VIDEO_H

#include "channels/channel.h"
#include "channels/video/presence.h"
#include "channels/video/rtc_parse.h"
#include "channels/video/ticket.h"
#include "routing/base/list.h"
#include "routing/base/table.h"

#define VIDEO_JOIN_TIMEOUT (5 * USHER_SECOND)
#define VIDEO_RELOAD_GRACE (5 * USHER_SECOND) /* a page that comes back was never away */
#define VIDEO_LEAVE_AFTER (30 * USHER_SECOND) /* a waiting customer without a page has left */
#define VIDEO_ROOMS_MAX 10000
#define VIDEO_SESSIONS_MAX 20000

enum video_close {
	VIDEO_CLOSE_NORMAL = 1000,
	VIDEO_CLOSE_POLICY = 1008,
	VIDEO_CLOSE_RESTART = 1012,
	VIDEO_CLOSE_LATER = 1013,
	VIDEO_CLOSE_BAD_TICKET = 4001,
	VIDEO_CLOSE_FULL = 4003,
	VIDEO_CLOSE_IDLE = 4008,
};

struct rtc_session;

struct channel {
	struct channel_host *host;	 /* borrowed until close */
	struct list in_open;		 /* in the list of open video channels */
	struct list rooms;		 /* of struct room.in_channel */
	struct list sessions;		 /* on this channel's route: struct rtc_session.in_route */
	struct table by_key, by_contact; /* -> struct room */
	struct channel_timer *claim_timer; /* to take the route over; or NULL */
	bool has_route;
	int room_count, session_count;
	usher_us opened_us;
};

struct room_place {			  /* of one role */
	struct rtc_session *session;	  /* or NULL */
	struct channel_timer *away_timer; /* just gone, perhaps a reload; or NULL */
};

struct room {
	struct channel *ch;
	struct list in_channel;
	char key[ID_TEXT_BYTES + 8]; /* of the session: "rtc:…" */
	usher_id contact;	     /* 0 until the first item is durable */
	enum rtc_state state;
	uint32_t position;
	usher_id agent;
	char *agent_name; /* owned, or NULL */
	struct room_place places[RTC_ROLES];
	struct presence presence;
	struct channel_timer *leave_timer; /* a waiting customer is gone; or NULL */
	struct list turns;		   /* items without an answer (owned) */
	bool is_starting;		   /* the customer's START is one of them */
};

struct rtc_session {
	struct channel *route; /* whose route it came by; NULL once that has closed */
	struct list in_route;
	struct ws_peer *peer;
	struct room *room; /* NULL before join, and when the room let go of it */
	enum rtc_role role;
	usher_id agent;
	bool is_polite, is_welcome, is_doomed;
	usher_us frames_us;	     /* bucket */
	struct channel_timer *timer; /* join, then idle */
	char name[TICKET_NAME_BYTES_MAX + 1];
};

/* video.c */
struct channel *video_channel_of(struct usher_text ticket_text, struct ticket *ret); /* NULL: bad */
void video_lost_route(struct channel *ch);

/* video_room.c */
struct room *room_of_ticket(struct channel *ch, const struct ticket *t, int *ret_code);
struct room *room_find(struct channel *ch, struct usher_text key, usher_id contact);
struct room *room_new(struct channel *ch, struct usher_text key, usher_id contact);
void room_release(struct room *room); /* frees it when nothing needs it */
void room_free(struct room *room);
void room_set_contact(struct room *room, usher_id contact);
void room_news(struct room *room, const struct contact_news *news);
void room_join(struct room *room, struct rtc_session *s);
void room_leave(struct room *room, struct rtc_session *s, bool is_for_good);
void room_end(struct room *room, const char *reason);
void room_dismiss(struct room *room, enum rtc_role role, const char *reason);
void room_expect_customer(struct room *room);

/* video_events.c */
void room_start(struct room *room, const struct rtc_session *s);
void room_say(struct room *room, enum inbound_kind kind, enum rtc_role role, const char *what);
void room_turns_done(struct room *room);

/* video_session.c */
struct rtc_session *rtc_session_new(struct channel *ch, struct ws_peer *peer);
void rtc_session_free(struct rtc_session *s);
void rtc_session_message(struct rtc_session *s, struct usher_text message);
int rtc_session_send(struct rtc_session *s, struct usher_text frame);
void rtc_session_close(struct rtc_session *s, int code, const char *reason); /* with a bye */
void rtc_session_welcome(struct rtc_session *s);

#endif
