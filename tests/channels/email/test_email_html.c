/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/tap.h"

#include "channels/email/email_html.h"
#include "tests/channels/email/corpus.h"

#include <gumbo.h>
#include <jansson.h>
#include <stdio.h>

static void expect_clean(const char *html, const char *expected)
{
	struct usher_buf out = {0};
	struct usher_error err = {0};
	if (email_html_clean(text_of(html), &out, NULL, &err) < 0)
		fail_msg("%s", err.text);
	if (!text_equal(buf_text(&out), text_of(expected)))
		fail_msg("%s\n   gave %s\n   not  %s", html, out.p, expected);
	assert_true(email_html_is_safe(buf_text(&out)));
	buf_done(&out);
}

static void keeps_what_is_listed(void **state)
{
	(void)state;
	expect_clean("<p lang=fi style='color:red;position:fixed'>a<br>b</p>",
		     "<p lang=\"fi\" style=\"color:red;\">a<br>b</p>");
	expect_clean("<a href=' https://x.test/?a=1&b=2 ' onclick=x title=t>y</a>",
		     "<a href=\"https://x.test/?a=1&amp;b=2\" rel=\"noopener noreferrer nofollow\" "
		     "target=\"_blank\" title=\"t\">y</a>");
	expect_clean(
		"<table border=1><tr><td colspan=2 onx=y>c</table>",
		"<table border=\"1\"><tbody><tr><td colspan=\"2\">c</td></tr></tbody></table>");
	expect_clean("<img src='cid:a@b' alt=pic>", "<img src=\"cid:a@b\" alt=\"pic\">");
	expect_clean("a &lt;b&gt; &amp; \"c\"", "a &lt;b&gt; &amp; &quot;c&quot;");
}

static void leaves_out_the_rest(void **state)
{
	(void)state;
	expect_clean("<script>alert(1)</script><b>x</b><!-- c --><style>b{}</style>", "<b>x</b>");
	expect_clean("<a href='java\tscript:alert(1)'>x</a>", "<a>x</a>");
	expect_clean("<a href='&#106;avascript:alert(1)'>x</a>", "<a>x</a>");
	expect_clean("<a href='data:text/html,x'>x</a>", "<a>x</a>");
	expect_clean("<svg><a href=https://x.test>x</a></svg>y", "y");
	expect_clean("<unknown><i>x</i></unknown>", "<i>x</i>");
	expect_clean("<p style=\"background-color:url(https://x.test)\">x</p>", "<p>x</p>");
	expect_clean("<p style=\"color:expression(alert(1))\">x</p>", "<p>x</p>");
	expect_clean("<p style=\"color:rgb(1,2,3)\">x</p>", "<p style=\"color:rgb(1,2,3);\">x</p>");
	expect_clean("<img src=https://x.test/a.png alt=Logo>", "<span>[Logo]</span>");
	expect_clean("<img src=https://x.test/a.png width=1 height=1>", "");
	expect_clean("<form action=x>a<input name=b></form>", "a");
}

static void checks_what_others_say(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"<script>",
		"<b onclick=\"x\">",
		"<a href=\"javascript:x\">",
		"<b",
		"</br>",
		"<B>",
		"a > b",
		"\"",
		"&nbsp;",
		"<!-- -->",
		"<a href='https://x'>",
		"<img src=\"https://x\">",
		"<p style=\"color:red\">",
		"<a href=\"https://x\" >",
		"<b/>",
		"<svg>",
		"& b",
		"&lt",
		"<a title=\"<b>\">",
		"<p style=\"\">",
	};
	static const char *const good[] = {
		"", "words", "<b>x</b>", "&lt;&#39;", "<br>", "</p>", "<p style=\"color:red;\">"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (email_html_is_safe(text_of(bad[i])))
			fail_msg("taken for safe: %s", bad[i]);
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!email_html_is_safe(text_of(good[i])))
			fail_msg("not taken for safe: %s", good[i]);
}

static void makes_text(void **state)
{
	(void)state;
	static const struct {
		const char *html, *text;
	} cases[] = {
		{"<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"},
		{"<ul><li>a<li>b</ul>", "- a\n- b"},
		{"<blockquote>q<br>r</blockquote>s", "> q\n> r\n\ns"},
		{"<pre>a\n  b</pre>", "a\n  b"},
		{"<table><tr><td>a<td>b</table>", "a\tb"},
		{"<a href=mailto:a@b.test>a@b.test</a>", "a@b.test"},
		{"x<script>no</script> \n y", "x y"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct usher_buf out = {0};
		assert_int_equal(email_html_clean(text_of(cases[i].html), NULL, &out, NULL), 0);
		if (!text_equal(buf_text(&out), text_of(cases[i].text)))
			fail_msg("%s gave \"%s\"", cases[i].html, out.p);
		buf_done(&out);
	}
}

static void refuses_depth_and_size_before_parsing(void **state)
{
	(void)state;
	static const char *const repeats[] = {
		"<div>",   "<div></x>",		 "<div><!--</div>-->",	       "<div a=\"</div>\">",
		"<b></i>", "<x><div></x></div>", "<div><style></div></style>", "<div></p>",
	};
	for (size_t i = 0; i < sizeof repeats / sizeof repeats[0]; i++) {
		struct usher_buf html = {0}, out = {0};
		struct usher_error err = {0};
		for (int k = 0; k < 5000; k++)
			buf_adds(&html, repeats[i]);
		assert_int_equal(email_html_clean(buf_text(&html), &out, NULL, &err), E_LIMIT);
		assert_int_equal(out.n, 0);
		assert_non_null(strstr(err.text, "nested"));
		buf_done(&html);
		buf_done(&out);
	}
	struct usher_buf flat = {0}, out = {0};
	for (int k = 0; k < 5000; k++)
		buf_adds(&flat, "<p>a<li>b<div>c</div>");
	assert_int_equal(email_html_clean(buf_text(&flat), &out, NULL, NULL), 0);
	while (flat.n <= 1024 * 1024)
		buf_adds(&flat, "words words words words ");
	buf_clear(&out);
	assert_int_equal(email_html_clean(buf_text(&flat), &out, NULL, NULL), E_LIMIT);
	email_html_strip(TEXT("a<b>b</b> 1 < 2"), &out);
	assert_string_equal(out.p, "a b  1 < 2");
	buf_done(&flat);
	buf_done(&out);
}

/* ---- the shared payloads, looked at as a browser would, not by our own rules ---- */

static const char *active_in(const GumboNode *node)
{
	static const char *const bad[] = {"script", "iframe",	"object", "embed", "style",
					  "link",   "meta",	"base",	  "form",  "svg",
					  "math",   "template", NULL};
	if (node->type == GUMBO_NODE_COMMENT || node->type == GUMBO_NODE_TEMPLATE)
		return "comment";
	if (node->type != GUMBO_NODE_ELEMENT)
		return NULL;
	const GumboElement *e = &node->v.element;
	const char *name = gumbo_normalized_tagname(e->tag);
	for (int i = 0; bad[i] != NULL; i++)
		if (strcmp(name, bad[i]) == 0)
			return bad[i];
	if (e->tag == GUMBO_TAG_UNKNOWN || e->tag_namespace != GUMBO_NAMESPACE_HTML)
		return "unknown element";
	for (unsigned i = 0; i < e->attributes.length; i++) {
		const GumboAttribute *a = e->attributes.data[i];
		if (strncmp(a->name, "on", 2) == 0 || strcmp(a->name, "srcdoc") == 0 ||
		    strcmp(a->name, "id") == 0 || strcmp(a->name, "name") == 0)
			return a->name;
		if (strcmp(a->name, "href") == 0 && strncmp(a->value, "http", 4) != 0 &&
		    strncmp(a->value, "mailto:", 7) != 0 && strncmp(a->value, "tel:", 4) != 0)
			return a->value;
		if (strcmp(a->name, "src") == 0 && strncmp(a->value, "cid:", 4) != 0 &&
		    strncmp(a->value, "data:image/", 11) != 0)
			return a->value;
	}
	for (unsigned i = 0; i < e->children.length; i++) {
		const char *found = active_in(e->children.data[i]);
		if (found != NULL)
			return found;
	}
	return NULL;
}

static void check_payload(const char *payload, int line)
{
	struct usher_buf out = {0};
	assert_int_equal(email_html_clean(text_of(payload), &out, NULL, NULL), 0);
	if (!email_html_is_safe(buf_text(&out)))
		fail_msg("line %d: not what the cleaner writes: %s", line, out.p);
	struct usher_buf page = {0};
	buf_addf(&page, "<!doctype html><title>t</title><body>%s", out.p != NULL ? out.p : "");
	GumboOutput *tree = gumbo_parse_with_options(&kGumboDefaultOptions, page.p, page.n);
	const GumboElement *html = &tree->root->v.element;
	for (unsigned i = 0; i < html->children.length; i++) {
		const GumboNode *body = html->children.data[i];
		const char *found =
			body->type == GUMBO_NODE_ELEMENT && body->v.element.tag == GUMBO_TAG_BODY
				? active_in(body)
				: NULL;
		if (found != NULL)
			fail_msg("line %d: %s survives in %s", line, found, out.p);
	}
	gumbo_destroy_output(&kGumboDefaultOptions, tree);
	buf_done(&page);
	buf_done(&out);
}

static int payloads;
static struct arena arena;

static void check_payload_file(const char *path, struct usher_text bytes, void *arg)
{
	(void)path;
	(void)arg;
	while (bytes.n > 0) {
		struct usher_text line = text_cut(&bytes, '\n');
		json_t *row = json_loadb(line.p, line.n, 0, NULL);
		const char *payload = json_string_value(json_object_get(row, "payload"));
		if (payload != NULL)
			check_payload(payload, ++payloads);
		else if (line.n >
			 0) /* rows that a line separator broke are payloads of their own */
			check_payload(arena_string(&arena, line), ++payloads);
		json_decref(row);
	}
}

static void leaves_no_active_content_in_the_shared_payloads(void **state)
{
	(void)state;
	if (corpus_each("mail/html-sanitize", ".jsonl", check_payload_file, NULL) < 0)
		skip();
	printf("# payloads: %d inert\n", payloads);
	assert_int_equal(payloads, 113);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_is_listed),
		cmocka_unit_test(leaves_out_the_rest),
		cmocka_unit_test(checks_what_others_say),
		cmocka_unit_test(makes_text),
		cmocka_unit_test(refuses_depth_and_size_before_parsing),
		cmocka_unit_test(leaves_no_active_content_in_the_shared_payloads),
	};
	return cmocka_run_group_tests_name("email html", tests, NULL, NULL);
}
