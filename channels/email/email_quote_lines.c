/* SPDX-License-Identifier: Apache-2.0 */
/* What mail programs write around quoted text, line by line. Phrases stand in lower case. */
#include "channels/email/email_quote.h"

#include <ctype.h>

#define FOLDED_MAX 600

struct folded { /* one line in lower case, without the white space around it */
	char p[FOLDED_MAX + 4];
	size_t n;
};

/* Latin-1 and Cyrillic letters of two bytes in UTF-8. */
static void lower_pair(unsigned char a, unsigned char b, char *ret)
{
	if (a == 0xC3 && b >= 0x80 && b <= 0x9E && b != 0x97) {
		b = (unsigned char)(b + 0x20);
	} else if (a == 0xD0 && b >= 0x90 && b <= 0x9F) {
		b = (unsigned char)(b + 0x20);
	} else if (a == 0xD0 && b >= 0xA0 && b <= 0xAF) {
		a = 0xD1;
		b = (unsigned char)(b - 0x20);
	}
	ret[0] = (char)a;
	ret[1] = (char)b;
}

static void fold(struct usher_text t, struct folded *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < t.n && ret->n < FOLDED_MAX;) {
		unsigned char c = (unsigned char)t.p[i];
		unsigned char d = i + 1 < t.n ? (unsigned char)t.p[i + 1] : 0;
		bool is_wide_space =
			i + 2 < t.n && c == 0xE2 && d == 0x80 && (unsigned char)t.p[i + 2] == 0xAF;
		bool is_mark = i + 2 < t.n && c == 0xE2 && d == 0x80 &&
			       ((unsigned char)t.p[i + 2] & 0xFC) == 0x8C; /* U+200C–F */
		if (is_wide_space || is_mark) {
			if (is_wide_space)
				ret->p[ret->n++] = ' ';
			i += 3;
		} else if (c == 0xC2 && d == 0xA0) {
			ret->p[ret->n++] = ' ';
			i += 2;
		} else if (c == 0xC3 || c == 0xD0) {
			lower_pair(c, d, ret->p + ret->n);
			ret->n += 2;
			i += 2;
		} else {
			ret->p[ret->n++] = c == '\t' ? ' ' : (char)tolower(c);
			i++;
		}
	}
	struct usher_text trimmed = text_trim(text_slice(ret->p, ret->n));
	memmove(ret->p, trimmed.p, trimmed.n);
	ret->n = trimmed.n;
	ret->p[ret->n] = '\0';
}

static struct usher_text folded_text(const struct folded *f)
{
	return text_slice(f->p, f->n);
}

static bool is_one_of(struct usher_text t, const char *const *list)
{
	for (; *list != NULL; list++)
		if (text_equal(t, text_of(*list)))
			return true;
	return false;
}

static bool starts_one_of(struct usher_text t, const char *const *list)
{
	for (; *list != NULL; list++)
		if (text_starts(t, text_of(*list)))
			return true;
	return false;
}

/* ---- separators ---- */

static const char *const originals[] = {"original message",
					"original appointment",
					"reply message",
					"alkuperäinen viesti",
					"alkuperäinen sanoma",
					"algne kiri",
					"algne sõnum",
					"algupärane sõnum",
					"esialgne kiri",
					"ursprungligt meddelande",
					"originalmeddelande",
					"ursprüngliche nachricht",
					"originalnachricht",
					"original-nachricht",
					"исходное сообщение",
					"исходное письмо",
					"оригинальное сообщение",
					"message d'origine",
					"oprindelig meddelelse",
					"opprinnelig melding",
					"oorspronkelijk bericht",
					"mensaje original",
					"messaggio originale",
					"mensagem original",
					"wiadomość oryginalna",
					NULL};
static const char *const forwards[] = {"forwarded message",
				       "begin forwarded message",
				       "välitetty viesti",
				       "edelleenlähetetty viesti",
				       "edastatud kiri",
				       "edastatud sõnum",
				       "vidarebefordrat meddelande",
				       "vidarebefordrat mejl",
				       "weitergeleitete nachricht",
				       "anfang der weitergeleiteten nachricht",
				       "пересланное сообщение",
				       "пересылаемое сообщение",
				       "начало переадресованного сообщения",
				       "конец пересылаемого сообщения",
				       "message transféré",
				       NULL};

/* Length of a dash of any kind at p, or 0. */
static size_t dash_bytes(struct usher_text t, size_t i)
{
	if (t.p[i] == '-' || t.p[i] == '_' || t.p[i] == '=')
		return 1;
	bool is_long = i + 2 < t.n && (unsigned char)t.p[i] == 0xE2 &&
		       (unsigned char)t.p[i + 1] == 0x80 &&
		       ((unsigned char)t.p[i + 2] == 0x93 || (unsigned char)t.p[i + 2] == 0x94);
	return is_long ? 3 : 0;
}

/* The words between rows of dashes; *ret_dashes counts those before them. */
static struct usher_text between_dashes(struct usher_text t, int *ret_dashes)
{
	size_t i = 0;
	*ret_dashes = 0;
	while (i < t.n && (t.p[i] == ' ' || t.p[i] == '*' || dash_bytes(t, i) > 0)) {
		size_t n = dash_bytes(t, i);
		*ret_dashes += n > 0;
		i += n > 0 ? n : 1;
	}
	t = text_slice(t.p + i, t.n - i);
	while (t.n > 0 && strchr("-_=* :/", t.p[t.n - 1]) != NULL)
		t.n--;
	return t;
}

static enum quote_line separator_of(struct usher_text t)
{
	int dashes;
	struct usher_text words = between_dashes(t, &dashes);
	if (words.n == 0)
		return dashes >= 8 && t.p[0] == '_' ? LINE_RULE : LINE_TEXT;
	if (words.n > 200)
		return LINE_TEXT;
	/* "Alkuperäinen viesti / Orig.Msg.", "Välitetty viesti osoitteesta a@b" */
	struct usher_text first = words;
	first = text_trim(text_cut(&first, '/'));
	if (starts_one_of(first, forwards) && (dashes >= 2 || (t.n < 80 && t.p[t.n - 1] == ':')))
		return LINE_FORWARD;
	if (is_one_of(first, originals))
		return dashes >= 2 ? LINE_SEPARATOR : LINE_RULE;
	return LINE_TEXT;
}

bool email_quote_is_forward(struct usher_text words)
{
	while (words.n > 0) {
		struct folded f;
		int dashes;
		fold(text_cut(&words, '\n'), &f);
		struct usher_text t = between_dashes(folded_text(&f), &dashes);
		if (t.n > 0)
			return starts_one_of(t, forwards);
	}
	return false;
}

/* ---- signatures ---- */

static const char *const mobiles[] = {"sent from my ",
				      "sent from mail for",
				      "sent from outlook",
				      "sent from yahoo mail",
				      "sent from proton mail",
				      "sent from protonmail",
				      "sent with proton mail",
				      "sent with spark",
				      "sent from samsung",
				      "sent using ",
				      "sent via ",
				      "get outlook for ",
				      "get bluemail for ",
				      "lähetetty iphone",
				      "lähetetty ipad",
				      "lähetetty outlook",
				      "lähetetty minun ",
				      "lähetetty puhelim",
				      "lähetetty samsung",
				      "lähetetty android",
				      "lähetetty matkapuhel",
				      "lähetetty laitteesta",
				      "lähetetty windows",
				      "lähetetty sähköpostista",
				      "hanki outlook ",
				      "saadetud minu ",
				      "saadetud iphone",
				      "saadetud ipad",
				      "saadetud outlook",
				      "saadetud samsung",
				      "saadetud nutitelef",
				      "saadetud telefonist",
				      "hangi outlook",
				      "skickat från min ",
				      "skickat från outlook",
				      "skickat från yahoo",
				      "skickat från e-post",
				      "skickat från iphone",
				      "skickat från samsung",
				      "skaffa outlook",
				      "hämta outlook",
				      "von meinem ",
				      "gesendet von meinem ",
				      "gesendet von mail",
				      "gesendet von outlook",
				      "gesendet mit ",
				      "von samsung",
				      "outlook für ",
				      "holen sie sich outlook",
				      "отправлено с ",
				      "отправлено из ",
				      "отправлено от ",
				      "послано с ",
				      "скачайте outlook",
				      "получите outlook",
				      "envoyé de mon ",
				      "enviado desde mi ",
				      "inviato da ",
				      NULL};
static const char *const disclaimers[] = {"confidentiality notice",
					  "confidentiality:",
					  "disclaimer",
					  "this e-mail and any",
					  "this email and any",
					  "this message and any",
					  "this e-mail (including",
					  "this email (including",
					  "the information contained in this",
					  "the information in this e",
					  "this e-mail is confidential",
					  "this email is confidential",
					  "this message is confidential",
					  "this message is intended only",
					  "this e-mail is intended only",
					  "this email is intended only",
					  "this message contains confidential",
					  "this email contains confidential",
					  "this e-mail contains confidential",
					  "tämä viesti on luottamuksellinen",
					  "tämä sähköposti",
					  "tämän viestin sisältö",
					  "tämä viesti ja sen liitteet",
					  "tämä viesti saattaa sisältää",
					  "käesolev e-kiri",
					  "see e-kiri",
					  "käesolev kiri",
					  "käesolev sõnum",
					  "see kiri võib sisaldada",
					  "selles e-kirjas sisalduv",
					  "detta e-postmeddelande",
					  "detta meddelande är",
					  "detta mejl",
					  "denna e-post",
					  "diese e-mail enthält",
					  "diese nachricht enthält",
					  "diese e-mail ist",
					  "der inhalt dieser e-mail",
					  "vertraulichkeitshinweis",
					  "это сообщение и",
					  "данное сообщение",
					  "это электронное",
					  "настоящее сообщение",
					  "данное электронное",
					  NULL};

/* A short line that is that phrase and little more: "sent from my garden I see" is a sentence. */
static bool is_mobile(struct usher_text t)
{
	bool is_short = t.n < 90;
	char end = t.n > 0 ? t.p[t.n - 1] : '\0';
	bool is_sentence =
		end == '?' || end == ',' || (end == '.' && memchr(t.p, ',', t.n) != NULL);
	return is_short && !is_sentence && starts_one_of(t, mobiles);
}

enum quote_line email_quote_line(struct usher_text line)
{
	struct folded f;
	size_t i = 0;
	while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'))
		i++;
	if (i < line.n && line.p[i] == '>' && i < 4)
		return LINE_QUOTED;
	fold(text_slice(line.p, line.n < FOLDED_MAX ? line.n : text_fit(line, FOLDED_MAX)), &f);
	struct usher_text t = folded_text(&f);
	if (t.n == 0)
		return line.n < FOLDED_MAX ? LINE_EMPTY : LINE_TEXT;
	if (text_equal(line, TEXT("-- ")) || text_equal(t, TEXT("--")))
		return LINE_SIGNATURE;
	enum quote_line separator = separator_of(t);
	if (separator != LINE_TEXT)
		return separator;
	if (is_mobile(t))
		return LINE_MOBILE;
	int dashes;
	t = between_dashes(t, &dashes);
	return starts_one_of(t, disclaimers) ? LINE_DISCLAIMER : LINE_TEXT;
}

bool email_quote_is_list(struct usher_text line)
{
	static const char phrase[] = "mailing list";
	struct folded f;
	if (line.n > 200)
		return false;
	fold(line, &f);
	for (size_t i = 0; i + sizeof phrase - 1 <= f.n; i++)
		if (memcmp(f.p + i, phrase, sizeof phrase - 1) == 0)
			return true;
	return false;
}

/* ---- header lines ---- */

static const char *const labels_from[] = {
	"from",	       "lähettäjä", "keneltä", "mistä",	   "saatja", "kellelt",
	"från",	       "avsändare", "von",     "absender", "от",     "от кого",
	"отправитель", "de",	    "fra",     "van",	   "da",     NULL};
static const char *const labels_date[] = {
	"sent",	   "date",  "date sent",  "lähetetty",	 "päiväys", "päivämäärä",
	"pvm",	   "aika",  "saatmisaeg", "saadetud",	 "kuupäev", "aeg",
	"skickat", "datum", "gesendet",	  "gesendet am", "дата",    "отправлено",
	"когда",   "время", "envoyé",	  "enviado",	 NULL};
static const char *const labels_to[] = {"to",
					"vastaanottaja",
					"vastaanottajat",
					"kenelle",
					"saaja",
					"adressaat",
					"kellele",
					"till",
					"an",
					"mottagare",
					"empfänger",
					"кому",
					"получатель",
					"à",
					"para",
					"til",
					NULL};
static const char *const labels_cc[] = {"cc",	 "bcc",	  "kopio", "koopia", "kopia",
					"kopie", "копия", "копии", NULL};
static const char *const labels_subject[] = {"subject", "re",	  "aihe",    "teema", "pealkiri",
					     "ämne",	"rubrik", "betreff", "тема",  "objet",
					     "asunto",	"emne",	  NULL};

int email_quote_label(struct usher_text line)
{
	struct folded f;
	if (line.n > 100)
		line.n = text_fit(line, 100);
	fold(line, &f);
	struct usher_text t = folded_text(&f);
	while (t.n > 0 && (t.p[0] == '*' || t.p[0] == ' ' || t.p[0] == '|'))
		t = text_slice(t.p + 1, t.n - 1);
	if (memchr(t.p, ':', t.n) == NULL || t.n == 0)
		return 0;
	struct usher_text name = text_cut(&t, ':');
	while (name.n > 0 && (name.p[name.n - 1] == '*' || name.p[name.n - 1] == ' '))
		name.n--;
	return is_one_of(name, labels_from)	 ? LABEL_FROM
	       : is_one_of(name, labels_date)	 ? LABEL_DATE
	       : is_one_of(name, labels_to)	 ? LABEL_TO
	       : is_one_of(name, labels_cc)	 ? LABEL_CC
	       : is_one_of(name, labels_subject) ? LABEL_SUBJECT
						 : 0;
}

/* ---- introductions ---- */

static const char *const verbs[] = {
	"wrote",    "writes",	  "kirjoitti",	 "kirjoittaa", "kirjutas", "kirjutab",
	"skrev",    "schrieb",	  "geschrieben", "написал",    "написала", "написал(а)",
	"пишет",    "писал",	  "писал(а)",	 "писала",     "a écrit",  "escribió",
	"escreveu", "ha scritto", "schreef",	 "skrifaði",   "napisał",  "napisał(a)",
	"napisała", NULL};
/* Words that begin a line with a date: weekdays, "on", "am" and what Evolution says. */
static const char *const openers[] = {
	"on ",	       "am ",	      "den ",	     "le ",	  "el ",
	"il ",	       "em ",	      "op ",	     "dne ",	  "ühel kenal päeval",
	"mon, ",       "tue, ",	      "wed, ",	     "thu, ",	  "fri, ",
	"sat, ",       "sun, ",	      "monday",	     "tuesday",	  "wednesday",
	"thursday",    "friday",      "saturday",    "sunday",	  "ma ",
	"ti ",	       "ke ",	      "to ",	     "pe ",	  "la ",
	"su ",	       "ma, ",	      "ti, ",	     "ke, ",	  "to, ",
	"pe, ",	       "la, ",	      "su, ",	     "maanantai", "tiistai",
	"keskiviikko", "torstai",     "perjantai",   "lauantai",  "sunnuntai",
	"e, ",	       "t, ",	      "k, ",	     "n, ",	  "r, ",
	"l, ",	       "p, ",	      "e ",	     "t ",	  "k ",
	"n ",	       "r ",	      "l ",	     "p ",	  "esmaspäev",
	"teisipäev",   "kolmapäev",   "neljapäev",   "reede",	  "laupäev",
	"pühapäev",    "mån",	      "tis",	     "ons",	  "tors",
	"fre",	       "lör",	      "sön",	     "mo, ",	  "di, ",
	"mi, ",	       "do, ",	      "fr, ",	     "sa, ",	  "so, ",
	"mo., ",       "di., ",	      "mi., ",	     "do., ",	  "fr., ",
	"sa., ",       "so., ",	      "montag",	     "dienstag",  "mittwoch",
	"donnerstag",  "freitag",     "samstag",     "sonntag",	  "пн",
	"вт",	       "ср",	      "чт",	     "пт",	  "сб",
	"вс",	       "понедельник", "вторник",     "среда",	  "четверг",
	"пятница",     "суббота",     "воскресенье", NULL};

static bool is_letter(unsigned char c)
{
	return isalpha(c) || c >= 0x80;
}

static bool has_verb(struct usher_text t)
{
	for (const char *const *v = verbs; *v != NULL; v++) {
		size_t n = strlen(*v);
		for (size_t i = 0; i + n <= t.n; i++) {
			if (t.p[i] != (*v)[0] || memcmp(t.p + i, *v, n) != 0)
				continue;
			bool is_begun = i == 0 || !is_letter((unsigned char)t.p[i - 1]);
			bool is_ended = i + n == t.n || !is_letter((unsigned char)t.p[i + n]);
			if (is_begun && is_ended)
				return true;
		}
	}
	return false;
}

static bool has_time(struct usher_text t)
{
	for (size_t i = 1; i + 2 < t.n; i++)
		if ((t.p[i] == ':' || t.p[i] == '.') && isdigit((unsigned char)t.p[i - 1]) &&
		    isdigit((unsigned char)t.p[i + 1]) && isdigit((unsigned char)t.p[i + 2]))
			return true;
	return false;
}

static bool has_digit(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (isdigit((unsigned char)t.p[i]))
			return true;
	return false;
}

static bool is_opened(struct usher_text t)
{
	return t.n > 0 && (isdigit((unsigned char)t.p[0]) || starts_one_of(t, openers));
}

bool email_quote_intro_begins(struct usher_text line)
{
	struct folded f;
	fold(line, &f);
	struct usher_text t = folded_text(&f);
	return t.n < 200 && is_opened(t) && has_digit(t) && (has_time(t) || t.n < 120);
}

bool email_quote_intro(struct usher_text joined, bool has_quote)
{
	struct folded f;
	if (joined.n > 500)
		return false;
	fold(joined, &f);
	struct usher_text t = folded_text(&f);
	bool is_wide = t.n > 3 && memcmp(t.p + t.n - 3, "\xEF\xBC\x9A", 3) == 0;
	if (t.n < 5 || (t.p[t.n - 1] != ':' && !is_wide))
		return false;
	bool has_address = memchr(t.p, '@', t.n) != NULL;
	if (has_verb(t))
		return has_quote || has_address || (has_time(t) && is_opened(t));
	/* Gmail in Russian, Yandex and Mail.ru: a date and an address, no verb. */
	return has_address && is_opened(t) && has_time(t) && t.n > 2 && t.p[t.n - 2] == '>';
}
