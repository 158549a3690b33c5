/* SPDX-License-Identifier: Apache-2.0 */
/* A mail's HTML, which was cleaned by the server and is caged here all the same: no script, no
 * form, nothing loaded from outside. The frame shares our origin only so that its height can be
 * read; without allow-scripts that gives the mail nothing. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { lang, t } from "../lib/i18n";
import type { Fold } from "../lib/types";
import { foldHtml } from "./folds";
import { cage, dress, trusted } from "./mailhtml";

const HEIGHT_MAX = 20_000;
const POLICY = "default-src 'none'; style-src 'self'; img-src data:; "
	+ "form-action 'none'; base-uri 'none'";

const pageOf = (html: string): string => `<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<base target="_blank"><link rel="stylesheet" href="${__MAIL_CSS__}"></head>
<body>${html}</body></html>`;

export function MailBody({ html, folds }: { html: string; folds?: Fold[] }) {
	const frame = useRef<HTMLIFrameElement>(null);
	const [height, setHeight] = useState(120);
	const caged = useMemo(() => cage(foldHtml(html, folds ?? [], (kind) =>
		t(kind === "quote" ? "thread.quote" : "thread.signature"))), [html, folds, lang.value]);
	/* A policy's HTML is an object where the browser knows policies; the attribute takes both. */
	const page = useMemo(() => trusted.createHTML(pageOf(caged.html)), [caged]);
	useEffect(() => {
		const el = frame.current;
		if (!el)
			return;
		/* What is unfolded makes the mail longer; nothing inside the frame could say so. */
		const grown = new ResizeObserver(() => measure());
		const loaded = () => {
			if (el.contentDocument) {
				dress(el.contentDocument);
				grown.disconnect();
				grown.observe(el.contentDocument.body);
			}
			measure();
		};
		const measure = () => {
			const body = el.contentDocument?.body;
			if (body)
				setHeight(Math.min(HEIGHT_MAX, body.scrollHeight + 24));
		};
		el.addEventListener("load", loaded);
		addEventListener("resize", measure);
		return () => {
			grown.disconnect();
			el.removeEventListener("load", loaded);
			removeEventListener("resize", measure);
		};
	}, []);
	return (
		<>
			<iframe ref={frame} class="mail-frame" title={t("thread.mail")} srcdoc={page}
				sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
				height={height} referrerpolicy="no-referrer" data-testid="mail-body" />
			{caged.leftOut > 0 && <p class="muted small left-out">
				{t("thread.left_out", { n: caged.leftOut })}</p>}
		</>
	);
}
