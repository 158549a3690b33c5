/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the browser code into dist/: hashed files below assets/, one HTML page per screen,
 * w/loader.js under its stable name, a .gz beside each, and manifest.json. */
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdir, readFile, rm, writeFile, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { loadTexts, plugins } from "./plugins.mjs";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const PAGES = ["console", "board", "setup", "video", "demo"];
/* gzip -9, in bytes: what a page loads before it can be used. The build fails above. */
const BUDGETS = { "loader.js": 500, "widget.js": 18_000, "console.js": 60_000, "board.js": 60_000,
	"video.js": 25_000, "setup.js": 25_000, "demo.js": 25_000, css: 10_000 };

const common = {
	absWorkingDir: root, bundle: true, minify: true, target: "es2022", write: false,
	legalComments: "none", charset: "utf8", logLevel: "warning", metafile: true,
	jsx: "automatic", jsxImportSource: "preact",
};

const hashOf = (data) => createHash("sha256").update(data).digest("hex").slice(0, 10);
const gzip = (data) => gzipSync(data, { level: 9 });

async function emit(name, data) {
	const path = join(dist, name);
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, data);
	await writeFile(`${path}.gz`, gzip(data));
}

async function styles(assets, sizes) {
	for (const name of [...PAGES, "mail"]) {
		const out = await esbuild.build({ ...common, entryPoints: [`src/css/${name}.css`] });
		const css = out.outputFiles[0].contents;
		assets[`${name}.css`] = `${name}-${hashOf(css)}.css`;
		sizes[`${name}.css`] = gzip(css).length;
		await emit(`assets/${assets[`${name}.css`]}`, css);
	}
}

/** The bytes an entry needs before it runs: itself and every chunk it imports statically. */
function firstLoad(out, entry) {
	const seen = new Set();
	const visit = (file) => {
		if (seen.has(file))
			return;
		seen.add(file);
		for (const i of out.metafile.outputs[file].imports)
			if (i.kind === "import-statement")
				visit(i.path);
	};
	visit(entry);
	return [...seen].reduce((sum, file) => {
		const data = out.outputFiles.find((f) => f.path.endsWith(file));
		return sum + gzip(data.contents).length;
	}, 0);
}

async function scripts(assets, sizes, texts) {
	const entries = Object.fromEntries(PAGES.map((p) => [p, `src/${p}/main.tsx`]));
	const out = await esbuild.build({
		...common, entryPoints: entries, format: "esm", splitting: true, outdir: "out",
		entryNames: "[name]-[hash]", chunkNames: "chunk-[hash]", plugins: plugins(root, texts),
		define: { __MAIL_CSS__: JSON.stringify(`/assets/${assets["mail.css"]}`) },
	});
	for (const [file, meta] of Object.entries(out.metafile.outputs)) {
		const name = file.slice("out/".length);
		const page = PAGES.find((p) => meta.entryPoint === entries[p]);
		assets[page ? `${page}.js` : name] = name;
		if (page)
			sizes[`${page}.js`] = firstLoad(out, file);
	}
	for (const f of out.outputFiles)
		await emit(`assets/${basename(f.path)}`, f.contents);
}

async function widget(assets, sizes, texts) {
	const one = async (name, define) => {
		const out = await esbuild.build({ ...common, entryPoints: [`src/widget/${name}.ts`],
			format: "iife", plugins: plugins(root, texts), define,
			alias: { "@preact/signals": "./src/widget/cells.ts" } });
		sizes[`${name}.js`] = gzip(out.outputFiles[0].contents).length;
		return out.outputFiles[0].contents;
	};
	const chunk = await one("widget", {});
	assets["widget.js"] = `widget-${hashOf(chunk)}.js`;
	await emit(`assets/${assets["widget.js"]}`, chunk);
	const path = JSON.stringify(`/assets/${assets["widget.js"]}`);
	await emit("w/loader.js", await one("loader", { __WIDGET__: path }));
}

async function pages(assets, manifest) {
	for (const page of PAGES) {
		const html = await readFile(join(root, `src/pages/${page}.html`), "utf8");
		const filled = html.replace(/\{\{([\w.]+)\}\}/g, (_, name) => {
			if (!assets[name])
				throw new Error(`${page}.html names ${name}, which was not built`);
			return `/assets/${assets[name]}`;
		});
		await emit(`${page}.html`, filled);
		manifest[`${page}.html`] = `${page}.html`;
	}
}

/** The description of the API, for /api/openapi.json. */
async function description(manifest) {
	const text = await readFile(join(root, "../../docs/openapi.json"), "utf8");
	await emit("openapi.json", JSON.stringify(JSON.parse(text)));
	manifest["openapi.json"] = "openapi.json";
}

function checkBudgets(sizes) {
	for (const [name, size] of Object.entries(sizes)) {
		const limit = BUDGETS[name] ?? BUDGETS[name.split(".").at(-1)];
		console.log(`${name.padEnd(14)} ${String(size).padStart(6)} of ${limit} bytes, gzipped`);
		if (size > limit)
			throw new Error(`${name} is ${size} bytes gzipped; its budget is ${limit}`);
	}
}

/** The licences of what the bundles contain travel with them. */
async function notices() {
	let text = "The files in this folder contain code of these packages.\n";
	for (const name of ["preact", "@preact/signals", "@preact/signals-core", "lucide-static"]) {
		const dir = join(root, "node_modules", name);
		const file = (await readdir(dir)).find((f) => /^licen[cs]e/i.test(f));
		text += `\n==== ${name} ====\n${await readFile(join(dir, file), "utf8")}`;
	}
	await writeFile(join(dist, "THIRD-PARTY.txt"), text);
}

async function main() {
	const texts = await loadTexts(root);
	if (!process.argv.includes("--no-check"))
		execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", root],
			{ stdio: "inherit" });
	await rm(dist, { recursive: true, force: true });
	const manifest = {};
	const assets = {};
	const sizes = {};
	await styles(assets, sizes);
	await scripts(assets, sizes, texts);
	await widget(assets, sizes, texts);
	await pages(assets, manifest);
	await description(manifest);
	manifest["loader.js"] = "w/loader.js";
	for (const [name, file] of Object.entries(assets).sort())
		manifest[name] = `assets/${file}`;
	await writeFile(join(dist, "manifest.json"), JSON.stringify(manifest, null, "\t") + "\n");
	await notices();
	checkBudgets(sizes);
	await writeFile(join(dist, ".stamp"), "");
}

main().catch((e) => {
	console.error(`build.mjs: ${e.message}`);
	process.exitCode = 1;
});
