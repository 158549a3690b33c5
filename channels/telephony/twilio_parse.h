/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a provider of the Twilio dialect posts: application/x-www-form-urlencoded in, every
 * parameter for the signature and a typed struct for us. Pure.
 *
 * libwebsockets' own form parser keeps only names listed beforehand and the signature covers all,
 * so this one is ours. An escape that is none stands for itself (WHATWG URL, section 5.1).
 */
#ifndef CHANNELS_TELEPHONY_TWILIO_PARSE_H
#define CHANNELS_TELEPHONY_TWILIO_PARSE_H

#include "routing/base/id.h"
#include "routing/base/memory.h"

#define FORM_BYTES_MAX (64 * 1024)
#define FORM_PARAMS_MAX 200
#define SID_BYTES_MAX 64

struct form_param {
	struct usher_text name, value; /* decoded bytes, in the arena */
};

struct form {
	struct form_param *params; /* in the arena, in the order of the body */
	size_t count;
};

/* E_LIMIT: more bytes or parameters than allowed. */
int form_parse(struct usher_text body, struct arena *arena, struct form *ret,
	       struct usher_error *reterr) USHER_CHECKED;
struct usher_text form_get(const struct form *form, const char *name); /* the first; or empty */

enum call_status { /* in the order in which a call goes through them */
		   CALL_STATUS_NONE,
		   CALL_QUEUED,
		   CALL_INITIATED,
		   CALL_RINGING,
		   CALL_IN_PROGRESS,
		   CALL_COMPLETED, /* this one and all below are ends */
		   CALL_CANCELED,
		   CALL_NO_ANSWER,
		   CALL_BUSY,
		   CALL_FAILED,
};

enum queue_result {
	QUEUE_NONE,
	QUEUE_LEAVE,
	QUEUE_HANGUP,
	QUEUE_REDIRECTED, /* also bridged: somebody else answers for the call now */
	QUEUE_BROKEN,	  /* queue-full, error, system-error */
};

enum room_event {
	ROOM_NONE,
	ROOM_JOIN,
	ROOM_LEAVE,
	ROOM_HOLD,
	ROOM_UNHOLD,
	ROOM_END,
	ROOM_OTHER,
};

/* Texts that do not fit their grammar come out empty. All borrowed from the form. */
struct twilio_callback {
	struct usher_text account_sid, call_sid, conference_sid;
	struct usher_text from;	       /* E.164, sip:…, client:…, or "anonymous" */
	struct usher_text caller_name; /* UTF-8 without control characters, or empty */
	struct usher_text room;	       /* FriendlyName */
	struct usher_text label;       /* ParticipantLabel */
	enum call_status status, participant_status;
	enum queue_result queue_result;
	enum room_event room_event;
	bool is_hung_up;  /* the participant left by hanging up */
	int64_t sequence; /* -1: not given */
	int64_t seconds;  /* CallDuration; -1: not given */
	usher_us at_us;	  /* Timestamp; 0: not given */
};

void twilio_read(const struct form *form, struct twilio_callback *ret);

enum call_status call_status_from(struct usher_text text);
const char *call_status_name(enum call_status status); /* "no-answer"; "" for none */

bool sid_is_valid(struct usher_text sid); /* 1 … 64 of [A-Za-z0-9_-] */

/* RFC 5322, as in "Thu, 01 Jan 2026 00:00:05 +0000". */
int mail_date_parse(struct usher_text t, usher_us *ret) USHER_CHECKED;

#endif
