/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to the other browser, by the "perfect negotiation" pattern of the WebRTC
 * specification: either side may offer at any time; when both do, the polite one gives way. */
import type { Frame } from "../lib/socket";

const RESTART_MS = 3_000;

export interface Devices { mic: boolean; picture: boolean }

export interface PeerEvents {
	send(frame: Frame): void;
	stream(stream: MediaStream): void;
	state(state: RTCPeerConnectionState): void;
	/** The other side says what it sends: a picture that stopped looks like a bad line. */
	told(devices: Devices): void;
}

export class Peer {
	private readonly pc: RTCPeerConnection;
	private readonly senders = new Map<string, RTCRtpSender>();
	private readonly outgoing = new MediaStream();
	private readonly incoming = new MediaStream();
	private readonly channel: RTCDataChannel;
	private devices: Devices = { mic: true, picture: true };
	private isMakingOffer = false;
	private isIgnoringOffer = false;
	private isSettingAnswer = false;
	private restart: ReturnType<typeof setTimeout> | undefined;

	constructor(iceServers: RTCIceServer[], private readonly isPolite: boolean,
		private readonly events: PeerEvents) {
		this.pc = new RTCPeerConnection({ iceServers });
		this.channel = this.pc.createDataChannel("devices", { negotiated: true, id: 0 });
		this.channel.onopen = () => this.tell(this.devices);
		this.channel.onmessage = (e) => this.heard(String(e.data));
		/* The other side, who was here first, offers first: after a collision at the very beginning
		 * Chromium now and then gathers no candidates at all. What its offer lacks, the browser
		 * asks for again once it has been answered. */
		this.pc.onnegotiationneeded = () => {
			if (!this.isPolite || this.pc.remoteDescription)
				void this.offer();
		};
		this.pc.onicecandidate = (e) =>
			events.send({ t: "candidate", candidate: e.candidate?.toJSON() ?? null });
		this.pc.ontrack = (e) => this.gotTrack(e.track);
		this.pc.onconnectionstatechange = () => this.stateChanged();
	}

	/** Begins. With nothing to send, we still ask to receive. */
	start(tracks: MediaStreamTrack[]): void {
		for (const track of tracks)
			void this.setTrack(track.kind, track);
		for (const kind of ["audio", "video"])
			if (tracks.length === 0)
				this.pc.addTransceiver(kind, { direction: "recvonly" });
	}

	/** Sends another track of this kind, or none; no new negotiation where one was sent before. */
	async setTrack(kind: string, track: MediaStreamTrack | null): Promise<void> {
		const sender = this.senders.get(kind);
		if (sender)
			await sender.replaceTrack(track);
		else if (track)
			this.senders.set(kind, this.pc.addTrack(track, this.outgoing));
	}

	tell(devices: Devices): void {
		this.devices = devices;
		if (this.channel.readyState === "open")
			this.channel.send(JSON.stringify(devices));
	}

	async description(description: RTCSessionDescriptionInit): Promise<void> {
		const isOffer = description.type === "offer";
		const isReady = !this.isMakingOffer
			&& (this.pc.signalingState === "stable" || this.isSettingAnswer);
		this.isIgnoringOffer = !this.isPolite && isOffer && !isReady;
		if (this.isIgnoringOffer)
			return;
		this.isSettingAnswer = description.type === "answer";
		try {
			await this.pc.setRemoteDescription(description);
		} finally {
			this.isSettingAnswer = false;
		}
		if (isOffer) {
			await this.pc.setLocalDescription();
			this.sayDescription();
		}
	}

	async candidate(candidate: RTCIceCandidateInit | null): Promise<void> {
		try {
			await this.pc.addIceCandidate(candidate ?? undefined);
		} catch (e) {
			if (!this.isIgnoringOffer)
				throw e;
		}
	}

	close(): void {
		clearTimeout(this.restart);
		this.pc.onnegotiationneeded = this.pc.onicecandidate = this.pc.ontrack = null;
		this.pc.onconnectionstatechange = null;
		this.pc.close();
	}

	private heard(text: string): void {
		try {
			const { mic, picture } = JSON.parse(text) as Devices;
			this.events.told({ mic: mic === true, picture: picture === true });
		} catch {
			/* a newer page on the other side: its pictures still come */
		}
	}

	private async offer(): Promise<void> {
		try {
			this.isMakingOffer = true;
			await this.pc.setLocalDescription();
			this.sayDescription();
		} catch {
			/* closed meanwhile, or the other side's offer came first: its answer carries ours */
		} finally {
			this.isMakingOffer = false;
		}
	}

	private sayDescription(): void {
		const d = this.pc.localDescription;
		if (d)
			this.events.send({ t: "description", description: { type: d.type, sdp: d.sdp } });
	}

	private gotTrack(track: MediaStreamTrack): void {
		for (const old of this.incoming.getTracks())
			if (old.kind === track.kind)
				this.incoming.removeTrack(old);
		this.incoming.addTrack(track);
		const tell = () => this.events.stream(this.incoming);
		track.onmute = track.onunmute = track.onended = tell;
		tell();
	}

	private stateChanged(): void {
		const state = this.pc.connectionState;
		clearTimeout(this.restart);
		if (state === "failed")
			this.pc.restartIce();
		if (state === "disconnected")
			this.restart = setTimeout(() => this.pc.restartIce(), RESTART_MS);
		this.events.state(state);
	}
}
