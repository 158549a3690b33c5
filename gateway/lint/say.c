/* SPDX-License-Identifier: Apache-2.0 */
/* Findings as sentences and as JSON. */
#include "gateway/lint/lint.h"
#include "gateway/lint/words.h"

#include <stdlib.h>

#define WANTED_MAX 20 /* languages of a header that are looked at */

static const struct lint_words *const words[LINT_LANGUAGES] = {
	[LINT_EN] = lint_words_en, [LINT_FI] = lint_words_fi, [LINT_ET] = lint_words_et};
static const char *const names[LINT_LANGUAGES] = {"en", "fi", "et"};
static const char *const days[LINT_LANGUAGES][7] = {
	{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
	{"maanantaina", "tiistaina", "keskiviikkona", "torstaina", "perjantaina", "lauantaina",
	 "sunnuntaina"},
	{"esmaspäeval", "teisipäeval", "kolmapäeval", "neljapäeval", "reedel", "laupäeval",
	 "pühapäeval"}};

/* ---- which language -------------------------------------------------------------------------- */

/* ";q=0.7" as thousandths; without one 1000, and what is no number 0. */
static int weight_of(struct usher_text rest)
{
	rest = text_trim(rest);
	if (rest.n == 0)
		return 1000;
	if (!text_starts(rest, TEXT("q=")) || rest.n < 3)
		return 0;
	if (rest.p[2] == '1')
		return 1000;
	int weight = 0, scale = 100;
	for (size_t i = 4; i < rest.n && i < 7 && rest.p[i] >= '0' && rest.p[i] <= '9'; i++) {
		weight += (rest.p[i] - '0') * scale;
		scale /= 10;
	}
	return weight;
}

enum lint_language lint_language_of(struct usher_text wanted)
{
	enum lint_language best = LINT_EN;
	int best_weight = 0;
	for (int i = 0; wanted.n > 0 && i < WANTED_MAX; i++) {
		struct usher_text one = text_cut(&wanted, ',');
		struct usher_text tag = text_cut(&one, ';');
		struct usher_text first = text_trim(text_cut(&tag, '-'));
		int weight = weight_of(one);
		for (int k = 0; k < LINT_LANGUAGES; k++) {
			if (!text_equal_nocase(first, text_of(names[k])) || weight <= best_weight)
				continue;
			best = (enum lint_language)k;
			best_weight = weight;
		}
	}
	return best;
}

const char *lint_language_name(enum lint_language language)
{
	return names[language];
}

/* ---- sentences ------------------------------------------------------------------------------- */

const char *lint_sentence(enum lint_code code, enum lint_part part, enum lint_language language)
{
	return words[language][code].part[part];
}

static void put_place(const struct lint_finding *f, unsigned place, bool is_day,
		      enum lint_language language, struct usher_buf *ret)
{
	uint64_t day;
	struct usher_text arg = place < f->arg_count ? f->args[place] : TEXT("?");
	if (is_day && text_to_u64(arg, &day) == 0 && day < 7)
		buf_adds(ret, days[language][day]);
	else
		buf_add_text(ret, arg);
}

void lint_say(const struct lint_finding *f, enum lint_part part, enum lint_language language,
	      struct usher_buf *ret)
{
	for (const char *p = lint_sentence(f->code, part, language); *p != '\0'; p++) {
		bool is_day = p[0] == '{' && strncmp(p + 2, ":day}", 5) == 0;
		if (p[0] != '{' || p[1] < '0' || p[1] > '9') {
			buf_addc(ret, *p);
			continue;
		}
		put_place(f, (unsigned)(p[1] - '0'), is_day, language, ret);
		p += is_day ? 6 : 2;
	}
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_sentence(const struct lint_finding *f, enum lint_part part, const char *name,
			 enum lint_language language, struct json_writer *w)
{
	struct usher_buf text = {0};
	lint_say(f, part, language, &text);
	json_put_text(w, name, buf_text(&text));
	buf_done(&text);
}

void lint_put(const struct lint_finding *f, enum lint_language language, const struct hash_key *key,
	      struct json_writer *w)
{
	static const char *const kinds[] = {
		[LINT_QUEUE] = "queue",	  [LINT_AGENT] = "agent", [LINT_CHANNEL] = "channel",
		[LINT_WEIGHT] = "weight", [LINT_SKILL] = "skill",
	};
	json_put_string(w, "code", lint_code_name(f->code));
	json_put_string(w, "severity", lint_severity_name(lint_severity_of(f->code)));
	json_put_object(w, "object");
	json_put_string(w, "kind", kinds[f->object]);
	json_put_id(w, "id", key != NULL ? f->id : 0, key);
	json_put_text(w, "name", f->args[0]);
	json_write_object_end(w);
	json_put_string(w, "pointer", f->pointer);
	put_sentence(f, LINT_WHAT, "detail", language, w);
	put_sentence(f, LINT_WHY, "why", language, w);
	put_sentence(f, LINT_MEND, "mend", language, w);
}

void lint_write(const struct lint_report *r, enum lint_language language,
		const struct hash_key *key, struct json_writer *w)
{
	size_t shown = 0;
	json_write_object(w);
	json_put_list(w, "items");
	for (int severity = 0; severity < LINT_SEVERITIES; severity++)
		for (size_t i = 0; i < r->count && shown < LINT_SHOWN_MAX; i++) {
			if ((int)lint_severity_of(r->items[i].code) != severity)
				continue;
			json_write_object(w);
			lint_put(&r->items[i], language, key, w);
			json_write_object_end(w);
			shown++;
		}
	json_write_list_end(w);
	json_put_int(w, "errors", (int64_t)r->of[LINT_ERROR]);
	json_put_int(w, "warnings", (int64_t)r->of[LINT_WARNING]);
	json_put_int(w, "hints", (int64_t)r->of[LINT_HINT]);
	json_put_int(w, "left_out", (int64_t)(r->count - shown + r->left_out));
	json_put_string(w, "language", names[language]);
	json_write_object_end(w);
}
