/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/log.h"

#include "routing/base/id.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int level_max = LOG_LEVEL_INFO;
static void (*capture)(const char *line, void *arg);
static void *capture_arg;

struct line {
	char text[LOG_LINE_MAX + 1];
	size_t n;
};

static void put(struct line *l, const char *bytes, size_t n)
{
	if (l->n + n > LOG_LINE_MAX)
		n = LOG_LINE_MAX - l->n;
	memcpy(l->text + l->n, bytes, n);
	l->n += n;
}

static bool is_plain(unsigned char c)
{
	return c > ' ' && c != '"' && c != '=' && c != '\\' && c < 0x7f;
}

static void put_escaped(struct line *l, unsigned char c)
{
	char hex[5];
	if (c == '"' || c == '\\')
		put(l, (char[]){'\\', (char)c}, 2);
	else if (c < ' ' || c == 0x7f)
		put(l, hex, (size_t)snprintf(hex, sizeof(hex), "\\x%02x", c));
	else
		put(l, (char *)&c, 1);
}

/* C1 controls in UTF-8 (0xC2 0x80-0x9F) steer terminals too. */
static bool is_c1(const char *p, size_t left)
{
	return left >= 2 && (unsigned char)p[0] == 0xc2 && ((unsigned char)p[1] & 0xe0) == 0x80;
}

static void put_value(struct line *l, const char *value, size_t n)
{
	bool needs_quotes = n == 0;
	for (size_t i = 0; i < n && !needs_quotes; i++)
		needs_quotes = !is_plain((unsigned char)value[i]);
	if (!needs_quotes) {
		put(l, value, n);
		return;
	}
	bool is_text = text_is_utf8(text_slice(value, n));
	put(l, "\"", 1);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)value[i];
		if ((c >= 0x80 && !is_text) || is_c1(value + i, n - i)) {
			char hex[5];
			put(l, hex, (size_t)snprintf(hex, sizeof(hex), "\\x%02x", c));
			if (is_text)
				i++;
		} else {
			put_escaped(l, c);
		}
	}
	put(l, "\"", 1);
}

/* One directive, copied out of the format so that each value can be escaped by itself. */
struct directive {
	char text[24];
	size_t n;
	int stars;
	int longs; /* 'l' counted; 'z' counts as one */
	char kind;
};

static const char *read_directive(const char *p, struct directive *d)
{
	*d = (struct directive){.text = "%", .n = 1};
	for (p++; *p != '\0' && strchr("-0123456789.*lz", *p) != NULL; p++) {
		d->stars += *p == '*';
		d->longs += *p == 'l' || *p == 'z';
		if (d->n < sizeof(d->text) - 2)
			d->text[d->n++] = *p;
	}
	d->kind = *p;
	d->text[d->n++] = *p;
	d->text[d->n] = '\0';
	return *p != '\0' ? p + 1 : p;
}

struct arguments {
	va_list list;
};

#define PRINT(value)                                                   \
	(d->stars == 0	 ? snprintf(out, max, d->text, value)          \
	 : d->stars == 1 ? snprintf(out, max, d->text, star[0], value) \
			 : snprintf(out, max, d->text, star[0], star[1], value))

static size_t print_directive(const struct directive *d, struct arguments *args, char *out,
			      size_t max)
{
	int star[2] = {0, 0}, n;
	for (int i = 0; i < d->stars && i < 2; i++)
		star[i] = va_arg(args->list, int);
	switch (d->kind) {
	case 's':
		n = PRINT(va_arg(args->list, const char *));
		break;
	case 'p':
		n = PRINT(va_arg(args->list, void *));
		break;
	case 'f':
		n = PRINT(va_arg(args->list, double));
		break;
	default:
		n = d->longs == 0   ? PRINT(va_arg(args->list, int))
		    : d->longs == 1 ? PRINT(va_arg(args->list, long))
				    : PRINT(va_arg(args->list, long long));
	}
	return n < 0 ? 0 : (size_t)n < max ? (size_t)n : max - 1;
}

static void put_fields(struct line *l, const char *format, struct arguments *args)
{
	char value[LOG_LINE_MAX];
	while (*format != '\0') {
		size_t plain = strcspn(format, "%");
		put(l, format, plain);
		format += plain;
		if (*format == '\0')
			return;
		if (format[1] == '%') {
			put(l, "%", 1);
			format += 2;
			continue;
		}
		struct directive d;
		format = read_directive(format, &d);
		if (d.kind == '\0')
			return;
		put_value(l, value, print_directive(&d, args, value, sizeof(value)));
	}
}

static const char *level_name(int level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "error";
	case LOG_LEVEL_WARN:
		return "warn";
	case LOG_LEVEL_DEBUG:
		return "debug";
	default:
		return "info";
	}
}

static void put_prefix(struct line *l, int level, const char *event)
{
	struct timespec t;
	char at[TIME_TEXT_BYTES];
	clock_gettime(CLOCK_REALTIME, &t);
	time_format((usher_us)t.tv_sec * USHER_SECOND + t.tv_nsec / 1000, at);
	put(l, at, strlen(at));
	put(l, " ", 1);
	put(l, level_name(level), strlen(level_name(level)));
	put(l, " ", 1);
	put(l, event, strlen(event));
	put(l, " ", 1);
}

static void emit(struct line *l)
{
	if (l->n == LOG_LINE_MAX) {
		/* The byte behind decides whether the last character is whole; it is unknown. */
		l->text[l->n] = (char)0x80;
		l->n = text_fit(text_slice(l->text, l->n + 1), l->n);
	}
	while (l->n > 0 && l->text[l->n - 1] == ' ')
		l->n--;
	l->text[l->n] = '\0';
	pthread_mutex_lock(&lock);
	if (capture != NULL) {
		capture(l->text, capture_arg);
	} else {
		l->text[l->n] = '\n'; /* the array has a place for it */
		ssize_t written = write(STDERR_FILENO, l->text, l->n + 1);
		(void)written; /* nowhere left to say so */
	}
	pthread_mutex_unlock(&lock);
}

void log_vevent(int level, const char *event, const char *format, va_list list)
{
	if (level > __atomic_load_n(&level_max, __ATOMIC_RELAXED))
		return;
	struct line l;
	struct arguments args;
	l.n = 0;
	va_copy(args.list, list);
	put_prefix(&l, level, event);
	put_fields(&l, format, &args);
	va_end(args.list);
	emit(&l);
}

void log_event(int level, const char *event, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	log_vevent(level, event, format, list);
	va_end(list);
}

void log_set_level(int level)
{
	__atomic_store_n(&level_max, level, __ATOMIC_RELAXED);
}

void log_capture(void (*on_line)(const char *line, void *arg), void *arg)
{
	pthread_mutex_lock(&lock);
	capture = on_line;
	capture_arg = arg;
	pthread_mutex_unlock(&lock);
}
