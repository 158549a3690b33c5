/* SPDX-License-Identifier: Apache-2.0 */
/* Times as people read them. Everything here is a pure function of its arguments. */

/** English as Europe writes it: 11/12 must not be read as the twelfth of November. */
const tag = (lang: string): string => lang === "en" ? "en-GB" : lang;

const two = (n: number): string => String(n).padStart(2, "0");

/** 04:12 below an hour, then 2 h 05. Never negative. */
export function clock(seconds: number): string {
	const s = Math.max(0, Math.floor(seconds));
	if (s < 3600)
		return `${two(Math.floor(s / 60))}:${two(s % 60)}`;
	return `${Math.floor(s / 3600)} h ${two(Math.floor(s / 60) % 60)}`;
}

/** Whole seconds from an instant to now; 0 for an instant that is absent or ahead. */
export function elapsed(at: string | null | undefined, now: number): number {
	const from = at ? Date.parse(at) : NaN;
	return Number.isNaN(from) ? 0 : Math.max(0, Math.floor((now - from) / 1000));
}

/** Whole seconds left until an instant, negative once it is past. */
export const left = (at: string, now: number): number => Math.ceil((Date.parse(at) - now) / 1000);

const DAY = 86_400;

/** "2 min ago" below a day, then the date. */
export function ago(at: string, now: number, lang: string): string {
	const s = elapsed(at, now);
	if (s >= DAY)
		return new Intl.DateTimeFormat(tag(lang), { dateStyle: "medium" })
			.format(new Date(at));
	const relative = new Intl.RelativeTimeFormat(tag(lang), { numeric: "auto", style: "short" });
	if (s < 60)
		return relative.format(0, "second");
	if (s < 3600)
		return relative.format(-Math.floor(s / 60), "minute");
	return relative.format(-Math.floor(s / 3600), "hour");
}

/** Date and time to the second, for who wants to know exactly. */
export const exact = (at: string, lang: string): string =>
	new Intl.DateTimeFormat(tag(lang), { dateStyle: "medium", timeStyle: "medium" })
		.format(new Date(at));

/** Weekday, date and time to the minute, for promises. */
export const moment = (at: string, lang: string): string =>
	new Intl.DateTimeFormat(tag(lang), { weekday: "short", day: "numeric", month: "short",
		hour: "2-digit", minute: "2-digit" }).format(new Date(at));

export const timeOfDay = (at: string, lang: string): string =>
	new Intl.DateTimeFormat(tag(lang), { hour: "2-digit", minute: "2-digit" }).format(new Date(at));

export const dayOf = (at: string, lang: string): string =>
	new Intl.DateTimeFormat(tag(lang), { weekday: "long", day: "numeric", month: "long" })
		.format(new Date(at));

export const percent = (value: number, lang: string): string =>
	new Intl.NumberFormat(tag(lang), { style: "percent", maximumFractionDigits: 1 })
		.format(value / 100);

/** 1.2 MB: decimal units, as shops and mail programs count. */
export function bytes(size: number, lang: string): string {
	const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
	let unit = 0;
	while (size >= 1000 && unit < units.length - 1) {
		size /= 1000;
		unit++;
	}
	return new Intl.NumberFormat(tag(lang), { style: "unit", unit: units[unit],
		unitDisplay: "short", maximumFractionDigits: 1 }).format(size);
}

/** When a contact may be parked until: in an hour, tomorrow at nine, next Monday at nine. */
export function parkTimes(now: Date): { hour: Date; tomorrow: Date; monday: Date } {
	const hour = new Date(now.getTime() + 3_600_000);
	const tomorrow = new Date(now);
	tomorrow.setDate(now.getDate() + 1);
	tomorrow.setHours(9, 0, 0, 0);
	const monday = new Date(now);
	monday.setDate(now.getDate() + ((8 - now.getDay()) % 7 || 7));
	monday.setHours(9, 0, 0, 0);
	return { hour, tomorrow, monday };
}
