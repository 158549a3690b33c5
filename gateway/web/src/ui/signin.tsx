/* SPDX-License-Identifier: Apache-2.0 */
import { useState } from "preact/hooks";
import { ApiError, adopt, call, reasonOf } from "../lib/api";
import { t } from "../lib/i18n";
import type { Session } from "../lib/types";
import { LanguageSelect } from "./language";
import { Logo } from "./logo";

function words(e: unknown): string {
	if (e instanceof ApiError && e.status === 401)
		return t("signin.wrong");
	if (e instanceof ApiError && e.status === 429)
		return t("signin.too_many", { n: e.retryAfterS || 60 });
	return reasonOf(e);
}

export function SignIn({ onDone }: { onDone(): void }) {
	const [login, setLogin] = useState("");
	const [password, setPassword] = useState("");
	const [fault, setFault] = useState("");
	const [busy, setBusy] = useState(false);

	const submit = async (e: Event) => {
		e.preventDefault();
		setBusy(true);
		setFault("");
		try {
			adopt(await call<Session>("POST", "/session", { login: login.trim(), password }));
			onDone();
		} catch (error) {
			setFault(words(error));
			setBusy(false);
		}
	};
	return (
		<div class="gate">
			<main class="card">
				<Logo />
				<h1>{t("signin.title")}</h1>
				<form onSubmit={(e) => void submit(e)}>
					<label class="field">
						{t("signin.login")}
						<input type="text" autocomplete="username" autocapitalize="none"
							spellcheck={false} required value={login} data-testid="signin-login"
							onInput={(e) => setLogin(e.currentTarget.value)} />
					</label>
					<label class="field">
						{t("signin.password")}
						<input type="password" autocomplete="current-password" required
							value={password} data-testid="signin-password"
							aria-invalid={fault !== ""} aria-describedby="signin-fault"
							onInput={(e) => setPassword(e.currentTarget.value)} />
					</label>
					<p id="signin-fault" class="fault" role="alert" data-testid="signin-fault">
						{fault}
					</p>
					<button type="submit" class="btn primary big" disabled={busy}
						data-testid="signin-submit">
						{t(busy ? "signin.busy" : "signin.submit")}
					</button>
				</form>
			</main>
			<footer><LanguageSelect /></footer>
		</div>
	);
}
