/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/bounce.h"

#include "gateway/customers.h"
#include "gateway/directory.h"
#include "gateway/intake.h"
#include "gateway/log.h"
#include "gateway/outbox.h"

#include <jansson.h>
#include <stdlib.h>

#define LOOK_BACK_MAX 2000 /* messages of the contact, from the newest */
#define CONTACTS_MAX 20	   /* of the customer, likewise */

const struct inbound_report *bounce_copy(struct arena *a, const struct inbound_report *report)
{
	if (report == NULL)
		return NULL;
	struct inbound_report *copy = ARENA_NEW(a, struct inbound_report);
	*copy = *report;
	for (int i = 0; i < copy->count; i++) {
		copy->item[i].address = arena_text(a, copy->item[i].address);
		copy->item[i].reason = arena_text(a, copy->item[i].reason);
	}
	return copy;
}

/* ---- finding the message ---------------------------------------------------------------------- */

struct search {
	usher_id message; /* 0: the newest */
	usher_us since_us;
	int64_t seq; /* found; 0 = not */
	usher_id id;
	int seen;
};

static bool has_left(const struct message_row *m)
{
	switch ((enum delivery_state)m->delivery) {
	case DELIVERY_SENT:
	case DELIVERY_DELIVERED:
	case DELIVERY_READ:
	case DELIVERY_FAILED:
	case DELIVERY_UNSURE:
		return true;
	case DELIVERY_NONE:
	case DELIVERY_QUEUED:
	case DELIVERY_SENDING:
	case DELIVERY_RETRY:
	case DELIVERY_HELD:
		break;
	}
	return false;
}

static int on_message(const void *row, void *arg)
{
	const struct message_row *m = row;
	struct search *s = arg;
	bool is_it = s->message != 0 ? m->id == s->message : has_left(m);
	if (is_it && m->author != AUTHOR_CUSTOMER && has_left(m) && m->at_us >= s->since_us) {
		s->seq = m->seq;
		s->id = m->id;
	}
	return is_it || ++s->seen >= LOOK_BACK_MAX;
}

static bool find_sent(struct turn *t, const struct contact *c, struct search *s)
{
	struct message_row like = {.contact = c->row.id};
	struct store_range range = {.index = -1, .equal_count = 1, .like = &like,
				    .is_descending = true};
	return store_scan(t->g->store, &MESSAGE, &range, on_message, s) >= 0 && s->seq != 0;
}

/* The recipient that is ours to hear about. */
static const struct inbound_reported *find_recipient(const struct inbound_report *report,
						     const struct contact *c)
{
	for (int i = 0; i < report->count; i++) {
		const struct inbound_reported *item = &report->item[i];
		bool is_any = item->address.n == 0 && report->is_complaint;
		if (is_any || (item->address.n > 0 &&
			       text_equal_nocase(item->address, c->row.address)))
			return item;
	}
	return NULL;
}

/* ---- what follows ----------------------------------------------------------------------------- */

static void note(struct turn *t, struct contact *c, const struct inbound *in, const char *event,
		 struct usher_text body)
{
	struct usher_text fields = arena_textf(t->arena, "{\"event\":\"%s\",\"audience\":\"agent\"}",
					       event);
	book_message(t, c, &(struct message_row){.kind = MESSAGE_EVENT,
						 .author = AUTHOR_SYSTEM,
						 .channel = c->row.channel,
						 .remote_id = in->remote_id,
						 .body = body,
						 .blob = in->blob,
						 .fields = fields});
}

/* The customer's record keeps the last complaint and its address; its other fields stay. */
static void mark_customer(struct turn *t, const struct contact *c)
{
	struct customer_row key = {.id = c->row.customer}, row;
	char at[TIME_TEXT_BYTES];
	if (c->row.customer == 0 || store_get(t->g->store, &CUSTOMER, &key, t->arena, &row) < 0)
		return;
	json_t *fields = row.fields.n > 0 ? json_loadb(row.fields.p, row.fields.n, 0, NULL)
					  : json_object();
	if (!json_is_object(fields)) { /* not ours to overwrite */
		json_decref(fields);
		return;
	}
	time_format(t->now, at);
	json_object_set_new(fields, "complaint",
			    json_pack("{s:s%, s:s}", "address", c->row.address.p,
				      c->row.address.n, "at", at));
	char *dumped = json_dumps(fields, JSON_COMPACT);
	row.fields = arena_text(t->arena, text_of(dumped));
	row.changed_us = t->now;
	store_put(t->batch, &CUSTOMER, &row);
	free(dumped);
	json_decref(fields);
}

static void apply_fate(struct turn *t, struct contact *c, const struct inbound *in,
		       const struct inbound_reported *item, const struct search *s)
{
	const char *reason = arena_string(t->arena, item->reason);
	struct usher_text address = c->row.address;
	if (in->report->is_complaint) {
		note(t, c, in, "complaint",
		     arena_textf(t->arena, "%.*s reported a message of ours as unwanted (%s).",
				 TEXT_ARG(address), reason));
		mark_customer(t, c);
		return;
	}
	if (item->state == DELIVERY_RETRY) {
		note(t, c, in, "delayed",
		     arena_textf(t->arena,
				 "Delivery to %.*s is delayed: %s. The mail server still tries.",
				 TEXT_ARG(address), reason));
		return;
	}
	bool is_news = outbox_report(t, c->row.id, s->seq, item->state, reason);
	if (is_news && item->state == DELIVERY_FAILED)
		note(t, c, in, "bounced",
		     arena_textf(t->arena, "Delivery to %.*s failed: %s.", TEXT_ARG(address),
				 reason));
}

bool bounce_take(struct turn *t, const struct inbound *in, struct usher_text channel_id,
		 struct inbound_result *ret)
{
	const struct inbound_report *report = in->report;
	struct contact *c = report != NULL ? book_contact(t->g->book, report->contact) : NULL;
	if (c == NULL || !text_equal(c->row.channel_id, channel_id))
		return false;
	struct search s = {.message = report->message, .since_us = t->now - BOUNCE_AGE_US};
	const struct inbound_reported *item = find_recipient(report, c);
	if (item == NULL || !find_sent(t, c, &s)) {
		log_event(LOG_LEVEL_WARN, "report.unmatched", "contact=C-%lld recipient=%d",
			  (long long)c->row.number, item != NULL);
		return false;
	}
	apply_fate(t, c, in, item, &s);
	*ret = (struct inbound_result){.contact = c->row.id,
				       .contact_number = c->row.number,
				       .message = s.id,
				       .seq = s.seq};
	log_event(LOG_LEVEL_INFO, "report.taken", "contact=C-%lld seq=%lld state=%s complaint=%d",
		  (long long)c->row.number, (long long)s.seq, delivery_state_name(item->state),
		  report->is_complaint);
	return true;
}

/* ---- notes of absence ------------------------------------------------------------------------- */

struct newest {
	struct turn *t;
	struct usher_text channel_id;
	struct contact *found;
	int seen;
};

static int on_contact(const void *row, void *arg)
{
	struct newest *n = arg;
	struct contact *c = book_contact(n->t->g->book, ((const struct contact_row *)row)->id);
	bool is_late = c == NULL || (c->row.state == CONTACT_CLOSED &&
				     n->t->now - c->row.closed_us >= INTAKE_REOPEN_US);
	if (!is_late && text_equal(c->row.channel_id, n->channel_id))
		n->found = c;
	return n->found != NULL || ++n->seen >= CONTACTS_MAX;
}

struct contact *bounce_newest(struct turn *t, const struct inbound *in,
			      struct usher_text channel_id)
{
	const struct channel_row *channel = directory_channel(t->g->directory, channel_id);
	struct contact_row like = {0};
	struct store_range range = {.index = CONTACT_BY_CUSTOMER, .equal_count = 1, .like = &like,
				    .is_descending = true};
	struct newest n = {.t = t, .channel_id = channel_id};
	if (channel != NULL)
		like.customer = customers_find(t->g, (enum channel_kind)channel->kind, in->address);
	if (like.customer == 0 || store_scan(t->g->store, &CONTACT, &range, on_contact, &n) < 0)
		return NULL;
	return n.found;
}
