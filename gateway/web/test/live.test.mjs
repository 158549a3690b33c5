/* SPDX-License-Identifier: Apache-2.0 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { Feed } = await load("live/feed.ts");
const { Store } = await load("live/store.ts");

const snapshot = (topic, seq, data = {}) => ({ t: "snapshot", topic, seq, data });
const delta = (topic, seq, op = "x", more = {}) => ({ t: "delta", topic, seq, op, ...more });
const contact = (id, more = {}) => ({ id, number: id, state: "active", epoch: 1, head: 1,
	...more });
const message = (id, seq, more = {}) => ({ id, seq, contact: "c1", author: "agent",
	delivery: "sent", ...more });

test("topics wanted before the connection are asked for when it opens", () => {
	const feed = new Feed();
	assert.deepEqual(feed.want(["me", "waiting"]), []);
	assert.deepEqual(feed.opened(), [{ t: "subscribe", topics: ["me", "waiting"] }]);
	assert.deepEqual(feed.want(["queues"]), [{ t: "subscribe", topics: ["queues"] }]);
});

test("a topic with two users is subscribed once and given up with the last", () => {
	const feed = new Feed();
	feed.opened();
	feed.want(["agents"]);
	assert.deepEqual(feed.want(["agents"]), []);
	assert.deepEqual(feed.release(["agents"]), []);
	assert.deepEqual(feed.release(["agents"]), [{ t: "unsubscribe", topics: ["agents"] }]);
	assert.deepEqual(feed.release(["agents"]), []);
});

test("deltas are applied one after the other, and repeats are not", () => {
	const feed = new Feed();
	feed.want(["me"]);
	feed.opened();
	assert.equal(feed.accept(delta("me", 1)).apply, false); /* no snapshot yet */
	assert.equal(feed.accept(snapshot("me", 17)).apply, true);
	assert.equal(feed.accept(delta("me", 18)).apply, true);
	assert.equal(feed.accept(delta("me", 18)).apply, false);
	assert.equal(feed.accept(delta("me", 17)).apply, false);
	assert.equal(feed.accept(delta("me", 19)).apply, true);
});

test("after a hole the topic begins again with a snapshot", () => {
	const feed = new Feed();
	feed.want(["me"]);
	feed.opened();
	feed.accept(snapshot("me", 17));
	assert.deepEqual(feed.accept(delta("me", 19)),
		{ apply: false, send: [{ t: "subscribe", topics: ["me"] }] });
	assert.deepEqual(feed.accept(delta("me", 20)), { apply: false, send: [] });
	assert.equal(feed.accept(snapshot("me", 20)).apply, true);
	assert.equal(feed.accept(delta("me", 21)).apply, true);
});

test("a new connection trusts no old number", () => {
	const feed = new Feed();
	feed.want(["me"]);
	feed.opened();
	feed.accept(snapshot("me", 17));
	feed.closed();
	assert.deepEqual(feed.opened(), [{ t: "subscribe", topics: ["me"] }]);
	assert.equal(feed.accept(delta("me", 18)).apply, false);
});

test("frames of unknown topics and without numbers are ignored", () => {
	const feed = new Feed();
	feed.want(["me"]);
	feed.opened();
	assert.equal(feed.accept(snapshot("other", 1)).apply, false);
	assert.equal(feed.accept({ t: "snapshot", topic: "me", data: {} }).apply, false);
	assert.equal(feed.accept({ t: "delta", topic: "me", seq: "1" }).apply, false);
});

test("a contact is held once, whichever topic brings it", () => {
	const store = new Store();
	store.apply(snapshot("me", 1, { presence: null, offers: [], contacts: [contact("c1")] }), 0);
	store.apply(snapshot("waiting", 1, { contacts: [contact("c1", { state: "waiting" })] }), 0);
	assert.equal(store.contact("c1").state, "waiting");
	store.apply(delta("waiting", 2, "contact-gone", { contact: "c1", cause: "x" }), 0);
	assert.deepEqual(store.waiting.value, []);
	assert.deepEqual(store.mine.value, ["c1"]);
});

test("a contact is added by its first delta and changed by the next", () => {
	const store = new Store();
	store.apply(delta("me", 2, "contact", { contact: contact("c1") }), 0);
	store.apply(delta("me", 3, "contact", { contact: contact("c1", { epoch: 2 }) }), 0);
	assert.deepEqual(store.mine.value, ["c1"]);
	assert.equal(store.contact("c1").epoch, 2);
});

test("an answer older than the feed does not turn it back", () => {
	const store = new Store();
	store.apply(delta("me", 2, "contact", { contact: contact("c1", { epoch: 5, head: 9 }) }), 0);
	store.adopt(contact("c1", { epoch: 4, head: 20 }));
	assert.equal(store.contact("c1").epoch, 5);
	store.adopt(contact("c1", { epoch: 5, head: 8 }));
	assert.equal(store.contact("c1").head, 9);
	store.adopt(contact("c1", { epoch: 6, head: 9 }));
	assert.equal(store.contact("c1").epoch, 6);
});

test("offers come, are replaced and end with their cause", () => {
	const store = new Store();
	const ended = [];
	store.onOfferEnded = (offer, cause) => ended.push([offer.contact.id, cause]);
	const offer = { contact: contact("c1", { state: "offered" }), epoch: 4 };
	store.apply(delta("me", 2, "offer", { offer }), 0);
	store.apply(delta("me", 3, "offer", { offer: { ...offer, epoch: 5 } }), 0);
	assert.deepEqual(store.offers.value.map((o) => o.epoch), [5]);
	store.apply(delta("me", 4, "offer-ended", { contact: "c1", epoch: 4, cause: "late" }), 0);
	assert.equal(store.offers.value.length, 1); /* the end of the older offer */
	store.apply(delta("me", 5, "offer-ended", { contact: "c1", epoch: 5, cause: "timeout" }), 0);
	assert.equal(store.offers.value.length, 0);
	assert.deepEqual(ended, [["c1", "timeout"]]);
});

test("a snapshot without an offer ends it", () => {
	const store = new Store();
	store.apply(delta("me", 2, "offer", { offer: { contact: contact("c1"), epoch: 4 } }), 0);
	store.apply(snapshot("me", 9, { presence: null, offers: [], contacts: [] }), 0);
	assert.equal(store.offers.value.length, 0);
});

test("a message is put in its place, and a changed delivery replaces it", () => {
	const store = new Store();
	store.apply(snapshot("contact:c1", 1, { messages: [message("a", 1), message("c", 3)] }), 0);
	store.apply(delta("contact:c1", 2, "message", { message: message("b", 2) }), 0);
	store.apply(delta("contact:c1", 3, "message",
		{ message: message("a", 1, { delivery: "failed" }) }), 0);
	assert.deepEqual(store.thread("c1").value.map((m) => m.id), ["a", "b", "c"]);
	assert.equal(store.thread("c1").value[0].delivery, "failed");
});

test("an answer does not undo what the feed knows of a message", () => {
	const store = new Store();
	store.apply(snapshot("contact:c1", 1, { messages: [] }), 0);
	store.apply(delta("contact:c1", 2, "message",
		{ message: message("a", 1, { delivery: "delivered" }) }), 0);
	store.adoptMessages("c1", [message("a", 1, { delivery: "queued" })]);
	assert.equal(store.thread("c1").value.length, 1);
	assert.equal(store.thread("c1").value[0].delivery, "delivered");
});

test("earlier messages stay when the last ones come again", () => {
	const store = new Store();
	store.apply(snapshot("contact:c1", 1, { messages: [message("c", 3)] }), 0);
	store.adoptMessages("c1", [message("a", 1), message("b", 2)]);
	store.apply(snapshot("contact:c1", 7, { messages: [message("c", 3), message("d", 4)] }), 0);
	assert.deepEqual(store.thread("c1").value.map((m) => m.id), ["a", "b", "c", "d"]);
});

test("news is told once, by the topic of one's own contacts", () => {
	const store = new Store();
	let told = 0;
	store.onMessage = () => told++;
	store.apply(delta("contact:c1", 2, "message", { message: message("a", 1) }), 0);
	assert.equal(told, 0);
	store.apply(delta("me", 2, "message", { message: message("a", 1) }), 0);
	assert.equal(told, 1);
});

test("typing runs out, and ends with the message", () => {
	const store = new Store();
	store.apply(delta("me", 2, "signal", { contact: "c1", signal: "typing" }), 1000);
	assert.ok(store.typing.value.get("c1") > 1000);
	store.apply(delta("me", 3, "message", { message: message("a", 1, { author: "customer" }) }), 0);
	assert.equal(store.typing.value.has("c1"), false);
	store.apply(delta("contact:c2", 2, "signal", { signal: "typing" }), 1000);
	assert.ok(store.typing.value.has("c2"));
});

test("rows of the board are changed one at a time", () => {
	const store = new Store();
	const figures = (id, waiting) => ({ queue: { id, name: id }, waiting });
	store.apply(snapshot("queues", 1, { queues: [figures("a", 1), figures("b", 2)] }), 0);
	store.apply(delta("queues", 2, "queue", { figures: figures("b", 5) }), 0);
	assert.deepEqual(store.queues.all().map((q) => q.waiting), [1, 5]);
	store.apply(snapshot("queues", 9, { queues: [figures("b", 6)] }), 0);
	assert.deepEqual(store.queues.all().map((q) => q.queue.id), ["b"]);
	store.apply(snapshot("agents", 1, { agents: [{ id: "x" }, { id: "y" }] }), 0);
	store.apply(delta("agents", 2, "agent-gone", { agent: "x" }), 0);
	assert.deepEqual(store.agents.ids.value, ["y"]);
});

test("a message in a held contact moves its head and what the list shows of it", () => {
	const store = new Store();
	store.apply(snapshot("me", 1, { offers: [], contacts: [contact("c1", { last: null })] }), 0);
	store.apply(delta("me", 2, "message",
		{ message: message("m2", 2, { kind: "text", body: "Hello", at: "t" }) }), 0);
	assert.equal(store.contact("c1").head, 2);
	assert.deepEqual(store.contact("c1").last,
		{ seq: 2, author: "agent", at: "t", body: "Hello" });
	store.apply(delta("me", 3, "message",
		{ message: message("m3", 3, { kind: "event", body: "joined", at: "t" }) }), 0);
	assert.equal(store.contact("c1").head, 3);
	assert.equal(store.contact("c1").last.seq, 2);
	/* a later report about the first says nothing new of the contact */
	store.apply(delta("me", 4, "message",
		{ message: message("m2", 2, { kind: "text", body: "Hello", at: "t" }) }), 0);
	assert.equal(store.contact("c1").head, 3);
});
