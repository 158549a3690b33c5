/* SPDX-License-Identifier: Apache-2.0 */
/* serve, init. */
#include "gateway/cli/cli.h"

#include "gateway/auth.h"
#include "gateway/json.h"
#include "gateway/seed.h"
#include "gateway/serve.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int load(const struct cli_options *o, struct config **ret)
{
	struct usher_error err = {0};
	int code = config_load(ret, o->config, o->sets, o->set_count, &err);
	return code < 0 ? cli_fail(EXIT_BAD_CONFIG, NULL, "%s", err.text) : 0;
}

static bool has_arg(const struct cli_options *o, const char *arg)
{
	for (int i = 1; i < o->arg_count; i++)
		if (strcmp(o->args[i], arg) == 0)
			return true;
	return false;
}

/* ---- the small parent: for systems without a service manager -------------------------------------------- */

static volatile sig_atomic_t child_pid, is_stopping;

static void pass_on(int number)
{
	is_stopping = 1;
	if (child_pid > 0)
		kill((pid_t)child_pid, number);
}

static void child_args(const struct cli_options *o, const char **argv)
{
	int n = 0;
	argv[n++] = "usher";
	argv[n++] = "serve";
	if (o->config != NULL) {
		argv[n++] = "--config";
		argv[n++] = o->config;
	}
	for (int i = 0; i < o->set_count; i++) {
		argv[n++] = "--set";
		argv[n++] = o->sets[i];
	}
	argv[n] = NULL;
}

static int run_child(const char **argv)
{
	pid_t pid;
	int status = 0;
	if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, (char *const *)argv, environ) != 0)
		return EXIT_FAILED;
	child_pid = pid;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	child_pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_INTERNAL;
}

/* Restarted at once the first time, then after 1, 2, 4 … 30 s; a minute of life starts over. */
static int supervise(const struct cli_options *o)
{
	const char *argv[140];
	unsigned wait_s = 0;
	child_args(o, argv);
	signal(SIGTERM, pass_on);
	signal(SIGINT, pass_on);
	for (;;) {
		time_t begun = time(NULL);
		int code = run_child(argv);
		bool is_final = is_stopping || code == 0 || code == EXIT_BAD_CONFIG ||
				code == EXIT_FAILED || code == EXIT_USAGE_ERROR;
		if (is_final)
			return code;
		if (time(NULL) - begun > 60)
			wait_s = 0;
		fprintf(stderr, "usher: ended with %d; started again in %u s\n", code, wait_s);
		for (unsigned s = 0; s < wait_s && !is_stopping; s++)
			sleep(1);
		wait_s = wait_s == 0 ? 1 : wait_s < 16 ? wait_s * 2 : 30;
	}
}

int cli_serve(const struct cli_options *o)
{
	struct config *config = NULL;
	struct serve_options options = {0};
	int code = load(o, &config);
	if (code != 0)
		return code;
	if (has_arg(o, "--supervise"))
		code = supervise(o);
	else
		code = serve_run(config, &options);
	config_free(config);
	return code;
}

/* ---- init -------------------------------------------------------------------------------------------------- */

static int print_link(const struct config *config, const char *token)
{
	printf("Open this once, within 30 minutes, to make the first admin:\n\n  %s/setup#k=%s\n\n",
	       config_public_url(config), token);
	return EXIT_DONE;
}

/* A running Usher holds the store: it makes the link itself. */
static int ask_for_link(const struct cli_options *o, const struct config *config)
{
	struct cli_answer answer;
	struct json *json = NULL;
	int code = EXIT_FAILED;
	cli_call(o, "POST", "setup-links", TEXT_NONE, &answer);
	if (answer.status != 201) {
		code = cli_answer_fault(&answer);
	} else if (json_parse(&json, buf_text(&answer.body), 4096, NULL) == 0) {
		struct usher_text token = json_as_text(json_member(json, "token"));
		char *copy = memory_copy(token);
		code = print_link(config, copy);
		free(copy);
		json_free(json);
	}
	buf_done(&answer.body);
	return code;
}

static void print_next(const struct cli_options *o)
{
	fputs("Then run: usher serve", stdout);
	if (o->config != NULL)
		printf(" --config %s", o->config);
	for (int i = 0; i < o->set_count; i++)
		printf(" --set %s", o->sets[i]);
	putchar('\n');
}

int cli_init(const struct cli_options *o)
{
	struct config *config = NULL;
	struct gateway g = {.lock_fd = -1};
	struct usher_error err = {0};
	char token[AUTH_TOKEN_BYTES + 4];
	int code = load(o, &config);
	if (code != 0)
		return code;
	code = serve_open_store(&g, config, &err);
	if (code == E_STATE) {
		code = ask_for_link(o, config);
	} else if (code < 0) {
		code = cli_fail(EXIT_FAILED, NULL, "%s", err.text);
	} else {
		code = seed_first_start(&g, token, &err);
		code = code < 0 ? cli_fail(EXIT_FAILED, NULL, "%s", err.text)
				: print_link(config, token);
		if (code == 0 && !o->is_quiet)
			print_next(o);
		serve_close_store(&g);
	}
	arena_done(&g.arena);
	config_free(config);
	return code;
}
