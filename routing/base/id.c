/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/base/id.h"

#include <stdio.h>

#define EPOCH_MS ((int64_t)1577836800000) /* 2020-01-01T00:00:00Z */
#define COUNTER_BITS 20
#define COUNTER_MASK (((uint64_t)1 << COUNTER_BITS) - 1)
#define HASH_MASK (((uint64_t)1 << 54) - 1)

usher_id id_next(usher_id *last, usher_us now)
{
	int64_t ms = now / 1000 - EPOCH_MS;
	uint64_t base = ms > 0 ? (uint64_t)ms << COUNTER_BITS : 1;
	*last = base > *last ? base : *last + 1;
	return *last;
}

usher_us id_time(usher_id id)
{
	return ((int64_t)(id >> COUNTER_BITS) + EPOCH_MS) * 1000;
}

/* The 128 bits as two words; the version and variant bits are in place. */
static void id_words(usher_id id, const struct hash_key *key, uint64_t ret[2])
{
	uint64_t ms = (id >> COUNTER_BITS) + (uint64_t)EPOCH_MS;
	uint64_t counter = id & COUNTER_MASK;
	uint64_t mac = hash_keyed(key, &(uint64_t){__builtin_bswap64(id)}, 8) & HASH_MASK;
	ret[0] = ms << 16 | (uint64_t)7 << 12 | counter >> 8;
	ret[1] = (uint64_t)2 << 62 | (counter & 0xff) << 54 | mac;
}

void id_format(usher_id id, const struct hash_key *key, char ret[static ID_TEXT_BYTES])
{
	uint64_t w[2];
	id_words(id, key, w);
	snprintf(ret, ID_TEXT_BYTES, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(w[0] >> 32),
		 (unsigned)(w[0] >> 16 & 0xffff), (unsigned)(w[0] & 0xffff), (unsigned)(w[1] >> 48),
		 (unsigned long long)(w[1] & 0xffffffffffffULL));
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int parse_words(struct usher_text t, uint64_t w[2])
{
	if (t.n != ID_TEXT_BYTES - 1)
		return E_INVALID;
	int digits = 0;
	for (size_t i = 0; i < t.n; i++) {
		bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
		int d = hex_digit(t.p[i]);
		if (is_dash ? t.p[i] != '-' : d < 0)
			return E_INVALID;
		if (!is_dash) {
			w[digits / 16] = w[digits / 16] << 4 | (uint64_t)d;
			digits++;
		}
	}
	return 0;
}

int id_parse(struct usher_text t, const struct hash_key *key, usher_id *ret)
{
	uint64_t w[2] = {0, 0}, check[2];
	if (parse_words(t, w) < 0)
		return E_INVALID;
	uint64_t ms = w[0] >> 16;
	if (ms < (uint64_t)EPOCH_MS || (ms - (uint64_t)EPOCH_MS) >> 43 != 0)
		return E_INVALID;
	usher_id id = (ms - (uint64_t)EPOCH_MS) << COUNTER_BITS | (w[0] & 0xfff) << 8 |
		      (w[1] >> 54 & 0xff);
	id_words(id, key, check);
	if ((check[0] ^ w[0]) != 0 || (check[1] ^ w[1]) != 0)
		return E_INVALID;
	*ret = id;
	return 0;
}

/* Civil date from days since 1970-01-01 (Hinnant, "chrono-compatible low-level date algorithms").
 */
static void civil_from_days(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	unsigned doe = (unsigned)(days - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;
	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = (int64_t)yoe + era * 400 + (*month <= 2);
}

static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
	year -= month <= 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	unsigned yoe = (unsigned)(year - era * 400);
	unsigned doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + (int64_t)doe - 719468;
}

void time_format(usher_us at, char ret[static TIME_TEXT_BYTES])
{
	int64_t ms = at / 1000 - (at % 1000 < 0); /* downwards, before 1970 too */
	int64_t days = ms / 86400000 - (ms % 86400000 < 0);
	unsigned rest = (unsigned)(ms - days * 86400000);
	int64_t year;
	unsigned month, day;
	civil_from_days(days, &year, &month, &day);
	if (year < 0 || year > 9999) { /* outside RFC 3339: say so without breaking the format */
		snprintf(ret, TIME_TEXT_BYTES, "%s", "9999-12-31T23:59:59.999Z");
		return;
	}
	snprintf(ret, TIME_TEXT_BYTES, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
		 (unsigned)year % 10000, month % 100, day % 100, rest / 3600000 % 100,
		 rest / 60000 % 60, rest / 1000 % 60, rest % 1000);
}

static int number(struct usher_text t, size_t at, size_t n, int *ret)
{
	uint64_t value;
	if (at + n > t.n || text_to_u64(text_slice(t.p + at, n), &value) < 0)
		return E_INVALID;
	*ret = (int)value;
	return 0;
}

/* "Z" or "+hh:mm" at the end; the offset in minutes. */
static int parse_offset(struct usher_text t, int *ret)
{
	int hours, minutes;
	if (t.n == 1 && (t.p[0] == 'Z' || t.p[0] == 'z')) {
		*ret = 0;
		return 0;
	}
	if (t.n != 6 || (t.p[0] != '+' && t.p[0] != '-') || t.p[3] != ':' ||
	    number(t, 1, 2, &hours) < 0 || number(t, 4, 2, &minutes) < 0 || hours > 23 ||
	    minutes > 59)
		return E_INVALID;
	*ret = (t.p[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
	return 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && is_leap ? 29 : days[month - 1];
}

int time_parse(struct usher_text t, usher_us *ret)
{
	int year, month, day, hour, minute, second, offset;
	if (number(t, 0, 4, &year) < 0 || number(t, 5, 2, &month) < 0 ||
	    number(t, 8, 2, &day) < 0 || number(t, 11, 2, &hour) < 0 ||
	    number(t, 14, 2, &minute) < 0 || number(t, 17, 2, &second) < 0)
		return E_INVALID;
	if (t.p[4] != '-' || t.p[7] != '-' || (t.p[10] != 'T' && t.p[10] != 't') ||
	    t.p[13] != ':' || t.p[16] != ':' || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month) || hour > 23 || minute > 59 || second > 60)
		return E_INVALID;
	usher_us fraction = 0;
	size_t at = 19;
	if (at < t.n && t.p[at] == '.') {
		usher_us unit = USHER_SECOND;
		if (at + 1 == t.n || t.p[at + 1] < '0' || t.p[at + 1] > '9')
			return E_INVALID;
		for (at++; at < t.n && t.p[at] >= '0' && t.p[at] <= '9'; at++) {
			unit /= 10;
			fraction += unit * (t.p[at] - '0');
		}
	}
	if (parse_offset(text_slice(t.p + at, t.n - at), &offset) < 0)
		return E_INVALID;
	int64_t days = days_from_civil(year, (unsigned)month, (unsigned)day);
	int64_t seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset * 60;
	*ret = seconds * USHER_SECOND + fraction;
	return 0;
}
