/* SPDX-License-Identifier: Apache-2.0 */
/** Cuts the quoted end of a plain mail off, to be folded: a last run of lines that begin with ">",
 * with the line above that introduces it. A quote in the middle stays: it was answered below. */
export function splitQuote(body: string): { text: string; quote: string } {
	const lines = body.replace(/\r\n/g, "\n").replace(/\s+$/, "").split("\n");
	let cut = lines.length;
	while (cut > 0 && /^\s*(>|$)/.test(lines[cut - 1] ?? ""))
		cut--;
	const hasQuote = lines.slice(cut).some((line) => /^\s*>/.test(line));
	if (hasQuote && cut > 0 && /:\s*$/.test(lines[cut - 1] ?? ""))
		cut--;
	const text = lines.slice(0, cut).join("\n").trimEnd();
	if (!hasQuote || text === "")
		return { text: lines.join("\n"), quote: "" };
	return { text, quote: lines.slice(cut).join("\n").trim() };
}
