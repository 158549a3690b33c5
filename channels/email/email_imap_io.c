/* SPDX-License-Identifier: Apache-2.0 */
/* The authenticated stream on the loop. */
#include "channels/email/email_imap_client.h"

#include "channels/email/mail.h"

#include <stdio.h>

#define READ_BYTES ((size_t)32 * 1024)
#define READS_A_TURN 16
#define KEPT_BYTES ((size_t)1024 * 1024)
#define LITERAL_MAX (MAIL_BYTES_MAX + 4096)

void imap_stop_timer(struct email_imap *m)
{
	m->ch->host->timer_cancel(m->ch->host, m->timer);
	m->timer = NULL;
}

static void on_time(void *arg)
{
	struct email_imap *m = arg;
	m->timer = NULL;
	imap_time_is_up(m);
}

void imap_timer(struct email_imap *m, usher_us after)
{
	struct channel_host *host = m->ch->host;
	imap_stop_timer(m);
	m->timer = host->timer(host, host->now(host) + after, on_time, m);
}

/* ---- writing ---- */

static void flush(struct email_imap *m)
{
	while (m->out.n > 0) {
		size_t n = 0;
		CURLcode code = curl_easy_send(m->curl, m->out.p, m->out.n, &n);
		if (code == CURLE_AGAIN)
			break;
		if (code != CURLE_OK) {
			imap_fail(m, "%s: the connection broke", m->place);
			return;
		}
		buf_drop_front(&m->out, n);
	}
	m->ch->host->watch_change(m->watch, true, m->out.n > 0);
}

void imap_send(struct email_imap *m, struct usher_text bytes)
{
	buf_add_text(&m->out, bytes);
	flush(m);
}

void imap_command(struct email_imap *m, enum imap_state state, const char *format, ...)
{
	va_list args;
	char line[1200];
	m->state = state;
	buf_addf(&m->out, "u%u ", ++m->tag_number);
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	buf_adds(&m->out, line);
	imap_timer(m, IMAP_ANSWER_US);
	imap_send(m, TEXT("\r\n"));
}

/* ---- reading ---- */

/* False when the stream was closed on the way. */
static bool take_responses(struct email_imap *m)
{
	for (;;) {
		int64_t n = imap_response_size(&m->scan, buf_text(&m->in), LITERAL_MAX);
		if (n == 0)
			return true;
		struct imap_response r;
		arena_clear(&m->arena);
		if (n < 0 || imap_parse(text_slice(m->in.p, (size_t)n), &m->arena, &r) < 0) {
			imap_fail(m, "%s: an answer that cannot be read", m->place);
			return false;
		}
		imap_heard(m, &r);
		if (m->curl == NULL)
			return false;
		buf_drop_front(&m->in, (size_t)n);
		m->scan = (struct imap_scan){0};
		if (m->in.n == 0 && m->in.space > KEPT_BYTES)
			buf_done(&m->in); /* a large mail went through */
	}
}

/* TLS may hold bytes that no poll shows, so it is read until it has none; after a bounded part of
 * that the loop gets its turn. */
static void read_some(struct email_imap *m);

static void on_resume(void *arg)
{
	struct email_imap *m = arg;
	m->resume = NULL;
	read_some(m);
}

static void read_some(struct email_imap *m)
{
	struct channel_host *host = m->ch->host;
	for (int i = 0; i < READS_A_TURN; i++) {
		size_t n = 0;
		buf_reserve(&m->in, READ_BYTES);
		CURLcode code = curl_easy_recv(m->curl, m->in.p + m->in.n, READ_BYTES, &n);
		if (code == CURLE_AGAIN)
			return;
		if (code != CURLE_OK || n == 0) {
			imap_fail(m, "%s closed the connection", m->place);
			return;
		}
		m->in.n += n;
		m->in.p[m->in.n] = '\0';
		if (m->state == IMAP_FETCH_BODY)
			imap_timer(m, IMAP_ANSWER_US);
		if (!take_responses(m))
			return;
	}
	if (m->resume == NULL)
		m->resume = host->timer(host, host->now(host), on_resume, m);
}

static void on_ready(int fd, bool can_read, bool can_write, void *arg)
{
	struct email_imap *m = arg;
	(void)fd;
	if (can_write)
		flush(m);
	if (can_read && m->curl != NULL)
		read_some(m);
}

void imap_stream_open(struct email_imap *m)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	curl_easy_getinfo(m->curl, CURLINFO_ACTIVESOCKET, &fd);
	buf_clear(&m->in);
	buf_clear(&m->out);
	m->scan = (struct imap_scan){0};
	m->watch = m->ch->host->watch(m->ch->host, (int)fd, true, false, on_ready, m);
}

void imap_stream_close(struct email_imap *m)
{
	struct channel_host *host = m->ch->host;
	host->watch_end(m->watch);
	host->timer_cancel(host, m->resume);
	m->watch = NULL;
	m->resume = NULL;
	if (m->curl != NULL)
		curl_easy_cleanup(m->curl);
	m->curl = NULL;
	buf_done(&m->in);
	buf_done(&m->out);
	buf_done(&m->body);
}
