/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/assets_load.h"

#include "gateway/json.h"
#include "routing/base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 4
#define MANIFEST "manifest.json"

static const char *content_type(const char *name)
{
	static const char *const types[][2] = {
		{".html", "text/html; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"},
		{".mjs", "text/javascript; charset=utf-8"},
		{".css", "text/css; charset=utf-8"},
		{".json", "application/json"},
		{".map", "application/json"},
		{".webmanifest", "application/manifest+json"},
		{".txt", "text/plain; charset=utf-8"},
		{".svg", "image/svg+xml"},
		{".png", "image/png"},
		{".jpg", "image/jpeg"},
		{".webp", "image/webp"},
		{".ico", "image/x-icon"},
		{".woff2", "font/woff2"},
		{".mp3", "audio/mpeg"},
		{".ogg", "audio/ogg"},
		{".wasm", "application/wasm"},
	};
	const char *dot = strrchr(name, '.');
	for (size_t i = 0; dot != NULL && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(dot, types[i][0]) == 0)
			return types[i][1];
	return "application/octet-stream";
}

/* esbuild's "-1A2B3C4D." before the extension: eight letters A-Z and digits 2-7 or 0-9. */
static bool looks_hashed(const char *name)
{
	const char *dot = strrchr(name, '.');
	if (dot == NULL || dot - name < 10 || dot[-9] != '-')
		return false;
	for (int i = -8; i < 0; i++)
		if (!((dot[i] >= 'A' && dot[i] <= 'Z') || (dot[i] >= '0' && dot[i] <= '9')))
			return false;
	return true;
}

static int read_file(int dir_fd, const char *name, size_t size, char **ret)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return E_IO;
	char *bytes = memory_new(size + 1);
	size_t n = 0;
	while (n < size) {
		ssize_t got = read(fd, bytes + n, size - n);
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	close(fd);
	if (n != size) {
		free(bytes);
		return E_IO;
	}
	*ret = bytes;
	return 0;
}

static void hash_file(struct asset *f)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};
	(void)EVP_Digest(f->bytes.p, f->bytes.n, digest, NULL, EVP_sha256(), NULL);
	for (int i = 0; i < 16; i++) {
		f->hash[2 * i] = digits[digest[i] >> 4];
		f->hash[2 * i + 1] = digits[digest[i] & 15];
	}
}

static int add_file(struct asset_store *store, int dir_fd, const char *file, const char *name,
		    size_t size, struct usher_error *reterr)
{
	char *bytes;
	if (size > ASSETS_FILE_BYTES_MAX || store->bytes + size > ASSETS_BYTES_MAX ||
	    store->count == ASSETS_FILES_MAX)
		return usher_error_set(reterr, E_LIMIT, "web: %.80s is one file or byte too many",
				       name);
	if (read_file(dir_fd, file, size, &bytes) != 0)
		return usher_error_set(reterr, E_IO, "web: cannot read %.80s: %s", name,
				       strerror(errno));
	store->files = memory_resize(store->files, (store->count + 1) * sizeof(*store->files));
	struct asset *f = &store->files[store->count++];
	*f = (struct asset){
		.name = memory_copy(text_of(name)),
		.bytes = text_slice(bytes, size),
		.is_hashed = looks_hashed(name),
	};
	f->content_type = content_type(f->name);
	hash_file(f);
	store->bytes += size;
	return 0;
}

static int add_folder(struct asset_store *store, int dir_fd, const char *prefix, int depth,
		      struct usher_error *reterr);

static int add_entry(struct asset_store *store, int dir_fd, const char *file, const char *prefix,
		     int depth, struct usher_error *reterr)
{
	struct stat st;
	struct usher_buf name = {0};
	int r = 0;
	if (file[0] == '.' || fstatat(dir_fd, file, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;
	buf_addf(&name, "%s%s", prefix, file);
	if (S_ISREG(st.st_mode)) {
		r = add_file(store, dir_fd, file, name.p, (size_t)st.st_size, reterr);
	} else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
		int fd = openat(dir_fd, file, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		buf_addc(&name, '/');
		r = fd >= 0 ? add_folder(store, fd, name.p, depth + 1, reterr) : 0;
	}
	buf_done(&name);
	return r;
}

/* Takes dir_fd. */
static int add_folder(struct asset_store *store, int dir_fd, const char *prefix, int depth,
		      struct usher_error *reterr)
{
	DIR *dir = fdopendir(dir_fd);
	int r = 0;
	if (dir == NULL) {
		close(dir_fd);
		return usher_error_set(reterr, E_IO, "web: cannot list the folder: %s",
				       strerror(errno));
	}
	for (struct dirent *e = readdir(dir); e != NULL && r == 0; e = readdir(dir))
		r = add_entry(store, dirfd(dir), e->d_name, prefix, depth, reterr);
	closedir(dir);
	return r;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct asset *)a)->name, ((const struct asset *)b)->name);
}

static struct asset *find_real(const struct asset_store *store, struct usher_text name)
{
	size_t low = 0, high = name.n > 0 ? store->count : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct asset *f = &store->files[middle];
		int c = strncmp(f->name, name.p, name.n);
		if (c == 0 && f->name[name.n] == '\0')
			return f;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* "x.js.gz" becomes the other form of "x.js", when that is there too. */
static void join_gzip(struct asset_store *store)
{
	for (size_t i = 0; i < store->count; i++) {
		struct asset *f = &store->files[i];
		size_t n = strlen(f->name);
		if (n < 4 || strcmp(f->name + n - 3, ".gz") != 0)
			continue;
		struct asset *plain = find_real(store, text_slice(f->name, n - 3));
		if (plain != NULL && plain->gzip.n == 0 && f->bytes.n < plain->bytes.n) {
			plain->gzip = f->bytes;
			f->bytes = TEXT_NONE;
		}
	}
}

static struct usher_text base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return text_of(slash != NULL ? slash + 1 : path);
}

static int read_manifest(struct asset_store *store, struct usher_error *reterr)
{
	const struct asset *file = find_real(store, TEXT(MANIFEST));
	struct usher_error why = {0};
	struct json_cursor cursor = {NULL};
	struct usher_text name;
	const struct json *value;
	if (file == NULL)
		return 0;
	if (json_parse(&store->manifest, file->bytes, ASSETS_FILE_BYTES_MAX, &why) != 0)
		return usher_error_set(reterr, E_INVALID, "web: " MANIFEST ": %s", why.text);
	if (json_kind(store->manifest) != JSON_KIND_OBJECT)
		return usher_error_set(reterr, E_INVALID, "web: " MANIFEST " is no object");
	while (json_next(store->manifest, &cursor, &name, &value)) {
		struct asset *real = find_real(store, json_as_text(value));
		if (real == NULL)
			return usher_error_set(
				reterr, E_INVALID,
				"web: " MANIFEST ": %.60s names a file that is not there", name.p);
		/* "loader.js" -> "w/loader.js" only moves it; its name stays the same for ever. */
		real->is_hashed |= !text_equal(name, base_name(real->name));
	}
	return 0;
}

int asset_store_load(struct asset_store *store, const char *dir, struct usher_error *reterr)
{
	*store = (struct asset_store){0};
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		store->is_missing = true;
		return 0;
	}
	int r = add_folder(store, fd, "", 0, reterr);
	if (r != 0)
		return r;
	if (store->count > 0)
		qsort(store->files, store->count, sizeof(*store->files), compare_names);
	join_gzip(store);
	store->is_missing = store->count == 0;
	return read_manifest(store, reterr);
}

void asset_store_done(struct asset_store *store)
{
	for (size_t i = 0; i < store->count; i++) {
		free(store->files[i].name);
		free((char *)store->files[i].bytes.p);
		free((char *)store->files[i].gzip.p);
	}
	free(store->files);
	json_free(store->manifest);
	*store = (struct asset_store){0};
}

const struct asset *asset_find(const struct asset_store *store, struct usher_text name)
{
	if (name.n == 0 || memchr(name.p, '\0', name.n) != NULL)
		return NULL;
	const struct asset *file = find_real(store, name);
	if (file != NULL)
		return file->bytes.p != NULL ? file : NULL; /* NULL: joined to its plain form */
	if (store->manifest == NULL)
		return NULL;
	char *key = memory_copy(name);
	const struct json *value = json_member(store->manifest, key);
	free(key);
	return value != NULL ? find_real(store, json_as_text(value)) : NULL;
}
