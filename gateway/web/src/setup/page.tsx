/* SPDX-License-Identifier: Apache-2.0 */
import { useState } from "preact/hooks";
import { adopt, call, reasonOf } from "../lib/api";
import { t } from "../lib/i18n";
import type { Session } from "../lib/types";
import { LanguageSelect } from "../ui/language";
import { Logo } from "../ui/logo";

const PASSWORD_MIN = 12;

function Done() {
	return (
		<>
			<h1>{t("setup.done")}</h1>
			<p class="muted">{t("setup.done_hint")}</p>
			<div class="buttons">
				<a class="btn primary big" href="/console" data-testid="setup-console">
					{t("common.console")}</a>
				<a class="btn big" href="/board">{t("setup.board")}</a>
			</div>
		</>
	);
}

function Form({ token, onDone }: { token: string; onDone(): void }) {
	const [values, setValues] = useState({ name: "", login: "", password: "" });
	const [fault, setFault] = useState("");
	const [busy, setBusy] = useState(false);
	const isShort = values.password.length < PASSWORD_MIN;
	const set = (field: keyof typeof values) => (e: Event) =>
		setValues({ ...values, [field]: (e.currentTarget as HTMLInputElement).value });
	const submit = async (e: Event) => {
		e.preventDefault();
		setFault("");
		if (isShort) {
			setFault(t("setup.short", { n: PASSWORD_MIN }));
			return;
		}
		setBusy(true);
		try {
			adopt(await call<Session>("POST", "/setup", { token, ...values,
				login: values.login.trim(), name: values.name.trim() }));
			history.replaceState(null, "", location.pathname); /* used up, yet nobody's business */
			onDone();
		} catch (error) {
			setFault(reasonOf(error));
			setBusy(false);
		}
	};
	return (
		<>
			<h1>{t("setup.title")}</h1>
			<p class="muted">{t("setup.lead")}</p>
			<form onSubmit={(e) => void submit(e)}>
				<label class="field">{t("setup.name")}
					<input type="text" autocomplete="name" required maxLength={100}
						value={values.name} onInput={set("name")}
						data-testid="setup-name" /></label>
				<label class="field">{t("setup.login")}
					<input type="text" autocomplete="username" autocapitalize="none" required
						maxLength={64} spellcheck={false} value={values.login}
						onInput={set("login")} data-testid="setup-login" /></label>
				<label class="field">{t("setup.password")}
					<input type="password" autocomplete="new-password" required
						value={values.password} onInput={set("password")}
						aria-describedby="setup-hint"
						data-testid="setup-password" />
					<small id="setup-hint">
						{t("setup.password_hint", { n: PASSWORD_MIN })}</small></label>
				<p class="fault" role="alert" data-testid="setup-fault">{fault}</p>
				<button type="submit" class="btn primary big" disabled={busy}
					data-testid="setup-submit">{t("setup.submit")}</button>
			</form>
		</>
	);
}

export function Setup({ token }: { token: string }) {
	const [isDone, setDone] = useState(false);
	document.title = "Usher";
	return (
		<div class="gate">
			<main class="card">
				<Logo />
				{isDone ? <Done /> : token ? <Form token={token} onDone={() => setDone(true)} />
					: <><h1>{t("setup.no_token")}</h1><p>{t("setup.no_token_hint")}</p></>}
			</main>
			<footer><LanguageSelect /></footer>
		</div>
	);
}
