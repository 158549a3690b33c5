/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes of docs/api.md, word for word. */

export type Role = "agent" | "supervisor" | "admin";
export type ContactState = "waiting" | "offered" | "active" | "parked" | "wrap-up" | "closed";
export type Kind = "email" | "chat" | "telephony" | "video" | "messaging" | "visit" | "letter";
export type AgentState = "ready" | "not-ready" | "busy" | "wrap-up" | "not-responding" | "lost"
	| "signed-out";
export type Wanted = "ready" | "not-ready" | "signed-out";
export type Delivery = "none" | "queued" | "sending" | "sent" | "delivered" | "read" | "retry"
	| "failed" | "unsure" | "held";
export type Health = "ok" | "degraded" | "down" | "starting";

export interface Named { id: string; name: string }

export interface User {
	id: string; login: string; name: string; roles: Role[]; phone: string | null;
}

export interface Session { user: User; csrf: string }

export interface Last { seq: number; author: Author; body: string; at: string }
export type Author = "customer" | "agent" | "system";

export interface Contact {
	id: string; number: string; state: ContactState; channel: Kind; channel_id: string;
	queue: Named; agent: Named | null;
	customer: { id: string; name: string; address: string };
	subject: string; language: string; priority: number; epoch: number; position: number | null;
	created_at: string; queued_at: string; answered_at: string | null; closed_at: string | null;
	until: string | null; target_at: string | null; head: number; last: Last | null;
	wrapup_code: string | null; cause: string | null;
	session: { key: string; open: boolean } | null;
	/* Absent in what an older server sent: the holder or the earliest offer first. */
	agents?: Part[]; consults_for?: string | null;
	consultations?: { id: string; number: string; state: ContactState; agent: Named | null }[];
	wait?: WaitRange | null; announced?: WaitRange | null;
}

export interface WaitRange { low_s: number; high_s: number }

/** An agent's part in a contact; commands and messages of that agent carry its epoch. */
export interface Part {
	id: string; name: string; part: "offered" | "holder" | "conferring" | "parked"; epoch: number;
}

export interface Attachment { name?: string; size?: number; type?: string; url?: string }
export interface MessageFields extends Attachment { files?: Attachment[] }

export interface Message {
	id: string; contact: string; seq: number;
	kind: "text" | "note" | "event" | "file" | "link"; author: Author; agent: Named | null;
	channel: Kind; at: string; body: string; html: string | null; delivery: Delivery;
	detail: string | null; fields: MessageFields;
}

export interface Offer {
	contact: Contact; epoch: number; expires_at: string; offered_at: string; reason: string;
}

export interface Presence {
	state: AgentState; wanted: Wanted; reason: string | null; since: string;
	capacity: number; load: number; counts: Partial<Record<Kind, number>>;
}

export interface Queue { id: string; slug: string; name: string; wrapup_s: number }

export interface Figures {
	queue: Named; waiting: number; offered: number; active: number; oldest_at: string | null;
	ready: number; busy: number; signed_in: number; by_channel: Partial<Record<Kind, number>>;
	today: {
		offered: number; answered: number; abandoned: number; short_abandoned: number;
		answered_in_target: number; service_level: number | null; asa_s: number | null;
		target_s: number; target_percent: number;
	};
	open?: boolean; open_until?: string | null; opens_at?: string | null;
	estimates?: { announced: number; held: number; shorter: number; longer: number };
}

export interface Agent {
	id: string; name: string; login: string; presence: Presence; queues: string[];
	skills: Record<string, number>;
	contacts: { id: string; number: string; channel: Kind; since: string }[];
}

export interface Channel {
	id: string; kind: Kind; driver: string; enabled: boolean; queue: Named | null;
	status: { health: Health; since: string; text: string };
}

export interface Customer {
	id: string; name: string; language: string; created_at: string;
	addresses: { channel: Kind; value: string; verified: boolean }[];
}

export interface WhyCount { reason: string; label: string; count: number }
export interface WhyScene {
	place: string; order_label: string; left_off: number;
	counts: WhyCount[]; outside: WhyCount[];
	others: { agent: Named; reason: string; label: string; why: string }[];
}
/** The members of WhyScene are missing where the journal no longer reaches back. */
export interface Decision extends Partial<WhyScene> {
	decision: number; at: string; agent: Named | null; epoch: number; outcome: string | null;
	headline: string; outcome_label: string; why: string | null; note: string;
	verified: boolean; check: string;
}
export interface Explanation {
	contact: string; decisions: number; left_off: number; offers: Decision[];
	waiting: (WhyScene & { why: string | null }) | null;
}

export interface Page<T> { items: T[]; next?: string | null; head?: number }
export interface Code { code: string; label: string }
export interface Reason { reason: string; label: string }

/** May the agent write to the customer on this channel, or only take notes? */
export const carriesText = (kind: Kind): boolean =>
	kind === "chat" || kind === "email" || kind === "messaging";
