/* SPDX-License-Identifier: Apache-2.0 */
import { useMemo, useState } from "preact/hooks";
import { lang, t } from "../lib/i18n";
import { moment, parkTimes } from "../lib/time";
import type { Contact } from "../lib/types";
import { Modal } from "../ui/dialog";
import { park } from "./actions";
import { advance } from "./navigate";

const local = (d: Date): string =>
	new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

export function ParkDialog({ contact, onClose }: { contact: Contact; onClose(): void }) {
	const times = useMemo(() => parkTimes(new Date()), []);
	const [own, setOwn] = useState("");
	const [busy, setBusy] = useState(false);
	const until = async (time: Date) => {
		setBusy(true);
		const done = await park(contact, time);
		setBusy(false);
		if (!done)
			return;
		onClose();
		advance(contact.id);
	};
	const one = (name: "hour" | "tomorrow" | "monday") => (
		<button type="button" class="btn choice" disabled={busy} data-testid={`park-${name}`}
			onClick={() => void until(times[name])}>
			<span>{t(`park.${name}`)}</span>
			<small class="muted">{moment(times[name].toISOString(), lang.value)}</small>
		</button>
	);
	return (
		<Modal title={t("park.title", { number: contact.number })} onClose={onClose}
			testid="park-dialog">
			<p class="muted">{t("park.hint")}</p>
			<div class="choices">{one("hour")}{one("tomorrow")}{one("monday")}</div>
			<form class="inline" onSubmit={(e) => {
				e.preventDefault();
				const time = new Date(own);
				if (time.getTime() > Date.now())
					void until(time);
			}}>
				<label class="field">
					{t("park.own")}
					<input type="datetime-local" value={own} min={local(new Date())} required
						data-testid="park-own" onInput={(e) => setOwn(e.currentTarget.value)} />
				</label>
				<button type="submit" class="btn primary" disabled={busy || own === ""}
					data-testid="park-submit">{t("park.action")}</button>
			</form>
		</Modal>
	);
}
