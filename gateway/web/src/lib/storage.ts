/* SPDX-License-Identifier: Apache-2.0 */
/* localStorage where the browser lends it, else memory: a blocked store must not stop the page. */
export interface Storage {
	get(key: string): string | null;
	set(key: string, value: string): void;
	remove(key: string): void;
	keys(prefix: string): string[];
}

export function memoryStorage(): Storage {
	const map = new Map<string, string>();
	return {
		get: (key) => map.get(key) ?? null,
		set: (key, value) => void map.set(key, value),
		remove: (key) => void map.delete(key),
		keys: (prefix) => [...map.keys()].filter((k) => k.startsWith(prefix)),
	};
}

function lent(): globalThis.Storage | null {
	try {
		const probe = "usher.probe";
		localStorage.setItem(probe, "1");
		localStorage.removeItem(probe);
		return localStorage;
	} catch {
		return null;
	}
}

export function openStorage(): Storage {
	const memory = memoryStorage();
	const local = lent();
	if (!local)
		return memory;
	return {
		get: (key) => memory.get(key) ?? local.getItem(key),
		set(key, value) {
			try {
				local.setItem(key, value);
				memory.remove(key);
			} catch {
				memory.set(key, value); /* the quota is used up */
			}
		},
		remove(key) {
			memory.remove(key);
			local.removeItem(key);
		},
		keys: (prefix) => [...new Set([...memory.keys(prefix), ...Object.keys(local)])]
			.filter((k) => k.startsWith(prefix)),
	};
}

/** The value kept as JSON, or the fall-back when there is none or it cannot be read. */
export function readJson<T>(store: Storage, key: string, fallback: T): T {
	try {
		const text = store.get(key);
		return text === null ? fallback : JSON.parse(text) as T;
	} catch {
		return fallback;
	}
}
