/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_imap_client.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

bool imap_checkpoint_has(const struct imap_checkpoint *c, uint32_t uid)
{
	for (int i = 0; i < c->seen_count; i++)
		if (c->seen[i] == uid)
			return true;
	return c->last_uid > IMAP_OVERLAP && uid <= c->last_uid - IMAP_OVERLAP;
}

/* Keeps the highest ones; what falls out below is never asked for again. */
void imap_checkpoint_add(struct imap_checkpoint *c, uint32_t uid)
{
	if (uid > c->last_uid)
		c->last_uid = uid;
	if (imap_checkpoint_has(c, uid))
		return;
	if (c->seen_count == IMAP_OVERLAP) {
		if (uid < c->seen[0])
			return;
		memmove(&c->seen[0], &c->seen[1], (IMAP_OVERLAP - 1) * sizeof c->seen[0]);
		c->seen_count--;
	}
	int at = c->seen_count++;
	for (; at > 0 && c->seen[at - 1] > uid; at--)
		c->seen[at] = c->seen[at - 1];
	c->seen[at] = uid;
}

void imap_checkpoint_restart(struct email_imap *m)
{
	m->check.uidvalidity = m->uidvalidity;
	m->check.last_uid = 0;
	m->check.seen_count = 0;
}

static void load_numbers(struct imap_checkpoint *c, const json_t *o)
{
	json_t *item;
	size_t i;
	c->uidvalidity = (uint32_t)json_integer_value(json_object_get(o, "uidvalidity"));
	json_array_foreach(json_object_get(o, "seen"), i, item)
		imap_checkpoint_add(c, (uint32_t)json_integer_value(item));
	c->last_uid = (uint32_t)json_integer_value(json_object_get(o, "last_uid"));
}

void imap_checkpoint_load(struct email_imap *m)
{
	struct arena arena = {0};
	struct usher_text text = m->ch->host->state(m->ch->host, &arena);
	json_t *all = json_loadb(text.n > 0 ? text.p : "{}", text.n > 0 ? text.n : 2, 0, NULL);
	const json_t *o = json_object_get(all, "imap");
	const char *mailbox = json_string_value(json_object_get(o, "mailbox"));
	const char *since = json_string_value(json_object_get(o, "since"));
	m->check.uidvalidity = m->check.last_uid = 0;
	m->check.seen_count = 0;
	if (mailbox != NULL && strcmp(mailbox, m->check.mailbox) == 0) {
		load_numbers(&m->check, o);
		if (since != NULL && strlen(since) < sizeof m->check.since)
			snprintf(m->check.since, sizeof m->check.since, "%s", since);
	}
	json_decref(all);
	arena_done(&arena);
}

void imap_checkpoint_save(struct email_imap *m, void (*on_done)(int code, void *arg))
{
	json_t *seen = json_array();
	for (int i = 0; i < m->check.seen_count; i++)
		json_array_append_new(seen, json_integer(m->check.seen[i]));
	json_t *all =
		json_pack("{s:{s:s,s:s,s:I,s:I,s:o}}", "imap", "mailbox", m->check.mailbox, "since",
			  m->check.since, "uidvalidity", (json_int_t)m->check.uidvalidity,
			  "last_uid", (json_int_t)m->check.last_uid, "seen", seen);
	char *text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	m->ch->host->state_save(m->ch->host, text_of(text), on_done, m);
	free(text);
}
