/* SPDX-License-Identifier: Apache-2.0 */
/* The keyboard. Single letters act only outside of fields and can be switched off; no Alt and no
 * Ctrl+Alt, which type characters on Finnish and Estonian layouts. */
import { user } from "../lib/api";
import type { Key } from "../lib/i18n";
import { hasKeys } from "../lib/prefs";
import { carriesText } from "../lib/types";
import { store } from "../live/client";
import { accept, ask, decline, sendVideoLink } from "./actions";
import { move } from "./list";
import { currentOffer } from "./offer";
import { togglePresence } from "./presence";
import { dialog, isContextOpen, mode, myContacts, open, selected, tab } from "./state";

interface Shortcut { keys: string; what: Key; run?: () => void }

const PANES = ["pane-list", "pane-contact", "pane-context"];

/** The open contact, where it is mine and in work. */
function held() {
	const c = selected.peek() ? store.contact(selected.peek() as string) : undefined;
	return c && c.agent?.id === user.peek()?.id && c.state === "active" ? c : undefined;
}

function write(kind: "text" | "note"): void {
	mode.value = kind;
	/* The composer may have to be drawn first. */
	setTimeout(() => document.getElementById("composer")?.focus());
}

const withOffer = (run: (o: NonNullable<ReturnType<typeof currentOffer>>) => unknown) => () => {
	const offer = currentOffer();
	if (offer)
		void run(offer);
};
const withHeld = (run: (c: NonNullable<ReturnType<typeof held>>) => unknown) => () => {
	const contact = held();
	if (contact)
		void run(contact);
};

function invite(): void {
	withHeld((c) => carriesText(c.channel) && sendVideoLink(c))();
}

export const SHORTCUTS: Shortcut[] = [
	{ keys: "a", what: "keys.accept", run: withOffer(accept) },
	{ keys: "d", what: "keys.decline", run: withOffer(decline) },
	{ keys: "j", what: "keys.next", run: () => move(1) },
	{ keys: "k", what: "keys.previous", run: () => move(-1) },
	{ keys: "r", what: "keys.reply", run: () => write("text") },
	{ keys: "n", what: "keys.note", run: () => write("note") },
	{ keys: "Ctrl Enter", what: "keys.send" },
	{ keys: "t", what: "keys.transfer", run: withHeld(() => ask("transfer")) },
	{ keys: "p", what: "keys.park", run: withHeld(() => ask("park")) },
	{ keys: "e", what: "keys.close", run: withHeld(() => ask("close")) },
	{ keys: "v", what: "keys.video", run: invite },
	{ keys: "y", what: "keys.ready", run: togglePresence },
	{ keys: "q", what: "keys.tab", run: () => {
		tab.value = tab.peek() === "mine" ? "queue" : "mine";
	} },
	{ keys: "i", what: "keys.context", run: () => {
		isContextOpen.value = !isContextOpen.peek();
	} },
	{ keys: "1–9", what: "keys.nth" },
	{ keys: "F6", what: "keys.panes" },
	{ keys: "Esc", what: "keys.back" },
	{ keys: "?", what: "keys.list", run: () => { dialog.value = "keys"; } },
];

const isField = (el: Element | null): boolean => el instanceof HTMLInputElement
	|| el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement
	|| (el instanceof HTMLElement && el.isContentEditable);

function nextPane(step: number): void {
	const at = PANES.findIndex(
		(id) => document.getElementById(id)?.contains(document.activeElement));
	for (let i = 1; i <= PANES.length; i++) {
		const next = document.getElementById(
			PANES[(at + step * i + 2 * PANES.length) % PANES.length] as string);
		if (next && next.offsetParent !== null) {
			next.focus();
			return;
		}
	}
}

function escape(): void {
	if (isField(document.activeElement))
		(document.activeElement as HTMLElement).blur();
	else if (isContextOpen.peek())
		isContextOpen.value = false;
	else if (selected.peek() !== null)
		open(null);
}

export function onKey(e: KeyboardEvent): void {
	const isOccupied = dialog.peek() !== null || document.querySelector("[popover]:popover-open");
	if (e.defaultPrevented || isOccupied || e.ctrlKey || e.metaKey || e.altKey || e.isComposing)
		return;
	if (e.key === "F6") {
		e.preventDefault();
		nextPane(e.shiftKey ? -1 : 1);
		return;
	}
	if (e.key === "Escape") {
		escape();
		return;
	}
	if (!hasKeys.peek() || isField(e.target as Element))
		return;
	if (/^[1-9]$/.test(e.key)) {
		const contact = myContacts()[Number(e.key) - 1];
		if (contact)
			open(contact.id);
		return;
	}
	const shortcut = SHORTCUTS.find((s) => s.run && s.keys === e.key);
	if (shortcut?.run) {
		e.preventDefault();
		shortcut.run();
	}
}
