/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/replay/replay_record.h"

#include "routing/base/memory.h"

#include <assert.h>
#include <stdlib.h>

int replay_record_add(struct replay_record *r, usher_us at_us, struct usher_text event,
		      struct usher_error *reterr)
{
	struct routing_event ev;
	if (routing_event_decode(event, &ev) < 0)
		return usher_error_set(reterr, E_INVALID, "journal: an event is damaged");
	if (r->count >= REPLAY_EVENTS_MAX || r->bytes.n + event.n > REPLAY_BYTES_MAX)
		return usher_error_set(reterr, E_LIMIT,
				       "the period holds more than %d events or %d MiB of them; "
				       "choose a shorter one",
				       REPLAY_EVENTS_MAX, (int)(REPLAY_BYTES_MAX >> 20));
	if (r->count == r->space) {
		r->space = r->space > 0 ? r->space * 2 : 1024;
		r->items = memory_resize(r->items, r->space * sizeof *r->items);
	}
	if (r->count > 0 && r->items[r->count - 1].at_us > at_us)
		at_us = r->items[r->count - 1].at_us;
	r->items[r->count++] = (struct replay_item){.at_us = at_us,
						    .offset = (uint32_t)r->bytes.n,
						    .bytes = (uint16_t)event.n,
						    .kind = (uint8_t)ev.kind};
	buf_add_text(&r->bytes, event);
	return 0;
}

void replay_record_event(const struct replay_record *r, size_t i, struct routing_event *ret)
{
	const struct replay_item *item = &r->items[i];
	int code = routing_event_decode(text_slice(r->bytes.p + item->offset, item->bytes), ret);
	assert(code == 0); /* it was decoded when it was added */
}

void replay_record_done(struct replay_record *r)
{
	buf_done(&r->bytes);
	free(r->items);
	*r = (struct replay_record){0};
}

usher_id replay_event_contact(const struct routing_event *ev)
{
	switch (ev->kind) {
	case EV_CONTACT_NEW:
	case EV_REQUIRE:
		return ev->contact.contact;
	case EV_TRANSFER:
	case EV_CONSULT:
		return ev->transfer.contact;
	default:
		break;
	}
	bool is_command = (ev->kind >= EV_CUSTOMER_LEFT && ev->kind <= EV_TAKE) ||
			  (ev->kind >= EV_CALLBACK && ev->kind <= EV_LEAVE);
	return is_command ? ev->command.contact : 0;
}

usher_id *replay_event_agent(struct routing_event *ev)
{
	if (ev->kind == EV_TRANSFER || ev->kind == EV_CONSULT)
		return &ev->transfer.agent;
	if (replay_event_contact(ev) == 0 || ev->kind == EV_CONTACT_NEW || ev->kind == EV_REQUIRE)
		return NULL;
	return &ev->command.agent;
}

uint64_t *replay_event_epoch(struct routing_event *ev)
{
	switch (ev->kind) {
	case EV_TRANSFER:
	case EV_CONSULT:
		return ev->transfer.agent != 0 ? &ev->transfer.epoch : NULL;
	case EV_ACCEPT:
	case EV_DECLINE:
	case EV_CLOSE:
	case EV_WRAPUP_DONE:
	case EV_WRAPUP_EXTEND:
	case EV_PARK:
	case EV_CONFERENCE:
	case EV_HAND_OVER:
	case EV_LEAVE:
		return &ev->command.epoch;
	default:
		return NULL;
	}
}
