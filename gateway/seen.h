/* SPDX-License-Identifier: Apache-2.0 */
/* What came in lately, by hash: the memory that makes hearing a thing twice harmless. */
#ifndef GATEWAY_SEEN_H
#define GATEWAY_SEEN_H

#include "gateway/book.h"

#define SEEN_ITEMS_MAX 1000000    /* the oldest is forgotten beyond */
#define SEEN_AGE_US (30 * USHER_DAY) /* read back from the store at the start */

struct seen;
struct seen *seen_new(void);
struct seen *seen_free(struct seen *s); /* accepts NULL; always NULL */
int seen_load(struct seen *s, struct store *store, usher_us now) USHER_CHECKED;
bool seen_find(const struct seen *s, uint64_t hash, struct book_seen *ret);
void seen_add(struct seen *s, uint64_t hash, const struct book_seen *item);

#endif
