/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_parse.h"

#include "channels/email/email_address.h"
#include "channels/email/email_automatic.h"
#include "channels/email/email_body.h"
#include "channels/email/email_report.h"
#include "channels/email/email_text.h"

#define HEADERS_MAX 1000
#define HEADER_VALUE_MAX ((size_t)64 * 1024)
#define GROUP_DEPTH_MAX 3
#define DATE_OLDEST_S INT64_C(315532800)  /* 1980 */
#define DATE_NEWEST_S INT64_C(4102444800) /* 2100 */

struct headers {
	struct mail_header item[HEADERS_MAX];
	int count;
};

static void start_gmime(void)
{
	static gsize is_started;
	if (g_once_init_enter(&is_started)) {
		g_mime_init();
		g_once_init_leave(&is_started, 1);
	}
}

/* Old Macintosh mail has CR alone as its line end, and GMime then sees no header at all. */
static struct usher_text with_line_feeds(struct usher_text raw, struct arena *arena)
{
	size_t head = raw.n < 4096 ? raw.n : 4096;
	if (head == 0 || memchr(raw.p, '\n', head) != NULL || memchr(raw.p, '\r', head) == NULL)
		return raw;
	char *copy = arena_new(arena, raw.n + 1);
	for (size_t i = 0; i < raw.n; i++)
		copy[i] = raw.p[i] == '\r' ? '\n' : raw.p[i];
	return text_slice(copy, raw.n);
}

/* mbox files begin with "From someone date": no header, and not part of the mail. */
static struct usher_text without_marker(struct usher_text raw)
{
	if (text_starts(raw, TEXT("From ")) || text_starts(raw, TEXT(">From ")))
		text_cut(&raw, '\n');
	return raw;
}

static int check_head(struct usher_text raw, struct usher_error *reterr)
{
	if (raw.n > MAIL_BYTES_MAX)
		return usher_error_set(reterr, E_LIMIT, "mail: %zu bytes, at most %zu", raw.n,
				       MAIL_BYTES_MAX);
	struct usher_text rest = raw;
	while (rest.n > 0) {
		struct usher_text line = text_cut(&rest, '\n');
		if (line.n == 0 || (line.n == 1 && line.p[0] == '\r'))
			break;
		if ((size_t)(line.p - raw.p) + line.n > MAIL_HEADER_BYTES_MAX)
			return usher_error_set(reterr, E_LIMIT, "mail: header block over %zu bytes",
					       MAIL_HEADER_BYTES_MAX);
	}
	return 0;
}

static GMimeMessage *build(struct usher_text raw)
{
	static const char *fallbacks[] = {"utf-8", "windows-1252", NULL};
	GMimeParserOptions *options = g_mime_parser_options_new();
	g_mime_parser_options_set_address_compliance_mode(options, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_parameter_compliance_mode(options, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_rfc2047_compliance_mode(options, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_fallback_charsets(options, fallbacks);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(raw.p, raw.n);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	g_object_unref(stream);
	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	GMimeMessage *message = g_mime_parser_construct_message(parser, options);
	g_object_unref(parser);
	g_mime_parser_options_free(options);
	return message;
}

/* GMime keeps the Content- headers with the first part and the others with the message. */
static void collect_headers(GMimeObject *object, struct headers *ret)
{
	if (object == NULL)
		return;
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	int count = g_mime_header_list_get_count(list);
	for (int i = 0; i < count && ret->count < HEADERS_MAX; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
		const char *value = g_mime_header_get_raw_value(header);
		struct usher_text text = text_of(value);
		text.n = text.n < HEADER_VALUE_MAX ? text.n : HEADER_VALUE_MAX;
		ret->item[ret->count++] =
			(struct mail_header){text_of(g_mime_header_get_name(header)), text};
	}
}

static void add_mailbox(InternetAddress *ia, struct arena *arena, struct mail_addresses *ret)
{
	const char *address = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(ia));
	struct usher_text normal = email_address_normal(arena, text_of(address));
	const char *name = internet_address_get_name(ia);
	if (normal.n == 0 && (name == NULL || *name == '\0'))
		return;
	ret->item[ret->count++] = (struct mail_address){
		email_text_line(arena, text_of(name), MAIL_NAME_BYTES_MAX), normal};
}

static void add_addresses(InternetAddressList *list, struct arena *arena, int depth,
			  struct mail_addresses *ret)
{
	int count = list != NULL ? internet_address_list_length(list) : 0;
	for (int i = 0; i < count && ret->count < MAIL_ADDRESSES_MAX; i++) {
		InternetAddress *ia = internet_address_list_get_address(list, i);
		if (INTERNET_ADDRESS_IS_MAILBOX(ia))
			add_mailbox(ia, arena, ret);
		else if (INTERNET_ADDRESS_IS_GROUP(ia) && depth < GROUP_DEPTH_MAX)
			add_addresses(
				internet_address_group_get_members(INTERNET_ADDRESS_GROUP(ia)),
				arena, depth + 1, ret);
	}
}

static struct mail_address first_of(GMimeMessage *message, GMimeAddressType type,
				    struct arena *arena)
{
	struct mail_addresses *all = ARENA_NEW(arena, struct mail_addresses);
	add_addresses(g_mime_message_get_addresses(message, type), arena, 0, all);
	for (int i = 0; i < all->count; i++)
		if (all->item[i].address.n > 0)
			return all->item[i];
	return all->count > 0 ? all->item[0] : (struct mail_address){TEXT_NONE, TEXT_NONE};
}

static void fill_people(GMimeMessage *message, const struct headers *h, struct arena *arena,
			struct mail *ret)
{
	static const char *const marks[] = {"Delivered-To", "X-Original-To", "Envelope-To", NULL};
	ret->from = first_of(message, GMIME_ADDRESS_TYPE_FROM, arena);
	ret->reply_to = first_of(message, GMIME_ADDRESS_TYPE_REPLY_TO, arena);
	if (ret->from.address.n == 0) {
		struct mail_address other = first_of(message, GMIME_ADDRESS_TYPE_SENDER, arena);
		other = other.address.n > 0 ? other : ret->reply_to;
		ret->from.address = other.address;
		ret->from.name = ret->from.name.n > 0 ? ret->from.name : other.name;
	}
	add_addresses(g_mime_message_get_addresses(message, GMIME_ADDRESS_TYPE_TO), arena, 0,
		      &ret->to);
	add_addresses(g_mime_message_get_addresses(message, GMIME_ADDRESS_TYPE_CC), arena, 0,
		      &ret->cc);
	for (int i = 0; i < h->count && ret->delivered_to.count < 20; i++)
		for (int k = 0; marks[k] != NULL; k++) {
			struct usher_text found = email_address_find(h->item[i].value);
			if (text_equal_nocase(h->item[i].name, text_of(marks[k])) && found.n > 0)
				ret->delivered_to.item[ret->delivered_to.count++].address =
					email_address_normal(arena, found);
		}
}

/* Keeps the first reference and the last ones, as RFC 5322 threads are rebuilt from both ends. */
static void fill_refs(struct usher_text value, struct arena *arena, struct mail *ret)
{
	for (;;) {
		struct usher_text id = email_text_next_id(&value);
		if (id.n == 0)
			return;
		if (ret->ref_count == MAIL_REFS_MAX) {
			memmove(&ret->refs[1], &ret->refs[2],
				(MAIL_REFS_MAX - 2) * sizeof ret->refs[0]);
			ret->ref_count--;
		}
		ret->refs[ret->ref_count++] = arena_text(arena, id);
	}
}

static struct usher_text first_id(struct usher_text value, struct arena *arena)
{
	return arena_text(arena, email_text_next_id(&value));
}

static void fill_thread(GMimeMessage *message, const struct headers *h, struct arena *arena,
			struct mail *ret)
{
	ret->message_id = first_id(email_header(h->item, h->count, "Message-ID"), arena);
	ret->in_reply_to = first_id(email_header(h->item, h->count, "In-Reply-To"), arena);
	fill_refs(email_header(h->item, h->count, "References"), arena, ret);
	GDateTime *date = g_mime_message_get_date(message);
	int64_t seconds = date != NULL ? g_date_time_to_unix(date) : 0;
	if (seconds >= DATE_OLDEST_S && seconds < DATE_NEWEST_S)
		ret->date_us = seconds * USHER_SECOND;
}

int email_parse(struct usher_text raw, unsigned flags, struct arena *arena, struct mail *ret,
		struct usher_error *reterr)
{
	start_gmime();
	struct usher_text text = without_marker(with_line_feeds(raw, arena));
	int code = check_head(text, reterr);
	if (code < 0)
		return code;
	GMimeMessage *message = text.n > 0 ? build(text) : NULL;
	if (message == NULL)
		return usher_error_set(reterr, E_INVALID,
				       "mail: no header can be read in %zu bytes", raw.n);
	struct headers *h = ARENA_NEW(arena, struct headers);
	struct mail *m = ARENA_NEW(arena, struct mail);
	collect_headers(GMIME_OBJECT(message), h);
	collect_headers(g_mime_message_get_mime_part(message), h);
	fill_people(message, h, arena, m);
	fill_thread(message, h, arena, m);
	const char *subject = g_mime_message_get_subject(message);
	m->subject = email_text_line(arena, text_of(subject), MAIL_SUBJECT_BYTES_MAX);
	m->automatic = email_automatic_subject(h->item, h->count, m->from.address, m->subject,
					       &m->is_away);
	email_body(g_mime_message_get_mime_part(message), flags, arena, m);
	email_report(g_mime_message_get_mime_part(message), h->item, h->count, arena, m);
	g_object_unref(message);
	*ret = *m;
	return 0;
}
