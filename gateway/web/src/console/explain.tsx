/* SPDX-License-Identifier: Apache-2.0 */
/* Why this contact went where it went: the button beside a conversation, and its dialog. */
import { useState } from "preact/hooks";
import { t } from "../lib/i18n";
import type { Contact } from "../lib/types";
import { WhyButton, WhyDialog } from "../ui/why";

export function Explain({ contact }: { contact: Contact }) {
	const [isAsked, setAsked] = useState(false);
	return (
		<section class="card-in">
			<h3>{t("why.card")}</h3>
			<WhyButton number={contact.number} onAsk={() => setAsked(true)} />
			{isAsked && <WhyDialog contact={contact} onClose={() => setAsked(false)} />}
		</section>
	);
}
