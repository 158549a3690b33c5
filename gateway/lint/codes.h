/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every finding: its stable name, and how bad it is. docs/admin.md has them in a table, which a
 * test compares; a name never comes to mean something else.
 */
#ifndef GATEWAY_LINT_CODES_H
#define GATEWAY_LINT_CODES_H

enum lint_severity {
	LINT_ERROR,   /* can never be meant: a change that brings it is refused */
	LINT_WARNING, /* contacts or agents are lost sight of: saved, and said */
	LINT_HINT,    /* does nothing, or not what one may think: said when asked for */
};
#define LINT_SEVERITIES 3

#define LINT_CODES(X)                                                                              \
	/* who serves a queue */                                                                   \
	X(QUEUE_NO_MEMBERS, "queue-no-members", WARNING)                                           \
	X(QUEUE_FORMER_MEMBERS, "queue-former-members", WARNING)                                   \
	X(QUEUE_NO_SKILLED, "queue-no-skilled", WARNING)                                           \
	X(QUEUE_LAST_STEP, "queue-last-step", WARNING)                                             \
	X(QUEUE_UNCOVERED, "queue-uncovered", WARNING)                                             \
	X(STEP_NOBODY, "step-nobody", WARNING)                                                     \
	X(RING_IDLE, "ring-idle", HINT)                                                            \
	X(PENALTY_IDLE, "penalty-idle", HINT)                                                      \
	X(PREFERRED_NOBODY, "preferred-nobody", HINT)                                              \
	/* steps */                                                                                \
	X(STEP_ZERO, "step-zero", WARNING)                                                         \
	X(STEP_NEVER, "step-never", WARNING)                                                       \
	X(STEP_AFTER_OVERFLOW, "step-after-overflow", HINT)                                        \
	X(STEP_TIGHTER, "step-tighter", WARNING)                                                   \
	X(STEP_SAME, "step-same", HINT)                                                            \
	X(UNTIL_STEP, "until-step", WARNING)                                                       \
	X(DROP_UNASKED, "drop-unasked", HINT)                                                      \
	X(RAISE_IDLE, "raise-idle", HINT)                                                          \
	/* which contact comes first */                                                            \
	X(PRIORITY_UNUSED, "priority-unused", HINT)                                                \
	X(TIER_STARVES, "tier-starves", HINT)                                                      \
	X(TIER_MIXED, "tier-mixed", WARNING)                                                       \
	/* overflow */                                                                             \
	X(OVERFLOW_SELF, "overflow-self", ERROR)                                                   \
	X(OVERFLOW_REMOVED, "overflow-removed", ERROR)                                             \
	X(OVERFLOW_RING, "overflow-ring", WARNING)                                                 \
	X(OVERFLOW_RING_WAIT, "overflow-ring-wait", ERROR)                                         \
	X(OVERFLOW_IDLE, "overflow-idle", WARNING)                                                 \
	X(OVERFLOW_UNSERVED, "overflow-unserved", WARNING)                                         \
	X(OVERFLOW_CLOSED_TOO, "overflow-closed-too", WARNING)                                     \
	X(OVERFLOW_HOLE, "overflow-hole", HINT)                                                    \
	X(OVERFLOW_SMALL, "overflow-small", HINT)                                                  \
	X(OVERFLOW_LENGTH_LATE, "overflow-length-late", WARNING)                                   \
	X(OVERFLOW_LATE, "overflow-late", WARNING)                                                 \
	X(FULL_IDLE, "full-idle", HINT)                                                            \
	X(EXPIRED_IDLE, "expired-idle", HINT)                                                      \
	/* hours */                                                                                \
	X(HOURS_NEVER, "hours-never", ERROR)                                                       \
	X(HOURS_SHORT, "hours-short", WARNING)                                                     \
	X(HOURS_PAST, "hours-past", HINT)                                                          \
	X(WEEKDAY_MISSING, "weekday-missing", HINT)                                                \
	/* limits of a queue */                                                                    \
	X(RESERVE_MEMBERS, "reserve-members", WARNING)                                             \
	X(PARALLEL_MEMBERS, "parallel-members", WARNING)                                           \
	X(AUTOMATIC_PARALLEL, "automatic-parallel", WARNING)                                       \
	X(AUTOMATIC_LEASE, "automatic-lease", WARNING)                                             \
	X(FIRST_REPLY_SHORT, "first-reply-short", WARNING)                                         \
	X(REPLY_SHORT_MAIL, "reply-short-mail", WARNING)                                           \
	X(SILENCE_SHORT, "silence-short", WARNING)                                                 \
	X(LENGTH_MEMBERS, "length-members", WARNING)                                               \
	X(WAIT_OFFER, "wait-offer", WARNING)                                                       \
	X(MAIL_REFUSED, "mail-refused", WARNING)                                                   \
	X(POSITION_TIES, "position-ties", HINT)                                                    \
	X(DRAW_EQUAL, "draw-equal", HINT)                                                          \
	X(SERVICE_TARGET, "service-target", HINT)                                                  \
	/* channels and their weights */                                                           \
	X(CHANNEL_QUEUE_REMOVED, "channel-queue-removed", ERROR)                                   \
	X(WEIGHT_TOO_HEAVY, "weight-too-heavy", ERROR)                                             \
	X(WEIGHT_ZERO, "weight-zero", WARNING)                                                     \
	X(COUNT_IDLE, "count-idle", HINT)                                                          \
	X(EXCLUSIVE_BLOCKS, "exclusive-blocks", WARNING)                                           \
	X(INTERRUPTS_RING, "interrupts-ring", WARNING)                                             \
	/* people and skills */                                                                    \
	X(AGENT_NO_QUEUE, "agent-no-queue", HINT)                                                  \
	X(AGENT_CAPACITY, "agent-capacity", WARNING)                                               \
	X(AGENT_NOTHING, "agent-nothing", WARNING)                                                 \
	X(MEMBER_UNREACHED, "member-unreached", WARNING)                                           \
	X(SKILL_UNUSED, "skill-unused", HINT)                                                      \
	X(LANGUAGE_NOBODY, "language-nobody", WARNING)

enum lint_code {
#define LINT_ENUM(id, name, severity) LINT_##id,
	LINT_CODES(LINT_ENUM)
#undef LINT_ENUM
		LINT_CODE_COUNT
};

const char *lint_code_name(enum lint_code code);
enum lint_severity lint_severity_of(enum lint_code code);
const char *lint_severity_name(enum lint_severity severity); /* "error", "warning", "hint" */

#endif
