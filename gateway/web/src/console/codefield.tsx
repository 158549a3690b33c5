/* SPDX-License-Identifier: Apache-2.0 */
import { t } from "../lib/i18n";
import { Combo, type Choice } from "../ui/combo";
import { lastCodes } from "./actions";
import { codes } from "./state";

/** The wrap-up codes, those used last first. */
function choices(): Choice[] {
	const last = lastCodes();
	const rank = (code: string) => {
		const at = last.indexOf(code);
		return at < 0 ? last.length : at;
	};
	return [...codes.value]
		.sort((a, b) => rank(a.code) - rank(b.code))
		.map((c) => ({ value: c.code, label: c.label,
			...(last.includes(c.code) ? { hint: t("close.recent") } : {}) }));
}

export function CodeField({ value, onChoose, autofocus }: {
	value: string | null; onChoose(code: string | null): void; autofocus?: boolean;
}) {
	return <Combo label={t("close.code")} choices={choices()} value={value} onChoose={onChoose}
		testid="wrapup-code" autofocus={autofocus ?? false} />;
}
