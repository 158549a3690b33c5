/* SPDX-License-Identifier: Apache-2.0 */
import { CHANNEL, type Label } from "../console/labels";
import { t } from "../lib/i18n";
import type { Kind } from "../lib/types";
import { Icon } from "./icon";

/** A state as drawing, word and colour. */
export function Badge({ label, extra, testid }: {
	label: Label; extra?: string; testid?: string;
}) {
	return (
		<span class={`badge ${label.tone}`} data-testid={testid}>
			<Icon of={label.icon} size={14} /> {t(label.key)}
			{extra && <span class="figure">{extra}</span>}
		</span>
	);
}

export function ChannelIcon({ kind, size = 18 }: { kind: Kind; size?: number }) {
	const channel = CHANNEL[kind] ?? CHANNEL.chat;
	return (
		<span class="channel" title={t(channel.key)}>
			<Icon of={channel.icon} size={size} /><span class="vh">{t(channel.key)}</span>
		</span>
	);
}
