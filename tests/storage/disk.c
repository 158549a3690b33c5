/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/storage/disk.h"

#include "routing/base/hash.h"
#include "routing/base/memory.h"

#include <assert.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define SECTOR 512
#define NAMES_MAX 16
#define NODES_MAX 256

enum event_kind { EVENT_CREATE, EVENT_REMOVE, EVENT_WRITE, EVENT_TRUNCATE, EVENT_SYNC, EVENT_ACK };

struct event {
	enum event_kind kind;
	int name, node; /* node 0: the folder */
	int64_t number; /* an offset, a size or what was acknowledged */
	char *bytes;	/* owned */
	size_t n;
};

static struct {
	pthread_mutex_t mutex;
	sqlite3_vfs vfs, *real;
	bool is_ignoring;
	struct event *events; /* owned */
	size_t count, space;
	char *names[NAMES_MAX]; /* owned */
	int nodes[NAMES_MAX];	/* what stands under the name now; 0 = nothing */
	int name_count, node_count;
} disk = {.mutex = PTHREAD_MUTEX_INITIALIZER};

struct disk_file {
	sqlite3_file base; /* first */
	int node;
	_Alignas(8) char real[]; /* the real one; SQLite aligns to 8 */
};

static sqlite3_file *real_of(sqlite3_file *f)
{
	return (sqlite3_file *)((struct disk_file *)f)->real;
}

/* ---- writing down --------------------------------------------------------------------------- */

static void note(enum event_kind kind, int name, int node, int64_t number, const void *bytes,
		 size_t n)
{
	pthread_mutex_lock(&disk.mutex);
	if (disk.count == disk.space) {
		disk.space = disk.space > 0 ? disk.space * 2 : 1024;
		disk.events = memory_resize(disk.events, disk.space * sizeof *disk.events);
	}
	char *copy = n > 0 ? memory_copy(text_slice(bytes, n)) : NULL;
	disk.events[disk.count++] = (struct event){kind, name, node, number, copy, n};
	pthread_mutex_unlock(&disk.mutex);
}

static int name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	for (int i = 0; i < disk.name_count; i++)
		if (strcmp(disk.names[i], name) == 0)
			return i;
	assert(disk.name_count < NAMES_MAX);
	disk.names[disk.name_count] = memory_copy(text_of(name));
	return disk.name_count++;
}

static int on_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
	int rc = real_of(f)->pMethods->xWrite(real_of(f), bytes, n, at);
	if (rc == SQLITE_OK)
		note(EVENT_WRITE, 0, ((struct disk_file *)f)->node, at, bytes, (size_t)n);
	return rc;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int rc = real_of(f)->pMethods->xTruncate(real_of(f), size);
	if (rc == SQLITE_OK)
		note(EVENT_TRUNCATE, 0, ((struct disk_file *)f)->node, size, NULL, 0);
	return rc;
}

static int on_sync(sqlite3_file *f, int flags)
{
	(void)flags; /* nothing is really synced: only what was written down counts */
	if (!disk.is_ignoring)
		note(EVENT_SYNC, 0, ((struct disk_file *)f)->node, 0, NULL, 0);
	return SQLITE_OK;
}

static int on_delete(sqlite3_vfs *vfs, const char *path, int is_synced)
{
	(void)vfs;
	int rc = disk.real->xDelete(disk.real, path, 0);
	if (rc != SQLITE_OK)
		return rc;
	int name = name_of(path);
	disk.nodes[name] = 0;
	note(EVENT_REMOVE, name, 0, 0, NULL, 0);
	if (is_synced && !disk.is_ignoring)
		disk_note_folder_sync();
	return SQLITE_OK;
}

/* ---- passing on ----------------------------------------------------------------------------- */

static int on_close(sqlite3_file *f)
{
	return real_of(f)->pMethods->xClose(real_of(f));
}

static int on_read(sqlite3_file *f, void *to, int n, sqlite3_int64 at)
{
	return real_of(f)->pMethods->xRead(real_of(f), to, n, at);
}

static int on_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), ret);
}

static int on_lock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int on_unlock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int on_check_lock(sqlite3_file *f, int *ret)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret);
}

static int on_control(sqlite3_file *f, int what, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), what, arg);
}

static int on_sector(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int on_traits(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int on_shm_map(sqlite3_file *f, int page, int bytes, int extend, void volatile **ret)
{
	return real_of(f)->pMethods->xShmMap(real_of(f), page, bytes, extend, ret);
}

static int on_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
	return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}

static void on_shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int on_shm_unmap(sqlite3_file *f, int is_deleted)
{
	return real_of(f)->pMethods->xShmUnmap(real_of(f), is_deleted);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check_lock,
	.xFileControl = on_control,
	.xSectorSize = on_sector,
	.xDeviceCharacteristics = on_traits,
	.xShmMap = on_shm_map,
	.xShmLock = on_shm_lock,
	.xShmBarrier = on_shm_barrier,
	.xShmUnmap = on_shm_unmap,
};

static int on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *ret_flags)
{
	(void)vfs;
	struct disk_file *file = (struct disk_file *)f;
	f->pMethods = NULL;
	int rc = disk.real->xOpen(disk.real, path, real_of(f), flags, ret_flags);
	if (rc != SQLITE_OK)
		return rc;
	f->pMethods = &methods;
	pthread_mutex_lock(&disk.mutex);
	int name = path != NULL ? name_of(path) : -1;
	bool is_new = name >= 0 && disk.nodes[name] == 0;
	if (is_new) {
		assert(disk.node_count < NODES_MAX - 1);
		disk.nodes[name] = ++disk.node_count;
	}
	file->node = name >= 0 ? disk.nodes[name] : NODES_MAX - 1;
	pthread_mutex_unlock(&disk.mutex);
	if (is_new)
		note(EVENT_CREATE, name, file->node, 0, NULL, 0);
	return SQLITE_OK;
}

void disk_start(void)
{
	for (size_t i = 0; i < disk.count; i++)
		free(disk.events[i].bytes);
	for (int i = 0; i < disk.name_count; i++) {
		free(disk.names[i]);
		disk.nodes[i] = 0;
	}
	disk.count = 0;
	disk.name_count = disk.node_count = 0;
	disk.is_ignoring = false;
	if (disk.real == NULL) {
		disk.real = sqlite3_vfs_find(NULL);
		disk.vfs = *disk.real;
		disk.vfs.zName = "disk";
		disk.vfs.szOsFile = (int)sizeof(struct disk_file) + disk.real->szOsFile;
		disk.vfs.xOpen = on_open;
		disk.vfs.xDelete = on_delete;
	}
	sqlite3_vfs_register(&disk.vfs, 1);
}

void disk_stop(void)
{
	sqlite3_vfs_unregister(&disk.vfs);
}

void disk_ignore_syncs(bool is_ignoring)
{
	disk.is_ignoring = is_ignoring;
}

void disk_note_folder_sync(void)
{
	note(EVENT_SYNC, 0, 0, 0, NULL, 0);
}

void disk_note_ack(int64_t number)
{
	note(EVENT_ACK, 0, 0, number, NULL, 0);
}

int disk_events(void)
{
	return (int)disk.count;
}

/* ---- what is left --------------------------------------------------------------------------- */

struct image {
	struct usher_buf nodes[NODES_MAX];
	int names[NAMES_MAX]; /* the node under each, 0 = none */
};

static void set_size(struct usher_buf *b, size_t n)
{
	if (n > b->n) {
		size_t more = n - b->n;
		buf_reserve(b, more);
		memset(b->p + b->n, 0, more);
	}
	b->n = n;
}

static void apply_write(struct usher_buf *b, const struct event *e, uint64_t *random, int percent)
{
	for (size_t at = 0; at < e->n;) {
		size_t offset = (size_t)e->number + at;
		size_t n = SECTOR - offset % SECTOR;
		n = n < e->n - at ? n : e->n - at;
		if ((int)random_below(random, 100) < percent) {
			if (offset + n > b->n)
				set_size(b, offset + n);
			memcpy(b->p + offset, e->bytes + at, n);
		}
		at += n;
	}
}

static void apply(struct image *image, const struct event *e, uint64_t *random, int percent)
{
	bool is_there = (int)random_below(random, 100) < percent;
	if (e->kind == EVENT_WRITE)
		apply_write(&image->nodes[e->node], e, random, percent);
	else if (e->kind == EVENT_TRUNCATE && is_there)
		set_size(&image->nodes[e->node], (size_t)e->number);
}

static void write_image(const struct image *image, const char *folder)
{
	for (int i = 0; i < disk.name_count; i++) {
		char path[512];
		if (image->names[i] == 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, disk.names[i]);
		FILE *f = fopen(path, "w");
		const struct usher_buf *b = &image->nodes[image->names[i]];
		assert(f != NULL && fwrite(b->n > 0 ? b->p : "", 1, b->n, f) == b->n);
		fclose(f);
	}
}

int64_t disk_image(int events, uint64_t seed, const char *folder)
{
	struct image *image = NEW(struct image);
	int synced[NODES_MAX] = {0}; /* behind the last sync of each */
	int names_synced = 0;	     /* behind the last sync of anything */
	int64_t acknowledged = 0;
	uint64_t random = seed;
	static const int chances[] = {0, 10, 50, 90, 100};
	int percent = chances[random_below(&random, 5)];
	for (int i = 0; i < events; i++) {
		if (disk.events[i].kind == EVENT_SYNC)
			synced[disk.events[i].node] = names_synced = i + 1;
	}
	/* Of the names behind it a few more may be durable, but none without those before it. */
	int names =
		names_synced + (int)random_below(&random, (uint64_t)(events - names_synced) + 1);
	for (int i = 0; i < events; i++) {
		const struct event *e = &disk.events[i];
		if (e->kind == EVENT_ACK)
			acknowledged = e->number;
		else if (e->kind == EVENT_CREATE && i < names)
			image->names[e->name] = e->node;
		else if (e->kind == EVENT_REMOVE && i < names)
			image->names[e->name] = 0;
		else
			apply(image, e, &random, i < synced[e->node] ? 100 : percent);
	}
	write_image(image, folder);
	for (int i = 0; i < NODES_MAX; i++)
		buf_done(&image->nodes[i]);
	free(image);
	return acknowledged;
}
