/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/http/response.h"

#include "gateway/json.h"

#include <strings.h>

struct default_header {
	const char *line;
	bool needs_tls;
};

static const struct default_header defaults[] = {
	{"X-Content-Type-Options: nosniff", false},
	{"Referrer-Policy: no-referrer", false},
	{"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'", false},
	{"Cache-Control: no-store", false},
	{"Cross-Origin-Resource-Policy: same-origin", false},
	{"Strict-Transport-Security: max-age=31536000; includeSubDomains", true},
};
#define DEFAULT_COUNT (sizeof(defaults) / sizeof(defaults[0]))

static const char *status_text(int status)
{
	static const struct {
		int status;
		const char *text;
	} texts[] = {
		{200, "OK"},
		{201, "Created"},
		{202, "Accepted"},
		{204, "No Content"},
		{206, "Partial Content"},
		{301, "Moved Permanently"},
		{302, "Found"},
		{303, "See Other"},
		{304, "Not Modified"},
		{307, "Temporary Redirect"},
		{308, "Permanent Redirect"},
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{408, "Request Timeout"},
		{409, "Conflict"},
		{410, "Gone"},
		{411, "Length Required"},
		{412, "Precondition Failed"},
		{413, "Content Too Large"},
		{414, "URI Too Long"},
		{415, "Unsupported Media Type"},
		{416, "Range Not Satisfiable"},
		{417, "Expectation Failed"},
		{421, "Misdirected Request"},
		{422, "Unprocessable Content"},
		{426, "Upgrade Required"},
		{428, "Precondition Required"},
		{429, "Too Many Requests"},
		{431, "Request Header Fields Too Large"},
		{500, "Internal Server Error"},
		{501, "Not Implemented"},
		{502, "Bad Gateway"},
		{503, "Service Unavailable"},
		{504, "Gateway Timeout"},
		{505, "HTTP Version Not Supported"},
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].status == status)
			return texts[i].text;
	return "Status";
}

static bool same_name(const char *line, const char *other)
{
	size_t n = strcspn(line, ":");
	return strncasecmp(line, other, n + 1) == 0;
}

static bool is_overridden(const char *line, const char *const *headers)
{
	for (; headers != NULL && *headers != NULL; headers++)
		if (same_name(line, *headers))
			return true;
	return false;
}

static bool header_is_good(const char *line)
{
	size_t name = strcspn(line, ":");
	if (name == 0 || line[name] != ':' || memchr(line, ' ', name) != NULL)
		return false;
	for (const unsigned char *p = (const unsigned char *)line; *p != '\0'; p++)
		if ((*p < 0x20 && *p != '\t') || *p == 0x7f)
			return false;
	return !same_name("Content-Length:", line) && !same_name("Connection:", line) &&
	       !same_name("Transfer-Encoding:", line);
}

static bool headers_are_good(const char *const *headers)
{
	for (; headers != NULL && *headers != NULL; headers++)
		if (!header_is_good(*headers))
			return false;
	return true;
}

static void add_line(struct usher_buf *ret, const char *line)
{
	buf_adds(ret, line);
	buf_add(ret, "\r\n", 2);
}

int response_format(struct usher_buf *ret, const struct response *r)
{
	if (!headers_are_good(r->headers) ||
	    (r->content_type != NULL && strpbrk(r->content_type, "\r\n") != NULL))
		return E_INVALID;
	bool has_length = r->status >= 200 && r->status != 204 && r->status != 304;
	buf_reserve(ret, 640 + r->body.n);
	buf_addf(ret, "HTTP/1.1 %d %s\r\nDate: %s\r\n", r->status, status_text(r->status), r->date);
	if (has_length && r->content_type != NULL)
		buf_addf(ret, "Content-Type: %s\r\n", r->content_type);
	if (has_length)
		buf_addf(ret, "Content-Length: %zu\r\n", r->content_type != NULL ? r->body.n : 0);
	if (!r->keeps_alive)
		buf_adds(ret, "Connection: close\r\n");
	for (size_t i = 0; i < DEFAULT_COUNT; i++)
		if ((r->is_secure || !defaults[i].needs_tls) &&
		    !is_overridden(defaults[i].line, r->headers))
			add_line(ret, defaults[i].line);
	for (const char *const *h = r->headers; h != NULL && *h != NULL; h++)
		add_line(ret, *h);
	buf_add(ret, "\r\n", 2);
	if (has_length && !r->is_head && r->content_type != NULL)
		buf_add_text(ret, r->body);
	return 0;
}

static const struct problem_kind by_status[] = {
	{400, "bad-request", "The request is not well formed"},
	{403, "denied", "Not allowed"},
	{404, "not-found", "There is no such thing here"},
	{405, "method", "This method is not offered here"},
	{408, "too-slow", "The request did not arrive in time"},
	{411, "length-required", "The request needs a Content-Length"},
	{413, "too-large", "The request is too large"},
	{414, "address-too-long", "The address of the request is too long"},
	{417, "expectation", "That expectation cannot be met"},
	{421, "wrong-host", "This site does not answer to that host name"},
	{426, "upgrade", "This address speaks WebSocket"},
	{431, "headers-too-large", "The headers of the request are too large"},
	{500, "internal", "Something went wrong here"},
	{501, "unsupported", "This is not supported"},
	{503, "try-again", "Not now: try again"},
	{505, "version", "This HTTP version is not spoken here"},
};

const struct problem_kind *problem_of_status(int status)
{
	static const struct problem_kind internal = {500, "internal", "Something went wrong here"};
	for (size_t i = 0; i < sizeof(by_status) / sizeof(by_status[0]); i++)
		if (by_status[i].status == status)
			return &by_status[i];
	return &internal;
}

const struct problem_kind *problem_of_code(int code)
{
	static const struct {
		int code;
		struct problem_kind kind;
	} kinds[] = {
		{E_INVALID, {400, "invalid", "The request breaks a rule"}},
		{E_NOT_FOUND, {404, "not-found", "There is no such thing"}},
		{E_EXISTS, {409, "exists", "It is there already"}},
		{E_STALE, {409, "stale", "It has changed meanwhile"}},
		{E_STATE, {409, "wrong-state", "Not possible in its present state"}},
		{E_LIMIT, {429, "limit", "A limit is reached"}},
		{E_AGAIN, {503, "try-again", "Not now: try again"}},
		{E_DENIED, {403, "denied", "Not allowed"}},
		{E_UNAUTHENTICATED, {401, "unauthenticated", "Sign in first"}},
		{E_IO, {503, "io", "The store or the network failed; nothing was done"}},
		{E_CLOSED, {409, "closed", "It is closed"}},
		{E_UNSUPPORTED, {501, "unsupported", "This is not supported"}},
		{E_MEMORY, {413, "too-large", "The request is too large"}},
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].code == code)
			return &kinds[i].kind;
	return problem_of_status(500);
}

void problem_format(struct usher_buf *ret, const struct problem_kind *kind, const char *detail)
{
	struct json_writer w;
	json_writer_init(&w, ret);
	json_write_object(&w);
	json_write_key(&w, "type");
	buf_addf(json_write_value(&w), "\"/help/problems/%s\"", kind->code);
	json_put_string(&w, "title", kind->title);
	json_put_int(&w, "status", kind->status);
	json_put_string(&w, "code", kind->code);
	if (detail != NULL)
		json_put_string(&w, "detail", detail);
	json_write_object_end(&w);
}
