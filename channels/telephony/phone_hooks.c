/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's requests: who is asking, what it says, and the TwiML that answers. */
#include "channels/telephony/telephony.h"

#include "channels/telephony/twilio_sign.h"

#include <stdio.h>

#define RETRIES_MAX 5
#define PAUSE_S 5
#define SILENCE_S 10 /* of the waiting loop without music */

void phone_reply(struct channel *ch, struct http_exchange *x, struct usher_buf *twiml)
{
	ch->host->http->reply(x, 200, "text/xml; charset=utf-8", buf_text(twiml), NULL);
	buf_done(twiml);
}

/* ---- pieces of TwiML ----------------------------------------------------------------------------
 */

void phone_say(const struct channel *ch, struct usher_buf *b, enum phone_sentence sentence)
{
	twiml_say(b, ch->language, NULL, phone_sentence(ch->language, sentence));
}

void phone_say_closed(const struct channel *ch, struct usher_buf *b, const char *opens)
{
	char text[300];
	if (opens[0] == '\0') {
		phone_say(ch, b, PHONE_SAYS_CLOSED);
		return;
	}
	snprintf(text, sizeof text, phone_sentence(ch->language, PHONE_SAYS_CLOSED_UNTIL), opens);
	twiml_say(b, ch->language, NULL, text);
}

void phone_enqueue(const struct channel *ch, struct usher_buf *b, int retry)
{
	struct phone_query query = {.retry = retry};
	struct usher_buf name = {0}, action = {0}, wait = {0};
	buf_addf(&name, "usher-%.58s", ch->host->id); /* at most 64 characters */
	phone_url(ch, HOOK_LEFT, &query, &action);
	phone_url(ch, HOOK_WAIT, NULL, &wait);
	twiml_enqueue(b, name.p, action.p, wait.p);
	buf_done(&name);
	buf_done(&action);
	buf_done(&wait);
}

/* The customer hears music until an agent is in the room, and the room ends with the customer. */
void phone_join(const struct channel *ch, struct usher_buf *b, usher_id contact, const char *sid)
{
	struct usher_buf room = {0}, status = {0};
	struct phone_query query = {0};
	snprintf(query.call, sizeof query.call, "%s", sid);
	phone_room(ch, contact, &room);
	phone_url(ch, HOOK_CONFERENCE, &query, &status);
	struct twiml_conference conference = {
		.room = room.p,
		.label = "customer",
		.status_url = status.p,
		.status_events = "start end join leave hold",
		.starts = "false",
		.ends = "true",
		.beep = "false",
	};
	twiml_conference(b, &conference);
	buf_done(&room);
	buf_done(&status);
}

static void redirect(const struct channel *ch, struct usher_buf *b, bool is_requeue, int retry)
{
	struct phone_query query = {.is_requeue = is_requeue, .retry = retry};
	struct usher_buf url = {0};
	phone_url(ch, HOOK_VOICE, &query, &url);
	twiml_redirect(b, url.p);
	buf_done(&url);
}

static void come_again(const struct channel *ch, struct usher_buf *b, bool is_requeue, int retry)
{
	if (retry >= RETRIES_MAX) {
		phone_say(ch, b, PHONE_SAYS_SORRY);
		twiml_hangup(b);
		return;
	}
	phone_say(ch, b, PHONE_SAYS_AGAIN);
	twiml_pause(b, PAUSE_S);
	redirect(ch, b, is_requeue, retry + 1);
}

void phone_turned_away(struct phone_turn *turn, struct usher_buf *b)
{
	come_again(turn->ch, b, false, turn->retry);
}

/* ---- voice, wait, left, join, agent
 * ---------------------------------------------------------------- */

static void hook_voice(struct phone_request *r)
{
	struct channel *ch = r->ch;
	struct contact_news news;
	struct usher_buf b = {0};
	struct phone_call *pc = phone_call_get(ch, r->cb.call_sid, true);
	bool is_waiting =
		r->query.is_requeue && phone_contact(ch, r->cb.call_sid, r->arena, &news) != 0;
	if (pc != NULL && !call_is_over(&pc->call) && !is_waiting) {
		struct phone_turn *turn = phone_turn_new(ch, r->x, HOOK_VOICE, pc->sid, r->token);
		turn->retry = r->query.retry;
		phone_start(turn, r);
		return;
	}
	twiml_begin(&b);
	if (is_waiting && r->query.retry == 0)
		phone_say(ch, &b, PHONE_SAYS_BACK);
	if (is_waiting) {
		phone_enqueue(ch, &b, r->query.retry);
	} else if (pc == NULL) {
		come_again(ch, &b, false, r->query.retry); /* more calls than there is room for */
	} else {
		twiml_hangup(&b); /* the end of this call was heard of before its beginning */
	}
	twiml_end(&b);
	phone_reply(ch, r->x, &b);
}

static bool is_with_agent(const struct contact_news *news)
{
	return news->state == CONTACT_ACTIVE || news->state == CONTACT_PARKED;
}

static void announce(struct channel *ch, struct phone_call *pc, uint32_t position,
		     struct usher_buf *b)
{
	char text[200];
	usher_us now = ch->host->now(ch->host);
	usher_us every = channel_integer(ch->host, "announce_every_s") * USHER_SECOND;
	bool is_due = pc != NULL && now - pc->told_us >= every;
	if (position == 0 || pc == NULL || (pc->told_position == position && !is_due))
		return;
	snprintf(text, sizeof text,
		 phone_sentence(ch->language, position == 1 ? PHONE_SAYS_NEXT : PHONE_SAYS_PLACE),
		 position);
	twiml_say(b, ch->language, NULL, text);
	pc->told_position = position;
	pc->told_us = now;
}

static void hook_wait(struct phone_request *r)
{
	struct channel *ch = r->ch;
	struct contact_news news = {0};
	struct usher_buf b = {0};
	const char *music = channel_text(ch->host, "hold_music_url");
	usher_id contact = phone_contact(ch, r->cb.call_sid, r->arena, &news);
	twiml_begin(&b);
	if (contact == 0) {
		struct phone_call *pc = phone_call_get(ch, r->cb.call_sid, false);
		bool is_late = pc != NULL && phone_waited_out(ch, pc->contact);
		phone_say(ch, &b, is_late ? PHONE_SAYS_WAITED_OUT : PHONE_SAYS_GOODBYE);
		twiml_hangup(&b);
	} else if (is_with_agent(&news)) {
		twiml_leave(&b); /* "left" connects; where REST works the caller has gone already */
	} else {
		if (news.opens[0] != '\0')
			phone_say_closed(ch, &b, news.opens);
		announce(ch, phone_call_get(ch, r->cb.call_sid, false), news.position, &b);
		if (music[0] != '\0')
			twiml_play(&b, music, 1);
		else
			twiml_pause(&b, SILENCE_S);
	}
	twiml_end(&b);
	phone_reply(ch, r->x, &b);
}

/* Into the room when an agent has the contact, else back to the queue, else good-bye. */
static void connect_caller(struct phone_request *r)
{
	struct channel *ch = r->ch;
	struct contact_news news = {0};
	struct usher_buf b = {0};
	char sid[SID_BYTES_MAX + 1];
	snprintf(sid, sizeof sid, "%.*s", TEXT_ARG(r->cb.call_sid));
	usher_id contact = phone_contact(ch, r->cb.call_sid, r->arena, &news);
	twiml_begin(&b);
	if (contact == 0) {
		phone_say(ch, &b, PHONE_SAYS_GOODBYE);
		twiml_hangup(&b);
	} else if (is_with_agent(&news)) {
		phone_join(ch, &b, contact, sid);
	} else {
		redirect(ch, &b, true, 1);
	}
	twiml_end(&b);
	phone_reply(ch, r->x, &b);
}

static void hook_left(struct phone_request *r)
{
	struct channel *ch = r->ch;
	struct usher_buf b = {0};
	bool is_over = r->cb.queue_result == QUEUE_HANGUP || call_status_is_end(r->cb.status);
	if (is_over)
		return phone_over(ch, r->x, HOOK_LEFT, r->cb.call_sid, r->token);
	if (r->cb.queue_result == QUEUE_LEAVE)
		return connect_caller(r);
	twiml_begin(&b);
	if (r->cb.queue_result == QUEUE_BROKEN)
		come_again(ch, &b, true, r->query.retry);
	twiml_end(&b);
	phone_reply(ch, r->x, &b);
}

static void add_spoken(struct usher_buf *b, const char *number)
{
	for (; *number != '\0'; number++)
		buf_addf(b, b->n > 0 ? " %c" : "%c", *number); /* digit by digit */
}

/* Tells the agent who calls, then opens the room. */
static void whisper(struct phone_request *r, const struct phone_call *pc, usher_id contact,
		    const struct contact_news *news, struct usher_buf *b)
{
	struct channel *ch = r->ch;
	struct usher_buf who = {0}, text = {0}, room = {0}, status = {0}, label = {0};
	struct phone_query query = {0};
	char number[24];
	snprintf(query.call, sizeof query.call, "%s", pc->sid);
	snprintf(number, sizeof number, "C-%lld", (long long)news->contact_number);
	if (pc->call.from[0] == '+')
		add_spoken(&who, pc->call.from);
	else
		buf_adds(&who, pc->call.from);
	buf_addf(&text, phone_sentence(ch->language, PHONE_SAYS_WHO), who.n > 0 ? who.p : "",
		 number);
	twiml_say(b, ch->language, NULL, text.p);
	phone_room(ch, contact, &room);
	phone_url(ch, HOOK_CONFERENCE, &query, &status);
	buf_addf(&label, "agent-%s", r->query.agent);
	struct twiml_conference conference = {
		.room = room.p,
		.label = label.p,
		.status_url = status.p,
		.status_events = "start end join leave hold",
		.starts = "true",
		.ends = "false",
		.beep = "false",
	};
	twiml_conference(b, &conference);
	struct usher_buf *all[] = {&who, &text, &room, &status, &label};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		buf_done(all[i]);
}

static void hook_agent(struct phone_request *r)
{
	struct channel *ch = r->ch;
	struct contact_news news = {0};
	struct usher_buf b = {0};
	usher_id agent;
	struct usher_text customer = text_of(r->query.call);
	struct phone_call *pc = phone_call_get(ch, customer, false);
	usher_id contact = phone_contact(ch, customer, r->arena, &news);
	bool is_current = pc != NULL && contact != 0 && !call_is_over(&pc->call) &&
			  id_parse(text_of(r->query.agent), ch->host->id_key, &agent) == 0 &&
			  pc->call.agent == agent && pc->call.epoch == r->query.epoch;
	twiml_begin(&b);
	if (is_current) {
		struct call_event event = {.sid = r->cb.call_sid,
					   .role = LEG_AGENT,
					   .agent = agent,
					   .epoch = r->query.epoch,
					   .status = r->cb.status,
					   .sequence = -1,
					   .seconds = -1};
		if (call_apply(&pc->call, &event) != 0)
			phone_call_save(ch, pc);
		whisper(r, pc, contact, &news, &b);
	} else {
		phone_say(ch, &b, PHONE_SAYS_GONE);
		twiml_hangup(&b);
	}
	twiml_end(&b);
	phone_reply(ch, r->x, &b);
}

/* ---- conference, status
 * -------------------------------------------------------------------------- */

static usher_us when(const struct phone_request *r)
{
	return r->cb.at_us != 0 ? r->cb.at_us : r->ch->host->now(r->ch->host);
}

static void hook_conference(struct phone_request *r)
{
	struct channel *ch = r->ch;
	struct usher_text customer = text_of(r->query.call);
	bool is_of_leg = r->cb.call_sid.n > 0 && r->cb.room_event >= ROOM_JOIN &&
			 r->cb.room_event <= ROOM_UNHOLD;
	if (customer.n == 0 && text_equal(r->cb.label, TEXT("customer")))
		customer = r->cb.call_sid;
	if (!is_of_leg || customer.n == 0) {
		ch->host->http->reply(r->x, 204, NULL, TEXT_NONE, NULL);
		return;
	}
	bool is_customer = text_equal(customer, r->cb.call_sid);
	bool is_agent = text_starts(r->cb.label, TEXT("agent-"));
	bool has_left = r->cb.room_event == ROOM_LEAVE && r->cb.is_hung_up;
	struct call_event event = {
		.sid = r->cb.call_sid,
		.role = is_customer ? LEG_CUSTOMER
			: is_agent  ? LEG_AGENT
				    : LEG_OTHER,
		.status = has_left ? r->cb.participant_status : CALL_IN_PROGRESS,
		.room = r->cb.room_event,
		.sequence = r->cb.sequence,
		.seconds = -1,
		.at_us = when(r),
	};
	if (is_agent)
		(void)(id_parse(text_slice(r->cb.label.p + 6, r->cb.label.n - 6), ch->host->id_key,
				&event.agent) < 0); /* a label of somebody else's: no agent known */
	phone_apply(ch, r->x, HOOK_CONFERENCE, customer, &event, r->token);
}

static void hook_status(struct phone_request *r)
{
	struct channel *ch = r->ch;
	bool is_agent = r->query.call[0] != '\0';
	struct usher_text customer = is_agent ? text_of(r->query.call) : r->cb.call_sid;
	struct call_event event = {
		.sid = r->cb.call_sid,
		.role = is_agent ? LEG_AGENT : LEG_CUSTOMER,
		.epoch = r->query.epoch,
		.status = r->cb.status,
		.sequence = r->cb.sequence,
		.seconds = r->cb.seconds,
		.at_us = when(r),
	};
	if (is_agent && id_parse(text_of(r->query.agent), ch->host->id_key, &event.agent) < 0) {
		ch->host->http->problem(r->x, E_INVALID, "agent: not an id of this site");
		return;
	}
	phone_apply(ch, r->x, HOOK_STATUS, customer, &event, r->token);
}

/* ---- at the door
 * ---------------------------------------------------------------------------------- */

static void refuse_method(struct channel *ch, struct http_exchange *x)
{
	static const char *const headers[] = {"Allow: POST", NULL};
	ch->host->http->reply(x, 405, "application/problem+json",
			      TEXT("{\"type\":\"/help/problems/method\",\"title\":\"Method not "
				   "allowed\",\"status\":405,\"code\":\"method\",\"detail\":"
				   "\"This address takes POST only.\"}"),
			      headers);
}

static bool is_authentic(const struct phone_route *route, const struct http_request *request,
			 const struct form *form, struct phone_query *ret_query)
{
	struct channel *ch = route->ch;
	struct usher_buf url = {0};
	/* Never over what the server kept of the address: only over what we handed out. */
	phone_query_parse(request->query, ret_query);
	phone_url(ch, route->hook, ret_query, &url);
	bool is_signed = twilio_is_signed(ch->tokens, buf_text(&url), form, request->headers[0]);
	buf_done(&url);
	return is_signed;
}

static void dispatch(struct phone_request *r, enum phone_hook hook)
{
	static void (*const hooks[PHONE_HOOKS])(struct phone_request *) = {
		[HOOK_VOICE] = hook_voice,
		[HOOK_WAIT] = hook_wait,
		[HOOK_LEFT] = hook_left,
		[HOOK_AGENT] = hook_agent,
		[HOOK_CONFERENCE] = hook_conference,
		[HOOK_STATUS] = hook_status,
		[HOOK_JOIN] = connect_caller,
	};
	struct channel_host *h = r->ch->host;
	bool is_report = hook == HOOK_CONFERENCE || hook == HOOK_STATUS;
	if (hook != HOOK_CONFERENCE && r->cb.call_sid.n == 0)
		return h->http->problem(r->x, E_INVALID, "CallSid is missing");
	if (is_report && phone_was_seen(r->ch, r->token))
		return h->http->reply(r->x, 204, NULL, TEXT_NONE, NULL);
	hooks[hook](r);
}

void phone_on_request(struct http_exchange *x, const struct http_request *request, void *arg)
{
	struct phone_route *route = arg;
	struct channel *ch = route->ch;
	const struct http_ops *http = ch->host->http;
	struct usher_error err = {0};
	struct arena arena = {0};
	struct form form;
	struct phone_request r = {.ch = ch, .x = x, .arena = &arena};
	if (!text_equal(request->method, TEXT("POST")))
		return refuse_method(ch, x);
	int code = form_parse(request->body, &arena, &form, &err);
	if (code < 0) {
		http->problem(x, code, err.text);
	} else if (!is_authentic(route, request, &form, &r.query)) {
		ch->host->log(ch->host, CHANNEL_LOG_WARN, "hook.signature_refused", "hook=%d",
			      route->hook);
		http->problem(x, E_DENIED, "X-Twilio-Signature is missing or wrong");
	} else {
		struct usher_text token = request->headers[1];
		twilio_read(&form, &r.cb);
		r.token = token.n > 0 ? hash_keyed(ch->host->id_key, token.p, token.n) : 0;
		if (!text_equal(r.cb.account_sid, text_of(ch->account.account_sid)))
			http->problem(x, E_NOT_FOUND,
				      "AccountSid is not the account of this channel");
		else
			dispatch(&r, route->hook);
	}
	arena_done(&arena);
}
