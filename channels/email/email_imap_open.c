/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of the IMAP client, its beginning and its end. */
#include "channels/email/email_imap_client.h"

#include <stdio.h>
#include <stdlib.h>

static int read_place(struct email_imap *m, const char *url, struct usher_error *reterr)
{
	bool is_tls = strncmp(url, "imaps://", 8) == 0;
	if (!is_tls && strncmp(url, "imap://", 7) != 0)
		return usher_error_set(reterr, E_INVALID,
				       "imap_url: expected imaps://host or imap://host");
	struct usher_text host = text_of(url + (is_tls ? 8 : 7));
	host = text_cut(&host, '/');
	if (host.n == 0 || host.n > 200 || strpbrk(url, "@ \"\\\r\n") != NULL)
		return usher_error_set(reterr, E_INVALID,
				       "imap_url: \"%.80s\" has no host, or more than a host and a "
				       "port",
				       url);
	bool has_port = memchr(host.p, ':', host.n) != NULL;
	snprintf(m->place, sizeof m->place, "%.*s%s", TEXT_ARG(host),
		 has_port ? ""
		 : is_tls ? ":993"
			  : ":143");
	return 0;
}

static int read_words(struct email_imap *m, struct usher_error *reterr)
{
	static const char *const afters[] = {"leave", "seen", "move"};
	static const char *const boxes[] = {"imap_mailbox", "imap_move_to"};
	const char *after = channel_text(m->ch->host, "imap_after");
	const char *tls = channel_text(m->ch->host, "imap_tls");
	struct usher_buf quoted = {0};
	int found = 0, code = 0;
	while (found < 3 && strcmp(after, afters[found]) != 0)
		found++;
	if (found == 3)
		return usher_error_set(reterr, E_INVALID,
				       "imap_after: expected leave, seen or move, got \"%.20s\"",
				       after);
	if (strcmp(tls, "required") != 0 && strcmp(tls, "optional") != 0 &&
	    strcmp(tls, "none") != 0)
		return usher_error_set(
			reterr, E_INVALID,
			"imap_tls: expected required, optional or none, got \"%.20s\"", tls);
	m->after = (enum imap_after)found;
	for (int i = 0; i < 2; i++) {
		const char *box = channel_text(m->ch->host, boxes[i]);
		if (*box == '\0' || !imap_quote(&quoted, text_of(box)))
			code = usher_error_set(reterr, E_INVALID, "%s: not the name of a mailbox",
					       boxes[i]);
	}
	buf_done(&quoted);
	return code;
}

/* "2026-11-21" of the settings, or today, as IMAP writes it. */
static int read_since(struct email_imap *m, const char *date, struct usher_error *reterr)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char iso[TIME_TEXT_BYTES + 20];
	usher_us at = m->ch->host->now(m->ch->host) - USHER_DAY; /* its zone is not known */
	snprintf(iso, sizeof iso, "%.10sT00:00:00Z", date);
	if (date[0] != '\0' && (strlen(date) != 10 || time_parse(text_of(iso), &at) < 0))
		return usher_error_set(reterr, E_INVALID,
				       "start_date: expected a date such as 2026-11-21");
	time_format(at, iso);
	int month = atoi(iso + 5);
	snprintf(m->check.since, sizeof m->check.since, "%.2s-%.3s-%.4s", iso + 8,
		 months + 3 * (month - 1), iso);
	return 0;
}

int email_imap_new(struct email_imap **ret, struct channel *ch, struct usher_error *reterr)
{
	const char *url = channel_text(ch->host, "imap_url");
	*ret = NULL;
	if (url[0] == '\0')
		return 0;
	struct email_imap *m = NEW(struct email_imap);
	m->ch = ch;
	int code = read_place(m, url, reterr);
	if (code == 0)
		code = read_words(m, reterr);
	if (code == 0)
		code = read_since(m, channel_text(ch->host, "start_date"), reterr);
	if (code < 0) {
		free(m);
		return code;
	}
	/* Without the port: from STARTTLS to TLS it stays the same mailbox. */
	const char *colon = strrchr(m->place, ':');
	snprintf(m->check.mailbox, sizeof m->check.mailbox, "%.*s %.90s %.90s",
		 colon - m->place < 100 ? (int)(colon - m->place) : 100, m->place,
		 channel_text(ch->host, "imap_user"), channel_text(ch->host, "imap_mailbox"));
	imap_checkpoint_load(m);
	imap_timer(m, 0);
	*ret = m;
	return 0;
}

struct email_imap *email_imap_free(struct email_imap *m)
{
	if (m == NULL)
		return NULL;
	imap_connect_stop(m);
	email_intake_forget(m->intake);
	imap_stop_timer(m);
	imap_stream_close(m);
	arena_done(&m->arena);
	free(m->todo);
	free(m);
	return NULL;
}

bool email_imap_is_down(const struct email_imap *m, char *ret, size_t n)
{
	if (m == NULL || m->fault[0] == '\0')
		return false;
	snprintf(ret, n, "%s", m->fault);
	return true;
}
