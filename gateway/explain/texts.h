/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue of sentences: one file per language, one entry per text. {name} is filled in; where
 * an entry has a "|", the part before it is for one, the part behind it for any other number {n}.
 * Names of people, queues and skills are data: they stand in the nominative, so that no language
 * has to inflect them. tests/gateway/test_explain_texts.c holds the languages against each other.
 */
#ifndef GATEWAY_EXPLAIN_TEXTS_H
#define GATEWAY_EXPLAIN_TEXTS_H

#include "routing/core/account.h"

enum explain_lang { EXPLAIN_EN = 0, EXPLAIN_FI = 1, EXPLAIN_ET = 2 };
#define EXPLAIN_LANGS 3

/* Past and present of each reason, and its short label, come in blocks in the order of enum
 * routing_reason; the criteria in that of enum routing_criterion. */
enum explain_text {
	SAY_PAST = 0,
	SAY_PRESENT = SAY_PAST + ROUTING_REASONS,
	SAY_LABEL = SAY_PRESENT + ROUTING_REASONS,
	SAY_CRITERION = SAY_LABEL + ROUTING_REASONS,
	SAY_PRECEDENCE = SAY_CRITERION + ROUTING_CRITERIA,
	SAY_OTHERS = SAY_PRECEDENCE + ROUTING_PRECEDENCES,

	/* the chosen one */
	SAY_FIRST = SAY_OTHERS, /* {n} could take it */
	SAY_BEFORE,             /* {text}, {other}, {criterion}: of the next in the order */
	SAY_NAMED,
	SAY_PREFERRED,
	SAY_TAKEN,
	SAY_HANDED,
	SAY_ALIKE,              /* offered to {n} at the same time */

	/* another one */
	SAY_OTHER_AT_ONCE,      /* was free at the same instant; {chosen} */
	SAY_OTHER_ALIKE,        /* was offered it too */
	SAY_OTHER_PASSED,       /* past the order */
	SAY_HANDS_BUSY,         /* criterion hands, where the other was being offered something */
	SAY_TURN_NEVER,         /* criterion turn, where the chosen one never had one */
	SAY_BARRED,             /* excluded for good: past */
	SAY_BARRED_NOW,

	/* the contact */
	SAY_PLACE,              /* {span}, {n} = position, {of}, {queue}, {tier} */
	SAY_WAITS,
	SAY_STEP,               /* {step}, {steps} */
	SAY_NEXT,               /* {contact}, {precedence} */
	SAY_PASSED,             /* {contact}, {agent}, {why} */
	SAY_ALONE,              /* nobody else waits that the agent could take */

	/* why it still waits */
	SAY_NOBODY_SKILL,       /* {skill}, {level}, {n} signed out who have it */
	SAY_NO_SKILL,           /* no member has it at all */
	SAY_NO_MEMBERS,
	SAY_NOBODY_READY,
	SAY_WAITS_FOR,          /* {agent}, {span} */
	SAY_STEP_ENDS,          /* {span} */
	SAY_NOT_WAITING,
	SAY_AT_ONCE,            /* it is just being given out */

	/* spans and the way orders are called */
	SAY_UNDER_TENTH,
	SAY_TENTHS,             /* {a}, {b} */
	SAY_SECONDS,
	SAY_MINUTES,
	SAY_HOURS,
	SAY_DAYS,
	SAY_ORDER,

	/* what became of it, and how sure that is */
	SAY_KIND = SAY_ORDER + ROUTING_ORDERS, /* in the order of enum explain_kind, from 0; {agent} */
	SAY_OUTCOME = SAY_KIND + 6,            /* open, accepted, … : in the order of texts.c */
	SAY_CHECK = SAY_OUTCOME + 9,           /* in the order of enum explain_check; {event} */
	SAY_HEAD = SAY_CHECK + 5,              /* {number}, {of} */
	SAY_MEMBERS,
	SAY_OUTSIDE,
	SAY_MORE,
	SAY_NONE_YET,
	SAY_COUNT_ALL,
};

extern const char *const explain_texts_en[SAY_COUNT_ALL], *const explain_texts_fi[SAY_COUNT_ALL],
	*const explain_texts_et[SAY_COUNT_ALL];

/* "fi-FI,fi;q=0.9,en;q=0.8", "et": the first that is spoken here; English else. */
enum explain_lang explain_lang_pick(struct usher_text wishes);
const char *explain_lang_name(enum explain_lang lang); /* "en" */

/* The text of what became of an offer. */
unsigned explain_outcome_text(enum contact_cause cause);

struct explain_fill {
	const char *name; /* NULL ends a list */
	struct usher_text text;
};
/* Appends the text with what is filled in; n chooses between one and many, and fills {n}. */
void explain_fill_in(struct usher_buf *out, enum explain_lang lang, unsigned text, int64_t n,
		     const struct explain_fill *fills);

#endif
