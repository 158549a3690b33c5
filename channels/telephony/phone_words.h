/* SPDX-License-Identifier: Apache-2.0 */
/* What callers and agents hear from Usher itself, in the channel's language. */
#ifndef CHANNELS_TELEPHONY_PHONE_WORDS_H
#define CHANNELS_TELEPHONY_PHONE_WORDS_H

#include "routing/base/text.h"

enum phone_sentence {
	PHONE_SAYS_PLACE, /* %u */
	PHONE_SAYS_NEXT,
	PHONE_SAYS_AGAIN,
	PHONE_SAYS_SORRY,
	PHONE_SAYS_GOODBYE,
	PHONE_SAYS_BACK,
	PHONE_SAYS_WHO, /* %s %s: the number called from, the contact's number */
	PHONE_SAYS_GONE,
	PHONE_SAYS_CLOSED,
	PHONE_SAYS_CLOSED_UNTIL, /* %s: when it opens */
	PHONE_SAYS_FULL,
	PHONE_SAYS_WAITED_OUT,
	PHONE_SENTENCES,
};

/* A format string; languages other than Finnish and Estonian get English. */
const char *phone_sentence(const char *language, enum phone_sentence sentence);

#endif
