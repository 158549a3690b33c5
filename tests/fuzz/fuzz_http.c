/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What strangers can send, on any bytes: request heads, frames, addresses, JSON. The first byte
 * chooses. Built with USHER_LIBFUZZER it is a libFuzzer target; otherwise main() replays the corpus
 * and 200,000 mutations of it (seed fixed) as a test.
 */
#include "gateway/http/access.h"
#include "gateway/http/frame.h"
#include "gateway/http/head.h"
#include "gateway/json.h"
#include "routing/base/memory.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_inside(struct usher_text t, const char *bytes, size_t n)
{
	assert(t.n == 0 || (t.p >= bytes && t.p + t.n <= bytes + n));
}

static void check_head(const struct request_head *h, const char *bytes, size_t n)
{
	check_inside(h->method, bytes, n);
	check_inside(h->query, bytes, n);
	check_inside(h->path, bytes, n);
	assert(h->method.n > 0 && h->path.n > 0 && h->path.p[0] == '/' && text_is_utf8(h->path));
	assert(!(h->has_length && h->is_chunked));
	assert(memmem(h->path.p, h->path.n, "/../", 4) == NULL);
	int hosts = 0;
	for (size_t i = 0; i < h->field_count; i++) {
		struct usher_text value = h->fields[i].value;
		check_inside(h->fields[i].name, bytes, n);
		check_inside(value, bytes, n);
		assert(value.n == 0 || memchr(value.p, '\n', value.n) == NULL);
		assert(value.n == 0 || memchr(value.p, '\r', value.n) == NULL);
		assert(value.n == 0 || memchr(value.p, '\0', value.n) == NULL);
		hosts += text_equal_nocase(h->fields[i].name, TEXT("host"));
	}
	assert(hosts <= 1);
}

static void fuzz_head(const char *bytes, size_t n)
{
	size_t scanned = 0, slowly_scanned = 0;
	int slowly = 0;
	int end = head_find_end(text_slice(bytes, n), &scanned);
	for (size_t i = 1; i <= n && slowly == 0; i++)
		slowly = head_find_end(text_slice(bytes, i), &slowly_scanned);
	assert(end == slowly || (end < 0 && slowly < 0));
	if (end <= 0)
		return;
	struct request_head head;
	const char *why = NULL;
	char *copy = memory_new((size_t)end);
	memcpy(copy, bytes, (size_t)end);
	int r = head_parse(copy, (size_t)end, &head, &why);
	assert(r == 0 || (r <= -400 && why != NULL));
	if (r == 0)
		check_head(&head, copy, (size_t)end);
	free(copy);
}

static void note(void *arg, char kind, struct usher_text t)
{
	uint64_t *digest = arg;
	assert(text_is_utf8(t) || kind == 'p');
	*digest = hash_fold(*digest, (uint64_t)kind);
	for (size_t i = 0; i < t.n; i++)
		*digest = hash_fold(*digest, (unsigned char)t.p[i]);
}

static bool on_message(void *arg, struct usher_text t)
{
	note(arg, 'm', t);
	return true;
}

static bool on_ping(void *arg, struct usher_text t)
{
	note(arg, 'p', t);
	return true;
}

static void on_pong(void *arg)
{
	note(arg, 'o', TEXT_NONE);
}

static void on_close(void *arg, int code, struct usher_text t)
{
	assert(code == 1005 || frame_close_code_is_valid(code));
	note(arg, 'c', t);
}

static int read_frames(const char *bytes, size_t n, size_t piece, uint64_t *ret)
{
	static const struct frame_events events = {on_message, on_ping, on_pong, on_close};
	struct frame_reader reader = {.head_n = 0};
	int code = 0;
	*ret = 0;
	for (size_t at = 0; at < n && code == 0; at += piece) {
		size_t m = n - at < piece ? n - at : piece;
		char *copy = memory_new(m);
		memcpy(copy, bytes + at, m);
		code = frame_read(&reader, copy, m, 300, &events, ret);
		free(copy);
		assert(reader.message.n <= 300 && reader.control.n <= FRAME_CONTROL_MAX);
	}
	frame_reader_done(&reader);
	return code;
}

static void fuzz_frames(const char *bytes, size_t n)
{
	uint64_t whole, slowly;
	int code = read_frames(bytes, n, n > 0 ? n : 1, &whole);
	assert(code == read_frames(bytes, n, 1, &slowly));
	assert(whole == slowly);
	assert(code == 0 || code == 1 || (code >= 1002 && code <= 1009));
}

static void fuzz_access(const char *bytes, size_t n)
{
	struct access_list a;
	struct usher_text t = text_slice(bytes, n);
	struct in6_addr peer, client;
	char text[ACCESS_ADDRESS_BYTES];
	if (access_init(&a, "https://desk.example", NULL, NULL,
			(const char *const[]){"10.0.0.0/8", "fc00::/7", NULL}, NULL) != 0)
		abort();
	(void)access_parse_address(TEXT("10.0.0.1"), &peer);
	client = access_client(&a, &peer, t);
	access_format_address(&client, text);
	assert(access_parse_address(text_of(text), &peer) && memcmp(&peer, &client, 16) == 0);
	if (access_host_is_ours(&a, t, false))
		assert(text_equal_nocase(text_slice(t.p, 12), TEXT("desk.example")));
	if (access_origin_is_ours(&a, t, TEXT("other.example"), true))
		assert(text_equal_nocase(t, TEXT("https://desk.example")) ||
		       text_equal_nocase(t, TEXT("https://other.example")));
	access_done(&a);
}

static void fuzz_json(const char *bytes, size_t n)
{
	struct json *value = NULL;
	struct usher_buf out = {0};
	struct json_writer w;
	struct usher_text name = TEXT_NONE;
	const struct json_field fields[] = {{"name", JSON_KIND_TEXT, .ret = &name}, {NULL}};
	struct usher_error error = {0};
	if (json_parse(&value, text_slice(bytes, n), 10000, &error) == 0) {
		assert(json_fields(value, fields, &error) == 0 || error.text[0] != '\0');
		value = json_free(value);
	} else {
		assert(error.text[0] != '\0');
	}
	assert(text_is_utf8(text_of(error.text)));
	json_writer_init(&w, &out);
	json_write_text(&w, text_slice(bytes, n));
	assert(text_is_utf8(buf_text(&out)) || memchr(bytes, '\0', n) != NULL);
	buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const char *rest = (const char *)bytes + 1;
	if (n == 0)
		return 0;
	switch (bytes[0] & 3) {
	case 0:
		fuzz_head(rest, n - 1);
		break;
	case 1:
		fuzz_access(rest, n - 1);
		break;
	case 2:
		fuzz_frames(rest, n - 1);
		break;
	default:
		fuzz_json(rest, n - 1);
	}
	return 0;
}

#ifndef USHER_LIBFUZZER

#define INPUTS_MAX 128
#define MUTATIONS 200000

struct corpus {
	unsigned char *bytes[INPUTS_MAX]; /* owned */
	size_t n[INPUTS_MAX];
	unsigned count;
};

static void read_input(struct corpus *c, const char *path)
{
	static unsigned char space[65536];
	FILE *f = fopen(path, "rb");
	if (f == NULL || c->count == INPUTS_MAX)
		exit(2);
	size_t n = fread(space, 1, sizeof(space), f);
	fclose(f);
	c->bytes[c->count] = memory_new(n);
	memcpy(c->bytes[c->count], space, n);
	c->n[c->count++] = n;
}

static void read_corpus(struct corpus *c, const char *dir)
{
	DIR *d = opendir(dir);
	for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;) {
		struct usher_buf path = {0};
		if (entry->d_name[0] == '.')
			continue;
		buf_addf(&path, "%s/%s", dir, entry->d_name);
		read_input(c, path.p);
		buf_done(&path);
	}
	if (d != NULL)
		closedir(d);
}

/* A copy with up to four bytes changed, a piece doubled, or its end cut off. */
static void mutate(const struct corpus *c, uint64_t *random)
{
	unsigned i = (unsigned)random_below(random, c->count);
	struct usher_buf b = {0};
	buf_add(&b, c->bytes[i], c->n[i]);
	if (random_below(random, 8) == 0 && b.n > 1) {
		size_t from = 1 + random_below(random, b.n - 1);
		char *copy = memory_copy(text_slice(b.p + from, b.n - from));
		buf_add(&b, copy, b.n - from);
		free(copy);
	}
	for (uint64_t k = random_below(random, 5); k > 0 && b.n > 1; k--) {
		size_t at = 1 + random_below(random, b.n - 1);
		if (random_below(random, 2) == 0)
			b.p[at] = (char)random_next(random);
		else
			b.p[at] ^= (char)(1 << random_below(random, 8));
	}
	size_t n = random_below(random, 16) == 0 ? random_below(random, b.n + 1) : b.n;
	unsigned char *exact = memory_new(n); /* so that reading on is seen */
	memcpy(exact, b.p, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	buf_done(&b);
}

int main(int argc, char **argv)
{
	static struct corpus c;
	struct usher_buf dir = {0};
	const char *src = getenv("USHER_SRC");
	uint64_t random = 20261121;
	buf_addf(&dir, "%s/tests/fuzz/corpus-http", src != NULL ? src : ".");
	read_corpus(&c, argc > 1 ? argv[1] : dir.p);
	printf("1..2\n");
	for (unsigned i = 0; i < c.count; i++)
		LLVMFuzzerTestOneInput(c.bytes[i], c.n[i]);
	printf("%s 1 - %u corpus files replayed\n", c.count >= 20 ? "ok" : "not ok", c.count);
	for (unsigned i = 0; i < MUTATIONS && c.count > 0; i++)
		mutate(&c, &random);
	printf("%s 2 - %u mutations\n", c.count > 0 ? "ok" : "not ok", MUTATIONS);
	for (unsigned i = 0; i < c.count; i++)
		free(c.bytes[i]);
	buf_done(&dir);
	return c.count >= 20 ? 0 : 1;
}

#endif
