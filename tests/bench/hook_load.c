/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hook_load PORT PID CONNECTIONS SECONDS RATE ACCOUNT TOKEN < COOKIES: a telephone provider. Each
 * connection posts signed forms one after the other: a call comes in, and after the answer its end.
 * RATE 0: as fast as it goes; else so many posts a second in all. Measured: posts a second, and
 * from the post of a call to its offer on an agent's console.
 */
#include "tests/bench/load.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MAX 1024
#define CONSOLES_MAX 64
#define WARM_NS 1000000000u

enum { PROVIDER, CONSOLE };

struct line {
	struct load_connection c; /* first */
	uint64_t posted;	  /* ns; 0 = no request is under way */
	char sid[40];
	uint64_t from; /* ns, in the caller's number */
	bool is_end;   /* the request under way tells of the end of the call */
};

static struct line lines[CONNECTIONS_MAX];
static struct load_connection consoles[CONSOLES_MAX];
static struct load_times answers, offers;
static uint64_t measured_from, posts, calls, origin;
static int ready, port;
static const char *account, *token;
static bool is_closed_loop, is_running;

/* Twilio: address, then names and values in the order of the names; base64 of HMAC-SHA1. */
static void sign(const char *path, const char *const *fields, char ret[64])
{
	char text[1024];
	unsigned char mac[20];
	unsigned n_mac;
	int n = snprintf(text, sizeof text, "http://127.0.0.1:%d%s", port, path);
	for (int i = 0; fields[i] != NULL; i++)
		n += snprintf(text + n, sizeof text - (size_t)n, "%s", fields[i]);
	HMAC(EVP_sha1(), token, (int)strlen(token), (unsigned char *)text, (size_t)n, mac, &n_mac);
	EVP_EncodeBlock((unsigned char *)ret, mac, 20);
}

static void post(struct line *line, uint64_t due)
{
	char from[32], signature[64], body[600], message[1400];
	const char *path = line->is_end ? "/hooks/phone/status" : "/hooks/phone/voice";
	const char *status = line->is_end ? "completed" : "ringing";
	if (!line->is_end) {
		snprintf(line->sid, sizeof line->sid, "CA%032llx", (unsigned long long)++calls);
		line->from = due;
	}
	snprintf(from, sizeof from, "+1%014llu", (unsigned long long)(line->from - origin) / 1000);
	const char *fields[] = {"AccountSid", account,	    "ApiVersion", "2010-04-01",	  "CallSid",
				line->sid,    "CallStatus", status,	  "Direction",	  "inbound",
				"From",	      from,	    "To",	  "+35891234567", NULL};
	sign(path, fields, signature);
	int n = snprintf(body, sizeof body,
			 "AccountSid=%s&ApiVersion=2010-04-01&CallSid=%s&CallStatus=%s&"
			 "Direction=inbound&From=%%2B%s&To=%%2B35891234567",
			 account, line->sid, status, from + 1);
	n = snprintf(message, sizeof message,
		     "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
		     "Content-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: %s\r\n"
		     "Content-Length: %d\r\n\r\n%s",
		     path, port, signature, n, body);
	line->posted = due;
	load_send(&line->c, message, (size_t)n);
}

static void on_answer(struct line *line, const char *payload)
{
	bool is_good = line->is_end ? memcmp(payload, "HTTP/1.1 204", 12) == 0
				    : strstr(payload, "<Enqueue") != NULL;
	if (!is_good)
		load_die("answered: %.400s", payload);
	if (line->posted >= measured_from && is_running) {
		posts++;
		load_time(&answers, load_now() - line->posted);
	}
	line->is_end = !line->is_end;
	line->posted = 0;
	if (is_closed_loop)
		post(line, load_now());
}

static void on_console(const char *payload)
{
	uint64_t now = load_now();
	if (strstr(payload, "\"t\":\"snapshot\"") != NULL)
		ready++;
	const char *offer = strstr(payload, "\"op\":\"offer\"");
	const char *from = offer != NULL ? strstr(offer, "\"address\":\"+") : NULL;
	if (from == NULL)
		return;
	uint64_t due = strtoull(from + 13, NULL, 10) * 1000 + origin;
	if (due >= measured_from && is_running)
		load_time(&offers, now - due);
}

static void on_payload(struct load_connection *c, char *payload, size_t n)
{
	(void)n;
	if (c->role == PROVIDER) {
		on_answer((struct line *)c, payload);
	} else if (memcmp(payload, "HTTP/1.1 ", 9) == 0) {
		if (!c->is_open)
			load_die("console: %.60s", payload);
		load_say(c, "{\"t\":\"subscribe\",\"topics\":[\"me\"]}");
	} else {
		on_console(payload);
	}
}

static void open_consoles(void)
{
	char line[512], headers[700];
	int n = 0;
	while (n < CONSOLES_MAX && fgets(line, sizeof line, stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(headers, sizeof headers, "Cookie: %s\r\nOrigin: http://127.0.0.1:%d\r\n",
			 line, port);
		consoles[n].role = CONSOLE;
		load_connect(&consoles[n], 0);
		load_upgrade(&consoles[n++], "/api/v1/live", "usher.v1", headers);
	}
	for (uint64_t end = load_now() + 10000000000u; ready < n; load_poll(100))
		if (load_now() > end)
			load_die("only %d of %d consoles", ready, n);
}

static void run(int count, double seconds, double rate, int pid)
{
	uint64_t begin = load_now(), end = begin + WARM_NS + (uint64_t)(seconds * 1e9), cpu = 0;
	double due = (double)begin;
	measured_from = begin + WARM_NS;
	is_closed_loop = rate <= 0;
	is_running = true;
	for (int i = 0; i < count && is_closed_loop; i++)
		post(&lines[i], load_now());
	for (uint64_t now = begin; now < end; now = load_now()) {
		if (cpu == 0 && now >= measured_from)
			cpu = load_cpu(pid);
		for (int i = 0; rate > 0 && i < count && due <= (double)now; i++) {
			if (lines[i].posted != 0)
				continue;
			post(&lines[i], (uint64_t)due);
			due += 1e9 / rate;
		}
		load_poll(rate > 0 ? 0 : 10);
	}
	cpu = load_cpu(pid) - cpu;
	printf("{\"per_s\":%.0f,\"answer_p50_us\":%.0f,\"answer_p99_us\":%.0f,\"offers\":%zu,"
	       "\"p50_us\":%.0f,\"p99_us\":%.0f,\"cpu_us\":%.1f}\n",
	       (double)posts / seconds, load_percentile(&answers, 0.5),
	       load_percentile(&answers, 0.99), offers.n, load_percentile(&offers, 0.5),
	       load_percentile(&offers, 0.99), posts > 0 ? (double)cpu / 1e3 / (double)posts : 0);
}

int main(int argc, char **argv)
{
	if (argc < 8)
		load_die("usage: hook_load PORT PID CONNECTIONS SECONDS RATE ACCOUNT TOKEN < "
			 "COOKIES");
	int count = atoi(argv[3]);
	port = atoi(argv[1]);
	account = argv[6];
	token = argv[7];
	if (count < 1 || count > CONNECTIONS_MAX)
		load_die("1 to %d connections", CONNECTIONS_MAX);
	origin = load_now();
	calls = origin; /* another run has other calls */
	load_begin("127.0.0.1", port, on_payload);
	open_consoles();
	for (int i = 0; i < count; i++)
		load_connect(&lines[i].c, 1 + (unsigned)i / 100);
	run(count, atof(argv[4]), atof(argv[5]), atoi(argv[2]));
	return 0;
}
