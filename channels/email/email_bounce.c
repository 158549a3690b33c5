/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_bounce.h"

#include "channels/email/email_address.h"
#include "channels/email/email_text.h"

#define GROUPS_MAX 200 /* of fields in one delivery status */

struct mail_reported *email_bounce_add(struct mail_report *report, struct usher_text address,
				       enum mail_fate fate, struct usher_text said,
				       struct arena *arena)
{
	struct usher_text normal = email_address_normal(arena, address);
	for (int i = 0; i < report->count; i++)
		if (text_equal_nocase(report->item[i].address, normal))
			return &report->item[i];
	if (report->count == MAIL_REPORTED_MAX || (address.n > 0 && normal.n == 0))
		return NULL;
	struct mail_reported *item = &report->item[report->count++];
	*item = (struct mail_reported){.address = normal, .fate = fate};
	item->said = email_text_line(arena, said, MAIL_SAID_BYTES_MAX);
	item->status = arena_text(arena, email_bounce_status(item->said));
	item->fault = email_bounce_fault(item->status, item->said);
	return item;
}

/* "rfc822; anna@example.test", with or without < > */
static struct usher_text field_address(struct usher_text value)
{
	struct usher_text rest = value;
	text_cut(&rest, ';');
	size_t at = 0;
	return email_bounce_next_address(rest.n > 0 ? rest : value, &at);
}

struct group { /* the fields of one recipient */
	struct usher_text final, original, action, status, diagnostic;
};

static bool is_field(const struct mail_header *h, const char *name)
{
	return text_equal_nocase(h->name, text_of(name));
}

static bool next_group(struct usher_text *rest, struct group *ret)
{
	bool has_fields = false;
	*ret = (struct group){TEXT_NONE, TEXT_NONE, TEXT_NONE, TEXT_NONE, TEXT_NONE};
	while (rest->n > 0) {
		struct mail_header h;
		if (rest->p[0] == '\n' || rest->p[0] == '\r') {
			text_cut(rest, '\n');
			if (has_fields)
				return true;
			continue;
		}
		if (!email_header_next(rest, &h))
			continue;
		has_fields = true;
		if (is_field(&h, "Final-Recipient"))
			ret->final = field_address(h.value);
		else if (is_field(&h, "Original-Recipient") || is_field(&h, "X-Actual-Recipient"))
			ret->original = field_address(h.value);
		else if (is_field(&h, "Action"))
			ret->action = h.value;
		else if (is_field(&h, "Status"))
			ret->status = email_bounce_status(h.value);
		else if (is_field(&h, "Diagnostic-Code"))
			ret->diagnostic = h.value;
	}
	return has_fields;
}

static enum mail_fate fate_of_action(const struct group *g)
{
	if (email_bounce_has(g->action, "delayed"))
		return MAIL_DELAYED;
	if (email_bounce_has(g->action, "delivered") || email_bounce_has(g->action, "expanded"))
		return MAIL_DELIVERED;
	if (email_bounce_has(g->action, "relayed"))
		return MAIL_FATE_NONE; /* nobody knows what comes of it */
	if (g->action.n > 0)
		return MAIL_FAILED;
	return g->status.n == 0	       ? MAIL_FATE_NONE
	       : g->status.p[0] == '5' ? MAIL_FAILED
	       : g->status.p[0] == '4' ? MAIL_DELAYED
				       : MAIL_DELIVERED;
}

/* The address we wrote to is the original one; a forwarder's server names its own. Both are
 * claims, and either may be the one that was sent to. */
static void add_group(const struct group *g, struct mail_report *report, struct arena *arena)
{
	enum mail_fate fate = fate_of_action(g);
	struct usher_text address[2] = {g->original, g->final};
	struct usher_text said = g->diagnostic;
	if (email_bounce_has(said, "smtp;") || email_bounce_has(said, "x-unix;"))
		text_cut(&said, ';');
	for (int i = 0; i < 2 && fate != MAIL_FATE_NONE; i++) {
		if (address[i].n == 0)
			continue;
		struct mail_reported *item =
			email_bounce_add(report, address[i], fate, said, arena);
		if (item == NULL)
			continue;
		if (g->status.n > 0 && !text_equal(g->status, TEXT("5.0.0")))
			item->status = arena_text(arena, g->status);
		item->fault = email_bounce_fault(item->status, item->said);
	}
}

static void read_status(struct usher_text bytes, struct mail_report *report, struct arena *arena)
{
	struct group g;
	for (int i = 0; i < GROUPS_MAX && next_group(&bytes, &g); i++)
		add_group(&g, report, arena);
}

/* The body of an MDN: one group of fields. */
static void read_receipt(struct usher_text bytes, struct mail_report *report, struct arena *arena)
{
	struct usher_text address = TEXT_NONE, disposition = TEXT_NONE;
	struct mail_header h;
	while (bytes.n > 0) {
		if (!email_header_next(&bytes, &h))
			continue;
		if (is_field(&h, "Final-Recipient") && address.n == 0)
			address = field_address(h.value);
		else if (is_field(&h, "Original-Recipient"))
			address = field_address(h.value);
		else if (is_field(&h, "Disposition"))
			disposition = h.value;
		else if (is_field(&h, "Original-Message-ID"))
			report->message_id = arena_text(arena, email_text_next_id(&h.value));
	}
	text_cut(&disposition, ';');
	if (email_bounce_has(disposition, "displayed"))
		email_bounce_add(report, address, MAIL_DISPLAYED, TEXT_NONE, arena);
}

/* Complaints often hide the recipient (RFC 6590): then one stands there without an address. */
static void read_complaint(struct usher_text bytes, struct mail_report *report, struct arena *arena)
{
	struct usher_text address = TEXT_NONE, type = TEXT("abuse");
	struct mail_header h;
	while (bytes.n > 0) {
		size_t at = 0;
		if (!email_header_next(&bytes, &h))
			continue;
		if (is_field(&h, "Original-Rcpt-To") || is_field(&h, "Removal-Recipient"))
			address = email_bounce_next_address(h.value, &at);
		else if (is_field(&h, "Feedback-Type"))
			type = h.value;
	}
	if (!email_bounce_has(type, "not-spam") && !email_bounce_has(type, "auth-failure") &&
	    !email_bounce_has(type, "dmarc"))
		email_bounce_add(report, address, MAIL_COMPLAINT, type, arena);
}

/* The head of the mail that was returned. */
static void read_returned(struct usher_text bytes, struct mail_report *report, bool wants_to,
			  struct arena *arena)
{
	struct mail_header h;
	while (bytes.n > 0 && bytes.p[0] != '\n' && bytes.p[0] != '\r' &&
	       email_header_next(&bytes, &h)) {
		if (is_field(&h, "Message-ID") && report->message_id.n == 0)
			report->message_id = arena_text(arena, email_text_next_id(&h.value));
		if (is_field(&h, "To") && wants_to && report->count == 1 &&
		    report->item[0].address.n == 0) {
			size_t at = 0;
			report->item[0].address = email_address_normal(
				arena, email_bounce_next_address(h.value, &at));
		}
	}
}

static bool is_type(const struct bounce_part *part, const char *type)
{
	return text_equal(part->type, text_of(type));
}

static bool is_returned(const struct bounce_part *part)
{
	return is_type(part, "message/rfc822") || is_type(part, "text/rfc822-headers") ||
	       is_type(part, "message/rfc822-headers") || is_type(part, "message/global") ||
	       is_type(part, "message/global-headers");
}

static void read_parts(const struct bounce_input *in, struct mail_report *ret, struct arena *arena)
{
	for (int i = 0; i < in->part_count; i++) {
		const struct bounce_part *part = &in->parts[i];
		if (is_type(part, "message/delivery-status") ||
		    is_type(part, "message/global-delivery-status"))
			read_status(part->bytes, ret, arena);
		else if (is_type(part, "message/disposition-notification") ||
			 is_type(part, "message/global-disposition-notification"))
			read_receipt(part->bytes, ret, arena);
		else if (is_type(part, "message/feedback-report"))
			read_complaint(part->bytes, ret, arena);
	}
}

/* A daemon, or a subject no person writes. A null sender is no sign: vacation notes have it too. */
static bool sounds_returned(const struct bounce_input *in)
{
	static const char *const subjects[] = {"undeliver",
					       "failure notice",
					       "delivery status notif",
					       "returned mail",
					       "delivery fail",
					       "delivery problem",
					       "nondeliverable",
					       "non-deliver",
					       "mail delivery",
					       "could not be deliv",
					       "delivery notif",
					       "failure delivery",
					       "message status",
					       "not delivered",
					       "mail system error",
					       "unable to deliver",
					       "delivery report",
					       "returned to sender",
					       "delivery has failed",
					       "warning: message",
					       "mail failure",
					       "delivery error",
					       "rejected mail",
					       "failed mail",
					       "unzustellbar",
					       "ei voitu toimittaa",
					       "toimitusvirhe",
					       "toimetamata",
					       "oleveransbart",
					       "unknown user",
					       "delivery delay",
					       NULL};
	static const char *const daemons[] = {
		"mailer-daemon@", "postmaster@", "mailerdaemon@", "mail-daemon@", "mdaemon@",
		"daemon@",	  NULL};
	struct usher_text failed =
		email_header(in->headers, in->header_count, "X-Failed-Recipients");
	struct usher_text type = email_header(in->headers, in->header_count, "Content-Type");
	return failed.n > 0 || email_bounce_has_any(in->subject, subjects) ||
	       email_bounce_has_any(in->from, daemons) || email_bounce_has(type, "delivery-status");
}

static void read_words(const struct bounce_input *in, struct mail_report *ret, struct arena *arena)
{
	if (!sounds_returned(in))
		return;
	for (int i = 0; i < in->part_count && ret->count == 0; i++)
		if (is_type(&in->parts[i], "text/plain"))
			email_bounce_words(in, in->parts[i].bytes, arena, ret);
}

void email_bounce(const struct bounce_input *in, struct arena *arena, struct mail_report *ret)
{
	*ret = (struct mail_report){.count = 0};
	read_parts(in, ret, arena);
	bool is_complaint = ret->count > 0 && ret->item[0].fate == MAIL_COMPLAINT;
	/* Words are asked only where there are no fields, or none that name anybody. */
	if (ret->count == 0)
		read_words(in, ret, arena);
	for (int i = 0; i < in->part_count && ret->count > 0; i++)
		if (is_returned(&in->parts[i]))
			read_returned(in->parts[i].bytes, ret, is_complaint, arena);
}
