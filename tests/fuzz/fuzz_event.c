/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event codec and the step behind it, on any bytes. Built with USHER_LIBFUZZER it is a
 * libFuzzer target; otherwise main() replays the corpus and 200,000 mutations of it (seed fixed) as
 * a test.
 */
#include "routing/base/memory.h"
#include "routing/core/core.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW ((usher_us)1700000000 * USHER_SECOND)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void step(struct routing *r, const struct routing_event *ev)
{
	struct routing_effects fx;
	routing_step(r, ev, NOW, &fx);
	routing_check(r);
}

/* A queue, an agent who is ready, contact 3 offered with epoch 2 and contact 4 held with epoch 4:
 * enough for most events to bite. */
static struct routing *small_world(void)
{
	struct routing_limits limits = {4, 2, 2};
	struct routing *r;
	struct routing_event ev = {.kind = EV_QUEUE_SET};
	if (routing_new(&r, &limits, 1, NULL) < 0)
		abort();
	ev.queue = (struct routing_queue_set){
		.queue = 1, .offer_us = USHER_MINUTE, .wrapup_us = USHER_MINUTE};
	step(r, &ev);
	ev = (struct routing_event){.kind = EV_AGENT_SET};
	ev.agent.agent = 2;
	ev.agent.capacity = 200;
	ev.agent.queue_count = 1;
	ev.agent.queues[0].queue = 1;
	step(r, &ev);
	ev = (struct routing_event){.kind = EV_AGENT_WANTS};
	ev.presence = (struct routing_presence){2, AGENT_READY, 0};
	step(r, &ev);
	ev = (struct routing_event){.kind = EV_CONTACT_NEW};
	ev.contact = (struct routing_contact_new){
		.contact = 3, .queue = 1, .channel = CHANNEL_CHAT, .first_us = NOW};
	step(r, &ev);
	ev.contact.contact = 4;
	step(r, &ev);
	ev = (struct routing_event){.kind = EV_ACCEPT};
	ev.command = (struct routing_command){.contact = 4, .agent = 2, .epoch = 4};
	step(r, &ev);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct routing_event ev;
	struct usher_buf again = {0};
	if (routing_event_decode(text_slice(bytes, n), &ev) < 0)
		return 0;
	routing_event_encode(&ev, &again); /* there is one way to write an event */
	assert(again.n == n && memcmp(again.p, bytes, n) == 0);
	buf_done(&again);
	struct routing *r = small_world();
	step(r, &ev);
	ev = (struct routing_event){.kind = EV_TICK};
	step(r, &ev);
	routing_free(r);
	return 0;
}

#ifndef USHER_LIBFUZZER

#define INPUTS_MAX 128
#define MUTATIONS 200000

struct corpus {
	unsigned char *bytes[INPUTS_MAX]; /* owned; exactly n bytes, so that reading on is seen */
	size_t n[INPUTS_MAX];
	unsigned count;
};

static void read_input(struct corpus *c, const char *path)
{
	static unsigned char space[65536];
	FILE *f = fopen(path, "rb");
	if (f == NULL || c->count == INPUTS_MAX)
		exit(2);
	size_t n = fread(space, 1, sizeof space, f);
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

/* A copy with up to four bytes changed, cut or lengthened. */
static void mutate(const struct corpus *c, uint64_t *random)
{
	unsigned i = (unsigned)random_below(random, c->count);
	size_t n = c->n[i] + random_below(random, 4) * (random_below(random, 8) == 0);
	unsigned char *bytes = memory_new(n);
	memcpy(bytes, c->bytes[i], c->n[i]);
	for (uint64_t k = random_below(random, 5); k > 0 && n > 0; k--) {
		size_t at = (size_t)random_below(random, n);
		uint64_t how = random_below(random, 4);
		if (how == 0)
			bytes[at] = (unsigned char)random_next(random);
		else if (how == 1)
			bytes[at]++;
		else if (how == 2)
			bytes[at] ^= (unsigned char)(1 << random_below(random, 8));
		else
			bytes[at] = 0xff;
	}
	size_t cut = random_below(random, 16) == 0 && n > 0 ? (size_t)random_below(random, n) : n;
	unsigned char *exact = memory_new(cut);
	memcpy(exact, bytes, cut);
	LLVMFuzzerTestOneInput(exact, cut);
	free(exact);
	free(bytes);
}

int main(int argc, char **argv)
{
	static struct corpus c;
	struct usher_buf dir = {0};
	const char *src = getenv("USHER_SRC");
	uint64_t random = 20261121;
	buf_addf(&dir, "%s/tests/fuzz/corpus-event", src != NULL ? src : ".");
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
