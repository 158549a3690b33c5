/* SPDX-License-Identifier: Apache-2.0 */
/* Sounds made here, not loaded. A browser may hold them back until the page was touched. */
import { signal } from "@preact/signals";
import { hasSound } from "./prefs";

const REPEAT_MS = 4_000;

export const isSoundBlocked = signal(false);
let context: AudioContext | null = null;
let repeat: ReturnType<typeof setInterval> | undefined;

async function ready(): Promise<AudioContext | null> {
	if (!hasSound.peek())
		return null;
	context ??= new AudioContext();
	if (context.state !== "running")
		await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 200))]);
	isSoundBlocked.value = context.state !== "running";
	return isSoundBlocked.peek() ? null : context;
}

function note(audio: AudioContext, hz: number, startS: number, lengthS: number,
	level: number): void {
	const tone = audio.createOscillator();
	const gain = audio.createGain();
	const at = audio.currentTime + startS;
	tone.type = "sine";
	tone.frequency.value = hz;
	gain.gain.setValueAtTime(0, at);
	gain.gain.linearRampToValueAtTime(level, at + 0.02);
	gain.gain.exponentialRampToValueAtTime(0.001, at + lengthS);
	tone.connect(gain).connect(audio.destination);
	tone.start(at);
	tone.stop(at + lengthS);
}

async function ringOnce(): Promise<void> {
	const audio = await ready();
	if (!audio || repeat === undefined)
		return;
	note(audio, 587, 0, 0.25, 0.25);
	note(audio, 880, 0.16, 0.4, 0.25);
}

/** Two rising notes, again every four seconds, until ringOff. */
export function ringOn(): void {
	if (repeat !== undefined)
		return;
	repeat = setInterval(() => void ringOnce(), REPEAT_MS);
	void ringOnce();
}

export function ringOff(): void {
	clearInterval(repeat);
	repeat = undefined;
}

/** A soft tick for a message that came while the page was out of sight. */
export async function tick(): Promise<void> {
	const audio = await ready();
	if (audio)
		note(audio, 660, 0, 0.12, 0.12);
}

/** To be called from a click: only then may a held-back context begin. */
export async function unblock(): Promise<void> {
	await ready();
}
