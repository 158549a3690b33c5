/* SPDX-License-Identifier: Apache-2.0 */
/* The server's clock, ticking once a second here, so that no timer costs traffic. */
import { signal } from "@preact/signals";

let offset = 0;

export const now = signal(Date.now());

export function setServerClock(at: string): void {
	const server = Date.parse(at);
	if (!Number.isNaN(server))
		offset = server - Date.now();
	now.value = Date.now() + offset;
}

setInterval(() => { now.value = Date.now() + offset; }, 1000);
