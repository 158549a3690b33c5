/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect } from "preact/hooks";
import { call } from "../lib/api";
import { t } from "../lib/i18n";
import type { Code, Contact, Page, Reason } from "../lib/types";
import { store, watch } from "../live/client";
import { Toasts, say } from "../ui/toast";
import { outbox } from "./actions";
import { Banner } from "./banner";
import { CloseDialog } from "./closedialog";
import { ContactView } from "./contact";
import { Context } from "./context";
import { onKey } from "./keys";
import { KeysDialog } from "./keysdialog";
import { ContactList } from "./list";
import { OfferStrip } from "./offer";
import { ParkDialog } from "./parkdialog";
import { PresenceBar } from "./presence";
import { Rail } from "./rail";
import { codes, dialog, open, pane, reasons, selected } from "./state";
import { TransferDialog } from "./transferdialog";
import { attend } from "./attend";

async function load(): Promise<void> {
	const [c, r] = await Promise.all([call<Page<Code>>("GET", "/codes"),
		call<Page<Reason>>("GET", "/reasons")]);
	codes.value = c.items;
	reasons.value = r.items;
}

/** The contact named in the address: a link to one's work can be kept and shared. */
async function openNamed(): Promise<void> {
	const name = /^#c=([\w-]{1,64})$/.exec(location.hash)?.[1];
	if (!name)
		return;
	try {
		const contact = await call<Contact>("GET", `/contacts/${name}`);
		store.adopt(contact);
		open(contact.id);
	} catch {
		say(t("contact.not_found", { number: name }), true);
	}
}

function Dialogs() {
	const close = () => { dialog.value = null; };
	const contact = selected.value ? store.contact(selected.value) : undefined;
	if (dialog.value === "keys")
		return <KeysDialog onClose={close} />;
	if (!contact)
		return null;
	switch (dialog.value) {
	case "transfer": return <TransferDialog contact={contact} onClose={close} />;
	case "park": return <ParkDialog contact={contact} onClose={close} />;
	case "close": return <CloseDialog contact={contact} onClose={close} />;
	default: return null;
	}
}

export function App() {
	useEffect(() => watch(["me", "waiting"]), []);
	useEffect(() => {
		load().catch((e: Error) => say(e.message, true));
		void openNamed();
		outbox.flush();
		addEventListener("keydown", onKey);
		const rest = attend();
		return () => {
			removeEventListener("keydown", onKey);
			rest();
		};
	}, []);
	return (
		<div class="app" data-pane={pane.value} data-testid="console">
			<a class="skip" href="#pane-contact">{t("common.skip")}</a>
			<Rail />
			<Banner />
			<div class="station"><PresenceBar /><OfferStrip /></div>
			<ContactList />
			<ContactView />
			<Context />
			<Dialogs />
			<Toasts />
		</div>
	);
}
