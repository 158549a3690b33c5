/* SPDX-License-Identifier: Apache-2.0 */
/* Who I am, how the page looks and sounds to me, and the way out. */
import outIcon from "icon:log-out";
import { user } from "../lib/api";
import { t } from "../lib/i18n";
import { type Theme, chooseTheme, hasKeys, hasSound, theme, toggle } from "../lib/prefs";
import { signOut } from "./gate";
import { Icon } from "./icon";
import { LanguageSelect } from "./language";

export const initials = (name: string): string =>
	name.split(/\s+/).filter(Boolean).map((w) => w[0]).slice(0, 2).join("").toUpperCase();

function Switch({ label, isOn, onToggle, testid }: {
	label: string; isOn: boolean; onToggle(): void; testid: string;
}) {
	return (
		<label class="switch">
			<span>{label}</span>
			<input type="checkbox" role="switch" checked={isOn} onChange={onToggle}
				data-testid={testid} />
		</label>
	);
}

export function AccountMenu({ withKeys }: { withKeys: boolean }) {
	const me = user.value;
	if (!me)
		return null;
	return (
		<>
			<button type="button" class="avatar" popovertarget="account" data-testid="account"
				aria-label={t("account.title", { name: me.name })}>{initials(me.name)}</button>
			<div id="account" popover class="menu account">
				<p class="menu-title"><strong>{me.name}</strong><br />
					<span class="muted">{me.login}</span></p>
				<label class="switch"><span>{t("common.language")}</span><LanguageSelect /></label>
				<label class="switch">
					<span>{t("account.theme")}</span>
					<select class="select" value={theme.value} data-testid="theme"
						onChange={(e) => chooseTheme(e.currentTarget.value as Theme)}>
						<option value="auto">{t("account.theme_auto")}</option>
						<option value="light">{t("account.theme_light")}</option>
						<option value="dark">{t("account.theme_dark")}</option>
					</select>
				</label>
				{withKeys && <Switch label={t("account.sound")} isOn={hasSound.value}
					onToggle={() => toggle("sound")} testid="pref-sound" />}
				{withKeys && <Switch label={t("account.keys")} isOn={hasKeys.value}
					onToggle={() => toggle("keys")} testid="pref-keys" />}
				<button type="button" onClick={() => void signOut()} data-testid="sign-out">
					<Icon of={outIcon} size={16} /> {t("account.sign_out")}
				</button>
			</div>
		</>
	);
}
