/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/publish.h"

#include "gateway/lines.h"
#include "gateway/live.h"

struct published_message {
	const struct message_row *row; /* borrowed: in the turn's arena */
	bool is_new;
	size_t count;
	struct line_end *to; /* in the turn's arena */
};

struct ended_session {
	usher_id contact;
	struct line_end end;
};

static void contact_now(struct gateway *g, void *arg)
{
	struct contact *c = book_contact(g->book, *(usher_id *)arg);
	if (c == NULL)
		return;
	c->is_publish_pending = false;
	live_contact(g->live, c);
	lines_contact(g->lines, c);
	if (c->shown_queue != c->row.queue) { /* the one it left has a shorter line now */
		live_queue(g->live, c->shown_queue);
		lines_queue_moved(g->lines, c->shown_queue);
	}
	c->shown_queue = c->row.queue;
}

void publish_contact(struct turn *t, struct contact *c)
{
	if (c->is_publish_pending)
		return;
	c->is_publish_pending = true;
	usher_id *id = ARENA_NEW(t->arena, usher_id);
	*id = c->row.id;
	turn_publish(t, contact_now, id);
}

static void agent_now(struct gateway *g, void *arg)
{
	live_agent(g->live, *(usher_id *)arg);
}

void publish_agent(struct turn *t, usher_id agent)
{
	usher_id *id = ARENA_NEW(t->arena, usher_id);
	*id = agent;
	turn_publish(t, agent_now, id);
}

static void message_now(struct gateway *g, void *arg)
{
	struct published_message *p = arg;
	struct contact *c = book_open_contact(g->book, p->row->contact);
	if (c != NULL && p->row->seq > c->public_seq)
		c->public_seq = p->row->seq;
	live_message(g->live, p->row);
	if (p->is_new)
		lines_message(g->lines, p->row, p->to, p->count);
}

static struct line_end end_of(struct turn *t, const struct session *s)
{
	return (struct line_end){arena_text(t->arena, s->row.channel_id),
				 arena_text(t->arena, s->row.remote_key)};
}

/* The sessions of now: by the time it becomes visible they may have ended. */
static void keep_ends(struct turn *t, const struct contact *c, struct published_message *p)
{
	size_t n = 0;
	LIST_EACH(link, &c->sessions)
		n++;
	p->to = n > 0 ? arena_new(t->arena, n * sizeof *p->to) : NULL;
	LIST_EACH(link, &c->sessions)
		p->to[p->count++] = end_of(t, LIST_ITEM(link, struct session, link));
}

void publish_message(struct turn *t, const struct message_row *m, bool is_new)
{
	struct published_message *p = ARENA_NEW(t->arena, struct published_message);
	struct contact *c = is_new ? book_contact(t->g->book, m->contact) : NULL;
	*p = (struct published_message){.row = m, .is_new = is_new};
	if (c != NULL)
		keep_ends(t, c, p);
	turn_publish(t, message_now, p);
}

static void session_now(struct gateway *g, void *arg)
{
	const struct ended_session *ended = arg;
	lines_session_over(g->lines, ended->contact, &ended->end);
}

void publish_session_end(struct turn *t, const struct session *s)
{
	struct ended_session *ended = ARENA_NEW(t->arena, struct ended_session);
	*ended = (struct ended_session){s->row.contact, end_of(t, s)};
	turn_publish(t, session_now, ended);
}

static void channel_now(struct gateway *g, void *arg)
{
	live_channel(g->live, text_of(arg));
}

void publish_channel(struct turn *t, struct usher_text id)
{
	turn_publish(t, channel_now, (void *)(uintptr_t)arena_string(t->arena, id));
}
