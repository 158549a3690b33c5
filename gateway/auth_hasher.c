/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/auth.h"
#include "gateway/auth_limit.h"
#include "routing/base/list.h"
#include "routing/base/memory.h"

#include <sodium.h>
#include <stdlib.h>

#define PASSES 2
#define MEMORY_BYTES ((size_t)19 << 20)
#define AT_ONCE 2
#define WAITING_MAX 200

struct hash_job {
	uv_work_t uv; /* first */
	struct list link;
	struct auth_hasher *hasher;
	char *password; /* owned; wiped */
	char hash[crypto_pwhash_STRBYTES];
	bool is_verify;
	int code;
	void (*on_verified)(int code, void *arg);
	void (*on_hashed)(int code, const char *hash, void *arg);
	void *arg;
};

struct auth_hasher {
	uv_loop_t *loop;
	struct list waiting;
	int running, waiting_count;
	char nobody[crypto_pwhash_STRBYTES]; /* what an unknown login is checked against */
};

bool auth_hash_now(struct usher_text password, char ret[static 128])
{
	if (password.n < AUTH_PASSWORD_MIN || password.n > AUTH_PASSWORD_MAX)
		return false;
	return crypto_pwhash_str(ret, password.p, password.n, PASSES, MEMORY_BYTES) == 0;
}

struct auth_hasher *auth_hasher_new(uv_loop_t *loop)
{
	struct auth_hasher *h = NEW(struct auth_hasher);
	h->loop = loop;
	list_init(&h->waiting);
	char random[AUTH_TOKEN_BYTES];
	auth_random(random);
	if (!auth_hash_now(text_of(random), h->nobody))
		abort(); /* 19 MiB were not to be had */
	return h;
}

struct auth_hasher *auth_hasher_free(struct auth_hasher *h)
{
	free(h);
	return NULL;
}

static void start_next(struct auth_hasher *h);

static void finish(struct hash_job *job)
{
	if (job->is_verify)
		job->on_verified(job->code, job->arg);
	else
		job->on_hashed(job->code, job->code == 0 ? job->hash : "", job->arg);
	sodium_memzero(job->password, strlen(job->password));
	free(job->password);
	free(job);
}

static void work(uv_work_t *uv)
{
	struct hash_job *job = (struct hash_job *)uv;
	struct usher_text password = text_of(job->password);
	if (job->is_verify)
		job->code = crypto_pwhash_str_verify(job->hash, password.p, password.n) == 0
				    ? 0
				    : E_UNAUTHENTICATED;
	else
		job->code = auth_hash_now(password, job->hash) ? 0 : E_INVALID;
}

static void done(uv_work_t *uv, int status)
{
	struct hash_job *job = (struct hash_job *)uv;
	struct auth_hasher *h = job->hasher;
	(void)status;
	h->running--;
	finish(job);
	start_next(h);
}

static void start_next(struct auth_hasher *h)
{
	while (h->running < AT_ONCE && !list_is_empty(&h->waiting)) {
		struct hash_job *job = LIST_ITEM(h->waiting.next, struct hash_job, link);
		list_remove(&job->link);
		h->waiting_count--;
		h->running++;
		uv_queue_work(h->loop, &job->uv, work, done);
	}
}

static void add(struct auth_hasher *h, struct hash_job *job, struct usher_text password)
{
	job->hasher = h;
	job->password = memory_copy(password);
	list_init(&job->link);
	if (h->waiting_count >= WAITING_MAX) {
		job->code = E_AGAIN;
		finish(job);
		return;
	}
	h->waiting_count++;
	list_add_last(&h->waiting, &job->link);
	start_next(h);
}

void auth_hasher_verify(struct auth_hasher *h, struct usher_text hash, struct usher_text password,
			void (*on_done)(int code, void *arg), void *arg)
{
	struct hash_job *job = NEW(struct hash_job);
	bool is_known = hash.n > 0 && hash.n < sizeof job->hash;
	memcpy(job->hash, is_known ? hash.p : h->nobody, is_known ? hash.n : sizeof h->nobody);
	job->is_verify = true;
	job->on_verified = on_done;
	job->arg = arg;
	add(h, job, password.n <= AUTH_PASSWORD_MAX ? password : TEXT_NONE);
}

void auth_hasher_hash(struct auth_hasher *h, struct usher_text password,
		      void (*on_done)(int code, const char *hash, void *arg), void *arg)
{
	struct hash_job *job = NEW(struct hash_job);
	job->on_hashed = on_done;
	job->arg = arg;
	add(h, job, password);
}
