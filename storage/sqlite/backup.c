/* SPDX-License-Identifier: Apache-2.0 */
#include "storage/folder.h"
#include "storage/sqlite/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* SQLite syncs nothing of what VACUUM INTO writes. */
static int sync_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static int copy_into(const char *from, const char *to, struct usher_error *reterr)
{
	struct sqlite_connection c = {0};
	int r = sqlite_connect(&c, from, reterr);
	char *sql = sqlite3_mprintf("VACUUM INTO %Q", to);
	if (r == 0 && sql == NULL)
		r = usher_error_set(reterr, E_IO, "store: no memory to copy %s", from);
	if (r == 0)
		r = sqlite_run(c.db, from, sql, reterr);
	sqlite3_free(sql);
	sqlite_disconnect(&c);
	return r;
}

/* link() refuses a name that is taken, which rename() would not. */
static int put_in_place(const char *partial, const char *path, struct usher_error *reterr)
{
	int failure = sync_file(partial);
	if (failure == 0 && link(partial, path) < 0)
		failure = -errno;
	if (failure == 0 && unlink(partial) < 0)
		failure = -errno;
	if (failure == 0)
		failure = folder_sync_of(path);
	if (failure == 0)
		return 0;
	return usher_error_set(reterr, failure == -EEXIST ? E_EXISTS : E_IO,
			       "store: cannot keep the backup as %s (%s)", path,
			       strerror(-failure));
}

int sqlite_backup(struct store *base, const char *path, struct usher_error *reterr)
{
	struct sqlite_store *s = (struct sqlite_store *)base;
	if (access(path, F_OK) == 0)
		return usher_error_set(reterr, E_EXISTS,
				       "store: %s is there already; a backup never overwrites",
				       path);
	struct usher_buf partial = {0};
	buf_addf(&partial, "%s.partial", path);
	int r = 0;
	/* Made here, since SQLite would let others read it. */
	(void)unlink(partial.p);
	int fd = open(partial.p, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		r = usher_error_set(reterr, E_IO, "store: cannot write the backup %s (%s)",
				    partial.p, strerror(errno));
	else
		close(fd);
	if (r == 0)
		r = copy_into(s->path, partial.p, reterr);
	if (r == 0)
		r = put_in_place(partial.p, path, reterr);
	if (r < 0 && fd >= 0)
		(void)unlink(partial.p);
	buf_done(&partial);
	return r;
}
