/* SPDX-License-Identifier: Apache-2.0 */
/* Status codes (RFC 3463, RFC 7505, RFC 7372) and the words of servers into one reason. */
#include "channels/email/email_bounce.h"

#include <ctype.h>

static bool matches_at(const char *p, const char *phrase, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (tolower((unsigned char)p[i]) != phrase[i])
			return false;
	return true;
}

bool email_bounce_has(struct usher_text t, const char *phrase)
{
	size_t n = strlen(phrase);
	for (size_t i = 0; i + n <= t.n; i++)
		if (matches_at(t.p + i, phrase, n))
			return true;
	return false;
}

bool email_bounce_has_any(struct usher_text t, const char *const *phrases)
{
	for (; *phrases != NULL; phrases++)
		if (email_bounce_has(t, *phrases))
			return true;
	return false;
}

const char *email_bounce_reason(enum mail_fault fault)
{
	static const char *const reasons[MAIL_FAULTS] = {
		[MAIL_FAULT_OTHER] = "the mail server refused it",
		[MAIL_FAULT_UNKNOWN_USER] = "no such mailbox",
		[MAIL_FAULT_FULL] = "mailbox full",
		[MAIL_FAULT_INACTIVE] = "the mailbox is no longer in use",
		[MAIL_FAULT_DOMAIN] = "the domain does not exist or does not answer",
		[MAIL_FAULT_TOO_LARGE] = "message too large",
		[MAIL_FAULT_BLOCKED] = "blocked as spam",
		[MAIL_FAULT_POLICY] = "refused by a policy of the receiver",
		[MAIL_FAULT_RELAY] = "the mail server does not relay for us",
		[MAIL_FAULT_LOOP] = "the mail went round in a loop",
		[MAIL_FAULT_EXPIRED] = "tried for too long without success",
		[MAIL_FAULT_TEMPORARY] = "a temporary fault of the mail server",
	};
	return fault < MAIL_FAULTS ? reasons[fault] : reasons[MAIL_FAULT_OTHER];
}

/* "class.subject.detail" at p, with nothing of a number or a host's address around it. */
static size_t status_at(struct usher_text t, size_t i)
{
	size_t from = i, dots = 0, digits = 0;
	if (strchr("245", t.p[i]) == NULL || t.p[i] == '\0' ||
	    (i > 0 && (isalnum((unsigned char)t.p[i - 1]) || t.p[i - 1] == '.')))
		return 0;
	for (; i < t.n && i - from < 9; i++) {
		if (t.p[i] == '.') {
			if (digits == 0 || ++dots > 2 || (dots == 1 && digits != 1))
				return 0;
			digits = 0;
		} else if (isdigit((unsigned char)t.p[i])) {
			if (++digits > 3)
				return 0;
		} else {
			break;
		}
	}
	bool is_open =
		i < t.n && (isdigit((unsigned char)t.p[i]) ||
			    (t.p[i] == '.' && i + 1 < t.n && isdigit((unsigned char)t.p[i + 1])));
	return dots == 2 && digits > 0 && !is_open ? i - from : 0;
}

struct usher_text email_bounce_status(struct usher_text said)
{
	for (size_t i = 0; i < said.n; i++) {
		size_t n = status_at(said, i);
		if (n > 0)
			return text_slice(said.p + i, n);
	}
	return TEXT_NONE;
}

struct status_rule {
	const char *tail; /* subject and detail */
	enum mail_fault fault;
};

static const struct status_rule status_rules[] = {
	{"1.1", MAIL_FAULT_UNKNOWN_USER}, {"1.2", MAIL_FAULT_DOMAIN},
	{"1.3", MAIL_FAULT_UNKNOWN_USER}, {"1.6", MAIL_FAULT_INACTIVE},
	{"1.10", MAIL_FAULT_DOMAIN},	  {"2.1", MAIL_FAULT_INACTIVE},
	{"2.2", MAIL_FAULT_FULL},	  {"2.3", MAIL_FAULT_TOO_LARGE},
	{"3.1", MAIL_FAULT_FULL},	  {"3.4", MAIL_FAULT_TOO_LARGE},
	{"4.1", MAIL_FAULT_DOMAIN},	  {"4.2", MAIL_FAULT_TEMPORARY},
	{"4.3", MAIL_FAULT_DOMAIN},	  {"4.4", MAIL_FAULT_DOMAIN},
	{"4.6", MAIL_FAULT_LOOP},	  {"4.7", MAIL_FAULT_EXPIRED},
	{"7.20", MAIL_FAULT_POLICY},	  {"7.21", MAIL_FAULT_POLICY},
	{"7.23", MAIL_FAULT_POLICY},	  {"7.25", MAIL_FAULT_POLICY},
	{"7.26", MAIL_FAULT_POLICY},	  {"7.27", MAIL_FAULT_POLICY},
};

struct words_rule {
	enum mail_fault fault;
	const char *const *phrases;
};

#define PHRASES(...)              \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}

/* The most telling first: "mailbox unavailable: over quota" is about the quota. */
static const struct words_rule words_rules[] = {
	{MAIL_FAULT_FULL,
	 PHRASES("quota", "mailbox full", "mailbox is full", "mailbox size", "mailfolder is full",
		 "insufficient storage", "not enough storage", "out of storage", "inbox is full",
		 "exceeded storage", "disk full", "mailbox has exceeded")},
	{MAIL_FAULT_TOO_LARGE, PHRASES("too large", "too big", "size limit", "message size",
				       "exceeds the maximum", "maximum size", "exceeds size")},
	{MAIL_FAULT_RELAY,
	 PHRASES("relay access denied", "relaying denied", "not permitted to relay",
		 "unable to relay", "relaying not allowed", "relay not permitted",
		 "relaying prohibited", "allowed rcpthosts")},
	{MAIL_FAULT_LOOP, PHRASES("too many hops", "mail loop", "loops back to", "hop count")},
	{MAIL_FAULT_POLICY,
	 PHRASES("dmarc", "spf ", "dkim", "unauthenticated email", "sender policy",
		 "not accepting mail from", "reverse dns", "ptr record")},
	{MAIL_FAULT_BLOCKED,
	 PHRASES("spam", "blacklist", "blocklist", "block list", "blocked using", "dnsbl",
		 "is blocked", "been blocked", "bad reputation", "poor reputation",
		 "low reputation", "unsolicited", "listed at", "virus")},
	{MAIL_FAULT_INACTIVE, PHRASES("disabled", "inactive", "deactivated", "suspended",
				      "discontinued", "no longer available", "no longer in use",
				      "no longer valid", "account is closed", "mailbox closed")},
	{MAIL_FAULT_UNKNOWN_USER,
	 PHRASES("user unknown", "unknown user", "no such user", "does not exist", "doesn't exist",
		 "unknown recipient", "recipient unknown", "invalid recipient", "no such recipient",
		 "not our customer", "no mailbox", "unknown or illegal", "unknown local",
		 "unrouteable address", "address rejected", "unknown address",
		 "recipient name is not recognized", "user not found", "recipient not found",
		 "doesn't have a", "not listed in", "no such person", "bad destination mailbox",
		 "couldn't be found", "wasn't found", "address not found", "no such mailbox",
		 "mailbox not found", "not a known user", "invalid mailbox", "no account")},
	{MAIL_FAULT_DOMAIN,
	 PHRASES("host not found", "domain not found", "host unknown", "unknown host",
		 "unknown domain", "no such domain", "name or service not known",
		 "domain name not found", "couldn't find any host", "no mx", "nullmx",
		 "connection refused", "establish an smtp connection", "no route to host",
		 "unable to connect", "network unreachable")},
	{MAIL_FAULT_EXPIRED, PHRASES("retry timeout", "too long", "expired",
				     "retry time not reached", "delivery time", "maximum time")},
	{MAIL_FAULT_TEMPORARY,
	 PHRASES("greylist", "graylist", "try again later", "try later", "temporar", "timed out",
		 "timeout", "too many connections", "rate limit", "deferred")},
	{MAIL_FAULT_POLICY,
	 PHRASES("policy", "not authorized", "access denied", "not allowed", "permission",
		 "prohibited", "restricted", "rejected for", "not permitted")},
};

static enum mail_fault fault_of_words(struct usher_text said)
{
	for (size_t i = 0; i < sizeof words_rules / sizeof words_rules[0]; i++)
		if (email_bounce_has_any(said, words_rules[i].phrases))
			return words_rules[i].fault;
	return MAIL_FAULT_OTHER;
}

/* Codes with a meaning of their own win; the vague ones (x.0.0, x.1.0, x.2.0, x.7.1) only say
 * where to look, and the words what happened. */
enum mail_fault email_bounce_fault(struct usher_text status, struct usher_text said)
{
	struct usher_text tail = status;
	struct usher_text class = text_cut(&tail, '.');
	enum mail_fault by_words = fault_of_words(said);
	for (size_t i = 0; i < sizeof status_rules / sizeof status_rules[0]; i++) {
		if (!text_equal(tail, text_of(status_rules[i].tail)))
			continue;
		/* Many servers answer 5.1.1 or 5.2.1 to spam and to a full mailbox as well. */
		bool is_said_better = by_words == MAIL_FAULT_FULL ||
				      by_words == MAIL_FAULT_BLOCKED ||
				      by_words == MAIL_FAULT_INACTIVE;
		return is_said_better ? by_words : status_rules[i].fault;
	}
	if (by_words != MAIL_FAULT_OTHER)
		return by_words;
	if (text_starts(tail, TEXT("7.")))
		return MAIL_FAULT_POLICY;
	if (text_starts(tail, TEXT("1.")))
		return MAIL_FAULT_UNKNOWN_USER;
	return text_equal(class, TEXT("4")) ? MAIL_FAULT_TEMPORARY : MAIL_FAULT_OTHER;
}
