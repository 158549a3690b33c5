/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/blob.h"

#include "routing/base/memory.h"
#include "storage/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX_DIGITS (BLOB_HEX_BYTES - 1)
#define PART "part-" /* of a file that is still being written */

struct paths {
	char *root, *shard, *file, *part; /* owned: blobs, blobs/ab, blobs/ab/ab…, and its maker */
};

static char *join(const char *folder, const char *name, size_t n)
{
	struct usher_buf b = {0};
	buf_addf(&b, "%s/%.*s", folder, (int)n, name);
	return buf_take(&b);
}

static struct paths paths_of(const char *dir, const char *hex)
{
	struct paths p;
	p.root = join(dir, "blobs", 5);
	p.shard = join(p.root, hex, 2);
	p.file = join(p.shard, hex, HEX_DIGITS);
	p.part = join(p.shard, PART "XXXXXX", sizeof PART + 5);
	return p;
}

static void paths_done(struct paths *p)
{
	free(p->root);
	free(p->shard);
	free(p->file);
	free(p->part);
}

static int digest(struct usher_text bytes, char ret[static BLOB_HEX_BYTES])
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	if (EVP_Digest(bytes.n > 0 ? bytes.p : "", bytes.n, sum, &n, EVP_sha256(), NULL) != 1 ||
	    n * 2 != HEX_DIGITS)
		return E_IO;
	for (unsigned i = 0; i < n; i++)
		snprintf(ret + 2 * i, 3, "%02x", sum[i]);
	return 0;
}

static int write_all(int fd, struct usher_text bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes = text_slice(bytes.p + n, bytes.n - (size_t)n);
	}
	return 0;
}

/* The name appears only when the bytes are on the disk. */
static int write_file(struct paths *p, struct usher_text bytes)
{
	int fd = mkostemp(p->part, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = write_all(fd, bytes);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(p->part, p->file) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(p->part);
	return r;
}

static int put(struct paths *p, struct usher_text bytes)
{
	struct stat st;
	int r = folder_make(p->root);
	if (r == 0)
		r = folder_make(p->shard);
	if (r < 0)
		return r;
	bool is_there = stat(p->file, &st) == 0 && st.st_size == (off_t)bytes.n;
	if (!is_there)
		r = write_file(p, bytes);
	/* Also where it was there: the thread that made it may not have come so far yet. */
	return r < 0 ? r : folder_sync(p->shard);
}

int blob_put(const char *dir, struct usher_text bytes, char ret_hex[static BLOB_HEX_BYTES],
	     struct usher_error *reterr)
{
	char hex[BLOB_HEX_BYTES];
	if (digest(bytes, hex) < 0)
		return usher_error_set(reterr, E_IO, "blob: SHA-256 failed");
	struct paths p = paths_of(dir, hex);
	int failure = put(&p, bytes);
	paths_done(&p);
	if (failure < 0)
		return usher_error_set(reterr, E_IO, "blob: cannot keep %zu bytes in %s/blobs (%s)",
				       bytes.n, dir, strerror(-failure));
	memcpy(ret_hex, hex, sizeof hex);
	return 0;
}

static bool is_hex(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (!((t.p[i] >= '0' && t.p[i] <= '9') || (t.p[i] >= 'a' && t.p[i] <= 'f')))
			return false;
	return t.n == HEX_DIGITS;
}

static int read_all(int fd, char *to, size_t n)
{
	while (n > 0) {
		ssize_t got = read(fd, to, n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -EIO; /* it became shorter meanwhile */
		to += got;
		n -= (size_t)got;
	}
	return 0;
}

static int get(const char *path, size_t max, struct usher_buf *buf, struct usher_error *reterr)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return usher_error_set(reterr, errno == ENOENT ? E_NOT_FOUND : E_IO,
				       "blob: cannot read %s (%s)", path, strerror(errno));
	int failure = fstat(fd, &st) < 0 ? -errno : 0;
	if (failure == 0 && (uint64_t)st.st_size > max) {
		close(fd);
		return usher_error_set(reterr, E_LIMIT,
				       "blob: %s has %lld bytes, %zu are allowed here", path,
				       (long long)st.st_size, max);
	}
	if (failure == 0) {
		buf_reserve(buf, (size_t)st.st_size);
		failure = read_all(fd, buf->p + buf->n, (size_t)st.st_size);
	}
	close(fd);
	if (failure < 0)
		return usher_error_set(reterr, E_IO, "blob: cannot read %s (%s)", path,
				       strerror(-failure));
	buf->n += (size_t)st.st_size;
	buf->p[buf->n] = '\0';
	return 0;
}

int blob_get(const char *dir, struct usher_text hex, size_t max, struct usher_buf *buf,
	     struct usher_error *reterr)
{
	char found[BLOB_HEX_BYTES];
	if (!is_hex(hex))
		return usher_error_set(reterr, E_INVALID, "blob: the name is not a SHA-256");
	struct paths p = paths_of(dir, hex.p);
	size_t before = buf->n;
	int r = get(p.file, max, buf, reterr);
	if (r == 0 && (digest(text_slice(buf->p + before, buf->n - before), found) < 0 ||
		       memcmp(found, hex.p, HEX_DIGITS) != 0)) {
		buf->n = before;
		buf->p[before] = '\0';
		r = usher_error_set(reterr, E_IO, "blob: %s is damaged; restore it from a backup",
				    p.file);
	}
	paths_done(&p);
	return r;
}

static void sweep_shard(const char *shard)
{
	DIR *d = opendir(shard);
	if (d == NULL)
		return;
	for (struct dirent *e = readdir(d); e != NULL; e = readdir(d)) {
		if (text_starts(text_of(e->d_name), TEXT(PART)))
			(void)unlinkat(dirfd(d), e->d_name, 0);
	}
	closedir(d);
}

void blob_sweep(const char *dir)
{
	char *root = join(dir, "blobs", 5);
	for (int i = 0; i < 256; i++) {
		char name[3];
		snprintf(name, sizeof name, "%02x", i);
		char *shard = join(root, name, 2);
		sweep_shard(shard);
		free(shard);
	}
	free(root);
}
