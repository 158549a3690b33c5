/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_quote.h"

#include <stdlib.h>

#define INTRO_LINES 3	   /* a mail program breaks its introduction into at most so many */
#define LABEL_LINES 8	   /* lines in which three header lines must stand */
#define SIGNATURE_LINES 25 /* a longer one is text */
#define LIST_LINES 6	   /* likewise the footer of a mailing list */
#define SHORT_CONTEXT 3	   /* fewer quoted lines above an answer stay: they say what it is about */

enum part { PART_EMPTY, PART_TEXT, PART_INTRO, PART_QUOTED, PART_SIGNATURE };

struct line {
	size_t from, to; /* without the line end */
	enum quote_line kind;
	enum part part;
};

struct page {
	struct usher_text body;
	struct line *line; /* owned */
	int count;
	int limit;   /* from here on nothing is looked at but as a whole */
	bool is_cut; /* from `limit` on all is quoted, without marks */
};

static struct usher_text line_text(const struct page *p, int i)
{
	return text_slice(p->body.p + p->line[i].from, p->line[i].to - p->line[i].from);
}

static void split(struct page *p)
{
	size_t at = 0, lines = 1;
	for (size_t i = 0; i < p->body.n && lines < QUOTE_LINES_MAX; i++)
		lines += p->body.p[i] == '\n';
	p->line = memory_new_array(lines, sizeof p->line[0]);
	while (at < p->body.n && p->count < (int)lines) {
		const char *end = memchr(p->body.p + at, '\n', p->body.n - at);
		size_t to = end != NULL ? (size_t)(end - p->body.p) : p->body.n;
		struct line *l = &p->line[p->count++];
		l->from = at;
		l->to = to;
		l->kind = email_quote_line(text_slice(p->body.p + at, to - at));
		l->part = l->kind == LINE_EMPTY	   ? PART_EMPTY
			  : l->kind == LINE_QUOTED ? PART_QUOTED
						   : PART_TEXT;
		at = to + 1;
	}
	p->limit = p->count;
}

static int skip_empty(const struct page *p, int i)
{
	while (i < p->count && p->line[i].kind == LINE_EMPTY)
		i++;
	return i;
}

static bool is_quoted_at(const struct page *p, int i)
{
	return i < p->count && p->line[i].kind == LINE_QUOTED;
}

/* Lines of an introduction that begins at i, or 0. *ret_has_quote: quoted lines follow. */
static int intro_at(const struct page *p, int i, bool *ret_has_quote)
{
	bool may_join = email_quote_intro_begins(line_text(p, i));
	for (int n = 1; n <= INTRO_LINES && i + n <= p->count; n++) {
		if (p->line[i + n - 1].kind != LINE_TEXT ||
		    p->line[i + n - 1].to - p->line[i].from > 500)
			return 0;
		char joined[520];
		size_t bytes = p->line[i + n - 1].to - p->line[i].from;
		memcpy(joined, p->body.p + p->line[i].from, bytes);
		for (size_t k = 0; k < bytes; k++)
			joined[k] = joined[k] == '\n' ? ' ' : joined[k];
		*ret_has_quote = is_quoted_at(p, skip_empty(p, i + n));
		if (email_quote_intro(text_slice(joined, bytes), *ret_has_quote))
			return n;
		if (!may_join)
			return 0;
	}
	return 0;
}

/* Whether three of the header lines a mail program writes stand from i on; *ret_end is behind. */
static bool is_header_block(const struct page *p, int i, int *ret_end)
{
	int labels = 0, others = 0, kinds = 0, last = i;
	for (int k = i; k < p->count && k < i + LABEL_LINES; k++) {
		int label = email_quote_label(line_text(p, k));
		if (p->line[k].kind == LINE_EMPTY || (label == 0 && (k == i || ++others > 2)))
			break;
		if (label != 0)
			last = k + 1;
		if (label != 0 && (labels & label) == 0)
			kinds++;
		labels |= label;
	}
	*ret_end = last;
	return (labels & LABEL_FROM) != 0 && kinds >= 3;
}

static void set_part(struct page *p, int from, int to, enum part part)
{
	for (int i = from; i < to; i++)
		if (p->line[i].part != PART_EMPTY)
			p->line[i].part = part;
}

/* A separator or a header block at i: an introduction where marked lines follow, else all behind
 * it is quoted. Returns the line to go on with, or -1 where it is neither. */
static int take_block(struct page *p, int i)
{
	int at = i, end = i;
	bool is_separator = p->line[i].kind == LINE_SEPARATOR;
	if (p->line[i].kind == LINE_RULE || is_separator)
		at = skip_empty(p, i + 1);
	else if (email_quote_label(line_text(p, i)) == 0)
		return -1;
	bool has_block = at < p->count && is_header_block(p, at, &end);
	if (!is_separator && !has_block)
		return -1;
	end = has_block ? end : at;
	int next = skip_empty(p, end);
	bool has_quote = false;
	int intro = next < p->count ? intro_at(p, next, &has_quote) : 0;
	if (intro > 0 && has_quote)
		next = skip_empty(p, next + intro);
	if (is_quoted_at(p, next)) {
		set_part(p, i, next, PART_INTRO);
		return next;
	}
	p->limit = i;
	p->is_cut = true;
	return p->count;
}

static void find_blocks(struct page *p)
{
	for (int i = 0; i < p->limit;) {
		if (p->line[i].kind == LINE_FORWARD) {
			p->limit = i; /* it was sent on to be read */
			return;
		}
		if (p->line[i].kind == LINE_EMPTY || p->line[i].kind == LINE_QUOTED) {
			i++;
			continue;
		}
		int next = take_block(p, i);
		bool has_quote = false;
		int n = next < 0 ? intro_at(p, i, &has_quote) : 0;
		if (n > 0 && has_quote) {
			set_part(p, i, i + n, PART_INTRO);
			next = i + n;
		} else if (n > 0 && skip_empty(p, i + n) < p->count) {
			p->limit = i;
			p->is_cut = true;
			return;
		}
		i = next > i ? next : i + 1;
	}
}

/* ---- signatures ---- */

/* Up to the next introduction or quotation: where a signature must have ended. */
static int block_end(const struct page *p, int i)
{
	while (i < p->limit && p->line[i].part != PART_INTRO && p->line[i].part != PART_QUOTED)
		i++;
	return i;
}

static int words_between(const struct page *p, int from, int to)
{
	int count = 0;
	for (int i = from; i < to; i++)
		count += p->line[i].part == PART_TEXT;
	return count;
}

/* What a list adds below a rule: a few lines, the first or second of which says so. */
static bool is_list_footer(const struct page *p, int i, int end)
{
	int words = words_between(p, i + 1, i + LIST_LINES + 2 < end ? i + LIST_LINES + 2 : end);
	bool is_list = false;
	for (int k = i + 1; k < end && k <= i + 2; k++)
		is_list |= email_quote_is_list(line_text(p, k));
	return is_list && words <= LIST_LINES;
}

static void find_signatures(struct page *p)
{
	int end = -1;
	for (int i = 0; i < p->limit; i++) {
		enum quote_line kind = p->line[i].kind;
		if (p->line[i].part != PART_TEXT)
			continue;
		if (kind != LINE_SIGNATURE && kind != LINE_MOBILE && kind != LINE_DISCLAIMER &&
		    kind != LINE_RULE)
			continue;
		if (end <= i)
			end = block_end(p, i);
		int words = words_between(
			p, i + 1, i + SIGNATURE_LINES + 2 < end ? i + SIGNATURE_LINES + 2 : end);
		/* A program's own line stands last, or before another signature. */
		bool is_mobile = kind == LINE_MOBILE && words == 0;
		bool is_block = kind == LINE_RULE
					? is_list_footer(p, i, end)
					: kind != LINE_MOBILE && words <= SIGNATURE_LINES &&
						  (kind == LINE_DISCLAIMER || words > 0);
		if (is_mobile || is_block) {
			set_part(p, i, end, PART_SIGNATURE);
			i = end - 1;
		} else if (kind == LINE_MOBILE && i + 1 < end) {
			int next = skip_empty(p, i + 1);
			enum quote_line behind = next < end ? p->line[next].kind : LINE_TEXT;
			if (behind == LINE_DISCLAIMER || behind == LINE_SIGNATURE ||
			    behind == LINE_MOBILE)
				p->line[i].part = PART_SIGNATURE;
		}
	}
}

/* ---- deciding ---- */

struct order { /* how words and quotations follow each other */
	int runs, texts, quoted_lines;
	bool has_text_before, has_text_after;
};

static struct order order_of(const struct page *p)
{
	struct order o = {0};
	enum part last = PART_EMPTY;
	for (int i = 0; i < p->limit; i++) {
		enum part part = p->line[i].part == PART_INTRO ? PART_QUOTED : p->line[i].part;
		if (part == PART_TEXT) {
			o.has_text_before |= o.runs == 0;
			o.has_text_after = o.runs > 0;
			o.texts++;
		} else if (part == PART_QUOTED) {
			o.runs += last != PART_QUOTED;
			o.quoted_lines++;
		}
		if (part == PART_TEXT || part == PART_QUOTED)
			last = part;
	}
	return o;
}

static void add_fold(struct mail_folds *ret, enum mail_fold_kind kind, size_t from, size_t to)
{
	struct mail_fold *last = ret->count > 0 ? &ret->item[ret->count - 1] : NULL;
	if (last != NULL && last->kind == kind && last->to + 1 >= from)
		last->to = (uint32_t)to;
	else if (ret->count < MAIL_FOLDS_MAX)
		ret->item[ret->count++] = (struct mail_fold){kind, (uint32_t)from, (uint32_t)to};
}

/* Blank lines inside a stretch belong to it; those around it do not. */
static void emit(const struct page *p, bool with_quotes, struct mail_folds *ret)
{
	for (int i = 0; i < p->limit; i++) {
		enum part part = p->line[i].part;
		bool is_signature = part == PART_SIGNATURE;
		bool is_quote = with_quotes && (part == PART_INTRO || part == PART_QUOTED);
		int last = i;
		if (!is_signature && !is_quote)
			continue;
		for (int k = i; k < p->limit; k++) {
			enum part next = p->line[k].part;
			bool is_same = is_signature ? next == PART_SIGNATURE
						    : next == PART_INTRO || next == PART_QUOTED;
			if (!is_same && next != PART_EMPTY)
				break;
			last = is_same ? k : last;
		}
		add_fold(ret, is_signature ? MAIL_FOLD_SIGNATURE : MAIL_FOLD_QUOTE, p->line[i].from,
			 p->line[last].to);
		i = last;
	}
	if (p->is_cut)
		add_fold(ret, MAIL_FOLD_QUOTE, p->line[p->limit].from, p->body.n);
}

void email_quote_text(struct usher_text body, struct mail_folds *ret)
{
	struct page p = {.body = body};
	ret->count = 0;
	if (body.n == 0 || body.n > UINT32_MAX)
		return;
	split(&p);
	find_blocks(&p);
	find_signatures(&p);
	struct order o = order_of(&p);
	bool is_top = o.runs == 1 && o.has_text_before && !o.has_text_after;
	bool is_bottom = o.runs == 1 && !o.has_text_before && o.has_text_after &&
			 o.quoted_lines > SHORT_CONTEXT;
	bool is_whole = p.count < QUOTE_LINES_MAX; /* what stands behind might answer in between */
	if (o.texts > 0 && is_whole)
		emit(&p, is_top || is_bottom, ret);
	free(p.line);
}
