/* SPDX-License-Identifier: Apache-2.0 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { Outbox } = await load("console/outbox.ts");
const { memoryStorage } = await load("lib/storage.ts");

const draft = (contact, body) => ({ contact, kind: "text", body, epoch: 1 });
const settled = () => new Promise((done) => setImmediate(done));

function make(answers, store = memoryStorage()) {
	const log = { posted: [], sent: [], refused: [], later: [] };
	let count = 0;
	const outbox = new Outbox({
		store, id: () => `id${++count}`, now: () => count, random: () => 0.5,
		post: async (u) => { log.posted.push(`${u.client_id}:${u.body}`); return answers.shift(); },
		later: (ms, run) => log.later.push({ ms, run }),
		sent: (m) => log.sent.push(m), refused: (u, reason) => log.refused.push([u.body, reason]),
	});
	return { outbox, log, store };
}

test("a text that passes leaves nothing behind", async () => {
	const { outbox, log, store } = make([{ is: "sent", message: { id: "m1" } }]);
	outbox.add(draft("c1", "hello"));
	assert.equal(outbox.unsent.value.length, 1);
	await settled();
	assert.deepEqual(log.sent, [{ id: "m1" }]);
	assert.equal(outbox.unsent.value.length, 0);
	assert.deepEqual(store.keys(""), []);
});

test("a passing failure is tried again with the same client_id", async () => {
	const { outbox, log } = make([{ is: "again", afterMs: 2000 }, { is: "sent", message: {} }]);
	outbox.add(draft("c1", "hello"));
	await settled();
	assert.equal(outbox.unsent.value.length, 1);
	assert.ok(log.later[0].ms >= 2000);
	log.later[0].run();
	await settled();
	assert.deepEqual(log.posted, ["id1:hello", "id1:hello"]);
	assert.equal(outbox.unsent.value.length, 0);
});

test("a refusal gives the text back with the reason", async () => {
	const { outbox, log, store } = make([{ is: "refused", reason: "mailbox full" }]);
	outbox.add(draft("c1", "hello"));
	await settled();
	assert.deepEqual(log.refused, [["hello", "mailbox full"]]);
	assert.deepEqual(store.keys(""), []);
});

test("within a contact the order is kept; another contact does not wait", async () => {
	const { outbox, log } = make([{ is: "again", afterMs: 0 }, { is: "sent", message: {} },
		{ is: "sent", message: {} }, { is: "sent", message: {} }]);
	outbox.add(draft("c1", "one"));
	outbox.add(draft("c1", "two"));
	outbox.add(draft("c2", "other"));
	await settled();
	assert.deepEqual(log.posted, ["id1:one", "id3:other"]);
	log.later[0].run();
	await settled();
	assert.deepEqual(log.posted, ["id1:one", "id3:other", "id1:one", "id2:two"]);
});

test("what was unsent survives the page", async () => {
	const { outbox, store } = make([{ is: "again", afterMs: 0 }]);
	outbox.add(draft("c1", "kept"));
	await settled();
	const next = make([{ is: "sent", message: {} }], store);
	assert.deepEqual(next.outbox.unsent.value.map((u) => u.body), ["kept"]);
	next.outbox.flush();
	await settled();
	assert.deepEqual(next.log.posted, ["id1:kept"]);
});

test("an entry of the store that cannot be read is passed over", () => {
	const store = memoryStorage();
	store.set("usher.unsent.x", "{broken");
	assert.deepEqual(make([], store).outbox.unsent.value, []);
});
