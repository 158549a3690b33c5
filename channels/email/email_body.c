/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_body.h"

#include "channels/email/email_html.h"
#include "channels/email/email_parse.h"
#include "channels/email/email_text.h"

#define PIECES_MAX 50
#define DECODE_BYTES_MAX (2 * MAIL_TEXT_BYTES_MAX) /* before the charset is converted */

/* One stretch of words: as text, as HTML, or both ways. */
struct piece {
	struct usher_text text, html;
};

struct words {
	struct piece piece[PIECES_MAX];
	int count;
};

struct walk {
	struct arena *arena; /* borrowed */
	struct mail *mail;   /* borrowed */
	unsigned flags;
	int parts;
};

static void walk_object(struct walk *w, GMimeObject *object, int depth, struct words *into);

static void add_piece(struct walk *w, struct words *into, struct piece piece)
{
	if (into->count == PIECES_MAX)
		w->mail->is_cut = true;
	else
		into->piece[into->count++] = piece;
}

/* The decoded bytes; the caller unrefs the stream that owns them. */
static GMimeStream *decoded(GMimeObject *object)
{
	GMimeStream *stream = g_mime_stream_mem_new();
	GMimeDataWrapper *content =
		GMIME_IS_PART(object) ? g_mime_part_get_content(GMIME_PART(object)) : NULL;
	if (content != NULL)
		g_mime_data_wrapper_write_to_stream(content, stream);
	else if (GMIME_IS_MESSAGE_PART(object) &&
		 g_mime_message_part_get_message(GMIME_MESSAGE_PART(object)) != NULL)
		g_mime_object_write_to_stream(
			GMIME_OBJECT(g_mime_message_part_get_message(GMIME_MESSAGE_PART(object))),
			NULL, stream);
	return stream;
}

static struct usher_text stream_bytes(GMimeStream *stream)
{
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	return text_slice(bytes->data, bytes->len);
}

static struct usher_text type_of(GMimeObject *object, struct arena *arena)
{
	char *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object));
	for (char *p = type; p != NULL && *p != '\0'; p++)
		*p = (char)g_ascii_tolower(*p);
	struct usher_text clean = email_text_line(arena, text_of(type), 100);
	g_free(type);
	return clean;
}

static const char *name_of(GMimeObject *object)
{
	if (GMIME_IS_PART(object))
		return g_mime_part_get_filename(GMIME_PART(object));
	if (!GMIME_IS_MESSAGE_PART(object))
		return NULL;
	GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
	return inner != NULL ? g_mime_message_get_subject(inner) : NULL;
}

static void add_attachment(struct walk *w, GMimeObject *object)
{
	if (w->mail->attachment_count == MAIL_ATTACHMENTS_MAX) {
		w->mail->is_cut = true;
		return;
	}
	struct mail_attachment *a = &w->mail->attachments[w->mail->attachment_count++];
	GMimeStream *stream = decoded(object);
	struct usher_text bytes = stream_bytes(stream);
	char *sha =
		g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes.p, bytes.n);
	memcpy(a->sha256, sha, sizeof a->sha256);
	g_free(sha);
	g_object_unref(stream);
	const char *id = g_mime_object_get_content_id(object);
	a->size = bytes.n;
	a->part = (uint32_t)w->parts - 1;
	a->type = type_of(object, w->arena);
	a->content_id = email_text_line(w->arena, text_of(id), MAIL_ID_BYTES_MAX);
	a->name = email_text_file_name(w->arena, text_of(name_of(object)));
	if (GMIME_IS_MESSAGE_PART(object))
		a->name = arena_textf(w->arena, "%.*s.eml", (int)text_fit(a->name, 200),
				      a->name.n > 0 ? a->name.p : "message");
}

static struct usher_text text_content(struct walk *w, GMimeObject *object)
{
	GMimeStream *stream = decoded(object);
	struct usher_text bytes = stream_bytes(stream);
	if (bytes.n > DECODE_BYTES_MAX) {
		bytes.n = DECODE_BYTES_MAX;
		w->mail->is_cut = true;
	}
	const char *charset = g_mime_object_get_content_type_parameter(object, "charset");
	struct usher_text text = email_text_decode(w->arena, bytes, charset);
	text = email_text_clean(w->arena, text, MAIL_TEXT_BYTES_MAX, &w->mail->is_cut);
	g_object_unref(stream);
	return text;
}

static void add_text(struct walk *w, GMimeObject *object, bool is_html, struct words *into)
{
	struct usher_text text = text_content(w, object);
	const char *format = g_mime_object_get_content_type_parameter(object, "format");
	const char *delsp = g_mime_object_get_content_type_parameter(object, "delsp");
	if (!is_html && format != NULL && g_ascii_strcasecmp(format, "flowed") == 0)
		text = email_text_unflow(w->arena, text,
					 delsp != NULL && g_ascii_strcasecmp(delsp, "yes") == 0);
	if (text_trim(text).n > 0)
		add_piece(w, into,
			  is_html ? (struct piece){TEXT_NONE, text}
				  : (struct piece){text, TEXT_NONE});
}

static void walk_leaf(struct walk *w, GMimeObject *object, struct words *into)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	const char *disposition = g_mime_object_get_disposition(object);
	const char *name = name_of(object);
	bool is_html = g_mime_content_type_is_type(type, "text", "html");
	bool is_words = is_html || g_mime_content_type_is_type(type, "text", "plain");
	bool is_attached =
		(disposition != NULL && g_ascii_strcasecmp(disposition, "attachment") == 0) ||
		(name != NULL && *name != '\0');
	if (g_mime_content_type_is_type(type, "application", "pkcs7-mime") ||
	    g_mime_content_type_is_type(type, "application", "x-pkcs7-mime"))
		w->mail->is_encrypted = true;
	if (is_words && !is_attached)
		add_text(w, object, is_html, into);
	else
		add_attachment(w, object);
}

static bool has_html(const struct words *words)
{
	for (int i = 0; i < words->count; i++)
		if (words->piece[i].html.n > 0)
			return true;
	return false;
}

static struct usher_text joined(struct arena *arena, const struct words *words, bool is_html)
{
	struct usher_buf all = {0};
	for (int i = 0; i < words->count; i++) {
		struct usher_text t = is_html ? words->piece[i].html : words->piece[i].text;
		if (t.n == 0 && is_html && words->piece[i].text.n > 0) {
			buf_adds(&all, "<pre>");
			email_html_escape(words->piece[i].text, &all);
			buf_adds(&all, "</pre>");
		}
		buf_add_text(&all, t);
		if (!is_html && t.n > 0 && t.p[t.n - 1] != '\n')
			buf_addc(&all, '\n');
	}
	struct usher_text result = arena_text(arena, buf_text(&all));
	buf_done(&all);
	return result;
}

/* multipart/alternative: the first that is plain text and the last that is HTML say the same. */
static void walk_alternative(struct walk *w, GMimeMultipart *multipart, int depth,
			     struct words *into)
{
	struct piece both = {TEXT_NONE, TEXT_NONE};
	int count = g_mime_multipart_get_count(multipart);
	for (int i = 0; i < count && w->parts < MAIL_PARTS_MAX; i++) {
		struct words *child = ARENA_NEW(w->arena, struct words);
		walk_object(w, g_mime_multipart_get_part(multipart, i), depth + 1, child);
		if (has_html(child))
			both.html = joined(w->arena, child, true);
		if (both.text.n == 0)
			both.text = joined(w->arena, child, false);
	}
	if (both.text.n > 0 || both.html.n > 0)
		add_piece(w, into, both);
}

static void walk_multipart(struct walk *w, GMimeMultipart *multipart, int depth, struct words *into)
{
	GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));
	if (g_mime_content_type_is_type(type, "multipart", "alternative")) {
		walk_alternative(w, multipart, depth, into);
		return;
	}
	w->mail->is_signed |= g_mime_content_type_is_type(type, "multipart", "signed");
	w->mail->is_encrypted |= g_mime_content_type_is_type(type, "multipart", "encrypted");
	int count = g_mime_multipart_get_count(multipart);
	for (int i = 0; i < count; i++)
		walk_object(w, g_mime_multipart_get_part(multipart, i), depth + 1, into);
}

static void walk_object(struct walk *w, GMimeObject *object, int depth, struct words *into)
{
	if (object == NULL)
		return;
	if (w->parts >= MAIL_PARTS_MAX || depth > MAIL_DEPTH_MAX) {
		w->mail->is_cut = true;
		return;
	}
	w->parts++;
	if (GMIME_IS_MULTIPART(object))
		walk_multipart(w, GMIME_MULTIPART(object), depth, into);
	else if (GMIME_IS_MESSAGE_PART(object))
		add_attachment(w, object);
	else
		walk_leaf(w, object, into);
}

static int visible_bytes(struct usher_text t)
{
	int count = 0;
	for (size_t i = 0; i < t.n && count < 5; i++)
		count += (unsigned char)t.p[i] > ' ';
	return count;
}

/* Some programs send an empty text part beside HTML that says it all. */
static void show_piece(struct walk *w, const struct piece *piece, struct usher_buf *text,
		       struct usher_buf *html, struct quote_marks *marks)
{
	struct usher_buf derived = {0};
	bool is_clean = false;
	if (piece->html.n > 0 && (w->flags & EMAIL_PARSE_NO_HTML) == 0)
		is_clean = email_html_clean_marked(piece->html, html, &derived, marks, NULL) == 0;
	if (piece->html.n > 0 && !is_clean) {
		w->mail->is_cut = true;
		email_html_strip(piece->html, &derived);
	}
	bool is_plain = visible_bytes(piece->text) >= 5 || derived.n == 0;
	struct usher_text words = is_plain ? piece->text : buf_text(&derived);
	if (!is_clean && words.n > 0) {
		buf_adds(html, "<pre>");
		email_html_escape(words, html);
		buf_adds(html, "</pre>");
	}
	buf_add_text(text, words);
	if (words.n > 0 && words.p[words.n - 1] != '\n')
		buf_addc(text, '\n');
	buf_done(&derived);
}

void email_body(GMimeObject *root, unsigned flags, struct arena *arena, struct mail *mail)
{
	struct walk w = {arena, mail, flags, 0};
	struct words *words = ARENA_NEW(arena, struct words);
	struct usher_buf text = {0}, html = {0};
	struct quote_marks *marks = ARENA_NEW(arena, struct quote_marks);
	walk_object(&w, root, 1, words);
	for (int i = 0; i < words->count && text.n <= MAIL_TEXT_BYTES_MAX; i++)
		show_piece(&w, &words->piece[i], &text, &html, marks);
	struct usher_text all =
		email_text_clean(arena, buf_text(&text), MAIL_TEXT_BYTES_MAX, &mail->is_cut);
	while (all.n > 0 && (all.p[all.n - 1] == '\n' || all.p[all.n - 1] == ' '))
		all.n--;
	mail->body = all;
	email_quote_text(all, &mail->body_folds);
	bool is_cut = html.n > EMAIL_HTML_OUT_MAX;
	if (has_html(words) && !is_cut && (flags & EMAIL_PARSE_NO_HTML) == 0)
		mail->html =
			email_text_clean(arena, buf_text(&html), 2 * EMAIL_HTML_OUT_MAX, &is_cut);
	if (is_cut) {
		mail->html = TEXT_NONE;
		mail->is_cut = true;
	} else if (mail->html.n == html.n) { /* else the offsets point elsewhere */
		email_quote_settle(mail->html, marks, &mail->html_folds);
	}
	buf_done(&text);
	buf_done(&html);
}
