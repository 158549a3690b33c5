// SPDX-License-Identifier: Apache-2.0
// TAP for scripts: cases run one after the other, each bounded in time.
import assert from 'node:assert/strict';

const LIMIT_MS = 60_000;
const cases = [];
let skipping = null;

export { assert };

export function test(name, run, { limit = LIMIT_MS } = {}) {
	cases.push({ name, run, limit });
}

export const note = (text) => console.log(`# ${String(text).replaceAll('\n', '\n# ')}`);

// What a case returns when only it cannot run here: `return skip('why')`.
export const skip = (why) => ({ skipped: why });

// Everything that follows is passed over: what it needs is not on this machine.
export const skipAll = (why) => {
	skipping = why;
};

const within = (promise, ms) => {
	let timer;
	const late = new Promise((_, reject) => {
		timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms`)), ms);
	});
	return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

// `before` makes what the cases share, `after` ends it, whatever happened between.
export async function run({ before, after, onFail } = {}) {
	if (skipping !== null) {
		console.log(`1..0 # SKIP ${skipping}`);
		process.exit(0);
	}
	let failed = 0;
	let n = 0;
	try {
		if (before) await within(before(), 3 * LIMIT_MS);
		for (const one of cases) {
			const began = Date.now();
			n++;
			try {
				const result = await within(one.run(), one.limit);
				console.log(`ok ${n} - ${one.name}${result?.skipped ? ` # SKIP ${result.skipped}` : ''}`);
				note(`${Date.now() - began} ms`);
			} catch (fault) {
				failed++;
				console.log(`not ok ${n} - ${one.name}`);
				note(fault?.stack ?? fault);
				if (process.env.USHER_BAIL) break;
				if (onFail) await onFail(one.name).catch((why) => note(`onFail: ${why}`));
			}
		}
	} catch (fault) {
		failed++;
		console.log(`not ok ${++n} - set-up`);
		note(fault?.stack ?? fault);
	}
	try {
		if (after) await within(after(), LIMIT_MS);
	} catch (fault) {
		failed++;
		console.log(`not ok ${++n} - everything ended`);
		note(fault?.stack ?? fault);
	}
	console.log(`1..${n}`);
	process.exit(failed > 0 ? 1 : 0);
}

// Waits for `look` to give something truthy, and gives that; a throw counts as "not yet".
export async function until(what, look, { ms = 10_000, every = 25 } = {}) {
	const end = Date.now() + ms;
	let last = null;
	for (;;) {
		try {
			const found = await look();
			if (found) return found;
			last = null;
		} catch (fault) {
			last = fault;
		}
		if (Date.now() > end) throw new Error(`${what}: not within ${ms} ms${last ? `; ${last.message}` : ''}`);
		await sleep(every);
	}
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
