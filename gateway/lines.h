/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The channels that are open, and what each is lent (struct channel_host).
 *
 * A channel that fails to open is kept with its fault as its status, so that people see it; it is
 * tried again when its row changes.
 */
#ifndef GATEWAY_LINES_H
#define GATEWAY_LINES_H

#include "channels/channel.h"
#include "gateway/book.h"

struct lines;

struct lines *lines_new(struct gateway *g);
/* Ends every channel, waiting for their jobs; the loop must still run. Then on_closed. */
void lines_close_all(struct lines *l, void (*on_closed)(void *arg), void *arg);
struct lines *lines_free(struct lines *l); /* after lines_close_all; accepts NULL; always NULL */

/* Opens, reopens with changed settings, or closes by the channel's row. */
void lines_refresh(struct lines *l, struct usher_text channel_id);
void lines_refresh_all(struct lines *l);

/* Checks settings without opening. The driver must exist. */
int lines_check(struct usher_text driver, struct usher_text settings,
		struct usher_error *reterr) USHER_CHECKED;

void lines_status(const struct lines *l, struct usher_text channel_id, struct channel_status *ret);

/* ---- towards the adapters ---- */
void lines_tell_all(struct lines *l); /* after a start: how every open contact stands */
void lines_contact(struct lines *l, struct contact *c); /* its state changed */
void lines_queue_moved(struct lines *l, usher_id queue); /* its line got shorter or longer */
struct line_end { /* where a contact was held; texts in the turn's arena */
	struct usher_text channel_id, key;
};
void lines_message(struct lines *l, const struct message_row *m, const struct line_end *to, size_t n);
void lines_session_over(struct lines *l, usher_id contact, const struct line_end *end);
void lines_signal(struct lines *l, usher_id contact, enum channel_signal signal, int64_t seq);
void lines_send(struct lines *l, const struct outbox_row *row, bool is_unsure);
bool lines_wants_commands(const struct gateway *g, struct usher_text channel_id);

/* The abilities of the channel's driver; 0 when it is not open. */
unsigned lines_abilities(const struct gateway *g, struct usher_text channel_id);

/* An address to open, through a channel that can make links. The id may be empty: any video. */
int lines_link(struct lines *l, struct usher_text channel_id, const struct link_request *request,
	       struct usher_buf *ret, struct usher_text *ret_channel_id) USHER_CHECKED;

/* What a person should see of the contact's place in line, with a range for the further wait. */
void lines_news(struct gateway *g, struct contact *c, struct usher_text channel_id,
		struct contact_news *ret);

/* A stored message as adapters see it; texts stay those of the row. */
void lines_message_view(struct gateway *g, const struct message_row *row,
			struct contact_message *ret);

#endif
