/* SPDX-License-Identifier: Apache-2.0 */
import { lang, t } from "../lib/i18n";
import { now } from "../lib/now";
import { clock, elapsed, percent } from "../lib/time";
import type { ContactState, Figures, Kind } from "../lib/types";
import { store } from "../live/client";
import { ChannelIcon } from "../ui/badge";
import { drill, shownQueues } from "./state";
import { Tone } from "./tone";
import { levelTone, waitTone } from "./totals";

const KINDS: Kind[] = ["telephony", "chat", "email", "video"];

function Number({ value, label, queue, states }: {
	value: number; label: string; queue: Figures; states: ContactState[];
}) {
	const name = queue.queue.name;
	if (value === 0)
		return <span class="zero">0</span>;
	return (
		<button type="button" class="number" aria-label={t("board.show", { n: value, label, name })}
			onClick={() => { drill.value = { title: `${name}: ${label}`, states,
				queue: queue.queue.id }; }}>{value}</button>
	);
}

function level(q: Figures): string {
	const { today } = q;
	return t("board.formula_level", { in_target: today.answered_in_target,
		answered: today.answered, abandoned: today.abandoned, short: today.short_abandoned });
}

function Row({ id }: { id: string }) {
	const q = store.queues.get(id);
	if (!q)
		return null;
	const { today } = q;
	const value = today.service_level;
	return (
		<tr data-testid="queue-row" data-queue={q.queue.name}>
			<th scope="row">{q.queue.name}</th>
			<td class="figure strong">
				<Number value={q.waiting} label={t("board.waiting")} queue={q}
					states={["waiting", "offered"]} />
			</td>
			{KINDS.map((kind) => (
				<td key={kind} class="figure">{q.by_channel[kind]
					? q.by_channel[kind] : <span class="zero">0</span>}</td>
			))}
			<td class="figure">
				{q.oldest_at ? clock(elapsed(q.oldest_at, now.value))
					: <span class="zero">–</span>}
				{" "}<Tone tone={waitTone(q.oldest_at, today.target_s, now.value)} />
			</td>
			<td class="figure" title={level(q)} tabIndex={0}>
				{value === null ? <span class="zero">–</span> : percent(value, lang.value)}
				{" "}<Tone tone={levelTone(value, today.target_percent)} />
				<small class="goal">{today.target_percent}/{today.target_s} s</small>
			</td>
			<td class="figure">{today.answered}</td>
			<td class="figure">{today.abandoned}</td>
			<td class="figure">
				<Number value={q.active} label={t("board.active")} queue={q}
					states={["active", "wrap-up"]} />
			</td>
			<td class="figure"><strong>{q.ready}</strong> / {q.busy}</td>
		</tr>
	);
}

export function QueueTable() {
	const queues = shownQueues();
	return (
		<section class="panel-card queues" aria-labelledby="queues-title">
			<h2 id="queues-title">{t("board.queues")}</h2>
			<div class="scroll" tabIndex={0} role="group" aria-labelledby="queues-title">
				<table>
					<thead>
						<tr>
							<th scope="col">{t("board.queue")}</th>
							<th scope="col">{t("board.waiting")}</th>
							{KINDS.map((kind) => (
								<th key={kind} scope="col">
									<ChannelIcon kind={kind} size={16} />
								</th>
							))}
							<th scope="col">{t("board.longest")}</th>
							<th scope="col">{t("board.level")}</th>
							<th scope="col">{t("board.answered")}</th>
							<th scope="col">{t("board.left")}</th>
							<th scope="col">{t("board.active")}</th>
							<th scope="col">{t("board.ready_busy")}</th>
						</tr>
					</thead>
					<tbody>{queues.map((q) => <Row key={q.queue.id} id={q.queue.id} />)}</tbody>
				</table>
			</div>
			{queues.length === 0 && store.loaded.value.has("queues")
				&& <p class="muted pad">{t("board.no_queues")}</p>}
		</section>
	);
}
