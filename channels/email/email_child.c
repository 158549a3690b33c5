/* SPDX-License-Identifier: Apache-2.0 */
/* The side of the sandbox that is inside. */
#include "channels/email/email_codec.h"
#include "channels/email/email_parse.h"
#include "channels/email/email_sandbox.h"
#include "channels/email/email_text.h"
#include "channels/email/email_wire.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#else
#define HAS_ASAN 0
#endif

static int limit(int what, rlim_t value)
{
	struct rlimit l = {value, value};
	return setrlimit((__rlimit_resource_t)what, &l);
}

static int set_limits(void)
{
	/* The address sanitizer reserves terabytes of address space. */
	if (!HAS_ASAN && limit(RLIMIT_AS, SANDBOX_MEMORY_MAX) < 0)
		return -1;
	if (limit(RLIMIT_CORE, 0) < 0 || limit(RLIMIT_FSIZE, 0) < 0 ||
	    limit(RLIMIT_NOFILE, HAS_ASAN ? 16 : SANDBOX_FD + 1) < 0)
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0
		       ? -1
		       : 0;
}

static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getrandom),
	SCMP_SYS(setitimer),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(sched_yield),
	SCMP_SYS(restart_syscall),
#if HAS_ASAN
	SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(getrlimit),
	SCMP_SYS(prlimit64),
	SCMP_SYS(close),
	SCMP_SYS(lseek),
#endif
};

/* Libraries ask for files now and then and manage without; they are told no. All else kills. */
static const int refused[] = {
	SCMP_SYS(open),	      SCMP_SYS(openat),	  SCMP_SYS(stat),	SCMP_SYS(lstat),
	SCMP_SYS(newfstatat), SCMP_SYS(fstat),	  SCMP_SYS(statx),	SCMP_SYS(access),
	SCMP_SYS(faccessat),  SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(ioctl),
	SCMP_SYS(fcntl),      SCMP_SYS(uname),	  SCMP_SYS(sysinfo),
};

static int add_rules(scmp_filter_ctx filter)
{
	int fault = 0;
	for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
		fault |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		fault |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	/* Memory, but none that can be executed: what comes in stays data. */
	fault |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	fault |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return fault;
}

static int lock_in(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (filter == NULL)
		return -1;
	int fault = add_rules(filter);
	if (fault == 0)
		fault = seccomp_load(filter);
	seccomp_release(filter);
	return fault;
}

/* One parsed mail beforehand makes the libraries load and register all they need. */
static void warm_up(void)
{
	static const char sample[] =
		"From: =?iso-8859-1?Q?a?= <a@b.example>\r\nSubject: =?utf-8?B?YQ==?=\r\n"
		"Date: Sat, 21 Nov 2026 10:00:00 +0200\r\nMIME-Version: 1.0\r\n"
		"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
		"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: "
		"base64\r\n\r\n"
		"PGI+YTwvYj4=\r\n--x\r\nContent-Type: image/png; name=a.png\r\n\r\na\r\n--x--\r\n";
	struct arena arena = {0};
	struct mail *mail = ARENA_NEW(&arena, struct mail);
	email_text_warm();
	g_mime_init();
	if (email_parse(TEXT(sample), 0, &arena, mail, NULL) < 0)
		abort();
	arena_done(&arena);
}

static void set_cpu_limit(int ms)
{
	struct itimerval t = {.it_value = {ms / 1000, ms % 1000 * 1000}};
	setitimer(ITIMER_PROF, &t, NULL); /* SIGPROF ends the process */
}

static int serve_one(int fd, email_parser parse, struct usher_buf *raw, struct arena *arena)
{
	struct wire_head head;
	struct usher_buf answer = {0};
	struct usher_error err = {0};
	if (wire_read(fd, &head, sizeof head, -1) < 0)
		return 1; /* the parent is gone or wants no more */
	if (head.bytes > MAIL_BYTES_MAX)
		return -1;
	buf_clear(raw);
	buf_reserve(raw, head.bytes);
	if (wire_read(fd, raw->p, head.bytes, -1) < 0)
		return -1;
	raw->n = head.bytes;
	set_cpu_limit(SANDBOX_CPU_MS_MAX);
	struct mail *mail = ARENA_NEW(arena, struct mail);
	int code = parse(text_slice(raw->p, raw->n), head.value, arena, mail, &err);
	if (code == 0)
		email_encode(mail, &answer);
	else
		buf_adds(&answer, err.text);
	set_cpu_limit(0);
	struct wire_head back = {(uint32_t)code, (uint32_t)answer.n};
	int fault = wire_write(fd, &back, sizeof back, -1) < 0 ||
		    wire_write(fd, answer.p, answer.n, -1) < 0;
	buf_done(&answer);
	arena_clear(arena);
	return fault ? -1 : 0;
}

int email_parser_main_with(int fd, email_parser parse)
{
	struct usher_buf raw = {0};
	struct arena arena = {0};
	int code = 0;
	warm_up();
	if (set_limits() < 0 || lock_in() < 0)
		return 71; /* EX_OSERR: never parse outside the walls */
	while (code == 0)
		code = serve_one(fd, parse, &raw, &arena);
	buf_done(&raw);
	arena_done(&arena);
	/* Exit handlers might want what the walls forbid. */
	_exit(code < 0 ? 74 : 0);
}

int email_parser_main(int fd)
{
	return email_parser_main_with(fd, email_parse);
}
