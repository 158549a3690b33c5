/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_verdict.h"

#include <stdio.h>

#define ATTEMPTS_MAX 28 /* the steps of the schedule that fill 48 hours */

/* x.7.y codes that mean "sign in first" and not "this message is unwelcome" (RFC 4954 and what
 * large providers use). */
static bool is_sign_in_detail(int detail)
{
	static const int details[] = {8, 9, 11, 14, 30, 57, 139};
	for (size_t i = 0; i < sizeof details / sizeof details[0]; i++)
		if (details[i] == detail)
			return true;
	return false;
}

static bool wants_sign_in(const struct smtp_reply *r)
{
	int status = 0, subject = 0, detail = 0;
	if (r->code == 530 || r->code == 534 || r->code == 535 || r->code == 538)
		return true;
	return r->code / 100 == 5 && sscanf(r->text, "%d.%d.%d", &status, &subject, &detail) == 3 &&
	       status == 5 && subject == 7 && is_sign_in_detail(detail);
}

static void conclude(struct smtp_verdict *ret, enum delivery_state state, const char *what,
		     const struct smtp_reply *reply)
{
	ret->state = state;
	if (reply != NULL && reply->code > 0)
		snprintf(ret->text, sizeof ret->text, "%s (%d %s)", what, reply->code, reply->text);
	else
		snprintf(ret->text, sizeof ret->text, "%s", what);
}

/* A reply that is not a success ends the matter; false while it is one. */
static bool ends_at(struct smtp_verdict *ret, const struct smtp_reply *reply, const char *what)
{
	if (reply->code / 100 == 2)
		return false;
	if (reply->code / 100 == 5 && wants_sign_in(reply))
		conclude(ret, DELIVERY_HELD, "the server wants a sign-in", reply);
	else if (reply->code / 100 == 5)
		conclude(ret, DELIVERY_FAILED, what, reply);
	else
		conclude(ret, DELIVERY_RETRY, what, reply);
	return true;
}

void email_verdict(const struct smtp_facts *facts, struct smtp_verdict *ret)
{
	struct smtp_reply last = {0};
	snprintf(last.text, sizeof last.text, "%s", facts->last);
	if (sscanf(facts->last, "%3d", &last.code) == 1)
		snprintf(last.text, sizeof last.text, "%.190s",
			 strlen(facts->last) > 4 ? facts->last + 4 : "");
	if (facts->is_injected)
		conclude(ret, DELIVERY_HELD, "plain text stood behind the STARTTLS reply", NULL);
	else if (facts->is_tls_refused)
		conclude(ret, DELIVERY_HELD, "TLS could not be set up as the settings require",
			 NULL);
	else if (facts->is_login_refused)
		conclude(ret, DELIVERY_HELD, "the server refused the sign-in", &last);
	else if (!facts->is_started)
		conclude(ret, DELIVERY_RETRY, "the server cannot be reached or is not ready",
			 &last);
	else if (ends_at(ret, &facts->mail, "the sender was not taken") ||
		 ends_at(ret, &facts->rcpt, "the recipient was not taken"))
		return;
	else if (facts->data.code / 100 == 2)
		conclude(ret, DELIVERY_SENT, "taken", &facts->data);
	else if (facts->data.code / 100 >= 4)
		ends_at(ret, &facts->data, "the message was not taken");
	else if (facts->is_body_begun) /* 0 or 354 after bytes went out: it may have been taken */
		conclude(ret, DELIVERY_UNSURE, "the connection broke before the answer", NULL);
	else
		conclude(ret, DELIVERY_RETRY, "the connection broke", NULL);
}

usher_us email_retry_after(enum delivery_state state, int attempts, usher_us written_us,
			   usher_us now)
{
	static const int minutes[] = {1, 5, 15, 30, 60};
	if (attempts >= ATTEMPTS_MAX && now - written_us >= 48 * USHER_HOUR)
		return 0;
	if (state == DELIVERY_UNSURE)
		return 10 * USHER_MINUTE;
	if (attempts < 0)
		attempts = 0;
	if (attempts < (int)(sizeof minutes / sizeof minutes[0]))
		return minutes[attempts] * USHER_MINUTE;
	return 2 * USHER_HOUR;
}
