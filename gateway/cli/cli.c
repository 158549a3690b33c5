/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/cli.h"

#include "gateway/config.h"
#include "gateway/version.h"
#include "routing/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
	const char *name;
	int (*run)(const struct cli_options *o);
	const char *help;
} commands[] = {
	{"serve", cli_serve, "run Usher until SIGTERM; --supervise restarts it when it ends with a fault"},
	{"init", cli_init, "make the data folder and print the one-time link for the first admin"},
	{"demo", cli_demo, "run with demo data and print each sign-in; [--port 8080] [--lmtp-port 2424]"},
	{"check", cli_check, "[routing]: check the configuration file, and the routing of a running Usher or a data folder"},
	{"bench", cli_bench, "[routing [full]|store]: what this machine can do, beside limits of the same run"},
	{"hours", cli_hours, "check FILE|- [at=INSTANT]: what opening hours in JSON mean, day by day"},
	{"staffing", cli_staffing, "--calls N --aht S …: agents needed for a service level, and what more or fewer give"},
	{"explain", cli_explain, "CONTACT: why each offer went where it went, and why not elsewhere"},
	{"replay", cli_replay, "--from T --to T [--config FILE]: a past period again, with another roster, skills or rules"},
};

int cli_fail(int code, const char *hint, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	fputs("usher: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	if (hint != NULL)
		fprintf(stderr, "hint: %s\n", hint);
	return code;
}

/* ---- help ---------------------------------------------------------------------------------------------- */

static void print_key(const char *key, const char *fallback, const char *help, void *arg)
{
	fprintf(arg, "  %-18s %s (default: %s)\n", key, help, fallback[0] != '\0' ? fallback : "none");
}

static void print_help(FILE *out)
{
	struct usher_buf nouns = {0};
	fputs("Usher, an omnichannel contact-center gateway.\n\n"
	      "usage: usher [OPTIONS] COMMAND [ARGS]\n\ncommands:\n", out);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		fprintf(out, "  %-18s %s\n", commands[i].name, commands[i].help);
	fputs("\nabout a running Usher (usher NOUN VERB [ARGS] [key=value …]):\n", out);
	cli_noun_help(&nouns);
	fputs(nouns.p, out);
	buf_done(&nouns);
	fputs("\noptions:\n"
	      "  --config FILE      configuration file (YAML); see below\n"
	      "  --set key=value    one setting, over file and environment\n"
	      "  --url, --token     a running Usher elsewhere, and an API token of it\n"
	      "  -o FORMAT          table, json, ndjson or csv\n"
	      "  -q, --quiet        print only what was asked for\n"
	      "  --yes              do not ask before removing\n"
	      "  --force            save what the routing linter calls an error\n"
	      "  --lang LANGUAGE    en, fi or et: of explain, and of what the routing linter says\n"
	      "  --help, --version\n"
	      "\nsettings (file, USHER_<KEY> in the environment, or --set):\n", out);
	config_each(print_key, out);
	fputs("\nexit codes: 0 done, 1 failed, 2 wrong use, 69 no Usher answers, 77 not allowed, 78 wrong configuration\n", out);
}

/* ---- options ------------------------------------------------------------------------------------------------ */

static const char *value_of(const char *arg, const char *name, int *i, int argc, char **argv)
{
	size_t n = strlen(name);
	if (strncmp(arg, name, n) != 0)
		return NULL;
	if (arg[n] == '=')
		return arg + n + 1;
	if (arg[n] != '\0' || *i + 1 >= argc)
		return NULL;
	(*i)++;
	return argv[*i];
}

/* Behind `replay`, --config names what is to be different; before it, the process's own file. */
static bool is_own_option(const struct cli_options *o, const char *arg)
{
	return o->arg_count > 0 && strcmp(o->args[0], "replay") == 0 && strncmp(arg, "--config", 8) == 0;
}

static int take_option(struct cli_options *o, const char *arg, int *i, int argc, char **argv)
{
	const char *value;
	if (is_own_option(o, arg))
		return E_INVALID;
	if ((value = value_of(arg, "--config", i, argc, argv)) != NULL)
		o->config = value;
	else if ((value = value_of(arg, "--set", i, argc, argv)) != NULL && o->set_count < 64)
		o->sets[o->set_count++] = value;
	else if ((value = value_of(arg, "--url", i, argc, argv)) != NULL)
		o->url = value;
	else if ((value = value_of(arg, "--token", i, argc, argv)) != NULL)
		o->token = value;
	else if ((value = value_of(arg, "-o", i, argc, argv)) != NULL)
		o->output = value;
	else if (strcmp(arg, "-q") == 0 || strcmp(arg, "--quiet") == 0)
		o->is_quiet = true;
	else if (strcmp(arg, "--yes") == 0)
		o->is_yes = true;
	else if (strcmp(arg, "--force") == 0)
		o->is_forced = true;
	else if ((value = value_of(arg, "--lang", i, argc, argv)) != NULL)
		o->lang = value;
	else
		return E_INVALID;
	return 0;
}

static int read_options(struct cli_options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];
		bool is_option = arg[0] == '-' && arg[1] != '\0' && take_option(o, arg, &i, argc, argv) == 0;
		if (is_option)
			continue;
		/* Options of a command of its own (--supervise, --port) stay with its arguments. */
		bool is_unknown = arg[0] == '-' && o->arg_count == 0;
		if (is_unknown)
			return cli_fail(EXIT_USAGE_ERROR, "usher --help lists the options",
					"unknown option \"%s\", or its value is missing", arg);
		if (o->arg_count < 64)
			o->args[o->arg_count++] = arg;
	}
	return 0;
}

static bool is_language(const char *name)
{
	return strcmp(name, "en") == 0 || strcmp(name, "fi") == 0 || strcmp(name, "et") == 0;
}

static bool is_format(const char *name)
{
	return strcmp(name, "table") == 0 || strcmp(name, "json") == 0 ||
	       strcmp(name, "ndjson") == 0 || strcmp(name, "csv") == 0;
}

static bool has_flag(int argc, char **argv, const char *flag)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], flag) == 0)
			return true;
	return false;
}

static int run(const struct cli_options *o)
{
	if (o->arg_count == 0) {
		print_help(stderr);
		return EXIT_USAGE_ERROR;
	}
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(o->args[0], commands[i].name) == 0)
			return commands[i].run(o);
	if (cli_is_noun(o->args[0]))
		return cli_noun(o);
	return cli_fail(EXIT_USAGE_ERROR, "usher --help lists the commands", "unknown command \"%s\"",
			o->args[0]);
}

int cli_main(int argc, char **argv)
{
	struct cli_options *o = NEW(struct cli_options);
	int code;
	o->output = "table";
	if (has_flag(argc, argv, "--help") || has_flag(argc, argv, "-h")) {
		print_help(stdout);
		free(o);
		return EXIT_DONE;
	}
	if (has_flag(argc, argv, "--version")) {
		version_print(stdout);
		free(o);
		return EXIT_DONE;
	}
	code = read_options(o, argc, argv);
	if (code == 0 && !is_format(o->output))
		code = cli_fail(EXIT_USAGE_ERROR, NULL, "-o %s: table, json, ndjson or csv", o->output);
	if (code == 0 && o->lang != NULL && !is_language(o->lang))
		code = cli_fail(EXIT_USAGE_ERROR, NULL, "--lang %s: en, fi or et", o->lang);
	if (code == 0)
		code = run(o);
	free(o);
	return code;
}
