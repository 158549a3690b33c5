/* SPDX-License-Identifier: Apache-2.0 */
/* What needs somebody, and how the channels are. */
import { HEALTH } from "../console/labels";
import { nameOf } from "../console/row";
import { t } from "../lib/i18n";
import { now } from "../lib/now";
import { clock, elapsed, left } from "../lib/time";
import { store } from "../live/client";
import { Badge, ChannelIcon } from "../ui/badge";
import { setAgent } from "./actions";
import { drill, shownAgents, shownQueues, shownWaiting } from "./state";
import { Tone } from "./tone";
import { type Need, needs } from "./totals";

function show(need: Need): void {
	if (need.kind === "nobody" || need.kind === "late")
		drill.value = { title: need.queue.queue.name, states: ["waiting", "offered"],
			queue: need.queue.queue.id };
	if (need.kind === "promise")
		drill.value = { title: need.contact.queue.name, states: ["waiting", "offered"],
			queue: need.contact.queue.id };
}

function sentence(need: Need, at: number): string {
	switch (need.kind) {
	case "nobody": return t("needs.nobody", { name: need.queue.queue.name, n: need.queue.waiting });
	case "late": return t("needs.late", { name: need.queue.queue.name,
		time: clock(elapsed(need.queue.oldest_at, at)) });
	case "missing": return t(need.agent.presence.state === "lost" ? "needs.lost" : "needs.missing",
		{ name: need.agent.name, time: clock(elapsed(need.agent.presence.since, at)) });
	case "channel": return `${need.channel.id}: ${need.channel.status.text}`;
	case "promise": {
		const rest = left(need.contact.target_at ?? "", at);
		return t(rest > 0 ? "needs.promise" : "needs.promise_broken", { name: nameOf(need.contact),
			number: need.contact.number, time: clock(Math.abs(rest)) });
	}
	}
}

function Remedy({ need, canSet }: { need: Need; canSet: boolean }) {
	if (need.kind === "channel")
		return null;
	if (need.kind === "missing")
		return canSet && need.agent.presence.state === "not-responding"
			? (
				<button type="button" class="btn small"
					onClick={() => void setAgent(need.agent, "ready")}>
					{t("board.set_ready")}
				</button>
			) : null;
	return <button type="button" class="btn small" onClick={() => show(need)}>
		{t("needs.show")}</button>;
}

const keyOf = (n: Need): string => n.kind + (n.kind === "missing" ? n.agent.id
	: n.kind === "channel" ? n.channel.id : n.kind === "promise" ? n.contact.id : n.queue.queue.id);

export function Needs({ canSet }: { canSet: boolean }) {
	const list = needs(shownQueues(), shownAgents(), store.channels.all(), shownWaiting(),
		now.value);
	return (
		<section class="panel-card needs" aria-labelledby="needs-title" data-testid="needs">
			<h2 id="needs-title">
				{t("needs.title")} <span class="count figure">{list.length}</span>
			</h2>
			{list.length === 0 && <p class="muted pad">{t("needs.none")}</p>}
			<ul>
				{list.map((need) => (
					<li key={keyOf(need)} class={need.tone}>
						<Tone tone={need.tone} />
						<span class="need-text">{sentence(need, now.value)}</span>
						<Remedy need={need} canSet={canSet} />
					</li>
				))}
			</ul>
		</section>
	);
}

export function Channels() {
	const channels = store.channels.all();
	return (
		<section class="panel-card channels" aria-labelledby="channels-title">
			<h2 id="channels-title">{t("board.channels")}</h2>
			<ul>
				{channels.map((c) => (
					<li key={c.id} data-testid="channel-row" data-health={c.status.health}>
						<ChannelIcon kind={c.kind} />
						<span class="channel-name">{c.id}</span>
						{c.enabled ? <Badge label={HEALTH[c.status.health]} />
							: <span class="badge quiet">{t("health.off")}</span>}
						{c.enabled && c.status.health !== "ok" && c.status.text
							&& <small>{c.status.text}</small>}
					</li>
				))}
			</ul>
			{channels.length === 0 && store.loaded.value.has("channels")
				&& <p class="muted pad">{t("board.no_channels")}</p>}
		</section>
	);
}
