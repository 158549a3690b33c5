/* SPDX-License-Identifier: Apache-2.0 */
/* An empty list says what will appear in it, and how. */
import { t, type Key } from "../lib/i18n";
import { store } from "../live/client";
import { setPresence } from "./actions";
import { type Tab, waitingContacts } from "./state";

export function Empty({ tab }: { tab: Tab }) {
	const presence = store.presence.value;
	if (tab === "queue")
		return (
			<div class="empty" data-testid="empty">
				<p><strong>{t("empty.queue")}</strong></p>
				<p class="muted">{t("empty.queue_hint")}</p>
			</div>
		);
	const isReady = presence?.wanted === "ready" && presence.state !== "not-responding";
	const waiting = waitingContacts().length;
	const hint: Key = isReady ? "empty.mine_ready" : "empty.mine_paused";
	return (
		<div class="empty" data-testid="empty">
			<p><strong>{t("empty.mine")}</strong></p>
			<p class="muted">{t(hint)} {waiting > 0 && t("empty.waiting", { n: waiting })}</p>
			{!isReady && (
				<button type="button" class="btn primary" onClick={() => void setPresence("ready")}>
					{t("presence.ready")}
				</button>
			)}
		</div>
	);
}
