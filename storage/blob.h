/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Large bytes (raw mails, attachments) outside the database: one file each, named by the SHA-256
 * of what it holds, below a folder: DIR/blobs/ab/ab12…. The same bytes are stored once. A file is
 * there whole or not at all, and nothing changes it afterwards.
 *
 * Put a blob before the commit that names it. Every call may be made on any thread, by several at
 * a time, and blocks on the disk.
 */
#ifndef STORAGE_BLOB_H
#define STORAGE_BLOB_H

#include "routing/base/text.h"

#define BLOB_HEX_BYTES 65 /* 64 digits and the NUL */

/* When it returns 0 the bytes and their name survive a power loss. E_IO. The length comes from
 * the caller, who has checked it against a limit. */
int blob_put(const char *dir, struct usher_text bytes, char ret_hex[static BLOB_HEX_BYTES],
	     struct usher_error *reterr) USHER_CHECKED;

/* Appends the bytes to `buf`. E_INVALID: not 64 lower-case hex digits. E_NOT_FOUND. E_LIMIT: more
 * than `max` bytes. E_IO: unreadable, or not the bytes that were stored. */
int blob_get(const char *dir, struct usher_text hex, size_t max, struct usher_buf *buf,
	     struct usher_error *reterr) USHER_CHECKED;

/* Removes what a crash left half written. Once, before the first blob_put of any thread. */
void blob_sweep(const char *dir);

#endif
