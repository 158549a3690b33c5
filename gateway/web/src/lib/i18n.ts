/* SPDX-License-Identifier: Apache-2.0 */
import { signal } from "@preact/signals";
import type en from "../../i18n/en.json";

export type Key = keyof typeof en;
export const LANGS = ["en", "fi", "et"] as const;
export type Lang = (typeof LANGS)[number];
type Entry = string | { one: string; other: string };
export type Dicts = Record<Lang, Record<string, Entry>>;
export type Params = Record<string, string | number>;

export const lang = signal<Lang>("en");
let dicts: Dicts = { en: {}, fi: {}, et: {} };

export const isLang = (text: unknown): text is Lang => LANGS.includes(text as Lang);

/** The first of the wishes that we speak; "fi-FI" asks for fi. */
export function pickLang(wishes: readonly string[]): Lang {
	for (const wish of wishes) {
		const short = wish.toLowerCase().split("-")[0];
		if (isLang(short))
			return short;
	}
	return "en";
}

export function useTexts(texts: Dicts, wishes: readonly string[]): void {
	dicts = texts;
	lang.value = pickLang(wishes);
}

/** The text of a key in the language in use; {name} is filled from params, and where the text has
 * a singular and a plural, params.n decides. */
export function t(key: Key, params: Params = {}): string {
	let entry = dicts[lang.value][key] ?? dicts.en[key] ?? key;
	if (typeof entry !== "string")
		entry = new Intl.PluralRules(lang.value).select(Number(params.n)) === "one"
			? entry.one : entry.other;
	return entry.replace(/\{(\w+)\}/g, (hole, name: string) => String(params[name] ?? hole));
}
