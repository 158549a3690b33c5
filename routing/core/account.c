/* SPDX-License-Identifier: Apache-2.0 */
/* The figures behind a decision. Written apart from match.c, like why.c. */
#include "routing/core/account.h"

#include "routing/core/parts.h"

static const char *const criteria[ROUTING_CRITERIA] = {
	"none",	 "ring",   "penalty", "preferred", "hands",    "load", "spare",
	"level", "skills", "turn",    "draw",	   "position", "idle", "id"};

static const char *const precedences[ROUTING_PRECEDENCES] = {"none", "tier", "score", "arrival",
							     "id"};

const char *routing_criterion_name(enum routing_criterion criterion)
{
	return (unsigned)criterion < ROUTING_CRITERIA ? criteria[criterion] : "none";
}

const char *routing_precedence_name(enum routing_precedence precedence)
{
	return (unsigned)precedence < ROUTING_PRECEDENCES ? precedences[precedence] : "none";
}

/* Where it waits it keeps the place it was given, until a change of its queue's settings has come to
 * it. */
static struct order_key place_key(const struct routing *r, uint32_t c)
{
	bool is_placed = r->contacts[c].state == CONTACT_WAITING &&
			 r->contacts[c].place != PLACE_NONE;
	return is_placed ? r->contact_nodes[c].key : core_contact_key(r, c);
}

/* ---- the contact, the agent ---------------------------------------------------------------------- */

bool routing_account(const struct routing *r, usher_id contact, struct routing_account *ret)
{
	struct routing_contact_view view;
	uint32_t c = core_find_contact(r, contact);
	if (c == 0 || !routing_contact(r, contact, &view))
		return false;
	const struct contact *it = &r->contacts[c];
	const struct line *line = &r->lines[it->line];
	const struct queue *queue = &r->queues[line->key.queue];
	struct order_key place = place_key(r, c);
	*ret = (struct routing_account){
		.tier = (uint8_t)place.band,
		.growth = line->growth,
		.at_us = place.at,
		.step = it->step,
		.step_count = queue->set.step_count > 0 ? queue->set.step_count : 1,
		.step_end_us = it->step_end_us,
		.ring_max = line->ring_max,
		.penalty_max = line->penalty_max,
		.order = queue->set.order,
		.is_automatic = queue->set.is_automatic,
		.is_deferred = line->is_deferred,
		.parallel = queue->set.parallel > 0 ? queue->set.parallel : 1,
		.reserve = queue->set.reserve,
		.only = it->only != 0 && it->hold_us > r->now_us ? r->agents[it->only].id : 0,
		.only_until_us = it->hold_us,
		.is_directed = it->is_directed,
		.position = view.position,
		.waiting = queue->contact_states[CONTACT_WAITING],
		.members = queue->member_count,
	};
	return true;
}

static usher_us excluded_until(const struct contact *contact, usher_id agent, usher_us now)
{
	if (contact->barred == agent)
		return USHER_NEVER;
	for (unsigned i = 0; i < contact->excluded_count; i++)
		if (contact->excluded[i] == agent && contact->excluded_us > now)
			return contact->excluded_us;
	return 0;
}

bool routing_agent_account(const struct routing *r, usher_id contact, usher_id agent,
			   struct routing_agent_account *ret)
{
	uint32_t c = core_find_contact(r, contact), a = core_find_agent(r, agent);
	if (c == 0 || a == 0)
		return false;
	const struct contact *it = &r->contacts[c];
	const struct routing_channel_set *channel = &r->channels[it->channel];
	uint32_t m = core_agent_member(r, a, r->lines[it->line].key.queue);
	*ret = (struct routing_agent_account){
		.is_member = m != 0,
		.ring = m != 0 ? r->members[m].ring : 0,
		.penalty = m != 0 ? r->members[m].penalty : 0,
		.is_offered = core_seat_of(r, c, a) != 0,
		.weight = channel->weight,
		.capacity = r->agents[a].capacity,
		.count = r->agents[a].count[it->channel],
		.count_max = channel->count_max,
		.excluded_until_us = excluded_until(it, agent, r->now_us),
	};
	for (unsigned k = 0; k < CHANNEL_KINDS; k++)
		if ((channel->interrupts >> k & 1) == 0)
			ret->load += r->agents[a].load_of[k];
	return true;
}

unsigned routing_agent_skills(const struct routing *r, usher_id agent,
			      struct routing_requirement ret[ROUTING_SKILLS_MAX])
{
	uint32_t a = core_find_agent(r, agent);
	const struct agent_skill *skills = r->agent_skills + (size_t)a * ROUTING_SKILLS_MAX;
	unsigned count = a != 0 ? r->agents[a].skill_count : 0;
	for (unsigned i = 0; i < count; i++)
		ret[i] = (struct routing_requirement){.skill = skills[i].skill,
						      .level = skills[i].level};
	return count;
}

/* ---- two agents ---------------------------------------------------------------------- */

/* Of the levels in what is preferred, those above what was asked do not count. */
static int64_t preferred_sum(const struct routing *r, uint32_t a, const struct line *line)
{
	int64_t sum = 0;
	for (unsigned i = 0; i < line->need_count; i++) {
		uint8_t has = core_roster_level(r, a, line->needs[i].skill);
		if (line->needs[i].is_preferred)
			sum += has < line->needs[i].level ? has : line->needs[i].level;
	}
	return sum;
}

static int64_t level_sum(const struct routing *r, uint32_t a, const struct line *line)
{
	int64_t sum = 0;
	for (unsigned i = 0; i < line->need_count; i++)
		sum += core_roster_level(r, a, line->needs[i].skill);
	return sum;
}

static int64_t hands(const struct agent *agent)
{
	return agent->offers > 0 ? 2 : agent->contact_count > 0;
}

static int64_t load_permille(const struct agent *agent)
{
	return agent->capacity > 0 ? (int64_t)agent->load * 1000 / agent->capacity : -1;
}

static int signum(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

struct comparing {
	const struct routing *r;
	uint32_t a, b, c;
	const struct line *line;
	const struct member *ma, *mb;
	struct routing_difference to;
};

/* Whether the two differ in it; lower comes first. */
static bool differ(struct comparing *x, enum routing_criterion criterion, int64_t a, int64_t b)
{
	if (a == b)
		return false;
	x->to = (struct routing_difference){criterion, a < b, a, b};
	return true;
}

static bool differ_high(struct comparing *x, enum routing_criterion criterion, int64_t a, int64_t b)
{
	bool is_different = differ(x, criterion, a, b);
	x->to.is_before ^= is_different;
	return is_different;
}

/* Rounded figures may be equal where the proportions are not. */
static bool differ_load(struct comparing *x)
{
	const struct agent *a = &x->r->agents[x->a], *b = &x->r->agents[x->b];
	uint64_t left = (uint64_t)a->load * b->capacity, right = (uint64_t)b->load * a->capacity;
	if (a->capacity == 0 || b->capacity == 0) {
		left = a->capacity == 0;
		right = b->capacity == 0;
	}
	if (left == right)
		return false;
	x->to = (struct routing_difference){CRITERION_LOAD, left < right, load_permille(a),
					    load_permille(b)};
	return true;
}

static bool differ_draw(struct comparing *x)
{
	const struct routing *r = x->r;
	const struct contact *contact = &r->contacts[x->c];
	uint64_t a = policy_draw(r->seed, contact->id, contact->epoch, r->agents[x->a].id,
				 x->ma->weight);
	uint64_t b = policy_draw(r->seed, contact->id, contact->epoch, r->agents[x->b].id,
				 x->mb->weight);
	return differ(x, CRITERION_DRAW, (int64_t)(a >> 1), (int64_t)(b >> 1)) ||
	       differ(x, CRITERION_DRAW, (int64_t)(a & 1), (int64_t)(b & 1));
}

/* The queue's own order, up to the id. */
static bool differ_in_order(struct comparing *x)
{
	const struct agent *a = &x->r->agents[x->a], *b = &x->r->agents[x->b];
	bool is_different = false;
	switch (x->r->queues[x->line->key.queue].set.order) {
	case ORDER_LONGEST_IDLE:
		is_different = differ(x, CRITERION_HANDS, hands(a), hands(b));
		break;
	case ORDER_LEAST_LOADED:
		is_different = differ_load(x);
		break;
	case ORDER_MOST_SPARE:
		is_different =
			differ_high(x, CRITERION_SPARE, (int64_t)a->capacity - (int64_t)a->load,
				    (int64_t)b->capacity - (int64_t)b->load);
		break;
	case ORDER_BEST_LEVEL:
		is_different = differ_high(x, CRITERION_LEVEL, level_sum(x->r, x->a, x->line),
					   level_sum(x->r, x->b, x->line));
		break;
	case ORDER_FEWEST_SKILLS:
		is_different = differ(x, CRITERION_SKILLS, a->held_skills, b->held_skills);
		break;
	case ORDER_ROUND_ROBIN:
		return differ(x, CRITERION_TURN, (int64_t)x->ma->turn, (int64_t)x->mb->turn);
	case ORDER_WEIGHTED_RANDOM:
		return differ_draw(x);
	case ORDER_TOP_DOWN:
		return differ(x, CRITERION_POSITION, x->ma->position, x->mb->position);
	}
	return is_different || differ(x, CRITERION_IDLE, a->idle_since_us, b->idle_since_us);
}

struct routing_difference routing_difference(const struct routing *r, usher_id contact,
					     usher_id agent, usher_id other)
{
	struct comparing x = {.r = r,
			      .a = core_find_agent(r, agent),
			      .b = core_find_agent(r, other),
			      .c = core_find_contact(r, contact)};
	if (x.a == 0 || x.b == 0 || x.c == 0)
		return x.to;
	x.line = &r->lines[r->contacts[x.c].line];
	uint32_t ma = core_agent_member(r, x.a, x.line->key.queue);
	uint32_t mb = core_agent_member(r, x.b, x.line->key.queue);
	if (ma == 0 || mb == 0)
		return x.to;
	x.ma = &r->members[ma];
	x.mb = &r->members[mb];
	if (!differ(&x, CRITERION_RING, x.ma->ring, x.mb->ring) &&
	    !differ(&x, CRITERION_PENALTY, x.ma->penalty, x.mb->penalty) &&
	    !differ_high(&x, CRITERION_PREFERRED, preferred_sum(r, x.a, x.line),
			 preferred_sum(r, x.b, x.line)) &&
	    !differ_in_order(&x))
		x.to = (struct routing_difference){.criterion = CRITERION_ID,
						   .is_before = agent < other};
	return x.to;
}

/* ---- two contacts ---------------------------------------------------------------------- */

struct place {
	uint8_t tier;
	uint16_t growth;
	usher_us at_us;
	usher_id id;
};

static struct place place_of(const struct routing *r, uint32_t c)
{
	struct order_key key = place_key(r, c);
	return (struct place){(uint8_t)key.band, r->lines[r->contacts[c].line].growth, key.at,
			      key.id};
}

static unsigned __int128 score(const struct place *p, usher_us now)
{
	return now > p->at_us ? (unsigned __int128)((uint64_t)now - (uint64_t)p->at_us) * p->growth
			      : 0;
}

/* Negative: a comes before b. */
static int compare(const struct place *a, const struct place *b, usher_us now,
		   enum routing_precedence *ret)
{
	unsigned __int128 sa = score(a, now), sb = score(b, now);
	*ret = PRECEDENCE_TIER;
	if (a->tier != b->tier)
		return signum(a->tier, b->tier);
	*ret = PRECEDENCE_SCORE;
	if (a->growth != b->growth && sa != sb)
		return sa > sb ? -1 : 1;
	*ret = PRECEDENCE_ARRIVAL;
	if (a->at_us != b->at_us)
		return signum(a->at_us, b->at_us);
	*ret = PRECEDENCE_ID;
	return (a->id > b->id) - (a->id < b->id);
}

struct looking {
	const struct routing *r;
	uint32_t contact, agent;
	struct place own, next, passed;
	unsigned looked;
	struct routing_rivals *to;
};

/* False: there was no room to look further. */
static bool look_at(struct looking *l, uint32_t c)
{
	enum routing_precedence by, other;
	if (c == l->contact)
		return true;
	if (l->looked++ == ROUTING_RIVALS_MAX) {
		l->to->is_cut = true;
		return false;
	}
	struct place it = place_of(l->r, c);
	bool is_after = compare(&l->own, &it, l->r->now_us, &by) < 0;
	if (is_after ? l->to->next != 0 && compare(&it, &l->next, l->r->now_us, &other) > 0
		     : l->to->passed != 0 && compare(&it, &l->passed, l->r->now_us, &other) > 0)
		return true;
	struct routing_why why = core_why(l->r, c, l->agent, l->r->now_us);
	if (is_after && why.reason == REASON_CHOSEN) {
		l->next = it;
		l->to->next = it.id;
		l->to->next_tier = it.tier;
		l->to->next_at_us = it.at_us;
		l->to->precedence = by;
	} else if (!is_after && why.reason != REASON_CHOSEN) {
		l->passed = it;
		l->to->passed = it.id;
		l->to->passed_why = why;
	}
	return true;
}

static bool look_at_queue(struct looking *l, const struct queue *queue)
{
	const struct routing *r = l->r;
	for (uint32_t line = queue->lines; line != 0; line = r->lines[line].queue_next)
		for (uint32_t c = r->lines[line].waiting.first; c != 0;
		     c = tree_next(r->contact_nodes, c))
			if (!look_at(l, c))
				return false;
	for (uint32_t c = queue->own; c != 0; c = r->contacts[c].own_next)
		if (!look_at(l, c))
			return false;
	return true;
}

void routing_rivals(const struct routing *r, usher_id contact, usher_id agent,
		    struct routing_rivals *ret)
{
	uint32_t c = core_find_contact(r, contact), a = core_find_agent(r, agent);
	*ret = (struct routing_rivals){.next = 0};
	if (c == 0 || a == 0)
		return;
	struct looking l = {.r = r, .contact = c, .agent = a, .own = place_of(r, c), .to = ret};
	const struct member *members = r->members + (size_t)a * ROUTING_MEMBERSHIPS_MAX;
	for (unsigned i = 0; i < r->agents[a].member_count; i++)
		if (!look_at_queue(&l, &r->queues[members[i].queue]))
			return;
}
