/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/config.h"

#include "gateway/log.h"
#include "routing/base/memory.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>

enum config_key {
	KEY_LISTEN,
	KEY_PUBLIC_URL,
	KEY_DATA_DIR,
	KEY_ZONE,
	KEY_WEB_DIR,
	KEY_TLS_CERTIFICATE,
	KEY_TLS_KEY,
	KEY_ALLOWED_HOSTS,
	KEY_ALLOWED_ORIGINS,
	KEY_TRUSTED_PROXIES,
	KEY_LOG_LEVEL,
	KEY_CONNECTIONS_MAX,
	KEYS
};

static const struct {
	const char *name, *fallback, *help;
} rows[KEYS] = {
	[KEY_LISTEN] = {"listen", "127.0.0.1:8080", "address and port for HTTP and WebSocket; port 0 takes any free one"},
	[KEY_PUBLIC_URL] = {"public_url", "", "the address people and providers use, as https://desk.example; empty: http://<listen>"},
	[KEY_DATA_DIR] = {"data_dir", "/var/lib/usher", "folder of the database, raw mails and files"},
	[KEY_ZONE] = {"zone", "", "the site's time zone, as Europe/Helsinki; empty: the system's"},
	[KEY_WEB_DIR] = {"web_dir", "", "folder of the built browser code; empty: the installed one"},
	[KEY_TLS_CERTIFICATE] = {"tls_certificate", "", "file of the certificate chain (PEM); empty: no TLS, put a proxy in front"},
	[KEY_TLS_KEY] = {"tls_key", "", "file of its private key (PEM)"},
	[KEY_ALLOWED_HOSTS] = {"allowed_hosts", "", "further host names that may stand in a request, separated by spaces"},
	[KEY_ALLOWED_ORIGINS] = {"allowed_origins", "", "further origins whose pages may open the live feed and video rooms, separated by spaces; the widget's sites stand in the chat channel"},
	[KEY_TRUSTED_PROXIES] = {"trusted_proxies", "", "addresses of reverse proxies whose X-Forwarded-For and -Proto are believed"},
	[KEY_LOG_LEVEL] = {"log_level", "info", "error, warn, info or debug"},
	[KEY_CONNECTIONS_MAX] = {"connections_max", "20000", "open connections at once; more are refused"},
};

struct config {
	char *values[KEYS]; /* owned, never NULL */
	char *host;         /* owned */
	char *url;          /* owned: public_url, or made from listen */
	int port, log_level, connections_max;
};

/* ---- the file ---------------------------------------------------------------------------------- */

struct file_values {
	char *values[KEYS]; /* owned by libcyaml; NULL = not given */
};

struct fault_lines { /* what libcyaml said: the first line is the reason, then the position */
	char text[512];
};

static void on_yaml_log(cyaml_log_t level, void *arg, const char *format, va_list args)
{
	struct fault_lines *fault = arg;
	size_t n = strlen(fault->text);
	if (level < CYAML_LOG_ERROR || n + 1 >= sizeof fault->text)
		return;
	vsnprintf(fault->text + n, sizeof fault->text - n, format, args);
}

/* "Load: Backtrace:\n  in mapping (line: 3, column: 1)" -> the numbers of the first position. */
static void find_position(const char *text, int *line, int *column)
{
	const char *at = strstr(text, "line: ");
	*line = *column = 0;
	if (at != NULL && sscanf(at, "line: %d, column: %d", line, column) < 1)
		*line = 0;
}

/* "  in mapping field 'listen' (line: …": the key, or nothing where no key is to blame. */
static struct usher_text find_key(const char *text)
{
	static const char mark[] = "in mapping field '";
	const char *at = strstr(text, mark);
	const char *key = at != NULL ? at + sizeof mark - 1 : "";
	return text_slice(key, strcspn(key, "'"));
}

static int parse_file(const char *path, struct file_values **ret, struct usher_error *reterr)
{
	cyaml_schema_field_t fields[KEYS + 1];
	memset(fields, 0, sizeof fields);
	for (int i = 0; i < KEYS; i++)
		fields[i] = (cyaml_schema_field_t){
			.key = rows[i].name,
			.data_offset = (uint32_t)(offsetof(struct file_values, values) +
						  (size_t)i * sizeof(char *)),
			.value = {.type = CYAML_STRING,
				  .flags = CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
				  .data_size = sizeof(char),
				  .string = {.min = 0, .max = 4096}},
		};
	const cyaml_schema_value_t top = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER,
							      struct file_values, fields)};
	struct fault_lines fault = {""};
	cyaml_config_t how = {.log_fn = on_yaml_log, .log_ctx = &fault, .mem_fn = cyaml_mem,
			      .log_level = CYAML_LOG_ERROR};
	cyaml_err_t err = cyaml_load_file(path, &how, &top, (cyaml_data_t **)ret, NULL);
	if (err == CYAML_OK) {
		struct file_values *given = *ret;
		struct file_values *copy = NEW(struct file_values);
		for (int i = 0; given != NULL && i < KEYS; i++)
			if (given->values[i] != NULL)
				copy->values[i] = memory_copy(text_of(given->values[i]));
		cyaml_free(&how, &top, given, 0);
		*ret = copy;
		return 0;
	}
	if (err == CYAML_ERR_FILE_OPEN)
		return usher_error_set(reterr, E_NOT_FOUND, "%s: cannot be opened", path);
	int line, column;
	find_position(fault.text, &line, &column);
	size_t n = strcspn(fault.text, "\n");
	const char *reason = strncmp(fault.text, "Load: ", 6) == 0 ? fault.text + 6 : fault.text;
	struct usher_text key = find_key(fault.text);
	return usher_error_set(reterr, E_INVALID, "%s:%d:%d: %.*s%s%.*s", path, line, column,
			       TEXT_ARG(key), key.n > 0 ? ": " : "",
			       (int)(n - (size_t)(reason - fault.text)), reason);
}

/* ---- checking ----------------------------------------------------------------------------------- */

struct source { /* where a value came from, for messages */
	const char *path;
};

/* The line of the file where the key stands; 0 when it is not in it. */
static int line_of_key(const char *path, const char *key)
{
	char text[1024];
	FILE *file = path != NULL ? fopen(path, "re") : NULL;
	int line = 0, found = 0;
	while (file != NULL && found == 0 && fgets(text, sizeof text, file) != NULL) {
		line++;
		if (strncmp(text, key, strlen(key)) == 0 && text[strlen(key)] == ':')
			found = line;
	}
	if (file != NULL)
		fclose(file);
	return found;
}

static int fault(const struct source *s, enum config_key key, const char *value, const char *rule,
		 struct usher_error *reterr)
{
	int line = line_of_key(s->path, rows[key].name);
	if (line > 0)
		return usher_error_set(reterr, E_INVALID, "%s:%d: %s: %s, got \"%.60s\"", s->path,
				       line, rows[key].name, rule, value);
	return usher_error_set(reterr, E_INVALID, "%s: %s, got \"%.60s\"", rows[key].name, rule,
			       value);
}

static int check_listen(struct config *c, const struct source *s, struct usher_error *reterr)
{
	const char *value = c->values[KEY_LISTEN];
	const char *colon = strrchr(value, ':');
	uint64_t port;
	if (colon == NULL || colon == value || text_to_u64(text_of(colon + 1), &port) < 0 ||
	    port > 65535)
		return fault(s, KEY_LISTEN, value, "expected ADDRESS:PORT with a port from 0 to 65535",
			     reterr);
	struct usher_text host = text_slice(value, (size_t)(colon - value));
	bool is_bracketed = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
	c->host = memory_copy(is_bracketed ? text_slice(host.p + 1, host.n - 2) : host);
	c->port = (int)port;
	return 0;
}

static int check_url(struct config *c, const struct source *s, struct usher_error *reterr)
{
	struct usher_text url = text_of(c->values[KEY_PUBLIC_URL]);
	bool is_url = text_starts(url, TEXT("http://")) || text_starts(url, TEXT("https://"));
	if (url.n > 0 && !is_url)
		return fault(s, KEY_PUBLIC_URL, url.p, "expected https://… or http://…", reterr);
	while (url.n > 0 && url.p[url.n - 1] == '/')
		url.n--;
	c->url = memory_copy(url);
	config_set_port(c, c->port);
	return 0;
}

static int check_level(struct config *c, const struct source *s, struct usher_error *reterr)
{
	static const struct {
		const char *name;
		int level;
	} levels[] = {{"error", LOG_LEVEL_ERROR}, {"warn", LOG_LEVEL_WARN}, {"info", LOG_LEVEL_INFO}, {"debug", LOG_LEVEL_DEBUG}};
	for (size_t i = 0; i < 4; i++) {
		if (strcmp(c->values[KEY_LOG_LEVEL], levels[i].name) == 0) {
			c->log_level = levels[i].level;
			return 0;
		}
	}
	return fault(s, KEY_LOG_LEVEL, c->values[KEY_LOG_LEVEL],
		     "expected error, warn, info or debug", reterr);
}

static int check_connections(struct config *c, const struct source *s, struct usher_error *reterr)
{
	uint64_t n;
	const char *value = c->values[KEY_CONNECTIONS_MAX];
	if (text_to_u64(text_of(value), &n) < 0 || n < 10 || n > 1000000)
		return fault(s, KEY_CONNECTIONS_MAX, value,
			     "expected a whole number from 10 to 1000000", reterr);
	c->connections_max = (int)n;
	return 0;
}

static int check(struct config *c, const char *path, struct usher_error *reterr)
{
	const struct source s = {path};
	bool has_certificate = c->values[KEY_TLS_CERTIFICATE][0] != '\0';
	int code = check_listen(c, &s, reterr);
	if (code == 0)
		code = check_url(c, &s, reterr);
	if (code == 0)
		code = check_level(c, &s, reterr);
	if (code == 0)
		code = check_connections(c, &s, reterr);
	if (code == 0 && has_certificate != (c->values[KEY_TLS_KEY][0] != '\0'))
		code = fault(&s, KEY_TLS_KEY, c->values[KEY_TLS_KEY],
			     "tls_certificate and tls_key go together", reterr);
	if (code == 0 && c->values[KEY_DATA_DIR][0] == '\0')
		code = fault(&s, KEY_DATA_DIR, "", "expected a folder", reterr);
	return code;
}

/* ---- putting it together -------------------------------------------------------------------------- */

static void set_value(struct config *c, int key, const char *value)
{
	free(c->values[key]);
	c->values[key] = memory_copy(text_trim(text_of(value)));
}

static void take_environment(struct config *c)
{
	for (int i = 0; i < KEYS; i++) {
		char name[64] = "USHER_";
		size_t n = strlen(name);
		for (const char *p = rows[i].name; *p != '\0'; p++)
			name[n++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p;
		name[n] = '\0';
		if (getenv(name) != NULL)
			set_value(c, i, getenv(name));
	}
}

static int take_set(struct config *c, const char *set, struct usher_error *reterr)
{
	struct usher_text rest = text_of(set);
	struct usher_text key = text_cut(&rest, '=');
	for (int i = 0; i < KEYS; i++) {
		if (text_equal(key, text_of(rows[i].name)) && rest.p != NULL) {
			set_value(c, i, rest.p);
			return 0;
		}
	}
	return usher_error_set(reterr, E_INVALID, "--set %s: no such key, or no value", set);
}

static int take_file(struct config *c, const char *path, struct usher_error *reterr)
{
	struct file_values *given = NULL;
	int code = path != NULL ? parse_file(path, &given, reterr) : 0;
	for (int i = 0; given != NULL && i < KEYS; i++) {
		if (given->values[i] != NULL)
			set_value(c, i, given->values[i]);
		free(given->values[i]);
	}
	free(given);
	return code;
}

int config_load(struct config **ret, const char *path, const char *const *sets, int set_count,
		struct usher_error *reterr)
{
	struct config *c = NEW(struct config);
	for (int i = 0; i < KEYS; i++)
		set_value(c, i, rows[i].fallback);
	int code = take_file(c, path, reterr);
	take_environment(c);
	for (int i = 0; code == 0 && i < set_count; i++)
		code = take_set(c, sets[i], reterr);
	if (code == 0)
		code = check(c, path, reterr);
	if (code < 0) {
		config_free(c);
		return code;
	}
	*ret = c;
	return 0;
}

struct config *config_free(struct config *c)
{
	if (c == NULL)
		return NULL;
	for (int i = 0; i < KEYS; i++)
		free(c->values[i]);
	free(c->host);
	free(c->url);
	free(c);
	return NULL;
}

void config_set_port(struct config *c, int port)
{
	c->port = port;
	if (c->values[KEY_PUBLIC_URL][0] != '\0')
		return;
	struct usher_buf url = {0};
	bool is_six = strchr(c->host, ':') != NULL;
	buf_addf(&url, "http%s://%s%s%s:%d", c->values[KEY_TLS_KEY][0] != '\0' ? "s" : "",
		 is_six ? "[" : "", c->host, is_six ? "]" : "", port);
	free(c->url);
	c->url = buf_take(&url);
}

const char *config_listen_host(const struct config *c)
{
	return c->host;
}

int config_listen_port(const struct config *c)
{
	return c->port;
}

const char *config_public_url(const struct config *c)
{
	return c->url;
}

const char *config_data_dir(const struct config *c)
{
	return c->values[KEY_DATA_DIR];
}

const char *config_zone(const struct config *c)
{
	return c->values[KEY_ZONE];
}

const char *config_web_dir(const struct config *c)
{
	return c->values[KEY_WEB_DIR];
}

const char *config_tls_certificate(const struct config *c)
{
	return c->values[KEY_TLS_CERTIFICATE];
}

const char *config_tls_key(const struct config *c)
{
	return c->values[KEY_TLS_KEY];
}

const char *config_allowed_hosts(const struct config *c)
{
	return c->values[KEY_ALLOWED_HOSTS];
}

const char *config_allowed_origins(const struct config *c)
{
	return c->values[KEY_ALLOWED_ORIGINS];
}

const char *config_trusted_proxies(const struct config *c)
{
	return c->values[KEY_TRUSTED_PROXIES];
}

int config_log_level(const struct config *c)
{
	return c->log_level;
}

int config_connections_max(const struct config *c)
{
	return c->connections_max;
}

void config_each(void (*on_key)(const char *key, const char *fallback, const char *help, void *arg),
		 void *arg)
{
	for (int i = 0; i < KEYS; i++)
		on_key(rows[i].name, rows[i].fallback, rows[i].help, arg);
}
