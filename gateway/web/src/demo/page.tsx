/* SPDX-License-Identifier: Apache-2.0 */
import { useEffect, useState } from "preact/hooks";
import boardIcon from "icon:layout-dashboard";
import chatIcon from "icon:message-circle";
import consoleIcon from "icon:headset";
import mailIcon from "icon:mail";
import phoneIcon from "icon:phone";
import { t } from "../lib/i18n";
import { Icon, type Nodes } from "../ui/icon";
import { LanguageSelect } from "../ui/language";
import { Ride } from "./art";
import { VideoCard } from "./videocard";

/** What `usher demo` says about itself at /demo.json; a page without it says where to look. */
export interface DemoFacts {
	sign_ins?: { login: string; password: string; roles: string[] }[];
	mail?: { address: string; command: string };
	call?: { number: string; command: string };
}

function useFacts(): DemoFacts {
	const [facts, setFacts] = useState<DemoFacts>({});
	useEffect(() => {
		fetch("/demo.json", { cache: "no-store" })
			.then((r) => r.ok ? r.json() as Promise<DemoFacts> : {})
			.then(setFacts, () => {});
	}, []);
	return facts;
}

export function Card({ icon, title, text, children }: {
	icon: Nodes; title: string; text: string; children: preact.ComponentChildren;
}) {
	return (
		<li class="try-card">
			<span class="try-icon"><Icon of={icon} size={22} /></span>
			<h3>{title}</h3>
			<p>{text}</p>
			<div class="try-do">{children}</div>
		</li>
	);
}

function Command({ text }: { text: string | undefined }) {
	return text ? <pre tabIndex={0}><code>{text}</code></pre>
		: <p class="muted small">{t("demo.printed")}</p>;
}

function SignIns({ facts }: { facts: DemoFacts }) {
	if (!facts.sign_ins?.length)
		return <p class="muted small">{t("demo.printed")}</p>;
	return (
		<table class="signins">
			<thead>
				<tr>
					<th scope="col">{t("demo.login")}</th>
					<th scope="col">{t("demo.password")}</th>
					<th scope="col">{t("demo.roles")}</th>
				</tr>
			</thead>
			<tbody>{facts.sign_ins.map((s) => (
				<tr key={s.login}><td><code>{s.login}</code></td><td><code>{s.password}</code></td>
					<td>{s.roles.join(", ")}</td></tr>
			))}</tbody>
		</table>
	);
}

function Try({ facts }: { facts: DemoFacts }) {
	return (
		<section class="try" aria-labelledby="try-title">
			<h2 id="try-title">{t("demo.try")}</h2>
			<p class="lead">{t("demo.try_lead")}</p>
			<ul class="try-grid">
				<Card icon={consoleIcon} title={t("demo.console")} text={t("demo.console_text")}>
					<a class="btn primary" href="/console" target="_blank">
						{t("demo.console_open")}
					</a>
				</Card>
				<Card icon={boardIcon} title={t("demo.board")} text={t("demo.board_text")}>
					<a class="btn" href="/board" target="_blank">{t("demo.board_open")}</a>
				</Card>
				<Card icon={chatIcon} title={t("demo.chat")} text={t("demo.chat_text")}>
					<button type="button" class="btn" onClick={() => window.usher?.open()}>
						{t("demo.chat_open")}</button>
				</Card>
				<VideoCard />
				<Card icon={mailIcon} title={t("demo.mail")}
					text={t("demo.mail_text", { address: facts.mail?.address ?? "support" })}>
					<Command text={facts.mail?.command} />
				</Card>
				<Card icon={phoneIcon} title={t("demo.call")} text={t("demo.call_text")}>
					<Command text={facts.call?.command} />
				</Card>
			</ul>
			<h3>{t("demo.sign_ins")}</h3>
			<SignIns facts={facts} />
		</section>
	);
}

export function Demo() {
	const facts = useFacts();
	document.title = t("demo.shop");
	return (
		<>
			<header class="shop-head">
				<a class="shop-name" href="/">{t("demo.shop")}</a>
				<nav aria-label={t("demo.nav")}>
					<a href="#try-title">{t("demo.help")}</a>
					<LanguageSelect />
				</nav>
			</header>
			<main>
				<section class="hero">
					<div>
						<h1>{t("demo.hero")}</h1>
						<p class="lead">{t("demo.hero_text")}</p>
						<button type="button" class="btn primary big"
							onClick={() => window.usher?.open()}>{t("demo.chat_open")}</button>
					</div>
					<Ride />
				</section>
				<Try facts={facts} />
			</main>
			<footer class="shop-foot">{t("demo.made_up")}</footer>
		</>
	);
}

declare global {
	interface Window { usher?: { open(): void; close(): void } }
}
