/* SPDX-License-Identifier: Apache-2.0 */
/* Beside the conversation: who this is, what was before, and why it came here. */
import { useEffect, useState } from "preact/hooks";
import closeIcon from "icon:x";
import personIcon from "icon:user";
import verifiedIcon from "icon:badge-check";
import { call, reasonOf } from "../lib/api";
import { lang, t } from "../lib/i18n";
import { now } from "../lib/now";
import { ago, exact, moment } from "../lib/time";
import type { Contact, Customer, Page } from "../lib/types";
import { store } from "../live/client";
import { ChannelIcon } from "../ui/badge";
import { Icon } from "../ui/icon";
import { Explain } from "./explain";
import { STATE } from "./labels";
import { isMadeUp, nameOf } from "./row";
import { isContextOpen, open, selected } from "./state";

const FRESH_MS = 60_000;
interface Known { at: number; customer: Customer; contacts: Contact[] }
const known = new Map<string, Known>();

function useCustomer(id: string): { data: Known | null; fault: string } {
	const [data, setData] = useState<Known | null>(known.get(id) ?? null);
	const [fault, setFault] = useState("");
	useEffect(() => {
		let isCurrent = true;
		const cached = known.get(id);
		setData(cached ?? null);
		if (cached && Date.now() - cached.at < FRESH_MS)
			return;
		Promise.all([
			call<Customer>("GET", `/customers/${id}`),
			call<Page<Contact>>("GET", `/customers/${id}/contacts?limit=20`),
		]).then(([customer, page]) => {
			const fresh = { at: Date.now(), customer, contacts: page.items };
			known.set(id, fresh);
			if (isCurrent)
				setData(fresh);
		}, (e) => { if (isCurrent) setFault(reasonOf(e)); });
		return () => { isCurrent = false; };
	}, [id]);
	return { data, fault };
}

function languageName(code: string): string {
	try {
		return new Intl.DisplayNames(lang.value, { type: "language" }).of(code) ?? code;
	} catch {
		return code;
	}
}

function Who({ contact, customer }: { contact: Contact; customer: Customer | null }) {
	const addresses = customer?.addresses
		?? [{ channel: contact.channel, value: contact.customer.address, verified: false }];
	return (
		<section class="card-in" data-testid="customer">
			<div class="who-head">
				<span class="avatar big" aria-hidden="true">
					{/^\p{L}/u.test(nameOf(contact)) ? nameOf(contact).slice(0, 1)
						: <Icon of={personIcon} />}
				</span>
				<div>
					<h2>{nameOf(contact)}</h2>
					{customer && <p class="muted">{t("context.since",
						{ date: ago(customer.created_at, now.peek(), lang.value) })}</p>}
				</div>
			</div>
			<ul class="addresses">
				{addresses.filter((a) => a.value && !isMadeUp(a.value)).map((a) => (
					<li key={`${a.channel}${a.value}`}>
						<ChannelIcon kind={a.channel} size={16} /> <span>{a.value}</span>
						{a.verified && <span class="ok" title={t("context.verified")}>
							<Icon of={verifiedIcon} size={16} />
							<span class="vh">{t("context.verified")}</span></span>}
					</li>
				))}
			</ul>
		</section>
	);
}

function Facts({ contact }: { contact: Contact }) {
	const language = contact.language;
	const rows: [string, string][] = [
		[t("context.queue"), contact.queue.name],
		[t("context.priority"), String(contact.priority)],
		[t("context.created"), exact(contact.created_at, lang.value)],
	];
	if (language)
		rows.push([t("context.language"), languageName(language)]);
	if (contact.target_at)
		rows.push([t("context.target"), moment(contact.target_at, lang.value)]);
	if (contact.wrapup_code)
		rows.push([t("close.code"), contact.wrapup_code]);
	return (
		<section class="card-in">
			<h3>{contact.number}</h3>
			<dl class="facts">
				{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
			</dl>
		</section>
	);
}

function Earlier({ contacts, current }: { contacts: Contact[] | null; current: string }) {
	const others = contacts?.filter((c) => c.id !== current);
	const show = (c: Contact) => {
		store.adopt(c);
		open(c.id);
	};
	return (
		<section class="card-in">
			<h3>{t("context.earlier")}</h3>
			{others?.length === 0 && <p class="muted">{t("context.first_time")}</p>}
			<ul class="earlier-list">
				{others?.map((c) => (
					<li key={c.id}>
						<button type="button" onClick={() => show(c)} data-testid="earlier-contact">
							<ChannelIcon kind={c.channel} size={16} />
							<span class="title">{c.subject || c.last?.body || c.number}</span>
							<small class="muted">{c.number} · {t(STATE[c.state].key)} ·{" "}
								{ago(c.created_at, now.peek(), lang.value)}</small>
						</button>
					</li>
				))}
			</ul>
		</section>
	);
}

export function Context() {
	const contact = selected.value ? store.contact(selected.value) : undefined;
	const isOpen = isContextOpen.value;
	return (
		<aside class={`context ${isOpen ? "open" : ""}`} aria-label={t("context.title")}
			id="pane-context" tabIndex={-1}>
			<button type="button" class="icon-btn context-close" aria-label={t("common.close")}
				onClick={() => { isContextOpen.value = false; }}><Icon of={closeIcon} /></button>
			{contact ? <Cards contact={contact} /> : <p class="muted pad">{t("context.none")}</p>}
		</aside>
	);
}

function Cards({ contact }: { contact: Contact }) {
	const { data, fault } = useCustomer(contact.customer.id);
	return (
		<>
			<Who contact={contact} customer={data?.customer ?? null} />
			<Facts contact={contact} />
			<Explain key={contact.id} contact={contact} />
			{fault ? <p class="fault pad" role="alert">{fault}</p>
				: <Earlier contacts={data?.contacts ?? null} current={contact.id} />}
		</>
	);
}
