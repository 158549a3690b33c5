/* SPDX-License-Identifier: Apache-2.0 */
import { LANGS, isLang, lang, t } from "../lib/i18n";
import { chooseLanguage } from "../lib/prefs";

const NAMES = { en: "English", fi: "Suomi", et: "Eesti" };

/** Languages by their own names, without flags. */
export function LanguageSelect() {
	return (
		<select class="select" aria-label={t("common.language")} value={lang.value}
			data-testid="language" onChange={(e) => {
				const value = e.currentTarget.value;
				if (isLang(value))
					chooseLanguage(value);
			}}>
			{LANGS.map((l) => <option key={l} value={l} lang={l}>{NAMES[l]}</option>)}
		</select>
	);
}
