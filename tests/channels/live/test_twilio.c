/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/telephony/call.h"
#include "channels/telephony/phone_words.h"
#include "channels/telephony/twilio_parse.h"
#include "channels/telephony/twilio_rest.h"
#include "channels/telephony/twilio_sign.h"
#include "channels/telephony/twiml.h"
#include "tests/channels/live/vectors.h"

#define AC "AC00000000000000000000000000000001"
#define CA "CA0000000000000000000000000000000a"

/* ---- the form -----------------------------------------------------------------------------------
 */

static void parses_forms(void **state)
{
	(void)state;
	struct arena arena = {0};
	struct form f;
	assert_int_equal(
		form_parse(TEXT("a=1&b=&c&=x&&a=2&d%3D=%C3%A4+%2B%zz%4&e=a=b"), &arena, &f, NULL),
		0);
	static const char *const want[][2] = {{"a", "1"},  {"b", ""},  {"c", ""},
					      {"", "x"},   {"a", "2"}, {"d=", "\xc3\xa4 +%zz%4"},
					      {"e", "a=b"}};
	assert_int_equal(f.count, 7);
	for (size_t i = 0; i < 7; i++) {
		assert_true(text_equal(f.params[i].name, text_of(want[i][0])));
		assert_true(text_equal(f.params[i].value, text_of(want[i][1])));
	}
	assert_int_equal(form_parse(TEXT_NONE, &arena, &f, NULL), 0);
	assert_int_equal(f.count, 0);
	struct usher_buf many = {0};
	for (int i = 0; i < FORM_PARAMS_MAX; i++)
		buf_adds(&many, "a=1&");
	assert_int_equal(form_parse(buf_text(&many), &arena, &f, NULL), 0);
	buf_adds(&many, "b");
	assert_int_equal(form_parse(buf_text(&many), &arena, &f, NULL), E_LIMIT);
	buf_done(&many);
	char *big = memory_new(FORM_BYTES_MAX + 1);
	memset(big, 'a', FORM_BYTES_MAX + 1);
	assert_int_equal(form_parse(text_slice(big, FORM_BYTES_MAX), &arena, &f, NULL), 0);
	assert_int_equal(form_parse(text_slice(big, FORM_BYTES_MAX + 1), &arena, &f, NULL),
			 E_LIMIT);
	free(big);
	arena_done(&arena);
}

static struct twilio_callback read_body(const char *body, struct arena *arena)
{
	struct form f;
	struct twilio_callback cb;
	assert_int_equal(form_parse(text_of(body), arena, &f, NULL), 0);
	twilio_read(&f, &cb);
	return cb;
}

static void reads_callbacks(void **state)
{
	(void)state;
	struct arena arena = {0};
	struct twilio_callback cb = read_body(
		"CallSid=" CA "&From=%2B358401234567&CallStatus=no-answer&SequenceNumber=3&"
		"CallDuration=63&Timestamp=Thu%2C+01+Jan+2026+02%3A00%3A05+%2B0200&"
		"CallerName=%C3%84ij%C3%A4&StatusCallbackEvent=participant-leave&"
		"ReasonParticipantLeft=participant_hung_up&QueueResult=queue-full",
		&arena);
	assert_true(text_equal(cb.from, TEXT("+358401234567")));
	assert_int_equal(cb.status, CALL_NO_ANSWER);
	assert_int_equal(cb.sequence, 3);
	assert_int_equal(cb.seconds, 63);
	assert_int_equal(cb.at_us, (usher_us)1767225605 * USHER_SECOND);
	assert_true(text_equal(cb.caller_name, TEXT("\xc3\x84ij\xc3\xa4")));
	assert_true(cb.room_event == ROOM_LEAVE && cb.is_hung_up);
	assert_int_equal(cb.queue_result, QUEUE_BROKEN);
	static const char *const odd[] = {"From=unknown",
					  "From=",
					  "",
					  "From=%2B0123456",
					  "From=%2B3584012345678901234",
					  "From=%2B12a",
					  "From=%FF%FE",
					  "From=%2B358%0A40"};
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		assert_true(text_equal(read_body(odd[i], &arena).from, TEXT("anonymous")));
	assert_true(text_equal(read_body("From=sip:a@b.example", &arena).from,
			       TEXT("sip:a@b.example")));
	cb = read_body("CallSid=../x&AccountSid=a%2Fb&CallerName=%FF&SequenceNumber=-1&Timestamp=x"
		       "&CallStatus=tomorrow&QueueResult=bridged",
		       &arena);
	assert_int_equal(cb.call_sid.n + cb.account_sid.n + cb.caller_name.n, 0);
	assert_true(cb.sequence == -1 && cb.at_us == 0 && cb.status == CALL_STATUS_NONE);
	assert_int_equal(cb.queue_result, QUEUE_REDIRECTED);
	usher_us at;
	assert_int_equal(mail_date_parse(TEXT("1 Feb 2026 00:00:00 +0000"), &at), 0);
	assert_int_equal(mail_date_parse(TEXT("Thu, 01 Foo 2026 00:00:00 +0000"), &at), E_INVALID);
	assert_int_equal(mail_date_parse(TEXT("Thu, 99 Jan 2026 00:00:00 +0000"), &at), E_INVALID);
	assert_int_equal(mail_date_parse(TEXT("Thu, 01 Jan 2026"), &at), E_INVALID);
	arena_done(&arena);
}

/* ---- signatures ---------------------------------------------------------------------------------
 */

static bool verify_case(const json_t *c)
{
	struct arena arena = {0};
	struct form form;
	const char *tokens[] = {"", vector_text(c, "auth_token"), NULL};
	const char *body = vector_text(c, "body_form_urlencoded");
	assert_int_equal(form_parse(text_of(body), &arena, &form, NULL), 0);
	bool ok = twilio_is_signed(tokens, text_of(vector_text(c, "url")), &form,
				   text_of(vector_text(c, "x_twilio_signature")));
	arena_done(&arena);
	return ok;
}

static void verifies_the_vectors(void **state)
{
	(void)state;
	json_t *file = vectors_load("twilio_signature.json");
	size_t i, valid = 0, invalid = 0;
	json_t *c;
	if (file == NULL)
		skip();
	json_array_foreach(json_object_get(file, "cases"), i, c)
	{
		if (!verify_case(c))
			fail_msg("refused: %s", vector_text(c, "name"));
		valid++;
	}
	json_array_foreach(json_object_get(file, "negative_cases"), i, c)
	{
		if (verify_case(c))
			fail_msg("taken: %s", vector_text(c, "name"));
		invalid++;
	}
	json_array_foreach(json_object_get(file, "json_body_cases"), i, c)
	{
		struct usher_text url = text_of(vector_text(c, "url"));
		assert_true(verify_case(c));
		assert_true(twilio_is_body_signed(url, text_of(vector_text(c, "raw_body"))));
		assert_false(twilio_is_body_signed(url, TEXT("{}")));
		valid++;
	}
	/* The library's leniency is not ours: the address is compared as it was handed out. */
	json_array_foreach(json_object_get(file, "library_lenient_cases"), i, c)
		assert_false(verify_case(c));
	assert_int_equal(valid, 12);
	assert_int_equal(invalid, 7);
	json_decref(file);
}

static void takes_either_token(void **state)
{
	(void)state;
	struct usher_buf made = {0};
	struct usher_text url = TEXT("https://gw.example.org/h?a=1");
	const char *both[] = {"old", "new", NULL};
	const char *only_old[] = {"old", "", NULL};
	const char *none[] = {"", NULL};
	twilio_sign(TEXT("new"), url, NULL, &made);
	struct form empty = {0};
	assert_true(twilio_is_signed(both, url, &empty, buf_text(&made)));
	assert_false(twilio_is_signed(only_old, url, &empty, buf_text(&made)));
	buf_clear(&made);
	twilio_sign(TEXT_NONE, url, NULL, &made); /* an empty token is no token */
	assert_false(twilio_is_signed(none, url, &empty, buf_text(&made)));
	buf_done(&made);
	assert_false(twilio_is_body_signed(TEXT("https://x/?b=1"), TEXT("{}")));
}

/* ---- TwiML --------------------------------------------------------------------------------------
 */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Attributes in alphabetical order: what canonical XML changes in such documents. */
static char *canonical(const char *xml)
{
	struct usher_buf b = {0};
	const char *p = xml;
	while (*p != '\0') {
		if (*p != '<' || p[1] == '/' || p[1] == '?') {
			buf_addc(&b, *p++);
			continue;
		}
		char *attributes[32];
		size_t n = 0;
		while (*p != ' ' && *p != '>' && *p != '/')
			buf_addc(&b, *p++);
		while (*p == ' ') {
			const char *from = ++p;
			p = strchr(strchr(p, '"') + 1, '"') + 1;
			attributes[n++] = memory_copy(text_slice(from, (size_t)(p - from)));
		}
		qsort(attributes, n, sizeof *attributes, by_text);
		for (size_t i = 0; i < n; i++) {
			buf_addf(&b, " %s", attributes[i]);
			free(attributes[i]);
		}
	}
	return buf_take(&b);
}

static void check_golden(const json_t *documents, const char *name, struct usher_buf *made)
{
	twiml_end(made);
	char *want = canonical(vector_text(documents, name));
	char *got = canonical(made->p);
	assert_string_equal(got, want);
	free(want);
	free(got);
	buf_clear(made);
	twiml_begin(made);
}

static void writes_the_golden_documents(void **state)
{
	(void)state;
	json_t *file = vectors_load("twiml_golden.json");
	if (file == NULL)
		skip();
	const json_t *documents = json_object_get(file, "documents");
	struct usher_buf b = {0};
	twiml_begin(&b);
	twiml_say(&b, "fi-FI", "Polly.Suvi-Neural",
		  "Tervetuloa! Odota hetki & \"pysy\" <linjalla>.");
	twiml_enqueue(&b, "support", "/hooks/twilio/queue-left", "/hooks/twilio/wait");
	check_golden(documents, "welcome_enqueue", &b);
	char text[100];
	snprintf(text, sizeof text, phone_sentence("en-GB", PHONE_SAYS_PLACE), 3);
	twiml_say(&b, NULL, NULL, text);
	twiml_play(&b, "https://gw.example.org/media/hold.mp3", 1);
	check_golden(documents, "wait", &b);
	twiml_leave(&b);
	check_golden(documents, "leave", &b);
	twiml_pause(&b, 2);
	twiml_hangup(&b);
	check_golden(documents, "hangup", &b);
	check_golden(documents, "empty", &b);
	twiml_conference(
		&b, &(struct twiml_conference){
			    .room = "contact-42",
			    .label = "customer",
			    .action = "/hooks/twilio/conf-left",
			    .status_url = "/hooks/twilio/conference",
			    .status_events =
				    "start end join leave mute hold modify speaker announcement",
			    .wait_url = "/hooks/twilio/hold",
			    .starts = "true",
			    .ends = "false",
			    .muted = "false",
			    .beep = "false",
			    .record = "record-from-start",
			    .record_url = "/hooks/twilio/recording"});
	check_golden(documents, "dial_conference", &b);
	twiml_conference(&b,
			 &(struct twiml_conference){.room = "contact-42",
						    .label = "supervisor",
						    .coach = "CA0000000000000000000000000000000b",
						    .starts = "false",
						    .ends = "false",
						    .beep = "false"});
	check_golden(documents, "supervisor_whisper", &b);
	twiml_conference(&b, &(struct twiml_conference){.room = "contact-42",
							.muted = "true",
							.starts = "false",
							.beep = "false"});
	check_golden(documents, "supervisor_listen", &b);
	buf_done(&b);
	json_decref(file);
}

static void escapes_xml(void **state)
{
	(void)state;
	struct usher_buf b = {0};
	twiml_begin(&b);
	twiml_redirect(&b, "https://x/?a=1&b=\"<>\n");
	twiml_say(&b, NULL, NULL, "</Say><Hangup/>\x01\x1b");
	twiml_end(&b);
	assert_string_equal(b.p,
			    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>"
			    "<Redirect method=\"POST\">https://x/?a=1&amp;b=\"&lt;&gt;\n</Redirect>"
			    "<Say>&lt;/Say&gt;&lt;Hangup/&gt;</Say></Response>");
	buf_clear(&b);
	twiml_escape(&b, TEXT("\"\n&"), true);
	assert_string_equal(b.p, "&quot;&#10;&amp;");
	buf_done(&b);
}

/* ---- REST ---------------------------------------------------------------------------------------
 */

static void check_request(const json_t *requests, size_t i, struct rest_request *r)
{
	const json_t *want = json_array_get(requests, i);
	char url[300];
	snprintf(url, sizeof url, "https://%s%s", vector_text(want, "host"),
		 vector_text(want, "path"));
	assert_string_equal(r->url.p, url);
	assert_string_equal(r->body.p, vector_text(want, "body"));
	rest_request_done(r);
}

static void makes_the_vendors_requests(void **state)
{
	(void)state;
	json_t *file = vectors_load("outgoing_rest_requests.json");
	if (file == NULL)
		skip();
	const json_t *requests = json_object_get(json_object_get(file, "twilio"), "requests");
	const struct rest_account account = {"https://api.twilio.com", AC};
	struct rest_request r;
	rest_create_call(&r, &account,
			 &(struct rest_call){"+358401112222", "+3726001234",
					     "https://gw.example.org/hooks/twilio/agent?contact=42",
					     "https://gw.example.org/hooks/twilio/leg", 20});
	check_request(requests, 0, &r);
	rest_redirect_call(&r, &account, CA, "https://gw.example.org/hooks/twilio/redirect");
	check_request(requests, 1, &r);
	rest_end_call(&r, &account, CA);
	check_request(requests, 3, &r);
	rest_end_conference(&r, &account, "CF00000000000000000000000000000001");
	check_request(requests, 10, &r);
	json_decref(file);
	struct usher_buf b = {0};
	form_add(&b, "Body", "Hei \xc3\xa4~*-._");
	assert_string_equal(b.p, "Body=Hei+%C3%A4%7E*-._");
	buf_done(&b);
}

/* ---- calls, in any order
 * ------------------------------------------------------------------------- */

struct heard {
	struct call_event events[64];
	size_t count;
	struct arena arena;
};

/* The callbacks that speak of a leg, as the hooks would turn them into events. */
static void hear(struct heard *heard, const json_t *callbacks)
{
	size_t i;
	json_t *c;
	json_array_foreach(callbacks, i, c)
	{
		struct twilio_callback cb = read_body(vector_text(c, "body"), &heard->arena);
		struct form form;
		assert_int_equal(
			form_parse(text_of(vector_text(c, "body")), &heard->arena, &form, NULL), 0);
		if (cb.call_sid.n == 0)
			continue;
		bool is_agent = form_get(&form, "ParentCallSid").n > 0;
		assert_true(heard->count < 64);
		heard->events[heard->count++] = (struct call_event){
			.sid = cb.call_sid,
			.role = is_agent ? LEG_AGENT : LEG_CUSTOMER,
			.agent = is_agent ? 7 : 0,
			.epoch = is_agent ? 3 : 0,
			.status = cb.room_event == ROOM_LEAVE ? cb.participant_status : cb.status,
			.room = cb.room_event,
			.sequence = cb.sequence,
			.seconds = cb.seconds,
			.at_us = cb.at_us,
		};
	}
}

static char *play(const struct heard *heard, const size_t *order, size_t count)
{
	struct call call = {0};
	struct usher_buf b = {0};
	for (size_t i = 0; i < count; i++)
		call_apply(&call, &heard->events[order[i]]);
	call_encode(&call, &b);
	return buf_take(&b);
}

static void merges_callbacks_in_any_order(void **state)
{
	(void)state;
	json_t *file = vectors_load("twilio_callbacks.json");
	struct heard heard = {0};
	size_t order[128];
	uint64_t seed = 42;
	if (file == NULL)
		skip();
	hear(&heard, json_object_get(file, "callbacks"));
	size_t n = heard.count;
	assert_true(n >= 15);
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	char *want = play(&heard, order, n);
	assert_non_null(strstr(want, "\"status\":\"completed\",\"seconds\":63"));
	assert_non_null(strstr(want, "\"role\":\"agent\""));
	for (size_t i = 0; i < n; i++)
		order[i] = n - 1 - i;
	char *reversed = play(&heard, order, n);
	assert_string_equal(reversed, want);
	free(reversed);
	for (size_t i = 0; i < 2 * n; i++)
		order[i] = i / 2;
	char *doubled = play(&heard, order, 2 * n);
	assert_string_equal(doubled, want);
	free(doubled);
	for (int run = 0; run < 500; run++) { /* any order, some twice */
		for (size_t i = 0; i < n; i++)
			order[i] = i;
		for (size_t i = n - 1; i > 0; i--) {
			size_t j = (size_t)random_below(&seed, i + 1), kept = order[i];
			order[i] = order[j];
			order[j] = kept;
		}
		for (size_t i = 0; i < 8; i++)
			order[n + i] = (size_t)random_below(&seed, n);
		char *got = play(&heard, order, n + 8);
		assert_string_equal(got, want);
		free(got);
	}
	free(want);
	arena_done(&heard.arena);
	json_decref(file);
}

/* Two stays of one leg with a hold between: every order of the six reports tells the same. */
static void merges_stays_in_any_order(void **state)
{
	(void)state;
	static const enum room_event rooms[6] = {ROOM_JOIN,  ROOM_HOLD, ROOM_UNHOLD,
						 ROOM_LEAVE, ROOM_JOIN, ROOM_LEAVE};
	struct heard heard = {.count = 6};
	size_t order[6] = {0, 1, 2, 3, 4, 5}, counter[6] = {0};
	for (size_t i = 0; i < 6; i++)
		heard.events[i] = (struct call_event){.sid = TEXT(CA),
						      .role = LEG_CUSTOMER,
						      .status = CALL_IN_PROGRESS,
						      .room = rooms[i],
						      .sequence = (int64_t)i + 1,
						      .seconds = -1,
						      .at_us = (usher_us)(100 + i) * USHER_SECOND};
	char *want = play(&heard, order, 6);
	assert_non_null(strstr(want, "\"inside\":false,\"held\":false,\"joined_at\":100000,"
				     "\"left_at\":105000"));
	for (size_t i = 0; i < 6;) { /* Heap's algorithm */
		if (counter[i] < i) {
			size_t j = i % 2 == 0 ? 0 : counter[i], kept = order[i];
			order[i] = order[j];
			order[j] = kept;
			char *got = play(&heard, order, 6);
			assert_string_equal(got, want);
			free(got);
			counter[i]++;
			i = 0;
		} else {
			counter[i++] = 0;
		}
	}
	free(want);
}

static void keeps_a_call_as_json(void **state)
{
	(void)state;
	struct call call = {.from = "+358401234567", .agent = 77, .epoch = 3}, back;
	struct call_event e = {.sid = TEXT("CAb"),
			       .role = LEG_AGENT,
			       .agent = 77,
			       .epoch = 3,
			       .status = CALL_IN_PROGRESS,
			       .room = ROOM_JOIN,
			       .sequence = 4,
			       .seconds = 9,
			       .at_us = 1767225605000000};
	assert_int_equal(call_apply(&call, &e), CALL_CHANGED | CALL_LEG_JOINED);
	assert_int_equal(call_apply(&call, &e), 0);
	e.sid = TEXT("CAa");
	e.role = LEG_CUSTOMER;
	e.agent = 0;
	e.epoch = 0;
	call_apply(&call, &e);
	e.status = CALL_COMPLETED;
	assert_true(call_apply(&call, &e) & CALL_ENDED);
	assert_false(call_apply(&call, &e) & CALL_ENDED);
	assert_true(call_is_over(&call));
	struct usher_buf first = {0}, second = {0};
	call_encode(&call, &first);
	assert_int_equal(call_decode(buf_text(&first), &back), 0);
	call_encode(&back, &second);
	assert_string_equal(second.p, first.p);
	static const char *const bad[] = {"", "[]", "{\"legs\":[1]}", "{\"from\":5}",
					  "{\"legs\":[{\"sid\":\"a/b\",\"role\":\"agent\"}]}"};
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(call_decode(text_of(bad[i]), &back), E_INVALID);
		assert_int_equal(back.leg_count, 0);
	}
	buf_done(&first);
	buf_done(&second);
	for (int i = 0; i < 100; i++) { /* more legs than a call can have */
		char sid[16];
		snprintf(sid, sizeof sid, "CA%d", i);
		e.sid = text_of(sid);
		call_apply(&call, &e);
	}
	assert_int_equal(call.leg_count, CALL_LEGS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_forms),
		cmocka_unit_test(reads_callbacks),
		cmocka_unit_test(verifies_the_vectors),
		cmocka_unit_test(takes_either_token),
		cmocka_unit_test(writes_the_golden_documents),
		cmocka_unit_test(escapes_xml),
		cmocka_unit_test(makes_the_vendors_requests),
		cmocka_unit_test(merges_callbacks_in_any_order),
		cmocka_unit_test(merges_stays_in_any_order),
		cmocka_unit_test(keeps_a_call_as_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
