/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/video/rtc_format.h"

#include "channels/json.h"

const char *rtc_role_name(enum rtc_role role)
{
	return role == RTC_AGENT ? "agent" : "customer";
}

static const char *state_name(enum rtc_state state)
{
	static const char *const names[] = {"waiting", "active", "ended"};
	return names[state];
}

static void open_frame(struct usher_buf *b, const char *kind)
{
	json_out_open(b, NULL, '{');
	json_out_string(b, "t", kind);
}

static void out_urls(struct usher_buf *b, const char *urls)
{
	struct usher_text rest = text_of(urls);
	json_out_open(b, "urls", '[');
	while (rest.n > 0) {
		struct usher_text one = text_cut(&rest, ' ');
		if (one.n > 0)
			json_out_text(b, NULL, one);
	}
	json_out_close(b, ']');
}

static void out_ice(struct usher_buf *b, const struct rtc_ice *ice)
{
	json_out_open(b, "ice", '[');
	if (ice->stun_urls[0] != '\0') {
		json_out_open(b, NULL, '{');
		out_urls(b, ice->stun_urls);
		json_out_close(b, '}');
	}
	if (ice->turn_urls[0] != '\0' && ice->credential != NULL) {
		json_out_open(b, NULL, '{');
		out_urls(b, ice->turn_urls);
		json_out_string(b, "username", ice->username);
		json_out_string(b, "credential", ice->credential);
		json_out_close(b, '}');
	}
	json_out_close(b, ']');
	json_out_integer(b, "ttl_s", ice->ttl_s);
}

static void out_state(struct usher_buf *b, enum rtc_state state, uint32_t position,
		      const char *agent)
{
	json_out_string(b, "state", state_name(state));
	if (position > 0)
		json_out_integer(b, "position", position);
	else
		json_out_null(b, "position");
	json_out_string(b, "agent", agent);
}

void rtc_format_welcome(struct usher_buf *b, const struct rtc_welcome *w)
{
	open_frame(b, "welcome");
	json_out_boolean(b, "polite", w->is_polite);
	json_out_string(b, "role", rtc_role_name(w->role));
	json_out_string(b, "room", w->room);
	json_out_open(b, "peers", '[');
	if (w->has_peer) {
		json_out_open(b, NULL, '{');
		json_out_string(b, "role", rtc_role_name(w->peer_role));
		json_out_string(b, "name", w->peer_name);
		json_out_close(b, '}');
	}
	json_out_close(b, ']');
	out_ice(b, &w->ice);
	out_state(b, w->state, w->position, w->agent);
	json_out_close(b, '}');
}

void rtc_format_peer_joined(struct usher_buf *b, enum rtc_role role, const char *name)
{
	open_frame(b, "peer-joined");
	json_out_string(b, "role", rtc_role_name(role));
	json_out_string(b, "name", name);
	json_out_close(b, '}');
}

void rtc_format_peer_left(struct usher_buf *b, enum rtc_role role)
{
	open_frame(b, "peer-left");
	json_out_string(b, "role", rtc_role_name(role));
	json_out_close(b, '}');
}

void rtc_format_state(struct usher_buf *b, enum rtc_state state, uint32_t position,
		      const char *agent)
{
	open_frame(b, "state");
	out_state(b, state, position, agent);
	json_out_close(b, '}');
}

void rtc_format_bye(struct usher_buf *b, const char *reason)
{
	open_frame(b, "bye");
	json_out_string(b, "reason", reason);
	json_out_close(b, '}');
}
