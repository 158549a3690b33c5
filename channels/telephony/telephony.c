/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/telephony/telephony.h"

#include "channels/route.h"

#include <stdio.h>
#include <stdlib.h>

#define SWEEP_EVERY (60 * USHER_SECOND)
#define FORGOTTEN_AT_ONCE 256
#define CALL_IDLE USHER_HOUR /* a session's record brings a forgotten call back */

static const struct channel_setting settings[] = {
	{"account_sid", SETTING_TEXT, NULL, 1, SID_BYTES_MAX, NULL,
	 "The account at the provider, AC…"},
	{"auth_token", SETTING_SECRET, NULL, 1, 200, NULL,
	 "Signs the provider's requests and opens its interface to ours"},
	{"auth_token_next", SETTING_SECRET, "", 0, 200, NULL,
	 "The token that will follow: requests signed with it are taken already"},
	{"base_url", SETTING_URL, "https://api.twilio.com", 1, 300, NULL,
	 "The provider's interface, without a slash at the end"},
	{"number", SETTING_TEXT, NULL, 2, 40, NULL, "Our number, as callers dial it: +358…"},
	{"language", SETTING_TEXT, "en-GB", 2, 20, NULL, "What callers hear: en-GB, fi-FI, et-EE"},
	{"greeting", SETTING_TEXT, "", 0, 2000, NULL, "Said to each caller first"},
	{"hold_music_url", SETTING_URL, "", 0, 500, NULL,
	 "A sound file for those who wait; empty: silence between announcements"},
	{"announce_every_s", SETTING_INTEGER, "60", 10, 3600, "s",
	 "How often a caller hears the place in the queue when it has not changed"},
	{"ring_timeout_s", SETTING_INTEGER, "25", 5, 600, "s",
	 "How long an agent's telephone rings"},
	{0},
};

static const char *const hook_names[PHONE_HOOKS] = {"voice",	  "wait",   "left", "agent",
						    "conference", "status", "join"};

/* ---- addresses ---------------------------------------------------------------------------------
 */

/* The order and spelling here are what the provider signs, so nothing else may write a query. */
static void add_query(const struct phone_query *q, struct usher_buf *b)
{
	char mark = '?';
	if (q->call[0] != '\0') {
		buf_addf(b, "%ccall=%s", mark, q->call);
		mark = '&';
	}
	if (q->agent[0] != '\0') {
		buf_addf(b, "%cagent=%s&epoch=%llu", mark, q->agent, (unsigned long long)q->epoch);
		mark = '&';
	}
	if (q->is_requeue) {
		buf_addf(b, "%crequeue=1", mark);
		mark = '&';
	}
	if (q->retry > 0)
		buf_addf(b, "%cretry=%d", mark, q->retry);
}

void phone_url(const struct channel *ch, enum phone_hook hook, const struct phone_query *query,
	       struct usher_buf *ret)
{
	buf_add_text(ret, ch->host->public_url);
	buf_addf(ret, "/hooks/%s/%s", ch->host->id, hook_names[hook]);
	if (query != NULL)
		add_query(query, ret);
}

void phone_query_parse(struct usher_text query, struct phone_query *ret)
{
	uint64_t number;
	*ret = (struct phone_query){0};
	while (query.n > 0) {
		struct usher_text value = text_cut(&query, '&');
		struct usher_text name = text_cut(&value, '=');
		bool is_word = sid_is_valid(value);
		if (text_equal(name, TEXT("call")) && is_word)
			memcpy(ret->call, value.p, value.n);
		else if (text_equal(name, TEXT("agent")) && is_word && value.n < ID_TEXT_BYTES)
			memcpy(ret->agent, value.p, value.n);
		else if (text_equal(name, TEXT("epoch")) && text_to_u64(value, &number) == 0)
			ret->epoch = number;
		else if (text_equal(name, TEXT("retry")) && text_to_u64(value, &number) == 0)
			ret->retry = number < 1000 ? (int)number : 1000;
		else if (text_equal(name, TEXT("requeue")))
			ret->is_requeue = true;
	}
}

void phone_room(const struct channel *ch, usher_id contact, struct usher_buf *ret)
{
	char id[ID_TEXT_BYTES];
	id_format(contact, ch->host->id_key, id);
	buf_addf(ret, "contact-%s", id);
}

/* ---- calls -------------------------------------------------------------------------------------
 */

static uint64_t hash_of(const struct channel *ch, struct usher_text sid)
{
	uint64_t hash = hash_keyed(ch->host->id_key, sid.p, sid.n);
	return hash != 0 ? hash : 1;
}

struct phone_call *phone_call_find(struct channel *ch, struct usher_text sid)
{
	struct phone_call *pc = table_get_pointer(&ch->calls, hash_of(ch, sid));
	while (pc != NULL && !text_equal(text_of(pc->sid), sid))
		pc = pc->next;
	return pc;
}

static bool may_forget(const struct phone_call *pc, usher_us now, bool is_full)
{
	if (pc->is_end_pending || pc->next != NULL)
		return false;
	return now - pc->used_us > CALL_IDLE || (is_full && call_is_over(&pc->call));
}

/* Idle ones; where there is no room left, those that are over as well. */
static void forget_calls(struct channel *ch, bool is_full)
{
	uint64_t spare[FORGOTTEN_AT_ONCE];
	usher_us now = ch->host->now(ch->host);
	size_t n;
	do {
		n = 0;
		TABLE_EACH(slot, &ch->calls)
		{
			const struct phone_call *pc = (struct phone_call *)(uintptr_t)slot->value;
			if (n < FORGOTTEN_AT_ONCE && may_forget(pc, now, is_full))
				spare[n++] = slot->key;
		}
		for (size_t i = 0; i < n; i++) {
			free(table_get_pointer(&ch->calls, spare[i]));
			table_remove(&ch->calls, spare[i]);
		}
	} while (n == FORGOTTEN_AT_ONCE && !is_full);
}

struct phone_call *phone_call_get(struct channel *ch, struct usher_text sid, bool may_add)
{
	struct channel_host *h = ch->host;
	struct arena arena = {0};
	struct usher_text fields = TEXT_NONE;
	usher_id contact;
	if (!sid_is_valid(sid))
		return NULL;
	struct phone_call *pc = phone_call_find(ch, sid);
	bool is_held = pc == NULL && h->session(h, sid, &contact, &arena, &fields);
	if (pc == NULL && ch->calls.count >= PHONE_CALLS_MAX)
		forget_calls(ch, true);
	if (pc == NULL && (is_held || may_add) && ch->calls.count < PHONE_CALLS_MAX) {
		pc = NEW(struct phone_call);
		memcpy(pc->sid, sid.p, sid.n);
		pc->next = table_get_pointer(&ch->calls, hash_of(ch, sid));
		table_set_pointer(&ch->calls, hash_of(ch, sid), pc);
		pc->contact = is_held ? contact : 0;
		if (fields.n > 0 && call_decode(fields, &pc->call) < 0)
			h->log(h, CHANNEL_LOG_WARN, "call.record_unreadable", "bytes=%zu",
			       fields.n);
	}
	if (pc != NULL)
		pc->used_us = h->now(h);
	arena_done(&arena);
	return pc;
}

struct phone_call *phone_call_of(struct channel *ch, usher_id contact)
{
	TABLE_EACH(slot, &ch->calls)
	{
		struct phone_call *pc = (struct phone_call *)(uintptr_t)slot->value;
		for (; pc != NULL; pc = pc->next)
			if (pc->contact == contact && !call_is_over(&pc->call))
				return pc;
	}
	return NULL;
}

void phone_call_save(struct channel *ch, struct phone_call *pc)
{
	struct usher_buf fields = {0};
	call_encode(&pc->call, &fields);
	ch->host->session_save(ch->host, text_of(pc->sid), buf_text(&fields));
	buf_done(&fields);
}

bool phone_waited_out(struct channel *ch, usher_id contact)
{
	struct arena arena = {0};
	struct contact_news news;
	bool is_it = contact != 0 && ch->host->news(ch->host, contact, &arena, &news) == 0 &&
		     news.state == CONTACT_CLOSED && news.cause == CAUSE_WAITED_OUT;
	arena_done(&arena);
	return is_it;
}

usher_id phone_contact(struct channel *ch, struct usher_text sid, struct arena *arena,
		       struct contact_news *ret_news)
{
	struct channel_host *h = ch->host;
	struct usher_text fields;
	usher_id contact;
	if (!h->session(h, sid, &contact, arena, &fields) ||
	    h->news(h, contact, arena, ret_news) < 0)
		return 0;
	struct phone_call *pc = phone_call_find(ch, sid);
	if (pc != NULL)
		pc->contact = contact;
	return contact;
}

static void on_sweep(void *arg)
{
	struct channel *ch = arg;
	forget_calls(ch, false);
	ch->sweep_timer =
		ch->host->timer(ch->host, ch->host->now(ch->host) + SWEEP_EVERY, on_sweep, ch);
}

/* ---- repeats ------------------------------------------------------------------------------------
 */

bool phone_was_seen(const struct channel *ch, uint64_t token)
{
	for (size_t i = 0; token != 0 && i < PHONE_TOKENS; i++)
		if (ch->seen[i] == token)
			return true;
	return false;
}

void phone_remember(struct channel *ch, uint64_t token)
{
	if (token == 0 || phone_was_seen(ch, token))
		return;
	ch->seen[ch->seen_next] = token;
	ch->seen_next = (ch->seen_next + 1) % PHONE_TOKENS;
}

/* ---- health -------------------------------------------------------------------------------------
 */

static void on_probe(void *arg)
{
	struct channel *ch = arg;
	ch->probe_timer = NULL;
	ch->host->release_held(ch->host); /* what is held tries again, and tells how it is */
}

void phone_health(struct channel *ch, enum channel_health health, const char *trouble)
{
	struct channel_host *h = ch->host;
	bool is_other = health != ch->health;
	bool was_down = ch->health == CHANNEL_DOWN;
	snprintf(ch->trouble, sizeof ch->trouble, "%s", trouble);
	if (is_other) {
		ch->health = health;
		ch->since_us = h->now(h);
		h->status_changed(h);
	}
	if (health == CHANNEL_DOWN && ch->probe_timer == NULL)
		ch->probe_timer = h->timer(h, h->now(h) + 60 * USHER_SECOND, on_probe, ch);
	if (health == CHANNEL_OK && was_down)
		h->release_held(h);
}

static void phone_status(const struct channel *ch, struct channel_status *ret)
{
	*ret = (struct channel_status){.health = ch->health, .since_us = ch->since_us};
	snprintf(ret->text, sizeof ret->text, "%s",
		 ch->health == CHANNEL_OK ? "Ready for calls" : ch->trouble);
}

/* ---- life ---------------------------------------------------------------------------------------
 */

static struct channel *phone_close(struct channel *ch)
{
	if (ch == NULL)
		return NULL;
	phone_turns_done(ch);
	phone_commands_done(ch);
	ch->host->timer_cancel(ch->host, ch->sweep_timer);
	ch->host->timer_cancel(ch->host, ch->probe_timer);
	TABLE_EACH(slot, &ch->calls)
	{
		struct phone_call *pc = (struct phone_call *)(uintptr_t)slot->value;
		while (pc != NULL) {
			struct phone_call *next = pc->next;
			free(pc);
			pc = next;
		}
	}
	table_done(&ch->calls);
	free(ch);
	return NULL;
}

static int add_routes(struct channel *ch, struct usher_error *reterr)
{
	for (int i = 0; i < PHONE_HOOKS; i++) {
		ch->routes[i] = (struct phone_route){ch, (enum phone_hook)i};
		struct http_route route = {
			.method = "*", /* so that GET is told what to do instead */
			.path = route_path("/hooks/%s/%s", ch->host->id, hook_names[i]),
			.body_max = FORM_BYTES_MAX,
			.headers = {"x-twilio-signature", "i-twilio-idempotency-token"},
			.on_request = phone_on_request,
			.arg = &ch->routes[i],
		};
		int code = ch->host->http_route(ch->host, &route);
		if (code < 0)
			return usher_error_set(reterr, code,
					       "another channel already answers at %s", route.path);
	}
	return 0;
}

static int phone_open(struct channel **ret, struct channel_host *host, struct usher_error *reterr)
{
	const char *base = channel_text(host, "base_url");
	if (!sid_is_valid(text_of(channel_text(host, "account_sid"))))
		return usher_error_set(reterr, E_INVALID,
				       "account_sid: expected letters and digits, as in AC0123…");
	if (base[strlen(base) - 1] == '/')
		return usher_error_set(reterr, E_INVALID,
				       "base_url: leave out the slash at the end");
	struct channel *ch = NEW(struct channel);
	ch->host = host;
	ch->account = (struct rest_account){base, channel_text(host, "account_sid")};
	ch->tokens[0] = channel_text(host, "auth_token");
	ch->tokens[1] = channel_text(host, "auth_token_next");
	ch->language = channel_text(host, "language");
	ch->since_us = host->now(host);
	list_init(&ch->turns);
	list_init(&ch->commands);
	int code = add_routes(ch, reterr);
	if (code < 0) {
		phone_close(ch);
		return code;
	}
	ch->sweep_timer = host->timer(host, ch->since_us + SWEEP_EVERY, on_sweep, ch);
	/* New settings may be what held commands wait for. */
	ch->probe_timer = host->timer(host, ch->since_us + USHER_SECOND, on_probe, ch);
	*ret = ch;
	return 0;
}

const struct channel_driver telephony_driver = {
	.name = "telephony",
	.kind = CHANNEL_TELEPHONY,
	.abilities = CHANNEL_OUTBOX | CHANNEL_COMMANDS,
	.settings = settings,
	.open = phone_open,
	.close = phone_close,
	.status = phone_status,
	.send = phone_send,
};
