/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/lines.h"

#include "gateway/auth.h"
#include "gateway/config.h"
#include "gateway/directory.h"
#include "gateway/line.h"
#include "gateway/live.h"
#include "gateway/log.h"
#include "gateway/opening.h"
#include "gateway/outbox.h"
#include "gateway/place.h"
#include "gateway/rows.h"

#include <stdio.h>
#include <stdlib.h>

struct lines {
	struct gateway *g; /* borrowed: it owns this */
	struct list all;
	struct place *place; /* owned: tells waiting customers their place */
	void (*on_all_closed)(void *arg);
	void *closed_arg;
	bool is_ending;
};

static struct line *find(const struct lines *l, struct usher_text id)
{
	for (const struct list *link = l->all.next; link != &l->all; link = link->next) {
		struct line *line = LIST_ITEM(link, struct line, link);
		if (text_equal(text_of(line->id), id))
			return line;
	}
	return NULL;
}

static struct line *find_open(const struct lines *l, struct usher_text id)
{
	struct line *line = find(l, id);
	return line != NULL && line->channel != NULL && !line->is_closing ? line : NULL;
}

/* ---- opening ------------------------------------------------------------------------------------- */

static void set_fault(struct line *line, const char *text)
{
	line->fault.health = CHANNEL_DOWN;
	line->fault.since_us = gateway_now();
	snprintf(line->fault.text, sizeof line->fault.text, "%.199s", text);
	log_event(LOG_LEVEL_ERROR, "channel.failed", "channel=%s reason=%s", line->id, text);
}

static void open_line(struct line *line)
{
	struct usher_error err = {0};
	int code = channel_values_new(&line->values, line->driver->settings, line->row->settings,
				      &err);
	line->host.values = line->values;
	if (code == 0)
		code = line->driver->open(&line->channel, &line->host, &err);
	if (code < 0) {
		line->channel = NULL;
		host_done(line);
		set_fault(line, err.text);
	} else {
		log_event(LOG_LEVEL_INFO, "channel.opened", "channel=%s driver=%s", line->id,
			  line->driver->name);
	}
	live_channel(line->g->live, text_of(line->id));
}

static struct line *line_new(struct lines *l, const struct channel_row *row,
			     const struct channel_driver *driver)
{
	struct line *line = NEW(struct line);
	struct gateway *g = l->g;
	line->g = g;
	line->id = memory_copy(row->id);
	line->data_dir = memory_copy(text_of(config_data_dir(g->config)));
	line->driver = driver;
	line->row = kept_row_copy(&CHANNEL, row);
	auth_derive(g, "channel", row->id, line->secret);
	line->host.id = line->id;
	line->host.public_url = text_of(config_public_url(g->config));
	line->host.id_key = &g->id_key;
	line->host.secret = text_slice(line->secret, sizeof line->secret);
	line->host.data_dir = line->data_dir;
	host_init(line);
	list_add_last(&l->all, &line->link);
	return line;
}

static void line_free(struct line *line)
{
	list_remove(&line->link);
	channel_values_free(line->values);
	kept_row_free(&CHANNEL, line->row);
	free(line->data_dir);
	free(line->id);
	free(line);
}

/* ---- closing: first the adapter, then what its jobs still hold ---------------------------------------- */

static void check_all_closed(struct lines *l)
{
	if (list_is_empty(&l->all) && l->on_all_closed != NULL) {
		void (*on_closed)(void *arg) = l->on_all_closed;
		l->on_all_closed = NULL;
		on_closed(l->closed_arg);
	}
}

static void finish_close(struct line *line)
{
	struct lines *l = line->g->lines;
	bool is_reopening = line->is_reopening && !l->is_ending;
	char *id = memory_copy(text_of(line->id));
	log_event(LOG_LEVEL_INFO, "channel.closed", "channel=%s", line->id);
	if (!l->is_ending)
		outbox_channel_closed(l->g->outbox, text_of(line->id));
	line_free(line);
	if (is_reopening)
		lines_refresh(l, text_of(id));
	free(id);
	check_all_closed(l);
}

void lines_job_ended(struct line *line)
{
	if (line->is_closing && line->jobs == 0)
		finish_close(line);
}

static void close_line(struct line *line, bool is_reopening)
{
	line->is_reopening = is_reopening;
	if (line->is_closing)
		return;
	line->is_closing = true;
	if (line->channel != NULL)
		line->channel = line->driver->close(line->channel);
	host_done(line);
	if (line->jobs == 0)
		finish_close(line);
}

static bool is_same(const struct line *line, const struct channel_row *row)
{
	return text_equal(line->row->settings, row->settings) &&
	       text_equal(line->row->driver, row->driver) && line->row->queue == row->queue;
}

void lines_refresh(struct lines *l, struct usher_text id)
{
	const struct channel_row *row = directory_channel(l->g->directory, id);
	struct line *line = find(l, id);
	bool is_wanted = row != NULL && row->is_enabled && !l->is_ending;
	if (line != NULL && is_wanted && is_same(line, row) && line->channel != NULL)
		return;
	if (line != NULL) {
		close_line(line, is_wanted);
		return;
	}
	if (!is_wanted)
		return;
	const struct channel_driver *driver = channel_driver_by_name(row->driver);
	if (driver == NULL) {
		log_event(LOG_LEVEL_ERROR, "channel.failed", "channel=%.*s reason=\"no driver %.*s\"",
			  TEXT_ARG(row->id), TEXT_ARG(row->driver));
		return;
	}
	open_line(line_new(l, row, driver));
}

void lines_refresh_all(struct lines *l)
{
	size_t n;
	const struct channel_row *const *rows = directory_channels(l->g->directory, &n);
	for (size_t i = 0; i < n; i++)
		lines_refresh(l, rows[i]->id);
}

int lines_check(struct usher_text driver, struct usher_text settings, struct usher_error *reterr)
{
	const struct channel_driver *d = channel_driver_by_name(driver);
	struct channel_values *values = NULL;
	if (d == NULL)
		return usher_error_set(reterr, E_INVALID, "driver: there is none called \"%.*s\"",
				       TEXT_ARG(driver));
	int code = channel_values_new(&values, d->settings, settings, reterr);
	if (code == 0)
		channel_values_free(values);
	return code;
}

void lines_status(const struct lines *l, struct usher_text id, struct channel_status *ret)
{
	*ret = (struct channel_status){.health = CHANNEL_DOWN};
	const struct line *line = find(l, id);
	if (line == NULL) {
		const struct channel_row *row = directory_channel(l->g->directory, id);
		snprintf(ret->text, sizeof ret->text, "%s",
			 row != NULL && !row->is_enabled ? "switched off" : "not open");
		return;
	}
	if (line->channel == NULL)
		*ret = line->fault;
	else
		line->driver->status(line->channel, ret);
}

/* ---- towards the adapters ------------------------------------------------------------------------- */

void lines_news(struct gateway *g, struct contact *c, struct usher_text channel_id,
		struct contact_news *ret)
{
	const struct session *s = contact_session(c, channel_id);
	struct routing_contact_view view;
	*ret = (struct contact_news){
		.contact = c->row.id,
		.contact_number = c->row.number,
		.key = s != NULL ? s->row.remote_key : TEXT_NONE,
		.state = (enum contact_state)c->row.state,
		.cause = (enum contact_cause)c->row.cause,
		.agent = c->row.state == CONTACT_OFFERED ? 0 : c->row.agent,
		.queue_name = directory_queue_name(g->directory, c->row.queue),
	};
	ret->agent_name = directory_user_name(g->directory, ret->agent);
	bool is_open = routing_contact(engine_routing(g->engine), c->row.id, &view);
	bool is_waiting = c->row.state == CONTACT_WAITING || c->row.state == CONTACT_OFFERED;
	if (is_open && is_waiting)
		place_news(g, c, ret);
	if (is_open && c->row.state == CONTACT_PARKED && (view.is_closed_hours || view.is_callback))
		ret->state = CONTACT_WAITING; /* for the customer: no agent has had it yet */
	if ((is_open && view.is_closed_hours) || c->row.cause == CAUSE_CLOSED_HOURS)
		opening_text(g->opening, c->row.queue,
			     opening_next(g->opening, c->row.queue, gateway_now()), ret->opens);
}

static void tell(struct line *line, struct contact *c)
{
	struct contact_news news;
	if (line->driver->changed == NULL)
		return;
	lines_news(line->g, c, text_of(line->id), &news);
	place_told(c, &news);
	line->driver->changed(line->channel, &news);
}

void lines_contact_place(struct gateway *g, struct contact *c)
{
	LIST_EACH(link, &c->sessions) {
		const struct session *s = LIST_ITEM(link, struct session, link);
		struct line *line = find_open(g->lines, s->row.channel_id);
		if (line != NULL)
			tell(line, c);
	}
}

void lines_contact(struct lines *l, struct contact *c)
{
	lines_contact_place(l->g, c);
	place_touch(l->place, c->row.queue);
}

void lines_queue_moved(struct lines *l, usher_id queue)
{
	place_touch(l->place, queue);
}

/* The book no longer knows the session, but who held it must still hear how it ended. */
void lines_session_over(struct lines *l, usher_id contact, const struct line_end *end)
{
	struct line *line = find_open(l, end->channel_id);
	struct contact *c = book_contact(l->g->book, contact);
	struct contact_news news;
	if (line == NULL || c == NULL || line->driver->changed == NULL)
		return;
	lines_news(l->g, c, end->channel_id, &news);
	news.key = end->key;
	line->driver->changed(line->channel, &news);
}

static void tell_open(struct contact *c, void *arg)
{
	lines_contact_place(((struct lines *)arg)->g, c);
}

void lines_tell_all(struct lines *l)
{
	book_each_open(l->g->book, tell_open, l);
}

/* To those who held the contact when it was written: it may be closed since, in the same turn. */
void lines_message(struct lines *l, const struct message_row *m, const struct line_end *to, size_t n)
{
	struct contact_message view;
	if (m->kind == MESSAGE_NOTE)
		return;
	lines_message_view(l->g, m, &view);
	for (size_t i = 0; i < n; i++) {
		struct line *line = find_open(l, to[i].channel_id);
		if (line != NULL && line->driver->published != NULL)
			line->driver->published(line->channel, to[i].key, &view);
	}
}

void lines_signal(struct lines *l, usher_id contact, enum channel_signal signal, int64_t seq)
{
	struct contact *c = book_open_contact(l->g->book, contact);
	if (c == NULL)
		return;
	LIST_EACH(link, &c->sessions) {
		const struct session *s = LIST_ITEM(link, struct session, link);
		struct line *line = find_open(l, s->row.channel_id);
		if (line != NULL && line->driver->signal != NULL)
			line->driver->signal(line->channel, contact, s->row.remote_key, signal, seq);
	}
}

static bool load_message(struct gateway *g, const struct outbox_row *row, struct arena *arena,
			 struct message_row *ret)
{
	struct message_row key = {.contact = row->contact, .seq = row->message_seq};
	return row->message_seq != 0 && store_get(g->store, &MESSAGE, &key, arena, ret) == 0;
}

static void fill_outgoing(struct gateway *g, const struct outbox_row *row, const struct contact *c,
			  const struct message_row *m, struct outgoing *ret)
{
	const struct session *s = contact_session(c, row->channel_id);
	usher_id agent = m->agent != 0 ? m->agent : c->row.agent;
	const struct user_row *user = directory_user(g->directory, agent);
	*ret = (struct outgoing){
		.id = row->id,
		.kind = row->kind,
		.attempts = (int)row->attempts,
		.contact = c->row.id,
		.contact_number = c->row.number,
		.message_seq = row->message_seq,
		.message = m->id,
		.key = row->message_seq == 0 ? row->payload
					     : s != NULL ? s->row.remote_key : TEXT_NONE,
		.address = c->row.address,
		.name = text_of(c->customer_name),
		.subject = c->row.subject,
		.body = m->body,
		.language = c->row.language,
		.agent = agent,
		.agent_name = directory_user_name(g->directory, agent),
		.agent_phone = user != NULL ? user->phone : TEXT_NONE,
		.epoch = (uint64_t)c->row.epoch,
		.at_us = m->id != 0 ? m->at_us : row->created_us,
	};
}

void lines_send(struct lines *l, const struct outbox_row *row, bool is_unsure)
{
	struct gateway *g = l->g;
	struct arena arena = {0};
	struct message_row m = {0};
	struct outgoing out;
	struct line *line = find_open(l, row->channel_id);
	struct contact *c = book_contact(g->book, row->contact);
	bool is_whole = c != NULL && (row->message_seq == 0 || load_message(g, row, &arena, &m));
	if (directory_channel(g->directory, row->channel_id) == NULL) {
		outbox_delivered(g, row->id, row->contact, row->message_seq, DELIVERY_FAILED, 0,
				 "The channel was removed.");
	} else if (line == NULL || line->driver->send == NULL) {
		outbox_delivered(g, row->id, row->contact, row->message_seq, DELIVERY_RETRY,
				 USHER_MINUTE, "The channel is not open; tried again each minute.");
	} else if (!is_whole) {
		outbox_delivered(g, row->id, row->contact, row->message_seq, DELIVERY_FAILED, 0,
				 "The message is no longer in the record.");
	} else {
		fill_outgoing(g, row, c, &m, &out);
		out.is_unsure = is_unsure;
		line->driver->send(line->channel, &out);
	}
	arena_done(&arena);
}

unsigned lines_abilities(const struct gateway *g, struct usher_text channel_id)
{
	const struct line *line = find_open(g->lines, channel_id);
	return line != NULL ? line->driver->abilities : 0;
}

bool lines_wants_commands(const struct gateway *g, struct usher_text channel_id)
{
	const struct channel_row *row = directory_channel(g->directory, channel_id);
	const struct channel_driver *driver =
		row != NULL ? channel_driver_by_name(row->driver) : NULL;
	return driver != NULL && (driver->abilities & CHANNEL_COMMANDS) != 0;
}

int lines_link(struct lines *l, struct usher_text channel_id, const struct link_request *request,
	       struct usher_buf *ret, struct usher_text *ret_channel_id)
{
	for (const struct list *link = l->all.next; link != &l->all; link = link->next) {
		struct line *line = LIST_ITEM(link, struct line, link);
		bool is_it = line->channel != NULL && !line->is_closing &&
			     (line->driver->abilities & CHANNEL_LINKS) != 0 &&
			     (channel_id.n == 0 || text_equal(text_of(line->id), channel_id));
		if (!is_it)
			continue;
		if (ret_channel_id != NULL)
			*ret_channel_id = text_of(line->id);
		return line->driver->link(line->channel, request, ret);
	}
	return E_UNSUPPORTED;
}

/* ---- life ------------------------------------------------------------------------------------------ */

struct lines *lines_new(struct gateway *g)
{
	struct lines *l = NEW(struct lines);
	l->g = g;
	list_init(&l->all);
	l->place = place_new(g);
	return l;
}

void lines_close_all(struct lines *l, void (*on_closed)(void *arg), void *arg)
{
	l->is_ending = true;
	LIST_EACH(link, &l->all)
		close_line(LIST_ITEM(link, struct line, link), false);
	l->on_all_closed = on_closed; /* not before: it frees what the loop above walks */
	l->closed_arg = arg;
	check_all_closed(l);
}

struct lines *lines_free(struct lines *l)
{
	if (l == NULL)
		return NULL;
	place_free(l->place);
	free(l);
	return NULL;
}
