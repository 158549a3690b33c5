/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/access.h"

#include "routing/base/memory.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <sys/socket.h>

bool access_parse_address(struct usher_text t, struct in6_addr *ret)
{
	char text[ACCESS_ADDRESS_BYTES];
	t = text_trim(t);
	if (t.n > 0 && t.p[0] == '[') {
		const char *end = memchr(t.p, ']', t.n);
		if (end == NULL)
			return false;
		t = text_slice(t.p + 1, (size_t)(end - t.p) - 1);
	}
	if (t.n == 0 || t.n >= sizeof(text) || memchr(t.p, '\0', t.n) != NULL)
		return false;
	memcpy(text, t.p, t.n);
	text[t.n] = '\0';
	if (inet_pton(AF_INET6, text, ret) == 1)
		return true;
	char *colon = strchr(text, ':'); /* "192.0.2.1:4711", as some proxies write */
	if (colon != NULL)
		*colon = '\0';
	memset(ret->s6_addr, 0, 10);
	ret->s6_addr[10] = ret->s6_addr[11] = 0xff;
	return inet_pton(AF_INET, text, ret->s6_addr + 12) == 1;
}

void access_format_address(const struct in6_addr *address, char ret[static ACCESS_ADDRESS_BYTES])
{
	if (IN6_IS_ADDR_V4MAPPED(address))
		inet_ntop(AF_INET, address->s6_addr + 12, ret, ACCESS_ADDRESS_BYTES);
	else
		inet_ntop(AF_INET6, address, ret, ACCESS_ADDRESS_BYTES);
}

bool access_from_sockaddr(const struct sockaddr *sa, struct in6_addr *ret)
{
	if (sa->sa_family == AF_INET6) {
		*ret = ((const struct sockaddr_in6 *)sa)->sin6_addr;
		return true;
	}
	if (sa->sa_family != AF_INET)
		return false;
	memset(ret->s6_addr, 0, 10);
	ret->s6_addr[10] = ret->s6_addr[11] = 0xff;
	memcpy(ret->s6_addr + 12, &((const struct sockaddr_in *)sa)->sin_addr, 4);
	return true;
}

static bool in_network(const struct in6_addr *address, const struct access_network *net)
{
	int whole = net->bits / 8, rest = net->bits % 8;
	if (memcmp(address->s6_addr, net->bytes, (size_t)whole) != 0)
		return false;
	if (rest == 0)
		return true;
	return (address->s6_addr[whole] ^ net->bytes[whole]) >> (8 - rest) == 0;
}

bool access_is_loopback(const struct in6_addr *address)
{
	static const struct access_network v4 = {{[10] = 0xff, [11] = 0xff, [12] = 127}, 104};
	return IN6_IS_ADDR_LOOPBACK(address) || in_network(address, &v4);
}

static bool is_private_v4(const uint8_t a[4])
{
	static const struct {
		uint8_t bytes[4];
		int bits;
	} nets[] = {
		{{0}, 8},
		{{10}, 8},
		{{100, 64}, 10},
		{{127}, 8},
		{{169, 254}, 16},
		{{172, 16}, 12},
		{{192, 0, 0}, 24},
		{{192, 0, 2}, 24},
		{{192, 168}, 16},
		{{198, 18}, 15},
		{{198, 51, 100}, 24},
		{{203, 0, 113}, 24},
		{{192, 88, 99}, 24},
		{{224}, 3},
	};
	uint32_t have = (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3];
	for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++) {
		const uint8_t *b = nets[i].bytes;
		uint32_t net =
			(uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
		if ((have ^ net) >> (32 - nets[i].bits) == 0)
			return true;
	}
	return false;
}

bool access_is_private(const struct in6_addr *address)
{
	const uint8_t *b = address->s6_addr;
	static const struct access_network global = {{0x20}, 3},
					   documentation = {{0x20, 0x01, 0x0d, 0xb8}, 32},
					   teredo = {{0x20, 0x01}, 32},
					   six_to_four = {{0x20, 0x02}, 16},
					   nat64 = {{0, 0x64, 0xff, 0x9b}, 96};
	if (IN6_IS_ADDR_V4MAPPED(address) || in_network(address, &nat64))
		return is_private_v4(b + 12);
	if (in_network(address, &six_to_four))
		return is_private_v4(b + 2);
	return !in_network(address, &global) || in_network(address, &documentation) ||
	       in_network(address, &teredo);
}

static int add_text(char **list, int *count, struct usher_text t, struct usher_error *reterr)
{
	if (*count == ACCESS_NAMES_MAX)
		return usher_error_set(reterr, E_LIMIT, "http: more than %d allowed names",
				       ACCESS_NAMES_MAX);
	char *copy = memory_copy(t);
	for (char *p = copy; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	list[(*count)++] = copy;
	return 0;
}

/* The host part of "host:port" or "[v6]:port"; the empty text when it is not of that form. */
static struct usher_text host_part(struct usher_text t)
{
	const char *end = t.n > 0 && t.p[0] == '[' ? memchr(t.p, ']', t.n) : NULL;
	if (end != NULL)
		end++;
	else if (t.n > 0 && t.p[0] != '[')
		end = memchr(t.p, ':', t.n) != NULL ? memchr(t.p, ':', t.n) : t.p + t.n;
	if (end == NULL)
		return TEXT_NONE;
	struct usher_text host = text_slice(t.p, (size_t)(end - t.p));
	struct usher_text port = text_slice(end, t.n - host.n);
	uint64_t number = 1;
	if (port.n > 0 &&
	    (port.p[0] != ':' || text_to_u64(text_slice(port.p + 1, port.n - 1), &number) != 0))
		return TEXT_NONE;
	return number >= 1 && number <= 65535 ? host : TEXT_NONE;
}

/* "https://desk.example:8443": the part behind the scheme, empty when it is no origin. */
static struct usher_text origin_host(struct usher_text origin)
{
	struct usher_text rest = origin;
	if (text_starts(rest, TEXT("https://")))
		rest = text_slice(rest.p + 8, rest.n - 8);
	else if (text_starts(rest, TEXT("http://")))
		rest = text_slice(rest.p + 7, rest.n - 7);
	else
		return TEXT_NONE;
	return rest.n > 0 && memchr(rest.p, '/', rest.n) == NULL ? rest : TEXT_NONE;
}

static int add_network(struct access_list *a, struct usher_text t, struct usher_error *reterr)
{
	struct usher_text rest = t, address = text_cut(&rest, '/');
	struct access_network net = {.bits = 128};
	struct in6_addr parsed;
	uint64_t bits = 0;
	bool is_v4 = memchr(address.p, ':', address.n) == NULL;
	if (!access_parse_address(address, &parsed) ||
	    (rest.p != NULL && (text_to_u64(rest, &bits) != 0 || bits > (is_v4 ? 32 : 128))))
		return usher_error_set(reterr, E_INVALID,
				       "http: trusted proxy \"%.60s\" is no address and no network",
				       t.p);
	if (a->proxy_count == ACCESS_NAMES_MAX)
		return usher_error_set(reterr, E_LIMIT, "http: more than %d trusted proxies",
				       ACCESS_NAMES_MAX);
	if (rest.p != NULL)
		net.bits = (int)bits + (is_v4 ? 96 : 0);
	memcpy(net.bytes, parsed.s6_addr, 16);
	a->proxies[a->proxy_count++] = net;
	return 0;
}

static int add_url(struct access_list *a, struct usher_text url, struct usher_error *reterr)
{
	struct usher_text rest = origin_host(url), host = host_part(rest);
	if (host.n == 0)
		return usher_error_set(reterr, E_INVALID,
				       "http: \"%.*s\" is no address like https://desk.example",
				       TEXT_ARG(url));
	int r = add_text(a->hosts, &a->host_count, host, reterr);
	return r != 0 ? r : add_text(a->origins, &a->origin_count, url, reterr);
}

static int add_all(struct access_list *a, const char *public_url, const char *const *hosts,
		   const char *const *origins, const char *const *proxies,
		   struct usher_error *reterr)
{
	int r = public_url != NULL ? add_url(a, text_of(public_url), reterr) : 0;
	for (; r == 0 && hosts != NULL && *hosts != NULL; hosts++) {
		struct usher_text host = host_part(text_of(*hosts));
		if (host.n == 0)
			return usher_error_set(reterr, E_INVALID, "http: \"%.60s\" is no host name",
					       *hosts);
		r = add_text(a->hosts, &a->host_count, host, reterr);
	}
	for (; r == 0 && origins != NULL && *origins != NULL; origins++) {
		if (origin_host(text_of(*origins)).n == 0)
			return usher_error_set(reterr, E_INVALID, "http: \"%.60s\" is no origin",
					       *origins);
		r = add_text(a->origins, &a->origin_count, text_of(*origins), reterr);
	}
	for (; r == 0 && proxies != NULL && *proxies != NULL; proxies++)
		r = add_network(a, text_of(*proxies), reterr);
	return r;
}

int access_init(struct access_list *a, const char *public_url, const char *const *hosts,
		const char *const *origins, const char *const *proxies, struct usher_error *reterr)
{
	*a = (struct access_list){0};
	int r = add_all(a, public_url, hosts, origins, proxies, reterr);
	if (r != 0)
		access_done(a);
	return r;
}

void access_done(struct access_list *a)
{
	for (int i = 0; i < a->host_count; i++)
		free(a->hosts[i]);
	for (int i = 0; i < a->origin_count; i++)
		free(a->origins[i]);
	*a = (struct access_list){0};
}

static bool list_has(char *const *list, int count, struct usher_text t)
{
	for (int i = 0; i < count; i++)
		if (text_equal_nocase(text_of(list[i]), t))
			return true;
	return false;
}

bool access_host_is_ours(const struct access_list *a, struct usher_text host, bool is_loopback)
{
	struct usher_text name = host_part(host);
	if (name.n == 0)
		return false;
	if (is_loopback && (text_equal_nocase(name, TEXT("localhost")) ||
			    text_equal(name, TEXT("127.0.0.1")) || text_equal(name, TEXT("[::1]"))))
		return true;
	return list_has(a->hosts, a->host_count, name);
}

bool access_origin_is_ours(const struct access_list *a, struct usher_text origin,
			   struct usher_text host, bool is_secure)
{
	struct usher_text authority = origin_host(origin);
	if (authority.n == 0)
		return false;
	bool same_scheme = text_starts(origin, TEXT("https://")) == is_secure;
	if (same_scheme && text_equal_nocase(authority, host))
		return true;
	return list_has(a->origins, a->origin_count, origin);
}

bool access_is_proxy(const struct access_list *a, const struct in6_addr *address)
{
	for (int i = 0; i < a->proxy_count; i++)
		if (in_network(address, &a->proxies[i]))
			return true;
	return false;
}

struct in6_addr access_client(const struct access_list *a, const struct in6_addr *peer,
			      struct usher_text forwarded_for)
{
	struct in6_addr client = *peer;
	while (access_is_proxy(a, &client) && forwarded_for.n > 0) {
		const char *comma = memrchr(forwarded_for.p, ',', forwarded_for.n);
		const char *from = comma != NULL ? comma + 1 : forwarded_for.p;
		struct usher_text last =
			text_slice(from, forwarded_for.n - (size_t)(from - forwarded_for.p));
		forwarded_for.n = comma != NULL ? (size_t)(comma - forwarded_for.p) : 0;
		if (!access_parse_address(last, &client))
			return *peer;
	}
	return client;
}
