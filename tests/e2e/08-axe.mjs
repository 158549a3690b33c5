// SPDX-License-Identifier: Apache-2.0
// axe-core over every page, light and dark, wide and narrow: no violation.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { swaks } from '../peers/lib/mail.mjs';
import { assert, note, run, test } from '../peers/lib/tap.mjs';
import { Demo, id, needsBrowser, say, take, write } from './lib/demo.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 320, height: 700 } };
let demo, pages;

async function look(name, page) {
	const found = [];
	for (const colorScheme of ['light', 'dark']) for (const [size, viewport] of Object.entries(SIZES)) {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		await page.setViewportSize(viewport);
		await page.waitForTimeout(150);
		const { violations } = await page.evaluate(async (source) => {
			if (!window.axe) (0, eval)(source);
			return window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
		}, AXE);
		for (const v of violations) for (const node of v.nodes.slice(0, 3)) found.push(`${name} ${colorScheme} ${size}: ${v.id}: ${node.target.flat().join(' ')}: ${node.failureSummary?.split('\n')[1]?.trim()}`);
		const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		if (over > 0) found.push(`${name} ${colorScheme} ${size}: ${over} px wider than the window`);
	}
	for (const line of found) note(line);
	return found;
}

for (const name of ['sign-in', 'set-up', 'demo and widget', 'console, chat', 'console, mail', 'board', 'video lobby'])
	test(`${name}: nothing to find`, async () => assert.deepEqual(await look(name, pages[name]), []));

needsBrowser();
await run({
	async before() {
		demo = await Demo.start('e2e-axe');
		const open = async (address) => {
			const page = await demo.page({ bypassCSP: true });
			await page.goto(address);
			return page;
		};
		pages = { 'sign-in': await open('/console'), 'set-up': await open('/setup#k=abcdefghijklmnopqrstuvwxyz') };
		await id(pages['sign-in'], 'signin-login').waitFor();
		await id(pages['set-up'], 'setup-name').waitFor();
		const visitor = (pages['demo and widget'] = await demo.visitor({ bypassCSP: true }));
		await write(visitor, 'Is my table on its way?');
		const anna = (pages['console, chat'] = await demo.agent('anna', { ready: false, options: { bypassCSP: true } }));
		await id(anna, 'ready-button').click();
		await take(anna);
		await say(anna, 'It left yesterday.');
		await swaks({ lmtp: demo.lmtp, from: 'maija@customer.example', to: 'support@meripuu.example', subject: 'Table 7', headers: { 'Content-Type': 'text/html' }, body: '<p>Hello <b>there</b></p>' });
		const kalle = (pages['console, mail'] = await demo.agent('kalle', { ready: false, options: { bypassCSP: true } }));
		await id(kalle, 'ready-button').click();
		if (await id(anna, 'offer').isVisible()) await id(anna, 'offer-decline').click();
		await take(kalle);
		pages.board = await demo.board({ bypassCSP: true });
		const { url } = await demo.usher.admin.post('channels/video/links', {});
		pages['video lobby'] = await open(url);
		await id(pages['video lobby'], 'video-lobby').waitFor();
	},
	onFail: () => demo.pictures(),
	after: () => demo?.stop(),
});
