/* SPDX-License-Identifier: Apache-2.0 */
/* The centre: one frame for every channel. */
import { t, type Key } from "../lib/i18n";
import { user } from "../lib/api";
import { type Contact, carriesText } from "../lib/types";
import { link, store } from "../live/client";
import { resume, take } from "./actions";
import { CallPane } from "./callpane";
import { Composer } from "./composer";
import { Header } from "./header";
import { selected } from "./state";
import { Thread } from "./thread";
import { VideoPane } from "./videopane";
import { WrapUp } from "./wrapup";

const isMine = (c: Contact): boolean => c.agent !== null && c.agent.id === user.value?.id;

/** Why there is no reply to be written, in one sentence. */
function whyNot(c: Contact): string {
	const keys: Partial<Record<Contact["state"], Key>> = { waiting: "composer.why_waiting",
		offered: "composer.why_waiting", parked: "composer.why_parked",
		closed: "composer.why_closed", "wrap-up": "composer.why_wrapup" };
	const key = keys[c.state];
	if (key)
		return t(key);
	if (!isMine(c))
		return t("composer.why_other", { name: c.agent?.name ?? "" });
	return t("composer.why_channel");
}

/** For a contact that nobody holds: the one thing one may do about it. */
function Claim({ contact }: { contact: Contact }) {
	if (contact.state === "waiting")
		return (
			<div class="claim">
				<p>{t("contact.waits")}</p>
				<button type="button" class="btn primary" onClick={() => void take(contact)}
					data-testid="take">{t("contact.take")}</button>
			</div>
		);
	if (contact.state === "parked")
		return (
			<div class="claim">
				<p>{t("contact.is_parked")}</p>
				<button type="button" class="btn primary" onClick={() => void resume(contact)}
					data-testid="resume">{t("contact.resume")}</button>
			</div>
		);
	return null;
}

function Nothing() {
	return (
		<div class="nothing">
			<p><strong>{t("contact.none")}</strong></p>
			<p class="muted">{t("contact.none_hint")}</p>
		</div>
	);
}

export function ContactView() {
	const id = selected.value;
	const contact = id ? store.contact(id) : undefined;
	if (!contact)
		return (
			<main class="centre" id="pane-contact" tabIndex={-1} aria-label={t("contact.title")}>
				<h1 class="vh">{t("common.console")}</h1>
				{link.value !== "connecting" && <Nothing />}
			</main>
		);
	const mine = isMine(contact);
	const canReply = mine && contact.state === "active" && carriesText(contact.channel);
	return (
		<main class="centre" id="pane-contact" tabIndex={-1} aria-label={t("contact.title")}
			data-testid="contact" data-number={contact.number} data-state={contact.state}>
			<Header key={`h${contact.id}`} contact={contact} isMine={mine} />
			<VideoPane contact={contact} isMine={mine} />
			{contact.channel === "telephony" && <CallPane contact={contact} />}
			<Thread key={contact.id} contact={contact} />
			<Claim contact={contact} />
			{contact.state === "wrap-up" && mine
				? <WrapUp key={`w${contact.id}`} contact={contact} />
				: <Composer key={`c${contact.id}`} contact={contact} canReply={canReply}
					why={whyNot(contact)} />}
		</main>
	);
}
