/* SPDX-License-Identifier: Apache-2.0 */
/* The what-if against journals that were made up: nothing changed, and changes whose outcome is
 * known. */
#include "tests/gateway/replay/journal.h"

#include "tests/tap.h"

#include <math.h>
#include <stdlib.h>

#define QUEUE 10
#define AGENT 100

static struct replay_result run_input(const struct replay_input *in)
{
	struct replay_result result;
	struct usher_error err = {0};
	int code = replay_run(in, &result, &err);
	if (code < 0)
		print_error("%s\n", err.text);
	assert_int_equal(code, 0);
	return result;
}

/* ---- nothing changed ------------------------------------------------------------------------ */

static void assert_same_queue(const struct replay_queue_figures *a,
			      const struct replay_queue_figures *b)
{
	assert_int_equal(a->queue, b->queue);
	assert_int_equal(a->entered, b->entered);
	assert_int_equal(a->answered, b->answered);
	assert_int_equal(a->in_target, b->in_target);
	assert_int_equal(a->abandoned, b->abandoned);
	assert_int_equal(a->short_abandoned, b->short_abandoned);
	assert_int_equal(a->turned_away, b->turned_away);
	assert_int_equal(a->waiting, b->waiting);
	assert_int_equal(a->handled, b->handled);
	assert_int_equal(a->waited_us, b->waited_us);
	assert_int_equal(a->p50_us, b->p50_us);
	assert_int_equal(a->p90_us, b->p90_us);
	assert_int_equal(a->longest_us, b->longest_us);
	assert_int_equal(a->handle_us, b->handle_us);
}

static void assert_same(const struct replay_result *result)
{
	size_t n, m;
	const struct replay_queue_figures *a = replay_figures_queues(result->before, &n);
	const struct replay_queue_figures *b = replay_figures_queues(result->after, &m);
	assert_true(result->is_same);
	assert_int_equal(result->digest_before, result->digest_after);
	assert_int_equal(result->steps, result->events);
	assert_int_equal(result->assumed_accepts + result->assumed_handling +
				 result->assumed_wrapups + result->moot + result->dropped +
				 result->unspent,
			 0);
	assert_int_equal(n, m);
	for (size_t i = 0; i < n; i++)
		assert_same_queue(&a[i], &b[i]);
	const struct replay_agent_figures *x = replay_figures_agents(result->before, &n);
	const struct replay_agent_figures *y = replay_figures_agents(result->after, &m);
	assert_int_equal(n, m);
	assert_memory_equal(x, y, n * sizeof *x);
}

static void test_unchanged(void **state)
{
	size_t kinds[EV_REQUIRE + 1] = {0}, applied[EV_REQUIRE + 1] = {0}, events = 0;
	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct journal j;
		journal_init(&j, seed);
		journal_chaos(&j, 1000);
		if (seed % 3 != 0) /* else from nothing */
			journal_mark(&j);
		journal_chaos(&j, 10000);
		/* To the last instant, or past it, or with a quarter of the record behind the
		 * period. */
		usher_us to = seed % 2 == 0 ? j.now + (seed % 4 == 0 ? USHER_HOUR : 0)
					    : j.record.items[j.record.count * 3 / 4].at_us;
		struct replay_input in = journal_input(&j, to);
		struct replay_result result = run_input(&in);
		assert_same(&result);
		for (size_t i = 0; i < j.record.count; i++)
			kinds[j.record.items[i].kind]++;
		for (unsigned kind = EV_TICK; kind <= EV_REQUIRE; kind++)
			applied[kind] += j.applied[kind];
		events += result.events;
		if (seed % 2 == 0)
			assert_int_equal(result.digest_after, routing_digest(j.r));
		replay_result_done(&result);
		journal_done(&j);
	}
	for (unsigned kind = EV_TICK; kind <= EV_REQUIRE; kind++) {
		print_message("# %s: %zu replayed, %zu applied\n", routing_event_name(kind),
			      kinds[kind], applied[kind]);
		if (applied[kind] == 0)
			fail_msg("no event %s was ever possible", routing_event_name(kind));
	}
	print_message("# %zu events replayed\n", events);
	assert_true(events > 100000);
}

/* ---- the same changes ----------------------------------------------------------------------- */

static void plain_queue(struct journal *j, usher_us offer_us)
{
	journal_queue(
		j, &(struct routing_queue_set){
			   .queue = QUEUE, .priority = 5, .offer_us = offer_us, .missed_max = 100});
}

static struct routing_event agent_event(usher_id agent, uint16_t capacity)
{
	struct routing_event ev = {.kind = EV_AGENT_SET};
	ev.agent.agent = agent;
	ev.agent.capacity = capacity;
	ev.agent.queue_count = 1;
	ev.agent.queues[0].queue = QUEUE;
	return ev;
}

static void at(struct journal *j, usher_us second)
{
	journal_pass(j, JOURNAL_START + second * USHER_SECOND);
}

static const struct replay_queue_figures *all_of(const struct replay_figures *f)
{
	size_t n;
	const struct replay_queue_figures *list = replay_figures_queues(f, &n);
	return &list[n - 1];
}

/* One agent serves three who come at once, 3 s to accept and 100 s each; the third one leaves
 * after 150 s. */
static void three_at_once(struct journal *j)
{
	journal_init(j, 1);
	plain_queue(j, 30 * USHER_SECOND);
	journal_agent(j, AGENT, QUEUE, 100);
	journal_wants(j, AGENT, AGENT_READY);
	journal_mark(j);
	at(j, 10);
	for (usher_id id = 1; id <= 3; id++)
		journal_contact(j, id, QUEUE);
	at(j, 13);
	journal_command(j, EV_ACCEPT, 1);
	at(j, 113);
	journal_command(j, EV_CLOSE, 1);
	at(j, 116);
	journal_command(j, EV_ACCEPT, 2);
	at(j, 160);
	journal_command(j, EV_CUSTOMER_LEFT, 3);
	at(j, 216);
	journal_command(j, EV_CLOSE, 2);
	at(j, 600);
	journal_event(j, &(struct routing_event){.kind = EV_TICK});
}

static void test_one_more(void **state)
{
	struct journal j;
	(void)state;
	three_at_once(&j);
	struct replay_input in = journal_input(&j, j.now);
	struct replay_result result = run_input(&in);
	assert_same(&result);
	assert_int_equal(all_of(result.after)->answered, 2);
	assert_int_equal(all_of(result.after)->abandoned, 1);
	assert_int_equal(all_of(result.after)->waited_us, (3 + 106) * USHER_SECOND);
	assert_int_equal(all_of(result.after)->handle_us, 200 * USHER_SECOND);
	replay_result_done(&result);

	/* With two more of the same all three are offered at once; the third takes the medians. */
	struct routing_event sets[] = {agent_event(AGENT + 1, 100), agent_event(AGENT + 2, 100)};
	struct replay_copy copies[] = {{AGENT, AGENT + 1}, {AGENT, AGENT + 2}};
	struct replay_change change = {
		.sets = sets, .set_count = 2, .copies = copies, .copy_count = 2};
	in.change = &change;
	result = run_input(&in);
	assert_false(result.is_same);
	assert_int_equal(all_of(result.after)->answered, 3);
	assert_int_equal(all_of(result.after)->abandoned, 0);
	assert_int_equal(all_of(result.after)->waited_us, 9 * USHER_SECOND);
	assert_int_equal(all_of(result.after)->handled, 3);
	assert_int_equal(all_of(result.after)->handle_us, 300 * USHER_SECOND);
	assert_int_equal(result.assumed_accepts, 1);
	assert_int_equal(result.assumed_handling, 1);
	assert_int_equal(result.moot, 1);
	replay_result_done(&result);
	journal_done(&j);
}

static void test_nobody(void **state)
{
	struct journal j;
	usher_id absent[] = {AGENT};
	struct replay_change change = {.absent = absent, .absent_count = 1};
	(void)state;
	three_at_once(&j);
	struct replay_input in = journal_input(&j, j.now);
	in.change = &change;
	struct replay_result result = run_input(&in);
	assert_int_equal(all_of(result.after)->answered, 0);
	assert_int_equal(all_of(result.after)->abandoned, 1); /* the others are patient */
	assert_int_equal(all_of(result.after)->waiting, 2);
	assert_int_equal(result.assumed_accepts + result.assumed_handling, 0);
	assert_int_equal(result.unspent, 4);
	replay_result_done(&result);
	journal_done(&j);
}

/* The offer is over before the agent would have accepted it, each time anew. */
static void test_short_offer(void **state)
{
	struct journal j;
	struct routing_event set = {.kind = EV_QUEUE_SET};
	set.queue = (struct routing_queue_set){
		.queue = QUEUE, .priority = 5, .offer_us = 2 * USHER_SECOND, .missed_max = 100};
	struct replay_change change = {.sets = &set, .set_count = 1};
	(void)state;
	three_at_once(&j);
	struct replay_input in = journal_input(&j, j.now);
	in.change = &change;
	struct replay_result result = run_input(&in);
	assert_int_equal(all_of(result.after)->answered, 0);
	assert_int_equal(all_of(result.after)->abandoned, 1);
	assert_int_equal(all_of(result.after)->waiting, 2);
	assert_true(result.steps > 100); /* offers of 2 s with pauses of 2 s for 590 s */
	assert_false(result.is_same);
	replay_result_done(&result);
	journal_done(&j);
}

/* What the record says of an object later is dropped where the change says something else of it. */
static void test_later_settings(void **state)
{
	struct journal j;
	struct routing_event set = agent_event(AGENT, 200);
	struct replay_change change = {.sets = &set, .set_count = 1};
	(void)state;
	journal_init(&j, 1);
	plain_queue(&j, 30 * USHER_SECOND);
	journal_agent(&j, AGENT, QUEUE, 100);
	journal_wants(&j, AGENT, AGENT_READY);
	journal_mark(&j);
	at(&j, 1);
	journal_agent(&j, AGENT, QUEUE, 100);
	at(&j, 10);
	journal_contact(&j, 1, QUEUE);
	journal_contact(&j, 2, QUEUE);
	at(&j, 11);
	journal_command(&j, EV_ACCEPT, 1);
	at(&j, 20);
	journal_command(&j, EV_CLOSE, 1);
	at(&j, 21);
	journal_command(&j, EV_ACCEPT, 2);
	at(&j, 30);
	journal_command(&j, EV_CLOSE, 2);
	struct replay_input in = journal_input(&j, j.now);
	in.change = &change;
	struct replay_result result = run_input(&in);
	assert_int_equal(all_of(result.before)->longest_us, 11 * USHER_SECOND);
	assert_int_equal(all_of(result.after)->longest_us, 1 * USHER_SECOND);
	replay_result_done(&result);
	journal_done(&j);
}

/* Whatever is changed in whatever has happened: it comes to an end, twice the same, and every
 * contact that entered is accounted for no more than once in each queue. */
static void test_changed_chaos(void **state)
{
	(void)state;
	for (uint64_t seed = 21; seed <= 26; seed++) {
		struct journal j;
		journal_init(&j, seed);
		journal_chaos(&j, 1000);
		journal_mark(&j);
		journal_chaos(&j, 4000);
		struct routing_event sets[] = {agent_event(AGENT + 500, 300),
					       agent_event(AGENT, 100)};
		usher_id absent[] = {AGENT + 1, AGENT + 2, AGENT + 3, AGENT + 4};
		struct replay_copy copy = {AGENT + 5, AGENT + 500};
		struct replay_change change = {.sets = sets,
					       .set_count = 2,
					       .absent = absent,
					       .absent_count = 4,
					       .copies = &copy,
					       .copy_count = 1};
		struct replay_input in = journal_input(&j, j.now);
		in.change = &change;
		struct replay_result once = run_input(&in);
		struct replay_result again = run_input(&in);
		const struct replay_queue_figures *all = all_of(once.after);
		assert_false(once.is_same);
		assert_int_equal(once.digest_after, again.digest_after);
		assert_int_not_equal(once.digest_after, once.digest_before);
		assert_int_equal(once.steps, again.steps);
		assert_same_queue(all, all_of(again.after));
		assert_true(all->answered > 0 && all->in_target <= all->answered);
		assert_true(all->p50_us <= all->p90_us && all->p90_us <= all->longest_us);
		replay_result_done(&once);
		replay_result_done(&again);
		journal_done(&j);
	}
}

/* ---- theory --------------------------------------------------------------------------------- */

static double exponential(uint64_t *random, double mean)
{
	return -mean * log(1.0 - (double)(random_next(random) >> 11) / 9007199254740992.0);
}

/* The mean wait in M/M/c: A. K. Erlang 1917. */
static double erlang_c_wait(double load, unsigned servers, double mean)
{
	double blocking = 1.0;
	for (unsigned k = 1; k <= servers; k++)
		blocking = load * blocking / (k + load * blocking);
	double waits = servers * blocking / (servers - load * (1.0 - blocking));
	return waits * mean / (servers - load);
}

struct service {
	usher_id contact;
	usher_us ends_us;
};

/* Whoever is offered something accepts at once; whoever accepted finishes after his own time. */
static void serve(struct journal *j, struct service *busy, unsigned servers, usher_us *spans)
{
	for (size_t i = 0; i < j->effects.count; i++) {
		struct routing_effect fx = j->effects.items[i];
		if (fx.kind != FX_OFFERED)
			continue;
		journal_command(j, EV_ACCEPT, fx.contact);
		for (unsigned k = 0; k < servers; k++)
			if (busy[k].contact == 0) {
				busy[k] = (struct service){fx.contact,
							   j->now + spans[fx.contact - 1]};
				break;
			}
		return; /* one agent's room, one offer */
	}
}

static struct service *first_to_end(struct service *busy, unsigned servers)
{
	struct service *first = NULL;
	for (unsigned k = 0; k < servers; k++)
		if (busy[k].contact != 0 && (first == NULL || busy[k].ends_us < first->ends_us))
			first = &busy[k];
	return first;
}

static void make_mmc(struct journal *j, unsigned servers, size_t contacts, double gap, double mean)
{
	struct service busy[16] = {{0}};
	usher_us *spans = calloc(contacts, sizeof *spans);
	usher_us arrives = JOURNAL_START;
	journal_init(j, 7);
	plain_queue(j, 30 * USHER_SECOND);
	for (unsigned k = 0; k < servers; k++) {
		journal_agent(j, AGENT + k, QUEUE, 100);
		journal_wants(j, AGENT + k, AGENT_READY);
	}
	journal_mark(j);
	for (size_t i = 0; i < contacts;) {
		struct service *first = first_to_end(busy, servers);
		if (first != NULL && first->ends_us <= arrives) {
			usher_id contact = first->contact;
			journal_pass(j, first->ends_us);
			first->contact = 0;
			journal_command(j, EV_CLOSE, contact);
		} else {
			spans[i] = (usher_us)(exponential(&j->random, mean) * 1e6) + 1;
			journal_pass(j, arrives);
			journal_contact(j, ++i, QUEUE);
			arrives += (usher_us)(exponential(&j->random, gap) * 1e6) + 1;
		}
		serve(j, busy, servers, spans);
	}
	free(spans);
}

static double mean_wait(const struct replay_figures *f)
{
	const struct replay_queue_figures *q = all_of(f);
	return (double)q->waited_us / 1e6 / (double)q->answered;
}

static void test_theory(void **state)
{
	struct journal j;
	const double mean = 60.0, gap = 12.0; /* 5 Erlang on 6 agents, then on 7 */
	(void)state;
	make_mmc(&j, 6, 60000, gap, mean);
	struct routing_event set = agent_event(AGENT + 50, 100);
	struct replay_copy copy = {AGENT, AGENT + 50};
	struct replay_change change = {
		.sets = &set, .set_count = 1, .copies = &copy, .copy_count = 1};
	struct replay_input in = journal_input(&j, j.now);
	struct replay_result result = run_input(&in);
	assert_same(&result);
	replay_result_done(&result);
	in.change = &change;
	result = run_input(&in);
	double before = mean_wait(result.before), after = mean_wait(result.after);
	double before_theory = erlang_c_wait(mean / gap, 6, mean);
	double after_theory = erlang_c_wait(mean / gap, 7, mean);
	print_message("# mean wait with 6: %.2f s (Erlang C %.2f), with 7: %.2f s (%.2f); "
		      "%zu assumed\n",
		      before, before_theory, after, after_theory,
		      result.assumed_accepts + result.assumed_handling);
	assert_true(fabs(before - before_theory) < 0.10 * before_theory);
	assert_true(fabs(after - after_theory) < 0.10 * after_theory);
	size_t n;
	const struct replay_agent_figures *a = replay_figures_agents(result.after, &n);
	double occupancy = 0;
	for (size_t i = 0; i < n; i++)
		occupancy += replay_occupancy(&a[i]) / (double)n;
	assert_int_equal(n, 7);
	assert_true(fabs(occupancy - 100.0 * 5 / 7) < 2.0);
	replay_result_done(&result);
	journal_done(&j);
}

/* ---- limits --------------------------------------------------------------------------------- */

static void test_limit(void **state)
{
	struct replay_record record = {0};
	struct usher_buf tick = {0};
	struct usher_error err = {0};
	(void)state;
	routing_event_encode(&(struct routing_event){.kind = EV_TICK}, &tick);
	assert_int_equal(replay_record_add(&record, 1, TEXT("no event"), &err), E_INVALID);
	for (size_t i = 0; i < REPLAY_EVENTS_MAX; i++)
		if (replay_record_add(&record, 1, buf_text(&tick), &err) < 0)
			fail_msg("%s", err.text);
	assert_int_equal(replay_record_add(&record, 1, buf_text(&tick), &err), E_LIMIT);
	assert_non_null(strstr(err.text, "choose a shorter one"));
	assert_int_equal(record.count, REPLAY_EVENTS_MAX);
	buf_done(&tick);
	replay_record_done(&record);
}

static void test_damaged_state(void **state)
{
	struct replay_record record = {0};
	struct replay_result result;
	struct usher_error err = {0};
	struct replay_input in = {
		.state = TEXT("no state"), .limits = JOURNAL_LIMITS, .record = &record};
	(void)state;
	assert_int_equal(replay_run(&in, &result, &err), E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unchanged),      cmocka_unit_test(test_one_more),
		cmocka_unit_test(test_nobody),	       cmocka_unit_test(test_short_offer),
		cmocka_unit_test(test_later_settings), cmocka_unit_test(test_changed_chaos),
		cmocka_unit_test(test_theory),	       cmocka_unit_test(test_limit),
		cmocka_unit_test(test_damaged_state),
	};
	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
