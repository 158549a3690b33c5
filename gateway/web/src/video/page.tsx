/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useState } from "preact/hooks";
import { t, type Key } from "../lib/i18n";
import { LanguageSelect } from "../ui/language";
import type { Capture } from "../rtc/media";
import { Room, type End } from "../rtc/room";
import { Stage } from "../rtc/stage";
import { Lobby } from "./lobby";

const ENDS: Record<End, Key> = { left: "video.end_left", over: "video.end_over",
	ticket: "video.end_ticket", full: "video.end_full", idle: "video.end_idle" };

function Ended({ end, onBack }: { end: End; onBack(): void }) {
	const mayReturn = end === "left" || end === "idle" || end === "full";
	return (
		<main class="card center" data-testid="video-ended">
			<h1>{t(end === "left" || end === "over" ? "video.thanks" : "video.cannot_join")}</h1>
			<p>{t(ENDS[end])}</p>
			{mayReturn && (
				<button type="button" class="btn primary" onClick={onBack}
					data-testid="video-rejoin">
					{t("video.rejoin")}
				</button>
			)}
		</main>
	);
}

function waitingText(room: Room): string {
	const position = room.position.value;
	if (room.phase.value === "joining")
		return t("video.joining");
	if (room.phase.value === "active")
		return room.agent.value ? t("video.agent_comes", { name: room.agent.value })
			: t("video.agent_comes_soon");
	return position ? t("video.place", { position }) : t("video.waiting");
}

function Call({ room }: { room: Room }) {
	useEffect(() => {
		const key = (e: KeyboardEvent) => {
			if (e.ctrlKey || e.metaKey || e.altKey)
				return;
			if (e.key === "m")
				void room.toggleMic();
			if (e.key === "v")
				void room.toggleCamera();
		};
		const leaving = () => room.leave();
		addEventListener("keydown", key);
		addEventListener("pagehide", leaving);
		return () => {
			removeEventListener("keydown", key);
			removeEventListener("pagehide", leaving);
		};
	}, [room]);
	return (
		<main class="call" data-testid="video-call" data-phase={room.phase.value}>
			<h1 class="vh">{t("video.title")}</h1>
			<Stage room={room} waiting={waitingText(room)} />
		</main>
	);
}

export function VideoPage({ ticket }: { ticket: string }) {
	const [room, setRoom] = useState<Room | null>(null);
	document.title = t("video.title");
	const join = (name: string, got: Capture) => {
		const fresh = new Room(ticket, name);
		setRoom(fresh);
		fresh.join(got.stream, got.faults);
	};
	const end = room?.end.value;
	if (room && !end)
		return <Call room={room} />;
	return (
		<div class="lobby-page">
			{room && end ? <Ended end={end} onBack={() => setRoom(null)} />
				: <Lobby onJoin={join} />}
			<footer><LanguageSelect /></footer>
		</div>
	);
}
