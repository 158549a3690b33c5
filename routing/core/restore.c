/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/core/snapshot.h"

#include "routing/core/parts.h"

struct load { /* where a record says so itself: what was wrong */
	struct reader in;
	const char *fault; /* borrowed: a literal */
	uint32_t lines;	   /* read so far, in slots 1 … */
};

static bool fail(struct load *l, const char *fault)
{
	l->in.is_bad = true;
	if (l->fault == NULL)
		l->fault = fault;
	return false;
}

/* ---- queues, agents ------------------------------------------------------------------------- */

static bool get_queue(struct routing *r, struct load *l)
{
	struct routing_queue_set set = {0};
	get_queue_set(&l->in, &set);
	if (l->in.is_bad || set.queue == 0 || core_find_queue(r, set.queue) != 0 ||
	    !core_queue_is_valid(&set))
		return fail(l, "a queue without sense or with a repeated id");
	uint32_t q = core_new_queue(r, set.queue);
	struct queue *queue = &r->queues[q];
	queue->set = set;
	queue->revision = 1;
	r->reserve_count += set.reserve > 0;
	uint64_t flags = get_bounded(&l->in, 1, FLAG_CLOSED | FLAG_REMOVED);
	queue->is_closed = (flags & FLAG_CLOSED) != 0;
	queue->is_removed = (flags & FLAG_REMOVED) != 0;
	queue->until_us = get_time(&l->in);
	queue->absent_us = get_time(&l->in);
	core_timer_queue(r, q, get_time(&l->in));
	queue->retry_us = get_time(&l->in);
	queue->chores = (uint8_t)get_bounded(&l->in, 1, CHORE_WALKS | CHORE_WAKE | CHORE_REVIEW);
	queue->cursor_id = get_number(&l->in, 8);
	if (queue->chores == 0)
		return !l->in.is_bad;
	r->queue_nodes[q].key = (struct order_key){0, 0, 0, set.queue};
	tree_add(&r->chores, r->queue_nodes, q);
	return !l->in.is_bad;
}

static void get_agent_skills(struct routing *r, struct load *l, uint32_t a)
{
	struct agent *agent = &r->agents[a];
	struct agent_skill *skills = r->agent_skills + (size_t)a * ROUTING_SKILLS_MAX;
	unsigned count = (unsigned)get_bounded(&l->in, 1, ROUTING_SKILLS_MAX);
	for (unsigned i = 0; i < count; i++) {
		uint16_t slot = (uint16_t)get_number(&l->in, 2);
		uint8_t level = (uint8_t)get_bounded(&l->in, 1, SKILL_LEVEL_MAX);
		if (slot >= r->skill_count) {
			fail(l, "an agent with an unknown skill");
			return;
		}
		skills[i] = (struct agent_skill){r->skill_numbers[slot], slot, level};
		if (i > 0 && skills[i].skill <= skills[i - 1].skill)
			fail(l, "skills out of order");
		agent->skills_mask |= (uint64_t)1 << (skills[i].skill & 63);
		agent->held_skills = (uint8_t)(agent->held_skills + (level > 0));
	}
	agent->skill_count = (uint8_t)count;
	core_roster_skills(r, a, true);
}

static void get_members(struct routing *r, struct load *l, uint32_t a)
{
	unsigned count = (unsigned)get_bounded(&l->in, 1, ROUTING_MEMBERSHIPS_MAX);
	for (unsigned i = 0; i < count; i++) {
		struct routing_member member = {.queue = get_number(&l->in, 8)};
		uint64_t turn = get_number(&l->in, 8);
		member.position = (uint16_t)get_number(&l->in, 2);
		member.ring = (uint8_t)get_number(&l->in, 1);
		member.penalty = (uint8_t)get_number(&l->in, 1);
		member.weight = (uint8_t)get_number(&l->in, 1);
		uint32_t q = core_find_queue(r, member.queue);
		if (q == 0 || core_agent_member(r, a, q) != 0 || turn > r->epoch) {
			fail(l, "a member of an unknown queue");
			continue;
		}
		usher_us absent = r->queues[q].absent_us, due = r->queues[q].due_us;
		core_agent_join(r, a, &member);
		r->members[a * ROUTING_MEMBERSHIPS_MAX + r->agents[a].member_count - 1].turn = turn;
		r->queues[q].absent_us = absent; /* as it was, not as it would be from now on */
		core_timer_queue(r, q, due);
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
	uint64_t flags = get_bounded(&l->in, 1, 31);
	agent->own_cursor_id = get_number(&l->in, 8);
	agent->is_lost = (flags & FLAG_LOST) != 0;
	agent->is_unresponsive = (flags & FLAG_UNRESPONSIVE) != 0;
	agent->is_removed = (flags & FLAG_REMOVED) != 0;
	agent->is_dirty = (flags & FLAG_DIRTY) != 0;
	if (agent->is_dirty && agent->is_removed)
		return fail(l, "a removed agent who is to be matched");
	get_agent_skills(r, l, a);
	if (l->in.is_bad)
		return false;
	get_members(r, l, a);
	if (agent->is_dirty) {
		r->agent_nodes[a].key = (struct order_key){0, 0, agent->idle_since_us, id};
		tree_add(&r->dirty, r->agent_nodes, a);
	}
	if ((flags & FLAG_LEAVING) != 0) {
		r->leaving_nodes[a].key = (struct order_key){0, 0, 0, id};
		tree_add(&r->leaving_agents, r->leaving_nodes, a);
	}
	if (agent->is_removed && (flags & FLAG_LEAVING) == 0)
		return fail(l, "a removed agent who stays");
	return !l->in.is_bad;
}

/* ---- lines ---------------------------------------------------------------------------------- */

static uint64_t get_needs(struct routing *r, struct load *l, struct line *line)
{
	uint64_t mask = 0;
	line->required_count = (uint8_t)get_bounded(&l->in, 1, ROUTING_RESOLVED_MAX);
	line->need_count = (uint8_t)get_bounded(&l->in, 1, ROUTING_RESOLVED_MAX);
	for (unsigned i = 0; i < line->need_count; i++) {
		struct need *need = &line->needs[i];
		need->slot = (uint16_t)get_number(&l->in, 2);
		need->level = (uint8_t)get_bounded(&l->in, 1, SKILL_LEVEL_MAX);
		need->is_preferred = i >= line->required_count;
		if (need->slot >= r->skill_count || need->level == 0) {
			fail(l, "a line that asks for an unknown skill");
			return 0;
		}
		need->skill = r->skill_numbers[need->slot];
		if (!need->is_preferred)
			mask |= (uint64_t)1 << (need->skill & 63);
	}
	return mask;
}

static bool get_line(struct routing *r, struct load *l)
{
	struct line line = {0};
	struct line_key *key = &line.key;
	key->queue = core_find_queue(r, get_number(&l->in, 8));
	uint64_t flags = get_bounded(&l->in, 1, FLAG_CURRENT | FLAG_LINE_CALLBACK);
	key->revision = (flags & FLAG_CURRENT) != 0 ? 1 : 0;
	key->is_callback = (flags & FLAG_LINE_CALLBACK) != 0;
	key->channel = (uint8_t)get_bounded(&l->in, 1, CHANNEL_KINDS - 1);
	key->step = (uint8_t)get_bounded(&l->in, 1, ROUTING_STEPS_MAX - 1);
	key->count = get_requirements(&l->in, key->base, ROUTING_REQUIREMENTS_MAX);
	key->growth = line.growth = (uint16_t)get_number(&l->in, 2);
	key->tier = (uint8_t)get_number(&l->in, 1);
	line.ring_max = (uint8_t)get_number(&l->in, 1);
	line.penalty_max = (uint8_t)get_number(&l->in, 1);
	line.queue = key->queue;
	line.channel = key->channel;
	uint64_t mask = get_needs(r, l, &line);
	if (l->in.is_bad || key->queue == 0 || key->channel == CHANNEL_NONE || line.growth == 0 ||
	    line.need_count < line.required_count)
		return fail(l, "a line that contradicts itself");
	line.is_deferred = key->is_callback || !channel_is_live((enum channel_kind)key->channel);
	core_line_restore(r, &line, mask);
	l->lines++;
	return true;
}

/* ---- contacts ------------------------------------------------------------------------------- */

struct contact_record {
	struct contact contact; /* without its links */
	usher_id only, about;
	usher_us at; /* where it stands, of one that waits */
	uint64_t line, flags, seats;
};

static void get_waits(struct load *l, struct contact *c)
{
	c->step_end_us = get_time(&l->in);
	c->hold_us = get_time(&l->in);
	c->retry_us = get_time(&l->in);
	c->excluded_us = get_time(&l->in);
	c->check_us = get_time(&l->in);
	c->fallback_us = get_time(&l->in);
	c->fallback = get_number(&l->in, 8);
	c->barred = get_number(&l->in, 8);
	c->parker = get_number(&l->in, 8);
	c->excluded_count = (uint8_t)get_bounded(&l->in, 1, CORE_EXCLUDED_MAX);
	for (unsigned i = 0; i < c->excluded_count; i++)
		c->excluded[i] = get_number(&l->in, 8);
}

static void get_record(struct load *l, struct contact_record *ret)
{
	struct contact *c = &ret->contact;
	c->id = get_number(&l->in, 8);
	ret->line = get_number(&l->in, 4);
	c->first_us = get_time(&l->in);
	c->queued_us = get_time(&l->in);
	c->due_us = get_time(&l->in);
	c->epoch = get_number(&l->in, 8);
	c->entry = get_number(&l->in, 8);
	ret->only = get_number(&l->in, 8);
	ret->about = get_number(&l->in, 8);
	c->state = (uint8_t)get_bounded(&l->in, 1, CONTACT_WRAPUP);
	c->channel = (uint8_t)get_bounded(&l->in, 1, CHANNEL_KINDS - 1);
	c->priority = (uint8_t)get_bounded(&l->in, 1, CONTACT_PRIORITIES - 1);
	c->step = (uint8_t)get_bounded(&l->in, 1, ROUTING_STEPS_MAX - 1);
	c->hops = (uint8_t)get_bounded(&l->in, 1, CORE_HOPS_MAX);
	c->lease = (uint8_t)get_bounded(&l->in, 1, LEASE_SILENCE);
	c->park = (uint8_t)get_bounded(&l->in, 1, PARK_DUE);
	c->cause = (uint8_t)get_bounded(&l->in, 1, CONTACT_CAUSES - 1);
	ret->flags = get_bounded(&l->in, 1, 63);
	c->is_exclusive = (ret->flags & FLAG_EXCLUSIVE) != 0;
	c->is_directed = (ret->flags & FLAG_DIRECTED) != 0;
	c->is_patient = (ret->flags & FLAG_PATIENT) != 0;
	c->is_callback = (ret->flags & FLAG_CALLBACK) != 0;
	c->is_kept = (ret->flags & FLAG_KEPT) != 0;
	if (c->state == CONTACT_WAITING)
		ret->at = get_time(&l->in);
	get_waits(l, c);
	ret->seats = get_bounded(&l->in, 1, ROUTING_PARALLEL_MAX);
}

static bool is_sound(const struct routing *r, const struct load *l,
		     const struct contact_record *record, uint32_t q)
{
	const struct contact *c = &record->contact;
	uint64_t slot;
	bool is_held = c->state == CONTACT_OFFERED || c->state == CONTACT_ACTIVE ||
		       c->state == CONTACT_WRAPUP;
	bool is_waiting = c->state == CONTACT_WAITING;
	bool is_fresh = (record->flags & FLAG_FRESH) != 0;
	return c->id != 0 && core_find_contact(r, c->id) == 0 && c->state != CONTACT_NONE &&
	       record->line < l->lines && r->lines[record->line + 1].key.queue == q &&
	       r->lines[record->line + 1].key.channel == c->channel &&
	       is_held == (record->seats > 0) && (is_waiting || record->only == 0) &&
	       (is_waiting || !is_fresh || c->state == CONTACT_OFFERED) &&
	       (record->only == 0 || table_get(&r->agent_by_id, record->only, &slot)) &&
	       (record->only != 0) == (c->hold_us != 0) && (record->only != 0 || !c->is_directed) &&
	       c->epoch <= r->epoch && c->entry <= r->epoch &&
	       (!is_fresh || is_waiting == (c->due_us == USHER_NEVER)) &&
	       (is_waiting || c->state == CONTACT_ACTIVE || c->due_us != USHER_NEVER);
}

static bool get_seat(struct routing *r, struct load *l, uint32_t c)
{
	const struct contact *contact = &r->contacts[c];
	uint32_t a = core_find_agent(r, get_number(&l->in, 8));
	uint64_t epoch = get_number(&l->in, 8);
	uint16_t weight = (uint16_t)get_number(&l->in, 2);
	unsigned role = (unsigned)get_bounded(&l->in, 1, ROLE_CONFERRING);
	bool is_offered = contact->state == CONTACT_OFFERED;
	bool is_right = is_offered ? role == ROLE_OFFERED
				   : role == (contact->seats == 0 ? (unsigned)ROLE_HOLDER
								  : (unsigned)ROLE_CONFERRING);
	if (l->in.is_bad || a == 0 || epoch > r->epoch || !is_right || core_seat_of(r, c, a) != 0 ||
	    r->agents[a].contact_count == CORE_AGENT_CONTACTS_MAX)
		return fail(l, "a contact that is with nobody known");
	core_seat_restore(r, c, a, (enum routing_role)role, weight, epoch);
	return true;
}

static void place(struct routing *r, uint32_t c, const struct contact_record *record)
{
	uint64_t only = 0;
	if (record->only != 0 && table_get(&r->agent_by_id, record->only, &only))
		r->contacts[c].only = (uint32_t)only;
	struct contact *contact = &r->contacts[c];
	r->contact_nodes[c].key =
		policy_contact(r->lines[contact->line].key.tier, record->at, contact->id);
	if ((record->flags & FLAG_FRESH) != 0 && contact->state == CONTACT_WAITING) {
		tree_add(&r->fresh, r->contact_nodes, c);
		contact->place = PLACE_FRESH;
	} else if (contact->state == CONTACT_WAITING) {
		core_line_enter(r, c);
		core_due_join(r, c, record->contact.due_us);
	} else {
		core_timer_contact(r, c, record->contact.due_us);
		if ((record->flags & FLAG_FRESH) != 0)
			core_offer_widen(r, c);
	}
}

static bool get_contact(struct routing *r, struct load *l, uint32_t q, uint64_t *entry)
{
	struct contact_record record = {0};
	get_record(l, &record);
	if (l->in.is_bad || record.contact.entry <= *entry || !is_sound(r, l, &record, q))
		return fail(l, "a contact that contradicts itself");
	*entry = record.contact.entry;
	uint32_t c = core_new_contact(r, record.contact.id);
	struct contact *contact = &r->contacts[c];
	*contact = record.contact;
	contact->due_us = USHER_NEVER;
	core_contact_enqueue(r, c, q);
	contact->entry = record.contact.entry;
	contact->queued_us = record.contact.queued_us;
	contact->retry_us = record.contact.retry_us;
	contact->step = record.contact.step;
	contact->step_end_us = record.contact.step_end_us;
	contact->line = (uint32_t)record.line + 1;
	r->lines[contact->line].refs++;
	for (uint64_t i = 0; i < record.seats; i++)
		if (!get_seat(r, l, c))
			return false;
	contact->about_id = record.about;
	place(r, c, &record);
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
	return true;
}

/* ---- what refers to contacts ---------------------------------------------------------------- */

static bool connect(struct routing *r, struct load *l)
{
	TABLE_EACH(slot, &r->queue_by_id)
	{
		struct queue *queue = &r->queues[slot->value];
		queue->cursor = core_find_contact(r, queue->cursor_id);
		if (queue->cursor != 0 && r->contacts[queue->cursor].queue != slot->value)
			return fail(l, "work that goes on in another queue");
	}
	TABLE_EACH(slot, &r->agent_by_id)
	{
		struct agent *agent = &r->agents[slot->value];
		uint32_t c = core_find_contact(r, agent->own_cursor_id);
		if (c != 0 &&
		    (r->contacts[c].place != PLACE_OWN || r->contacts[c].only != slot->value))
			return fail(l, "work that goes on with another agent");
		agent->own_cursor = c;
	}
	TABLE_EACH(slot, &r->contact_by_id)
	{
		uint32_t o = (uint32_t)slot->value;
		struct contact *contact = &r->contacts[o];
		if (contact->about_id == 0)
			continue;
		uint32_t c = core_find_contact(r, contact->about_id);
		if (c == 0 || c == o || r->contacts[c].consult_count == CORE_CONSULTS_MAX)
			return fail(l, "a question about an unknown contact");
		contact->about = c;
		contact->consult_next = r->contacts[c].consults;
		r->contacts[c].consults = o;
		r->contacts[c].consult_count++;
	}
	return true;
}

/* ---- all ------------------------------------------------------------------------------------ */

struct counts {
	uint64_t queues, agents, lines, contacts;
};

static int get_head(struct routing *r, struct load *l, struct counts *ret,
		    struct usher_error *reterr)
{
	r->seed = get_number(&l->in, 8);
	r->now_us = get_time(&l->in);
	r->epoch = get_bounded(&l->in, 8, UINT64_MAX / 2);
	usher_us review = get_time(&l->in);
	for (unsigned k = 1; k < CHANNEL_KINDS; k++)
		get_channel_set(&l->in, &r->channels[k]);
	uint64_t skills = get_number(&l->in, 4);
	bool is_big = skills > r->limits.skills_max;
	for (uint64_t i = 0; i < skills && !is_big && !l->in.is_bad; i++)
		if (core_skill_slot(r, (uint32_t)get_number(&l->in, 4)) != i)
			fail(l, "a repeated skill");
	*ret = (struct counts){get_number(&l->in, 4), get_number(&l->in, 4), get_number(&l->in, 4),
			       get_number(&l->in, 4)};
	r->review_us = review;
	if (is_big || ret->queues > r->limits.queues_max || ret->agents > r->limits.agents_max ||
	    ret->contacts > r->limits.contacts_max || ret->lines > ret->contacts)
		return usher_error_set(reterr, E_LIMIT,
				       "routing: the snapshot holds more than the limits allow");
	if (r->now_us < 0)
		fail(l, "a time before 1970");
	return 0;
}

static int load_all(struct routing *r, struct load *l, struct usher_error *reterr)
{
	struct counts n;
	int code = get_head(r, l, &n, reterr);
	usher_us review = r->review_us;
	if (code < 0)
		return code;
	bool is_good = !l->in.is_bad;
	for (uint64_t i = 0; i < n.queues && is_good; i++)
		is_good = get_queue(r, l);
	for (uint64_t i = 0; i < n.agents && is_good; i++)
		is_good = get_agent(r, l);
	for (uint64_t i = 0; i < n.lines && is_good; i++)
		is_good = get_line(r, l);
	for (uint64_t i = 0; i < n.queues && is_good; i++)
		is_good = get_contacts(r, l);
	is_good = is_good && connect(r, l);
	for (uint64_t i = 0; i < n.lines && is_good; i++)
		is_good = r->lines[i + 1].refs > 0 || fail(l, "a line in which nobody stands");
	if (!is_good || l->in.is_bad || l->in.left > 0 || r->contact_count != n.contacts)
		return usher_error_set(reterr, E_INVALID, "routing: the snapshot is damaged: %s",
				       l->fault != NULL ? l->fault : "its length is wrong");
	r->is_loading = true;
	TABLE_EACH(slot, &r->agent_by_id)
	core_agent_refresh(r, (uint32_t)slot->value);
	r->is_loading = false;
	core_timers_settle(r);
	r->review_us = review;
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
