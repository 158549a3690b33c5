/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this adapter share: the open channel, its settings, and its jobs. */
#ifndef CHANNELS_EMAIL_CHANNEL_H
#define CHANNELS_EMAIL_CHANNEL_H

#include "channels/channel.h"
#include "channels/email/email_format.h"
#include "channels/email/email_guard.h"
#include "channels/email/email_sandbox.h"
#include "routing/base/list.h"

struct email_imap;
struct email_lmtp;
struct email_sender;

/* Outlives the channel while a job still uses it. Counted on the loop's thread only. */
struct email_shared {
	int users;
	struct email_sandbox *sandbox; /* owned */
};

struct channel {
	struct channel_host *host;	/* borrowed: until close */
	struct email_shared *shared;	/* a share */
	struct email_identity identity; /* texts borrowed from the settings */
	struct list jobs;		/* struct email_job, until their done */
	struct list intakes;		/* struct email_intake, while the host stores them */
	struct email_lmtp *lmtp;	/* owned; NULL = no listener */
	struct email_imap *imap;	/* owned; NULL = no mailbox */
	struct email_sender *sender;	/* owned; NULL = cannot send */
	struct email_guard guard;
	enum channel_health health;	/* as last told */
	usher_us health_since_us;
};

/* Looks at its parts again and tells the host when the answer of status() changed. */
void email_status_changed(struct channel *ch);

/* ---- jobs ---- */

/* Embedded first in what a job needs. It must hold all it uses itself: the channel may close while
 * the work runs, and done is then called with ch NULL and may only free. */
struct email_job {
	struct list link;
	struct channel *ch;	     /* borrowed; NULL once the channel is closed. Not for work */
	struct channel_host *host;   /* borrowed: until done. Work may call blob() */
	struct email_shared *shared; /* a share */
	void (*work)(struct email_job *job); /* on a worker */
	void (*done)(struct email_job *job); /* on the loop; frees the job */
};

void email_job_start(struct channel *ch, struct email_job *job);
void email_jobs_orphan(struct channel *ch); /* at close */

struct email_shared *email_shared_take(struct email_shared *s);
void email_shared_drop(struct email_shared *s);

/* ---- mail coming in, by either way ---- */

#define EMAIL_ENVELOPE_RCPTS 100

/* What the way of arrival knows. Borrowed until email_intake_start returns. */
struct email_envelope {
	struct usher_text from; /* empty with has_from: the null sender of bounces */
	bool has_from;
	struct usher_text rcpts[EMAIL_ENVELOPE_RCPTS];
	int rcpt_count;
	usher_us received_us;	       /* 0 = now */
	struct usher_text fallback_id; /* remote_id where there are no bytes; else empty */
	struct usher_text notice;      /* why there are none; else empty */
};

struct email_intake;
typedef void (*email_on_intake)(int code, const struct inbound_result *result, void *arg);

/* Keeps the raw bytes, parses them and hands the mail in. `take_raw` is owned from here on. on_done
 * comes later, once, unless forgotten; its code is that of inbound(), or E_IO. */
struct email_intake *email_intake_start(struct channel *ch, char *take_raw, size_t n,
					const struct email_envelope *envelope,
					email_on_intake on_done, void *arg);
void email_intake_forget(struct email_intake *in); /* accepts NULL: on_done will not come */
void email_intakes_end(struct channel *ch);	   /* at close */

#endif
