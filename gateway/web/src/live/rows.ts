/* SPDX-License-Identifier: Apache-2.0 */
import { type Signal, batch, signal } from "@preact/signals";

/** A keyed table of signals: a change of one row redraws that row and nothing else. */
export class Rows<T> {
	readonly ids = signal<string[]>([]);
	private readonly rows = new Map<string, Signal<T>>();

	constructor(private readonly idOf: (item: T) => string) {}

	get(id: string): T | undefined {
		return this.rows.get(id)?.value;
	}

	/** Every row, in order. Reading it in a component ties that component to all of them. */
	all(): T[] {
		return this.ids.value.flatMap((id) => this.get(id) ?? []);
	}

	reset(items: T[]): void {
		batch(() => {
			const ids = items.map(this.idOf);
			for (const id of this.rows.keys())
				if (!ids.includes(id))
					this.rows.delete(id);
			items.forEach((item) => this.write(item));
			this.ids.value = ids;
		});
	}

	put(item: T): void {
		batch(() => {
			const id = this.idOf(item);
			this.write(item);
			if (!this.ids.peek().includes(id))
				this.ids.value = [...this.ids.peek(), id];
		});
	}

	remove(id: string): void {
		if (this.rows.delete(id))
			this.ids.value = this.ids.peek().filter((other) => other !== id);
	}

	private write(item: T): void {
		const row = this.rows.get(this.idOf(item));
		if (row)
			row.value = item;
		else
			this.rows.set(this.idOf(item), signal(item));
	}
}
