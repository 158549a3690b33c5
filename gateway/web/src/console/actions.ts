/* SPDX-License-Identifier: Apache-2.0 */
/* What an agent can do. Each command says what became of it: in the view, or in a toast. */
import { ApiError, call, reasonOf, user } from "../lib/api";
import { t } from "../lib/i18n";
import { device } from "../lib/prefs";
import type { Contact, Message, Offer, Page, Presence, Wanted } from "../lib/types";
import { store } from "../live/client";
import { say } from "../ui/toast";
import { giveBack } from "./drafts";
import { Outbox, type Outcome, type Unsent } from "./outbox";
import { dialog, open, tab } from "./state";

const path = (c: Contact, verb: string): string => `/contacts/${c.id}/${verb}`;

/** Runs a command; a refusal becomes a toast and null. */
async function tried<T>(run: () => Promise<T>): Promise<T | null> {
	try {
		return await run();
	} catch (e) {
		say(e instanceof ApiError && e.status === 409 ? t("error.stale") : reasonOf(e), true);
		return null;
	}
}

async function command(c: Contact, verb: string, body: unknown): Promise<Contact | null> {
	const answer = await tried(() => call<Contact>("POST", path(c, verb), body));
	if (answer)
		store.adopt(answer);
	return answer;
}

export async function setPresence(state: Wanted, reason?: string): Promise<void> {
	const answer = await tried(() => call<Presence>("PUT", "/me/presence",
		reason ? { state, reason } : { state }));
	if (answer)
		store.presence.value = answer;
}

export async function accept(offer: Offer): Promise<void> {
	const contact = await command(offer.contact, "accept", { epoch: offer.epoch });
	if (!contact)
		return;
	tab.value = "mine";
	open(contact.id);
}

export const decline = (offer: Offer): Promise<unknown> =>
	command(offer.contact, "decline", { epoch: offer.epoch });

export async function take(c: Contact): Promise<void> {
	if (await command(c, "take", {})) {
		tab.value = "mine";
		open(c.id);
	}
}

export const resume = (c: Contact): Promise<unknown> => command(c, "resume", {});

export async function transfer(c: Contact, to: { queue?: string; agent?: string }, note: string):
	Promise<boolean> {
	const body = { epoch: c.epoch, ...to, ...(note ? { note } : {}) };
	const done = await command(c, "transfer", body);
	if (done)
		say(t("transfer.done", { number: c.number }));
	return done !== null;
}

export async function park(c: Contact, until: Date): Promise<boolean> {
	const done = await command(c, "park", { epoch: c.epoch, until: until.toISOString() });
	if (done)
		say(t("park.done", { number: c.number }));
	return done !== null;
}

/** With a code the contact is finished; without one an active contact goes to wrap-up first. */
export async function close(c: Contact, code: string | null, note: string): Promise<boolean> {
	const verb = c.state === "wrap-up" ? "wrapup" : "close";
	const body = { epoch: c.epoch, ...(code ? { code } : {}), ...(note ? { note } : {}) };
	const done = await command(c, verb, body);
	if (!done)
		return false;
	if (code)
		rememberCode(code);
	if (done.state === "closed")
		say(t("close.done", { number: c.number }));
	return true;
}

export const extendWrapup = (c: Contact): Promise<unknown> =>
	command(c, "wrapup", { epoch: c.epoch, extend_s: 30 });

export const setPriority = (c: Contact, priority: number): Promise<unknown> =>
	command(c, "priority", { priority });

export async function sendVideoLink(c: Contact): Promise<void> {
	const message = await tried(() => call<Message>("POST", path(c, "video")));
	if (!message)
		return;
	store.adoptMessages(c.id, [message]);
	say(t("video.link_sent"));
}

export async function loadEarlier(id: string): Promise<void> {
	const first = store.thread(id).peek()[0]?.seq ?? 1;
	const after = Math.max(0, first - 201);
	const page = await tried(() =>
		call<Page<Message>>("GET", `/contacts/${id}/messages?after=${after}&limit=200`));
	if (page)
		store.adoptMessages(id, page.items);
}

const CODES_KEY = "usher.codes";
const CODES_KEPT = 3;

/** The codes I used last come first in the list. */
export const lastCodes = (): string[] =>
	(device.get(CODES_KEY) ?? "").split("\n").filter(Boolean);

function rememberCode(code: string): void {
	const kept = [code, ...lastCodes().filter((c) => c !== code)].slice(0, CODES_KEPT);
	device.set(CODES_KEY, kept.join("\n"));
}

/* ---- sending ---- */

async function post(unsent: Unsent): Promise<Outcome> {
	const { client_id, kind, body, contact } = unsent;
	try {
		const message = await call<Message>("POST", `/contacts/${contact}/messages`,
			{ client_id, kind, body, epoch: unsent.epoch });
		return { is: "sent", message };
	} catch (e) {
		return failed(unsent, e);
	}
}

function failed(unsent: Unsent, e: unknown): Outcome {
	if (!(e instanceof ApiError))
		return { is: "refused", reason: reasonOf(e) };
	if (e.isPassing || e.status === 401)
		return { is: "again", afterMs: e.retryAfterS * 1000 };
	const now = store.contact(unsent.contact);
	if (e.status === 409 && now && now.epoch > unsent.epoch && now.agent?.id === user.peek()?.id) {
		unsent.epoch = now.epoch; /* still mine: parked and resumed meanwhile */
		return { is: "again", afterMs: 0 };
	}
	return { is: "refused", reason: e.status === 409 ? t("error.not_yours") : e.message };
}

export const outbox = new Outbox({
	store: device,
	id: () => [...crypto.getRandomValues(new Uint8Array(16))]
		.map((b) => b.toString(16).padStart(2, "0")).join(""),
	now: Date.now,
	random: Math.random,
	post,
	later: (ms, run) => void setTimeout(run, ms),
	sent: (message) => store.adoptMessages(message.contact, [message]),
	refused(unsent, reason) {
		giveBack(unsent.contact, unsent.kind, unsent.body, reason);
		say(t("composer.refused", { reason }), true);
	},
});

/** Opens the dialog of an action, where the contact is one's own. */
export function ask(what: "transfer" | "park" | "close"): void {
	dialog.value = what;
}
