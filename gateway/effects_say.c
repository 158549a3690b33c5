/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/effects_say.h"

#include "gateway/directory.h"

#include <stdio.h>
#include <time.h>

void say_instant(usher_us at, char ret[static SAY_INSTANT_BYTES])
{
	time_t seconds = (time_t)(at / USHER_SECOND);
	struct tm local;
	if (at == USHER_NEVER || localtime_r(&seconds, &local) == NULL ||
	    strftime(ret, SAY_INSTANT_BYTES, "%Y-%m-%d %H:%M", &local) == 0)
		snprintf(ret, SAY_INSTANT_BYTES, "an instant that is not known");
}

static struct usher_text agent_name(const struct turn *t, usher_id agent)
{
	return directory_user_name(t->g->directory, agent);
}

static struct usher_text queue_name(const struct turn *t, usher_id queue)
{
	return directory_queue_name(t->g->directory, queue);
}

void say_queued(struct turn *t, struct contact *c, const struct routing_effect *fx, usher_id before)
{
	if (fx->cause == CAUSE_OVERFLOW && before != 0 && before != fx->queue)
		book_event(t, c, "overflow", "It could not wait in %.*s and waits in %.*s now.",
			   TEXT_ARG(queue_name(t, before)), TEXT_ARG(queue_name(t, fx->queue)));
}

void say_step(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	book_event(t, c, "step", "It has reached step %u of %.*s: who may take it is wider now.",
		   fx->number + 1, TEXT_ARG(queue_name(t, c->row.queue)));
}

void say_assigned(struct turn *t, struct contact *c, const struct routing_effect *fx, bool was_given)
{
	struct usher_text name = agent_name(t, fx->agent);
	const char *what = fx->cause == CAUSE_TRANSFERRED ? "holds the contact now"
			   : was_given                    ? "was given the contact"
							  : "took the contact";
	book_event(t, c, "assigned", "%.*s %s.", TEXT_ARG(name), what);
}

static const char *why_released(enum contact_cause cause)
{
	switch (cause) {
	case CAUSE_NO_REPLY:
		return "no answer was written in time";
	case CAUSE_LOST_PRESENCE:
		return "the console is gone";
	case CAUSE_NOT_READY:
		return "signed out";
	case CAUSE_TRANSFERRED:
		return "transferred";
	case CAUSE_AGENT_CLOSED:
		return "left, or the contact ended";
	case CAUSE_REMOVED:
		return "the user was removed";
	default:
		return contact_cause_name(cause);
	}
}

void say_released(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	book_event(t, c, "released", "%.*s no longer has the contact (%s).",
		   TEXT_ARG(agent_name(t, fx->agent)), why_released(fx->cause));
}

void say_parked(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	char until[SAY_INSTANT_BYTES];
	say_instant(fx->at_us, until);
	if (fx->cause == CAUSE_CLOSED_HOURS)
		book_event(t, c, "parked", "%.*s is closed: it waits until %s.",
			   TEXT_ARG(queue_name(t, fx->queue)), until);
	else if (fx->cause == CAUSE_CALLBACK)
		book_event(t, c, "parked", "It is due at %s.", until);
	else
		book_event(t, c, "parked", "%.*s set it aside until %s.",
			   TEXT_ARG(agent_name(t, fx->agent)), until);
}

void say_joined(struct turn *t, struct contact *c, const struct routing_effect *fx)
{
	book_event(t, c, "joined", "%.*s has joined the contact.",
		   TEXT_ARG(agent_name(t, fx->agent)));
}

void say_callback(struct turn *t, struct contact *c)
{
	book_event(t, c, "callback", "The customer does not wait on the line and is called back.");
}

void say_closed(struct turn *t, struct contact *c, enum contact_cause cause)
{
	const char *why = cause == CAUSE_WAITED_OUT	? "it waited too long"
			  : cause == CAUSE_SILENCE	? "the customer did not write any more"
			  : cause == CAUSE_CLOSED_HOURS ? "the queue is closed"
			  : cause == CAUSE_FULL		? "the queue is full"
							: contact_cause_name(cause);
	book_event(t, c, "closed", "The contact was closed (%s).", why);
}
