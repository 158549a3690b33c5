/* SPDX-License-Identifier: Apache-2.0 */
/* The one live connection of a page: usher.v1 into the store. */
import { signal } from "@preact/signals";
import { call, user } from "../lib/api";
import { now, setServerClock } from "../lib/now";
import { type Frame, Socket, socketUrl } from "../lib/socket";
import type { User } from "../lib/types";
import { Feed } from "./feed";
import { Store } from "./store";

export type Link = "connecting" | "up" | "down" | "replaced";

export const store = new Store();
export const link = signal<Link>("connecting");
/** Since when the connection is gone, and when the last frame came: local clock, ms. */
export const downSince = signal(0);
export const lastFrame = signal(0);

const feed = new Feed();

const socket = new Socket(socketUrl("/api/v1/live"), "usher.v1", {
	opened: () => {},
	frame: received,
	closed,
});

function received(frame: Frame): void {
	lastFrame.value = Date.now();
	if (frame.t === "hello")
		hello(frame);
	else if (frame.t === "pong")
		setServerClock(String(frame.now));
	else if (frame.t === "snapshot" || frame.t === "delta")
		take(frame);
}

function hello(frame: Frame): void {
	setServerClock(String(frame.now));
	user.value = frame.user as User;
	link.value = "up";
	socket.settled();
	feed.opened().forEach((f) => socket.send(f));
}

function take(frame: Frame): void {
	const verdict = feed.accept(frame);
	if (verdict.apply)
		store.apply(frame, now.peek());
	verdict.send.forEach((f) => socket.send(f));
}

function closed(code: number): number | "stop" {
	feed.closed();
	if (link.peek() !== "down")
		downSince.value = Date.now();
	link.value = "down";
	if (code === 4001) {
		user.value = null;
		return "stop";
	}
	if (code === 4003) {
		link.value = "replaced";
		return "stop";
	}
	/* A refused upgrade shows as 1006: ask whether the session is still good. */
	void call("GET", "/session").catch((e: { status?: number }) => {
		if (e.status === 401)
			user.value = null;
	});
	return 0;
}

export function connect(): void {
	link.value = "connecting";
	socket.start();
}

export function disconnect(): void {
	socket.stop();
	feed.closed();
}

export function watch(topics: string[]): () => void {
	feed.want(topics).forEach((f) => socket.send(f));
	return () => feed.release(topics).forEach((f) => socket.send(f));
}

/** Passing remarks: typing, read. Nobody waits for them. */
export const remark = (frame: Frame): boolean => socket.send(frame);
