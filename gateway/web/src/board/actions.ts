/* SPDX-License-Identifier: Apache-2.0 */
import { call, reasonOf } from "../lib/api";
import { t } from "../lib/i18n";
import type { Agent, Presence, Wanted } from "../lib/types";
import { store } from "../live/client";
import { say } from "../ui/toast";

/** A supervisor sets somebody's state; the agent sees it at once. */
export async function setAgent(agent: Agent, state: Wanted): Promise<void> {
	try {
		const presence = await call<Presence>("PUT", `/agents/${agent.id}/presence`, { state });
		const now = store.agents.get(agent.id);
		if (now && presence)
			store.agents.put({ ...now, presence });
		say(t("board.agent_set", { name: agent.name }));
	} catch (e) {
		say(reasonOf(e), true);
	}
}
