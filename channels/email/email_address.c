/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_address.h"

#include "channels/email/mail.h"

#include <string.h>

static bool is_bad_byte(unsigned char c)
{
	return c <= ' ' || c == 0x7F || strchr("<>\"\\(),:;[]", c) != NULL;
}

static bool check_domain(struct usher_text domain)
{
	if (domain.n == 0 || domain.p[domain.n - 1] == '.')
		return false;
	for (struct usher_text rest = domain; rest.n > 0;) {
		struct usher_text label = text_cut(&rest, '.');
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++) {
			unsigned char c = (unsigned char)label.p[i];
			bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				       (c >= '0' && c <= '9') || c == '-' || c == '_';
			if (!is_word && c < 0x80)
				return false;
		}
	}
	return true;
}

bool email_address_check_utf8(struct usher_text address)
{
	const char *at = address.n > 0 ? memchr(address.p, '@', address.n) : NULL;
	if (at == NULL || address.n > MAIL_ADDRESS_BYTES_MAX || !text_is_utf8(address))
		return false;
	size_t local = (size_t)(at - address.p);
	if (local == 0 || local > 64)
		return false;
	for (size_t i = 0; i < address.n; i++)
		if (is_bad_byte((unsigned char)address.p[i]))
			return false;
	return check_domain(text_slice(at + 1, address.n - local - 1));
}

bool email_address_check(struct usher_text address)
{
	for (size_t i = 0; i < address.n; i++)
		if ((unsigned char)address.p[i] >= 0x80)
			return false;
	return email_address_check_utf8(address);
}

struct usher_text email_address_domain(struct usher_text address)
{
	const char *at = address.n > 0 ? memrchr(address.p, '@', address.n) : NULL;
	return at == NULL ? TEXT_NONE
			  : text_slice(at + 1, address.n - (size_t)(at - address.p) - 1);
}

struct usher_text email_address_normal(struct arena *arena, struct usher_text address)
{
	address = text_trim(address);
	if (!email_address_check_utf8(address))
		return TEXT_NONE;
	struct usher_text copy = arena_text(arena, address);
	size_t at = address.n - email_address_domain(address).n;
	for (size_t i = at; i < copy.n; i++)
		if (copy.p[i] >= 'A' && copy.p[i] <= 'Z')
			((char *)(uintptr_t)copy.p)[i] = (char)(copy.p[i] + 32);
	return copy;
}

bool email_address_is_own(struct usher_text address, struct usher_text own,
			  struct usher_text *ret_tag)
{
	*ret_tag = TEXT_NONE;
	if (text_equal_nocase(address, own))
		return own.n > 0;
	struct usher_text domain = email_address_domain(own);
	if (!text_equal_nocase(email_address_domain(address), domain) || domain.n == 0)
		return false;
	struct usher_text local = text_slice(own.p, own.n - domain.n - 1);
	struct usher_text got = text_slice(address.p, address.n - domain.n - 1);
	if (got.n <= local.n || got.p[local.n] != '+' ||
	    !text_equal_nocase(text_slice(got.p, local.n), local))
		return false;
	*ret_tag = text_slice(got.p + local.n + 1, got.n - local.n - 1);
	return true;
}

struct usher_text email_address_find(struct usher_text raw)
{
	for (size_t i = 0; i < raw.n; i++) {
		if (raw.p[i] != '@')
			continue;
		size_t from = i, to = i + 1;
		while (from > 0 && raw.p[from - 1] != '@' &&
		       !is_bad_byte((unsigned char)raw.p[from - 1]))
			from--;
		while (to < raw.n && raw.p[to] != '@' && !is_bad_byte((unsigned char)raw.p[to]))
			to++;
		struct usher_text found = text_slice(raw.p + from, to - from);
		if (email_address_check(found))
			return found;
	}
	return TEXT_NONE;
}
