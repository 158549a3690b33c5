/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `replay DATABASE`: is the journal the truth? The core is made from it in three ways, which must
 * give the same digest, and the contact rows must say what the core says. Exit 0, or 1 with one
 * line for each fault. Without an argument: plants faults and expects to find them (TAP).
 */
#include "gateway/engine_restore.h"
#include "storage/record.h"
#include "storage/store.h"
#include "tests/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FAULTS_SHOWN 20

struct findings {
	const struct routing *routing;
	int faults, open_rows, open_views;
	bool is_quiet;
};

static void fault(struct findings *f, const char *format, ...)
{
	va_list args;
	if (f->faults++ >= FAULTS_SHOWN || f->is_quiet)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* ---- rows against the core ------------------------------------------------------------------- */

static void compare(struct findings *f, const struct contact_row *row,
		    const struct routing_contact_view *view)
{
	long long number = (long long)row->number;
	if (row->state != (int64_t)view->state)
		fault(f, "C-%lld: row says %s, core says %s", number,
		      contact_state_name((enum contact_state)row->state),
		      contact_state_name(view->state));
	if (row->agent != view->agent)
		fault(f, "C-%lld: row says agent %llu, core says %llu", number,
		      (unsigned long long)row->agent, (unsigned long long)view->agent);
	if (row->queue != view->queue)
		fault(f, "C-%lld: row and core name different queues", number);
	if (view->state != CONTACT_WAITING && row->epoch != (int64_t)view->epoch)
		fault(f, "C-%lld: row says epoch %lld, core says %llu", number,
		      (long long)row->epoch, (unsigned long long)view->epoch);
}

static int on_contact(const void *item, void *arg)
{
	const struct contact_row *row = item;
	struct findings *f = arg;
	struct routing_contact_view view;
	bool is_known = routing_contact(f->routing, row->id, &view);
	bool is_open = row->state != CONTACT_CLOSED;
	f->open_rows += is_open;
	if (is_known != is_open)
		fault(f, "C-%lld: row says %s, the core %s it", (long long)row->number,
		      contact_state_name((enum contact_state)row->state),
		      is_known ? "has" : "does not know");
	else if (is_open)
		compare(f, row, &view);
	return 0;
}

static void on_view(const struct routing_contact_view *view, void *arg)
{
	struct findings *f = arg;
	(void)view;
	f->open_views++;
}

static void check_rows(struct findings *f, struct store *s)
{
	struct store_range all = {.index = -1};
	if (store_scan(s, &CONTACT, &all, on_contact, f) < 0)
		fault(f, "contacts cannot be read");
	routing_each_contact(f->routing, on_view, f);
	if (f->open_rows != f->open_views)
		fault(f, "%d open contacts in the rows, %d in the core", f->open_rows,
		      f->open_views);
}

/* ---- three ways to the same state ---------------------------------------------------------------
 */

struct tail {
	struct routing *routing;
	int bad;
};

static int on_journal(const void *item, void *arg)
{
	const struct journal_row *row = item;
	struct tail *tail = arg;
	struct routing_event ev;
	struct routing_effects effects;
	if (routing_event_decode(row->event, &ev) < 0) {
		tail->bad++;
		return 0;
	}
	routing_step(tail->routing, &ev, row->at_us, &effects);
	return 0;
}

static void replay_rows(struct findings *f, struct store *s, struct routing *r, int64_t from)
{
	struct tail tail = {.routing = r};
	struct store_range rest = {.index = -1, .has_from = true, .from = from};
	if (store_scan(s, &JOURNAL, &rest, on_journal, &tail) < 0)
		fault(f, "the journal cannot be read");
	if (tail.bad > 0)
		fault(f, "%d journal rows are damaged", tail.bad);
	if (routing_digest(r) != routing_digest(f->routing))
		fault(f, "replayed from row %lld the state is another", (long long)from);
	routing_check(r);
}

/* From the first row on; and from a snapshot taken half way. */
static void check_replay(struct findings *f, struct store *s, int64_t last)
{
	const struct routing_limits limits = ROUTING_LIMITS_DEFAULT;
	struct engine_restored half = {0};
	struct routing *whole = NULL, *rest = NULL;
	struct usher_buf bytes = {0};
	struct usher_error err = {0};
	if (routing_new(&whole, &limits, 1, &err) == 0)
		replay_rows(f, s, whole, 1);
	if (engine_restore_until(&half, s, last / 2, &err) < 0) {
		fault(f, "%s", err.text);
	} else {
		routing_snapshot(half.routing, &bytes);
		if (routing_restore(&rest, &limits, buf_text(&bytes), &err) < 0)
			fault(f, "%s", err.text);
		else
			replay_rows(f, s, rest, last / 2 + 1);
	}
	buf_done(&bytes);
	routing_free(whole);
	routing_free(rest);
	routing_free(half.routing);
}

static int check_store(struct store *s, bool is_quiet)
{
	struct engine_restored restored;
	struct usher_error err = {0};
	struct findings f = {.is_quiet = is_quiet};
	if (engine_restore(&restored, s, &err) < 0) {
		fault(&f, "%s", err.text);
		return f.faults;
	}
	f.routing = restored.routing;
	routing_check(restored.routing);
	check_replay(&f, s, restored.journal_seq);
	check_rows(&f, s);
	if (!is_quiet)
		printf("%lld journal rows, %d open contacts, %d faults\n",
		       (long long)restored.journal_seq, f.open_rows, f.faults);
	routing_free(restored.routing);
	return f.faults;
}

/* ---- planted faults ---------------------------------------------------------------------------
 */

#define QUEUE_ID 7
#define CONTACT_ID 9

static void put_event(struct store_batch *b, int64_t seq, const struct routing_event *ev)
{
	struct usher_buf bytes = {0};
	routing_event_encode(ev, &bytes);
	struct journal_row row = {seq, USHER_SECOND * seq, buf_text(&bytes)};
	store_put(b, &JOURNAL, &row);
	buf_done(&bytes);
}

static struct contact_row waiting_row(void)
{
	return (struct contact_row){.id = CONTACT_ID,
				    .number = 1,
				    .queue = QUEUE_ID,
				    .channel = CHANNEL_CHAT,
				    .state = CONTACT_WAITING};
}

static void put_site(struct store_batch *b)
{
	struct routing_event queue = {.kind = EV_QUEUE_SET};
	queue.queue = (struct routing_queue_set){.queue = QUEUE_ID, .offer_us = USHER_MINUTE};
	put_event(b, 1, &queue);
	struct routing_event contact = {.kind = EV_CONTACT_NEW};
	contact.contact = (struct routing_contact_new){
		.contact = CONTACT_ID, .queue = QUEUE_ID, .channel = CHANNEL_CHAT, .first_us = 1};
	put_event(b, 2, &contact);
	struct contact_row row = waiting_row();
	store_put(b, &CONTACT, &row);
}

static int faults_with(void (*plant)(struct store_batch *b))
{
	struct store *s = NULL;
	struct usher_error err = {0};
	struct store_batch *b = store_batch_new();
	assert_int_equal(store_open_memory(&s, &err), 0);
	put_site(b);
	if (plant != NULL)
		plant(b);
	assert_int_equal(store_commit(s, b, &err), 0);
	int faults = check_store(s, true);
	store_batch_free(b);
	store_close(s);
	return faults;
}

static void plant_state(struct store_batch *b)
{
	struct contact_row row = waiting_row();
	row.state = CONTACT_ACTIVE;
	store_put(b, &CONTACT, &row);
}

static void plant_closed(struct store_batch *b)
{
	struct contact_row row = waiting_row();
	row.state = CONTACT_CLOSED;
	store_put(b, &CONTACT, &row);
}

static void plant_stranger(struct store_batch *b)
{
	struct contact_row row = waiting_row();
	row.id = CONTACT_ID + 1;
	store_put(b, &CONTACT, &row);
}

static void plant_hole(struct store_batch *b)
{
	struct routing_event ev = {.kind = EV_TICK};
	put_event(b, 4, &ev);
}

static void plant_damage(struct store_batch *b)
{
	struct journal_row row = {3, USHER_SECOND * 3, TEXT("no event")};
	store_put(b, &JOURNAL, &row);
}

static void test_sound(void **state)
{
	(void)state;
	assert_int_equal(faults_with(NULL), 0);
}

static void test_planted(void **state)
{
	(void)state;
	void (*const plants[])(struct store_batch * b) = {plant_state, plant_closed, plant_stranger,
							  plant_hole,  plant_damage};
	for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++)
		assert_int_not_equal(faults_with(plants[i]), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(test_planted),
	};
	struct store *s = NULL;
	struct usher_error err = {0};
	if (argc < 2)
		return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
	if (store_open_sqlite(&s, argv[1], &err) < 0) {
		printf("%s\n", err.text);
		return 1;
	}
	int faults = check_store(s, false);
	store_close(s);
	return faults > 0;
}
