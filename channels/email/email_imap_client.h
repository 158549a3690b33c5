/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the IMAP client share; inside email_imap only. */
#ifndef CHANNELS_EMAIL_IMAP_CLIENT_H
#define CHANNELS_EMAIL_IMAP_CLIENT_H

#include "channels/email/email_imap.h"
#include "channels/email/email_imap_parse.h"

#include <curl/curl.h>

#define IMAP_OVERLAP                                                                           \
	200		 /* UIDs below the last one that are looked at again: servers may show \
			  * a lower one late */
#define IMAP_CHUNK 50000 /* UIDs asked for at once */

enum imap_state {
	IMAP_WAITING,	 /* for the next try to connect */
	IMAP_CONNECTING, /* a job */
	IMAP_CAPABILITY,
	IMAP_ID,
	IMAP_SELECT,
	IMAP_SEARCH,
	IMAP_FETCH_HEAD, /* size and date of one message */
	IMAP_FETCH_BODY,
	IMAP_STORING, /* the gateway has it */
	IMAP_SAVING,  /* the checkpoint */
	IMAP_MARK,    /* \Seen, MOVE, or COPY */
	IMAP_MARK_DELETED,
	IMAP_EXPUNGE,
	IMAP_RESTING, /* without IDLE, until the next poll */
	IMAP_IDLE_BEGIN,
	IMAP_IDLING,
	IMAP_IDLE_END,
	IMAP_NOOP,
};

enum imap_after { IMAP_LEAVE, IMAP_SEEN, IMAP_MOVE };

struct imap_connecting;

/* What survives a restart, as JSON in the channel's state. */
struct imap_checkpoint {
	char mailbox[300]; /* whose it is: another one begins anew */
	char since[16];	   /* "21-Nov-2026": a first look goes no further back */
	uint32_t uidvalidity, last_uid;
	uint32_t seen[IMAP_OVERLAP]; /* handled UIDs not far below last_uid, ascending */
	int seen_count;
};

struct email_imap {
	struct channel *ch; /* borrowed */
	char place[256];    /* "mail.example:993", for people */
	enum imap_after after;
	enum imap_state state;
	struct imap_connecting *connecting; /* borrowed: the job owns it */
	CURL *curl;			    /* owned; NULL = not connected */
	struct channel_watch *watch;
	struct channel_timer *timer, *resume;
	struct usher_buf in, out;
	struct imap_scan scan;
	struct arena arena; /* of one response */
	unsigned tag_number;
	bool has_idle, has_move, has_uidplus, has_id, is_news;
	struct imap_checkpoint check;
	uint32_t uidvalidity, uidnext; /* as the server says now */
	bool is_rescan;		       /* first look, or the server renumbered */
	uint32_t low, high;	       /* the UIDs asked for; high 0 = to the end */
	uint32_t *todo;		       /* owned, ascending */
	size_t todo_count, todo_at, todo_space;
	uint32_t uid, size; /* of the message being fetched */
	usher_us date_us;
	bool has_head, has_body;
	struct usher_buf body;
	struct email_intake *intake;
	uint32_t poison_uid;
	int poison_count, failures, refusals;
	usher_us looked_us; /* when the mailbox was last looked through */
	char fault[200];    /* empty: working */
};

/* ---- email_imap_connect.c ---- */
void imap_connect(struct email_imap *m);
void imap_connect_stop(struct email_imap *m);
/* Called by it, on the loop. */
void imap_connected(struct email_imap *m, CURL *take_curl);
void imap_refused(struct email_imap *m, const char *why, bool is_login);

/* ---- email_imap_io.c ---- */
void imap_stream_open(struct email_imap *m);
void imap_stream_close(struct email_imap *m);
/* Sends "uN words" and waits for its tagged answer in `state`. */
void imap_command(struct email_imap *m, enum imap_state state, const char *format, ...)
	USHER_PRINTF(3, 4);
void imap_send(struct email_imap *m, struct usher_text bytes);
void imap_timer(struct email_imap *m, usher_us after);
void imap_stop_timer(struct email_imap *m);

/* ---- email_imap.c ---- */
void imap_heard(struct email_imap *m, const struct imap_response *r); /* may close the stream */
void imap_time_is_up(struct email_imap *m);
/* Closes the stream and tries again later. */
void imap_fail(struct email_imap *m, const char *format, ...) USHER_PRINTF(2, 3);

/* ---- email_imap_checkpoint.c ---- */
void imap_checkpoint_load(struct email_imap *m); /* back to what is durable */
void imap_checkpoint_save(struct email_imap *m, void (*on_done)(int code, void *arg));
void imap_checkpoint_restart(struct email_imap *m); /* nothing seen under this uidvalidity yet */
void imap_checkpoint_add(struct imap_checkpoint *c, uint32_t uid);
bool imap_checkpoint_has(const struct imap_checkpoint *c, uint32_t uid);

#endif
