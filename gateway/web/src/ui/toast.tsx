/* SPDX-License-Identifier: Apache-2.0 */
import { signal } from "@preact/signals";
import okIcon from "icon:circle-check";
import badIcon from "icon:circle-alert";
import closeIcon from "icon:x";
import { t } from "../lib/i18n";
import { Icon } from "./icon";

const OK_MS = 6_000;
const BAD_MS = 15_000;
const TOASTS_MAX = 3;

interface Toast { id: number; text: string; isBad: boolean }

const toasts = signal<Toast[]>([]);
let count = 0;

export function say(text: string, isBad = false): void {
	const id = ++count;
	toasts.value = [...toasts.peek(), { id, text, isBad }].slice(-TOASTS_MAX);
	setTimeout(() => dismiss(id), isBad ? BAD_MS : OK_MS);
}

function dismiss(id: number): void {
	toasts.value = toasts.peek().filter((toast) => toast.id !== id);
}

export function Toasts() {
	return (
		<div class="toasts" role="status" aria-live="polite">
			{toasts.value.map((toast) => (
				<div key={toast.id} class={`toast ${toast.isBad ? "bad" : ""}`} data-testid="toast">
					<Icon of={toast.isBad ? badIcon : okIcon} /> <span>{toast.text}</span>
					<button type="button" class="icon-btn" aria-label={t("common.dismiss")}
						onClick={() => dismiss(toast.id)}><Icon of={closeIcon} size={16} /></button>
				</div>
			))}
		</div>
	);
}
