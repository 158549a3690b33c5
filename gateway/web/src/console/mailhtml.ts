/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a cleaned mail fit for a frame under our policy, which forbids inline styles and anything
 * from outside: styles travel as data and are set by script from the outside, remote pictures are
 * left out (loading one tells its sender that the mail was read). */
const UNWANTED = "script, style, link, meta, base, iframe, frame, object, embed, form, input, button";
const HELD_STYLE = "data-usher-style";

export function cage(html: string): { html: string; leftOut: number } {
	const doc = new DOMParser().parseFromString(html, "text/html");
	doc.querySelectorAll(UNWANTED).forEach((el) => el.remove());
	let leftOut = 0;
	for (const img of doc.querySelectorAll("img"))
		if (!img.getAttribute("src")?.startsWith("data:image/")) {
			img.replaceWith(img.alt);
			leftOut++;
		}
	for (const el of doc.querySelectorAll("*")) {
		const style = el.getAttribute("style");
		for (const name of el.getAttributeNames())
			if (name.startsWith("on") || name === "style" || name === "background")
				el.removeAttribute(name);
		if (style)
			el.setAttribute(HELD_STYLE, style);
	}
	return { html: doc.body.innerHTML, leftOut };
}

export function dress(doc: Document): void {
	for (const el of doc.querySelectorAll<HTMLElement>(`[${HELD_STYLE}]`))
		el.style.cssText = el.getAttribute(HELD_STYLE) ?? "";
}
