/* SPDX-License-Identifier: Apache-2.0 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "./load.mjs";

const { ago, bytes, clock, elapsed, exact, left, parkTimes, percent } = await load("lib/time.ts");
const { BACKOFF_MAX_MS, BACKOFF_MIN_MS, backoff } = await load("lib/backoff.ts");

const NOW = Date.parse("2026-03-02T12:00:00Z");
const before = (seconds) => new Date(NOW - seconds * 1000).toISOString();

test("durations read as minutes and seconds below an hour", () => {
	assert.equal(clock(0), "00:00");
	assert.equal(clock(-5), "00:00");
	assert.equal(clock(252.9), "04:12");
	assert.equal(clock(3599), "59:59");
	assert.equal(clock(3600), "1 h 00");
	assert.equal(clock(7500), "2 h 05");
});

test("elapsed is never negative and takes what is missing for nothing", () => {
	assert.equal(elapsed(before(90), NOW), 90);
	assert.equal(elapsed(before(-90), NOW), 0);
	assert.equal(elapsed(null, NOW), 0);
	assert.equal(elapsed("yesterday-ish", NOW), 0);
});

test("what is left turns negative when it is past", () => {
	assert.equal(left(before(-10), NOW), 10);
	assert.equal(left(before(10), NOW), -10);
});

test("relative below a day, then the date", () => {
	assert.equal(ago(before(300), NOW, "en"), "5 min ago");
	assert.match(ago(before(7200), NOW, "fi"), /2 t sitten/);
	assert.equal(ago(before(20 * 86400), NOW, "en"), "10 Feb 2026");
	assert.equal(ago(before(20 * 86400), NOW, "fi"), "10.2.2026");
});

test("an English date cannot be read the American way round", () => {
	assert.match(exact("2026-11-12T10:00:00Z", "en"), /12 Nov 2026/);
});

test("percent and sizes follow the language", () => {
	assert.equal(percent(85.72, "en"), "85.7%");
	assert.match(percent(85.72, "fi"), /^85,7\s%$/);
	assert.equal(bytes(182_344, "en"), "182.3 kB");
	assert.equal(bytes(999, "en"), "999 byte");
});

test("parking until Monday from a Monday means the next one", () => {
	for (let day = 1; day <= 7; day++) {
		const from = new Date(2026, 2, day, 15, 30);
		const { hour, tomorrow, monday } = parkTimes(from);
		assert.equal(hour - from, 3_600_000);
		assert.deepEqual([tomorrow.getHours(), tomorrow.getDate()], [9, day + 1]);
		assert.deepEqual([monday.getDay(), monday.getHours()], [1, 9]);
		assert.ok(monday > from && monday - from <= 7 * 86_400_000);
	}
});

test("pauses grow, are spread, and stay between half a second and thirty", () => {
	for (let attempt = 0; attempt < 40; attempt++)
		for (const random of [0, 0.5, 0.999]) {
			const ms = backoff(attempt, random);
			assert.ok(ms >= BACKOFF_MIN_MS && ms <= BACKOFF_MAX_MS, `${attempt} ${random}: ${ms}`);
		}
	assert.ok(backoff(0, 0.999) <= 1000);
	assert.ok(backoff(20, 0.999) > 29_000);
	assert.notEqual(backoff(5, 0.1), backoff(5, 0.9));
});
