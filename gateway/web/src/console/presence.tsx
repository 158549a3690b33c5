/* SPDX-License-Identifier: Apache-2.0 */
/* My own state, since when, and the way to another. */
import { useRef } from "preact/hooks";
import downIcon from "icon:chevron-down";
import { t } from "../lib/i18n";
import { now } from "../lib/now";
import { clock, elapsed } from "../lib/time";
import { store } from "../live/client";
import { Icon } from "../ui/icon";
import { setPresence } from "./actions";
import { AGENT } from "./labels";
import { reasons } from "./state";

const reasonLabel = (reason: string): string =>
	reasons.value.find((r) => r.reason === reason)?.label ?? reason;

function NotReady({ isAfter }: { isAfter: boolean }) {
	const menu = useRef<HTMLDivElement>(null);
	const choose = (reason: string) => {
		menu.current?.hidePopover();
		void setPresence("not-ready", reason);
	};
	return (
		<>
			<button type="button" class="btn" popovertarget="reasons"
				data-testid="not-ready-button">
				{t(isAfter ? "presence.pause_after" : "presence.pause")}
				<Icon of={downIcon} size={16} />
			</button>
			<div id="reasons" popover ref={menu} class="menu reasons">
				<p class="menu-title">{t("presence.why")}</p>
				{reasons.value.map((r) => (
					<button key={r.reason} type="button" onClick={() => choose(r.reason)}
						data-testid={`reason-${r.reason}`}>{r.label}</button>
				))}
				{reasons.value.length === 0 && (
					<button type="button" onClick={() => choose("")} data-testid="reason-none">
						{t("agent.not-ready")}
					</button>
				)}
			</div>
		</>
	);
}

export function PresenceBar() {
	const presence = store.presence.value;
	if (!presence)
		return <div class="presence skeleton" aria-hidden="true" />;
	const label = AGENT[presence.state];
	const isWorking = presence.state === "busy" || presence.state === "wrap-up";
	const pausesNext = isWorking && presence.wanted === "not-ready";
	const canBeReady = presence.wanted !== "ready" || presence.state === "not-responding";
	return (
		<section class={`presence ${label.tone}`} aria-label={t("presence.title")}
			data-testid="presence" data-state={presence.state}>
			<Icon of={label.icon} size={22} />
			<p>
				<strong data-testid="presence-state">
					{presence.state === "not-ready" && presence.reason
						? reasonLabel(presence.reason) : t(label.key)}
				</strong>
				<span class="figure">{clock(elapsed(presence.since, now.value))}</span>
				{pausesNext && <small>{t("presence.then_pause")}</small>}
			</p>
			{canBeReady
				? (
					<button type="button" class="btn primary" data-testid="ready-button" title="y"
						onClick={() => void setPresence("ready")}>{t("presence.ready")}</button>
				)
				: <NotReady isAfter={isWorking} />}
		</section>
	);
}

export function togglePresence(): void {
	const presence = store.presence.peek();
	if (!presence)
		return;
	if (presence.wanted === "ready" && presence.state !== "not-responding")
		void setPresence("not-ready", reasons.peek()[0]?.reason);
	else
		void setPresence("ready");
}
