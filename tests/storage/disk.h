/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that remembers: an SQLite VFS that writes down every write, sync and name, and can lay
 * out what a power loss at any moment might have left.
 *
 * What was not synced may be there or not, 512 bytes at a time and in any order. Names (made,
 * removed) become durable in their order, at the latest with the next sync of anything, as on a
 * journalling file system.
 */
#ifndef TESTS_STORAGE_DISK_H
#define TESTS_STORAGE_DISK_H

#include <stdbool.h>
#include <stdint.h>

void disk_start(void);          /* from now on SQLite's files are watched */
void disk_stop(void);           /* no longer; what was seen is kept until the next start */
void disk_ignore_syncs(bool is_ignoring); /* a disk that lies: to see that it is found out */

void disk_note_folder_sync(void);   /* one that did not go through SQLite */
void disk_note_ack(int64_t number); /* it was promised now */

int disk_events(void);
/* Writes into `folder` what a power loss behind the first `events` ones might leave of the watched
 * files; returns the last number that was acknowledged by then. The same seed, the same image. */
int64_t disk_image(int events, uint64_t seed, const char *folder);

#endif
