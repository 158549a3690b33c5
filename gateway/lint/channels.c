/* SPDX-License-Identifier: Apache-2.0 */
/* Channels, and what their contacts take of an agent. */
#include "gateway/lint/index.h"

static struct lint_finding *note_weight(struct lint *l, enum lint_code code, int kind,
					const char *pointer)
{
	return lint_note(l, code, LINT_WEIGHT, text_of(channel_name((enum channel_kind)kind)),
			 pointer);
}

static unsigned capacity_of(const struct lint *l, uint32_t q)
{
	unsigned most = 0;
	for (uint32_t i = l->seat_first[q]; i < l->seat_first[q + 1]; i++) {
		unsigned capacity = l->site->agents[l->seats[i].agent].capacity;
		most = capacity > most ? capacity : most;
	}
	return most;
}

/* In the first queue that only members too small serve; in the others it is the same mistake. */
static void check_heavy(struct lint *l, int kind)
{
	for (uint32_t q = 0; q < l->site->queue_count; q++) {
		unsigned most = capacity_of(l, q), weight = l->site->weights[kind].weight;
		bool is_concerned = (l->kinds[q] >> kind & 1) != 0 && lint_seat_count(l, q) > 0;
		if (!is_concerned || weight <= most)
			continue;
		struct lint_finding *f = note_weight(l, LINT_WEIGHT_TOO_HEAVY, kind, "/weight");
		lint_arg(l, f, "%u", weight);
		lint_arg(l, f, "%.*s", TEXT_ARG(l->site->queues[q].slug));
		lint_arg(l, f, "%u", most);
		return;
	}
}

static void check_numbers(struct lint *l, int kind, unsigned most)
{
	const struct routing_channel_set *w = &l->site->weights[kind];
	if (w->weight == 0 && w->count_max == 0)
		note_weight(l, LINT_WEIGHT_ZERO, kind, "/weight");
	if (w->count_max > 0 && w->weight > 0 && most >= w->weight && w->count_max > most / w->weight) {
		struct lint_finding *f = note_weight(l, LINT_COUNT_IDLE, kind, "/max");
		lint_arg(l, f, "%u", w->count_max);
		lint_arg(l, f, "%u", most / w->weight);
		lint_arg(l, f, "%u", w->weight);
	}
}

static bool is_deferred(int kind)
{
	return !channel_is_live((enum channel_kind)kind);
}

static bool do_share_agents(const struct lint *l, int a, int b)
{
	for (uint32_t q = 0; q < l->site->queue_count; q++)
		if ((l->kinds_in[q] >> a & 1) != 0 && (l->kinds_in[q] >> b & 1) != 0 &&
		    lint_seat_count(l, q) > 0)
			return true;
	return false;
}

/* A mail may lie with an agent for days. */
static void check_blocking(struct lint *l, int kind)
{
	if (!l->site->weights[kind].is_exclusive || !is_deferred(kind))
		return;
	for (int live = 1; live < CHANNEL_KINDS; live++) {
		if (is_deferred(live) || (l->site->weights[live].interrupts >> kind & 1) != 0 ||
		    !do_share_agents(l, kind, live))
			continue;
		struct lint_finding *f = note_weight(l, LINT_EXCLUSIVE_BLOCKS, kind, "/exclusive");
		lint_arg(l, f, "%s", channel_name((enum channel_kind)live));
		return;
	}
}

/* Who may come over whom, by way of others too. */
static void check_interrupts(struct lint *l)
{
	uint8_t over[CHANNEL_KINDS];
	for (int k = 0; k < CHANNEL_KINDS; k++)
		over[k] = l->site->weights[k].interrupts;
	for (int by = 1; by < CHANNEL_KINDS; by++)
		for (int k = 1; k < CHANNEL_KINDS; k++)
			if ((over[k] >> by & 1) != 0)
				over[k] = (uint8_t)(over[k] | over[by]);
	for (int k = 1; k < CHANNEL_KINDS; k++) {
		if ((over[k] >> k & 1) == 0)
			continue;
		int other = 1;
		while ((l->site->weights[k].interrupts >> other & 1) == 0 || (over[other] >> k & 1) == 0)
			other++;
		lint_arg(l, note_weight(l, LINT_INTERRUPTS_RING, k, "/interrupts"), "%s",
			 channel_name((enum channel_kind)other));
		return;
	}
}

void lint_check_channels(struct lint *l)
{
	unsigned most = 0;
	for (size_t i = 0; i < l->site->channel_count; i++)
		if (lint_queue_at(l, l->site->channels[i].queue) == LINT_NONE)
			lint_note(l, LINT_CHANNEL_QUEUE_REMOVED, LINT_CHANNEL,
				  l->site->channels[i].id, "/queue");
	for (size_t a = 0; a < l->site->agent_count; a++)
		if (l->site->agents[a].is_agent && l->site->agents[a].capacity > most)
			most = l->site->agents[a].capacity;
	for (int kind = 1; kind < CHANNEL_KINDS; kind++) {
		check_heavy(l, kind);
		check_numbers(l, kind, most);
		check_blocking(l, kind);
	}
	check_interrupts(l);
}
