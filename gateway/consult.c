/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/consult.h"

#include "gateway/directory.h"
#include "gateway/json.h"
#include "gateway/publish.h"
#include "gateway/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FIELDS_BYTES_MAX ((size_t)1 << 20)

usher_id consult_about(struct usher_text fields)
{
	static const char name[] = "\"consults_for\"";
	struct json *document = NULL;
	uint64_t id = 0;
	bool may_have = fields.n > sizeof name && memmem(fields.p, fields.n, name, sizeof name - 1);
	if (!may_have || json_parse(&document, fields, FIELDS_BYTES_MAX, NULL) < 0)
		return 0;
	bool is_good = text_to_u64(json_as_text(json_member(document, "consults_for")), &id) == 0;
	json_free(document);
	return is_good ? id : 0;
}

/* ---- the open ones ---------------------------------------------------------------------------- */

static void add(struct contact *about, usher_id consultation)
{
	for (unsigned i = 0; i < about->consult_count; i++)
		if (about->consults[i] == consultation)
			return;
	if (about->consult_count < CONSULTS_MAX)
		about->consults[about->consult_count++] = consultation;
}

static void drop(struct contact *about, usher_id consultation)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < about->consult_count; i++)
		if (about->consults[i] != consultation)
			about->consults[kept++] = about->consults[i];
	about->consult_count = kept;
}

static int by_id(const void *a, const void *b)
{
	const usher_id *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

void consult_loaded(struct book *b, struct contact *c)
{
	struct contact *about = c->row.state != CONTACT_CLOSED ? book_open_contact(b, c->about) : NULL;
	if (about == NULL)
		return;
	add(about, c->row.id);
	qsort(about->consults, about->consult_count, sizeof about->consults[0], by_id);
}

unsigned consult_list(struct book *b, const struct contact *c, struct contact *ret[static CONSULTS_MAX])
{
	unsigned count = 0;
	for (unsigned i = 0; i < c->consult_count; i++) {
		struct contact *at = book_open_contact(b, c->consults[i]);
		if (at != NULL)
			ret[count++] = at;
	}
	return count;
}

/* ---- its life --------------------------------------------------------------------------------- */

static void fill(struct contact *c, const struct contact *about, struct usher_text asker)
{
	char fields[80], subject[300];
	snprintf(fields, sizeof fields, "{\"consults_for\":\"%" PRIu64 "\"}", about->row.id);
	snprintf(subject, sizeof subject, "Question about C-%lld by %.*s",
		 (long long)about->row.number, TEXT_ARG(asker));
	c->about = about->row.id;
	c->row.channel = about->row.channel;
	c->row.customer = about->row.customer;
	c->row.priority = about->row.priority;
	kept_row_set(&c->row.fields, text_of(fields));
	kept_row_set(&c->row.subject, text_slice(subject, text_fit(text_of(subject), 255)));
	kept_row_set(&c->row.language, about->row.language);
	free(c->customer_name);
	c->customer_name = memory_copy(text_of(about->customer_name));
}

void consult_open(struct turn *t, const struct routing_transfer *ev)
{
	const struct directory *d = t->g->directory;
	struct contact *about = book_contact(t->g->book, ev->contact);
	if (about == NULL || book_contact(t->g->book, ev->other) != NULL)
		return;
	struct contact *c = book_contact_new(t, ev->other);
	struct usher_text asker = directory_user_name(d, ev->agent);
	struct usher_text asked = ev->to_agent != 0 ? directory_user_name(d, ev->to_agent)
						    : directory_queue_name(
								  d, ev->to_queue != 0 ? ev->to_queue
										       : about->row.queue);
	fill(c, about, asker);
	c->first_us = about->first_us;
	add(about, c->row.id);
	book_event(t, about, "consult", "%.*s asks %.*s (C-%lld).", TEXT_ARG(asker), TEXT_ARG(asked),
		   (long long)c->row.number);
	publish_contact(t, about);
}

void consult_answered(struct turn *t, struct contact *c, usher_id agent)
{
	struct contact *about = book_contact(t->g->book, c->about);
	if (about == NULL)
		return;
	book_event(t, about, "consult-answered", "%.*s answers the question C-%lld.",
		   TEXT_ARG(directory_user_name(t->g->directory, agent)), (long long)c->row.number);
	publish_contact(t, about);
}

void consult_closed(struct turn *t, struct contact *c, enum contact_cause cause)
{
	struct contact *about = book_contact(t->g->book, c->about);
	if (about == NULL)
		return;
	drop(about, c->row.id);
	if (cause != CAUSE_CONFERENCE && about->row.state == CONTACT_ACTIVE)
		book_event(t, about, "consult-closed", "The question C-%lld is closed.",
			   (long long)c->row.number);
	publish_contact(t, about);
}
