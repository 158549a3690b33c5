/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One mail to one recipient through a submission server (RFC 6409), by libESMTP on a worker.
 *
 * The library's faults are worked around here: own SSL_CTX for each session (else it crashes at
 * the second), TLS 1.2 at most (with 1.3 it hangs), responses injected behind the STARTTLS reply
 * are noticed, and only the statuses count, never the return value.
 */
#ifndef CHANNELS_EMAIL_SMTP_H
#define CHANNELS_EMAIL_SMTP_H

#include "channels/email/email_verdict.h"

enum smtp_tls { SMTP_TLS_REQUIRED, SMTP_TLS_OPTIONAL, SMTP_TLS_NONE };

struct smtp_server {
	const char *host_port; /* "mail.example:587" */
	enum smtp_tls tls;     /* STARTTLS; OPTIONAL counts as REQUIRED where there is a user */
	const char *user, *password; /* user empty: no sign-in */
	const char *ca_file;	     /* empty: the system's */
	const char *hello;	     /* the name this side says */
};

/* Worker: blocks up to the timeouts of RFC 5321. `mail` has CR LF line ends; from and to passed
 * email_address_check. Fills *ret. */
void email_smtp_send(const struct smtp_server *server, const char *from, const char *to,
		     struct usher_text mail, struct smtp_facts *ret);

/* Whether the library can use this as a server: "host:port", no IPv6 literal, not port 465. */
int email_smtp_check_server(const char *host_port, struct usher_error *reterr) USHER_CHECKED;

#endif
