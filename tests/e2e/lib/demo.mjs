// SPDX-License-Identifier: Apache-2.0
// The demo as a visitor of the project starts it, with browsers in front of it.
import { existsSync } from 'node:fs';
import path from 'node:path';

import { assert, skipAll, until } from '../../peers/lib/tap.mjs';
import { Usher, freePort } from '../../peers/lib/usher.mjs';
import { BROWSER, context, goReady, id, launch, quiet, signIn } from './browser.mjs';

export const OFFER_MS = 3000; // promised is 1 s; a machine with other work is forgiven

export class Demo {
	static async start(name, { provider } = {}) {
		const demo = new Demo();
		demo.lmtp = await freePort();
		demo.usher = await Usher.start({ name, command: 'demo', args: ['--lmtp-port', String(demo.lmtp), ...(provider ? ['--provider', provider] : [])] });
		await demo.read();
		demo.browser = await launch();
		demo.contexts = [];
		return demo;
	}

	// The demo makes new passwords at each start.
	async read() {
		const page = await until('the demo data', async () => {
			const answer = await fetch(`${this.usher.url}/demo.json`);
			return answer.ok && answer.json();
		});
		this.people = Object.fromEntries(page.sign_ins.map((p) => [p.login, p]));
		const [, account, token] = /account (AC\w+), token (\w+)/.exec(await until('the addresses', () => /account AC.*\n/.test(this.usher.log) && this.usher.log));
		Object.assign(this, { account, token });
		this.maildir = path.join(this.usher.folder, 'mail-out');
	}

	async page(options) {
		const made = await context(this.browser, this.usher, options);
		this.contexts.push(made);
		return made.newPage();
	}

	// A console in a browser of its own.
	async agent(login, { ready = true, options } = {}) {
		const page = await this.page(options);
		await signIn(page, '/console', this.people[login]);
		await id(page, 'console').waitFor();
		if (ready) await goReady(page);
		return page;
	}

	async board(options) {
		const page = await this.page(options);
		await signIn(page, '/board', this.people.supervisor);
		await id(page, 'board').waitFor();
		return page;
	}

	// The sample shop with its chat window open.
	async visitor(options) {
		const page = await this.page(options);
		await page.goto('/');
		await id(page, 'widget-launcher').click();
		await id(page, 'widget-panel').waitFor();
		return page;
	}

	// Who looked at a page must have seen no fault in it.
	complaints() {
		return this.contexts.flatMap((made) => quiet(made));
	}

	// For whoever looks into a failure: USHER_PICTURES names a folder.
	async pictures() {
		const folder = process.env.USHER_PICTURES;
		const pages = this.contexts.flatMap((made) => made.pages());
		for (const [i, page] of (folder ? pages : []).entries()) await page.screenshot({ path: path.join(folder, `page-${i}.png`) });
	}

	async stop() {
		await this.browser?.close();
		await this.usher?.stop();
	}
}

export async function write(page, text) {
	await id(page, 'widget-input').fill(text);
	await id(page, 'widget-send').click();
}

// Waits for the offer, takes it, and gives the contact's number.
export async function take(page) {
	await id(page, 'offer').waitFor();
	await id(page, 'offer-accept').click();
	const contact = page.locator('[data-testid=contact][data-state=active]');
	await contact.waitFor();
	return contact.getAttribute('data-number');
}

export async function say(page, text) {
	await id(page, 'composer').fill(text);
	await id(page, 'send').click();
}

export async function closeWith(page, code) {
	await id(page, 'close').click();
	await id(page, `wrapup-code-${code}`).click();
	await id(page, 'close-finish').click();
	await id(page, 'close-dialog').waitFor({ state: 'detached' });
}

export const shows = (page, text) => page.getByText(text, { exact: false }).first().waitFor();

export function needsBrowser() {
	if (!existsSync(BROWSER)) skipAll(`${BROWSER} is not installed`);
}

export { assert, id };
