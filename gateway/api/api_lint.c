/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/api/api_lint.h"

#include "gateway/directory.h"

#define TOLD_MAX 50 /* findings in one answer; the whole is at routing/check */

/* ?lang= before the header that browsers send. */
static enum lint_language language_of(struct api_call *c)
{
	struct usher_text lang = api_query(c, "lang");
	return lint_language_of(lang.n > 0 ? lang : c->language);
}

static struct usher_text write_list(struct api_call *c, const struct lint_report *r,
				    const uint32_t *which, size_t count)
{
	struct usher_buf out = {0};
	struct json_writer w;
	json_writer_init(&w, &out);
	json_write_list(&w);
	for (size_t i = 0; i < count && i < TOLD_MAX; i++) {
		const struct lint_finding *f = &r->items[which[i]];
		json_write_object(&w);
		lint_put(f, language_of(c), &c->g->id_key, &w);
		json_put_string(&w, "rule", lint_code_name(f->code));
		json_write_object_end(&w);
	}
	json_write_list_end(&w);
	struct usher_text text = arena_text(&c->arena, buf_text(&out));
	buf_done(&out);
	return text;
}

static int refuse(struct api_call *c, const struct lint_outcome *o)
{
	struct usher_buf text = {0};
	lint_say(&o->report.items[o->news[0]], LINT_WHAT, language_of(c), &text);
	c->unsound = write_list(c, &o->report, o->news, o->new_count);
	int code = o->new_count == 1
			   ? api_refuse(c, E_INVALID, "%s", text.p)
			   : api_refuse(c, E_INVALID, "%s (and %zu more)", text.p, o->new_count - 1);
	buf_done(&text);
	return code;
}

/* What is forced is told with the rest. */
static void tell(struct api_call *c, struct lint_outcome *o)
{
	uint32_t which[TOLD_MAX];
	size_t n = 0;
	for (size_t i = 0; i < o->new_count && n < TOLD_MAX; i++)
		which[n++] = o->news[i];
	for (size_t i = 0; i < o->told_count && n < TOLD_MAX; i++)
		which[n++] = o->told[i];
	if (n > 0)
		c->warnings = write_list(c, &o->report, which, n);
}

int api_lint(struct turn *t, struct api_call *c, const struct lint_change *change)
{
	struct lint_outcome outcome;
	int code = 0;
	bool is_forced = text_equal(api_query(c, "force"), TEXT("true"));
	lint_change_try(&outcome, c->g->directory, engine_routing(c->g->engine), change, t->now);
	if (outcome.new_count > 0 && !is_forced)
		code = refuse(c, &outcome);
	else
		tell(c, &outcome);
	lint_outcome_done(&outcome);
	return code;
}

void api_render_lint(struct api_call *c, struct json_writer *w)
{
	struct lint_rows rows;
	struct lint_report report;
	lint_rows_load(&rows, c->g->directory, engine_routing(c->g->engine), gateway_now());
	lint_run(&rows.site, &report);
	lint_write(&report, language_of(c), &c->g->id_key, w);
	lint_report_done(&report);
	lint_rows_done(&rows);
}
