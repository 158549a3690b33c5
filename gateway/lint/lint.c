/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/lint/index.h"
#include "routing/base/hash.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	enum lint_severity severity;
} codes[LINT_CODE_COUNT] = {
#define LINT_ROW(id, name, severity) [LINT_##id] = {name, LINT_##severity},
	LINT_CODES(LINT_ROW)
#undef LINT_ROW
};

const char *lint_code_name(enum lint_code code)
{
	return codes[code].name;
}

enum lint_severity lint_severity_of(enum lint_code code)
{
	return codes[code].severity;
}

const char *lint_severity_name(enum lint_severity severity)
{
	static const char *const names[LINT_SEVERITIES] = {"error", "warning", "hint"};
	return names[severity];
}

void lint_report_done(struct lint_report *r)
{
	free(r->items);
	arena_done(&r->arena);
	*r = (struct lint_report){0};
}

uint64_t lint_key(const struct lint_finding *f)
{
	static const struct hash_key key = {0x6c696e74, 1};
	uint64_t digest = hash_fold((uint64_t)f->code, (uint64_t)f->object);
	digest = hash_fold(digest, f->id);
	digest = hash_fold(digest, hash_keyed(&key, f->pointer, strlen(f->pointer)));
	return f->id != 0 ? digest : hash_fold(digest, hash_keyed(&key, f->args[0].p, f->args[0].n));
}

/* ---- noting ---------------------------------------------------------------------------------- */

struct lint_finding *lint_note(struct lint *l, enum lint_code code, enum lint_object object,
			       struct usher_text name, const char *pointer)
{
	struct lint_report *r = l->report;
	struct lint_finding *f = &l->spare;
	r->of[codes[code].severity]++;
	if (r->count == LINT_FINDINGS_MAX) {
		r->left_out++;
	} else {
		if (r->count == r->space) {
			r->space = r->space == 0 ? 32 : r->space * 2;
			r->items = memory_resize(r->items, r->space * sizeof *r->items);
		}
		f = &r->items[r->count++];
	}
	*f = (struct lint_finding){.code = code, .object = object, .arg_count = 1};
	f->args[0] = arena_text(f == &l->spare ? &l->arena : &r->arena, name);
	snprintf(f->pointer, sizeof f->pointer, "%s", pointer);
	return f;
}

struct lint_finding *lint_note_queue(struct lint *l, enum lint_code code, uint32_t q,
				     const char *pointer, ...)
{
	char text[LINT_POINTER_BYTES];
	va_list args;
	va_start(args, pointer);
	vsnprintf(text, sizeof text, pointer, args);
	va_end(args);
	struct lint_finding *f = lint_note(l, code, LINT_QUEUE, l->site->queues[q].slug, text);
	f->id = l->site->queues[q].id;
	return f;
}

struct lint_finding *lint_note_agent(struct lint *l, enum lint_code code, uint32_t agent,
				     const char *pointer, ...)
{
	char text[LINT_POINTER_BYTES];
	va_list args;
	va_start(args, pointer);
	vsnprintf(text, sizeof text, pointer, args);
	va_end(args);
	struct lint_finding *f = lint_note(l, code, LINT_AGENT, l->site->agents[agent].login, text);
	f->id = l->site->agents[agent].id;
	return f;
}

void lint_arg(struct lint *l, struct lint_finding *f, const char *format, ...)
{
	char text[300];
	va_list args;
	if (f == &l->spare || f->arg_count == LINT_ARGS_MAX)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	f->args[f->arg_count++] = arena_text(&l->report->arena, text_of(text));
}

void lint_run(const struct lint_site *site, struct lint_report *ret)
{
	struct lint l = {.site = site, .report = ret};
	*ret = (struct lint_report){0};
	lint_index_make(&l);
	lint_check_service(&l);
	lint_check_steps(&l);
	lint_check_tiers(&l);
	lint_check_overflow(&l);
	lint_check_hours(&l);
	lint_check_limits(&l);
	lint_check_channels(&l);
	lint_check_people(&l);
	lint_index_done(&l);
}
