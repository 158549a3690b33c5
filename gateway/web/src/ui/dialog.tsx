/* SPDX-License-Identifier: Apache-2.0 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import closeIcon from "icon:x";
import { t } from "../lib/i18n";
import { Icon } from "./icon";

/** A modal that somebody asked for. Esc and a click beside it close it; focus goes back. */
export function Modal({ title, onClose, children, testid, wide }: {
	title: string; onClose(): void; children: ComponentChildren; testid: string; wide?: boolean;
}) {
	const box = useRef<HTMLDialogElement>(null);
	useEffect(() => {
		const before = document.activeElement as HTMLElement | null;
		box.current?.showModal();
		return () => before?.focus();
	}, []);
	return (
		<dialog ref={box} class={`modal ${wide ? "wide" : ""}`} aria-labelledby="modal-title"
			data-testid={testid} onClose={onClose}
			onClick={(e) => { if (e.target === e.currentTarget) onClose(); }}>
			<div class="modal-body">
				<header>
					<h2 id="modal-title">{title}</h2>
					<button type="button" class="icon-btn" aria-label={t("common.close")}
						onClick={onClose}><Icon of={closeIcon} /></button>
				</header>
				{children}
			</div>
		</dialog>
	);
}
