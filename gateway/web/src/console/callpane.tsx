/* SPDX-License-Identifier: Apache-2.0 */
/* A telephone contact: how the call stands and for how long. The call itself is on the phone. */
import phoneIcon from "icon:phone";
import { t, type Key } from "../lib/i18n";
import { now } from "../lib/now";
import { clock, elapsed } from "../lib/time";
import type { Contact } from "../lib/types";
import { Icon } from "../ui/icon";

function line(c: Contact): Key {
	if (!c.session?.open || c.state === "closed" || c.state === "wrap-up")
		return "call.over";
	return c.state === "active" ? "call.talking" : "call.waiting";
}

export function CallPane({ contact }: { contact: Contact }) {
	const key = line(contact);
	const from = key === "call.talking" ? contact.answered_at : contact.queued_at;
	return (
		<section class={`callpane ${key === "call.over" ? "" : "live"}`}
			aria-label={t("call.title")}
			data-testid="call" data-state={key}>
			<span class="call-icon"><Icon of={phoneIcon} size={24} /></span>
			<div>
				<p><strong>{t(key)}</strong></p>
				<p class="muted">{contact.customer.address}</p>
			</div>
			{key !== "call.over" && (
				<span class="call-time figure">{clock(elapsed(from, now.value))}</span>
			)}
		</section>
	);
}
