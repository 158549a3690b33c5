/* SPDX-License-Identifier: Apache-2.0 */
/* A telephony channel and its provider, for its tests. */
#ifndef TESTS_CHANNELS_LIVE_PHONE_RING_H
#define TESTS_CHANNELS_LIVE_PHONE_RING_H

#include "channels/telephony/telephony.h"
#include "channels/telephony/twilio_sign.h"
#include "tests/channels/live/host.h"
#include "tests/channels/live/vectors.h"

#define TOKEN "0123456789abcdef0123456789abcdef"
#define AC "AC00000000000000000000000000000001"
#define CALLER "CA0000000000000000000000000000000a"
#define AGENT_LEG "CA0000000000000000000000000000000b"
#define AGENT ((usher_id)77 << 20)

static inline struct live *open_phone(void)
{
	return live_new(
		&telephony_driver, "twilio",
		"{\"account_sid\":\"" AC "\",\"auth_token\":\"" TOKEN "\",\"number\":"
		"\"+3726001234\",\"greeting\":\"Welcome & hello\",\"auth_token_next\":\"next\"}",
		NULL);
}

/* A request as the provider would make it; the answer's body is kept for the caller to look at. */
static inline struct http_exchange *hook_signed(struct live *l, const char *name, const char *query,
						const char *body, const char *token, const char *id)
{
	struct usher_buf url = {0}, signature = {0};
	struct arena arena = {0};
	struct form form;
	char path[100];
	snprintf(path, sizeof path, "/hooks/twilio/%s", name);
	buf_addf(&url, "https://gw.example.org%s%s%s", path, query[0] != '\0' ? "?" : "", query);
	assert_int_equal(form_parse(text_of(body), &arena, &form, NULL), 0);
	twilio_sign(text_of(token), buf_text(&url), &form, &signature);
	const char *headers[] = {signature.p, id, NULL};
	struct http_exchange *x = live_request(l, "POST", path, query, body, headers);
	buf_done(&url);
	buf_done(&signature);
	arena_done(&arena);
	return x;
}

static inline char *answer_of(struct http_exchange *x, int status)
{
	if (x->status != status)
		fail_msg("answered %d: %s", x->status, x->body != NULL ? x->body : "");
	char *body = memory_copy(text_of(x->body));
	live_exchange_free(x);
	return body;
}

/* As above with the usual members; fails unless 200 or 204. */
static inline char *hook(struct live *l, const char *name, const char *query, const char *more)
{
	char body[1000];
	snprintf(body, sizeof body, "AccountSid=" AC "&%s", more);
	struct http_exchange *x = hook_signed(l, name, query, body, TOKEN, NULL);
	return answer_of(x, x->status == 204 ? 204 : 200);
}

static inline void expect(char *got, const char *part)
{
	if (strstr(got, part) == NULL)
		fail_msg("no %s in %s", part, got);
	free(got);
}

static inline struct live_contact *ring(struct live *l)
{
	expect(hook(l, "voice", "",
		    "CallSid=" CALLER "&From=%2B358401234567&CallStatus=ringing&CallerName=Caller"),
	       "<Enqueue ");
	struct live_contact *c = live_contact_by_key(l, CALLER);
	assert_non_null(c);
	return c;
}

/* Connected: the caller in the room, the agent's telephone called. Returns the agent hook's query.
 */
static inline const char *connect_agent(struct live *l, struct live_contact *c)
{
	static char query[300];
	char id[ID_TEXT_BYTES];
	live_accept(l, c, AGENT, "Anna");
	live_script(l, 200, "{\"sid\":\"" CALLER "\"}", NULL);
	live_script(l, 201, "{\"sid\":\"" AGENT_LEG "\"}", NULL);
	const struct live_delivery *d = live_command(l, c, "assigned", "+358401112222", 0);
	assert_int_equal(d->state, DELIVERY_SENT);
	id_format(AGENT, &l->id_key, id);
	snprintf(query, sizeof query, "call=" CALLER "&agent=%s&epoch=7", id);
	return query;
}

#endif
