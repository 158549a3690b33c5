/* SPDX-License-Identifier: Apache-2.0 */
/* usher explain: the sentences come from the server; here they are laid out. */
#include "gateway/cli/cli.h"

#include "gateway/explain/texts.h"
#include "gateway/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)64 << 20)
#define NAME_MAX_WIDTH 24
#define WIDTH_MIN 40
#define WIDTH_MAX 120

struct explaining {
	const struct cli_options *o;
	const char *contact;
	enum explain_lang lang;
	int64_t decision; /* 0 = all */
	bool all, has_colour;
	size_t width;
};

/* ---- laying out -------------------------------------------------------------------------------------- */

static const char *style(const struct explaining *x, const char *code)
{
	return x->has_colour ? code : "";
}
#define BOLD "\033[1m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

/* What was typed by people must not reach the terminal as commands. */
static bool is_shown(unsigned char ch)
{
	return ch >= 0x20 && ch != 0x7f;
}

static size_t width_of(struct usher_text t)
{
	size_t width = 0;
	for (size_t i = 0; i < t.n; i++)
		width += ((unsigned char)t.p[i] & 0xc0) != 0x80;
	return width;
}

static void put(struct usher_text t)
{
	for (size_t i = 0; i < t.n; i++)
		putchar(is_shown((unsigned char)t.p[i]) ? t.p[i] : ' ');
}

/* Wrapped at words; the first line goes on where the cursor stands, `used` columns in. */
static void put_wrapped(const struct explaining *x, struct usher_text t, size_t indent, size_t used)
{
	while (t.n > 0) {
		struct usher_text word = text_cut(&t, ' ');
		size_t n = width_of(word);
		if (used > indent && used + 1 + n > x->width) {
			printf("\n%*s", (int)indent, "");
			used = indent;
		} else if (used > indent) {
			putchar(' ');
			used++;
		}
		put(word);
		used += n;
	}
	putchar('\n');
}

static void put_paragraph(const struct explaining *x, struct usher_text t, size_t indent)
{
	if (t.n == 0)
		return;
	printf("%*s", (int)indent, "");
	put_wrapped(x, t, indent, indent);
}

static void add_word(struct usher_buf *out, const struct explaining *x, unsigned text, int64_t n)
{
	explain_fill_in(out, x->lang, text, n, NULL);
}

/* ---- agents ---------------------------------------------------------------------------------------------- */

static struct usher_text name_of(const struct json *item)
{
	return json_as_text(json_member(json_member(item, "agent"), "name"));
}

static size_t name_width(const struct json *others)
{
	size_t width = 0;
	for (size_t i = 0; i < json_count(others); i++) {
		size_t n = width_of(name_of(json_item(others, i)));
		width = n > width ? n : width;
	}
	return width > NAME_MAX_WIDTH ? NAME_MAX_WIDTH : width;
}

static void put_others(const struct explaining *x, const struct json *others)
{
	size_t width = name_width(others);
	for (size_t i = 0; i < json_count(others); i++) {
		const struct json *other = json_item(others, i);
		struct usher_text name = name_of(other);
		size_t used = 4 + width_of(name);
		printf("    ");
		put(name);
		for (; used < 4 + width; used++)
			putchar(' ');
		printf("  ");
		put_wrapped(x, json_as_text(json_member(other, "why")), 6 + width, used + 2);
	}
}

/* "Others: signed out 3, not in this queue 12" */
static void put_counts(const struct explaining *x, unsigned title, const struct json *counts)
{
	struct usher_buf line = {0};
	if (json_count(counts) == 0)
		return;
	add_word(&line, x, title, 0);
	buf_addc(&line, ':');
	for (size_t i = 0; i < json_count(counts); i++) {
		const struct json *it = json_item(counts, i);
		struct usher_text label = json_as_text(json_member(it, "label"));
		buf_addf(&line, " %.*s %lld%s", TEXT_ARG(label),
			 (long long)json_as_integer(json_member(it, "count")),
			 i + 1 < json_count(counts) ? "," : "");
	}
	put_paragraph(x, buf_text(&line), 2);
	buf_done(&line);
}

static void put_scene(const struct explaining *x, const struct json *scene)
{
	struct usher_buf line = {0};
	int64_t left_off = json_as_integer(json_member(scene, "left_off"));
	put_paragraph(x, json_as_text(json_member(scene, "place")), 2);
	if (json_count(json_member(scene, "others")) > 0) {
		putchar('\n');
		put_others(x, json_member(scene, "others"));
		putchar('\n');
	}
	if (left_off > 0) {
		add_word(&line, x, SAY_MORE, left_off);
		put_paragraph(x, buf_text(&line), 4);
	}
	buf_done(&line);
	put_counts(x, SAY_MEMBERS, json_member(scene, "counts"));
	put_counts(x, SAY_OUTSIDE, json_member(scene, "outside"));
}

/* ---- decisions ------------------------------------------------------------------------------------------- */

static void put_head(const struct explaining *x, const struct json *offer, int64_t total)
{
	char number[24], of[24];
	struct usher_buf head = {0};
	struct usher_text at = json_as_text(json_member(offer, "at"));
	struct usher_text headline = json_as_text(json_member(offer, "headline"));
	struct usher_text outcome = json_as_text(json_member(offer, "outcome_label"));
	snprintf(number, sizeof number, "%lld",
		 (long long)json_as_integer(json_member(offer, "decision")));
	snprintf(of, sizeof of, "%lld", (long long)total);
	const struct explain_fill fills[] = {
		{"number", text_of(number)}, {"of", text_of(of)}, {NULL, {0}}};
	explain_fill_in(&head, x->lang, SAY_HEAD, 0, fills);
	printf("%s", style(x, BOLD));
	put(buf_text(&head));
	printf("  ");
	put(headline);
	printf("%s → ", style(x, PLAIN));
	put(outcome);
	printf("%s  ", style(x, DIM));
	put(at);
	printf("%s\n", style(x, PLAIN));
	buf_done(&head);
}

static void put_reason(const struct explaining *x, const struct json *offer)
{
	struct usher_text name = name_of(offer), why = json_as_text(json_member(offer, "why"));
	if (why.n == 0)
		return;
	printf("  %s", style(x, BOLD));
	put(name);
	printf("%s", style(x, PLAIN));
	put_wrapped(x, why, 2, 2 + width_of(name));
}

static void put_note(const struct explaining *x, const struct json *offer)
{
	struct usher_buf line = {0};
	struct usher_text order = json_as_text(json_member(offer, "order_label"));
	struct usher_text note = json_as_text(json_member(offer, "note"));
	if (order.n > 0)
		buf_addf(&line, "%.*s · ", TEXT_ARG(order));
	buf_add_text(&line, note);
	printf("%s", style(x, DIM));
	put_paragraph(x, buf_text(&line), 2);
	printf("%s\n", style(x, PLAIN));
	buf_done(&line);
}

static void put_offer(const struct explaining *x, const struct json *offer, int64_t total)
{
	put_head(x, offer, total);
	put_reason(x, offer);
	if (json_member(offer, "others") != NULL)
		put_scene(x, offer);
	put_note(x, offer);
}

static void put_waiting(const struct explaining *x, const struct json *waiting)
{
	struct usher_buf line = {0};
	if (json_kind(waiting) != JSON_KIND_OBJECT)
		return;
	add_word(&line, x, SAY_KIND + 5, 0);
	printf("%s", style(x, BOLD));
	put(buf_text(&line));
	printf("%s\n", style(x, PLAIN));
	put_paragraph(x, json_as_text(json_member(waiting, "why")), 2);
	put_scene(x, waiting);
	buf_done(&line);
}

/* ---- asking ---------------------------------------------------------------------------------------------- */

static int ask(const struct explaining *x, int64_t decision, struct cli_answer *ret, struct json **ret_json)
{
	char path[300];
	int n = snprintf(path, sizeof path, "contacts/%s/explain?lang=%s%s", x->contact,
			 explain_lang_name(x->lang), x->all ? "&all=1" : "");
	if (decision > 0)
		snprintf(path + n, sizeof path - (size_t)n, "&decision=%lld", (long long)decision);
	cli_call(x->o, "GET", path, TEXT_NONE, ret);
	if (ret->status != 200)
		return cli_answer_fault(ret);
	if (json_parse(ret_json, buf_text(&ret->body), ANSWER_MAX, NULL) < 0)
		return cli_fail(EXIT_FAILED, NULL, "the server's answer is no JSON");
	return EXIT_DONE;
}

/* What the first call had no room to recompute is asked for alone. */
static int ask_alone(const struct explaining *x, int64_t number, int64_t total)
{
	struct cli_answer answer;
	struct json *json = NULL;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r%lld / %lld … ", (long long)number, (long long)total);
	int code = ask(x, number, &answer, &json);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	if (code == EXIT_DONE)
		put_offer(x, json_item(json_member(json, "offers"), 0), total);
	json_free(json);
	buf_done(&answer.body);
	return code;
}

static bool is_left(const struct json *offer)
{
	return text_equal(json_as_text(json_member(offer, "check")), TEXT("left"));
}

static int put_all(const struct explaining *x, const struct json *json)
{
	int code = EXIT_DONE;
	struct usher_buf line = {0};
	const struct json *offers = json_member(json, "offers");
	int64_t total = json_as_integer(json_member(json, "decisions"));
	for (size_t i = 0; i < json_count(offers) && code == EXIT_DONE; i++) {
		const struct json *offer = json_item(offers, i);
		if (is_left(offer) && x->decision == 0)
			code = ask_alone(x, json_as_integer(json_member(offer, "decision")), total);
		else
			put_offer(x, offer, total);
	}
	if (total == 0) {
		add_word(&line, x, SAY_NONE_YET, 0);
		put_paragraph(x, buf_text(&line), 0);
	}
	if (x->decision == 0)
		put_waiting(x, json_member(json, "waiting"));
	buf_done(&line);
	return code;
}

/* ---- options --------------------------------------------------------------------------------------------- */

/* Those of the command itself; everything else is the contact. */
static int read_args(struct explaining *x)
{
	uint64_t number = 0;
	for (int i = 1; i < x->o->arg_count; i++) {
		const char *arg = x->o->args[i];
		const char *value = i + 1 < x->o->arg_count ? x->o->args[i + 1] : NULL;
		if (strcmp(arg, "--all") == 0) {
			x->all = true;
		} else if (strcmp(arg, "--decision") == 0 && value != NULL &&
			   text_to_u64(text_of(value), &number) == 0 && number > 0 &&
			   number <= INT32_MAX) {
			x->decision = (int64_t)number;
			i++;
		} else if (x->contact == NULL && arg[0] != '-') {
			x->contact = arg;
		} else {
			return cli_fail(EXIT_USAGE_ERROR,
					"usher explain C-1042 [--decision N] [--all] [--lang en|fi|et]",
					"%s: not an option of explain, or its value is missing", arg);
		}
	}
	if (x->contact == NULL || strlen(x->contact) > 60 || strpbrk(x->contact, "/?#% ") != NULL)
		return cli_fail(EXIT_USAGE_ERROR, "usher explain C-1042", "which contact?");
	return EXIT_DONE;
}

static enum explain_lang choose_lang(const char *wish)
{
	const char *names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	char locale[8] = "";
	for (size_t i = 0; i < 3 && wish == NULL; i++)
		wish = getenv(names[i]);
	snprintf(locale, sizeof locale, "%.2s", wish != NULL ? wish : "");
	return explain_lang_pick(text_of(locale));
}

static size_t terminal_width(void)
{
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return 100;
	return size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col > WIDTH_MAX ? WIDTH_MAX : size.ws_col;
}

int cli_explain(const struct cli_options *o)
{
	struct explaining x = {.o = o, .width = terminal_width()};
	struct cli_answer answer;
	struct json *json = NULL;
	int code = read_args(&x);
	if (code != EXIT_DONE)
		return code;
	x.lang = choose_lang(o->lang);
	x.has_colour = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
	code = ask(&x, x.decision, &answer, &json);
	if (code == EXIT_DONE && strcmp(o->output, "table") != 0)
		printf("%s\n", answer.body.p);
	else if (code == EXIT_DONE)
		code = put_all(&x, json);
	json_free(json);
	buf_done(&answer.body);
	return code;
}
