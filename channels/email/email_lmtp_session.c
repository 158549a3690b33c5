/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_lmtp_session.h"

#include "channels/email/email_address.h"
#include "channels/email/mail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES ((size_t)64 * 1024)
#define READS_A_TURN 8
#define OUT_BYTES_MAX ((size_t)64 * 1024) /* a peer that does not read is not read from */

static void say(struct lmtp_session *s, const char *line)
{
	buf_adds(&s->out, line);
	buf_adds(&s->out, "\r\n");
}

static void say_fault(struct lmtp_session *s, const char *line)
{
	say(s, line);
	if (++s->errors < LMTP_ERRORS_MAX)
		return;
	say(s, "421 4.7.0 too many errors");
	s->is_ending = true;
}

static void end_transaction(struct lmtp_session *s)
{
	s->lmtp->held -= s->held;
	s->held = 0;
	s->has_mail = s->is_refused = false;
	s->envelope.rcpt_count = 0;
	buf_done(&s->body);
	arena_clear(&s->arena);
}

/* ---- commands ---- */

static void say_hello(struct lmtp_session *s)
{
	s->is_greeted = true;
	end_transaction(s);
	buf_addf(&s->out,
		 "250-%.*s\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n"
		 "250-SMTPUTF8\r\n250 SIZE %zu\r\n",
		 TEXT_ARG(s->lmtp->ch->identity.domain), MAIL_BYTES_MAX);
}

static void take_mail(struct lmtp_session *s, const struct lmtp_command *c)
{
	if (!s->is_greeted || s->has_mail) {
		say_fault(s, s->has_mail ? "503 5.5.1 nested MAIL" : "503 5.5.1 LHLO first");
		return;
	}
	if (c->size > MAIL_BYTES_MAX) {
		say(s, "552 5.3.4 message too large");
		return;
	}
	s->has_mail = true;
	s->envelope = (struct email_envelope){.from = arena_text(&s->arena, c->address),
					      .has_from = true};
	say(s, "250 2.1.0 ok");
}

static void take_rcpt(struct lmtp_session *s, const struct lmtp_command *c)
{
	struct usher_text tag;
	if (!s->has_mail) {
		say_fault(s, "503 5.5.1 MAIL first");
	} else if (!email_address_is_own(c->address, s->lmtp->ch->identity.address, &tag)) {
		say(s, "550 5.1.1 no such address here");
	} else if (s->envelope.rcpt_count == EMAIL_ENVELOPE_RCPTS) {
		say(s, "452 4.5.3 too many recipients");
	} else {
		s->envelope.rcpts[s->envelope.rcpt_count++] = arena_text(&s->arena, c->address);
		say(s, "250 2.1.5 ok");
	}
}

static void begin_data(struct lmtp_session *s)
{
	if (!s->has_mail || s->envelope.rcpt_count == 0) {
		say_fault(s, "503 5.5.1 no valid recipients");
		return;
	}
	lmtp_data_init(&s->data, MAIL_BYTES_MAX);
	s->state = SESSION_DATA;
	say(s, "354 end with <CR><LF>.<CR><LF>");
}

static void obey(struct lmtp_session *s, const struct lmtp_command *c)
{
	if (c->fault != NULL) {
		say_fault(s, c->fault);
		return;
	}
	switch (c->verb) {
	case LMTP_LHLO:
		say_hello(s);
		break;
	case LMTP_MAIL:
		take_mail(s, c);
		break;
	case LMTP_RCPT:
		take_rcpt(s, c);
		break;
	case LMTP_DATA:
		begin_data(s);
		break;
	case LMTP_RSET:
		end_transaction(s);
		say(s, "250 2.0.0 ok");
		break;
	case LMTP_NOOP:
		say(s, "250 2.0.0 ok");
		break;
	case LMTP_VRFY:
		say(s, "252 2.5.0 send it and see");
		break;
	case LMTP_QUIT:
		say(s, "221 2.0.0 bye");
		s->is_ending = true;
		break;
	case LMTP_HELO:
		say_fault(s, "500 5.5.1 this is LMTP: say LHLO");
		break;
	case LMTP_BAD:
		say_fault(s, "500 5.5.2 unknown command");
		break;
	}
}

/* False when more input is needed. */
static bool take_command(struct lmtp_session *s)
{
	struct usher_text line = TEXT_NONE;
	struct lmtp_command command;
	size_t used = 0;
	switch (lmtp_take_line(buf_text(&s->in), &line, &used)) {
	case LMTP_LINE_MORE:
		return false;
	case LMTP_LINE_READY:
		lmtp_parse(line, &command);
		obey(s, &command);
		break;
	case LMTP_LINE_BARE:
		say_fault(s, "500 5.5.2 lines end with CR LF");
		break;
	case LMTP_LINE_LONG:
		say(s, "500 5.5.2 line too long");
		s->is_ending = true;
		break;
	}
	buf_drop_front(&s->in, used);
	return true;
}

/* ---- messages ---- */

static void say_to_each(struct lmtp_session *s, const char *line)
{
	for (int i = 0; i < s->envelope.rcpt_count; i++)
		say(s, line);
	end_transaction(s);
	s->state = SESSION_COMMAND;
}

static const char *refusal(int code)
{
	switch (code) {
	case E_LIMIT:
		return "552 5.3.4 over a limit";
	case E_INVALID:
		return "554 5.6.0 cannot be taken";
	case E_NOT_FOUND:
	case E_CLOSED:
	case E_DENIED:
		return "550 5.7.1 not accepted here";
	default:
		return "451 4.3.0 not now, please come again";
	}
}

static void turn(struct lmtp_session *s);

static void on_stored(int code, const struct inbound_result *result, void *arg)
{
	struct lmtp_session *s = arg;
	s->intake = NULL;
	s->active_us = s->lmtp->ch->host->now(s->lmtp->ch->host);
	if (code == 0 || code == E_EXISTS) {
		char id[ID_TEXT_BYTES], line[80];
		id_format(result->message, s->lmtp->ch->host->id_key, id);
		snprintf(line, sizeof line, "250 2.0.0 %s", id);
		say_to_each(s, line);
	} else {
		say_to_each(s, refusal(code));
	}
	turn(s);
}

static void store(struct lmtp_session *s)
{
	if (s->data.is_over) {
		say_to_each(s, "552 5.3.4 message too large");
	} else if (s->is_refused) {
		say_to_each(s, "452 4.3.1 too much at once, please come again");
	} else if (s->body.n == 0) {
		say_to_each(s, "554 5.6.0 empty message");
	} else {
		size_t n = s->body.n;
		s->state = SESSION_STORING;
		s->intake = email_intake_start(s->lmtp->ch, buf_take(&s->body), n, &s->envelope,
					       on_stored, s);
	}
}

static void take_data(struct lmtp_session *s)
{
	size_t used = 0;
	bool is_done = lmtp_data_feed(&s->data, buf_text(&s->in), &used, &s->body);
	buf_drop_front(&s->in, used);
	if (s->data.is_over)
		buf_done(&s->body);
	s->lmtp->held += s->body.n;
	s->lmtp->held -= s->held;
	s->held = s->body.n;
	if (s->lmtp->held > LMTP_HELD_BYTES_MAX) {
		s->is_refused = true;
		s->data.max = 0;
		s->data.is_over = false;
	}
	if (s->is_refused) {
		buf_done(&s->body);
		s->lmtp->held -= s->held;
		s->held = 0;
		s->data.is_over = false;
	}
	if (is_done)
		store(s);
}

/* ---- the socket ---- */

static void process(struct lmtp_session *s)
{
	bool wants_more = false;
	while (!wants_more && !s->is_ending && s->state != SESSION_STORING && s->in.n > 0 &&
	       s->out.n < OUT_BYTES_MAX) {
		if (s->state == SESSION_DATA)
			take_data(s);
		else
			wants_more = !take_command(s);
	}
}

/* False when the peer is gone. */
static bool flush(struct lmtp_session *s)
{
	while (s->out.n > 0) {
		ssize_t n = send(s->fd, s->out.p, s->out.n, MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		buf_drop_front(&s->out, (size_t)n);
	}
	return true;
}

/* Everything ends here, since it may free the session. */
static void turn(struct lmtp_session *s)
{
	process(s);
	bool is_alive = flush(s);
	if (is_alive && s->out.n < OUT_BYTES_MAX)
		process(s);
	is_alive = is_alive && flush(s);
	if (!is_alive || (s->is_ending && s->out.n == 0)) {
		lmtp_session_free(s);
		return;
	}
	bool wants_input = s->state != SESSION_STORING && !s->is_ending && s->out.n < OUT_BYTES_MAX;
	s->lmtp->ch->host->watch_change(s->watch, wants_input, s->out.n > 0);
}

/* False when the peer is gone. */
static bool fill(struct lmtp_session *s)
{
	for (int i = 0; i < READS_A_TURN && s->in.n < READ_BYTES; i++) {
		buf_reserve(&s->in, READ_BYTES);
		ssize_t n = recv(s->fd, s->in.p + s->in.n, READ_BYTES, 0);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			return false;
		s->in.n += (size_t)n;
		s->in.p[s->in.n] = '\0';
		process(s);
		if (s->state == SESSION_STORING || s->is_ending)
			return true;
	}
	return true;
}

static void on_ready(int fd, bool can_read, bool can_write, void *arg)
{
	struct lmtp_session *s = arg;
	(void)fd;
	(void)can_write;
	s->active_us = s->lmtp->ch->host->now(s->lmtp->ch->host);
	bool is_reading = can_read && s->state != SESSION_STORING && !s->is_ending;
	if (is_reading && !fill(s)) {
		lmtp_session_free(s);
		return;
	}
	turn(s);
}

void lmtp_session_new(struct email_lmtp *l, int fd)
{
	struct channel_host *host = l->ch->host;
	struct lmtp_session *s = NEW(struct lmtp_session);
	s->lmtp = l;
	s->fd = fd;
	s->active_us = host->now(host);
	list_add_last(&l->sessions, &s->link);
	l->session_count++;
	buf_addf(&s->out, "220 %.*s LMTP ready\r\n", TEXT_ARG(l->ch->identity.domain));
	s->watch = host->watch(host, fd, true, true, on_ready, s);
}

void lmtp_session_free(struct lmtp_session *s)
{
	email_intake_forget(s->intake);
	end_transaction(s);
	list_remove(&s->link);
	s->lmtp->session_count--;
	s->lmtp->ch->host->watch_end(s->watch);
	close(s->fd);
	buf_done(&s->in);
	buf_done(&s->out);
	arena_done(&s->arena);
	free(s);
}
