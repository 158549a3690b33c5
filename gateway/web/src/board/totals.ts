/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of all shown queues together, and what needs somebody. Pure. */
import type { Agent, Channel, Contact, Figures } from "../lib/types";

export interface Totals {
	waiting: number; offered: number; active: number; oldest: { at: string; queue: string } | null;
	answered: number; abandoned: number; shortAbandoned: number; inTarget: number;
	/** Percent, or null where nothing was counted yet. */
	level: number | null;
	abandonRate: number | null;
	ready: number; busy: number; away: number;
}

const sum = (items: Figures[], of: (f: Figures) => number): number =>
	items.reduce((total, f) => total + of(f), 0);

function oldestOf(queues: Figures[]): Totals["oldest"] {
	let oldest: Totals["oldest"] = null;
	for (const q of queues)
		if (q.oldest_at && (!oldest || q.oldest_at < oldest.at))
			oldest = { at: q.oldest_at, queue: q.queue.name };
	return oldest;
}

/** An agent in two queues counts once. */
export function totals(queues: Figures[], agents: Agent[]): Totals {
	const shown = new Set(queues.map((q) => q.queue.id));
	const staff = agents.filter((a) => a.queues.some((id) => shown.has(id)));
	const inState = (...states: string[]) =>
		staff.filter((a) => states.includes(a.presence.state)).length;
	const answered = sum(queues, (f) => f.today.answered);
	const abandoned = sum(queues, (f) => f.today.abandoned);
	const shortAbandoned = sum(queues, (f) => f.today.short_abandoned);
	const inTarget = sum(queues, (f) => f.today.answered_in_target);
	const offered = sum(queues, (f) => f.today.offered);
	const counted = answered + abandoned - shortAbandoned;
	return {
		waiting: sum(queues, (f) => f.waiting), offered: sum(queues, (f) => f.offered),
		active: sum(queues, (f) => f.active), oldest: oldestOf(queues),
		answered, abandoned, shortAbandoned, inTarget,
		level: counted > 0 ? 100 * inTarget / counted : null,
		abandonRate: offered > 0 ? 100 * abandoned / offered : null,
		ready: inState("ready"), busy: inState("busy", "wrap-up"),
		away: inState("not-ready", "not-responding", "lost"),
	};
}

export type Tone = "ok" | "warn" | "bad" | "quiet";

/** Against the target: met, within ten points of it, or missed. */
export function levelTone(level: number | null, target: number): Tone {
	if (level === null)
		return "quiet";
	return level >= target ? "ok" : level >= target - 10 ? "warn" : "bad";
}

/** How long the longest waits, against the promise of its queue. */
export function waitTone(oldestAt: string | null, targetS: number, now: number): Tone {
	if (!oldestAt)
		return "quiet";
	const waited = (now - Date.parse(oldestAt)) / 1000;
	return waited >= targetS ? "bad" : waited >= targetS * 0.75 ? "warn" : "ok";
}

export type Need =
	| { kind: "nobody"; tone: "bad"; queue: Figures }
	| { kind: "late"; tone: "warn"; queue: Figures }
	| { kind: "promise"; tone: "warn" | "bad"; contact: Contact }
	| { kind: "missing"; tone: "bad"; agent: Agent }
	| { kind: "channel"; tone: "warn" | "bad"; channel: Channel };

const PROMISE_S = 300;
export const NEEDS_MAX = 12;

function queueNeeds(q: Figures, now: number): Need[] {
	if (q.waiting > 0 && q.ready === 0)
		return [{ kind: "nobody", tone: "bad", queue: q }];
	if (waitTone(q.oldest_at, q.today.target_s, now) === "bad")
		return [{ kind: "late", tone: "warn", queue: q }];
	return [];
}

function contactNeeds(c: Contact, now: number): Need[] {
	if (!c.target_at || c.state !== "waiting")
		return [];
	const rest = (Date.parse(c.target_at) - now) / 1000;
	/* A promise of seconds is the queue's matter; here are those of hours and days. */
	const isLong = Date.parse(c.target_at) - Date.parse(c.queued_at) > PROMISE_S * 1000;
	if (!isLong || rest > PROMISE_S)
		return [];
	return [{ kind: "promise", tone: rest <= 0 ? "bad" : "warn", contact: c }];
}

/** The only list that sorts itself: the worst first. */
export function needs(queues: Figures[], agents: Agent[], channels: Channel[],
	waiting: Contact[], now: number): Need[] {
	const missing = agents.filter((a) => a.presence.state === "not-responding"
		|| (a.presence.state === "lost" && a.contacts.length > 0));
	const sick = channels.filter((c) => c.enabled
		&& (c.status.health === "down" || c.status.health === "degraded"));
	const all: Need[] = [
		...queues.flatMap((q) => queueNeeds(q, now)),
		...missing.map((agent): Need => ({ kind: "missing", tone: "bad", agent })),
		...sick.map((channel): Need => ({ kind: "channel",
			tone: channel.status.health === "down" ? "bad" : "warn", channel })),
		...waiting.flatMap((c) => contactNeeds(c, now)),
	];
	const rank = (n: Need) => n.tone === "bad" ? 0 : 1;
	return all.sort((a, b) => rank(a) - rank(b)).slice(0, NEEDS_MAX);
}
