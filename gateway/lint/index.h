/* SPDX-License-Identifier: Apache-2.0 */
/* One run of the linter: the site, sets of agents and minutes made from it, and the report. For
 * the files of this folder. */
#ifndef GATEWAY_LINT_INDEX_H
#define GATEWAY_LINT_INDEX_H

#include "gateway/lint/lint.h"
#include "routing/base/table.h"

#define LINT_NONE UINT32_MAX
#define LINT_WEEK_MIN 10080
#define LINT_WEEK_WORDS ((LINT_WEEK_MIN + 63) / 64)

struct lint_week { /* a bit for each minute that it is open, from Monday 00:00 UTC */
	uint64_t bits[LINT_WEEK_WORDS];
};

struct lint_seat {
	uint32_t agent;
	const struct routing_member *member;
};

struct lint {
	const struct lint_site *site;
	struct lint_report *report;
	struct arena arena;
	struct lint_finding spare; /* what is found when the report is full */

	size_t words;		     /* of a set of agents */
	struct table queues, skills; /* id or number to 1 + index */
	uint32_t *seat_first;	     /* of queue q: seats[seat_first[q] … seat_first[q + 1] - 1] */
	struct lint_seat *seats;
	uint32_t *former;	     /* memberships of accounts that take no contacts */
	uint64_t *members;	     /* a set for each queue */
	uint64_t *served;	     /* who can take its contacts in the last step */
	uint64_t *reached;	     /* in any step */
	uint8_t *empty_steps;	     /* in which nobody can; bits */
	uint64_t **holders;	     /* of skill s at level v: holders[s * SKILL_LEVEL_MAX + v - 1];
				      * NULL: no queue asks for the skill */
	bool *is_held;		     /* whether anybody has the skill */
	bool *is_asked;		     /* whether any queue names it */
	uint32_t *next;		     /* the queue it overflows to; LINT_NONE */
	uint8_t *kinds;		     /* of the enabled channels that lead to it; bits */
	uint8_t *kinds_in;	     /* with those that may overflow into it */
	struct lint_week **weeks;    /* NULL: always open */
};

void lint_index_make(struct lint *l);
void lint_index_done(struct lint *l);

/* Index of a queue or skill; LINT_NONE. */
uint32_t lint_queue_at(const struct lint *l, usher_id id);
uint32_t lint_skill_at(const struct lint *l, uint32_t number);

/* The step, or one without any limit where the queue has none. steps: at least 1. */
unsigned lint_step_count(const struct routing_queue_set *set);
struct routing_step lint_step(const struct routing_queue_set *set, unsigned step);
/* The level that the requirement has in the step; 0: it is not required there. */
int lint_level(const struct routing_queue_set *set, const struct routing_requirement *need,
	       unsigned step);
/* Who may take the queue's contacts in the step; ret has l->words words. */
void lint_able(const struct lint *l, uint32_t q, unsigned step, bool with_skills, uint64_t *ret);

static inline uint64_t *lint_set(const struct lint *l, uint64_t *sets, size_t i)
{
	return sets + i * l->words;
}
bool lint_is_empty(const uint64_t *set, size_t words);
bool lint_meets(const uint64_t *a, const uint64_t *b, size_t words);
bool lint_is_within(const uint64_t *a, const uint64_t *b, size_t words); /* a has none but of b */
static inline bool lint_has(const uint64_t *set, size_t i)
{
	return (set[i / 64] >> (i % 64) & 1) != 0;
}

static inline uint32_t lint_seat_count(const struct lint *l, uint32_t q)
{
	return l->seat_first[q + 1] - l->seat_first[q];
}

/* Whether the queue has a way to hand its waiting contacts on (not only those who find it closed).
 */
bool lint_hands_on(const struct routing_queue_set *set);

/* Of weeks, NULL being always open: minutes of a that b does not have; their first one in the
 * local time of the first queue's zone. */
void lint_week_make(const struct hours *h, usher_us now, struct lint_week *ret);
bool lint_week_at(const struct lint_week *w, int minute); /* any minute, taken modulo the week */
int lint_week_local(const struct lint_queue *q, usher_us now, int minute);

/* ---- noting what is found ---- */

struct lint_finding *lint_note_queue(struct lint *l, enum lint_code code, uint32_t q,
				     const char *pointer, ...) USHER_PRINTF(4, 5);
struct lint_finding *lint_note_agent(struct lint *l, enum lint_code code, uint32_t agent,
				     const char *pointer, ...) USHER_PRINTF(4, 5);
struct lint_finding *lint_note(struct lint *l, enum lint_code code, enum lint_object object,
			       struct usher_text name, const char *pointer);
/* The next place of the sentence. */
void lint_arg(struct lint *l, struct lint_finding *f, const char *format, ...) USHER_PRINTF(3, 4);

/* ---- the checks, one file each ---- */
void lint_check_service(struct lint *l);
void lint_check_steps(struct lint *l);
void lint_check_tiers(struct lint *l);
void lint_check_overflow(struct lint *l);
void lint_check_hours(struct lint *l);
void lint_check_limits(struct lint *l);
void lint_check_channels(struct lint *l);
void lint_check_people(struct lint *l);

#endif
