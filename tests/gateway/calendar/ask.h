/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers questions about opening hours from standard input, a line each, so that another program
 * can hold the answers to its own. Instants are seconds; answers are microseconds.
 *
 *   Z ZONE    O T: offset of ZONE at T    D T, Q T: begin of the local day, of the quarter
 *   H JSON    P T: is it open    N T: next change    B T T: open between    A T S: after S s open
 */
#ifndef TESTS_GATEWAY_CALENDAR_ASK_H
#define TESTS_GATEWAY_CALENDAR_ASK_H

int ask_run(void); /* until the input ends; the program's exit code */

#endif
