/* SPDX-License-Identifier: Apache-2.0 */
/* One WebSocket: its queue and its frames. */
#ifndef GATEWAY_HTTP_PEER_H
#define GATEWAY_HTTP_PEER_H

#include "gateway/http/internal.h"

#define PEER_FRAMES_MAX 1024 /* frames that may wait for a slow peer */

struct ws_frame {
	unsigned refs;
	size_t n;
	char bytes[]; /* head and payload */
};

struct ws_peer {
	struct http_conn *conn; /* borrowed: it owns the peer */
	struct ws_route route;	/* a copy: the route may go first */
	void *session;		/* the handler's; NULL once on_close has been called */
	struct frame_reader reader;
	struct ws_frame **queue; /* owned ring of `space` (a power of two); NULL while empty */
	unsigned first, count, space;
	size_t queued;	      /* bytes of the frames in the queue */
	size_t sent;	      /* bytes of the first frame that have left */
	bool is_ending;	      /* a close frame is the last in the queue, or has left */
	bool has_heard_close; /* nothing is read any more */
	bool is_slow;
	char address[ACCESS_ADDRESS_BYTES];
};

struct ws_peer *peer_new(struct http_conn *c, const struct ws_route *route, const char *address);
void peer_queue_raw(struct ws_peer *p, struct usher_text bytes);
void peer_free(struct ws_peer *p);

#endif
