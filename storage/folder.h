/* SPDX-License-Identifier: Apache-2.0 */
/* Names in folders, made durable. Private to storage/. */
#ifndef STORAGE_FOLDER_H
#define STORAGE_FOLDER_H

#include "routing/base/error.h"

/* Syncs the folder, so that the names made, changed or removed in it survive a power loss.
 * 0 or a negative errno. */
int folder_sync(const char *folder) USHER_CHECKED;
int folder_sync_of(const char *path) USHER_CHECKED; /* the folder that holds the path */

/* Makes the folder (mode 0700) and its name durable; one that is there is no fault. */
int folder_make(const char *folder) USHER_CHECKED;

#endif
