/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_encode.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <time.h>

#define WORD_BYTES 42 /* 56 of base64 and 12 around them stay under the 75 of an encoded word */
#define LINE_BYTES 76
#define PLAIN_VALUE_MAX 700

static bool is_plain(struct usher_text t)
{
	size_t run = 0;
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] < ' ' || t.p[i] > '~')
			return false;
		run = t.p[i] == ' ' ? 0 : run + 1;
		if (run > LINE_BYTES - 10 || text_starts(text_slice(t.p + i, t.n - i), TEXT("=?")))
			return false;
	}
	return t.n <= PLAIN_VALUE_MAX;
}

static void put_encoded_words(struct usher_buf *b, struct usher_text t)
{
	unsigned char coded[WORD_BYTES * 2];
	for (bool is_first = true; t.n > 0 || is_first; is_first = false) {
		size_t n = text_fit(t, WORD_BYTES);
		if (n == 0)
			n = t.n < WORD_BYTES ? t.n : WORD_BYTES;
		EVP_EncodeBlock(coded, (const unsigned char *)t.p, (int)n);
		buf_addf(b, "%s=?utf-8?B?%s?=", is_first ? "" : "\r\n ", (char *)coded);
		t = text_slice(t.p + n, t.n - n);
	}
}

/* Breaks at spaces; `used` is what stands on the line already. */
static void put_folded(struct usher_buf *b, struct usher_text t, size_t used)
{
	bool is_first = true;
	while (t.n > 0) {
		struct usher_text word = text_cut(&t, ' ');
		if (!is_first && used + 1 + word.n > LINE_BYTES && word.n > 0) {
			buf_adds(b, "\r\n ");
			used = 1;
		} else if (!is_first) {
			buf_addc(b, ' ');
			used++;
		}
		buf_add_text(b, word);
		used += word.n;
		is_first = false;
	}
}

void email_put_header(struct usher_buf *b, const char *name, struct usher_text value)
{
	value = text_trim(value);
	buf_addf(b, "%s: ", name);
	if (is_plain(value))
		put_folded(b, value, strlen(name) + 2);
	else
		put_encoded_words(b, value);
	buf_adds(b, "\r\n");
}

void email_put_mailbox_header(struct usher_buf *b, const char *name, struct usher_text display,
			      struct usher_text address)
{
	display = text_trim(display);
	if (display.n == 0) {
		buf_addf(b, "%s: %.*s\r\n", name, TEXT_ARG(address));
		return;
	}
	buf_addf(b, "%s: ", name);
	if (is_plain(display)) {
		buf_addc(b, '"');
		for (size_t i = 0; i < display.n; i++) {
			if (display.p[i] == '"' || display.p[i] == '\\')
				buf_addc(b, '\\');
			buf_addc(b, display.p[i]);
		}
		buf_addc(b, '"');
	} else {
		put_encoded_words(b, display);
	}
	buf_addf(b, "\r\n <%.*s>\r\n", TEXT_ARG(address));
}

void email_put_ids_header(struct usher_buf *b, const char *name, const struct usher_text *ids,
			  int count)
{
	buf_addf(b, "%s:", name);
	for (int i = 0; i < count; i++)
		buf_addf(b, "%s<%.*s>", i == 0 ? " " : "\r\n ", TEXT_ARG(ids[i]));
	buf_adds(b, "\r\n");
}

void email_put_date_header(struct usher_buf *b, usher_us at)
{
	/* strftime would follow the locale of the process. */
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t seconds = (time_t)(at / USHER_SECOND);
	struct tm t;
	gmtime_r(&seconds, &t);
	buf_addf(b, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * t.tm_wday,
		 t.tm_mday, months + 3 * t.tm_mon, t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static void put_quoted_line(struct usher_buf *b, struct usher_text line)
{
	size_t used = 0;
	for (size_t i = 0; i < line.n; i++) {
		unsigned char c = (unsigned char)line.p[i];
		bool is_last = i + 1 == line.n;
		bool is_blank = c == ' ' || c == '\t';
		bool is_kept = (c >= '!' && c <= '~' && c != '=' && (c != '.' || used > 0)) ||
			       (is_blank && !is_last);
		size_t need = is_kept ? 1 : 3;
		if (used + need > LINE_BYTES - 1) {
			buf_adds(b, "=\r\n");
			used = 0;
			is_kept = is_kept && c != '.';
			need = is_kept ? 1 : 3;
		}
		if (is_kept)
			buf_addc(b, (char)c);
		else
			buf_addf(b, "=%02X", c);
		used += need;
	}
	buf_adds(b, "\r\n");
}

void email_put_quoted(struct usher_buf *b, struct usher_text text)
{
	do {
		struct usher_text line = text_cut(&text, '\n');
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		put_quoted_line(b, line);
	} while (text.n > 0);
}
