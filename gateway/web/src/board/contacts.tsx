/* SPDX-License-Identifier: Apache-2.0 */
/* The contacts behind a number. What waits is live; the rest is fetched. */
import { useEffect, useState } from "preact/hooks";
import transferIcon from "icon:corner-up-right";
import { setPriority } from "../console/actions";
import { STATE } from "../console/labels";
import { nameOf, promise } from "../console/row";
import { TransferDialog } from "../console/transferdialog";
import { call } from "../lib/api";
import { lang, t } from "../lib/i18n";
import { now } from "../lib/now";
import { ago, clock, elapsed } from "../lib/time";
import type { Contact, ContactState, Page } from "../lib/types";
import { store } from "../live/client";
import { Badge, ChannelIcon } from "../ui/badge";
import { Modal } from "../ui/dialog";
import { Icon } from "../ui/icon";
import { say } from "../ui/toast";
import { WhyButton, WhyDialog } from "../ui/why";
import { type Drill, drill } from "./state";

const isWaiting = (state: ContactState): boolean => state === "waiting" || state === "offered";

function isBehind(c: Contact, d: Drill): boolean {
	return !d.isToday
		|| (c.answered_at !== null && Date.parse(c.answered_at) >= new Date().setHours(0, 0, 0, 0));
}

function useContacts(d: Drill): Contact[] | null {
	const [fetched, setFetched] = useState<Contact[] | null>(null);
	const isLive = d.states.every(isWaiting);
	useEffect(() => {
		if (isLive)
			return;
		const queue = d.queue ? `&queue=${encodeURIComponent(d.queue)}` : "";
		Promise.all(d.states.map((state) =>
			call<Page<Contact>>("GET", `/contacts?state=${state}${queue}&limit=200`)))
			.then((pages) => pages.flatMap((p) => p.items).filter((c) => isBehind(c, d)))
			.then(setFetched, (e: Error) => say(e.message, true));
	}, [d]);
	if (!isLive)
		return fetched;
	return store.list(store.waiting.value)
		.filter((c) => isWaiting(c.state) && (d.queue === null || c.queue.id === d.queue))
		.sort((a, b) => a.priority - b.priority || a.queued_at.localeCompare(b.queued_at));
}

function Priority({ c }: { c: Contact }) {
	return (
		<label class="priority">
			<span class="vh">{t("board.priority_of", { number: c.number })}</span>
			<select class="select" value={c.priority} data-testid="priority"
				onChange={(e) => void setPriority(c, Number(e.currentTarget.value))}>
				{[...Array(10).keys()].map((p) => <option key={p} value={p}>{p}</option>)}
			</select>
		</label>
	);
}

function Row({ c, canAct, onTransfer, onWhy }: {
	c: Contact; canAct: boolean; onTransfer(c: Contact): void; onWhy(c: Contact): void;
}) {
	const tone = promise(c, now.value);
	return (
		<tr data-testid="drill-row" data-number={c.number}>
			<td><ChannelIcon kind={c.channel} /></td>
			<th scope="row"><a href={`/console#c=${c.number}`}>{c.number}</a> {nameOf(c)}
				{c.subject && <small class="muted">{c.subject}</small>}</th>
			<td>{c.queue.name}</td>
			<td><Badge label={STATE[c.state]} extra={c.agent?.name ?? ""} /></td>
			<td class={`figure ${tone}`}>{isWaiting(c.state)
				? clock(elapsed(c.queued_at, now.value))
				: ago(c.created_at, now.value, lang.value)}</td>
			{canAct && (
				<td class="row-actions"><div>
					{isWaiting(c.state) && <Priority c={c} />}
					{c.state === "waiting" && (
						<button type="button" class="btn small" onClick={() => onTransfer(c)}
							data-testid="drill-transfer"><Icon of={transferIcon} size={15} />{" "}
							{t("transfer.action")}</button>
					)}
					<WhyButton number={c.number} onAsk={() => onWhy(c)} />
				</div></td>
			)}
		</tr>
	);
}

export function DrillDialog({ what, canAct }: { what: Drill; canAct: boolean }) {
	const [moving, setMoving] = useState<Contact | null>(null);
	const [asked, setAsked] = useState<Contact | null>(null);
	const contacts = useContacts(what);
	if (asked)
		return <WhyDialog contact={asked} onClose={() => setAsked(null)} />;
	if (moving)
		return <TransferDialog contact={store.contact(moving.id) ?? moving}
			onClose={() => setMoving(null)} withNote={false} />;
	return (
		<Modal title={what.title} onClose={() => { drill.value = null; }} testid="drill" wide>
			{contacts?.length === 0 && <p class="muted pad">{t("board.none_behind")}</p>}
			{contacts && contacts.length > 0 && (
				<div class="scroll" tabIndex={0} role="group" aria-label={what.title}>
					<table>
						<thead>
							<tr>
								<th scope="col"><span class="vh">{t("board.channel")}</span></th>
								<th scope="col">{t("board.contact")}</th>
								<th scope="col">{t("board.queue")}</th>
								<th scope="col">{t("board.state")}</th>
								<th scope="col">{t("board.since")}</th>
								{canAct && <th scope="col">{t("board.actions")}</th>}
							</tr>
						</thead>
						<tbody>{contacts.map((c) =>
							<Row key={c.id} c={c} canAct={canAct}
								onTransfer={setMoving} onWhy={setAsked} />)}</tbody>
					</table>
				</div>
			)}
		</Modal>
	);
}
