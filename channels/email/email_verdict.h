/* SPDX-License-Identifier: Apache-2.0 */
/* What an SMTP session says about the fate of its one message (RFC 5321, 3463). Pure. */
#ifndef CHANNELS_EMAIL_VERDICT_H
#define CHANNELS_EMAIL_VERDICT_H

#include "routing/base/id.h"
#include "routing/model/message.h"

struct smtp_reply {
	int code;	/* 0: none came */
	char text[200]; /* one line; may be empty */
};

struct smtp_facts {
	bool is_started;       /* the library got as far as a session */
	bool is_injected;      /* plain text stood behind the STARTTLS reply */
	bool is_login_refused; /* 534, 535, 538 to AUTH */
	bool is_tls_refused;   /* the certificate, or no STARTTLS where it is required */
	bool is_body_begun;    /* bytes of the message went out */
	struct smtp_reply mail, rcpt, data;
	char last[200]; /* the last line of the server, for people */
};

struct smtp_verdict {
	enum delivery_state state; /* SENT, RETRY, FAILED, UNSURE or HELD */
	char text[300];		   /* for people: what the server said */
};

void email_verdict(const struct smtp_facts *facts, struct smtp_verdict *ret);

/* How long until the next try: 1, 5, 15, 30, 60 minutes, then 2 hours; 10 minutes after UNSURE.
 * 0: give up, when it was tried for 48 hours. `attempts` counts those before this one. */
usher_us email_retry_after(enum delivery_state state, int attempts, usher_us written_us,
			   usher_us now);

#endif
