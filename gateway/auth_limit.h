/* SPDX-License-Identifier: Apache-2.0 */
/* Guessing is made slow without locking anybody out; hashing is kept off the loop. */
#ifndef GATEWAY_AUTH_LIMIT_H
#define GATEWAY_AUTH_LIMIT_H

#include "routing/base/id.h"

#include <uv.h>

/* Failed tries per (login, peer) and per peer: 5 and 30 in a minute, then one each 10 s. Another
 * peer can always try, so nobody is locked out by somebody else. Of a pair each try counts from its
 * beginning, until it succeeds: many at once are no way around it. */
struct auth_limit;
struct auth_limit *auth_limit_new(void);
struct auth_limit *auth_limit_free(struct auth_limit *l); /* accepts NULL; always NULL */
int auth_limit_begin(struct auth_limit *l, struct usher_text login, struct usher_text peer,
		     usher_us now); /* 0: try; else the seconds until the next try */
void auth_limit_failed(struct auth_limit *l, struct usher_text peer, usher_us now);
void auth_limit_succeeded(struct auth_limit *l, struct usher_text login, struct usher_text peer);

/* argon2id on workers, at most two at once (19 MiB each); further ones wait, at most 200, and above
 * that the answer is E_AGAIN at once. */
struct auth_hasher;
struct auth_hasher *auth_hasher_new(uv_loop_t *loop);
struct auth_hasher *auth_hasher_free(struct auth_hasher *h); /* no job may be running */
/* 0 or E_UNAUTHENTICATED. An empty hash is verified against a fixed one and is never right. */
void auth_hasher_verify(struct auth_hasher *h, struct usher_text hash, struct usher_text password,
			void (*on_done)(int code, void *arg), void *arg);
/* E_INVALID for a password that breaks the length rule; hash is "" unless the code is 0. */
void auth_hasher_hash(struct auth_hasher *h, struct usher_text password,
		      void (*on_done)(int code, const char *hash, void *arg), void *arg);
/* Blocking, for the command line. */
bool auth_hash_now(struct usher_text password, char ret[static 128]);

#endif
