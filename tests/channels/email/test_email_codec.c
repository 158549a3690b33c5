/* SPDX-License-Identifier: Apache-2.0 */
/* What a parser child says is believed only when it is exactly what an honest one says. */
#include "tests/tap.h"

#include "channels/email/email_codec.h"
#include "channels/email/email_text.h"
#include "tests/channels/email/corpus.h"

static struct arena arena;

static struct mail *sample(void)
{
	struct mail *m = ARENA_NEW(&arena, struct mail);
	m->from = (struct mail_address){TEXT("Anna"), TEXT("anna@b.test")};
	m->to.item[m->to.count++] = (struct mail_address){TEXT_NONE, TEXT("s@b.test")};
	m->subject = TEXT("s");
	m->message_id = TEXT("m@b");
	m->refs[m->ref_count++] = TEXT("r@b");
	m->body = TEXT("words\n\tmore");
	m->html = TEXT("<b>words</b>");
	m->date_us = 5;
	m->is_signed = true;
	m->is_away = true;
	m->body_folds.item[m->body_folds.count++] = (struct mail_fold){MAIL_FOLD_QUOTE, 6, 11};
	m->report.message_id = TEXT("o@b");
	m->report.item[m->report.count++] = (struct mail_reported){
		TEXT("b@b.test"), MAIL_FAILED, MAIL_FAULT_FULL, TEXT("5.2.2"), TEXT("full")};
	struct mail_attachment *a = &m->attachments[m->attachment_count++];
	*a = (struct mail_attachment){.name = TEXT("a.png"), .type = TEXT("image/png"), .size = 5};
	memset(a->sha256, 'a', 64);
	return m;
}

static int decoded(const struct mail *m, struct usher_error *err)
{
	struct usher_buf b = {0};
	struct mail *again = ARENA_NEW(&arena, struct mail);
	email_encode(m, &b);
	int code = email_decode(buf_text(&b), &arena, again, err);
	buf_done(&b);
	return code;
}

static void takes_what_is_honest(void **state)
{
	(void)state;
	corpus_check_mail("sample", sample());
	struct mail *empty = ARENA_NEW(&arena, struct mail);
	corpus_check_mail("empty", empty);
}

static void refuse(const struct mail *m, const char *what)
{
	struct usher_error err = {0};
	if (decoded(m, &err) == 0)
		fail_msg("taken: bad %s", what);
	if (strstr(err.text, what) == NULL)
		fail_msg("\"%s\" does not name %s", err.text, what);
}

static void refuses_wrong_folds_and_reports(void **state)
{
	(void)state;
	struct mail *m = sample();
	m->body_folds.item[0].to = 12; /* behind the end */
	refuse(m, "fold");
	m = sample();
	m->body_folds.item[0].from = 11;
	refuse(m, "fold");
	m = sample();
	m->body_folds.item[m->body_folds.count++] = (struct mail_fold){MAIL_FOLD_QUOTE, 8, 9};
	refuse(m, "fold");
	m = sample();
	m->body = TEXT("words \xC3\xA4\xC3\xA4\xC3\xA4"); /* inside a character */
	m->body_folds.item[0].from = 7;
	refuse(m, "fold");
	m = sample();
	m->report.item[0].address = TEXT("no address");
	refuse(m, "report");
	m = sample();
	m->report.item[0].fate = MAIL_FATE_NONE;
	refuse(m, "fate");
	m = sample();
	m->report.item[0].said = TEXT("two\nlines");
	refuse(m, "report");
}

static void refuses_what_is_not(void **state)
{
	(void)state;
	struct mail *m = sample();
	m->subject = TEXT("a\r\nBcc: x");
	refuse(m, "subject");
	m = sample();
	m->subject = TEXT("\xFF");
	refuse(m, "subject");
	m = sample();
	m->body = TEXT("a\x1B[2J");
	refuse(m, "body");
	m = sample();
	m->html = TEXT("<script>x</script>");
	refuse(m, "html");
	m = sample();
	m->html = TEXT("<a href=\"javascript:x\">");
	refuse(m, "html");
	m = sample();
	m->from.address = TEXT("a@b>\r\nx");
	refuse(m, "from");
	m = sample();
	m->message_id = TEXT("a b");
	refuse(m, "message-id");
	m = sample();
	m->refs[0] = TEXT("<r@b>");
	refuse(m, "references");
	m = sample();
	m->attachments[0].sha256[3] = 'X';
	refuse(m, "attachment hash");
	m = sample();
	m->attachments[0].size = UINT64_MAX;
	refuse(m, "attachment size");
	m = sample();
	m->date_us = -1;
	refuse(m, "date");
	m = sample();
	m->from.name = TEXT("\xE2\x80\xAE"
			    "evil");
	refuse(m, "from");
}

static void refuses_cuts_and_tails(void **state)
{
	(void)state;
	struct usher_buf b = {0};
	struct mail *again = ARENA_NEW(&arena, struct mail);
	struct usher_error err = {0};
	email_encode(sample(), &b);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(email_decode(text_slice(b.p, n), &arena, again, &err), E_INVALID);
	buf_addc(&b, '\0');
	assert_int_equal(email_decode(buf_text(&b), &arena, again, &err), E_INVALID);
	assert_non_null(strstr(err.text, "left over"));
	buf_done(&b);
}

static void cleans_text(void **state)
{
	(void)state;
	bool is_cut = false;
	struct usher_text t =
		email_text_clean(&arena, TEXT("a\r\nb\rc\0\x7F\xC2\x85\xFF"), 100, &is_cut);
	assert_true(text_equal(t, TEXT("a\nb\nc\xEF\xBF\xBD")));
	assert_false(is_cut);
	t = email_text_clean(&arena, TEXT("\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC"), 7, &is_cut);
	assert_true(text_equal(t, TEXT("\xE2\x82\xAC\xE2\x82\xAC")) && is_cut);
	t = email_text_line(&arena, TEXT(" a \r\n\t b "), 100);
	assert_true(text_equal(t, TEXT("a b")));
	t = email_text_file_name(&arena, TEXT("C:\\x\\..\\.a\"b.png"));
	assert_true(text_equal(t, TEXT("a_b.png")));
	t = email_text_file_name(&arena, TEXT("../../etc/passwd"));
	assert_true(text_equal(t, TEXT("passwd")));
	assert_int_equal(email_text_file_name(&arena, TEXT("..")).n, 0);
	struct usher_text ids = TEXT("<a@b> junk <c d> <e@f>");
	assert_true(text_equal(email_text_next_id(&ids), TEXT("a@b")));
	assert_true(text_equal(email_text_next_id(&ids), TEXT("e@f")));
	assert_int_equal(email_text_next_id(&ids).n, 0);
	t = email_text_unflow(&arena, TEXT("a \nb\n>> c \n>> d\n> e\n"), false);
	assert_true(text_equal(t, TEXT("a b\n>> c d\n> e\n")));
	t = email_text_unflow(&arena, TEXT("a \nb\n"), true);
	assert_true(text_equal(t, TEXT("ab\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_honest),
		cmocka_unit_test(refuses_wrong_folds_and_reports),
		cmocka_unit_test(refuses_what_is_not),
		cmocka_unit_test(refuses_cuts_and_tails),
		cmocka_unit_test(cleans_text),
	};
	int failed = cmocka_run_group_tests_name("email codec", tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
