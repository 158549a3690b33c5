/* SPDX-License-Identifier: Apache-2.0 */
/* Opening hours. */
#include "gateway/lint/index.h"

#define WORKING_DAYS 5

static bool is_open_on(const struct lint_week *w, const struct lint_queue *q, usher_us now, int day)
{
	int shift = lint_week_local(q, now, 0); /* the local minute at which the UTC week begins */
	for (int m = 0; m < 1440; m++)
		if (lint_week_at(w, day * 1440 + m - shift))
			return true;
	return false;
}

static bool is_never_open(const struct hours *h, usher_us now)
{
	return h != NULL && !hours_is_open(h, now) && hours_next(h, now).at_us == USHER_NEVER;
}

/* The shortest time it is open at a stretch, in minutes; 0: always open, or never in that week. */
static int shortest(const struct lint_week *w, int *ret_begin)
{
	int best = 0, begin = -1;
	for (int m = 0; m < 2 * LINT_WEEK_MIN; m++) {
		bool is_open = lint_week_at(w, m), was_open = lint_week_at(w, m - 1);
		if (is_open && !was_open)
			begin = m;
		if (is_open || !was_open || begin < 0)
			continue;
		if (best == 0 || m - begin < best) {
			best = m - begin;
			*ret_begin = begin;
		}
	}
	return best;
}

static void check_short(struct lint *l, uint32_t q)
{
	const struct lint_queue *queue = &l->site->queues[q];
	int begin = 0, minutes = shortest(l->weeks[q], &begin);
	if (minutes == 0 || minutes * USHER_MINUTE >= queue->set.offer_us)
		return;
	int local = lint_week_local(queue, l->site->now, begin);
	struct lint_finding *f = lint_note_queue(l, LINT_HOURS_SHORT, q, "/hours");
	lint_arg(l, f, "%d", local / 1440);
	lint_arg(l, f, "%02d:%02d", local % 1440 / 60, local % 60);
	lint_arg(l, f, "%d", minutes);
	lint_arg(l, f, "%lld", (long long)(queue->set.offer_us / USHER_SECOND));
}

static void check_queue(struct lint *l, uint32_t q)
{
	const struct lint_queue *queue = &l->site->queues[q];
	const struct zone *zone = hours_zone(queue->hours);
	if (queue->hours == NULL)
		return;
	if (is_never_open(queue->hours, l->site->now)) {
		lint_note_queue(l, LINT_HOURS_NEVER, q, "/hours");
		return;
	}
	check_short(l, q);
	if (queue->exceptions_end > 0 && queue->exceptions_end < zone_day_at(zone, l->site->now)) {
		char date[DATE_TEXT_BYTES];
		date_format(queue->exceptions_end, date);
		lint_arg(l, lint_note_queue(l, LINT_HOURS_PAST, q, "/hours/exceptions"), "%s", date);
	}
}

/* One working day without any open queue, where the other four have one: mostly forgotten. */
static void check_channel(struct lint *l, const struct lint_channel *channel)
{
	uint32_t q = lint_queue_at(l, channel->queue);
	int missing = -1, count = 0;
	if (q == LINT_NONE || !channel->is_enabled || l->weeks[q] == NULL)
		return;
	const struct lint_queue *queue = &l->site->queues[q];
	uint32_t to = queue->set.closed == TREAT_OVERFLOW ? l->next[q] : LINT_NONE;
	for (int day = 0; day < WORKING_DAYS; day++) {
		bool is_open = is_open_on(l->weeks[q], queue, l->site->now, day) ||
			       (to != LINT_NONE &&
				is_open_on(l->weeks[to], queue, l->site->now, day));
		count += is_open;
		missing = is_open ? missing : day;
	}
	if (count != WORKING_DAYS - 1)
		return;
	struct lint_finding *f =
		lint_note(l, LINT_WEEKDAY_MISSING, LINT_CHANNEL, channel->id, "/queue");
	lint_arg(l, f, "%.*s", TEXT_ARG(queue->slug));
	lint_arg(l, f, "%d", missing);
}

void lint_check_hours(struct lint *l)
{
	for (uint32_t q = 0; q < l->site->queue_count; q++)
		check_queue(l, q);
	for (size_t i = 0; i < l->site->channel_count; i++)
		check_channel(l, &l->site->channels[i]);
}
