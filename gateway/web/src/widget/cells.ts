/* SPDX-License-Identifier: Apache-2.0 */
/* What the widget needs of signals: a value that says when it changes. The build puts this in place
 * of the signals package there, which would weigh as much as the chat itself; the widget redraws as
 * a whole (view.tsx), so nothing finer is needed. */
export interface Cell<T> {
	value: T;
	peek(): T;
	subscribe(run: () => void): () => void;
}

export function signal<T>(first: T): Cell<T> {
	let current = first;
	const listeners = new Set<() => void>();
	return {
		get value() { return current; },
		set value(next: T) {
			if (next === current)
				return;
			current = next;
			listeners.forEach((run) => run());
		},
		peek: () => current,
		subscribe(run) {
			listeners.add(run);
			return () => listeners.delete(run);
		},
	};
}
