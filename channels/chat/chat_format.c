/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/chat/chat_format.h"

#include "channels/json.h"

#include <stdio.h>

const char *chat_state_name(enum chat_state state)
{
	static const char *const names[] = {"none", "waiting", "active", "closed"};
	return names[state];
}

static void open_frame(struct usher_buf *b, const char *kind)
{
	json_out_open(b, NULL, '{');
	json_out_string(b, "t", kind);
}

static void out_number(struct usher_buf *b, int64_t number)
{
	char text[32];
	snprintf(text, sizeof text, "C-%lld", (long long)number);
	json_out_string(b, "number", number > 0 ? text : NULL);
}

static void out_time(struct usher_buf *b, usher_us at)
{
	char text[TIME_TEXT_BYTES];
	time_format(at, text);
	json_out_string(b, "at", text);
}

void chat_format_hello(struct usher_buf *b, const struct chat_hello *hello)
{
	open_frame(b, "hello");
	json_out_text(b, "visitor", hello->visitor);
	json_out_string(b, "conv", hello->conv);
	out_number(b, hello->number);
	json_out_integer(b, "head", hello->head);
	json_out_string(b, "state", chat_state_name(hello->state));
	json_out_string(b, "title", hello->title);
	json_out_string(b, "greeting", hello->greeting);
	json_out_integer(b, "ping_s", CHAT_PING_S);
	json_out_open(b, "limits", '{');
	json_out_integer(b, "text", hello->text_max);
	json_out_close(b, '}');
	json_out_close(b, '}');
}

/* Only links and events carry members of interest here; most messages have none to read. */
static bool fields_text(const struct contact_message *m, const char *name, struct usher_buf *ret)
{
	struct json_t *fields;
	struct usher_text value = TEXT_NONE;
	if (m->fields.n == 0 || json_in(&fields, m->fields, NULL) < 0)
		return false;
	bool is_found = json_in_text(fields, name, 4096, &value) == 0 && value.n > 0;
	if (is_found)
		buf_add_text(ret, value);
	json_in_free(fields);
	return is_found;
}

bool chat_is_shown(const struct contact_message *m)
{
	if (m->kind == MESSAGE_NOTE)
		return false;
	if (m->kind != MESSAGE_EVENT)
		return true;
	struct usher_buf audience = {0};
	bool is_internal = fields_text(m, "audience", &audience) &&
			   text_equal(buf_text(&audience), TEXT("agent"));
	buf_done(&audience);
	return !is_internal;
}

static const char *kind_of(enum message_kind kind)
{
	return kind == MESSAGE_EVENT ? "event" : kind == MESSAGE_LINK ? "link" : "msg";
}

void chat_format_event(struct usher_buf *b, const struct contact_message *m, const char *id,
		       struct usher_text cid)
{
	struct usher_buf url = {0};
	open_frame(b, "ev");
	json_out_integer(b, "seq", m->seq);
	json_out_string(b, "id", id);
	json_out_string(b, "kind", kind_of(m->kind));
	json_out_string(b, "from", message_author_name(m->author));
	json_out_text_or_null(b, "name", m->author_name);
	out_time(b, m->at_us);
	json_out_text(b, "text", m->body);
	if (m->kind == MESSAGE_LINK && fields_text(m, "url", &url))
		json_out_text(b, "url", buf_text(&url));
	if (cid.n > 0)
		json_out_text(b, "cid", cid);
	json_out_close(b, '}');
	buf_done(&url);
}

void chat_format_ack(struct usher_buf *b, const struct chat_ack *ack)
{
	open_frame(b, "ack");
	json_out_string(b, "cid", ack->cid);
	json_out_string(b, "id", ack->id);
	json_out_integer(b, "seq", ack->seq);
	out_time(b, ack->at_us);
	json_out_string(b, "conv", ack->conv);
	out_number(b, ack->number);
	json_out_close(b, '}');
}

void chat_format_nack(struct usher_buf *b, struct usher_text cid, const char *code,
		      int64_t retry_ms, const char *text)
{
	open_frame(b, "nack");
	json_out_text(b, "cid", cid);
	json_out_string(b, "code", code);
	json_out_integer(b, "retry_ms", retry_ms);
	json_out_string(b, "text", text);
	json_out_close(b, '}');
}

void chat_format_typing(struct usher_buf *b, bool is_on, const char *name)
{
	open_frame(b, "typing");
	json_out_boolean(b, "on", is_on);
	json_out_string(b, "name", name);
	json_out_close(b, '}');
}

void chat_format_place(struct usher_buf *b, uint32_t position, usher_us low_us, usher_us high_us)
{
	open_frame(b, "place");
	json_out_integer(b, "position", position);
	json_out_integer(b, "low_s", low_us / USHER_SECOND);
	json_out_integer(b, "high_s", (high_us + USHER_SECOND - 1) / USHER_SECOND);
	json_out_close(b, '}');
}

void chat_format_state(struct usher_buf *b, enum chat_state state, const char *agent,
		       const char *reason, const char *text)
{
	open_frame(b, "state");
	json_out_string(b, "state", chat_state_name(state));
	json_out_string(b, "agent", agent);
	if (reason != NULL)
		json_out_string(b, "reason", reason);
	json_out_string(b, "text", text);
	json_out_close(b, '}');
}

void chat_format_pong(struct usher_buf *b, int64_t n)
{
	open_frame(b, "pong");
	json_out_integer(b, "n", n);
	json_out_close(b, '}');
}

void chat_format_bye(struct usher_buf *b, int code, int64_t retry_ms)
{
	open_frame(b, "bye");
	json_out_integer(b, "code", code);
	json_out_integer(b, "retry_ms", retry_ms);
	json_out_close(b, '}');
}
