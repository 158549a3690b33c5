/* SPDX-License-Identifier: Apache-2.0 */
/* Connecting blocks, so it is a job; what it needs is its own, since the channel may close first.
 */
#include "channels/email/email_imap_client.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct imap_connecting {
	struct email_job job; /* first */
	struct arena arena;
	const char *url, *user, *password, *ca_file, *tls;
	CURL *curl; /* owned */
	CURLcode code;
	char refusal[100]; /* what the server said last when it said no */
	char detail[CURL_ERROR_SIZE];
	atomic_bool is_stopped;
};

/* Only what the server says, and of that only a refusal: the client's lines hold the password. */
static int on_debug(CURL *curl, curl_infotype type, char *data, size_t n, void *arg)
{
	struct imap_connecting *c = arg;
	struct usher_text line = text_slice(data, n);
	(void)curl;
	if (type != CURLINFO_HEADER_IN)
		return 0;
	text_cut(&line, ' ');
	if (!text_starts(line, TEXT("NO ")) && !text_starts(line, TEXT("BAD ")))
		return 0;
	size_t used = 0;
	for (size_t i = 0; i < line.n && used + 1 < sizeof c->refusal; i++) {
		if (line.p[i] < ' ' || line.p[i] > '~')
			break;
		c->refusal[used++] = line.p[i];
		if (line.p[i] == ']')
			break;
	}
	c->refusal[used] = '\0';
	return 0;
}

static int on_progress(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct imap_connecting *connecting = arg;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return atomic_load(&connecting->is_stopped) ? 1 : 0;
}

static void set_options(struct imap_connecting *c)
{
	CURL *h = c->curl;
	curl_easy_setopt(h, CURLOPT_URL, c->url);
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "imap,imaps");
	curl_easy_setopt(h, CURLOPT_USERNAME, c->user);
	curl_easy_setopt(h, CURLOPT_PASSWORD, c->password);
	curl_easy_setopt(h, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT, 15L);
	curl_easy_setopt(h, CURLOPT_TIMEOUT, 40L);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(h, CURLOPT_TCP_KEEPIDLE, 60L);
	curl_easy_setopt(h, CURLOPT_TCP_KEEPINTVL, 20L);
	curl_easy_setopt(h, CURLOPT_ERRORBUFFER, c->detail);
	curl_easy_setopt(h, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(h, CURLOPT_DEBUGDATA, c);
	curl_easy_setopt(h, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(h, CURLOPT_XFERINFODATA, c);
	curl_easy_setopt(h, CURLOPT_USE_SSL,
			 (long)(strcmp(c->tls, "required") == 0	  ? CURLUSESSL_ALL
				: strcmp(c->tls, "optional") == 0 ? CURLUSESSL_TRY
								  : CURLUSESSL_NONE));
	if (c->ca_file[0] != '\0')
		curl_easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
}

static void work(struct email_job *job)
{
	struct imap_connecting *c = (struct imap_connecting *)job;
	c->curl = curl_easy_init();
	c->code = CURLE_FAILED_INIT;
	if (c->curl == NULL)
		return;
	set_options(c);
	c->code = curl_easy_perform(c->curl);
}

static void connecting_free(struct imap_connecting *c)
{
	if (c->curl != NULL)
		curl_easy_cleanup(c->curl);
	arena_done(&c->arena);
	free(c);
}

/* The callbacks above end with the job; the handle lives on. */
static CURL *take_curl(struct imap_connecting *c)
{
	CURL *curl = c->curl;
	c->curl = NULL;
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 0L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, NULL);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 1L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, NULL);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
	return curl;
}

static void done(struct email_job *job)
{
	struct imap_connecting *c = (struct imap_connecting *)job;
	struct email_imap *m = job->ch != NULL ? job->ch->imap : NULL;
	char why[180];
	if (m == NULL) {
		connecting_free(c);
		return;
	}
	m->connecting = NULL;
	if (c->code == CURLE_OK) {
		imap_connected(m, take_curl(c));
	} else if (c->code == CURLE_LOGIN_DENIED) {
		snprintf(why, sizeof why, "LOGIN at %.80s refused (%.60s)", m->place, c->refusal);
		imap_refused(m, why, true);
	} else {
		snprintf(why, sizeof why, "%.60s cannot be reached: %.80s", m->place,
			 c->detail[0] != '\0' ? c->detail : curl_easy_strerror(c->code));
		imap_refused(m, why, false);
	}
	connecting_free(c);
}

void imap_connect(struct email_imap *m)
{
	struct channel_host *host = m->ch->host;
	struct imap_connecting *c = NEW(struct imap_connecting);
	c->url = arena_string(&c->arena, text_of(channel_text(host, "imap_url")));
	c->user = arena_string(&c->arena, text_of(channel_text(host, "imap_user")));
	c->password = arena_string(&c->arena, text_of(channel_text(host, "imap_password")));
	c->ca_file = arena_string(&c->arena, text_of(channel_text(host, "imap_ca_file")));
	c->tls = arena_string(&c->arena, text_of(channel_text(host, "imap_tls")));
	c->job.work = work;
	c->job.done = done;
	m->connecting = c;
	m->state = IMAP_CONNECTING;
	email_job_start(m->ch, &c->job);
}

void imap_connect_stop(struct email_imap *m)
{
	if (m->connecting != NULL)
		atomic_store(&m->connecting->is_stopped, true);
	m->connecting = NULL;
}
