/* SPDX-License-Identifier: Apache-2.0 */
/* The modules that exist only while bundling: icons, texts and stylesheets as values. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as esbuild from "esbuild";

export const LANGUAGES = ["en", "fi", "et"];

const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join();
const shape = (entry) => typeof entry === "string" ? holes(entry)
	: `plural ${Object.keys(entry).sort()}: ${holes(entry.other ?? "")}`;

/** Every difference between the languages, one sentence each; none when they agree. */
export function textFaults(texts) {
	const faults = [];
	const base = texts.en;
	for (const lang of LANGUAGES) {
		for (const key of Object.keys(base)) {
			if (!(key in texts[lang]))
				faults.push(`${lang}.json: "${key}" is missing`);
			else if (shape(texts[lang][key]) !== shape(base[key]))
				faults.push(`${lang}.json: "${key}" has other placeholders than en.json`);
			else if (JSON.stringify(texts[lang][key]).includes('""'))
				faults.push(`${lang}.json: "${key}" is empty`);
		}
		for (const key of Object.keys(texts[lang]))
			if (!(key in base))
				faults.push(`${lang}.json: "${key}" is not in en.json`);
	}
	return faults;
}

export async function loadTexts(root) {
	const texts = {};
	for (const lang of LANGUAGES)
		texts[lang] = JSON.parse(await readFile(join(root, `i18n/${lang}.json`), "utf8"));
	const faults = textFaults(texts);
	if (faults.length > 0)
		throw new Error(`the languages differ:\n  ${faults.join("\n  ")}`);
	return texts;
}

const icons = (root) => ({
	name: "icon",
	setup(build) {
		let nodes;
		build.onResolve({ filter: /^icon:/ },
			(a) => ({ path: a.path.slice(5), namespace: "icon" }));
		build.onLoad({ filter: /.*/, namespace: "icon" }, async (a) => {
			const path = join(root, "node_modules/lucide-static/icon-nodes.json");
			nodes ??= JSON.parse(await readFile(path, "utf8"));
			if (!nodes[a.path])
				throw new Error(`there is no icon "${a.path}"`);
			return { contents: JSON.stringify(nodes[a.path]), loader: "json" };
		});
	},
});

const dictionaries = (texts) => ({
	name: "i18n",
	setup(build) {
		build.onResolve({ filter: /^i18n:/ },
			(a) => ({ path: a.path.slice(5), namespace: "i18n" }));
		build.onLoad({ filter: /.*/, namespace: "i18n" }, (a) => {
			const prefixes = a.path.split(",").map((p) => `${p}.`);
			const wanted = ([key]) => prefixes.some((p) => key.startsWith(p));
			const dicts = Object.fromEntries(LANGUAGES.map((lang) =>
				[lang, Object.fromEntries(Object.entries(texts[lang]).filter(wanted))]));
			return { contents: JSON.stringify(dicts), loader: "json" };
		});
	},
});

const stylesheets = (root) => ({
	name: "css",
	setup(build) {
		build.onResolve({ filter: /^css:/ }, (a) => ({ path: a.path.slice(4), namespace: "css" }));
		build.onLoad({ filter: /.*/, namespace: "css" }, async (a) => {
			const out = await esbuild.build({ absWorkingDir: root, bundle: true, minify: true,
				write: false, target: "es2022", entryPoints: [`src/css/${a.path}`] });
			return { contents: out.outputFiles[0].text, loader: "text" };
		});
	},
});

export const plugins = (root, texts) => [icons(root), dictionaries(texts), stylesheets(root)];
