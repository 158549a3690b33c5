/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api_conversation.h"

#include "gateway/directory.h"
#include "gateway/lines.h"
#include "gateway/opening.h"
#include "gateway/outbox.h"
#include "gateway/publish.h"
#include "gateway/shapes.h"

#define BODY_BYTES_MAX 100000
#define LINK_LASTS (24 * USHER_HOUR)
#define MESSAGES_MAX 500
#define PAGE_BYTES ((size_t)4 << 20)

/* ---- reading ------------------------------------------------------------------------------------------ */

struct reading {
	struct api_call *c;
	struct json_writer *w;
	size_t bytes;
};

/* Large ones make the page shorter; one always fits. */
static int on_message(const void *row, void *arg)
{
	struct reading *r = arg;
	shape_message(r->w, r->c->g, row);
	r->bytes += shape_message_bytes(row);
	return r->bytes > PAGE_BYTES ? 1 : 0;
}

void conversation_render(struct api_call *c, struct json_writer *w)
{
	struct contact *contact = api_contact(c, c->args[0]);
	if (contact == NULL)
		return;
	struct reading r = {c, w, 0};
	struct message_row like = {.contact = contact->row.id};
	struct store_range range = {.index = -1, .equal_count = 1, .like = &like, .has_from = true,
				    .from = api_query_integer(c, "after", 0, INT64_MAX - 1, 0) + 1,
				    .limit = api_query_integer(c, "limit", 1, MESSAGES_MAX, 200)};
	json_write_object(w);
	json_put_list(w, "items");
	int code = store_scan(c->g->store, &MESSAGE, &range, on_message, &r);
	json_write_list_end(w);
	json_put_int(w, "head", contact->row.seq);
	json_write_object_end(w);
	if (code < 0)
		api_refuse(c, code, "messages: cannot be read from the store");
}

void conversation_render_posted(struct api_call *c, struct json_writer *w)
{
	struct message_row key = {.contact = c->id, .seq = c->number}, row;
	if (store_get(c->g->store, &MESSAGE, &key, &c->arena, &row) < 0)
		api_refuse(c, E_IO, "the message was kept but cannot be read");
	else
		shape_message(w, c->g, &row);
}

/* ---- writing ------------------------------------------------------------------------------------------ */

void conversation_note(struct turn *t, struct api_call *c, struct contact *contact,
		       struct usher_text text)
{
	book_message(t, contact, &(struct message_row){.kind = MESSAGE_NOTE, .author = AUTHOR_AGENT,
						       .agent = c->who.user,
						       .channel = contact->row.channel,
						       .body = text});
	if (contact->row.state != CONTACT_ACTIVE) /* who holds it hears the note itself */
		publish_contact(t, contact);
}

void conversation_customer_says(struct turn *t, struct contact *contact, struct usher_text text)
{
	book_message(t, contact, &(struct message_row){.kind = MESSAGE_TEXT,
						       .author = AUTHOR_CUSTOMER,
						       .channel = contact->row.channel,
						       .body = text});
}

/* Through which channel a reply leaves, and what that channel can do with it. */
static int find_way(struct api_call *c, const struct contact *contact, unsigned *ret_abilities)
{
	*ret_abilities = lines_abilities(c->g, contact->row.channel_id);
	if (contact->about != 0)
		return api_refuse(c, E_UNSUPPORTED,
				  "this is a question between agents: write a note");
	if (contact->row.channel_id.n == 0)
		return api_refuse(c, E_UNSUPPORTED,
				  "this contact was entered by hand: write a note, and answer the "
				  "customer in the way that was agreed");
	if (directory_channel(c->g->directory, contact->row.channel_id) == NULL)
		return api_refuse(c, E_CLOSED, "the channel \"%.*s\" was removed",
				  TEXT_ARG(contact->row.channel_id));
	if ((*ret_abilities & (CHANNEL_OUTBOX | CHANNEL_PUSH)) == 0)
		return api_refuse(c, E_UNSUPPORTED,
				  "on this channel you speak with the customer; write a note instead");
	return 0;
}

static int check_holder(struct api_call *c, const struct contact *contact, int64_t epoch)
{
	const struct contact_seat *seat = contact_seat_of(contact, c->who.user);
	if (contact->row.state != CONTACT_ACTIVE || seat == NULL || !contact_seat_has(seat))
		return api_refuse(c, E_STATE, "only who holds the contact, or confers in it, can write "
					   "to the customer");
	if ((int64_t)seat->epoch != epoch)
		return api_refuse(c, E_STALE, "the contact was given out again meanwhile");
	return 0;
}

static void reply(struct turn *t, struct api_call *c, struct contact *contact,
		  const struct message_row *message, unsigned abilities)
{
	struct message_row row = *message;
	row.author = AUTHOR_AGENT;
	row.agent = c->who.user;
	row.channel = contact->row.channel;
	row.delivery = (abilities & CHANNEL_PUSH) != 0 ? DELIVERY_SENT : DELIVERY_QUEUED;
	const struct message_row *m = book_message(t, contact, &row);
	if ((abilities & CHANNEL_OUTBOX) != 0)
		outbox_message(t, contact, m, contact->row.channel_id);
	c->number = m->seq;
	opening_activity(t, contact, true);
}

/* A repeat of the same client_id gives the first message again. */
static bool is_repeat(struct turn *t, struct api_call *c, struct usher_text client_id,
		      uint64_t *ret_hash)
{
	struct book_seen seen;
	struct usher_text key = arena_textf(t->arena, "%llu:%.*s", (unsigned long long)c->who.user,
					    TEXT_ARG(client_id));
	*ret_hash = book_seen_hash(t->g, TEXT("api"), key);
	if (!book_was_seen(t->g->book, *ret_hash, &seen))
		return false;
	c->id = seen.contact;
	c->number = seen.seq;
	return true;
}

static int post_kind(struct turn *t, struct api_call *c, struct contact *contact, bool is_note,
		     struct usher_text body, int64_t epoch)
{
	unsigned abilities = 0;
	if (is_note) {
		conversation_note(t, c, contact, body);
		c->number = contact->row.seq;
		return 0;
	}
	if (check_holder(c, contact, epoch) < 0 || find_way(c, contact, &abilities) < 0)
		return c->code;
	reply(t, c, contact, &(struct message_row){.kind = MESSAGE_TEXT, .body = body}, abilities);
	return 0;
}

int conversation_post(struct turn *t, struct api_call *c)
{
	struct usher_text client_id = TEXT_NONE, kind = TEXT("text"), body = TEXT_NONE;
	int64_t epoch = 0;
	uint64_t hash;
	const struct json_field fields[] = {
		{.name = "client_id", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = 100, .ret = &client_id},
		{.name = "kind", .kind = JSON_KIND_TEXT, .min = 1, .max = 10, .ret = &kind},
		{.name = "body", .kind = JSON_KIND_TEXT, .is_required = true, .min = 1, .max = BODY_BYTES_MAX, .ret = &body},
		{.name = "epoch", .kind = JSON_KIND_INTEGER, .may_be_null = true, .min = 0, .max = INT64_MAX, .ret = &epoch},
		{0}};
	if (api_fields(c, fields) < 0)
		return c->code;
	bool is_note = text_equal(kind, TEXT("note"));
	if (!is_note && !text_equal(kind, TEXT("text")))
		return api_refuse(c, E_INVALID, "kind: text or note");
	struct contact *contact = api_contact(c, c->args[0]);
	if (contact == NULL)
		return c->code;
	if (is_repeat(t, c, client_id, &hash))
		return 0;
	c->id = contact->row.id;
	int code = post_kind(t, c, contact, is_note, body, epoch);
	if (code == 0)
		book_see(t, hash, &(struct book_seen){.contact = c->id, .seq = c->number});
	return code;
}

/* ---- video ---------------------------------------------------------------------------------------------- */

int conversation_video_link(struct turn *t, struct api_call *c)
{
	struct contact *contact = api_contact(c, c->args[0]);
	struct usher_buf url = {0}, fields = {0};
	struct json_writer w;
	unsigned abilities = 0;
	if (contact == NULL)
		return c->code;
	const struct contact_seat *own = contact_seat_of(contact, c->who.user);
	if (check_holder(c, contact, own != NULL ? (int64_t)own->epoch : 0) < 0 ||
	    find_way(c, contact, &abilities) < 0)
		return c->code;
	struct link_request request = {.contact = contact->row.id,
				       .name = text_of(contact->customer_name),
				       .expires_us = t->now + LINK_LASTS};
	if (lines_link(t->g->lines, TEXT_NONE, &request, &url, NULL) < 0) {
		buf_done(&url);
		return api_refuse(c, E_UNSUPPORTED, "no video channel is open; add one under channels");
	}
	json_writer_init(&w, &fields);
	json_write_object(&w);
	json_put_text(&w, "url", buf_text(&url));
	json_put_string(&w, "channel", "video");
	json_write_object_end(&w);
	struct usher_text body = arena_textf(t->arena, "You can talk with us by video here: %s", url.p);
	c->id = contact->row.id;
	reply(t, c, contact, &(struct message_row){.kind = MESSAGE_LINK, .body = body,
						   .fields = buf_text(&fields)},
	      abilities);
	buf_done(&url);
	buf_done(&fields);
	return 0;
}

void conversation_video_own(struct api_call *c, struct json_writer *w)
{
	struct contact *contact = api_contact(c, c->args[0]);
	struct usher_buf url = {0};
	if (contact == NULL)
		return;
	if (contact_part_of(contact, c->who.user) < PART_HOLDER && !api_is_supervisor(c)) {
		api_refuse(c, E_DENIED, "only who holds the contact, or confers in it, may join its video room");
		return;
	}
	struct link_request request = {.contact = contact->row.id, .is_agent = true,
				       .agent = c->who.user, .name = c->who.name,
				       .expires_us = gateway_now() + USHER_HOUR};
	if (lines_link(c->g->lines, TEXT_NONE, &request, &url, NULL) < 0) {
		api_refuse(c, E_UNSUPPORTED, "no video channel is open; add one under channels");
		return;
	}
	const char *slash = strrchr(url.p, '/');
	json_write_object(w);
	json_put_text(w, "url", buf_text(&url));
	json_put_string(w, "ticket", slash != NULL ? slash + 1 : "");
	json_write_object_end(w);
	buf_done(&url);
}
