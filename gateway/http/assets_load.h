/* SPDX-License-Identifier: Apache-2.0 */
/* The web folder, read into memory. */
#ifndef GATEWAY_HTTP_ASSETS_LOAD_H
#define GATEWAY_HTTP_ASSETS_LOAD_H

#include "gateway/http/assets.h"

#define ASSET_HASH_BYTES 33

struct asset {
	char *name;		 /* owned: relative path, "fonts/a.woff2" */
	struct usher_text bytes; /* owned */
	struct usher_text gzip;	 /* owned; empty: none */
	const char *content_type;
	bool is_hashed;		     /* its name changes with its bytes */
	char hash[ASSET_HASH_BYTES]; /* of its bytes, hex */
};

struct asset_store {
	bool is_missing;     /* there is no such folder */
	struct asset *files; /* owned, sorted by name */
	size_t count;
	size_t bytes;
	struct json *manifest; /* owned; NULL: none */
};

int asset_store_load(struct asset_store *store, const char *dir,
		     struct usher_error *reterr) USHER_CHECKED;
void asset_store_done(struct asset_store *store);

/* By real name, then by logical name; NULL: none. */
const struct asset *asset_find(const struct asset_store *store, struct usher_text name);

#endif
