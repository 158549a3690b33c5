/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/assets.h"

#include "gateway/http/assets_load.h"
#include "routing/base/list.h"
#include "routing/base/memory.h"

#include <stdlib.h>

/* One route of ours. */
struct served {
	struct list in_assets;
	struct http_assets *assets; /* borrowed: it owns this */
	char *path;		    /* owned */
	char *file;		    /* owned; NULL: the tail names it */
	enum http_policy policy;
};

struct http_assets {
	struct asset_store store;
	struct list served;
};

static const char page_policy[] =
	"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
	"img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; media-src 'self' blob:; "
	"worker-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; "
	"form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

static const char *const policies[][6] = {
	[HTTP_POLICY_PAGE] = {page_policy, "Cross-Origin-Opener-Policy: same-origin",
			      "Permissions-Policy: camera=(), microphone=(), display-capture=(), "
			      "geolocation=()"},
	[HTTP_POLICY_VIDEO] = {page_policy, "Cross-Origin-Opener-Policy: same-origin",
			       "Permissions-Policy: camera=(self), microphone=(self), "
			       "display-capture=(self), geolocation=()"},
	[HTTP_POLICY_EMBEDDED] = {"Cross-Origin-Resource-Policy: cross-origin",
				  "Access-Control-Allow-Origin: *", "Timing-Allow-Origin: *"},
};

/* Is one of the tags in If-None-Match this one? It compares weakly (RFC 9110 §13.1.2). */
static bool has_tag(struct usher_text list, const char *tag)
{
	while (list.n > 0) {
		struct usher_text one = text_trim(text_cut(&list, ','));
		if (text_starts(one, TEXT("W/")))
			one = text_slice(one.p + 2, one.n - 2);
		if (text_equal(one, TEXT("*")) || text_equal(one, text_of(tag)))
			return true;
	}
	return false;
}

/* "gzip;q=0" says no. */
static bool takes_gzip(struct usher_text accept)
{
	while (accept.n > 0) {
		struct usher_text params = text_trim(text_cut(&accept, ','));
		struct usher_text coding = text_trim(text_cut(&params, ';'));
		if (!text_equal_nocase(coding, TEXT("gzip")))
			continue;
		struct usher_text q = text_trim(params);
		return !text_equal(q, TEXT("q=0")) && !text_starts(q, TEXT("q=0.0"));
	}
	return false;
}

static void answer_file(struct http_exchange *x, const struct http_request *r,
			const struct asset *file, enum http_policy policy)
{
	const struct http_ops *ops = http_server_ops();
	char etag[48];
	bool is_gzip = file->gzip.n > 0 && takes_gzip(r->headers[0]);
	const char *headers[12] = {
		file->is_hashed ? "Cache-Control: public, max-age=31536000, immutable"
				: "Cache-Control: no-cache",
		etag,
	};
	size_t n = 2;
	snprintf(etag, sizeof(etag), "ETag: \"%s%s\"", file->hash, is_gzip ? "-gz" : "");
	if (file->gzip.n > 0)
		headers[n++] = "Vary: Accept-Encoding";
	for (size_t i = 0; i < 6 && policies[policy][i] != NULL; i++)
		headers[n++] = policies[policy][i];
	if (has_tag(r->if_none_match, etag + 6)) {
		ops->reply(x, 304, NULL, TEXT_NONE, headers);
		return;
	}
	if (is_gzip)
		headers[n++] = "Content-Encoding: gzip";
	ops->reply(x, 200, file->content_type, is_gzip ? file->gzip : file->bytes, headers);
}

static void on_request(struct http_exchange *x, const struct http_request *r, void *arg)
{
	const struct served *s = arg;
	const struct asset_store *store = &s->assets->store;
	if (store->is_missing) {
		http_server_ops()->problem(
			x, E_AGAIN,
			"The browser code has not been built: run `make` in a tree "
			"configured without --disable-web, or set the web folder.");
		return;
	}
	const struct asset *file = asset_find(store, s->file != NULL ? text_of(s->file) : r->tail);
	if (file == NULL && s->file == NULL && r->path.n > 1)
		file = asset_find(store, text_slice(r->path.p + 1, r->path.n - 1));
	if (file == NULL)
		http_server_ops()->problem(x, E_NOT_FOUND, NULL);
	else
		answer_file(x, r, file, s->policy);
}

static void free_served(struct served *s)
{
	list_remove(&s->in_assets);
	free(s->path);
	free(s->file);
	free(s);
}

static int serve(struct http_assets *a, struct http_server *server, const char *path,
		 bool adds_star, const char *file, enum http_policy policy)
{
	struct served *s = NEW(struct served);
	struct usher_buf name = {0};
	buf_addf(&name, "%s%s", path, adds_star ? "*" : "");
	s->assets = a;
	s->path = buf_take(&name);
	s->file = file != NULL ? memory_copy(text_of(file)) : NULL;
	s->policy = policy;
	list_add_last(&a->served, &s->in_assets);
	struct http_route route = {
		.method = "GET",
		.path = s->path,
		.headers = {"accept-encoding"},
		.on_request = on_request,
		.arg = s,
	};
	int r = http_server_route(server, &route);
	if (r != 0)
		free_served(s);
	return r;
}

int http_assets_page(struct http_assets *a, struct http_server *s, const char *path,
		     const char *file, enum http_policy policy)
{
	return serve(a, s, path, false, file, policy);
}

int http_assets_folder(struct http_assets *a, struct http_server *s, const char *prefix,
		       enum http_policy policy)
{
	return serve(a, s, prefix, true, NULL, policy);
}

int http_assets_load(struct http_assets **ret, const char *dir, struct usher_error *reterr)
{
	struct http_assets *a = NEW(struct http_assets);
	list_init(&a->served);
	int r = asset_store_load(&a->store, dir, reterr);
	if (r != 0) {
		http_assets_free(a);
		return r;
	}
	*ret = a;
	return 0;
}

struct http_assets *http_assets_free(struct http_assets *a)
{
	if (a == NULL)
		return NULL;
	LIST_EACH(link, &a->served)
	free_served(LIST_ITEM(link, struct served, in_assets));
	asset_store_done(&a->store);
	free(a);
	return NULL;
}
