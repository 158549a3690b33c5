/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/chat/chat.h"

#include <stdlib.h>

static uint64_t hash_of(const struct channel *ch, struct usher_text key)
{
	uint64_t hash = hash_keyed(ch->host->id_key, key.p, key.n);
	return hash != 0 ? hash : 1;
}

struct chat_visitor *chat_visitor_find(struct channel *ch, struct usher_text key)
{
	struct chat_visitor *v = table_get_pointer(&ch->visitors, hash_of(ch, key));
	while (v != NULL && !text_equal(text_of(v->key), key))
		v = v->next;
	return v;
}

struct chat_visitor *chat_visitor_get(struct channel *ch, struct usher_text key)
{
	struct chat_visitor *v = chat_visitor_find(ch, key);
	if (v != NULL)
		return v;
	if (key.n != SIGN_HEX_BYTES - 1 || ch->visitors.count >= CHAT_VISITORS_MAX)
		return NULL;
	v = NEW(struct chat_visitor);
	v->ch = ch;
	memcpy(v->key, key.p, key.n);
	list_init(&v->sockets);
	v->next = table_get_pointer(&ch->visitors, hash_of(ch, key));
	table_set_pointer(&ch->visitors, hash_of(ch, key), v);
	return v;
}

static void cancel(struct chat_visitor *v, struct channel_timer **timer)
{
	v->ch->host->timer_cancel(v->ch->host, *timer);
	*timer = NULL;
}

static void visitor_free(struct chat_visitor *v)
{
	cancel(v, &v->leave_timer);
	cancel(v, &v->typing_timer);
	cancel(v, &v->agent_timer);
	free(v->agent);
	free(v->about);
	free(v);
}

static void forget(struct chat_visitor *v)
{
	struct channel *ch = v->ch;
	uint64_t hash = hash_of(ch, text_of(v->key));
	struct chat_visitor *first = table_get_pointer(&ch->visitors, hash);
	if (first == v && v->next == NULL)
		table_remove(&ch->visitors, hash);
	else if (first == v)
		table_set_pointer(&ch->visitors, hash, v->next);
	for (; first != NULL && first != v; first = first->next)
		if (first->next == v)
			first->next = v->next;
	visitor_free(v);
}

static bool is_open(const struct chat_visitor *v)
{
	return v->state == CHAT_STATE_WAITING || v->state == CHAT_STATE_ACTIVE;
}

void chat_visitor_release(struct chat_visitor *v)
{
	if (v->socket_count == 0 && v->turn_count == 0 && v->leave_timer == NULL &&
	    !(is_open(v) && v->is_away_told))
		forget(v);
}

void chat_visitors_done(struct channel *ch)
{
	TABLE_EACH(slot, &ch->visitors)
	{
		struct chat_visitor *v = (struct chat_visitor *)(uintptr_t)slot->value;
		while (v != NULL) {
			struct chat_visitor *next = v->next;
			visitor_free(v);
			v = next;
		}
	}
	table_done(&ch->visitors);
}

static enum chat_state state_of(enum contact_state state)
{
	switch (state) {
	case CONTACT_WAITING:
	case CONTACT_OFFERED:
		return CHAT_STATE_WAITING;
	case CONTACT_ACTIVE:
	case CONTACT_PARKED:
		return CHAT_STATE_ACTIVE;
	case CONTACT_WRAPUP:
	case CONTACT_CLOSED:
		return CHAT_STATE_CLOSED;
	case CONTACT_NONE:
		break;
	}
	return CHAT_STATE_NONE;
}

/* What the visitor sees changes here and nowhere else. */
static void take_news(struct chat_visitor *v, const struct contact_news *news)
{
	v->contact = news->contact;
	v->number = news->contact_number;
	v->state = state_of(news->state);
	v->position = v->state == CHAT_STATE_WAITING ? news->position : 0;
	v->low_us = news->wait_low_us;
	v->high_us = news->wait_high_us;
	v->cause = v->state == CHAT_STATE_CLOSED ? news->cause : CAUSE_NONE;
	memcpy(v->opens, news->opens, sizeof v->opens);
	bool has_agent = v->state == CHAT_STATE_ACTIVE && news->agent_name.n > 0;
	free(v->agent);
	v->agent = has_agent ? memory_copy(news->agent_name) : NULL;
	if (!is_open(v))
		v->is_away_told = false;
}

void chat_visitor_load(struct chat_visitor *v)
{
	struct channel_host *h = v->ch->host;
	struct arena arena = {0};
	struct usher_text fields;
	struct contact_news news;
	usher_id contact;
	bool is_held = h->session(h, text_of(v->key), &contact, &arena, &fields);
	if (!is_held)
		contact = v->contact;
	if (contact != 0 && h->news(h, contact, &arena, &news) == 0) {
		take_news(v, &news);
	} else if (is_held) {
		v->contact = contact;
		v->state = CHAT_STATE_WAITING;
	}
	if (!is_held && v->contact != 0)
		v->state = CHAT_STATE_CLOSED;
	arena_done(&arena);
}

static bool is_same_name(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void watch_absence(struct chat_visitor *v);

void chat_visitor_news(struct chat_visitor *v, const struct contact_news *news)
{
	struct chat_visitor before = *v; /* for its numbers only */
	char *agent = v->agent != NULL ? memory_copy(text_of(v->agent)) : NULL;
	take_news(v, news);
	bool is_other_state = before.state != v->state || !is_same_name(agent, v->agent) ||
			      before.contact != v->contact ||
			      strcmp(before.opens, v->opens) != 0;
	bool is_other_place = before.position != v->position || before.low_us != v->low_us ||
			      before.high_us != v->high_us;
	free(agent);
	if (is_other_state && v->agent_timer != NULL)
		chat_visitor_agent_typing(v, false);
	if (is_other_state || (is_other_place && v->position > 0)) {
		LIST_EACH(item, &v->sockets)
		chat_session_standing(LIST_ITEM(item, struct chat_session, in_visitor));
	}
	watch_absence(v);
	chat_visitor_release(v);
}

/* ---- presence ------------------------------------------------------------------------------- */

static void on_left(void *arg);

static void expect_back(struct chat_visitor *v, usher_us within)
{
	struct channel_host *h = v->ch->host;
	if (v->leave_timer == NULL)
		v->leave_timer = h->timer(h, h->now(h) + within, on_left, v);
}

/* Also after a restart: then only the news tells that somebody should be here. */
static void watch_absence(struct chat_visitor *v)
{
	if (v->socket_count == 0 &&
	    (v->state == CHAT_STATE_WAITING || (v->state == CHAT_STATE_ACTIVE && !v->is_away_told)))
		expect_back(v, v->ch->leave_after_us);
}

static void on_left(void *arg)
{
	struct chat_visitor *v = arg;
	v->leave_timer = NULL;
	chat_visitor_load(v);
	if (v->state == CHAT_STATE_WAITING)
		chat_say_end(v, "left");
	if (v->state == CHAT_STATE_ACTIVE && !v->is_away_told) {
		v->is_away_told = true;
		chat_say_event(v, "left", "The visitor has left the page");
	}
	chat_visitor_release(v);
}

void chat_visitor_retry(struct chat_visitor *v, usher_us within)
{
	if (is_open(v))
		expect_back(v, within);
}

void chat_visitor_joined(struct chat_visitor *v, struct chat_session *s)
{
	list_add_last(&v->sockets, &s->in_visitor);
	v->socket_count++;
	s->visitor = v;
	cancel(v, &v->leave_timer);
	if (v->is_away_told && v->state == CHAT_STATE_ACTIVE)
		chat_say_event(v, "back", "The visitor is back on the page");
	v->is_away_told = false;
}

void chat_visitor_left(struct chat_visitor *v, struct chat_session *s)
{
	list_remove(&s->in_visitor);
	s->visitor = NULL;
	v->socket_count--;
	if (v->socket_count == 0) {
		if (v->typing_timer != NULL)
			chat_visitor_typing(v, false);
		watch_absence(v);
	}
	chat_visitor_release(v);
}

/* ---- typing --------------------------------------------------------------------------------- */

static void on_typing_over(void *arg)
{
	struct chat_visitor *v = arg;
	v->typing_timer = NULL;
	if (v->contact != 0)
		v->ch->host->signal(v->ch->host, v->contact, SIGNAL_NOT_TYPING, 0);
}

void chat_visitor_typing(struct chat_visitor *v, bool is_on)
{
	struct channel_host *h = v->ch->host;
	bool was_on = v->typing_timer != NULL;
	cancel(v, &v->typing_timer);
	if (!is_open(v))
		return;
	if (is_on)
		v->typing_timer = h->timer(h, h->now(h) + CHAT_TYPING_EXPIRY, on_typing_over, v);
	if (is_on != was_on)
		h->signal(h, v->contact, is_on ? SIGNAL_TYPING : SIGNAL_NOT_TYPING, 0);
}

static void show_typing(struct chat_visitor *v, bool is_on)
{
	struct usher_buf frame = {0};
	chat_format_typing(&frame, is_on, v->agent);
	LIST_EACH(item, &v->sockets)
	(void)chat_session_send(LIST_ITEM(item, struct chat_session, in_visitor), &frame);
	buf_done(&frame);
}

static void on_agent_typing_over(void *arg)
{
	struct chat_visitor *v = arg;
	v->agent_timer = NULL;
	show_typing(v, false);
}

void chat_visitor_agent_typing(struct chat_visitor *v, bool is_on)
{
	struct channel_host *h = v->ch->host;
	bool was_on = v->agent_timer != NULL;
	cancel(v, &v->agent_timer);
	if (is_on)
		v->agent_timer =
			h->timer(h, h->now(h) + CHAT_TYPING_EXPIRY, on_agent_typing_over, v);
	if (is_on != was_on)
		show_typing(v, is_on);
}

/* ---- what the browser says about itself -------------------------------------------------------
 */

static struct usher_text keep(char **at, struct usher_text t)
{
	char *p = *at;
	if (t.n > 0)
		memcpy(p, t.p, t.n);
	*at += t.n;
	return text_slice(p, t.n);
}

void chat_visitor_about(struct chat_visitor *v, const struct chat_frame *hello)
{
	size_t n = hello->name.n + hello->address.n + hello->language.n + hello->page_url.n +
		   hello->page_title.n;
	struct chat_about *about = memory_new(sizeof *about + n);
	char *at = (char *)(about + 1);
	about->name = keep(&at, hello->name);
	about->address = keep(&at, hello->address);
	about->language = keep(&at, hello->language);
	about->page_url = keep(&at, hello->page_url);
	about->page_title = keep(&at, hello->page_title);
	free(v->about);
	v->about = about;
	v->words = chat_words_for(hello->language);
}
