/* SPDX-License-Identifier: Apache-2.0 */
/* TwiML, the XML that tells the provider what to do with a call: a writer with escaping. Pure. */
#ifndef CHANNELS_TELEPHONY_TWIML_H
#define CHANNELS_TELEPHONY_TWIML_H

#include "routing/base/text.h"

struct twiml_conference { /* a Dial into a room; NULL members are left out */
	const char *room;
	const char *label;
	const char *action; /* of the Dial */
	const char *status_url;
	const char *status_events;
	const char *wait_url;
	const char *coach; /* CallSid of who alone hears this one */
	const char *starts,
		*ends; /* "true", "false": startConferenceOnEnter, endConferenceOnExit */
	const char *muted, *beep;
	const char *record, *record_url; /* recordingStatusCallback */
};

void twiml_begin(struct usher_buf *b);
void twiml_end(struct usher_buf *b); /* a document without verbs becomes <Response/> */

void twiml_say(struct usher_buf *b, const char *language, const char *voice, const char *text);
void twiml_play(struct usher_buf *b, const char *url, int loop);
void twiml_pause(struct usher_buf *b, int seconds);
void twiml_hangup(struct usher_buf *b);
void twiml_leave(struct usher_buf *b);
void twiml_redirect(struct usher_buf *b, const char *url);
void twiml_enqueue(struct usher_buf *b, const char *queue, const char *action,
		   const char *wait_url);
void twiml_conference(struct usher_buf *b, const struct twiml_conference *conference);

/* Escaped for element content and for attributes alike; characters XML 1.0 forbids are dropped. */
void twiml_escape(struct usher_buf *b, struct usher_text text, bool is_attribute);

#endif
