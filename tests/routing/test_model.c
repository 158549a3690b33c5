/* SPDX-License-Identifier: Apache-2.0 */
/* Ids, instants, the nouns' names and the table of contact states. */
#include "tests/tap.h"

#include "routing/base/id.h"
#include "routing/model/agent.h"
#include "routing/model/contact.h"
#include "routing/model/message.h"

static const struct hash_key key = {1, 2};

static void ids_grow_and_come_back(void **state)
{
	(void)state;
	usher_us now = (usher_us)1790000000 * USHER_SECOND;
	usher_id last = 0, previous = 0;
	uint64_t random = 3;
	for (unsigned i = 0; i < 20000; i++) {
		char text[ID_TEXT_BYTES];
		usher_id id = id_next(&last, now), back = 0;
		assert_true(id > previous && id == last && id >> 63 == 0);
		previous = id;
		id_format(id, &key, text);
		assert_int_equal(strlen(text), 36);
		assert_int_equal(text[14], '7');
		assert_non_null(strchr("89ab", text[19]));
		assert_int_equal(id_parse(text_of(text), &key, &back), 0);
		assert_true(back == id);
		now += (usher_us)random_below(&random, 3000) - 500; /* steps back at times */
	}
	last = 0;
	usher_id id = id_next(&last, now);
	assert_int_equal(id_time(id), now / 1000 * 1000);
	assert_true(id_next(&last, 0) == id + 1); /* a clock far behind */
	last = 0;
	assert_int_equal(id_next(&last, INT64_MIN / 2), 1);
	/* More than a millisecond can hold: it runs ahead instead of repeating. */
	last = id_next(&last, now) + ((1 << 20) - 1);
	assert_true(id_next(&last, now) > id + ((1 << 20) - 1));
}

static void forged_ids_are_refused(void **state)
{
	(void)state;
	usher_id last = 0, id = id_next(&last, (usher_us)1790000000 * USHER_SECOND), back = 77;
	char text[ID_TEXT_BYTES], changed[ID_TEXT_BYTES + 1];
	const struct hash_key other = {1, 3};
	id_format(id, &key, text);
	assert_int_equal(id_parse(text_of(text), &other, &back), E_INVALID);
	for (unsigned i = 0; i < 36; i++) {
		for (const char *c = "0123456789abcdef-g"; *c != '\0'; c++) {
			memcpy(changed, text, sizeof text);
			changed[i] = *c;
			if (*c != text[i])
				assert_int_equal(id_parse(text_of(changed), &key, &back),
						 E_INVALID);
		}
		assert_int_equal(id_parse(text_slice(text, i), &key, &back), E_INVALID);
	}
	memcpy(changed, text, sizeof text);
	strcat(changed, "0");
	assert_int_equal(id_parse(text_of(changed), &key, &back), E_INVALID);
	assert_int_equal(id_parse(TEXT_NONE, &key, &back), E_INVALID);
	assert_int_equal(back, 77);
	for (unsigned i = 0; i < 36; i++) /* capitals are the same digits */
		changed[i] = text[i] >= 'a' && text[i] <= 'f' ? (char)(text[i] - 32) : text[i];
	assert_int_equal(id_parse(text_slice(changed, 36), &key, &back), 0);
	assert_true(back == id);
}

static usher_us parsed(const char *text)
{
	usher_us at = 0;
	assert_int_equal(time_parse(text_of(text), &at), 0);
	return at;
}

static void instants_come_back(void **state)
{
	(void)state;
	char text[TIME_TEXT_BYTES];
	assert_true(parsed("1970-01-01T00:00:00Z") == 0);
	assert_true(parsed("1970-01-01T00:00:00.5z") == 500000);
	assert_true(parsed("2026-11-21T09:30:00.123+02:00") == parsed("2026-11-21t07:30:00.123Z"));
	assert_true(parsed("2026-01-01T00:00:00-01:30") == parsed("2026-01-01T01:30:00Z"));
	assert_true(parsed("2024-02-29T00:00:00Z") + USHER_DAY == parsed("2024-03-01T00:00:00Z"));
	assert_true(parsed("2016-12-31T23:59:60Z") == parsed("2017-01-01T00:00:00Z"));
	assert_true(parsed("2026-01-01T00:00:00.123456789Z") % USHER_SECOND == 123456);
	uint64_t random = 4;
	for (unsigned i = 0; i < 20000; i++) {
		usher_us at = (usher_us)random_below(&random, (uint64_t)253402300800000) * 1000;
		at -= i % 4 == 0 ? (usher_us)62135596800 * USHER_SECOND : 0; /* before 1970 too */
		time_format(at, text);
		assert_int_equal(strlen(text), 24);
		if (strcmp(text, "9999-12-31T23:59:59.999Z") != 0)
			assert_true(parsed(text) == at);
	}
	time_format(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	time_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
	time_format(INT64_MIN, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

static void bad_instants_are_refused(void **state)
{
	(void)state;
	const char *bad[] = {"",
			     "2026-11-21",
			     "2026-11-21T09:30:00",
			     "2026-11-21 09:30:00Z",
			     "2026-13-01T00:00:00Z",
			     "2026-00-01T00:00:00Z",
			     "2026-02-29T00:00:00Z",
			     "2026-04-31T00:00:00Z",
			     "2026-01-00T00:00:00Z",
			     "2026-01-01T24:00:00Z",
			     "2026-01-01T00:60:00Z",
			     "2026-01-01T00:00:61Z",
			     "2026-01-01T00:00:00.Z",
			     "2026-01-01T00:00:00.",
			     "2026-01-01T00:00:00+2",
			     "2026-01-01T00:00:00+24:00",
			     "2026-01-01T00:00:00+02:60",
			     "2026-01-01T00:00:00ZZ",
			     "+026-01-01T00:00:00Z",
			     "2026-01-01T00:00:00.12x",
			     "1900-02-29T00:00:00Z"};
	usher_us at = 5;
	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(time_parse(text_of(bad[i]), &at), E_INVALID);
	assert_int_equal(at, 5);
}

static void names_come_back(void **state)
{
	(void)state;
	for (int i = 0; i < CHANNEL_KINDS; i++) {
		enum channel_kind kind = CHANNEL_NONE;
		int code = channel_from_name(text_of(channel_name((enum channel_kind)i)), &kind);
		assert_int_equal(code, i == 0 ? E_INVALID : 0);
		assert_int_equal(kind, i);
	}
	for (int i = 0; i < CONTACT_STATES; i++) {
		enum contact_state s = CONTACT_NONE;
		int code = contact_state_from_name(
			text_of(contact_state_name((enum contact_state)i)), &s);
		assert_int_equal(code, i == 0 ? E_INVALID : 0);
		assert_int_equal(s, i);
	}
	for (int i = 0; i < AGENT_STATES; i++) {
		enum agent_state s = AGENT_LOST;
		assert_int_equal(
			agent_state_from_name(text_of(agent_state_name((enum agent_state)i)), &s),
			0);
		assert_int_equal(s, i);
	}
	enum channel_kind kind = CHANNEL_CHAT;
	enum agent_state agent = AGENT_READY;
	assert_int_equal(channel_from_name(TEXT("Chat"), &kind), E_INVALID);
	assert_int_equal(agent_state_from_name(TEXT("ready "), &agent), E_INVALID);
	assert_string_equal(channel_name((enum channel_kind)99), "none");
	assert_string_equal(contact_state_name((enum contact_state)99), "none");
	assert_string_equal(agent_state_name((enum agent_state)99), "signed-out");
	for (int i = 0; i < CONTACT_CAUSES; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(contact_cause_name((enum contact_cause)i),
						contact_cause_name((enum contact_cause)k));
	for (int i = 0; i < DELIVERY_STATES; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(delivery_state_name((enum delivery_state)i),
						delivery_state_name((enum delivery_state)k));
	assert_string_equal(message_author_name(AUTHOR_AGENT), "agent");
	assert_string_equal(message_kind_name(MESSAGE_NOTE), "note");
	unsigned live = 0;
	for (int i = 0; i < CHANNEL_KINDS; i++)
		live += channel_is_live((enum channel_kind)i);
	assert_int_equal(live, 4);
	assert_false(channel_is_live(CHANNEL_EMAIL) || channel_is_live(CHANNEL_MESSAGING));
}

/* Every pair, written down once more as a picture. */
static void contact_states_exhaustively(void **state)
{
	(void)state;
	static const char *const table[CONTACT_STATES] = {
		/*            none waiting offered active parked wrap-up closed */
		/* none    */ ".W.....",
		/* waiting */ ".WOAP.C",
		/* offered */ ".W.AP.C",
		/* active  */ ".W.APUC",
		/* parked  */ ".W.A..C",
		/* wrap-up */ ".W....C",
		/* closed  */ ".W.....",
	};
	for (int from = 0; from < CONTACT_STATES; from++)
		for (int to = 0; to < CONTACT_STATES; to++)
			assert_int_equal(contact_may_become((enum contact_state)from,
							    (enum contact_state)to),
					 table[from][to] != '.');
	assert_false(contact_may_become((enum contact_state)7, CONTACT_WAITING));
	assert_false(contact_may_become(CONTACT_WAITING, (enum contact_state)7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_grow_and_come_back),
		cmocka_unit_test(forged_ids_are_refused),
		cmocka_unit_test(instants_come_back),
		cmocka_unit_test(bad_instants_are_refused),
		cmocka_unit_test(names_come_back),
		cmocka_unit_test(contact_states_exhaustively),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
