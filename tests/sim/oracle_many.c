/* SPDX-License-Identifier: Apache-2.0 */
/* Families with several kinds of contacts: priorities, skills, rings, deferred work. */
#include "tests/sim/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGENTS_MAX 4000
#define SERVICE_US (60.0 * (double)USHER_SECOND)
#define BACKLOG 2000 /* of a queue that is never empty */
#define BACKLOG_MAIL 200
#define MATCH_US ((double)USHER_SECOND / 10) /* a long line is reviewed seldom */
#define GROWTH_MAX 10000

static void classes(struct oracle_model *m, const double *rates, unsigned count)
{
	m->class_count = count;
	m->weight = AGENT_CAPACITY_DEFAULT;
	m->unit_us = SERVICE_US;
	for (unsigned k = 0; k < count; k++)
		m->classes[k] = (struct oracle_class){.rate = rates[k],
						      .queue = 1,
						      .channel = CHANNEL_TELEPHONY,
						      .priority = CONTACT_PRIORITY_DEFAULT,
						      .scv = 1};
}

static void serve_alike(struct oracle_model *m, double rate)
{
	m->unit_us = SERVICE_US * rate;
	for (unsigned k = 0; k < m->class_count; k++)
		for (unsigned g = 0; g < ORACLE_GROUPS; g++)
			m->rates[k][g] = rate;
}

static void give_skill(struct oracle_agent *a, unsigned class)
{
	a->set.skills[a->set.skill_count++] =
		(struct routing_skill){.skill = class + 1, .level = 1};
}

/* ---- priorities ----------------------------------------------------------------------------- */

/* Growths are whole numbers of the core: only their proportions matter. */
static void set_growths(struct oracle_case *c, struct oracle_model *m)
{
	double growth[CONTACT_PRIORITIES], max = 0, scale = 1;
	unsigned count = oracle_numbers(c, "growth", growth, CONTACT_PRIORITIES);
	bool is_whole = true;
	if (count != m->class_count)
		ORACLE_CASE_FAULT(c, "a growth is needed for each class");
	for (unsigned k = 0; k < count; k++) {
		max = growth[k] > max ? growth[k] : max;
		is_whole = is_whole && growth[k] == (unsigned)growth[k];
	}
	if (!is_whole || max > GROWTH_MAX)
		scale = GROWTH_MAX / max;
	m->queues[0].has_ranks = true;
	for (unsigned k = 0; k < CONTACT_PRIORITIES; k++)
		m->queues[0].ranks[k].growth = k < count ? (uint16_t)(growth[k] * scale + 0.5) : 1;
	for (unsigned k = 0; k < count; k++)
		if (m->queues[0].ranks[k].growth == 0)
			ORACLE_CASE_FAULT(c, "growths that differ more than 1 to 10,000");
}

bool oracle_build_priority(struct oracle_case *c, struct oracle_model *ret)
{
	double rates[CONTACT_PRIORITIES], service[CONTACT_PRIORITIES];
	unsigned count = oracle_numbers(c, "arrival_rates", rates, CONTACT_PRIORITIES);
	unsigned servers = oracle_has(c, "servers") ? oracle_count(c, "servers", AGENTS_MAX) : 1;
	classes(ret, rates, count);
	oracle_add_queue(ret);
	for (unsigned k = 0; k < count; k++)
		ret->classes[k].priority = (uint8_t)k;
	if (oracle_has(c, "service_rates")) {
		if (oracle_numbers(c, "service_rates", service, CONTACT_PRIORITIES) != count)
			ORACLE_CASE_FAULT(c, "a service rate is needed for each class");
		for (unsigned k = 0; k < count; k++)
			ret->rates[k][0] = service[k];
	} else {
		serve_alike(ret, oracle_number(c, "service_rate"));
	}
	if (oracle_has(c, "growth"))
		set_growths(c, ret);
	if (servers == 0 || !oracle_add_agents(ret, 0, servers))
		ORACLE_CASE_FAULT(c, "no servers");
	return c->fault.code == 0;
}

/* Who is on the phone comes first; mail waits always, and leaves some agents free. */
static bool build_blending(struct oracle_case *c, struct oracle_model *ret)
{
	double rates[2] = {oracle_number(c, "call_rate"), 1};
	unsigned servers = oracle_count(c, "servers", AGENTS_MAX);
	unsigned reserve = oracle_count(c, "reserve", UINT8_MAX);
	classes(ret, rates, 2);
	serve_alike(ret, oracle_number(c, "service_rate"));
	oracle_add_queue(ret);
	oracle_add_queue(ret)->reserve = (uint8_t)reserve;
	ret->classes[0].priority = 1;
	ret->classes[1].priority = 8;
	ret->classes[1].queue = 2;
	ret->classes[1].channel = CHANNEL_EMAIL;
	ret->classes[1].is_backlog = true;
	ret->backlog = BACKLOG_MAIL;
	if (servers == 0 || !oracle_add_agents(ret, 0, servers))
		ORACLE_CASE_FAULT(c, "no servers");
	return c->fault.code == 0;
}

/* Two queues: the second is the flexible pool's alone, which prefers it; the first prefers the
 * first pool, whose ids are higher, so that no tie broken by ids can pass for the ring. */
static bool build_n_model(struct oracle_case *c, struct oracle_model *ret)
{
	double rates[2], servers[2];
	if (oracle_numbers(c, "arrival_rates", rates, 2) != 2 ||
	    oracle_numbers(c, "servers", servers, 2) != 2)
		ORACLE_CASE_FAULT(c, "two rates and two pools are needed");
	if (oracle_has(c, "truncation"))
		oracle_count(c, "truncation", ORACLE_SLOTS); /* of the solution, not of the model */
	if (c->fault.code != 0)
		return false;
	classes(ret, rates, 2);
	serve_alike(ret, oracle_number(c, "service_rate"));
	oracle_add_queue(ret);
	oracle_add_queue(ret);
	ret->classes[0].priority = 6;
	ret->classes[1].priority = 4;
	ret->classes[1].queue = 2;
	oracle_add_agents(ret, 1, (unsigned)servers[1]);
	for (unsigned a = 0; a < ret->agent_count; a++)
		ret->agents[a].set.queues[0].ring = 1;
	unsigned first = ret->agent_count;
	oracle_add_agents(ret, 0, (unsigned)servers[0]);
	for (unsigned a = first; a < ret->agent_count; a++)
		ret->agents[a].set.queue_count = 1;
	if (first == 0 || ret->agent_count == first)
		ORACLE_CASE_FAULT(c, "no servers");
	return c->fault.code == 0;
}

/* ---- skills --------------------------------------------------------------------------------- */

static void add_servers(struct oracle_case *c, struct oracle_model *m, unsigned count)
{
	json_t *serves = json_object_get(c->params, "serves");
	oracle_mark(c, "serves");
	if (json_array_size(serves) != count) {
		ORACLE_CASE_FAULT(c, "serves must tell of each server");
		return;
	}
	for (unsigned s = 0; s < count; s++) {
		json_t *list = json_array_get(serves, s);
		oracle_add_agents(m, s, 1);
		if (json_array_size(list) == 0)
			ORACLE_CASE_FAULT(c, "a server serves nobody");
		for (size_t i = 0; i < json_array_size(list); i++) {
			json_int_t class = json_integer_value(json_array_get(list, i));
			if (!json_is_integer(json_array_get(list, i)) || class < 0 ||
			    class >= m->class_count)
				ORACLE_CASE_FAULT(c, "serves names a class that is not there");
			else if (m->agents[s].set.skill_count < ROUTING_SKILLS_MAX)
				give_skill(&m->agents[s], (unsigned)class);
		}
	}
}

static bool build_alis(struct oracle_case *c, struct oracle_model *ret)
{
	double rates[ORACLE_CLASSES], service[ORACLE_GROUPS];
	unsigned count = oracle_numbers(c, "arrival_rates", rates, ORACLE_CLASSES);
	unsigned servers = oracle_numbers(c, "service_rates", service, ORACLE_GROUPS);
	classes(ret, rates, count);
	oracle_add_queue(ret);
	add_servers(c, ret, servers);
	for (unsigned k = 0; k < count; k++) {
		ret->classes[k].skill = k + 1;
		for (unsigned s = 0; s < servers; s++)
			ret->rates[k][s] = service[s];
	}
	return c->fault.code == 0;
}

/* More waits than can be served, always: an agent becomes free when he is drawn, and takes the
 * first in line he can serve. */
static bool build_matching(struct oracle_case *c, struct oracle_model *ret)
{
	double shares[ORACLE_CLASSES];
	unsigned count = oracle_numbers(c, "customer_probs", shares, ORACLE_CLASSES);
	unsigned servers = oracle_numbers(c, "server_probs", ret->server_shares, ORACLE_GROUPS);
	classes(ret, shares, count);
	oracle_add_queue(ret);
	add_servers(c, ret, servers);
	for (unsigned k = 0; k < count; k++) {
		ret->classes[k].skill = k + 1;
		ret->classes[k].is_backlog = true;
	}
	ret->backlog = BACKLOG;
	ret->unit_us = MATCH_US;
	ret->server_rate = 1;
	return c->fault.code == 0;
}

/* The set-up stands only in the sentence that describes it. */
bool oracle_build_pooling(struct oracle_case *c, struct oracle_model *ret)
{
	unsigned agents, types, room, skills;
	double rate, mean, rates[ORACLE_CLASSES];
	skills = oracle_count(c, "skills_per_agent", ORACLE_CLASSES);
	if (sscanf(c->model, "%u agents, %u call types %lf/min each, mean %lf min, %u waiting",
		   &agents, &types, &rate, &mean, &room) != 5 ||
	    agents == 0 || agents > AGENTS_MAX || types == 0 || types > ORACLE_CLASSES ||
	    skills == 0 || skills > types || !(mean > 0) || !(rate > 0)) {
		ORACLE_CASE_FAULT(c, "the model does not describe agents, types and room");
		return false;
	}
	for (unsigned k = 0; k < types; k++)
		rates[k] = rate;
	classes(ret, rates, types);
	serve_alike(ret, 1 / mean);
	struct routing_queue_set *q = oracle_add_queue(ret);
	q->length_max = room;
	q->full = TREAT_END;
	for (unsigned a = 0; a < agents; a++) {
		oracle_add_agents(ret, a % types, 1);
		for (unsigned i = 0; i < skills; i++)
			give_skill(&ret->agents[a], (a + i) % types);
	}
	for (unsigned k = 0; k < types; k++)
		ret->classes[k].skill = k + 1;
	return c->fault.code == 0;
}

/* ---- what must be noticed ------------------------------------------------------------------- */

static void spoil_priorities(struct oracle_model *m)
{
	for (unsigned k = 0; k < m->class_count; k++)
		m->classes[k].priority = 0;
}

static void spoil_reserve(struct oracle_model *m)
{
	m->queues[1].reserve = 0;
}

static void spoil_rings(struct oracle_model *m)
{
	for (unsigned a = 0; a < m->agent_count; a++)
		for (unsigned q = 0; q < m->agents[a].set.queue_count; q++)
			m->agents[a].set.queues[q].ring = 0;
}

static void spoil_skills(struct oracle_model *m)
{
	for (unsigned a = 0; a < m->agent_count; a++) {
		m->agents[a].set.skill_count = 0;
		for (unsigned k = 0; k < m->class_count; k++)
			give_skill(&m->agents[a], k);
	}
}

const struct oracle_family oracle_many[] = {
	{"priority", oracle_build_priority, oracle_judge_costs, spoil_priorities, "no tiers"},
	{"blending", build_blending, NULL, spoil_reserve, "nobody in reserve"},
	{"n_model", build_n_model, NULL, spoil_rings, "no rings"},
	{"fcfs_alis", build_alis, NULL, spoil_skills, "everybody can do everything"},
	{"fcfs_matching", build_matching, NULL, spoil_skills, "everybody can do everything"},
	{"resource_pooling", oracle_build_pooling, oracle_judge_pooling, spoil_skills,
	 "everybody can do everything"},
	{"multiskill_transient", NULL, oracle_judge_days, spoil_rings, "no rings"},
	{NULL, NULL, NULL, NULL, NULL},
};
