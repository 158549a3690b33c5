/* SPDX-License-Identifier: Apache-2.0 */
/* The visitor's side of usher-chat.v1 as a state machine: frames in, frames out, no I/O, no clock
 * of its own.
 *
 * What was written leaves the outbox only when the server says that it is durable (an ack, or the
 * message itself coming back with our cid). One message is on its way at a time: that keeps the
 * order without trusting the network, and a refusal for haste (nack rate) cannot reorder. */
import type { Frame } from "../lib/socket";

export type Phase = "none" | "waiting" | "active" | "closed";

export interface Pending { cid: string; text: string; at: number }
export interface Saved { visitor: string | null; conv: string | null; outbox: Pending[] }

export interface Item {
	key: string;
	/** Conversations follow one another in the view; this says which one the item is of. */
	part: number;
	seq: number | null;
	kind: "msg" | "event" | "link";
	from: "customer" | "agent" | "system";
	name: string | null;
	at: number;
	text: string;
	url: string | null;
	state: "pending" | "sent" | "failed";
	reason: string;
}

export interface Place { position: number; lowS: number; highS: number }
export interface Profile { name?: string; address?: string }
export interface Env { now(): number; id(): string }

const TYPING_MS = 6_000;
const HOLD_MIN_MS = 1_000;
const REPLAY_MS = 1_500;
export const TEXT_MAX = 8_000;
export const ITEMS_MAX = 2_000;
export const OUTBOX_MAX = 50;

export class Chat {
	items: Item[] = [];
	phase: Phase = "none";
	number: string | null = null;
	title = "";
	greeting = "";
	agent: string | null = null;
	place: Place | null = null;
	/** Why nobody answers: the queue is closed, full, or nobody came in time. */
	notice: string | null = null;
	typing: { name: string; until: number } | null = null;
	limit = TEXT_MAX;
	visitor: string | null;
	conv: string | null;
	readonly outbox: Pending[];
	/** Sending rests until then: the server asked for patience. */
	heldUntil = 0;
	private seq = 0;
	private part = 0;
	private isUp = false;
	private inFlight: string | null = null;
	private toldSeen = 0;
	private toldRead = 0;

	constructor(saved: Saved, private readonly env: Env) {
		this.visitor = saved.visitor;
		this.conv = saved.conv;
		this.outbox = saved.outbox.slice(0, OUTBOX_MAX);
		this.items = this.outbox.map((p) => this.ownItem(p));
	}

	get saved(): Saved {
		return { visitor: this.visitor, conv: this.conv, outbox: this.outbox };
	}

	hello(lang: string, page: { url: string; title: string }, profile: Profile): Frame {
		const resume = this.conv === null ? null : { conv: this.conv, seq: this.seq };
		return { t: "hello", v: 1, visitor: this.visitor, resume, lang, page, ...profile };
	}

	/** The connection is gone: what is not acknowledged goes again after the next hello. */
	disconnected(): void {
		this.isUp = false;
		this.inFlight = null;
		this.typing = null;
	}

	/** The server does not know this visitor any more. */
	forget(): void {
		this.visitor = null;
		this.moveTo(null);
	}

	/** Queues a text; null when too much waits already. */
	send(text: string): Frame[] | null {
		if (this.outbox.length >= OUTBOX_MAX)
			return null;
		const pending = { cid: this.env.id(), text, at: this.env.now() };
		this.outbox.push(pending);
		if (this.phase === "closed")
			this.begin();
		this.add(this.ownItem(pending));
		return this.pump();
	}

	/** What may be sent now. To be asked again at heldUntil. */
	pump(): Frame[] {
		const next = this.outbox[0];
		if (!this.isUp || this.inFlight !== null || !next || this.env.now() < this.heldUntil)
			return [];
		if (this.phase === "closed")
			this.begin();
		this.inFlight = next.cid;
		return [{ t: "send", cid: next.cid, text: next.text }];
	}

	/** Receipts that are due: what is on the device, and what was on screen. */
	receipts(isVisible: boolean): Frame[] {
		const frames: Frame[] = [];
		if (this.isUp && this.seq > this.toldSeen) {
			this.toldSeen = this.seq;
			frames.push({ t: "seen", seq: this.seq });
		}
		if (this.isUp && isVisible && this.seq > this.toldRead) {
			this.toldRead = this.seq;
			frames.push({ t: "read", seq: this.seq });
		}
		return frames;
	}

	/** Takes a failed text out of the view, to be edited and sent again. */
	takeBack(key: string): string {
		const item = this.items.find((i) => i.key === key && i.state === "failed");
		this.items = this.items.filter((i) => i !== item);
		return item?.text ?? "";
	}

	receive(f: Frame): Frame[] {
		switch (f.t) {
		case "hello": return this.welcomed(f);
		case "ev": this.event(f); return this.pump();
		case "ack": this.acked(f); return this.pump();
		case "nack": this.nacked(f); return this.pump();
		case "typing":
			this.typing = f.on === true
				? { name: String(f.name ?? ""), until: this.env.now() + TYPING_MS } : null;
			return [];
		case "place":
			this.place = { position: Number(f.position), lowS: Number(f.low_s) || 0,
				highS: Number(f.high_s) || 0 };
			return [];
		case "state": this.changed(f); return [];
		default: return [];
		}
	}

	private welcomed(f: Frame): Frame[] {
		const conv = typeof f.conv === "string" ? f.conv : null;
		if (typeof f.visitor === "string")
			this.visitor = f.visitor;
		if (conv !== this.conv)
			this.moveTo(conv);
		this.number = typeof f.number === "string" ? f.number : null;
		this.title = typeof f.title === "string" ? f.title : "";
		this.greeting = typeof f.greeting === "string" ? f.greeting : "";
		this.seq = Math.min(this.seq, Number(f.head) || 0);
		this.toldSeen = Math.min(this.toldSeen, this.seq);
		this.toldRead = Math.min(this.toldRead, this.seq);
		this.limit = Number((f.limits as { text?: number } | undefined)?.text) || TEXT_MAX;
		this.setPhase(f.state as Phase);
		this.notice = null; /* a state frame follows */
		this.isUp = true;
		this.inFlight = null;
		/* What is unsent begins a new conversation: first let the rest of the old one arrive. */
		if (this.phase === "closed" && Number(f.head) > this.seq)
			this.heldUntil = this.env.now() + REPLAY_MS;
		return this.pump();
	}

	private event(f: Frame): void {
		const seq = Number(f.seq);
		if (!(seq > this.seq))
			return;
		this.seq = seq;
		if (f.from === "agent")
			this.typing = null;
		const cid = typeof f.cid === "string" ? f.cid : null;
		if (cid !== null && this.settle(cid, seq, f.at))
			return;
		if (this.items.some((i) => i.part === this.part && i.seq === seq))
			return;
		this.add({
			key: String(f.id), part: this.part, seq, kind: f.kind as Item["kind"],
			from: f.from as Item["from"], name: typeof f.name === "string" ? f.name : null,
			at: Date.parse(String(f.at)) || this.env.now(), text: String(f.text ?? ""),
			url: typeof f.url === "string" ? f.url : null, state: "sent", reason: "",
		});
	}

	private acked(f: Frame): void {
		const cid = String(f.cid);
		if (this.inFlight === cid)
			this.inFlight = null;
		if (typeof f.conv === "string" && f.conv !== this.conv) {
			/* The server began a new conversation before we heard that the old one was over. */
			if (this.conv !== null)
				this.begin();
			this.conv = f.conv;
			/* A late event of the old conversation must not hide the first ones of the new. */
			this.seq = Math.min(this.seq, Number(f.seq) - 1);
		}
		if (typeof f.number === "string")
			this.number = f.number;
		if (this.phase === "none" || this.phase === "closed")
			this.phase = "waiting";
		this.settle(cid, Number(f.seq), f.at);
	}

	/** The message with this cid is durable. False when it is not one of this device. */
	private settle(cid: string, seq: number, at: unknown): boolean {
		const index = this.outbox.findIndex((p) => p.cid === cid);
		if (index >= 0)
			this.outbox.splice(index, 1);
		if (this.inFlight === cid)
			this.inFlight = null;
		const known = this.items.some((i) => i.key === cid);
		if (known)
			this.items = this.items.filter((i) =>
				i.key === cid || i.part !== this.part || i.seq !== seq);
		this.replace(cid, { state: "sent", seq, part: this.part,
			at: Date.parse(String(at)) || this.env.now() });
		return known;
	}

	private nacked(f: Frame): void {
		const cid = String(f.cid);
		if (this.inFlight === cid)
			this.inFlight = null;
		if (f.code === "rate" || f.code === "busy") {
			const wait = Math.max(HOLD_MIN_MS, Number(f.retry_ms) || 0);
			this.heldUntil = this.env.now() + wait;
			return;
		}
		const index = this.outbox.findIndex((p) => p.cid === cid);
		if (index < 0)
			return;
		this.outbox.splice(index, 1);
		this.replace(cid, { state: "failed", reason: String(f.text ?? "") });
	}

	private changed(f: Frame): void {
		this.setPhase(f.state as Phase);
		this.agent = typeof f.agent === "string" ? f.agent : null;
		this.notice = typeof f.reason === "string" && typeof f.text === "string" ? f.text : null;
	}

	private setPhase(phase: Phase): void {
		this.phase = phase;
		if (phase !== "waiting")
			this.place = null;
		if (phase !== "active")
			this.agent = this.typing = null;
	}

	/** A new conversation: what is shown stays above, the unsent comes along. */
	private begin(): void {
		this.part++;
		this.conv = null;
		this.number = null;
		this.seq = this.toldSeen = this.toldRead = 0;
		this.setPhase("none");
		this.carryOver();
	}

	/** Another conversation than the one on screen: its messages come from the record. */
	private moveTo(conv: string | null): void {
		this.items = this.items.filter((i) => i.state !== "sent");
		this.begin();
		this.conv = conv;
	}

	private carryOver(): void {
		this.items = this.items.map((i) =>
			i.state === "pending" ? { ...i, part: this.part } : i);
	}

	private ownItem(p: Pending): Item {
		return { key: p.cid, part: this.part, seq: null, kind: "msg", from: "customer", name: null,
			at: p.at, text: p.text, url: null, state: "pending", reason: "" };
	}

	private replace(key: string, change: Partial<Item>): void {
		this.items = this.items.map((i) => i.key === key ? { ...i, ...change } : i).sort(order);
	}

	private add(item: Item): void {
		this.items = [...this.items, item].sort(order).slice(-ITEMS_MAX);
	}
}

/** By conversation, then by number; what has no number yet comes last, in the order written. */
function order(a: Item, b: Item): number {
	return a.part - b.part || (a.seq ?? Infinity) - (b.seq ?? Infinity) || a.at - b.at || 0;
}
