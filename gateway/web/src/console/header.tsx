/* SPDX-License-Identifier: Apache-2.0 */
import backIcon from "icon:arrow-left";
import closeIcon from "icon:check";
import infoIcon from "icon:info";
import parkIcon from "icon:pause";
import transferIcon from "icon:corner-up-right";
import videoIcon from "icon:video";
import { useState } from "preact/hooks";
import { t } from "../lib/i18n";
import { now } from "../lib/now";
import { clock, elapsed, left, moment } from "../lib/time";
import { lang } from "../lib/i18n";
import { type Contact, carriesText } from "../lib/types";
import { Badge, ChannelIcon } from "../ui/badge";
import { Icon, type Nodes } from "../ui/icon";
import { ask, sendVideoLink } from "./actions";
import { STATE } from "./labels";
import { nameOf, promise } from "./row";
import { isContextOpen, open } from "./state";

/** The clock that counts in this state. */
function timer(c: Contact): string {
	if (c.state === "parked")
		return c.until ? moment(c.until, lang.value) : "";
	if (c.state === "closed")
		return c.closed_at ? moment(c.closed_at, lang.value) : "";
	if (c.state === "wrap-up")
		return c.until ? clock(left(c.until, now.value)) : "";
	const from = c.state === "active" ? c.answered_at : c.queued_at;
	return clock(elapsed(from, now.value));
}

function TargetLeft({ contact }: { contact: Contact }) {
	const tone = promise(contact, now.value);
	if (!contact.target_at || tone === "")
		return null;
	const rest = left(contact.target_at, now.value);
	return (
		<span class={`promise ${tone}`}>
			{tone === "bad" ? "■ " : "▲ "}
			{t(rest > 0 ? "contact.target_left" : "contact.target_over",
				{ time: clock(Math.abs(rest)) })}
		</span>
	);
}

function Action({ icon, label, onClick, testid, hint, primary, disabled }: {
	icon: Nodes; label: string; onClick(): void; testid: string; hint: string; primary?: boolean;
	disabled?: boolean;
}) {
	return (
		<button type="button" class={`btn ${primary ? "primary" : ""}`} title={`${label} (${hint})`}
			onClick={onClick} data-testid={testid} disabled={disabled}>
			<Icon of={icon} size={16} /> <span class="label">{label}</span>
		</button>
	);
}

function Actions({ contact }: { contact: Contact }) {
	const [isSending, setSending] = useState(false);
	const isActive = contact.state === "active";
	if (!isActive)
		return null;
	const invite = () => {
		setSending(true);
		void sendVideoLink(contact).finally(() => setSending(false));
	};
	return (
		<div class="actions" role="toolbar" aria-label={t("contact.actions")}>
			{carriesText(contact.channel) && (
				<Action icon={videoIcon} label={t("video.send_link")} hint="v" onClick={invite}
					testid="send-video-link" disabled={isSending} />
			)}
			<Action icon={parkIcon} label={t("park.action")} hint="p" testid="park"
				onClick={() => ask("park")} />
			<Action icon={transferIcon} label={t("transfer.action")} hint="t" testid="transfer"
				onClick={() => ask("transfer")} />
			<Action icon={closeIcon} label={t("close.action")} hint="e" testid="close" primary
				onClick={() => ask("close")} />
		</div>
	);
}

export function Header({ contact, isMine }: { contact: Contact; isMine: boolean }) {
	return (
		<header class="contact-head">
			<button type="button" class="icon-btn back" aria-label={t("common.back")}
				onClick={() => open(null)} data-testid="back"><Icon of={backIcon} /></button>
			<ChannelIcon kind={contact.channel} size={22} />
			<div class="titles">
				<h1 data-testid="contact-name">{nameOf(contact)}</h1>
				<p class="muted">
					<span class="figure" data-testid="contact-number">{contact.number}</span>
					{" · "}{contact.queue.name}
					{contact.subject && <>{" · "}<span class="subject">{contact.subject}</span></>}
				</p>
			</div>
			<Badge label={STATE[contact.state]} extra={timer(contact)} testid="contact-state" />
			<TargetLeft contact={contact} />
			{contact.agent && !isMine && <span class="muted holder">{contact.agent.name}</span>}
			{isMine && <Actions contact={contact} />}
			<button type="button" class="icon-btn context-toggle" data-testid="context-toggle"
				aria-label={t("context.title")} aria-expanded={isContextOpen.value} title="i"
				onClick={() => { isContextOpen.value = !isContextOpen.value; }}>
				<Icon of={infoIcon} />
			</button>
		</header>
	);
}
