/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time and identity.
 *
 * An id is 63 bits: milliseconds since 2020-01-01 UTC in the upper 43, a counter in the lower 20.
 * It grows with time, so it is the primary key of its row and no second index is needed.
 * Outside it is shown as a UUIDv7 (RFC 9562): the Unix milliseconds, the counter in rand_a and the
 * first 8 bits of rand_b, and 54 bits of a keyed hash. The text can be turned back without a
 * look-up, and one that was not made with this site's key is refused, so ids cannot be guessed.
 */
#ifndef ROUTING_BASE_ID_H
#define ROUTING_BASE_ID_H

#include "routing/base/hash.h"
#include "routing/base/text.h"

typedef uint64_t usher_id; /* 0 = none */
typedef int64_t usher_us;  /* microseconds since 1970-01-01 UTC, or a span of them */

#define USHER_SECOND ((usher_us)1000000)
#define USHER_MINUTE (60 * USHER_SECOND)
#define USHER_HOUR (60 * USHER_MINUTE)
#define USHER_DAY (24 * USHER_HOUR)
#define USHER_NEVER INT64_MAX

#define ID_TEXT_BYTES 37 /* 36 characters and the NUL */

/* The next id for `now`: later than *last, which it updates. At most 2^20 a millisecond; past
 * that, or when the clock steps back, it runs ahead of the clock instead of repeating. */
usher_id id_next(usher_id *last, usher_us now);

usher_us id_time(usher_id id); /* when it was made, to the millisecond */

void id_format(usher_id id, const struct hash_key *key, char ret[static ID_TEXT_BYTES]);

/* E_INVALID: not a UUIDv7, or not made with this key. */
int id_parse(struct usher_text t, const struct hash_key *key, usher_id *ret) USHER_CHECKED;

/* RFC 3339 in UTC with milliseconds: 2026-11-21T09:30:00.123Z */
#define TIME_TEXT_BYTES 25
void time_format(usher_us at, char ret[static TIME_TEXT_BYTES]);
int time_parse(struct usher_text t, usher_us *ret) USHER_CHECKED; /* Z or a numeric offset */

#endif
