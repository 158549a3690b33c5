/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/core/snapshot.h"

#include "routing/core/codec.h"
#include "routing/core/parts.h"

struct load { /* where a record says so itself: what was wrong */
	struct reader in;
	const char *fault; /* borrowed: a literal */
};

static bool fail(struct load *l, const char *fault)
{
	l->in.is_bad = true;
	if (l->fault == NULL)
		l->fault = fault;
	return false;
}

/* Ascending by skill, as they are written. */
static uint8_t get_skills(struct load *l, struct routing_skill *ret, unsigned max, uint64_t *mask)
{
	unsigned count = (unsigned)get_bounded(&l->in, 1, max);
	for (unsigned i = 0; i < count; i++) {
		ret[i].skill = (uint32_t)get_number(&l->in, 4);
		ret[i].level = (uint8_t)get_bounded(&l->in, 1, SKILL_LEVEL_MAX);
		*mask |= (uint64_t)1 << (ret[i].skill & 63);
		if (i > 0 && ret[i].skill <= ret[i - 1].skill)
			fail(l, "skills out of order");
	}
	return (uint8_t)count;
}

static bool get_queue(struct routing *r, struct load *l)
{
	usher_id id = get_number(&l->in, 8);
	if (l->in.is_bad || id == 0 || core_find_queue(r, id) != 0)
		return fail(l, "a queue without or with a repeated id");
	uint32_t q = core_new_queue(r, id);
	struct queue *queue = &r->queues[q];
	queue->set.order = (enum routing_order)get_bounded(&l->in, 1, ORDER_LEAST_LOADED);
	queue->set.priority = (uint8_t)get_bounded(&l->in, 1, CONTACT_PRIORITIES - 1);
	queue->set.offer_us = (usher_us)get_bounded(&l->in, 8, USHER_HOUR);
	queue->set.wrapup_us = (usher_us)get_bounded(&l->in, 8, CORE_WRAPUP_MAX_US);
	queue->set.is_wrapup_exclusive = get_bounded(&l->in, 1, 1) != 0;
	queue->set.missed_max = (uint16_t)get_number(&l->in, 2);
	queue->is_removed = get_bounded(&l->in, 1, 1) != 0;
	if (get_bounded(&l->in, 1, 1) == 0)
		return true;
	r->queue_nodes[q].key = (struct order_key){0, 0, id};
	tree_add(&r->leaving_queues, r->queue_nodes, q);
	return true;
}

static void get_members(struct routing *r, struct load *l, uint32_t a)
{
	unsigned count = (unsigned)get_bounded(&l->in, 1, ROUTING_MEMBERSHIPS_MAX);
	for (unsigned i = 0; i < count; i++) {
		uint32_t q = core_find_queue(r, get_number(&l->in, 8));
		if (q == 0 || core_agent_is_member(r, a, q))
			fail(l, "a member of an unknown queue");
		else
			core_agent_join(r, a, q);
	}
}

static bool get_agent(struct routing *r, struct load *l)
{
	usher_id id = get_number(&l->in, 8);
	uint64_t slot;
	if (l->in.is_bad || id == 0 || table_get(&r->agent_by_id, id, &slot))
		return fail(l, "an agent without or with a repeated id");
	uint32_t a = core_new_agent(r, id);
	struct agent *agent = &r->agents[a];
	agent->idle_since_us = get_time(&l->in);
	agent->since_us = get_time(&l->in);
	core_timer_agent(r, a, get_time(&l->in));
	agent->reason = (uint32_t)get_number(&l->in, 4);
	agent->shown_reason = (uint32_t)get_number(&l->in, 4);
	agent->capacity = (uint16_t)get_number(&l->in, 2);
	agent->missed = (uint16_t)get_number(&l->in, 2);
	agent->wanted = (uint8_t)get_bounded(&l->in, 1, AGENT_NOT_READY);
	agent->shown = (uint8_t)get_bounded(&l->in, 1, AGENT_STATES - 1);
	uint64_t flags = get_bounded(&l->in, 1, 15);
	agent->is_lost = (flags & FLAG_LOST) != 0;
	agent->is_unresponsive = (flags & FLAG_UNRESPONSIVE) != 0;
	agent->is_removed = (flags & FLAG_REMOVED) != 0;
	agent->skill_count = get_skills(l, agent->skills, ROUTING_SKILLS_MAX, &agent->skills_mask);
	get_members(r, l, a);
	if ((flags & FLAG_DIRTY) != 0)
		core_agent_dirty(r, a);
	if (!agent->is_removed)
		return !l->in.is_bad;
	r->agent_nodes[a].key = (struct order_key){0, 0, id};
	tree_add(&r->leaving_agents, r->agent_nodes, a);
	return !l->in.is_bad;
}

/* ---- contacts ------------------------------------------------------------------------------- */

struct contact_record {
	struct contact contact; /* without its links */
	struct line line;
	usher_id agent, only;
	uint64_t flags;
};

static void get_record(struct load *l, struct contact_record *ret)
{
	struct contact *c = &ret->contact;
	uint64_t mask = 0;
	c->id = get_number(&l->in, 8);
	c->first_us = get_time(&l->in);
	c->queued_us = get_time(&l->in);
	c->epoch = get_number(&l->in, 8);
	c->entry = get_number(&l->in, 8);
	c->deadline_us = get_time(&l->in);
	c->hold_us = get_time(&l->in);
	c->excluded_us = get_time(&l->in);
	c->parker = get_number(&l->in, 8);
	ret->agent = get_number(&l->in, 8);
	ret->only = get_number(&l->in, 8);
	c->weight = (uint16_t)get_number(&l->in, 2);
	c->state = (uint8_t)get_bounded(&l->in, 1, CONTACT_WRAPUP);
	c->channel = (uint8_t)get_bounded(&l->in, 1, CHANNEL_KINDS - 1);
	c->priority = (uint8_t)get_bounded(&l->in, 1, CONTACT_PRIORITIES - 1);
	c->cause = (uint8_t)get_bounded(&l->in, 1, CONTACT_CAUSES - 1);
	ret->flags = get_bounded(&l->in, 1, 7);
	c->is_exclusive = (ret->flags & FLAG_EXCLUSIVE) != 0;
	c->excluded_count = (uint8_t)get_bounded(&l->in, 1, CORE_EXCLUDED_MAX);
	for (unsigned i = 0; i < c->excluded_count; i++)
		c->excluded[i] = get_number(&l->in, 8);
	ret->line.requirement_count =
		get_skills(l, ret->line.requirements, ROUTING_REQUIREMENTS_MAX, &mask);
	ret->line.is_directed = (ret->flags & FLAG_DIRECTED) != 0;
	ret->line.channel = c->channel;
}

static bool is_sound(const struct routing *r, const struct contact_record *record)
{
	const struct contact *c = &record->contact;
	uint64_t slot;
	bool is_held = c->state == CONTACT_OFFERED || c->state == CONTACT_ACTIVE ||
		       c->state == CONTACT_WRAPUP;
	bool is_waiting = c->state == CONTACT_WAITING;
	bool is_fresh = (record->flags & FLAG_FRESH) != 0;
	uint32_t a = core_find_agent(r, record->agent);
	return c->id != 0 && core_find_contact(r, c->id) == 0 && c->state != CONTACT_NONE &&
	       c->channel != CHANNEL_NONE && is_held == (record->agent != 0) &&
	       is_held == (a != 0) &&
	       (!is_held || r->agents[a].contact_count < CORE_AGENT_CONTACTS_MAX) &&
	       (is_waiting || (!is_fresh && record->only == 0)) &&
	       (record->only == 0 || table_get(&r->agent_by_id, record->only, &slot)) &&
	       (record->only != 0 || !record->line.is_directed) && c->epoch <= r->epoch &&
	       c->entry <= r->epoch &&
	       (c->deadline_us == USHER_NEVER) == (is_fresh || c->state == CONTACT_ACTIVE);
}

/* By epoch: the order in which they came to the agent. */
static void attach(struct routing *r, uint32_t c, uint32_t a)
{
	struct contact *contact = &r->contacts[c];
	struct agent *agent = &r->agents[a];
	uint32_t before = agent->contacts_last;
	while (before != 0 && r->contacts[before].epoch > contact->epoch)
		before = r->contacts[before].agent_prev;
	contact->agent = a;
	contact->agent_prev = before;
	contact->agent_next = before != 0 ? r->contacts[before].agent_next : agent->contacts_first;
	*(before != 0 ? &r->contacts[before].agent_next : &agent->contacts_first) = c;
	*(contact->agent_next != 0 ? &r->contacts[contact->agent_next].agent_prev
				   : &agent->contacts_last) = c;
	agent->contact_count++;
	agent->load += contact->weight;
	agent->count[contact->channel]++;
	agent->offers += contact->state == CONTACT_OFFERED;
	agent->wraps += contact->state == CONTACT_WRAPUP && contact->is_exclusive;
}

static bool get_contact(struct routing *r, struct load *l, uint32_t q, uint64_t *entry)
{
	struct contact_record record = {0};
	get_record(l, &record);
	if (l->in.is_bad || !is_sound(r, &record) || record.contact.entry <= *entry)
		return fail(l, "a contact that contradicts itself");
	*entry = record.contact.entry;
	uint32_t c = core_new_contact(r, record.contact.id);
	struct contact *contact = &r->contacts[c];
	*contact = record.contact;
	contact->deadline_us = USHER_NEVER;
	core_contact_enqueue(r, c, q);
	contact->entry = record.contact.entry;
	uint64_t only = 0;
	if (record.only != 0 && !table_get(&r->agent_by_id, record.only, &only))
		return fail(l, "a contact that waits for an unknown agent");
	record.line.queue = q;
	record.line.only = (uint32_t)only;
	core_line_join(r, c, &record.line);
	if (record.agent != 0)
		attach(r, c, core_find_agent(r, record.agent));
	if ((record.flags & FLAG_FRESH) != 0)
		core_contact_fresh(r, c);
	else if (contact->state == CONTACT_WAITING)
		core_line_enter(r, c);
	core_timer_contact(r, c, record.contact.deadline_us);
	return true;
}

static bool get_contacts(struct routing *r, struct load *l)
{
	uint32_t q = core_find_queue(r, get_number(&l->in, 8));
	uint64_t count = get_number(&l->in, 4), entry = 0, last = r->epoch;
	if (l->in.is_bad || q == 0 || r->queues[q].contact_count > 0 ||
	    count > r->limits.contacts_max - r->contact_count)
		return fail(l, "contacts of an unknown queue");
	for (uint64_t i = 0; i < count; i++)
		if (!get_contact(r, l, q, &entry))
			return false;
	r->epoch = last; /* core_contact_enqueue counted on */
	r->queues[q].drain = r->queue_nodes[q].size > 0 ? r->queues[q].contacts_first : 0;
	return true;
}

/* ---- the whole ------------------------------------------------------------------------------ */

static void get_head(struct routing *r, struct load *l)
{
	r->seed = get_number(&l->in, 8);
	r->now_us = get_time(&l->in);
	r->epoch = get_bounded(&l->in, 8, UINT64_MAX / 2);
	for (unsigned k = 0; k < CHANNEL_KINDS; k++) {
		r->channels[k].weight = (uint16_t)get_number(&l->in, 2);
		r->channels[k].count_max = (uint16_t)get_number(&l->in, 2);
	}
	if (r->now_us < 0)
		fail(l, "a time before 1970");
}

static int load_all(struct routing *r, struct load *l, struct usher_error *reterr)
{
	get_head(r, l);
	uint64_t queues = get_number(&l->in, 4), agents = get_number(&l->in, 4);
	uint64_t contacts = get_number(&l->in, 4);
	if (queues > r->limits.queues_max || agents > r->limits.agents_max ||
	    contacts > r->limits.contacts_max)
		return usher_error_set(reterr, E_LIMIT,
				       "routing: the snapshot holds more than the limits allow");
	bool is_good = !l->in.is_bad;
	for (uint64_t i = 0; i < queues && is_good; i++)
		is_good = get_queue(r, l);
	for (uint64_t i = 0; i < agents && is_good; i++)
		is_good = get_agent(r, l);
	for (uint64_t i = 0; i < queues && is_good; i++)
		is_good = get_contacts(r, l);
	if (!is_good || l->in.is_bad || l->in.left > 0 || r->contact_count != contacts)
		return usher_error_set(reterr, E_INVALID, "routing: the snapshot is damaged: %s",
				       l->fault != NULL ? l->fault : "its length is wrong");
	TABLE_EACH(slot, &r->agent_by_id)
	core_agent_refresh(r, (uint32_t)slot->value);
	return 0;
}

static int check_envelope(struct usher_text bytes, struct reader *ret, struct usher_error *reterr)
{
	struct reader in = {(const unsigned char *)bytes.p, bytes.n, false};
	if (get_number(&in, 4) != SNAPSHOT_MAGIC)
		return usher_error_set(reterr, E_INVALID, "routing: not a snapshot");
	uint64_t version = get_number(&in, 1);
	if (version != SNAPSHOT_VERSION)
		return usher_error_set(
			reterr, E_INVALID,
			"routing: the snapshot has version %u, this program reads %u",
			(unsigned)version, SNAPSHOT_VERSION);
	if (bytes.n < SNAPSHOT_HASH_BYTES + 5)
		return usher_error_set(reterr, E_INVALID, "routing: the snapshot is cut");
	size_t n = bytes.n - SNAPSHOT_HASH_BYTES;
	struct reader tail = {(const unsigned char *)bytes.p + n, SNAPSHOT_HASH_BYTES, false};
	if (get_number(&tail, SNAPSHOT_HASH_BYTES) != hash_keyed(&SNAPSHOT_KEY, bytes.p, n))
		return usher_error_set(reterr, E_INVALID,
				       "routing: the snapshot is damaged: its hash does not fit");
	in.left -= SNAPSHOT_HASH_BYTES;
	*ret = in;
	return 0;
}

int routing_restore(struct routing **ret, const struct routing_limits *l, struct usher_text bytes,
		    struct usher_error *reterr)
{
	struct load load = {.fault = NULL};
	struct routing *r;
	int code = check_envelope(bytes, &load.in, reterr);
	if (code < 0)
		return code;
	code = routing_new(&r, l, 0, reterr);
	if (code < 0)
		return code;
	code = load_all(r, &load, reterr);
	if (code < 0) {
		routing_free(r);
		return code;
	}
	*ret = r;
	return 0;
}
