/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/chat/chat.h"

#include "channels/json.h"

#include <stdlib.h>

#define SEND_BURST 5	   /* docs/api.md: 1 message a second, burst 5, unless rate_per_s says more */
#define ADDRESS_FACTOR 5 /* an office behind one address */
#define ADDRESS_BURST 50
#define HELD_FOR (60 * USHER_SECOND) /* then the client has given that message up */
#define REFUSALS_MAX 100	     /* in a row: that is no person */
#define BUSY_MS 2000
#define REPLAYING_MS 500
#define END_RETRY (5 * USHER_SECOND)
#define REPORT_EVENTS 200
#define REPORT_PAGES 50
#define CATCH_UP_MAX 50 /* times 100 events; a slower peer is closed with 4013 before that */

static void nack(struct chat_session *s, struct usher_text cid, const char *code, int64_t retry_ms,
		 enum chat_sentence sentence)
{
	struct usher_buf frame = {0};
	chat_format_nack(&frame, cid, code, retry_ms, chat_sentence(s->visitor->words, sentence));
	(void)chat_session_send(s, &frame);
	buf_done(&frame);
}

/* ---- order ------------------------------------------------------------------------------------
 */

static uint64_t hash_of(const struct chat_session *s, struct usher_text cid)
{
	uint64_t hash = hash_keyed(s->ch->host->id_key, cid.p, cid.n);
	return hash != 0 ? hash : 1;
}

/* A message that is to come again keeps its place: others wait until it is here. */
static void hold(struct chat_session *s, struct usher_text cid)
{
	if (s->held == 0) {
		s->held = hash_of(s, cid);
		s->held_us = s->ch->host->now(s->ch->host);
	}
}

static bool is_out_of_order(struct chat_session *s, struct usher_text cid)
{
	usher_us now = s->ch->host->now(s->ch->host);
	if (s->held == hash_of(s, cid) || now - s->held_us > HELD_FOR)
		s->held = 0;
	return s->held != 0;
}

/* ---- turns ---------------------------------------------------------------------------------- */

static struct chat_turn *turn_new(struct chat_visitor *v, struct chat_session *s,
				  enum inbound_kind kind, struct usher_text cid)
{
	struct chat_turn *turn = NEW(struct chat_turn);
	turn->visitor = v;
	turn->session = s;
	turn->kind = kind;
	if (cid.n > 0)
		memcpy(turn->cid, cid.p, cid.n);
	list_add_last(&v->ch->turns, &turn->in_channel);
	list_init(&turn->in_session);
	if (s != NULL)
		list_add_last(&s->turns, &turn->in_session);
	v->turn_count++;
	return turn;
}

static void turn_free(struct chat_turn *turn)
{
	list_remove(&turn->in_channel);
	list_remove(&turn->in_session);
	turn->visitor->turn_count--;
	free(turn->body);
	free(turn);
}

void chat_turns_drop(struct chat_session *s)
{
	LIST_EACH(item, &s->turns)
	{
		struct chat_turn *turn = LIST_ITEM(item, struct chat_turn, in_session);
		turn->session = NULL;
		list_remove(item);
		if (turn->body != NULL)
			turn_free(turn); /* never acknowledged: the client sends it again */
	}
}

void chat_turns_done(struct channel *ch)
{
	LIST_EACH(item, &ch->turns)
	turn_free(LIST_ITEM(item, struct chat_turn, in_channel));
}

/* ---- the visitor writes -----------------------------------------------------------------------
 */

static void send_ack(struct chat_session *s, const char *cid, const struct inbound_result *result)
{
	const struct hash_key *key = s->ch->host->id_key;
	struct usher_buf frame = {0};
	char id[ID_TEXT_BYTES], conv[ID_TEXT_BYTES];
	id_format(result->message, key, id);
	id_format(result->contact, key, conv);
	/* The instant of the id is the same for every repeat. */
	struct chat_ack ack = {
		cid, id, conv, result->seq, result->contact_number, id_time(result->message)};
	chat_format_ack(&frame, &ack);
	(void)chat_session_send(s, &frame);
	buf_done(&frame);
}

/* Before an ack of seq n goes out, the events before n have: a client may take n as its last. */
static void bring_up_to(struct chat_session *s, const struct inbound_result *result)
{
	if (s->visitor->contact != result->contact)
		return; /* the repeat of something said in an earlier conversation */
	if (s->contact != result->contact && result->seq > 1) {
		chat_session_follow(s, result->contact);
	} else if (s->contact != result->contact) {
		s->contact = result->contact; /* the ack names it */
		s->seq = 0;
	}
	for (int i = 0; i < CATCH_UP_MAX && s->seq + 1 < result->seq && !s->is_doomed; i++)
		chat_session_replay(s);
}

static void hand_in_next(struct chat_session *s);

/* What stands behind a message that must come again has to come again as well. */
static void send_all_back(struct chat_session *s, struct usher_text cid)
{
	s->held = 0; /* this one stands before whatever was held */
	hold(s, cid);
	nack(s, cid, "busy", BUSY_MS, CHAT_SAYS_BUSY);
	LIST_EACH(item, &s->turns)
	{
		struct chat_turn *turn = LIST_ITEM(item, struct chat_turn, in_session);
		if (turn->body == NULL)
			continue;
		nack(s, text_of(turn->cid), "busy", BUSY_MS, CHAT_SAYS_BUSY);
		turn_free(turn);
	}
}

static void answer(struct chat_session *s, const char *cid, int code,
		   const struct inbound_result *result)
{
	if (code == 0 || code == E_EXISTS) {
		bring_up_to(s, result);
		send_ack(s, cid, result);
	} else if (code == E_AGAIN || code == E_IO) {
		send_all_back(s, text_of(cid));
	} else {
		bool is_closed = code == E_CLOSED || code == E_NOT_FOUND;
		nack(s, text_of(cid), is_closed ? "closed" : "bad", 0, CHAT_SAYS_REFUSED);
	}
}

static void on_sent(int code, const struct inbound_result *result, void *arg)
{
	struct chat_turn *turn = arg;
	struct chat_visitor *v = turn->visitor;
	struct chat_session *s = turn->session;
	bool is_kept = code == 0 || code == E_EXISTS;
	bool is_refused = is_kept && result->refused != CAUSE_NONE;
	if (is_refused) /* it has no session by which it could be found */
		v->contact = result->contact;
	if (is_kept && (is_refused || v->contact != result->contact))
		chat_visitor_load(v);
	list_remove(&turn->in_session);
	if (s != NULL) {
		answer(s, turn->cid, code, result);
		if (is_refused)
			chat_session_standing(s);
		hand_in_next(s);
	}
	turn_free(turn);
	chat_visitor_release(v);
}

/* Why the text cannot be taken; NULL: it can. *ret_ms > 0: it may come again. */
static const char *refusal(struct chat_session *s, size_t characters, struct usher_text cid,
			   int64_t *ret_ms, enum chat_sentence *ret)
{
	struct chat_visitor *v = s->visitor;
	struct chat_address *a = chat_address(s->ch, s->address);
	usher_us now = s->ch->host->now(s->ch->host);
	*ret_ms = 0;
	*ret = CHAT_SAYS_BAD;
	if (characters == 0)
		return "bad";
	*ret = CHAT_SAYS_TOO_LONG;
	if ((int64_t)characters > s->ch->text_max)
		return "too-long";
	*ret = CHAT_SAYS_BUSY;
	*ret_ms = s->is_replaying ? REPLAYING_MS : BUSY_MS;
	if (s->is_replaying || v->turn_count >= CHAT_TURNS_MAX || is_out_of_order(s, cid))
		return "busy";
	*ret = CHAT_SAYS_RATE;
	usher_us every = USHER_SECOND / s->ch->rate_per_s;
	usher_us wait = a == NULL ? USHER_SECOND
				  : bucket_take(&a->send_us, now, every / ADDRESS_FACTOR,
						ADDRESS_BURST);
	if (wait == 0)
		wait = bucket_take(&v->send_us, now, every, SEND_BURST);
	*ret_ms = wait / 1000 + 1;
	return wait > 0 ? "rate" : NULL;
}

/* Kept with the first message and with the session: where the visitor was. */
static void about_fields(const struct chat_visitor *v, struct usher_buf *b)
{
	json_out_open(b, NULL, '{');
	if (v->about != NULL && v->about->page_url.n > 0) {
		json_out_open(b, "page", '{');
		json_out_text(b, "url", v->about->page_url);
		json_out_text(b, "title", v->about->page_title);
		json_out_close(b, '}');
	}
	json_out_close(b, '}');
}

static void hand_in(struct chat_turn *turn, struct usher_text body)
{
	struct chat_visitor *v = turn->visitor;
	struct channel_host *h = v->ch->host;
	struct usher_buf remote = {0}, fields = {0}, address = {0};
	bool is_first = v->state == CHAT_STATE_NONE || v->state == CHAT_STATE_CLOSED;
	buf_addf(&remote, "%s:%s", v->key, turn->cid);
	if (v->about != NULL && v->about->address.n > 0)
		buf_add_text(&address, v->about->address);
	else
		buf_addf(&address, "visitor-%.16s", v->key);
	if (is_first)
		about_fields(v, &fields);
	struct inbound in = {
		.kind = INBOUND_MESSAGE,
		.remote_id = buf_text(&remote),
		.key = text_of(v->key),
		.may_open = true,
		.address = buf_text(&address),
		.name = v->about != NULL ? v->about->name : TEXT_NONE,
		.language = v->about != NULL ? v->about->language : TEXT_NONE,
		.body = body,
		.fields = buf_text(&fields),
		.session_fields = buf_text(&fields),
		.priority = -1,
	};
	h->inbound(h, &in, on_sent, turn);
	buf_done(&remote);
	buf_done(&fields);
	buf_done(&address);
}

static void hand_in_next(struct chat_session *s)
{
	if (list_is_empty(&s->turns))
		return;
	struct chat_turn *turn = LIST_ITEM(s->turns.next, struct chat_turn, in_session);
	char *body = turn->body;
	turn->body = NULL;
	if (body != NULL)
		hand_in(turn, text_of(body));
	free(body);
}

void chat_send(struct chat_session *s, const struct chat_frame *frame)
{
	struct usher_buf body = {0};
	int64_t retry_ms;
	enum chat_sentence sentence;
	size_t characters = chat_clean(frame->text, &body);
	const char *why = refusal(s, characters, frame->cid, &retry_ms, &sentence);
	if (why == NULL) {
		bool is_first = list_is_empty(&s->turns);
		struct chat_turn *turn = turn_new(s->visitor, s, INBOUND_MESSAGE, frame->cid);
		turn->body = buf_take(&body);
		s->refusals = 0;
		if (is_first)
			hand_in_next(s);
		return;
	}
	if (retry_ms > 0)
		hold(s, frame->cid);
	nack(s, frame->cid, why, retry_ms, sentence);
	if (++s->refusals >= REFUSALS_MAX)
		chat_session_close(s, CHAT_CLOSE_POLICY, "too many messages");
	buf_done(&body);
}

/* ---- what happens around it -------------------------------------------------------------------
 */

static void on_said(int code, const struct inbound_result *result, void *arg)
{
	struct chat_turn *turn = arg;
	struct chat_visitor *v = turn->visitor;
	struct channel_host *h = v->ch->host;
	enum inbound_kind kind = turn->kind;
	(void)result;
	turn_free(turn);
	if (code == 0 && kind == INBOUND_END)
		chat_visitor_load(v);
	if (code == E_AGAIN || code == E_IO) {
		h->log(h, CHANNEL_LOG_WARN, "chat.item_deferred", "kind=%d code=%s", kind,
		       usher_code_name(code));
		v->is_away_told = false;
		if (v->socket_count == 0)
			chat_visitor_retry(v, END_RETRY);
	}
	chat_visitor_release(v);
}

static void say(struct chat_visitor *v, enum inbound_kind kind, const char *event, const char *body)
{
	struct channel_host *h = v->ch->host;
	struct usher_buf remote = {0}, fields = {0};
	if (v->turn_count >= CHAT_TURNS_MAX)
		return;
	/* An end is one per conversation; an event may come again. */
	if (kind == INBOUND_END)
		buf_addf(&remote, "%s:%llu:end", v->key, (unsigned long long)v->contact);
	json_out_open(&fields, NULL, '{');
	json_out_string(&fields, "event", event);
	json_out_string(&fields, "audience", "agent");
	json_out_close(&fields, '}');
	struct inbound in = {
		.kind = kind,
		.remote_id = buf_text(&remote),
		.key = text_of(v->key),
		.body = text_of(body),
		.fields = buf_text(&fields),
		.priority = -1,
	};
	h->inbound(h, &in, on_said, turn_new(v, NULL, kind, TEXT_NONE));
	buf_done(&remote);
	buf_done(&fields);
}

void chat_say_end(struct chat_visitor *v, const char *why)
{
	if (v->state != CHAT_STATE_WAITING && v->state != CHAT_STATE_ACTIVE)
		return;
	bool is_gone = strcmp(why, "left") == 0;
	say(v, INBOUND_END, why,
	    is_gone ? "The visitor left the page while waiting" : "The visitor ended the chat");
}

void chat_say_event(struct chat_visitor *v, const char *event, const char *body)
{
	say(v, INBOUND_EVENT, event, body);
}

/* ---- seen and read ----------------------------------------------------------------------------
 */

struct report {
	int64_t up_to, last;
	enum delivery_state state;
	int64_t seqs[REPORT_EVENTS];
	int count, visited;
};

static int on_reported(const struct contact_message *m, void *arg)
{
	struct report *r = arg;
	if (m->seq > r->up_to)
		return 1;
	r->visited++;
	r->last = m->seq;
	bool is_behind = m->delivery != DELIVERY_NONE && m->delivery != r->state &&
			 m->delivery != DELIVERY_READ && m->delivery != DELIVERY_FAILED;
	if (m->author == AUTHOR_AGENT && is_behind && r->count < REPORT_EVENTS)
		r->seqs[r->count++] = m->seq;
	return 0;
}

/* One page of the record behind *mark; true when there may be another. */
static bool report_page(struct chat_session *s, int64_t up_to, enum delivery_state state,
			int64_t *mark)
{
	struct channel_host *h = s->ch->host;
	struct report r = {.up_to = up_to, .last = up_to, .state = state};
	if (h->history(h, s->contact, *mark, REPORT_EVENTS, on_reported, &r) < 0)
		return false; /* the next report covers it */
	bool is_more = r.visited == REPORT_EVENTS;
	*mark = is_more ? r.last : up_to;
	for (int i = 0; i < r.count; i++)
		h->delivered(h, 0, s->contact, r.seqs[i], state, 0, NULL);
	return is_more;
}

void chat_report(struct chat_session *s, int64_t seq, enum delivery_state state)
{
	int64_t *mark = state == DELIVERY_READ ? &s->read : &s->seen;
	int64_t up_to = seq < s->seq ? seq : s->seq;
	if (s->contact == 0 || up_to <= *mark)
		return;
	for (int i = 0; i < REPORT_PAGES && report_page(s, up_to, state, mark); i++)
		;
	if (s->seen < s->read)
		s->seen = s->read;
}
