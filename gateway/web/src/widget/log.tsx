/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import clockIcon from "icon:clock";
import failedIcon from "icon:circle-alert";
import sentIcon from "icon:check";
import videoIcon from "icon:video";
import { lang, t } from "../lib/i18n";
import { timeOfDay } from "../lib/time";
import { Icon } from "../ui/icon";
import { linkify } from "../ui/linkify";
import type { Item, Place } from "./chat";
import type { ChatLink } from "./link";

const SPOKEN_MS = 5_000;

function Delivery({ item, onEdit }: { item: Item; onEdit(key: string): void }) {
	if (item.state === "failed")
		return (
			<span class="meta bad" role="alert">
				<Icon of={failedIcon} size={13} /> {item.reason || t("widget.not_sent")}{" "}
				<button class="text" type="button" onClick={() => onEdit(item.key)}>
					{t("widget.edit")}
				</button>
			</span>
		);
	const isSent = item.state === "sent";
	return (
		<span class="meta">
			{timeOfDay(new Date(item.at).toISOString(), lang.value)}{" "}
			<Icon of={isSent ? sentIcon : clockIcon} size={13} />{" "}
			{t(isSent ? "widget.sent" : "widget.sending")}
		</span>
	);
}

function Bubble({ item, onEdit }: { item: Item; onEdit(key: string): void }) {
	const isOwn = item.from === "customer";
	if (item.kind === "event")
		return <p class="event" data-testid="widget-event">{item.text}</p>;
	return (
		<div class={`bubble ${isOwn ? "own" : "other"}`} data-testid="widget-message"
			data-from={item.from} data-state={item.state}>
			<span class={isOwn ? "vh" : "who"}>
				{isOwn ? t("widget.you") : item.name ?? t("widget.title")}
			</span>
			<div class="text">{linkify(item.text)}</div>
			{item.kind === "link" && item.url && /^https?:/.test(item.url) && (
				<a class="invite" href={item.url} target="_blank" rel="noopener"
					data-testid="widget-link"><Icon of={videoIcon} /> {t("widget.join_video")}</a>
			)}
			{isOwn ? <Delivery item={item} onEdit={onEdit} />
				: <span class="meta">
					{timeOfDay(new Date(item.at).toISOString(), lang.value)}</span>}
		</div>
	);
}

export function placeText(place: Place): string {
	const line = t("widget.place", { position: place.position });
	if (place.lowS <= 0 && place.highS <= 0)
		return line;
	const low = Math.max(1, Math.round(place.lowS / 60));
	const high = Math.max(low, Math.ceil(place.highS / 60));
	const wait = low === high ? t("widget.wait_one", { n: high })
		: t("widget.wait_range", { low, high });
	return `${line} ${wait}`;
}

/** The same words, but changing at most every five seconds: a screen reader reads each change. */
function Spoken({ text }: { text: string }) {
	const [said, setSaid] = useState(text);
	useEffect(() => {
		const timer = setTimeout(() => setSaid(text), SPOKEN_MS);
		return () => clearTimeout(timer);
	}, [text]);
	return <p class="vh" role="status">{said}</p>;
}

function Now({ link }: { link: ChatLink }) {
	const { place, phase, typing, notice } = link.chat;
	const isTyping = typing !== null && typing.until > Date.now();
	const line = notice ?? (phase === "waiting" && place ? placeText(place) : "");
	const typed = isTyping ? t("widget.typing", { name: typing.name || t("widget.title") }) : "";
	return (
		<>
			{line && <p class="place" data-testid="widget-place">{line}</p>}
			{isTyping && (
				<p class="typing" data-testid="widget-typing">
					<span class="dots" aria-hidden="true"><i /><i /><i /></span> {typed}
				</p>
			)}
			<Spoken text={typed || line} />
		</>
	);
}

export function Log({ link, onEdit }: { link: ChatLink; onEdit(key: string): void }) {
	const box = useRef<HTMLDivElement>(null);
	const atEnd = useRef(true);
	const items = link.chat.items;
	useLayoutEffect(() => {
		if (atEnd.current && box.current)
			box.current.scrollTop = box.current.scrollHeight;
	});
	const scrolled = () => {
		const el = box.current;
		if (el)
			atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < 40;
	};
	return (
		<div class="log" ref={box} onScroll={scrolled} tabIndex={0} role="group"
			aria-label={t("widget.messages")}>
			<div role="log" aria-live="polite" data-testid="widget-messages">
				{items.map((item, i) => (
					<div key={item.key}>
						{i > 0 && items[i - 1]?.part !== item.part
							&& <p class="event rule">{t("widget.new_conversation")}</p>}
						<Bubble item={item} onEdit={onEdit} />
					</div>
				))}
			</div>
			<Now link={link} />
		</div>
	);
}
