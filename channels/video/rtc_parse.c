/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/video/rtc_parse.h"

#include "channels/video/ticket.h"

#define CANDIDATE_BYTES_MAX 4096

static int parse_join(const struct json_t *o, struct rtc_frame *f, struct usher_error *reterr)
{
	if (json_in_text(o, "ticket", TICKET_BYTES_MAX, &f->ticket) < 0 || f->ticket.n == 0)
		return usher_error_set(reterr, E_INVALID, "join: ticket must be given");
	if (json_in_text(o, "name", RTC_FRAME_BYTES_MAX, &f->name) < 0)
		f->name = TEXT_NONE;
	f->name = text_trim(f->name);
	f->name.n = text_fit(f->name, TICKET_NAME_BYTES_MAX);
	for (size_t i = 0; i < f->name.n; i++)
		if ((unsigned char)f->name.p[i] < 0x20 || f->name.p[i] == 0x7f)
			f->name = TEXT_NONE;
	return 0;
}

static int check_description(const struct json_t *o, struct usher_error *reterr)
{
	static const char *const types[] = {"offer", "answer", "pranswer", "rollback"};
	const struct json_t *d = json_in_object(o, "description");
	struct usher_text type, sdp;
	if (d == NULL || json_in_text(d, "type", 20, &type) < 0 ||
	    json_in_text(d, "sdp", RTC_FRAME_BYTES_MAX, &sdp) < 0)
		return usher_error_set(reterr, E_INVALID, "description: expected type and sdp");
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (text_equal(type, text_of(types[i])))
			return 0;
	return usher_error_set(reterr, E_INVALID, "description: unknown type");
}

static int check_candidate(const struct json_t *o, struct usher_error *reterr)
{
	const struct json_t *c = json_in_object(o, "candidate");
	struct usher_text text;
	if (json_in_is_null(o, "candidate"))
		return 0;
	if (c == NULL || json_in_text(c, "candidate", CANDIDATE_BYTES_MAX, &text) < 0)
		return usher_error_set(reterr, E_INVALID, "candidate: expected an object or null");
	return 0;
}

static int parse_members(const struct json_t *o, struct rtc_frame *f, struct usher_error *reterr)
{
	struct usher_text t;
	if (json_in_text(o, "t", 40, &t) < 0 || t.n == 0)
		return usher_error_set(reterr, E_INVALID, "t must name the kind of frame");
	if (text_equal(t, TEXT("join"))) {
		f->kind = RTC_JOIN;
		return parse_join(o, f, reterr);
	}
	if (text_equal(t, TEXT("description"))) {
		f->kind = RTC_DESCRIPTION;
		return check_description(o, reterr);
	}
	if (text_equal(t, TEXT("candidate"))) {
		f->kind = RTC_CANDIDATE;
		return check_candidate(o, reterr);
	}
	f->kind = text_equal(t, TEXT("leave")) ? RTC_LEAVE : RTC_OTHER;
	return 0;
}

int rtc_parse(struct usher_text message, struct rtc_frame *ret, struct usher_error *reterr)
{
	struct rtc_frame f = {0};
	if (message.n > RTC_FRAME_BYTES_MAX)
		return usher_error_set(reterr, E_INVALID, "a frame may have %d bytes",
				       RTC_FRAME_BYTES_MAX);
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

void rtc_frame_done(struct rtc_frame *frame)
{
	frame->tree = json_in_free(frame->tree);
}
