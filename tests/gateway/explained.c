/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/explained.h"

#include <stdio.h>

static struct usher_text agent_name(usher_id agent, void *arg)
{
	static const char *const names[] = {"Anna", "Kalle", "Liisa", "Mart", "Ville", "Aino"};
	(void)arg;
	return text_of(agent >= 10 && agent < 16 ? names[agent - 10] : "?");
}

static struct usher_text queue_name(usher_id queue, void *arg)
{
	(void)arg;
	return text_of(queue == 1 ? "Support" : "Sales");
}

static struct usher_text skill_name(uint32_t skill, void *arg)
{
	(void)arg;
	return text_of(skill == 1 ? "Finnish" : skill == 2 ? "Estonian" : "Bicycles");
}

static struct usher_text contact_name(usher_id contact, void *arg)
{
	static char name[32];
	(void)arg;
	snprintf(name, sizeof name, "C-%llu", (unsigned long long)contact);
	return text_of(name);
}

const struct explain_names explained_names = {agent_name, queue_name, skill_name, contact_name, NULL};

static void dump_why(struct usher_buf *out, const struct routing_why *why)
{
	buf_addf(out, " why %d %u %u %u %lld", (int)why->reason, why->skill, why->needed, why->has,
		 (long long)why->idle_since_us);
}

static void dump_contact(struct usher_buf *out, const struct explain_scene *s)
{
	const struct routing_contact_view *v = &s->view;
	const struct routing_account *a = &s->account;
	const struct routing_rivals *r = &s->rivals;
	buf_addf(out, "kind %d now %lld contact %llu chosen %llu able %u count %zu left %zu\n", (int)s->kind,
		 (long long)s->now, (unsigned long long)s->contact, (unsigned long long)s->chosen, s->able,
		 s->count, s->left_off);
	buf_addf(out, "view %llu %llu %llu %d %d %u %lld %lld %lld %u %u %u %d\n", (unsigned long long)v->queue,
		 (unsigned long long)v->agent, (unsigned long long)v->epoch, (int)v->channel, (int)v->state,
		 v->priority, (long long)v->first_us, (long long)v->queued_us, (long long)v->deadline_us,
		 v->position, v->step, v->seats, v->is_callback);
	buf_addf(out, "account %u %u %lld %u %u %lld %u %u %d %d %d %u %u %llu %lld %d %u %u %u\n", a->tier,
		 a->growth, (long long)a->at_us, a->step, a->step_count, (long long)a->step_end_us,
		 a->ring_max, a->penalty_max, (int)a->order, a->is_automatic, a->is_deferred, a->parallel,
		 a->reserve, (unsigned long long)a->only, (long long)a->only_until_us, a->is_directed,
		 a->position, a->waiting, a->members);
	buf_addf(out, "rivals %llu %d %u %lld %llu %d", (unsigned long long)r->next, (int)r->precedence,
		 r->next_tier, (long long)r->next_at_us, (unsigned long long)r->passed, r->is_cut);
	dump_why(out, &r->passed_why);
	buf_addc(out, '\n');
}

void explained_dump(struct usher_buf *out, const struct explain_scene *s)
{
	dump_contact(out, s);
	for (unsigned i = 0; i < s->need_count; i++)
		buf_addf(out, "need %u %u %u %u\n", s->needs[i].skill, s->needs[i].level,
			 s->needs[i].members, s->needs[i].present);
	for (unsigned i = 0; i < ROUTING_REASONS; i++)
		buf_addf(out, "reason %u: %u %u\n", i, s->members[i], s->others[i]);
	for (size_t i = 0; i < s->count; i++) {
		const struct explain_candidate *c = &s->candidates[i];
		const struct routing_agent_account *a = &c->account;
		buf_addf(out, "agent %llu than %d %d %lld %lld account %d %u %u %d %u %u %u %u %u %lld",
			 (unsigned long long)c->agent, (int)c->than.criterion, c->than.is_before,
			 (long long)c->than.has, (long long)c->than.other_has, a->is_member, a->ring,
			 a->penalty, a->is_offered, a->load, a->weight, a->capacity, a->count,
			 a->count_max, (long long)a->excluded_until_us);
		dump_why(out, &c->why);
		buf_addc(out, '\n');
	}
}
