/* SPDX-License-Identifier: Apache-2.0 */
/* "Why me?": each offer of this contact, why this agent, and why not each other one. */
import { useState } from "preact/hooks";
import { call, reasonOf } from "../lib/api";
import { lang, t, type Key } from "../lib/i18n";
import { exact, timeOfDay } from "../lib/time";
import type { Contact, Explanation } from "../lib/types";

const OUTCOMES: Record<string, Key> = { accepted: "explain.accepted", declined: "explain.declined",
	timeout: "explain.timeout", withdrawn: "explain.withdrawn",
	"lost-presence": "explain.lost-presence", "not-ready": "explain.not-ready",
	"customer-left": "explain.customer-left", "customer-ended": "explain.customer-left",
	transferred: "explain.withdrawn", removed: "explain.withdrawn",
	"agent-closed": "explain.withdrawn", system: "explain.withdrawn" };

function outcome(name: string | null): string {
	if (name === null)
		return t("explain.open");
	const key = OUTCOMES[name];
	return key ? t(key) : name;
}

function Offers({ data }: { data: Explanation }) {
	if (data.offers.length === 0)
		return <p class="muted">{t("explain.none")}</p>;
	return (
		<ol class="offers" data-testid="explanation">
			{data.offers.map((o) => (
				<li key={o.epoch}>
					<p><strong>{o.agent.name}</strong>{" "}
						<time class="muted" dateTime={o.at} title={exact(o.at, lang.value)}>
							{timeOfDay(o.at, lang.value)}</time>{" · "}{outcome(o.outcome)}</p>
					<p>{o.why}</p>
					{o.others.length > 0 && (
						<details>
							<summary>{t("explain.others", { n: o.others.length })}</summary>
							<ul>{o.others.map((other) => (
								<li key={other.agent.id}><strong>{other.agent.name}:</strong>{" "}
									{other.why}</li>
							))}</ul>
						</details>
					)}
				</li>
			))}
		</ol>
	);
}

export function Explain({ contact }: { contact: Contact }) {
	const [data, setData] = useState<Explanation | null>(null);
	const [fault, setFault] = useState("");
	const load = () => {
		setFault("");
		call<Explanation>("GET", `/contacts/${contact.id}/explain`)
			.then(setData, (e) => setFault(reasonOf(e)));
	};
	return (
		<section class="card-in">
			<h3>{t("explain.title")}</h3>
			{data ? <Offers data={data} /> : (
				<button type="button" class="btn small" onClick={load} data-testid="explain">
					{t("explain.ask")}
				</button>
			)}
			{fault && <p class="fault" role="alert">{fault}</p>}
		</section>
	);
}
