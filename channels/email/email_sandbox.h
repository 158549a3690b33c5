/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mails are parsed in a child process that can compute and answer, and nothing else: a seccomp
 * allow-list without open, socket or exec, no new privileges, 512 MiB of memory, 2 s of processor
 * time a mail, and a wall-clock limit in the parent. One mail per request; whatever the child does
 * wrong ends it, and the mail is handed back as unreadable, never lost.
 */
#ifndef CHANNELS_EMAIL_SANDBOX_H
#define CHANNELS_EMAIL_SANDBOX_H

#include "channels/email/mail.h"

#define SANDBOX_CPU_MS_MAX 2000
#define SANDBOX_WALL_MS_MAX 20000 /* a loaded machine gives a child less than its share */
#define SANDBOX_MEMORY_MAX ((size_t)512 * 1024 * 1024)
#define SANDBOX_FD 3 /* the child's end of the socket pair */

typedef int (*email_parser)(struct usher_text raw, unsigned flags, struct arena *arena,
			    struct mail *ret, struct usher_error *reterr);

/* The child: locks itself in and serves requests on the socket until it ends. The result is an
 * exit code. `usher mail-parser` calls it with SANDBOX_FD. */
int email_parser_main(int fd);
int email_parser_main_with(int fd, email_parser parse); /* for tests of the walls */

struct email_sandbox;

/* `program` is the file to execute, `argv` its arguments, ending with NULL; both borrowed while it
 * lives. Children start with the first mail: at most two. */
struct email_sandbox *email_sandbox_new(const char *program, char *const argv[]);
struct email_sandbox *email_sandbox_free(struct email_sandbox *s); /* no parse may be running */

/* Worker: blocks. Always fills *ret: a mail that the child could not manage in time, memory or
 * peace is first tried without its HTML, then filled by email_unreadable(). Returns 0, or the code
 * of what went wrong (with *ret filled all the same) for the log. */
int email_sandbox_parse(struct email_sandbox *s, struct usher_text raw, struct arena *arena,
			struct mail *ret, struct usher_error *reterr);

#endif
