/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_lmtp_parse.h"

#include "channels/email/email_address.h"

enum lmtp_line lmtp_take_line(struct usher_text input, struct usher_text *ret_line,
			      size_t *ret_used)
{
	const char *end = input.n > 0 ? memchr(input.p, '\n', input.n) : NULL;
	size_t n = end != NULL ? (size_t)(end - input.p) : input.n;
	*ret_used = end != NULL ? n + 1 : n;
	if (n > LMTP_LINE_MAX)
		return LMTP_LINE_LONG;
	if (end == NULL)
		return LMTP_LINE_MORE;
	if (n == 0 || input.p[n - 1] != '\r' || memchr(input.p, '\r', n - 1) != NULL ||
	    memchr(input.p, '\0', n) != NULL)
		return LMTP_LINE_BARE;
	*ret_line = text_slice(input.p, n - 1);
	return LMTP_LINE_READY;
}

static const struct {
	const char *word;
	enum lmtp_verb verb;
	bool takes_argument;
} verbs[] = {
	{"LHLO", LMTP_LHLO, true},  {"MAIL", LMTP_MAIL, true},	{"RCPT", LMTP_RCPT, true},
	{"DATA", LMTP_DATA, false}, {"RSET", LMTP_RSET, false}, {"NOOP", LMTP_NOOP, true},
	{"QUIT", LMTP_QUIT, false}, {"VRFY", LMTP_VRFY, true},	{"HELO", LMTP_HELO, true},
	{"EHLO", LMTP_HELO, true},
};

/* "FROM:<a@b>" or "TO:<a@b>": the path; *rest is what follows the '>'. */
static bool take_path(struct usher_text *rest, const char *label, struct usher_text *ret)
{
	struct usher_text want = text_of(label);
	if (rest->n < want.n || !text_equal_nocase(text_slice(rest->p, want.n), want))
		return false;
	struct usher_text path = text_trim(text_slice(rest->p + want.n, rest->n - want.n));
	const char *end = path.n > 0 ? memchr(path.p, '>', path.n) : NULL;
	if (end == NULL || path.p[0] != '<')
		return false;
	size_t n = (size_t)(end - path.p);
	*ret = text_slice(path.p + 1, n - 1);
	*rest = text_slice(path.p + n + 1, path.n - n - 1);
	/* A source route "@a,@b:" is obsolete and ignored (RFC 5321, 4.1.1.3). */
	if (ret->n > 0 && ret->p[0] == '@' && memchr(ret->p, ':', ret->n) != NULL)
		text_cut(ret, ':');
	return rest->n == 0 || rest->p[0] == ' ';
}

static void parse_parameters(struct usher_text rest, struct lmtp_command *ret)
{
	while (rest.n > 0) {
		struct usher_text value = text_cut(&rest, ' ');
		struct usher_text name = text_cut(&value, '=');
		if (name.n == 0)
			continue;
		if (text_equal_nocase(name, TEXT("SMTPUTF8")))
			ret->is_utf8 = true;
		else if (text_equal_nocase(name, TEXT("SIZE"))) {
			if (text_to_u64(value, &ret->size) < 0)
				ret->fault = "501 5.5.4 SIZE wants a number";
		} else if (text_equal_nocase(name, TEXT("BODY"))) {
			if (!text_equal_nocase(value, TEXT("7BIT")) &&
			    !text_equal_nocase(value, TEXT("8BITMIME")))
				ret->fault = "501 5.5.4 BODY is 7BIT or 8BITMIME";
		} else if (ret->verb == LMTP_MAIL && !text_equal_nocase(name, TEXT("AUTH")) &&
			   !text_equal_nocase(name, TEXT("RET")) &&
			   !text_equal_nocase(name, TEXT("ENVID"))) {
			ret->fault = "555 5.5.4 unknown parameter";
		}
	}
}

static void parse_path(struct usher_text rest, struct lmtp_command *ret)
{
	bool is_mail = ret->verb == LMTP_MAIL;
	if (!take_path(&rest, is_mail ? "FROM:" : "TO:", &ret->address)) {
		ret->fault = is_mail ? "501 5.5.4 expected FROM:<address>"
				     : "501 5.5.4 expected TO:<address>";
		return;
	}
	parse_parameters(rest, ret);
	bool is_null = is_mail && ret->address.n == 0;
	if (!is_null && !email_address_check_utf8(ret->address) && ret->fault == NULL)
		ret->fault = is_mail ? "501 5.1.7 bad sender address" : "501 5.1.3 bad address";
}

void lmtp_parse(struct usher_text line, struct lmtp_command *ret)
{
	*ret = (struct lmtp_command){.verb = LMTP_BAD};
	struct usher_text rest = line;
	struct usher_text word = text_cut(&rest, ' ');
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		if (!text_equal_nocase(word, text_of(verbs[i].word)))
			continue;
		ret->verb = verbs[i].verb;
		ret->argument = text_trim(rest);
		if (!verbs[i].takes_argument && ret->argument.n > 0)
			ret->fault = "501 5.5.4 no argument allowed";
	}
	if (ret->verb == LMTP_MAIL || ret->verb == LMTP_RCPT)
		parse_path(ret->argument, ret);
	else if (ret->verb == LMTP_LHLO && ret->argument.n == 0)
		ret->fault = "501 5.5.4 expected a name";
}

/* ---- data ---- */

enum { LINE_START, DOT, DOT_CR, INSIDE, INSIDE_CR };

void lmtp_data_init(struct lmtp_data *d, size_t max)
{
	*d = (struct lmtp_data){.state = LINE_START, .max = max};
}

static void keep(struct lmtp_data *d, struct usher_buf *ret, const char *p, size_t n)
{
	d->bytes += n;
	if (ret->n + n <= d->max)
		buf_add(ret, p, n);
	else
		d->is_over = true;
}

bool lmtp_data_feed(struct lmtp_data *d, struct usher_text input, size_t *ret_used,
		    struct usher_buf *ret)
{
	size_t i = 0;
	for (; i < input.n; i++) {
		char c = input.p[i];
		switch (d->state) {
		case DOT_CR:
			if (c == '\n') {
				*ret_used = i + 1;
				return true;
			}
			keep(d, ret, "\r", 1); /* the dot was stuffing; a lone CR follows it */
			d->state = INSIDE;
			break;
		case LINE_START:
			if (c == '.') {
				d->state = DOT;
				continue;
			}
			break;
		case DOT:
			if (c == '\r') {
				d->state = DOT_CR;
				continue;
			}
			break;
		case INSIDE: {
			const char *cr = memchr(input.p + i, '\r', input.n - i);
			size_t n = cr != NULL ? (size_t)(cr - input.p) - i : input.n - i;
			if (n > 0) {
				keep(d, ret, input.p + i, n);
				i += n - 1;
				continue;
			}
			break;
		}
		default:
			break;
		}
		bool is_line_end = c == '\n' && d->state == INSIDE_CR;
		d->state = is_line_end ? LINE_START : c == '\r' ? INSIDE_CR : INSIDE;
		keep(d, ret, &c, 1);
	}
	*ret_used = i;
	return false;
}
