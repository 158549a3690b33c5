/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue is whole in each language, and three explanations read as they should. */
#include "tests/tap.h"

#include "tests/gateway/explained.h"

#include <stdio.h>

static const char *const *const catalogues[] = {explain_texts_en, explain_texts_fi, explain_texts_et};

/* The names in braces of the part before or behind the bar, sorted by the letters that occur. */
static unsigned holes(const char *text, const char *name)
{
	unsigned count = 0;
	for (const char *at = text; (at = strstr(at, name)) != NULL; at++)
		count++;
	return count > 0;
}

static void languages_agree(void **state)
{
	static const char *const names[] = {
		"{chosen}", "{criterion}", "{skill}", "{needed}", "{has}", "{span}", "{only}", "{load}",
		"{capacity}", "{weight}", "{channel}", "{a}", "{b}", "{text}", "{other}", "{queue}", "{of}",
		"{tier}", "{step}", "{steps}", "{contact}", "{precedence}", "{agent}", "{why}", "{level}",
		"{event}", "{number}", "{n}"};
	(void)state;
	for (unsigned i = 0; i < SAY_COUNT_ALL; i++)
		for (unsigned lang = 0; lang < EXPLAIN_LANGS; lang++) {
			const char *en = catalogues[0][i], *text = catalogues[lang][i];
			if (text == NULL || text[0] == '\0')
				fail_msg("text %u is missing in %s", i, explain_lang_name(lang));
			assert_true((strchr(en, '|') == NULL) == (strchr(text, '|') == NULL));
			for (size_t k = 0; k < sizeof names / sizeof names[0] - 1; k++)
				if (holes(en, names[k]) != holes(text, names[k]))
					fail_msg("text %u in %s: %s", i, explain_lang_name(lang), names[k]);
		}
}

static void language_is_picked(void **state)
{
	(void)state;
	assert_int_equal(explain_lang_pick(TEXT("fi-FI,fi;q=0.9,en;q=0.8")), EXPLAIN_FI);
	assert_int_equal(explain_lang_pick(TEXT("sv, et;q=0.5")), EXPLAIN_ET);
	assert_int_equal(explain_lang_pick(TEXT("ET")), EXPLAIN_ET);
	assert_int_equal(explain_lang_pick(TEXT("fil, ett")), EXPLAIN_EN);
	assert_int_equal(explain_lang_pick(TEXT("")), EXPLAIN_EN);
	assert_int_equal(explain_lang_pick(TEXT(",,,;-")), EXPLAIN_EN);
}

static void expect_span(enum explain_lang lang, usher_us span, const char *want)
{
	struct usher_buf out = {0};
	explain_say_span(&out, lang, span);
	assert_string_equal(out.p, want);
	buf_done(&out);
}

static void spans(void **state)
{
	(void)state;
	expect_span(EXPLAIN_EN, 0, "less than 0.1 s");
	expect_span(EXPLAIN_EN, 1250000, "1.2 s");
	expect_span(EXPLAIN_FI, 1250000, "1,2 s");
	expect_span(EXPLAIN_EN, 12 * USHER_SECOND, "12 s");
	expect_span(EXPLAIN_ET, 125 * USHER_SECOND, "2 min 5 s");
	expect_span(EXPLAIN_FI, 3 * USHER_HOUR + 4 * USHER_MINUTE, "3 t 4 min");
	expect_span(EXPLAIN_EN, 50 * USHER_HOUR, "2 d 2 h");
}

/* ---- golden texts --------------------------------------------------------------------------------- */

static void expect(const struct explain_scene *s, enum explain_lang lang,
		   void (*say)(struct usher_buf *, enum explain_lang, const struct explain_names *,
			       const struct explain_scene *),
		   const char *want)
{
	struct usher_buf out = {0};
	say(&out, lang, &explained_names, s);
	assert_string_equal(out.p, want);
	buf_done(&out);
}

static void expect_one(const struct explain_scene *s, size_t at, enum explain_lang lang, const char *want)
{
	struct usher_buf out = {0};
	explain_say_candidate(&out, lang, &explained_names, s, &s->candidates[at]);
	assert_string_equal(out.p, want);
	buf_done(&out);
}

/* Anna before Kalle, who was idle for a shorter time; Liisa lacks Finnish. */
static struct explain_scene offered(struct explain_candidate c[3])
{
	c[0] = (struct explain_candidate){.agent = 10, .account = {.is_member = true}};
	c[1] = (struct explain_candidate){
		.agent = 11, .account = {.is_member = true}, .why = {.reason = REASON_OTHER_FIRST},
		.than = {CRITERION_IDLE, true, 5 * USHER_SECOND, 17 * USHER_SECOND}};
	c[2] = (struct explain_candidate){
		.agent = 12, .account = {.is_member = true},
		.why = {.reason = REASON_SKILL, .skill = 1, .needed = 3, .has = 1}};
	return (struct explain_scene){
		.kind = EXPLAIN_OFFERED, .now = 200 * USHER_SECOND, .contact = 100, .chosen = 10, .able = 2,
		.view = {.queue = 1, .first_us = 75 * USHER_SECOND},
		.account = {.tier = 5, .position = 1, .waiting = 4, .step_count = 1, .at_us = 75 * USHER_SECOND},
		.rivals = {.next = 101, .precedence = PRECEDENCE_ARRIVAL, .next_at_us = 90 * USHER_SECOND},
		.count = 3, .candidates = c};
}

static void an_offer_is_told(void **state)
{
	struct explain_candidate c[3];
	struct explain_scene s = offered(c);
	(void)state;
	expect(&s, EXPLAIN_EN, explain_say_chosen,
	       "came first of the 2 who could take it, before Kalle: idle 12 s longer");
	expect(&s, EXPLAIN_FI, explain_say_chosen,
	       "oli vuorossa ensimmäinen; sopivia oli 2; seuraavana oli Kalle, edellä: vapaana pidempään, ero 12 s");
	expect(&s, EXPLAIN_ET, explain_say_chosen,
	       "oli järjekorras esimene; sobivaid oli 2; järgmine oli Kalle, eelis: kauem vaba, vahe 12 s");
	expect(&s, EXPLAIN_EN, explain_say_place,
	       "Waited 2 min 5 s for Support, place 1 of 4 in tier 5. C-101 comes after it: 15 s later.");
	expect(&s, EXPLAIN_FI, explain_say_place,
	       "Odotusaika 2 min 5 s, jono Support, sija 1/4, luokka 5. C-101 on sen jäljessä: tuli "
	       "myöhemmin, ero 15 s.");
	expect(&s, EXPLAIN_ET, explain_say_place,
	       "Ooteaeg 2 min 5 s, järjekord Support, koht 1/4, aste 5. C-101 on selle järel: saabus "
	       "hiljem, vahe 15 s.");
}

static void others_are_told(void **state)
{
	struct explain_candidate c[3];
	struct explain_scene s = offered(c);
	(void)state;
	expect_one(&s, 1, EXPLAIN_EN, "could have taken it, but Anna came first: idle 12 s longer");
	expect_one(&s, 1, EXPLAIN_FI,
		   "olisi voinut ottaa sen, mutta edellä oli Anna: vapaana pidempään, ero 12 s");
	expect_one(&s, 1, EXPLAIN_ET, "oleks võinud selle võtta, kuid eespool oli Anna: kauem vaba, vahe 12 s");
	expect_one(&s, 2, EXPLAIN_EN, "lacked a skill: Finnish at level 3 was needed, had 1");
	expect_one(&s, 2, EXPLAIN_FI, "taito ei riittänyt: Finnish, tarvittiin taso 3, oli 1");
	expect_one(&s, 2, EXPLAIN_ET, "oskus ei olnud piisav: Finnish, vaja oli taset 3, oli 1");
	c[1].why = (struct routing_why){.reason = REASON_RESERVE, .needed = 2, .has = 1};
	expect_one(&s, 1, EXPLAIN_EN, "was kept free for live contacts: 1 member was free, 2 must stay so");
	expect_one(&s, 1, EXPLAIN_FI,
		   "pidettiin vapaana reaaliaikaisia varten: vapaana oli 1 jäsen, pitää jäädä 2");
	c[1].why.has = 3;
	expect_one(&s, 1, EXPLAIN_FI,
		   "pidettiin vapaana reaaliaikaisia varten: vapaana oli 3 jäsentä, pitää jäädä 2");
	expect_one(&s, 1, EXPLAIN_ET,
		   "hoiti vabana reaalajas pöördumistele: vaba oli 3 liiget, vabaks peab jääma 2");
}

static void a_wait_is_told(void **state)
{
	struct explain_scene s = {
		.kind = EXPLAIN_WAITING, .now = 200 * USHER_SECOND, .view = {.queue = 1},
		.account = {.members = 3, .step_end_us = 230 * USHER_SECOND, .step_count = 2},
		.need_count = 1, .needs = {{1, 3, 1, 0}}};
	s.members[REASON_SIGNED_OUT] = 1;
	s.members[REASON_SKILL] = 2;
	(void)state;
	expect(&s, EXPLAIN_EN, explain_say_wait,
	       "Nobody signed in has Finnish at level 3; 1 member who has it is away. The next routing step "
	       "begins in 30 s.");
	expect(&s, EXPLAIN_FI, explain_say_wait,
	       "Kenelläkään kirjautuneella ei ole taitoa Finnish tasolla 3; 1 jäsen, jolla se on, on poissa. "
	       "Ohjauksen seuraavaan vaiheeseen on 30 s.");
	s.needs[0].members = 2;
	expect(&s, EXPLAIN_ET, explain_say_wait,
	       "Kellelgi sisseloginutest ei ole oskust Finnish tasemel 3; 2 liiget, kellel see on, on ära. "
	       "Suunamise järgmise etapini on 30 s.");
	s.needs[0].members = 0;
	expect(&s, EXPLAIN_EN, explain_say_wait,
	       "No member of the queue has Finnish at level 3. The next routing step begins in 30 s.");
}

/* Each text of each language can be filled in with all that its callers give. */
static void every_sentence_is_said(void **state)
{
	(void)state;
	for (unsigned lang = 0; lang < EXPLAIN_LANGS; lang++)
		for (unsigned reason = 0; reason < ROUTING_REASONS; reason++)
			for (unsigned criterion = 0; criterion < ROUTING_CRITERIA; criterion++) {
				struct explain_candidate c[3];
				struct explain_scene s = offered(c);
				struct usher_buf out = {0};
				c[1].why.reason = (enum routing_reason)reason;
				c[1].than = (struct routing_difference){(enum routing_criterion)criterion, true, 1, 2};
				s.account.only = criterion == 0 ? 13 : 0;
				explain_say_candidate(&out, lang, &explained_names, &s, &c[1]);
				s.kind = EXPLAIN_WAITING;
				s.chosen = 0;
				explain_say_candidate(&out, lang, &explained_names, &s, &c[1]);
				assert_true(out.n > 10);
				assert_null(strchr(out.p, '{'));
				buf_done(&out);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(languages_agree),    cmocka_unit_test(language_is_picked),
		cmocka_unit_test(spans),	      cmocka_unit_test(an_offer_is_told),
		cmocka_unit_test(others_are_told),    cmocka_unit_test(a_wait_is_told),
		cmocka_unit_test(every_sentence_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
