/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles one TypeScript module of src/ in memory and imports it; dist/ is not needed. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { loadTexts, plugins } from "../plugins.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export async function load(path) {
	const texts = await loadTexts(root);
	const out = await esbuild.build({
		absWorkingDir: root, entryPoints: [join("src", path)], bundle: true, write: false,
		format: "esm", target: "node18", jsx: "automatic", jsxImportSource: "preact",
		logLevel: "silent", plugins: plugins(root, texts),
		define: { __MAIL_CSS__: '"/mail.css"', __WIDGET__: '"/widget.js"' },
	});
	const code = Buffer.from(out.outputFiles[0].contents).toString("base64");
	return import(`data:text/javascript;base64,${code}`);
}
