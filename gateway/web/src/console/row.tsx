/* SPDX-License-Identifier: Apache-2.0 */
import penIcon from "icon:pencil-line";
import { lang, t } from "../lib/i18n";
import { now } from "../lib/now";
import { ago, clock, elapsed, exact, left } from "../lib/time";
import type { Contact } from "../lib/types";
import { store } from "../live/client";
import { ChannelIcon } from "../ui/badge";
import { Icon } from "../ui/icon";
import { draftVersion, hasDraft } from "./drafts";
import { STATE } from "./labels";
import { isUnread, selected } from "./state";

const VISITOR = /^visitor-([0-9a-f]{4})[0-9a-f]{12}$/;

/** What the chat calls somebody who told no address: no address for people's eyes. */
export const isMadeUp = (address: string): boolean => VISITOR.test(address);

export function nameOf(c: Contact): string {
	const visitor = VISITOR.exec(c.customer.address);
	return c.customer.name || (visitor && t("common.visitor", { id: visitor[1] ?? "" }))
		|| c.customer.address || t("common.unknown");
}

/** How a promise stands: nothing to say, three quarters of it used, or broken. */
export function promise(c: Contact, at: number): "" | "warn" | "bad" {
	if (!c.target_at || (c.state !== "waiting" && c.state !== "offered"))
		return "";
	const total = elapsed(c.queued_at, Date.parse(c.target_at));
	const rest = left(c.target_at, at);
	return rest <= 0 ? "bad" : rest <= total / 4 ? "warn" : "";
}

function When({ c }: { c: Contact }) {
	if (c.state === "waiting" || c.state === "offered") {
		const tone = promise(c, now.value);
		return (
			<span class={`when figure ${tone}`}>
				{tone === "bad" ? "■ " : tone === "warn" ? "▲ " : ""}
				{clock(elapsed(c.queued_at, now.value))}
			</span>
		);
	}
	const at = c.last?.at ?? c.created_at;
	return <time class="when" dateTime={at} title={exact(at, lang.value)}>
		{ago(at, now.value, lang.value)}</time>;
}

function Preview({ c }: { c: Contact }) {
	const typing = (store.typing.value.get(c.id) ?? 0) > now.value;
	if (typing)
		return <span class="preview typing">{t("thread.typing", { name: nameOf(c) })}</span>;
	const text = c.last?.body || c.subject || t(`channel.${c.channel}`);
	return (
		<span class="preview">
			{c.last?.author === "agent" && <>{t("list.you")} </>}{text}
		</span>
	);
}

export function Row({ id, isGone, isTabStop, onOpen }: {
	id: string; isGone: boolean; isTabStop: boolean; onOpen(): void;
}) {
	draftVersion.value;
	const c = store.contact(id);
	if (!c)
		return null;
	const state = STATE[c.state];
	const unread = isUnread(c) && c.state !== "waiting" && c.state !== "offered";
	const isNamed = c.state !== "active";
	return (
		<li>
			<button type="button" data-row data-testid="contact-row" data-number={c.number}
				class={`row ${unread ? "unread" : ""} ${isGone ? "gone" : ""}`} onClick={onOpen}
				tabIndex={isTabStop ? 0 : -1}
				aria-current={selected.value === id ? "true" : undefined}>
				<ChannelIcon kind={c.channel} />
				<span class="who">{nameOf(c)}</span>
				<When c={c} />
				<Preview c={c} />
				<span class="tags">
					{hasDraft(id) && <span class="tag"><Icon of={penIcon} size={13} />
						{t("list.draft")}</span>}
					{isNamed && <span class={`tag ${state.tone}`}><Icon of={state.icon} size={13} />
						{t(isGone ? "list.gone" : state.key)}</span>}
					{unread && <span class="dot">{t("list.unread")}</span>}
				</span>
				<span class="queue">{c.queue.name} · {c.number}</span>
			</button>
		</li>
	);
}
