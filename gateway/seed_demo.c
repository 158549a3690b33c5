/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/seed.h"

#include "gateway/auth_limit.h"
#include "gateway/config.h"
#include "gateway/demo.h"
#include "gateway/directory.h"
#include "gateway/http/http.h"
#include "gateway/json.h"
#include "gateway/lines.h"

#include <stdio.h>
#include <stdlib.h>

struct demo_user {
	const char *login, *name, *phone;
	int64_t roles;
	const char *skills;
	char password[24];
};

struct demo {
	struct gateway *g;
	struct demo_options options;
	usher_id support, billing;
	struct demo_user users[4];
	int code;
	struct usher_error err;
};

static usher_id put_queue(struct turn *t, const char *slug, const char *name, usher_us wrapup_us,
			  int *code)
{
	const struct queue_row *old = directory_queue_by_slug(t->g->directory, text_of(slug));
	if (old != NULL)
		return old->id;
	struct queue_row row = {.id = gateway_id(t->g, t->now),
				.priority = CONTACT_PRIORITY_DEFAULT,
				.offer_us = 30 * USHER_SECOND,
				.wrapup_us = wrapup_us,
				.target_us = 20 * USHER_SECOND,
				.target_percent = 80,
				.short_abandon_us = 5 * USHER_SECOND,
				.missed_max = 2,
				.name = text_of(name),
				.slug = text_of(slug)};
	*code = directory_put_queue(t, &row);
	return row.id;
}

static void put_skill(struct turn *t, int64_t number, const char *name)
{
	if (directory_skill_by_name(t->g->directory, text_of(name)) == NULL)
		directory_put_skill(t, &(struct skill_row){number, text_of(name)});
}

static int put_user(struct turn *t, struct demo *d, struct demo_user *user)
{
	char hash[128], random[AUTH_TOKEN_BYTES], queues[64];
	const struct user_row *old = directory_user_by_login(t->g->directory, text_of(user->login));
	auth_random(random);
	snprintf(user->password, sizeof user->password, "%.14s", random);
	if (!auth_hash_now(text_of(user->password), hash))
		return E_MEMORY;
	snprintf(queues, sizeof queues, "[\"%llu\",\"%llu\"]", (unsigned long long)d->support,
		 (unsigned long long)d->billing);
	struct user_row row = {.id = old != NULL ? old->id : gateway_id(t->g, t->now),
			       .created_us = t->now,
			       .roles = user->roles,
			       .capacity = AGENT_CAPACITY_DEFAULT,
			       .login = text_of(user->login),
			       .name = text_of(user->name),
			       .password = text_of(hash),
			       .phone = text_of(user->phone),
			       .skills = text_of(user->skills),
			       .queues = text_of(queues)};
	return directory_put_user(t, &row);
}

static void put_channel(struct turn *t, const char *id, enum channel_kind kind, const char *driver,
			usher_id queue, struct usher_text settings)
{
	struct channel_row row = {.id = text_of(id), .kind = kind, .is_enabled = 1, .queue = queue,
				  .driver = text_of(driver), .settings = settings};
	const struct channel_row *old = directory_channel(t->g->directory, text_of(id));
	struct usher_text state = old != NULL ? arena_text(t->arena, old->state) : TEXT_NONE;
	row.state = state;
	directory_put_channel(t, &row);
}

static void put_channels(struct turn *t, struct demo *d)
{
	const struct demo_options *o = &d->options;
	put_channel(t, "web", CHANNEL_CHAT, "chat", d->support,
		    TEXT("{\"title\":\"Meripuu\",\"greeting\":\"Ask us anything about your bicycle.\",\"is_default\":true}"));
	put_channel(t, "mail", CHANNEL_EMAIL, "email", d->support,
		    arena_textf(t->arena,
				"{\"address\":\"support@meripuu.example\",\"name\":\"Meripuu\","
				"\"domain\":\"meripuu.example\",\"lmtp_listen\":\"127.0.0.1:%d\","
				"\"smtp_server\":\"maildir:%s\"}",
				o->lmtp_port, o->maildir));
	put_channel(t, "phone", CHANNEL_TELEPHONY, "telephony", d->support,
		    arena_textf(t->arena,
				"{\"account_sid\":\"%s\",\"auth_token\":\"%s\",\"base_url\":\"%s\","
				"\"number\":\"+35891234567\"}",
				o->account_sid, o->auth_token, o->provider_url));
	put_channel(t, "video", CHANNEL_VIDEO, "video", d->support, TEXT("{}"));
}

static void apply(struct turn *t, void *arg)
{
	struct demo *d = arg;
	d->support = put_queue(t, "support", "Support", 20 * USHER_SECOND, &d->code);
	d->billing = put_queue(t, "billing", "Billing", 0, &d->code);
	put_skill(t, 1, "en");
	put_skill(t, 2, "fi");
	put_skill(t, 3, "billing");
	for (int i = 0; i < 4 && d->code == 0; i++)
		d->code = put_user(t, d, &d->users[i]);
	put_channels(t, d);
}

static void print_people(const struct demo *d)
{
	puts("\nSign in with (new at each start):");
	for (int i = 0; i < 4; i++)
		printf("  %-11s %-16s %s\n", d->users[i].login, d->users[i].password, d->users[i].name);
}

static void print_addresses(const struct demo *d, const char *video)
{
	const char *url = config_public_url(d->g->config);
	printf("\nUsher demo is ready.\n\n");
	printf("  Sample shop with chat   %s/\n", url);
	printf("  Agent console           %s/console\n", url);
	printf("  Supervisor board        %s/board\n", url);
	printf("  Video, as a customer    %s\n", video);
	printf("  Mail in (LMTP)          127.0.0.1:%d, to support@meripuu.example\n", d->options.lmtp_port);
	printf("  Mail out (Maildir)      %s\n", d->options.maildir);
	printf("  Place a call            %s\n", d->options.ring);
	printf("  Calls (Twilio dialect)  POST %s/hooks/phone/voice\n", url);
	printf("                          account %s, token %s\n", d->options.account_sid,
	       d->options.auth_token);
	printf("  Commands                %s\n", d->options.list);
	print_people(d);
	printf("\nTry: swaks --protocol LMTP --server 127.0.0.1:%d --from you@customer.example "
	       "--to support@meripuu.example --header \"Subject: Hello\" --body \"Is my bicycle on its way?\"\n",
	       d->options.lmtp_port);
	puts("Stop with Ctrl+C; the data stays for the next start.");
	fflush(stdout);
}

/* What the sample page shows: only in the demo, which listens on this machine alone. */
static void write_page(const struct demo *d, struct usher_buf *out)
{
	struct json_writer w;
	char command[300];
	json_writer_init(&w, out);
	json_write_object(&w);
	json_put_list(&w, "sign_ins");
	for (int i = 0; i < 4; i++) {
		json_write_object(&w);
		json_put_string(&w, "login", d->users[i].login);
		json_put_string(&w, "password", d->users[i].password);
		json_put_list(&w, "roles");
		if ((d->users[i].roles & ROLE_AGENT) != 0)
			json_write_text(&w, TEXT("agent"));
		if ((d->users[i].roles & ROLE_SUPERVISOR) != 0)
			json_write_text(&w, TEXT("supervisor"));
		if ((d->users[i].roles & ROLE_ADMIN) != 0)
			json_write_text(&w, TEXT("admin"));
		json_write_list_end(&w);
		json_write_object_end(&w);
	}
	json_write_list_end(&w);
	snprintf(command, sizeof command,
		 "swaks --protocol LMTP --server 127.0.0.1:%d --from you@customer.example "
		 "--to support@meripuu.example --header 'Subject: Hello' --body 'Is my bicycle on its way?'",
		 d->options.lmtp_port);
	json_put_object(&w, "mail");
	json_put_string(&w, "address", "support@meripuu.example");
	json_put_string(&w, "command", command);
	json_write_object_end(&w);
	json_put_object(&w, "call");
	json_put_string(&w, "number", "+35891234567");
	json_put_string(&w, "command", d->options.ring);
	json_write_object_end(&w);
	json_write_object_end(&w);
}

static void on_page(struct http_exchange *x, const struct http_request *r, void *arg)
{
	(void)r;
	http_server_ops()->reply(x, 200, "application/json", *(struct usher_text *)arg, NULL);
}

static void serve_page(struct demo *d)
{
	struct usher_buf out = {0};
	struct usher_text *text = ARENA_NEW(&d->g->arena, struct usher_text);
	write_page(d, &out);
	*text = arena_text(&d->g->arena, buf_text(&out));
	struct http_route route = {.method = "GET", .path = "/demo.json", .on_request = on_page,
				   .arg = text};
	int code = http_server_route(d->g->http, &route);
	(void)code; /* the page then says where to look */
	buf_done(&out);
}

static void done(int code, void *arg)
{
	struct demo *d = arg;
	struct usher_buf video = {0};
	if (code < 0 || d->code < 0) {
		fprintf(stderr, "usher: the demo data could not be written (%s)\n",
			usher_code_name(code < 0 ? code : d->code));
		exit(1);
	}
	lines_refresh_all(d->g->lines);
	serve_page(d);
	struct link_request request = {.name = TEXT("Visitor"),
				       .expires_us = gateway_now() + 7 * USHER_DAY};
	if (lines_link(d->g->lines, TEXT("video"), &request, &video, NULL) < 0)
		buf_adds(&video, "(the video channel is not open)");
	print_addresses(d, video.p);
	buf_done(&video);
	free(d);
}

void seed_demo(struct gateway *g, void *arg)
{
	struct demo *d = NEW(struct demo);
	d->g = g;
	d->options = *(struct demo_options *)arg;
	const struct demo_user users[4] = {
		{"anna", "Anna", "client:anna", ROLE_AGENT, "{\"1\":4,\"2\":3}", ""},
		{"kalle", "Kalle", "client:kalle", ROLE_AGENT, "{\"1\":3,\"3\":4}", ""},
		{"supervisor", "Supervisor", "", ROLE_AGENT | ROLE_SUPERVISOR, "{}", ""},
		{"admin", "Administrator", "", ROLE_SUPERVISOR | ROLE_ADMIN, "{}", ""},
	};
	memcpy(d->users, users, sizeof users);
	engine_submit(g->engine, apply, done, d);
}
