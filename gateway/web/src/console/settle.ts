/* SPDX-License-Identifier: Apache-2.0 */
/** What a list shows when it should show target. While the hand is over it nothing moves: what is
 * new is only counted, what is gone keeps its place. */
export function settle(shown: string[], target: string[], isHeld: boolean):
	{ shown: string[]; fresh: number } {
	if (!isHeld || shown.length === 0)
		return { shown: target, fresh: 0 };
	return { shown, fresh: target.filter((id) => !shown.includes(id)).length };
}
