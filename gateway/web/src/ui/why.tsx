/* SPDX-License-Identifier: Apache-2.0 */
/* "Why?": who was chosen for a contact, by which rule, and what kept each other one from it. The
 * sentences come from the server in the language of the page; names are text, never markup. */
import { useEffect, useState } from "preact/hooks";
import askIcon from "icon:circle-question-mark";
import sameIcon from "icon:badge-check";
import { call, reasonOf } from "../lib/api";
import { lang, t } from "../lib/i18n";
import { exact, timeOfDay } from "../lib/time";
import type { Decision, Explanation, WhyCount, WhyScene } from "../lib/types";
import { Modal } from "./dialog";
import { Icon } from "./icon";

function Counts({ title, counts }: { title: string; counts: WhyCount[] }) {
	if (counts.length === 0)
		return null;
	return (
		<div class="why-counts">
			<span class="muted">{title}</span>
			<ul>{counts.map((c) => (
				<li key={c.reason}>{c.label} <strong class="figure">{c.count}</strong></li>
			))}</ul>
		</div>
	);
}

function Scene({ scene, isOpen }: { scene: WhyScene; isOpen: boolean }) {
	return (
		<>
			<p>{scene.place}</p>
			<Counts title={t("why.members")} counts={scene.counts} />
			<Counts title={t("why.outside")} counts={scene.outside} />
			{scene.others.length > 0 && (
				<details open={isOpen}>
					<summary>{t("why.others", { n: scene.others.length })}</summary>
					<dl class="why-others">
						{scene.others.map((o) => (
							<div key={o.agent.id} data-reason={o.reason}>
								<dt>{o.agent.name}</dt><dd>{o.why}</dd>
							</div>
						))}
					</dl>
					{scene.left_off > 0
						&& <p class="muted">{t("why.more", { n: scene.left_off })}</p>}
				</details>
			)}
		</>
	);
}

function One({ d, isOpen }: { d: Decision; isOpen: boolean }) {
	return (
		<li class="why-one" data-testid="why-decision" data-check={d.check}>
			<h3>{d.headline} <span class="muted">→ {d.outcome_label}</span></h3>
			{d.why && <p class="why-main"><strong>{d.agent?.name}</strong> {d.why}.</p>}
			{d.others && <Scene scene={d as WhyScene} isOpen={isOpen} />}
			<p class="why-note muted">
				{d.verified && <Icon of={sameIcon} size={15} />}
				<time dateTime={d.at} title={exact(d.at, lang.value)}>
					{timeOfDay(d.at, lang.value)}</time>
				{" · "}{d.order_label && `${d.order_label} · `}{d.note}
			</p>
		</li>
	);
}

function Answer({ data }: { data: Explanation }) {
	const newest = data.offers.length - 1;
	return (
		<div class="why" data-testid="explanation">
			{data.waiting && (
				<section class="why-one waiting" data-testid="why-waiting">
					<h3>{t("why.waiting")}</h3>
					{data.waiting.why && <p class="why-main">{data.waiting.why}</p>}
					<Scene scene={data.waiting} isOpen />
				</section>
			)}
			{data.offers.length === 0 && <p class="muted">{t("why.none")}</p>}
			{data.left_off > 0 && <p class="muted">{t("why.earlier", { n: data.left_off })}</p>}
			<ol reversed>{[...data.offers].reverse().map((d, i) => (
				<One key={d.decision} d={d} isOpen={!data.waiting && i === 0 && newest >= 0} />
			))}</ol>
		</div>
	);
}

export function WhyDialog({ contact, onClose }: {
	contact: { id: string; number: string }; onClose(): void;
}) {
	const [data, setData] = useState<Explanation | null>(null);
	const [fault, setFault] = useState("");
	const [all, setAll] = useState(false);
	const language = lang.value;
	useEffect(() => {
		let isCurrent = true;
		setFault("");
		call<Explanation>("GET",
			`/contacts/${contact.id}/explain?lang=${language}${all ? "&all=1" : ""}`)
			.then((it) => { if (isCurrent) setData(it); },
				(e) => { if (isCurrent) setFault(reasonOf(e)); });
		return () => { isCurrent = false; };
	}, [contact.id, language, all]);
	return (
		<Modal title={t("why.title", { number: contact.number })} onClose={onClose} testid="why" wide>
			<div class="why-scroll" tabIndex={0} role="region" aria-live="polite"
				aria-busy={!data && !fault} aria-label={t("why.ask")}>
				{fault && <p class="fault" role="alert">{fault}</p>}
				{!data && !fault && <p class="muted">{t("why.loading")}</p>}
				{data && <Answer data={data} />}
			</div>
			<label class="why-all">
				<input type="checkbox" checked={all} data-testid="why-all"
					onChange={(e) => setAll(e.currentTarget.checked)} />{" "}{t("why.all")}
			</label>
		</Modal>
	);
}

/** The button alone; whoever shows it decides where the dialog stands. */
export function WhyButton({ number, onAsk, look = "small" }: {
	number: string; onAsk(): void; look?: "small" | "icon";
}) {
	return (
		<button type="button" class={look === "icon" ? "icon-btn" : "btn small"} onClick={onAsk}
			data-testid="why-ask" aria-label={t("why.ask_of", { number })} aria-haspopup="dialog"
			title={t("why.ask")}>
			<Icon of={askIcon} size={look === "icon" ? 20 : 15} />
			{look === "small" && <>{" "}{t("why.ask")}</>}
		</button>
	);
}
