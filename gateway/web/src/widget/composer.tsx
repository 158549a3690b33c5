/* SPDX-License-Identifier: Apache-2.0 */
import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import sendIcon from "icon:send-horizontal";
import { t } from "../lib/i18n";
import { Icon } from "../ui/icon";
import type { ChatLink } from "./link";

export function Composer({ link, draft, onDraft, input }: {
	link: ChatLink; draft: string; onDraft(text: string): void;
	input: RefObject<HTMLTextAreaElement | null>;
}) {
	const [fault, setFault] = useState("");
	const { limit, phase } = link.chat;
	const over = draft.length - limit;

	const send = () => {
		const text = draft.trim();
		if (!text || over > 0)
			return;
		if (link.send(text)) {
			onDraft("");
			setFault("");
		} else {
			setFault(t("widget.too_many"));
		}
		input.current?.focus();
	};
	const key = (e: KeyboardEvent) => {
		if (e.key !== "Enter" || e.shiftKey || e.isComposing)
			return;
		e.preventDefault();
		send();
	};
	return (
		<form class="composer" onSubmit={(e) => { e.preventDefault(); send(); }}>
			{over > 0 && <p class="fault" role="alert">{t("widget.too_long", { n: over })}</p>}
			{fault && <p class="fault" role="alert">{fault}</p>}
			<div class="field">
				<textarea ref={input} rows={1} value={draft} data-testid="widget-input"
					aria-label={t("widget.message")}
					placeholder={t(phase === "closed" ? "widget.write_again" : "widget.write")}
					onInput={(e) => { onDraft(e.currentTarget.value); link.typed(); }}
					onKeyDown={key} />
				<button class="send" type="submit" aria-label={t("widget.send")}
					disabled={draft.trim() === "" || over > 0} data-testid="widget-send">
					<Icon of={sendIcon} size={20} />
				</button>
			</div>
		</form>
	);
}
