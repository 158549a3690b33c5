/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/storage/numbered.h"

#include "routing/base/hash.h"
#include "storage/record.h"

#include <stdio.h>

static void event_text(int64_t seq, char *ret, size_t n)
{
	snprintf(ret, n, "event %lld %016llx", (long long)seq,
		 (unsigned long long)hash_mix((uint64_t)seq));
}

static int keep_seq(const void *row, void *arg)
{
	*(int64_t *)arg = ((const struct journal_row *)row)->seq;
	return 0;
}

int64_t numbered_last(struct store *s)
{
	int64_t seq = 0;
	struct store_range last = {.index = -1, .is_descending = true, .limit = 1};
	return store_scan(s, &JOURNAL, &last, keep_seq, &seq) < 0 ? -1 : seq;
}

void numbered_fill(struct store_batch *b, int64_t seq, int rows)
{
	char text[64];
	store_batch_clear(b);
	for (int i = 0; i < rows; i++, seq++) {
		event_text(seq, text, sizeof text);
		store_add(b, &JOURNAL, &(struct journal_row){seq, seq, text_of(text)});
		store_add(b, &MESSAGE,
			  &(struct message_row){.contact = (usher_id)(seq % 50 + 1),
						.seq = seq,
						.body = text_of(text)});
	}
	store_put(b, &SNAPSHOT, &(struct snapshot_row){.seq = 1, .digest = seq - 1});
}

struct verdict {
	struct store *store;
	int64_t next;
	const char *fault; /* NULL = none */
};

static int verify_row(const void *row, void *arg)
{
	struct verdict *v = arg;
	const struct journal_row *j = row;
	struct message_row message, key = {.contact = (usher_id)(j->seq % 50 + 1), .seq = j->seq};
	struct arena arena = {0};
	char text[64];
	event_text(v->next, text, sizeof text);
	if (j->seq != v->next++)
		v->fault = "a number is missing";
	else if (!text_equal(j->event, text_of(text)))
		v->fault = "an event has another content";
	else if (store_get(v->store, &MESSAGE, &key, &arena, &message) < 0)
		v->fault = "half of a commit is there";
	arena_done(&arena);
	return v->fault != NULL;
}

const char *numbered_verify(struct store *s, int64_t acknowledged, int64_t *ret_last)
{
	struct verdict v = {s, 1, NULL};
	struct snapshot_row snapshot = {0};
	struct arena arena = {0};
	int r = store_scan(s, &JOURNAL, &(struct store_range){.index = -1}, verify_row, &v);
	if (r < 0)
		v.fault = "the journal cannot be read";
	r = store_get(s, &SNAPSHOT, &(struct snapshot_row){.seq = 1}, &arena, &snapshot);
	arena_done(&arena);
	*ret_last = v.next - 1;
	if (v.fault == NULL && r < 0 && (r != E_NOT_FOUND || v.next > 1))
		v.fault = "the snapshot cannot be read";
	if (v.fault == NULL && snapshot.digest != v.next - 1)
		v.fault = "the snapshot is of another commit";
	if (v.fault == NULL && v.next <= acknowledged)
		v.fault = "acknowledged rows are gone";
	return v.fault;
}
