/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/explain/explain_json.h"

#include "gateway/book.h"
#include "gateway/directory.h"
#include "gateway/shapes.h"

#include <stdio.h>

/* ---- names ----------------------------------------------------------------------------------- */

static struct usher_text agent_name(usher_id agent, void *arg)
{
	struct usher_text name = directory_user_name(((struct gateway *)arg)->directory, agent);
	return name.n > 0 ? name : TEXT("?");
}

static struct usher_text queue_name(usher_id queue, void *arg)
{
	struct usher_text name = directory_queue_name(((struct gateway *)arg)->directory, queue);
	return name.n > 0 ? name : TEXT("?");
}

static struct usher_text skill_name(uint32_t skill, void *arg)
{
	const struct skill_row *row = directory_skill(((struct gateway *)arg)->directory, skill);
	return row != NULL ? row->name : TEXT("?");
}

static struct usher_text contact_name(usher_id contact, void *arg)
{
	static char name[24]; /* until the next call, on the loop's one thread */
	struct contact *c = book_contact(((struct gateway *)arg)->book, contact);
	if (c == NULL)
		return TEXT("?");
	snprintf(name, sizeof name, "C-%lld", (long long)c->row.number);
	return text_of(name);
}

struct explain_names explain_site_names(struct gateway *g)
{
	return (struct explain_names){agent_name, queue_name, skill_name, contact_name, g};
}

/* ---- one agent --------------------------------------------------------------------------------- */

struct rendering {
	struct json_writer *w;
	struct gateway *g;
	enum explain_lang lang;
	struct explain_names names;
	const struct explain_scene *s;
};

static const char *text_name(const struct rendering *x, unsigned text, struct usher_buf *buf)
{
	buf_clear(buf);
	explain_fill_in(buf, x->lang, text, 0, NULL);
	return buf->p;
}

static void put_skill(const struct rendering *x, const struct explain_candidate *c)
{
	const struct skill_row *skill = directory_skill(x->g->directory, c->why.skill);
	json_put_text(x->w, "skill", skill != NULL ? skill->name : TEXT("?"));
}

/* The figures of its reason, by names that say what they are. */
static void put_figures(const struct rendering *x, const struct explain_candidate *c)
{
	enum routing_reason reason = c->why.reason;
	const struct routing_agent_account *a = &c->account;
	if (reason == REASON_SKILL)
		put_skill(x, c);
	if (reason == REASON_SKILL || reason == REASON_RING || reason == REASON_PENALTY ||
	    reason == REASON_RESERVE) {
		json_put_int(x->w, "needed", c->why.needed);
		json_put_int(x->w, "has", c->why.has);
	} else if (reason == REASON_EXCLUDED && a->excluded_until_us != USHER_NEVER) {
		json_put_time(x->w, "until", a->excluded_until_us);
	} else if (reason == REASON_CAPACITY) {
		json_put_int(x->w, "load", a->load);
		json_put_int(x->w, "weight", a->weight);
		json_put_int(x->w, "capacity", a->capacity);
	} else if (reason == REASON_CHANNEL_MAX) {
		json_put_int(x->w, "has", a->count);
		json_put_int(x->w, "max", a->count_max);
	} else if (reason == REASON_EXCLUSIVE) {
		json_put_string(x->w, "channel",
				channel_name((enum channel_kind)c->why.skill));
	} else if (reason == REASON_OTHER_FIRST && c->than.is_before && !a->is_offered) {
		json_put_string(x->w, "criterion", routing_criterion_name(c->than.criterion));
	}
}

static void put_candidate(const struct rendering *x, const struct explain_candidate *c)
{
	struct usher_buf text = {0};
	json_write_object(x->w);
	shape_agent_ref(x->w, x->g, "agent", c->agent);
	json_put_bool(x->w, "member", c->account.is_member);
	json_put_string(x->w, "reason", routing_reason_name(c->why.reason));
	json_put_string(x->w, "label", text_name(x, SAY_LABEL + c->why.reason, &text));
	put_figures(x, c);
	buf_clear(&text);
	explain_say_candidate(&text, x->lang, &x->names, x->s, c);
	json_put_text(x->w, "why", buf_text(&text));
	json_write_object_end(x->w);
	buf_done(&text);
}

/* ---- one scene ----------------------------------------------------------------------------------- */

static void put_counts(const struct rendering *x, const char *name, const uint32_t *counts)
{
	struct usher_buf label = {0};
	json_put_list(x->w, name);
	for (unsigned i = 0; i < ROUTING_REASONS; i++) {
		if (counts[i] == 0 || i == REASON_CHOSEN)
			continue;
		json_write_object(x->w);
		json_put_string(x->w, "reason", routing_reason_name((enum routing_reason)i));
		json_put_string(x->w, "label", text_name(x, SAY_LABEL + i, &label));
		json_put_int(x->w, "count", counts[i]);
		json_write_object_end(x->w);
	}
	json_write_list_end(x->w);
	buf_done(&label);
}

static void put_needs(const struct rendering *x)
{
	json_put_list(x->w, "needs");
	for (unsigned i = 0; i < x->s->need_count; i++) {
		const struct explain_need *need = &x->s->needs[i];
		json_write_object(x->w);
		json_put_text(x->w, "skill", x->names.skill(need->skill, x->g));
		json_put_int(x->w, "level", need->level);
		json_put_int(x->w, "members", need->members);
		json_put_int(x->w, "present", need->present);
		json_write_object_end(x->w);
	}
	json_write_list_end(x->w);
}

static void put_limit(const struct rendering *x, const char *name, uint8_t limit)
{
	if (limit == ROUTING_ANY)
		json_put_null(x->w, name);
	else
		json_put_int(x->w, name, limit);
}

static void put_standing(const struct rendering *x)
{
	static const char *const orders[ROUTING_ORDERS] = {
		"longest-idle", "least-loaded", "most-spare", "best-level",
		"fewest-skills", "round-robin", "weighted-random", "top-down"};
	struct usher_buf text = {0};
	const struct routing_account *a = &x->s->account;
	json_put_string(x->w, "order", orders[a->order]);
	json_put_string(x->w, "order_label", text_name(x, SAY_ORDER + a->order, &text));
	json_put_int(x->w, "step", a->step + 1);
	json_put_int(x->w, "steps", a->step_count);
	put_limit(x, "ring_max", a->ring_max);
	put_limit(x, "penalty_max", a->penalty_max);
	json_put_int(x->w, "priority", x->s->view.priority);
	json_put_int(x->w, "tier", a->tier);
	json_put_int(x->w, "growth", a->growth);
	json_put_int(x->w, "waited_s", (x->s->now - x->s->view.first_us) / USHER_SECOND);
	if (a->position > 0)
		json_put_int(x->w, "position", a->position);
	else
		json_put_null(x->w, "position");
	json_put_int(x->w, "waiting", a->waiting);
	buf_clear(&text);
	explain_say_place(&text, x->lang, &x->names, x->s);
	json_put_text(x->w, "place", buf_text(&text));
	buf_done(&text);
}

static void put_scene(const struct rendering *x)
{
	put_standing(x);
	put_needs(x);
	json_put_int(x->w, "able", x->s->able);
	put_counts(x, "counts", x->s->members);
	put_counts(x, "outside", x->s->others);
	json_put_list(x->w, "others");
	for (size_t i = 0; i < x->s->count; i++)
		if (x->s->candidates[i].agent != x->s->chosen)
			put_candidate(x, &x->s->candidates[i]);
	json_write_list_end(x->w);
	json_put_int(x->w, "left_off", (int64_t)x->s->left_off);
}

/* ---- decisions ------------------------------------------------------------------------------------- */

static void put_record(struct json_writer *w, const struct explain_decision *d)
{
	char digest[20];
	bool is_same = d->check == EXPLAIN_SAME;
	json_put_bool(w, "verified", is_same);
	json_put_string(w, "check", explain_check_name(d->check));
	json_put_string(w, "fault", d->reason[0] != '\0' ? d->reason : NULL);
	json_put_object(w, "record");
	json_put_int(w, "event", d->journal_seq);
	json_put_int(w, "snapshot", d->snapshot_seq);
	snprintf(digest, sizeof digest, "%016llx", (unsigned long long)d->snapshot_digest);
	json_put_string(w, "digest", d->snapshot_seq > 0 ? digest : NULL);
	json_write_object_end(w);
}

/* "offered to Anna", "declined", "recomputed from event 214, identical to the record". */
static void put_labels(const struct rendering *x, const struct explain_decision *d)
{
	char event[24];
	struct usher_buf text = {0};
	snprintf(event, sizeof event, "%lld", (long long)d->journal_seq);
	const struct explain_fill fills[] = {{"agent", x->names.agent(d->agent, x->g)},
					     {"event", text_of(event)},
					     {NULL, {0}}};
	explain_fill_in(&text, x->lang, SAY_KIND + d->kind, 0, fills);
	json_put_text(x->w, "headline", buf_text(&text));
	json_put_string(x->w, "outcome_label",
			text_name(x, explain_outcome_text(d->outcome), &text));
	buf_clear(&text);
	explain_fill_in(&text, x->lang, SAY_CHECK + d->check, 0, fills);
	json_put_text(x->w, "note", buf_text(&text));
	buf_done(&text);
}

static void put_why(const struct rendering *x, const struct explain_decision *d)
{
	const struct explain_scene handed = {.kind = EXPLAIN_HANDED};
	struct usher_buf text = {0};
	if (d->has_scene || d->kind == EXPLAIN_HANDED)
		explain_say_chosen(&text, x->lang, &x->names, d->has_scene ? x->s : &handed);
	json_put_text_or_null(x->w, "why", buf_text(&text));
	buf_done(&text);
}

void explain_json_decision(struct json_writer *w, struct gateway *g, enum explain_lang lang,
			   const struct explain_decision *d)
{
	struct rendering x = {w, g, lang, explain_site_names(g), &d->scene};
	json_write_object(w);
	json_put_int(w, "decision", d->number);
	json_put_string(w, "kind", explain_kind_name(d->kind));
	json_put_time(w, "at", d->at_us);
	shape_agent_ref(w, g, "agent", d->agent);
	shape_queue_ref(w, g, "queue", d->queue);
	json_put_int(w, "epoch", (int64_t)d->epoch);
	json_put_string(w, "outcome",
			d->outcome != CAUSE_NONE ? contact_cause_name(d->outcome) : NULL);
	put_labels(&x, d);
	put_why(&x, d);
	put_record(w, d);
	if (d->has_scene)
		put_scene(&x);
	json_write_object_end(w);
}

void explain_json_waiting(struct json_writer *w, struct gateway *g, enum explain_lang lang,
			  const struct explain_scene *s)
{
	struct rendering x = {w, g, lang, explain_site_names(g), s};
	struct usher_buf text = {0};
	json_write_object(w);
	json_put_time(w, "at", s->now);
	shape_queue_ref(w, g, "queue", s->view.queue);
	explain_say_wait(&text, lang, &x.names, s);
	json_put_text_or_null(w, "why", buf_text(&text));
	put_scene(&x);
	json_write_object_end(w);
	buf_done(&text);
}
