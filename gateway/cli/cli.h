/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: `usher NOUN VERB`. Commands about a running Usher speak to its API with the
 * token it left in data_dir (or --url and --token); the others open nothing but the configuration.
 *
 * Exit codes: 0 done, 1 it failed, 2 wrong use, 69 no Usher answers, 70 internal, 77 not allowed,
 * 78 the configuration is wrong.
 */
#ifndef GATEWAY_CLI_CLI_H
#define GATEWAY_CLI_CLI_H

#include "routing/base/text.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE_ERROR = 2,
	EXIT_UNREACHABLE = 69,
	EXIT_INTERNAL = 70,
	EXIT_NOT_ALLOWED = 77,
	EXIT_BAD_CONFIG = 78,
};

struct cli_options {
	const char *config;       /* file, or NULL */
	const char *sets[64];     /* "key=value" of the configuration */
	int set_count;
	const char *url, *token;  /* of a remote Usher, or NULL */
	const char *output;       /* "table", "json", "ndjson", "csv" */
	const char *lang;         /* of findings and warnings, or NULL: English */
	bool is_quiet, is_yes, is_forced;
	const char *args[64];     /* what is left, command included */
	int arg_count;
};

int cli_main(int argc, char **argv);

/* Prints `usher: reason` and, when given, `hint: …`; returns code. */
int cli_fail(int code, const char *hint, const char *format, ...) USHER_PRINTF(3, 4);

/* ---- commands ---- */
int cli_serve(const struct cli_options *o);
int cli_init(const struct cli_options *o);
int cli_demo(const struct cli_options *o);
int cli_check(const struct cli_options *o);
int cli_explain(const struct cli_options *o);
int cli_replay(const struct cli_options *o);
int cli_bench(const struct cli_options *o);
int cli_hours(const struct cli_options *o);
int cli_staffing(const struct cli_options *o);
int cli_noun(const struct cli_options *o); /* queue, agent, contact, user, channel, … */
bool cli_is_noun(const char *word);
void cli_noun_help(struct usher_buf *out);

/* ---- speaking to a running Usher ---- */
#define CLI_DEMO_FOLDER "demo-data" /* of `usher demo`, in the folder it is started in */
/* Whether options or environment say which folder is meant. */
bool cli_names_data_dir(const struct cli_options *o);
struct cli_answer {
	int status;             /* HTTP; 0 = nobody answered */
	struct usher_buf body;  /* owned: buf_done it */
	char reason[200];       /* when status is 0 */
};
void cli_call(const struct cli_options *o, const char *method, const char *path,
	      struct usher_text body, struct cli_answer *ret);
/* Prints what the linter said of a change that was made, on standard error. */
void cli_warnings(const struct cli_options *o, struct usher_text body);
/* Prints the fault of an answer that is no success, as an exit code. */
int cli_answer_fault(const struct cli_answer *a);

/* ---- printing ---- */
struct cli_column {
	const char *title;
	const char *path; /* "customer.name"; "a|b": b where a is empty; "*a" counts a list */
	bool is_number;
};
/* Prints an answer's items (or the one object) as the options want it. */
int cli_print(const struct cli_options *o, struct usher_text json, const struct cli_column *columns);

#endif
