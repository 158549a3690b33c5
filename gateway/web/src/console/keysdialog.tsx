/* SPDX-License-Identifier: Apache-2.0 */
import { useState } from "preact/hooks";
import { t } from "../lib/i18n";
import { hasKeys, toggle } from "../lib/prefs";
import { Modal } from "../ui/dialog";
import { SHORTCUTS } from "./keys";

export function KeysDialog({ onClose }: { onClose(): void }) {
	const [search, setSearch] = useState("");
	const wanted = search.toLowerCase();
	const shown = SHORTCUTS.filter((s) =>
		t(s.what).toLowerCase().includes(wanted) || s.keys.toLowerCase().includes(wanted));
	return (
		<Modal title={t("keys.title")} onClose={onClose} testid="keys-dialog" wide>
			<input type="search" placeholder={t("keys.search")} aria-label={t("keys.search")}
				value={search} onInput={(e) => setSearch(e.currentTarget.value)} />
			<dl class="keys-list">
				{shown.map((s) => (
					<div key={s.keys}>
						<dt>{s.keys.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}</dt>
						<dd>{t(s.what)}</dd>
					</div>
				))}
			</dl>
			<label class="switch">
				<span>{t("account.keys")}</span>
				<input type="checkbox" role="switch" checked={hasKeys.value}
					onChange={() => toggle("keys")} />
			</label>
		</Modal>
	);
}
