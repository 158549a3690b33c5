/* SPDX-License-Identifier: Apache-2.0 */
/* What the page does of itself: rings, says why an offer went, counts in the title. */
import { effect } from "@preact/signals";
import { t } from "../lib/i18n";
import { ringOff, ringOn, tick } from "../lib/sound";
import { store } from "../live/client";
import { say } from "../ui/toast";
import { currentOffer } from "./offer";
import { nameOf } from "./row";
import { isUnread, myContacts } from "./state";
import { leaveOthers } from "./videopane";

function title(): string {
	const offer = currentOffer();
	if (offer)
		return `● ${t("offer.title")}: ${nameOf(offer.contact)} – Usher`;
	const unread = myContacts().filter(isUnread).length;
	return unread > 0 ? `(${unread}) Usher` : "Usher";
}

/** Begins to watch; the answer ends it. */
export function attend(): () => void {
	store.onOfferEnded = (offer, cause) => {
		const name = nameOf(offer.contact);
		if (cause === "timeout")
			say(t("offer.missed", { name }), true);
		else if (cause === "customer-left")
			say(t("offer.customer_left", { name }));
		else if (cause === "withdrawn")
			say(t("offer.withdrawn", { name }));
	};
	store.onMessage = (message) => {
		if (message.author === "customer" && document.hidden)
			void tick();
		if (message.delivery === "failed")
			say(t("thread.failed", { reason: message.detail ?? "" }), true);
	};
	const ends = [
		effect(() => store.offers.value.length > 0 ? ringOn() : ringOff()),
		effect(() => { document.title = title(); }),
		effect(() => { if (store.loaded.value.has("me")) leaveOthers(store.mine.value); }),
	];
	return () => {
		ends.forEach((end) => end());
		ringOff();
	};
}
