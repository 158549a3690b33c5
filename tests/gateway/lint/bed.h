/* SPDX-License-Identifier: Apache-2.0 */
/* A small site without a fault, in which a test plants one. */
#ifndef TESTS_GATEWAY_LINT_BED_H
#define TESTS_GATEWAY_LINT_BED_H

#include "gateway/lint/lint.h"

#define BED_QUEUES 4
#define BED_AGENTS 4
#define BED_SKILLS 5
#define BED_CHANNELS 4
#define BED_NOW 1795478400000000 /* Tuesday, 2026-11-24 00:00 UTC */

enum { SUPPORT, BILLING, NIGHT };	 /* queues */
enum { ANNA, BEN, CLEO, DORA };		 /* agents */
enum { FI = 1, MONEY, ESTONIAN, RARE };	 /* skills */
enum { WEB, MAIL, PHONE };		 /* channels */

struct bed {
	struct lint_site site;
	struct lint_queue queues[BED_QUEUES];
	struct lint_agent agents[BED_AGENTS];
	struct routing_member members[BED_AGENTS][8];
	struct routing_skill levels[BED_AGENTS][8];
	struct lint_skill skills[BED_SKILLS];
	struct lint_channel channels[BED_CHANNELS];
	struct hours *hours[8];
	int hours_count;
};

/*
 * support: all four; chat and mail. billing: anna and ben, who have its skill; telephone.
 * night: dora; nothing leads to it. All of one priority, strict.
 */
void bed_make(struct bed *b);
void bed_done(struct bed *b);

const struct hours *bed_hours(struct bed *b, const char *json); /* Europe/Helsinki */
void bed_office(struct bed *b, int q); /* Monday to Friday, 08:00 to 16:00 */

struct routing_member *bed_join(struct bed *b, int agent, int queue);
void bed_leave(struct bed *b, int agent, int queue);
struct routing_member *bed_seat(struct bed *b, int agent, int queue);
void bed_skill(struct bed *b, int agent, uint32_t skill, uint8_t level);
void bed_require(struct bed *b, int queue, uint32_t skill, uint8_t level);
struct routing_step *bed_step(struct bed *b, int queue, usher_us lasts); /* one more, no limits */
void bed_overflow(struct bed *b, int from, int to, usher_us after);

#endif
