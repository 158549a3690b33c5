/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would have been: a stretch of the journal once more through the routing core, with other
 * settings. Free of any storage.
 *
 * Outside events (arrivals, leaving while waiting, presence, settings) happen at their recorded
 * instants. What people did in answer to the core's decisions happens so long after its cause as
 * it did in the record, in the order of the record where instants are equal. Without a change the
 * run is the record, event for event. README.md says what is assumed where the record is silent.
 */
#ifndef GATEWAY_REPLAY_MODEL_H
#define GATEWAY_REPLAY_MODEL_H

#include "gateway/replay/replay_figures.h"
#include "gateway/replay/replay_record.h"

struct replay_copy { /* an agent more, who is present whenever the other is */
	usher_id of, as;
};

/* What is different, from the beginning of the period. */
struct replay_change {
	const struct routing_event
		*sets;		/* EV_QUEUE_SET, EV_AGENT_SET, EV_CHANNEL_SET, in order; what
				 * the record says of the same objects later is dropped */
	const usher_id *absent; /* agents who are signed out all the time */
	const struct replay_copy *copies; /* their EV_AGENT_SET is among the sets */
	size_t set_count, absent_count, copy_count;
};

struct replay_input {
	struct usher_text
		state; /* routing_snapshot of the instant before the record; empty = nothing */
	struct routing_limits limits;
	struct replay_record *record; /* from the period on, and for some time behind it: how long
				       * what was open at its end took */
	usher_us from_us, to_us;
	const struct replay_target *targets;
	size_t target_count;
	const struct replay_change *change;					   /* NULL = none */
	void (*on_progress)(const char *what, size_t done, size_t all, void *arg); /* may be NULL */
	void *arg;
};

struct replay_result {
	struct replay_figures *before, *after; /* owned: replay_result_done */
	uint64_t digest_before, digest_after;  /* of the core at the end of the period */
	bool is_same;			       /* the what-if was the record, event for event */
	size_t events, steps;		       /* of the record within the period; of the what-if */
	size_t assumed_accepts;	 /* offers that the record does not know, accepted after a median */
	size_t assumed_handling; /* contacts finished after a median of the queue and channel */
	size_t assumed_wrapups;
	size_t moot;	/* customers who left in the record and were served before that */
	size_t dropped; /* other recorded events that had lost their object */
	size_t unspent; /* recorded reactions whose cause did not come again */
};

/* E_INVALID: the state is damaged. E_LIMIT: the what-if does not come to an end in 20 times the
 * steps of the record (and a million). Writes nothing in *ret then. */
int replay_run(const struct replay_input *in, struct replay_result *ret,
	       struct usher_error *reterr) USHER_CHECKED;
void replay_result_done(struct replay_result *r);

#endif
