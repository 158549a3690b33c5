/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of the gateway, carried out by REST: connect an agent, put back, end. */
#include "channels/telephony/telephony.h"

#include "channels/json.h"

#include <stdio.h>
#include <stdlib.h>

#define REST_TIMEOUT (10 * USHER_SECOND)
#define ANSWER_BYTES_MAX ((size_t)64 * 1024)

enum phone_step {
	STEP_CONNECT,
	STEP_DIAL,
	STEP_REQUEUE,
	STEP_APOLOGISE, /* then end */
	STEP_END,
	STEP_END_LEG
};

struct phone_command {
	struct list in_channel;
	struct channel *ch;
	enum phone_step step;
	usher_id out_id, contact, agent; /* out_id 0: nobody waits for the outcome */
	int64_t seq;
	uint64_t epoch;
	int attempts;
	char sid[SID_BYTES_MAX + 1]; /* of the call the request is about */
	char agent_phone[204];
};

static void finish(struct phone_command *cmd, enum delivery_state state, usher_us retry_us,
		   const char *detail)
{
	struct channel_host *h = cmd->ch->host;
	if (cmd->out_id != 0)
		h->delivered(h, cmd->out_id, cmd->contact, cmd->seq, state, retry_us, detail);
	list_remove(&cmd->in_channel);
	free(cmd);
}

static struct phone_command *command_new(struct channel *ch, enum phone_step step,
					 struct usher_text sid)
{
	struct phone_command *cmd = NEW(struct phone_command);
	cmd->ch = ch;
	cmd->step = step;
	snprintf(cmd->sid, sizeof cmd->sid, "%.*s", TEXT_ARG(sid));
	list_add_last(&ch->commands, &cmd->in_channel);
	return cmd;
}

void phone_commands_done(struct channel *ch)
{
	LIST_EACH(item, &ch->commands)
	{
		list_remove(item);
		free(LIST_ITEM(item, struct phone_command, in_channel));
	}
}

/* ---- requests
 * ------------------------------------------------------------------------------------ */

static void on_answer(int status, struct usher_text body, const char *reason, void *arg);

static void post(struct phone_command *cmd, struct rest_request *request)
{
	struct channel *ch = cmd->ch;
	struct http_fetch fetch = {
		.method = "POST",
		.url = request->url.p,
		.user = ch->account.account_sid,
		.password = ch->tokens[0],
		.content_type = "application/x-www-form-urlencoded",
		.body = buf_text(&request->body),
		.headers = {"Accept: application/json"},
		.timeout_us = REST_TIMEOUT,
		.answer_max = ANSWER_BYTES_MAX,
		.may_reach_private = true, /* base_url is the administrator's own choice */
	};
	ch->host->fetch(ch->host, &fetch, on_answer, cmd);
	rest_request_done(request);
}

static void dial_agent(struct phone_command *cmd, struct rest_request *request)
{
	struct channel *ch = cmd->ch;
	struct usher_buf url = {0}, status_url = {0};
	struct phone_query query = {.epoch = cmd->epoch};
	snprintf(query.call, sizeof query.call, "%s", cmd->sid);
	id_format(cmd->agent, ch->host->id_key, query.agent);
	phone_url(ch, HOOK_AGENT, &query, &url);
	phone_url(ch, HOOK_STATUS, &query, &status_url);
	struct rest_call call = {.to = cmd->agent_phone,
				 .from = channel_text(ch->host, "number"),
				 .url = url.p,
				 .status_url = status_url.p,
				 .ring_s = (int)channel_integer(ch->host, "ring_timeout_s")};
	rest_create_call(request, &ch->account, &call);
	buf_done(&url);
	buf_done(&status_url);
}

static void take_step(struct phone_command *cmd)
{
	struct channel *ch = cmd->ch;
	struct rest_request request = {0};
	struct usher_buf url = {0};
	struct phone_query requeue = {.is_requeue = true};
	switch (cmd->step) {
	case STEP_CONNECT:
		phone_url(ch, HOOK_JOIN, NULL, &url);
		rest_redirect_call(&request, &ch->account, cmd->sid, url.p);
		break;
	case STEP_DIAL:
		dial_agent(cmd, &request);
		break;
	case STEP_REQUEUE:
		phone_url(ch, HOOK_VOICE, &requeue, &url);
		rest_redirect_call(&request, &ch->account, cmd->sid, url.p);
		break;
	case STEP_APOLOGISE:
		phone_url(ch, HOOK_WAIT, NULL, &url); /* without a contact: it says why, and ends */
		rest_redirect_call(&request, &ch->account, cmd->sid, url.p);
		break;
	case STEP_END:
	case STEP_END_LEG:
		rest_end_call(&request, &ch->account, cmd->sid);
		break;
	}
	buf_done(&url);
	post(cmd, &request);
}

/* ---- outcomes
 * ------------------------------------------------------------------------------------ */

/* "20003: Authenticate", as far as the answer says. */
static void read_fault(struct usher_text body, struct usher_buf *ret)
{
	struct json_t *tree;
	struct usher_text message = TEXT_NONE;
	int64_t code = 0;
	if (json_in(&tree, body, NULL) < 0)
		return;
	if (json_in_integer(tree, "code", 0, 99999999, &code) == 0)
		buf_addf(ret, "%lld: ", (long long)code);
	if (json_in_text(tree, "message", 4000, &message) == 0)
		buf_add(ret, message.p, text_fit(message, 100));
	json_in_free(tree);
}

static const char *what_of(enum phone_step step)
{
	switch (step) {
	case STEP_CONNECT:
		return "connecting the caller";
	case STEP_DIAL:
		return "calling the agent";
	case STEP_REQUEUE:
		return "putting the caller back in the queue";
	case STEP_APOLOGISE:
	case STEP_END:
	case STEP_END_LEG:
		return "ending the call";
	}
	return "the request";
}

/* The network or the provider's side failed: once more, a few times, each later. */
static void retry(struct phone_command *cmd, int status, const char *why)
{
	char detail[240];
	usher_us after = USHER_SECOND << (cmd->attempts < PHONE_ATTEMPTS_MAX ? cmd->attempts : 0);
	bool is_last = cmd->attempts + 1 >= PHONE_ATTEMPTS_MAX;
	if (is_last)
		snprintf(detail, sizeof detail, "%s failed %d times: %.120s", what_of(cmd->step),
			 PHONE_ATTEMPTS_MAX, why);
	else
		snprintf(detail, sizeof detail, "%s failed: %.120s; again in %lld s",
			 what_of(cmd->step), why, (long long)(after / USHER_SECOND));
	phone_health(cmd->ch, CHANNEL_DEGRADED, detail);
	/* Without an answer a telephone may ring already; its callbacks will tell by then. */
	bool is_unsure = status == 0 && cmd->step == STEP_DIAL;
	finish(cmd,
	       is_last	   ? DELIVERY_FAILED
	       : is_unsure ? DELIVERY_UNSURE
			   : DELIVERY_RETRY,
	       is_last ? 0 : after, detail);
}

static void refused(struct phone_command *cmd, int status, struct usher_text body)
{
	char detail[240];
	struct usher_buf fault = {0};
	read_fault(body, &fault);
	snprintf(detail, sizeof detail, "%s: the provider answered %d%s%s%s", what_of(cmd->step),
		 status, fault.n > 0 ? " (" : "", fault.n > 0 ? fault.p : "",
		 fault.n > 0 ? ")" : "");
	buf_done(&fault);
	if (status == 401 || status == 403) {
		phone_health(cmd->ch, CHANNEL_DOWN,
			     "the provider refuses the account's token; held, tried again in 60 s");
		finish(cmd, DELIVERY_HELD, 0, detail);
		return;
	}
	if (status == 404 && cmd->step != STEP_DIAL) { /* the call is over and nobody told us */
		struct channel *ch = cmd->ch;
		enum phone_step step = cmd->step;
		char sid[SID_BYTES_MAX + 1];
		memcpy(sid, cmd->sid, sizeof sid);
		finish(cmd, step == STEP_CONNECT ? DELIVERY_FAILED : DELIVERY_SENT, 0,
		       step == STEP_CONNECT ? "the caller has hung up" : NULL);
		if (step == STEP_CONNECT || step == STEP_REQUEUE)
			phone_over(ch, NULL, HOOK_STATUS, text_of(sid), 0);
		return;
	}
	finish(cmd, DELIVERY_FAILED, 0, detail);
}

static void dialled(struct phone_command *cmd, struct usher_text body)
{
	struct json_t *tree;
	struct usher_text sid;
	struct phone_call *pc = phone_call_get(cmd->ch, text_of(cmd->sid), false);
	if (pc == NULL || json_in(&tree, body, NULL) < 0)
		return; /* the leg's own callbacks tell its name as well */
	if (json_in_text(tree, "sid", SID_BYTES_MAX, &sid) == 0 && sid_is_valid(sid)) {
		struct call_event event = {.sid = sid,
					   .role = LEG_AGENT,
					   .agent = cmd->agent,
					   .epoch = cmd->epoch,
					   .status = CALL_INITIATED,
					   .sequence = -1,
					   .seconds = -1};
		if (call_apply(&pc->call, &event) != 0)
			phone_call_save(cmd->ch, pc);
	}
	json_in_free(tree);
}

static void on_answer(int status, struct usher_text body, const char *reason, void *arg)
{
	struct phone_command *cmd = arg;
	if (status == 0 || status >= 500 || status == 429) {
		char text[40];
		snprintf(text, sizeof text, "the provider answered %d", status);
		retry(cmd, status, status != 0 ? text : reason != NULL ? reason : "no answer");
		return;
	}
	if (status < 200 || status > 299)
		return refused(cmd, status, body);
	phone_health(cmd->ch, CHANNEL_OK, "");
	if (cmd->step == STEP_CONNECT) {
		cmd->step = STEP_DIAL;
		take_step(cmd);
		return;
	}
	if (cmd->step == STEP_DIAL)
		dialled(cmd, body);
	finish(cmd, DELIVERY_SENT, 0, NULL);
}

/* ---- commands
 * ------------------------------------------------------------------------------------ */

/* Ends the telephones of agents but that of `but_epoch`; nobody waits for it. */
void phone_end_agents(struct channel *ch, struct phone_call *pc, uint64_t but_epoch)
{
	for (int i = 0; i < pc->call.leg_count; i++) {
		const struct call_leg *leg = &pc->call.legs[i];
		bool is_running = leg->role == LEG_AGENT && !call_status_is_end(leg->status);
		if (is_running && (but_epoch == 0 || leg->epoch != but_epoch))
			take_step(command_new(ch, STEP_END_LEG, text_of(leg->sid)));
	}
}

static void give_back(struct channel *ch, const struct outgoing *out, enum delivery_state state,
		      const char *detail)
{
	ch->host->delivered(ch->host, out->id, out->contact, out->message_seq, state, 0, detail);
}

static bool can_be_called(struct usher_text phone)
{
	if (text_starts(phone, TEXT("sip:")) || text_starts(phone, TEXT("client:")))
		return phone.n <= 200 && memchr(phone.p, '\0', phone.n) == NULL;
	if (phone.n < 4 || phone.n > 16 || phone.p[0] != '+')
		return false;
	for (size_t i = 1; i < phone.n; i++)
		if (phone.p[i] < '0' || phone.p[i] > '9')
			return false;
	return true;
}

/* Why the agent cannot be connected; NULL: can be. */
static const char *obstacle(struct channel *ch, const struct outgoing *out,
			    const struct phone_call *pc)
{
	struct arena arena = {0};
	struct contact_news news;
	if (pc == NULL || call_is_over(&pc->call))
		return "the caller has hung up";
	if (out->agent_phone.n == 0)
		return "the agent has no telephone address";
	if (!can_be_called(out->agent_phone))
		return "the agent's telephone address is none of +358…, sip:… or client:…";
	bool is_over = ch->host->news(ch->host, out->contact, &arena, &news) == 0 &&
		       news.agent != out->agent;
	arena_done(&arena);
	return is_over ? "the assignment was over before the call could be made" : NULL;
}

static void assigned(struct channel *ch, const struct outgoing *out)
{
	struct phone_call *pc = out->key.n > 0 ? phone_call_get(ch, out->key, false) : NULL;
	const char *why = obstacle(ch, out, pc);
	bool is_dialled = false, is_inside = false;
	if (why != NULL)
		return give_back(ch, out, DELIVERY_FAILED, why);
	pc->call.agent = out->agent;
	pc->call.epoch = out->epoch;
	pc->told_position = 0;
	phone_call_save(ch, pc);
	phone_end_agents(ch, pc, out->epoch);
	for (int i = 0; i < pc->call.leg_count; i++) {
		const struct call_leg *leg = &pc->call.legs[i];
		is_dialled |= leg->role == LEG_AGENT && leg->epoch == out->epoch;
		is_inside |= leg->role == LEG_CUSTOMER && leg->is_inside;
	}
	if (is_dialled) /* an earlier attempt whose answer was lost */
		return give_back(ch, out, DELIVERY_SENT, NULL);
	struct phone_command *cmd = command_new(ch, is_inside ? STEP_DIAL : STEP_CONNECT, out->key);
	cmd->out_id = out->id;
	cmd->contact = out->contact;
	cmd->seq = out->message_seq;
	cmd->agent = out->agent;
	cmd->epoch = out->epoch;
	cmd->attempts = out->attempts;
	snprintf(cmd->agent_phone, sizeof cmd->agent_phone, "%.*s", TEXT_ARG(out->agent_phone));
	take_step(cmd);
}

static void leave_agent(struct channel *ch, const struct outgoing *out, enum phone_step step)
{
	/* The session may be closed already when the command comes. */
	struct phone_call *pc = out->key.n > 0 ? phone_call_get(ch, out->key, false)
					       : phone_call_of(ch, out->contact);
	if (pc == NULL || call_is_over(&pc->call))
		return give_back(ch, out, DELIVERY_SENT, NULL); /* nothing is left to do */
	pc->call.agent = 0;
	pc->call.epoch = 0;
	pc->told_position = 0;
	for (int i = 0; i < pc->call.leg_count; i++)
		if (pc->call.legs[i].role == LEG_CUSTOMER)
			pc->call.legs[i].is_inside = false;
	phone_call_save(ch, pc);
	phone_end_agents(ch, pc, 0);
	struct phone_command *cmd = command_new(ch, step, text_of(pc->sid));
	cmd->out_id = out->id;
	cmd->contact = out->contact;
	cmd->seq = out->message_seq;
	cmd->attempts = out->attempts;
	take_step(cmd);
}

void phone_send(struct channel *ch, const struct outgoing *out)
{
	if (text_equal(out->kind, TEXT("assigned")))
		assigned(ch, out);
	else if (text_equal(out->kind, TEXT("released")))
		leave_agent(ch, out, STEP_REQUEUE);
	else if (text_equal(out->kind, TEXT("closed")))
		leave_agent(ch, out, phone_waited_out(ch, out->contact) ? STEP_APOLOGISE : STEP_END);
	else if (text_equal(out->kind, TEXT("message")))
		give_back(ch, out, DELIVERY_FAILED,
			  "the caller is on the telephone; this text was not sent");
	else
		give_back(ch, out, DELIVERY_FAILED, "the telephone channel has no such command");
}
