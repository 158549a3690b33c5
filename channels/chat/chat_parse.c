/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/chat/chat_parse.h"

#define NAME_BYTES_MAX 100
#define ADDRESS_BYTES_MAX 200
#define LANGUAGE_BYTES_MAX 35
#define PAGE_URL_BYTES_MAX 300
#define PAGE_TITLE_BYTES_MAX 120
#define SEQ_MAX ((int64_t)1 << 53)

static bool has_control(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] < 0x20 || t.p[i] == 0x7f)
			return true;
	return false;
}

/* What only describes the visitor is dropped or cut rather than refused. */
static struct usher_text label(const struct json_t *object, const char *name, size_t max)
{
	struct usher_text t;
	if (object == NULL || json_in_text(object, name, CHAT_FRAME_BYTES_MAX, &t) < 0)
		return TEXT_NONE;
	t = text_trim(t);
	t.n = text_fit(t, max);
	return has_control(t) ? TEXT_NONE : t;
}

static bool is_token(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i];
		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_'))
			return false;
	}
	return t.n == CHAT_TOKEN_BYTES;
}

static int parse_hello(const struct json_t *o, struct chat_frame *f, struct usher_error *reterr)
{
	int64_t version;
	if (json_in_integer(o, "v", 1, 1, &version) < 0)
		return usher_error_set(reterr, E_INVALID, "hello: v must be 1");
	if (json_in_text(o, "visitor", 200, &f->visitor) < 0)
		f->is_token_bad = true;
	else if (f->visitor.n > 0 && !is_token(f->visitor))
		f->is_token_bad = true;
	const struct json_t *resume = json_in_object(o, "resume");
	if (resume == NULL && json_in_has(o, "resume") && !json_in_is_null(o, "resume"))
		return usher_error_set(reterr, E_INVALID,
				       "hello: resume must be an object or null");
	if (resume != NULL) {
		int code = json_in_integer(resume, "seq", 0, SEQ_MAX, &f->resume_seq);
		if (code == E_INVALID || json_in_text(resume, "conv", 64, &f->resume_conv) < 0)
			return usher_error_set(reterr, E_INVALID,
					       "hello: resume needs conv and seq");
	}
	f->name = label(o, "name", NAME_BYTES_MAX);
	f->address = label(o, "address", ADDRESS_BYTES_MAX);
	f->language = label(o, "lang", LANGUAGE_BYTES_MAX);
	f->page_url = label(json_in_object(o, "page"), "url", PAGE_URL_BYTES_MAX);
	f->page_title = label(json_in_object(o, "page"), "title", PAGE_TITLE_BYTES_MAX);
	return 0;
}

static int parse_send(const struct json_t *o, struct chat_frame *f, struct usher_error *reterr)
{
	if (json_in_text(o, "cid", CHAT_CID_BYTES_MAX, &f->cid) < 0 || f->cid.n == 0)
		return usher_error_set(reterr, E_INVALID, "send: cid must be 1 to 100 characters");
	for (size_t i = 0; i < f->cid.n; i++)
		if (f->cid.p[i] <= ' ' || f->cid.p[i] > '~')
			return usher_error_set(reterr, E_INVALID,
					       "send: cid must be visible ASCII");
	if (json_in_raw(o, "text", CHAT_FRAME_BYTES_MAX, &f->text) < 0)
		f->text = TEXT_NONE;
	return 0;
}

static int parse_number(const struct json_t *o, const char *name, struct chat_frame *f,
			struct usher_error *reterr)
{
	if (json_in_integer(o, name, 0, SEQ_MAX, &f->seq) < 0)
		return usher_error_set(reterr, E_INVALID, "%s must be a whole number from 0", name);
	return 0;
}

static int parse_members(const struct json_t *o, struct chat_frame *f, struct usher_error *reterr)
{
	struct usher_text t;
	if (json_in_text(o, "t", 40, &t) < 0 || t.n == 0)
		return usher_error_set(reterr, E_INVALID, "t must name the kind of frame");
	if (text_equal(t, TEXT("send"))) {
		f->kind = CHAT_SEND;
		return parse_send(o, f, reterr);
	}
	if (text_equal(t, TEXT("hello"))) {
		f->kind = CHAT_HELLO;
		return parse_hello(o, f, reterr);
	}
	if (text_equal(t, TEXT("seen")) || text_equal(t, TEXT("read"))) {
		f->kind = t.p[0] == 's' ? CHAT_SEEN : CHAT_READ;
		return parse_number(o, "seq", f, reterr);
	}
	if (text_equal(t, TEXT("ping"))) {
		f->kind = CHAT_PING;
		return parse_number(o, "n", f, reterr);
	}
	if (text_equal(t, TEXT("typing"))) {
		f->kind = CHAT_TYPING;
		return json_in_boolean(o, "on", &f->is_on) == 0
			       ? 0
			       : usher_error_set(reterr, E_INVALID,
						 "typing: on must be true or false");
	}
	f->kind = text_equal(t, TEXT("end")) ? CHAT_END : CHAT_OTHER;
	return 0;
}

int chat_parse(struct usher_text message, struct chat_frame *ret, struct usher_error *reterr)
{
	struct chat_frame f = {0};
	if (message.n > CHAT_FRAME_BYTES_MAX)
		return usher_error_set(reterr, E_INVALID, "a frame may have %d bytes",
				       CHAT_FRAME_BYTES_MAX);
	int code = json_in(&f.tree, message, reterr);
	if (code < 0)
		return code;
	code = parse_members(f.tree, &f, reterr);
	if (code < 0) {
		json_in_free(f.tree);
		return code;
	}
	*ret = f;
	return 0;
}

void chat_frame_done(struct chat_frame *frame)
{
	frame->tree = json_in_free(frame->tree);
}

static bool is_kept(char c)
{
	return (unsigned char)c >= 0x20 ? c != 0x7f : c == '\n' || c == '\t';
}

size_t chat_clean(struct usher_text raw, struct usher_buf *ret)
{
	size_t from = ret->n, characters = 0;
	buf_reserve(ret, raw.n);
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		if (c == '\r' && i + 1 < raw.n && raw.p[i + 1] == '\n')
			continue;
		if (c == '\r')
			c = '\n';
		if (is_kept(c))
			buf_addc(ret, c);
	}
	struct usher_text kept = text_trim(text_slice(ret->p + from, ret->n - from));
	if (kept.n > 0)
		memmove(ret->p + from, kept.p, kept.n);
	ret->n = from + kept.n;
	ret->p[ret->n] = '\0';
	for (size_t i = from; i < ret->n; i++)
		characters += ((unsigned char)ret->p[i] & 0xC0) != 0x80;
	return characters;
}
