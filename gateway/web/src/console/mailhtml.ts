/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a cleaned mail fit for a frame under our policy, which forbids inline styles and anything
 * from outside: styles travel as data and are set by script from the outside, remote pictures are
 * left out (loading one tells its sender that the mail was read). */
const UNWANTED =
	"script, style, link, meta, base, iframe, frame, object, embed, form, input, button";
const HELD_STYLE = "data-usher-style";

/** Renames what the policy would stop and report while parsing. What slips through here is stopped
 * all the same, only with a line in the browser's log. */
const muffle = (html: string): string => html.replace(/<[a-z][^>]*>/gi, (tag) => tag
	.replace(/\sstyle\s*=/i, ` ${HELD_STYLE}=`).replace(/\son\w+\s*=/gi, " data-usher-on="));

/** Pages of ours take HTML only from a policy ("require-trusted-types-for"). A document that was
 * parsed runs nothing and loads nothing; what it may not keep is taken out below. */
interface Policy { createHTML(html: string): string }
interface Policies { createPolicy(name: string, rules: Policy): Policy }
const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
export const trusted = policies?.createPolicy("usher-mail", { createHTML: (html) => html })
	?? { createHTML: (html: string) => html };

export function cage(html: string): { html: string; leftOut: number } {
	const doc = new DOMParser().parseFromString(trusted.createHTML(muffle(html)), "text/html");
	doc.querySelectorAll(UNWANTED).forEach((el) => el.remove());
	let leftOut = 0;
	for (const img of doc.querySelectorAll("img"))
		if (!img.getAttribute("src")?.startsWith("data:image/")) {
			img.replaceWith(img.alt);
			leftOut++;
		}
	for (const el of doc.querySelectorAll("*"))
		for (const name of el.getAttributeNames())
			if (/^(on|style$|background$|data-usher-on)/.test(name))
				el.removeAttribute(name);
	return { html: doc.body.innerHTML, leftOut };
}

export function dress(doc: Document): void {
	for (const el of doc.querySelectorAll<HTMLElement>(`[${HELD_STYLE}]`))
		el.style.cssText = el.getAttribute(HELD_STYLE) ?? "";
}
