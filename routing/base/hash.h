/* SPDX-License-Identifier: Apache-2.0 */
/* Mixing, keyed hashing, a running digest and seeded random numbers: all the same on any machine. */
#ifndef ROUTING_BASE_HASH_H
#define ROUTING_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* A bijection on 64 bits with good avalanche (finalizer of MurmurHash3, A. Appleby, public domain). */
static inline uint64_t hash_mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdULL;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ULL;
	return x ^ (x >> 33);
}

/* Folds one value into a running digest; the order of the calls matters. */
static inline uint64_t hash_fold(uint64_t digest, uint64_t value)
{
	return hash_mix(digest ^ (value + 0x9e3779b97f4a7c15ULL + (digest << 6) + (digest >> 2)));
}

struct hash_key {
	uint64_t k0, k1;
};

/* SipHash-2-4 (Aumasson, Bernstein 2012): keyed, so that peers cannot choose collisions. */
uint64_t hash_keyed(const struct hash_key *key, const void *bytes, size_t n);

/* splitmix64 (Steele, Lea, Flood 2014). Never for secrets. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static inline uint64_t random_below(uint64_t *state, uint64_t n) /* n > 0; bias under 2^-32 */
{
	return (uint64_t)(((unsigned __int128)random_next(state) * n) >> 64);
}

#endif
