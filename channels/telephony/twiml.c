/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/telephony/twiml.h"

#include <stdio.h>

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>";

void twiml_begin(struct usher_buf *b)
{
	buf_adds(b, head);
}

void twiml_end(struct usher_buf *b)
{
	if (b->n >= sizeof head - 1 && strcmp(b->p + b->n - (sizeof head - 1), head) == 0) {
		b->n--;
		buf_adds(b, "/>");
		return;
	}
	buf_adds(b, "</Response>");
}

void twiml_escape(struct usher_buf *b, struct usher_text text, bool is_attribute)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '&')
			buf_adds(b, "&amp;");
		else if (c == '<')
			buf_adds(b, "&lt;");
		else if (c == '>')
			buf_adds(b, "&gt;");
		else if (c == '"' && is_attribute)
			buf_adds(b, "&quot;");
		else if ((c == '\n' || c == '\t' || c == '\r') && is_attribute)
			buf_addf(b, "&#%d;", c);
		else if ((unsigned char)c >= 0x20 || c == '\n' || c == '\t')
			buf_addc(b, c);
	}
}

struct attribute {
	const char *name, *value; /* value NULL: left out */
};

static void open_tag(struct usher_buf *b, const char *name, const struct attribute *attributes)
{
	buf_addf(b, "<%s", name);
	for (; attributes != NULL && attributes->name != NULL; attributes++) {
		if (attributes->value == NULL)
			continue;
		buf_addf(b, " %s=\"", attributes->name);
		twiml_escape(b, text_of(attributes->value), true);
		buf_addc(b, '"');
	}
}

static void element(struct usher_buf *b, const char *name, const struct attribute *attributes,
		    const char *text)
{
	open_tag(b, name, attributes);
	if (text == NULL || text[0] == '\0') {
		buf_adds(b, "/>");
		return;
	}
	buf_addc(b, '>');
	twiml_escape(b, text_of(text), false);
	buf_addf(b, "</%s>", name);
}

void twiml_say(struct usher_buf *b, const char *language, const char *voice, const char *text)
{
	const struct attribute attributes[] = {{"language", language}, {"voice", voice}, {0}};
	element(b, "Say", attributes, text);
}

void twiml_play(struct usher_buf *b, const char *url, int loop)
{
	char number[16];
	snprintf(number, sizeof number, "%d", loop);
	const struct attribute attributes[] = {{"loop", number}, {0}};
	element(b, "Play", attributes, url);
}

void twiml_pause(struct usher_buf *b, int seconds)
{
	char number[16];
	snprintf(number, sizeof number, "%d", seconds);
	const struct attribute attributes[] = {{"length", number}, {0}};
	element(b, "Pause", attributes, NULL);
}

void twiml_hangup(struct usher_buf *b)
{
	element(b, "Hangup", NULL, NULL);
}

void twiml_leave(struct usher_buf *b)
{
	element(b, "Leave", NULL, NULL);
}

void twiml_redirect(struct usher_buf *b, const char *url)
{
	const struct attribute attributes[] = {{"method", "POST"}, {0}};
	element(b, "Redirect", attributes, url);
}

void twiml_enqueue(struct usher_buf *b, const char *queue, const char *action, const char *wait_url)
{
	const struct attribute attributes[] = {{"action", action},
					       {"method", "POST"},
					       {"waitUrl", wait_url},
					       {"waitUrlMethod", "POST"},
					       {0}};
	element(b, "Enqueue", attributes, queue);
}

void twiml_conference(struct usher_buf *b, const struct twiml_conference *c)
{
	const struct attribute dial[] = {{"action", c->action}, {0}};
	const struct attribute attributes[] = {
		{"coach", c->coach},
		{"muted", c->muted},
		{"startConferenceOnEnter", c->starts},
		{"endConferenceOnExit", c->ends},
		{"beep", c->beep},
		{"waitUrl", c->wait_url},
		{"record", c->record},
		{"recordingStatusCallback", c->record_url},
		{"statusCallback", c->status_url},
		{"statusCallbackEvent", c->status_events},
		{"participantLabel", c->label},
		{0},
	};
	open_tag(b, "Dial", dial);
	buf_addc(b, '>');
	element(b, "Conference", attributes, c->room);
	buf_adds(b, "</Dial>");
}
