/* SPDX-License-Identifier: Apache-2.0 */
/* The widget chunk: defines <usher-chat> and puts one on the page. */
import { h, render } from "preact";
import css from "css:widget.css";
import texts from "i18n:widget";
import { isLang, lang, useTexts } from "../lib/i18n";
import { ChatLink } from "./link";
import { Widget, type Controls } from "./view";

interface Usher { open(): void; close(): void }

declare global {
	interface Window { usher?: Usher }
}

class UsherChat extends HTMLElement {
	private link: ChatLink | null = null;
	readonly controls: Controls = { open() {}, close() {} };

	connectedCallback(): void {
		if (this.link)
			return;
		const wish = this.getAttribute("lang") ?? "";
		useTexts(texts, isLang(wish) ? [wish] : navigator.languages);
		const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(css);
		root.adoptedStyleSheets = [sheet];
		this.link = new ChatLink(this.getAttribute("origin") ?? location.origin,
			this.getAttribute("channel") ?? "", () => lang.peek());
		render(h(Widget, { link: this.link, controls: this.controls,
			title: this.getAttribute("label") ?? "" }), root);
	}

	disconnectedCallback(): void {
		if (this.isConnected || !this.shadowRoot)
			return;
		this.link?.destroy();
		this.link = null;
		render(null, this.shadowRoot);
	}
}

const script = document.currentScript as HTMLScriptElement | null;

function place(): void {
	const element = document.createElement("usher-chat") as UsherChat;
	element.setAttribute("origin", new URL(script?.src ?? location.href).origin);
	for (const name of ["channel", "lang", "theme", "label"]) {
		const value = script?.dataset[name];
		if (value)
			element.setAttribute(name, value);
	}
	document.body.append(element);
	window.usher = { open: () => element.controls.open(), close: () => element.controls.close() };
}

if (!customElements.get("usher-chat")) {
	customElements.define("usher-chat", UsherChat);
	if (document.body)
		place();
	else
		addEventListener("DOMContentLoaded", place);
}
