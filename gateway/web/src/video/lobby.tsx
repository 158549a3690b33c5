/* SPDX-License-Identifier: Apache-2.0 */
/* Before the call: who are you, does the camera work, do we hear you. Devices are asked for only
 * after a click. */
import { useEffect, useRef, useState } from "preact/hooks";
import cameraIcon from "icon:video";
import micIcon from "icon:mic";
import { t } from "../lib/i18n";
import { type Capture, type Device, capture, isSecure, stop } from "../rtc/media";
import { Faults, Picture } from "../rtc/stage";
import { Icon } from "../ui/icon";

/** How loud the microphone is now, 0 to 1. */
function useLevel(stream: MediaStream | null): number {
	const [level, setLevel] = useState(0);
	useEffect(() => {
		if (!stream || stream.getAudioTracks().length === 0)
			return;
		const context = new AudioContext();
		const analyser = context.createAnalyser();
		analyser.fftSize = 512;
		context.createMediaStreamSource(stream).connect(analyser);
		const samples = new Uint8Array(analyser.fftSize);
		const timer = setInterval(() => {
			analyser.getByteTimeDomainData(samples);
			const peak = samples.reduce((max, s) => Math.max(max, Math.abs(s - 128)), 0);
			setLevel(Math.min(1, peak / 64));
		}, 100);
		return () => {
			clearInterval(timer);
			void context.close();
		};
	}, [stream]);
	return level;
}

function Preview({ test, onTest }: { test: Capture | null; onTest(): void }) {
	const level = useLevel(test?.stream ?? null);
	const hasSound = (test?.stream.getAudioTracks().length ?? 0) > 0;
	return (
		<div class="preview">
			{test && test.stream.getVideoTracks().length > 0
				? <Picture stream={test.stream} muted mirror label={t("video.preview")}
					testid="video-preview" />
				: (
					<div class="nobody">
						<Icon of={cameraIcon} size={40} />
						<button type="button" class="btn" onClick={onTest}
							data-testid="video-check">
							{t("video.check")}
						</button>
					</div>
				)}
			{hasSound && (
				<p class="level">
					<Icon of={micIcon} />
					<meter min={0} max={1} value={level} aria-label={t("video.level")} />
					<span>{t(level > 0.05 ? "video.heard" : "video.say_something")}</span>
				</p>
			)}
		</div>
	);
}

export function Lobby({ onJoin }: { onJoin(name: string, got: Capture): void }) {
	const [name, setName] = useState("");
	const [test, setTest] = useState<Capture | null>(null);
	const [busy, setBusy] = useState(false);
	const handed = useRef(false);
	const held = useRef<MediaStream | null>(null);
	held.current = test?.stream ?? null;
	useEffect(() => () => {
		if (!handed.current)
			stop(held.current);
	}, []);

	const ask = async (wants: Device[]): Promise<Capture> => {
		setBusy(true);
		stop(held.current);
		const got = await capture(wants);
		setTest(got);
		setBusy(false);
		return got;
	};
	/* Joining goes on with whatever could be had; only a wish for sound alone that failed, or for
	 * both that failed both, stops here with the reason on screen. */
	const join = async (wants: Device[]) => {
		const got = await ask(wants);
		if (got.stream.getTracks().length === 0)
			return;
		handed.current = true;
		onJoin(name.trim(), got);
	};
	const joinSilent = () => onJoin(name.trim(), { stream: new MediaStream(), faults: {} });
	const isStuck = test !== null && test.stream.getTracks().length === 0;
	return (
		<main class="lobby" data-testid="video-lobby">
			<Preview test={test} onTest={() => void ask(["audio", "video"])} />
			<form class="card"
				onSubmit={(e) => { e.preventDefault(); void join(["audio", "video"]); }}>
				<h1>{t("video.title")}</h1>
				<p class="muted">{t("video.lead")}</p>
				<label class="field">
					{t("video.name")}
					<input type="text" autocomplete="name" maxLength={100} value={name}
						onInput={(e) => setName(e.currentTarget.value)}
						data-testid="video-name-input" />
				</label>
				{!test && !isSecure() && <Faults faults={{ video: "insecure" }} />}
				{test && <Faults faults={test.faults} />}
				<div class="buttons">
					<button type="submit" class="btn primary big" disabled={busy}
						data-testid="video-join">
						<Icon of={cameraIcon} /> {t("video.join")}
					</button>
					<button type="button" class="btn big" disabled={busy}
						onClick={() => void join(["audio"])} data-testid="video-join-audio">
						<Icon of={micIcon} /> {t("video.join_audio")}
					</button>
					{(isStuck || !isSecure()) && (
						<button type="button" class="btn big" onClick={joinSilent}
							data-testid="video-join-silent">{t("video.join_silent")}</button>
					)}
				</div>
				<p class="muted small">{t("video.ask_hint")}</p>
			</form>
		</main>
	);
}
