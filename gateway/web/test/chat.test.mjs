/* SPDX-License-Identifier: Apache-2.0 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { Chat, OUTBOX_MAX } = await load("widget/chat.ts");

const AT = "2026-01-01T10:00:00.000Z";
const PAGE = { url: "https://shop.example/", title: "Shop" };

function make(saved = {}) {
	const env = { time: 1_000_000, count: 0, now: () => env.time, id: () => `cid${++env.count}` };
	const chat = new Chat({ visitor: null, conv: null, outbox: [], ...saved }, env);
	return { chat, env };
}

const hello = (more = {}) => ({ t: "hello", visitor: "V", conv: null, number: null, head: 0,
	state: "none", ping_s: 25, limits: { text: 8000 }, ...more });
const ev = (seq, more = {}) => ({ t: "ev", seq, id: `m${seq}`, kind: "msg", from: "agent",
	name: "Agent", at: AT, text: `text ${seq}`, ...more });
const ack = (cid, seq, more = {}) => ({ t: "ack", cid, id: `m${seq}`, seq, at: AT, conv: "A",
	number: "C-1", ...more });
const texts = (chat) => chat.items.map((i) => i.text);
const sends = (frames) => frames.filter((f) => f.t === "send").map((f) => f.cid);

/** A conversation A that is active, with one message of each side. */
function active() {
	const made = make();
	made.chat.receive(hello());
	made.chat.send("hi");
	made.chat.receive(ack("cid1", 1));
	made.chat.receive({ t: "state", state: "active", agent: "Agent", text: "" });
	made.chat.receive(ev(2));
	return made;
}

test("the first frame names the visitor and where to resume", () => {
	assert.deepEqual(make().chat.hello("fi", PAGE, { name: "N" }),
		{ t: "hello", v: 1, visitor: null, resume: null, lang: "fi", page: PAGE, name: "N" });
	const { chat } = active();
	assert.deepEqual(chat.hello("fi", PAGE, {}).resume, { conv: "A", seq: 2 });
	assert.equal(chat.hello("fi", PAGE, {}).visitor, "V");
});

test("nothing is sent before hello, everything after it", () => {
	const { chat } = make();
	assert.deepEqual(chat.send("early"), []);
	assert.deepEqual(chat.receive(hello()), [{ t: "send", cid: "cid1", text: "early" }]);
});

test("one message is on its way at a time, in the order written", () => {
	const { chat } = make();
	chat.receive(hello());
	assert.deepEqual(sends(chat.send("one")), ["cid1"]);
	assert.deepEqual(chat.send("two"), []);
	assert.deepEqual(chat.send("three"), []);
	assert.deepEqual(sends(chat.receive(ack("cid1", 1))), ["cid2"]);
	assert.deepEqual(sends(chat.receive(ack("cid2", 2))), ["cid3"]);
	assert.deepEqual(chat.receive(ack("cid3", 3)), []);
	assert.deepEqual(chat.items.map((i) => i.state), ["sent", "sent", "sent"]);
	assert.equal(chat.outbox.length, 0);
});

test("what was not acknowledged goes again after the next hello, with the same cid", () => {
	const { chat } = make();
	chat.receive(hello());
	chat.send("one");
	chat.send("two");
	chat.disconnected();
	assert.deepEqual(chat.pump(), []);
	assert.deepEqual(sends(chat.receive(hello({ conv: null }))), ["cid1"]);
	assert.deepEqual(sends(chat.receive(ack("cid1", 1))), ["cid2"]);
	assert.deepEqual(texts(chat), ["one", "two"]);
});

test("a repeated ack changes nothing", () => {
	const { chat } = active();
	const before = JSON.stringify(chat.items);
	assert.deepEqual(chat.receive(ack("cid1", 1)), []);
	assert.equal(JSON.stringify(chat.items), before);
});

test("a text written in an earlier life of the page is sent and shown", () => {
	const outbox = [{ cid: "old", text: "kept", at: 1 }];
	const { chat } = make({ visitor: "V", conv: null, outbox });
	assert.deepEqual(chat.items.map((i) => [i.text, i.state]), [["kept", "pending"]]);
	assert.deepEqual(sends(chat.receive(hello())), ["old"]);
});

test("an event at or below the last number is dropped", () => {
	const { chat } = active();
	chat.receive(ev(2, { id: "again", text: "again" }));
	chat.receive(ev(1, { id: "older", text: "older" }));
	assert.deepEqual(texts(chat), ["hi", "text 2"]);
});

test("numbers may skip: notes are not for the visitor", () => {
	const { chat } = active();
	chat.receive(ev(9));
	assert.deepEqual(texts(chat), ["hi", "text 2", "text 9"]);
	chat.receive(ev(5, { text: "below the last" }));
	assert.equal(chat.items.length, 3);
	assert.equal(chat.hello("en", PAGE, {}).resume.seq, 9);
});

test("an own message that comes back as an event settles it, also without an ack", () => {
	const { chat } = make();
	chat.receive(hello());
	chat.send("one");
	chat.disconnected();
	chat.receive(hello({ conv: "A", state: "waiting", head: 1 }));
	chat.receive(ev(1, { from: "customer", text: "one", cid: "cid1" }));
	assert.equal(chat.outbox.length, 0);
	assert.deepEqual(chat.items.map((i) => [i.text, i.state, i.seq]), [["one", "sent", 1]]);
	chat.receive(ack("cid1", 1));
	assert.equal(chat.items.length, 1);
});

test("an agent's earlier event that arrives after our ack is not lost", () => {
	const { chat } = active();
	chat.send("mine");
	chat.receive(ack("cid2", 4));
	chat.receive(ev(3));
	assert.deepEqual(texts(chat), ["hi", "text 2", "text 3", "mine"]);
});

test("the echo of an acknowledged message is shown once", () => {
	const { chat } = active();
	chat.send("mine");
	chat.receive(ack("cid2", 3));
	chat.receive(ev(3, { from: "customer", text: "mine" }));
	assert.deepEqual(texts(chat), ["hi", "text 2", "mine"]);
});

test("after closed, the next text begins a new conversation with numbers from 1", () => {
	const { chat } = active();
	chat.receive({ t: "state", state: "closed", agent: null, text: "" });
	chat.send("again");
	assert.equal(chat.conv, null);
	chat.receive(ack("cid2", 1, { conv: "B", number: "C-2" }));
	chat.receive(ev(2, { text: "welcome back" }));
	assert.deepEqual(texts(chat), ["hi", "text 2", "again", "welcome back"]);
	assert.deepEqual(chat.items.map((i) => i.part), [0, 0, 1, 1]);
	assert.deepEqual([chat.conv, chat.number, chat.phase], ["B", "C-2", "waiting"]);
});

test("a conversation that was closed unheard is noticed at the ack", () => {
	const { chat } = active();
	chat.send("still there?");
	chat.receive(ack("cid2", 1, { conv: "B" }));
	assert.deepEqual(chat.items.map((i) => i.part), [0, 0, 1]);
	chat.receive(ev(2, { text: "yes" }));
	assert.deepEqual(texts(chat).slice(-1), ["yes"]);
});

test("a late event of the old conversation does not hide the first ones of the new", () => {
	const { chat } = active();
	chat.receive({ t: "state", state: "closed", agent: null, text: "" });
	chat.send("again");
	chat.receive(ev(58, { kind: "event", from: "system", text: "closed" }));
	chat.receive(ack("cid2", 1, { conv: "B" }));
	chat.receive(ev(2, { text: "hello again" }));
	assert.ok(texts(chat).includes("hello again"));
});

test("unsent words wait until the end of a closed conversation has arrived", () => {
	const { chat, env } = active();
	chat.send("late");
	chat.disconnected();
	assert.deepEqual(chat.receive(hello({ conv: "A", state: "closed", head: 3 })), []);
	chat.receive(ev(3, { from: "customer", text: "late", cid: "cid2" }));
	env.time = chat.heldUntil;
	assert.deepEqual(chat.pump(), []); /* it was durable after all */
	assert.equal(chat.conv, "A");
});

test("another conversation in hello replaces what was on screen, not what is unsent", () => {
	const { chat } = active();
	chat.disconnected();
	chat.send("unsent");
	chat.receive(hello({ conv: "Z", state: "active", head: 1 }));
	assert.deepEqual(texts(chat), ["unsent"]);
	chat.receive(ev(1, { text: "from the record" }));
	assert.deepEqual(texts(chat).sort(), ["from the record", "unsent"]);
});

test("a refusal for haste is waited out, in order", () => {
	const { chat, env } = make();
	chat.receive(hello());
	chat.send("one");
	chat.send("two");
	assert.deepEqual(chat.receive({ t: "nack", cid: "cid1", code: "rate", retry_ms: 3000 }), []);
	assert.deepEqual(chat.pump(), []);
	env.time += 3000;
	assert.deepEqual(sends(chat.pump()), ["cid1"]);
});

test("busy without a time is not tried again at once", () => {
	const { chat, env } = make();
	chat.receive(hello());
	chat.send("one");
	chat.receive({ t: "nack", cid: "cid1", code: "busy", retry_ms: 0 });
	assert.ok(chat.heldUntil > env.time);
	assert.equal(chat.outbox.length, 1);
});

test("a refusal for good shows the reason, gives the text back and lets the next one go", () => {
	const { chat } = make();
	chat.receive(hello());
	chat.send("bad words");
	chat.send("good words");
	const next = chat.receive({ t: "nack", cid: "cid1", code: "bad", retry_ms: 0, text: "why" });
	assert.deepEqual(sends(next), ["cid2"]);
	const failed = chat.items.find((i) => i.state === "failed");
	assert.equal(failed.reason, "why");
	assert.equal(chat.takeBack(failed.key), "bad words");
	assert.deepEqual(texts(chat), ["good words"]);
});

test("the outbox has a limit, and says so", () => {
	const { chat } = make();
	for (let i = 0; i < OUTBOX_MAX; i++)
		assert.notEqual(chat.send(`text ${i}`), null);
	assert.equal(chat.send("one too many"), null);
	assert.equal(chat.items.length, OUTBOX_MAX);
});

test("receipts are told once, read only what was on screen", () => {
	const { chat } = active();
	assert.deepEqual(chat.receipts(false), [{ t: "seen", seq: 2 }]);
	assert.deepEqual(chat.receipts(false), []);
	assert.deepEqual(chat.receipts(true), [{ t: "read", seq: 2 }]);
	assert.deepEqual(chat.receipts(true), []);
	chat.disconnected();
	chat.receive(ev(3));
	assert.deepEqual(chat.receipts(true), []);
});

test("typing ends with the message, with off, and with the connection", () => {
	const { chat } = active();
	const on = { t: "typing", on: true, name: "Agent" };
	chat.receive(on);
	assert.equal(chat.typing.name, "Agent");
	chat.receive(ev(3));
	assert.equal(chat.typing, null);
	chat.receive(on);
	chat.receive({ t: "typing", on: false, name: "Agent" });
	assert.equal(chat.typing, null);
	chat.receive(on);
	chat.disconnected();
	assert.equal(chat.typing, null);
});

test("the place in line is shown while waiting only", () => {
	const { chat } = make();
	chat.receive(hello({ conv: "A", state: "waiting", head: 0 }));
	chat.receive({ t: "place", position: 3, low_s: 60, high_s: 180 });
	assert.deepEqual(chat.place, { position: 3, lowS: 60, highS: 180 });
	chat.receive({ t: "state", state: "active", agent: "Agent", text: "" });
	assert.equal(chat.place, null);
	assert.equal(chat.agent, "Agent");
});

test("an unknown visitor starts afresh and keeps what is unsent", () => {
	const { chat } = active();
	chat.disconnected();
	chat.send("unsent");
	chat.forget();
	assert.deepEqual([chat.visitor, chat.conv], [null, null]);
	assert.deepEqual(texts(chat), ["unsent"]);
	assert.equal(chat.outbox.length, 1);
});

test("frames that make no sense are ignored", () => {
	const { chat } = active();
	const before = JSON.stringify([chat.items, chat.phase, chat.conv]);
	for (const f of [{ t: "nonsense" }, { t: "ev" }, { t: "ev", seq: "x" }, { t: "ack", cid: "?",
		conv: "A" }, { t: "nack", cid: "?", code: "bad" }])
		assert.deepEqual(chat.receive(f), []);
	assert.equal(JSON.stringify([chat.items, chat.phase, chat.conv]), before);
});
