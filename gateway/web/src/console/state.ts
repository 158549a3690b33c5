/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent is looking at. */
import { signal } from "@preact/signals";
import { store } from "../live/client";
import { device } from "../lib/prefs";
import { readJson } from "../lib/storage";
import type { Code, Contact, Reason } from "../lib/types";

export type Tab = "mine" | "queue";
export type Pane = "list" | "contact" | "me";
export type Dialog = "transfer" | "park" | "close" | "keys";

export const selected = signal<string | null>(null);
export const tab = signal<Tab>("mine");
/** Which pane is on screen where there is room for one only. */
export const pane = signal<Pane>("list");
export const isContextOpen = signal(false);
export const dialog = signal<Dialog | null>(null);
export const mode = signal<"text" | "note">("text");
export const codes = signal<Code[]>([]);
export const reasons = signal<Reason[]>([]);

/** What I have seen of each contact, so that the rest can be counted as unread. */
const READ_KEY = "usher.read";
const READ_MAX = 300;
export const readUpTo = signal<Record<string, number>>(readJson(device, READ_KEY, {}));

export function markRead(id: string, seq: number): void {
	if ((readUpTo.peek()[id] ?? 0) >= seq)
		return;
	const entries = Object.entries(readUpTo.peek()).filter(([key]) => key !== id);
	readUpTo.value = Object.fromEntries([...entries.slice(-READ_MAX), [id, seq]]);
	device.set(READ_KEY, JSON.stringify(readUpTo.peek()));
}

export const isUnread = (c: Contact): boolean =>
	c.last?.author === "customer" && c.last.seq > (readUpTo.value[c.id] ?? 0);

export function open(id: string | null): void {
	if (selected.peek() !== id) {
		selected.value = id;
		mode.value = "text";
	}
	pane.value = id === null ? "list" : "contact";
	const hash = id === null ? "" : `#c=${store.contact(id)?.number ?? id}`;
	history.replaceState(null, "", location.pathname + hash);
}

const RANK: Record<string, number> = { active: 0, "wrap-up": 1, parked: 2 };

/** My contacts: what is active in the order it was taken, then wrap-up, then what is parked. */
export function myContacts(): Contact[] {
	return store.list(store.mine.value)
		.filter((c) => c.state in RANK)
		.sort((a, b) => (RANK[a.state] ?? 9) - (RANK[b.state] ?? 9)
			|| (a.answered_at ?? a.queued_at).localeCompare(b.answered_at ?? b.queued_at)
			|| a.id.localeCompare(b.id));
}

/** What waits, in the order in which it will be offered. */
export function waitingContacts(): Contact[] {
	return store.list(store.waiting.value)
		.filter((c) => c.state === "waiting" || c.state === "offered")
		.sort((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity)
			|| a.priority - b.priority
			|| a.queued_at.localeCompare(b.queued_at) || a.id.localeCompare(b.id));
}

export const shownContacts = (): Contact[] =>
	tab.value === "mine" ? myContacts() : waitingContacts();
