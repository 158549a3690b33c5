/* SPDX-License-Identifier: Apache-2.0 */
/* Visitors of a chat channel, for its tests. */
#ifndef TESTS_CHANNELS_LIVE_CHAT_VISIT_H
#define TESTS_CHANNELS_LIVE_CHAT_VISIT_H

#include "channels/chat/chat.h"
#include "tests/channels/live/host.h"
#include "tests/tap.h"

#include <malloc.h>
#include <stdio.h>

#define SECOND USHER_SECOND

static inline struct live *open_chat(void)
{
	return live_new(&chat_driver, "web", "{\"is_default\":true}", NULL);
}

static inline struct ws_peer *connect_from(struct live *l, const char *address)
{
	struct ws_peer *p = live_connect(l, "/chat/web", address, "https://gw.example.org");
	assert_non_null(p);
	return p;
}

/* A socket that has said hello; the token is that of the answer. */
static inline struct ws_peer *visit(struct live *l, const char *token, char ret_token[64])
{
	struct ws_peer *p = connect_from(l, "192.0.2.1");
	if (token != NULL)
		live_say(p, "{\"t\":\"hello\",\"v\":1,\"visitor\":\"%s\",\"lang\":\"en\"}", token);
	else
		live_say(p,
			 "{\"t\":\"hello\",\"v\":1,\"visitor\":null,\"name\":\"N\",\"lang\":\"en\","
			 "\"page\":{\"url\":\"https://shop.example/x\",\"title\":\"Shop\"}}");
	const char *hello = live_expect(p, "hello");
	if (ret_token != NULL)
		snprintf(ret_token, 64, "%s", live_member(hello, "visitor"));
	return p;
}

static inline const char *say_text(struct live *l, struct ws_peer *p, const char *cid,
				   const char *text)
{
	live_say(p, "{\"t\":\"send\",\"cid\":\"%s\",\"text\":\"%s\"}", cid, text);
	live_pump(l);
	return live_expect(p, "ack");
}

#endif
