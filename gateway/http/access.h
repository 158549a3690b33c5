/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may ask: host names this site answers to, origins whose pages may open a socket, proxies
 * whose word about the peer is taken.
 */
#ifndef GATEWAY_HTTP_ACCESS_H
#define GATEWAY_HTTP_ACCESS_H

#include "routing/base/text.h"

#include <netinet/in.h>

#define ACCESS_NAMES_MAX 32
#define ACCESS_ADDRESS_BYTES 46 /* a numeric address and NUL */

struct access_network {
	uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
	int bits;	   /* of the 128 */
};

struct access_list {
	char *hosts[ACCESS_NAMES_MAX]; /* owned, without port, lower case; [v6] in brackets */
	int host_count;
	char *origins[ACCESS_NAMES_MAX]; /* owned, "https://desk.example" */
	int origin_count;
	struct access_network proxies[ACCESS_NAMES_MAX];
	int proxy_count;
};

/* public_url gives one host and one origin. The lists end with NULL and may be NULL. E_INVALID:
 * an entry is not of its form. */
int access_init(struct access_list *a, const char *public_url, const char *const *hosts,
		const char *const *origins, const char *const *proxies,
		struct usher_error *reterr) USHER_CHECKED;
void access_done(struct access_list *a);

/* Is this Host header one of ours, whatever its port? On a loopback connection its usual names
 * (localhost, 127.0.0.1, [::1]) are too: no name that an attacker owns is among them. */
bool access_host_is_ours(const struct access_list *a, struct usher_text host, bool is_loopback);

/* Is this Origin allowed, or the very site the request was sent to? */
bool access_origin_is_ours(const struct access_list *a, struct usher_text origin,
			   struct usher_text host, bool is_secure);

bool access_is_proxy(const struct access_list *a, const struct in6_addr *address);

/* The right-most address of X-Forwarded-For that is no trusted proxy: everything to its left was
 * written by strangers. The peer itself where the header is missing or unreadable. */
struct in6_addr access_client(const struct access_list *a, const struct in6_addr *peer,
			      struct usher_text forwarded_for);

/* Numeric text, with or without brackets and port for IPv6. IPv4 becomes mapped. */
bool access_parse_address(struct usher_text t, struct in6_addr *ret);
void access_format_address(const struct in6_addr *address, char ret[static ACCESS_ADDRESS_BYTES]);
bool access_is_loopback(const struct in6_addr *address);

/* Not reachable from the internet: loopback, private, link-local, shared, multicast, unspecified,
 * reserved, and IPv6 forms that carry such an IPv4 address (RFC 6890, NAT64, 6to4, Teredo). */
bool access_is_private(const struct in6_addr *address);

struct sockaddr;
bool access_from_sockaddr(const struct sockaddr *sa, struct in6_addr *ret);

#endif
