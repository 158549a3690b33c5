/* SPDX-License-Identifier: Apache-2.0 */
/* The outcome as JSON: figures are whole numbers, or numbers with one digit behind the point. */
#include "gateway/replay/replay.h"

#include "gateway/json.h"
#include "routing/base/memory.h"

#include <stdio.h>

#define UNKNOWN INT64_MIN
#define FORMULA                                                                           \
	"SL3 without short abandons: answered in target / (answered + abandoned - short " \
	"abandoned)"

enum unit { UNIT_COUNT, UNIT_SECONDS, UNIT_PERCENT }; /* the last two in tenths */

struct figure {
	const char *name;
	enum unit unit;
	int64_t (*of)(const struct replay_queue_figures *q); /* UNKNOWN: none */
};

/* ---- figures of a queue --------------------------------------------------------------------- */

static int64_t tenths(usher_us span)
{
	return (span + USHER_SECOND / 20) / (USHER_SECOND / 10);
}

static int64_t percent(double value)
{
	return value < 0 ? UNKNOWN : (int64_t)(value * 10.0 + 0.5);
}

static int64_t of_contacts(const struct replay_queue_figures *q)
{
	return q->entered;
}
static int64_t of_answered(const struct replay_queue_figures *q)
{
	return q->answered;
}
static int64_t of_abandoned(const struct replay_queue_figures *q)
{
	return q->abandoned;
}
static int64_t of_turned(const struct replay_queue_figures *q)
{
	return q->turned_away;
}
static int64_t of_waiting(const struct replay_queue_figures *q)
{
	return q->waiting;
}

static int64_t of_level(const struct replay_queue_figures *q)
{
	return percent(replay_service_level(q));
}

static int64_t of_asa(const struct replay_queue_figures *q)
{
	return q->answered > 0 ? tenths(q->waited_us / q->answered) : UNKNOWN;
}

static int64_t of_p50(const struct replay_queue_figures *q)
{
	return q->answered > 0 ? tenths(q->p50_us) : UNKNOWN;
}

static int64_t of_p90(const struct replay_queue_figures *q)
{
	return q->answered > 0 ? tenths(q->p90_us) : UNKNOWN;
}

static int64_t of_longest(const struct replay_queue_figures *q)
{
	return q->answered > 0 ? tenths(q->longest_us) : UNKNOWN;
}

static int64_t of_aht(const struct replay_queue_figures *q)
{
	return q->handled > 0 ? tenths(q->handle_us / q->handled) : UNKNOWN;
}

static const struct figure figures[] = {
	{"contacts", UNIT_COUNT, of_contacts},
	{"answered", UNIT_COUNT, of_answered},
	{"abandoned", UNIT_COUNT, of_abandoned},
	{"turned_away", UNIT_COUNT, of_turned},
	{"waiting_at_end", UNIT_COUNT, of_waiting},
	{"service_level_percent", UNIT_PERCENT, of_level},
	{"asa_s", UNIT_SECONDS, of_asa},
	{"wait_p50_s", UNIT_SECONDS, of_p50},
	{"wait_p90_s", UNIT_SECONDS, of_p90},
	{"wait_longest_s", UNIT_SECONDS, of_longest},
	{"aht_s", UNIT_SECONDS, of_aht},
};
#define FIGURES (sizeof figures / sizeof figures[0])

/* ---- pairs of before and after -------------------------------------------------------------- */

struct pair {
	const char *name;
	enum unit unit;
	int64_t before, after;
};

static const struct replay_queue_figures no_queue;
static const struct replay_agent_figures no_agent;

/* Both lists are in the order of ids; the sum of all, id 0, is their last. */
static const struct replay_queue_figures *queue_in(const struct replay_figures *f, usher_id queue)
{
	size_t n;
	const struct replay_queue_figures *list = replay_figures_queues(f, &n);
	for (size_t i = 0; i < n; i++)
		if (list[i].queue == queue)
			return &list[i];
	return &no_queue;
}

static const struct replay_agent_figures *agent_in(const struct replay_figures *f, usher_id agent)
{
	size_t n;
	const struct replay_agent_figures *list = replay_figures_agents(f, &n);
	for (size_t i = 0; i < n; i++)
		if (list[i].agent == agent)
			return &list[i];
	return &no_agent;
}

static void queue_pairs(const struct replay_result *r, usher_id queue, struct pair ret[FIGURES])
{
	const struct replay_queue_figures *before = queue_in(r->before, queue);
	const struct replay_queue_figures *after = queue_in(r->after, queue);
	for (size_t i = 0; i < FIGURES; i++)
		ret[i] = (struct pair){figures[i].name, figures[i].unit, figures[i].of(before),
				       figures[i].of(after)};
}

static void agent_pairs(const struct replay_result *r, usher_id agent, struct pair ret[2])
{
	const struct replay_agent_figures *before = agent_in(r->before, agent);
	const struct replay_agent_figures *after = agent_in(r->after, agent);
	ret[0] = (struct pair){"contacts", UNIT_COUNT, before->contacts, after->contacts};
	ret[1] = (struct pair){"occupancy_percent", UNIT_PERCENT, percent(replay_occupancy(before)),
			       percent(replay_occupancy(after))};
}

static int64_t change_of(const struct pair *p)
{
	bool is_known = p->before != UNKNOWN && p->after != UNKNOWN;
	return is_known ? p->after - p->before : UNKNOWN;
}

static void put_value(struct json_writer *w, const char *name, enum unit unit, int64_t value)
{
	if (value == UNKNOWN)
		json_put_null(w, name);
	else if (unit == UNIT_COUNT)
		json_put_int(w, name, value);
	else
		json_put_tenths(w, name, value);
}

static void put_pairs(struct json_writer *w, const struct pair *pairs, size_t count)
{
	static const char *const names[] = {"before", "after", "change"};
	for (int k = 0; k < 3; k++) {
		json_put_object(w, names[k]);
		for (size_t i = 0; i < count; i++) {
			int64_t value = k == 0	 ? pairs[i].before
					: k == 1 ? pairs[i].after
						 : change_of(&pairs[i]);
			put_value(w, pairs[i].name, pairs[i].unit, value);
		}
		json_write_object_end(w);
	}
}

/* ---- who is meant --------------------------------------------------------------------------- */

/* The slug; of a queue that is removed by now what it was called; of all of them "all". */
static struct usher_text queue_title(const struct replay_outcome *o, usher_id queue)
{
	const struct queue_row *row = directory_queue(o->directory, queue);
	return queue == 0    ? TEXT("all")
	       : row != NULL ? row->slug
			     : directory_queue_name(o->directory, queue);
}

static void agent_title(const struct replay_outcome *o, usher_id agent, struct usher_buf *ret)
{
	const struct replay_change *change = &o->changes.change;
	size_t number = 0;
	for (size_t i = 0; i < change->copy_count; i++) {
		if (change->copies[i].as != agent)
			continue;
		for (size_t k = 0; k <= i; k++)
			number += change->copies[k].of == change->copies[i].of;
		agent = change->copies[i].of;
	}
	const struct user_row *row = directory_user(o->directory, agent);
	buf_add_text(ret, row != NULL ? row->login : directory_user_name(o->directory, agent));
	if (number > 0)
		buf_addf(ret, "+%zu", number);
}

/* ---- the document --------------------------------------------------------------------------- */

static void put_assumed(struct json_writer *w, const struct replay_result *r)
{
	json_put_object(w, "assumed");
	json_put_int(w, "accepts", (int64_t)r->assumed_accepts);
	json_put_int(w, "handling", (int64_t)r->assumed_handling);
	json_put_int(w, "wrapups", (int64_t)r->assumed_wrapups);
	json_write_object_end(w);
	json_put_int(w, "left_moot", (int64_t)r->moot);
	json_put_int(w, "reactions_dropped", (int64_t)r->dropped);
	json_put_int(w, "reactions_unspent", (int64_t)r->unspent);
}

static void put_queues(struct json_writer *w, const struct replay_outcome *o)
{
	size_t n;
	const struct replay_queue_figures *list = replay_figures_queues(o->result.after, &n);
	json_put_list(w, "queues");
	for (size_t i = 0; i < n; i++) {
		struct pair pairs[FIGURES];
		queue_pairs(&o->result, list[i].queue, pairs);
		json_write_object(w);
		json_put_text(w, "queue", queue_title(o, list[i].queue));
		put_pairs(w, pairs, FIGURES);
		json_write_object_end(w);
	}
	json_write_list_end(w);
}

static void put_agents(struct json_writer *w, const struct replay_outcome *o)
{
	size_t n;
	const struct replay_agent_figures *list = replay_figures_agents(o->result.after, &n);
	json_put_list(w, "agents");
	for (size_t i = 0; i < n; i++) {
		struct pair pairs[2];
		struct usher_buf title = {0};
		agent_title(o, list[i].agent, &title);
		agent_pairs(&o->result, list[i].agent, pairs);
		json_write_object(w);
		json_put_text(w, "agent", buf_text(&title));
		put_pairs(w, pairs, 2);
		json_write_object_end(w);
		buf_done(&title);
	}
	json_write_list_end(w);
}

void replay_write_document(const struct replay_outcome *o, const struct replay_job *job,
			   struct usher_buf *ret)
{
	struct json_writer w;
	json_writer_init(&w, ret);
	json_write_object(&w);
	json_put_time(&w, "from", job->from_us);
	json_put_time(&w, "to", job->to_us);
	json_put_bool(&w, "same", o->result.is_same);
	json_put_int(&w, "events", (int64_t)o->result.events);
	json_put_string(&w, "service_level", FORMULA);
	put_queues(&w, o);
	put_agents(&w, o);
	put_assumed(&w, &o->result);
	json_write_object_end(&w);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void put_cell(struct json_writer *w, const char *name, enum unit unit, int64_t value)
{
	char text[40];
	const char *sign = value < 0 ? "-" : strcmp(name, "change") == 0 && value > 0 ? "+" : "";
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	if (value == UNKNOWN)
		snprintf(text, sizeof text, "-");
	else if (unit == UNIT_COUNT)
		snprintf(text, sizeof text, "%s%llu", sign, (unsigned long long)size);
	else
		snprintf(text, sizeof text, "%s%llu.%llu", sign, (unsigned long long)(size / 10),
			 (unsigned long long)(size % 10));
	json_put_string(w, name, text);
}

static void put_rows(struct json_writer *w, const char *kind, struct usher_text title,
		     const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_write_object(w);
		json_put_string(w, "kind", kind);
		json_put_text(w, "of", title);
		json_put_string(w, "figure", pairs[i].name);
		put_cell(w, "before", pairs[i].unit, pairs[i].before);
		put_cell(w, "after", pairs[i].unit, pairs[i].after);
		put_cell(w, "change", pairs[i].unit, change_of(&pairs[i]));
		json_write_object_end(w);
	}
}

void replay_write_rows(const struct replay_outcome *o, struct usher_buf *ret)
{
	struct json_writer w;
	size_t n;
	json_writer_init(&w, ret);
	json_write_object(&w);
	json_put_list(&w, "items");
	const struct replay_queue_figures *queues = replay_figures_queues(o->result.after, &n);
	for (size_t i = 0; i < n; i++) {
		struct pair pairs[FIGURES];
		queue_pairs(&o->result, queues[i].queue, pairs);
		put_rows(&w, "queue", queue_title(o, queues[i].queue), pairs, FIGURES);
	}
	const struct replay_agent_figures *agents = replay_figures_agents(o->result.after, &n);
	for (size_t i = 0; i < n; i++) {
		struct pair pairs[2];
		struct usher_buf title = {0};
		agent_title(o, agents[i].agent, &title);
		agent_pairs(&o->result, agents[i].agent, pairs);
		put_rows(&w, "agent", buf_text(&title), pairs, 2);
		buf_done(&title);
	}
	json_write_list_end(&w);
	json_write_object_end(&w);
}

/* ---- notes ---------------------------------------------------------------------------------- */

static void note(struct usher_buf *ret, size_t count, const char *what)
{
	if (count > 0)
		buf_addf(ret, "%zu %s\n", count, what);
}

void replay_write_notes(const struct replay_outcome *o, struct usher_buf *ret)
{
	const struct replay_result *r = &o->result;
	buf_addf(ret, "Service level: %s.\n", FORMULA);
	if (r->is_same) {
		buf_addf(ret, "The same decisions: %zu events, each as recorded.\n", r->events);
		return;
	}
	note(ret, r->assumed_accepts,
	     "offers that the record does not know were taken to be accepted after a median.");
	note(ret, r->assumed_handling,
	     "contacts were taken to be finished after the median of their queue and channel.");
	note(ret, r->assumed_wrapups, "wrap-ups were taken to last the median of their queue.");
	note(ret, r->moot, "customers who left in the record no longer waited by then.");
	note(ret, r->dropped, "recorded acts had lost their object and were left out.");
	note(ret, r->unspent,
	     "recorded reactions were not needed: what they answered did not happen.");
	buf_adds(ret,
		 "Customers who were served in the record were taken to be patient for ever.\n");
}
