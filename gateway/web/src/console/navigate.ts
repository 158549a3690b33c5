/* SPDX-License-Identifier: Apache-2.0 */
import { myContacts, open, selected } from "./state";

/** After a contact is done: the next of mine, else the list. */
export function advance(done: string): void {
	if (selected.peek() !== done)
		return;
	const next = myContacts().find((c) => c.id !== done && c.state !== "parked");
	open(next?.id ?? null);
	if (!next)
		document.getElementById("pane-list")?.focus();
}
