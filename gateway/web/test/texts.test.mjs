/* SPDX-License-Identifier: Apache-2.0 */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { loadTexts, textFaults } from "../plugins.mjs";
import { load, root } from "./load.mjs";

const { pickLang, t, useTexts, lang } = await load("lib/i18n.ts");
const texts = await loadTexts(root);

async function sources(dir) {
	const found = [];
	for (const entry of await readdir(dir, { withFileTypes: true }))
		if (entry.isDirectory())
			found.push(...await sources(join(dir, entry.name)));
		else if (/\.tsx?$/.test(entry.name))
			found.push(await readFile(join(dir, entry.name), "utf8"));
	return found;
}

test("the languages have the same keys and placeholders", () => {
	assert.deepEqual(textFaults(texts), []);
});

test("a missing, an extra, an empty and a differing text are each found", () => {
	const fine = { en: { a: "x {n}" }, fi: { a: "y {n}" }, et: { a: "z {n}" } };
	const faults = (change) => textFaults({ ...structuredClone(fine), ...change });
	assert.equal(faults({}).length, 0);
	assert.match(faults({ fi: {} })[0], /"a" is missing/);
	assert.match(faults({ et: { a: "z {n}", b: "?" } })[0], /"b" is not in en/);
	assert.match(faults({ fi: { a: "y {m}" } })[0], /other placeholders/);
	assert.match(faults({ fi: { a: { one: "y {n}", other: "y {n}" } } })[0], /other placeholders/);
	assert.match(textFaults({ en: { a: "x" }, fi: { a: "" }, et: { a: "z" } })[0], /empty/);
});

test("each text is used somewhere", async () => {
	const all = (await sources(join(root, "src"))).join("\n");
	/* Families whose last part is put together at run time. */
	const families = ["agent", "channel", "delivery", "health", "state", "board.tone", "park"];
	const unused = Object.keys(texts.en).filter((key) => !all.includes(`"${key}"`)
		&& !families.some((f) => key.startsWith(f)));
	assert.deepEqual(unused, []);
});

test("plurals follow n, in each language", () => {
	useTexts(texts, ["fi-FI"]);
	assert.equal(t("list.new", { n: 1 }), "1 uusi");
	assert.equal(t("list.new", { n: 3 }), "3 uutta");
	lang.value = "et";
	assert.equal(t("list.new", { n: 2 }), "2 uut");
	lang.value = "en";
	assert.equal(t("widget.open_unread", { n: 1 }), "Chat with us, 1 unread message");
});

test("the browser's wishes choose the language", () => {
	assert.equal(pickLang(["sv-SE", "fi-FI", "en"]), "fi");
	assert.equal(pickLang(["et"]), "et");
	assert.equal(pickLang(["de", "fr"]), "en");
	assert.equal(pickLang([]), "en");
});

test("each page brings every text that its code may ask for", async () => {
	for (const page of ["console", "board", "setup", "video", "demo"]) {
		const main = await readFile(join(root, `src/${page}/main.tsx`), "utf8");
		const prefixes = /"i18n:([\w,]+)"/.exec(main)[1].split(",");
		const code = await bundled(`${page}/main.tsx`);
		const asked = new Set([...code.matchAll(/"([a-z]+\.[a-z_-]+)"/g)].map((m) => m[1])
			.filter((key) => key in texts.en).map((key) => key.split(".")[0]));
		assert.deepEqual([...asked].filter((p) => !prefixes.includes(p)), [], page);
	}
});

/** The code of a page without its texts. */
async function bundled(path) {
	const esbuild = await import("esbuild");
	const { plugins } = await import("../plugins.mjs");
	const none = { en: {}, fi: {}, et: {} };
	const out = await esbuild.build({ absWorkingDir: root, entryPoints: [join("src", path)],
		bundle: true, write: false, format: "esm", jsx: "automatic", jsxImportSource: "preact",
		logLevel: "silent", plugins: plugins(root, none), treeShaking: true, minifySyntax: true });
	return out.outputFiles[0].text;
}
