/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_automatic.h"

struct usher_text email_header(const struct mail_header *headers, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (text_equal_nocase(headers[i].name, text_of(name)))
			return text_trim(headers[i].value);
	return TEXT_NONE;
}

bool email_header_next(struct usher_text *rest, struct mail_header *ret)
{
	size_t at = 0;
	while (at < rest->n) {
		const char *end = memchr(rest->p + at, '\n', rest->n - at);
		at = end == NULL ? rest->n : (size_t)(end - rest->p) + 1;
		if (at >= rest->n || (rest->p[at] != ' ' && rest->p[at] != '\t'))
			break;
	}
	struct usher_text lines = text_slice(rest->p, at);
	*rest = text_slice(rest->p + at, rest->n - at);
	if (text_trim(lines).n == 0)
		return false;
	struct usher_text value = lines;
	ret->name = text_trim(text_cut(&value, ':'));
	ret->value = text_trim(value);
	return true;
}

/* The first word of a value: up to white space, ';' or ','. */
static struct usher_text first_word(struct usher_text value)
{
	size_t n = 0;
	while (n < value.n && strchr(" \t\r\n;,(", value.p[n]) == NULL)
		n++;
	return text_slice(value.p, n);
}

static bool has_word(struct usher_text value, const char *word)
{
	struct usher_text want = text_of(word);
	for (size_t i = 0; i + want.n <= value.n; i++)
		if (text_equal_nocase(text_slice(value.p + i, want.n), want))
			return true;
	return false;
}

static bool is_one_of(struct usher_text word, const char *const *list)
{
	for (int i = 0; list[i] != NULL; i++)
		if (text_equal_nocase(word, text_of(list[i])))
			return true;
	return false;
}

static const char *const presence_headers[] = {
	"X-Autoreply",
	"X-Autorespond",
	"X-Autoresponder",
	"X-MS-Exchange-Inbox-Rules-Loop",
	"List-Id",
	"List-Unsubscribe",
	"List-Post",
	"List-Help",
	"Mailing-List",
	"X-Loop",
	"X-Auto-Generated",
	"X-Cron-Env",
	"X-Failed-Recipients",
	"X-Mail-Autoreply",
	"X-Autoreply-From",
	"X-Vacation",
	"X-AutoReply-Reason",
	"X-MS-Exchange-Generated-Message-Source",
	NULL,
};
static const char *const bulk_words[] = {"bulk", "junk", "list", "auto_reply", NULL};
static const char *const robot_names[] = {
	"mailer-daemon", "postmaster",	  "noreply",	  "no-reply", "no_reply",
	"donotreply",	 "do-not-reply",  "do_not_reply", "bounce",   "bounces",
	"notification",	 "notifications", NULL,
};

static bool ends_with(struct usher_text t, const char *tail)
{
	struct usher_text end = text_of(tail);
	return t.n > end.n && text_equal_nocase(text_slice(t.p + t.n - end.n, end.n), end);
}

static bool is_robot_address(struct usher_text from)
{
	struct usher_text local = from;
	local = text_cut(&local, '@');
	struct usher_text base = local;
	base = text_cut(&base, '+');
	return is_one_of(base, robot_names) || ends_with(local, "-request") ||
	       ends_with(local, "-bounces") ||
	       (local.n > 6 && text_equal_nocase(text_slice(local.p, 6), TEXT("owner-")));
}

static struct usher_text automatic_by_value(const struct mail_header *h, int count)
{
	struct usher_text word = first_word(email_header(h, count, "Auto-Submitted"));
	if (word.n > 0 && !text_equal_nocase(word, TEXT("no")))
		return TEXT("Auto-Submitted");
	if (text_equal(email_header(h, count, "Return-Path"), TEXT("<>")))
		return TEXT("Return-Path: <>");
	if (has_word(first_word(email_header(h, count, "Content-Type")), "multipart/report"))
		return TEXT("multipart/report");
	struct usher_text suppress = email_header(h, count, "X-Auto-Response-Suppress");
	if (has_word(suppress, "all") || has_word(suppress, "autoreply") ||
	    has_word(suppress, "oof"))
		return TEXT("X-Auto-Response-Suppress");
	if (is_one_of(first_word(email_header(h, count, "Precedence")), bulk_words) ||
	    is_one_of(first_word(email_header(h, count, "X-Precedence")), bulk_words))
		return TEXT("Precedence");
	return TEXT_NONE;
}

struct usher_text email_automatic(const struct mail_header *headers, int count,
				  struct usher_text from)
{
	struct usher_text reason = automatic_by_value(headers, count);
	if (reason.n > 0)
		return reason;
	for (int i = 0; presence_headers[i] != NULL; i++)
		for (int k = 0; k < count; k++)
			if (text_equal_nocase(headers[k].name, text_of(presence_headers[i])))
				return text_of(presence_headers[i]);
	if (is_robot_address(from))
		return TEXT("From");
	return TEXT_NONE;
}

/* ---- notes of absence ---- */

/* Beginnings, in lower case; Cyrillic and accented letters as programs write them, either way. */
static const char *const away_subjects[] = {
	"automatic reply",
	"auto reply",
	"auto-reply",
	"autoreply",
	"out of office",
	"out-of-office",
	"away from",
	"i am away",
	"on vacation",
	"vacation reply",
	"auto response",
	"auto-response",
	"automaattinen vastaus",
	"automaattivastaus",
	"poissa",
	"poissaoloilmoitus",
	"olen poissa",
	"lomalla",
	"olen lomalla",
	"automaatvastus",
	"automaatne vastus",
	"kontorist v\xC3\xA4ljas",
	"eemal",
	"puhkusel",
	"olen puhkusel",
	"autosvar",
	"automatiskt svar",
	"fr\xC3\xA5nvarande",
	"fr\xC3\xA5nvaromeddelande",
	"p\xC3\xA5 semester",
	"ej p\xC3\xA5 kontoret",
	"automatische antwort",
	"abwesenheit",
	"abwesenheitsnotiz",
	"automatische abwesenheit",
	"ich bin nicht im b",
	"nicht im b\xC3\xBCro",
	"im urlaub",
	"\xD0\xB0\xD0\xB2\xD1\x82\xD0\xBE\xD0\xBC\xD0\xB0\xD1\x82\xD0\xB8\xD1\x87\xD0\xB5\xD1"
	"\x81\xD0\xBA\xD0\xB8\xD0\xB9 \xD0\xBE\xD1\x82\xD0\xB2\xD0\xB5\xD1\x82",
	"\xD0\x90\xD0\xB2\xD1\x82\xD0\xBE\xD0\xBC\xD0\xB0\xD1\x82\xD0\xB8\xD1\x87\xD0\xB5\xD1"
	"\x81\xD0\xBA\xD0\xB8\xD0\xB9 \xD0\xBE\xD1\x82\xD0\xB2\xD0\xB5\xD1\x82",
	"\xD0\x90\xD0\xB2\xD1\x82\xD0\xBE\xD0\xBE\xD1\x82\xD0\xB2\xD0\xB5\xD1\x82",
	"\xD0\xB0\xD0\xB2\xD1\x82\xD0\xBE\xD0\xBE\xD1\x82\xD0\xB2\xD0\xB5\xD1\x82",
	"\xD0\x92 \xD0\xBE\xD1\x82\xD0\xBF\xD1\x83\xD1\x81\xD0\xBA\xD0\xB5",
	"\xD0\xBD\xD0\xB5\xD1\x82 \xD0\xBD\xD0\xB0 \xD0\xBC\xD0\xB5\xD1\x81\xD1\x82\xD0\xB5",
	"\xD0\x9D\xD0\xB5\xD1\x82 \xD0\xBD\xD0\xB0 \xD0\xBC\xD0\xB5\xD1\x81\xD1\x82\xD0\xB5",
	NULL,
};

static bool is_away_subject(struct usher_text subject)
{
	for (int i = 0; away_subjects[i] != NULL; i++) {
		struct usher_text want = text_of(away_subjects[i]);
		if (subject.n >= want.n && text_equal_nocase(text_slice(subject.p, want.n), want))
			return true;
	}
	return false;
}

static const char *const usual_words[] = {"normal", "first-class", "special-delivery", NULL};

/* Signs that are too weak alone: people's programs set them as well. */
static bool has_weak_sign(const struct mail_header *h, int count)
{
	struct usher_text mailer = email_header(h, count, "X-Mailer");
	struct usher_text precedence = first_word(email_header(h, count, "Precedence"));
	return email_header(h, count, "X-Auto-Response-Suppress").n > 0 ||
	       (precedence.n > 0 && !is_one_of(precedence, usual_words)) ||
	       has_word(mailer, "vacation") || has_word(mailer, "autorespon");
}

/* What out-of-office programs say beyond that a robot wrote it. */
static bool has_away_sign(const struct mail_header *h, int count)
{
	struct usher_text submitted = email_header(h, count, "Auto-Submitted");
	return has_word(submitted, "vacation") ||
	       email_header(h, count, "X-MS-Exchange-Inbox-Rules-Loop").n > 0 ||
	       email_header(h, count, "X-Vacation").n > 0 ||
	       has_word(email_header(h, count, "X-AutoReply-Reason"), "vacation");
}

struct usher_text email_automatic_subject(const struct mail_header *headers, int count,
					  struct usher_text from, struct usher_text subject,
					  bool *ret_away)
{
	struct usher_text reason = email_automatic(headers, count, from);
	struct usher_text type = first_word(email_header(headers, count, "Content-Type"));
	bool is_away = is_away_subject(subject);
	if (reason.n == 0 && is_away && has_weak_sign(headers, count))
		reason = TEXT("Subject");
	*ret_away = reason.n > 0 && !has_word(type, "multipart/report") &&
		    (is_away || has_away_sign(headers, count));
	return reason;
}
