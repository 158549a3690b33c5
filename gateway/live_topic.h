/* SPDX-License-Identifier: Apache-2.0 */
/* Topics of the live feed and who follows them. Used by live.c and live_publish.c only. */
#ifndef GATEWAY_LIVE_TOPIC_H
#define GATEWAY_LIVE_TOPIC_H

#include "gateway/http/http.h"
#include "gateway/json.h"
#include "gateway/live.h"
#include "routing/base/table.h"

enum topic_kind { TOPIC_ME = 1, TOPIC_WAITING, TOPIC_QUEUES, TOPIC_AGENTS, TOPIC_CHANNELS, TOPIC_CONTACT };

#define LIVE_TOPICS_PER_CLIENT 40
#define LIVE_WAITING_MAX 500                    /* contacts in a snapshot: the front of the line */
#define LIVE_SNAPSHOT_BYTES ((size_t)1 << 20)   /* of messages in a snapshot: the newest */

struct topic {
	enum topic_kind kind;
	usher_id id;          /* of the user (me, waiting) or contact; else 0 */
	uint64_t seq;
	uint64_t hash;        /* key in live.topics */
	struct list followers;
	struct table shown;   /* TOPIC_WAITING: contacts that its followers see */
	bool is_cut;          /* TOPIC_WAITING: there are more */
};

struct client {
	struct live *live;    /* borrowed: outlives it */
	struct ws_peer *peer; /* borrowed: until on_close */
	uint64_t number;      /* names it in work that comes back later */
	usher_id user;
	int64_t roles;
	unsigned char session[32];
	bool has_session;
	struct list link;     /* in list: live.clients */
	struct list follows;
	int follow_count;
};

struct follow {
	struct topic *topic;   /* borrowed: lives as long as it has followers */
	struct client *client; /* borrowed: ends its follows before itself */
	struct list of_topic, of_client;
};

struct live {
	struct gateway *g; /* borrowed: it owns this */
	struct list clients;
	struct table by_number;  /* number -> struct client *, borrowed */
	struct table topics;     /* hash -> struct topic *, owned */
	uint64_t last_number;
	size_t count;
	/* gathered for the next flush */
	struct table dirty_queues, dirty_agents, dirty_contacts;
	uv_timer_t *timer;
	bool is_armed;
};

struct topic *topic_find(struct live *l, enum topic_kind kind, usher_id id); /* NULL: no followers */
struct follow *topic_follow(struct live *l, struct client *c, enum topic_kind kind, usher_id id);
void topic_unfollow(struct live *l, struct follow *f);

/* The name people see: "me", "contact:0193…". */
void topic_name(const struct live *l, enum topic_kind kind, usher_id id, struct usher_buf *ret);

/* Begins {"t":"delta","topic":…,"seq":…,"op":op — the caller adds members, then topic_send. */
void topic_delta(struct live *l, struct topic *t, const char *op, struct json_writer *w,
		 struct usher_buf *out);
void topic_send(struct topic *t, struct json_writer *w, struct usher_buf *out);

/* Sends the topic as it stands now to one client. */
void topic_snapshot(struct live *l, struct client *c, struct topic *t);

bool topic_sees_queue(const struct live *l, const struct topic *t, usher_id queue);
void live_gather(struct live *l); /* arms the flush */
void live_flush(struct live *l);

#endif
