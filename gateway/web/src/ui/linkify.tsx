/* SPDX-License-Identifier: Apache-2.0 */
import type { ComponentChildren } from "preact";

/** Text with its web addresses made into links. Only http and https: nothing else is followed. */
export function linkify(text: string): ComponentChildren[] {
	return text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'])/g).map((piece, i) => i % 2 === 0
		? piece
		: <a key={i} href={piece} target="_blank" rel="noopener noreferrer nofollow">{piece}</a>);
}
