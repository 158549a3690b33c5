/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_smtp.h"

/* libESMTP's header declares what it needs of these two only when they came before it. */
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <auth-client.h>
#include <libesmtp.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define CHUNK_BYTES ((size_t)16 * 1024)
#define ENVELOPE_MS 60000 /* the library counts milliseconds, whatever its manual says */

struct sending {
	const struct smtp_server *server; /* borrowed */
	struct usher_text mail;		  /* borrowed */
	size_t sent;
	bool is_starttls_said, is_auth_said;
	struct smtp_facts *facts; /* borrowed */
};

/* ---- what the library asks and tells ---- */

static int give_secret(auth_client_request_t request, char **result, int fields, void *arg)
{
	struct sending *s = arg;
	for (int i = 0; i < fields; i++)
		result[i] =
			(char *)(uintptr_t)((request[i].flags & AUTH_USER) != 0 ? s->server->user
					    : (request[i].flags & AUTH_PASS) != 0
						    ? s->server->password
						    : "");
	return 1;
}

static void copy_line(char *to, size_t space, const char *from, size_t n)
{
	size_t used = 0;
	for (size_t i = 0; i < n && used + 1 < space && from[i] != '\n'; i++)
		if (from[i] >= ' ' && from[i] <= '~')
			to[used++] = from[i];
	to[used] = '\0';
}

static void hear_server(struct sending *s, const char *line, size_t n)
{
	struct smtp_facts *f = s->facts;
	if (s->is_starttls_said) {
		s->is_starttls_said = false;
		/* Anything glued behind the reply was sent before TLS: not by the server. */
		const char *end = memchr(line, '\n', n);
		f->is_injected |= end == NULL || end + 1 != line + n;
	}
	if (s->is_auth_said && n >= 3) {
		if (memcmp(line, "235", 3) == 0)
			f->is_login_refused = s->is_auth_said = false;
		else if (memcmp(line, "535", 3) == 0 || memcmp(line, "534", 3) == 0 ||
			 memcmp(line, "538", 3) == 0)
			f->is_login_refused = true;
	}
	if (!f->is_login_refused || memcmp(f->last, "53", 2) != 0)
		copy_line(f->last, sizeof f->last, line, n);
}

/* Never log what the client says here: the password is in it. */
static void on_monitor(const char *line, int n, int writing, void *arg)
{
	struct sending *s = arg;
	if (writing == 0 && n > 0)
		hear_server(s, line, (size_t)n);
	if (writing == 1 && n >= 8 && strncasecmp(line, "STARTTLS", 8) == 0)
		s->is_starttls_said = true;
	if (writing == 1 && n >= 5 && strncasecmp(line, "AUTH ", 5) == 0)
		s->is_auth_said = true;
}

static void on_event(smtp_session_t session, int event, void *arg, ...)
{
	struct sending *s = arg;
	va_list args;
	(void)session;
	va_start(args, arg);
	switch (event) {
	case SMTP_EV_INVALID_PEER_CERTIFICATE:
		(void)va_arg(args, long);
		*va_arg(args, int *) = 0;
		s->facts->is_tls_refused = true;
		break;
	case SMTP_EV_WRONG_PEER_CERTIFICATE:
		/* It compares with the name behind a CNAME; our own check of the name in the
		 * settings is part of the verification, and has passed when this comes. */
		*va_arg(args, int *) = 1;
		break;
	case SMTP_EV_NO_PEER_CERTIFICATE:
		*va_arg(args, int *) = 0;
		s->facts->is_tls_refused = true;
		break;
	case SMTP_EV_WEAK_CIPHER:
		(void)va_arg(args, int);
		*va_arg(args, int *) = 0;
		s->facts->is_tls_refused = true;
		break;
	case SMTP_EV_EXTNA_STARTTLS:
		s->facts->is_tls_refused = true;
		break;
	case SMTP_EV_STARTTLS_OK:
		if (s->facts->is_injected)
			shutdown(SSL_get_fd(va_arg(args, SSL *)), SHUT_RDWR);
		break;
	default:
		break;
	}
	va_end(args);
}

static const char *on_feed(void **context, int *len, void *arg)
{
	struct sending *s = arg;
	(void)context;
	if (len == NULL) {
		s->sent = 0;
		return NULL;
	}
	if (s->facts->is_injected) {
		errno = ECONNABORTED;
		*len = 0;
		return NULL;
	}
	const char *from = s->mail.p + s->sent;
	size_t n = s->mail.n - s->sent;
	n = n < CHUNK_BYTES ? n : CHUNK_BYTES;
	s->sent += n;
	s->facts->is_body_begun |= n > 0;
	*len = (int)n;
	return from;
}

/* ---- the session ---- */

/* The handshake itself fails at a bad certificate, and the library tells nothing of why. */
static int on_verify(int is_good, X509_STORE_CTX *store)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct sending *s = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	if (!is_good) {
		s->facts->is_tls_refused = true;
		snprintf(s->facts->last, sizeof s->facts->last, "certificate: %s",
			 X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
	}
	return is_good;
}

static void on_handshake(const SSL *ssl, int where, int code)
{
	struct sending *s = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	(void)code;
	if ((where & SSL_CB_HANDSHAKE_START) != 0 && s->facts->is_injected)
		shutdown(SSL_get_fd(ssl), SHUT_RDWR);
}

static SSL_CTX *tls_context(struct sending *s)
{
	const struct smtp_server *server = s->server;
	char host[256];
	snprintf(host, sizeof host, "%.*s", (int)strcspn(server->host_port, ":"),
		 server->host_port);
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	if (ctx == NULL)
		return NULL;
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION); /* 1.3's tickets make it hang */
	bool has_roots = server->ca_file[0] != '\0'
				 ? SSL_CTX_load_verify_locations(ctx, server->ca_file, NULL) == 1
				 : SSL_CTX_set_default_verify_paths(ctx) == 1;
	SSL_CTX_set_app_data(ctx, s);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, on_verify);
	SSL_CTX_set_info_callback(ctx, on_handshake);
	X509_VERIFY_PARAM *check = SSL_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	bool has_name = X509_VERIFY_PARAM_set1_ip_asc(check, host) == 1 ||
			X509_VERIFY_PARAM_set1_host(check, host, 0) == 1;
	if (has_roots && has_name)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}

static bool set_up_tls(smtp_session_t session, struct sending *s)
{
	const struct smtp_server *server = s->server;
	bool is_required = server->tls == SMTP_TLS_REQUIRED ||
			   (server->tls == SMTP_TLS_OPTIONAL && server->user[0] != '\0');
	if (server->tls == SMTP_TLS_NONE)
		return true;
	SSL_CTX *ctx = tls_context(s);
	if (ctx == NULL)
		return false;
	smtp_starttls_enable(session, is_required ? Starttls_REQUIRED : Starttls_ENABLED);
	smtp_starttls_set_ctx(session, ctx);
	SSL_CTX_free(ctx);
	return true;
}

static auth_context_t set_up_login(smtp_session_t session, struct sending *s)
{
	if (s->server->user[0] == '\0')
		return NULL;
	auth_context_t auth = auth_create_context();
	auth_set_mechanism_flags(auth, AUTH_PLUGIN_PLAIN, 0);
	auth_set_interact_cb(auth, give_secret, s);
	smtp_auth_set_context(session, auth);
	return auth;
}

static void copy_reply(const smtp_status_t *from, struct smtp_reply *ret)
{
	char line[160] = "";
	if (from == NULL)
		return;
	ret->code = from->code;
	if (from->text != NULL)
		copy_line(line, sizeof line, from->text, strlen(from->text));
	if (from->enh_class > 0)
		snprintf(ret->text, sizeof ret->text, "%d.%d.%d %s", from->enh_class,
			 from->enh_subject, from->enh_detail, line);
	else
		snprintf(ret->text, sizeof ret->text, "%s", line);
}

static void converse(smtp_session_t session, struct sending *s, const char *from, const char *to)
{
	smtp_set_server(session, s->server->host_port);
	smtp_set_hostname(session, s->server->hello);
	smtp_set_eventcb(session, on_event, s);
	smtp_set_monitorcb(session, on_monitor, s, 0);
	smtp_set_timeout(session, Timeout_GREETING | Timeout_OVERRIDE_RFC2822_MINIMUM, ENVELOPE_MS);
	smtp_set_timeout(session, Timeout_ENVELOPE | Timeout_OVERRIDE_RFC2822_MINIMUM, ENVELOPE_MS);
	smtp_message_t message = smtp_add_message(session);
	smtp_set_reverse_path(message, from);
	smtp_set_messagecb(message, on_feed, s);
	smtp_size_set_estimate(message, s->mail.n);
	smtp_set_header_option(message, "Bcc", Hdr_PROHIBIT, 1);
	smtp_recipient_t recipient = smtp_add_recipient(message, to);
	s->facts->is_started = smtp_start_session(session) != 0;
	copy_reply(smtp_reverse_path_status(message), &s->facts->mail);
	copy_reply(smtp_recipient_status(recipient), &s->facts->rcpt);
	copy_reply(smtp_message_transfer_status(message), &s->facts->data);
}

static void start_library(void)
{
	auth_client_init();
}

void email_smtp_send(const struct smtp_server *server, const char *from, const char *to,
		     struct usher_text mail, struct smtp_facts *ret)
{
	static pthread_once_t is_started = PTHREAD_ONCE_INIT;
	*ret = (struct smtp_facts){0};
	pthread_once(&is_started, start_library);
	struct sending s = {.server = server, .mail = mail, .facts = ret};
	smtp_session_t session = smtp_create_session();
	auth_context_t auth = NULL;
	if (set_up_tls(session, &s)) {
		auth = set_up_login(session, &s);
		converse(session, &s, from, to);
	} else {
		ret->is_tls_refused = true;
		snprintf(ret->last, sizeof ret->last, "the certificates cannot be read");
	}
	smtp_destroy_session(session);
	if (auth != NULL)
		auth_destroy_context(auth);
}

int email_smtp_check_server(const char *host_port, struct usher_error *reterr)
{
	struct usher_text port = text_of(host_port);
	struct usher_text host = text_cut(&port, ':');
	uint64_t number = 0;
	if (host.n == 0 || host.n > 253 || memchr(port.n > 0 ? port.p : "", ':', port.n) != NULL)
		return usher_error_set(reterr, E_INVALID,
				       "smtp_server: expected host:port (an IPv6 address needs a "
				       "name), got \"%.60s\"",
				       host_port);
	for (size_t i = 0; i < host.n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._",
			   host.p[i]) == NULL)
			return usher_error_set(reterr, E_INVALID,
					       "smtp_server: \"%.60s\" is no host name", host_port);
	if (text_to_u64(port, &number) < 0 || number < 1 || number > 65535)
		return usher_error_set(reterr, E_INVALID,
				       "smtp_server: \"%.60s\" has no port, such as :587",
				       host_port);
	if (number == 465)
		return usher_error_set(reterr, E_UNSUPPORTED,
				       "smtp_server: port 465 (TLS from the first byte) is not "
				       "supported; use 587 with STARTTLS");
	return 0;
}
