/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/cli/cli.h"

#include "gateway/json.h"

#include <stdio.h>

static void print_others(const struct json *list)
{
	for (size_t i = 0; i < json_count(list); i++) {
		const struct json *other = json_item(list, i);
		struct usher_text name = json_as_text(json_member(json_member(other, "agent"), "name"));
		struct usher_text why = json_as_text(json_member(other, "why"));
		printf("    not %.*s: %.*s\n", TEXT_ARG(name), TEXT_ARG(why));
	}
}

static void print_offer(const struct json *offer)
{
	struct usher_text at = json_as_text(json_member(offer, "at"));
	struct usher_text name = json_as_text(json_member(json_member(offer, "agent"), "name"));
	struct usher_text why = json_as_text(json_member(offer, "why"));
	struct usher_text outcome = json_as_text(json_member(offer, "outcome"));
	printf("%.*s  offered to %.*s: %.*s", TEXT_ARG(at), TEXT_ARG(name), TEXT_ARG(why));
	if (outcome.n > 0)
		printf(" → %.*s", TEXT_ARG(outcome));
	putchar('\n');
	print_others(json_member(offer, "others"));
}

int cli_explain(const struct cli_options *o)
{
	struct cli_answer answer;
	struct json *json = NULL;
	char path[200];
	if (o->arg_count != 2)
		return cli_fail(EXIT_USAGE_ERROR, "usher explain C-1042", "which contact?");
	snprintf(path, sizeof path, "contacts/%s/explain", o->args[1]);
	cli_call(o, "GET", path, TEXT_NONE, &answer);
	if (answer.status != 200) {
		int code = cli_answer_fault(&answer);
		buf_done(&answer.body);
		return code;
	}
	if (strcmp(o->output, "table") != 0) {
		printf("%s\n", answer.body.p);
	} else if (json_parse(&json, buf_text(&answer.body), (size_t)16 << 20, NULL) == 0) {
		const struct json *offers = json_member(json, "offers");
		if (json_count(offers) == 0)
			puts("No offer has been made yet.");
		for (size_t i = 0; i < json_count(offers); i++)
			print_offer(json_item(offers, i));
		json_free(json);
	}
	buf_done(&answer.body);
	return EXIT_DONE;
}
