/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/channels/live/host.h"

#include "tests/tap.h"

#include <stdio.h>

struct channel_timer {
	struct list in_live;
	struct live *l;
	usher_us at;
	channel_on_time on_time;
	void *arg;
};

static struct live *live_of(struct channel_host *h)
{
	return (struct live *)h;
}

static usher_us host_now(struct channel_host *h)
{
	return live_of(h)->clock;
}

/* ---- timers -----------------------------------------------------------------------------------
 */

static struct channel_timer *host_timer(struct channel_host *h, usher_us at,
					channel_on_time on_time, void *arg)
{
	struct channel_timer *t = NEW(struct channel_timer);
	t->l = live_of(h);
	t->at = at;
	t->on_time = on_time;
	t->arg = arg;
	list_add_last(&t->l->timers, &t->in_live);
	t->l->timer_count++;
	return t;
}

static void host_timer_cancel(struct channel_host *h, struct channel_timer *t)
{
	if (t == NULL)
		return;
	assert_ptr_equal(t->l, live_of(h));
	list_remove(&t->in_live);
	live_of(h)->timer_count--;
	free(t);
}

static struct channel_timer *next_timer(struct live *l)
{
	struct channel_timer *best = NULL;
	LIST_EACH(item, &l->timers)
	{
		struct channel_timer *t = LIST_ITEM(item, struct channel_timer, in_live);
		if (best == NULL || t->at < best->at)
			best = t;
	}
	return best;
}

void live_advance(struct live *l, usher_us span)
{
	usher_us end = l->clock + span;
	live_pump(l);
	for (int fired = 0;; fired++) {
		struct channel_timer *t = next_timer(l);
		if (t == NULL || t->at > end)
			break;
		assert_true(fired < 100000);
		if (t->at > l->clock)
			l->clock = t->at;
		channel_on_time on_time = t->on_time;
		void *arg = t->arg;
		host_timer_cancel(&l->host, t);
		on_time(arg);
		live_pump(l);
	}
	l->clock = end;
}

/* ---- contacts ---------------------------------------------------------------------------------
 */

static char *copy(struct usher_text t)
{
	return memory_copy(t);
}

static void replace(char **at, struct usher_text t)
{
	free(*at);
	*at = copy(t);
}

struct live_contact *live_contact(struct live *l, usher_id id)
{
	for (size_t i = 0; i < l->contact_count; i++)
		if (l->contacts[i]->id == id)
			return l->contacts[i];
	fail_msg("no contact %llu", (unsigned long long)id);
	return NULL;
}

struct live_contact *live_by_key(struct live *l, struct usher_text key)
{
	for (size_t i = 0; i < l->contact_count; i++)
		if (key.n > 0 && l->contacts[i]->is_session_open &&
		    text_equal(text_of(l->contacts[i]->key), key))
			return l->contacts[i];
	return NULL;
}

struct live_contact *live_contact_by_key(struct live *l, const char *key)
{
	return live_by_key(l, text_of(key));
}

struct live_contact *live_contact_new(struct live *l)
{
	assert_true(l->contact_count < LIVE_MAX);
	struct live_contact *c = NEW(struct live_contact);
	c->id = id_next(&l->last_id, l->clock);
	c->number = 1000 + (int64_t)l->contact_count;
	c->state = CONTACT_WAITING;
	c->position = 1;
	l->contacts[l->contact_count++] = c;
	return c;
}

struct live_message *live_last(struct live_contact *c)
{
	assert_true(c->count > 0);
	return &c->messages[c->count - 1];
}

static struct live_message *add_message(struct live *l, struct live_contact *c,
					enum message_kind kind, enum message_author author,
					struct usher_text body)
{
	if (c->count == c->space) {
		c->space = c->space > 0 ? c->space * 2 : 8;
		c->messages = memory_resize(c->messages, c->space * sizeof *c->messages);
	}
	struct live_message *m = &c->messages[c->count++];
	*m = (struct live_message){{.contact = c->id,
				    .seq = ++c->seq,
				    .id = id_next(&l->last_id, l->clock),
				    .kind = kind,
				    .author = author,
				    .channel = l->driver->kind,
				    .at_us = l->clock}};
	m->m.body = text_slice(copy(body), body.n);
	return m;
}

static void publish(struct live *l, struct live_contact *c, struct live_message *m)
{
	struct contact_message copied = m->m; /* the driver may cause more messages meanwhile */
	if (l->driver->published != NULL && c->key != NULL)
		l->driver->published(l->channel, text_of(c->key), &copied);
}

void live_changed(struct live *l, struct live_contact *c)
{
	struct contact_news news = {
		.contact = c->id,
		.contact_number = c->number,
		.key = text_of(c->key),
		.state = c->state,
		.cause = c->cause,
		.position = c->state == CONTACT_WAITING ? c->position : 0,
		.wait_low_us = c->low_us,
		.wait_high_us = c->high_us,
		.agent = c->agent,
		.agent_name = text_of(c->agent_name),
	};
	if (l->driver->changed != NULL)
		l->driver->changed(l->channel, &news);
}

int64_t live_agent_says(struct live *l, struct live_contact *c, enum message_kind kind,
			const char *body, const char *fields)
{
	struct live_message *m = add_message(l, c, kind, AUTHOR_AGENT, text_of(body));
	int64_t seq = m->m.seq;
	struct usher_text name = text_of(c->agent_name);
	m->m.author_name = text_slice(copy(name), name.n);
	m->m.delivery = kind == MESSAGE_NOTE ? DELIVERY_NONE : DELIVERY_QUEUED;
	if (fields != NULL)
		m->m.fields = text_slice(copy(text_of(fields)), strlen(fields));
	if (kind != MESSAGE_NOTE)
		publish(l, c, m);
	return seq;
}

void live_accept(struct live *l, struct live_contact *c, usher_id agent, const char *name)
{
	c->state = CONTACT_ACTIVE;
	c->agent = agent;
	replace(&c->agent_name, text_of(name));
	live_changed(l, c);
}

void live_close(struct live *l, struct live_contact *c)
{
	c->state = CONTACT_CLOSED;
	c->cause = CAUSE_AGENT_CLOSED;
	c->is_session_open = false;
	live_changed(l, c);
}

void live_place(struct live *l, struct live_contact *c, uint32_t position, usher_us low,
		usher_us high)
{
	c->position = position;
	c->low_us = low;
	c->high_us = high;
	live_changed(l, c);
}

const struct live_delivery *live_command(struct live *l, struct live_contact *c, const char *kind,
					 const char *agent_phone, int attempts)
{
	struct outgoing out = {
		.id = id_next(&l->last_id, l->clock),
		.kind = text_of(kind),
		.attempts = attempts,
		.contact = c->id,
		.contact_number = c->number,
		.key = c->is_session_open ? text_of(c->key) : TEXT_NONE,
		.address = text_of(c->address),
		.agent = c->agent,
		.agent_name = text_of(c->agent_name),
		.agent_phone = text_of(agent_phone),
		.epoch = 7,
		.at_us = l->clock,
	};
	size_t before = l->delivery_count;
	l->driver->send(l->channel, &out);
	live_pump(l);
	assert_int_equal(l->delivery_count, before + 1); /* exactly once per call */
	assert_int_equal(l->deliveries[before].out_id, out.id);
	return &l->deliveries[before];
}

/* ---- items ------------------------------------------------------------------------------------
 */

static void host_inbound(struct channel_host *h, const struct inbound *in,
			 channel_on_inbound on_done, void *arg)
{
	struct live *l = live_of(h);
	struct live_inbound *q = NEW(struct live_inbound);
	q->in = *in;
	struct usher_text *texts[] = {&q->in.remote_id, &q->in.key,	      &q->in.address,
				      &q->in.name,	&q->in.language,      &q->in.subject,
				      &q->in.body,	&q->in.html,	      &q->in.blob,
				      &q->in.fields,	&q->in.session_fields};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = arena_text(&q->arena, *texts[i]);
	q->on_done = on_done;
	q->arg = arg;
	assert_true(l->queue_count < LIVE_MAX);
	l->queue[l->queue_count++] = q;
	l->inbound_total++;
}

void live_answer_next(struct live *l, int code)
{
	assert_true(l->code_count < 64);
	l->codes[l->code_count++] = code;
}

static int contact_for(struct live *l, const struct inbound *in, struct live_contact **ret,
		       bool *ret_new)
{
	*ret_new = false;
	*ret = live_by_key(l, in->key);
	if (*ret == NULL && in->contact != 0)
		*ret = live_contact(l, in->contact);
	if (*ret == NULL && !in->may_open)
		return E_NOT_FOUND;
	if (*ret == NULL) {
		*ret = live_contact_new(l);
		*ret_new = true;
	}
	return 0;
}

static void take_session(struct live_contact *c, const struct inbound *in)
{
	bool opens = in->kind == INBOUND_MESSAGE || in->kind == INBOUND_START;
	if (in->key.n > 0 && opens && !c->is_session_open) {
		replace(&c->key, in->key);
		c->is_session_open = true;
	}
	if (in->session_fields.n > 0)
		replace(&c->session_fields, in->session_fields);
	if (in->kind == INBOUND_END) {
		c->is_session_open = false;
		c->cause = c->state == CONTACT_WAITING ? CAUSE_CUSTOMER_LEFT : CAUSE_CUSTOMER_ENDED;
		c->state = c->state == CONTACT_WAITING ? CONTACT_CLOSED : CONTACT_WRAPUP;
	}
}

static bool answer_repeat(struct live *l, struct live_inbound *q)
{
	for (size_t i = 0; q->in.remote_id.n > 0 && i < l->seen_count; i++)
		if (text_equal(text_of(l->seen[i].remote_id), q->in.remote_id)) {
			q->on_done(E_EXISTS, &l->seen[i].result, q->arg);
			return true;
		}
	return false;
}

static void remember(struct live *l, struct usher_text remote_id,
		     const struct inbound_result *result)
{
	if (remote_id.n == 0)
		return;
	assert_true(l->seen_count < LIVE_MAX * 4);
	l->seen[l->seen_count].remote_id = copy(remote_id);
	l->seen[l->seen_count++].result = *result;
}

static void apply(struct live *l, struct live_inbound *q)
{
	const struct inbound *in = &q->in;
	struct live_contact *c;
	struct inbound_result result = {0};
	if (answer_repeat(l, q))
		return;
	int code = contact_for(l, in, &c, &result.is_new);
	if (code < 0)
		return q->on_done(code, NULL, q->arg);
	replace(&c->name, in->name);
	if (in->address.n > 0)
		replace(&c->address, in->address);
	replace(&c->language, in->language);
	enum contact_state before = c->state;
	take_session(c, in);
	bool is_said = in->kind == INBOUND_MESSAGE;
	struct live_message *m = add_message(l, c, is_said ? MESSAGE_TEXT : MESSAGE_EVENT,
					     is_said ? AUTHOR_CUSTOMER : AUTHOR_SYSTEM, in->body);
	m->m.remote_id = text_slice(copy(in->remote_id), in->remote_id.n);
	m->m.fields = text_slice(copy(in->fields), in->fields.n);
	result.contact = c->id;
	result.contact_number = c->number;
	result.message = m->m.id;
	result.seq = m->m.seq;
	remember(l, in->remote_id, &result);
	if (l->is_done_first)
		q->on_done(0, &result, q->arg);
	publish(l, c, &c->messages[result.seq - 1]);
	if (result.is_new || before != c->state)
		live_changed(l, c);
	if (!l->is_done_first)
		q->on_done(0, &result, q->arg);
}

static void pump_one(struct live *l)
{
	struct live_inbound *q = l->queue[0];
	memmove(l->queue, l->queue + 1, --l->queue_count * sizeof *l->queue);
	int code = 0;
	if (l->code_count > 0) {
		code = l->codes[0];
		memmove(l->codes, l->codes + 1, --l->code_count * sizeof *l->codes);
	}
	if (code != 0)
		q->on_done(code, NULL, q->arg);
	else
		apply(l, q);
	arena_done(&q->arena);
	free(q);
}

void live_pump(struct live *l)
{
	for (int i = 0; l->queue_count > 0 || live_answer_fetch(l); i++) {
		assert_true(i < 100000);
		if (l->queue_count > 0)
			pump_one(l);
	}
}

/* ---- life -------------------------------------------------------------------------------------
 */

static void fill_host(struct live *l, const char *id)
{
	l->host = (struct channel_host){
		.id = id,
		.values = l->values,
		.public_url = TEXT("https://gw.example.org"),
		.id_key = &l->id_key,
		.secret = TEXT("0123456789abcdef0123456789abcdef"),
		.data_dir = ".",
		.now = host_now,
		.inbound = host_inbound,
		.timer = host_timer,
		.timer_cancel = host_timer_cancel,
	};
	live_wire(l);
	live_asks(l);
}

struct live *live_new(const struct channel_driver *driver, const char *id, const char *settings,
		      struct usher_error *reterr)
{
	struct usher_error err = {0};
	struct live *l = NEW(struct live);
	l->driver = driver;
	l->clock = (usher_us)1767225600 * USHER_SECOND;
	l->id_key = (struct hash_key){1, 2};
	list_init(&l->timers);
	list_init(&l->peers);
	int code = channel_values_new(&l->values, driver->settings, text_of(settings), &err);
	if (code == 0) {
		fill_host(l, id);
		code = driver->open(&l->channel, &l->host, &err);
	}
	if (code == 0)
		return l;
	if (reterr == NULL)
		fail_msg("open: %s", err.text);
	*reterr = err;
	l->channel = NULL;
	return live_free(l);
}

static void drop_queues(struct live *l)
{
	for (size_t i = 0; i < l->queue_count; i++) {
		arena_done(&l->queue[i]->arena);
		free(l->queue[i]);
	}
	l->queue_count = 0;
	for (size_t i = 0; i < l->fetch_count; i++)
		l->fetches[i].is_answered = true;
}

/* No timer may outlive its channel. */
static void close_channel(struct live *l)
{
	if (l->channel != NULL)
		l->channel = l->driver->close(l->channel);
	live_wire_done(l);
	drop_queues(l);
	assert_int_equal(l->timer_count, 0);
	l->route_count = l->ws_route_count = 0;
}

void live_reopen(struct live *l)
{
	struct usher_error err = {0};
	close_channel(l);
	if (l->driver->open(&l->channel, &l->host, &err) < 0)
		fail_msg("open: %s", err.text);
}

static void contact_free(struct live_contact *c)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct contact_message *m = &c->messages[i].m;
		const char *texts[] = {m->body.p, m->author_name.p, m->fields.p, m->remote_id.p};
		for (size_t j = 0; j < sizeof texts / sizeof *texts; j++)
			free((char *)(uintptr_t)texts[j]);
	}
	char *texts[] = {c->agent_name, c->key,	    c->session_fields,
			 c->name,	c->address, c->language};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		free(texts[i]);
	free(c->messages);
	free(c);
}

struct live *live_free(struct live *l)
{
	close_channel(l);
	for (size_t i = 0; i < l->contact_count; i++)
		contact_free(l->contacts[i]);
	for (size_t i = 0; i < l->seen_count; i++)
		free(l->seen[i].remote_id);
	for (size_t i = 0; i < l->delivery_count; i++)
		free(l->deliveries[i].detail);
	for (size_t i = 0; i < l->fetch_count; i++) {
		free(l->fetches[i].method);
		free(l->fetches[i].url);
		free(l->fetches[i].user);
		free(l->fetches[i].password);
		free(l->fetches[i].body);
	}
	for (size_t i = 0; i < l->answer_count; i++) {
		free(l->answers[i].body);
		free(l->answers[i].reason);
	}
	channel_values_free(l->values);
	free(l);
	return NULL;
}
