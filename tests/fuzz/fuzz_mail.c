/* SPDX-License-Identifier: Apache-2.0 */
/* Replays a corpus without a fuzzer; prints TAP. */
#include "tests/fuzz/fuzz_mail.h"

#include "routing/base/hash.h"
#include "routing/base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const words[] = {"\r\n", "{5}",  "\"",	   "<",	   ">", "\0",
				    "--x",  "\xFF", "=?utf-8?B?",  "(",	   ")", "\n.\n",
				    "&#",   "%s",   "99999999999", "<div>"};

static void mutate(struct usher_buf *b, uint64_t *seed)
{
	int changes = 1 + (int)random_below(seed, 8);
	for (int i = 0; i < changes && b->n > 0; i++) {
		size_t at = random_below(seed, b->n);
		switch (random_below(seed, 5)) {
		case 0:
			b->p[at] = (char)random_below(seed, 256);
			break;
		case 1:
			b->p[at] ^= (char)(1 << random_below(seed, 8));
			break;
		case 2:
			b->n = at;
			break;
		case 3: { /* a piece of itself behind it */
			size_t n = random_below(seed, b->n - at) + 1;
			char *copy = malloc(n);
			memcpy(copy, b->p + at, n);
			buf_add(b, copy, n);
			free(copy);
			break;
		}
		default: {
			const char *w = words[random_below(seed, sizeof words / sizeof words[0])];
			size_t n = *w == '\0' ? 1 : strlen(w);
			for (size_t k = 0; k < n && at + k < b->n; k++)
				b->p[at + k] = w[k];
			break;
		}
		}
	}
}

static int replay(const char *path, uint64_t seed)
{
	struct usher_buf original = {0};
	char block[65536];
	size_t n;
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return 0;
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(&original, block, n);
	fclose(f);
	buf_reserve(&original, 1);
	LLVMFuzzerTestOneInput((const uint8_t *)original.p, original.n);
	for (int i = 0; i < fuzz_rounds; i++) {
		struct usher_buf b = {0};
		buf_reserve(&b, original.n + 1);
		buf_add_text(&b, buf_text(&original));
		mutate(&b, &seed);
		/* In a block of its own size, so that the sanitizer sees a step over its end. */
		uint8_t *exact = malloc(b.n > 0 ? b.n : 1);
		memcpy(exact, b.p, b.n);
		LLVMFuzzerTestOneInput(exact, b.n);
		free(exact);
		buf_done(&b);
	}
	buf_done(&original);
	return 1;
}

int main(void)
{
	char dir[1024], path[1400];
	const char *source = getenv("USHER_SRC");
	struct dirent **names;
	int files = 0;
	snprintf(dir, sizeof dir, "%s/tests/fuzz/corpus/%s", source != NULL ? source : ".",
		 fuzz_name);
	int count = scandir(dir, &names, NULL, alphasort);
	printf("1..1\n");
	fflush(stdout);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			files += replay(path, 20260101 + (uint64_t)i);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	printf("# %s: %d seeds, %d mutations each\n", fuzz_name, files, fuzz_rounds);
	printf("%s 1 - %s\n", files > 0 ? "ok" : "not ok", fuzz_name);
	return files > 0 ? 0 : 1;
}
