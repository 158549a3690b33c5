/* SPDX-License-Identifier: Apache-2.0 */
/* The two pictures and the buttons below: the same for the customer and in the console. */
import { useEffect, useRef } from "preact/hooks";
import cameraIcon from "icon:video";
import cameraOffIcon from "icon:video-off";
import leaveIcon from "icon:phone-off";
import micIcon from "icon:mic";
import micOffIcon from "icon:mic-off";
import screenIcon from "icon:monitor-up";
import screenOffIcon from "icon:monitor-x";
import { t, type Key } from "../lib/i18n";
import { clock } from "../lib/time";
import { now } from "../lib/now";
import { Icon, type Nodes } from "../ui/icon";
import type { Fault } from "./media";
import type { Room } from "./room";

export function Picture({ stream, muted, mirror, label, testid }: {
	stream: MediaStream | null; muted?: boolean; mirror?: boolean; label: string; testid: string;
}) {
	const video = useRef<HTMLVideoElement>(null);
	useEffect(() => {
		if (video.current && video.current.srcObject !== stream)
			video.current.srcObject = stream;
	}, [stream]);
	return (
		<video ref={video} autoplay playsInline muted={muted ?? false} aria-label={label}
			data-testid={testid} class={mirror ? "mirror" : ""} />
	);
}

const FAULTS: Record<Fault, Key> = { insecure: "rtc.fault_insecure", refused: "rtc.fault_refused",
	missing: "rtc.fault_missing", busy: "rtc.fault_busy", failed: "rtc.fault_failed" };
const DEVICES: Record<string, Key> = { audio: "rtc.microphone", video: "rtc.camera",
	screen: "rtc.screen" };

/** Each device that is missing, why, and what to do about it. */
export function Faults({ faults }: { faults: Partial<Record<string, Fault>> }) {
	const entries = Object.entries(faults).filter((e): e is [string, Fault] => e[1] !== undefined);
	if (entries.length === 0)
		return null;
	return (
		<div class="faults" role="alert" data-testid="video-fault">
			{entries.map(([device, fault]) => (
				<p key={device}>
					<strong>{t(DEVICES[device] ?? "rtc.camera")}:</strong> {t(FAULTS[fault])}
				</p>
			))}
		</div>
	);
}

function Control({ icon, label, isOn, onClick, testid, tone }: {
	icon: Nodes; label: string; isOn?: boolean; onClick(): void; testid: string; tone?: string;
}) {
	return (
		<button type="button" class={`control ${tone ?? ""}`} aria-label={label} title={label}
			aria-pressed={isOn} onClick={onClick} data-testid={testid}>
			<Icon of={icon} size={22} />
		</button>
	);
}

export function Controls({ room }: { room: Room }) {
	const mic = room.isMicOn.value;
	const camera = room.isCameraOn.value;
	const sharing = room.isSharing.value;
	const canShare = typeof navigator.mediaDevices?.getDisplayMedia === "function";
	return (
		<div class="controls" role="toolbar" aria-label={t("rtc.controls")}>
			<Control icon={mic ? micIcon : micOffIcon} tone={mic ? "" : "off"} testid="video-mic"
				label={t(mic ? "rtc.mute" : "rtc.unmute")} onClick={() => void room.toggleMic()} />
			<Control icon={camera ? cameraIcon : cameraOffIcon} tone={camera ? "" : "off"}
				testid="video-camera" label={t(camera ? "rtc.camera_off" : "rtc.camera_on")}
				onClick={() => void room.toggleCamera()} />
			{canShare && (
				<Control icon={sharing ? screenOffIcon : screenIcon} tone={sharing ? "on" : ""}
					testid="video-share" label={t(sharing ? "rtc.share_stop" : "rtc.share")}
					onClick={() => void room.toggleScreen()} />
			)}
			<Control icon={leaveIcon} tone="leave" testid="video-leave" label={t("rtc.leave")}
				onClick={() => room.leave()} />
		</div>
	);
}

function statusOf(room: Room): string {
	const other = room.other.value;
	if (room.brokenAt.value > 0)
		return t("rtc.reconnecting", { time: clock((now.value - room.brokenAt.value) / 1000) });
	if (!room.isLinkUp.value)
		return t("rtc.link_down");
	if (other === null)
		return "";
	return room.media.value === "connected" ? ""
		: t("rtc.connecting", { name: other || t("rtc.other") });
}

export function Stage({ room, waiting }: { room: Room; waiting: string }) {
	const remote = room.remote.value;
	const other = room.other.value;
	const status = statusOf(room);
	const name = other || t("rtc.other");
	const sends = room.otherSends.value;
	const hasPicture = remote !== null && (sends ? sends.picture : remote.hasPicture);
	return (
		<div class="stage" data-testid="video-stage" data-state={room.media.value}>
			{remote && (
				<div class={hasPicture ? "far" : "vh"}>
					<Picture stream={remote.stream} label={name} testid="video-remote" />
				</div>
			)}
			{!hasPicture && (
				<div class="nobody">
					<span class="face" aria-hidden="true">{other ? other.slice(0, 1) : "…"}</span>
					<p data-testid="video-waiting">
						{other === null ? waiting : t("rtc.no_picture", { name })}
					</p>
				</div>
			)}
			{other && (
				<span class="nameplate" data-testid="video-name">
					{sends?.mic === false && <Icon of={micOffIcon} size={14} />} {other}
					{sends?.mic === false && <span class="vh">{t("rtc.muted")}</span>}
				</span>
			)}
			<div class="self">
				{room.local.value
					? <Picture stream={room.local.value} muted mirror={!room.isSharing.value}
						label={t("rtc.you")} testid="video-local" />
					: <span class="selfless">{t("rtc.camera_is_off")}</span>}
			</div>
			<p class="rtc-status" role="status" data-testid="video-status" hidden={!status}>
				{status}
			</p>
			<Faults faults={room.faults.value} />
			<Controls room={room} />
		</div>
	);
}
