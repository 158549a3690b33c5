/* SPDX-License-Identifier: Apache-2.0 */
/* The server says which stretches of a mail are quoted text and signature, in bytes of UTF-8. */
import type { Fold } from "../lib/types";

export interface Piece { text: string; fold: Fold["kind"] | null }

/** Cuts a text at its folds: all pieces together are the text again. What cannot be a fold of it
 * (the text was cut short on its way, say) is left out. */
export function pieces(text: string, folds: Fold[]): Piece[] {
	const bytes = new TextEncoder().encode(text);
	const part = (from: number, to: number): string => new TextDecoder("utf-8", { ignoreBOM: true })
		.decode(bytes.subarray(from, to));
	const found: Piece[] = [];
	let at = 0;
	for (const { kind, from, to } of folds) {
		if (!(from >= at && to > from && to <= bytes.length))
			continue;
		if (from > at)
			found.push({ text: part(at, from), fold: null });
		found.push({ text: part(from, to), fold: kind });
		at = to;
	}
	if (at < bytes.length)
		found.push({ text: part(at, bytes.length), fold: null });
	return found;
}

const escape = (text: string): string =>
	text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The same for HTML: each fold becomes an element that opens by itself, without script. */
export function foldHtml(html: string, folds: Fold[], label: (kind: Fold["kind"]) => string): string {
	return pieces(html, folds).map(({ text, fold }) => fold
		? `<details><summary>${escape(label(fold))}</summary>${text}</details>`
		: text).join("");
}
