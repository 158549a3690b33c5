/* SPDX-License-Identifier: Apache-2.0 */
export const BACKOFF_MIN_MS = 500;
export const BACKOFF_MAX_MS = 30_000;

/** Full jitter between half a second and a ceiling that doubles up to 30 s: after a restart the
 * clients must not come back in step. attempt counts from 0; random is in [0, 1). */
export function backoff(attempt: number, random: number): number {
	const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (Math.min(attempt, 16) + 1));
	return Math.round(BACKOFF_MIN_MS + random * (ceiling - BACKOFF_MIN_MS));
}
