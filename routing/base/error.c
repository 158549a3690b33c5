/* SPDX-License-Identifier: Apache-2.0 */
#include "routing/base/error.h"

#include <stdio.h>
#include <string.h>

/* A cut in the middle of a UTF-8 sequence would make the whole sentence invalid JSON. */
static void trim_partial_character(char *text)
{
	size_t n = strlen(text);
	size_t tail = 0;
	while (tail < n && tail < 4 && ((unsigned char)text[n - 1 - tail] & 0xC0) == 0x80)
		tail++;
	if (tail < n) {
		unsigned char lead = (unsigned char)text[n - 1 - tail];
		size_t want = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
		if (want > tail)
			text[n - 1 - tail] = '\0';
	}
}

int usher_error_vset(struct usher_error *err, int code, const char *format, va_list args)
{
	if (err == NULL)
		return code;
	err->code = code;
	int n = vsnprintf(err->text, sizeof err->text, format, args);
	if (n >= (int)sizeof err->text)
		trim_partial_character(err->text);
	return code;
}

int usher_error_set(struct usher_error *err, int code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int result = usher_error_vset(err, code, format, args);
	va_end(args);
	return result;
}

const char *usher_code_name(int code)
{
	switch ((enum usher_code)code) {
	case USHER_OK:
		return "ok";
	case E_INVALID:
		return "invalid";
	case E_NOT_FOUND:
		return "not-found";
	case E_EXISTS:
		return "exists";
	case E_STALE:
		return "stale";
	case E_STATE:
		return "wrong-state";
	case E_LIMIT:
		return "limit";
	case E_AGAIN:
		return "try-again";
	case E_DENIED:
		return "denied";
	case E_UNAUTHENTICATED:
		return "unauthenticated";
	case E_IO:
		return "io";
	case E_UNKNOWN_OUTCOME:
		return "unknown-outcome";
	case E_CLOSED:
		return "closed";
	case E_UNSUPPORTED:
		return "unsupported";
	case E_MEMORY:
		return "memory";
	}
	return "unknown";
}
