/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/chat/chat.h"

#include <stdlib.h>

#define REPLAY_EVENTS 100 /* sent at once; the rest follows … */
#define REPLAY_BYTES ((size_t)64 * 1024)
#define REPLAY_PAUSE (USHER_SECOND / 2) /* … at a pace that a slow line can take */
#define FRAMES_EVERY (USHER_SECOND / 20) /* for each message a second that is allowed */
#define FRAMES_BURST 200
#define HELLO_EVERY USHER_SECOND
#define HELLO_BURST 40

static void on_no_hello(void *arg)
{
	struct chat_session *s = arg;
	s->timer = NULL;
	chat_session_close(s, CHAT_CLOSE_NO_HELLO, "no hello");
}

struct chat_session *chat_session_new(struct channel *ch, struct ws_peer *peer, uint64_t address)
{
	struct chat_session *s = NEW(struct chat_session);
	s->ch = ch;
	s->peer = peer;
	s->address = address;
	list_init(&s->in_visitor);
	list_init(&s->turns);
	list_add_last(&ch->sessions, &s->in_channel);
	s->timer = ch->host->timer(ch->host, ch->host->now(ch->host) + CHAT_HELLO_TIMEOUT,
				   on_no_hello, s);
	return s;
}

void chat_session_free(struct chat_session *s)
{
	if (s->ch != NULL) {
		chat_turns_drop(s);
		s->ch->host->timer_cancel(s->ch->host, s->timer);
		list_remove(&s->in_channel);
		struct chat_address *a = table_get_pointer(&s->ch->addresses, s->address);
		if (a != NULL && a->sockets > 0)
			a->sockets--;
		if (s->visitor != NULL)
			chat_visitor_left(s->visitor, s);
	}
	free(s);
}

int chat_session_send(struct chat_session *s, const struct usher_buf *frame)
{
	if (s->is_doomed)
		return E_CLOSED;
	int code = s->ch->host->http->send(s->peer, buf_text(frame));
	if (code < 0)
		s->is_doomed = true; /* the server closes it with 4013; the client resumes */
	return code;
}

void chat_session_close(struct chat_session *s, int code, const char *reason)
{
	struct usher_buf frame = {0};
	if (s->is_doomed)
		return;
	if (code == CHAT_CLOSE_RESTART || code == CHAT_CLOSE_LATER) {
		uint32_t spread;
		sign_random(&spread, sizeof spread); /* so that they do not all come back at once */
		chat_format_bye(&frame, code, 500 + spread % 9500);
		(void)chat_session_send(s, &frame);
		buf_done(&frame);
	}
	s->is_doomed = true;
	s->ch->host->http->close(s->peer, code, reason);
}

/* ---- events --------------------------------------------------------------------------------- */

static struct usher_text cid_of(const struct chat_session *s, const struct contact_message *m)
{
	size_t n = strlen(s->visitor->key);
	bool is_own = m->author == AUTHOR_CUSTOMER && m->remote_id.n > n + 1 &&
		      text_starts(m->remote_id, text_of(s->visitor->key)) &&
		      m->remote_id.p[n] == ':';
	return is_own ? text_slice(m->remote_id.p + n + 1, m->remote_id.n - n - 1) : TEXT_NONE;
}

int chat_session_event(struct chat_session *s, const struct contact_message *m)
{
	struct usher_buf frame = {0};
	char id[ID_TEXT_BYTES];
	if (m->seq <= s->seq)
		return 0;
	int code = 0;
	if (chat_is_shown(m)) {
		id_format(m->id, s->ch->host->id_key, id);
		chat_format_event(&frame, m, id, cid_of(s, m));
		code = chat_session_send(s, &frame);
		buf_done(&frame);
	}
	if (code == 0)
		s->seq = m->seq;
	return code;
}

struct replay {
	struct chat_session *s;
	int count;
	size_t bytes;
	bool is_stopped;
	int64_t unsent[REPLAY_EVENTS]; /* of agents, pushed now for the first time */
	int unsent_count;
};

static int on_replay(const struct contact_message *m, void *arg)
{
	struct replay *r = arg;
	r->count++;
	r->bytes += m->body.n + 200;
	if (chat_session_event(r->s, m) < 0) {
		r->is_stopped = true;
		return 1;
	}
	bool is_new = m->delivery == DELIVERY_QUEUED || m->delivery == DELIVERY_SENDING;
	if (m->author == AUTHOR_AGENT && is_new && r->unsent_count < REPLAY_EVENTS)
		r->unsent[r->unsent_count++] = m->seq;
	r->is_stopped = r->bytes >= REPLAY_BYTES;
	return r->is_stopped;
}

static void on_more(void *arg)
{
	struct chat_session *s = arg;
	s->timer = NULL;
	chat_session_replay(s);
	if (!s->is_replaying && !s->is_doomed)
		chat_session_standing(s);
}

/* Everything behind s->seq from the durable record. The socket is subscribed already and the record
 * is read on this thread, so nothing falls between; what comes twice is dropped by its seq. */
void chat_session_replay(struct chat_session *s)
{
	struct channel_host *h = s->ch->host;
	struct replay r = {.s = s};
	h->timer_cancel(h, s->timer);
	s->timer = NULL;
	s->is_replaying = true;
	int64_t last = h->history(h, s->contact, s->seq, REPLAY_EVENTS, on_replay, &r);
	if (last < 0) {
		chat_session_close(s, CHAT_CLOSE_LATER, "the record cannot be read");
		return;
	}
	for (int i = 0; i < r.unsent_count; i++)
		h->delivered(h, 0, s->contact, r.unsent[i], DELIVERY_SENT, 0, NULL);
	if (s->is_doomed)
		return;
	if (r.is_stopped || r.count >= REPLAY_EVENTS) {
		s->timer = h->timer(h, h->now(h) + REPLAY_PAUSE, on_more, s);
		return;
	}
	s->is_replaying = false;
	if (last > s->seq)
		s->seq = last;
}

/* ---- hello ---------------------------------------------------------------------------------- */

static int skip_message(const struct contact_message *m, void *arg)
{
	(void)m;
	(void)arg;
	return 1;
}

void chat_session_hello(struct chat_session *s, struct chat_visitor *v, int64_t seq)
{
	struct channel_host *h = s->ch->host;
	struct usher_buf frame = {0};
	char conv[ID_TEXT_BYTES];
	struct chat_hello hello = {
		.visitor = text_of(v->token), .state = v->state, .text_max = s->ch->text_max,
		.title = channel_text(h, "title"), .greeting = channel_text(h, "greeting")};
	if (v->contact != 0) {
		int64_t head = h->history(h, v->contact, INT64_MAX / 2, 1, skip_message, NULL);
		id_format(v->contact, h->id_key, conv);
		hello.conv = conv;
		hello.number = v->number;
		hello.head = head > 0 ? head : 0;
	}
	s->contact = v->contact;
	s->seq = seq < hello.head ? seq : hello.head;
	s->seen = s->read = 0;
	chat_format_hello(&frame, &hello);
	(void)chat_session_send(s, &frame);
	buf_done(&frame);
}

/* Why nobody answers is said where that is not the ordinary course. */
static enum chat_sentence sentence_of(const struct chat_visitor *v)
{
	static const enum chat_sentence says[] = {
		[CHAT_STATE_WAITING] = CHAT_SAYS_WAITING,
		[CHAT_STATE_ACTIVE] = CHAT_SAYS_ACTIVE,
		[CHAT_STATE_CLOSED] = CHAT_SAYS_CLOSED,
	};
	if (v->state == CHAT_STATE_WAITING && v->opens[0] != '\0')
		return CHAT_SAYS_KEPT;
	if (v->state != CHAT_STATE_CLOSED)
		return says[v->state];
	switch (v->cause) {
	case CAUSE_CLOSED_HOURS:
		return v->opens[0] != '\0' ? CHAT_SAYS_SHUT_UNTIL : CHAT_SAYS_SHUT;
	case CAUSE_FULL:
		return CHAT_SAYS_FULL;
	case CAUSE_WAITED_OUT:
		return CHAT_SAYS_WAITED_OUT;
	case CAUSE_SILENCE:
		return CHAT_SAYS_SILENCE;
	default:
		return CHAT_SAYS_CLOSED;
	}
}

static const char *reason_of(const struct chat_visitor *v)
{
	switch (sentence_of(v)) {
	case CHAT_SAYS_SHUT:
	case CHAT_SAYS_SHUT_UNTIL:
	case CHAT_SAYS_KEPT:
		return "closed-hours";
	case CHAT_SAYS_FULL:
		return "full";
	case CHAT_SAYS_WAITED_OUT:
		return "waited-out";
	case CHAT_SAYS_SILENCE:
		return "silence";
	default:
		return NULL;
	}
}

/* The sentence, with the instant in the place of its "%s", where it has one. */
static void put_sentence(const struct chat_visitor *v, struct usher_buf *text)
{
	const char *sentence = chat_sentence(v->words, sentence_of(v));
	const char *at = strstr(sentence, "%s");
	if (at == NULL) {
		buf_adds(text, sentence);
		return;
	}
	buf_add(text, sentence, (size_t)(at - sentence));
	buf_adds(text, v->opens);
	buf_adds(text, at + 2);
}

void chat_session_standing(struct chat_session *s)
{
	const struct chat_visitor *v = s->visitor;
	struct usher_buf frame = {0}, text = {0};
	if (v->state == CHAT_STATE_NONE || v->contact != s->contact)
		return;
	put_sentence(v, &text);
	chat_format_state(&frame, v->state, v->agent, reason_of(v), text.p);
	buf_done(&text);
	if (chat_session_send(s, &frame) == 0 && v->position > 0) {
		buf_clear(&frame);
		chat_format_place(&frame, v->position, v->low_us, v->high_us);
		(void)chat_session_send(s, &frame);
	}
	buf_done(&frame);
}

/* A client drops what is not above its last seq, so it must hear of a new conversation first. */
void chat_session_follow(struct chat_session *s, usher_id contact)
{
	if (s->contact == contact || s->visitor->contact != contact)
		return;
	s->ch->host->timer_cancel(s->ch->host, s->timer);
	s->timer = NULL;
	s->is_replaying = false;
	chat_session_hello(s, s->visitor, 0);
	if (!s->is_doomed)
		chat_session_standing(s);
}

struct claim {
	const char *key;
	bool is_proven;
};

static int on_claim(const struct contact_message *m, void *arg)
{
	struct claim *c = arg;
	size_t n = strlen(c->key);
	c->is_proven = m->author == AUTHOR_CUSTOMER && m->remote_id.n > n &&
		       text_starts(m->remote_id, text_of(c->key)) && m->remote_id.p[n] == ':';
	return c->is_proven;
}

/* A closed conversation is shown again only to the visitor who wrote in it: its id is no secret. */
static void resume_closed(struct chat_visitor *v, struct usher_text conv)
{
	struct channel_host *h = v->ch->host;
	struct claim claim = {.key = v->key};
	usher_id contact;
	if (id_parse(conv, h->id_key, &contact) < 0 ||
	    h->history(h, contact, 0, 50, on_claim, &claim) < 0 || !claim.is_proven)
		return;
	v->contact = contact;
	chat_visitor_load(v);
}

static struct chat_visitor *identify(struct chat_session *s, const struct chat_frame *f)
{
	char key[SIGN_HEX_BYTES];
	struct usher_buf token = {0};
	if (f->visitor.n > 0) {
		buf_add_text(&token, f->visitor);
	} else {
		unsigned char random[32];
		sign_random(random, sizeof random);
		sign_base64url(&token, random, sizeof random);
	}
	sign_sha256_hex(buf_text(&token), key);
	struct chat_visitor *v = chat_visitor_get(s->ch, text_of(key));
	if (v != NULL)
		memcpy(v->token, token.p, CHAT_TOKEN_BYTES);
	buf_done(&token);
	return v;
}

static void take_hello(struct chat_session *s, const struct chat_frame *f)
{
	struct channel *ch = s->ch;
	usher_us now = ch->host->now(ch->host);
	struct chat_address *a = chat_address(ch, s->address);
	if (a == NULL || bucket_take(&a->hello_us, now, HELLO_EVERY, HELLO_BURST) > 0)
		return chat_session_close(s, CHAT_CLOSE_LATER, "too many new connections");
	if (f->is_token_bad)
		return chat_session_close(s, CHAT_CLOSE_BAD_TOKEN, "not a visitor token");
	if (a->sockets > ch->sockets_per_address)
		return chat_session_close(s, CHAT_CLOSE_TOO_MANY, "too many connections");
	struct chat_visitor *v = identify(s, f);
	if (v == NULL)
		return chat_session_close(s, CHAT_CLOSE_LATER, "too many visitors");
	if (v->socket_count >= ch->sockets_per_visitor)
		return chat_session_close(s, CHAT_CLOSE_TOO_MANY, "too many windows");
	ch->host->timer_cancel(ch->host, s->timer);
	s->timer = NULL;
	chat_visitor_load(v);
	if (v->contact == 0 && f->resume_conv.n > 0)
		resume_closed(v, f->resume_conv);
	chat_visitor_about(v, f);
	chat_visitor_joined(v, s);
	char conv[ID_TEXT_BYTES] = "";
	if (v->contact != 0)
		id_format(v->contact, ch->host->id_key, conv);
	bool is_same = conv[0] != '\0' && text_equal_nocase(f->resume_conv, text_of(conv));
	chat_session_hello(s, v, is_same ? f->resume_seq : 0);
	if (v->contact != 0 && !s->is_doomed)
		chat_session_replay(s);
	if (v->contact != 0 && !s->is_replaying && !s->is_doomed)
		chat_session_standing(s);
}

/* ---- frames --------------------------------------------------------------------------------- */

static void take_frame(struct chat_session *s, const struct chat_frame *f)
{
	struct usher_buf frame = {0};
	switch (f->kind) {
	case CHAT_HELLO:
		chat_session_close(s, CHAT_CLOSE_POLICY, "a second hello");
		return;
	case CHAT_SEND:
		chat_send(s, f);
		return;
	case CHAT_SEEN:
		chat_report(s, f->seq, DELIVERY_DELIVERED);
		return;
	case CHAT_READ:
		chat_report(s, f->seq, DELIVERY_READ);
		return;
	case CHAT_TYPING:
		chat_visitor_typing(s->visitor, f->is_on);
		return;
	case CHAT_END:
		chat_say_end(s->visitor, "end");
		return;
	case CHAT_PING:
		chat_format_pong(&frame, f->seq);
		(void)chat_session_send(s, &frame);
		buf_done(&frame);
		return;
	case CHAT_OTHER:
		return;
	}
}

void chat_session_message(struct chat_session *s, struct usher_text message)
{
	struct chat_frame frame;
	if (s->ch == NULL || s->is_doomed)
		return;
	usher_us now = s->ch->host->now(s->ch->host);
	if (bucket_take(&s->frames_us, now, FRAMES_EVERY / s->ch->rate_per_s, FRAMES_BURST) > 0)
		return chat_session_close(s, CHAT_CLOSE_POLICY, "too many frames");
	if (chat_parse(message, &frame, NULL) < 0)
		return chat_session_close(
			s, s->visitor == NULL ? CHAT_CLOSE_NO_HELLO : CHAT_CLOSE_POLICY,
			"not a frame of usher-chat.v1");
	if (s->visitor != NULL)
		take_frame(s, &frame);
	else if (frame.kind == CHAT_HELLO)
		take_hello(s, &frame);
	else
		chat_session_close(s, CHAT_CLOSE_NO_HELLO, "the first frame must be hello");
	chat_frame_done(&frame);
}
