/* SPDX-License-Identifier: Apache-2.0 */
import { t } from "../lib/i18n";
import type { Tone as ToneName } from "./totals";

const SHAPES = { ok: "●", warn: "▲", bad: "■", quiet: "" };

/** Good, near, or missed: a shape and a word besides the colour. */
export function Tone({ tone }: { tone: ToneName }) {
	if (tone === "quiet")
		return null;
	return (
		<span class={`tone ${tone}`}>
			<span aria-hidden="true">{SHAPES[tone]}</span>
			<span class="vh">{t(`board.tone_${tone}`)}</span>
		</span>
	);
}
