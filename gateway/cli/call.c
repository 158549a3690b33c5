/* SPDX-License-Identifier: Apache-2.0 */
/* One blocking request to a running Usher. */
#include "gateway/cli/cli.h"

#include "gateway/config.h"
#include "gateway/json.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)64 << 20)

struct target {
	struct usher_buf url, token;
	struct usher_buf connect; /* "::HOST:PORT" for libcurl, or empty: as the address says */
};

bool cli_names_data_dir(const struct cli_options *o)
{
	for (int i = 0; i < o->set_count; i++)
		if (strncmp(o->sets[i], "data_dir=", 9) == 0)
			return true;
	return getenv("USHER_DATA_DIR") != NULL || o->config != NULL;
}

/* Where nobody said which Usher is meant and none runs on the usual folder, a demo of this user in
 * this folder is. */
static FILE *open_demo_control(const struct cli_options *o)
{
	struct stat st;
	if (errno != ENOENT || cli_names_data_dir(o))
		return NULL;
	FILE *file = fopen(CLI_DEMO_FOLDER "/control", "re");
	if (file != NULL && (fstat(fileno(file), &st) < 0 || st.st_uid != geteuid())) {
		fclose(file);
		file = NULL;
	}
	return file;
}

/* data_dir/control holds the address, the token and where to connect, one line each. */
static int read_control(const struct cli_options *o, struct target *t, char *reason, size_t n)
{
	struct config *config = NULL;
	struct usher_error err = {0};
	struct usher_buf path = {0};
	char url[512] = "", token[128] = "", connect[300] = "";
	if (config_load(&config, o->config, o->sets, o->set_count, &err) < 0) {
		snprintf(reason, n, "%.199s", err.text);
		return E_INVALID;
	}
	buf_addf(&path, "%s/control", config_data_dir(config));
	FILE *file = fopen(path.p, "re");
	if (file == NULL)
		file = open_demo_control(o);
	bool is_read = file != NULL && fscanf(file, "%511s %127s %299s", url, token, connect) == 3;
	if (!is_read)
		snprintf(reason, n, "%s: cannot be read; no Usher runs on that folder, or you may not "
				    "read it", path.p);
	if (file != NULL)
		fclose(file);
	buf_adds(&t->url, url);
	buf_adds(&t->token, token);
	buf_addf(&t->connect, "::%s", connect);
	buf_done(&path);
	config_free(config);
	return is_read ? 0 : E_NOT_FOUND;
}

struct cli_call_spec {
	const char *method, *path, *lang;
	struct usher_text body;
};

static size_t on_data(char *bytes, size_t size, size_t count, void *arg)
{
	struct usher_buf *body = arg;
	if (body->n + size * count > ANSWER_MAX)
		return 0;
	buf_add(body, bytes, size * count);
	return size * count;
}

static void perform(CURL *curl, const struct target *t, const struct cli_call_spec *spec,
		    struct cli_answer *ret)
{
	struct usher_buf url = {0}, auth = {0}, language = {0};
	const char *method = spec->method, *path = spec->path;
	struct usher_text body = spec->body;
	long status = 0;
	buf_addf(&url, "%s/api/v1/%s", t->url.p, path);
	buf_addf(&language, "Accept-Language: %s", spec->lang != NULL ? spec->lang : "en");
	buf_addf(&auth, "Authorization: Bearer %s", t->token.p);
	struct curl_slist *headers = curl_slist_append(NULL, auth.p);
	headers = curl_slist_append(headers, "Content-Type: application/json");
	headers = curl_slist_append(headers, "Expect:");
	headers = curl_slist_append(headers, language.p);
	struct curl_slist *connect = t->connect.n > 0 ? curl_slist_append(NULL, t->connect.p) : NULL;
	curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connect);
	curl_easy_setopt(curl, CURLOPT_URL, url.p);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &ret->body);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
	if (strcmp(method, "GET") != 0 && strcmp(method, "DELETE") != 0) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.n > 0 ? body.p : "{}");
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, body.n > 0 ? (long)body.n : 2L);
	}
	CURLcode code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	ret->status = code == CURLE_OK ? (int)status : 0;
	if (code != CURLE_OK)
		snprintf(ret->reason, sizeof ret->reason, "%s: %s", t->url.p, curl_easy_strerror(code));
	curl_slist_free_all(headers);
	curl_slist_free_all(connect);
	buf_done(&url);
	buf_done(&auth);
	buf_done(&language);
}

void cli_call(const struct cli_options *o, const char *method, const char *path,
	      struct usher_text body, struct cli_answer *ret)
{
	struct target t = {0};
	*ret = (struct cli_answer){0};
	const char *token = o->token != NULL ? o->token : getenv("USHER_TOKEN");
	int code = 0;
	if (o->url != NULL) {
		buf_adds(&t.url, o->url);
		buf_adds(&t.token, token != NULL ? token : "");
	} else {
		code = read_control(o, &t, ret->reason, sizeof ret->reason);
	}
	CURL *curl = code == 0 ? curl_easy_init() : NULL;
	if (curl != NULL)
		perform(curl, &t, &(struct cli_call_spec){method, path, o->lang, body}, ret);
	curl_easy_cleanup(curl);
	buf_done(&t.url);
	buf_done(&t.token);
	buf_done(&t.connect);
}

/* Where a body has several faults, each of them: the first is also in the detail. */
static void fail_with_errors(int code, struct usher_text detail, const struct json *errors)
{
	struct usher_buf rest = {0};
	for (size_t i = 1; errors != NULL && i < json_count(errors); i++) {
		const struct json *error = json_item(errors, i);
		buf_addf(&rest, "%s%.*s: %.*s", i > 1 ? "; " : "also ",
			 TEXT_ARG(json_as_text(json_member(error, "pointer"))),
			 TEXT_ARG(json_as_text(json_member(error, "detail"))));
	}
	cli_fail(code, rest.p, "%.*s", TEXT_ARG(detail));
	buf_done(&rest);
}

void cli_warnings(const struct cli_options *o, struct usher_text body)
{
	struct json *answer = NULL;
	if (o->is_quiet || json_parse(&answer, body, ANSWER_MAX, NULL) < 0)
		return;
	const struct json *list = json_member(answer, "warnings");
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *one = json_item(list, i);
		fprintf(stderr, "usher: %.*s: %.*s\nhint: %.*s %.*s\n",
			TEXT_ARG(json_as_text(json_member(one, "severity"))),
			TEXT_ARG(json_as_text(json_member(one, "detail"))),
			TEXT_ARG(json_as_text(json_member(one, "why"))),
			TEXT_ARG(json_as_text(json_member(one, "mend"))));
	}
	json_free(answer);
}

int cli_answer_fault(const struct cli_answer *a)
{
	struct json *problem = NULL;
	struct usher_text detail = TEXT_NONE;
	if (a->status == 0)
		return cli_fail(EXIT_UNREACHABLE, "start it with `usher serve`, or name its folder with --set data_dir=… or its address with --url",
				"%s", a->reason);
	if (json_parse(&problem, buf_text(&a->body), 1 << 20, NULL) == 0)
		detail = json_as_text(json_member(problem, "detail"));
	int code = a->status == 401 || a->status == 403 ? EXIT_NOT_ALLOWED
		   : a->status == 503			 ? EXIT_UNREACHABLE
							 : EXIT_FAILED;
	if (a->status == 422)
		cli_fail(code, "mend it, or save it all the same with --force", "%.*s",
			 TEXT_ARG(detail));
	else if (detail.n > 0)
		fail_with_errors(code, detail, json_member(problem, "errors"));
	else
		cli_fail(code, NULL, "the server answered %d", a->status);
	json_free(problem);
	return code;
}
