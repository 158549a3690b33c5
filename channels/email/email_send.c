/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_send.h"

#include "channels/email/email_inbound.h"
#include "channels/email/email_maildir.h"
#include "channels/email/email_smtp.h"

#include <stdio.h>
#include <stdlib.h>

#define HISTORY_MAX 200
#define BUSY_RETRY_US (10 * USHER_SECOND)

struct email_sender {
	struct channel *ch; /* borrowed */
	char maildir[1024]; /* empty: SMTP */
	enum smtp_tls tls;
	struct list waiting; /* struct mailing */
	int waiting_count, running_count;
	bool is_held, is_probe_due;
	struct channel_timer *timer;
	char why[200]; /* it is held */
};

/* One message on its way. It owns all it needs, since it may outlive the channel. */
struct mailing {
	struct email_job job; /* first */
	struct list link;     /* in email_sender.waiting, until it runs */
	struct arena arena;
	struct smtp_server server; /* texts in the arena */
	const char *maildir, *from, *to;
	char name[64]; /* of the file in a maildir */
	struct usher_buf mail;
	usher_id out_id, contact;
	int64_t seq;
	int attempts;
	usher_us at_us;
	struct smtp_verdict verdict;
};

static void mailing_free(struct mailing *m)
{
	arena_done(&m->arena);
	buf_done(&m->mail);
	free(m);
}

/* ---- making ---- */

struct collect {
	const struct email_identity *identity;
	struct arena *arena;
	int64_t before_seq;
	struct email_thread thread;
};

/* Only what stood before this message counts, so that a later try makes the same bytes. */
static int on_history(const struct contact_message *m, void *arg)
{
	struct collect *c = arg;
	if (m->seq >= c->before_seq)
		return 1;
	if (m->channel != CHANNEL_EMAIL || m->kind != MESSAGE_TEXT)
		return 0;
	if (m->author == AUTHOR_CUSTOMER) {
		struct email_thread theirs = {0};
		email_thread_from_fields(m->fields, c->arena, &theirs);
		if (theirs.in_reply_to.n > 0)
			c->thread = theirs;
	} else {
		email_thread_add(&c->thread,
				 email_token_message_id(&c->identity->key, m->id, m->contact,
							c->identity->domain, c->arena));
	}
	return 0;
}

static int compose(struct email_sender *s, const struct outgoing *out, struct usher_buf *ret,
		   struct usher_error *reterr)
{
	struct channel_host *host = s->ch->host;
	struct arena arena = {0};
	struct collect c = {
		.identity = &s->ch->identity, .arena = &arena, .before_seq = out->message_seq};
	int64_t from = out->message_seq - 1 - HISTORY_MAX;
	host->history(host, out->contact, from > 0 ? from : 0, HISTORY_MAX, on_history, &c);
	int code = email_format(out, &s->ch->identity, &c.thread, ret, reterr);
	arena_done(&arena);
	return code;
}

/* ---- carrying out ---- */

static void work(struct email_job *job)
{
	struct mailing *m = (struct mailing *)job;
	if (m->maildir != NULL) {
		struct usher_error err = {0};
		int code = email_maildir_put(m->maildir, m->name, buf_text(&m->mail), &err);
		m->verdict.state = code == 0 ? DELIVERY_SENT : DELIVERY_RETRY;
		snprintf(m->verdict.text, sizeof m->verdict.text, "%.230s",
			 code == 0 ? "put into the maildir" : err.text);
		return;
	}
	struct smtp_facts facts;
	email_smtp_send(&m->server, m->from, m->to, buf_text(&m->mail), &facts);
	email_verdict(&facts, &m->verdict);
}

static void report(struct email_sender *s, const struct mailing *m)
{
	struct channel_host *host = s->ch->host;
	enum delivery_state state = m->verdict.state;
	usher_us retry = 0;
	char detail[300];
	snprintf(detail, sizeof detail, "%s", m->verdict.text);
	if (state == DELIVERY_RETRY || state == DELIVERY_UNSURE) {
		retry = email_retry_after(state, m->attempts, m->at_us, host->now(host));
		if (retry == 0) {
			state = DELIVERY_FAILED;
			snprintf(detail, sizeof detail, "given up after 48 hours: %.240s",
				 m->verdict.text);
		}
	}
	host->delivered(host, m->out_id, m->contact, m->seq, state, retry, detail);
}

static void on_probe_time(void *arg)
{
	struct email_sender *s = arg;
	s->timer = NULL;
	s->is_probe_due = s->is_held;
	s->ch->host->release_held(s->ch->host);
}

static void probe_later(struct email_sender *s, usher_us after)
{
	struct channel_host *host = s->ch->host;
	host->timer_cancel(host, s->timer);
	s->timer = host->timer(host, host->now(host) + after, on_probe_time, s);
}

/* The sign-in or TLS does not work: no message is to blame, and each try could lock the account. */
static void hold(struct email_sender *s, const char *why)
{
	struct channel_host *host = s->ch->host;
	s->is_held = true;
	s->is_probe_due = false;
	snprintf(s->why, sizeof s->why, "smtp: %.130s; mail is held, next try in 15 min", why);
	probe_later(s, SEND_PROBE_US);
	LIST_EACH(link, &s->waiting)
	{
		struct mailing *m = LIST_ITEM(link, struct mailing, link);
		list_remove(&m->link);
		s->waiting_count--;
		host->delivered(host, m->out_id, m->contact, m->seq, DELIVERY_HELD, 0, why);
		mailing_free(m);
	}
	email_status_changed(s->ch);
}

static void pump(struct email_sender *s);

static void done(struct email_job *job)
{
	struct mailing *m = (struct mailing *)job;
	if (job->ch == NULL) {
		mailing_free(m);
		return;
	}
	struct email_sender *s = job->ch->sender;
	s->running_count--;
	report(s, m);
	if (m->verdict.state == DELIVERY_HELD) {
		hold(s, m->verdict.text);
	} else if (s->is_held &&
		   (m->verdict.state == DELIVERY_SENT || m->verdict.state == DELIVERY_FAILED)) {
		s->is_held = false; /* it let us in, whatever it thought of this message */
		email_status_changed(s->ch);
		s->ch->host->release_held(s->ch->host);
	} else if (s->is_held) {
		probe_later(s, SEND_PROBE_US);
	}
	mailing_free(m);
	pump(s);
}

static void pump(struct email_sender *s)
{
	while (s->running_count < SEND_RUNNING_MAX && !list_is_empty(&s->waiting)) {
		struct mailing *m = LIST_ITEM(s->waiting.next, struct mailing, link);
		list_remove(&m->link);
		s->waiting_count--;
		s->running_count++;
		email_job_start(s->ch, &m->job);
	}
}

static void address_mailing(struct email_sender *s, const struct outgoing *out, struct mailing *m)
{
	struct channel_host *host = s->ch->host;
	struct arena *a = &m->arena;
	m->from = arena_string(a, s->ch->identity.address);
	m->to = arena_string(a, out->address);
	m->maildir = s->maildir[0] != '\0' ? arena_string(a, text_of(s->maildir)) : NULL;
	m->server = (struct smtp_server){
		.host_port = arena_string(a, text_of(channel_text(host, "smtp_server"))),
		.tls = s->tls,
		.user = arena_string(a, text_of(channel_text(host, "smtp_user"))),
		.password = arena_string(a, text_of(channel_text(host, "smtp_password"))),
		.ca_file = arena_string(a, text_of(channel_text(host, "smtp_ca_file"))),
		.hello = arena_string(a, s->ch->identity.domain),
	};
	snprintf(m->name, sizeof m->name, "u1.%llu.usher", (unsigned long long)out->message);
	m->out_id = out->id;
	m->contact = out->contact;
	m->seq = out->message_seq;
	m->attempts = out->attempts;
	m->at_us = out->at_us;
	m->job.work = work;
	m->job.done = done;
}

void email_send(struct email_sender *s, const struct outgoing *out)
{
	struct channel_host *host = s->ch->host;
	struct usher_error err = {0};
	if (s->is_held && !s->is_probe_due) {
		host->delivered(host, out->id, out->contact, out->message_seq, DELIVERY_HELD, 0,
				s->why);
		return;
	}
	if (s->waiting_count >= SEND_WAITING_MAX) {
		host->delivered(host, out->id, out->contact, out->message_seq, DELIVERY_RETRY,
				BUSY_RETRY_US, "many messages are leaving; this one waits");
		return;
	}
	struct mailing *m = NEW(struct mailing);
	if (compose(s, out, &m->mail, &err) < 0) {
		host->delivered(host, out->id, out->contact, out->message_seq, DELIVERY_FAILED, 0,
				err.text);
		mailing_free(m);
		return;
	}
	s->is_probe_due = false;
	address_mailing(s, out, m);
	list_add_last(&s->waiting, &m->link);
	s->waiting_count++;
	pump(s);
}

/* ---- settings ---- */

static int read_maildir(struct email_sender *s, const char *path, struct usher_error *reterr)
{
	int n = path[0] == '/' ? snprintf(s->maildir, sizeof s->maildir, "%s", path)
			       : snprintf(s->maildir, sizeof s->maildir, "%s/%s",
					  s->ch->host->data_dir, path);
	if (path[0] == '\0' || n < 0 || (size_t)n >= sizeof s->maildir)
		return usher_error_set(reterr, E_INVALID, "smtp_server: maildir: wants a path");
	return 0;
}

static int read_tls(struct email_sender *s, const char *word, struct usher_error *reterr)
{
	static const char *const words[] = {"required", "optional", "none"};
	for (int i = 0; i < 3; i++)
		if (strcmp(word, words[i]) == 0) {
			s->tls = (enum smtp_tls)i;
			return 0;
		}
	return usher_error_set(reterr, E_INVALID,
			       "smtp_tls: expected required, optional or none, got \"%.20s\"",
			       word);
}

int email_sender_new(struct email_sender **ret, struct channel *ch, struct usher_error *reterr)
{
	const char *server = channel_text(ch->host, "smtp_server");
	*ret = NULL;
	if (server[0] == '\0')
		return 0;
	struct email_sender *s = NEW(struct email_sender);
	s->ch = ch;
	list_init(&s->waiting);
	int code = strncmp(server, "maildir:", 8) == 0 ? read_maildir(s, server + 8, reterr)
						       : email_smtp_check_server(server, reterr);
	if (code == 0)
		code = read_tls(s, channel_text(ch->host, "smtp_tls"), reterr);
	if (code < 0) {
		free(s);
		return code;
	}
	/* What was held under the settings of before may go now. */
	probe_later(s, 0);
	*ret = s;
	return 0;
}

struct email_sender *email_sender_free(struct email_sender *s)
{
	if (s == NULL)
		return NULL;
	LIST_EACH(link, &s->waiting)
	mailing_free(LIST_ITEM(link, struct mailing, link));
	s->ch->host->timer_cancel(s->ch->host, s->timer);
	free(s);
	return NULL;
}

bool email_sender_is_held(const struct email_sender *s, char *ret, size_t n)
{
	if (s == NULL || !s->is_held)
		return false;
	snprintf(ret, n, "%s", s->why);
	return true;
}
