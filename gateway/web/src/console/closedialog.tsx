/* SPDX-License-Identifier: Apache-2.0 */
import { useState } from "preact/hooks";
import { t } from "../lib/i18n";
import type { Contact } from "../lib/types";
import { Modal } from "../ui/dialog";
import { close } from "./actions";
import { CodeField } from "./codefield";
import { advance } from "./navigate";

export function CloseDialog({ contact, onClose }: { contact: Contact; onClose(): void }) {
	const [code, setCode] = useState<string | null>(null);
	const [note, setNote] = useState("");
	const [busy, setBusy] = useState(false);
	const finish = async (withCode: string | null) => {
		setBusy(true);
		const done = await close(contact, withCode, note.trim());
		setBusy(false);
		if (!done)
			return;
		onClose();
		if (withCode)
			advance(contact.id);
	};
	return (
		<Modal title={t("close.title", { number: contact.number })} onClose={onClose}
			testid="close-dialog">
			<form onSubmit={(e) => { e.preventDefault(); if (code) void finish(code); }}>
				<CodeField value={code} onChoose={setCode} autofocus />
				<label class="field">
					{t("close.note")}
					<textarea rows={2} value={note} data-testid="close-note"
						onInput={(e) => setNote(e.currentTarget.value)} />
				</label>
				<div class="buttons end">
					<button type="button" class="btn" disabled={busy} data-testid="close-later"
						onClick={() => void finish(null)}>{t("close.later")}</button>
					<button type="submit" class="btn primary" disabled={!code || busy}
						data-testid="close-finish">{t("close.finish")}</button>
				</div>
			</form>
		</Modal>
	);
}
