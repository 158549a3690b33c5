/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replays a seed corpus and fixed-seed mutations of it through a fuzz target, without a fuzzer.
 * The target is LLVMFuzzerTestOneInput, so that a real one can drive it as well.
 */
#ifndef TESTS_CHANNELS_LIVE_REPLAY_H
#define TESTS_CHANNELS_LIVE_REPLAY_H

#include "routing/base/hash.h"
#include "routing/base/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define REPLAY_MUTATIONS 3000 /* per seed file */
#define REPLAY_BYTES_MAX ((size_t)70000)
#define REPLAY_FILES_MAX 200

/* What parsers are fond of. */
static const char *const replay_tokens[] = {
	"{",
	"}",
	"[",
	"]",
	"\"",
	"\\",
	":",
	",",
	"null",
	"true",
	"-1",
	"1e999",
	"\\u0000",
	"\\ud800",
	"%",
	"%00",
	"%zz",
	"+",
	"&",
	"=",
	"&&",
	".",
	"\xff",
	"\xc3",
	"\xe2\x82",
	"\n",
	"\r\n",
	"<",
	"99999999999999999999",
	"\"t\":\"hello\"",
	"\"t\":\"send\"",
	"\"t\":\"join\"",
};

static inline void replay_mutate(struct usher_buf *b, uint64_t *seed)
{
	const char *token =
		replay_tokens[random_below(seed, sizeof replay_tokens / sizeof *replay_tokens)];
	size_t at = (size_t)random_below(seed, b->n + 1);
	struct usher_buf tail = {0};
	switch (random_below(seed, 5)) {
	case 0: /* another byte */
		if (at < b->n)
			b->p[at] = (char)random_next(seed);
		return;
	case 1: /* a cut */
		b->n = at;
		return;
	case 2: /* a hole */
		if (at < b->n) {
			size_t n = (size_t)random_below(seed, b->n - at) + 1;
			memmove(b->p + at, b->p + at + n, b->n - at - n);
			b->n -= n;
		}
		return;
	case 3: /* a token */
		buf_add(&tail, b->p + at, b->n - at);
		b->n = at;
		buf_adds(b, token);
		buf_add_text(b, buf_text(&tail));
		break;
	default: /* a part once more */
		if (b->n < REPLAY_BYTES_MAX / 2) {
			buf_add(&tail, b->p + at, b->n - at);
			buf_add_text(b, buf_text(&tail));
		}
	}
	buf_done(&tail);
}

static inline void replay_one(const struct usher_buf *b)
{
	/* A block of exactly that size, so that a sanitizer sees each step too far. */
	uint8_t *exact = malloc(b->n > 0 ? b->n : 1);
	if (exact == NULL)
		abort();
	if (b->n > 0)
		memcpy(exact, b->p, b->n);
	LLVMFuzzerTestOneInput(exact, b->n);
	free(exact);
}

static inline void replay_file(const char *path, uint64_t *seed)
{
	struct usher_buf file = {0}, mutated = {0};
	char block[4096];
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		abort();
	for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0 && file.n < REPLAY_BYTES_MAX;)
		buf_add(&file, block, n);
	fclose(f);
	buf_reserve(&file, 1);
	replay_one(&file);
	for (int i = 0; i < REPLAY_MUTATIONS; i++) {
		buf_clear(&mutated);
		buf_reserve(&mutated, file.n + 1);
		buf_add_text(&mutated, buf_text(&file));
		for (uint64_t k = random_below(seed, 4) + 1; k > 0; k--)
			replay_mutate(&mutated, seed);
		replay_one(&mutated);
	}
	buf_done(&file);
	buf_done(&mutated);
}

static inline int replay_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Prints TAP; the corpus is tests/fuzz/corpus/<name> in the source tree. */
static inline int replay_main(const char *name)
{
	char dir[400], path[700];
	char *files[REPLAY_FILES_MAX];
	size_t count = 0;
	const char *src = getenv("USHER_SRC");
	uint64_t seed = 20260101;
	snprintf(dir, sizeof dir, "%s/tests/fuzz/corpus/%s", src != NULL ? src : "..", name);
	DIR *d = opendir(dir);
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL && count < REPLAY_FILES_MAX;)
		if (e->d_name[0] != '.')
			files[count++] = memory_copy(text_of(e->d_name));
	if (d != NULL)
		closedir(d);
	qsort(files, count, sizeof *files, replay_order);
	printf("1..1\n");
	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof path, "%s/%.250s", dir, files[i]);
		replay_file(path, &seed);
		free(files[i]);
	}
	printf("%s 1 - %s: %zu seeds, %zu mutations\n", count > 0 ? "ok" : "not ok", name, count,
	       count * REPLAY_MUTATIONS);
	return count > 0 ? 0 : 1;
}

/* Ends the process, whatever NDEBUG says. */
#define MUST(condition)                                                                 \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                        \
		}                                                                       \
	} while (0)

#endif
