/* SPDX-License-Identifier: Apache-2.0 */
/* What the console and the board know, kept from the live feed. Contacts are held once, whichever
 * topic brought them. No I/O: frames that passed the Feed come in, signals go out. */
import { type Signal, batch, signal } from "@preact/signals";
import type { Frame } from "../lib/socket";
import type { Agent, Channel, Contact, Figures, Message, Offer, Presence } from "../lib/types";
import { Rows } from "./rows";

const THREADS_MAX = 20;
const TYPING_MS = 6_000;

interface Data {
	presence?: Presence; offers?: Offer[]; contacts?: Contact[]; queues?: Figures[];
	agents?: Agent[]; channels?: Channel[]; contact?: Contact; messages?: Message[];
}

export class Store {
	readonly presence = signal<Presence | null>(null);
	readonly offers = signal<Offer[]>([]);
	readonly mine = signal<string[]>([]);
	readonly waiting = signal<string[]>([]);
	readonly queues = new Rows<Figures>((f) => f.queue.id);
	readonly agents = new Rows<Agent>((a) => a.id);
	readonly channels = new Rows<Channel>((c) => c.id);
	/** Topics whose snapshot has come. */
	readonly loaded = signal<ReadonlySet<string>>(new Set());
	/** Until when the customer counts as typing, by contact. */
	readonly typing = signal<ReadonlyMap<string, number>>(new Map());
	onMessage: (message: Message) => void = () => {};
	onOfferEnded: (offer: Offer, cause: string) => void = () => {};

	private readonly contacts = new Map<string, Signal<Contact>>();
	private readonly threads = new Map<string, Signal<Message[]>>();

	contact(id: string): Contact | undefined {
		return this.contacts.get(id)?.value;
	}

	list(ids: string[]): Contact[] {
		return ids.flatMap((id) => this.contact(id) ?? []);
	}

	thread(id: string): Signal<Message[]> {
		let thread = this.threads.get(id);
		if (!thread) {
			if (this.threads.size >= THREADS_MAX)
				this.threads.delete(this.threads.keys().next().value as string);
			thread = signal<Message[]>([]);
			this.threads.set(id, thread);
		}
		return thread;
	}

	/** A contact from an answer to a command: it may be older than what the feed has brought. */
	adopt(contact: Contact): void {
		const known = this.contacts.get(contact.id)?.peek();
		if (!known || contact.epoch > known.epoch
			|| (contact.epoch === known.epoch && contact.head >= known.head))
			this.putContact(contact);
	}

	/** Messages from an answer: older ones, or one's own just sent. */
	adoptMessages(id: string, messages: Message[]): void {
		const thread = this.thread(id);
		const byId = new Map(thread.peek().map((m) => [m.id, m]));
		for (const message of messages)
			if (!byId.has(message.id))
				byId.set(message.id, message);
		thread.value = [...byId.values()].sort((a, b) => a.seq - b.seq);
	}

	/** A frame the Feed let pass. now is the local clock in ms. */
	apply(frame: Frame, now: number): void {
		batch(() => {
			if (frame.t === "snapshot")
				this.snapshot(String(frame.topic), frame.data as Data);
			else
				this.delta(String(frame.topic), String(frame.op), frame, now);
		});
	}

	private snapshot(topic: string, data: Data): void {
		const contacts = data.contacts ?? [];
		contacts.forEach((c) => this.putContact(c));
		switch (topic) {
		case "me":
			this.presence.value = data.presence ?? null;
			this.replaceOffers(data.offers ?? []);
			this.mine.value = contacts.map((c) => c.id);
			break;
		case "waiting": this.waiting.value = contacts.map((c) => c.id); break;
		case "queues": this.queues.reset(data.queues ?? []); break;
		case "agents": this.agents.reset(data.agents ?? []); break;
		case "channels": this.channels.reset(data.channels ?? []); break;
		default:
			if (data.contact)
				this.putContact(data.contact);
			this.mergeThread(topic.slice("contact:".length), data.messages ?? []);
		}
		this.loaded.value = new Set(this.loaded.peek()).add(topic);
	}

	private delta(topic: string, op: string, f: Frame, now: number): void {
		switch (op) {
		case "presence": this.presence.value = f.presence as Presence; break;
		case "offer": this.addOffer(f.offer as Offer); break;
		case "offer-ended":
			this.endOffer(String(f.contact), Number(f.epoch), String(f.cause)); break;
		case "contact": this.contactDelta(topic, f.contact as Contact); break;
		case "contact-gone": this.gone(topic, String(f.contact)); break;
		case "message": this.message(f.message as Message, topic === "me"); break;
		case "signal": {
			/* A contact's own topic need not repeat which contact it is about. */
			const id = typeof f.contact === "string" ? f.contact : topic.slice("contact:".length);
			this.signal(id, String(f.signal), now);
			break;
		}
		case "queue": this.queues.put(f.figures as Figures); break;
		case "agent": this.agents.put(f.agent as Agent); break;
		case "agent-gone": this.agents.remove(String(f.agent)); break;
		case "channel": this.channels.put(f.channel as Channel); break;
		}
	}

	private putContact(contact: Contact): void {
		const row = this.contacts.get(contact.id);
		if (row)
			row.value = contact;
		else
			this.contacts.set(contact.id, signal(contact));
	}

	private contactDelta(topic: string, contact: Contact): void {
		this.putContact(contact);
		const list = this.listOf(topic);
		if (list && !list.peek().includes(contact.id))
			list.value = [...list.peek(), contact.id];
	}

	private gone(topic: string, id: string): void {
		const list = this.listOf(topic);
		if (list)
			list.value = list.peek().filter((other) => other !== id);
	}

	private listOf(topic: string): Signal<string[]> | null {
		return topic === "me" ? this.mine : topic === "waiting" ? this.waiting : null;
	}

	private replaceOffers(offers: Offer[]): void {
		const stays = (o: Offer) => offers.some((n) => n.contact.id === o.contact.id);
		for (const old of this.offers.peek())
			if (!stays(old))
				this.onOfferEnded(old, "gone");
		offers.forEach((o) => this.putContact(o.contact));
		this.offers.value = offers;
	}

	private addOffer(offer: Offer): void {
		this.putContact(offer.contact);
		const others = this.offers.peek().filter((o) => o.contact.id !== offer.contact.id);
		this.offers.value = [...others, offer];
	}

	private endOffer(id: string, epoch: number, cause: string): void {
		const ended = this.offers.peek().find((o) => o.contact.id === id && o.epoch <= epoch);
		if (!ended)
			return;
		this.offers.value = this.offers.peek().filter((o) => o !== ended);
		this.onOfferEnded(ended, cause);
	}

	/** The last 200 replace what they overlap; older messages that were fetched stay. */
	private mergeThread(id: string, messages: Message[]): void {
		const first = messages[0]?.seq ?? Infinity;
		const thread = this.thread(id);
		thread.value = [...thread.peek().filter((m) => m.seq < first), ...messages];
	}

	/** A message in a held contact comes without its contact: what follows from it is set here. */
	private lead(message: Message): void {
		const row = this.contacts.get(message.contact);
		const contact = row?.peek();
		if (!row || !contact || message.seq <= contact.head)
			return;
		const { seq, author, at } = message;
		const last = message.kind === "event"
			? contact.last : { seq, author, at, body: message.body.slice(0, 120) };
		row.value = { ...contact, head: seq, last };
	}

	private message(message: Message, isNews: boolean): void {
		const id = message.contact;
		this.lead(message);
		if (this.threads.has(id)) {
			const thread = this.thread(id);
			const others = thread.peek().filter((m) => m.id !== message.id);
			thread.value = [...others, message].sort((a, b) => a.seq - b.seq);
		}
		if (message.author === "customer")
			this.signal(id, "not-typing", 0);
		if (isNews)
			this.onMessage(message);
	}

	private signal(id: string, name: string, now: number): void {
		const typing = new Map(this.typing.peek());
		if (name === "typing")
			typing.set(id, now + TYPING_MS);
		else if (!typing.delete(id))
			return;
		this.typing.value = typing;
	}
}
