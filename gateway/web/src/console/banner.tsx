/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between the agent and the work: no connection, another window, muted sound. */
import lostIcon from "icon:wifi-off";
import soundIcon from "icon:volume-x";
import windowIcon from "icon:monitor";
import { t } from "../lib/i18n";
import { now } from "../lib/now";
import { isSoundBlocked, unblock } from "../lib/sound";
import { clock } from "../lib/time";
import { connect, downSince, link, store } from "../live/client";
import { Icon } from "../ui/icon";

export function Banner() {
	now.value; /* the time since the loss ticks */
	if (link.value === "replaced")
		return (
			<div class="banner bad" role="alert" data-testid="banner">
				<Icon of={windowIcon} /> <span>{t("banner.replaced")}</span>
				<button type="button" class="btn small" onClick={connect}>
					{t("banner.use_here")}
				</button>
			</div>
		);
	if (link.value === "down")
		return (
			<div class="banner warn" role="status" data-testid="banner">
				<Icon of={lostIcon} />
				<span>
					{t("banner.lost", { time: clock((Date.now() - downSince.value) / 1000) })}
				</span>
			</div>
		);
	if (isSoundBlocked.value && store.offers.value.length > 0)
		return (
			<div class="banner warn" role="status">
				<Icon of={soundIcon} /> <span>{t("banner.sound")}</span>
				<button type="button" class="btn small" onClick={() => void unblock()}>
					{t("banner.sound_on")}
				</button>
			</div>
		);
	return null;
}
