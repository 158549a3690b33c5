/* SPDX-License-Identifier: Apache-2.0 */
/* A WebSocket that comes back: full jitter, an own ping (a browser cannot see the server's), and
 * at once when the machine wakes up or the network returns. */
import { backoff } from "./backoff";

const PONG_MS = 8_000;
const PING_MS = 20_000;

export interface Frame { t: string; [field: string]: unknown }

export interface SocketEvents {
	opened(): void;
	frame(frame: Frame): void;
	/** Says after how many ms to come back at the earliest, or "stop". */
	closed(code: number): number | "stop";
}

export class Socket {
	private ws: WebSocket | null = null;
	private attempt = 0;
	private retry: ReturnType<typeof setTimeout> | undefined;
	private ping: ReturnType<typeof setInterval> | undefined;
	private pong: ReturnType<typeof setTimeout> | undefined;
	private count = 0;
	private stopped = true;

	/** pings: whether the protocol has a ping; else only the browser notices an outage. */
	constructor(private readonly url: string, private readonly protocol: string,
		private readonly events: SocketEvents, private readonly pings = true) {}

	start(): void {
		if (!this.stopped)
			return;
		this.stopped = false;
		addEventListener("online", this.wake);
		addEventListener("pageshow", this.wake);
		document.addEventListener("visibilitychange", this.wake);
		this.connect();
	}

	stop(): void {
		this.stopped = true;
		removeEventListener("online", this.wake);
		removeEventListener("pageshow", this.wake);
		document.removeEventListener("visibilitychange", this.wake);
		clearTimeout(this.retry);
		this.drop();
	}

	/** False when there is no open connection: the caller keeps what it wanted to say. */
	send(frame: Frame): boolean {
		if (this.ws?.readyState !== WebSocket.OPEN)
			return false;
		this.ws.send(JSON.stringify(frame));
		return true;
	}

	/** The session is up: the next outage starts with a short pause again. */
	settled(): void {
		this.attempt = 0;
	}

	/** Gives the connection up and makes a new one, for instance when it does not answer. */
	restart(): void {
		if (this.stopped)
			return;
		this.drop();
		this.comeBack(this.events.closed(1006));
	}

	/** A new connection at once, because what the first frame says has changed. */
	again(): void {
		if (this.stopped)
			return;
		clearTimeout(this.retry);
		this.drop();
		this.connect();
	}

	readonly wake = (): void => {
		if (this.stopped || document.visibilityState === "hidden")
			return;
		if (this.ws?.readyState === WebSocket.OPEN) {
			this.probe();
		} else if (this.ws === null) {
			clearTimeout(this.retry);
			this.connect();
		}
	};

	private connect(): void {
		const ws = new WebSocket(this.url, this.protocol);
		this.ws = ws;
		ws.onopen = () => {
			this.ping = setInterval(() => this.probe(), PING_MS);
			this.events.opened();
		};
		ws.onmessage = (e) => this.received(e.data);
		ws.onclose = (e) => {
			if (this.ws !== ws)
				return;
			this.drop();
			this.comeBack(this.events.closed(e.code));
		};
	}

	private received(data: unknown): void {
		let frame: Frame;
		try {
			frame = JSON.parse(String(data)) as Frame;
		} catch {
			return; /* not ours to repair: the next frame counts */
		}
		if (typeof frame?.t !== "string")
			return;
		clearTimeout(this.pong);
		this.pong = undefined;
		this.events.frame(frame);
	}

	private probe(): void {
		if (!this.pings || !this.send({ t: "ping", n: ++this.count }))
			return;
		this.pong ??= setTimeout(() => this.restart(), PONG_MS);
	}

	private drop(): void {
		clearInterval(this.ping);
		clearTimeout(this.pong);
		this.pong = undefined;
		const ws = this.ws;
		this.ws = null;
		if (ws) {
			ws.onopen = ws.onmessage = ws.onclose = null;
			ws.close();
		}
	}

	private comeBack(after: number | "stop"): void {
		if (this.stopped || after === "stop") {
			this.stop();
			return;
		}
		clearTimeout(this.retry);
		const pause = Math.max(after, backoff(this.attempt++, Math.random()));
		this.retry = setTimeout(() => this.connect(), pause);
	}
}

export const socketUrl = (path: string, origin = location.origin): string =>
	origin.replace(/^http/, "ws") + path;
