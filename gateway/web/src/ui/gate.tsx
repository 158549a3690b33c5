/* SPDX-License-Identifier: Apache-2.0 */
/* Lets in who has a session, and shows everybody else the way to one. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError, adopt, call, reasonOf, user } from "../lib/api";
import { t } from "../lib/i18n";
import { connect, disconnect } from "../live/client";
import type { Session } from "../lib/types";
import { SignIn } from "./signin";

export function Gate({ children }: { children: ComponentChildren }) {
	const [isAsked, setAsked] = useState(false);
	const [fault, setFault] = useState("");
	const ask = async () => {
		setFault("");
		try {
			adopt(await call<Session>("GET", "/session"));
		} catch (e) {
			if (!(e instanceof ApiError && e.status === 401))
				setFault(reasonOf(e));
		}
		setAsked(true);
	};
	useEffect(() => void ask(), []);
	const isIn = user.value !== null;
	useEffect(() => {
		if (!isIn)
			return;
		connect();
		return disconnect;
	}, [isIn]);

	if (!isAsked)
		return null;
	if (fault && !isIn)
		return (
			<div class="gate">
				<main class="card">
					<h1>{t("error.title")}</h1>
					<p role="alert">{fault}</p>
					<button type="button" class="btn primary" onClick={() => void ask()}>
						{t("common.retry")}
					</button>
				</main>
			</div>
		);
	return isIn ? <>{children}</> : <SignIn onDone={() => {}} />;
}

/** Ends the session. The page goes back to the sign-in form even where the server is away. */
export async function signOut(): Promise<void> {
	await call("DELETE", "/session").catch(() => {});
	user.value = null;
}
