/* SPDX-License-Identifier: Apache-2.0 */
/* The program is its own parser child: "mail-parser" is the real one, "mail-parser-evil" does what
 * the subject of the mail says, from inside the walls. */
#include "tests/tap.h"

#include "channels/email/email_codec.h"
#include "channels/email/email_parse.h"
#include "channels/email/email_sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct arena arena;
static char program[] = "/proc/self/exe";

#define MAIL(subject) TEXT("From: a@b.test\r\nSubject: " subject "\r\n\r\nwords\r\n")

static void spin(void)
{
	for (volatile unsigned i = 0;; i++)
		;
}

static void eat_memory(void)
{
	for (;;) {
		char *p = malloc((size_t)16 << 20);
		if (p == NULL)
			abort();
		memset(p, 1, (size_t)16 << 20);
	}
}

static void answer_nonsense(void)
{
	char junk[64];
	memset(junk, 'x', sizeof junk);
	for (;;)
		if (write(SANDBOX_FD, junk, sizeof junk) < 0)
			_exit(1);
}

static void report(struct mail *m, struct arena *a, bool is_contained)
{
	m->subject = arena_text(a, text_of(is_contained ? "contained" : "ESCAPED"));
}

static int evil_parse(struct usher_text raw, unsigned flags, struct arena *a, struct mail *ret,
		      struct usher_error *reterr)
{
	int code = email_parse(raw, flags, a, ret, reterr);
	if (code < 0)
		return code;
	struct usher_text what = ret->subject;
	if (text_equal(what, TEXT("crash")))
		raise(SIGSEGV); /* not allowed either: killed */
	if (text_equal(what, TEXT("loop")))
		spin();
	if (text_equal(what, TEXT("memory")))
		eat_memory();
	if (text_equal(what, TEXT("lie")))
		answer_nonsense();
	if (text_equal(what, TEXT("script")))
		ret->html = TEXT("<script>x</script>");
	if (text_equal(what, TEXT("html")) && (flags & EMAIL_PARSE_NO_HTML) == 0)
		abort();
	if (text_equal(what, TEXT("open")))
		report(ret, a, syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY) < 0);
	if (text_equal(what, TEXT("socket")))
		report(ret, a, syscall(SYS_socket, AF_INET, SOCK_STREAM, 0) < 0);
	if (text_equal(what, TEXT("fork")))
		report(ret, a, syscall(SYS_fork) < 0);
	if (text_equal(what, TEXT("exec")))
		report(ret, a, syscall(SYS_execve, "/bin/true", NULL, NULL) < 0);
	if (text_equal(what, TEXT("kill")))
		report(ret, a, syscall(SYS_kill, getppid(), 0) < 0);
	if (text_equal(what, TEXT("code")))
		report(ret, a,
		       mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0) == MAP_FAILED);
	return 0;
}

static struct email_sandbox *sandbox_of(const char *mode)
{
	static char name[] = "test", real[] = "mail-parser", evil[] = "mail-parser-evil";
	static char *real_argv[] = {name, real, NULL}, *evil_argv[] = {name, evil, NULL};
	return email_sandbox_new(program, strcmp(mode, "real") == 0 ? real_argv : evil_argv);
}

static void parses_in_the_child(void **state)
{
	(void)state;
	struct email_sandbox *s = sandbox_of("real");
	struct mail *m = ARENA_NEW(&arena, struct mail);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(email_sandbox_parse(s, MAIL("hello"), &arena, m, NULL), 0);
		assert_true(text_equal(m->subject, TEXT("hello")));
		assert_true(text_equal(m->body, TEXT("words")));
	}
	struct usher_error err = {0};
	assert_int_equal(email_sandbox_parse(s, TEXT(""), &arena, m, &err), E_INVALID);
	assert_true(m->is_unreadable);
	struct usher_buf charset = {0};
	buf_adds(&charset, "From: a@b.test\nContent-Type: text/plain; "
			   "charset=shift_jis\n\n\x82\xb1\x82\xf1\n");
	assert_int_equal(email_sandbox_parse(s, buf_text(&charset), &arena, m, NULL), 0);
	assert_true(text_equal(m->body, TEXT("\xE3\x81\x93\xE3\x82\x93")));
	buf_done(&charset);
	email_sandbox_free(s);
}

/* The mail comes back unreadable but whole, and the next one is parsed as if nothing had been. */
static void expect_contained(struct email_sandbox *s, struct usher_text raw)
{
	struct mail *m = ARENA_NEW(&arena, struct mail);
	struct usher_error err = {0};
	int code = email_sandbox_parse(s, raw, &arena, m, &err);
	if (code == 0 && !text_equal(m->subject, TEXT("contained")))
		fail_msg("%.*s: subject %.*s", TEXT_ARG(raw), TEXT_ARG(m->subject));
	if (code != 0) {
		assert_int_equal(code, E_IO);
		assert_true(m->is_unreadable);
		assert_true(text_equal(m->from.address, TEXT("a@b.test")));
		assert_non_null(memmem(m->body.p, m->body.n, "words", 5));
	}
	assert_int_equal(email_sandbox_parse(s, MAIL("after"), &arena, m, &err), 0);
	assert_true(text_equal(m->subject, TEXT("after")));
}

static void contains_what_a_mail_can_do(void **state)
{
	(void)state;
	struct email_sandbox *s = sandbox_of("evil");
	expect_contained(s, MAIL("crash"));
	expect_contained(s, MAIL("loop"));
#if !defined(__SANITIZE_ADDRESS__) /* which cannot live under a limit of address space */
	expect_contained(s, MAIL("memory"));
#endif
	expect_contained(s, MAIL("lie"));
	expect_contained(s, MAIL("script"));
	expect_contained(s, MAIL("open"));
	expect_contained(s, MAIL("socket"));
	expect_contained(s, MAIL("fork"));
	expect_contained(s, MAIL("exec"));
	expect_contained(s, MAIL("kill"));
	expect_contained(s, MAIL("code"));
	email_sandbox_free(s);
}

static void tries_again_without_html(void **state)
{
	(void)state;
	struct email_sandbox *s = sandbox_of("evil");
	struct mail *m = ARENA_NEW(&arena, struct mail);
	assert_int_equal(email_sandbox_parse(s, MAIL("html"), &arena, m, NULL), 0);
	assert_false(m->is_unreadable);
	assert_true(text_equal(m->body, TEXT("words")));
	email_sandbox_free(s);
}

/* The limits of memory and time leave room for the largest mail there may be. */
static void parses_the_largest_mail(void **state)
{
	(void)state;
	struct email_sandbox *s = sandbox_of("real");
	struct mail *m = ARENA_NEW(&arena, struct mail);
	struct usher_buf raw = {0};
	buf_adds(&raw, "From: a@b.test\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
		       "--x\r\n\r\nwords\r\n--x\r\nContent-Type: image/png; name=a.png\r\n"
		       "Content-Transfer-Encoding: base64\r\n\r\n");
	buf_reserve(&raw, MAIL_BYTES_MAX);
	while (raw.n < MAIL_BYTES_MAX - 1000)
		buf_adds(
			&raw,
			"YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5\r\n");
	buf_adds(&raw, "--x--\r\n");
	struct usher_error err = {0};
	if (email_sandbox_parse(s, buf_text(&raw), &arena, m, &err) != 0)
		fail_msg("%s", err.text);
	assert_true(text_equal(m->body, TEXT("words")));
	assert_int_equal(m->attachment_count, 1);
	assert_true(m->attachments[0].size > 25000000);
	buf_done(&raw);
	email_sandbox_free(s);
}

static void survives_a_missing_program(void **state)
{
	(void)state;
	static char name[] = "none";
	static char *argv[] = {name, NULL};
	struct email_sandbox *s = email_sandbox_new("/nonexistent/usher", argv);
	struct mail *m = ARENA_NEW(&arena, struct mail);
	struct usher_error err = {0};
	assert_int_equal(email_sandbox_parse(s, MAIL("x"), &arena, m, &err), E_IO);
	assert_true(m->is_unreadable);
	email_sandbox_free(s);
}

static void *parse_many(void *arg)
{
	struct arena a = {0};
	struct mail *m = ARENA_NEW(&a, struct mail);
	long good = 0;
	for (int i = 0; i < 50; i++)
		good += email_sandbox_parse(arg, MAIL("x"), &a, m, NULL) == 0;
	arena_done(&a);
	return (void *)good;
}

static void serves_more_threads_than_children(void **state)
{
	(void)state;
	struct email_sandbox *s = sandbox_of("real");
	pthread_t threads[6];
	for (int i = 0; i < 6; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, parse_many, s), 0);
	for (int i = 0; i < 6; i++) {
		void *good;
		pthread_join(threads[i], &good);
		assert_int_equal((long)good, 50);
	}
	email_sandbox_free(s);
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "mail-parser") == 0)
		return email_parser_main(SANDBOX_FD);
	if (argc > 1 && strcmp(argv[1], "mail-parser-evil") == 0)
		return email_parser_main_with(SANDBOX_FD, evil_parse);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_in_the_child),
		cmocka_unit_test(contains_what_a_mail_can_do),
		cmocka_unit_test(tries_again_without_html),
		cmocka_unit_test(parses_the_largest_mail),
		cmocka_unit_test(survives_a_missing_program),
		cmocka_unit_test(serves_more_threads_than_children),
	};
	int failed = cmocka_run_group_tests_name("email sandbox", tests, NULL, NULL);
	arena_done(&arena);
	return failed;
}
