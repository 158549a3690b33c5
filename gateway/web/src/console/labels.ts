/* SPDX-License-Identifier: Apache-2.0 */
/* The word and the drawing of each state: never a colour alone. */
import activeIcon from "icon:circle-dot";
import alertIcon from "icon:triangle-alert";
import awayIcon from "icon:circle-pause";
import busyIcon from "icon:headset";
import bellIcon from "icon:bell";
import chatIcon from "icon:message-circle";
import checkIcon from "icon:check";
import checksIcon from "icon:check-check";
import clockIcon from "icon:clock";
import eyeIcon from "icon:eye";
import failedIcon from "icon:circle-alert";
import hourglassIcon from "icon:hourglass";
import letterIcon from "icon:mail-open";
import lostIcon from "icon:wifi-off";
import mailIcon from "icon:mail";
import messageIcon from "icon:message-square";
import offIcon from "icon:log-out";
import okIcon from "icon:circle-check";
import parkIcon from "icon:pause";
import phoneIcon from "icon:phone";
import retryIcon from "icon:rotate-ccw";
import unsureIcon from "icon:circle-question-mark";
import videoIcon from "icon:video";
import visitIcon from "icon:map-pin";
import wrapIcon from "icon:pencil-line";
import type { Key } from "../lib/i18n";
import type { AgentState, ContactState, Delivery, Health, Kind } from "../lib/types";
import type { Nodes } from "../ui/icon";

export interface Label { key: Key; icon: Nodes; tone: "ok" | "warn" | "bad" | "away" | "quiet" }

export const CHANNEL: Record<Kind, { key: Key; icon: Nodes }> = {
	chat: { key: "channel.chat", icon: chatIcon },
	email: { key: "channel.email", icon: mailIcon },
	telephony: { key: "channel.telephony", icon: phoneIcon },
	video: { key: "channel.video", icon: videoIcon },
	messaging: { key: "channel.messaging", icon: messageIcon },
	visit: { key: "channel.visit", icon: visitIcon },
	letter: { key: "channel.letter", icon: letterIcon },
};

export const STATE: Record<ContactState, Label> = {
	waiting: { key: "state.waiting", icon: hourglassIcon, tone: "warn" },
	offered: { key: "state.offered", icon: bellIcon, tone: "warn" },
	active: { key: "state.active", icon: activeIcon, tone: "ok" },
	parked: { key: "state.parked", icon: parkIcon, tone: "away" },
	"wrap-up": { key: "state.wrap-up", icon: wrapIcon, tone: "away" },
	closed: { key: "state.closed", icon: checkIcon, tone: "quiet" },
};

export const AGENT: Record<AgentState, Label> = {
	ready: { key: "agent.ready", icon: okIcon, tone: "ok" },
	"not-ready": { key: "agent.not-ready", icon: awayIcon, tone: "away" },
	busy: { key: "agent.busy", icon: busyIcon, tone: "warn" },
	"wrap-up": { key: "agent.wrap-up", icon: wrapIcon, tone: "away" },
	"not-responding": { key: "agent.not-responding", icon: alertIcon, tone: "bad" },
	lost: { key: "agent.lost", icon: lostIcon, tone: "bad" },
	"signed-out": { key: "agent.signed-out", icon: offIcon, tone: "quiet" },
};

export const DELIVERY: Record<Exclude<Delivery, "none">, Label> = {
	queued: { key: "delivery.queued", icon: clockIcon, tone: "quiet" },
	sending: { key: "delivery.sending", icon: clockIcon, tone: "quiet" },
	sent: { key: "delivery.sent", icon: checkIcon, tone: "quiet" },
	delivered: { key: "delivery.delivered", icon: checksIcon, tone: "quiet" },
	read: { key: "delivery.read", icon: eyeIcon, tone: "ok" },
	retry: { key: "delivery.retry", icon: retryIcon, tone: "warn" },
	failed: { key: "delivery.failed", icon: failedIcon, tone: "bad" },
	unsure: { key: "delivery.unsure", icon: unsureIcon, tone: "warn" },
	held: { key: "delivery.held", icon: parkIcon, tone: "warn" },
};

export const HEALTH: Record<Health, Label> = {
	ok: { key: "health.ok", icon: okIcon, tone: "ok" },
	degraded: { key: "health.degraded", icon: alertIcon, tone: "warn" },
	down: { key: "health.down", icon: failedIcon, tone: "bad" },
	starting: { key: "health.starting", icon: hourglassIcon, tone: "away" },
};
