/* SPDX-License-Identifier: Apache-2.0 */
/* Camera and microphone, and why there is none. */
export type Fault = "insecure" | "refused" | "missing" | "busy" | "failed";
export type Device = "audio" | "video";

export interface Capture {
	stream: MediaStream;
	faults: Partial<Record<Device, Fault>>;
}

const NAMES: Record<string, Fault> = {
	NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "missing",
	OverconstrainedError: "missing", NotReadableError: "busy", AbortError: "busy",
};

export const faultOf = (e: unknown): Fault => NAMES[(e as Error)?.name] ?? "failed";

/** Plain http lends no devices at all; the page must say so instead of failing oddly. */
export const isSecure = (): boolean => navigator.mediaDevices !== undefined;

export async function one(kind: Device): Promise<MediaStreamTrack> {
	const wish = kind === "audio"
		? { audio: { echoCancellation: true, noiseSuppression: true } }
		: { video: { width: { ideal: 1280 }, height: { ideal: 720 } } };
	const stream = await navigator.mediaDevices.getUserMedia(wish);
	return stream.getTracks()[0] as MediaStreamTrack;
}

/** One question for both where both are wanted; where that fails, each by itself, so that a camera
 * in use elsewhere does not cost the sound as well. */
export async function capture(wants: Device[]): Promise<Capture> {
	if (!isSecure())
		return { stream: new MediaStream(),
			faults: Object.fromEntries(wants.map((kind) => [kind, "insecure" as Fault])) };
	try {
		const stream = await navigator.mediaDevices.getUserMedia({
			audio: wants.includes("audio"), video: wants.includes("video") });
		return { stream, faults: {} };
	} catch (e) {
		if (wants.length === 1)
			return { stream: new MediaStream(), faults: { [wants[0] as Device]: faultOf(e) } };
	}
	const stream = new MediaStream();
	const faults: Capture["faults"] = {};
	for (const kind of wants)
		await one(kind).then((track) => stream.addTrack(track),
			(e) => { faults[kind] = faultOf(e); });
	return { stream, faults };
}

export const stop = (stream: MediaStream | null): void =>
	stream?.getTracks().forEach((track) => track.stop());
