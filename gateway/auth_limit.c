/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/auth_limit.h"

#include "routing/base/memory.h"
#include "routing/base/table.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define PAIR_TRIES 5
#define PEER_TRIES 30
#define REFILL_US (10 * USHER_SECOND)
#define ENTRIES_MAX 50000 /* then all are forgotten: a flood from many addresses gains little by it */

struct auth_limit {
	struct table debts; /* hash -> instant until which tries are owed, microseconds */
	struct hash_key key;
};

struct auth_limit *auth_limit_new(void)
{
	struct auth_limit *l = NEW(struct auth_limit);
	l->key = (struct hash_key){(uint64_t)(uintptr_t)l, 0x9e3779b97f4a7c15ULL};
	return l;
}

struct auth_limit *auth_limit_free(struct auth_limit *l)
{
	if (l == NULL)
		return NULL;
	table_done(&l->debts);
	free(l);
	return NULL;
}

/* Who has one IPv6 address has its whole /64. */
static void add_peer(struct usher_buf *to, struct usher_text peer)
{
	unsigned char bytes[16];
	char text[INET6_ADDRSTRLEN] = "";
	if (peer.n < sizeof text && peer.n > 0)
		memcpy(text, peer.p, peer.n);
	if (inet_pton(AF_INET6, text, bytes) == 1)
		buf_add(to, bytes, 8);
	else
		buf_add_text(to, peer);
}

static uint64_t hash_of(const struct auth_limit *l, struct usher_text login, struct usher_text peer)
{
	struct usher_buf both = {0};
	for (size_t i = 0; i < login.n; i++)
		buf_addc(&both, login.p[i] >= 'A' && login.p[i] <= 'Z' ? (char)(login.p[i] + 32)
								       : login.p[i]);
	buf_addc(&both, '\0');
	add_peer(&both, peer);
	uint64_t hash = hash_keyed(&l->key, both.p, both.n);
	buf_done(&both);
	return hash != 0 ? hash : 1;
}

/* Each failure owes REFILL_US; up to `tries` of them may be owed at once. */
static int wait_of(const struct auth_limit *l, uint64_t hash, int tries, usher_us now)
{
	uint64_t debt = 0;
	if (!table_get(&l->debts, hash, &debt))
		return 0;
	usher_us over = (usher_us)debt - now - (tries - 1) * REFILL_US;
	return over <= 0 ? 0 : (int)((over + USHER_SECOND - 1) / USHER_SECOND);
}

static void add_debt(struct auth_limit *l, uint64_t hash, usher_us now)
{
	uint64_t debt = 0;
	if (!table_get(&l->debts, hash, &debt) || (usher_us)debt < now)
		debt = (uint64_t)now;
	table_set(&l->debts, hash, debt + REFILL_US);
}

int auth_limit_begin(struct auth_limit *l, struct usher_text login, struct usher_text peer,
		     usher_us now)
{
	uint64_t pair = hash_of(l, login, peer);
	int pair_s = wait_of(l, pair, PAIR_TRIES, now);
	int peer_s = wait_of(l, hash_of(l, TEXT_NONE, peer), PEER_TRIES, now);
	if (pair_s > 0 || peer_s > 0)
		return pair_s > peer_s ? pair_s : peer_s;
	if (l->debts.count > ENTRIES_MAX)
		table_done(&l->debts);
	add_debt(l, pair, now);
	return 0;
}

void auth_limit_failed(struct auth_limit *l, struct usher_text peer, usher_us now)
{
	add_debt(l, hash_of(l, TEXT_NONE, peer), now);
}

void auth_limit_succeeded(struct auth_limit *l, struct usher_text login, struct usher_text peer)
{
	table_remove(&l->debts, hash_of(l, login, peer));
}
