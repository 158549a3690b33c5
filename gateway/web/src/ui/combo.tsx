/* SPDX-License-Identifier: Apache-2.0 */
/* A field that finds its choice as one types: the ARIA combobox with a list below. */
import { useId, useState } from "preact/hooks";
import { t } from "../lib/i18n";

export interface Choice { value: string; label: string; hint?: string; search?: string }

const fold = (text: string): string =>
	text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

export function matches(choices: Choice[], typed: string): Choice[] {
	const words = fold(typed).split(/\s+/).filter(Boolean);
	return choices.filter((c) => {
		const text = fold(`${c.label} ${c.value} ${c.search ?? ""}`);
		return words.every((word) => text.includes(word));
	});
}

export function Combo({ label, choices, value, onChoose, testid, autofocus }: {
	label: string; choices: Choice[]; value: string | null; onChoose(value: string | null): void;
	testid: string; autofocus?: boolean;
}) {
	const id = useId();
	const [typed, setTyped] = useState("");
	const [at, setAt] = useState(0);
	const chosen = choices.find((c) => c.value === value);
	const shown = matches(choices, chosen ? "" : typed);
	const active = shown[Math.min(at, shown.length - 1)];

	const choose = (choice: Choice | undefined) => {
		if (!choice)
			return;
		setTyped(choice.label);
		onChoose(choice.value);
	};
	const key = (e: KeyboardEvent) => {
		if (e.key === "ArrowDown" || e.key === "ArrowUp") {
			e.preventDefault();
			const step = e.key === "ArrowDown" ? 1 : shown.length - 1;
			const from = chosen ? shown.indexOf(chosen) : Math.min(at, shown.length - 1);
			const next = (from + step) % Math.max(1, shown.length);
			setAt(next);
			if (chosen)
				choose(shown[next]);
		} else if (e.key === "Enter" && !e.ctrlKey && !e.metaKey && !chosen) {
			e.preventDefault();
			choose(active);
		}
	};
	return (
		<div class="combo">
			<label for={`${id}-in`}>{label}</label>
			<input id={`${id}-in`} type="text" role="combobox" autocomplete="off"
				aria-expanded="true" aria-controls={`${id}-list`} aria-autocomplete="list"
				aria-activedescendant={active ? `${id}-${active.value}` : undefined}
				value={chosen ? chosen.label : typed} autofocus={autofocus} data-testid={testid}
				onInput={(e) => { onChoose(null); setTyped(e.currentTarget.value); setAt(0); }}
				onKeyDown={key} />
			<ul id={`${id}-list`} role="listbox" aria-label={label}>
				{shown.map((c) => (
					<li key={c.value} id={`${id}-${c.value}`} role="option"
						aria-selected={c.value === value} class={c === active ? "active" : ""}
						data-testid={`${testid}-${c.value}`} onClick={() => choose(c)}>
						<span>{c.label}</span>{c.hint && <small>{c.hint}</small>}
					</li>
				))}
			</ul>
			{shown.length === 0 && <p class="muted small">{t("common.no_match")}</p>}
		</div>
	);
}
