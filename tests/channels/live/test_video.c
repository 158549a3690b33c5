/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/video/video.h"
#include "tests/channels/live/host.h"
#include "tests/tap.h"

#include <stdio.h>

#define SECOND USHER_SECOND
#define ANNA ((usher_id)77 << 20)

static struct live *open_video(void)
{
	return live_new(
		&video_driver, "video",
		"{\"stun_urls\":\"stun:127.0.0.1:3478\",\"turn_urls\":\"turn:127.0.0.1:3478\","
		"\"turn_secret\":\"s\"}",
		NULL);
}

/* The ticket of a fresh link. */
static const char *link_for(struct live *l, usher_id contact, usher_id agent, const char *name)
{
	static char tickets[8][1100];
	static int turn;
	char *ret = tickets[turn = (turn + 1) % 8];
	struct usher_buf b = {0};
	struct link_request request = {.contact = contact,
				       .is_agent = agent != 0,
				       .agent = agent,
				       .name = text_of(name),
				       .expires_us = l->clock + USHER_HOUR};
	assert_int_equal(video_driver.link(l->channel, &request, &b), 0);
	const char *start = "https://gw.example.org/v/";
	assert_int_equal(strncmp(b.p, start, strlen(start)), 0);
	snprintf(ret, sizeof tickets[0], "%s", b.p + strlen(start));
	buf_done(&b);
	return ret;
}

static struct ws_peer *join(struct live *l, const char *ticket)
{
	struct ws_peer *p = live_connect(l, "/rtc", "192.0.2.1", "https://gw.example.org");
	assert_non_null(p);
	live_say(p, "{\"t\":\"join\",\"ticket\":\"%s\",\"name\":\"claimed\"}", ticket);
	live_pump(l);
	return p;
}

/* A customer in a room of its own, waiting. */
static struct ws_peer *lobby(struct live *l, const char **ret_ticket, struct live_contact **ret)
{
	const char *ticket = link_for(l, 0, 0, "");
	struct ws_peer *p = join(l, ticket);
	live_expect(p, "welcome");
	*ret = l->contacts[l->contact_count - 1];
	if (ret_ticket != NULL)
		*ret_ticket = ticket;
	return p;
}

static void opens_a_contact_from_a_link(void **state)
{
	(void)state;
	struct live *l = open_video();
	const char *ticket = link_for(l, 0, 0, "");
	struct ws_peer *p = live_connect(l, "/rtc", "192.0.2.1", "");
	live_say(p, "{\"t\":\"join\",\"ticket\":\"%s\",\"name\":\"claimed\"}", ticket);
	assert_int_equal(p->count, 0); /* nothing before the commit */
	live_pump(l);
	const char *welcome = live_expect(p, "welcome");
	struct live_contact *c = l->contacts[0];
	char id[ID_TEXT_BYTES];
	id_format(c->id, &l->id_key, id);
	assert_string_equal(live_member(welcome, "room"), id);
	assert_string_equal(live_member(welcome, "polite"), "false");
	assert_string_equal(live_member(welcome, "role"), "customer");
	assert_string_equal(live_member(welcome, "state"), "waiting");
	assert_string_equal(live_member(welcome, "position"), "1");
	assert_string_equal(live_member(welcome, "ice.0.urls.0"), "stun:127.0.0.1:3478");
	char user[80];
	snprintf(user, sizeof user, "%lld:%s", (long long)(l->clock / SECOND + 600), id);
	assert_string_equal(live_member(welcome, "ice.1.username"), user);
	assert_string_equal(c->name, "claimed");
	assert_non_null(strstr(c->session_fields, "\"role\":\"customer\""));
	assert_int_equal(l->contact_count, 1);
	live_free(l);
}

static void refuses_bad_tickets(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct ws_peer *p = join(l, "nonsense");
	assert_int_equal(p->close_code, 4001);
	assert_non_null(live_expect(p, "bye"));
	const char *ticket = link_for(l, 0, 0, "");
	l->clock += 2 * USHER_HOUR;
	assert_int_equal(join(l, ticket)->close_code, 4001);
	p = live_connect(l, "/rtc", "1", "");
	live_say(p, "{\"t\":\"leave\"}");
	assert_int_equal(p->close_code, 4001);
	p = live_connect(l, "/rtc", "1", "");
	live_say(p, "x");
	assert_int_equal(p->close_code, 4001);
	p = live_connect(l, "/rtc", "1", "");
	live_advance(l, 6 * SECOND);
	assert_int_equal(p->close_code, 4001);
	p = join(l, link_for(l, 0, 0, ""));
	live_say(p, "{\"t\":\"join\",\"ticket\":\"x\"}");
	assert_int_equal(p->close_code, 1008);
	/* A ticket for a contact that is not there. */
	assert_int_equal(join(l, link_for(l, 12345, 0, ""))->close_code, 4001);
	live_free(l);
}

static void makes_links_within_bounds(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct usher_buf b = {0};
	struct link_request r = {.expires_us = l->clock};
	assert_int_equal(video_driver.link(l->channel, &r, &b), E_INVALID);
	r.expires_us = l->clock + 91 * USHER_DAY;
	assert_int_equal(video_driver.link(l->channel, &r, &b), E_INVALID);
	r.expires_us = l->clock + USHER_HOUR;
	r.is_agent = true; /* an agent goes to a contact, not to nowhere */
	assert_int_equal(video_driver.link(l->channel, &r, &b), E_INVALID);
	assert_int_equal(b.n, 0);
	live_free(l);
}

static void connects_both_sides(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct live_contact *c;
	struct ws_peer *customer = lobby(l, NULL, &c);
	live_place(l, c, 2, 0, 0);
	assert_string_equal(live_member(live_expect(customer, "state"), "position"), "2");
	live_accept(l, c, ANNA, "Anna");
	assert_string_equal(live_member(live_expect(customer, "state"), "agent"), "Anna");
	assert_int_equal(live_command(l, c, "assigned", "", 0)->state, DELIVERY_SENT);
	struct ws_peer *agent = join(l, link_for(l, c->id, ANNA, "Anna"));
	const char *welcome = live_expect(agent, "welcome");
	assert_string_equal(live_member(welcome, "polite"), "true");
	assert_string_equal(live_member(welcome, "peers.0.name"), "claimed");
	const char *joined = live_expect(customer, "peer-joined");
	assert_string_equal(live_member(joined, "name"), "Anna"); /* not what the frame claims */
	assert_true(text_equal(live_last(c)->m.body, TEXT("Anna is in the video room")));
	/* Byte for byte, with odd spacing and members nobody here knows. */
	const char *offer =
		"{\"t\" : \"description\",\"x\":1.0, \"description\":{\"type\":\"offer\","
		"\"sdp\":\"v=0\\r\\n\"}}";
	live_say(agent, "%s", offer);
	assert_string_equal(live_next(customer), offer);
	live_say(customer, "{\"t\":\"candidate\",\"candidate\":null}");
	assert_string_equal(live_next(agent), "{\"t\":\"candidate\",\"candidate\":null}");
	assert_null(live_next(customer)); /* not back to its sender */
	live_say(customer, "{\"t\":\"description\",\"description\":5}");
	assert_int_equal(customer->close_code, 1008);
	live_free(l);
}

static void records_how_long_they_were_there(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct live_contact *c;
	struct ws_peer *customer = lobby(l, NULL, &c);
	live_accept(l, c, ANNA, "Anna");
	struct ws_peer *agent = join(l, link_for(l, c->id, ANNA, "Anna"));
	live_advance(l, 63 * SECOND);
	live_say(agent, "{\"t\":\"leave\"}");
	live_pump(l);
	assert_int_equal(agent->close_code, 1000);
	live_expect(customer, "peer-left");
	assert_true(text_equal(live_last(c)->m.body, TEXT("Anna left the video room after 63 s")));
	char want[100];
	snprintf(want, sizeof want, "\"joined_at\":%lld,\"left_at\":%lld",
		 (long long)(l->clock / 1000 - 63000), (long long)(l->clock / 1000));
	assert_non_null(strstr(c->session_fields, want));
	assert_int_equal(c->state, CONTACT_ACTIVE);
	live_free(l);
}

static void forgives_a_reload(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct live_contact *c;
	const char *ticket;
	struct ws_peer *customer = lobby(l, &ticket, &c);
	live_accept(l, c, ANNA, "Anna");
	struct ws_peer *agent = join(l, link_for(l, c->id, ANNA, "Anna"));
	size_t before = c->count;
	live_cut(customer);
	live_expect(agent, "peer-left");
	live_advance(l, 2 * SECOND);
	customer = join(l, ticket);
	const char *welcome = live_expect(customer, "welcome");
	/* The agent was told to be polite, so the newcomer is not. */
	assert_string_equal(live_member(welcome, "polite"), "false");
	live_expect(agent, "peer-joined");
	/* A second window takes over. */
	struct ws_peer *second = join(l, ticket);
	assert_int_equal(customer->close_code, 1000);
	assert_string_equal(live_member(live_expect(customer, "bye"), "reason"), "replaced");
	live_expect(agent, "peer-left");
	live_expect(agent, "peer-joined");
	live_expect(second, "welcome");
	live_advance(l, 60 * SECOND);
	assert_int_equal(c->count, before); /* nobody was ever away */
	assert_int_equal(c->state, CONTACT_ACTIVE);
	live_free(l);
}

static void abandons_a_lobby(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct live_contact *c;
	const char *ticket;
	struct ws_peer *p = lobby(l, &ticket, &c);
	live_cut(p);
	live_advance(l, 29 * SECOND);
	assert_int_equal(c->state, CONTACT_WAITING);
	p = join(l, ticket);
	live_advance(l, 100 * SECOND);
	assert_int_equal(c->state, CONTACT_WAITING);
	live_cut(p);
	live_advance(l, 10 * SECOND); /* "left" is told by then */
	live_answer_next(l, E_AGAIN);
	live_advance(l, 21 * SECOND);
	assert_int_equal(c->state, CONTACT_WAITING);
	live_advance(l, 10 * SECOND);
	assert_int_equal(c->state, CONTACT_CLOSED);
	assert_int_equal(c->cause, CAUSE_CUSTOMER_LEFT);
	/* The link does not begin another one. */
	p = join(l, ticket);
	assert_int_equal(p->close_code, 1000);
	assert_string_equal(live_member(live_expect(p, "bye"), "reason"), "ended");
	assert_int_equal(l->contact_count, 1);
	live_free(l);
}

static void abandons_also_after_a_restart(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct live_contact *c;
	lobby(l, NULL, &c);
	live_reopen(l);
	live_changed(l, c);
	live_advance(l, 31 * SECOND);
	assert_int_equal(c->state, CONTACT_CLOSED);
	live_free(l);
}

static void leaves_at_once_when_said(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct live_contact *c;
	struct ws_peer *p = lobby(l, NULL, &c);
	live_say(p, "{\"t\":\"leave\"}");
	live_pump(l);
	assert_int_equal(c->state, CONTACT_CLOSED);
	p = lobby(l, NULL, &c);
	live_accept(l, c, ANNA, "Anna");
	struct ws_peer *agent = join(l, link_for(l, c->id, ANNA, "Anna"));
	live_say(p, "{\"t\":\"leave\"}");
	live_pump(l);
	assert_int_equal(c->state, CONTACT_WRAPUP);
	assert_string_equal(live_member(live_expect(agent, "state"), "state"), "ended");
	assert_int_equal(agent->close_code, 1000);
	live_free(l);
}

static void joins_a_contact_of_another_channel(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct live_contact *c = live_contact_new(l);
	live_accept(l, c, ANNA, "Anna");
	struct ws_peer *agent = join(l, link_for(l, c->id, ANNA, "Anna")); /* the first to come */
	assert_string_equal(live_member(live_expect(agent, "welcome"), "polite"), "false");
	struct ws_peer *p = join(l, link_for(l, c->id, 0, "Customer"));
	const char *welcome = live_expect(p, "welcome");
	assert_string_equal(live_member(welcome, "polite"), "true");
	assert_string_equal(live_member(welcome, "state"), "active");
	assert_true(text_equal(live_last(c)->m.body, TEXT("The customer is in the video room")));
	assert_int_equal(l->contact_count, 1);
	assert_true(c->is_session_open);
	live_say(p, "{\"t\":\"leave\"}");
	live_pump(l);
	assert_int_equal(c->state, CONTACT_ACTIVE); /* only the video is over */
	p = join(l, link_for(l, c->id, 0, "Customer"));
	live_expect(p, "welcome");
	live_free(l);
}

static void lets_one_agent_in(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct live_contact *c;
	lobby(l, NULL, &c);
	live_accept(l, c, ANNA, "Anna");
	struct ws_peer *anna = join(l, link_for(l, c->id, ANNA, "Anna"));
	struct ws_peer *other = join(l, link_for(l, c->id, ANNA + 1, "Other"));
	assert_int_equal(other->close_code, 4003);
	assert_false(anna->is_closing);
	/* After a transfer it is the other way round. */
	live_accept(l, c, ANNA + 1, "Other");
	live_advance(l, 10 * SECOND);
	other = join(l, link_for(l, c->id, ANNA + 1, "Other"));
	live_expect(other, "welcome");
	assert_int_equal(anna->close_code, 1000);
	assert_true(text_equal(live_last(c)->m.body, TEXT("Other is in the video room")));
	assert_true(text_equal(c->messages[c->count - 2].m.body,
			       TEXT("Anna left the video room after 10 s")));
	live_free(l);
}

static void carries_out_commands(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct live_contact *c;
	struct ws_peer *p = lobby(l, NULL, &c);
	live_accept(l, c, ANNA, "Anna");
	struct ws_peer *agent = join(l, link_for(l, c->id, ANNA, "Anna"));
	c->state = CONTACT_WAITING;
	c->agent = 0;
	live_changed(l, c);
	assert_int_equal(live_command(l, c, "released", "", 0)->state, DELIVERY_SENT);
	assert_int_equal(agent->close_code, 1000);
	live_expect(p, "peer-left");
	assert_int_equal(live_command(l, c, "message", "", 0)->state, DELIVERY_FAILED);
	live_accept(l, c, ANNA, "Anna");
	agent = join(l, link_for(l, c->id, ANNA, "Anna"));
	assert_int_equal(live_command(l, c, "closed", "", 0)->state, DELIVERY_SENT);
	assert_string_equal(live_member(live_expect(p, "bye"), "reason"), "ended");
	assert_int_equal(p->close_code, 1000);
	assert_int_equal(agent->close_code, 1000);
	assert_non_null(strstr(c->session_fields, "left_at"));
	assert_int_equal(live_command(l, c, "closed", "", 1)->state, DELIVERY_SENT);
	live_free(l);
}

static void asks_to_come_later_when_nothing_is_kept(void **state)
{
	(void)state;
	struct live *l = open_video();
	const char *ticket = link_for(l, 0, 0, "");
	live_answer_next(l, E_AGAIN);
	struct ws_peer *p = join(l, ticket);
	assert_int_equal(p->close_code, 1013);
	assert_false(live_has(p, "welcome"));
	p = join(l, ticket);
	live_expect(p, "welcome");
	/* Gone before it was durable: not left waiting for ever. */
	p = live_connect(l, "/rtc", "1", "");
	live_say(p, "{\"t\":\"join\",\"ticket\":\"%s\"}", link_for(l, 0, 0, ""));
	live_cut(p);
	live_pump(l);
	struct live_contact *c = l->contacts[1];
	assert_int_equal(c->state, CONTACT_WAITING);
	live_advance(l, 31 * SECOND);
	assert_int_equal(c->state, CONTACT_CLOSED);
	live_free(l);
}

static void closes_what_idles_or_floods(void **state)
{
	(void)state;
	struct live *l = open_video();
	struct live_contact *c;
	struct ws_peer *p = lobby(l, NULL, &c);
	live_advance(l, 3 * USHER_HOUR);
	assert_false(p->is_closing); /* waiting is no idling */
	live_accept(l, c, ANNA, "Anna");
	live_advance(l, USHER_HOUR);
	assert_int_equal(p->close_code, 4008);
	p = lobby(l, NULL, &c);
	for (int i = 0; i < 400; i++)
		live_say(p, "{\"t\":\"candidate\",\"candidate\":null}");
	assert_int_equal(p->close_code, 1008);
	live_free(l);
}

static void shares_the_route_between_channels(void **state)
{
	(void)state;
	struct live *a = open_video();
	struct live *b = live_new(&video_driver, "other", "{}", NULL);
	b->host.secret = TEXT("another secret of another channel");
	assert_int_equal(a->ws_route_count + b->ws_route_count, 1);
	/* A ticket of b comes in by the route of a. */
	struct ws_peer *p = live_connect(a, "/rtc", "1", "");
	live_say(p, "{\"t\":\"join\",\"ticket\":\"%s\"}", link_for(b, 0, 0, ""));
	live_pump(b);
	live_expect(p, "welcome");
	assert_int_equal(a->contact_count, 0);
	assert_int_equal(b->contact_count, 1);
	/* b closes: its room ends, the socket is told; then the other way round. */
	b->channel = video_driver.close(b->channel);
	assert_int_equal(p->close_code, 1012);
	live_free(b);
	b = live_new(&video_driver, "other", "{}", NULL);
	p = live_connect(a, "/rtc", "1", "");
	live_say(p, "{\"t\":\"join\",\"ticket\":\"%s\"}", link_for(b, 0, 0, ""));
	live_free(a);
	live_pump(b);
	live_advance(b, 2 * SECOND);
	assert_int_equal(b->ws_route_count, 1); /* taken over */
	assert_non_null(join(b, link_for(b, 0, 0, "")));
	live_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_a_contact_from_a_link),
		cmocka_unit_test(refuses_bad_tickets),
		cmocka_unit_test(makes_links_within_bounds),
		cmocka_unit_test(connects_both_sides),
		cmocka_unit_test(records_how_long_they_were_there),
		cmocka_unit_test(forgives_a_reload),
		cmocka_unit_test(abandons_a_lobby),
		cmocka_unit_test(abandons_also_after_a_restart),
		cmocka_unit_test(leaves_at_once_when_said),
		cmocka_unit_test(joins_a_contact_of_another_channel),
		cmocka_unit_test(lets_one_agent_in),
		cmocka_unit_test(carries_out_commands),
		cmocka_unit_test(asks_to_come_later_when_nothing_is_kept),
		cmocka_unit_test(closes_what_idles_or_floods),
		cmocka_unit_test(shares_the_route_between_channels),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
