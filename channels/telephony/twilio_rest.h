/* SPDX-License-Identifier: Apache-2.0 */
/* The provider's REST requests (API version 2010-04-01): address and form body. Pure. */
#ifndef CHANNELS_TELEPHONY_TWILIO_REST_H
#define CHANNELS_TELEPHONY_TWILIO_REST_H

#include "routing/base/text.h"

struct rest_account {
	const char *base_url, *account_sid; /* borrowed */
};

struct rest_request { /* all POST, application/x-www-form-urlencoded */
	struct usher_buf url, body;
};
void rest_request_done(struct rest_request *r);

struct rest_call {
	const char *to, *from;
	const char *url;	/* what the callee hears first */
	const char *status_url; /* initiated, ringing, answered, completed */
	int ring_s;
};

void rest_create_call(struct rest_request *r, const struct rest_account *a,
		      const struct rest_call *call);
void rest_redirect_call(struct rest_request *r, const struct rest_account *a, const char *call_sid,
			const char *url);
void rest_end_call(struct rest_request *r, const struct rest_account *a, const char *call_sid);
void rest_end_conference(struct rest_request *r, const struct rest_account *a,
			 const char *conference_sid);

/* "name=value", with & in front where needed; encoded like URLSearchParams. */
void form_add(struct usher_buf *b, const char *name, const char *value);

#endif
