/* SPDX-License-Identifier: Apache-2.0 */
/* An agent's console on the gateway's own loop: a WebSocket client that takes frame after frame. */
#ifndef TESTS_GATEWAY_CONSOLE_H
#define TESTS_GATEWAY_CONSOLE_H

#include "tests/gateway/world.h"

struct console {
	struct world *w;
	int fd;
	struct usher_buf in; /* not yet used */
	struct usher_buf frame;
};

void console_open(struct console *c, struct world *w, usher_id user);
/* A visitor of the chat channel "web" instead. */
void console_open_chat(struct console *c, struct world *w);
void console_say(struct console *c, const char *text);
void console_close(struct console *c);
/* The next frame whose text holds `part`; others are passed over. A close frame fails the test. */
const char *await(struct console *c, const char *part);

#endif
