/* SPDX-License-Identifier: Apache-2.0 */
/* `usher NOUN VERB`: a table of calls. key=value arguments become the JSON body: whole numbers,
 * true, false and null as such, [ and { as JSON, commas in roles, queues and the like as lists, dots
 * as nested objects; key:=text is always text. */
#include "gateway/cli/cli.h"

#include "gateway/json.h"
#include "routing/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAIRS_MAX 64
#define LEVELS_MAX 4
#define VALUE_BYTES_MAX ((size_t)64 << 10)

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
	{"EXCLUSIVE", "exclusive", false}, {"INTERRUPTS", "interrupts", false}, {NULL, NULL, false}};
static const struct cli_column member_columns[] = {
	{"LOGIN", "login", false}, {"NAME", "user.name", false}, {"RING", "ring", true},
	{"PENALTY", "penalty", true}, {"WEIGHT", "weight", true}, {"POSITION", "position", true},
	{NULL, NULL, false}};
static const struct cli_column consultation_columns[] = {
	{"CONSULTATION", "consultation", false}, {"CONTACT", "contact.number", false},
	{"STATE", "contact.state", false}, {NULL, NULL, false}};
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
	{"queue", "members", "GET", "queues/%s/members", member_columns, false, "SLUG: who serves it, with ring and penalty"},
	{"queue", "join", "PUT", "queues/%s/members/%s", member_columns, false, "SLUG LOGIN [ring=0 penalty=0 weight=1 position=0]"},
	{"queue", "leave", "DELETE", "queues/%s/members/%s", NULL, true, "SLUG LOGIN: serves it no more"},
	{"queue", "remove", "DELETE", "queues/%s", NULL, true, "SLUG"},
	{"agent", "list", "GET", "agents", agent_columns, false, "agents with state and load"},
	{"agent", "set", "PUT", "agents/%s/presence", presence_columns, false, "LOGIN state=ready|not-ready|signed-out [reason=break]"},
	{"agent", "move-all", "POST", "agents/%s/move-all", agent_columns, false, "LOGIN [to_queue=SLUG to_agent=LOGIN]: all that the agent holds"},
	{"contact", "list", "GET", "contacts", contact_columns, false, "[state=waiting queue=SLUG limit=50]"},
	{"contact", "show", "GET", "contacts/%s", contact_columns, false, "C-1042"},
	{"contact", "messages", "GET", "contacts/%s/messages", message_columns, false, "C-1042"},
	{"contact", "add", "POST", "contacts", contact_columns, false, "channel=visit|letter|telephony|email queue=SLUG body=… [subject=… customer.name=…]"},
	{"contact", "transfer", "POST", "contacts/%s/transfer", contact_columns, false, "C-1042 epoch=0 queue=SLUG [agent=LOGIN]"},
	{"contact", "priority", "POST", "contacts/%s/priority", contact_columns, false, "C-1042 priority=0…9"},
	{"contact", "take", "POST", "contacts/%s/take", contact_columns, false, "C-1042 agent=LOGIN [from_holder=true]: give it to an agent"},
	{"contact", "callback", "POST", "contacts/%s/callback", contact_columns, false, "C-1042 [at=2026-11-23T09:00:00Z]: call back instead of waiting"},
	{"contact", "require", "POST", "contacts/%s/require", contact_columns, false, "C-1042 requirements='[{\"skill\":\"fi\",\"level\":3}]'"},
	{"contact", "consult", "POST", "contacts/%s/consult", consultation_columns, false, "C-1042 epoch=3 agent=LOGIN|queue=SLUG: ask a colleague"},
	{"contact", "conference", "POST", "contacts/%s/conference", contact_columns, false, "C-1042 epoch=3 consultation=C-1043: who answered joins"},
	{"contact", "hand-over", "POST", "contacts/%s/hand-over", contact_columns, false, "C-1042 epoch=3 consultation=C-1043|agent=LOGIN"},
	{"contact", "leave", "POST", "contacts/%s/leave", contact_columns, false, "C-1042 epoch=4: out of the conference"},
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
	{"weight", "set", "PUT", "weights/%s", weight_columns, false, "CHANNEL weight=30 [max=3 exclusive=true interrupts=email,letter]: max 0 is as many as fit"},
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
	static const char *const lists[] = {"roles", "queues", "interrupts", "present"};
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		if (text_equal(key, text_of(lists[i])))
			return true;
	return false;
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
	else if (value.n > 0 && (value.p[0] == '[' || value.p[0] == '{'))
		buf_add_text(json_write_value(w), value);
	else if (text_equal(value, TEXT("null")))
		json_write_null(w);
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
	struct usher_text path, value; /* "overflow.absent.after_seconds" */
	bool is_text, is_done;
};

static bool is_json(const struct pair *pair)
{
	bool begins_so = pair->value.n > 0 && (pair->value.p[0] == '[' || pair->value.p[0] == '{');
	return begins_so && !pair->is_text;
}

static bool is_good_json(struct usher_text value)
{
	struct json *document = NULL;
	bool is_good = json_parse(&document, value, VALUE_BYTES_MAX, NULL) == 0;
	json_free(document);
	return is_good;
}

static bool split_pair(const char *arg, struct pair *ret)
{
	struct usher_text rest = text_of(arg);
	struct usher_text key = text_cut(&rest, '=');
	if (rest.p == NULL || key.n == 0)
		return false;
	ret->is_text = key.p[key.n - 1] == ':';
	key.n -= ret->is_text;
	ret->value = rest;
	ret->path = key;
	ret->is_done = false;
	return key.n > 0 && key.p[0] != '.';
}

/* Whether the path goes on below `prefix`; its next member, and whether it ends there. */
static bool next_member(const struct pair *pair, struct usher_text prefix, struct usher_text *ret,
			bool *ret_is_last)
{
	struct usher_text rest = pair->path;
	if (prefix.n > 0) {
		if (!text_starts(rest, prefix) || rest.n <= prefix.n || rest.p[prefix.n] != '.')
			return false;
		rest = text_slice(rest.p + prefix.n + 1, rest.n - prefix.n - 1);
	}
	*ret = text_cut(&rest, '.');
	*ret_is_last = rest.p == NULL;
	return true;
}

/* Members of one object stand together, whatever the order of the arguments. */
static void put_members(struct json_writer *w, struct pair *pairs, int n, struct usher_text prefix)
{
	for (int i = 0; i < n; i++) {
		struct usher_text member;
		bool is_last;
		if (pairs[i].is_done || !next_member(&pairs[i], prefix, &member, &is_last))
			continue;
		if (is_last) {
			put_value(w, member, pairs[i].value, pairs[i].is_text);
			pairs[i].is_done = true;
			continue;
		}
		char name[80];
		snprintf(name, sizeof name, "%.*s", TEXT_ARG(member));
		json_put_object(w, name);
		put_members(w, pairs, n,
			    text_slice(pairs[i].path.p, (size_t)(member.p + member.n - pairs[i].path.p)));
		json_write_object_end(w);
	}
}

static int count_dots(struct usher_text t)
{
	int n = 0;
	for (size_t i = 0; i < t.n; i++)
		n += t.p[i] == '.';
	return n;
}

static int make_body(const struct cli_options *o, int first, struct usher_buf *ret)
{
	struct pair pairs[PAIRS_MAX];
	struct json_writer w;
	int n = 0;
	for (int i = first; i < o->arg_count; i++, n++) {
		if (n == PAIRS_MAX)
			return cli_fail(EXIT_USAGE_ERROR, "give them in several commands",
					"more than %d settings", PAIRS_MAX);
		if (!split_pair(o->args[i], &pairs[n]) || count_dots(pairs[n].path) > LEVELS_MAX)
			return cli_fail(EXIT_USAGE_ERROR, "arguments are key=value", "\"%s\" is not understood",
					o->args[i]);
		if (is_json(&pairs[n]) && !is_good_json(pairs[n].value))
			return cli_fail(EXIT_USAGE_ERROR, "key:=value is a text as it stands",
					"\"%s\" begins like JSON, but is none", o->args[i]);
	}
	json_writer_init(&w, ret);
	json_write_object(&w);
	put_members(&w, pairs, n, TEXT_NONE);
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
	else if (o->is_forced)
		buf_adds(&full, "?force=true");
	int code = is_get ? 0 : make_body(o, first, &body);
	if (code == 0) {
		cli_call(o, v->method, full.p, buf_text(&body), &answer);
		if (answer.status >= 200 && answer.status < 300 && !is_get)
			cli_warnings(o, buf_text(&answer.body));
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

/* Each %s of the path takes one argument, before those that are key=value. */
static bool fill_path(const struct cli_options *o, const struct noun_verb *v, int *first, char *ret,
		      size_t n)
{
	const char *rest = v->path;
	struct usher_buf path = {0};
	for (const char *slot; (slot = strstr(rest, "%s")) != NULL; rest = slot + 2) {
		bool is_name = *first < o->arg_count && strchr(o->args[*first], '=') == NULL;
		if (!is_name) {
			buf_done(&path);
			return false;
		}
		buf_add(&path, rest, (size_t)(slot - rest));
		buf_adds(&path, o->args[(*first)++]);
	}
	buf_adds(&path, rest);
	bool does_fit = path.n < n;
	snprintf(ret, n, "%s", path.p);
	buf_done(&path);
	return does_fit;
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
	if (!fill_path(o, v, &first, path, sizeof path))
		return cli_fail(EXIT_USAGE_ERROR, v->help, "%s %s: which one?", v->noun, v->verb);
	if (v->is_removal && !may_remove(o))
		return cli_fail(EXIT_FAILED, "--yes skips the question", "nothing was removed");
	return call(o, v, first, path);
}
