/* SPDX-License-Identifier: Apache-2.0 */
/* The same server under TLS. */
#include "tests/gateway/http/client.h"
#include "tests/gateway/http/fixture.h"
#include "tests/tap.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct fixture site;
static char dir[64], cert_path[100], key_path[100];

static void write_certificate(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -60);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1,
				   -1, 0);
	X509_set_issuer_name(cert, name);
	X509_set_pubkey(cert, key);
	X509_sign(cert, key, EVP_sha256());
	FILE *f = fopen(cert_path, "w");
	PEM_write_X509(f, cert);
	fclose(f);
	f = fopen(key_path, "w");
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static int start(void **state)
{
	static const struct http_timeouts timeouts = {.head = 800, .idle = 1000, .close = 1000};
	(void)state;
	strcpy(dir, "/tmp/usher-tls-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(cert_path, sizeof(cert_path), "%s/cert.pem", dir);
	snprintf(key_path, sizeof(key_path), "%s/key.pem", dir);
	write_certificate();
	struct http_settings settings = {.address = "127.0.0.1",
					 .cert_path = cert_path,
					 .key_path = key_path,
					 .timeouts = timeouts};
	fixture_start(&site, &settings);
	return site.port > 0 ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	unlink(cert_path);
	unlink(key_path);
	rmdir(dir);
	return fixture_stop(&site);
}

struct secure {
	struct client c; /* the socket below */
	SSL_CTX *context;
	SSL *ssl;
	int result;
};

static void secure_open(struct secure *s, int version_max)
{
	static const unsigned char alpn[] = "\x02h2\x08http/1.1";
	client_open(&s->c, site.port);
	s->context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_security_level(s->context, 0);
	SSL_CTX_set_min_proto_version(s->context, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(s->context, version_max);
	s->ssl = SSL_new(s->context);
	SSL_set_alpn_protos(s->ssl, alpn, sizeof(alpn) - 1);
	SSL_set_fd(s->ssl, s->c.fd);
	s->result = SSL_connect(s->ssl);
}

static void secure_close(struct secure *s)
{
	SSL_free(s->ssl);
	SSL_CTX_free(s->context);
	client_close(&s->c);
}

/* Reads until `n` bytes or the end. */
static size_t secure_read(struct secure *s, struct usher_buf *into, size_t n)
{
	char bytes[16384];
	while (into->n < n) {
		int got = SSL_read(s->ssl, bytes, sizeof(bytes));
		if (got <= 0)
			break;
		buf_add(into, bytes, (size_t)got);
	}
	return into->n;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

static void test_http_over_tls(void **state)
{
	struct secure s;
	struct usher_buf all = {0};
	const unsigned char *alpn;
	unsigned n;
	(void)state;
	secure_open(&s, TLS1_3_VERSION);
	assert_int_equal(s.result, 1);
	SSL_get0_alpn_selected(s.ssl, &alpn, &n);
	assert_int_equal(n, 8);
	assert_memory_equal(alpn, "http/1.1", 8);
	SSL_write(s.ssl, GET("/echo"), sizeof(GET("/echo")) - 1);
	secure_read(&s, &all, 300);
	assert_non_null(strstr(all.p, "HTTP/1.1 200 OK"));
	assert_non_null(strstr(all.p, "secure=1"));
	assert_non_null(strstr(all.p, "Strict-Transport-Security: max-age=31536000"));
	buf_clear(&all);
	SSL_write(s.ssl, GET("/large"), sizeof(GET("/large")) - 1);
	assert_true(secure_read(&s, &all, 8 << 20) >= 8 << 20);
	secure_close(&s);
	buf_done(&all);
}

static void test_large_body_over_tls(void **state)
{
	struct secure s;
	struct usher_buf all = {0};
	char *body = calloc(1, 4 << 20);
	static const char head[] = "POST /big HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
				   "Content-Length: 4194304\r\n\r\n";
	(void)state;
	secure_open(&s, TLS1_2_VERSION);
	assert_int_equal(s.result, 1);
	SSL_write(s.ssl, head, sizeof(head) - 1);
	for (int at = 0; at < 4 << 20; at += 65536)
		assert_int_equal(SSL_write(s.ssl, body + at, 65536), 65536);
	secure_read(&s, &all, SIZE_MAX);
	assert_non_null(strstr(all.p, "\r\n\r\n4194304 "));
	/* ended in order: a close_notify, not a cut */
	assert_int_equal(SSL_get_shutdown(s.ssl) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
	secure_close(&s);
	buf_done(&all);
	free(body);
}

static void test_websocket_over_tls(void **state)
{
	struct secure s;
	struct usher_buf all = {0};
	static const char upgrade[] =
		"GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
		"Upgrade\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Protocol: echo.v1\r\n\r\n";
	(void)state;
	secure_open(&s, TLS1_3_VERSION);
	SSL_write(s.ssl, upgrade, sizeof(upgrade) - 1);
	secure_read(&s, &all, 160);
	assert_non_null(strstr(all.p, "101 Switching"));
	buf_clear(&all);
	SSL_write(s.ssl, "\x81\x82\0\0\0\0hi", 8);
	secure_read(&s, &all, 4);
	assert_memory_equal(all.p, "\x81\x02hi", 4);
	secure_close(&s);
	buf_done(&all);
}

static void test_what_is_refused(void **state)
{
	struct secure s;
	struct client c;
	struct usher_buf all = {0};
	(void)state;
	secure_open(&s, TLS1_1_VERSION);
	assert_int_not_equal(s.result, 1);
	secure_close(&s);
	assert_int_equal(client_ask(site.port, GET("/hello"), &all), 0); /* no TLS */
	client_open(&c, site.port); /* silent in the handshake */
	assert_true(client_ends(&c, 2500));
	client_close(&c);
	client_open(&c, site.port);
	client_send(&c, "\x16\x03\x01\x02\x00\x01\x00", 7); /* begins one and stops */
	assert_true(client_ends(&c, 2500));
	client_close(&c);
	secure_open(&s, TLS1_3_VERSION); /* handshake done, then silence */
	assert_int_equal(s.result, 1);
	assert_int_equal(secure_read(&s, &all, 1), 0);
	secure_close(&s);
	buf_done(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_http_over_tls),
		cmocka_unit_test(test_large_body_over_tls),
		cmocka_unit_test(test_websocket_over_tls),
		cmocka_unit_test(test_what_is_refused),
	};
	return cmocka_run_group_tests_name("http tls", tests, start, stop);
}
