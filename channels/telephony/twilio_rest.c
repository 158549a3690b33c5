/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/telephony/twilio_rest.h"

#include <stdio.h>

void rest_request_done(struct rest_request *r)
{
	buf_done(&r->url);
	buf_done(&r->body);
}

static bool is_plain(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '*' || c == '-' || c == '.' || c == '_';
}

static void add_encoded(struct usher_buf *b, const char *text)
{
	for (; *text != '\0'; text++) {
		if (is_plain(*text))
			buf_addc(b, *text);
		else if (*text == ' ')
			buf_addc(b, '+');
		else
			buf_addf(b, "%%%02X", (unsigned char)*text);
	}
}

void form_add(struct usher_buf *b, const char *name, const char *value)
{
	if (b->n > 0)
		buf_addc(b, '&');
	add_encoded(b, name);
	buf_addc(b, '=');
	add_encoded(b, value);
}

static void start(struct rest_request *r, const struct rest_account *a, const char *path)
{
	*r = (struct rest_request){0};
	buf_addf(&r->url, "%s/2010-04-01/Accounts/%s/%s", a->base_url, a->account_sid, path);
}

void rest_create_call(struct rest_request *r, const struct rest_account *a,
		      const struct rest_call *call)
{
	static const char *const events[] = {"initiated", "ringing", "answered", "completed"};
	char seconds[16];
	start(r, a, "Calls.json");
	form_add(&r->body, "To", call->to);
	form_add(&r->body, "From", call->from);
	form_add(&r->body, "StatusCallback", call->status_url);
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		form_add(&r->body, "StatusCallbackEvent", events[i]);
	snprintf(seconds, sizeof seconds, "%d", call->ring_s);
	form_add(&r->body, "Timeout", seconds);
	form_add(&r->body, "Url", call->url);
}

void rest_redirect_call(struct rest_request *r, const struct rest_account *a, const char *call_sid,
			const char *url)
{
	start(r, a, "Calls/");
	buf_addf(&r->url, "%s.json", call_sid);
	form_add(&r->body, "Url", url);
	form_add(&r->body, "Method", "POST");
}

void rest_end_call(struct rest_request *r, const struct rest_account *a, const char *call_sid)
{
	start(r, a, "Calls/");
	buf_addf(&r->url, "%s.json", call_sid);
	form_add(&r->body, "Status", "completed");
}

void rest_end_conference(struct rest_request *r, const struct rest_account *a,
			 const char *conference_sid)
{
	start(r, a, "Conferences/");
	buf_addf(&r->url, "%s.json", conference_sid);
	form_add(&r->body, "Status", "completed");
}
