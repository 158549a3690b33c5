/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/seed.h"

#include "gateway/directory.h"
#include "gateway/engine.h"
#include "gateway/log.h"
#include "storage/record.h"

#include <sodium.h>
#include <sys/time.h>

static const struct code_row codes[] = {
	{TEXT("solved"), TEXT("Solved"), 0},
	{TEXT("information"), TEXT("Information given"), 0},
	{TEXT("order"), TEXT("Order taken"), 0},
	{TEXT("complaint"), TEXT("Complaint passed on"), 0},
	{TEXT("callback"), TEXT("Call back agreed"), 0},
	{TEXT("wrong-address"), TEXT("Wrong address or spam"), 0},
};

/* A call, a visit and a video take the whole of a person; chats share one, mails wait beside them. */
static const struct routing_channel_set weights[] = {
	{CHANNEL_TELEPHONY, 100, 1}, {CHANNEL_VIDEO, 100, 1}, {CHANNEL_CHAT, 30, 3},
	{CHANNEL_EMAIL, 20, 5},	     {CHANNEL_VISIT, 100, 1}, {CHANNEL_LETTER, 20, 5},
	{CHANNEL_MESSAGING, 30, 3},
};

static void apply(struct turn *t, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		directory_put_code(t, &codes[i]);
	for (size_t i = 0; i < sizeof weights / sizeof weights[0]; i++) {
		struct routing_event ev = {.kind = EV_CHANNEL_SET};
		ev.channel = weights[i];
		int code = turn_route(t, &ev);
		if (code < 0)
			log_event(LOG_LEVEL_ERROR, "weight.refused", "channel=%s code=%s",
				  channel_name(weights[i].channel), usher_code_name(code));
	}
}

void seed_begin(struct gateway *g)
{
	if (engine_is_new(g->engine))
		engine_submit(g->engine, apply, NULL, NULL);
}

int seed_first_start(struct gateway *g, char ret_token[static AUTH_TOKEN_BYTES + 4],
		     struct usher_error *reterr)
{
	unsigned char hash[32];
	usher_us now = gateway_now();
	struct store_batch *batch = store_batch_new();
	auth_random(ret_token);
	crypto_hash_sha256(hash, (const unsigned char *)ret_token, strlen(ret_token));
	struct session_row link = {.hash = text_slice(hash, 32), .created_us = now, .seen_us = now,
				   .expires_us = now + SETUP_LASTS, .kind = SESSION_SETUP};
	store_put(batch, &SESSION, &link);
	int code = store_commit(g->store, batch, reterr);
	store_batch_free(batch);
	return code;
}
