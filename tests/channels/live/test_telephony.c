/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/channels/live/phone_ring.h"

/* ---- at the door
 * --------------------------------------------------------------------------------- */

static void refuses_at_the_door(void **state)
{
	(void)state;
	struct live *l = open_phone();
	const char *body = "AccountSid=" AC "&CallSid=" CALLER;
	struct http_exchange *x = live_request(l, "GET", "/hooks/twilio/voice", "", "", NULL);
	assert_string_equal(x->allow, "POST");
	assert_string_equal(x->content_type, "application/problem+json");
	expect(answer_of(x, 405), "\"status\":405");
	const char *wrong[] = {"AAAAAAAAAAAAAAAAAAAAAAAAAAA=", NULL};
	free(answer_of(live_request(l, "POST", "/hooks/twilio/voice", "", body, NULL), 403));
	free(answer_of(live_request(l, "POST", "/hooks/twilio/voice", "", body, wrong), 403));
	free(answer_of(hook_signed(l, "voice", "", body, "other", NULL), 403));
	/* Signed for another address. */
	free(answer_of(hook_signed(l, "voice", "retry=1&x=2", body, TOKEN, NULL), 403));
	free(answer_of(hook_signed(l, "voice", "", "AccountSid=AC2&CallSid=" CALLER, TOKEN, NULL),
		       404));
	free(answer_of(hook_signed(l, "voice", "", "AccountSid=" AC, TOKEN, NULL), 400));
	free(answer_of(hook_signed(l, "voice", "", "AccountSid=" AC "&CallSid=a%20b", TOKEN, NULL),
		       400));
	struct usher_buf big = {0};
	for (int i = 0; i < 201; i++)
		buf_adds(&big, "a=b&");
	const char *headers[] = {"x", NULL};
	free(answer_of(live_request(l, "POST", "/hooks/twilio/voice", "", big.p, headers), 413));
	for (int i = 0; i < 20000; i++)
		buf_adds(&big, "aaaa");
	free(answer_of(live_request(l, "POST", "/hooks/twilio/voice", "", big.p, headers), 413));
	buf_done(&big);
	assert_int_equal(l->inbound_total, 0);
	free(answer_of(hook_signed(l, "voice", "", body, "next", NULL), 200)); /* rotation */
	assert_int_equal(l->contact_count, 1);
	live_free(l);
}

static void checks_its_settings(void **state)
{
	(void)state;
	struct usher_error err = {0};
	assert_null(live_new(&telephony_driver, "t", "{}", &err));
	assert_non_null(strstr(err.text, "account_sid"));
	assert_null(live_new(&telephony_driver, "t",
			     "{\"account_sid\":\"a/b\",\"auth_token\":\"x\",\"number\":\"+1\"}",
			     &err));
	assert_non_null(strstr(err.text, "account_sid"));
	assert_null(live_new(&telephony_driver, "t",
			     "{\"account_sid\":\"AC\",\"auth_token\":\"x\",\"number\":\"+1\","
			     "\"base_url\":\"http://127.0.0.1:1/\"}",
			     &err));
	assert_non_null(strstr(err.text, "base_url"));
}

/* ---- waiting
 * ------------------------------------------------------------------------------------- */

static void greets_and_enqueues(void **state)
{
	(void)state;
	struct live *l = open_phone();
	char *twiml =
		hook(l, "voice", "", "CallSid=" CALLER "&From=%2B358401234567&CallerName=Caller");
	assert_string_equal(
		twiml,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>"
		"<Say language=\"en-GB\">Welcome &amp; hello</Say>"
		"<Enqueue action=\"https://gw.example.org/hooks/twilio/left\" method=\"POST\" "
		"waitUrl=\"https://gw.example.org/hooks/twilio/wait\" waitUrlMethod=\"POST\">"
		"usher-twilio</Enqueue></Response>");
	struct live_contact *c = live_contact_by_key(l, CALLER);
	assert_string_equal(c->address, "+358401234567");
	assert_string_equal(c->name, "Caller");
	/* The provider asks twice: one contact, the same answer. */
	char *again =
		hook(l, "voice", "", "CallSid=" CALLER "&From=%2B358401234567&CallerName=Caller");
	assert_string_equal(again, twiml);
	assert_int_equal(l->contact_count, 1);
	free(twiml);
	free(again);
	live_free(l);
}

static void asks_the_caller_to_hold_when_nothing_is_kept(void **state)
{
	(void)state;
	struct live *l = open_phone();
	const char *who = "CallSid=" CALLER "&From=anonymous";
	char query[20] = "";
	for (int i = 1; i <= 5; i++) {
		char want[60];
		live_answer_next(l, i % 2 ? E_AGAIN : E_IO);
		char *twiml = hook(l, "voice", query, who);
		assert_non_null(strstr(twiml, "All lines are busy"));
		snprintf(want, sizeof want, "/hooks/twilio/voice?retry=%d</Redirect>", i);
		expect(twiml, want);
		snprintf(query, sizeof query, "retry=%d", i);
	}
	live_answer_next(l, E_AGAIN);
	char *twiml = hook(l, "voice", query, who);
	assert_null(strstr(twiml, "<Redirect")); /* bounded */
	expect(twiml, "<Hangup/>");
	assert_int_equal(l->contact_count, 0);
	live_answer_next(l, E_INVALID);
	expect(hook(l, "voice", "", who), "<Hangup/>");
	expect(hook(l, "voice", "retry=3", who), "<Enqueue "); /* back in time */
	assert_string_equal(l->contacts[0]->address, "anonymous");
	live_free(l);
}

static void announces_the_place(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	live_place(l, c, 3, 0, 0);
	char *twiml = hook(l, "wait", "", "CallSid=" CALLER);
	assert_non_null(strstr(twiml, "You are number 3 in the queue."));
	expect(twiml, "<Pause length=\"10\"/>");
	twiml = hook(l, "wait", "", "CallSid=" CALLER);
	assert_null(strstr(twiml, "<Say"));
	free(twiml);
	live_place(l, c, 1, 0, 0);
	expect(hook(l, "wait", "", "CallSid=" CALLER), "You are next in the queue.");
	live_advance(l, 61 * USHER_SECOND);
	expect(hook(l, "wait", "", "CallSid=" CALLER), "You are next in the queue.");
	live_close(l, c);
	expect(hook(l, "wait", "", "CallSid=" CALLER), "<Hangup/>");
	expect(hook(l, "wait", "", "CallSid=CAother"), "<Hangup/>");
	live_free(l);
}

/* ---- connecting
 * ---------------------------------------------------------------------------------- */

static void connects_the_agent(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	const char *query = connect_agent(l, c);
	assert_int_equal(l->fetch_count, 2);
	assert_string_equal(l->fetches[0].url, "https://api.twilio.com/2010-04-01/Accounts/" AC
					       "/Calls/" CALLER ".json");
	assert_string_equal(l->fetches[0].body,
			    "Url=https%3A%2F%2Fgw.example.org%2Fhooks%2Ftwilio%2Fjoin&Method=POST");
	assert_string_equal(l->fetches[0].user, AC);
	assert_string_equal(l->fetches[0].password, TOKEN);
	assert_string_equal(l->fetches[1].url,
			    "https://api.twilio.com/2010-04-01/Accounts/" AC "/Calls.json");
	assert_non_null(strstr(l->fetches[1].body, "To=%2B358401112222&From=%2B3726001234&"));
	char *twiml = hook(l, "join", "", "CallSid=" CALLER);
	char id[ID_TEXT_BYTES], room[80];
	id_format(c->id, &l->id_key, id);
	snprintf(room, sizeof room, ">contact-%s</Conference>", id);
	assert_non_null(strstr(twiml, room));
	assert_non_null(strstr(twiml, "endConferenceOnExit=\"true\""));
	expect(twiml, "startConferenceOnEnter=\"false\"");
	twiml = hook(l, "agent", query, "CallSid=" AGENT_LEG "&CallStatus=in-progress");
	assert_non_null(strstr(twiml, "Call from + 3 5 8 4 0 1 2 3 4 5 6 7. Contact C-1000."));
	assert_non_null(strstr(twiml, "startConferenceOnEnter=\"true\""));
	expect(twiml, room);
	assert_non_null(strstr(c->session_fields, AGENT_LEG));
	/* The assignment is over: the telephone must not lead to the caller any more. */
	char stale[300];
	snprintf(stale, sizeof stale, "%.*s8", (int)strlen(query) - 1, query);
	expect(hook(l, "agent", stale, "CallSid=" AGENT_LEG), "no longer on the line");
	live_free(l);
}

static void leaves_the_queue_where_rest_did_not_reach(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	expect(hook(l, "left", "", "CallSid=" CALLER "&QueueResult=leave"), "voice?requeue=1");
	expect(hook(l, "voice", "requeue=1", "CallSid=" CALLER "&From=%2B358401234567"),
	       "keep your place");
	live_accept(l, c, AGENT, "Anna");
	expect(hook(l, "wait", "", "CallSid=" CALLER), "<Leave/>");
	expect(hook(l, "left", "", "CallSid=" CALLER "&QueueResult=leave"), "<Conference ");
	expect(hook(l, "left", "", "CallSid=" CALLER "&QueueResult=redirected"), "<Response/>");
	expect(hook(l, "left", "", "CallSid=" CALLER "&QueueResult=queue-full"),
	       "requeue=1&amp;retry=1");
	assert_int_equal(c->state, CONTACT_ACTIVE);
	live_free(l);
}

static void gives_up_on_a_broken_queue(void **state)
{
	(void)state;
	struct live *l = open_phone();
	char query[60] = "", want[60];
	ring(l);
	for (int i = 1; i <= 5; i++) {
		snprintf(want, sizeof want, "voice?requeue=1&amp;retry=%d<", i);
		expect(hook(l, "left", query, "CallSid=" CALLER "&QueueResult=system-error"), want);
		snprintf(query, sizeof query, "requeue=1&retry=%d", i);
		snprintf(want, sizeof want, "/left?retry=%d\"", i);
		expect(hook(l, "voice", query, "CallSid=" CALLER), want);
		snprintf(query, sizeof query, "retry=%d", i);
	}
	expect(hook(l, "left", query, "CallSid=" CALLER "&QueueResult=error"), "<Hangup/>");
	live_free(l);
}

static void says_why_an_agent_cannot_be_called(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	live_accept(l, c, AGENT, "Anna");
	const struct live_delivery *d = live_command(l, c, "assigned", "", 0);
	assert_int_equal(d->state, DELIVERY_FAILED);
	assert_string_equal(d->detail, "the agent has no telephone address");
	d = live_command(l, c, "assigned", "0401234567", 0);
	assert_int_equal(d->state, DELIVERY_FAILED);
	d = live_command(l, c, "message", "", 0);
	assert_string_equal(d->detail, "the caller is on the telephone; this text was not sent");
	assert_int_equal(live_command(l, c, "dance", "", 0)->state, DELIVERY_FAILED);
	assert_int_equal(l->fetch_count, 0);
	live_free(l);
}

static void tells_each_outcome_of_rest(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	struct channel_status status;
	live_accept(l, c, AGENT, "Anna");
	live_script(l, 0, "", "connection refused");
	const struct live_delivery *d = live_command(l, c, "assigned", "+358401112222", 0);
	assert_int_equal(d->state, DELIVERY_RETRY);
	assert_int_equal(d->retry_us, USHER_SECOND);
	assert_string_equal(d->detail,
			    "connecting the caller failed: connection refused; again in 1 s");
	telephony_driver.status(l->channel, &status);
	assert_int_equal(status.health, CHANNEL_DEGRADED);
	live_script(l, 503, "", NULL);
	assert_int_equal(live_command(l, c, "assigned", "+358401112222", 2)->retry_us,
			 4 * USHER_SECOND);
	live_script(l, 503, "", NULL);
	assert_int_equal(live_command(l, c, "assigned", "+358401112222", 4)->state,
			 DELIVERY_FAILED);
	live_script(l, 401, "{\"code\":20003,\"message\":\"Authenticate\"}", NULL);
	d = live_command(l, c, "assigned", "+358401112222", 0);
	assert_int_equal(d->state, DELIVERY_HELD);
	assert_string_equal(
		d->detail,
		"connecting the caller: the provider answered 401 (20003: Authenticate)");
	telephony_driver.status(l->channel, &status);
	assert_int_equal(status.health, CHANNEL_DOWN);
	int before = l->released_held;
	live_advance(l, 61 * USHER_SECOND);
	assert_true(l->released_held > before);
	live_script(l, 200, "{}", NULL);
	live_script(l, 400, "{\"code\":21211,\"message\":\"Invalid 'To' Phone Number\"}", NULL);
	d = live_command(l, c, "assigned", "+358401112222", 0);
	assert_int_equal(d->state, DELIVERY_FAILED);
	assert_non_null(strstr(d->detail, "21211"));
	telephony_driver.status(l->channel, &status);
	assert_int_equal(status.health, CHANNEL_OK);
	live_free(l);
}

static void does_not_ring_twice(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	live_accept(l, c, AGENT, "Anna");
	live_script(l, 200, "{}", NULL);
	live_script(l, 0, "", "timed out");
	const struct live_delivery *d = live_command(l, c, "assigned", "+358401112222", 0);
	assert_int_equal(d->state, DELIVERY_UNSURE);
	char id[ID_TEXT_BYTES], query[200];
	id_format(AGENT, &l->id_key, id);
	snprintf(query, sizeof query, "call=" CALLER "&agent=%s&epoch=7", id);
	free(hook(l, "status", query,
		  "CallSid=" AGENT_LEG "&CallStatus=initiated&SequenceNumber=0"));
	size_t before = l->fetch_count;
	assert_int_equal(live_command(l, c, "assigned", "+358401112222", 1)->state, DELIVERY_SENT);
	assert_int_equal(l->fetch_count, before);
	live_free(l);
}

static void learns_from_404_that_the_caller_is_gone(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	live_accept(l, c, AGENT, "Anna");
	live_script(l, 404, "{\"code\":20404,\"message\":\"not found\"}", NULL);
	const struct live_delivery *d = live_command(l, c, "assigned", "+358401112222", 0);
	assert_int_equal(d->state, DELIVERY_FAILED);
	assert_string_equal(d->detail, "the caller has hung up");
	assert_int_equal(c->state, CONTACT_WRAPUP);
	live_free(l);
}

static void puts_the_caller_back_and_ends(void **state)
{
	(void)state;
	struct live *l = open_phone();
	struct live_contact *c = ring(l);
	connect_agent(l, c);
	c->state = CONTACT_WAITING;
	c->agent = 0;
	assert_int_equal(live_command(l, c, "released", "", 0)->state, DELIVERY_SENT);
	assert_int_equal(l->fetch_count, 4);
	assert_non_null(strstr(l->fetches[2].url, AGENT_LEG)); /* the agent's telephone ends */
	assert_string_equal(l->fetches[2].body, "Status=completed");
	assert_non_null(strstr(l->fetches[3].body, "voice%3Frequeue%3D1"));
	free(hook(l, "status", "", "CallSid=" AGENT_LEG "&CallStatus=completed"));
	c->is_session_open = false; /* as the gateway may have it when the command comes */
	live_script(l, 404, "{}", NULL);
	assert_int_equal(live_command(l, c, "closed", "", 0)->state, DELIVERY_SENT);
	assert_non_null(strstr(l->fetches[l->fetch_count - 1].url, CALLER));
	assert_string_equal(l->fetches[l->fetch_count - 1].body, "Status=completed");
	live_free(l);
}

/* Calls that are over make room: a busy day must not end with "all lines are busy". */
static void has_room_for_the_next_call(void **state)
{
	(void)state;
	struct live *l = open_phone();
	char more[200];
	for (int i = 0; i < PHONE_CALLS_MAX + 300; i++) {
		snprintf(more, sizeof more, "CallSid=CA%032d&CallStatus=completed", i);
		free(hook(l, "status", "", more));
		live_pump(l);
	}
	assert_int_not_equal(ring(l)->id, 0);
	live_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_room_for_the_next_call),
		cmocka_unit_test(refuses_at_the_door),
		cmocka_unit_test(checks_its_settings),
		cmocka_unit_test(greets_and_enqueues),
		cmocka_unit_test(asks_the_caller_to_hold_when_nothing_is_kept),
		cmocka_unit_test(announces_the_place),
		cmocka_unit_test(connects_the_agent),
		cmocka_unit_test(leaves_the_queue_where_rest_did_not_reach),
		cmocka_unit_test(gives_up_on_a_broken_queue),
		cmocka_unit_test(says_why_an_agent_cannot_be_called),
		cmocka_unit_test(tells_each_outcome_of_rest),
		cmocka_unit_test(does_not_ring_twice),
		cmocka_unit_test(learns_from_404_that_the_caller_is_gone),
		cmocka_unit_test(puts_the_caller_back_and_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
