/* SPDX-License-Identifier: Apache-2.0 */
/* Which topics are wanted, and which of their frames may be applied. No I/O.
 *
 * A topic is always begun by a snapshot. After a connection is lost, or after a hole in the
 * numbers, a snapshot is asked for again: a server that restarted counts from 1, so an old number
 * proves nothing about what was missed. */
import type { Frame } from "../lib/socket";

interface Topic { users: number; seq: number | null }

export interface Verdict { apply: boolean; send: Frame[] }

const IGNORE: Verdict = { apply: false, send: [] };

export class Feed {
	private readonly topics = new Map<string, Topic>();
	private open = false;

	/** One more user of each topic; what must be said to the server for it. */
	want(names: string[]): Frame[] {
		const fresh = names.filter((name) => {
			const topic = this.topics.get(name);
			if (topic)
				topic.users++;
			else
				this.topics.set(name, { users: 1, seq: null });
			return !topic;
		});
		return this.open ? subscribe(fresh) : [];
	}

	/** One user less; a topic without users is given up. */
	release(names: string[]): Frame[] {
		const gone = names.filter((name) => {
			const topic = this.topics.get(name);
			return topic !== undefined && --topic.users === 0 && this.topics.delete(name);
		});
		return this.open && gone.length > 0 ? [{ t: "unsubscribe", topics: gone }] : [];
	}

	opened(): Frame[] {
		this.open = true;
		for (const topic of this.topics.values())
			topic.seq = null;
		return subscribe([...this.topics.keys()]);
	}

	closed(): void {
		this.open = false;
	}

	accept(frame: Frame): Verdict {
		const name = String(frame.topic);
		const topic = this.topics.get(name);
		const seq = Number(frame.seq);
		if (!topic || !Number.isSafeInteger(seq))
			return IGNORE;
		if (frame.t === "snapshot") {
			topic.seq = seq;
			return { apply: true, send: [] };
		}
		if (frame.t !== "delta" || topic.seq === null || seq <= topic.seq)
			return IGNORE;
		if (seq > topic.seq + 1) {
			topic.seq = null; /* further deltas wait for the snapshot */
			return { apply: false, send: subscribe([name]) };
		}
		topic.seq = seq;
		return { apply: true, send: [] };
	}
}

const subscribe = (topics: string[]): Frame[] =>
	topics.length > 0 ? [{ t: "subscribe", topics }] : [];
