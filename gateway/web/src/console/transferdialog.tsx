/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useState } from "preact/hooks";
import { t } from "../lib/i18n";
import { user } from "../lib/api";
import { now } from "../lib/now";
import { clock, elapsed } from "../lib/time";
import type { Agent, Contact, Figures } from "../lib/types";
import { store, watch } from "../live/client";
import { Combo, type Choice } from "../ui/combo";
import { Modal } from "../ui/dialog";
import { transfer } from "./actions";
import { AGENT } from "./labels";
import { advance } from "./navigate";

const RANK: Record<string, number> = { ready: 0, busy: 1, "wrap-up": 2, "not-ready": 3 };

function agentChoices(): Choice[] {
	const rank = (a: Agent) => RANK[a.presence.state] ?? 9;
	return store.agents.all()
		.filter((a) => a.id !== user.value?.id && a.presence.state !== "signed-out")
		.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
		.map((a) => ({ value: `agent:${a.id}`, label: a.name, search: a.login,
			hint: t(AGENT[a.presence.state].key) }));
}

const queueHint = (q: Figures): string => q.oldest_at
	? t("transfer.queue_waiting", { n: q.waiting, time: clock(elapsed(q.oldest_at, now.peek())) })
	: t("transfer.queue_ready", { n: q.ready });

const queueChoices = (): Choice[] => store.queues.all()
	.map((q) => ({ value: `queue:${q.queue.id}`, label: q.queue.name, hint: queueHint(q) }));

export function TransferDialog({ contact, onClose, withNote = true }: {
	contact: Contact; onClose(): void; withNote?: boolean;
}) {
	const [to, setTo] = useState<string | null>(null);
	const [note, setNote] = useState("");
	const [busy, setBusy] = useState(false);
	useEffect(() => watch(["queues", "agents"]), []);
	const submit = async (e: Event) => {
		e.preventDefault();
		if (!to)
			return;
		const [kind, id] = to.split(/:(.*)/s) as ["queue" | "agent", string];
		setBusy(true);
		const done = await transfer(contact, { [kind]: id }, note.trim());
		setBusy(false);
		if (!done)
			return;
		onClose();
		advance(contact.id);
	};
	return (
		<Modal title={t("transfer.title", { number: contact.number })} onClose={onClose}
			testid="transfer-dialog">
			<form onSubmit={(e) => void submit(e)}>
				<Combo label={t("transfer.to")} choices={[...queueChoices(), ...agentChoices()]}
					value={to} onChoose={setTo} testid="transfer-to" autofocus />
				{withNote && (
					<label class="field">
						{t("transfer.note")}
						<textarea rows={2} value={note} data-testid="transfer-note"
							placeholder={t("transfer.note_hint")}
							onInput={(e) => setNote(e.currentTarget.value)} />
					</label>
				)}
				<div class="buttons end">
					<button type="button" class="btn" onClick={onClose}>
						{t("common.cancel")}
					</button>
					<button type="submit" class="btn primary" disabled={!to || busy}
						data-testid="transfer-submit">{t("transfer.action")}</button>
				</div>
			</form>
		</Modal>
	);
}
