/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seeded lines that are cut at any frame, in both directions, against a client that follows the
 * rules of docs/api.md. At the end of each run: what the visitor wrote is in the record once and in
 * order, and what the record shows stands on the visitor's screen once and in order.
 */
#include "channels/chat/chat.h"
#include "tests/channels/live/host.h"
#include "tests/tap.h"

#include <stdio.h>

#define RUNS 1000
#define STEPS 60
#define TEXTS_MAX 400

struct client {
	struct live *l;
	struct ws_peer *p; /* NULL: not connected */
	uint64_t random;
	char token[64], conv[64];
	int64_t line_last;	  /* of the events on this line: the server sends none twice */
	int64_t last;		  /* rule 1 */
	bool is_greeted;	  /* rule 3: nothing is sent before the answer to hello */
	bool takes_acks;	  /* a client may count an ack as seen */
	char *pending[TEXTS_MAX]; /* cids, in order, until acknowledged */
	size_t pending_count;
	bool is_sent[TEXTS_MAX];
	int written;
	usher_us send_after;
	/* The screen: conv, seq, text of each thing shown. */
	struct {
		char conv[64], cid[16], text[40];
		int64_t seq;
	} shown[TEXTS_MAX];
	size_t shown_count;
};

static void show(struct client *c, const char *conv, int64_t seq, const char *cid, const char *text)
{
	for (size_t i = 0; i < c->shown_count; i++)
		if (strcmp(c->shown[i].conv, conv) == 0 && c->shown[i].seq == seq) {
			/* The ack came first, or the client does not count acks. */
			assert_true(cid[0] != '\0');
			return;
		}
	assert_true(c->shown_count < TEXTS_MAX);
	snprintf(c->shown[c->shown_count].conv, 64, "%s", conv);
	snprintf(c->shown[c->shown_count].cid, 16, "%s", cid);
	snprintf(c->shown[c->shown_count].text, 40, "%s", text);
	c->shown[c->shown_count++].seq = seq;
}

static void enter(struct client *c, const char *conv)
{
	if (strcmp(c->conv, conv) == 0)
		return;
	snprintf(c->conv, sizeof c->conv, "%s", conv);
	c->last = c->line_last = 0;
}

static void acknowledged(struct client *c, const char *cid)
{
	for (size_t i = 0; i < c->pending_count; i++) {
		if (strcmp(c->pending[i], cid) != 0)
			continue;
		assert_int_equal(i, 0); /* in order */
		free(c->pending[0]);
		c->pending_count--;
		memmove(c->pending, c->pending + 1, c->pending_count * sizeof *c->pending);
		memmove(c->is_sent, c->is_sent + 1, c->pending_count * sizeof *c->is_sent);
		return;
	}
}

static void on_hello(struct client *c, const char *frame)
{
	snprintf(c->token, sizeof c->token, "%s", live_member(frame, "visitor"));
	if (live_member(frame, "conv")[0] != '\0')
		enter(c, live_member(frame, "conv"));
	c->is_greeted = true;
	memset(c->is_sent, 0, sizeof c->is_sent); /* rule 3: again, in order */
}

static void on_ack(struct client *c, const char *frame)
{
	char cid[16];
	int64_t seq = atoll(live_member(frame, "seq"));
	snprintf(cid, sizeof cid, "%s", live_member(frame, "cid"));
	bool was_pending = false;
	for (size_t i = 0; i < c->pending_count; i++)
		was_pending = was_pending || strcmp(c->pending[i], cid) == 0;
	acknowledged(c, cid);
	if (!was_pending)
		return;
	show(c, live_member(frame, "conv"), seq, cid, cid);
	/* Only the ack of a fresh conversation moves the client; an old one is history. */
	bool is_old = false;
	for (size_t i = 0; i < c->shown_count && c->conv[0] != '\0'; i++)
		is_old = is_old || (strcmp(c->shown[i].conv, live_member(frame, "conv")) == 0 &&
				    c->shown[i].seq != seq);
	if (!is_old)
		enter(c, live_member(frame, "conv"));
	if (c->takes_acks && strcmp(c->conv, live_member(frame, "conv")) == 0 && seq > c->last)
		c->last = seq;
}

static void on_nack(struct client *c, const char *frame)
{
	const char *code = live_member(frame, "code");
	assert_true(strcmp(code, "busy") == 0 || strcmp(code, "rate") == 0);
	c->send_after = c->l->clock + atoll(live_member(frame, "retry_ms")) * 1000;
	memset(c->is_sent, 0, sizeof c->is_sent);
}

static void read_frame(struct client *c, const char *frame)
{
	const char *kind = live_member(frame, "t");
	if (strcmp(kind, "hello") == 0) {
		on_hello(c, frame);
	} else if (strcmp(kind, "ack") == 0) {
		on_ack(c, frame);
	} else if (strcmp(kind, "nack") == 0) {
		on_nack(c, frame);
	} else if (strcmp(kind, "ev") == 0) {
		int64_t seq = atoll(live_member(frame, "seq"));
		assert_true(seq > c->line_last);
		c->line_last = seq;
		if (seq <= c->last)
			return; /* rule 1 */
		c->last = seq;
		show(c, c->conv, seq, live_member(frame, "cid"), live_member(frame, "text"));
	}
}

/* Reads `most` frames; what is left when the line is cut never arrives. */
static void read_some(struct client *c, size_t most)
{
	for (size_t i = 0; c->p != NULL && i < most; i++) {
		const char *frame = live_next(c->p);
		if (frame == NULL)
			return;
		read_frame(c, frame);
	}
}

static void cut(struct client *c)
{
	if (c->p == NULL)
		return;
	read_some(c, random_below(&c->random, 4));
	live_cut(c->p);
	c->p = NULL;
}

static void connect_again(struct client *c)
{
	struct usher_buf b = {0};
	c->p = live_connect(c->l, "/chat/web", "192.0.2.1", "");
	assert_non_null(c->p);
	c->is_greeted = false;
	c->line_last = c->last;
	buf_adds(&b, "{\"t\":\"hello\",\"v\":1");
	if (c->token[0] != '\0')
		buf_addf(&b, ",\"visitor\":\"%s\"", c->token);
	if (c->conv[0] != '\0')
		buf_addf(&b, ",\"resume\":{\"conv\":\"%s\",\"seq\":%lld}", c->conv,
			 (long long)c->last);
	buf_addc(&b, '}');
	live_say(c->p, "%s", b.p);
	buf_done(&b);
	if (c->token[0] == '\0')
		read_some(c, 1); /* else the visitor would be another one each time */
}

static void send_pending(struct client *c)
{
	if (c->p == NULL || !c->is_greeted || c->l->clock < c->send_after)
		return;
	for (size_t i = 0; i < c->pending_count; i++) {
		if (c->is_sent[i])
			continue;
		c->is_sent[i] = true;
		live_say(c->p, "{\"t\":\"send\",\"cid\":\"%s\",\"text\":\"%s\"}", c->pending[i],
			 c->pending[i]);
		if (random_below(&c->random, 12) == 0)
			cut(c);
		if (c->p == NULL)
			return;
	}
}

static void write_one(struct client *c)
{
	char cid[16];
	if (c->pending_count > 3)
		return; /* a person waits for a tick now and then */
	snprintf(cid, sizeof cid, "c%d", c->written++);
	c->is_sent[c->pending_count] = false;
	c->pending[c->pending_count++] = memory_copy(text_of(cid));
}

static struct live_contact *open_contact(struct live *l)
{
	for (size_t i = 0; i < l->contact_count; i++)
		if (l->contacts[i]->is_session_open)
			return l->contacts[i];
	return NULL;
}

static void agent_acts(struct client *c)
{
	struct live_contact *contact = open_contact(c->l);
	char text[32];
	if (contact == NULL)
		return;
	snprintf(text, sizeof text, "a%lld", (long long)contact->seq);
	switch (random_below(&c->random, 8)) {
	case 0:
		live_agent_says(c->l, contact, MESSAGE_NOTE, "note", NULL);
		break;
	case 1:
		live_accept(c->l, contact, 7, "Anna");
		break;
	case 2:
		/* Only when all is read: else the end of an old conversation may go unseen once a
		 * new one has begun elsewhere, which the protocol allows. */
		if (contact->state == CONTACT_ACTIVE && c->pending_count == 0 && c->p != NULL) {
			read_some(c, SIZE_MAX);
			live_close(c->l, contact);
		}
		break;
	default:
		live_agent_says(c->l, contact, MESSAGE_TEXT, text, NULL);
	}
}

static void step(struct client *c)
{
	switch (random_below(&c->random, 10)) {
	case 0:
		cut(c);
		break;
	case 1:
	case 2:
		write_one(c);
		break;
	case 3:
	case 4:
		agent_acts(c);
		break;
	case 5:
		live_answer_next(c->l, E_AGAIN);
		break;
	case 6:
		live_pump(c->l);
		break;
	case 7:
		live_advance(c->l, (usher_us)random_below(&c->random, 2000000));
		break;
	case 8:
		read_some(c, random_below(&c->random, 5));
		break;
	default:
		if (c->p == NULL)
			connect_again(c);
		else if (random_below(&c->random, 20) == 0)
			live_pump(c->l), live_reopen(c->l), c->p = NULL;
	}
	send_pending(c);
	if (random_below(&c->random, 2) == 0)
		live_pump(c->l);
}

/* All is calm: the line holds and everything gets through. */
static void settle(struct client *c)
{
	for (int i = 0; i < 60; i++) {
		if (c->p == NULL)
			connect_again(c);
		live_advance(c->l, USHER_SECOND);
		read_some(c, SIZE_MAX);
		send_pending(c);
		live_advance(c->l, USHER_SECOND);
		read_some(c, SIZE_MAX);
	}
	assert_int_equal(c->pending_count, 0);
}

static void check_record(struct client *c)
{
	int next = 0;
	size_t shown_events = 0;
	for (size_t i = 0; i < c->l->contact_count; i++) {
		const struct live_contact *contact = c->l->contacts[i];
		char conv[ID_TEXT_BYTES];
		int64_t before = 0;
		id_format(contact->id, &c->l->id_key, conv);
		for (size_t j = 0; j < contact->count; j++) {
			const struct contact_message *m = &contact->messages[j].m;
			char want[16];
			snprintf(want, sizeof want, "c%d", next);
			if (m->author == AUTHOR_CUSTOMER) { /* once, and in order */
				assert_string_equal(m->body.p, want);
				next++;
			}
			if (!chat_is_shown(m))
				continue;
			size_t found = 0;
			for (size_t k = 0; k < c->shown_count; k++)
				if (strcmp(c->shown[k].conv, conv) == 0 &&
				    c->shown[k].seq == m->seq) {
					assert_string_equal(c->shown[k].text, m->body.p);
					found++;
				}
			if (found != 1)
				fail_msg("message %lld of %s is shown %zu times", (long long)m->seq,
					 conv, found);
			shown_events++;
			assert_true(m->seq > before);
			before = m->seq;
		}
	}
	assert_int_equal(next, c->written);
	assert_int_equal(shown_events, c->shown_count);
}

static void run(uint64_t seed)
{
	struct client c = {.random = seed};
	c.l = live_new(&chat_driver, "web", "{\"leave_after_s\":3600}", NULL);
	c.l->is_done_first = seed % 2 == 0;
	c.takes_acks = seed % 4 < 2;
	for (int i = 0; i < STEPS; i++)
		step(&c);
	settle(&c);
	check_record(&c);
	for (size_t i = 0; i < c.pending_count; i++)
		free(c.pending[i]);
	live_free(c.l);
}

static uint64_t running; /* 0 when all is done */

static void loses_nothing_under_random_cuts(void **state)
{
	const char *one = getenv("SEED"); /* to replay what failed */
	(void)state;
	if (one != NULL)
		run(strtoull(one, NULL, 10));
	for (running = 1; one == NULL && running <= RUNS; running++)
		run(running);
	print_message("# %d runs of %d steps\n", RUNS, STEPS);
	running = 0;
}

static int tell_seed(void **state)
{
	(void)state;
	if (running != 0)
		print_message("# failed with SEED=%llu\n", (unsigned long long)running);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(loses_nothing_under_random_cuts, tell_seed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
