/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useRef, useState } from "preact/hooks";
import closeIcon from "icon:x";
import { LANGS, isLang, lang, t, type Key } from "../lib/i18n";
import { Icon } from "../ui/icon";
import { Composer } from "./composer";
import type { ChatLink } from "./link";
import { Log } from "./log";
import { Welcome } from "./welcome";

const NAMES = { en: "English", fi: "Suomi", et: "Eesti" };

function headline(link: ChatLink): string {
	const { phase, agent } = link.chat;
	if (phase === "active" && agent)
		return t("widget.with_agent", { name: agent });
	const keys: Record<string, Key> = { none: "widget.state_none", waiting: "widget.state_waiting",
		active: "widget.state_active", closed: "widget.state_closed" };
	return t(keys[phase] ?? "widget.state_none");
}

function Header({ link, title, onClose }: { link: ChatLink; title: string; onClose(): void }) {
	const agent = link.chat.phase === "active" ? link.chat.agent : null;
	return (
		<div class="top">
			{agent && <span class="face" aria-hidden="true">{agent.slice(0, 1)}</span>}
			<div class="titles">
				<h2>{title || t("widget.title")}</h2>
				<p data-testid="widget-state">{headline(link)}</p>
			</div>
			<button class="plain" type="button" aria-label={t("widget.close")} onClick={onClose}
				data-testid="widget-close">
				<Icon of={closeIcon} size={20} />
			</button>
		</div>
	);
}

/** Ends the conversation, after asking once. */
function End({ link }: { link: ChatLink }) {
	const [asks, setAsks] = useState(false);
	if (link.chat.phase !== "waiting" && link.chat.phase !== "active")
		return null;
	if (!asks)
		return (
			<button class="text" type="button" data-testid="widget-end"
				onClick={() => setAsks(true)}>{t("widget.end")}</button>
		);
	return (
		<span class="asks">
			{t("widget.end_sure")}{" "}
			<button class="text strong" type="button" data-testid="widget-end-yes"
				onClick={() => { link.end(); setAsks(false); }}>{t("widget.end_yes")}</button>{" "}
			<button class="text" type="button" onClick={() => setAsks(false)}>
				{t("widget.end_no")}
			</button>
		</span>
	);
}

function Footer({ link }: { link: ChatLink }) {
	const choose = (e: Event) => {
		const value = (e.currentTarget as HTMLSelectElement).value;
		if (isLang(value))
			lang.value = value;
	};
	return (
		<div class="bottom">
			<End link={link} />
			<select aria-label={t("widget.language")} value={lang.value} onChange={choose}
				data-testid="widget-language">
				{LANGS.map((l) => <option key={l} value={l} lang={l}>{NAMES[l]}</option>)}
			</select>
		</div>
	);
}

export function Panel({ link, title, onClose }: {
	link: ChatLink; title: string; onClose(): void;
}) {
	link.version.value;
	const [draft, setDraft] = useState("");
	const input = useRef<HTMLTextAreaElement>(null);
	useEffect(() => input.current?.focus(), []);
	const edit = (key: string) => {
		setDraft(link.takeBack(key));
		input.current?.focus();
	};
	title ||= link.chat.title;
	const isFresh = link.chat.items.length === 0 && link.chat.conv === null;
	return (
		<section id="panel" class="panel" role="dialog" aria-label={title || t("widget.title")}
			data-testid="widget-panel"
			onKeyDown={(e) => { if (e.key === "Escape") onClose(); }}>
			<Header link={link} title={title} onClose={onClose} />
			{link.link.value === "down" && (
				<p class="strip" role="status" data-testid="widget-offline">
					{t("widget.offline")}
				</p>
			)}
			{link.link.value === "refused"
				&& <p class="strip" role="alert">{t("widget.refused")}</p>}
			{isFresh ? <Welcome link={link} /> : <Log link={link} onEdit={edit} />}
			<Composer link={link} draft={draft} onDraft={setDraft} input={input} />
			<Footer link={link} />
		</section>
	);
}
