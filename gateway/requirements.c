/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/requirements.h"

#include "gateway/directory.h"

#include <jansson.h>
#include <stdio.h>

#define FIELDS_BYTES_MAX ((size_t)1 << 20)

int requirements_parse(struct usher_text json, struct routing_skill *ret, int max)
{
	json_t *object = json.n > 0 ? json_loadb(json.p, json.n, 0, NULL) : NULL;
	const char *name;
	json_t *level;
	int n = 0;
	json_object_foreach(object, name, level)
	{
		uint64_t skill;
		json_int_t value = json_integer_value(level);
		if (n < max && text_to_u64(text_of(name), &skill) == 0 && skill > 0 &&
		    skill <= UINT32_MAX && value > 0 && value <= SKILL_LEVEL_MAX)
			ret[n++] = (struct routing_skill){(uint32_t)skill, (uint8_t)value};
	}
	json_decref(object);
	return n;
}

/* ---- of a contact ----------------------------------------------------------------------------- */

static unsigned load_own(const struct contact *c, struct routing_requirement *ret)
{
	struct json *document = NULL;
	struct json_faults faults = {0};
	struct json_place at;
	unsigned n = 0;
	json_place_init(&at, &faults);
	if (c->row.fields.n == 0 ||
	    json_parse(&document, c->row.fields, FIELDS_BYTES_MAX, NULL) < 0)
		return 0;
	const struct json *list = json_given(document, "requirements");
	if (list != NULL)
		n = routing_requirements_read(&at, list, &routing_names_stored, ret);
	json_free(document);
	return n;
}

/* The first part of a BCP 47 tag in lower case: "fi-FI" asks for "language:fi". */
static const struct skill_row *language_skill(struct gateway *g, struct usher_text language)
{
	char name[24];
	struct usher_text rest = language, first = text_cut(&rest, '-');
	if (first.n == 0 || first.n > 8)
		return NULL;
	snprintf(name, sizeof name, REQUIREMENTS_LANGUAGE "%.*s", TEXT_ARG(first));
	for (char *p = name; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 32);
	return directory_skill_by_name(g->directory, text_of(name));
}

static bool has_skill(const struct routing_contact_new *ev, uint32_t skill)
{
	for (unsigned i = 0; i < ev->requirement_count; i++)
		if (ev->requirements[i].skill == skill)
			return true;
	return false;
}

void requirements_fill(struct gateway *g, const struct contact *c, struct routing_contact_new *ev)
{
	const struct skill_row *skill = language_skill(g, c->row.language);
	ev->requirement_count = (uint8_t)load_own(c, ev->requirements);
	if (skill == NULL || has_skill(ev, (uint32_t)skill->number) ||
	    ev->requirement_count == ROUTING_REQUIREMENTS_MAX)
		return;
	ev->requirements[ev->requirement_count++] =
		(struct routing_requirement){.skill = (uint32_t)skill->number, .level = 1};
}

void requirements_keep(const struct routing_requirement *items, unsigned count,
		       struct usher_text fields, struct usher_buf *ret)
{
	struct json_writer w;
	struct json *document = NULL;
	struct json_cursor cursor = {NULL};
	struct usher_text name;
	const struct json *value;
	json_writer_init(&w, ret);
	json_write_object(&w);
	if (fields.n > 0 && json_parse(&document, fields, FIELDS_BYTES_MAX, NULL) == 0)
		while (json_next(document, &cursor, &name, &value))
			if (!text_equal(name, TEXT("requirements"))) {
				json_write_text(&w, name);
				buf_addc(ret, ':');
				json_print(value, ret);
			}
	json_free(document);
	json_write_key(&w, "requirements");
	routing_requirements_write(items, count, &routing_names_stored, &w);
	json_write_object_end(&w);
}
