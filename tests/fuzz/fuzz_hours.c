/* SPDX-License-Identifier: Apache-2.0 */
/* Opening hours: what is refused has a sentence; what is read stays the same when it is written and
 * read again, and its answers agree with each other. */
#include "gateway/calendar/hours.h"
#include "gateway/calendar/hours_gaps.h"
#include "tests/channels/live/replay.h"

static void write_out(const struct hours *h, struct usher_buf *ret)
{
	struct json_writer w;
	json_writer_init(&w, ret);
	hours_write(h, &w);
}

static void check_again(const struct hours *h)
{
	struct usher_buf first = {0}, second = {0};
	struct hours *again = NULL;
	write_out(h, &first);
	MUST(hours_parse(&again, buf_text(&first), NULL, NULL) == 0);
	write_out(again, &second);
	MUST(text_equal(buf_text(&first), buf_text(&second)));
	hours_free(again);
	buf_done(&first);
	buf_done(&second);
}

static void check_answers(const struct hours *h, usher_us at)
{
	struct hours_change next = hours_next(h, at);
	bool is_open = hours_is_open(h, at);
	MUST(next.at_us > at);
	MUST((next.at_us == USHER_NEVER) == (next.is_open == is_open));
	if (next.at_us != USHER_NEVER) {
		MUST(hours_is_open(h, next.at_us) == next.is_open);
		MUST(hours_is_open(h, next.at_us - 1) == is_open);
		MUST(hours_open_between(h, at, next.at_us) == (is_open ? next.at_us - at : 0));
	}
	usher_us after = hours_after(h, at, USHER_HOUR);
	if (after != USHER_NEVER) {
		MUST(hours_open_between(h, at, after) == USHER_HOUR);
		MUST(hours_is_open(h, after - 1));
	}
	MUST(zone_day_start(hours_zone(h), at) <= at);
	MUST(zone_quarter_start(hours_zone(h), at) > at - 15 * USHER_MINUTE);
}

static void check_gaps(const struct hours *h, usher_us at)
{
	struct hours_gaps gaps;
	struct usher_buf text = {0};
	hours_gaps(h, &h, 1, at, &gaps);
	hours_gaps_print(&gaps, h, &text);
	MUST(text.n == 0 && gaps.count == 0); /* hours cover themselves */
	hours_gaps(h, NULL, 0, at, &gaps);
	hours_gaps_print(&gaps, h, &text);
	MUST(text_is_utf8(buf_text(&text)));
	buf_done(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct usher_error err = {0};
	struct hours *h = NULL;
	uint64_t seed = n;
	int code = hours_parse(&h, text_slice(bytes, n), NULL, &err);
	if (code < 0) {
		MUST(h == NULL && (code == E_INVALID || code == E_LIMIT));
		MUST(err.code == code && text_is_utf8(text_of(err.text)));
		MUST(strlen(err.text) > 10 && strpbrk(err.text, "\n\r\t") == NULL);
		return 0;
	}
	check_again(h);
	for (int i = 0; i < 4; i++)
		check_answers(h, (usher_us)random_below(&seed, 60 * 365 * (uint64_t)USHER_DAY));
	if (n % 8 == 0)
		check_gaps(h, (usher_us)1795521600 * USHER_SECOND);
	hours_free(h);
	return 0;
}

int main(void)
{
	return replay_main("hours");
}
