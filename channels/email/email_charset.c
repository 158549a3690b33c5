/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_text.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define CHARSET_NAME_MAX 40

/* Names that mail programs write and iconv does not know, or knows as something narrower. */
static const struct {
	const char *said, *meant;
} aliases[] = {
	{"unicode-1-1-utf-7", "UTF-7"},
	{"cp-850", "CP850"},
	{"ks_c_5601-1987", "CP949"},
	{"euc-kr", "CP949"},
	{"gb2312", "GB18030"},
	{"gbk", "GB18030"},
	{"x-gbk", "GB18030"},
	{"iso-8859-1", "WINDOWS-1252"},
	{"latin1", "WINDOWS-1252"},
	{"us-ascii", "UTF-8"},
	{"ascii", "UTF-8"},
	{"ansi_x3.110-1983", "WINDOWS-1252"},
	{"iso-8859-8-i", "ISO-8859-8"},
	{"iso-8859-6-i", "ISO-8859-6"},
	{"x-sjis", "SHIFT_JIS"},
	{"shift-jis", "CP932"},
	{"shift_jis", "CP932"},
	{"x-euc-jp", "EUC-JP"},
	{"utf8", "UTF-8"},
	{"x-mac-roman", "MACINTOSH"},
	{"iso-8859-9", "WINDOWS-1254"},
	{"tis-620", "CP874"},
	{"_iso-2022-jp$esc", "ISO-2022-JP"},
};

static const char *const usual[] = {
	"UTF-7",	"UTF-16",	"UTF-16LE",	"UTF-16BE",	"UTF-32",
	"WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1252", "WINDOWS-1253", "WINDOWS-1254",
	"WINDOWS-1255", "WINDOWS-1256", "WINDOWS-1257", "WINDOWS-1258", "ISO-8859-1",
	"ISO-8859-2",	"ISO-8859-3",	"ISO-8859-4",	"ISO-8859-5",	"ISO-8859-6",
	"ISO-8859-7",	"ISO-8859-8",	"ISO-8859-9",	"ISO-8859-10",	"ISO-8859-13",
	"ISO-8859-14",	"ISO-8859-15",	"ISO-8859-16",	"KOI8-R",	"KOI8-U",
	"GB18030",	"BIG5",		"EUC-JP",	"SHIFT_JIS",	"CP932",
	"ISO-2022-JP",	"ISO-2022-KR",	"CP949",	"EUC-KR",	"EUC-TW",
	"CP437",	"CP850",	"CP852",	"CP866",	"CP874",
	"TIS-620",	"MACINTOSH",	"GBK",
};

/* iconv takes suffixes such as //TRANSLIT and file names from the environment; a name from a mail
 * is cut down to what charset names are made of. */
static bool plain_name(const char *charset, char ret[static CHARSET_NAME_MAX + 1])
{
	size_t n = 0;
	while (*charset == ' ' || *charset == '"' || *charset == '\'')
		charset++;
	for (; n < CHARSET_NAME_MAX && *charset != '\0'; charset++) {
		char c = *charset;
		bool is_kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			       (c >= '0' && c <= '9') || strchr("-_.:$", c) != NULL;
		if (!is_kept)
			break;
		ret[n++] = c;
	}
	ret[n] = '\0';
	return n > 0;
}

static const char *meant_by(const char *name)
{
	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
		if (strcasecmp(name, aliases[i].said) == 0)
			return aliases[i].meant;
	return name;
}

/* is_strict: fails at the first byte that is not of the charset; else such bytes become U+FFFD. */
static bool convert(struct arena *arena, struct usher_text bytes, const char *charset,
		    bool is_strict, struct usher_text *ret)
{
	iconv_t cd = iconv_open("UTF-8", charset);
	if (cd == (iconv_t)-1)
		return false;
	size_t space = bytes.n * 4 + 16, left = bytes.n, room = space;
	char *out = memory_new(space + 4), *to = out, *from = (char *)(uintptr_t)bytes.p;
	bool is_good = true;
	while (left > 0 && iconv(cd, &from, &left, &to, &room) == (size_t)-1) {
		if ((errno != EILSEQ && errno != EINVAL) || is_strict || room < 4) {
			is_good = false;
			break;
		}
		memcpy(to, "\xEF\xBF\xBD", 3);
		to += 3;
		room -= 3;
		from++;
		left--;
	}
	iconv_close(cd);
	if (is_good)
		*ret = arena_text(arena, text_slice(out, (size_t)(to - out)));
	free(out);
	return is_good;
}

struct usher_text email_text_decode(struct arena *arena, struct usher_text bytes,
				    const char *charset)
{
	char name[CHARSET_NAME_MAX + 1];
	struct usher_text result = bytes;
	const char *meant = charset != NULL && plain_name(charset, name) ? meant_by(name) : "UTF-8";
	bool is_utf8 = strcasecmp(meant, "UTF-8") == 0;
	/* A declared 8-bit charset accepts anything, so text that is plainly UTF-8 under a western
	 * label is believed to be UTF-8: windows-1252 text is hardly ever valid UTF-8 by chance. */
	if ((is_utf8 || strcasecmp(meant, "WINDOWS-1252") == 0) && text_is_utf8(bytes))
		return bytes;
	if (!is_utf8 && convert(arena, bytes, meant, true, &result))
		return result;
	if (text_is_utf8(bytes))
		return bytes;
	if (!is_utf8 && strcasecmp(meant, "WINDOWS-1252") != 0 &&
	    convert(arena, bytes, meant, false, &result))
		return result;
	if (convert(arena, bytes, "WINDOWS-1252", false, &result))
		return result;
	return bytes;
}

void email_text_warm(void)
{
	/* Left open on purpose: an open descriptor keeps its conversion module loaded. */
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
		(void)iconv_open("UTF-8", usual[i]);
		(void)iconv_open(usual[i], "UTF-8");
	}
}
