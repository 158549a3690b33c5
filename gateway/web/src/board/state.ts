/* SPDX-License-Identifier: Apache-2.0 */
import { signal } from "@preact/signals";
import type { ContactState } from "../lib/types";
import { store } from "../live/client";

/** The queue the board is narrowed to; null = all. */
export const only = signal<string | null>(null);

/** Which contacts lie behind the number that was clicked. */
export interface Drill {
	title: string; states: ContactState[]; queue: string | null;
	/** Only what was answered since midnight. */
	isToday?: boolean;
}
export const drill = signal<Drill | null>(null);

export const shownQueues = () =>
	store.queues.all().filter((q) => only.value === null || q.queue.id === only.value)
		.sort((a, b) => a.queue.name.localeCompare(b.queue.name));

export const shownAgents = () =>
	store.agents.all().filter((a) => only.value === null || a.queues.includes(only.value));

export const shownWaiting = () =>
	store.list(store.waiting.value)
		.filter((c) => only.value === null || c.queue.id === only.value);
