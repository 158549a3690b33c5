/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay_change.h"

#include "routing/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

struct reading {
	struct replay_changes *to;
	const struct replay_settings *settings;
	const struct directory *directory;
	struct usher_error *reterr;
	usher_id last_agent;
};

static struct usher_text cut(struct usher_text name)
{
	name.n = text_fit(name, 60);
	return name;
}

/* What json_fields found, with the place before it. */
static int fault_at(struct reading *x, const char *what, struct usher_text name,
		    const struct usher_error *err)
{
	return usher_error_set(x->reterr, E_INVALID, "%s \"%.*s\": %s", what, TEXT_ARG(cut(name)),
			       err->text);
}

/* ---- settings of the record ----------------------------------------------------------------- */

static void keep(struct table *t, usher_id id, const struct routing_event *ev)
{
	struct routing_event *kept = table_get_pointer(t, id);
	if (kept == NULL && id != 0) {
		kept = NEW(struct routing_event);
		table_set_pointer(t, id, kept);
	}
	if (kept != NULL)
		*kept = *ev;
}

static void forget(struct table *t, usher_id id)
{
	free(table_get_pointer(t, id));
	table_remove(t, id);
}

void replay_settings_note(struct replay_settings *s, const struct routing_event *ev)
{
	switch (ev->kind) {
	case EV_QUEUE_SET:
		keep(&s->queues, ev->queue.queue, ev);
		return;
	case EV_QUEUE_REMOVE:
		forget(&s->queues, ev->queue.queue);
		return;
	case EV_AGENT_SET:
		keep(&s->agents, ev->agent.agent, ev);
		if (ev->agent.agent > s->agent_max)
			s->agent_max = ev->agent.agent;
		return;
	case EV_AGENT_REMOVE:
		forget(&s->agents, ev->presence.agent);
		return;
	case EV_CHANNEL_SET:
		if ((unsigned)ev->channel.channel < CHANNEL_KINDS)
			s->channels[ev->channel.channel] = *ev;
		return;
	default:
		return;
	}
}

static void free_all(struct table *t)
{
	TABLE_EACH(slot, t)
	free((void *)(uintptr_t)slot->value);
	table_done(t);
}

void replay_settings_done(struct replay_settings *s)
{
	free_all(&s->queues);
	free_all(&s->agents);
}

/* ---- lists that grow ------------------------------------------------------------------------ */

static void add_set(struct replay_changes *c, const struct routing_event *ev)
{
	if (c->change.set_count == c->set_space) {
		c->set_space = c->set_space > 0 ? c->set_space * 2 : 16;
		c->sets = memory_resize(c->sets, c->set_space * sizeof *c->sets);
	}
	c->sets[c->change.set_count++] = *ev;
}

static void add_absent(struct replay_changes *c, usher_id agent)
{
	if (c->change.absent_count == c->absent_space) {
		c->absent_space = c->absent_space > 0 ? c->absent_space * 2 : 16;
		c->absent = memory_resize(c->absent, c->absent_space * sizeof *c->absent);
	}
	c->absent[c->change.absent_count++] = agent;
}

static void add_copy(struct replay_changes *c, usher_id of, usher_id as)
{
	if (c->change.copy_count == c->copy_space) {
		c->copy_space = c->copy_space > 0 ? c->copy_space * 2 : 16;
		c->copies = memory_resize(c->copies, c->copy_space * sizeof *c->copies);
	}
	c->copies[c->change.copy_count++] = (struct replay_copy){of, as};
}

static void add_if_changed(struct reading *x, const struct routing_event *old,
			   const struct routing_event *new)
{
	struct usher_buf a = {0}, b = {0};
	routing_event_encode(old, &a);
	routing_event_encode(new, &b);
	if (!text_equal(buf_text(&a), buf_text(&b)))
		add_set(x->to, new);
	buf_done(&a);
	buf_done(&b);
}

/* ---- names ---------------------------------------------------------------------------------- */

static int find_skill(struct reading *x, struct usher_text name, uint32_t *ret)
{
	const struct skill_row *skill = directory_skill_by_name(x->directory, name);
	if (skill == NULL)
		return usher_error_set(x->reterr, E_INVALID, "there is no skill \"%.*s\"",
				       TEXT_ARG(cut(name)));
	*ret = (uint32_t)skill->number;
	return 0;
}

static int find_queue(struct reading *x, struct usher_text slug, usher_id *ret)
{
	const struct queue_row *queue = directory_queue_by_slug(x->directory, slug);
	if (queue == NULL)
		return usher_error_set(x->reterr, E_INVALID, "there is no queue \"%.*s\"",
				       TEXT_ARG(cut(slug)));
	*ret = queue->id;
	return 0;
}

static int find_agent(struct reading *x, struct usher_text login, const struct routing_event **ret)
{
	const struct user_row *user = directory_user_by_login(x->directory, login);
	*ret = user != NULL ? table_get_pointer(&x->settings->agents, user->id) : NULL;
	if (*ret != NULL)
		return 0;
	return usher_error_set(x->reterr, E_INVALID, "%s \"%.*s\" when the period began",
			       "there was no agent", TEXT_ARG(cut(login)));
}

/* ---- queues --------------------------------------------------------------------------------- */

static int read_order(struct reading *x, struct usher_text name, enum routing_order *ret)
{
	static const char *const names[ROUTING_ORDERS] = {
		"longest-idle",	 "least-loaded", "most-spare",	    "best-level",
		"fewest-skills", "round-robin",	 "weighted-random", "top-down"};
	for (int i = 0; name.n > 0 && i < ROUTING_ORDERS; i++) {
		if (!text_equal(name, text_of(names[i])))
			continue;
		*ret = (enum routing_order)i;
		return 0;
	}
	return name.n == 0 ? 0
			   : usher_error_set(x->reterr, E_INVALID,
					     "order: there is none called \"%.*s\"",
					     TEXT_ARG(cut(name)));
}

static int read_levels(struct reading *x, const struct json *object, unsigned max,
		       struct routing_skill *ret, uint8_t *ret_count)
{
	struct json_cursor cursor = {0};
	struct usher_text name;
	const struct json *level;
	unsigned n = 0;
	if (json_count(object) > max)
		return usher_error_set(x->reterr, E_INVALID, "at most %u skills", max);
	while (json_next(object, &cursor, &name, &level)) {
		int64_t value = json_as_integer(level);
		if (json_kind(level) != JSON_KIND_INTEGER || value < 0 || value > SKILL_LEVEL_MAX)
			return usher_error_set(x->reterr, E_INVALID,
					       "skill \"%.*s\": a level is 0 to %d",
					       TEXT_ARG(cut(name)), SKILL_LEVEL_MAX);
		if (find_skill(x, name, &ret[n].skill) < 0)
			return E_INVALID;
		ret[n].level = (uint8_t)value;
		n += value > 0;
	}
	*ret_count = (uint8_t)n;
	return 0;
}

static int read_requirements(struct reading *x, const struct json *object,
			     struct routing_queue_set *set)
{
	struct routing_skill levels[ROUTING_REQUIREMENTS_MAX];
	if (object == NULL)
		return 0;
	memset(levels, 0, sizeof levels);
	int code =
		read_levels(x, object, ROUTING_REQUIREMENTS_MAX, levels, &set->requirement_count);
	memset(set->requirements, 0, sizeof set->requirements);
	for (unsigned i = 0; code == 0 && i < set->requirement_count; i++)
		set->requirements[i] = (struct routing_requirement){.skill = levels[i].skill,
								    .level = levels[i].level};
	return code;
}

struct queue_numbers {
	int64_t priority, offer, wrapup, missed, parallel, reserve, wait_max, length_max;
	bool is_exclusive, is_automatic;
	struct usher_text order;
	const struct json *requirements;
};

static int read_queue_fields(struct reading *x, struct usher_text slug, const struct json *object,
			     struct queue_numbers *n)
{
	const struct json_field fields[] = {
		{"priority", JSON_KIND_INTEGER, false, false, 0, 9, &n->priority, NULL},
		{"offer_s", JSON_KIND_INTEGER, false, false, 1, 3600, &n->offer, NULL},
		{"wrapup_s", JSON_KIND_INTEGER, false, false, 0, 7200, &n->wrapup, NULL},
		{"missed_max", JSON_KIND_INTEGER, false, false, 0, 100, &n->missed, NULL},
		{"parallel", JSON_KIND_INTEGER, false, false, 1, ROUTING_PARALLEL_MAX, &n->parallel,
		 NULL},
		{"reserve", JSON_KIND_INTEGER, false, false, 0, 255, &n->reserve, NULL},
		{"wait_max_s", JSON_KIND_INTEGER, false, false, 0, 34560000, &n->wait_max, NULL},
		{"length_max", JSON_KIND_INTEGER, false, false, 0, 1000000, &n->length_max, NULL},
		{"wrapup_exclusive", JSON_KIND_BOOLEAN, false, false, 0, 0, &n->is_exclusive, NULL},
		{"automatic", JSON_KIND_BOOLEAN, false, false, 0, 0, &n->is_automatic, NULL},
		{"order", JSON_KIND_TEXT, false, false, 1, 20, &n->order, NULL},
		{"requirements", JSON_KIND_OBJECT, false, false, 0, 0, &n->requirements, NULL},
		{0}};
	struct usher_error err = {0};
	return json_fields(object, fields, &err) < 0 ? fault_at(x, "queues", slug, &err) : 0;
}

static int on_queue(struct reading *x, struct usher_text slug, const struct json *object)
{
	usher_id id;
	if (find_queue(x, slug, &id) < 0)
		return E_INVALID;
	const struct routing_event *old = table_get_pointer(&x->settings->queues, id);
	if (old == NULL)
		return usher_error_set(x->reterr, E_INVALID,
				       "there was no queue \"%.*s\" when the period began",
				       TEXT_ARG(cut(slug)));
	struct routing_event ev = *old;
	struct routing_queue_set *q = &ev.queue;
	struct queue_numbers n = {q->priority,
				  q->offer_us / USHER_SECOND,
				  q->wrapup_us / USHER_SECOND,
				  q->missed_max,
				  q->parallel,
				  q->reserve,
				  q->wait_max_us / USHER_SECOND,
				  q->length_max,
				  q->is_wrapup_exclusive,
				  q->is_automatic,
				  TEXT_NONE,
				  NULL};
	if (read_queue_fields(x, slug, object, &n) < 0 || read_order(x, n.order, &q->order) < 0 ||
	    read_requirements(x, n.requirements, q) < 0)
		return E_INVALID;
	q->priority = (uint8_t)n.priority;
	q->offer_us = n.offer * USHER_SECOND;
	q->wrapup_us = n.wrapup * USHER_SECOND;
	q->missed_max = (uint16_t)n.missed;
	q->parallel = (uint8_t)n.parallel;
	q->reserve = (uint8_t)n.reserve;
	q->wait_max_us = n.wait_max * USHER_SECOND;
	q->length_max = (uint32_t)n.length_max;
	q->is_wrapup_exclusive = n.is_exclusive;
	q->is_automatic = n.is_automatic;
	add_if_changed(x, old, &ev);
	return 0;
}

/* ---- agents --------------------------------------------------------------------------------- */

static int read_members(struct reading *x, const struct json *list, struct routing_agent_set *a)
{
	struct routing_member old[ROUTING_MEMBERSHIPS_MAX];
	unsigned old_count = a->queue_count;
	if (json_count(list) > ROUTING_MEMBERSHIPS_MAX)
		return usher_error_set(x->reterr, E_INVALID, "at most %d queues of an agent",
				       ROUTING_MEMBERSHIPS_MAX);
	memcpy(old, a->queues, sizeof old);
	memset(a->queues, 0, sizeof a->queues);
	a->queue_count = 0;
	for (size_t i = 0; i < json_count(list); i++) {
		struct routing_member member = {0};
		if (find_queue(x, json_as_text(json_item(list, i)), &member.queue) < 0)
			return E_INVALID;
		for (unsigned k = 0; k < old_count; k++) /* ring and so on stay */
			if (old[k].queue == member.queue)
				member = old[k];
		a->queues[a->queue_count++] = member;
	}
	return 0;
}

static int on_agent(struct reading *x, struct usher_text login, const struct json *object)
{
	const struct routing_event *old;
	const struct json *skills = NULL, *queues = NULL;
	bool is_absent = false;
	if (find_agent(x, login, &old) < 0)
		return E_INVALID;
	struct routing_event ev = *old;
	int64_t capacity = ev.agent.capacity;
	const struct json_field fields[] = {
		{"skills", JSON_KIND_OBJECT, false, false, 0, 0, &skills, NULL},
		{"queues", JSON_KIND_LIST, false, false, 0, ROUTING_MEMBERSHIPS_MAX, &queues, NULL},
		{"capacity", JSON_KIND_INTEGER, false, false, 0, 10000, &capacity, NULL},
		{"absent", JSON_KIND_BOOLEAN, false, false, 0, 0, &is_absent, NULL},
		{0}};
	struct usher_error err = {0};
	if (json_fields(object, fields, &err) < 0)
		return fault_at(x, "agents", login, &err);
	ev.agent.capacity = (uint16_t)capacity;
	if (queues != NULL && read_members(x, queues, &ev.agent) < 0)
		return E_INVALID;
	if (skills != NULL) {
		memset(ev.agent.skills, 0, sizeof ev.agent.skills);
		if (read_levels(x, skills, ROUTING_SKILLS_MAX, ev.agent.skills,
				&ev.agent.skill_count) < 0)
			return E_INVALID;
	}
	add_if_changed(x, old, &ev);
	if (is_absent)
		add_absent(x->to, ev.agent.agent);
	return 0;
}

static const struct routing_event *as_changed(struct reading *x, const struct routing_event *old)
{
	for (size_t i = 0; i < x->to->change.set_count; i++)
		if (x->to->sets[i].kind == EV_AGENT_SET &&
		    x->to->sets[i].agent.agent == old->agent.agent)
			return &x->to->sets[i];
	return old;
}

static int on_extra(struct reading *x, const struct json *object)
{
	struct usher_text login = TEXT_NONE;
	int64_t count = 1;
	const struct routing_event *old;
	const struct json_field fields[] = {
		{"copy_of", JSON_KIND_TEXT, true, false, 1, 200, &login, NULL},
		{"count", JSON_KIND_INTEGER, false, false, 0, REPLAY_EXTRA_MAX, &count, NULL},
		{0}};
	struct usher_error err = {0};
	if (json_kind(object) != JSON_KIND_OBJECT)
		return usher_error_set(x->reterr, E_INVALID,
				       "extra_agents: each is {\"copy_of\": LOGIN, \"count\": n}");
	if (json_fields(object, fields, &err) < 0)
		return fault_at(x, "extra_agents", login, &err);
	if (find_agent(x, login, &old) < 0)
		return E_INVALID;
	if (x->to->change.copy_count + (size_t)count > REPLAY_EXTRA_MAX)
		return usher_error_set(x->reterr, E_LIMIT, "extra_agents: at most %d in all",
				       REPLAY_EXTRA_MAX);
	struct routing_event ev = *as_changed(x, old);
	for (int64_t i = 0; i < count; i++) {
		ev.agent.agent = ++x->last_agent;
		add_set(x->to, &ev);
		add_copy(x->to, old->agent.agent, ev.agent.agent);
	}
	return 0;
}

/* ---- channels ------------------------------------------------------------------------------- */

static int on_channel(struct reading *x, struct usher_text name, const struct json *object)
{
	enum channel_kind kind;
	if (channel_from_name(name, &kind) < 0 || kind == CHANNEL_NONE)
		return usher_error_set(x->reterr, E_INVALID,
				       "channels: there is no kind of channel \"%.*s\"",
				       TEXT_ARG(cut(name)));
	struct routing_event old = x->settings->channels[kind];
	if (old.kind != EV_CHANNEL_SET) { /* never set: the core's own weight */
		memset(&old, 0, sizeof old);
		old.kind = EV_CHANNEL_SET;
		old.channel.channel = kind;
		old.channel.weight = AGENT_CAPACITY_DEFAULT;
	}
	struct routing_event ev = old;
	int64_t weight = ev.channel.weight, max = ev.channel.count_max;
	bool is_exclusive = ev.channel.is_exclusive;
	const struct json_field fields[] = {
		{"weight", JSON_KIND_INTEGER, false, false, 0, 10000, &weight, NULL},
		{"max", JSON_KIND_INTEGER, false, false, 0, 10000, &max, NULL},
		{"exclusive", JSON_KIND_BOOLEAN, false, false, 0, 0, &is_exclusive, NULL},
		{0}};
	struct usher_error err = {0};
	if (json_fields(object, fields, &err) < 0)
		return fault_at(x, "channels", name, &err);
	ev.channel.weight = (uint16_t)weight;
	ev.channel.count_max = (uint16_t)max;
	ev.channel.is_exclusive = is_exclusive;
	add_if_changed(x, &old, &ev);
	return 0;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int each(struct reading *x, const char *what, const struct json *object,
		int (*on_one)(struct reading *x, struct usher_text name, const struct json *object))
{
	struct json_cursor cursor = {0};
	struct usher_text name;
	const struct json *value;
	while (json_next(object, &cursor, &name, &value)) {
		if (json_kind(value) != JSON_KIND_OBJECT)
			return usher_error_set(x->reterr, E_INVALID, "%s \"%.*s\": %s", what,
					       TEXT_ARG(cut(name)), "must be an object");
		int code = on_one(x, name, value);
		if (code < 0)
			return code;
	}
	return 0;
}

static int read_all(struct reading *x, const struct json *document)
{
	const struct json *queues = NULL, *agents = NULL, *extra = NULL, *channels = NULL;
	const struct json_field fields[] = {
		{"queues", JSON_KIND_OBJECT, false, false, 0, 0, &queues, NULL},
		{"agents", JSON_KIND_OBJECT, false, false, 0, 0, &agents, NULL},
		{"extra_agents", JSON_KIND_LIST, false, false, 0, REPLAY_EXTRA_MAX, &extra, NULL},
		{"channels", JSON_KIND_OBJECT, false, false, 0, 0, &channels, NULL},
		{0}};
	if (json_kind(document) != JSON_KIND_OBJECT)
		return usher_error_set(x->reterr, E_INVALID, "it must be an object");
	int code = json_fields(document, fields, x->reterr);
	if (code == 0 && channels != NULL)
		code = each(x, "channels", channels, on_channel);
	if (code == 0 && queues != NULL)
		code = each(x, "queues", queues, on_queue);
	if (code == 0 && agents != NULL)
		code = each(x, "agents", agents, on_agent);
	for (size_t i = 0; code == 0 && i < json_count(extra); i++)
		code = on_extra(x, json_item(extra, i));
	return code;
}

int replay_changes_read(struct replay_changes *ret, struct usher_text json,
			const struct replay_settings *settings, const struct directory *directory,
			struct usher_error *reterr)
{
	struct replay_changes changes = {0};
	struct reading x = {&changes, settings, directory, reterr, settings->agent_max};
	struct json *document = NULL;
	int code = json_parse(&document, json, REPLAY_CHANGE_BYTES_MAX, reterr);
	if (code == 0)
		code = read_all(&x, document);
	json_free(document);
	if (code < 0) {
		replay_changes_done(&changes);
		return code;
	}
	changes.change.sets = changes.sets;
	changes.change.absent = changes.absent;
	changes.change.copies = changes.copies;
	*ret = changes;
	return 0;
}

void replay_changes_done(struct replay_changes *c)
{
	free(c->sets);
	free(c->absent);
	free(c->copies);
	*c = (struct replay_changes){0};
}
