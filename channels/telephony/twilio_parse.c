/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/telephony/twilio_parse.h"

#include <stdio.h>

#define CALLER_NAME_BYTES_MAX 200
#define ADDRESS_BYTES_MAX 200
#define NUMBER_MAX 1000000000

/* ---- the form ---------------------------------------------------------------------------------
 */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static struct usher_text decode(struct usher_text t, struct arena *arena)
{
	char *out = arena_new(arena, t.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < t.n; i++) {
		bool is_escape = t.p[i] == '%' && i + 2 < t.n && hex_digit(t.p[i + 1]) >= 0 &&
				 hex_digit(t.p[i + 2]) >= 0;
		if (is_escape) {
			out[n++] = (char)(hex_digit(t.p[i + 1]) << 4 | hex_digit(t.p[i + 2]));
			i += 2;
		} else {
			out[n++] = t.p[i] == '+' ? ' ' : t.p[i];
		}
	}
	return text_slice(out, n);
}

static size_t count_params(struct usher_text body)
{
	size_t n = 0;
	while (body.n > 0)
		n += text_cut(&body, '&').n > 0;
	return n;
}

int form_parse(struct usher_text body, struct arena *arena, struct form *ret,
	       struct usher_error *reterr)
{
	if (body.n > FORM_BYTES_MAX)
		return usher_error_set(reterr, E_LIMIT, "a form may have %d bytes", FORM_BYTES_MAX);
	size_t count = count_params(body);
	if (count > FORM_PARAMS_MAX)
		return usher_error_set(reterr, E_LIMIT, "a form may have %d parameters",
				       FORM_PARAMS_MAX);
	struct form form = {arena_new(arena, (count + 1) * sizeof *form.params), 0};
	while (body.n > 0) {
		struct usher_text value = text_cut(&body, '&');
		if (value.n == 0)
			continue;
		struct usher_text name = text_cut(&value, '=');
		form.params[form.count++] =
			(struct form_param){decode(name, arena), decode(value, arena)};
	}
	*ret = form;
	return 0;
}

struct usher_text form_get(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->count; i++)
		if (text_equal(form->params[i].name, text_of(name)))
			return form->params[i].value;
	return TEXT_NONE;
}

/* ---- grammar of single values ------------------------------------------------------------------
 */

bool sid_is_valid(struct usher_text sid)
{
	for (size_t i = 0; i < sid.n; i++) {
		char c = sid.p[i];
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      c == '-' || c == '_'))
			return false;
	}
	return sid.n >= 1 && sid.n <= SID_BYTES_MAX;
}

static struct usher_text sid(const struct form *form, const char *name)
{
	struct usher_text t = form_get(form, name);
	return sid_is_valid(t) ? t : TEXT_NONE;
}

static struct usher_text label(const struct form *form, const char *name, size_t max)
{
	struct usher_text t = form_get(form, name);
	if (!text_is_utf8(t))
		return TEXT_NONE;
	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] < 0x20 || t.p[i] == 0x7f)
			return TEXT_NONE;
	t.n = text_fit(t, max);
	return t;
}

static bool is_e164(struct usher_text t)
{
	if (t.n < 4 || t.n > 16 || t.p[0] != '+' || t.p[1] == '0')
		return false;
	for (size_t i = 1; i < t.n; i++)
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	return true;
}

static struct usher_text address(const struct form *form)
{
	struct usher_text t = label(form, "From", ADDRESS_BYTES_MAX);
	bool is_known =
		is_e164(t) || text_starts(t, TEXT("sip:")) || text_starts(t, TEXT("client:"));
	return is_known ? t : TEXT("anonymous");
}

static int64_t number(const struct form *form, const char *name)
{
	uint64_t value;
	struct usher_text t = form_get(form, name);
	return text_to_u64(t, &value) == 0 && value < NUMBER_MAX ? (int64_t)value : -1;
}

struct word {
	const char *text;
	int value;
};

/* The first row stands for everything that is not listed. */
static int word(struct usher_text t, const struct word *words, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (text_equal(t, text_of(words[i].text)))
			return words[i].value;
	return words[0].value;
}
#define WORD(t, words) word(t, words, sizeof(words) / sizeof *(words))

static const struct word statuses[] = {
	{"", CALL_STATUS_NONE},
	{"queued", CALL_QUEUED},
	{"initiated", CALL_INITIATED},
	{"ringing", CALL_RINGING},
	{"in-progress", CALL_IN_PROGRESS},
	{"completed", CALL_COMPLETED},
	{"canceled", CALL_CANCELED},
	{"no-answer", CALL_NO_ANSWER},
	{"busy", CALL_BUSY},
	{"failed", CALL_FAILED},
};

enum call_status call_status_from(struct usher_text text)
{
	return (enum call_status)WORD(text, statuses);
}

const char *call_status_name(enum call_status status)
{
	return statuses[status].text;
}

static enum queue_result queue_result(struct usher_text t)
{
	static const struct word words[] = {
		{"", QUEUE_REDIRECTED},	  {"leave", QUEUE_LEAVE},
		{"hangup", QUEUE_HANGUP}, {"queue-full", QUEUE_BROKEN},
		{"error", QUEUE_BROKEN},  {"system-error", QUEUE_BROKEN},
	};
	return t.n == 0 ? QUEUE_NONE : (enum queue_result)WORD(t, words);
}

static enum room_event room_event(struct usher_text t)
{
	static const struct word words[] = {
		{"", ROOM_OTHER},
		{"participant-join", ROOM_JOIN},
		{"participant-leave", ROOM_LEAVE},
		{"participant-hold", ROOM_HOLD},
		{"participant-unhold", ROOM_UNHOLD},
		{"conference-end", ROOM_END},
	};
	return t.n == 0 ? ROOM_NONE : (enum room_event)WORD(t, words);
}

/* ---- dates ------------------------------------------------------------------------------------
 */

static int month_of(struct usher_text t)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	for (int i = 0; t.n == 3 && i < 12; i++)
		if (memcmp(names + 3 * i, t.p, 3) == 0)
			return i + 1;
	return 0;
}

int mail_date_parse(struct usher_text t, usher_us *ret)
{
	char rfc3339[32];
	uint64_t day, year, offset;
	struct usher_text rest = t;
	if (memchr(t.n > 0 ? t.p : "", ',', t.n) != NULL)
		text_cut(&rest, ',');
	rest = text_trim(rest);
	struct usher_text day_text = text_cut(&rest, ' ');
	int month = month_of(text_cut(&rest, ' '));
	struct usher_text year_text = text_cut(&rest, ' ');
	struct usher_text clock = text_cut(&rest, ' ');
	if (month == 0 || clock.n != 8 || rest.n != 5 || day_text.n > 2 || year_text.n != 4 ||
	    text_to_u64(day_text, &day) < 0 || text_to_u64(year_text, &year) < 0 ||
	    text_to_u64(text_slice(rest.p + 1, 4), &offset) < 0)
		return E_INVALID;
	snprintf(rfc3339, sizeof rfc3339, "%04u-%02u-%02uT%.8s%c%02u:%02u", (unsigned)year % 10000,
		 (unsigned)month, (unsigned)day % 100, clock.p, rest.p[0],
		 (unsigned)(offset / 100) % 100, (unsigned)(offset % 100));
	return time_parse(text_of(rfc3339), ret);
}

/* ---- the callback -----------------------------------------------------------------------------
 */

void twilio_read(const struct form *form, struct twilio_callback *ret)
{
	struct usher_text reason = form_get(form, "ReasonParticipantLeft");
	*ret = (struct twilio_callback){
		.account_sid = sid(form, "AccountSid"),
		.call_sid = sid(form, "CallSid"),
		.conference_sid = sid(form, "ConferenceSid"),
		.from = address(form),
		.caller_name = label(form, "CallerName", CALLER_NAME_BYTES_MAX),
		.room = label(form, "FriendlyName", 100),
		.label = label(form, "ParticipantLabel", 128),
		.status = call_status_from(form_get(form, "CallStatus")),
		.participant_status = call_status_from(form_get(form, "ParticipantCallStatus")),
		.queue_result = queue_result(form_get(form, "QueueResult")),
		.room_event = room_event(form_get(form, "StatusCallbackEvent")),
		.is_hung_up = text_equal(reason, TEXT("participant_hung_up")),
		.sequence = number(form, "SequenceNumber"),
		.seconds = number(form, "CallDuration"),
	};
	if (mail_date_parse(form_get(form, "Timestamp"), &ret->at_us) < 0)
		ret->at_us = 0;
}
