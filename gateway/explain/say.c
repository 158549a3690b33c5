/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/explain/say.h"

#include <stdio.h>

/* Digits of one number, as a text to fill in. */
struct digits {
	char text[24];
};

static struct usher_text number(struct digits *d, int64_t value)
{
	snprintf(d->text, sizeof d->text, "%lld", (long long)value);
	return text_of(d->text);
}

static void say(struct usher_buf *out, enum explain_lang lang, unsigned text)
{
	explain_fill_in(out, lang, text, 0, NULL);
}

static void next_sentence(struct usher_buf *out)
{
	if (out->n > 0)
		buf_addc(out, ' ');
}

void explain_say_span(struct usher_buf *out, enum explain_lang lang, usher_us span)
{
	struct digits a, b;
	unsigned text = SAY_SECONDS;
	int64_t s = span / USHER_SECOND, big = s, small = 0;
	if (span < USHER_SECOND / 10) {
		say(out, lang, SAY_UNDER_TENTH);
		return;
	}
	if (s < 10) {
		text = SAY_TENTHS;
		small = span / (USHER_SECOND / 10) % 10;
	} else if (s >= 86400) {
		text = SAY_DAYS;
		big = s / 86400;
		small = s / 3600 % 24;
	} else if (s >= 3600) {
		text = SAY_HOURS;
		big = s / 3600;
		small = s / 60 % 60;
	} else if (s >= 60) {
		text = SAY_MINUTES;
		big = s / 60;
		small = s % 60;
	}
	const struct explain_fill fills[] = {
		{"a", number(&a, big)}, {"b", number(&b, small)}, {NULL, {0}}};
	explain_fill_in(out, lang, text, 0, fills);
}

/* ---- two agents ------------------------------------------------------------------------------ */

static int64_t percent(int64_t permille)
{
	return permille < 0 ? 100 : (permille + 5) / 10;
}

void explain_say_difference(struct usher_buf *out, enum explain_lang lang,
			    const struct routing_difference *d)
{
	struct digits a, b;
	struct usher_buf span = {0};
	unsigned text = SAY_CRITERION + d->criterion;
	bool is_load = d->criterion == CRITERION_LOAD;
	if (d->criterion == CRITERION_HANDS && d->has > 0)
		text = SAY_HANDS_BUSY;
	if (d->criterion == CRITERION_TURN && d->has == 0)
		text = SAY_TURN_NEVER;
	if (d->criterion == CRITERION_IDLE)
		explain_say_span(&span, lang, d->other_has - d->has);
	const struct explain_fill fills[] = {
		{"a", number(&a, is_load ? percent(d->has) : d->has)},
		{"b", number(&b, is_load ? percent(d->other_has) : d->other_has)},
		{"span", buf_text(&span)},
		{NULL, {0}}};
	explain_fill_in(out, lang, text, 0, fills);
	buf_done(&span);
}

/* ---- one agent --------------------------------------------------------------------------------- */

static void say_other(struct usher_buf *out, enum explain_lang lang,
		      const struct explain_names *names, const struct explain_scene *s,
		      const struct explain_candidate *c)
{
	struct usher_buf criterion = {0}, chosen = {0};
	unsigned text = SAY_PAST + REASON_OTHER_FIRST;
	buf_add_text(&chosen, names->agent(s->chosen, names->arg));
	if (c->than.criterion == CRITERION_NONE || s->kind == EXPLAIN_TAKEN ||
	    s->account.only == s->chosen)
		text = SAY_OTHER_PASSED;
	else if (!c->than.is_before)
		text = SAY_OTHER_AT_ONCE;
	else
		explain_say_difference(&criterion, lang, &c->than);
	const struct explain_fill fills[] = {{"chosen", buf_text(&chosen)},
					     {"criterion", buf_text(&criterion)},
					     {NULL, {0}}};
	explain_fill_in(out, lang, text, 0, fills);
	buf_done(&criterion);
	buf_done(&chosen);
}

static struct usher_text skill_name(const struct explain_names *names,
				    const struct routing_why *why)
{
	return why->reason == REASON_SKILL ? names->skill(why->skill, names->arg) : TEXT("");
}

static int64_t number_of(const struct routing_why *why, const struct routing_agent_account *a)
{
	return why->reason == REASON_RESERVE ? why->has : a->count;
}

/* Everything but another that came first. `a` is all zero where it is not known. */
static void say_why(struct usher_buf *out, enum explain_lang lang, const struct explain_names *names,
		    const struct explain_scene *s, const struct routing_why *why,
		    const struct routing_agent_account *a)
{
	struct digits needed, has, load, capacity, weight;
	struct usher_buf span = {0};
	bool is_now = s->kind == EXPLAIN_WAITING;
	unsigned text = (is_now ? SAY_PRESENT : SAY_PAST) + why->reason;
	if (why->reason == REASON_EXCLUDED && a->excluded_until_us == USHER_NEVER)
		text = is_now ? SAY_BARRED_NOW : SAY_BARRED;
	else if (why->reason == REASON_EXCLUDED)
		explain_say_span(&span, lang, a->excluded_until_us - s->now);
	const struct explain_fill fills[] = {
		{"skill", skill_name(names, why)},
		{"needed", number(&needed, why->needed)},
		{"has", number(&has, why->has)},
		{"span", buf_text(&span)},
		{"only", s->account.only != 0 ? names->agent(s->account.only, names->arg) : TEXT("?")},
		{"load", number(&load, a->load)},
		{"capacity", number(&capacity, a->capacity)},
		{"weight", number(&weight, a->weight)},
		{"channel", text_of(channel_name((enum channel_kind)why->skill))},
		{NULL, {0}}};
	explain_fill_in(out, lang, text, number_of(why, a), fills);
	buf_done(&span);
}

void explain_say_candidate(struct usher_buf *out, enum explain_lang lang,
			   const struct explain_names *names, const struct explain_scene *s,
			   const struct explain_candidate *c)
{
	if (c->agent == s->chosen && s->chosen != 0)
		explain_say_chosen(out, lang, names, s);
	else if (c->account.is_offered && s->kind != EXPLAIN_TAKEN)
		say(out, lang, SAY_OTHER_ALIKE);
	else if (c->why.reason == REASON_OTHER_FIRST && s->chosen != 0)
		say_other(out, lang, names, s, c);
	else
		say_why(out, lang, names, s, &c->why, &c->account);
}

/* ---- the chosen one ------------------------------------------------------------------------------ */

/* Who would have been next in the order. */
static const struct explain_candidate *runner_up(const struct explain_scene *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->candidates[i].why.reason == REASON_OTHER_FIRST &&
		    s->candidates[i].account.is_member && !s->candidates[i].account.is_offered &&
		    s->candidates[i].than.is_before)
			return &s->candidates[i];
	return NULL;
}

static void say_first(struct usher_buf *out, enum explain_lang lang,
		      const struct explain_names *names, const struct explain_scene *s)
{
	const struct explain_candidate *next = runner_up(s);
	struct usher_buf text = {0}, criterion = {0};
	explain_fill_in(&text, lang, SAY_FIRST, s->able, NULL);
	if (next == NULL) {
		buf_add_text(out, buf_text(&text));
	} else {
		explain_say_difference(&criterion, lang, &next->than);
		const struct explain_fill fills[] = {{"text", buf_text(&text)},
						     {"other", names->agent(next->agent, names->arg)},
						     {"criterion", buf_text(&criterion)},
						     {NULL, {0}}};
		explain_fill_in(out, lang, SAY_BEFORE, 0, fills);
	}
	buf_done(&text);
	buf_done(&criterion);
}

static unsigned asked_already(const struct explain_scene *s)
{
	return s->view.state == CONTACT_OFFERED ? s->view.seats : 0;
}

void explain_say_chosen(struct usher_buf *out, enum explain_lang lang,
			const struct explain_names *names, const struct explain_scene *s)
{
	struct usher_buf text = {0};
	if (s->kind == EXPLAIN_TAKEN || s->kind == EXPLAIN_HANDED)
		say(&text, lang, s->kind == EXPLAIN_TAKEN ? SAY_TAKEN : SAY_HANDED);
	else if (s->account.only != 0 && s->account.only == s->chosen)
		say(&text, lang, s->account.is_directed ? SAY_NAMED : SAY_PREFERRED);
	else if (s->chosen != 0)
		say_first(&text, lang, names, s);
	const struct explain_fill fills[] = {{"text", buf_text(&text)}, {NULL, {0}}};
	if (s->kind == EXPLAIN_OFFERED && asked_already(s) > 0)
		explain_fill_in(out, lang, SAY_ALIKE, asked_already(s), fills);
	else
		buf_add_text(out, buf_text(&text));
	buf_done(&text);
}

/* ---- the contact in line --------------------------------------------------------------------------- */

static void say_line(struct usher_buf *out, enum explain_lang lang,
		     const struct explain_names *names, const struct explain_scene *s)
{
	struct digits of, tier, step, steps;
	struct usher_buf span = {0};
	int64_t position = s->account.position > 0 ? s->account.position : 1;
	int64_t waiting = s->account.waiting > position ? s->account.waiting : position;
	explain_say_span(&span, lang, s->now - s->view.first_us);
	const struct explain_fill fills[] = {
		{"span", buf_text(&span)},
		{"queue", names->queue(s->view.queue, names->arg)},
		{"of", number(&of, waiting)},
		{"tier", number(&tier, s->account.tier)},
		{"step", number(&step, s->account.step + 1)},
		{"steps", number(&steps, s->account.step_count)},
		{NULL, {0}}};
	next_sentence(out);
	explain_fill_in(out, lang, s->kind == EXPLAIN_WAITING ? SAY_WAITS : SAY_PLACE, position,
			fills);
	if (s->account.step_count > 1) {
		next_sentence(out);
		explain_fill_in(out, lang, SAY_STEP, 0, fills);
	}
	buf_done(&span);
}

static void say_next(struct usher_buf *out, enum explain_lang lang,
		     const struct explain_names *names, const struct explain_scene *s)
{
	struct digits a, b;
	struct usher_buf span = {0}, precedence = {0};
	explain_say_span(&span, lang, s->rivals.next_at_us - s->account.at_us);
	const struct explain_fill inner[] = {{"span", buf_text(&span)},
					     {"a", number(&a, s->account.tier)},
					     {"b", number(&b, s->rivals.next_tier)},
					     {NULL, {0}}};
	explain_fill_in(&precedence, lang, SAY_PRECEDENCE + s->rivals.precedence, 0, inner);
	const struct explain_fill fills[] = {
		{"contact", names->contact(s->rivals.next, names->arg)},
		{"precedence", buf_text(&precedence)},
		{NULL, {0}}};
	next_sentence(out);
	explain_fill_in(out, lang, SAY_NEXT, 0, fills);
	buf_done(&span);
	buf_done(&precedence);
}

static void say_passed(struct usher_buf *out, enum explain_lang lang,
		       const struct explain_names *names, const struct explain_scene *s)
{
	struct usher_buf why = {0};
	explain_fill_in(&why, lang, SAY_LABEL + s->rivals.passed_why.reason, 0, NULL);
	const struct explain_fill fills[] = {
		{"contact", names->contact(s->rivals.passed, names->arg)},
		{"agent", names->agent(s->chosen, names->arg)},
		{"why", buf_text(&why)},
		{NULL, {0}}};
	next_sentence(out);
	explain_fill_in(out, lang, SAY_PASSED, 0, fills);
	buf_done(&why);
}

void explain_say_place(struct usher_buf *out, enum explain_lang lang,
		       const struct explain_names *names, const struct explain_scene *s)
{
	struct usher_buf text = {0};
	say_line(&text, lang, names, s);
	bool is_by_order = s->kind == EXPLAIN_OFFERED || s->kind == EXPLAIN_ASSIGNED;
	if (is_by_order && s->rivals.passed != 0)
		say_passed(&text, lang, names, s);
	if (is_by_order && s->rivals.next != 0)
		say_next(&text, lang, names, s);
	if (is_by_order && s->rivals.next == 0 && !s->rivals.is_cut) {
		const struct explain_fill fills[] = {
			{"agent", names->agent(s->chosen, names->arg)}, {NULL, {0}}};
		next_sentence(&text);
		explain_fill_in(&text, lang, SAY_ALONE, 0, fills);
	}
	next_sentence(out);
	buf_add_text(out, buf_text(&text));
	buf_done(&text);
}

/* ---- why it still waits ------------------------------------------------------------------------------ */

static void say_needs(struct usher_buf *out, enum explain_lang lang,
		      const struct explain_names *names, const struct explain_scene *s)
{
	for (unsigned i = 0; i < s->need_count; i++) {
		struct digits level;
		const struct explain_need *need = &s->needs[i];
		const struct explain_fill fills[] = {{"skill", names->skill(need->skill, names->arg)},
						     {"level", number(&level, need->level)},
						     {NULL, {0}}};
		if (need->present > 0)
			continue;
		next_sentence(out);
		explain_fill_in(out, lang, need->members > 0 ? SAY_NOBODY_SKILL : SAY_NO_SKILL,
				need->members, fills);
	}
}

static bool is_absent(enum routing_reason reason)
{
	return reason == REASON_SIGNED_OUT || reason == REASON_NOT_READY ||
	       reason == REASON_LOST || reason == REASON_NOT_RESPONDING;
}

static bool is_nobody_ready(const struct explain_scene *s)
{
	for (unsigned i = 0; i < ROUTING_REASONS; i++)
		if (s->members[i] > 0 && !is_absent((enum routing_reason)i))
			return false;
	return true;
}

static void say_until(struct usher_buf *out, enum explain_lang lang,
		      const struct explain_names *names, unsigned text, usher_id agent, usher_us left)
{
	struct usher_buf span = {0};
	explain_say_span(&span, lang, left);
	const struct explain_fill fills[] = {
		{"agent", agent != 0 ? names->agent(agent, names->arg) : TEXT("")},
		{"span", buf_text(&span)},
		{NULL, {0}}};
	next_sentence(out);
	explain_fill_in(out, lang, text, 0, fills);
	buf_done(&span);
}

void explain_say_wait(struct usher_buf *out, enum explain_lang lang,
		      const struct explain_names *names, const struct explain_scene *s)
{
	struct usher_buf text = {0};
	if (s->members[REASON_CHOSEN] > 0)
		say(&text, lang, SAY_AT_ONCE);
	else if (s->account.members == 0)
		say(&text, lang, SAY_NO_MEMBERS);
	else if (is_nobody_ready(s))
		say(&text, lang, SAY_NOBODY_READY);
	say_needs(&text, lang, names, s);
	if (s->account.only != 0)
		say_until(&text, lang, names, SAY_WAITS_FOR, s->account.only,
			  s->account.only_until_us - s->now);
	if (s->account.step_end_us != USHER_NEVER)
		say_until(&text, lang, names, SAY_STEP_ENDS, 0, s->account.step_end_us - s->now);
	if (text.n > 0)
		next_sentence(out);
	buf_add_text(out, buf_text(&text));
	buf_done(&text);
}
