/* SPDX-License-Identifier: Apache-2.0 */
/* The chat on a socket: the state machine, the store of the device and the clock put together. */
import { signal } from "@preact/signals";
import { Socket, socketUrl, type Frame } from "../lib/socket";
import { openStorage, readJson } from "../lib/storage";
import { Chat, type Item, type Pending, type Profile } from "./chat";

const RECEIPT_MS = 300;
const TYPING_EVERY_MS = 2_000;
const TYPING_REST_MS = 4_000;
const POLICY_PAUSE_MS = 60_000;
const CROWDED_PAUSE_MS = 30_000;

export type Link = "idle" | "connecting" | "up" | "down" | "refused";

export class ChatLink {
	/** Grows with each change of chat: what is drawn reads it and then the chat itself. */
	readonly version = signal(0);
	readonly link = signal<Link>("idle");
	readonly chat: Chat;
	onNews: (item: Item) => void = () => {};
	isVisible = false;
	readonly profile: Profile;
	private readonly store = openStorage();
	private readonly socket: Socket;
	private readonly prefix: string;
	private told = "";
	private retryMs = 0;
	private forgotten = false;
	private receipts: ReturnType<typeof setTimeout> | undefined;
	private typingRest: ReturnType<typeof setTimeout> | undefined;
	private typingAt = 0;
	/** Keys of the texts that this tab keeps in the store. */
	private written: Set<string>;

	constructor(origin: string, channel: string, private readonly lang: () => string) {
		this.prefix = `usher.chat.${channel || "default"}.`;
		const path = channel ? `/chat/${encodeURIComponent(channel)}` : "/chat";
		this.chat = new Chat({
			visitor: this.store.get(`${this.prefix}visitor`),
			conv: this.store.get(`${this.prefix}conv`),
			outbox: this.storedOutbox(),
		}, { now: Date.now, id: newId });
		this.profile = readJson<Profile | null>(this.store, `${this.prefix}profile`, null) ?? {};
		this.written = this.keys();
		this.socket = new Socket(socketUrl(path, origin), "usher-chat.v1", {
			opened: () => this.opened(),
			frame: (f) => this.received(f),
			closed: (code) => this.closed(code),
		});
	}

	/** Whether there is a conversation to take up again. */
	get isKnown(): boolean {
		return this.chat.conv !== null || this.chat.outbox.length > 0;
	}

	connect(): void {
		if (this.link.peek() === "idle") {
			this.link.value = "connecting";
			this.socket.start();
		}
	}

	send(text: string): boolean {
		const frames = this.chat.send(text);
		if (frames === null)
			return false;
		this.stopTyping();
		this.connect();
		if (this.link.peek() === "up" && this.chat.conv === null && this.told !== this.tale())
			this.introduceAgain();
		else
			this.say(frames);
		this.changed();
		return true;
	}

	private tale(): string {
		return JSON.stringify(this.profile);
	}

	/** The greeting was exchanged before the visitor gave a name: said again, with it. What waits
	 * is sent behind it. */
	private introduceAgain(): void {
		this.chat.disconnected();
		this.link.value = "connecting";
		this.socket.again();
	}

	takeBack(key: string): string {
		const text = this.chat.takeBack(key);
		this.changed();
		return text;
	}

	end(): void {
		this.say([{ t: "end" }]);
	}

	typed(): void {
		const at = Date.now();
		if (at - this.typingAt >= TYPING_EVERY_MS) {
			this.typingAt = at;
			this.say([{ t: "typing", on: true }]);
		}
		clearTimeout(this.typingRest);
		this.typingRest = setTimeout(() => this.stopTyping(), TYPING_REST_MS);
	}

	setVisible(isVisible: boolean): void {
		this.isVisible = isVisible;
		this.tellReceipts();
	}

	destroy(): void {
		this.socket.stop();
		clearTimeout(this.receipts);
		clearTimeout(this.typingRest);
	}

	private stopTyping(): void {
		clearTimeout(this.typingRest);
		if (this.typingAt > 0)
			this.say([{ t: "typing", on: false }]);
		this.typingAt = 0;
	}

	private opened(): void {
		const page = { url: location.origin + location.pathname,
			title: document.title.slice(0, 200) };
		this.told = this.tale();
		this.keep("profile", this.told === "{}" ? null : this.told);
		this.say([this.chat.hello(this.lang(), page, this.profile)]);
	}

	private received(f: Frame): void {
		if (f.t === "bye") {
			this.retryMs = Number(f.retry_ms) || 0;
			return;
		}
		const before = this.chat.items;
		this.say(this.chat.receive(f));
		if (f.t === "hello") {
			this.link.value = "up";
			this.forgotten = false;
			this.socket.settled();
		}
		if (this.chat.heldUntil > Date.now())
			setTimeout(() => this.say(this.chat.pump()), this.chat.heldUntil - Date.now() + 10);
		if (f.t === "ev" && f.from !== "customer" && this.chat.items !== before)
			this.news(String(f.id));
		if (f.t === "typing")
			setTimeout(() => this.changed(), 6_100);
		this.changed();
		this.tellReceipts();
	}

	private news(key: string): void {
		const item = this.chat.items.find((i) => i.key === key);
		if (item)
			this.onNews(item);
	}

	private closed(code: number): number | "stop" {
		this.chat.disconnected();
		const pause = this.retryMs;
		this.retryMs = 0;
		this.link.value = "down";
		this.changed();
		if (code === 4003 && !this.forgotten) {
			this.forgotten = true;
			this.chat.forget();
			this.changed();
			return 0;
		}
		if (code === 4003) {
			this.link.value = "refused";
			return "stop";
		}
		if (code === 1008)
			return POLICY_PAUSE_MS;
		return code === 4008 || code === 1013 ? Math.max(pause, CROWDED_PAUSE_MS) : pause;
	}

	private tellReceipts(): void {
		clearTimeout(this.receipts);
		this.receipts = setTimeout(() => this.say(this.chat.receipts(
			this.isVisible && document.visibilityState === "visible")), RECEIPT_MS);
	}

	private say(frames: Frame[]): void {
		frames.forEach((f) => this.socket.send(f));
	}

	private storedOutbox(): Pending[] {
		return this.store.keys(`${this.prefix}out.`)
			.flatMap((key) => readJson<Pending | null>(this.store, key, null) ?? [])
			.filter((p) => typeof p.cid === "string" && typeof p.text === "string")
			.sort((a, b) => a.at - b.at);
	}

	/** One entry per text, so that two tabs never overwrite each other's. */
	private changed(): void {
		this.keep("visitor", this.chat.visitor);
		this.keep("conv", this.chat.conv);
		const wanted = this.keys();
		for (const p of this.chat.outbox)
			if (this.store.get(`${this.prefix}out.${p.cid}`) === null)
				this.store.set(`${this.prefix}out.${p.cid}`, JSON.stringify(p));
		for (const key of this.written)
			if (!wanted.has(key))
				this.store.remove(key);
		this.written = wanted;
		this.version.value++;
	}

	private keys(): Set<string> {
		return new Set(this.chat.outbox.map((p) => `${this.prefix}out.${p.cid}`));
	}

	private keep(name: string, value: string | null): void {
		if (value === null)
			this.store.remove(this.prefix + name);
		else if (this.store.get(this.prefix + name) !== value)
			this.store.set(this.prefix + name, value);
	}
}

/** crypto.randomUUID is missing on plain http; the random numbers are not. */
export function newId(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}
