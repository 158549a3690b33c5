/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_imap.h"

#include "channels/email/email_imap_client.h"
#include "channels/email/mail.h"

#include <stdio.h>
#include <stdlib.h>

static void look(struct email_imap *m);
static void next_message(struct email_imap *m);

/* ---- failing and trying again ---- */

static int backoff_s(struct email_imap *m)
{
	int s = IMAP_BACKOFF_FIRST_S;
	for (int i = 1; i < m->failures && s < IMAP_BACKOFF_LAST_S; i++)
		s *= 2;
	if (m->refusals >= 3)
		s = IMAP_BACKOFF_LAST_S; /* a wrong password tried often locks the account */
	else if (m->refusals > 0 && s < 60)
		s = 60;
	return s < IMAP_BACKOFF_LAST_S ? s : IMAP_BACKOFF_LAST_S;
}

static void retry_later(struct email_imap *m, const char *why)
{
	struct channel_host *host = m->ch->host;
	m->failures++;
	int s = backoff_s(m);
	snprintf(m->fault, sizeof m->fault, "imap: %.160s; retry in %d s", why, s);
	uint64_t seed = (uint64_t)host->now(host);
	usher_us jitter = (usher_us)random_below(&seed, (uint64_t)s * USHER_SECOND / 5);
	m->state = IMAP_WAITING;
	imap_timer(m, s * USHER_SECOND - jitter);
	host->log(host, CHANNEL_LOG_WARN, "imap.failed", "retry_s=%d failures=%d", s, m->failures);
	email_status_changed(m->ch);
}

void imap_fail(struct email_imap *m, const char *format, ...)
{
	char why[180];
	va_list args;
	va_start(args, format);
	vsnprintf(why, sizeof why, format, args);
	va_end(args);
	bool was_fetching = m->state == IMAP_FETCH_BODY || m->state == IMAP_FETCH_HEAD;
	if (was_fetching) {
		m->poison_count = m->poison_uid == m->uid ? m->poison_count + 1 : 1;
		m->poison_uid = m->uid;
	}
	email_intake_forget(m->intake);
	m->intake = NULL;
	imap_stream_close(m);
	retry_later(m, why);
}

void imap_refused(struct email_imap *m, const char *why, bool is_login)
{
	m->refusals = is_login ? m->refusals + 1 : 0;
	retry_later(m, why);
}

/* ---- the way in ---- */

void imap_connected(struct email_imap *m, CURL *take_curl)
{
	m->curl = take_curl;
	m->refusals = 0;
	imap_stream_open(m);
	m->has_idle = m->has_move = m->has_uidplus = m->has_id = false;
	imap_command(m, IMAP_CAPABILITY, "CAPABILITY");
}

static void note_capabilities(struct email_imap *m, const struct imap_value *v)
{
	for (; v != NULL; v = v->next) {
		m->has_idle |= text_equal_nocase(v->text, TEXT("IDLE"));
		m->has_move |= text_equal_nocase(v->text, TEXT("MOVE"));
		m->has_uidplus |= text_equal_nocase(v->text, TEXT("UIDPLUS"));
		m->has_id |= text_equal_nocase(v->text, TEXT("ID"));
	}
}

/* "UIDVALIDITY 123" of an OK. */
static bool code_number(struct usher_text code, const char *name, uint32_t *ret)
{
	uint64_t number;
	struct usher_text word = text_cut(&code, ' ');
	if (!text_equal_nocase(word, text_of(name)) || text_to_u64(text_trim(code), &number) < 0 ||
	    number > UINT32_MAX)
		return false;
	*ret = (uint32_t)number;
	return true;
}

static void quoted_mailbox(struct email_imap *m, const char *setting, struct usher_buf *ret)
{
	/* Checked when the channel was opened. */
	(void)imap_quote(ret, text_of(channel_text(m->ch->host, setting)));
}

static void select_mailbox(struct email_imap *m)
{
	struct usher_buf box = {0};
	quoted_mailbox(m, "imap_mailbox", &box);
	m->uidvalidity = m->uidnext = 0;
	imap_command(m, IMAP_SELECT, "SELECT %s", box.p);
	buf_done(&box);
}

static void selected(struct email_imap *m)
{
	if (m->uidvalidity == 0) {
		imap_fail(m, "%s: the mailbox has no UIDVALIDITY", m->place);
		return;
	}
	if (m->check.uidvalidity != m->uidvalidity) {
		m->ch->host->log(m->ch->host, CHANNEL_LOG_INFO, "imap.rescanned",
				 "uidvalidity=%u before=%u", m->uidvalidity, m->check.uidvalidity);
		imap_checkpoint_restart(m);
		m->is_rescan = true;
	}
	look(m);
}

/* ---- looking for mail ---- */

static void search(struct email_imap *m)
{
	char range[32];
	bool is_last = m->uidnext <= m->low || m->uidnext - m->low <= IMAP_CHUNK;
	m->high = is_last ? 0 : m->low + IMAP_CHUNK - 1;
	if (is_last)
		snprintf(range, sizeof range, "%u:*", m->low);
	else
		snprintf(range, sizeof range, "%u:%u", m->low, m->high);
	m->todo_count = m->todo_at = 0;
	if (m->is_rescan)
		imap_command(m, IMAP_SEARCH, "UID SEARCH UID %s SINCE %s", range, m->check.since);
	else
		imap_command(m, IMAP_SEARCH, "UID SEARCH UID %s", range);
}

static void look(struct email_imap *m)
{
	m->is_news = false;
	m->low = m->check.last_uid > IMAP_OVERLAP ? m->check.last_uid - IMAP_OVERLAP + 1 : 1;
	search(m);
}

/* "n:*" always names the last message too, even below n. */
static void note_found(struct email_imap *m, const struct imap_value *v)
{
	uint32_t uid;
	for (; v != NULL; v = v->next) {
		if (!imap_number(v, &uid) || uid < m->low || imap_checkpoint_has(&m->check, uid))
			continue;
		if (m->todo_count == m->todo_space) {
			m->todo_space = m->todo_space == 0 ? 64 : m->todo_space * 2;
			m->todo = memory_resize(m->todo, m->todo_space * sizeof *m->todo);
		}
		m->todo[m->todo_count++] = uid;
	}
}

static int compare_uids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void rest(struct email_imap *m)
{
	struct channel_host *host = m->ch->host;
	bool was_down = m->fault[0] != '\0' || m->looked_us == 0;
	m->failures = 0;
	m->fault[0] = '\0';
	m->looked_us = host->now(host);
	if (was_down)
		email_status_changed(m->ch);
	if (m->has_idle) {
		imap_command(m, IMAP_IDLE_BEGIN, "IDLE");
	} else {
		m->state = IMAP_RESTING;
		imap_timer(m, channel_integer(host, "imap_poll_s") * USHER_SECOND);
	}
}

static void not_saved(struct email_imap *m)
{
	imap_checkpoint_load(m);
	imap_fail(m, "the gateway cannot store now");
}

static void on_looked_saved(int code, void *arg)
{
	struct email_imap *m = arg;
	if (m->state != IMAP_SAVING)
		return;
	if (code < 0)
		not_saved(m);
	else
		rest(m);
}

/* All of this range is done. */
static void looked(struct email_imap *m)
{
	if (m->high != 0) {
		m->low = m->high + 1;
		search(m);
	} else if (m->is_rescan) {
		/* What is older than the window is not wanted, now or later. */
		if (m->uidnext > 0 && m->uidnext - 1 > m->check.last_uid)
			m->check.last_uid = m->uidnext - 1;
		m->is_rescan = false;
		m->state = IMAP_SAVING;
		imap_stop_timer(m);
		imap_checkpoint_save(m, on_looked_saved);
	} else {
		rest(m);
	}
}

/* ---- one message ---- */

static void next_message(struct email_imap *m)
{
	buf_done(&m->body);
	m->has_head = m->has_body = false;
	m->size = 0;
	m->date_us = 0;
	if (m->todo_at == m->todo_count) {
		looked(m);
		return;
	}
	m->uid = m->todo[m->todo_at++];
	imap_command(m, IMAP_FETCH_HEAD, "UID FETCH %u (UID INTERNALDATE RFC822.SIZE)", m->uid);
}

static void mark(struct email_imap *m)
{
	struct usher_buf box = {0};
	if (m->after == IMAP_LEAVE || !m->has_head) {
		next_message(m);
		return;
	}
	quoted_mailbox(m, "imap_move_to", &box);
	if (m->after == IMAP_SEEN)
		imap_command(m, IMAP_MARK, "UID STORE %u +FLAGS.SILENT (\\Seen)", m->uid);
	else
		imap_command(m, IMAP_MARK, "UID %s %u %s", m->has_move ? "MOVE" : "COPY", m->uid,
			     box.p);
	buf_done(&box);
}

static void on_saved(int code, void *arg)
{
	struct email_imap *m = arg;
	if (m->state != IMAP_SAVING)
		return; /* the connection broke meanwhile */
	if (code < 0)
		not_saved(m);
	else
		mark(m);
}

static void handled(struct email_imap *m)
{
	imap_checkpoint_add(&m->check, m->uid);
	m->state = IMAP_SAVING;
	imap_stop_timer(m);
	imap_checkpoint_save(m, on_saved);
}

static void on_stored(int code, const struct inbound_result *result, void *arg)
{
	struct email_imap *m = arg;
	(void)result;
	m->intake = NULL;
	if (code == E_AGAIN || code == E_IO) {
		imap_fail(m, "the gateway cannot store now");
		return;
	}
	if (code != 0 && code != E_EXISTS)
		m->ch->host->log(m->ch->host, CHANNEL_LOG_WARN, "mail.refused", "code=%s uid=%u",
				 usher_code_name(code), m->uid);
	handled(m);
}

/* has_bytes false: a notice stands for a mail that is too large or cannot be fetched. */
static void store(struct email_imap *m, bool has_bytes)
{
	char id[64];
	struct email_envelope envelope = {.received_us = m->date_us};
	snprintf(id, sizeof id, "imap:%u.%u", m->uidvalidity, m->uid);
	envelope.fallback_id = text_of(id);
	envelope.notice =
		text_of(m->size > MAIL_BYTES_MAX ? "larger than 35 MiB" : "the server breaks off");
	size_t n = has_bytes ? m->body.n : 0;
	m->has_head = has_bytes; /* what was not fetched is not moved away either */
	m->state = IMAP_STORING;
	imap_stop_timer(m);
	m->intake = email_intake_start(m->ch, buf_take(&m->body), n, &envelope, on_stored, m);
}

static void note_fetch(struct email_imap *m, const struct imap_value *list)
{
	uint32_t uid = 0;
	if (!imap_number(imap_pair(list, "UID"), &uid) || uid != m->uid)
		return; /* news about another message */
	const struct imap_value *size = imap_pair(list, "RFC822.SIZE");
	const struct imap_value *date = imap_pair(list, "INTERNALDATE");
	const struct imap_value *body = imap_pair(list, "BODY[]");
	m->has_head |= imap_number(size, &m->size);
	if (date != NULL)
		m->date_us = imap_date_us(date->text);
	if (body != NULL && body->kind == IMAP_STRING && m->state == IMAP_FETCH_BODY) {
		buf_clear(&m->body);
		buf_add_text(&m->body, body->text);
		m->has_body = true;
	}
}

static void fetched_head(struct email_imap *m)
{
	bool is_poison = m->poison_uid == m->uid && m->poison_count >= IMAP_POISON_MAX;
	if (!m->has_head) {
		handled(m); /* somebody deleted it */
	} else if (m->size > MAIL_BYTES_MAX || is_poison) {
		m->ch->host->log(m->ch->host, CHANNEL_LOG_ERROR, "mail.left_on_server",
				 "uid=%u bytes=%u", m->uid, m->size);
		store(m, false);
	} else {
		imap_command(m, IMAP_FETCH_BODY, "UID FETCH %u (UID BODY.PEEK[])", m->uid);
	}
}

static void fetched_body(struct email_imap *m)
{
	if (m->has_body && m->body.n > 0)
		store(m, true);
	else
		handled(m);
}

static void marked(struct email_imap *m)
{
	if (m->after == IMAP_MOVE && !m->has_move)
		imap_command(m, IMAP_MARK_DELETED, "UID STORE %u +FLAGS.SILENT (\\Deleted)",
			     m->uid);
	else
		next_message(m);
}

/* ---- what the server says ---- */

static void search_done(struct email_imap *m)
{
	if (m->todo_count > 1)
		qsort(m->todo, m->todo_count, sizeof *m->todo, compare_uids);
	next_message(m);
}

static void answered(struct email_imap *m)
{
	switch (m->state) {
	case IMAP_CAPABILITY:
		if (m->has_id)
			imap_command(m, IMAP_ID, "ID (\"name\" \"Usher\")");
		else
			select_mailbox(m);
		break;
	case IMAP_ID:
		select_mailbox(m);
		break;
	case IMAP_SELECT:
		selected(m);
		break;
	case IMAP_SEARCH:
		search_done(m);
		break;
	case IMAP_FETCH_HEAD:
		fetched_head(m);
		break;
	case IMAP_FETCH_BODY:
		fetched_body(m);
		break;
	case IMAP_MARK:
		marked(m);
		break;
	case IMAP_MARK_DELETED: /* never a plain EXPUNGE: it would take what others marked */
		if (m->has_uidplus)
			imap_command(m, IMAP_EXPUNGE, "UID EXPUNGE %u", m->uid);
		else
			next_message(m);
		break;
	case IMAP_EXPUNGE:
		next_message(m);
		break;
	case IMAP_IDLE_BEGIN: /* ended at once: as good as a poll */
	case IMAP_IDLING:
	case IMAP_IDLE_END:
		imap_command(m, IMAP_NOOP, "NOOP");
		break;
	case IMAP_NOOP:
		look(m);
		break;
	default:
		break;
	}
}

/* NO or BAD. */
static void denied(struct email_imap *m, const struct imap_response *r)
{
	bool is_mark =
		m->state == IMAP_MARK || m->state == IMAP_MARK_DELETED || m->state == IMAP_EXPUNGE;
	if (is_mark) {
		m->ch->host->log(m->ch->host, CHANNEL_LOG_WARN, "imap.not_marked", "uid=%u",
				 m->uid);
		next_message(m); /* it is durable here; only its mark over there is missing */
	} else if (m->state == IMAP_ID) {
		select_mailbox(m);
	} else if (m->state == IMAP_IDLE_BEGIN) {
		m->has_idle = false;
		rest(m);
	} else {
		imap_fail(m, "%s refused a command (%.*s %.*s)", m->place, TEXT_ARG(r->name),
			  (int)text_fit(r->words, 60), r->words.n > 0 ? r->words.p : "");
	}
}

static void end_idle(struct email_imap *m)
{
	m->state = IMAP_IDLE_END;
	imap_timer(m, IMAP_ANSWER_US);
	imap_send(m, TEXT("DONE\r\n"));
}

static void heard_untagged(struct email_imap *m, const struct imap_response *r)
{
	uint32_t number;
	if (text_equal_nocase(r->name, TEXT("BYE"))) {
		imap_fail(m, "%s said goodbye (%.*s)", m->place, (int)text_fit(r->words, 80),
			  r->words.n > 0 ? r->words.p : "");
	} else if (text_equal_nocase(r->name, TEXT("CAPABILITY"))) {
		note_capabilities(m, r->first);
	} else if (text_equal_nocase(r->name, TEXT("OK"))) {
		if (code_number(r->code, "UIDVALIDITY", &number))
			m->uidvalidity = number;
		if (code_number(r->code, "UIDNEXT", &number))
			m->uidnext = number;
	} else if (text_equal_nocase(r->name, TEXT("SEARCH")) && m->state == IMAP_SEARCH) {
		note_found(m, r->first);
	} else if (text_equal_nocase(r->name, TEXT("FETCH"))) {
		if (m->state == IMAP_FETCH_HEAD || m->state == IMAP_FETCH_BODY)
			note_fetch(m, r->first);
	} else if (text_equal_nocase(r->name, TEXT("EXISTS")) ||
		   text_equal_nocase(r->name, TEXT("RECENT"))) {
		m->is_news = true;
		if (m->state == IMAP_IDLING)
			end_idle(m);
	}
}

void imap_heard(struct email_imap *m, const struct imap_response *r)
{
	char tag[16];
	if (r->kind == IMAP_UNTAGGED) {
		heard_untagged(m, r);
	} else if (r->kind == IMAP_CONTINUE) {
		if (m->state != IMAP_IDLE_BEGIN)
			return;
		usher_us poll = channel_integer(m->ch->host, "imap_poll_s") * USHER_SECOND;
		m->state = IMAP_IDLING;
		if (m->is_news)
			end_idle(m);
		else
			imap_timer(m, poll < IMAP_IDLE_US ? poll : IMAP_IDLE_US);
	} else {
		snprintf(tag, sizeof tag, "u%u", m->tag_number);
		if (!text_equal(r->tag, text_of(tag)))
			imap_fail(m, "%s: an answer to nothing", m->place);
		else if (text_equal_nocase(r->name, TEXT("OK")))
			answered(m);
		else
			denied(m, r);
	}
}

void imap_time_is_up(struct email_imap *m)
{
	if (m->state == IMAP_WAITING)
		imap_connect(m);
	else if (m->state == IMAP_IDLING)
		end_idle(m);
	else if (m->state == IMAP_RESTING)
		imap_command(m, IMAP_NOOP, "NOOP");
	else
		imap_fail(m, "%s does not answer", m->place);
}
