/* SPDX-License-Identifier: Apache-2.0 */
/* Mine and Queue. Rows hold still while the pointer or the keyboard is among them. */
import { useRef, useState } from "preact/hooks";
import { t } from "../lib/i18n";
import { store } from "../live/client";
import { Row } from "./row";
import { settle } from "./settle";
import { type Tab, myContacts, open, selected, shownContacts, tab, waitingContacts } from "./state";
import { Empty } from "./empty";

function Tabs() {
	const counts = { mine: myContacts().length, queue: waitingContacts().length };
	const one = (name: Tab, label: string) => (
		<button type="button" role="tab" id={`tab-${name}`} aria-selected={tab.value === name}
			aria-controls="contact-list" data-testid={`tab-${name}`}
			tabIndex={tab.value === name ? 0 : -1} onClick={() => { tab.value = name; }}>
			{label} <span class="count figure">{counts[name]}</span>
		</button>
	);
	const key = (e: KeyboardEvent) => {
		if (e.key !== "ArrowLeft" && e.key !== "ArrowRight")
			return;
		tab.value = tab.peek() === "mine" ? "queue" : "mine";
		document.getElementById(`tab-${tab.peek()}`)?.focus();
	};
	return (
		<div role="tablist" aria-label={t("list.title")} onKeyDown={key}>
			{one("mine", t("list.mine"))}{one("queue", t("list.queue"))}
		</div>
	);
}

/** Up and down move between rows; the focus is where the hand is. */
function arrows(e: KeyboardEvent): void {
	if (e.key !== "ArrowDown" && e.key !== "ArrowUp")
		return;
	const rows = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[data-row]")];
	const at = rows.indexOf(document.activeElement as HTMLElement);
	const next = rows[at + (e.key === "ArrowDown" ? 1 : -1)];
	if (next) {
		e.preventDefault();
		next.focus();
	}
}

export function ContactList() {
	const target = shownContacts().map((c) => c.id);
	const shown = useRef<{ tab: Tab; selected: string | null; ids: string[] }>(
		{ tab: "mine", selected: null, ids: [] });
	const [byPointer, setByPointer] = useState(false);
	const [byKeys, setByKeys] = useState(false);
	const [, redraw] = useState(0);
	/* Another tab, or another choice of mine, is a fresh look: nothing to protect. */
	const isSame = shown.current.tab === tab.value && shown.current.selected === selected.value;
	const { shown: ids, fresh } = settle(shown.current.ids, target,
		(byPointer || byKeys) && isSame);
	shown.current = { tab: tab.value, selected: selected.value, ids };

	const isLoaded = store.loaded.value.has(tab.value === "mine" ? "me" : "waiting");
	const first = ids.includes(selected.value ?? "") ? selected.value : ids[0];
	return (
		<section class="list" aria-label={t("list.title")} id="pane-list" tabIndex={-1}
			onPointerEnter={(e) => { if (e.pointerType === "mouse") setByPointer(true); }}
			onPointerLeave={() => setByPointer(false)}
			onFocusIn={(e) => setByKeys((e.target as HTMLElement).matches(":focus-visible"))}
			onFocusOut={() => setByKeys(false)}>
			<div class="tabs">
				<Tabs />
				{fresh > 0 && (
					<button type="button" class="fresh" data-testid="list-new"
						onClick={() => { shown.current.ids = []; redraw((n) => n + 1); }}>
						{t("list.new", { n: fresh })}
					</button>
				)}
			</div>
			<div id="contact-list" role="tabpanel" aria-labelledby={`tab-${tab.value}`}
				onKeyDown={arrows}>
				<ul>
					{ids.map((id) => (
						<Row key={id} id={id} isGone={!target.includes(id)} isTabStop={id === first}
							onOpen={() => open(id)} />
					))}
				</ul>
				{isLoaded && ids.length === 0 && <Empty tab={tab.value} />}
			</div>
		</section>
	);
}

export function move(step: number): void {
	const ids = shownContacts().map((c) => c.id);
	const at = ids.indexOf(selected.peek() ?? "");
	const next = ids[at < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, at + step))];
	if (next)
		open(next);
}
