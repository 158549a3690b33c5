/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/channel.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>

struct channel_values {
	const struct channel_setting *rows; /* borrowed: static in the driver */
	char **texts;                       /* owned, one per row, never NULL */
	int64_t *integers;                  /* owned, one per row */
};

static size_t row_count(const struct channel_setting *rows)
{
	size_t n = 0;
	while (rows[n].name != NULL)
		n++;
	return n;
}

static int check_integer(const struct channel_setting *row, const char *text, int64_t *ret,
			 struct usher_error *reterr)
{
	char *end;
	long long value = strtoll(text, &end, 10);
	if (*text == '\0' || *end != '\0' || value < row->min || value > row->max)
		return usher_error_set(reterr, E_INVALID,
				       "%s: expected a whole number from %lld to %lld%s%s, got \"%.40s\"",
				       row->name, (long long)row->min, (long long)row->max,
				       row->unit != NULL ? " " : "", row->unit != NULL ? row->unit : "",
				       text);
	*ret = value;
	return 0;
}

static int check_text(const struct channel_setting *row, const char *text,
		      struct usher_error *reterr)
{
	int64_t n = (int64_t)strlen(text);
	if (row->max > 0 && (n < row->min || n > row->max))
		return usher_error_set(reterr, E_INVALID, "%s: %lld bytes long, allowed are %lld to %lld",
				       row->name, (long long)n, (long long)row->min,
				       (long long)row->max);
	bool is_url = text_starts(text_of(text), TEXT("https://")) ||
		      text_starts(text_of(text), TEXT("http://"));
	if (row->type == SETTING_URL && n > 0 && !is_url)
		return usher_error_set(reterr, E_INVALID,
				       "%s: expected an address that begins with https:// or http://",
				       row->name);
	return 0;
}

static int check_value(struct channel_values *v, size_t i, struct usher_error *reterr)
{
	const struct channel_setting *row = &v->rows[i];
	switch (row->type) {
	case SETTING_INTEGER:
		return check_integer(row, v->texts[i], &v->integers[i], reterr);
	case SETTING_BOOLEAN:
		v->integers[i] = strcmp(v->texts[i], "true") == 0;
		if (v->integers[i] == 0 && strcmp(v->texts[i], "false") != 0)
			return usher_error_set(reterr, E_INVALID,
					       "%s: expected true or false, got \"%.40s\"",
					       row->name, v->texts[i]);
		return 0;
	case SETTING_TEXT:
	case SETTING_SECRET:
	case SETTING_URL:
		return check_text(row, v->texts[i], reterr);
	}
	return 0;
}

/* The given value as text; NULL when its JSON type cannot stand for a setting. */
static char *value_as_text(const json_t *given)
{
	char number[32];
	if (json_is_string(given))
		return memory_copy(text_slice(json_string_value(given), json_string_length(given)));
	if (json_is_boolean(given))
		return memory_copy(text_of(json_is_true(given) ? "true" : "false"));
	if (!json_is_integer(given))
		return NULL;
	snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(given));
	return memory_copy(text_of(number));
}

static int fill(struct channel_values *v, const json_t *object, struct usher_error *reterr)
{
	for (size_t i = 0; v->rows[i].name != NULL; i++) {
		const json_t *given = json_object_get(object, v->rows[i].name);
		if (given == NULL && v->rows[i].fallback == NULL)
			return usher_error_set(reterr, E_INVALID, "%s: must be given: %s",
					       v->rows[i].name, v->rows[i].help);
		v->texts[i] = given == NULL ? memory_copy(text_of(v->rows[i].fallback))
					    : value_as_text(given);
		if (v->texts[i] == NULL)
			return usher_error_set(reterr, E_INVALID,
					       "%s: expected text, a whole number or true/false",
					       v->rows[i].name);
		int code = check_value(v, i, reterr);
		if (code < 0)
			return code;
	}
	return 0;
}

static int refuse_unknown(const struct channel_setting *rows, json_t *object,
			  struct usher_error *reterr)
{
	const char *name;
	json_t *value;
	json_object_foreach(object, name, value)
	{
		size_t i = 0;
		while (rows[i].name != NULL && strcmp(rows[i].name, name) != 0)
			i++;
		if (rows[i].name == NULL)
			return usher_error_set(reterr, E_INVALID, "unknown setting \"%.60s\"", name);
	}
	return 0;
}

int channel_values_new(struct channel_values **ret, const struct channel_setting *rows,
		       struct usher_text json, struct usher_error *reterr)
{
	json_error_t fault;
	json_t *object = json_loadb(json.n > 0 ? json.p : "{}", json.n > 0 ? json.n : 2,
				    JSON_REJECT_DUPLICATES, &fault);
	if (!json_is_object(object)) {
		json_decref(object);
		return usher_error_set(reterr, E_INVALID, "settings: expected a JSON object");
	}
	struct channel_values *v = NEW(struct channel_values);
	v->rows = rows;
	v->texts = memory_new_array(row_count(rows), sizeof *v->texts);
	v->integers = memory_new_array(row_count(rows), sizeof *v->integers);
	int code = refuse_unknown(rows, object, reterr);
	if (code == 0)
		code = fill(v, object, reterr);
	json_decref(object);
	if (code < 0) {
		channel_values_free(v);
		return code;
	}
	*ret = v;
	return 0;
}

struct channel_values *channel_values_free(struct channel_values *v)
{
	if (v == NULL)
		return NULL;
	for (size_t i = 0; i < row_count(v->rows); i++)
		free(v->texts[i]);
	free(v->texts);
	free(v->integers);
	free(v);
	return NULL;
}

static size_t row_of(const struct channel_host *host, const char *name)
{
	size_t i = 0;
	while (host->values->rows[i].name != NULL && strcmp(host->values->rows[i].name, name) != 0)
		i++;
	assert(host->values->rows[i].name != NULL);
	return i;
}

const char *channel_text(const struct channel_host *host, const char *name)
{
	return host->values->texts[row_of(host, name)];
}

int64_t channel_integer(const struct channel_host *host, const char *name)
{
	return host->values->integers[row_of(host, name)];
}

bool channel_boolean(const struct channel_host *host, const char *name)
{
	return host->values->integers[row_of(host, name)] != 0;
}
