/* SPDX-License-Identifier: Apache-2.0 */
import clockIcon from "icon:clock";
import fileIcon from "icon:paperclip";
import linkIcon from "icon:video";
import lockIcon from "icon:lock";
import { useState } from "preact/hooks";
import { lang, t } from "../lib/i18n";
import { bytes, exact, timeOfDay } from "../lib/time";
import type { Attachment, Contact, Message } from "../lib/types";
import { user } from "../lib/api";
import { ChannelIcon } from "../ui/badge";
import { Icon } from "../ui/icon";
import { linkify } from "../ui/linkify";
import { DELIVERY } from "./labels";
import { pieces } from "./folds";
import { MailBody } from "./mailbody";
import type { Unsent } from "./outbox";
import { splitQuote } from "./quote";
import { nameOf } from "./row";

function authorOf(m: Message, c: Contact): string {
	if (m.author === "customer")
		return nameOf(c);
	if (m.author === "system")
		return t("thread.system");
	return m.agent && m.agent.id === user.value?.id ? t("thread.you")
		: m.agent?.name ?? t("thread.agent");
}

function Delivery({ message }: { message: Message }) {
	if (message.delivery === "none")
		return null;
	const label = DELIVERY[message.delivery];
	if (!label)
		return null;
	const isWrong = label.tone === "bad" || label.tone === "warn";
	return (
		<span class={`delivery ${label.tone}`} data-testid="delivery"
			data-delivery={message.delivery}
			title={message.detail ?? undefined}>
			<Icon of={label.icon} size={14} /> {t(label.key)}
			{isWrong && message.detail && <>: {message.detail}</>}
		</span>
	);
}

/** Only addresses of this site or of the web: a record must not make the console run anything. */
const safeUrl = (url: string | undefined): string | undefined =>
	url && /^(https?:\/\/|\/(?!\/))/.test(url) ? url : undefined;

function Files({ files }: { files: Attachment[] }) {
	if (files.length === 0)
		return null;
	return (
		<ul class="files">
			{files.map((f, i) => {
				const name = f.name || t("thread.file");
				const url = safeUrl(f.url);
				return (
					<li key={i}>
						<Icon of={fileIcon} size={16} />
						{url ? <a href={url} download={f.name}>{name}</a> : <span>{name}</span>}
						{f.size !== undefined && <small>{bytes(f.size, lang.value)}</small>}
					</li>
				);
			})}
		</ul>
	);
}

/** What the server read as a mail says itself what folds; elsewhere only a quote at the end does. */
function parts(message: Message) {
	if (message.channel === "email" && message.author === "customer")
		return pieces(message.body, message.fields?.folds ?? []);
	const { text, quote } = splitQuote(message.body);
	return [{ text, fold: null }, ...quote ? [{ text: quote, fold: "quote" as const }] : []];
}

function Text({ message }: { message: Message }) {
	return (
		<div class="text">
			{parts(message).map(({ text, fold }, i) => fold
				? <details key={i} data-testid="fold">
					<summary>{t(fold === "quote" ? "thread.quote" : "thread.signature")}</summary>
					{linkify(text)}
				</details>
				: <span key={i}>{linkify(text)}</span>)}
		</div>
	);
}

function Body({ message }: { message: Message }) {
	const [isPlain, setPlain] = useState(false);
	const files = message.kind === "file" ? [message.fields] : message.fields?.files ?? [];
	const url = safeUrl(message.fields?.url);
	return (
		<>
			{message.html && !isPlain ? <MailBody html={message.html} folds={message.fields?.html_folds} />
				: <Text message={message} />}
			{message.html && message.body && (
				<button type="button" class="link-btn small" onClick={() => setPlain(!isPlain)}>
					{t(isPlain ? "thread.show_html" : "thread.show_plain")}
				</button>
			)}
			{message.kind === "link" && url && (
				<a class="invite" href={url} target="_blank" rel="noopener"><Icon of={linkIcon} />
					{url}</a>
			)}
			<Files files={files} />
		</>
	);
}

export function MessageView({ message, contact }: { message: Message; contact: Contact }) {
	const time = (
		<time dateTime={message.at} title={exact(message.at, lang.value)}>
			{timeOfDay(message.at, lang.value)}
		</time>
	);
	if (message.kind === "event")
		return <p class="event" data-testid="event">{time} <span>{message.body}</span></p>;
	const isNote = message.kind === "note";
	const side = isNote ? "note" : message.author === "customer" ? "theirs" : "ours";
	const isOther = message.channel !== contact.channel && !isNote;
	return (
		<article class={`message ${side} ${message.html ? "mail" : ""}`} data-testid="message"
			data-author={message.author} data-kind={message.kind} data-seq={message.seq}>
			<header>
				{isNote && <Icon of={lockIcon} size={14} />}
				{isOther && <ChannelIcon kind={message.channel} size={14} />}
				<strong>{authorOf(message, contact)}</strong>
				{isNote && <span>{t("thread.note")}</span>}
				{time}
			</header>
			<div class="bubble"><Body message={message} /></div>
			<Delivery message={message} />
		</article>
	);
}

/** Written here, not confirmed by the server yet. */
export function UnsentView({ unsent }: { unsent: Unsent }) {
	const side = unsent.kind === "note" ? "note" : "ours";
	return (
		<article class={`message ${side} unsent`} data-testid="message-unsent">
			<header><strong>{t("thread.you")}</strong></header>
			<div class="bubble"><div class="text">{unsent.body}</div></div>
			<span class="delivery quiet">
				<Icon of={clockIcon} size={14} /> {t("thread.unsent")}
			</span>
		</article>
	);
}
