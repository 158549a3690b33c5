/* SPDX-License-Identifier: Apache-2.0 */
import { t } from "../lib/i18n";
import type { ChatLink } from "./link";

/** Before the first message: a greeting, and two things that may be told but need not be. */
export function Welcome({ link }: { link: ChatLink }) {
	const set = (name: "name" | "address") => (e: Event) => {
		const value = (e.currentTarget as HTMLInputElement).value.trim();
		if (value)
			link.profile[name] = value;
		else
			delete link.profile[name];
	};
	return (
		<div class="log welcome">
			<p class="hello">{t("widget.hello")}</p>
			<p class="lead">{link.chat.greeting || t("widget.lead")}</p>
			<label>
				{t("widget.name")}
				<input type="text" autocomplete="name" maxLength={100} onInput={set("name")}
					defaultValue={link.profile.name} data-testid="widget-name" />
			</label>
			<label>
				{t("widget.email")}
				<input type="email" autocomplete="email" maxLength={254}
					onInput={set("address")} defaultValue={link.profile.address} data-testid="widget-email" />
				<small>{t("widget.email_why")}</small>
			</label>
		</div>
	);
}
