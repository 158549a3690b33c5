/* SPDX-License-Identifier: Apache-2.0 */
/* The small decisions behind what is drawn. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { settle } = await load("console/settle.ts");
const { splitQuote } = await load("console/quote.ts");
const { foldHtml, pieces } = await load("console/folds.ts");
const { levelTone, needs, totals, waitTone } = await load("board/totals.ts");
const { memoryStorage, readJson } = await load("lib/storage.ts");

const NOW = Date.parse("2026-03-02T12:00:00Z");
const before = (seconds) => new Date(NOW - seconds * 1000).toISOString();

test("a list that is held does not move; what is new is counted", () => {
	assert.deepEqual(settle(["a", "b"], ["c", "a", "d"], true), { shown: ["a", "b"], fresh: 2 });
	assert.deepEqual(settle(["a", "b"], ["c", "a", "d"], false),
		{ shown: ["c", "a", "d"], fresh: 0 });
	assert.deepEqual(settle([], ["a"], true), { shown: ["a"], fresh: 0 });
});

test("only a quote at the end is folded, and no text is lost", () => {
	const body = "Hi,\nplease look.\n\nOn Monday somebody wrote:\n> old\n> text\n";
	const { text, quote } = splitQuote(body);
	assert.equal(text, "Hi,\nplease look.");
	assert.equal(quote, "On Monday somebody wrote:\n> old\n> text");
	assert.deepEqual(splitQuote("> question\nanswer"), { text: "> question\nanswer", quote: "" });
	assert.deepEqual(splitQuote("> only a quote"), { text: "> only a quote", quote: "" });
	assert.deepEqual(splitQuote("plain:"), { text: "plain:", quote: "" });
});

test("folds are bytes of UTF-8, and nothing is lost at them", () => {
	const body = "Hyvä päivä\n\n> vanha äö\n-- \nÄ";
	const bytes = (text) => Buffer.byteLength(text);
	const quote = bytes(body.slice(0, body.indexOf(">")));
	const sign = bytes(body.slice(0, body.indexOf("-- ")));
	const folds = [{ kind: "quote", from: quote, to: sign - 1 },
		{ kind: "signature", from: sign, to: bytes(body) }];
	assert.deepEqual(pieces(body, folds), [
		{ text: "Hyvä päivä\n\n", fold: null }, { text: "> vanha äö", fold: "quote" },
		{ text: "\n", fold: null }, { text: "-- \nÄ", fold: "signature" }]);
	assert.equal(pieces(body, folds).map((p) => p.text).join(""), body);
	for (const wrong of [{ from: 5, to: 5 }, { from: 9, to: 999 }, { from: -1, to: 4 }, {}])
		assert.deepEqual(pieces("words", [{ kind: "quote", ...wrong }]),
			[{ text: "words", fold: null }]);
	assert.deepEqual(pieces("", []), []);
	assert.equal(foldHtml("<p>ä</p><p>b</p>", [{ kind: "quote", from: 9, to: 17 }], () => "<Q>"),
		"<p>ä</p><details><summary>&#60;Q&#62;</summary><p>b</p></details>");
});

const queue = (id, more = {}, today = {}) => ({
	queue: { id, name: id }, waiting: 0, offered: 0, active: 0, oldest_at: null, ready: 1, busy: 0,
	signed_in: 1, by_channel: {}, ...more,
	today: { offered: 0, answered: 0, abandoned: 0, short_abandoned: 0, answered_in_target: 0,
		service_level: null, asa_s: null, target_s: 20, target_percent: 80, ...today },
});
const agent = (id, state, queues, contacts = []) => ({ id, name: id, login: id, queues, contacts,
	skills: {}, presence: { state, wanted: "ready", since: before(60), capacity: 100, load: 0,
		counts: {}, reason: null } });

test("the service level is weighed by contacts, not by queues", () => {
	const sums = totals([
		queue("a", {}, { answered: 90, abandoned: 10, short_abandoned: 5, answered_in_target: 80 }),
		queue("b", {}, { answered: 10, abandoned: 0, answered_in_target: 0 }),
	], []);
	assert.equal(sums.level, 100 * 80 / (90 + 10 + 10 - 5));
	assert.equal(totals([queue("a")], []).level, null);
	assert.equal(totals([queue("a")], []).abandonRate, null);
});

test("an agent in two queues counts once, one in none of them not at all", () => {
	const sums = totals([queue("a"), queue("b")], [agent("x", "ready", ["a", "b"]),
		agent("y", "wrap-up", ["b"]), agent("z", "ready", ["c"]), agent("w", "lost", ["a"])]);
	assert.deepEqual([sums.ready, sums.busy, sums.away], [1, 1, 1]);
});

test("the longest wait names its queue", () => {
	const sums = totals(
		[queue("a", { oldest_at: before(10) }), queue("b", { oldest_at: before(90) })], []);
	assert.deepEqual(sums.oldest, { at: before(90), queue: "b" });
});

test("tones follow the target", () => {
	assert.deepEqual([80, 79.9, 70, 69.9, null].map((level) => levelTone(level, 80)),
		["ok", "warn", "warn", "bad", "quiet"]);
	assert.deepEqual([14, 15, 20].map((s) => waitTone(before(s), 20, NOW)), ["ok", "warn", "bad"]);
	assert.equal(waitTone(null, 20, NOW), "quiet");
});

test("what needs somebody is found, the worst first", () => {
	const long = { id: "c", number: "C-1", state: "waiting", queued_at: before(7200),
		target_at: before(-120), queue: { id: "a", name: "a" }, customer: {} };
	const list = needs(
		[queue("late", { waiting: 1, oldest_at: before(60) }),
			queue("nobody", { waiting: 2, ready: 0 })],
		[agent("x", "not-responding", []), agent("y", "lost", []), agent("z", "ready", [])],
		[{ id: "mail", enabled: true, status: { health: "degraded" } },
			{ id: "off", enabled: false, status: { health: "down" } }],
		[long, { ...long, id: "d", target_at: before(-4000) },
			{ ...long, id: "e", queued_at: before(30), target_at: before(10) }], NOW);
	assert.deepEqual(list.map((n) => n.kind), ["nobody", "missing", "late", "channel", "promise"]);
	assert.equal(list.at(-1).contact.id, "c");
});

test("a store that holds rubbish gives the fall-back", () => {
	const store = memoryStorage();
	store.set("a", "{");
	assert.deepEqual(readJson(store, "a", { fine: true }), { fine: true });
	assert.deepEqual(readJson(store, "none", 7), 7);
});
