/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_codec.h"

#include "channels/email/email_address.h"
#include "channels/email/email_html.h"
#include "channels/email/email_text.h"

#define MAGIC UINT32_C(0x324D5355) /* "USM2" */

enum { FLAG_CUT = 1, FLAG_SIGNED = 2, FLAG_ENCRYPTED = 4, FLAG_UNREADABLE = 8, FLAG_AWAY = 16, FLAGS_ALL = 31 };

/* ---- writing ---- */

static void put_number(struct usher_buf *b, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_addc(b, (char)(value >> (8 * i) & 0xff));
}

static void put_text(struct usher_buf *b, struct usher_text t)
{
	put_number(b, t.n, 4);
	buf_add_text(b, t);
}

static void put_address(struct usher_buf *b, const struct mail_address *a)
{
	put_text(b, a->name);
	put_text(b, a->address);
}

static void put_addresses(struct usher_buf *b, const struct mail_addresses *list)
{
	put_number(b, (uint64_t)list->count, 4);
	for (int i = 0; i < list->count; i++)
		put_address(b, &list->item[i]);
}

static void put_attachment(struct usher_buf *b, const struct mail_attachment *a)
{
	put_text(b, a->name);
	put_text(b, a->type);
	put_text(b, a->content_id);
	put_number(b, a->size, 8);
	put_number(b, a->part, 4);
	put_text(b, text_of(a->sha256));
}

static void put_folds(struct usher_buf *b, const struct mail_folds *folds)
{
	put_number(b, (uint64_t)folds->count, 4);
	for (int i = 0; i < folds->count; i++) {
		put_number(b, folds->item[i].kind, 4);
		put_number(b, folds->item[i].from, 4);
		put_number(b, folds->item[i].to, 4);
	}
}

static void put_report(struct usher_buf *b, const struct mail_report *report)
{
	put_text(b, report->message_id);
	put_number(b, (uint64_t)report->count, 4);
	for (int i = 0; i < report->count; i++) {
		const struct mail_reported *item = &report->item[i];
		put_text(b, item->address);
		put_number(b, item->fate, 4);
		put_number(b, item->fault, 4);
		put_text(b, item->status);
		put_text(b, item->said);
	}
}

void email_encode(const struct mail *mail, struct usher_buf *ret)
{
	put_number(ret, MAGIC, 4);
	put_number(ret,
		   (mail->is_cut ? FLAG_CUT : 0u) | (mail->is_signed ? FLAG_SIGNED : 0u) |
			   (mail->is_encrypted ? FLAG_ENCRYPTED : 0u) |
			   (mail->is_unreadable ? FLAG_UNREADABLE : 0u) |
			   (mail->is_away ? FLAG_AWAY : 0u),
		   4);
	put_number(ret, (uint64_t)mail->date_us, 8);
	put_address(ret, &mail->from);
	put_address(ret, &mail->reply_to);
	put_addresses(ret, &mail->to);
	put_addresses(ret, &mail->cc);
	put_addresses(ret, &mail->delivered_to);
	put_text(ret, mail->subject);
	put_text(ret, mail->automatic);
	put_text(ret, mail->message_id);
	put_text(ret, mail->in_reply_to);
	put_number(ret, (uint64_t)mail->ref_count, 4);
	for (int i = 0; i < mail->ref_count; i++)
		put_text(ret, mail->refs[i]);
	put_text(ret, mail->body);
	put_text(ret, mail->html);
	put_folds(ret, &mail->body_folds);
	put_folds(ret, &mail->html_folds);
	put_report(ret, &mail->report);
	put_number(ret, (uint64_t)mail->attachment_count, 4);
	for (int i = 0; i < mail->attachment_count; i++)
		put_attachment(ret, &mail->attachments[i]);
}

/* ---- reading ---- */

struct reader {
	struct usher_text rest;
	struct arena *arena;
	const char *fault; /* what was wrong first; NULL so far nothing */
};

enum text_rule { RULE_LINE, RULE_BODY, RULE_ID, RULE_ADDRESS, RULE_HTML, RULE_SHA };

static void fail(struct reader *r, const char *what)
{
	if (r->fault == NULL)
		r->fault = what;
	r->rest = TEXT_NONE;
}

static uint64_t get_number(struct reader *r, int bytes, uint64_t max, const char *what)
{
	uint64_t value = 0;
	if (r->rest.n < (size_t)bytes) {
		fail(r, what);
		return 0;
	}
	for (int i = 0; i < bytes; i++)
		value |= (uint64_t)(unsigned char)r->rest.p[i] << (8 * i);
	r->rest = text_slice(r->rest.p + bytes, r->rest.n - (size_t)bytes);
	if (value <= max)
		return value;
	fail(r, what);
	return 0;
}

static bool is_id(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] <= ' ' || t.p[i] == 0x7F || t.p[i] == '<' || t.p[i] == '>')
			return false;
	return true;
}

static bool is_sha(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!((t.p[i] >= '0' && t.p[i] <= '9') || (t.p[i] >= 'a' && t.p[i] <= 'f')))
			return false;
	return t.n == 64;
}

static bool rule_holds(enum text_rule rule, struct usher_text t)
{
	switch (rule) {
	case RULE_LINE:
		return email_text_is_clean(t, true);
	case RULE_BODY:
		return email_text_is_clean(t, false);
	case RULE_ID:
		return is_id(t);
	case RULE_ADDRESS:
		return t.n == 0 || email_address_check_utf8(t);
	case RULE_HTML:
		return email_text_is_clean(t, false) && email_html_is_safe(t);
	case RULE_SHA:
		return is_sha(t);
	}
	return false;
}

static struct usher_text get_text(struct reader *r, enum text_rule rule, size_t max,
				  const char *what)
{
	size_t n = get_number(r, 4, max, what);
	if (n > r->rest.n || r->fault != NULL) {
		fail(r, what);
		return TEXT_NONE;
	}
	struct usher_text t = text_slice(r->rest.p, n);
	if (!rule_holds(rule, t)) {
		fail(r, what);
		return TEXT_NONE;
	}
	r->rest = text_slice(r->rest.p + n, r->rest.n - n);
	return arena_text(r->arena, t);
}

static struct mail_address get_address(struct reader *r, const char *what)
{
	struct usher_text name = get_text(r, RULE_LINE, MAIL_NAME_BYTES_MAX, what);
	return (struct mail_address){name, get_text(r, RULE_ADDRESS, MAIL_ADDRESS_BYTES_MAX, what)};
}

static void get_addresses(struct reader *r, struct mail_addresses *ret, const char *what)
{
	int count = (int)get_number(r, 4, MAIL_ADDRESSES_MAX, what);
	for (int i = 0; i < count && r->fault == NULL; i++)
		ret->item[ret->count++] = get_address(r, what);
}

static void get_attachment(struct reader *r, struct mail_attachment *ret)
{
	ret->name = get_text(r, RULE_LINE, MAIL_NAME_BYTES_MAX, "attachment name");
	ret->type = get_text(r, RULE_LINE, 100, "attachment type");
	ret->content_id = get_text(r, RULE_LINE, MAIL_ID_BYTES_MAX, "content id");
	ret->size = get_number(r, 8, 2 * MAIL_BYTES_MAX, "attachment size");
	ret->part = (uint32_t)get_number(r, 4, MAIL_PARTS_MAX, "part number");
	struct usher_text sha = get_text(r, RULE_SHA, 64, "attachment hash");
	if (sha.n == 64)
		memcpy(ret->sha256, sha.p, 65);
}

static void get_head(struct reader *r, struct mail *m)
{
	if (get_number(r, 4, UINT32_MAX, "magic") != MAGIC)
		fail(r, "magic");
	unsigned flags = (unsigned)get_number(r, 4, FLAGS_ALL, "flags");
	m->is_cut = (flags & FLAG_CUT) != 0;
	m->is_signed = (flags & FLAG_SIGNED) != 0;
	m->is_encrypted = (flags & FLAG_ENCRYPTED) != 0;
	m->is_unreadable = (flags & FLAG_UNREADABLE) != 0;
	m->is_away = (flags & FLAG_AWAY) != 0;
	m->date_us = (usher_us)get_number(r, 8, (uint64_t)INT64_MAX / 2, "date");
	m->from = get_address(r, "from");
	m->reply_to = get_address(r, "reply-to");
	get_addresses(r, &m->to, "to");
	get_addresses(r, &m->cc, "cc");
	get_addresses(r, &m->delivered_to, "delivered-to");
	m->subject = get_text(r, RULE_LINE, MAIL_SUBJECT_BYTES_MAX, "subject");
	m->automatic = get_text(r, RULE_LINE, 200, "automatic");
	m->message_id = get_text(r, RULE_ID, MAIL_ID_BYTES_MAX, "message-id");
	m->in_reply_to = get_text(r, RULE_ID, MAIL_ID_BYTES_MAX, "in-reply-to");
	int refs = (int)get_number(r, 4, MAIL_REFS_MAX, "references");
	while (m->ref_count < refs && r->fault == NULL)
		m->refs[m->ref_count++] = get_text(r, RULE_ID, MAIL_ID_BYTES_MAX, "references");
}

static bool is_boundary(struct usher_text t, size_t at)
{
	return at == t.n || (at < t.n && ((unsigned char)t.p[at] & 0xC0) != 0x80);
}

static void get_folds(struct reader *r, struct usher_text of, struct mail_folds *ret)
{
	int count = (int)get_number(r, 4, MAIL_FOLDS_MAX, "folds");
	uint32_t last = 0;
	for (int i = 0; i < count && r->fault == NULL; i++) {
		struct mail_fold *f = &ret->item[ret->count++];
		f->kind = (enum mail_fold_kind)get_number(r, 4, MAIL_FOLD_SIGNATURE, "fold kind");
		f->from = (uint32_t)get_number(r, 4, of.n, "fold");
		f->to = (uint32_t)get_number(r, 4, of.n, "fold");
		if (f->kind == 0 || f->from < last || f->to <= f->from ||
		    !is_boundary(of, f->from) || !is_boundary(of, f->to))
			fail(r, "fold");
		last = f->to;
	}
}

static void get_report(struct reader *r, struct mail_report *ret)
{
	ret->message_id = get_text(r, RULE_ID, MAIL_ID_BYTES_MAX, "reported message-id");
	int count = (int)get_number(r, 4, MAIL_REPORTED_MAX, "report");
	for (int i = 0; i < count && r->fault == NULL; i++) {
		struct mail_reported *item = &ret->item[ret->count++];
		item->address = get_text(r, RULE_ADDRESS, MAIL_ADDRESS_BYTES_MAX, "report");
		item->fate = (enum mail_fate)get_number(r, 4, MAIL_COMPLAINT, "fate");
		item->fault = (enum mail_fault)get_number(r, 4, MAIL_FAULTS - 1, "fault");
		item->status = get_text(r, RULE_LINE, 16, "report");
		item->said = get_text(r, RULE_LINE, MAIL_SAID_BYTES_MAX, "report");
		if (item->fate == MAIL_FATE_NONE)
			fail(r, "fate");
	}
}

int email_decode(struct usher_text bytes, struct arena *arena, struct mail *ret,
		 struct usher_error *reterr)
{
	struct reader r = {bytes, arena, NULL};
	struct mail *m = ARENA_NEW(arena, struct mail);
	if (bytes.n > EMAIL_CODEC_BYTES_MAX)
		fail(&r, "size");
	get_head(&r, m);
	m->body = get_text(&r, RULE_BODY, MAIL_TEXT_BYTES_MAX, "body");
	m->html = get_text(&r, RULE_HTML, 2 * EMAIL_HTML_OUT_MAX, "html");
	get_folds(&r, m->body, &m->body_folds);
	get_folds(&r, m->html, &m->html_folds);
	get_report(&r, &m->report);
	int attachments = (int)get_number(&r, 4, MAIL_ATTACHMENTS_MAX, "attachments");
	while (m->attachment_count < attachments && r.fault == NULL)
		get_attachment(&r, &m->attachments[m->attachment_count++]);
	if (r.fault == NULL && r.rest.n > 0)
		fail(&r, "bytes left over");
	if (r.fault != NULL)
		return usher_error_set(reterr, E_INVALID, "mail from the parser: bad %s", r.fault);
	*ret = *m;
	return 0;
}
