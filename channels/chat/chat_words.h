/* SPDX-License-Identifier: Apache-2.0 */
/* The few sentences the chat server itself says to a visitor. */
#ifndef CHANNELS_CHAT_WORDS_H
#define CHANNELS_CHAT_WORDS_H

#include "routing/base/text.h"

enum chat_words { CHAT_ENGLISH, CHAT_FINNISH, CHAT_ESTONIAN };

enum chat_sentence {
	CHAT_SAYS_WAITING,
	CHAT_SAYS_ACTIVE,
	CHAT_SAYS_CLOSED,
	CHAT_SAYS_TOO_LONG,
	CHAT_SAYS_RATE,
	CHAT_SAYS_BUSY,
	CHAT_SAYS_BAD,
	CHAT_SAYS_REFUSED,
	CHAT_SAYS_SHUT,        /* the queue is closed */
	CHAT_SAYS_SHUT_UNTIL,  /* %s: when it opens */
	CHAT_SAYS_KEPT,        /* the same, and the message waits */
	CHAT_SAYS_FULL,
	CHAT_SAYS_WAITED_OUT,
	CHAT_SAYS_SILENCE,
	CHAT_SENTENCES,
};

enum chat_words chat_words_for(struct usher_text language); /* BCP 47; others are English */
const char *chat_sentence(enum chat_words words, enum chat_sentence sentence);

#endif
