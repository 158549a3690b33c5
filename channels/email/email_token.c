/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/email/email_token.h"

#include "channels/email/email_address.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>

#define ID_CHARACTERS 13
#define MAC_CHARACTERS 16
#define MAC_BYTES 10

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

/* Whole groups of five bits, the last one filled up with zero bits (RFC 4648 without padding). */
static void base32(const unsigned char *bytes, size_t n, char *ret)
{
	unsigned bits = 0, held = 0;
	for (size_t i = 0; i < n; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 5; bits -= 5)
			*ret++ = alphabet[held >> (bits - 5) & 31];
		held &= (1u << bits) - 1;
	}
	if (bits > 0)
		*ret++ = alphabet[held << (5 - bits) & 31];
	*ret = '\0';
}

static void id_characters(usher_id id, char ret[static ID_CHARACTERS + 1])
{
	uint64_t big = __builtin_bswap64(id);
	base32((const unsigned char *)&big, sizeof big, ret);
}

/* 0: not an id. */
static usher_id id_from(struct usher_text t)
{
	unsigned __int128 value = 0;
	if (t.n != ID_CHARACTERS)
		return 0;
	for (size_t i = 0; i < t.n; i++) {
		char c = t.p[i] >= 'A' && t.p[i] <= 'Z' ? (char)(t.p[i] + 32) : t.p[i];
		const char *at = c != '\0' ? strchr(alphabet, c) : NULL;
		if (at == NULL)
			return 0;
		value = value << 5 | (unsigned)(at - alphabet);
	}
	return (value & 1) != 0 ? 0 : (usher_id)(value >> 1);
}

static void mac_of(const struct email_key *key, const char *purpose, usher_id a, usher_id b,
		   char ret[static MAC_CHARACTERS + 1])
{
	struct usher_buf said = {0};
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	buf_addf(&said, "%s|%.*s|%llu|%llu", purpose, TEXT_ARG(key->channel), (unsigned long long)a,
		 (unsigned long long)b);
	if (HMAC(EVP_sha256(), key->secret.p, (int)key->secret.n, (const unsigned char *)said.p,
		 said.n, mac, &n) == NULL)
		abort(); /* an address that proves nothing must not go out */
	buf_done(&said);
	base32(mac, MAC_BYTES, ret);
}

static bool mac_holds(const struct email_key *key, const char *purpose, usher_id a, usher_id b,
		      struct usher_text said)
{
	char expected[MAC_CHARACTERS + 1], got[MAC_CHARACTERS];
	if (said.n != MAC_CHARACTERS)
		return false;
	for (size_t i = 0; i < said.n; i++)
		got[i] = said.p[i] >= 'A' && said.p[i] <= 'Z' ? (char)(said.p[i] + 32) : said.p[i];
	mac_of(key, purpose, a, b, expected);
	return CRYPTO_memcmp(expected, got, MAC_CHARACTERS) == 0;
}

struct usher_text email_token_address(const struct email_key *key, struct usher_text own,
				      usher_id contact, struct arena *arena)
{
	char id[ID_CHARACTERS + 1], mac[MAC_CHARACTERS + 1];
	struct usher_text domain = email_address_domain(own);
	id_characters(contact, id);
	mac_of(key, "usher-reply-v1", contact, 0, mac);
	return arena_textf(arena, "%.*s+c%s.%s@%.*s", (int)(own.n - domain.n - 1), own.p, id, mac,
			   TEXT_ARG(domain));
}

usher_id email_token_contact(const struct email_key *key, struct usher_text tag)
{
	if (tag.n != EMAIL_TAG_BYTES - 1 || (tag.p[0] != 'c' && tag.p[0] != 'C') ||
	    tag.p[1 + ID_CHARACTERS] != '.')
		return 0;
	usher_id contact = id_from(text_slice(tag.p + 1, ID_CHARACTERS));
	struct usher_text mac = text_slice(tag.p + 2 + ID_CHARACTERS, MAC_CHARACTERS);
	return contact != 0 && mac_holds(key, "usher-reply-v1", contact, 0, mac) ? contact : 0;
}

struct usher_text email_token_message_id(const struct email_key *key, usher_id message,
					 usher_id contact, struct usher_text domain,
					 struct arena *arena)
{
	char m[ID_CHARACTERS + 1], c[ID_CHARACTERS + 1], mac[MAC_CHARACTERS + 1];
	id_characters(message, m);
	id_characters(contact, c);
	mac_of(key, "usher-message-v1", message, contact, mac);
	return arena_textf(arena, "u1.%s.%s.%s@%.*s", m, c, mac, TEXT_ARG(domain));
}

usher_id email_token_message(const struct email_key *key, struct usher_text message_id,
			     usher_id *ret_message)
{
	struct usher_text rest = text_cut(&message_id, '@');
	struct usher_text version = text_cut(&rest, '.');
	usher_id message = id_from(text_cut(&rest, '.'));
	usher_id contact = id_from(text_cut(&rest, '.'));
	if (!text_equal_nocase(version, TEXT("u1")) || message == 0 || contact == 0)
		return 0;
	if (!mac_holds(key, "usher-message-v1", message, contact, rest))
		return 0;
	*ret_message = message;
	return contact;
}

usher_id email_token_from_message_id(const struct email_key *key, struct usher_text message_id)
{
	usher_id message;
	return email_token_message(key, message_id, &message);
}
