/* SPDX-License-Identifier: Apache-2.0 */
import { h } from "preact";

export type Nodes = [string, Record<string, string>][];

/** A drawing beside words; it says nothing of its own to a screen reader. */
export function Icon({ of, size = 18 }: { of: Nodes; size?: number }) {
	return (
		<svg class="icon" width={size} height={size} viewBox="0 0 24 24" fill="none"
			stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"
			aria-hidden="true" focusable="false">
			{of.map(([name, attrs], i) => h(name, { ...attrs, key: i }))}
		</svg>
	);
}
