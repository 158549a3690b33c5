/* SPDX-License-Identifier: Apache-2.0 */
/* The reserved place where offers appear. It is there before an offer comes and after it has gone,
 * so that nothing below ever moves; it never takes the focus. */
import { useState } from "preact/hooks";
import { t, type Key } from "../lib/i18n";
import { hasKeys } from "../lib/prefs";
import { now } from "../lib/now";
import { left } from "../lib/time";
import { store } from "../live/client";
import type { Contact, Offer, Presence } from "../lib/types";
import { ChannelIcon } from "../ui/badge";
import { WhyButton, WhyDialog } from "../ui/why";
import { accept, decline } from "./actions";
import { nameOf } from "./row";

function Idle({ presence }: { presence: Presence | null }) {
	const keys: Record<string, [Key, Key]> = {
		ready: ["offer.idle_ready", "offer.idle_ready_hint"],
		busy: ["offer.idle_busy", "offer.idle_busy_hint"],
		"wrap-up": ["offer.idle_wrapup", "offer.idle_wrapup_hint"],
		"not-responding": ["offer.idle_missed", "offer.idle_missed_hint"],
	};
	const [title, hint] = keys[presence?.state ?? ""]
		?? ["offer.idle_paused", "offer.idle_paused_hint"];
	return (
		<div class="offer idle" data-testid="offer-idle">
			<p><strong>{t(title)}</strong></p>
			<p class="muted">{t(hint)}</p>
		</div>
	);
}

function Live({ offer, others, onWhy }: { offer: Offer; others: number; onWhy(): void }) {
	const [busy, setBusy] = useState(false);
	const { contact } = offer;
	const total = Math.max(1, left(offer.expires_at, Date.parse(offer.offered_at)));
	const seconds = Math.min(total, Math.max(0, left(offer.expires_at, now.value)));
	const act = (run: (o: Offer) => Promise<unknown>) => () => {
		setBusy(true);
		void run(offer).finally(() => setBusy(false));
	};
	const hint = (key: string) => hasKeys.value ? <kbd>{key}</kbd> : null;
	return (
		<div class="offer live" data-testid="offer" data-contact={contact.number}>
			<div class="offer-head">
				<ChannelIcon kind={contact.channel} size={20} />
				<div class="offer-who">
					<strong>{nameOf(contact)}</strong>
					<span>{contact.queue.name} · {contact.number}{others > 0 && ` · ${t("offer.more", { n: others })}`}</span>
				</div>
				<span class="offer-time figure" data-testid="offer-time">{seconds} s</span>
			</div>
			<p class="offer-why" title={offer.reason}>{offer.reason}</p>
			<meter class="offer-left" min={0} max={total} value={seconds} aria-hidden="true" />
			<div class="offer-buttons">
				<button type="button" class="btn primary" disabled={busy} onClick={act(accept)}
					data-testid="offer-accept">{t("offer.accept")} {hint("a")}</button>
				<button type="button" class="btn" disabled={busy} onClick={act(decline)}
					data-testid="offer-decline">{t("offer.decline")} {hint("d")}</button>
				<WhyButton number={contact.number} onAsk={onWhy} look="icon" />
			</div>
		</div>
	);
}

/** The offer that runs out first. */
export function currentOffer(): Offer | undefined {
	return [...store.offers.value].sort((a, b) => a.expires_at.localeCompare(b.expires_at))[0];
}

export function OfferStrip() {
	const offer = currentOffer();
	/* Stays open when the offer goes: whoever reads is not interrupted. */
	const [asked, setAsked] = useState<Contact | null>(null);
	return (
		<section class="offer-slot" aria-label={t("offer.title")}>
			<p class="vh" role="alert">
				{offer && t("offer.spoken", { channel: t(`channel.${offer.contact.channel}`),
					name: nameOf(offer.contact),
					queue: offer.contact.queue.name })}
			</p>
			{offer
				? <Live key={`${offer.contact.id}.${offer.epoch}`} offer={offer}
					others={store.offers.value.length - 1}
					onWhy={() => setAsked(offer.contact)} />
				: <Idle presence={store.presence.value} />}
			{asked && <WhyDialog contact={asked} onClose={() => setAsked(null)} />}
		</section>
	);
}
