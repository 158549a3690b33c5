/* SPDX-License-Identifier: Apache-2.0 */
/* One LMTP session; inside email_lmtp only. */
#ifndef CHANNELS_EMAIL_LMTP_SESSION_H
#define CHANNELS_EMAIL_LMTP_SESSION_H

#include "channels/email/email_lmtp_parse.h"
#include "channels/email/email_lmtp.h"

struct email_lmtp {
	struct channel *ch; /* borrowed */
	int fd;		    /* -1: not bound */
	struct channel_watch *watch;
	struct channel_timer *timer; /* idle sessions, and binding again */
	struct list sessions;
	int session_count;
	size_t held; /* bytes of messages that are not stored yet */
	char where[100];
	char unix_path[108]; /* empty: TCP */
	char fault[200];     /* empty: listening */
};

enum lmtp_state { SESSION_COMMAND, SESSION_DATA, SESSION_STORING };

struct lmtp_session {
	struct list link;	 /* in email_lmtp.sessions */
	struct email_lmtp *lmtp; /* borrowed */
	int fd;
	struct channel_watch *watch;
	enum lmtp_state state;
	bool is_greeted, has_mail, is_ending, is_refused;
	int errors;
	usher_us active_us;
	struct usher_buf in, out;
	struct arena arena; /* of the transaction */
	struct email_envelope envelope;
	struct lmtp_data data;
	struct usher_buf body;
	size_t held;		     /* its part of email_lmtp.held */
	struct email_intake *intake; /* while STORING */
};

/* Takes the descriptor over. */
void lmtp_session_new(struct email_lmtp *l, int fd);
void lmtp_session_free(struct lmtp_session *s);

#endif
