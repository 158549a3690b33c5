/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/opening.h"

#include "gateway/book.h"
#include "gateway/calendar/schedule.h"
#include "gateway/config.h"
#include "gateway/directory.h"
#include "gateway/kept.h"
#include "gateway/live.h"
#include "gateway/log.h"
#include "gateway/routing_settings.h"
#include "routing/base/table.h"

#include <stdio.h>
#include <stdlib.h>

#define AGAIN_MS 1000            /* after a turn that was not kept */
#define LOOK_MS_MAX (3600 * 1000) /* the wall clock may be set, a machine may sleep */

struct opening {
	struct gateway *g; /* borrowed: it owns this */
	struct table queues; /* id -> struct queue_rules *, owned */
	struct schedule *schedule; /* owned */
	uv_timer_t *timer;
	bool is_unsettled; /* the core may not know how the queues stand */
};

static void arm(struct opening *o);

/* ---- settings ---------------------------------------------------------------------------------- */

static void rules_free(struct queue_rules *r)
{
	hours_free(r->hours);
	free(r);
}

static void drop(struct opening *o, usher_id queue)
{
	struct queue_rules *old = table_get_pointer(&o->queues, queue);
	schedule_remove(o->schedule, queue);
	if (old == NULL)
		return;
	table_remove(&o->queues, queue);
	rules_free(old);
}

static struct hours *read_hours(const struct opening *o, const struct queue_row *row,
				struct usher_text text)
{
	const char *zone = config_zone(o->g->config);
	struct usher_error err = {0};
	struct hours *hours = NULL;
	if (text.n == 0)
		return NULL;
	if (hours_parse(&hours, text, zone != NULL && zone[0] != '\0' ? zone : "UTC", &err) < 0)
		log_event(LOG_LEVEL_ERROR, "queue.hours_unreadable",
			  "queue=%.*s reason=%s next=\"it is always open\"", TEXT_ARG(row->slug),
			  err.text);
	return hours;
}

static void keep(struct opening *o, const struct queue_row *row, usher_us now)
{
	struct routing_settings settings;
	struct usher_error err = {0};
	bool is_open;
	drop(o, row->id);
	if (row->is_removed)
		return;
	routing_settings_load(&settings, row->fields);
	struct queue_rules *r = NEW(struct queue_rules);
	r->queue = row->id;
	r->rejoin_us = settings.rejoin_us;
	r->has_leases = settings.set.first_reply_us > 0 || settings.set.reply_us > 0 ||
			settings.set.silence_us > 0;
	r->hours = read_hours(o, row, buf_text(&settings.hours));
	routing_settings_done(&settings);
	table_set_pointer(&o->queues, row->id, r);
	if (r->hours != NULL &&
	    schedule_set(o->schedule, row->id, r->hours, now, &is_open, &err) < 0)
		log_event(LOG_LEVEL_ERROR, "queue.hours_refused", "queue=%.*s reason=%s",
			  TEXT_ARG(row->slug), err.text);
}

const struct queue_rules *opening_rules(const struct opening *o, usher_id queue)
{
	return table_get_pointer(&o->queues, queue);
}

/* ---- telling the core ---------------------------------------------------------------------------- */

static void figures_now(struct gateway *g, void *arg)
{
	live_queue(g->live, *(usher_id *)arg);
}

static void tell_core(struct turn *t, const struct queue_rules *r)
{
	struct routing_queue_view view;
	struct hours_change next = hours_next(r->hours, t->now);
	struct routing_event ev = {.kind = EV_QUEUE_OPEN};
	ev.hours = (struct routing_hours){r->queue, hours_is_open(r->hours, t->now), next.at_us};
	bool is_known = !routing_queue(engine_routing(t->g->engine), r->queue, &view) ||
			(r->hours == NULL && view.is_open) ||
			(view.is_open == ev.hours.is_open && view.until_us == ev.hours.until_us);
	if (is_known)
		return;
	int code = turn_route(t, &ev);
	if (code < 0) {
		log_event(LOG_LEVEL_WARN, "queue.not_told", "code=%s", usher_code_name(code));
		return;
	}
	usher_id *queue = ARENA_NEW(t->arena, usher_id);
	*queue = r->queue;
	turn_publish(t, figures_now, queue);
	if (ev.hours.is_open)
		kept_retry(t->g->kept);
}

static void apply(struct turn *t, void *arg)
{
	struct opening *o = arg;
	struct schedule_change change;
	while (schedule_due(o->schedule, t->now, &change)) {
		const struct queue_rules *r = opening_rules(o, change.owner);
		if (r != NULL && !o->is_unsettled)
			tell_core(t, r);
	}
	if (!o->is_unsettled)
		return;
	TABLE_EACH(slot, &o->queues)
		tell_core(t, (const struct queue_rules *)(uintptr_t)slot->value);
}

static void done(int code, void *arg)
{
	struct opening *o = arg;
	o->is_unsettled = code < 0;
	arm(o);
}

static void on_time(uv_timer_t *timer)
{
	struct opening *o = timer->data;
	engine_submit(o->g->engine, apply, done, o);
}

static void arm(struct opening *o)
{
	usher_us at = schedule_next(o->schedule);
	uint64_t ms = LOOK_MS_MAX;
	if (o->timer == NULL)
		return;
	if (at != USHER_NEVER) {
		usher_us left = at - gateway_now();
		uint64_t due = left <= 0 ? 0 : (uint64_t)(left + 999) / 1000;
		ms = due < ms ? due : ms;
	}
	if (o->is_unsettled)
		ms = AGAIN_MS;
	else if (at == USHER_NEVER) {
		uv_timer_stop(o->timer);
		return;
	}
	uv_update_time(o->g->loop);
	uv_timer_start(o->timer, on_time, ms, 0);
}

void opening_set(struct turn *t, const struct queue_row *row)
{
	struct opening *o = t->g->opening;
	keep(o, row, t->now);
	const struct queue_rules *r = opening_rules(o, row->id);
	if (r != NULL)
		tell_core(t, r);
	arm(o);
}

void opening_load(struct opening *o)
{
	size_t n;
	const struct queue_row *const *rows = directory_queues(o->g->directory, &n);
	TABLE_EACH(slot, &o->queues)
		rules_free((struct queue_rules *)(uintptr_t)slot->value);
	table_done(&o->queues);
	schedule_free(o->schedule);
	o->schedule = schedule_new();
	for (size_t i = 0; i < n; i++)
		keep(o, rows[i], gateway_now());
	o->is_unsettled = true;
	uv_timer_start(o->timer, on_time, 0, 0);
}

/* ---- questions ------------------------------------------------------------------------------------ */

usher_us opening_next(const struct opening *o, usher_id queue, usher_us now)
{
	const struct queue_rules *r = opening_rules(o, queue);
	if (r == NULL || hours_is_open(r->hours, now))
		return USHER_NEVER;
	struct hours_change next = hours_next(r->hours, now);
	return next.is_open ? next.at_us : USHER_NEVER;
}

void opening_text(const struct opening *o, usher_id queue, usher_us at,
		  char ret[static OPENING_TEXT_BYTES])
{
	const struct queue_rules *r = opening_rules(o, queue);
	const struct zone *zone = r != NULL ? hours_zone(r->hours) : NULL;
	char date[DATE_TEXT_BYTES];
	ret[0] = '\0';
	if (zone == NULL || at == USHER_NEVER)
		return;
	usher_us local = at + zone_span_at(zone, at).offset_us;
	int minutes = (int)(local % USHER_DAY / USHER_MINUTE);
	date_format(local / USHER_DAY, date);
	snprintf(ret, OPENING_TEXT_BYTES, "%s %02d:%02d", date, minutes / 60, minutes % 60);
}

void opening_activity(struct turn *t, const struct contact *c, bool by_agent)
{
	const struct queue_rules *r = opening_rules(t->g->opening, c->row.queue);
	struct routing_event ev = {.kind = EV_ACTIVITY};
	if (r == NULL || !r->has_leases || c->row.state != CONTACT_ACTIVE)
		return;
	ev.command.contact = c->row.id;
	ev.command.flag = by_agent;
	int code = turn_route(t, &ev);
	(void)code; /* what fell due at this instant may have taken it out of the agent's hands */
}

/* ---- life ------------------------------------------------------------------------------------------ */

struct opening *opening_new(struct gateway *g)
{
	struct opening *o = NEW(struct opening);
	o->g = g;
	o->schedule = schedule_new();
	o->timer = NEW(uv_timer_t);
	uv_timer_init(g->loop, o->timer);
	o->timer->data = o;
	return o;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle);
}

struct opening *opening_free(struct opening *o)
{
	if (o == NULL)
		return NULL;
	uv_close((uv_handle_t *)o->timer, on_closed);
	TABLE_EACH(slot, &o->queues)
		rules_free((struct queue_rules *)(uintptr_t)slot->value);
	table_done(&o->queues);
	schedule_free(o->schedule);
	free(o);
	return NULL;
}
