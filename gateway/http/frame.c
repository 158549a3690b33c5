/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/frame.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

static bool is_control(uint8_t opcode)
{
	return opcode >= FRAME_CLOSE;
}

static size_t head_size(const struct frame_reader *r)
{
	uint8_t length = r->head[1] & 0x7f;
	return 6 + (length == 126 ? 2 : length == 127 ? 8 : 0);
}

/* What can be judged from the first two bytes: a wrong frame is refused before its payload. */
static int check_start(const struct frame_reader *r)
{
	uint8_t opcode = r->head[0] & 0x0f;
	bool is_final = r->head[0] & 0x80;
	uint8_t length = r->head[1] & 0x7f;
	if (r->head[0] & 0x70 || !(r->head[1] & 0x80))
		return 1002;
	if (is_control(opcode))
		return opcode > FRAME_PONG || !is_final || length > FRAME_CONTROL_MAX ? 1002 : 0;
	if (opcode > FRAME_BINARY)
		return 1002;
	if ((opcode == FRAME_CONTINUATION) != r->in_message)
		return 1002;
	return opcode == FRAME_BINARY ? 1003 : 0;
}

static int start_payload(struct frame_reader *r, size_t message_max)
{
	size_t n = head_size(r);
	uint64_t length = r->head[1] & 0x7f;
	if (length >= 126) {
		size_t bytes = length == 126 ? 2 : 8;
		length = 0;
		for (size_t i = 0; i < bytes; i++)
			length = length << 8 | r->head[2 + i];
		if (length >> 63 || length < (bytes == 2 ? 126u : 65536u))
			return 1002;
	}
	r->opcode = r->head[0] & 0x0f;
	r->is_final = r->head[0] & 0x80;
	memcpy(r->mask, r->head + n - 4, 4);
	r->mask_at = 0;
	r->head_n = 0;
	if (!is_control(r->opcode)) {
		if (length > message_max || r->message.n + length > message_max)
			return 1009;
		if (++r->fragments > FRAME_FRAGMENTS_MAX)
			return 1008;
		r->in_message = true;
	}
	r->left = (uint32_t)length;
	r->in_payload = true;
	return 0;
}

/* Takes head bytes one by one; *at moves behind what was used. */
static int read_head(struct frame_reader *r, const char *bytes, size_t n, size_t *at,
		     size_t message_max)
{
	while (*at < n) {
		r->head[r->head_n++] = (uint8_t)bytes[(*at)++];
		if (r->head_n < 2)
			continue;
		int code = r->head_n == 2 ? check_start(r) : 0;
		if (code != 0)
			return code;
		if (r->head_n == head_size(r))
			return start_payload(r, message_max);
	}
	return 0;
}

static void unmask(struct frame_reader *r, char *p, size_t n)
{
	uint8_t key[8];
	for (int i = 0; i < 8; i++)
		key[i] = r->mask[(r->mask_at + i) & 3];
	uint64_t wide;
	memcpy(&wide, key, 8);
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		uint64_t v;
		memcpy(&v, p + i, 8);
		v ^= wide;
		memcpy(p + i, &v, 8);
	}
	for (; i < n; i++)
		p[i] ^= (char)key[i & 7];
	r->mask_at = (uint8_t)((r->mask_at + n) & 3);
}

static int finish_close(struct usher_text payload, const struct frame_events *events, void *arg)
{
	if (payload.n == 0) {
		events->on_close(arg, 1005, TEXT_NONE);
		return 1;
	}
	if (payload.n == 1)
		return 1002;
	int code = (uint8_t)payload.p[0] << 8 | (uint8_t)payload.p[1];
	struct usher_text reason = text_slice(payload.p + 2, payload.n - 2);
	if (!frame_close_code_is_valid(code))
		return 1002;
	if (!text_is_utf8(reason))
		return 1007;
	events->on_close(arg, code, reason);
	return 1;
}

static int finish_frame(struct frame_reader *r, struct usher_text payload,
			const struct frame_events *events, void *arg)
{
	r->in_payload = false;
	switch (r->opcode) {
	case FRAME_CLOSE:
		return finish_close(payload, events, arg);
	case FRAME_PING:
		return events->on_ping(arg, payload) ? 0 : 1;
	case FRAME_PONG:
		events->on_pong(arg);
		return 0;
	}
	if (!r->is_final)
		return 0;
	r->in_message = false;
	r->fragments = 0;
	if (!text_is_utf8(payload))
		return 1007;
	return events->on_message(arg, payload) ? 0 : 1;
}

/* The payload as one piece: where it stands when all of it is there, else what was kept. */
static int take_payload(struct frame_reader *r, char *p, size_t n,
			const struct frame_events *events, void *arg)
{
	unmask(r, p, n);
	r->left -= (uint32_t)n;
	struct usher_buf *kept = is_control(r->opcode) ? &r->control : &r->message;
	bool ends_message = is_control(r->opcode) || r->is_final;
	if (r->left == 0 && ends_message && kept->n == 0)
		return finish_frame(r, text_slice(p, n), events, arg);
	buf_add(kept, p, n);
	if (r->left > 0)
		return 0;
	if (!ends_message)
		return finish_frame(r, TEXT_NONE, events, arg);
	struct usher_buf whole = *kept;
	*kept = (struct usher_buf){0};
	int code = finish_frame(r, buf_text(&whole), events, arg);
	buf_done(&whole);
	return code;
}

int frame_read(struct frame_reader *r, char *bytes, size_t n, size_t message_max,
	       const struct frame_events *events, void *arg)
{
	size_t at = 0;
	while (at < n || (r->in_payload && r->left == 0)) {
		int code;
		if (!r->in_payload) {
			code = read_head(r, bytes, n, &at, message_max);
		} else {
			size_t take = n - at < r->left ? n - at : r->left;
			code = take_payload(r, bytes + at, take, events, arg);
			at += take;
		}
		if (code != 0)
			return code;
	}
	return 0;
}

void frame_reader_done(struct frame_reader *r)
{
	buf_done(&r->message);
	buf_done(&r->control);
}

size_t frame_head(uint8_t ret[static FRAME_HEAD_MAX], enum frame_opcode opcode, size_t payload)
{
	ret[0] = (uint8_t)(0x80 | opcode);
	if (payload < 126) {
		ret[1] = (uint8_t)payload;
		return 2;
	}
	size_t bytes = payload < 65536 ? 2 : 8;
	ret[1] = bytes == 2 ? 126 : 127;
	for (size_t i = 0; i < bytes; i++)
		ret[2 + i] = (uint8_t)((uint64_t)payload >> 8 * (bytes - 1 - i));
	return 2 + bytes;
}

bool frame_close_code_is_valid(int code)
{
	if (code >= 3000 && code <= 4999)
		return true;
	return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

int frame_accept_key(struct usher_text key, char ret[static 29])
{
	unsigned char raw[18], digest[SHA_DIGEST_LENGTH];
	char joined[24 + 36];
	if (key.n != 24 || key.p[22] != '=' || key.p[23] != '=' ||
	    EVP_DecodeBlock(raw, (const unsigned char *)key.p, 24) != 18)
		return E_INVALID;
	memcpy(joined, key.p, 24);
	memcpy(joined + 24, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
	if (EVP_Digest(joined, sizeof(joined), digest, NULL, EVP_sha1(), NULL) != 1)
		return E_UNSUPPORTED;
	EVP_EncodeBlock((unsigned char *)ret, digest, sizeof(digest));
	return 0;
}
