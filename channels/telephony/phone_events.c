/* SPDX-License-Identifier: Apache-2.0 */
/* From a callback to an item of the contact: what is handed in, and when the provider is told. */
#include "channels/telephony/telephony.h"

#include "channels/json.h"

#include <stdio.h>
#include <stdlib.h>

#define END_RETRY (5 * USHER_SECOND)

static void reply_done(struct http_exchange *x, struct channel *ch)
{
	if (x != NULL)
		ch->host->http->reply(x, 204, NULL, TEXT_NONE, NULL);
}

static void reply_later(struct http_exchange *x, struct channel *ch)
{
	if (x != NULL)
		ch->host->http->problem(x, E_AGAIN, "nothing was kept; please send it again");
}

/* ---- turns --------------------------------------------------------------------------------------
 */

struct phone_turn *phone_turn_new(struct channel *ch, struct http_exchange *x, enum phone_hook hook,
				  const char *sid, uint64_t token)
{
	struct phone_turn *turn = NEW(struct phone_turn);
	turn->ch = ch;
	turn->x = x;
	turn->hook = hook;
	turn->token = token;
	snprintf(turn->sid, sizeof turn->sid, "%s", sid);
	list_add_last(&ch->turns, &turn->in_channel);
	return turn;
}

static void turn_free(struct phone_turn *turn)
{
	turn->ch->host->timer_cancel(turn->ch->host, turn->timer);
	list_remove(&turn->in_channel);
	free(turn);
}

void phone_turns_done(struct channel *ch)
{
	LIST_EACH(item, &ch->turns)
	{
		struct phone_turn *turn = LIST_ITEM(item, struct phone_turn, in_channel);
		reply_later(turn->x, ch);
		turn_free(turn);
	}
}

/* ---- events -------------------------------------------------------------------------------------
 */

static void on_event(int code, const struct inbound_result *result, void *arg)
{
	struct phone_turn *turn = arg;
	(void)result;
	if (code == E_AGAIN || code == E_IO) {
		reply_later(turn->x, turn->ch);
	} else {
		phone_remember(turn->ch, turn->token);
		reply_done(turn->x, turn->ch);
	}
	turn_free(turn);
}

static const char *unreached_why(enum call_status status)
{
	switch (status) {
	case CALL_BUSY:
		return "is busy";
	case CALL_NO_ANSWER:
		return "does not answer the telephone";
	case CALL_CANCELED:
		return "was not called any further";
	default:
		return "cannot be reached by telephone";
	}
}

static void who(const struct call_leg *leg, const struct contact_news *news, struct usher_buf *b)
{
	bool is_named =
		leg->role == LEG_AGENT && news->agent == leg->agent && news->agent_name.n > 0;
	if (is_named)
		buf_add_text(b, news->agent_name);
	else
		buf_adds(b, leg->role == LEG_CUSTOMER ? "The caller"
			    : leg->role == LEG_AGENT  ? "The agent"
						      : "Another party");
}

/* One sentence for people and the same as members for programs. */
static void describe(const struct call_leg *leg, unsigned changes, const struct contact_news *news,
		     struct usher_buf *body, struct usher_buf *fields)
{
	const char *what = changes & CALL_LEG_UNREACHED ? "unreached"
			   : changes & CALL_LEG_LEFT	? "left"
							: "joined";
	int64_t seconds = (leg->left_us - leg->joined_us) / USHER_SECOND;
	who(leg, news, body);
	if (changes & CALL_LEG_UNREACHED)
		buf_addf(body, " %s", unreached_why(leg->status));
	else if (changes & CALL_LEG_LEFT && leg->joined_us > 0)
		buf_addf(body, " left the call after %lld s", (long long)seconds);
	else
		buf_addf(body, " %s the call", what);
	json_out_open(fields, NULL, '{');
	json_out_string(fields, "event", what);
	json_out_string(fields, "role",
			leg->role == LEG_CUSTOMER ? "customer"
			: leg->role == LEG_AGENT  ? "agent"
						  : "other");
	json_out_string(fields, "leg", leg->sid);
	json_out_string(fields, "status", call_status_name(leg->status));
	json_out_close(fields, '}');
}

static void say_event(struct channel *ch, struct http_exchange *x, enum phone_hook hook,
		      struct phone_call *pc, const struct call_leg *leg, unsigned changes,
		      uint64_t token)
{
	struct channel_host *h = ch->host;
	struct usher_buf body = {0}, fields = {0}, session = {0}, remote = {0};
	struct arena arena = {0};
	struct contact_news news = {0};
	phone_contact(ch, text_of(pc->sid), &arena, &news);
	describe(leg, changes, &news, &body, &fields);
	call_encode(&pc->call, &session);
	buf_addf(&remote, "%s:%s:%u", pc->sid, leg->sid,
		 changes & (CALL_LEG_JOINED | CALL_LEG_LEFT | CALL_LEG_UNREACHED));
	struct inbound in = {
		.kind = INBOUND_EVENT,
		.remote_id = buf_text(&remote),
		.key = text_of(pc->sid),
		.body = buf_text(&body),
		.fields = buf_text(&fields),
		.session_fields = buf_text(&session),
		.priority = -1,
	};
	h->inbound(h, &in, on_event, phone_turn_new(ch, x, hook, pc->sid, token));
	buf_done(&body);
	buf_done(&fields);
	buf_done(&session);
	buf_done(&remote);
	arena_done(&arena);
}

/* ---- the end ------------------------------------------------------------------------------------
 */

static void hand_in_end(struct phone_turn *turn);

static void on_end_again(void *arg)
{
	struct phone_turn *turn = arg;
	turn->timer = NULL;
	hand_in_end(turn);
}

static void on_end(int code, const struct inbound_result *result, void *arg)
{
	struct phone_turn *turn = arg;
	struct channel *ch = turn->ch;
	(void)result;
	struct phone_call *pc = phone_call_find(ch, text_of(turn->sid));
	if (code == E_AGAIN || code == E_IO) {
		/* The provider may not ask again, and a call that is over must not wait for ever.
		 */
		reply_later(turn->x, ch);
		turn->x = NULL;
		turn->timer = ch->host->timer(ch->host, ch->host->now(ch->host) + END_RETRY,
					      on_end_again, turn);
		return;
	}
	phone_remember(ch, turn->token);
	reply_done(turn->x, ch);
	turn_free(turn);
	if (pc == NULL)
		return;
	pc->is_end_pending = false;
	phone_end_agents(ch, pc, 0);
}

static void hand_in_end(struct phone_turn *turn)
{
	struct channel_host *h = turn->ch->host;
	struct usher_buf remote = {0}, session = {0};
	struct phone_call *pc = phone_call_find(turn->ch, text_of(turn->sid));
	buf_addf(&remote, "%s:end", turn->sid);
	if (pc != NULL) {
		pc->is_end_pending = true;
		call_encode(&pc->call, &session);
	}
	struct inbound in = {
		.kind = INBOUND_END,
		.remote_id = buf_text(&remote),
		.key = text_of(turn->sid),
		.body = TEXT("The caller hung up"),
		.fields = TEXT("{\"event\":\"ended\",\"role\":\"customer\"}"),
		.session_fields = buf_text(&session),
		.priority = -1,
	};
	h->inbound(h, &in, on_end, turn);
	buf_done(&remote);
	buf_done(&session);
}

void phone_over(struct channel *ch, struct http_exchange *x, enum phone_hook hook,
		struct usher_text customer, uint64_t token)
{
	/* Also for calls not heard of yet: their late "voice" must not open a contact. */
	struct phone_call *pc = phone_call_get(ch, customer, true);
	if (pc == NULL)
		return reply_later(x, ch);
	if (pc->is_end_pending)
		return reply_later(x, ch);
	struct call_event event = {.sid = customer,
				   .role = LEG_CUSTOMER,
				   .status = CALL_COMPLETED,
				   .sequence = -1,
				   .seconds = -1};
	call_apply(&pc->call, &event);
	hand_in_end(phone_turn_new(ch, x, hook, pc->sid, token));
}

void phone_apply(struct channel *ch, struct http_exchange *x, enum phone_hook hook,
		 struct usher_text customer, const struct call_event *event, uint64_t token)
{
	struct phone_call *pc = phone_call_get(ch, customer, event->role == LEG_CUSTOMER);
	if (pc == NULL && ch->calls.count >= PHONE_CALLS_MAX)
		return reply_later(x, ch);
	if (pc == NULL)
		return reply_done(x, ch); /* nothing of ours, or long over */
	unsigned changes = call_apply(&pc->call, event);
	if (changes & CALL_ENDED)
		return phone_over(ch, x, hook, customer, token);
	if (pc->is_end_pending && call_status_is_end(event->status))
		return reply_later(x, ch);
	if (changes & (CALL_LEG_JOINED | CALL_LEG_LEFT | CALL_LEG_UNREACHED))
		return say_event(ch, x, hook, pc, call_leg(&pc->call, event->sid), changes, token);
	if (changes != 0)
		phone_call_save(ch, pc);
	phone_remember(ch, token);
	reply_done(x, ch);
}

/* ---- the beginning ------------------------------------------------------------------------------
 */

/* Why nobody takes the call, then the end of it. */
static void say_refused(const struct channel *ch, const struct inbound_result *result,
			struct usher_buf *b)
{
	if (result->refused == CAUSE_FULL)
		phone_say(ch, b, PHONE_SAYS_FULL);
	else
		phone_say_closed(ch, b, result->opens);
	twiml_hangup(b);
}

static void answer_start(struct phone_turn *turn, int code, const struct inbound_result *result)
{
	struct channel *ch = turn->ch;
	struct arena arena = {0};
	struct contact_news news;
	struct usher_buf b = {0};
	const char *greeting = channel_text(ch->host, "greeting");
	bool is_kept = code == 0 || code == E_EXISTS;
	twiml_begin(&b);
	if (code == E_AGAIN || code == E_IO) {
		phone_turned_away(turn, &b);
	} else if (is_kept && result->refused != CAUSE_NONE) {
		say_refused(ch, result, &b);
	} else if (is_kept && phone_contact(ch, text_of(turn->sid), &arena, &news) != 0) {
		if (greeting[0] != '\0')
			twiml_say(&b, ch->language, NULL, greeting);
		phone_enqueue(ch, &b, 0);
	} else {
		phone_say(ch, &b, is_kept ? PHONE_SAYS_GOODBYE : PHONE_SAYS_SORRY);
		twiml_hangup(&b);
	}
	twiml_end(&b);
	phone_reply(ch, turn->x, &b);
	turn->x = NULL;
	arena_done(&arena);
}

static void on_started(int code, const struct inbound_result *result, void *arg)
{
	struct phone_turn *turn = arg;
	if (turn->x != NULL)
		answer_start(turn, code, result);
	turn_free(turn);
}

/* The commit takes too long for the provider's patience: it comes again by redirect. */
static void on_too_long(void *arg)
{
	struct phone_turn *turn = arg;
	turn->timer = NULL;
	answer_start(turn, E_AGAIN, NULL);
}

void phone_start(struct phone_turn *turn, const struct phone_request *r)
{
	struct channel *ch = turn->ch;
	struct channel_host *h = ch->host;
	struct usher_buf remote = {0}, session = {0}, subject = {0};
	struct phone_call *pc = phone_call_get(ch, text_of(turn->sid), true);
	if (pc != NULL) {
		snprintf(pc->call.from, sizeof pc->call.from, "%.*s", TEXT_ARG(r->cb.from));
		struct call_event event = {.sid = text_of(turn->sid),
					   .role = LEG_CUSTOMER,
					   .status = r->cb.status,
					   .sequence = -1,
					   .seconds = -1};
		call_apply(&pc->call, &event);
		call_encode(&pc->call, &session);
	}
	buf_addf(&remote, "%s:voice", turn->sid);
	buf_addf(&subject, "Call from %.*s", TEXT_ARG(r->cb.from));
	struct inbound in = {
		.kind = INBOUND_START,
		.remote_id = buf_text(&remote),
		.key = text_of(turn->sid),
		.may_open = true,
		.address = r->cb.from,
		.name = r->cb.caller_name,
		.language = text_of(ch->language),
		.subject = buf_text(&subject),
		.body = buf_text(&subject),
		.fields = TEXT("{\"event\":\"started\",\"role\":\"customer\"}"),
		.session_fields = buf_text(&session),
		.priority = -1,
	};
	turn->timer = h->timer(h, h->now(h) + PHONE_ANSWER_WITHIN, on_too_long, turn);
	h->inbound(h, &in, on_started, turn);
	buf_done(&remote);
	buf_done(&session);
	buf_done(&subject);
}
