/* SPDX-License-Identifier: Apache-2.0 */
/* WCAG 2.2: text 4.5:1, parts of controls 3:1, in both themes. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./load.mjs";

const css = await readFile(join(root, "src/css/tokens.css"), "utf8");
const tokens = Object.fromEntries([...css.matchAll(
	/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g)]
	.map((m) => [m[1], [m[2], m[3]]]));

const TEXT_ON = {
	bg: ["text", "muted", "accent", "ok", "warn", "bad", "away"],
	bg2: ["text", "muted", "accent", "ok", "warn", "bad", "away"],
	bg3: ["text", "muted", "accent", "ok", "warn", "bad", "away"],
	accent: ["on-accent"],
	"accent-soft": ["accent", "text", "muted"],
	"ok-soft": ["ok"], "warn-soft": ["warn"], "bad-soft": ["bad", "text"],
	note: ["on-note"],
	text: ["bg"],
};
const THEMES = ["light", "dark"];
const PARTS_ON = { bg: ["border", "accent"], bg2: ["border", "accent"] };

function luminance(hex) {
	const linear = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
		.map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
	return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function contrast(a, b) {
	const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
	return (high + 0.05) / (low + 0.05);
}

function shortfalls(pairs, limit, palette = tokens) {
	const found = [];
	for (const [ground, inks] of Object.entries(pairs))
		for (const ink of inks)
			[0, 1].forEach((theme) => {
				const ratio = contrast(palette[ground][theme], palette[ink][theme]);
				if (ratio < limit)
					found.push(`${ink} on ${ground} (${THEMES[theme]}): ${ratio.toFixed(2)}`);
			});
	return found;
}

test("the formula gives the known ends", () => {
	assert.equal(contrast("#000000", "#ffffff").toFixed(1), "21.0");
	assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
});

test("text can be read on every ground it stands on", () => {
	assert.deepEqual(shortfalls(TEXT_ON, 4.5), []);
});

test("edges of controls can be seen", () => {
	assert.deepEqual(shortfalls(PARTS_ON, 3), []);
});

test("a pale text would be found", () => {
	const pale = { ...tokens, muted: ["#b0b6bd", tokens.muted[1]] };
	assert.equal(shortfalls({ bg: ["muted"] }, 4.5, pale).length, 1);
});

test("pages hold no script and no style of their own, and ask nobody else", async () => {
	for (const page of ["console", "board", "setup", "video", "demo"]) {
		const html = await readFile(join(root, `src/pages/${page}.html`), "utf8");
		assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/);
		assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|https?:\/\//);
	}
});
