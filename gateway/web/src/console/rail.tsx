/* SPDX-License-Identifier: Apache-2.0 */
/* The rail at the side; on a narrow screen the bar at the bottom. */
import boardIcon from "icon:layout-dashboard";
import inboxIcon from "icon:inbox";
import keysIcon from "icon:keyboard";
import queueIcon from "icon:list";
import { user } from "../lib/api";
import { t } from "../lib/i18n";
import { AccountMenu } from "../ui/account";
import { Icon, type Nodes } from "../ui/icon";
import { LogoMark } from "../ui/logo";
import { type Tab, dialog, isUnread, myContacts, open, pane, tab, waitingContacts } from "./state";

function Go({ to, icon, label, count }: { to: Tab; icon: Nodes; label: string; count: number }) {
	const isHere = tab.value === to && pane.value === "list";
	return (
		<button type="button" class="rail-item" aria-current={isHere ? "true" : undefined}
			title={label} onClick={() => { tab.value = to; pane.value = "list"; }}
			data-testid={`rail-${to}`}>
			<Icon of={icon} size={22} /><span class="rail-label">{label}</span>
			{count > 0 && <span class="pip figure">{count > 99 ? "99+" : count}</span>}
		</button>
	);
}

export function Rail() {
	const isSupervisor = user.value?.roles.some((r) => r !== "agent") ?? false;
	return (
		<nav class="rail" aria-label={t("rail.title")}>
			<button type="button" class="rail-logo" aria-label={t("common.console")}
				onClick={() => open(null)}><LogoMark size={34} /></button>
			<Go to="mine" icon={inboxIcon} label={t("list.mine")}
				count={myContacts().filter(isUnread).length} />
			<Go to="queue" icon={queueIcon} label={t("list.queue")}
				count={waitingContacts().length} />
			{isSupervisor && (
				<a class="rail-item" href="/board" title={t("board.title")}
					data-testid="rail-board">
					<Icon of={boardIcon} size={22} />
					<span class="rail-label">{t("rail.board")}</span>
				</a>
			)}
			<span class="rail-space" />
			<button type="button" class="rail-item keys" title={`${t("keys.title")} (?)`}
				onClick={() => { dialog.value = "keys"; }} data-testid="rail-keys">
				<Icon of={keysIcon} size={22} /><span class="rail-label">{t("keys.title")}</span>
			</button>
			<AccountMenu withKeys />
		</nav>
	);
}
