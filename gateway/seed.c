/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/seed.h"

#include "gateway/engine.h"
#include "storage/record.h"

#include <sodium.h>
#include <sys/time.h>

const struct code_row seed_codes[] = {
	{TEXT("solved"), TEXT("Solved"), 0},
	{TEXT("information"), TEXT("Information given"), 0},
	{TEXT("order"), TEXT("Order taken"), 0},
	{TEXT("complaint"), TEXT("Complaint passed on"), 0},
	{TEXT("callback"), TEXT("Call back agreed"), 0},
	{TEXT("wrong-address"), TEXT("Wrong address or spam"), 0},
	{TEXT_NONE, TEXT_NONE, 0},
};

static int on_code(const void *row, void *arg)
{
	(void)row;
	*(bool *)arg = true;
	return 1;
}

static int add_codes(struct gateway *g, struct store_batch *batch)
{
	bool has_codes = false;
	struct store_range any = {.index = -1, .limit = 1};
	int code = store_scan(g->store, &CODE, &any, on_code, &has_codes);
	if (code < 0 || has_codes)
		return code < 0 ? code : 0;
	for (const struct code_row *row = seed_codes; row->code.n > 0; row++)
		store_put(batch, &CODE, row);
	return 0;
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
	int code = add_codes(g, batch);
	if (code < 0)
		usher_error_set(reterr, code, "the store cannot be read");
	else
		code = store_commit(g->store, batch, reterr);
	store_batch_free(batch);
	return code;
}
