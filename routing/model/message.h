/* SPDX-License-Identifier: Apache-2.0 */
/* What is said in a contact, and how far it got. */
#ifndef ROUTING_MODEL_MESSAGE_H
#define ROUTING_MODEL_MESSAGE_H

#include "routing/base/text.h"

/* Stored: never renumber. */
enum message_author {
	AUTHOR_NONE = 0,
	AUTHOR_CUSTOMER = 1,
	AUTHOR_AGENT = 2,
	AUTHOR_SYSTEM = 3,
};

enum message_kind {
	MESSAGE_NONE = 0,
	MESSAGE_TEXT = 1,   /* said to the other side */
	MESSAGE_NOTE = 2,   /* internal: never leaves the house */
	MESSAGE_EVENT = 3,  /* something that happened: call answered, joined, transferred */
	MESSAGE_FILE = 4,
	MESSAGE_LINK = 5,   /* an invitation to another channel, such as a video link */
};
#define MESSAGE_KINDS 6

enum delivery_state {
	DELIVERY_NONE = 0,      /* nothing to deliver: incoming, notes, events */
	DELIVERY_QUEUED = 1,    /* durable, not yet tried */
	DELIVERY_SENDING = 2,   /* handed to a worker or a provider */
	DELIVERY_SENT = 3,      /* the next server, or the socket, took it */
	DELIVERY_DELIVERED = 4, /* the customer's device has it */
	DELIVERY_READ = 5,
	DELIVERY_RETRY = 6,  /* failed for now; will be tried again */
	DELIVERY_FAILED = 7, /* will not be tried again; the author is told */
	DELIVERY_UNSURE = 8, /* the answer was lost: tried again with the same Message-ID */
	DELIVERY_HELD = 9,   /* the channel cannot sign in; nothing is lost, nothing is tried */
};
#define DELIVERY_STATES 10

const char *message_author_name(enum message_author author);
const char *message_kind_name(enum message_kind kind);
const char *delivery_state_name(enum delivery_state state);

#endif
