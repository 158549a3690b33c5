/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_inbound.h"

#include "channels/email/email_address.h"
#include "channels/email/email_bounce.h"

#include <jansson.h>
#include <stdlib.h>

/* ---- fields ---- */

static void put(json_t *o, const char *name, struct usher_text value)
{
	if (value.n > 0)
		json_object_set_new(o, name, json_stringn(value.p, value.n));
}

static void put_addresses(json_t *o, const char *name, const struct mail_addresses *list)
{
	json_t *array = json_array();
	for (int i = 0; i < list->count; i++) {
		json_t *item = json_object();
		put(item, "name", list->item[i].name);
		put(item, "address", list->item[i].address);
		json_array_append_new(array, item);
	}
	if (list->count > 0)
		json_object_set(o, name, array);
	json_decref(array);
}

static void put_attachments(json_t *o, const struct mail *mail)
{
	json_t *array = json_array();
	for (int i = 0; i < mail->attachment_count; i++) {
		const struct mail_attachment *a = &mail->attachments[i];
		json_t *item = json_object();
		put(item, "name", a->name);
		put(item, "type", a->type);
		put(item, "content_id", a->content_id);
		json_object_set_new(item, "size", json_integer((json_int_t)a->size));
		json_object_set_new(item, "part", json_integer(a->part));
		json_object_set_new(item, "sha256", json_string(a->sha256));
		json_array_append_new(array, item);
	}
	if (mail->attachment_count > 0)
		json_object_set(o, "attachments", array);
	json_decref(array);
}

static void put_folds(json_t *o, const char *name, const struct mail_folds *folds)
{
	json_t *array = json_array();
	for (int i = 0; i < folds->count; i++) {
		const struct mail_fold *f = &folds->item[i];
		const char *kind = f->kind == MAIL_FOLD_SIGNATURE ? "signature" : "quote";
		json_array_append_new(array, json_pack("{s:s, s:I, s:I}", "kind", kind, "from",
						       (json_int_t)f->from, "to",
						       (json_int_t)f->to));
	}
	if (folds->count > 0)
		json_object_set(o, name, array);
	json_decref(array);
}

static void put_thread(json_t *o, const struct mail *mail)
{
	put(o, "message_id", mail->message_id);
	put(o, "in_reply_to", mail->in_reply_to);
	json_t *refs = json_array();
	for (int i = 0; i < mail->ref_count; i++)
		json_array_append_new(refs, json_stringn(mail->refs[i].p, mail->refs[i].n));
	if (mail->ref_count > 0)
		json_object_set(o, "references", refs);
	json_decref(refs);
}

static struct usher_text fields_of(const struct mail *mail, const struct email_envelope *envelope,
				   struct arena *arena)
{
	json_t *o = json_object();
	put_thread(o, mail);
	put_addresses(o, "to", &mail->to);
	put_addresses(o, "cc", &mail->cc);
	put(o, "reply_to", mail->reply_to.address);
	put(o, "automatic", mail->automatic);
	put(o, "envelope_from", envelope->from);
	put_attachments(o, mail);
	put_folds(o, "folds", &mail->body_folds);
	put_folds(o, "html_folds", &mail->html_folds);
	if (mail->date_us > 0) {
		char date[TIME_TEXT_BYTES];
		time_format(mail->date_us, date);
		json_object_set_new(o, "date", json_string(date));
	}
	const struct {
		const char *name;
		bool is_set;
	} marks[] = {{"cut", mail->is_cut},
		     {"signed", mail->is_signed},
		     {"encrypted", mail->is_encrypted},
		     {"unreadable", mail->is_unreadable}};
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (marks[i].is_set)
			json_object_set_new(o, marks[i].name, json_true());
	char *dumped = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);
	struct usher_text result = arena_text(arena, text_of(dumped));
	free(dumped);
	json_decref(o);
	return result;
}

/* ---- whose it is ---- */

static usher_id contact_of_address(const struct email_identity *identity, struct usher_text address)
{
	struct usher_text tag;
	if (!email_address_is_own(address, identity->address, &tag) || tag.n == 0)
		return 0;
	return email_token_contact(&identity->key, tag);
}

static usher_id contact_of_list(const struct email_identity *identity,
				const struct mail_addresses *list)
{
	usher_id found = 0;
	for (int i = 0; i < list->count && found == 0; i++)
		found = contact_of_address(identity, list->item[i].address);
	return found;
}

/* The reply address first, as it is the sender's own choice of contact; then our Message-IDs. */
static usher_id proven_contact(const struct email_identity *identity, const struct mail *mail,
			       const struct email_envelope *envelope)
{
	usher_id found = 0;
	for (int i = 0; i < envelope->rcpt_count && found == 0; i++)
		found = contact_of_address(identity, envelope->rcpts[i]);
	if (found == 0)
		found = contact_of_list(identity, &mail->delivered_to);
	if (found == 0)
		found = contact_of_list(identity, &mail->to);
	if (found == 0)
		found = contact_of_list(identity, &mail->cc);
	if (found == 0)
		found = email_token_from_message_id(&identity->key, mail->in_reply_to);
	for (int i = mail->ref_count; i > 0 && found == 0; i--)
		found = email_token_from_message_id(&identity->key, mail->refs[i - 1]);
	return found;
}

static bool is_own_address(const struct email_identity *identity, struct usher_text address)
{
	struct usher_text tag;
	return email_address_is_own(address, identity->address, &tag);
}

/* A form on the company's own site writes From itself and Reply-To the customer. */
static void choose_author(const struct email_identity *identity, const struct mail *mail,
			  const struct email_envelope *envelope, struct inbound *ret)
{
	ret->address = mail->from.address;
	ret->name = mail->from.name;
	if (is_own_address(identity, ret->address) && mail->reply_to.address.n > 0) {
		ret->address = mail->reply_to.address;
		ret->name = mail->reply_to.name;
	}
	if (ret->address.n == 0)
		ret->address = envelope->from;
}

static void add_ref(struct inbound *in, struct usher_text id)
{
	for (int i = 0; i < in->ref_count; i++)
		if (text_equal(in->refs[i], id))
			return;
	if (id.n > 0 && in->ref_count < INBOUND_REFS_MAX)
		in->refs[in->ref_count++] = id;
}

/* ---- what became of a mail of ours ---- */

static enum delivery_state state_of(enum mail_fate fate)
{
	static const enum delivery_state states[] = {
		[MAIL_FATE_NONE] = DELIVERY_NONE,      [MAIL_FAILED] = DELIVERY_FAILED,
		[MAIL_DELAYED] = DELIVERY_RETRY,       [MAIL_DELIVERED] = DELIVERY_DELIVERED,
		[MAIL_DISPLAYED] = DELIVERY_READ,      [MAIL_COMPLAINT] = DELIVERY_NONE,
	};
	return states[fate];
}

static struct usher_text reason_of(const struct mail_reported *item, struct arena *arena)
{
	const char *why = email_bounce_reason(item->fault);
	struct usher_text said = item->said;
	said.n = text_fit(said, 140);
	if (said.n > 0)
		return arena_textf(arena, "%s (%.*s)", why, TEXT_ARG(said));
	return item->status.n > 0 ? arena_textf(arena, "%s (%.*s)", why, TEXT_ARG(item->status))
				  : text_of(why);
}

/* NULL where nothing proves that the report speaks of a mail of ours. */
static const struct inbound_report *report_of(const struct email_identity *identity,
					      const struct mail *mail, usher_id contact,
					      struct arena *arena)
{
	struct inbound_report *report = ARENA_NEW(arena, struct inbound_report);
	if (mail->report.count == 0)
		return NULL;
	report->contact =
		email_token_message(&identity->key, mail->report.message_id, &report->message);
	if (report->contact == 0)
		report->contact = contact;
	for (int i = 0; i < mail->report.count && i < INBOUND_REPORTED_MAX; i++) {
		const struct mail_reported *item = &mail->report.item[i];
		report->is_complaint |= item->fate == MAIL_COMPLAINT;
		report->item[report->count++] = (struct inbound_reported){
			item->address, state_of(item->fate),
			item->fate == MAIL_COMPLAINT ? item->said : reason_of(item, arena)};
	}
	return report->contact != 0 ? report : NULL;
}

void email_inbound(const struct email_identity *identity, const struct mail *mail,
		   const struct email_envelope *envelope, const char *blob, struct arena *arena,
		   struct inbound *ret)
{
	*ret = (struct inbound){.kind = INBOUND_MESSAGE, .may_open = true, .priority = -1};
	bool has_bytes = blob[0] != '\0';
	ret->blob = text_of(blob);
	ret->remote_id = has_bytes ? arena_textf(arena, "sha256:%s", blob) : envelope->fallback_id;
	ret->contact = proven_contact(identity, mail, envelope);
	add_ref(ret, mail->in_reply_to);
	for (int i = mail->ref_count; i > 0; i--)
		add_ref(ret, mail->refs[i - 1]);
	add_ref(ret, mail->message_id);
	choose_author(identity, mail, envelope, ret);
	bool is_bounce = envelope->has_from && envelope->from.n == 0;
	bool is_echo = email_token_from_message_id(&identity->key, mail->message_id) != 0 ||
		       is_own_address(identity, ret->address);
	ret->report = report_of(identity, mail, ret->contact, arena);
	ret->is_automatic =
		mail->automatic.n > 0 || is_bounce || is_echo || mail->report.count > 0;
	ret->is_away = mail->is_away && !is_echo;
	ret->at_us = envelope->received_us;
	ret->subject = mail->subject;
	ret->body = mail->body;
	ret->html = mail->html;
	ret->fields = fields_of(mail, envelope, arena);
}

void email_thread_from_fields(struct usher_text fields, struct arena *arena,
			      struct email_thread *ret)
{
	json_t *o = json_loadb(fields.n > 0 ? fields.p : "", fields.n, 0, NULL);
	json_t *item;
	size_t i;
	json_array_foreach(json_object_get(o, "references"), i, item)
		email_thread_add(ret, arena_text(arena, text_of(json_string_value(item))));
	const char *id = json_string_value(json_object_get(o, "message_id"));
	if (id != NULL) {
		ret->in_reply_to = arena_text(arena, text_of(id));
		email_thread_add(ret, ret->in_reply_to);
	}
	json_decref(o);
}
