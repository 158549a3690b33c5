/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/telephony/twilio_sign.h"

#include "channels/sign.h"

#include <stdlib.h>

static int order(struct usher_text a, struct usher_text b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int by_bytes = n > 0 ? memcmp(a.p, b.p, n) : 0;
	return by_bytes != 0 ? by_bytes : (a.n > b.n) - (a.n < b.n);
}

static int compare(const void *a, const void *b)
{
	const struct form_param *left = a, *right = b;
	int by_name = order(left->name, right->name);
	return by_name != 0 ? by_name : order(left->value, right->value);
}

static void add_params(struct usher_buf *b, const struct form *form)
{
	struct form_param *sorted = memory_new_array(form->count, sizeof *sorted);
	if (form->count > 0)
		memcpy(sorted, form->params, form->count * sizeof *sorted);
	qsort(sorted, form->count, sizeof *sorted, compare);
	for (size_t i = 0; i < form->count; i++) {
		if (i > 0 && compare(&sorted[i - 1], &sorted[i]) == 0)
			continue;
		buf_add_text(b, sorted[i].name);
		buf_add_text(b, sorted[i].value);
	}
	free(sorted);
}

void twilio_sign(struct usher_text token, struct usher_text url, const struct form *form,
		 struct usher_buf *ret)
{
	unsigned char mac[SIGN_SHA1_BYTES];
	struct usher_buf text = {0};
	buf_add_text(&text, url);
	if (form != NULL)
		add_params(&text, form);
	sign_hmac_sha1(token, buf_text(&text), mac);
	sign_base64(ret, mac, sizeof mac);
	buf_done(&text);
}

/* Where "https://host:port" ends its host, and where its port ends. */
static bool find_port(struct usher_text url, size_t *ret_host_end, size_t *ret_port_end)
{
	size_t from = text_starts(url, TEXT("https://"))  ? 8
		      : text_starts(url, TEXT("http://")) ? 7
							  : 0;
	size_t end = from;
	while (end < url.n && url.p[end] != '/' && url.p[end] != '?' && url.p[end] != '#')
		end++;
	size_t colon = end;
	while (colon > from && url.p[colon - 1] >= '0' && url.p[colon - 1] <= '9')
		colon--;
	bool has_port = colon > from && colon < end && url.p[colon - 1] == ':';
	*ret_host_end = has_port ? colon - 1 : end;
	*ret_port_end = end;
	return from > 0;
}

static bool matches(const char *const *tokens, struct usher_text url, const struct form *form,
		    struct usher_text signature)
{
	bool is_match = false;
	struct usher_buf made = {0};
	for (size_t i = 0; tokens[i] != NULL; i++) {
		if (tokens[i][0] == '\0')
			continue;
		buf_clear(&made);
		twilio_sign(text_of(tokens[i]), url, form, &made);
		is_match |= sign_equal(buf_text(&made), signature);
	}
	buf_done(&made);
	return is_match;
}

bool twilio_is_signed(const char *const *tokens, struct usher_text url, const struct form *form,
		      struct usher_text signature)
{
	struct usher_buf other = {0};
	size_t host_end, port_end;
	bool is_match = matches(tokens, url, form, signature);
	if (!find_port(url, &host_end, &port_end))
		return is_match;
	buf_add(&other, url.p, host_end);
	if (host_end == port_end)
		buf_adds(&other, url.p[4] == 's' ? ":443" : ":80");
	buf_add(&other, url.p + port_end, url.n - port_end);
	is_match |= matches(tokens, buf_text(&other), form, signature);
	buf_done(&other);
	return is_match;
}

bool twilio_is_body_signed(struct usher_text url, struct usher_text body)
{
	char hex[SIGN_HEX_BYTES];
	sign_sha256_hex(body, hex);
	text_cut(&url, '?');
	while (url.n > 0) {
		struct usher_text value = text_cut(&url, '&');
		struct usher_text name = text_cut(&value, '=');
		if (text_equal(name, TEXT("bodySHA256")))
			return sign_equal(value, text_of(hex));
	}
	return false;
}
