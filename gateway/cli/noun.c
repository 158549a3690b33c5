/* SPDX-License-Identifier: Apache-2.0 */
/* `usher NOUN VERB`: a table of calls. key=value arguments become the JSON body: whole numbers and
 * true/false as such, commas in roles and queues as lists, dots as nested objects; key:=text is
 * always text. */
#include "gateway/cli/cli.h"

#include "gateway/json.h"
#include "routing/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct cli_column contact_columns[] = {
	{"NUMBER", "number", false}, {"STATE", "state", false}, {"CHANNEL", "channel", false},
	{"QUEUE", "queue.name", false}, {"AGENT", "agent.name", false},
	{"CUSTOMER", "customer.name|customer.address", false}, {"SUBJECT", "subject", false},
	{"SINCE", "queued_at", false}, {NULL, NULL, false}};
static const struct cli_column message_columns[] = {
	{"SEQ", "seq", true}, {"AT", "at", false}, {"KIND", "kind", false},
	{"AUTHOR", "author", false}, {"DELIVERY", "delivery", false}, {"BODY", "body", false},
	{NULL, NULL, false}};
static const struct cli_column queue_columns[] = {
	{"SLUG", "slug", false}, {"NAME", "name", false}, {"ORDER", "order", false},
	{"PRIORITY", "priority", true}, {"OFFER", "offer_s", true}, {"WRAP-UP", "wrapup_s", true},
	{"TARGET", "target_s", true}, {"PERCENT", "target_percent", true}, {NULL, NULL, false}};
static const struct cli_column figure_columns[] = {
	{"QUEUE", "queue.name", false}, {"WAITING", "waiting", true}, {"OLDEST", "oldest_at", false},
	{"ACTIVE", "active", true}, {"READY", "ready", true}, {"BUSY", "busy", true},
	{"SL%", "today.service_level", true}, {"ANSWERED", "today.answered", true},
	{"ABANDONED", "today.abandoned", true}, {NULL, NULL, false}};
static const struct cli_column agent_columns[] = {
	{"LOGIN", "login", false}, {"NAME", "name", false}, {"STATE", "presence.state", false},
	{"SINCE", "presence.since", false}, {"LOAD", "presence.load", true},
	{"CONTACTS", "*contacts", true}, {"SKILLS", "skills", false}, {NULL, NULL, false}};
static const struct cli_column user_columns[] = {
	{"LOGIN", "login", false}, {"NAME", "name", false}, {"ROLES", "roles", false},
	{"CAPACITY", "capacity", true}, {"PHONE", "phone", false}, {"SKILLS", "skills", false},
	{NULL, NULL, false}};
static const struct cli_column channel_columns[] = {
	{"ID", "id", false}, {"KIND", "kind", false}, {"ENABLED", "enabled", false},
	{"QUEUE", "queue.name", false}, {"HEALTH", "status.health", false},
	{"STATUS", "status.text", false}, {NULL, NULL, false}};
static const struct cli_column skill_columns[] = {
	{"NUMBER", "number", true}, {"NAME", "name", false}, {NULL, NULL, false}};
static const struct cli_column code_columns[] = {
	{"CODE", "code", false}, {"LABEL", "label", false}, {NULL, NULL, false}};
static const struct cli_column token_columns[] = {
	{"ID", "id", false}, {"LABEL", "label", false}, {"TOKEN", "token", false},
	{"EXPIRES", "expires_at", false}, {NULL, NULL, false}};
static const struct cli_column outbox_columns[] = {
	{"CHANNEL", "channel_id", false}, {"KIND", "kind", false}, {"STATE", "state", false},
	{"TRIES", "attempts", true}, {"NEXT", "next_at", false}, {"ERROR", "error", false},
	{NULL, NULL, false}};
static const struct cli_column audit_columns[] = {
	{"AT", "at", false}, {"USER", "user.name", false}, {"VERB", "verb", false},
	{"OBJECT", "object", false}, {NULL, NULL, false}};
static const struct cli_column password_columns[] = {{"PASSWORD", "password", false},
						     {NULL, NULL, false}};
static const struct cli_column link_columns[] = {
	{"URL", "url", false}, {"EXPIRES", "expires_at", false}, {NULL, NULL, false}};
static const struct cli_column weight_columns[] = {
	{"CHANNEL", "channel", false}, {"WEIGHT", "weight", true}, {"MAX", "max", true},
	{NULL, NULL, false}};
static const struct cli_column presence_columns[] = {
	{"STATE", "state", false}, {"WANTED", "wanted", false}, {"SINCE", "since", false},
	{"LOAD", "load", true}, {NULL, NULL, false}};

/* %s in the path takes the next argument. */
static const struct noun_verb {
	const char *noun, *verb, *method, *path;
	const struct cli_column *columns;
	bool is_removal;
	const char *help;
} verbs[] = {
	{"queue", "list", "GET", "queues", queue_columns, false, "queues and their rules"},
	{"queue", "figures", "GET", "figures", figure_columns, false, "queues as they stand now, and today"},
	{"queue", "show", "GET", "queues/%s", queue_columns, false, "SLUG"},
	{"queue", "add", "POST", "queues", queue_columns, false, "name=… slug=… [offer_s=20 wrapup_s=0 target_s=20 requirements.SKILL=3 …]"},
	{"queue", "set", "PUT", "queues/%s", queue_columns, false, "SLUG key=value …"},
	{"queue", "remove", "DELETE", "queues/%s", NULL, true, "SLUG"},
	{"agent", "list", "GET", "agents", agent_columns, false, "agents with state and load"},
	{"agent", "set", "PUT", "agents/%s/presence", presence_columns, false, "LOGIN state=ready|not-ready|signed-out [reason=break]"},
	{"contact", "list", "GET", "contacts", contact_columns, false, "[state=waiting queue=SLUG limit=50]"},
	{"contact", "show", "GET", "contacts/%s", contact_columns, false, "C-1042"},
	{"contact", "messages", "GET", "contacts/%s/messages", message_columns, false, "C-1042"},
	{"contact", "add", "POST", "contacts", contact_columns, false, "channel=visit|letter|telephone queue=SLUG body=… [subject=… customer.name=…]"},
	{"contact", "transfer", "POST", "contacts/%s/transfer", contact_columns, false, "C-1042 epoch=0 queue=SLUG [agent=LOGIN]"},
	{"contact", "priority", "POST", "contacts/%s/priority", contact_columns, false, "C-1042 priority=0…9"},
	{"contact", "resume", "POST", "contacts/%s/resume", contact_columns, false, "C-1042"},
	{"user", "list", "GET", "users", user_columns, false, "accounts"},
	{"user", "show", "GET", "users/%s", user_columns, false, "LOGIN"},
	{"user", "add", "POST", "users", user_columns, false, "login=… name=… [roles=agent,supervisor queues=SLUG,… skills.NAME=3 phone=+358…]"},
	{"user", "set", "PUT", "users/%s", user_columns, false, "LOGIN key=value …"},
	{"user", "remove", "DELETE", "users/%s", NULL, true, "LOGIN"},
	{"user", "password", "POST", "users/%s/password", password_columns, false, "LOGIN: a new random password, shown once"},
	{"channel", "list", "GET", "channels", channel_columns, false, "channels and how they are"},
	{"channel", "show", "GET", "channels/%s", channel_columns, false, "ID"},
	{"channel", "add", "POST", "channels", channel_columns, false, "id=… driver=email|chat|telephony|video queue=SLUG settings.KEY=…"},
	{"channel", "set", "PUT", "channels/%s", channel_columns, false, "ID [enabled=false] settings.KEY=…"},
	{"channel", "remove", "DELETE", "channels/%s", NULL, true, "ID"},
	{"channel", "link", "POST", "channels/%s/links", link_columns, false, "ID: an address that opens a video contact"},
	{"weight", "list", "GET", "weights", weight_columns, false, "what a contact of each channel takes of an agent's capacity"},
	{"weight", "set", "PUT", "weights/%s", weight_columns, false, "CHANNEL weight=30 [max=3]: max 0 is as many as fit"},
	{"skill", "list", "GET", "skills", skill_columns, false, "skills"},
	{"skill", "add", "POST", "skills", skill_columns, false, "name=…"},
	{"code", "list", "GET", "codes", code_columns, false, "wrap-up codes"},
	{"code", "add", "POST", "codes", code_columns, false, "code=… label=…"},
	{"code", "remove", "DELETE", "codes/%s", NULL, true, "CODE"},
	{"token", "list", "GET", "tokens", token_columns, false, "API tokens"},
	{"token", "remove", "DELETE", "tokens/%s", NULL, true, "ID"},
	{"outbox", "list", "GET", "outbox", outbox_columns, false, "what waits to leave"},
	{"audit", "list", "GET", "audit", audit_columns, false, "who changed what"},
};
#define VERBS (sizeof verbs / sizeof verbs[0])

bool cli_is_noun(const char *word)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].noun, word) == 0)
			return true;
	return false;
}

void cli_noun_help(struct usher_buf *out)
{
	for (size_t i = 0; i < VERBS; i++) {
		char name[40];
		snprintf(name, sizeof name, "%s %s", verbs[i].noun, verbs[i].verb);
		buf_addf(out, "  %-18s %s\n", name, verbs[i].help);
	}
}

static const struct noun_verb *find(const struct cli_options *o)
{
	for (size_t i = 0; i < VERBS && o->arg_count >= 2; i++)
		if (strcmp(verbs[i].noun, o->args[0]) == 0 && strcmp(verbs[i].verb, o->args[1]) == 0)
			return &verbs[i];
	return NULL;
}

/* ---- the body --------------------------------------------------------------------------------------------- */

static bool is_list_key(struct usher_text key)
{
	return text_equal(key, TEXT("roles")) || text_equal(key, TEXT("queues"));
}

static bool is_number(struct usher_text t)
{
	uint64_t value;
	bool is_minus = t.n > 1 && t.p[0] == '-';
	return text_to_u64(is_minus ? text_slice(t.p + 1, t.n - 1) : t, &value) == 0 &&
	       value <= INT64_MAX;
}

static void put_list(struct json_writer *w, struct usher_text value)
{
	json_write_list(w);
	while (value.n > 0)
		json_write_text(w, text_trim(text_cut(&value, ',')));
	json_write_list_end(w);
}

static void put_value(struct json_writer *w, struct usher_text key, struct usher_text value,
		      bool is_text)
{
	char name[80];
	snprintf(name, sizeof name, "%.*s", TEXT_ARG(key));
	json_write_key(w, name);
	if (is_text)
		json_write_text(w, value);
	else if (is_list_key(key))
		put_list(w, value);
	else if (text_equal(value, TEXT("true")) || text_equal(value, TEXT("false")))
		json_write_boolean(w, value.n == 4);
	else if (is_number(value))
		json_write_integer(w, strtoll(value.p, NULL, 10));
	else
		json_write_text(w, value);
}

struct pair {
	struct usher_text object, key, value;
	bool is_text;
};

static bool split_pair(const char *arg, struct pair *ret)
{
	struct usher_text rest = text_of(arg);
	struct usher_text key = text_cut(&rest, '=');
	if (rest.p == NULL || key.n == 0)
		return false;
	ret->is_text = key.p[key.n - 1] == ':';
	key.n -= ret->is_text;
	ret->value = rest;
	ret->key = key;
	ret->object = text_cut(&ret->key, '.');
	if (ret->key.p == NULL) {
		ret->key = ret->object;
		ret->object = TEXT_NONE;
	}
	return true;
}

/* Members of one object stand together, whatever the order of the arguments. */
static int make_body(const struct cli_options *o, int first, struct usher_buf *ret)
{
	struct pair pairs[64];
	struct json_writer w;
	bool is_done[64] = {false};
	int n = 0;
	for (int i = first; i < o->arg_count; i++)
		if (!split_pair(o->args[i], &pairs[n++]))
			return cli_fail(EXIT_USAGE_ERROR, "arguments are key=value", "\"%s\" is not understood",
					o->args[i]);
	json_writer_init(&w, ret);
	json_write_object(&w);
	for (int i = 0; i < n; i++) {
		if (is_done[i])
			continue;
		if (pairs[i].object.n == 0) {
			put_value(&w, pairs[i].key, pairs[i].value, pairs[i].is_text);
			continue;
		}
		char name[80];
		snprintf(name, sizeof name, "%.*s", TEXT_ARG(pairs[i].object));
		json_put_object(&w, name);
		for (int k = i; k < n; k++) {
			if (!text_equal(pairs[k].object, pairs[i].object))
				continue;
			put_value(&w, pairs[k].key, pairs[k].value, pairs[k].is_text);
			is_done[k] = true;
		}
		json_write_object_end(&w);
	}
	json_write_object_end(&w);
	return 0;
}

/* Arguments of a GET become its query. */
static void add_query(const struct cli_options *o, int first, struct usher_buf *path)
{
	for (int i = first; i < o->arg_count; i++) {
		buf_addc(path, i == first ? '?' : '&');
		for (const char *p = o->args[i]; *p != '\0'; p++) {
			bool is_plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
					(*p >= '0' && *p <= '9') || strchr("-_.=", *p) != NULL;
			if (is_plain)
				buf_addc(path, *p);
			else
				buf_addf(path, "%%%02X", (unsigned char)*p);
		}
	}
}

static bool may_remove(const struct cli_options *o)
{
	char answer[8] = "";
	if (o->is_yes)
		return true;
	if (!isatty(STDIN_FILENO))
		return false;
	fprintf(stderr, "Remove %s %s? [y/N] ", o->args[0], o->arg_count > 2 ? o->args[2] : "");
	return fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

static int call(const struct cli_options *o, const struct noun_verb *v, int first, const char *path)
{
	struct usher_buf body = {0}, full = {0};
	struct cli_answer answer;
	bool is_get = strcmp(v->method, "GET") == 0;
	buf_adds(&full, path);
	if (is_get)
		add_query(o, first, &full);
	int code = is_get ? 0 : make_body(o, first, &body);
	if (code == 0) {
		cli_call(o, v->method, full.p, buf_text(&body), &answer);
		if (answer.status >= 200 && answer.status < 300)
			code = v->columns != NULL ? cli_print(o, buf_text(&answer.body), v->columns) : 0;
		else
			code = cli_answer_fault(&answer);
		buf_done(&answer.body);
	}
	buf_done(&full);
	buf_done(&body);
	return code;
}

static int no_such_verb(const struct cli_options *o)
{
	struct usher_buf hint = {0};
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].noun, o->args[0]) == 0)
			buf_addf(&hint, "%s%s %s", hint.n > 0 ? ", " : "", verbs[i].noun, verbs[i].verb);
	int code = o->arg_count < 2
			   ? cli_fail(EXIT_USAGE_ERROR, hint.p, "%s: a verb is missing", o->args[0])
			   : cli_fail(EXIT_USAGE_ERROR, hint.p, "%s: no such verb: %s", o->args[0], o->args[1]);
	buf_done(&hint);
	return code;
}

/* An option that is none would be sent as a parameter and do nothing. */
static const char *stray_option(const struct cli_options *o)
{
	for (int i = 2; i < o->arg_count; i++)
		if (o->args[i][0] == '-' && o->args[i][1] == '-')
			return o->args[i];
	return NULL;
}

int cli_noun(const struct cli_options *o)
{
	const struct noun_verb *v = find(o);
	char path[300];
	int first = 2;
	if (v == NULL)
		return no_such_verb(o);
	if (stray_option(o) != NULL)
		return cli_fail(EXIT_USAGE_ERROR, "usher --help lists the options",
				"unknown option \"%s\", or its value is missing", stray_option(o));
	const char *slot = strstr(v->path, "%s");
	if (slot != NULL && o->arg_count <= first)
		return cli_fail(EXIT_USAGE_ERROR, v->help, "%s %s: which one?", v->noun, v->verb);
	if (v->is_removal && !may_remove(o))
		return cli_fail(EXIT_FAILED, "--yes skips the question", "nothing was removed");
	if (slot == NULL)
		snprintf(path, sizeof path, "%s", v->path);
	else
		snprintf(path, sizeof path, "%.*s%s%s", (int)(slot - v->path), v->path,
			 o->args[first++], slot + 2);
	return call(o, v, first, path);
}
