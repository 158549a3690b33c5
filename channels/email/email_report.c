/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_report.h"

#include "channels/email/email_text.h"

#define WALK_MAX 100 /* nodes of the tree */

struct walk {
	struct bounce_input *in;
	struct arena *arena;
	int nodes;
};

static struct usher_text type_name(GMimeObject *object, struct arena *arena)
{
	char *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object));
	for (char *p = type; p != NULL && *p != '\0'; p++)
		*p = (char)g_ascii_tolower(*p);
	struct usher_text kept = email_text_line(arena, text_of(type), 100);
	g_free(type);
	return kept;
}

static struct usher_text content(GMimeObject *object, struct arena *arena)
{
	GMimeStream *stream = g_mime_stream_mem_new();
	if (GMIME_IS_PART(object) && g_mime_part_get_content(GMIME_PART(object)) != NULL)
		g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(object)),
						    stream);
	else if (GMIME_IS_MESSAGE_PART(object) &&
		 g_mime_message_part_get_message(GMIME_MESSAGE_PART(object)) != NULL)
		g_mime_object_write_to_stream(
			GMIME_OBJECT(g_mime_message_part_get_message(GMIME_MESSAGE_PART(object))),
			NULL, stream);
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	struct usher_text text = text_slice(bytes->data, bytes->len);
	text.n = text.n < BOUNCE_PART_BYTES_MAX ? text.n : BOUNCE_PART_BYTES_MAX;
	text = email_text_clean(arena, text, BOUNCE_PART_BYTES_MAX, NULL);
	g_object_unref(stream);
	return text;
}

static bool is_wanted(struct usher_text type)
{
	return text_equal(type, TEXT("text/plain")) || text_starts(type, TEXT("message/")) ||
	       text_equal(type, TEXT("text/rfc822-headers"));
}

static void walk_object(struct walk *w, GMimeObject *object, int depth)
{
	if (object == NULL || depth > MAIL_DEPTH_MAX || w->nodes++ >= WALK_MAX)
		return;
	if (GMIME_IS_MULTIPART(object)) {
		int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));
		for (int i = 0; i < count && i < BOUNCE_PARTS_MAX; i++)
			walk_object(w, g_mime_multipart_get_part(GMIME_MULTIPART(object), i),
				    depth + 1);
		return;
	}
	struct usher_text type = type_name(object, w->arena);
	if (!is_wanted(type) || w->in->part_count == BOUNCE_PARTS_MAX)
		return;
	w->in->parts[w->in->part_count++] = (struct bounce_part){type, content(object, w->arena)};
}

void email_report(GMimeObject *root, const struct mail_header *headers, int count,
		  struct arena *arena, struct mail *mail)
{
	struct bounce_input *in = ARENA_NEW(arena, struct bounce_input);
	in->headers = headers;
	in->header_count = count;
	in->subject = mail->subject;
	in->from = mail->from.address;
	in->to = mail->to.count > 0 ? mail->to.item[0].address : TEXT_NONE;
	walk_object(&(struct walk){in, arena, 0}, root, 1);
	bool has_words = false;
	for (int i = 0; i < in->part_count; i++)
		has_words |= text_equal(in->parts[i].type, TEXT("text/plain"));
	if (!has_words && in->part_count < BOUNCE_PARTS_MAX) /* HTML alone: what was made of it */
		in->parts[in->part_count++] = (struct bounce_part){TEXT("text/plain"), mail->body};
	email_bounce(in, arena, &mail->report);
}
