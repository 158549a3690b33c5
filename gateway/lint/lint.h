/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The routing linter: what can be seen to be wrong with a site's settings before a contact waits.
 *
 * lint_run is pure: the same site at the same instant gives the same findings in the same order.
 * Its time is about queues × agents / 64 and the memberships; 1,000 queues with 10,000 agents stay
 * well under a second. What is damaged in a site (a queue or a skill that is not there) is a
 * finding or is passed over, never a fault.
 */
#ifndef GATEWAY_LINT_LINT_H
#define GATEWAY_LINT_LINT_H

#include "gateway/calendar/hours.h"
#include "gateway/lint/codes.h"
#include "gateway/routing_settings.h"
#include "routing/base/memory.h"

#define LINT_FINDINGS_MAX 20000 /* kept; what is more is counted */
#define LINT_ARGS_MAX 5
#define LINT_POINTER_BYTES 40

/* ---- what is looked at: all borrowed while lint_run runs ------------------------------------- */

struct lint_queue {
	usher_id id; /* each once */
	struct usher_text slug;
	struct routing_queue_set set;
	enum routing_ageing ageing;
	const struct hours *hours;	/* NULL: always open */
	int32_t exceptions_end;		/* last day of the last exception; 0: none */
	usher_us target_us;		/* of the service level */
	int target_percent;		/* 0: none */
	double calls_per_hour, handle_s; /* at the busiest, where they are known; else 0 */
};

struct lint_agent {
	usher_id id;
	struct usher_text login;
	bool is_agent;	 /* takes contacts; false: removed, or an account of another kind */
	bool is_only_agent; /* no supervisor: the queues are what the account is for */
	uint16_t capacity;
	uint8_t skill_count, queue_count;
	const struct routing_skill *skills;
	const struct routing_member *queues;
};

struct lint_skill {
	uint32_t number;
	struct usher_text name;
};

struct lint_channel {
	struct usher_text id;
	enum channel_kind kind;
	bool is_enabled;
	usher_id queue;
};

struct lint_site {
	const struct lint_queue *queues;
	size_t queue_count;
	const struct lint_agent *agents;
	size_t agent_count;
	const struct lint_skill *skills;
	size_t skill_count;
	const struct lint_channel *channels;
	size_t channel_count;
	struct routing_channel_set weights[CHANNEL_KINDS];
	usher_us now;
};

/* ---- what is found --------------------------------------------------------------------------- */

enum lint_object {
	LINT_QUEUE,
	LINT_AGENT,
	LINT_CHANNEL,
	LINT_WEIGHT, /* of a kind of channel */
	LINT_SKILL,
};

struct lint_finding {
	enum lint_code code;
	enum lint_object object;
	usher_id id;			   /* of a queue or agent; else 0 */
	char pointer[LINT_POINTER_BYTES];  /* into the object as the API shows it; "": all of it */
	struct usher_text args[LINT_ARGS_MAX]; /* the first is the object's name; in the report */
	unsigned arg_count;
};

struct lint_report {
	struct arena arena;
	struct lint_finding *items; /* owned: by object, as they were found */
	size_t count, space;
	size_t left_out;		/* found, but not kept */
	size_t of[LINT_SEVERITIES]; /* those left out too */
};

void lint_run(const struct lint_site *site, struct lint_report *ret); /* initialises *ret */
void lint_report_done(struct lint_report *r);

/* The same thing wrong with the same object, whatever the figures beside it. */
uint64_t lint_key(const struct lint_finding *f);

/* ---- saying it ------------------------------------------------------------------------------- */

enum lint_part {
	LINT_WHAT, /* what is wrong */
	LINT_WHY,  /* why it matters */
	LINT_MEND, /* what to do */
};
#define LINT_PARTS 3

enum lint_language { LINT_EN, LINT_FI, LINT_ET };
#define LINT_LANGUAGES 3

/* "fi", "fi-FI", or an Accept-Language header; the first known one with the highest weight, or
 * English. */
enum lint_language lint_language_of(struct usher_text wanted);
const char *lint_language_name(enum lint_language language); /* "en" */

void lint_say(const struct lint_finding *f, enum lint_part part, enum lint_language language,
	      struct usher_buf *ret); /* appends one sentence */

/* The sentence with its places {0} … {4} not filled; for the manual's table and tests. */
const char *lint_sentence(enum lint_code code, enum lint_part part, enum lint_language language);

/* "code", "severity", "object":{"kind","id","name"}, "pointer", "detail", "why" and "mend" into the
 * open object. key NULL: ids are null. */
void lint_put(const struct lint_finding *f, enum lint_language language, const struct hash_key *key,
	      struct json_writer *w);

/* {"items":[…],"errors","warnings","hints","left_out","language"}: at most LINT_SHOWN_MAX items, the
 * errors first. */
#define LINT_SHOWN_MAX 1000
void lint_write(const struct lint_report *r, enum lint_language language,
		const struct hash_key *key, struct json_writer *w);

#endif
