/* SPDX-License-Identifier: Apache-2.0 */
/* The marks of an HTML mail, weighed together: top, bottom, in between. */
#include "channels/email/email_quote.h"

#define WORDS_LOOKED_AT 400

/* Characters between tags that leave ink. A NBSP leaves none. */
static size_t ink_between(struct usher_text html, size_t from, size_t to)
{
	size_t ink = 0;
	bool is_tag = false;
	for (size_t i = from; i < to && i < html.n; i++) {
		unsigned char c = (unsigned char)html.p[i];
		bool is_space = c <= ' ' ||
				(c == 0xC2 && i + 1 < to && (unsigned char)html.p[i + 1] == 0xA0);
		if (c == '<')
			is_tag = true;
		else if (c == '>')
			is_tag = false;
		else if (is_space)
			i += c == 0xC2;
		else
			ink += !is_tag;
	}
	return ink;
}

static bool is_forwarded(struct usher_text html, size_t from, size_t to)
{
	char words[WORDS_LOOKED_AT];
	size_t n = 0;
	bool is_tag = false;
	for (size_t i = from; i < to && n < sizeof words; i++) {
		if (html.p[i] == '<' || html.p[i] == '>') {
			is_tag = html.p[i] == '<';
			if (n > 0 && words[n - 1] != '\n')
				words[n++] = '\n';
		} else if (!is_tag) {
			words[n++] = html.p[i];
		}
	}
	return email_quote_is_forward(text_slice(words, n));
}

/* Whether each element that begins between them also ends there: then they have one parent. */
static bool is_level(struct usher_text html, size_t from, size_t to)
{
	int depth = 0;
	for (size_t i = from; i + 1 < to && depth >= 0; i++) {
		struct usher_text tag = text_slice(html.p + i, to - i);
		bool is_void = text_starts(tag, TEXT("<br")) || text_starts(tag, TEXT("<hr")) ||
			       text_starts(tag, TEXT("<img")) || text_starts(tag, TEXT("<col>")) ||
			       text_starts(tag, TEXT("<col ")) || text_starts(tag, TEXT("<wbr"));
		if (html.p[i] == '<' && !is_void)
			depth += html.p[i + 1] == '/' ? -1 : 1;
	}
	return depth == 0;
}

struct stretch {
	enum mail_fold_kind kind;
	size_t from, to;
};

/* An introduction and the quotation it stands before become one. */
static int join_marks(struct usher_text html, const struct quote_marks *marks, struct stretch *ret)
{
	int count = 0;
	for (int i = 0; i < marks->count; i++) {
		enum quote_mark kind = marks->item[i].kind;
		size_t from = marks->item[i].from, to = marks->item[i].to;
		if (kind == QUOTE_INTRO) {
			bool has_next = i + 1 < marks->count &&
					(marks->item[i + 1].kind == QUOTE_SELF ||
					 marks->item[i + 1].kind == QUOTE_REST) &&
					ink_between(html, to, marks->item[i + 1].from) == 0;
			if (!has_next)
				continue;
			if (is_level(html, to, marks->item[i + 1].from))
				to = marks->item[++i].to;
			kind = QUOTE_SELF;
		}
		if (to <= from || (kind != QUOTE_SIGNATURE && is_forwarded(html, from, to)))
			continue;
		enum mail_fold_kind fold =
			kind == QUOTE_SIGNATURE ? MAIL_FOLD_SIGNATURE : MAIL_FOLD_QUOTE;
		ret[count++] = (struct stretch){fold, from, to};
	}
	return count;
}

/* Quotations with words of the sender's between them, or on both sides, were answered in place. */
static bool is_interleaved(struct usher_text html, const struct stretch *s, int count,
			   size_t *ret_ink)
{
	bool has_before = false, has_quote = false, has_between = false, is_mixed = false;
	size_t at = 0;
	*ret_ink = 0;
	for (int i = 0; i <= count; i++) {
		size_t to = i < count ? s[i].from : html.n;
		size_t ink = ink_between(html, at, to);
		*ret_ink += ink;
		has_before |= ink > 0 && !has_quote;
		has_between |= ink > 0 && has_quote;
		if (i == count)
			break;
		if (s[i].kind == MAIL_FOLD_QUOTE) {
			is_mixed |= has_between;
			has_quote = true;
		}
		at = s[i].to;
	}
	return is_mixed || (has_before && has_between);
}

void email_quote_settle(struct usher_text html, const struct quote_marks *marks,
			struct mail_folds *ret)
{
	struct stretch s[QUOTE_MARKS_MAX];
	size_t ink;
	int count = join_marks(html, marks, s);
	bool is_mixed = is_interleaved(html, s, count, &ink);
	ret->count = 0;
	if (ink == 0 || html.n > UINT32_MAX)
		return;
	for (int i = 0; i < count && ret->count < MAIL_FOLDS_MAX; i++)
		if (s[i].kind == MAIL_FOLD_SIGNATURE || !is_mixed)
			ret->item[ret->count++] = (struct mail_fold){s[i].kind, (uint32_t)s[i].from,
								     (uint32_t)s[i].to};
}
