/* SPDX-License-Identifier: Apache-2.0 */
/* Families with one kind of contact and agents who are all alike. */
#include "routing/base/memory.h"
#include "tests/sim/oracle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AGENTS_MAX 4000
#define SERVICE_US (60.0 * (double)USHER_SECOND) /* of a mean service, whatever the case's unit */

void oracle_model_done(struct oracle_model *m)
{
	free(m->agents);
	m->agents = NULL;
}

struct routing_queue_set *oracle_add_queue(struct oracle_model *m)
{
	struct routing_queue_set *q = &m->queues[m->queue_count++];
	*q = (struct routing_queue_set){.queue = m->queue_count,
					.order = ORDER_LONGEST_IDLE,
					.priority = CONTACT_PRIORITY_DEFAULT,
					.offer_us = USHER_MINUTE};
	return q;
}

bool oracle_add_agents(struct oracle_model *m, unsigned group, unsigned count)
{
	size_t all = m->agent_count + (size_t)count;
	if (all > AGENTS_MAX || group >= ORACLE_GROUPS)
		return false;
	m->agents = memory_resize(m->agents, (all + 1) * sizeof m->agents[0]);
	if (group >= m->group_count)
		m->group_count = group + 1;
	for (; m->agent_count < all; m->agent_count++) {
		struct oracle_agent *a = &m->agents[m->agent_count];
		*a = (struct oracle_agent){.group = group};
		a->set.capacity = AGENT_CAPACITY_DEFAULT;
		for (unsigned q = 0; q < m->queue_count; q++)
			a->set.queues[a->set.queue_count++] =
				(struct routing_member){.queue = m->queues[q].queue};
	}
	return true;
}

static void one_class(struct oracle_model *m, double rate, double service)
{
	m->unit_us = SERVICE_US * service;
	m->class_count = 1;
	m->classes[0] = (struct oracle_class){.rate = rate,
					      .queue = 1,
					      .channel = CHANNEL_TELEPHONY,
					      .priority = CONTACT_PRIORITIES,
					      .scv = 1};
	m->rates[0][0] = service;
	m->weight = AGENT_CAPACITY_DEFAULT;
}

/* M/M/c in its forms: no room, some room, endless room, impatience. */
bool oracle_build_single(struct oracle_case *c, struct oracle_model *ret)
{
	double service = oracle_number_or(c, "service_rate", 1);
	double rate = oracle_has(c, "offered_load") ? oracle_number(c, "offered_load") * service
						    : oracle_number(c, "arrival_rate");
	unsigned servers = oracle_count(c, "servers", AGENTS_MAX);
	one_class(ret, rate, service);
	struct routing_queue_set *q = oracle_add_queue(ret);
	ret->threshold = oracle_number_or(c, "threshold", 0);
	if (oracle_has(c, "abandon_rate"))
		ret->classes[0].patience = oracle_number(c, "abandon_rate");
	if (oracle_has(c, "unit"))
		oracle_mark(c, "unit");  /* any unit is the same */
	if (oracle_has(c, "capacity")) { /* of those in service and those who wait */
		unsigned capacity = oracle_count(c, "capacity", ORACLE_SLOTS);
		if (capacity < servers)
			ORACLE_CASE_FAULT(c, "less capacity than servers");
		ret->is_loss = capacity == servers;
		q->length_max = capacity - servers;
		q->full = TREAT_END;
	}
	if (servers == 0 || !oracle_add_agents(ret, 0, servers))
		ORACLE_CASE_FAULT(c, "no servers");
	return c->fault.code == 0;
}

bool oracle_build_loss(struct oracle_case *c, struct oracle_model *ret)
{
	oracle_build_single(c, ret);
	ret->is_loss = true;
	return c->fault.code == 0;
}

static bool build_general(struct oracle_case *c, struct oracle_model *ret)
{
	double mean = 1, square = 1;
	if (oracle_has(c, "service")) { /* always the same */
		mean = oracle_number(c, "service");
		square = mean * mean;
	} else {
		mean = oracle_number(c, "es");
		square = oracle_number(c, "es2");
	}
	one_class(ret, oracle_number(c, "arrival_rate"), 1 / mean);
	oracle_add_queue(ret);
	ret->classes[0].scv = square / (mean * mean) - 1;
	if (ret->classes[0].scv < -1e-9)
		ORACLE_CASE_FAULT(c, "es2 is below the square of es");
	oracle_add_agents(ret, 0, 1);
	return c->fault.code == 0;
}

static enum routing_order order_named(struct oracle_case *c)
{
	static const struct {
		const char *word;
		enum routing_order order;
	} words[] = {{"linear", ORDER_TOP_DOWN},           {"lowest index", ORDER_TOP_DOWN},
		     {"ordered", ORDER_TOP_DOWN},          {"top-down", ORDER_TOP_DOWN},
		     {"longest idle", ORDER_LONGEST_IDLE}, {"longest-idle", ORDER_LONGEST_IDLE},
		     {"round robin", ORDER_ROUND_ROBIN},   {"circular", ORDER_ROUND_ROBIN},
		     {"cyclic", ORDER_ROUND_ROBIN},        {"random", ORDER_WEIGHTED_RANDOM}};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strstr(c->model, words[i].word) != NULL)
			return words[i].order;
	ORACLE_CASE_FAULT(c, "the model names no order of agents that is known here");
	return ORDER_LONGEST_IDLE;
}

/* Positions run against the ids, so that no tie broken by ids can pass for them. */
static bool build_selection(struct oracle_case *c, struct oracle_model *ret)
{
	double load = oracle_number(c, "offered_load");
	unsigned servers = oracle_count(c, "servers", ORACLE_GROUPS);
	one_class(ret, load, 1);
	oracle_add_queue(ret)->order = order_named(c);
	ret->is_loss = true;
	for (unsigned i = servers; i-- > 0;) {
		ret->rates[0][i] = 1;
		oracle_add_agents(ret, i, 1);
		ret->agents[ret->agent_count - 1].set.queues[0].position = (uint16_t)(i + 1);
	}
	if (servers == 0)
		ORACLE_CASE_FAULT(c, "no servers");
	return c->fault.code == 0;
}

/* Agents with several chats: the total rate depends on their number, so which one ends is drawn. */
static bool build_chat(struct oracle_case *c, struct oracle_model *ret)
{
	unsigned agents = oracle_count(c, "agents", AGENTS_MAX);
	unsigned chats = oracle_count(c, "max_chats", ORACLE_LEVELS - 1);
	one_class(ret, oracle_number(c, "arrival_rate"), 1);
	struct routing_queue_set *q = oracle_add_queue(ret);
	q->order = ORDER_LEAST_LOADED;
	q->length_max = oracle_count(c, "queue", ORACLE_SLOTS / 2);
	q->full = TREAT_END;
	ret->is_loss = q->length_max == 0;
	ret->classes[0].channel = CHANNEL_CHAT;
	ret->level_count = oracle_numbers(c, "total_rate", ret->levels, ORACLE_LEVELS);
	if (ret->level_count != chats + 1 || agents == 0 || chats == 0)
		ORACLE_CASE_FAULT(c, "total_rate must tell 0 to max_chats, of at least one agent");
	if (oracle_has(c, "abandon_rate"))
		ret->classes[0].patience = oracle_number(c, "abandon_rate");
	oracle_add_agents(ret, 0, agents);
	for (unsigned a = 0; a < ret->agent_count; a++)
		ret->agents[a].set.capacity = (uint16_t)(ret->weight * chats);
	return c->fault.code == 0;
}

/* ---- what must be noticed ------------------------------------------------------------------- */

static void spoil_agent(struct oracle_model *m)
{
	oracle_add_agents(m, 0, 1);
}

static void spoil_room(struct oracle_model *m)
{
	m->is_loss = false;
	m->queues[0].length_max = 0;
}

static void spoil_patience(struct oracle_model *m)
{
	m->classes[0].patience *= 2;
}

static void spoil_service(struct oracle_model *m)
{
	m->classes[0].scv = m->classes[0].scv == 1 ? 0 : 1;
}

static void spoil_order(struct oracle_model *m)
{
	m->queues[0].order =
		m->queues[0].order == ORDER_LONGEST_IDLE ? ORDER_TOP_DOWN : ORDER_LONGEST_IDLE;
}

static void spoil_weight(struct oracle_model *m)
{
	for (unsigned a = 0; a < m->agent_count; a++)
		m->agents[a].set.capacity = (uint16_t)(m->agents[a].set.capacity - m->weight);
}

const struct oracle_family oracle_single[] = {
	{"erlang_b", oracle_build_loss, oracle_judge_staffing, spoil_agent, "one agent more"},
	{"erlang_c", oracle_build_single, oracle_judge_staffing, spoil_agent, "one agent more"},
	{"erlang_a", oracle_build_single, NULL, spoil_patience, "half the patience"},
	{"mmck", oracle_build_single, NULL, spoil_room, "a queue without a limit"},
	{"mg1", build_general, NULL, spoil_service, "another law of service"},
	{"qed", NULL, oracle_judge_formula, NULL, NULL},
	{"agent_selection", build_selection, NULL, spoil_order, "another order of agents"},
	{"chat_concurrency", build_chat, NULL, spoil_weight, "room for one chat less"},
	{NULL, NULL, NULL, NULL, NULL},
};
