/* SPDX-License-Identifier: Apache-2.0 */
import { useRef } from "preact/hooks";
import moreIcon from "icon:ellipsis";
import { AGENT } from "../console/labels";
import { t } from "../lib/i18n";
import { now } from "../lib/now";
import { clock, elapsed } from "../lib/time";
import type { Agent, Kind, Wanted } from "../lib/types";
import { store } from "../live/client";
import { initials } from "../ui/account";
import { Badge, ChannelIcon } from "../ui/badge";
import { Icon } from "../ui/icon";
import { setAgent } from "./actions";
import { shownAgents } from "./state";

const RANK: Record<string, number> = { "not-responding": 0, lost: 1, ready: 2, busy: 3,
	"wrap-up": 4, "not-ready": 5, "signed-out": 6 };

function Menu({ agent }: { agent: Agent }) {
	const box = useRef<HTMLDivElement>(null);
	const id = `menu-${agent.id}`;
	const set = (state: Wanted) => () => {
		box.current?.hidePopover();
		void setAgent(agent, state);
	};
	return (
		<>
			<button type="button" class="icon-btn" popovertarget={id} data-testid="agent-menu"
				aria-label={t("board.agent_menu", { name: agent.name })}>
				<Icon of={moreIcon} />
			</button>
			<div id={id} popover ref={box} class="menu middle">
				<p class="menu-title">{t("board.agent_menu", { name: agent.name })}</p>
				<button type="button" onClick={set("ready")} data-testid="agent-set-ready">
					{t("board.set_ready")}</button>
				<button type="button" onClick={set("not-ready")} data-testid="agent-set-not-ready">
					{t("board.set_not_ready")}</button>
				<button type="button" onClick={set("signed-out")}
					data-testid="agent-set-signed-out">
					{t("board.set_signed_out")}</button>
			</div>
		</>
	);
}

/** What the agent has in hand: one line per channel, and how full it makes the day. */
function Load({ agent }: { agent: Agent }) {
	const { load, capacity, counts } = agent.presence;
	const kinds = Object.entries(counts).filter(([, n]) => n) as [Kind, number][];
	return (
		<span class="load">
			{kinds.map(([kind, n]) => (
				<span key={kind} class="figure"><ChannelIcon kind={kind} size={15} /> {n}</span>
			))}
			<meter min={0} max={Math.max(1, capacity)} value={load}
				aria-label={t("board.load", { load, capacity })}
				title={t("board.load", { load, capacity })} />
		</span>
	);
}

function Row({ id, canSet }: { id: string; canSet: boolean }) {
	const agent = store.agents.get(id);
	if (!agent)
		return null;
	const { presence } = agent;
	return (
		<li data-testid="agent-row" data-login={agent.login} data-state={presence.state}>
			<span class="avatar" aria-hidden="true">{initials(agent.name)}</span>
			<span class="agent-name">{agent.name}</span>
			<Badge label={AGENT[presence.state]} extra={presence.state === "signed-out" ? ""
				: clock(elapsed(presence.since, now.value))} />
			<Load agent={agent} />
			{canSet && <Menu agent={agent} />}
		</li>
	);
}

export function Agents({ canSet }: { canSet: boolean }) {
	const agents = [...shownAgents()].sort((a, b) =>
		(RANK[a.presence.state] ?? 9) - (RANK[b.presence.state] ?? 9)
			|| a.name.localeCompare(b.name));
	return (
		<section class="panel-card agents" aria-labelledby="agents-title">
			<h2 id="agents-title">
				{t("board.agents")} <span class="count figure">{agents.length}</span>
			</h2>
			<ul>{agents.map((a) => <Row key={a.id} id={a.id} canSet={canSet} />)}</ul>
			{agents.length === 0 && store.loaded.value.has("agents")
				&& <p class="muted pad">{t("board.no_agents")}</p>}
		</section>
	);
}
