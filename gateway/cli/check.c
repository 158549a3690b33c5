/* SPDX-License-Identifier: Apache-2.0 */
/* `usher check [routing]`: the configuration file, and the routing: of a running Usher by its API,
 * else of the data folder, which is only read. */
#include "gateway/cli/cli.h"

#include "gateway/config.h"
#include "gateway/engine_restore.h"
#include "gateway/json.h"
#include "gateway/lint/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define ANSWER_MAX ((size_t)16 << 20)

static const struct cli_column columns[] = {
	{"SEVERITY", "severity", false}, {"CODE", "code", false},     {"KIND", "object.kind", false},
	{"NAME", "object.name", false},	 {"DETAIL", "detail", false}, {NULL, NULL, false}};

/* ---- without a running Usher ----------------------------------------------------------------- */

static int read_site(struct store *store, enum lint_language language, struct usher_buf *ret,
		     struct usher_error *reterr)
{
	struct engine_restored core = {0};
	struct lint_rows rows;
	struct lint_report report;
	struct json_writer w;
	struct directory *directory = directory_new();
	int code = directory_load(directory, store, reterr);
	if (code == 0)
		code = engine_restore(&core, store, reterr);
	if (code == 0) {
		lint_rows_load(&rows, directory, core.routing, gateway_now());
		lint_run(&rows.site, &report);
		json_writer_init(&w, ret);
		lint_write(&report, language, NULL, &w);
		lint_report_done(&report);
		lint_rows_done(&rows);
		routing_free(core.routing);
	}
	directory_free(directory);
	return code;
}

static int check_folder(const struct cli_options *o, const struct config *config,
			struct usher_buf *ret)
{
	struct store *store = NULL;
	struct usher_error err = {0};
	struct usher_buf path = {0};
	struct stat st;
	buf_addf(&path, "%s/usher.db", config_data_dir(config));
	if (stat(path.p, &st) < 0) {
		if (!o->is_quiet)
			puts("routing: not checked (no Usher runs, and there is no data folder yet)");
		buf_done(&path);
		return EXIT_DONE;
	}
	int code = store_open_sqlite_reader(&store, path.p, &err);
	if (code == 0)
		code = read_site(store, lint_language_of(text_of(o->lang)), ret, &err);
	if (store != NULL)
		store_close(store);
	buf_done(&path);
	return code < 0 ? cli_fail(EXIT_FAILED, NULL, "%s", err.text) : EXIT_DONE;
}

/* ---- what is seen ---------------------------------------------------------------------------- */

static struct usher_text text_at(const struct json *item, const char *name)
{
	return json_as_text(json_member(item, name));
}

static void print_item(const struct json *item)
{
	printf("%.*s: %.*s", TEXT_ARG(text_at(item, "severity")), TEXT_ARG(text_at(item, "detail")));
	if (text_at(item, "pointer").n > 0)
		printf(" [%.*s]", TEXT_ARG(text_at(item, "pointer")));
	printf(" (%.*s)\n    %.*s %.*s\n", TEXT_ARG(text_at(item, "code")),
	       TEXT_ARG(text_at(item, "why")), TEXT_ARG(text_at(item, "mend")));
}

static void print_items(const struct cli_options *o, const struct json *answer, int64_t faults)
{
	const struct json *items = json_member(answer, "items");
	int64_t left_out = json_as_integer(json_member(answer, "left_out"));
	for (size_t i = 0; i < json_count(items); i++)
		print_item(json_item(items, i));
	if (left_out > 0)
		printf("and %lld more\n", (long long)left_out);
	if (faults == 0 && !o->is_quiet)
		puts("routing: nothing to mend");
}

/* Hints are no fault: they may be meant. */
static int show(const struct cli_options *o, struct usher_text body)
{
	struct json *answer = NULL;
	struct usher_error err = {0};
	int code = EXIT_DONE;
	if (json_parse(&answer, body, ANSWER_MAX, &err) < 0)
		return cli_fail(EXIT_FAILED, NULL, "routing: the answer is not understood: %s",
				err.text);
	int64_t faults = json_as_integer(json_member(answer, "errors")) +
			 json_as_integer(json_member(answer, "warnings"));
	if (strcmp(o->output, "table") == 0)
		print_items(o, answer, faults);
	else
		code = cli_print(o, body, columns);
	json_free(answer);
	return code != EXIT_DONE ? code : faults > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int check_routing(const struct cli_options *o, const struct config *config)
{
	struct cli_answer answer;
	struct usher_buf site = {0};
	int code = EXIT_DONE;
	cli_call(o, "GET", "routing/check", TEXT_NONE, &answer);
	if (answer.status == 200)
		code = show(o, buf_text(&answer.body));
	else if (answer.status != 0 || o->url != NULL)
		code = cli_answer_fault(&answer);
	else
		code = check_folder(o, config, &site);
	if (code == EXIT_DONE && site.n > 0)
		code = show(o, buf_text(&site));
	buf_done(&site);
	buf_done(&answer.body);
	return code;
}

int cli_check(const struct cli_options *o)
{
	struct config *config = NULL;
	struct usher_error err = {0};
	bool is_routing = o->arg_count == 2 && strcmp(o->args[1], "routing") == 0;
	if (o->arg_count > 1 && !is_routing)
		return cli_fail(EXIT_USAGE_ERROR, "usher check [routing] [--lang en|fi|et]",
				"\"%s\" cannot be checked", o->args[1]);
	if (config_load(&config, o->config, o->sets, o->set_count, &err) < 0)
		return cli_fail(EXIT_BAD_CONFIG, NULL, "%s", err.text);
	if (!is_routing && !o->is_quiet && strcmp(o->output, "table") == 0)
		printf("configuration: correct (listen %s:%d, data in %s)\n",
		       config_listen_host(config), config_listen_port(config),
		       config_data_dir(config));
	int code = check_routing(o, config);
	config_free(config);
	return code;
}
