/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/chat/chat.h"

#include <stdlib.h>

#define ADDRESS_IDLE (60 * USHER_SECOND) /* by then every bucket of a row is full again */

/* Rows without sockets stay a while, so that closing a socket does not refill its bucket. */
static void sweep(struct channel *ch, usher_us now)
{
	uint64_t idle[256];
	size_t n = 0;
	TABLE_EACH(slot, &ch->addresses)
	{
		const struct chat_address *a = (struct chat_address *)(uintptr_t)slot->value;
		if (a->sockets == 0 && now - a->used_us > ADDRESS_IDLE && n < 256)
			idle[n++] = slot->key;
	}
	for (size_t i = 0; i < n; i++) {
		free(table_get_pointer(&ch->addresses, idle[i]));
		table_remove(&ch->addresses, idle[i]);
	}
}

struct chat_address *chat_address(struct channel *ch, uint64_t hash)
{
	usher_us now = ch->host->now(ch->host);
	struct chat_address *a = table_get_pointer(&ch->addresses, hash);
	if (a == NULL) {
		if (ch->addresses.count >= 256 && ch->addresses.count % 64 == 0)
			sweep(ch, now);
		if (ch->addresses.count >= CHAT_ADDRESSES_MAX)
			return NULL;
		a = NEW(struct chat_address);
		table_set_pointer(&ch->addresses, hash, a);
	}
	a->used_us = now;
	return a;
}

void chat_addresses_done(struct channel *ch)
{
	TABLE_EACH(slot, &ch->addresses)
	free((void *)(uintptr_t)slot->value);
	table_done(&ch->addresses);
}

/* "https://desk.example:8443" -> "desk.example:8443" */
static struct usher_text host_of(struct usher_text origin)
{
	static const char mark[] = "://";
	for (size_t i = 0; i + 3 <= origin.n; i++)
		if (memcmp(origin.p + i, mark, 3) == 0)
			return text_slice(origin.p + i + 3, origin.n - i - 3);
	return TEXT_NONE;
}

bool chat_origin_is_allowed(const struct channel_host *host, const struct http_request *request)
{
	struct usher_text origin = request->origin;
	if (origin.n == 0) /* no browser: and what is no browser can claim any origin */
		return true;
	if (text_equal_nocase(origin, host->public_url))
		return true;
	if (request->host.n > 0 && text_equal_nocase(host_of(origin), request->host))
		return true;
	struct usher_text rest = text_of(channel_text(host, "allowed_origins"));
	while (rest.n > 0) {
		struct usher_text one = text_trim(text_cut(&rest, ' '));
		if (one.n > 0 && (text_equal_nocase(one, origin) || text_equal(one, TEXT("*"))))
			return true;
	}
	return false;
}
