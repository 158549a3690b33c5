/* SPDX-License-Identifier: Apache-2.0 */
/* The customer is gone, the work is finished here: it takes the composer's place. */
import { useState } from "preact/hooks";
import { t } from "../lib/i18n";
import { now } from "../lib/now";
import { clock, left } from "../lib/time";
import type { Contact } from "../lib/types";
import { close, extendWrapup } from "./actions";
import { CodeField } from "./codefield";
import { advance } from "./navigate";

export function WrapUp({ contact }: { contact: Contact }) {
	const [code, setCode] = useState<string | null>(null);
	const [note, setNote] = useState("");
	const [busy, setBusy] = useState(false);
	const submit = async (e: Event) => {
		e.preventDefault();
		if (!code)
			return;
		setBusy(true);
		if (await close(contact, code, note.trim()))
			advance(contact.id);
		else
			setBusy(false);
	};
	return (
		<form class="wrapup" onSubmit={(e) => void submit(e)} aria-label={t("wrapup.title")}
			data-testid="wrapup">
			<div class="wrapup-head">
				<p>
					<strong>{t("wrapup.title")}</strong>{" "}
					<span class="muted">{t("wrapup.hint")}</span>
				</p>
				{contact.until && (
					<>
						<span class="figure wrapup-left" data-testid="wrapup-left">
							{clock(left(contact.until, now.value))}
						</span>
						<button type="button" class="btn small" data-testid="wrapup-extend"
							onClick={() => void extendWrapup(contact)}>{t("wrapup.extend")}</button>
					</>
				)}
			</div>
			<div class="wrapup-fields">
				<CodeField value={code} onChoose={setCode} />
				<label class="field">
					{t("close.note")}
					<textarea rows={2} value={note} data-testid="wrapup-note"
						onInput={(e) => setNote(e.currentTarget.value)} />
				</label>
			</div>
			<button type="submit" class="btn primary" disabled={!code || busy}
				data-testid="wrapup-finish">{t("wrapup.finish")}</button>
		</form>
	);
}
