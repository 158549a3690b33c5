/* SPDX-License-Identifier: Apache-2.0 */
/* What one person chose on this device: language, theme, sound, single-letter keys. */
import { effect, signal } from "@preact/signals";
import { isLang, lang, type Lang } from "./i18n";
import { openStorage } from "./storage";

export type Theme = "auto" | "light" | "dark";

export const device = openStorage();
const stored = (name: string) => device.get(`usher.${name}`);

const themeWish = stored("theme");
export const theme = signal<Theme>(
	themeWish === "light" || themeWish === "dark" ? themeWish : "auto");
export const hasSound = signal(stored("sound") !== "off");
export const hasKeys = signal(stored("keys") !== "off");

export function languageWishes(): readonly string[] {
	const wish = stored("lang");
	return isLang(wish) ? [wish] : navigator.languages;
}

export function chooseLanguage(value: Lang): void {
	lang.value = value;
	device.set("usher.lang", value);
}

export function chooseTheme(value: Theme): void {
	theme.value = value;
	device.set("usher.theme", value);
}

export function toggle(name: "sound" | "keys"): void {
	const pref = name === "sound" ? hasSound : hasKeys;
	pref.value = !pref.peek();
	device.set(`usher.${name}`, pref.peek() ? "on" : "off");
}

export function applyTheme(): void {
	effect(() => {
		document.documentElement.dataset.theme = theme.value;
	});
}
