/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples say themselves what folds: {…} is quoted, […] a signature. The marks are taken out, the
 * text is looked at, and the stretches found are put in again.
 */
#include "tests/tap.h"

#include "channels/email/email_html.h"
#include "channels/email/email_quote.h"

#include <stdio.h>
#include <time.h>

static struct arena arena;

static struct usher_text without_marks(const char *sample)
{
	struct usher_buf b = {0};
	for (; *sample != '\0'; sample++)
		if (strchr("{}[]", *sample) == NULL)
			buf_addc(&b, *sample);
	struct usher_text t = arena_text(&arena, buf_text(&b));
	buf_done(&b);
	return t;
}

static const char *with_marks(struct usher_text t, const struct mail_folds *folds)
{
	struct usher_buf b = {0};
	size_t at = 0;
	for (int i = 0; i < folds->count; i++) {
		const struct mail_fold *f = &folds->item[i];
		bool is_quote = f->kind == MAIL_FOLD_QUOTE;
		assert_true(f->from >= at && f->to > f->from && f->to <= t.n);
		buf_add(&b, t.p + at, f->from - at);
		buf_addc(&b, is_quote ? '{' : '[');
		buf_add(&b, t.p + f->from, f->to - f->from);
		buf_addc(&b, is_quote ? '}' : ']');
		at = f->to;
	}
	buf_add(&b, t.p + at, t.n - at);
	const char *s = arena_string(&arena, buf_text(&b));
	buf_done(&b);
	return s;
}

static void check_text(const char *const *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct mail_folds folds;
		struct usher_text t = without_marks(samples[i]);
		email_quote_text(t, &folds);
		const char *got = with_marks(t, &folds);
		if (strcmp(got, samples[i]) != 0)
			fail_msg("sample %zu\n--- expected\n%s\n--- got\n%s", i, samples[i], got);
	}
}

#define CHECK_TEXT(samples) check_text(samples, sizeof samples / sizeof samples[0])

static const char *const tops[] = {
	/* Gmail, in six languages; long introductions are wrapped */
	"Yes please.\n\n{On Mon, Nov 2, 2026 at 10:15 AM Tuki <support@example.test> wrote:\n\n> "
	"Hello,\n> "
	"is it this one?\n>> older}\n",
	"Kiitos!\n\n{ke 8. tammik. 2025 klo 9.15 Tuki Esimerkki\n<support@example.test> "
	"kirjoitti:\n\n> Hei\n> "
	"Onko tämä se?}",
	"Aitäh!\n\n{Kasutaja Tugi <support@example.test> kirjutas kuupäeval E, 5. mai 2025 kell "
	"10:15:\n\n> "
	"Tere}\n",
	"Tack!\n\n{Den mån 5 maj 2025 kl 10:15 skrev Support <support@example.test>:\n\n> Hej}\n",
	"Danke!\n\n{Am Mo., 5. Mai 2025 um 10:15 Uhr schrieb Support <support@example.test>:\n\n> "
	"Hallo}",
	"Спасибо!\n\n{пн, 5 мая 2025 г. в 10:15, Support <support@example.test>:\n\n> "
	"Здравствуйте}",
	/* Apple Mail */
	"Good.\n\n{> On 5 May 2025, at 10:15, Support <support@example.test> wrote:\n> \n> Hello}",
	"Hyvä.\n\n{Support <support@example.test> kirjoitti 5.5.2025 kello 10.15:\n\n> Hei}",
	"Gut.\n\n{Am 05.05.2025 um 10:15 schrieb Support <support@example.test>:\n\n> Hallo}",
	"Bra.\n\n{5 maj 2025 kl. 10:15 skrev Support <support@example.test>:\n\n> Hej}",
	"Хорошо.\n\n{5 мая 2025 г., в 10:15, Support <support@example.test> написал(а):\n\n> Да}",
	/* Thunderbird */
	"Ok.\n\n{On 5.5.2025 10.15, Support wrote:\n> Hello\n>\n> more}\n",
	"Ok.\n\n{Support kirjoitti 5.5.2025 klo 10.15:\n> Hei}\n",
	"Ok.\n\n{Support kirjutas 05.05.2025 10:15:\n> Tere}\n",
	"Ok.\n\n{Support skrev:\n> Hej}\n",
	"Ok.\n\n{Am 05.05.25 um 10:15 schrieb Support:\n> Hallo}\n",
	"Ok.\n\n{05.05.2025 10:15, Support пишет:\n> Да}\n",
	/* Outlook: header lines, nothing marked */
	"See below.\n\n{From: Support <support@example.test>\nSent: Monday, May 5, 2025 10:15 "
	"AM\nTo: Anna\n"
	"Subject: Re: bicycle\n\nHello Anna,\nis it this one?}",
	"Ks. alla.\n\n{________________________________\nLähettäjä: Tuki "
	"<support@example.test>\nLähetetty: "
	"maanantai 5. toukokuuta 2025 10.15\nVastaanottaja: Anna\nAihe: Re: pyörä\n\nHei Anna}",
	"Vaata.\n\n{Saatja: Tugi <support@example.test>\nSaadetud: esmaspäev, 5. mai 2025 "
	"10:15\nAdressaat: "
	"Anna\nTeema: Re: ratas\n\nTere}",
	"Se nedan.\n\n{Från: Support <support@example.test>\nSkickat: den 5 maj 2025 10:15\nTill: "
	"Anna\nÄmne: "
	"Sv: cykel\n\nHej}",
	"Siehe unten.\n\n{Von: Support <support@example.test>\nGesendet: Montag, 5. Mai 2025 "
	"10:15\nAn: "
	"Anna\nBetreff: AW: Rad\n\nHallo}",
	"См. ниже.\n\n{От: Support <support@example.test>\nОтправлено: 5 мая 2025 г. 10:15\nКому: "
	"Anna\nТема: "
	"RE: велосипед\n\nДа}",
	"Look.\n\n{*From:* Support\n*Sent:* Monday\n*To:* Anna\n*Subject:* x\n\nHello}",
	"Look.\n\n{-----Original Message-----\nFrom: Support\nSent: Monday\nSubject: x\n\nHello}",
	"Katso.\n\n{-------- Alkuperäinen viesti --------\nLähettäjä: Tuki\nPäiväys: 5.5.2025 "
	"10.15\n\nHei}",
	"Vaata.\n\n{-------- Algne kiri --------\nTeema: x\nKuupäev: E\nSaatja: y\n\nTere}",
	"Se.\n\n{-----Ursprungligt meddelande-----\nFrån: x\n\nHej}",
	"Schau.\n\n{-----Ursprüngliche Nachricht-----\nVon: x\n\nHallo}",
	"Вот.\n\n{-------- Исходное сообщение --------\nОт: x\n\nДа}",
	/* Yahoo, Proton, Notes, Yandex, Mail.ru, Evolution */
	"Yes.\n\n{On Monday, May 5, 2025, 10:15:00 AM GMT+3, Support <support@example.test> "
	"wrote:\n\nHello}",
	"Yes.\n\n{------- Original Message -------\nOn Monday, May 5th, 2025 at 10:15, Support "
	"<support@example.test> wrote:\n\n> Hello}\n",
	"Да.\n\n{05.05.2025, 10:15, \"Support\" <support@example.test>:\n> Да}\n",
	"Да.\n\n{Понедельник, 5 мая 2025, 10:15 +03:00 от Support <support@example.test>:\n> Да}\n",
	"Ok.\n\n{su, 2025-09-28 kello 11:07 +0000, Tuki kirjoitti:\n> Hei}\n",
	"Ok.\n\n{Ühel kenal päeval, E, 5.05.2025 kell 10:15, kirjutas Tugi:\n> Tere}\n",
	"Ok.\n\n{Esialgne kiri\nSaatja: x\nKuupäev: E\nPealkiri: y\n\nTere}",
	/* marks without an introduction */
	"Ok.\n\n{> one\n> two}\n",
};

static const char *const bottoms[] = {
	"{On 5.5.2025 10.15, Support wrote:\n> Hello\n> is it this one\n> or that one?}\n\nThis "
	"one.\n",
	/* short context stays: it says what the answer is about */
	"Support wrote:\n> this or that?\n\nThis.\n",
};

static const char *const between[] = {
	"On 5.5.2025 10.15, Support wrote:\n> First?\nYes.\n> Second?\nNo.\n> Third?\nPerhaps.\n",
	"Hi, answers below.\n\nOn 5.5.2025 10.15, Support wrote:\n> First?\n\nYes.\n\n> "
	"Second?\n\nNo.\n",
	"Hi\n> one\nwords behind it\n",
	"Hi\n> one\nwords\n> two\n[-- \nAnna]\n",
};

static const char *const signatures[] = {
	"Hello.\n\n[-- \nAnna Esimerkki\nOy Esimerkki Ab]\n",
	"Hello.\n\n[--\nAnna]\n\n{On 5.5.2025 10.15, Support wrote:\n> Hi}\n",
	"Ok\n\n[Sent from my iPhone]\n\n{On 5 May 2025, at 10:15, Support <s@example.test> "
	"wrote:\n\n> Hi}",
	"Ok\n\n[Lähetetty iPhonesta]\n",
	"Ok\n\n[Lähetetty Outlookin iOS-versiosta]\n",
	"Ok\n\n[Saadetud minu iPhone'ist]\n",
	"Ok\n\n[Skickat från min iPhone]\n",
	"Ok\n\n[Von meinem iPhone gesendet]\n",
	"Ok\n\n[Отправлено с iPhone]\n",
	"Ok\n\n[Get Outlook for iOS]\n",
	"Ok\nAnna\n\n[CONFIDENTIALITY NOTICE: This e-mail may hold secrets.\nDelete it.]\n",
	"Ok\nAnna\n\n[Tämä viesti on luottamuksellinen. Poista se.]\n",
	"Ok\nAnna\n\n[Käesolev e-kiri on konfidentsiaalne.]\n",
	"Ok\nAnna\n\n[Diese E-Mail enthält vertrauliche Informationen.]\n",
};

static const char *const whole[] = {
	"",
	"\n\n",
	"> only\n> quoted\n",
	"-- \nAnna\n",
	"Sent from my iPhone\n",
	"On 5.5.2025 10.15, Support wrote:\n> Hi\n",
	"From: Support\nSent: Monday\nTo: Anna\nSubject: x\n\nHello\n",
	/* prose that looks like marks */
	"From: my point of view it is fine.\nTo: be honest, no.\n",
	"I wrote:\nplease help.\nThanks\n",
	"Items:\n-- one\n-- two\n",
	"He wrote to me on 5.5. and said no.\n\nWhat now?\n",
	"Sent from my garden, do you see it?\nAnna\n",
	"Original message\nis what I want to see.\n",
	"2 pieces please:\n- red\n- blue\n",
	"--\n",
	"a > b\nb > c\n",
	/* what was sent on is there to be read */
	"What is this?\n\n---------- Forwarded message ---------\nFrom: Bo <bo@b.test>\nDate: "
	"Mon\nSubject: "
	"x\nTo: Anna\n\nBuy now\n> old\n",
	"Mikä tämä on?\n\n-------- Välitetty viesti / Fwd.Msg --------\nAihe: x\nPäiväys: "
	"ma\nLähettäjä: "
	"Bo\n\nOsta\n",
};

static void folds_what_stands_below(void **state)
{
	(void)state;
	CHECK_TEXT(tops);
}

static void folds_what_stands_above(void **state)
{
	(void)state;
	CHECK_TEXT(bottoms);
}

static void leaves_what_is_answered_in_between(void **state)
{
	(void)state;
	CHECK_TEXT(between);
}

static void folds_signatures(void **state)
{
	(void)state;
	CHECK_TEXT(signatures);
}

static void leaves_all_else(void **state)
{
	(void)state;
	CHECK_TEXT(whole);
}

/* ---- HTML ---- */

struct html_case {
	const char *raw, *expected;
};

static const struct html_case html_cases[] = {
	/* Gmail */
	{"<div>Yes</div><br><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Mon, Anna "
	 "wrote:<br>"
	 "</div><blockquote class=\"gmail_quote\">old</blockquote></div>",
	 "<div>Yes</div><br>{<div><div>On Mon, Anna "
	 "wrote:<br></div><blockquote>old</blockquote></div>}"},
	{"<div>Look</div><div class=\"gmail_quote\">---------- Forwarded message "
	 "---------<br>From: x<br>"
	 "news</div>",
	 "<div>Look</div><div>---------- Forwarded message ---------<br>From: x<br>news</div>"},
	{"<div>Yes</div><div class=\"gmail_signature\">Anna</div>",
	 "<div>Yes</div>[<div>Anna</div>]"},
	/* Outlook: a border and the header lines, then siblings */
	{"<div><p>Kyllä</p><div><div style='border:none;border-top:solid #E1E1E1 "
	 "1.0pt'><p><b>Lähettäjä:</b>"
	 " Tuki<br><b>Lähetetty:</b> ma<br><b>Vastaanottaja:</b> Anna<br><b>Aihe:</b> "
	 "x</p></div></div>"
	 "<p>old words</p></div>",
	 "<div><p>Kyllä</p>{<div><div><p><b>Lähettäjä:</b> Tuki<br><b>Lähetetty:</b> ma<br>"
	 "<b>Vastaanottaja:</b> Anna<br><b>Aihe:</b> x</p></div></div><p>old words</p>}</div>"},
	{"<div>Yes</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> "
	 "x</div>"
	 "<div>old</div>",
	 "<div>Yes</div>{<div></div><hr><div><b>From:</b> x</div><div>old</div>}"},
	/* Apple Mail, Thunderbird, Yahoo, Proton */
	{"<div>Ok</div><blockquote type=\"cite\"><div>On 5 May, x wrote:</div>old</blockquote>",
	 "<div>Ok</div>{<blockquote type=\"cite\"><div>On 5 May, x wrote:</div>old</blockquote>}"},
	{"<p>Ok</p><div class=\"moz-cite-prefix\">x kirjoitti 5.5.2025:</div><blockquote "
	 "type=\"cite\">old"
	 "</blockquote><pre class=\"moz-signature\">-- \nAnna</pre>",
	 "<p>Ok</p>{<div>x kirjoitti 5.5.2025:</div><blockquote "
	 "type=\"cite\">old</blockquote>}[<pre>-- \n"
	 "Anna</pre>]"},
	{"<div>Ok</div><div id=\"yahoo_quoted_1\" class=\"yahoo_quoted\"><div>old</div></div>",
	 "<div>Ok</div>{<div><div>old</div></div>}"},
	{"<div>Ok</div><div class=\"protonmail_quote\">old<blockquote>x</blockquote></div>",
	 "<div>Ok</div>{<div>old<blockquote>x</blockquote></div>}"},
	{"<p>Ok</p><p>Sent from my iPhone</p>", "<p>Ok</p>[<p>Sent from my iPhone</p>]"},
	/* bottom, in between, all */
	{"<blockquote type=cite>old</blockquote><p>new</p>",
	 "{<blockquote type=\"cite\">old</blockquote>}<p>new</p>"},
	{"<blockquote type=cite>one?</blockquote><p>yes</p><blockquote "
	 "type=cite>two?</blockquote><p>no</p>",
	 "<blockquote type=\"cite\">one?</blockquote><p>yes</p><blockquote "
	 "type=\"cite\">two?</blockquote>"
	 "<p>no</p>"},
	{"<p>hi</p><blockquote type=cite>one?</blockquote><p>yes</p>",
	 "<p>hi</p><blockquote type=\"cite\">one?</blockquote><p>yes</p>"},
	{"<div class=gmail_quote>all</div>", "<div>all</div>"},
	/* an introduction outside of the element that holds the quotation */
	{"<p>hi</p><div class=moz-cite-prefix>x kirjoitti 5.5.2025:</div><div><blockquote type=cite>a"
	 "</blockquote></div>",
	 "<p>hi</p>{<div>x kirjoitti 5.5.2025:</div>}<div>{<blockquote type=\"cite\">a</blockquote>}</div>"},
	{"<blockquote>a saying</blockquote><p>by me</p>",
	 "<blockquote>a saying</blockquote><p>by me</p>"},
	{"<p>Anna wrote on 5.5.2025 10:15:</p><p>words</p>",
	 "<p>Anna wrote on 5.5.2025 10:15:</p><p>words</p>"},
};

static void folds_html(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof html_cases / sizeof html_cases[0]; i++) {
		struct usher_buf out = {0};
		struct quote_marks marks = {.count = 0};
		struct mail_folds folds;
		assert_int_equal(email_html_clean_marked(text_of(html_cases[i].raw), &out, NULL,
							 &marks, NULL),
				 0);
		email_quote_settle(buf_text(&out), &marks, &folds);
		const char *got = with_marks(buf_text(&out), &folds);
		if (strcmp(got, html_cases[i].expected) != 0)
			fail_msg("sample %zu\n--- expected\n%s\n--- got\n%s", i,
				 html_cases[i].expected, got);
		buf_done(&out);
	}
}

/* ---- the public sets ---- */

/* "lang kind template client source": what those programs write is known. */
static bool row_is_known(const char *kind, char *text, char *line)
{
	struct usher_text all = without_marks(text);
	if (strcmp(kind, "attribution") == 0) {
		struct mail_folds folds;
		struct usher_text body =
			arena_textf(&arena, "new words\n\n%.*s\n> old\n", TEXT_ARG(all));
		email_quote_text(body, &folds);
		return folds.count == 1 && folds.item[0].from <= 11;
	}
	if (strcmp(kind, "separator") == 0) {
		enum quote_line l = email_quote_line(all);
		return l == LINE_SEPARATOR || l == LINE_RULE;
	}
	if (strcmp(kind, "forward") == 0)
		return email_quote_line(all) == LINE_FORWARD;
	if (strncmp(kind, "header:", 7) == 0) {
		snprintf(line, 200, "%.*s: x", TEXT_ARG(all));
		return email_quote_label(text_of(line)) != 0;
	}
	return false;
}

/* "#1", "${Sender}" and "%d" stand for names, dates and times. */
static void fill_in(const char *template, char *ret, size_t size)
{
	static const char *const places[][2] = {{"#1", "Tuki Esimerkki"},
						{"#2", "5.5.2025"},
						{"#3", "10.15"},
						{"${AbbrevWeekdayName}", "E"},
						{"${Year}", "2025"},
						{"${Month}", "05"},
						{"${Day}", "5"},
						{"${24Hour}", "10"},
						{"${Minute}", "15"},
						{"${TimeZone}", "+0300"},
						{"${Sender}", "Tuki"},
						{"%d", "5.5.2025 10:15"},
						{"%n", "Tuki"},
						{"%f", "Tuki <s@example.test>"},
						{"$sender", "Tuki"},
						{"$date", "2025-05-05 10:15"},
						{"\\n", "\n"}};
	size_t n = 0;
	while (*template != '\0' && n + 40 < size) {
		size_t k = 0, count = sizeof places / sizeof places[0];
		while (k < count && strncmp(template, places[k][0], strlen(places[k][0])) != 0)
			k++;
		if (k < count) {
			n += (size_t)snprintf(ret + n, size - n, "%s", places[k][1]);
			template += strlen(places[k][0]);
		} else {
			ret[n++] = *template ++;
		}
	}
	ret[n] = '\0';
}

static void knows_the_public_strings(void **state)
{
	(void)state;
	char path[1100], row[2000], text[2000], line[300];
	const char *dir = shared_dir();
	int rows = 0, known = 0;
	snprintf(path, sizeof path, "%s/mail/fi-et-strings/strings.tsv", dir != NULL ? dir : "");
	FILE *f = dir != NULL ? fopen(path, "r") : NULL;
	if (f == NULL)
		skip();
	while (fgets(row, sizeof row, f) != NULL) {
		char *rest = row, *fields[5] = {NULL};
		for (int i = 0; i < 5 && rest != NULL; i++)
			fields[i] = strsep(&rest, "\t\n");
		if (fields[4] == NULL || strcmp(fields[0], "lang") == 0)
			continue;
		fill_in(fields[2], text, sizeof text);
		bool is_known = row_is_known(fields[1], text, line);
		rows++;
		known += is_known;
		if (!is_known)
			printf("# not known: %s %s \"%s\"\n", fields[0], fields[1], fields[2]);
	}
	fclose(f);
	printf("# %d of %d strings known\n", known, rows);
	assert_true(rows > 40);
	assert_int_equal(known, rows);
}

static struct mail_folds file_folds(const char *name, struct usher_text *ret)
{
	char path[1200], block[65536];
	struct mail_folds folds = {.count = 0};
	const char *dir = shared_dir();
	snprintf(path, sizeof path, "%s/mail/gh-reply-parser/emails/%s", dir != NULL ? dir : "",
		 name);
	FILE *f = dir != NULL ? fopen(path, "r") : NULL;
	if (f == NULL)
		skip();
	size_t n = fread(block, 1, sizeof block, f);
	fclose(f);
	*ret = arena_text(&arena, text_slice(block, n));
	email_quote_text(*ret, &folds);
	return folds;
}

/* Each was read by eye: what must stay to be seen, and what must not. */
static void reads_the_public_replies(void **state)
{
	(void)state;
	static const struct {
		const char *name, *kept, *folded;
	} files[] = {
		{"email_1_1.txt", "-Abhishek Kona", "riak-users mailing list"},
		{"email_1_2.txt", "You can list the keys", ""},
		{"email_1_3.txt", "Oh thanks.", "You can list the keys"},
		{"email_1_5.txt", "One: Here's what I've got.", ""},
		{"email_iPhone.txt", "Here is another email", "Sent from my iPhone"},
		{"email_BlackBerry.txt", "Here is another email", "Sent from my BlackBerry"},
		{"email_2_1.txt", "Outlook with a reply", "The Google Apps Sync Team"},
		{"greedy_on.txt", "On your remote host", "I am having an odd issue"},
		{"email_one_is_not_on.txt", "One outstanding question", "The good news is"},
		{"pathological.txt", "I think you're onto something", "shortening the reference"},
		{"email_sent_from_my_not_signature.txt", "Sent from my desk", ""},
	};
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct usher_text t;
		struct mail_folds folds = file_folds(files[i].name, &t);
		struct usher_buf kept = {0}, folded = {0};
		size_t at = 0;
		for (int k = 0; k < folds.count; k++) {
			buf_add(&kept, t.p + at, folds.item[k].from - at);
			buf_add(&folded, t.p + folds.item[k].from,
				folds.item[k].to - folds.item[k].from);
			at = folds.item[k].to;
		}
		buf_add(&kept, t.p + at, t.n - at);
		buf_addc(&folded, '\n');
		if (strstr(kept.p, files[i].kept) == NULL ||
		    strstr(folded.p, files[i].folded) == NULL)
			fail_msg("%s: kept\n%s\nfolded\n%s", files[i].name, kept.p, folded.p);
		buf_done(&kept);
		buf_done(&folded);
	}
}

/* ---- hostile ---- */

static double seconds_for(const char *unit, size_t bytes)
{
	struct usher_buf b = {0};
	struct mail_folds folds;
	struct timespec from, to;
	buf_adds(&b, "new words\n");
	while (b.n < bytes)
		buf_adds(&b, unit);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	email_quote_text(buf_text(&b), &folds);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	buf_done(&b);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Four times the bytes may take four times as long, and for noise 12 times; the square would be 16.
 */
static void is_linear(void **state)
{
	(void)state;
	static const char *const units[] = {
		"x",
		">",
		"\n",
		"> a\nb\n",
		"From: a\n",
		"-- \n",
		"On 5.5.2025 10:15 a\n",
		"wrote:\n",
		"Sent from my x\n",
		"-----Original Message-----\n",
		"____________\n",
		"wrote",
		"\xD0\x9F",
		"On 5.5. a wrote:\n\n\n\n",
		"Disclaimer\n",
		"a@b: ",
	};
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		double small = seconds_for(units[i], 256 * 1024);
		double large = seconds_for(units[i], 1024 * 1024);
		if (large > 12 * small + 0.05)
			fail_msg("\"%s\": %.3f s, then %.3f s", units[i], small, large);
	}
}

static void bears_deep_quotes(void **state)
{
	(void)state;
	struct usher_buf b = {0}, out = {0};
	struct mail_folds folds;
	struct quote_marks marks = {.count = 0};
	buf_adds(&b, "new\n");
	for (int depth = 1; depth <= 10000; depth++) {
		for (int k = 0; k < depth && k < 100; k++)
			buf_addc(&b, '>');
		buf_adds(&b, " old\n");
	}
	email_quote_text(buf_text(&b), &folds);
	assert_int_equal(folds.count, 1);
	assert_int_equal(folds.item[0].from, 4);
	buf_clear(&b);
	for (int i = 0; i < 10000; i++)
		buf_adds(&b, "<p>a</p><blockquote type=cite>b</blockquote>");
	assert_int_equal(email_html_clean_marked(buf_text(&b), &out, NULL, &marks, NULL), 0);
	assert_int_equal(marks.count, QUOTE_MARKS_MAX);
	email_quote_settle(buf_text(&out), &marks, &folds);
	assert_int_equal(folds.count, 0);
	buf_done(&b);
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_what_stands_below),
		cmocka_unit_test(folds_what_stands_above),
		cmocka_unit_test(leaves_what_is_answered_in_between),
		cmocka_unit_test(folds_signatures),
		cmocka_unit_test(leaves_all_else),
		cmocka_unit_test(folds_html),
		cmocka_unit_test(knows_the_public_strings),
		cmocka_unit_test(reads_the_public_replies),
		cmocka_unit_test(is_linear),
		cmocka_unit_test(bears_deep_quotes),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
