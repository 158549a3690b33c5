/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useRef, useState } from "preact/hooks";
import lockIcon from "icon:lock";
import replyIcon from "icon:corner-up-left";
import sendIcon from "icon:send-horizontal";
import closeIcon from "icon:x";
import { t } from "../lib/i18n";
import type { Contact } from "../lib/types";
import { remark } from "../live/client";
import { Icon } from "../ui/icon";
import { outbox } from "./actions";
import { type Mode, clearReturned, draftVersion, readDraft, returned, writeDraft } from "./drafts";
import { mode } from "./state";

const SAVE_MS = 400;
const TYPING_EVERY_MS = 2_000;
const TYPING_REST_MS = 4_000;
export const TEXT_MAX = 100_000;
const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);

/** Tells the customer that somebody writes, now and then while it is so. */
function useTyping(contact: string) {
	const at = useRef(0);
	const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
	const stop = () => {
		clearTimeout(rest.current);
		if (at.current > 0)
			remark({ t: "typing", contact, on: false });
		at.current = 0;
	};
	const typed = () => {
		if (Date.now() - at.current >= TYPING_EVERY_MS) {
			at.current = Date.now();
			remark({ t: "typing", contact, on: true });
		}
		clearTimeout(rest.current);
		rest.current = setTimeout(stop, TYPING_REST_MS);
	};
	useEffect(() => stop, []);
	return { typed, stop };
}

/** The text begun, written to the device at each pause and when the composer goes away. */
function useDraft(contact: string, kind: Mode) {
	const [text, setText] = useState(() => readDraft(contact, kind));
	const [isSaved, setSaved] = useState(true);
	const pending = useRef<{ timer: ReturnType<typeof setTimeout>; text: string } | null>(null);
	const save = () => {
		if (pending.current === null)
			return;
		clearTimeout(pending.current.timer);
		writeDraft(contact, kind, pending.current.text);
		pending.current = null;
	};
	const change = (value: string) => {
		setText(value);
		setSaved(false);
		if (pending.current)
			clearTimeout(pending.current.timer);
		const timer = setTimeout(() => { save(); setSaved(true); }, SAVE_MS);
		pending.current = { timer, text: value };
	};
	const version = draftVersion.value;
	useEffect(() => {
		save();
		setText(readDraft(contact, kind));
	}, [version]);
	useEffect(() => {
		addEventListener("pagehide", save);
		return () => {
			removeEventListener("pagehide", save);
			save();
		};
	}, []);
	const clear = () => {
		change("");
		save();
		setSaved(true);
	};
	return { text, change, clear, isSaved };
}

function Returned({ contact }: { contact: string }) {
	const reason = returned.value.get(contact);
	if (!reason)
		return null;
	return (
		<p class="fault strip" role="alert" data-testid="composer-fault">
			{t("composer.returned", { reason })}
			<button type="button" class="icon-btn" aria-label={t("common.dismiss")}
				onClick={() => clearReturned(contact)}><Icon of={closeIcon} size={16} /></button>
		</p>
	);
}

function Field({ contact, kind }: { contact: Contact; kind: Mode }) {
	const draft = useDraft(contact.id, kind);
	const typing = useTyping(contact.id);
	const over = draft.text.length - TEXT_MAX;
	const send = () => {
		const body = draft.text.trim();
		if (!body || over > 0)
			return;
		outbox.add({ contact: contact.id, kind, body, epoch: contact.epoch });
		draft.clear();
		clearReturned(contact.id);
		typing.stop();
	};
	const key = (e: KeyboardEvent) => {
		if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
			e.preventDefault();
			send();
		}
	};
	const isNote = kind === "note";
	return (
		<>
			<textarea id="composer" rows={3} value={draft.text} data-testid="composer"
				lang={isNote ? undefined : contact.language || undefined}
				aria-label={t(isNote ? "composer.note_label" : "composer.reply_label")}
				placeholder={t(isNote ? "composer.note_hint" : "composer.reply_hint")}
				onKeyDown={key} onInput={(e) => {
					draft.change(e.currentTarget.value);
					if (!isNote)
						typing.typed();
				}} />
			<div class="composer-foot">
				<span class="muted small" role="status">
					{over > 0 ? t("composer.too_long", { n: over })
						: draft.text && draft.isSaved ? t("composer.saved") : ""}
				</span>
				<button type="button" class="btn primary" onClick={send} data-testid="send"
					disabled={draft.text.trim() === "" || over > 0}>
					<Icon of={isNote ? lockIcon : sendIcon} size={16} />{" "}
					{t(isNote ? "composer.add_note" : "composer.send")}
					<kbd>{isMac ? "⌘↵" : "Ctrl ↵"}</kbd>
				</button>
			</div>
		</>
	);
}

export function Composer({ contact, canReply, why }: {
	contact: Contact; canReply: boolean; why: string;
}) {
	const kind: Mode = canReply ? mode.value : "note";
	const one = (value: Mode, label: string, icon: typeof lockIcon) => (
		<button type="button" aria-pressed={kind === value} onClick={() => { mode.value = value; }}
			data-testid={`mode-${value}`}><Icon of={icon} size={15} /> {label}</button>
	);
	return (
		<section class={`composer ${kind}`} aria-label={t("composer.title")}>
			<Returned contact={contact.id} />
			<div class="modes">
				{canReply && one("text", t("composer.reply"), replyIcon)}
				{one("note", t("composer.note"), lockIcon)}
				{!canReply && <span class="muted small">{why}</span>}
			</div>
			<Field key={`${contact.id}.${kind}`} contact={contact} kind={kind} />
		</section>
	);
}
