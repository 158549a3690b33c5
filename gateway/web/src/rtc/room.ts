/* SPDX-License-Identifier: Apache-2.0 */
/* A video room: usher-rtc.v1 on one side, the peer connection and the own devices on the other. */
import { signal } from "@preact/signals";
import { type Frame, Socket, socketUrl } from "../lib/socket";
import { type Device, type Fault, faultOf, one } from "./media";
import { type Devices, Peer } from "./peer";

const FAILED_REJOIN_MS = 15_000;

export type Phase = "joining" | "waiting" | "active" | "ended";
/** Why the room cannot be entered, or was left for good. */
export type End = "left" | "over" | "ticket" | "full" | "idle";

interface Welcome {
	polite: boolean; role: string; peers: { role: string; name: string }[]; ice: RTCIceServer[];
	state: "waiting" | "active" | "ended"; position: number | null; agent: string | null;
}

export class Room {
	readonly phase = signal<Phase>("joining");
	readonly end = signal<End | null>(null);
	readonly position = signal<number | null>(null);
	/** The name of the other side, once it is in the room. */
	readonly other = signal<string | null>(null);
	readonly agent = signal<string | null>(null);
	readonly isLinkUp = signal(false);
	readonly media = signal<RTCPeerConnectionState>("new");
	/** When the sound and picture were interrupted, in ms; 0 while they flow. */
	readonly brokenAt = signal(0);
	readonly local = signal<MediaStream | null>(null);
	readonly remote = signal<{ stream: MediaStream; hasPicture: boolean } | null>(null);
	/** What the other side says that it sends; null before it has said. */
	readonly otherSends = signal<Devices | null>(null);
	readonly isMicOn = signal(false);
	readonly isCameraOn = signal(false);
	readonly isSharing = signal(false);
	readonly faults = signal<Partial<Record<Device | "screen", Fault>>>({});
	private readonly socket: Socket;
	private peer: Peer | null = null;
	private ice: RTCIceServer[] = [];
	private camera: MediaStreamTrack | null = null;
	private mic: MediaStreamTrack | null = null;
	private screen: MediaStreamTrack | null = null;
	private isDismissed = false;
	private rejoin: ReturnType<typeof setTimeout> | undefined;

	constructor(private readonly ticket: string, private readonly name: string) {
		this.socket = new Socket(socketUrl("/rtc"), "usher-rtc.v1", {
			opened: () => this.socket.send({ t: "join", ticket: this.ticket,
				...(this.name ? { name: this.name } : {}) }),
			frame: (f) => this.received(f),
			closed: (code) => this.closed(code),
		}, false);
	}

	join(stream: MediaStream, faults: Partial<Record<Device, Fault>> = {}): void {
		this.faults.value = faults;
		this.mic = stream.getAudioTracks()[0] ?? null;
		this.camera = stream.getVideoTracks()[0] ?? null;
		for (const track of stream.getTracks())
			this.guard(track);
		this.show();
		this.socket.start();
	}

	leave(end: End = "left"): void {
		this.socket.send({ t: "leave" });
		this.finish(end);
	}

	async toggleMic(): Promise<void> {
		if (this.mic) {
			this.mic.enabled = !this.mic.enabled;
			this.show();
		} else {
			await this.add("audio");
		}
	}

	/** Off means off: the device is let go, so that its light goes out. */
	async toggleCamera(): Promise<void> {
		if (!this.camera) {
			await this.add("video");
			return;
		}
		this.camera.stop();
		this.camera = null;
		if (!this.screen)
			await this.peer?.setTrack("video", null);
		this.show();
	}

	async toggleScreen(): Promise<void> {
		if (this.screen) {
			await this.stopScreen();
			return;
		}
		try {
			const stream = await navigator.mediaDevices.getDisplayMedia({ video: true });
			this.screen = stream.getVideoTracks()[0] ?? null;
		} catch (e) {
			this.faults.value = { ...this.faults.peek(), screen: faultOf(e) };
			return;
		}
		if (this.screen)
			this.screen.onended = () => void this.stopScreen();
		await this.peer?.setTrack("video", this.screen);
		this.show();
	}

	private async stopScreen(): Promise<void> {
		this.screen?.stop();
		this.screen = null;
		await this.peer?.setTrack("video", this.camera);
		this.show();
	}

	private async add(kind: Device): Promise<void> {
		try {
			const track = await one(kind);
			this.guard(track);
			if (kind === "audio")
				this.mic = track;
			else
				this.camera = track;
			if (kind === "audio" || !this.screen)
				await this.peer?.setTrack(kind, track);
			this.setFault(kind, null);
		} catch (e) {
			this.setFault(kind, faultOf(e));
		}
		this.show();
	}

	/** A device that is pulled out or forbidden in mid-call takes only its own track along. */
	private guard(track: MediaStreamTrack): void {
		const kind = track.kind as Device;
		track.onended = () => {
			if (track === this.mic)
				this.mic = null;
			if (track === this.camera)
				this.camera = null;
			this.setFault(kind, "refused");
			void this.peer?.setTrack(kind, kind === "video" ? this.screen : null);
			this.show();
		};
	}

	private setFault(kind: Device, fault: Fault | null): void {
		const faults = { ...this.faults.peek() };
		delete faults[kind];
		if (fault)
			faults[kind] = fault;
		this.faults.value = faults;
	}

	private show(): void {
		const picture = this.screen ?? this.camera;
		this.local.value = picture ? new MediaStream([picture]) : null;
		this.isMicOn.value = this.mic?.enabled ?? false;
		this.isCameraOn.value = this.camera !== null;
		this.isSharing.value = this.screen !== null;
		this.peer?.tell({ mic: this.isMicOn.peek(), picture: picture !== null });
	}

	private received(f: Frame): void {
		switch (f.t) {
		case "welcome": this.welcomed(f as unknown as Welcome); break;
		case "peer-joined": this.meet(String(f.name ?? ""), false); break;
		case "peer-left": this.part(); break;
		case "state": this.changed(f.state as Welcome["state"], f); break;
		case "description":
			this.peer?.description(f.description as RTCSessionDescriptionInit)
				.catch(() => this.socket.restart());
			break;
		case "candidate":
			this.peer?.candidate(f.candidate as RTCIceCandidateInit | null).catch(() => {});
			break;
		case "bye": this.isDismissed = true; break; /* the code of the close says why */
		}
	}

	private welcomed(w: Welcome): void {
		this.isLinkUp.value = true;
		this.socket.settled();
		this.ice = w.ice ?? [];
		this.changed(w.state, w as unknown as Record<string, unknown>);
		const peer = w.peers?.[0];
		if (peer)
			this.meet(peer.name, w.polite);
		else
			this.part();
	}

	private changed(state: Welcome["state"], f: Record<string, unknown>): void {
		if (state === "ended") {
			this.finish("over");
			return;
		}
		this.phase.value = state;
		this.position.value = typeof f.position === "number" ? f.position : null;
		if (typeof f.agent === "string")
			this.agent.value = f.agent;
	}

	/** Whoever was in the room before the other is the impolite side, also after a return. */
	private meet(name: string, isPolite: boolean): void {
		this.part();
		this.other.value = name;
		this.peer = new Peer(this.ice, isPolite, {
			send: (frame) => void this.socket.send(frame),
			stream: (stream) => this.gotStream(stream),
			state: (state) => this.mediaState(state),
			told: (devices) => { this.otherSends.value = devices; },
		});
		const picture = this.screen ?? this.camera;
		this.peer.start([this.mic, picture].filter((track) => track !== null));
		this.show();
	}

	private part(): void {
		clearTimeout(this.rejoin);
		this.peer?.close();
		this.peer = null;
		this.other.value = null;
		this.remote.value = null;
		this.otherSends.value = null;
		this.media.value = "new";
		this.brokenAt.value = 0;
	}

	private gotStream(stream: MediaStream): void {
		const hasPicture = stream.getVideoTracks().some((t) => !t.muted && t.readyState === "live");
		this.remote.value = { stream, hasPicture };
	}

	private mediaState(state: RTCPeerConnectionState): void {
		this.media.value = state;
		const isBroken = state === "disconnected" || state === "failed";
		if (!isBroken) {
			clearTimeout(this.rejoin);
			this.brokenAt.value = 0;
		} else if (this.brokenAt.peek() === 0) {
			this.brokenAt.value = Date.now();
			/* Restarting ICE did not help: a new welcome brings fresh relay credentials. */
			this.rejoin = setTimeout(() => this.socket.restart(), FAILED_REJOIN_MS);
		}
	}

	private closed(code: number): number | "stop" {
		this.isLinkUp.value = false;
		const ends: Record<number, End> = { 4001: "ticket", 4003: "full", 4008: "idle" };
		const end = ends[code] ?? (this.isDismissed && code === 1000 ? "over" : undefined);
		this.isDismissed = false;
		if (!end)
			return 0;
		this.finish(end);
		return "stop";
	}

	private finish(end: End): void {
		if (this.end.peek())
			return;
		this.end.value = end;
		this.phase.value = "ended";
		this.part();
		this.socket.stop();
		for (const track of [this.mic, this.camera, this.screen]) {
			if (track)
				track.onended = null;
			track?.stop();
		}
		this.mic = this.camera = this.screen = null;
		this.show();
	}
}


