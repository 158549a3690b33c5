/* SPDX-License-Identifier: Apache-2.0 */
/* What was begun and not sent, per contact and kind, on this device. */
import { signal } from "@preact/signals";
import { device } from "../lib/prefs";
import { readJson } from "../lib/storage";

const PREFIX = "usher.draft.";
const KEEP_MS = 14 * 86_400_000;

export type Mode = "text" | "note";
interface Kept { text: string; at: number }

/** Why a text came back to the composer, by contact. */
export const returned = signal<ReadonlyMap<string, string>>(new Map());
/** Grows when a draft was changed from outside the composer. */
export const draftVersion = signal(0);

const keyOf = (contact: string, mode: Mode) => `${PREFIX}${contact}.${mode}`;

export const readDraft = (contact: string, mode: Mode): string =>
	readJson<Kept>(device, keyOf(contact, mode), { text: "", at: 0 }).text;

export function writeDraft(contact: string, mode: Mode, text: string): void {
	if (text === "")
		device.remove(keyOf(contact, mode));
	else
		device.set(keyOf(contact, mode), JSON.stringify({ text, at: Date.now() }));
}

export const hasDraft = (contact: string): boolean =>
	readDraft(contact, "text") !== "" || readDraft(contact, "note") !== "";

/** Gives a refused text back, above whatever has been begun since. */
export function giveBack(contact: string, mode: Mode, text: string, reason: string): void {
	const begun = readDraft(contact, mode);
	writeDraft(contact, mode, begun ? `${text}\n\n${begun}` : text);
	returned.value = new Map(returned.peek()).set(contact, reason);
	draftVersion.value++;
}

export function clearReturned(contact: string): void {
	const rest = new Map(returned.peek());
	if (rest.delete(contact))
		returned.value = rest;
}

/** Forgets drafts of two weeks ago; called once at start. */
export function tidyDrafts(): void {
	for (const key of device.keys(PREFIX))
		if (readJson<Kept>(device, key, { text: "", at: 0 }).at < Date.now() - KEEP_MS)
			device.remove(key);
}
