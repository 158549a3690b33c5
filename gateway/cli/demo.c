/* SPDX-License-Identifier: Apache-2.0 */
/* `usher demo [--port N] [--lmtp-port N] [--provider URL]`: everything on this machine. */
#include "gateway/cli/cli.h"

#include "gateway/demo.h"
#include "gateway/seed.h"
#include "gateway/serve.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static const char *option(const struct cli_options *o, const char *name, const char *fallback)
{
	for (int i = 1; i + 1 < o->arg_count; i++)
		if (strcmp(o->args[i], name) == 0)
			return o->args[i + 1];
	return fallback;
}

/* The provider's account stays the same over restarts, so that a script can be kept. */
static void fill_account(struct demo_options *d, const char *folder)
{
	unsigned char bytes[32];
	char path[600], token[33], sid[33];
	snprintf(path, sizeof path, "%s/phone-account", folder);
	FILE *file = fopen(path, "re");
	bool is_read = file != NULL && fscanf(file, "AC%32s %32s", sid, token) == 2;
	if (file != NULL)
		fclose(file);
	if (!is_read) {
		randombytes_buf(bytes, sizeof bytes);
		sodium_bin2hex(sid, sizeof sid, bytes, 16);
		sodium_bin2hex(token, sizeof token, bytes + 16, 16);
		file = fopen(path, "we");
		if (file != NULL) {
			fprintf(file, "AC%s %s\n", sid, token);
			fclose(file);
		}
	}
	snprintf(d->account_sid, sizeof d->account_sid, "AC%s", sid);
	snprintf(d->auth_token, sizeof d->auth_token, "%s", token);
}

/* Lines to copy: no more in them than is needed to find this demo. */
static void fill_commands(struct demo_options *d, const struct config *config, const char *folder)
{
	const char *url = config_public_url(config);
	bool is_usual = strcmp(config_data_dir(config), CLI_DEMO_FOLDER) == 0;
	bool is_usual_url = strcmp(url, "http://127.0.0.1:8080") == 0;
	snprintf(d->ring, sizeof d->ring, "contrib/ring-demo%s%s%s%s", is_usual ? "" : " -d ",
		 is_usual ? "" : folder, is_usual_url ? "" : " -u ", is_usual_url ? "" : url);
	snprintf(d->list, sizeof d->list, "%s%s%s contact list", program_invocation_name,
		 is_usual ? "" : " --set data_dir=", is_usual ? "" : folder);
}

static void on_ready(struct gateway *g, void *arg)
{
	struct demo_options *d = arg;
	char folder[PATH_MAX];
	fill_account(d, config_data_dir(g->config));
	/* The adapter takes a relative path as one inside the data folder; people want the whole. */
	if (realpath(config_data_dir(g->config), folder) == NULL)
		folder[0] = '\0';
	snprintf(d->maildir, sizeof d->maildir, "%s/mail-out", folder);
	fill_commands(d, g->config, folder);
	seed_demo(g, d);
}

int cli_demo(const struct cli_options *o)
{
	struct config *config = NULL;
	struct usher_error err = {0};
	struct demo_options demo = {0};
	struct serve_options options = {.on_ready = on_ready, .arg = &demo, .is_demo = true};
	struct cli_options with = *o;
	char listen[64];
	snprintf(listen, sizeof listen, "listen=127.0.0.1:%s", option(o, "--port", "8080"));
	with.sets[with.set_count++] = listen;
	if (!cli_names_data_dir(o))
		with.sets[with.set_count++] = "data_dir=" CLI_DEMO_FOLDER;
	demo.lmtp_port = atoi(option(o, "--lmtp-port", "2424"));
	snprintf(demo.provider_url, sizeof demo.provider_url, "%s",
		 option(o, "--provider", "http://127.0.0.1:8081"));
	if (sodium_init() < 0)
		return cli_fail(EXIT_INTERNAL, NULL, "libsodium cannot start");
	if (config_load(&config, with.config, with.sets, with.set_count, &err) < 0)
		return cli_fail(EXIT_BAD_CONFIG, NULL, "%s", err.text);
	int code = serve_run(config, &options);
	config_free(config);
	return code;
}
