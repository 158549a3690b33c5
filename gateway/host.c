/* SPDX-License-Identifier: Apache-2.0 */
/* What an adapter is lent: the record's side. The loop's side is host_loop.c. */
#include "gateway/directory.h"
#include "gateway/host_loop.h"
#include "gateway/http/http.h"
#include "gateway/intake.h"
#include "gateway/line.h"
#include "gateway/live.h"
#include "gateway/log.h"
#include "gateway/outbox.h"
#include "gateway/publish.h"
#include "gateway/rows.h"
#include "storage/blob.h"

#include <stdio.h>
#include <stdlib.h>

static usher_us host_now(struct channel_host *h)
{
	(void)h;
	return gateway_now();
}

struct handing_in {
	struct line_waiter waiter;
	channel_on_inbound on_done;
	void *arg;
};

static void on_inbound(int code, const struct inbound_result *result, void *arg)
{
	struct handing_in *handing = arg;
	if (line_waited(&handing->waiter))
		handing->on_done(code, result, handing->arg);
	free(handing);
}

static void host_inbound(struct channel_host *h, const struct inbound *in,
			 channel_on_inbound on_done, void *arg)
{
	struct line *line = line_of(h);
	struct handing_in *handing = NEW(struct handing_in);
	handing->on_done = on_done;
	handing->arg = arg;
	line_wait(line, &handing->waiter);
	intake_submit(line->g, text_of(line->id), in, on_inbound, handing);
}

static void host_delivered(struct channel_host *h, usher_id out_id, usher_id contact, int64_t seq,
			   enum delivery_state state, usher_us retry_us, const char *detail)
{
	outbox_delivered(line_of(h)->g, out_id, contact, seq, state, retry_us, detail);
}

static void host_release_held(struct channel_host *h)
{
	struct line *line = line_of(h);
	outbox_release(line->g->outbox, text_of(line->id));
}

/* ---- sessions --------------------------------------------------------------------------------- */

static bool host_session(struct channel_host *h, struct usher_text key, usher_id *ret_contact,
			 struct arena *arena, struct usher_text *ret_fields)
{
	struct line *line = line_of(h);
	const struct session *s = book_session(line->g->book, text_of(line->id), key);
	if (s == NULL || s->is_new)
		return false;
	*ret_contact = s->row.contact;
	if (ret_fields != NULL)
		*ret_fields = arena_text(arena, s->row.fields);
	return true;
}

struct session_save {
	char *channel_id, *key, *fields; /* owned */
};

static void apply_session_save(struct turn *t, void *arg)
{
	const struct session_save *save = arg;
	struct session *s = book_session(t->g->book, text_of(save->channel_id), text_of(save->key));
	if (s == NULL)
		return;
	kept_row_set(&s->row.fields, text_of(save->fields));
	session_changed(t, s);
}

static void free_session_save(int code, void *arg)
{
	struct session_save *save = arg;
	(void)code; /* the adapter repeats it with its next change */
	free(save->channel_id);
	free(save->key);
	free(save->fields);
	free(save);
}

static void host_session_save(struct channel_host *h, struct usher_text key,
			      struct usher_text fields)
{
	struct line *line = line_of(h);
	struct session_save *save = NEW(struct session_save);
	save->channel_id = memory_copy(text_of(line->id));
	save->key = memory_copy(key);
	save->fields = memory_copy(fields);
	engine_submit(line->g->engine, apply_session_save, free_session_save, save);
}

/* ---- the record ------------------------------------------------------------------------------- */

void lines_message_view(struct gateway *g, const struct message_row *row,
			struct contact_message *ret)
{
	*ret = (struct contact_message){
		.contact = row->contact,
		.seq = row->seq,
		.id = row->id,
		.kind = (enum message_kind)row->kind,
		.author = (enum message_author)row->author,
		.channel = (enum channel_kind)row->channel,
		.at_us = row->at_us,
		.author_name = row->author == AUTHOR_AGENT
				       ? directory_user_name(g->directory, row->agent)
				       : TEXT_NONE,
		.remote_id = row->remote_id,
		.body = row->body,
		.html = row->html,
		.fields = row->fields,
		.delivery = (enum delivery_state)row->delivery,
	};
}

struct history {
	struct gateway *g;
	channel_on_message on_message;
	void *arg;
	int left;
};

static int on_history(const void *row, void *arg)
{
	struct history *history = arg;
	struct contact_message m;
	if (((const struct message_row *)row)->kind == MESSAGE_NOTE)
		return 0;
	if (history->left-- == 0)
		return 1;
	lines_message_view(history->g, row, &m);
	return history->on_message(&m, history->arg) != 0 ? 1 : 0;
}

static int64_t host_history(struct channel_host *h, usher_id contact, int64_t after_seq, int limit,
			    channel_on_message on_message, void *arg)
{
	struct line *line = line_of(h);
	const struct contact *c = book_contact(line->g->book, contact);
	if (c == NULL)
		return E_NOT_FOUND;
	struct history history = {line->g, on_message, arg, limit};
	struct message_row like = {.contact = contact};
	struct store_range range = {.index = -1, .equal_count = 1, .like = &like,
				    .has_from = true, .from = after_seq + 1};
	int code = store_scan(line->g->store, &MESSAGE, &range, on_history, &history);
	return code < 0 ? code : c->public_seq;
}

static int host_news(struct channel_host *h, usher_id contact, struct arena *arena,
		     struct contact_news *ret)
{
	struct line *line = line_of(h);
	struct contact *c = book_contact(line->g->book, contact);
	if (c == NULL)
		return E_NOT_FOUND;
	lines_news(line->g, c, text_of(line->id), ret);
	ret->key = arena_text(arena, ret->key);
	ret->agent_name = arena_text(arena, ret->agent_name);
	ret->queue_name = arena_text(arena, ret->queue_name);
	return 0;
}

static void host_signal(struct channel_host *h, usher_id contact, enum channel_signal signal,
			int64_t seq)
{
	(void)seq;
	live_signal(line_of(h)->g->live, contact, signal);
}

static int host_blob(struct channel_host *h, struct usher_text bytes, char ret[static 65])
{
	struct usher_error err = {0};
	int code = blob_put(h->data_dir, bytes, ret, &err);
	if (code < 0)
		log_event(LOG_LEVEL_ERROR, "blob.failed", "reason=%s", err.text);
	return code;
}

/* ---- the adapter's own state -------------------------------------------------------------------- */

static struct usher_text host_state(struct channel_host *h, struct arena *arena)
{
	struct line *line = line_of(h);
	const struct channel_row *row = directory_channel(line->g->directory, text_of(line->id));
	return row != NULL ? arena_text(arena, row->state) : TEXT_NONE;
}

struct state_save {
	struct line_waiter waiter;
	char *id, *state; /* owned */
	void (*on_done)(int code, void *arg);
	void *arg;
	int code;
};

static void apply_state_save(struct turn *t, void *arg)
{
	struct state_save *save = arg;
	const struct channel_row *row = directory_channel(t->g->directory, text_of(save->id));
	save->code = row == NULL ? E_NOT_FOUND : 0;
	if (row == NULL)
		return;
	struct channel_row changed = *row;
	changed.state = text_of(save->state);
	directory_put_channel(t, &changed);
}

static void done_state_save(int code, void *arg)
{
	struct state_save *save = arg;
	if (line_waited(&save->waiter) && save->on_done != NULL)
		save->on_done(code < 0 ? code : save->code, save->arg);
	free(save->id);
	free(save->state);
	free(save);
}

static void host_state_save(struct channel_host *h, struct usher_text state,
			    void (*on_done)(int code, void *arg), void *arg)
{
	struct line *line = line_of(h);
	struct state_save *save = NEW(struct state_save);
	save->id = memory_copy(text_of(line->id));
	save->state = memory_copy(state);
	save->on_done = on_done;
	save->arg = arg;
	line_wait(line, &save->waiter);
	engine_submit(line->g->engine, apply_state_save, done_state_save, save);
}

static void host_status_changed(struct channel_host *h)
{
	struct line *line = line_of(h);
	live_channel(line->g->live, text_of(line->id));
}

static void host_log(struct channel_host *h, int level, const char *event, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	log_event(level, event, "channel=%s %s", line_of(h)->id, text);
}

void host_init(struct line *line)
{
	struct channel_host *h = &line->host;
	h->now = host_now;
	h->inbound = host_inbound;
	h->delivered = host_delivered;
	h->release_held = host_release_held;
	h->session = host_session;
	h->session_save = host_session_save;
	h->history = host_history;
	h->news = host_news;
	h->signal = host_signal;
	h->blob = host_blob;
	h->state = host_state;
	h->state_save = host_state_save;
	h->status_changed = host_status_changed;
	h->log = host_log;
	host_loop_init(line);
}
