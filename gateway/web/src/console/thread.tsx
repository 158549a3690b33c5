/* SPDX-License-Identifier: Apache-2.0 */
/* What was said in a contact, whatever the channel. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { lang, t } from "../lib/i18n";
import { now } from "../lib/now";
import { dayOf } from "../lib/time";
import type { Contact, Message } from "../lib/types";
import { remark, store, watch } from "../live/client";
import { loadEarlier, outbox } from "./actions";
import { MessageView, UnsentView } from "./message";
import { nameOf } from "./row";
import { markRead } from "./state";

const NEAR_END = 80;

/** Keeps the end in view while it is in view, and holds still for who reads further up. */
function useFollow(key: unknown) {
	const box = useRef<HTMLDivElement>(null);
	const follows = useRef(true);
	useLayoutEffect(() => {
		if (follows.current && box.current)
			box.current.scrollTop = box.current.scrollHeight;
	}, [key]);
	useEffect(() => {
		const el = box.current;
		if (!el)
			return;
		const grown = new ResizeObserver(() => {
			if (follows.current)
				el.scrollTop = el.scrollHeight;
		});
		for (const child of el.children)
			grown.observe(child);
		grown.observe(el);
		return () => grown.disconnect();
	}, []);
	const scrolled = () => {
		const el = box.current;
		if (el)
			follows.current = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END;
	};
	return { box, scrolled };
}

function Days({ messages, contact }: { messages: Message[]; contact: Contact }) {
	let day = "";
	return (
		<>
			{messages.map((m) => {
				const own = dayOf(m.at, lang.value);
				const isNew = own !== day;
				day = own;
				return (
					<div key={m.id}>
						{isNew && <p class="day"><span>{own}</span></p>}
						<MessageView message={m} contact={contact} />
					</div>
				);
			})}
		</>
	);
}

export function Thread({ contact }: { contact: Contact }) {
	const { id } = contact;
	const messages = store.thread(id).value;
	const unsent = outbox.unsent.value.filter((u) => u.contact === id);
	const isTyping = (store.typing.value.get(id) ?? 0) > now.value;
	const last = messages.at(-1)?.seq ?? 0;
	const { box, scrolled } = useFollow(`${last}.${unsent.length}.${isTyping}`);
	useEffect(() => watch([`contact:${id}`]), [id]);
	useEffect(() => {
		const read = () => {
			if (last === 0 || document.visibilityState !== "visible")
				return;
			markRead(id, last);
			remark({ t: "read", contact: id, seq: last });
		};
		read();
		document.addEventListener("visibilitychange", read);
		return () => document.removeEventListener("visibilitychange", read);
	}, [id, last]);
	const hasEarlier = (messages[0]?.seq ?? 1) > 1;
	return (
		<div class="thread" ref={box} onScroll={scrolled} tabIndex={0} role="group"
			aria-label={t("thread.title")}>
			<div class="thread-in">
				{hasEarlier && (
					<button type="button" class="btn small earlier" data-testid="load-earlier"
						onClick={() => void loadEarlier(id)}>{t("thread.earlier")}</button>
				)}
				<div role="log" aria-live="polite" aria-relevant="additions"
					aria-label={t("thread.title")} data-testid="messages">
					<Days messages={messages} contact={contact} />
					{unsent.map((u) => <UnsentView key={u.client_id} unsent={u} />)}
				</div>
				<p class="typing-line" role="status" data-testid="typing">
					{isTyping && t("thread.typing", { name: nameOf(contact) })}
				</p>
			</div>
		</div>
	);
}
