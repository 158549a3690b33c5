/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout of a snapshot, for snapshot.c and restore.c:
 *   magic, version, seed, now, epoch, review, channels, skills; counted queues, agents, lines, and
 *   per queue its contacts in order of entry; a hash of all that. Little-endian; things are named
 *   by id, never by slot; lines are numbered in the order in which they are written.
 * What follows from these (lists, trees, heap, rows, loads, counters) is built anew.
 */
#ifndef ROUTING_CORE_SNAPSHOT_H
#define ROUTING_CORE_SNAPSHOT_H

#include "routing/base/hash.h"

#define SNAPSHOT_MAGIC 0x52485355u /* "USHR" */
#define SNAPSHOT_VERSION 3
#define SNAPSHOT_HASH_BYTES 8

/* Against damage, not against forgery. */
#define SNAPSHOT_KEY ((struct hash_key){0x7573686572, 0x736e617073686f74})

enum snapshot_flag {
	/* of an agent */
	FLAG_LOST = 1,
	FLAG_UNRESPONSIVE = 2,
	FLAG_REMOVED = 4, /* and of a queue */
	FLAG_DIRTY = 8,
	FLAG_LEAVING = 16,
	/* of a queue */
	FLAG_CLOSED = 1,
	/* of a contact */
	FLAG_FRESH = 1,
	FLAG_EXCLUSIVE = 2,
	FLAG_DIRECTED = 4,
	FLAG_PATIENT = 8,
	FLAG_CALLBACK = 16,
	FLAG_KEPT = 32,
	/* of a line */
	FLAG_CURRENT = 1, /* by the settings its queue has now */
	FLAG_LINE_CALLBACK = 2,
};

#endif
