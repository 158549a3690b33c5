/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect } from "preact/hooks";
import fullIcon from "icon:maximize";
import inboxIcon from "icon:inbox";
import { Banner } from "../console/banner";
import { user } from "../lib/api";
import { t } from "../lib/i18n";
import { now } from "../lib/now";
import { clock } from "../lib/time";
import { lastFrame, link, store, watch } from "../live/client";
import { AccountMenu } from "../ui/account";
import { Icon } from "../ui/icon";
import { LogoMark } from "../ui/logo";
import { Toasts } from "../ui/toast";
import { Agents } from "./agents";
import { DrillDialog } from "./contacts";
import { QueueTable } from "./queues";
import { Channels, Needs } from "./side";
import { drill, only } from "./state";
import { Tiles } from "./tiles";

/** Beyond this the server's pong is late, and the board may be behind. */
const OLD_S = 25;

/** How fresh all this is. While the connection lives, a change is here within a second. */
function Age() {
	now.value;
	const age = Math.max(0, (Date.now() - lastFrame.value) / 1000);
	const isLive = link.value === "up" && age < OLD_S;
	return (
		<span class={`age ${isLive ? "ok" : "warn"}`} data-testid="data-age" role="status">
			<span aria-hidden="true">{isLive ? "●" : "▲"}</span>{" "}
			{isLive ? t("board.live") : t("board.old", { time: clock(age) })}
		</span>
	);
}

function Head() {
	const full = () => void (document.fullscreenElement ? document.exitFullscreen()
		: document.documentElement.requestFullscreen());
	return (
		<header class="board-head">
			<LogoMark size={32} />
			<h1>{t("board.title")}</h1>
			<label>
				<span class="vh">{t("board.queue")}</span>
				<select class="select" value={only.value ?? ""} data-testid="board-queue"
					onChange={(e) => { only.value = e.currentTarget.value || null; }}>
					<option value="">{t("board.all_queues")}</option>
					{store.queues.all().map((q) => (
						<option key={q.queue.id} value={q.queue.id}>{q.queue.name}</option>
					))}
				</select>
			</label>
			<Age />
			<span class="rail-space" />
			<a class="btn" href="/console" aria-label={t("common.console")}>
				<Icon of={inboxIcon} size={16} /> <span class="label">{t("common.console")}</span>
			</a>
			<button type="button" class="btn full-screen" onClick={full} aria-label={t("board.full")}
				title={t("board.full")}><Icon of={fullIcon} size={16} /></button>
			<AccountMenu withKeys={false} />
		</header>
	);
}

export function Board() {
	useEffect(() => watch(["queues", "agents", "channels", "waiting"]), []);
	document.title = `${t("board.title")} – Usher`;
	const canSet = user.value?.roles.some((r) => r !== "agent") ?? false;
	return (
		<div class="board" data-testid="board">
			<Head />
			<Banner />
			<main>
				<Tiles />
				<div class="board-grid">
					<div class="column"><QueueTable /><Agents canSet={canSet} /></div>
					<div class="column"><Needs canSet={canSet} /><Channels /></div>
				</div>
			</main>
			{drill.value && <DrillDialog what={drill.value} canAct={canSet} />}
			<Toasts />
		</div>
	);
}
