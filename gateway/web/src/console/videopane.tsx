/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's side of a video room, above the conversation it belongs to. */
import { signal } from "@preact/signals";
import videoIcon from "icon:video";
import micIcon from "icon:mic";
import { call, reasonOf, user } from "../lib/api";
import { t } from "../lib/i18n";
import type { Contact } from "../lib/types";
import { store } from "../live/client";
import { type Device, capture } from "../rtc/media";
import { Room } from "../rtc/room";
import { Stage } from "../rtc/stage";
import { Icon } from "../ui/icon";
import { say } from "../ui/toast";

/** At most one room at a time: there is one camera and one pair of ears. */
const current = signal<{ contact: string; room: Room } | null>(null);
const isJoining = signal(false);

async function join(c: Contact, wants: Device[]): Promise<void> {
	isJoining.value = true;
	try {
		const { ticket } = await call<{ ticket: string }>("GET", `/contacts/${c.id}/video`);
		const got = await capture(wants);
		current.peek()?.room.leave();
		const room = new Room(ticket, user.peek()?.name ?? "");
		current.value = { contact: c.id, room };
		room.join(got.stream, got.faults);
	} catch (e) {
		say(reasonOf(e), true);
	} finally {
		isJoining.value = false;
	}
}

function Entrance({ contact }: { contact: Contact }) {
	const ended = current.value?.contact === contact.id;
	return (
		<section class="videobar" aria-label={t("video.title")}>
			<Icon of={videoIcon} size={20} />
			<p>{t(ended ? "video.left_room" : "video.room_open")}</p>
			<button type="button" class="btn primary" disabled={isJoining.value}
				onClick={() => void join(contact, ["audio", "video"])}
				data-testid="agent-video-join">
				<Icon of={videoIcon} size={16} /> {t("video.join")}
			</button>
			<button type="button" class="btn" disabled={isJoining.value}
				onClick={() => void join(contact, ["audio"])} data-testid="agent-video-audio">
				<Icon of={micIcon} size={16} /> {t("video.join_audio")}
			</button>
		</section>
	);
}

export function VideoPane({ contact, isMine }: { contact: Contact; isMine: boolean }) {
	const here = current.value?.contact === contact.id ? current.value.room : null;
	if (here && !here.end.value)
		return (
			<section class="videopane" aria-label={t("video.title")} data-testid="agent-video">
				<Stage room={here} waiting={t("video.customer_absent")} />
			</section>
		);
	const isInvited = contact.channel === "video"
		|| store.thread(contact.id).value.some((m) => m.kind === "link");
	if (!isMine || contact.state !== "active" || !isInvited)
		return null;
	return <Entrance contact={contact} />;
}

/** A room whose contact is no longer mine is left, whatever is on screen. */
export function leaveOthers(mine: string[]): void {
	const now = current.peek();
	if (now && !now.room.end.peek() && !mine.includes(now.contact))
		now.room.leave("over");
}
