/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay_change.h"

#include "gateway/routing_settings.h"
#include "routing/base/memory.h"

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

static bool find_skill(struct usher_text name, uint32_t *ret, void *arg)
{
	const struct skill_row *skill = directory_skill_by_name(arg, name);
	if (skill != NULL)
		*ret = (uint32_t)skill->number;
	return skill != NULL;
}

static bool find_queue(struct usher_text slug, usher_id *ret, void *arg)
{
	const struct queue_row *queue = directory_queue_by_slug(arg, slug);
	if (queue != NULL)
		*ret = queue->id;
	return queue != NULL;
}

static struct routing_names names_of(struct reading *x)
{
	return (struct routing_names){
		.skill = find_skill, .queue = find_queue, .arg = (void *)x->directory};
}

static int find_agent(struct reading *x, struct usher_text login, const struct routing_event **ret)
{
	const struct user_row *user = directory_user_by_login(x->directory, login);
	*ret = user != NULL ? table_get_pointer(&x->settings->agents, user->id) : NULL;
	if (*ret != NULL)
		return 0;
	return usher_error_set(x->reterr, E_INVALID,
			       "there was no agent \"%.*s\" when the period began",
			       TEXT_ARG(cut(login)));
}

/* ---- queues --------------------------------------------------------------------------------- */

static bool is_replayed(const char *member)
{
	return strcmp(member, "hours") != 0 && strcmp(member, "rejoin_seconds") != 0;
}

/* Opening and closing are events of the record, and so is who has come back: not settings of a
 * queue that the core would know. */
static void refuse_others(struct json_place *at, const struct json *object)
{
	static const char *const own[] = {"priority", "offer_s", "wrapup_s", "wrapup_exclusive",
					  "missed_max"};
	const char *members[64];
	size_t n = 0;
	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		members[n++] = own[i];
	for (size_t i = 0; routing_settings_members[i] != NULL && n < 63; i++)
		if (is_replayed(routing_settings_members[i]))
			members[n++] = routing_settings_members[i];
	members[n] = NULL;
	json_read_only(at, object, members);
}

static void read_own(struct json_place *at, const struct json *object, struct routing_queue_set *q)
{
	int64_t priority = q->priority, offer = q->offer_us / USHER_SECOND;
	int64_t wrapup = q->wrapup_us / USHER_SECOND, missed = q->missed_max;
	json_read_number(at, object, "priority", 0, CONTACT_PRIORITIES - 1, &priority);
	json_read_number(at, object, "offer_s", 1, 3600, &offer);
	json_read_number(at, object, "wrapup_s", 0, 7200, &wrapup);
	json_read_number(at, object, "missed_max", 0, 100, &missed);
	json_read_boolean(at, object, "wrapup_exclusive", &q->is_wrapup_exclusive);
	q->priority = (uint8_t)priority;
	q->offer_us = offer * USHER_SECOND;
	q->wrapup_us = wrapup * USHER_SECOND;
	q->missed_max = (uint16_t)missed;
}

static int first_fault(struct reading *x, const char *what, struct usher_text name,
		       const struct json_faults *faults)
{
	if (faults->count == 0)
		return 0;
	return usher_error_set(x->reterr, E_INVALID, "%s \"%.*s\"%s: %s", what, TEXT_ARG(cut(name)),
			       faults->items[0].pointer, faults->items[0].detail);
}

static int on_queue(struct reading *x, struct usher_text slug, const struct json *object)
{
	const struct queue_row *row = directory_queue_by_slug(x->directory, slug);
	const struct routing_event *old =
		row != NULL ? table_get_pointer(&x->settings->queues, row->id) : NULL;
	if (old == NULL)
		return usher_error_set(x->reterr, E_INVALID,
				       "there was no queue \"%.*s\" when the period began",
				       TEXT_ARG(cut(slug)));
	struct routing_event ev = *old;
	struct routing_settings settings;
	struct json_faults faults = {0};
	struct json_place at;
	const struct routing_names names = names_of(x);
	json_place_init(&at, &faults);
	refuse_others(&at, object);
	routing_settings_init(&settings);
	settings.set = old->queue;
	if (faults.count == 0)
		routing_settings_read(&settings, object, &names, &faults);
	ev.queue = settings.set;
	routing_settings_done(&settings);
	read_own(&at, object, &ev.queue);
	if (first_fault(x, "queues", slug, &faults) < 0)
		return E_INVALID;
	add_if_changed(x, old, &ev);
	return 0;
}

/* ---- agents --------------------------------------------------------------------------------- */

static int read_levels(struct reading *x, const struct json *object, struct routing_agent_set *a)
{
	struct json_cursor cursor = {0};
	struct usher_text name;
	const struct json *level;
	memset(a->skills, 0, sizeof a->skills);
	a->skill_count = 0;
	if (json_count(object) > ROUTING_SKILLS_MAX)
		return usher_error_set(x->reterr, E_LIMIT, "at most %d skills of an agent",
				       ROUTING_SKILLS_MAX);
	while (json_next(object, &cursor, &name, &level)) {
		struct routing_skill *skill = &a->skills[a->skill_count];
		int64_t value = json_as_integer(level);
		if (json_kind(level) != JSON_KIND_INTEGER || value < 0 || value > SKILL_LEVEL_MAX)
			return usher_error_set(x->reterr, E_INVALID,
					       "skill \"%.*s\": a level is 0 to %d",
					       TEXT_ARG(cut(name)), SKILL_LEVEL_MAX);
		if (!find_skill(name, &skill->skill, (void *)x->directory))
			return usher_error_set(x->reterr, E_INVALID, "there is no skill \"%.*s\"",
					       TEXT_ARG(cut(name)));
		skill->level = (uint8_t)value;
		if (value > 0)
			a->skill_count++;
		else
			*skill = (struct routing_skill){0};
	}
	return 0;
}

/* Where the queue is given as a name alone, ring and the others stay as they were. */
static void keep_members(const struct routing_agent_set *old, const struct json *list,
			 struct routing_agent_set *a)
{
	for (unsigned i = 0; i < a->queue_count; i++) {
		if (json_kind(json_item(list, i)) != JSON_KIND_TEXT)
			continue;
		for (unsigned k = 0; k < old->queue_count; k++)
			if (old->queues[k].queue == a->queues[i].queue)
				a->queues[i] = old->queues[k];
	}
}

static int read_members(struct reading *x, struct usher_text login, const struct json *list,
			struct routing_agent_set *a)
{
	const struct routing_agent_set old = *a;
	const struct routing_names names = names_of(x);
	struct json_faults faults = {0};
	struct json_place at;
	json_place_init(&at, &faults);
	json_enter(&at, "queues");
	memset(a->queues, 0, sizeof a->queues);
	a->queue_count = (uint8_t)routing_members_read(&at, list, &names, a->queues);
	if (first_fault(x, "agents", login, &faults) < 0)
		return E_INVALID;
	keep_members(&old, list, a); /* without a fault each item is a member */
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
	if (queues != NULL && read_members(x, login, queues, &ev.agent) < 0)
		return E_INVALID;
	if (skills != NULL && read_levels(x, skills, &ev.agent) < 0)
		return E_INVALID;
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

static int read_interrupts(struct reading *x, const struct json *list, enum channel_kind kind,
			   uint8_t *ret)
{
	unsigned bits = 0;
	for (size_t i = 0; i < json_count(list); i++) {
		enum channel_kind other = CHANNEL_NONE;
		bool is_kind = channel_from_name(json_as_text(json_item(list, i)), &other) == 0;
		if (!is_kind || other == CHANNEL_NONE || other == kind)
			return usher_error_set(x->reterr, E_INVALID,
					       "channels \"%s\": interrupts: each is another kind "
					       "of channel",
					       channel_name(kind));
		bits |= 1u << other;
	}
	*ret = (uint8_t)bits;
	return 0;
}

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
	const struct json *interrupts = NULL;
	const struct json_field fields[] = {
		{"weight", JSON_KIND_INTEGER, false, false, 0, 10000, &weight, NULL},
		{"max", JSON_KIND_INTEGER, false, false, 0, 10000, &max, NULL},
		{"exclusive", JSON_KIND_BOOLEAN, false, false, 0, 0, &is_exclusive, NULL},
		{"interrupts", JSON_KIND_LIST, false, false, 0, CHANNEL_KINDS, &interrupts, NULL},
		{0}};
	struct usher_error err = {0};
	if (json_fields(object, fields, &err) < 0)
		return fault_at(x, "channels", name, &err);
	if (interrupts != NULL && read_interrupts(x, interrupts, kind, &ev.channel.interrupts) < 0)
		return E_INVALID;
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
