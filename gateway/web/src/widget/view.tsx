/* SPDX-License-Identifier: Apache-2.0 */
/* The widget: launcher, panel, and what opens and closes them. */
import { useEffect, useRef, useState } from "preact/hooks";
import chatIcon from "icon:message-circle";
import downIcon from "icon:chevron-down";
import { lang, t } from "../lib/i18n";
import { Icon } from "../ui/icon";
import type { ChatLink } from "./link";
import { Panel } from "./panel";

export interface Controls { open(): void; close(): void }

export function Widget({ link, controls, title }: {
	link: ChatLink; controls: Controls; title: string;
}) {
	const [isOpen, setOpen] = useState(false);
	const [unread, setUnread] = useState(0);
	const launcher = useRef<HTMLButtonElement>(null);

	const open = () => {
		setOpen(true);
		setUnread(0);
		link.setVisible(true);
		link.connect();
	};
	const close = () => {
		setOpen(false);
		link.setVisible(false);
		launcher.current?.focus();
	};
	controls.open = open;
	controls.close = close;
	link.onNews = (item) => {
		if (!link.isVisible && item.kind !== "event")
			setUnread((n) => n + 1);
	};

	const [, redraw] = useState(0);
	useEffect(() => {
		const ends = [link.version, link.link, lang].map((cell) =>
			cell.subscribe(() => redraw((n) => n + 1)));
		return () => ends.forEach((end) => end());
	}, [link]);

	/* Whoever has a conversation hears of an answer without opening anything. */
	useEffect(() => {
		if (link.isKnown)
			link.connect();
		const seen = () => link.setVisible(link.isVisible);
		document.addEventListener("visibilitychange", seen);
		return () => document.removeEventListener("visibilitychange", seen);
	}, [link]);

	const name = unread > 0 ? t("widget.open_unread", { n: unread }) : t("widget.open");
	return (
		<div class="root" lang={lang.value} data-open={isOpen}>
			{isOpen && <Panel link={link} title={title} onClose={close} />}
			<button ref={launcher} class="launcher" type="button" data-testid="widget-launcher"
				aria-expanded={isOpen} aria-controls={isOpen ? "panel" : undefined}
				aria-label={isOpen ? t("widget.close") : name} onClick={isOpen ? close : open}>
				<Icon of={isOpen ? downIcon : chatIcon} size={26} />
				{unread > 0 && !isOpen
					&& <span class="unread" data-testid="widget-unread">{unread}</span>}
			</button>
		</div>
	);
}
