/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/serve.h"

#include "gateway/log.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define DRAIN_MAX_MS 10000

struct serving {
	struct gateway g;
	uv_signal_t terminate, interrupt;
	uv_timer_t drain;
	bool is_ending;
};

static void on_closed(void *arg)
{
	struct serving *s = arg;
	uv_close((uv_handle_t *)&s->terminate, NULL);
	uv_close((uv_handle_t *)&s->interrupt, NULL);
	uv_close((uv_handle_t *)&s->drain, NULL);
}

/* What is committed is safe; what hangs is not worth waiting for. */
static void on_drain_timeout(uv_timer_t *timer)
{
	(void)timer;
	log_event(LOG_LEVEL_WARN, "usher.stopped", "clean=no reason=\"a channel did not end in time\"");
	_exit(0);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct serving *s = handle->data;
	if (s->is_ending)
		_exit(0); /* asked twice: now */
	s->is_ending = true;
	log_event(LOG_LEVEL_INFO, "usher.stopping", "signal=%d", number);
	uv_timer_start(&s->drain, on_drain_timeout, DRAIN_MAX_MS, 0);
	gateway_close(&s->g, on_closed, s);
}

static void listen_for_signals(struct serving *s)
{
	uv_signal_init(s->g.loop, &s->terminate);
	uv_signal_init(s->g.loop, &s->interrupt);
	uv_timer_init(s->g.loop, &s->drain);
	s->terminate.data = s->interrupt.data = s;
	uv_signal_start(&s->terminate, on_signal, SIGTERM);
	uv_signal_start(&s->interrupt, on_signal, SIGINT);
}

static int fail(const struct usher_error *err, bool is_store)
{
	fprintf(stderr, "usher: %s\n", err->text);
	return err->code == E_INVALID && !is_store ? 78 : 1; /* a damaged store is no wrong setting */
}

int serve_run(struct config *config, const struct serve_options *options)
{
	uv_loop_t loop;
	struct usher_error err = {0};
	struct serving *s = NEW(struct serving);
	s->g.config = config;
	s->g.lock_fd = -1;
	s->g.loop = &loop;
	log_set_level(config_log_level(config));
	signal(SIGPIPE, SIG_IGN);
	setenv("UV_THREADPOOL_SIZE", "16", 0); /* mail and hashing must not hold up each other */
	if (config_zone(config)[0] != '\0')
		setenv("TZ", config_zone(config), 1);
	tzset();
	uv_loop_init(&loop);
	int code = serve_open_store(&s->g, config, &err);
	bool is_store = code < 0;
	if (code == 0)
		code = gateway_open(&s->g, options->is_demo, &err);
	if (code == 0) {
		listen_for_signals(s);
		code = gateway_start(&s->g, &err);
	}
	if (code < 0) /* the parts are not unwound: the process ends here, nothing was promised */
		return fail(&err, is_store);
	if (options->on_ready != NULL)
		options->on_ready(&s->g, options->arg);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	serve_close_store(&s->g);
	log_event(LOG_LEVEL_INFO, "usher.stopped", "clean=yes");
	gateway_done(&s->g);
	free(s);
	return 0;
}
