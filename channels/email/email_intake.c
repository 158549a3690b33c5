/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_channel.h"

#include "channels/email/email_inbound.h"
#include "channels/email/email_parse.h"

#include <stdlib.h>

struct email_intake {
	struct email_job job; /* first */
	struct list link;     /* in channel.intakes, between the parse and the answer of the host */
	struct arena arena;
	char *raw; /* owned */
	size_t raw_bytes;
	struct email_envelope envelope; /* texts in the arena */
	struct mail *mail;		/* in the arena */
	int code;			/* of blob() */
	int parse_code;
	char blob[65];
	email_on_intake on_done; /* NULL: nobody wants to know any more */
	void *arg;
};

static void intake_free(struct email_intake *in)
{
	arena_done(&in->arena);
	free(in->raw);
	free(in);
}

static void answer(struct email_intake *in, int code, const struct inbound_result *result)
{
	email_on_intake on_done = in->on_done;
	void *arg = in->arg;
	intake_free(in);
	if (on_done != NULL)
		on_done(code, result, arg);
}

static void on_inbound(int code, const struct inbound_result *result, void *arg)
{
	struct email_intake *in = arg;
	list_remove(&in->link);
	answer(in, code, result);
}

/* Worker. The bytes are kept before anything looks at them. */
static void work(struct email_job *job)
{
	struct email_intake *in = (struct email_intake *)job;
	struct usher_text raw = text_slice(in->raw, in->raw_bytes);
	if (raw.n > 0)
		in->code = job->host->blob(job->host, raw, in->blob);
	else
		email_unreadable(raw, in->envelope.notice.p, &in->arena, in->mail);
	if (in->code == 0 && raw.n > 0)
		in->parse_code =
			email_sandbox_parse(job->shared->sandbox, raw, &in->arena, in->mail, NULL);
}

/* Nobody writes so many; whatever does is not to be answered by a robot of ours. */
static void guard(struct channel *ch, struct inbound *item)
{
	bool is_first = false;
	if (item->is_automatic || item->address.n == 0 ||
	    !email_guard_is_over(&ch->guard, item->address, ch->host->now(ch->host), &is_first))
		return;
	item->is_automatic = true;
	if (is_first)
		ch->host->log(ch->host, CHANNEL_LOG_WARN, "mail.rate_exceeded",
			      "limit=%d/h next=\"later ones count as automatic\"",
			      GUARD_MAILS_MAX);
}

static void done(struct email_job *job)
{
	struct email_intake *in = (struct email_intake *)job;
	struct channel *ch = job->ch;
	if (ch == NULL) {
		intake_free(in);
		return;
	}
	if (in->code != 0) {
		answer(in, in->code == E_AGAIN ? E_AGAIN : E_IO, NULL);
		return;
	}
	if (in->parse_code != 0)
		ch->host->log(ch->host, CHANNEL_LOG_WARN, "mail.kept_raw", "code=%s bytes=%zu",
			      usher_code_name(in->parse_code), in->raw_bytes);
	struct inbound item;
	email_inbound(&ch->identity, in->mail, &in->envelope, in->blob, &in->arena, &item);
	guard(ch, &item);
	list_add_last(&ch->intakes, &in->link);
	ch->host->inbound(ch->host, &item, on_inbound, in);
}

static void copy_envelope(struct email_intake *in, const struct email_envelope *from)
{
	in->envelope = *from;
	in->envelope.from = arena_text(&in->arena, from->from);
	in->envelope.fallback_id = arena_text(&in->arena, from->fallback_id);
	in->envelope.notice = arena_text(&in->arena, from->notice);
	for (int i = 0; i < from->rcpt_count; i++)
		in->envelope.rcpts[i] = arena_text(&in->arena, from->rcpts[i]);
}

struct email_intake *email_intake_start(struct channel *ch, char *take_raw, size_t n,
					const struct email_envelope *envelope,
					email_on_intake on_done, void *arg)
{
	struct email_intake *in = NEW(struct email_intake);
	in->raw = take_raw;
	in->raw_bytes = n;
	in->mail = ARENA_NEW(&in->arena, struct mail);
	in->on_done = on_done;
	in->arg = arg;
	list_init(&in->link);
	copy_envelope(in, envelope);
	in->job.work = work;
	in->job.done = done;
	email_job_start(ch, &in->job);
	return in;
}

void email_intake_forget(struct email_intake *in)
{
	if (in != NULL)
		in->on_done = NULL;
}

void email_intakes_end(struct channel *ch)
{
	LIST_EACH(link, &ch->intakes)
	{
		struct email_intake *in = LIST_ITEM(link, struct email_intake, link);
		list_remove(&in->link);
		intake_free(in);
	}
}
