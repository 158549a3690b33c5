/* SPDX-License-Identifier: Apache-2.0 */
/* What an adapter asks of the test host, and reports to it. */
#include "tests/channels/live/host.h"

#include "tests/tap.h"

static struct live *live_of(struct channel_host *h)
{
	return (struct live *)h;
}

static void replace(char **at, struct usher_text t)
{
	free(*at);
	*at = memory_copy(t);
}

/* ---- what the adapter asks and reports ---------------------------------------------------------
 */

static void host_delivered(struct channel_host *h, usher_id out_id, usher_id contact, int64_t seq,
			   enum delivery_state state, usher_us retry_us, const char *detail)
{
	struct live *l = live_of(h);
	assert_true(l->delivery_count < LIVE_MAX * 4);
	l->deliveries[l->delivery_count++] = (struct live_delivery){
		out_id, contact,  seq,
		state,	retry_us, detail != NULL ? memory_copy(text_of(detail)) : NULL};
	if (out_id != 0)
		return;
	struct live_contact *c = live_contact(l, contact);
	assert_true(seq >= 1 && seq <= c->seq);
	struct contact_message *m = &c->messages[seq - 1].m;
	assert_int_equal(m->author, AUTHOR_AGENT);
	if (state > m->delivery)
		m->delivery = state;
}

size_t live_count_deliveries(const struct live *l, int64_t seq, enum delivery_state state)
{
	size_t n = 0;
	for (size_t i = 0; i < l->delivery_count; i++)
		n += l->deliveries[i].seq == seq && l->deliveries[i].state == state;
	return n;
}

static void host_release_held(struct channel_host *h)
{
	live_of(h)->released_held++;
}

static bool host_session(struct channel_host *h, struct usher_text key, usher_id *ret_contact,
			 struct arena *arena, struct usher_text *ret_fields)
{
	struct live_contact *c = live_by_key(live_of(h), key);
	if (c == NULL)
		return false;
	*ret_contact = c->id;
	*ret_fields = arena_text(arena, text_of(c->session_fields));
	return true;
}

static void host_session_save(struct channel_host *h, struct usher_text key,
			      struct usher_text fields)
{
	struct live_contact *c = live_by_key(live_of(h), key);
	if (c != NULL)
		replace(&c->session_fields, fields);
}

static int64_t host_history(struct channel_host *h, usher_id contact, int64_t after_seq, int limit,
			    channel_on_message on_message, void *arg)
{
	struct live *l = live_of(h);
	if (l->is_history_broken)
		return E_IO;
	struct live_contact *c = NULL;
	for (size_t i = 0; i < l->contact_count; i++)
		if (l->contacts[i]->id == contact)
			c = l->contacts[i];
	if (c == NULL)
		return E_NOT_FOUND;
	int given = 0;
	for (size_t i = 0; i < c->count && given < limit; i++) {
		if (c->messages[i].m.seq <= after_seq || c->messages[i].m.kind == MESSAGE_NOTE)
			continue;
		given++;
		if (on_message(&c->messages[i].m, arg) != 0)
			break;
	}
	return c->seq;
}

static int host_news(struct channel_host *h, usher_id contact, struct arena *arena,
		     struct contact_news *ret)
{
	struct live *l = live_of(h);
	for (size_t i = 0; i < l->contact_count; i++) {
		const struct live_contact *c = l->contacts[i];
		if (c->id != contact)
			continue;
		*ret = (struct contact_news){
			.contact = c->id,
			.contact_number = c->number,
			.key = c->is_session_open ? arena_text(arena, text_of(c->key)) : TEXT_NONE,
			.state = c->state,
			.cause = c->cause,
			.position = c->state == CONTACT_WAITING ? c->position : 0,
			.wait_low_us = c->low_us,
			.wait_high_us = c->high_us,
			.agent = c->agent,
			.agent_name = arena_text(arena, text_of(c->agent_name)),
		};
		return 0;
	}
	return E_NOT_FOUND;
}

static void host_signal(struct channel_host *h, usher_id contact, enum channel_signal signal,
			int64_t seq)
{
	struct live *l = live_of(h);
	(void)seq;
	assert_true(l->signal_count < LIVE_MAX);
	l->signals[l->signal_count++] = (struct live_signal){contact, signal};
}

static void host_status_changed(struct channel_host *h)
{
	live_of(h)->status_changes++;
}

static void host_log(struct channel_host *h, int level, const char *event, const char *format, ...)
{
	(void)h;
	(void)level;
	(void)event;
	(void)format;
}

/* ---- fetch ------------------------------------------------------------------------------------
 */

static void host_fetch(struct channel_host *h, const struct http_fetch *fetch,
		       http_on_fetched on_done, void *arg)
{
	struct live *l = live_of(h);
	assert_true(l->fetch_count < 256);
	struct live_fetch *f = &l->fetches[l->fetch_count++];
	f->method = memory_copy(text_of(fetch->method));
	f->url = memory_copy(text_of(fetch->url));
	f->user = memory_copy(text_of(fetch->user));
	f->password = memory_copy(text_of(fetch->password));
	f->body = memory_copy(fetch->body);
	f->on_done = on_done;
	f->arg = arg;
}

void live_script(struct live *l, int status, const char *body, const char *reason)
{
	assert_true(l->answer_count < 64);
	l->answers[l->answer_count++] =
		(struct live_answer){status, memory_copy(text_of(body)),
				     reason != NULL ? memory_copy(text_of(reason)) : NULL};
}

bool live_answer_fetch(struct live *l)
{
	for (size_t i = 0; i < l->fetch_count; i++) {
		if (l->fetches[i].is_answered)
			continue;
		l->fetches[i].is_answered = true;
		struct live_answer answer = {200, memory_copy(TEXT("{}")), NULL};
		if (l->answer_count > 0) {
			free(answer.body);
			answer = l->answers[0];
			memmove(l->answers, l->answers + 1, --l->answer_count * sizeof *l->answers);
		}
		l->fetches[i].on_done(answer.status, text_of(answer.body), answer.reason,
				      l->fetches[i].arg);
		free(answer.body);
		free(answer.reason);
		return true;
	}
	return false;
}

void live_asks(struct live *l)
{
	l->host.delivered = host_delivered;
	l->host.release_held = host_release_held;
	l->host.session = host_session;
	l->host.session_save = host_session_save;
	l->host.history = host_history;
	l->host.news = host_news;
	l->host.signal = host_signal;
	l->host.fetch = host_fetch;
	l->host.status_changed = host_status_changed;
	l->host.log = host_log;
}
