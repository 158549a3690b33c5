/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chat_load PORT PID VISITORS SECONDS [RATE] < COOKIES: each visitor opens a conversation and, once
 * an agent has it, says the next thing when an agent's console shows the last one: customer →
 * commit → agent. With RATE, so many messages a second in all, timed from when they were due. One
 * line of COOKIES for each console. With 0 SECONDS the visitors only stay: memory.
 */
#include "tests/bench/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VISITORS_MAX 16000
#define CONSOLES_MAX 64
#define WARM_NS 1000000000u
#define BYTES 128

enum { VISITOR, CONSOLE };

static struct load_connection visitors[VISITORS_MAX], consoles[CONSOLES_MAX];
static struct load_times times;
static uint64_t measured_from, shown, said;
static int greeted, active, ready, port;
static bool is_closed_loop, is_running;

static void say_next(struct load_connection *c, uint64_t due)
{
	char text[BYTES + 200];
	int n = snprintf(text, sizeof text,
			 "{\"t\":\"send\",\"cid\":\"c%d-%llu\",\"text\":\"@%016llx %08d ",
			 c->number, (unsigned long long)said++, (unsigned long long)due, c->number);
	while (n < BYTES)
		text[n++] = 'x';
	memcpy(text + n, "\"}", 3);
	load_say(c, text);
}

static void on_visitor(struct load_connection *c, const char *payload)
{
	if (strstr(payload, "\"t\":\"nack\"") != NULL)
		load_die("refused: %s", payload);
	if (strstr(payload, "\"t\":\"hello\"") != NULL && c->role == VISITOR) {
		greeted++;
		c->role = 2; /* further hellos replace state only */
	}
	if (strstr(payload, "\"t\":\"state\"") != NULL && strstr(payload, "\"active\"") != NULL)
		active++;
}

static void on_console(const char *payload)
{
	uint64_t now = load_now();
	if (strstr(payload, "\"t\":\"snapshot\"") != NULL)
		ready++;
	const char *body = strstr(payload, "\"op\":\"message\"");
	body = body != NULL ? strstr(body, "\"body\":\"@") : NULL;
	if (body == NULL || !is_running)
		return;
	uint64_t due = strtoull(body + 9, NULL, 16);
	if (due >= measured_from) {
		shown++;
		load_time(&times, now - due);
	}
	if (is_closed_loop)
		say_next(&visitors[strtol(body + 26, NULL, 10)], load_now());
}

static void on_payload(struct load_connection *c, char *payload, size_t n)
{
	(void)n;
	if (c->role == CONSOLE && memcmp(payload, "HTTP/1.1 ", 9) == 0) {
		if (!c->is_open)
			load_die("console: %.60s", payload);
		load_say(c, "{\"t\":\"subscribe\",\"topics\":[\"me\"]}");
	} else if (memcmp(payload, "HTTP/1.1 ", 9) == 0) {
		if (!c->is_open)
			load_die("visitor: %.60s", payload);
		load_say(c, "{\"t\":\"hello\",\"v\":1,\"visitor\":null,\"resume\":null}");
	} else if (c->role == CONSOLE) {
		on_console(payload);
	} else {
		on_visitor(c, payload);
	}
}

static void wait_for(const int *count, int wanted, const char *what)
{
	uint64_t end = load_now() + 60000000000u;
	while (*count < wanted) {
		load_poll(100);
		if (load_now() > end)
			load_die("only %d of %d %s", *count, wanted, what);
	}
}

static int open_consoles(void)
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
	wait_for(&ready, n, "consoles");
	return n;
}

static void open_visitors(int count)
{
	for (int i = 0; i < count; i++) {
		visitors[i].number = i;
		load_connect(&visitors[i], 1 + (unsigned)i / 10);
		load_upgrade(&visitors[i], "/chat", "usher-chat.v1", "");
		wait_for(&greeted, i - 50, "visitors");
	}
	wait_for(&greeted, count, "visitors");
}

static long resident(int pid)
{
	char path[64], line[256];
	long kib = 0;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	FILE *file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		if (sscanf(line, "VmRSS: %ld", &kib) == 1)
			break;
	if (file != NULL)
		fclose(file);
	return kib;
}

static void measure(int count, double seconds, double rate, int pid)
{
	uint64_t begin = load_now(), end = begin + WARM_NS + (uint64_t)(seconds * 1e9), cpu = 0;
	double due = (double)begin;
	int next = 0;
	measured_from = begin + WARM_NS;
	is_closed_loop = rate <= 0;
	is_running = true;
	for (int i = 0; i < count && is_closed_loop; i++)
		say_next(&visitors[i], load_now());
	for (uint64_t now = begin; now < end; now = load_now()) {
		if (cpu == 0 && now >= measured_from)
			cpu = load_cpu(pid);
		for (; rate > 0 && due <= (double)now; due += 1e9 / rate) {
			say_next(&visitors[next], (uint64_t)due);
			next = (next + 1) % count;
		}
		load_poll(rate > 0 ? 0 : 10);
	}
	cpu = load_cpu(pid) - cpu;
	printf("{\"per_s\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f,\"cpu_us\":%.1f}\n",
	       (double)shown / seconds, load_percentile(&times, 0.5), load_percentile(&times, 0.99),
	       shown > 0 ? (double)cpu / 1e3 / (double)shown : 0);
}

int main(int argc, char **argv)
{
	if (argc < 5)
		load_die("usage: chat_load PORT PID VISITORS SECONDS [RATE] < COOKIES");
	int pid = atoi(argv[2]), count = atoi(argv[3]);
	double seconds = atof(argv[4]);
	port = atoi(argv[1]);
	if (count < 1 || count > VISITORS_MAX)
		load_die("1 to %d visitors", VISITORS_MAX);
	load_begin("127.0.0.1", port, on_payload);
	int console_count = seconds > 0 ? open_consoles() : 0;
	long before = resident(pid);
	open_visitors(count);
	if (seconds <= 0) {
		usleep(500000);
		printf("{\"kib_each\":%.2f}\n", (double)(resident(pid) - before) / count);
		return 0;
	}
	if (console_count == 0)
		load_die("no console");
	for (int i = 0; i < count; i++) {
		say_next(&visitors[i], 0);
		wait_for(&active, i - 20, "conversations taken by an agent");
	}
	wait_for(&active, count, "conversations taken by an agent");
	measure(count, seconds, argc > 5 ? atof(argv[5]) : 0, pid);
	return 0;
}
