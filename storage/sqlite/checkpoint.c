/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The write-ahead log is folded into the database by a thread of its own, so that no commit waits
 * for it. Only when the log has outgrown its limit, because commits come without a pause, does the
 * committer fold the rest itself: then SQLite begins the log anew instead of growing it.
 */
#include "storage/sqlite/sqlite.h"

#include <signal.h>

static void fold(struct sqlite_checkpoint *c)
{
	int in_log = 0, folded = 0;
	pthread_mutex_lock(&c->running);
	int rc = sqlite3_wal_checkpoint_v2(c->connection.db, NULL, SQLITE_CHECKPOINT_PASSIVE,
					   &in_log, &folded);
	if (rc == SQLITE_OK)
		atomic_store(&c->folded_pages, folded);
	else if (!sqlite_is_full(c->connection.db, rc, SQLITE_FCNTL_FILE_POINTER) &&
		 ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CORRUPT))
		atomic_store(&c->is_broken, true); /* a sync that failed is never tried again */
	pthread_mutex_unlock(&c->running);
}

static void *run(void *arg)
{
	struct sqlite_checkpoint *c = arg;
	pthread_mutex_lock(&c->mutex);
	while (!c->is_ending) {
		if (!c->is_wanted) {
			pthread_cond_wait(&c->woken, &c->mutex);
			continue;
		}
		c->is_wanted = false;
		pthread_mutex_unlock(&c->mutex);
		fold(c);
		pthread_mutex_lock(&c->mutex);
	}
	pthread_mutex_unlock(&c->mutex);
	return NULL;
}

int sqlite_checkpoint_start(struct sqlite_checkpoint *c, const char *path,
			    struct usher_error *reterr)
{
	c->path = path;
	int r = sqlite_connect(&c->connection, path, reterr);
	if (r < 0)
		return r;
	pthread_mutex_init(&c->running, NULL);
	pthread_mutex_init(&c->mutex, NULL);
	pthread_cond_init(&c->woken, NULL);
	sigset_t all, before;
	sigfillset(&all); /* signals belong to the thread of the loop */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int failure = pthread_create(&c->thread, NULL, run, c);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failure != 0)
		return usher_error_set(reterr, E_IO,
				       "store: cannot start the checkpoint thread of %s (%s)", path,
				       strerror(failure));
	c->is_running = true;
	return 0;
}

void sqlite_checkpoint_stop(struct sqlite_checkpoint *c)
{
	if (c->is_running) {
		pthread_mutex_lock(&c->mutex);
		c->is_ending = true;
		pthread_cond_signal(&c->woken);
		pthread_mutex_unlock(&c->mutex);
		pthread_join(c->thread, NULL);
		pthread_mutex_destroy(&c->running);
		pthread_mutex_destroy(&c->mutex);
		pthread_cond_destroy(&c->woken);
		c->is_running = false;
	}
	sqlite_disconnect(&c->connection);
}

void sqlite_checkpoint_wake(struct sqlite_checkpoint *c)
{
	pthread_mutex_lock(&c->mutex);
	c->is_wanted = true;
	pthread_cond_signal(&c->woken);
	pthread_mutex_unlock(&c->mutex);
}

void sqlite_checkpoint_note(struct sqlite_checkpoint *c, int wal_pages)
{
	if (wal_pages < atomic_load(&c->wal_pages)) { /* the log was begun anew */
		atomic_store(&c->folded_pages, 0);
		c->relieved_pages = 0;
	}
	atomic_store(&c->wal_pages, wal_pages);
	if (wal_pages - atomic_load(&c->folded_pages) >= SQLITE_FOLD_PAGES)
		sqlite_checkpoint_wake(c);
}

void sqlite_checkpoint_relieve(struct sqlite_checkpoint *c)
{
	int pages = atomic_load(&c->wal_pages);
	/* A reader may keep the log from being begun anew; then do not try at each commit. */
	if (pages < SQLITE_WAL_PAGES_MAX || pages - c->relieved_pages < SQLITE_FOLD_PAGES)
		return;
	c->relieved_pages = pages;
	fold(c);
}
