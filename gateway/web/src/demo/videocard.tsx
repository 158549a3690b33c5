/* SPDX-License-Identifier: Apache-2.0 */
import { useState } from "preact/hooks";
import videoIcon from "icon:video";
import { ApiError, adopt, call, reasonOf } from "../lib/api";
import { t } from "../lib/i18n";
import type { Channel, Page, Session } from "../lib/types";
import { Card } from "./page";

/** A link is made by who is signed in; everybody else is told so. */
async function makeLink(): Promise<string> {
	adopt(await call<Session>("GET", "/session"));
	const channels = await call<Page<Channel>>("GET", "/channels");
	const video = channels.items.find((c) => c.kind === "video" && c.enabled);
	if (!video)
		throw new Error(t("demo.no_video"));
	return (await call<{ url: string }>("POST", `/channels/${video.id}/links`, {})).url;
}

export function VideoCard() {
	const [url, setUrl] = useState("");
	const [fault, setFault] = useState("");
	const make = () => {
		setFault("");
		makeLink().then(setUrl, (e) => setFault(e instanceof ApiError && e.status === 401
			? t("demo.sign_in_first") : reasonOf(e)));
	};
	return (
		<Card icon={videoIcon} title={t("demo.video")} text={t("demo.video_text")}>
			{url ? <a class="btn primary" href={url} target="_blank" data-testid="demo-video">
				{t("demo.video_open")}</a>
				: <button type="button" class="btn" onClick={make} data-testid="demo-video-make">
					{t("demo.video_make")}</button>}
			{fault && <p class="fault" role="alert">{fault}</p>}
		</Card>
	);
}
