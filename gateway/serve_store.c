/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/serve.h"

#include "storage/blob.h"
#include "storage/record.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_BYTES 32

static int make_folder(const char *path, struct usher_error *reterr)
{
	char part[4096];
	size_t n = strlen(path);
	if (n == 0 || n >= sizeof part)
		return usher_error_set(reterr, E_INVALID, "data_dir: \"%.60s\" is no folder", path);
	for (size_t i = 1; i <= n; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0750) < 0 && errno != EEXIST)
			return usher_error_set(reterr, E_IO, "%s: cannot be made: %s", part,
					       strerror(errno));
	}
	return 0;
}

static int lock_folder(struct gateway *g, const char *folder, struct usher_error *reterr)
{
	struct usher_text path = arena_textf(&g->arena, "%s/lock", folder);
	g->lock_fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (g->lock_fd < 0)
		return usher_error_set(reterr, E_IO, "%s: cannot be opened: %s", path.p,
				       strerror(errno));
	if (flock(g->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	close(g->lock_fd);
	g->lock_fd = -1;
	return usher_error_set(reterr, E_STATE, "%s: another Usher is running on this folder", folder);
}

static int write_secret(struct gateway *g, unsigned char *secret, struct usher_error *reterr)
{
	struct store_batch *batch = store_batch_new();
	randombytes_buf(secret, SECRET_BYTES);
	struct meta_row row = {TEXT("site.secret"), text_slice(secret, SECRET_BYTES)};
	store_put(batch, &META, &row);
	int code = store_commit(g->store, batch, reterr);
	store_batch_free(batch);
	return code;
}

static int read_secret(struct gateway *g, struct usher_error *reterr)
{
	struct meta_row key = {.name = TEXT("site.secret")}, row;
	unsigned char *secret = arena_new(&g->arena, SECRET_BYTES);
	int code = store_get(g->store, &META, &key, &g->arena, &row);
	if (code == E_NOT_FOUND)
		code = write_secret(g, secret, reterr);
	else if (code == 0 && row.value.n == SECRET_BYTES)
		memcpy(secret, row.value.p, SECRET_BYTES);
	else
		code = usher_error_set(reterr, E_IO, "site.secret: cannot be read from the store");
	g->secret = text_slice(secret, SECRET_BYTES);
	unsigned char key_bytes[crypto_auth_BYTES];
	crypto_auth(key_bytes, (const unsigned char *)"usher|ids", 9, secret);
	memcpy(&g->id_key, key_bytes, sizeof g->id_key);
	return code;
}

int serve_open_store(struct gateway *g, const struct config *config, struct usher_error *reterr)
{
	const char *folder = config_data_dir(config);
	if (sodium_init() < 0)
		return usher_error_set(reterr, E_IO, "libsodium: cannot start");
	int code = make_folder(folder, reterr);
	if (code == 0)
		code = lock_folder(g, folder, reterr);
	if (code < 0)
		return code;
	blob_sweep(folder);
	struct usher_text path = arena_textf(&g->arena, "%s/usher.db", folder);
	code = store_open_sqlite(&g->store, path.p, reterr);
	if (code == 0)
		code = read_secret(g, reterr);
	if (code < 0)
		serve_close_store(g);
	return code;
}

void serve_close_store(struct gateway *g)
{
	g->store = store_close(g->store);
	if (g->lock_fd >= 0)
		close(g->lock_fd);
	g->lock_fd = -1;
}
