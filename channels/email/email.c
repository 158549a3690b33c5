/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/channel.h"

#include "channels/email/email_address.h"
#include "channels/email/email_channel.h"
#include "channels/email/email_sandbox.h"
#include "channels/email/email_imap.h"
#include "channels/email/email_lmtp.h"
#include "channels/email/email_send.h"
#include "channels/email/email_text.h"
#include "channels/email/email_token.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static const struct channel_setting settings[] = {
	{"address", SETTING_TEXT, NULL, 3, 200, NULL,
	 "The address customers write to, such as support@example.com; mail to its +tag forms is "
	 "taken too, and answers go out under it."},
	{"name", SETTING_TEXT, "", 0, 100, NULL, "The name shown beside the address."},
	{"domain", SETTING_TEXT, "", 0, 200, NULL,
	 "The domain of Message-IDs and of the greeting to mail servers; empty: that of the "
	 "address."},
	{"lmtp_listen", SETTING_TEXT, "", 0, 99, NULL,
	 "Where a mail server on this machine hands mail in by LMTP: 127.0.0.1:PORT, [::1]:PORT or "
	 "unix:PATH; empty: not at all."},
	{"imap_url", SETTING_TEXT, "", 0, 250, NULL,
	 "The mail server to fetch from, imaps://host or imap://host with an optional :port; "
	 "empty: "
	 "not at all."},
	{"imap_tls", SETTING_TEXT, "required", 0, 20, NULL,
	 "STARTTLS for imap:// addresses: required, optional or none."},
	{"imap_user", SETTING_TEXT, "", 0, 250, NULL,
	 "The name to sign in with at the mail server."},
	{"imap_password", SETTING_SECRET, "", 0, 1000, NULL, "Its password."},
	{"imap_mailbox", SETTING_TEXT, "INBOX", 1, 200, NULL, "The mailbox to fetch from."},
	{"imap_after", SETTING_TEXT, "leave", 0, 20, NULL,
	 "What happens to a mail over there once it is safe here: leave, seen (marked as read) or "
	 "move."},
	{"imap_move_to", SETTING_TEXT, "Processed", 1, 200, NULL,
	 "The mailbox to move to, with imap_after move."},
	{"imap_poll_s", SETTING_INTEGER, "300", 5, 3600, "s",
	 "How often to look for mail when the server does not tell by itself, and to make sure "
	 "when "
	 "it does."},
	{"imap_ca_file", SETTING_TEXT, "", 0, 1000, NULL,
	 "A file of certificates to trust for IMAP; empty: those of the system."},
	{"start_date", SETTING_TEXT, "", 0, 10, NULL,
	 "The first time, fetch mail from this day on, such as 2026-11-21; empty: from yesterday "
	 "on."},
	{"smtp_server", SETTING_TEXT, "", 0, 1000, NULL,
	 "The server mail leaves through, host:587, or maildir:PATH to put it into a directory; "
	 "empty: answers cannot be sent."},
	{"smtp_tls", SETTING_TEXT, "required", 0, 20, NULL,
	 "STARTTLS: required, optional (without a user only) or none."},
	{"smtp_user", SETTING_TEXT, "", 0, 250, NULL,
	 "The name to sign in with at smtp_server; empty: without."},
	{"smtp_password", SETTING_SECRET, "", 0, 1000, NULL, "Its password."},
	{"smtp_ca_file", SETTING_TEXT, "", 0, 1000, NULL,
	 "A file of certificates to trust for SMTP; empty: those of the system."},
	{NULL},
};

/* The parser child is this same program. */
static char parser_program[] = "/proc/self/exe", parser_name[] = "usher",
	    parser_word[] = "mail-parser";
static char *const parser_argv[] = {parser_name, parser_word, NULL};

static int read_identity(struct channel *ch, struct usher_error *reterr)
{
	struct channel_host *host = ch->host;
	struct email_identity *id = &ch->identity;
	id->key = (struct email_key){host->secret, text_of(host->id)};
	id->address = text_of(channel_text(host, "address"));
	id->name = text_of(channel_text(host, "name"));
	id->domain = text_of(channel_text(host, "domain"));
	struct usher_text own = email_address_domain(id->address);
	if (!email_address_check(id->address))
		return usher_error_set(reterr, E_INVALID,
				       "address: \"%.100s\" is not a plain mail address",
				       id->address.p);
	if (id->address.n - own.n - 1 > 64 - EMAIL_TAG_BYTES)
		return usher_error_set(reterr, E_INVALID,
				       "address: at most %d characters before the @, so that a "
				       "reply mark fits in",
				       64 - EMAIL_TAG_BYTES);
	if (id->domain.n == 0)
		id->domain = own;
	char probe[260];
	snprintf(probe, sizeof probe, "a@%.*s", TEXT_ARG(id->domain));
	if (!email_address_check(text_of(probe)))
		return usher_error_set(reterr, E_INVALID, "domain: \"%.100s\" is not a domain",
				       id->domain.p);
	if (!email_text_is_clean(id->name, true))
		return usher_error_set(reterr, E_INVALID, "name: holds control characters");
	return 0;
}

static int open_parts(struct channel *ch, struct usher_error *reterr)
{
	const char *listen = channel_text(ch->host, "lmtp_listen");
	int code = email_sender_new(&ch->sender, ch, reterr);
	if (code == 0)
		code = email_imap_new(&ch->imap, ch, reterr);
	if (code == 0 && listen[0] != '\0')
		code = email_lmtp_new(&ch->lmtp, ch, listen, reterr);
	return code;
}

static struct channel *email_close(struct channel *ch)
{
	if (ch == NULL)
		return NULL;
	ch->lmtp = email_lmtp_free(ch->lmtp);
	ch->imap = email_imap_free(ch->imap);
	ch->sender = email_sender_free(ch->sender);
	email_intakes_end(ch);
	email_jobs_orphan(ch);
	email_shared_drop(ch->shared);
	free(ch);
	return NULL;
}

/* OpenSSL, under libcurl and libESMTP, writes to sockets the peer may have closed. */
static void ignore_broken_pipes(void)
{
	struct sigaction now;
	if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

static int email_open(struct channel **ret, struct channel_host *host, struct usher_error *reterr)
{
	struct channel *ch = NEW(struct channel);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	ignore_broken_pipes();
	ch->host = host;
	ch->shared = NEW(struct email_shared);
	ch->shared->users = 1;
	ch->shared->sandbox = email_sandbox_new(parser_program, parser_argv);
	list_init(&ch->jobs);
	list_init(&ch->intakes);
	ch->health_since_us = host->now(host);
	int code = read_identity(ch, reterr);
	if (code == 0)
		code = open_parts(ch, reterr);
	if (code < 0) {
		email_close(ch);
		return code;
	}
	*ret = ch;
	return 0;
}

/* Mail still leaves or arrives by the other ways, so one broken part degrades; it is down when
 * nothing can arrive. */
static enum channel_health look_at_parts(const struct channel *ch, char *ret, size_t n)
{
	bool is_lmtp_down = email_lmtp_is_down(ch->lmtp, ret, n);
	bool is_imap_down = !is_lmtp_down && email_imap_is_down(ch->imap, ret, n);
	if (is_lmtp_down || is_imap_down) {
		bool has_other = is_lmtp_down ? ch->imap != NULL : ch->lmtp != NULL;
		return has_other ? CHANNEL_DEGRADED : CHANNEL_DOWN;
	}
	if (email_sender_is_held(ch->sender, ret, n))
		return CHANNEL_DEGRADED;
	snprintf(ret, n, "%s%s%s", ch->lmtp != NULL ? "takes mail by LMTP; " : "",
		 ch->imap != NULL ? "fetches mail by IMAP; " : "",
		 ch->sender != NULL ? "sends" : "cannot send: smtp_server is not set");
	return CHANNEL_OK;
}

static void email_status(const struct channel *ch, struct channel_status *ret)
{
	ret->health = look_at_parts(ch, ret->text, sizeof ret->text);
	ret->since_us = ch->health_since_us;
}

void email_status_changed(struct channel *ch)
{
	char text[200];
	enum channel_health health = look_at_parts(ch, text, sizeof text);
	if (health != ch->health) {
		ch->health = health;
		ch->health_since_us = ch->host->now(ch->host);
	}
	ch->host->status_changed(ch->host);
}

static void email_driver_send(struct channel *ch, const struct outgoing *out)
{
	struct channel_host *host = ch->host;
	if (!text_equal(out->kind, TEXT("message")))
		host->delivered(host, out->id, out->contact, out->message_seq, DELIVERY_FAILED, 0,
				"e-mail carries messages only");
	else if (ch->sender == NULL)
		host->delivered(host, out->id, out->contact, out->message_seq, DELIVERY_FAILED, 0,
				"this channel cannot send: smtp_server is not set");
	else
		email_send(ch->sender, out);
}

static int child_main(void)
{
	return email_parser_main(SANDBOX_FD);
}

const struct channel_driver email_driver = {
	.child = "mail-parser",
	.child_main = child_main,
	.name = "email",
	.kind = CHANNEL_EMAIL,
	.abilities = CHANNEL_OUTBOX,
	.settings = settings,
	.open = email_open,
	.close = email_close,
	.status = email_status,
	.send = email_driver_send,
};
