/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gateway/replay/journal.h"

#include "tests/tap.h"

void journal_init(struct journal *j, uint64_t seed)
{
	struct usher_error err;
	*j = (struct journal){.now = JOURNAL_START,
			      .from_us = JOURNAL_START,
			      .random = hash_mix(seed + 1),
			      .last_id = 1000};
	assert_int_equal(routing_new(&j->r, &JOURNAL_LIMITS, 1, &err), 0);
}

void journal_done(struct journal *j)
{
	routing_free(j->r);
	replay_record_done(&j->record);
	buf_done(&j->state);
}

void journal_event(struct journal *j, const struct routing_event *ev)
{
	struct usher_buf bytes = {0};
	struct usher_error err;
	routing_event_encode(ev, &bytes);
	assert_int_equal(replay_record_add(&j->record, j->now, buf_text(&bytes), &err), 0);
	buf_done(&bytes);
	routing_step(j->r, ev, j->now, &j->effects);
	bool is_refused = false;
	for (size_t i = 0; i < j->effects.count; i++)
		is_refused = is_refused || j->effects.items[i].kind == FX_REJECTED;
	j->applied[ev->kind] += !is_refused;
}

void journal_mark(struct journal *j)
{
	buf_clear(&j->state);
	routing_snapshot(j->r, &j->state);
	replay_record_done(&j->record);
	j->from_us = j->now;
}

void journal_pass(struct journal *j, usher_us until)
{
	for (usher_us due; (due = routing_deadline(j->r)) <= until;) {
		j->now = due > j->now ? due : j->now;
		journal_event(j, &(struct routing_event){.kind = EV_TICK});
	}
	j->now = until;
}

struct replay_input journal_input(struct journal *j, usher_us to_us)
{
	return (struct replay_input){.state = buf_text(&j->state),
				     .limits = JOURNAL_LIMITS,
				     .record = &j->record,
				     .from_us = j->from_us,
				     .to_us = to_us};
}

void journal_queue(struct journal *j, const struct routing_queue_set *queue)
{
	struct routing_event ev = {.kind = EV_QUEUE_SET};
	ev.queue = *queue;
	journal_event(j, &ev);
}

void journal_agent(struct journal *j, usher_id agent, usher_id queue, uint16_t capacity)
{
	struct routing_event ev = {.kind = EV_AGENT_SET};
	ev.agent.agent = agent;
	ev.agent.capacity = capacity;
	ev.agent.queue_count = 1;
	ev.agent.queues[0].queue = queue;
	journal_event(j, &ev);
}

void journal_wants(struct journal *j, usher_id agent, enum agent_state wants)
{
	struct routing_event ev = {.kind = EV_AGENT_WANTS};
	ev.presence = (struct routing_presence){agent, wants, 0};
	journal_event(j, &ev);
}

void journal_contact(struct journal *j, usher_id contact, usher_id queue)
{
	struct routing_event ev = {.kind = EV_CONTACT_NEW};
	ev.contact = (struct routing_contact_new){.contact = contact,
						  .queue = queue,
						  .channel = CHANNEL_CHAT,
						  .priority = 255,
						  .first_us = j->now};
	journal_event(j, &ev);
}

void journal_command(struct journal *j, enum routing_event_kind kind, usher_id contact)
{
	struct routing_event ev = {.kind = kind};
	struct routing_contact_view view = {0};
	(void)routing_contact(j->r, contact, &view);
	ev.command = (struct routing_command){
		.contact = contact, .agent = view.agent, .epoch = view.epoch};
	journal_event(j, &ev);
}
