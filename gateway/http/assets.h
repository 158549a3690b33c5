/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built browser code, served from memory.
 *
 * The folder holds files, each perhaps with a "<name>.gz" beside it, and manifest.json, an object
 * from logical names to hashed ones: {"console.js":"console-1A2B3C4D.js"}. Hashed files never
 * change and are cached for ever; everything else is asked for again each time, by a strong ETag.
 */
#ifndef GATEWAY_HTTP_ASSETS_H
#define GATEWAY_HTTP_ASSETS_H

#include "gateway/http/http.h"

#define ASSETS_FILES_MAX 1000
#define ASSETS_FILE_BYTES_MAX (8u << 20)
#define ASSETS_BYTES_MAX (64u << 20)

struct http_assets;

enum http_policy {
	HTTP_POLICY_PAGE,     /* our own page: everything from this site, framed by nobody */
	HTTP_POLICY_VIDEO,    /* the same, with camera, microphone and screen */
	HTTP_POLICY_EMBEDDED, /* loaded by other people's pages: any origin */
};

/* A missing folder is no failure: pages then answer 503 with a sentence that says what to build.
 * E_INVALID: manifest.json is not of its form. E_LIMIT: more or larger files than above. */
int http_assets_load(struct http_assets **ret, const char *dir,
		     struct usher_error *reterr) USHER_CHECKED;
/* Its routes must have been removed, or the server freed. Accepts NULL; always NULL. */
struct http_assets *http_assets_free(struct http_assets *a);

/* GET `path` (perhaps with a last '*') answers with one file, by its logical or its real name. */
int http_assets_page(struct http_assets *a, struct http_server *s, const char *path,
		     const char *file, enum http_policy policy) USHER_CHECKED;

/* GET `prefix` + real name of any file, or the real name with its own folder: with "/assets/" both
 * "x.js" and "assets/x.js" are found at /assets/x.js. */
int http_assets_folder(struct http_assets *a, struct http_server *s, const char *prefix,
		       enum http_policy policy) USHER_CHECKED;

#endif
