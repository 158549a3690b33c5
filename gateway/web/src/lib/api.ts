/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of /api/v1. Every failure is an ApiError that a person can read. */
import { signal } from "@preact/signals";
import { t } from "./i18n";
import type { Session, User } from "./types";

const TIMEOUT_MS = 15_000;

export class ApiError extends Error {
	constructor(readonly status: number, readonly code: string, detail: string,
		readonly retryAfterS = 0) {
		super(detail);
	}

	/** Worth the same request again: nothing was decided. */
	get isPassing(): boolean {
		return this.status === 0 || this.status === 429 || this.status >= 500;
	}
}

/** Who is signed in; null before the first answer and after signing out. */
export const user = signal<User | null>(null);
let csrf = "";

export function adopt(session: Session): void {
	csrf = session.csrf;
	user.value = session.user;
}

interface Problem { code?: string; detail?: string; title?: string }

async function problem(response: Response): Promise<ApiError> {
	let body: Problem = {};
	try {
		body = await response.json() as Problem;
	} catch {
		/* a proxy's own page: the status says what there is to say */
	}
	const detail = body.detail ?? body.title ?? t("error.status", { status: response.status });
	const wait = Number(response.headers.get("Retry-After")) || 0;
	return new ApiError(response.status, body.code ?? "", detail, wait);
}

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
	const headers: Record<string, string> = { Accept: "application/json" };
	if (body !== undefined)
		headers["Content-Type"] = "application/json";
	if (method !== "GET" && csrf)
		headers["X-Usher-CSRF"] = csrf;
	let response: Response;
	try {
		response = await fetch(`/api/v1${path}`, {
			method, headers, body: body === undefined ? null : JSON.stringify(body),
			credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS),
		});
	} catch {
		throw new ApiError(0, "offline", t("error.offline"));
	}
	if (!response.ok) {
		const error = await problem(response);
		if (error.status === 401 && path !== "/session")
			user.value = null;
		throw error;
	}
	return (response.status === 204 ? undefined : await response.json()) as T;
}

/** The words for whatever was thrown. */
export const reasonOf = (e: unknown): string => e instanceof Error ? e.message : String(e);
