/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/telephony/call.h"

#include "channels/json.h"

#include <stdio.h>
#include <stdlib.h>

bool call_status_is_end(enum call_status status)
{
	return status >= CALL_COMPLETED;
}

struct call_leg *call_leg(struct call *c, struct usher_text sid)
{
	for (int i = 0; i < c->leg_count; i++)
		if (text_equal(text_of(c->legs[i].sid), sid))
			return &c->legs[i];
	return NULL;
}

bool call_is_over(const struct call *c)
{
	for (int i = 0; i < c->leg_count; i++)
		if (c->legs[i].role == LEG_CUSTOMER)
			return call_status_is_end(c->legs[i].status);
	return false;
}

static struct call_leg *leg_for(struct call *c, const struct call_event *e)
{
	struct call_leg *leg = call_leg(c, e->sid);
	if (leg != NULL || c->leg_count == CALL_LEGS_MAX || e->sid.n > SID_BYTES_MAX)
		return leg;
	leg = &c->legs[c->leg_count++];
	*leg = (struct call_leg){.role = e->role, .room_seq = -1};
	memcpy(leg->sid, e->sid.p, e->sid.n);
	return leg;
}

static void merge_who(struct call_leg *leg, const struct call_event *e)
{
	if (e->role < leg->role)
		leg->role = e->role; /* the more telling one */
	if (leg->agent == 0)
		leg->agent = e->agent;
	if (leg->epoch == 0)
		leg->epoch = e->epoch;
}

static unsigned merge_status(struct call_leg *leg, const struct call_event *e)
{
	bool was_over = call_status_is_end(leg->status);
	if (e->seconds > leg->seconds)
		leg->seconds = e->seconds;
	if (e->status > leg->status)
		leg->status = e->status;
	if (was_over || !call_status_is_end(leg->status))
		return 0;
	bool is_unreached = leg->status != CALL_COMPLETED;
	return (leg->role == LEG_CUSTOMER ? CALL_ENDED : 0) |
	       (leg->role == LEG_AGENT && is_unreached ? CALL_LEG_UNREACHED : 0);
}

static unsigned merge_room(struct call_leg *leg, const struct call_event *e)
{
	unsigned changes = 0;
	if (e->room == ROOM_JOIN && (leg->joined_us == 0 || e->at_us < leg->joined_us)) {
		changes |= leg->joined_us == 0 ? CALL_LEG_JOINED : CALL_CHANGED;
		leg->joined_us = e->at_us;
	}
	if (e->room == ROOM_LEAVE && e->at_us > leg->left_us) {
		changes |= leg->left_us == 0 ? CALL_LEG_LEFT : CALL_CHANGED;
		leg->left_us = e->at_us;
	}
	bool is_older = e->sequence >= 0 ? e->sequence <= leg->room_seq : leg->room_seq >= 0;
	if (is_older || e->room >= ROOM_END || e->room == ROOM_NONE)
		return changes;
	leg->room_seq = e->sequence;
	leg->is_inside = e->room != ROOM_LEAVE;
	leg->is_held = e->room == ROOM_HOLD;
	return changes | CALL_CHANGED;
}

unsigned call_apply(struct call *c, const struct call_event *event)
{
	struct call_leg *leg = leg_for(c, event);
	if (leg == NULL)
		return 0; /* more legs than a call can have: not recorded */
	struct call_leg before = *leg;
	merge_who(leg, event);
	unsigned changes = merge_status(leg, event) | merge_room(leg, event);
	if (memcmp(&before, leg, sizeof before) != 0)
		changes |= CALL_CHANGED;
	return changes;
}

/* ---- kept with the session ---------------------------------------------------------------------
 */

static const char *const roles[] = {"", "customer", "agent", "other"};

static int compare_legs(const void *a, const void *b)
{
	const struct call_leg *left = a, *right = b;
	return left->role != right->role ? (int)left->role - (int)right->role
					 : strcmp(left->sid, right->sid);
}

/* Ids are 63 bits: text, so that a browser does not round them. */
static void out_id(struct usher_buf *b, const char *name, uint64_t id)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)id);
	if (id != 0)
		json_out_string(b, name, text);
}

static void encode_leg(const struct call_leg *leg, struct usher_buf *b)
{
	json_out_open(b, NULL, '{');
	json_out_string(b, "sid", leg->sid);
	json_out_string(b, "role", roles[leg->role]);
	out_id(b, "agent", leg->agent);
	out_id(b, "epoch", leg->epoch);
	json_out_string(b, "status", call_status_name(leg->status));
	json_out_integer(b, "seconds", leg->seconds);
	json_out_integer(b, "room_seq", leg->room_seq);
	json_out_boolean(b, "inside", leg->is_inside);
	json_out_boolean(b, "held", leg->is_held);
	json_out_integer(b, "joined_at", leg->joined_us / 1000);
	json_out_integer(b, "left_at", leg->left_us / 1000);
	json_out_close(b, '}');
}

void call_encode(const struct call *c, struct usher_buf *ret)
{
	struct call sorted = *c;
	qsort(sorted.legs, (size_t)sorted.leg_count, sizeof *sorted.legs, compare_legs);
	json_out_open(ret, NULL, '{');
	json_out_string(ret, "from", c->from);
	out_id(ret, "agent", c->agent);
	out_id(ret, "epoch", c->epoch);
	json_out_open(ret, "legs", '[');
	for (int i = 0; i < sorted.leg_count; i++)
		encode_leg(&sorted.legs[i], ret);
	json_out_close(ret, ']');
	json_out_close(ret, '}');
}

static uint64_t in_id(const struct json_t *o, const char *name)
{
	struct usher_text t;
	uint64_t id;
	return json_in_text(o, name, 20, &t) == 0 && text_to_u64(t, &id) == 0 ? id : 0;
}

static int64_t in_number(const struct json_t *o, const char *name, int64_t fallback)
{
	int64_t value = fallback;
	return json_in_integer(o, name, -1, INT64_MAX / 1000, &value) == 0 ? value : fallback;
}

static int decode_leg(const struct json_t *o, struct call_leg *ret)
{
	struct usher_text sid, role, status;
	if (o == NULL || json_in_text(o, "sid", SID_BYTES_MAX, &sid) < 0 || !sid_is_valid(sid) ||
	    json_in_text(o, "role", 20, &role) < 0 || json_in_text(o, "status", 20, &status) < 0)
		return E_INVALID;
	*ret = (struct call_leg){.role = LEG_OTHER};
	memcpy(ret->sid, sid.p, sid.n);
	for (int i = LEG_CUSTOMER; i <= LEG_OTHER; i++)
		if (text_equal(role, text_of(roles[i])))
			ret->role = (enum call_role)i;
	ret->agent = in_id(o, "agent");
	ret->epoch = in_id(o, "epoch");
	ret->status = call_status_from(status);
	ret->seconds = in_number(o, "seconds", 0);
	ret->room_seq = in_number(o, "room_seq", -1);
	(void)(json_in_boolean(o, "inside", &ret->is_inside) < 0); /* absent: false */
	(void)(json_in_boolean(o, "held", &ret->is_held) < 0);
	ret->joined_us = in_number(o, "joined_at", 0) * 1000;
	ret->left_us = in_number(o, "left_at", 0) * 1000;
	return 0;
}

int call_decode(struct usher_text json, struct call *ret)
{
	struct json_t *tree;
	struct usher_text from;
	*ret = (struct call){0};
	if (json_in(&tree, json, NULL) < 0)
		return E_INVALID;
	const struct json_t *legs = json_in_array(tree, "legs");
	int code = json_in_text(tree, "from", sizeof ret->from - 1, &from);
	if (code == 0 && from.n > 0)
		memcpy(ret->from, from.p, from.n);
	ret->agent = in_id(tree, "agent");
	ret->epoch = in_id(tree, "epoch");
	for (size_t i = 0; code == 0 && i < json_in_count(legs) && i < CALL_LEGS_MAX; i++) {
		code = decode_leg(json_in_item(legs, i), &ret->legs[i]);
		ret->leg_count = (int)i + 1;
	}
	json_in_free(tree);
	if (code < 0)
		*ret = (struct call){0};
	return code;
}
