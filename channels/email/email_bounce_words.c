/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounces in plain words: qmail, Exim, Postfix, sendmail, Exchange, Notes, GroupWise and those
 * nobody has heard of. No template per program: each line is weighed by its shape and its words,
 * the addresses of the heaviest kind of line are the ones that failed.
 */
#include "channels/email/email_bounce.h"

#include "channels/email/email_text.h"

#include <ctype.h>

#define LINES_MAX 1000
#define SAID_LINES 6 /* behind an address: what the server said about it */

enum weight { WEIGHT_NONE = 0, WEIGHT_NAMED = 1, WEIGHT_SAID = 2, WEIGHT_LISTED = 3 };

static bool is_local_byte(char c)
{
	return isalnum((unsigned char)c) ||
	       (c != '\0' && strchr("._%+=-'/!#&*~$^{}|", c) != NULL) || (unsigned char)c >= 0x80;
}

static bool is_domain_byte(char c)
{
	return isalnum((unsigned char)c) || c == '.' || c == '-' || (unsigned char)c >= 0x80;
}

struct usher_text email_bounce_next_address(struct usher_text line, size_t *at)
{
	for (size_t i = *at; i < line.n; i++) {
		size_t from = i, to = i + 1;
		if (line.p[i] != '@')
			continue;
		while (from > *at && is_local_byte(line.p[from - 1]))
			from--;
		while (to < line.n && is_domain_byte(line.p[to]))
			to++;
		*at = to;
		/* "SMTP=a@b", "'a@b'" and "rfc822/a@b" */
		for (size_t k = from; k < i; k++)
			if (line.p[k] == '=' && i - k > 1 && i - from < 40 && k - from == 4)
				from = k + 1;
		while (from < i && strchr("'/=.", line.p[from]) != NULL)
			from++;
		while (to > i + 1 && (line.p[to - 1] == '.' || line.p[to - 1] == '-'))
			to--;
		if (from < i && to > i + 1)
			return text_slice(line.p + from, to - from);
		i = *at > i ? *at - 1 : i;
	}
	*at = line.n;
	return TEXT_NONE;
}

/* From here on stands the mail that was returned. */
static bool begins_returned(struct usher_text line)
{
	static const char *const rules[] = {"copy of",		"original message",
					    "unsent message",	"returned message",
					    "message follows",	"message header",
					    "headers follow",	"message text",
					    "message included", NULL};
	static const char *const heads[] = {
		"return-path:", "received:", "message-id:", "mime-version:", NULL};
	struct usher_text t = text_trim(line);
	bool is_rule = t.n > 2 && (t.p[0] == '-' || t.p[0] == '=' || t.p[0] == '*');
	if (is_rule && email_bounce_has_any(t, rules))
		return true;
	for (int i = 0; heads[i] != NULL; i++) {
		struct usher_text head =
			text_slice(t.p, t.n < strlen(heads[i]) ? 0 : strlen(heads[i]));
		if (head.n > 0 && text_equal_nocase(head, text_of(heads[i])))
			return true;
	}
	return false;
}

static bool is_foreign(const struct bounce_input *in, struct usher_text address)
{
	static const char *const offices[] = {"postmaster@", "mailer-daemon@", "abuse@",
					      "hostmaster@", "helpdesk@",      "webmaster@",
					      "root@",	     "mailerdaemon@",  NULL};
	return text_equal_nocase(address, in->to) || email_bounce_has_any(address, offices);
}

static const char *const failings[] = {"550",	     "551",	    "552",	 "553",
				       "554",	     "501",	    "511",	 "571",
				       "unknown",    "not deliver", "undeliver", "could not",
				       "couldn't",   "unable",	    "failed",	 "failure",
				       "rejected",   "refused",	    "does not",	 "doesn't",
				       "no such",    "invalid",	    "full",	 "quota",
				       "disabled",   "inactive",    "not found", "not known",
				       "no mailbox", "cannot",	    "not exist", "delayed",
				       "not our",    "not listed",  "unrout",	 "did not reach",
				       "recipient",  "wasn't",	    "421",	 "450",
				       "451",	     "452",	    "still",	 "been delivered",
				       "did not",    "smtp=",	    NULL};
static const char *const others[] = {"from:",	      "contact",      "sender",	     "subject:",
				     "reply-to",      "mailto:",      "http",	     "sent by",
				     "mail from",     "message-id",   "in-reply-to", "for <",
				     "reporting-mta", "arrival-date", "forward",     "write to",
				     "from <",	      "help",	      NULL};

static enum weight weight_of(struct usher_text line, struct usher_text address)
{
	struct usher_text t = text_trim(line);
	struct usher_text rest =
		text_slice(address.p + address.n, (size_t)(t.p + t.n - (address.p + address.n)));
	size_t before = (size_t)(address.p - t.p);
	while (before > 0 && (t.p[before - 1] == '<' || t.p[before - 1] == '"' ||
			      t.p[before - 1] == '\'' || t.p[before - 1] == '('))
		before--;
	while (rest.n > 0 && strchr(">\"')", rest.p[0]) != NULL && rest.p[0] != '\0')
		rest = text_slice(rest.p + 1, rest.n - 1);
	bool is_alone = before == 0 && (rest.n == 0 || rest.p[0] == ':' || rest.p[0] == ';' ||
					rest.p[0] == ',' || text_starts(rest, TEXT("...")));
	if (is_alone)
		return WEIGHT_LISTED;
	if (email_bounce_has(t, "final-recipient") || email_bounce_has(t, "failed recipient"))
		return WEIGHT_LISTED;
	if (email_bounce_has_any(t, others))
		return WEIGHT_NONE;
	if (t.n > 3 && (text_equal_nocase(text_slice(t.p, 3), TEXT("To:")) ||
			text_equal_nocase(text_slice(t.p, 3), TEXT("Cc:"))))
		return WEIGHT_NAMED;
	if (email_bounce_has_any(t, failings))
		return WEIGHT_SAID;
	return WEIGHT_NAMED;
}

struct reading {
	const struct bounce_input *in;
	struct arena *arena;
	struct mail_report *report;
	enum weight weight;
	enum mail_fate fate;
};

/* The words up to the next blank line but one: what was said about that recipient. */
static struct usher_text said_about(struct usher_text line, struct usher_text rest)
{
	size_t n = line.n;
	for (int i = 0; i < SAID_LINES && rest.n > 0; i++) {
		struct usher_text next = text_cut(&rest, '\n');
		size_t at = 0;
		bool is_end = i > 0 && text_trim(next).n == 0;
		if (is_end || begins_returned(next) ||
		    (i > 0 && email_bounce_next_address(next, &at).n > 0 && at < 80 &&
		     !email_bounce_has_any(next, failings)))
			break;
		n = (size_t)(next.p + next.n - line.p);
	}
	return text_slice(line.p, n < 1000 ? n : 1000);
}

static void read_line(struct reading *r, struct usher_text line, struct usher_text rest)
{
	size_t at = 0;
	for (int i = 0; i < 20; i++) {
		struct usher_text address = email_bounce_next_address(line, &at);
		if (address.n == 0)
			return;
		if (address.n > MAIL_ADDRESS_BYTES_MAX || is_foreign(r->in, address))
			continue;
		enum weight weight = weight_of(line, address);
		if (weight == WEIGHT_NONE || weight < r->weight)
			continue;
		if (weight > r->weight) /* what was found before were bystanders */
			r->report->count = 0;
		r->weight = weight;
		email_bounce_add(r->report, address, r->fate, said_about(line, rest), r->arena);
	}
}

static enum mail_fate fate_of_words(struct usher_text words, struct usher_text subject)
{
	static const char *const waiting[] = {
		"will be retried",
		"not yet been deliv",
		"will continue to",
		"still trying",
		"no action is required",
		"you do not need to resend",
		"has been delayed",
		"delivery to the following recipients has been delayed",
		"will keep trying",
		"could not be delivered for the last",
		"is being delayed",
		"message will be deleted from queue",
		"attempts will continue",
		"warning message only",
		"has not been delivered yet",
		NULL};
	static const char *const subjects[] = {"delayed", "warning: message", "warning: could not",
					       "(delay)", NULL};
	static const char *const final[] = {"giving up", "given up", "permanent", "removed from",
					    NULL};
	bool is_waiting =
		email_bounce_has_any(words, waiting) || email_bounce_has_any(subject, subjects);
	return is_waiting && !email_bounce_has_any(words, final) ? MAIL_DELAYED : MAIL_FAILED;
}

static struct usher_text explanation(struct usher_text words, struct usher_text *ret_returned)
{
	struct usher_text rest = words;
	for (int i = 0; i < LINES_MAX && rest.n > 0; i++) {
		const char *at = rest.p;
		struct usher_text line = text_cut(&rest, '\n');
		if (!begins_returned(line))
			continue;
		*ret_returned = text_slice(at, (size_t)(words.p + words.n - at));
		return text_slice(words.p, (size_t)(at - words.p));
	}
	*ret_returned = words;
	return words;
}

static void find_id(struct usher_text returned, struct mail_report *report, struct arena *arena)
{
	static const char name[] = "message-id:";
	for (int i = 0; i < LINES_MAX && returned.n > 0 && report->message_id.n == 0; i++) {
		struct usher_text line = text_trim(text_cut(&returned, '\n'));
		if (line.n <= sizeof name - 1 ||
		    !text_equal_nocase(text_slice(line.p, sizeof name - 1), TEXT(name)))
			continue;
		struct usher_text value =
			text_slice(line.p + sizeof name - 1, line.n - (sizeof name - 1));
		report->message_id = arena_text(arena, email_text_next_id(&value));
	}
}

/* Exim writes the recipients into a header as well. */
static void read_failed_header(struct reading *r, struct usher_text words)
{
	struct usher_text value =
		email_header(r->in->headers, r->in->header_count, "X-Failed-Recipients");
	size_t at = 0;
	for (int i = 0; i < MAIL_REPORTED_MAX && value.n > 0; i++) {
		struct usher_text address = email_bounce_next_address(value, &at);
		if (address.n == 0)
			return;
		r->weight = WEIGHT_LISTED + 1;
		email_bounce_add(r->report, address, r->fate,
				 text_slice(words.p, words.n < 1000 ? words.n : 1000), r->arena);
	}
}

void email_bounce_words(const struct bounce_input *in, struct usher_text words, struct arena *arena,
			struct mail_report *ret)
{
	struct usher_text returned;
	if (words.n > BOUNCE_PART_BYTES_MAX)
		words.n = BOUNCE_PART_BYTES_MAX;
	struct usher_text why = explanation(words, &returned), rest = why;
	struct reading r = {in, arena, ret, WEIGHT_NONE, fate_of_words(why, in->subject)};
	if (!email_bounce_has_any(why, failings) && !email_bounce_has(in->from, "mailer-daemon@"))
		return;
	read_failed_header(&r, why);
	for (int i = 0; i < LINES_MAX && rest.n > 0; i++) {
		struct usher_text line = text_cut(&rest, '\n');
		if (line.n < 2000)
			read_line(&r, line, rest);
	}
	/* Some say who first, and why a paragraph later. */
	if (why.n > 4000)
		why.n = text_fit(why, 4000);
	for (int i = 0; i < ret->count; i++)
		if (ret->item[i].fault == MAIL_FAULT_OTHER)
			ret->item[i].fault = email_bounce_fault(TEXT_NONE, why);
	if (ret->count > 0)
		find_id(returned, ret, arena);
}
