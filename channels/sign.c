/* SPDX-License-Identifier: Apache-2.0 */
#include "channels/sign.h"

#include <assert.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void hmac(const EVP_MD *md, struct usher_text key, struct usher_text bytes,
		 unsigned char *ret)
{
	assert(key.n <= INT_MAX);
	unsigned n;
	if (HMAC(md, key.n > 0 ? key.p : "", (int)key.n,
		 (const unsigned char *)(bytes.n > 0 ? bytes.p : ""), bytes.n, ret, &n) == NULL)
		abort();
}

void sign_hmac_sha1(struct usher_text key, struct usher_text bytes,
		    unsigned char ret[static SIGN_SHA1_BYTES])
{
	hmac(EVP_sha1(), key, bytes, ret);
}

void sign_hmac_sha256(struct usher_text key, struct usher_text bytes,
		      unsigned char ret[static SIGN_SHA256_BYTES])
{
	hmac(EVP_sha256(), key, bytes, ret);
}

void sign_sha256_hex(struct usher_text bytes, char ret[static SIGN_HEX_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char hash[SHA256_DIGEST_LENGTH];
	SHA256((const unsigned char *)(bytes.n > 0 ? bytes.p : ""), bytes.n, hash);
	for (size_t i = 0; i < sizeof hash; i++) {
		ret[2 * i] = digits[hash[i] >> 4];
		ret[2 * i + 1] = digits[hash[i] & 15];
	}
	ret[2 * sizeof hash] = '\0';
}

bool sign_equal(struct usher_text a, struct usher_text b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}

void sign_random(void *ret, size_t n)
{
	if (n > INT_MAX || RAND_bytes(ret, (int)n) != 1)
		abort();
}

static void encode(struct usher_buf *b, const unsigned char *p, size_t n, const char *letters,
		   bool is_padded)
{
	buf_reserve(b, n / 3 * 4 + 4);
	for (; n >= 3; n -= 3, p += 3) {
		unsigned v = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];
		char four[4] = {letters[v >> 18], letters[v >> 12 & 63], letters[v >> 6 & 63],
				letters[v & 63]};
		buf_add(b, four, 4);
	}
	if (n == 0)
		return;
	unsigned v = (unsigned)p[0] << 16 | (n == 2 ? (unsigned)p[1] << 8 : 0);
	char four[4] = {letters[v >> 18], letters[v >> 12 & 63],
			n == 2 ? letters[v >> 6 & 63] : '=', '='};
	buf_add(b, four, is_padded ? 4 : n + 1);
}

void sign_base64(struct usher_buf *b, const void *bytes, size_t n)
{
	encode(b, bytes, n, alphabet, true);
}

void sign_base64url(struct usher_buf *b, const void *bytes, size_t n)
{
	encode(b, bytes, n, url_alphabet, false);
}

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

int sign_base64url_decode(struct usher_text t, struct usher_buf *ret)
{
	if (t.n % 4 == 1)
		return E_INVALID;
	buf_reserve(ret, t.n / 4 * 3 + 3);
	unsigned bits = 0, have = 0;
	for (size_t i = 0; i < t.n; i++) {
		int v = value_of(t.p[i]);
		if (v < 0)
			return E_INVALID;
		bits = bits << 6 | (unsigned)v;
		have += 6;
		if (have >= 8) {
			have -= 8;
			buf_addc(ret, (char)(bits >> have & 0xff));
		}
	}
	return (bits & ((1u << have) - 1)) == 0 ? 0 : E_INVALID; /* one text per value */
}
