/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/channels/live/phone_ring.h"

/* ---- reports
 * ------------------------------------------------------------------------------------- */

static void records_who_was_there_for_how_long(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	const char *query = connect_agent(l, c);
	char label[100], body[500];
	id_format(AGENT, &l->id_key, label);
	free(hook(l, "agent", query, "CallSid=" AGENT_LEG "&CallStatus=in-progress"));
	free(hook(l, "conference", "call=" CALLER,
		  "CallSid=" CALLER "&StatusCallbackEvent=participant-join&SequenceNumber=1&"
		  "ParticipantLabel=customer&Timestamp=Thu%2C+01+Jan+2026+00%3A00%3A05+%2B0000"));
	assert_true(text_equal(live_last(c)->m.body, TEXT("The caller joined the call")));
	snprintf(body, sizeof body,
		 "CallSid=" AGENT_LEG "&StatusCallbackEvent=participant-join&SequenceNumber=2&"
		 "ParticipantLabel=agent-%s&Timestamp=Thu%%2C+01+Jan+2026+00%%3A00%%3A10+%%2B0000",
		 label);
	free(hook(l, "conference", "call=" CALLER, body));
	assert_true(text_equal(live_last(c)->m.body, TEXT("Anna joined the call")));
	size_t before = c->count;
	free(hook(l, "conference", "call=" CALLER, body)); /* twice is once */
	assert_int_equal(c->count, before);
	snprintf(body, sizeof body,
		 "CallSid=" AGENT_LEG "&StatusCallbackEvent=participant-leave&SequenceNumber=3&"
		 "ParticipantLabel=agent-%s&Timestamp=Thu%%2C+01+Jan+2026+00%%3A01%%3A13+%%2B0000",
		 label);
	free(hook(l, "conference", "call=" CALLER, body));
	assert_true(text_equal(live_last(c)->m.body, TEXT("Anna left the call after 63 s")));
	assert_non_null(
		strstr(c->session_fields, "\"joined_at\":1767225610000,\"left_at\":1767225673000"));
	free(hook(l, "conference", "call=" CALLER,
		  "CallSid=" CALLER "&StatusCallbackEvent=participant-leave&SequenceNumber=4&"
		  "ReasonParticipantLeft=participant_hung_up&ParticipantCallStatus=completed&"
		  "Timestamp=Thu%2C+01+Jan+2026+00%3A01%3A14+%2B0000"));
	assert_int_equal(c->state, CONTACT_WRAPUP);
	live_free(l);
}

static void tells_when_the_agent_does_not_answer(void **state)
{
	(void)state;
	static const char *const ends[][2] = {{"busy", "Anna is busy"},
					      {"no-answer", "Anna does not answer the telephone"},
					      {"failed", "Anna cannot be reached by telephone"}};
	for (size_t i = 0; i < 3; i++) {
		struct live *l = open_phone();
		struct live_contact *c = ring(l);
		const char *query = connect_agent(l, c);
		char body[200];
		snprintf(body, sizeof body, "CallSid=" AGENT_LEG "&CallStatus=%s&SequenceNumber=2",
			 ends[i][0]);
		free(hook(l, "status", query, body));
		assert_true(text_equal(live_last(c)->m.body, text_of(ends[i][1])));
		assert_int_equal(c->state, CONTACT_ACTIVE);
		live_free(l);
	}
}

static void ends_with_the_caller(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	const char *query = connect_agent(l, c);
	size_t before = l->fetch_count;
	free(hook(l, "status", "", "CallSid=" CALLER "&CallStatus=completed&CallDuration=63"));
	assert_int_equal(c->state, CONTACT_WRAPUP);
	assert_non_null(strstr(c->session_fields, "\"seconds\":63"));
	/* The telephone of the agent does not go on ringing. */
	assert_int_equal(l->fetch_count, before + 1);
	assert_non_null(strstr(l->fetches[before].url, AGENT_LEG));
	/* Everything else that says so is the same end. */
	free(hook(l, "left", "", "CallSid=" CALLER "&QueueResult=hangup&CallStatus=completed"));
	free(hook(l, "status", "", "CallSid=" CALLER "&CallStatus=completed"));
	assert_int_equal(live_last(c)->m.seq, 2);
	expect(hook(l, "agent", query, "CallSid=" AGENT_LEG), "no longer on the line");
	live_free(l);
}

static void keeps_an_end_that_could_not_be_kept(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	const char *body = "AccountSid=" AC "&CallSid=" CALLER "&CallStatus=completed";
	live_answer_next(l, E_AGAIN);
	live_answer_next(l, E_IO);
	free(answer_of(hook_signed(l, "status", "", body, TOKEN, "t1"), 503));
	assert_int_equal(c->state, CONTACT_WAITING);
	free(answer_of(hook_signed(l, "status", "", body, TOKEN, "t1"), 503)); /* not yet durable */
	live_advance(l, 11 * USHER_SECOND);
	assert_int_equal(c->state, CONTACT_CLOSED);
	free(answer_of(hook_signed(l, "status", "", body, TOKEN, "t1"), 204));
	live_free(l);
}

static void knows_repeats_by_their_token(void **state)
{
	(void)state;
	struct live *l = open_phone();
	ring(l);
	const char *body = "AccountSid=" AC "&CallSid=" CALLER
			   "&StatusCallbackEvent=participant-join&SequenceNumber=1";
	free(answer_of(hook_signed(l, "conference", "call=" CALLER, body, TOKEN, "t1"), 204));
	size_t handed_in = l->inbound_total;
	free(answer_of(hook_signed(l, "conference", "call=" CALLER, body, TOKEN, "t1"), 204));
	free(answer_of(hook_signed(l, "conference", "call=" CALLER, body, TOKEN, "t2"), 204));
	assert_int_equal(l->inbound_total, handed_in);
	live_answer_next(l, E_AGAIN);
	body = "AccountSid=" AC "&CallSid=" CALLER
	       "&StatusCallbackEvent=participant-leave&SequenceNumber=2";
	free(answer_of(hook_signed(l, "conference", "call=" CALLER, body, TOKEN, "t3"), 503));
	live_free(l);
}

static void survives_a_restart(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	const char *query = connect_agent(l, c);
	live_reopen(l);
	expect(hook(l, "join", "", "CallSid=" CALLER), "<Conference ");
	expect(hook(l, "agent", query, "CallSid=" AGENT_LEG "&CallStatus=in-progress"),
	       "Call from + 3 5 8");
	free(hook(l, "status", "", "CallSid=" CALLER "&CallStatus=completed"));
	assert_int_equal(c->state, CONTACT_WRAPUP);
	assert_non_null(strstr(l->fetches[l->fetch_count - 1].url, AGENT_LEG));
	live_free(l);
}

static void answers_in_time_when_the_store_is_slow(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct usher_buf url = {0}, signature = {0};
	struct arena arena = {0};
	struct form form;
	struct http_exchange x = {0};
	buf_adds(&url, "https://gw.example.org/hooks/twilio/voice");
	x.request.method = TEXT("POST");
	x.request.body = TEXT("AccountSid=" AC "&CallSid=" CALLER);
	assert_int_equal(form_parse(x.request.body, &arena, &form, NULL), 0);
	twilio_sign(TEXT(TOKEN), buf_text(&url), &form, &signature);
	x.request.headers[0] = buf_text(&signature);
	l->routes[HOOK_VOICE].on_request(&x, &x.request, l->routes[HOOK_VOICE].arg);
	assert_int_equal(x.status, 0);
	/* Time passes without the store answering. */
	struct live_inbound *held = l->queue[0];
	l->queue_count = 0;
	live_advance(l, 9 * USHER_SECOND);
	assert_int_equal(x.status, 200);
	assert_non_null(strstr(x.body, "<Redirect"));
	l->queue[l->queue_count++] = held;
	live_pump(l);
	assert_int_equal(x.answers, 1);
	assert_int_equal(l->contact_count, 1);
	expect(hook(l, "voice", "retry=1", "CallSid=" CALLER), "<Enqueue ");
	assert_int_equal(l->contact_count, 1);
	free(x.content_type);
	free(x.body);
	buf_done(&url);
	buf_done(&signature);
	arena_done(&arena);
	live_free(l);
}

/* ---- the vendor's own callbacks
 * -------------------------------------------------------------------- */

/* Those for addresses that Usher has; the others are of other designs, and checked in test_twilio.
 */
static void replay(struct live *l, const json_t *callbacks, const size_t *order, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const json_t *c = json_array_get(callbacks, order[i]);
		const char *path = vector_text(c, "url") + strlen("https://gw.example.org");
		const json_t *h = json_object_get(c, "headers");
		const char *headers[] = {vector_text(h, "X-Twilio-Signature"),
					 vector_text(h, "I-Twilio-Idempotency-Token"), NULL};
		struct http_exchange *x =
			live_request(l, "POST", path, "", vector_text(c, "body"), headers);
		if (x->status != 404)
			assert_in_range(x->status, 200, 204);
		live_exchange_free(x);
	}
}

static void plays_the_vendors_callbacks_in_any_order(void **state)
{
	(void)state;
	json_t *file = vectors_load("twilio_callbacks.json");
	uint64_t seed = 7;
	if (file == NULL)
		skip();
	const json_t *callbacks = json_object_get(file, "callbacks");
	size_t n = json_array_size(callbacks), order[64];
	assert_in_range(n, 10, 30);
	for (int run = 0; run < 100; run++) {
		for (size_t i = 0; i < n; i++)
			order[i] = order[n + i] =
				run == 1 ? n - 1 - i : i; /* run 0: as they came */
		if (run == 2)
			for (size_t i = 0; i < 2 * n; i++)
				order[i] = i / 2;
		for (size_t i = n - 1; run > 2 && i > 0; i--) {
			size_t j = (size_t)random_below(&seed, i + 1), kept = order[i];
			order[i] = order[j];
			order[j] = kept;
		}
		struct live *l = open_phone();
		replay(l, callbacks, order, run < 2 ? n : 2 * n);
		assert_null(
			live_contact_by_key(l, CALLER)); /* the call is over, whatever came first */
		struct phone_call *pc = phone_call_find(l->channel, TEXT(CALLER));
		assert_non_null(pc);
		assert_true(call_is_over(&pc->call));
		assert_true(l->contact_count <= 1);
		if (run == 0)
			assert_int_equal(l->contact_count, 1);
		if (run == 1)
			assert_int_equal(l->contact_count, 0);
		live_free(l);
	}
	json_decref(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_who_was_there_for_how_long),
		cmocka_unit_test(tells_when_the_agent_does_not_answer),
		cmocka_unit_test(ends_with_the_caller),
		cmocka_unit_test(keeps_an_end_that_could_not_be_kept),
		cmocka_unit_test(knows_repeats_by_their_token),
		cmocka_unit_test(survives_a_restart),
		cmocka_unit_test(answers_in_time_when_the_store_is_slow),
		cmocka_unit_test(plays_the_vendors_callbacks_in_any_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
