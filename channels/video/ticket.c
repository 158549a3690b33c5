/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/video/ticket.h"

#include "channels/json.h"
#include "channels/sign.h"

#include <stdio.h>

#define EXPIRES_MAX ((int64_t)1 << 40) /* seconds */

static void add_mac(struct usher_text secret, struct usher_text payload, struct usher_buf *ret)
{
	unsigned char mac[SIGN_SHA256_BYTES];
	struct usher_buf signed_text = {0};
	buf_adds(&signed_text, "usher-rtc ticket 1\n");
	buf_add_text(&signed_text, payload);
	sign_hmac_sha256(secret, buf_text(&signed_text), mac);
	sign_base64url(ret, mac, sizeof mac);
	buf_done(&signed_text);
}

/* 63 bits do not fit a JSON number everywhere. */
static void out_id(struct usher_buf *b, const char *name, usher_id id)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)id);
	if (id != 0)
		json_out_string(b, name, text);
}

void ticket_make(struct usher_text secret, const struct ticket *t, struct usher_buf *ret)
{
	struct usher_buf json = {0}, payload = {0};
	json_out_open(&json, NULL, '{');
	out_id(&json, "c", t->contact);
	json_out_string(&json, "n", t->nonce);
	json_out_string(&json, "r", t->is_agent ? "agent" : "customer");
	out_id(&json, "a", t->agent);
	json_out_integer(&json, "x", t->expires_us / USHER_SECOND);
	if (t->name[0] != '\0')
		json_out_string(&json, "name", t->name);
	json_out_close(&json, '}');
	sign_base64url(&payload, json.p, json.n);
	buf_add_text(ret, buf_text(&payload));
	buf_addc(ret, '.');
	add_mac(secret, buf_text(&payload), ret);
	buf_done(&json);
	buf_done(&payload);
}

static int in_id(const struct json_t *o, const char *name, usher_id *ret)
{
	struct usher_text t;
	*ret = 0;
	if (json_in_text(o, name, 20, &t) < 0)
		return E_INVALID;
	return t.n == 0 ? 0 : text_to_u64(t, ret);
}

static int read_payload(const struct json_t *o, struct ticket *t)
{
	struct usher_text nonce, role, name;
	int64_t expires;
	if (in_id(o, "c", &t->contact) < 0 || in_id(o, "a", &t->agent) < 0 ||
	    json_in_text(o, "n", TICKET_NONCE_BYTES, &nonce) < 0 ||
	    json_in_text(o, "r", 10, &role) < 0 ||
	    json_in_text(o, "name", TICKET_NAME_BYTES_MAX, &name) < 0 ||
	    json_in_integer(o, "x", 0, EXPIRES_MAX, &expires) < 0)
		return E_INVALID;
	t->is_agent = text_equal(role, TEXT("agent"));
	if (nonce.n != TICKET_NONCE_BYTES || (!t->is_agent && !text_equal(role, TEXT("customer"))))
		return E_INVALID;
	memcpy(t->nonce, nonce.p, nonce.n);
	if (name.n > 0)
		memcpy(t->name, name.p, name.n);
	t->expires_us = expires * USHER_SECOND;
	return 0;
}

static int decode(struct usher_text payload, struct ticket *ret)
{
	struct usher_buf json = {0};
	struct json_t *tree;
	int code = sign_base64url_decode(payload, &json);
	if (code == 0)
		code = json_in(&tree, buf_text(&json), NULL);
	if (code == 0) {
		code = read_payload(tree, ret);
		json_in_free(tree);
	}
	buf_done(&json);
	return code;
}

int ticket_read(struct usher_text secret, struct usher_text text, usher_us now, struct ticket *ret)
{
	struct usher_buf mac = {0};
	struct ticket t = {0};
	if (text.n == 0 || text.n > TICKET_BYTES_MAX)
		return E_INVALID;
	struct usher_text payload = text_cut(&text, '.');
	add_mac(secret, payload, &mac);
	bool is_ours = sign_equal(buf_text(&mac), text);
	buf_done(&mac);
	if (!is_ours || decode(payload, &t) < 0)
		return E_INVALID;
	if (t.expires_us <= now)
		return E_STALE;
	*ret = t;
	return 0;
}
