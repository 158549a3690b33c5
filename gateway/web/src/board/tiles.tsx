/* SPDX-License-Identifier: Apache-2.0 */
import { lang, t } from "../lib/i18n";
import { now } from "../lib/now";
import { clock, elapsed, percent } from "../lib/time";
import type { ContactState } from "../lib/types";
import { drill, only, shownAgents, shownQueues } from "./state";
import { Tone } from "./tone";
import { type Tone as ToneName, levelTone, totals, waitTone } from "./totals";

function Tile({ label, value, under, tone, formula, testid, behind }: {
	label: string; value: string; under: string; tone?: ToneName; formula: string; testid: string;
	behind?: ContactState[];
}) {
	const id = `formula-${testid}`;
	const open = () => {
		if (behind)
			drill.value = { title: label, states: behind, queue: only.peek(),
				isToday: testid === "answered" };
	};
	const figure = (
		<>
			<span class="tile-label">{label}</span>
			<span class="tile-value figure">{value} {tone && <Tone tone={tone} />}</span>
			<span class="tile-under">{under}</span>
		</>
	);
	return (
		<li class={`tile ${tone ?? ""}`} data-testid={`tile-${testid}`}>
			{behind
				? <button type="button" onClick={open} aria-describedby={id}>{figure}</button>
				: <div class="tile-in" tabIndex={0} aria-describedby={id}>{figure}</div>}
			<span class="formula" role="tooltip" id={id}>{formula}</span>
		</li>
	);
}

export function Tiles() {
	const queues = shownQueues();
	const sums = totals(queues, shownAgents());
	const at = now.value;
	const promise = queues.find((q) => q.queue.name === sums.oldest?.queue)?.today.target_s ?? 0;
	const goals = new Set(queues.map((q) => `${q.today.target_percent}/${q.today.target_s}`));
	const first = queues[0]?.today;
	const goal = goals.size === 1 && first
		? t("board.goal", { percent: first.target_percent, seconds: first.target_s })
		: t("board.goals_differ");
	const rate = sums.abandonRate;
	return (
		<ul class="tiles" aria-label={t("board.tiles")}>
			<Tile testid="waiting" label={t("board.waiting")} value={String(sums.waiting)}
				under={t("board.offered_now", { n: sums.offered })} behind={["waiting", "offered"]}
				formula={t("board.formula_waiting")} />
			<Tile testid="longest" label={t("board.longest")} behind={["waiting", "offered"]}
				value={sums.oldest ? clock(elapsed(sums.oldest.at, at)) : "–"}
				under={sums.oldest?.queue ?? t("board.nobody_waits")}
				tone={waitTone(sums.oldest?.at ?? null, promise, at)}
				formula={t("board.formula_longest")} />
			<Tile testid="level" label={t("board.level")} under={goal}
				value={sums.level === null ? "–" : percent(sums.level, lang.value)}
				tone={levelTone(sums.level, first?.target_percent ?? 80)}
				formula={t("board.formula_level", { in_target: sums.inTarget,
					answered: sums.answered,
					abandoned: sums.abandoned, short: sums.shortAbandoned })} />
			<Tile testid="abandoned" label={t("board.abandoned")}
				value={rate === null ? "–" : percent(rate, lang.value)}
				under={t("board.abandoned_under", { n: sums.abandoned,
					short: sums.shortAbandoned })}
				formula={t("board.formula_abandoned")} />
			<Tile testid="answered" label={t("board.answered")} value={String(sums.answered)}
				under={t("board.today")} formula={t("board.formula_answered")}
				behind={["active", "wrap-up", "parked", "closed"]} />
			<Tile testid="active" label={t("board.active")} value={String(sums.active)}
				under={t("board.active_under")} formula={t("board.formula_active")}
				behind={["active", "wrap-up"]} />
			<Tile testid="ready" label={t("board.ready")} value={String(sums.ready)}
				under={t("board.busy_under", { n: sums.busy })}
				formula={t("board.formula_ready")} />
			<Tile testid="away" label={t("board.away")} value={String(sums.away)}
				under={t("board.away_under")} formula={t("board.formula_away")} />
		</ul>
	);
}
