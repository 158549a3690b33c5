/* SPDX-License-Identifier: Apache-2.0 */
/* What an agent wrote and the server has not confirmed. It is kept on the device and sent again
 * with the same client_id, so that trying twice never says it twice. */
import { signal } from "@preact/signals";
import { backoff } from "../lib/backoff";
import type { Storage } from "../lib/storage";
import { readJson } from "../lib/storage";
import type { Message } from "../lib/types";

export interface Draft { contact: string; kind: "text" | "note"; body: string; epoch: number }
export interface Unsent extends Draft { client_id: string; at: number; tries: number }

/** What became of one attempt. */
export type Outcome =
	| { is: "sent"; message: Message }
	| { is: "again"; afterMs: number }
	| { is: "refused"; reason: string };

export interface OutboxEnv {
	store: Storage;
	id(): string;
	now(): number;
	random(): number;
	post(unsent: Unsent): Promise<Outcome>;
	later(ms: number, run: () => void): void;
	sent(message: Message): void;
	refused(unsent: Unsent, reason: string): void;
}

const PREFIX = "usher.unsent.";

export class Outbox {
	readonly unsent = signal<Unsent[]>([]);
	private readonly busy = new Set<string>();

	constructor(private readonly env: OutboxEnv) {
		this.unsent.value = env.store.keys(PREFIX)
			.flatMap((key) => readJson<Unsent | null>(env.store, key, null) ?? [])
			.sort((a, b) => a.at - b.at);
	}

	add(draft: Draft): void {
		const unsent = { ...draft, client_id: this.env.id(), at: this.env.now(), tries: 0 };
		this.env.store.set(PREFIX + unsent.client_id, JSON.stringify(unsent));
		this.unsent.value = [...this.unsent.peek(), unsent];
		this.flush();
	}

	/** Sends the oldest of each contact; the next follows when that one is settled. */
	flush(): void {
		for (const unsent of this.unsent.peek())
			if (!this.busy.has(unsent.contact)) {
				this.busy.add(unsent.contact);
				void this.attempt(unsent);
			}
	}

	private async attempt(unsent: Unsent): Promise<void> {
		const outcome = await this.env.post(unsent);
		if (outcome.is === "again") {
			const pause = Math.max(outcome.afterMs, backoff(unsent.tries++, this.env.random()));
			this.env.later(pause, () => void this.attempt(unsent));
			return;
		}
		this.busy.delete(unsent.contact);
		this.env.store.remove(PREFIX + unsent.client_id);
		this.unsent.value = this.unsent.peek().filter((u) => u.client_id !== unsent.client_id);
		if (outcome.is === "sent")
			this.env.sent(outcome.message);
		else
			this.env.refused(unsent, outcome.reason);
		this.flush();
	}
}
