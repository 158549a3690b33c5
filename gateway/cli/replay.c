/* SPDX-License-Identifier: Apache-2.0 */
/* `usher replay --from T --to T [--config FILE]`: a past period with other settings. Reads the
 * store itself, also while Usher runs, and never writes. */
#include "gateway/cli/cli.h"

#include "gateway/config.h"
#include "gateway/replay/replay.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define USAGE "usher replay --from 2026-11-21T08:00:00Z --to 2026-11-21T16:00:00Z [--config change.json]"

struct wishes {
	const char *from, *to, *config;
};

static const char **place_of(struct wishes *w, const char *option, size_t n)
{
	if (n == 6 && strncmp(option, "--from", n) == 0)
		return &w->from;
	if (n == 4 && strncmp(option, "--to", n) == 0)
		return &w->to;
	if (n == 8 && strncmp(option, "--config", n) == 0)
		return &w->config;
	return NULL;
}

static int read_wishes(const struct cli_options *o, struct wishes *ret)
{
	for (int i = 1; i < o->arg_count; i++) {
		const char *equals = strchr(o->args[i], '=');
		size_t n = equals != NULL ? (size_t)(equals - o->args[i]) : strlen(o->args[i]);
		const char **place = place_of(ret, o->args[i], n);
		if (place == NULL || (equals == NULL && i + 1 >= o->arg_count))
			return cli_fail(EXIT_USAGE_ERROR, USAGE,
					"\"%s\": no such option, or its value is missing", o->args[i]);
		*place = equals != NULL ? equals + 1 : o->args[++i];
	}
	if (ret->from == NULL || ret->to == NULL)
		return cli_fail(EXIT_USAGE_ERROR, USAGE, "which period?");
	return 0;
}

static int read_instant(const char *option, const char *text, usher_us *ret)
{
	if (time_parse(text_of(text), ret) == 0)
		return 0;
	return cli_fail(EXIT_USAGE_ERROR, USAGE, "%s %s: no instant with a zone, such as %s", option, text,
			"2026-11-21T08:00:00Z or 2026-11-21T10:00:00+02:00");
}

static int read_file(const char *path, struct usher_buf *ret)
{
	char part[4096];
	size_t n;
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return cli_fail(EXIT_FAILED, NULL, "%s: cannot be opened: %s", path, strerror(errno));
	while ((n = fread(part, 1, sizeof part, file)) > 0 && ret->n <= REPLAY_CHANGE_BYTES_MAX)
		buf_add(ret, part, n);
	bool is_bad = ferror(file) != 0;
	fclose(file);
	if (is_bad)
		return cli_fail(EXIT_FAILED, NULL, "%s: cannot be read", path);
	if (ret->n == 0)
		return cli_fail(EXIT_FAILED, NULL, "%s: is empty", path);
	return 0;
}

/* ---- the store ------------------------------------------------------------------------------ */

static int open_store(const struct cli_options *o, struct store **ret)
{
	struct config *config = NULL;
	struct usher_error err = {0};
	struct usher_buf path = {0};
	struct stat st;
	if (config_load(&config, o->config, o->sets, o->set_count, &err) < 0)
		return cli_fail(EXIT_BAD_CONFIG, NULL, "%s", err.text);
	buf_addf(&path, "%s/usher.db", config_data_dir(config));
	config_free(config);
	/* As the commands about a running Usher: where nothing is named, a demo in this folder. */
	if (stat(path.p, &st) < 0 && !cli_names_data_dir(o)) {
		buf_clear(&path);
		buf_adds(&path, CLI_DEMO_FOLDER "/usher.db");
	}
	int code = store_open_sqlite_reader(ret, path.p, &err);
	buf_done(&path);
	return code < 0 ? cli_fail(EXIT_FAILED, "--set data_dir=FOLDER names the folder", "%s", err.text)
			: 0;
}

/* ---- what is seen --------------------------------------------------------------------------- */

static void on_progress(const char *what, size_t done, size_t all, void *arg)
{
	(void)arg;
	if (done > 0)
		fprintf(stderr, "replay: %s, %zu of %zu\n", what, done, all);
}

static int print(const struct cli_options *o, const struct replay_outcome *outcome,
		 const struct replay_job *job)
{
	static const struct cli_column columns[] = {
		{"kind", "kind", false}, {"of", "of", false}, {"figure", "figure", false},
		{"before", "before", true}, {"after", "after", true}, {"change", "change", true},
		{NULL, NULL, false}};
	struct usher_buf out = {0}, notes = {0};
	bool is_document = strcmp(o->output, "json") == 0;
	if (is_document)
		replay_write_document(outcome, job, &out);
	else
		replay_write_rows(outcome, &out);
	int code = cli_print(o, buf_text(&out), columns);
	replay_write_notes(outcome, &notes);
	if (!o->is_quiet && strcmp(o->output, "table") == 0)
		printf("\n%s", notes.p);
	buf_done(&out);
	buf_done(&notes);
	return code;
}

static int run(const struct cli_options *o, struct replay_job *job)
{
	struct store *store = NULL;
	struct replay_outcome outcome;
	struct usher_error err = {0};
	int code = open_store(o, &store);
	if (code != 0)
		return code;
	bool has_watcher = !o->is_quiet && isatty(STDERR_FILENO);
	job->on_progress = has_watcher ? on_progress : NULL;
	if (replay_job_run(&outcome, store, job, &err) < 0) {
		code = cli_fail(EXIT_FAILED, NULL, "replay: %s", err.text);
	} else {
		code = print(o, &outcome, job);
		replay_outcome_done(&outcome);
	}
	store_close(store);
	return code;
}

int cli_replay(const struct cli_options *o)
{
	struct wishes wishes = {0};
	struct replay_job job = {0};
	struct usher_buf change = {0};
	int code = read_wishes(o, &wishes);
	if (code == 0)
		code = read_instant("--from", wishes.from, &job.from_us);
	if (code == 0)
		code = read_instant("--to", wishes.to, &job.to_us);
	if (code == 0 && wishes.config != NULL)
		code = read_file(wishes.config, &change);
	job.change = buf_text(&change);
	if (code == 0)
		code = run(o, &job);
	buf_done(&change);
	return code;
}
