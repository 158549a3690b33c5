/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/model/agent.h"
#include "routing/model/channel.h"
#include "routing/model/contact.h"
#include "routing/model/message.h"

static const char *const channel_names[CHANNEL_KINDS] = {
	"none", "email", "chat", "telephony", "video", "messaging", "visit", "letter"};

static const char *const contact_state_names[CONTACT_STATES] = {
	"none", "waiting", "offered", "active", "parked", "wrap-up", "closed"};

static const char *const contact_cause_names[CONTACT_CAUSES] = {
	"none",          "accepted",       "declined",     "timeout",     "lost-presence",
	"withdrawn",     "customer-left",  "customer-ended", "agent-closed", "transferred",
	"not-ready",     "removed",        "system",       "overflow",    "waited-out",
	"no-reply",      "silence",        "conference",   "closed-hours", "callback",
	"full"};

static const char *const agent_state_names[AGENT_STATES] = {
	"signed-out", "ready", "not-ready", "busy", "wrap-up", "not-responding", "lost"};

static const char *const author_names[] = {"none", "customer", "agent", "system"};

static const char *const kind_names[MESSAGE_KINDS] = {"none",  "text", "note",
						      "event", "file", "link"};

static const char *const delivery_names[DELIVERY_STATES] = {
	"none", "queued", "sending", "sent",   "delivered",
	"read", "retry",  "failed",  "unsure", "held"};

static const char *name_at(const char *const *names, unsigned count, unsigned i)
{
	return i < count ? names[i] : names[0];
}

static int index_of(const char *const *names, unsigned count, struct usher_text name)
{
	for (unsigned i = 0; i < count; i++)
		if (text_equal(name, text_of(names[i])))
			return (int)i;
	return -1;
}

const char *channel_name(enum channel_kind kind)
{
	return name_at(channel_names, CHANNEL_KINDS, kind);
}

int channel_from_name(struct usher_text name, enum channel_kind *ret)
{
	int i = index_of(channel_names, CHANNEL_KINDS, name);
	if (i <= 0)
		return E_INVALID;
	*ret = (enum channel_kind)i;
	return 0;
}

bool channel_is_live(enum channel_kind kind)
{
	return kind == CHANNEL_CHAT || kind == CHANNEL_TELEPHONY || kind == CHANNEL_VIDEO ||
	       kind == CHANNEL_VISIT;
}

const char *contact_state_name(enum contact_state state)
{
	return name_at(contact_state_names, CONTACT_STATES, state);
}

int contact_state_from_name(struct usher_text name, enum contact_state *ret)
{
	int i = index_of(contact_state_names, CONTACT_STATES, name);
	if (i <= 0)
		return E_INVALID;
	*ret = (enum contact_state)i;
	return 0;
}

const char *contact_cause_name(enum contact_cause cause)
{
	return name_at(contact_cause_names, CONTACT_CAUSES, cause);
}

bool contact_may_become(enum contact_state from, enum contact_state to)
{
	/* One row per state, one bit per state that may follow. */
	static const unsigned allowed[CONTACT_STATES] = {
		[CONTACT_NONE] = 1u << CONTACT_WAITING,
		[CONTACT_WAITING] = 1u << CONTACT_WAITING | 1u << CONTACT_OFFERED |
				    1u << CONTACT_ACTIVE | 1u << CONTACT_PARKED |
				    1u << CONTACT_CLOSED,
		[CONTACT_OFFERED] = 1u << CONTACT_WAITING | 1u << CONTACT_ACTIVE |
				    1u << CONTACT_PARKED | 1u << CONTACT_CLOSED,
		[CONTACT_ACTIVE] = 1u << CONTACT_WAITING | 1u << CONTACT_ACTIVE |
				   1u << CONTACT_PARKED | 1u << CONTACT_WRAPUP |
				   1u << CONTACT_CLOSED,
		[CONTACT_PARKED] = 1u << CONTACT_WAITING | 1u << CONTACT_ACTIVE |
				   1u << CONTACT_CLOSED,
		[CONTACT_WRAPUP] = 1u << CONTACT_WAITING | 1u << CONTACT_CLOSED,
		[CONTACT_CLOSED] = 1u << CONTACT_WAITING,
	};
	return (unsigned)from < CONTACT_STATES && (unsigned)to < CONTACT_STATES &&
	       (allowed[from] >> to & 1) != 0;
}

const char *agent_state_name(enum agent_state state)
{
	return name_at(agent_state_names, AGENT_STATES, state);
}

int agent_state_from_name(struct usher_text name, enum agent_state *ret)
{
	int i = index_of(agent_state_names, AGENT_STATES, name);
	if (i < 0)
		return E_INVALID;
	*ret = (enum agent_state)i;
	return 0;
}

const char *message_author_name(enum message_author author)
{
	return name_at(author_names, 4, author);
}

const char *message_kind_name(enum message_kind kind)
{
	return name_at(kind_names, MESSAGE_KINDS, kind);
}

const char *delivery_state_name(enum delivery_state state)
{
	return name_at(delivery_names, DELIVERY_STATES, state);
}
