/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of one queue that do not go together with its members, its channels or each other. */
#include "gateway/insight/staffing.h"
#include "gateway/lint/index.h"

#define FIRST_REPLY_SHORT (10 * USHER_SECOND)
#define MAIL_REPLY_SHORT (10 * USHER_MINUTE)
#define SILENCE_SHORT USHER_MINUTE

#define BIT(kind) (1u << (kind))
#define MAIL_KINDS (BIT(CHANNEL_EMAIL) | BIT(CHANNEL_LETTER))
#define KEPT_KINDS (MAIL_KINDS | BIT(CHANNEL_MESSAGING))

static long long seconds(usher_us span)
{
	return (long long)(span / USHER_SECOND);
}

static void check_members(struct lint *l, uint32_t q)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	uint32_t members = lint_seat_count(l, q);
	const struct {
		enum lint_code code;
		const char *pointer;
		uint32_t value;
		bool is_wrong;
	} rows[] = {
		{LINT_RESERVE_MEMBERS, "/reserve", set->reserve, set->reserve >= members},
		{LINT_PARALLEL_MEMBERS, "/parallel", set->parallel, set->parallel > members},
		{LINT_LENGTH_MEMBERS, "/length_max", set->length_max, set->length_max < members},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		bool is_set = rows[i].value > (rows[i].code == LINT_PARALLEL_MEMBERS ? 1u : 0u);
		if (members == 0 || !is_set || !rows[i].is_wrong)
			continue;
		struct lint_finding *f = lint_note_queue(l, rows[i].code, q, "%s", rows[i].pointer);
		lint_arg(l, f, "%u", rows[i].value);
		lint_arg(l, f, "%u", members);
	}
}

static void check_leases(struct lint *l, uint32_t q)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	usher_us shortest = set->reply_us > 0 ? set->reply_us : set->first_reply_us;
	if (set->first_reply_us > 0 && set->first_reply_us < shortest)
		shortest = set->first_reply_us;
	if (set->first_reply_us > 0 && set->first_reply_us < FIRST_REPLY_SHORT)
		lint_arg(l, lint_note_queue(l, LINT_FIRST_REPLY_SHORT, q, "/first_reply_seconds"),
			 "%lld", seconds(set->first_reply_us));
	else if (set->is_automatic && set->first_reply_us > 0 && set->first_reply_us < set->offer_us) {
		struct lint_finding *f =
			lint_note_queue(l, LINT_AUTOMATIC_LEASE, q, "/first_reply_seconds");
		lint_arg(l, f, "%lld", seconds(set->first_reply_us));
		lint_arg(l, f, "%lld", seconds(set->offer_us));
	}
	if (shortest > 0 && shortest < MAIL_REPLY_SHORT && (l->kinds_in[q] & MAIL_KINDS) != 0) {
		bool is_first = shortest == set->first_reply_us;
		lint_arg(l,
			 lint_note_queue(l, LINT_REPLY_SHORT_MAIL, q, "%s",
					 is_first ? "/first_reply_seconds" : "/reply_seconds"),
			 "%lld", seconds(shortest));
	}
	if (set->silence_us > 0 && set->silence_us < SILENCE_SHORT)
		lint_arg(l, lint_note_queue(l, LINT_SILENCE_SHORT, q, "/silence_seconds"), "%lld",
			 seconds(set->silence_us));
}

static void check_offers(struct lint *l, uint32_t q)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	if (set->is_automatic && set->parallel > 1)
		lint_arg(l, lint_note_queue(l, LINT_AUTOMATIC_PARALLEL, q, "/parallel"), "%u",
			 set->parallel);
	if (set->wait_max_us > 0 && set->expired != TREAT_WAIT && !set->is_automatic &&
	    set->wait_max_us < set->offer_us) {
		struct lint_finding *f =
			lint_note_queue(l, LINT_WAIT_OFFER, q, "/wait_max_seconds");
		lint_arg(l, f, "%lld", seconds(set->wait_max_us));
		lint_arg(l, f, "%lld", seconds(set->offer_us));
	}
}

/* Who cannot be told is not turned away, whatever the queue says (gateway/kept.h). */
static void check_mail(struct lint *l, uint32_t q)
{
	const struct lint_queue *queue = &l->site->queues[q];
	const struct {
		const char *member;
		bool is_wrong;
	} rows[] = {
		{"closed", queue->set.closed == TREAT_END && queue->hours != NULL},
		{"full", queue->set.full == TREAT_END && queue->set.length_max > 0},
		{"expired", queue->set.expired == TREAT_END && queue->set.wait_max_us > 0},
	};
	unsigned mail = l->kinds_in[q] & KEPT_KINDS;
	for (size_t i = 0; mail != 0 && i < sizeof rows / sizeof rows[0]; i++) {
		if (!rows[i].is_wrong)
			continue;
		struct lint_finding *f =
			lint_note_queue(l, LINT_MAIL_REFUSED, q, "/%s", rows[i].member);
		lint_arg(l, f, "%s", rows[i].member);
	}
}

static void check_order(struct lint *l, uint32_t q)
{
	const struct routing_queue_set *set = &l->site->queues[q].set;
	bool is_tied = false, is_equal = lint_seat_count(l, q) > 1;
	uint64_t taken[(UINT16_MAX + 1) / 64];
	if (set->order != ORDER_TOP_DOWN && set->order != ORDER_WEIGHTED_RANDOM)
		return;
	memset(taken, 0, sizeof taken);
	for (uint32_t i = l->seat_first[q]; i < l->seat_first[q + 1]; i++) {
		const struct routing_member *m = l->seats[i].member;
		const struct routing_member *first = l->seats[l->seat_first[q]].member;
		is_tied = is_tied || lint_has(taken, m->position);
		taken[m->position / 64] |= 1ull << (m->position % 64);
		is_equal = is_equal && m->weight == first->weight;
	}
	if (set->order == ORDER_TOP_DOWN && is_tied)
		lint_note_queue(l, LINT_POSITION_TIES, q, "/order");
	if (set->order == ORDER_WEIGHTED_RANDOM && is_equal)
		lint_note_queue(l, LINT_DRAW_EQUAL, q, "/order");
}

static void check_target(struct lint *l, uint32_t q)
{
	const struct lint_queue *queue = &l->site->queues[q];
	struct staffing_input in = staffing_defaults();
	struct usher_error err;
	int needed = 0;
	if (queue->calls_per_hour <= 0 || queue->handle_s <= 0 || queue->target_percent == 0)
		return;
	in.calls = queue->calls_per_hour;
	in.period_s = 3600;
	in.handle_s = queue->handle_s;
	in.target = queue->target_percent >= 100 ? 0.99999 : queue->target_percent / 100.0;
	in.within_s = (double)queue->target_us / USHER_SECOND;
	in.occupancy_max = 1;
	if (staffing_needed(&in, &needed, &err) < 0 || needed <= (int)lint_seat_count(l, q))
		return;
	struct lint_finding *f = lint_note_queue(l, LINT_SERVICE_TARGET, q, "/target_percent");
	lint_arg(l, f, "%d", queue->target_percent);
	lint_arg(l, f, "%lld", seconds(queue->target_us));
	lint_arg(l, f, "%d", needed);
	lint_arg(l, f, "%u", lint_seat_count(l, q));
}

void lint_check_limits(struct lint *l)
{
	for (uint32_t q = 0; q < l->site->queue_count; q++) {
		check_members(l, q);
		check_leases(l, q);
		check_offers(l, q);
		check_mail(l, q);
		check_order(l, q);
		check_target(l, q);
	}
}
