// SPDX-License-Identifier: Apache-2.0
// "Why?" on an offer, beside a conversation and on the board: what it says, keys, axe, three languages.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { swaks } from '../peers/lib/mail.mjs';
import { assert, note, run, test } from '../peers/lib/tap.mjs';
import { Demo, id, needsBrowser, take, write } from './lib/demo.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const folder = process.env.USHER_WHY_PICTURES;
let demo, anna, board;

async function look(name, page) {
	const found = [];
	for (const colorScheme of ['light', 'dark']) for (const [size, viewport] of Object.entries(SIZES)) {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		await page.setViewportSize(viewport);
		await page.waitForTimeout(200);
		if (folder) await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png` });
		const { violations } = await page.evaluate(async (source) => {
			if (!window.axe) (0, eval)(source);
			return window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
		}, AXE);
		for (const v of violations) for (const node of v.nodes.slice(0, 3)) found.push(`${colorScheme} ${size}: ${v.id}: ${node.target.flat().join(' ')}: ${node.failureSummary?.split('\n')[1]?.trim()}`);
		const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		if (over > 0) found.push(`${colorScheme} ${size}: ${over} px wider than the window`);
	}
	await page.setViewportSize(SIZES.wide);
	for (const line of found) note(line);
	assert.deepEqual(found, []);
}

const dialog = (page) => id(page, 'why');
const text = async (page) => {
	await page.locator('[data-testid=explanation]').waitFor();
	return dialog(page).innerText();
};

test('on an offer: who came first, and nothing is accepted by asking', async () => {
	const visitor = await demo.visitor();
	await write(visitor, 'Is my table on its way?');
	await id(anna, 'offer').waitFor();
	await id(anna, 'offer').locator('[data-testid=why-ask]').click();
	const said = await text(anna);
	assert.match(said, /offered to Anna/i);
	assert.match(said, /identical to the record/);
	assert.match(said, /Waited .* for /);
	await id(anna, 'offer').waitFor();
});

test('the dialog: nothing for axe to find, wide and on a phone', () => look('offer', anna));

test('Esc closes it, and the focus goes back', async () => {
	await anna.keyboard.press('Escape');
	await dialog(anna).waitFor({ state: 'detached' });
	assert.equal(await anna.evaluate(() => document.activeElement?.dataset.testid), 'why-ask');
});

test('beside the conversation: each decision, in three languages', async () => {
	if (!(await id(anna, 'offer').isVisible())) note('the offer has run out meanwhile');
	await take(anna);
	const ask = anna.locator('#pane-context [data-testid=why-ask]');
	await ask.click();
	assert.match(await text(anna), /accepted/);
	const number = /C-\d+/.exec(await dialog(anna).locator('h2').innerText())[0];
	for (const [lang, want] of [['fi', /otettiin vastaan/], ['et', /võeti vastu/]]) {
		const said = await demo.usher.admin.get(`contacts/${number}/explain?lang=${lang}`);
		assert.match(said.offers.at(-1).outcome_label, want);
		assert.equal(said.offers.at(-1).verified, true);
	}
	await anna.keyboard.press('Escape');
	const told = await demo.usher.cli('explain', number, '--lang', 'fi');
	assert.equal(told.code, 0);
	assert.match(told.out, /Anna oli ainoa sopiva|Anna oli vuorossa ensimmäinen/);
	for (const line of told.out.split('\n')) note(line);
});

test('on the board: why a contact still waits', async () => {
	await id(anna, 'not-ready-button').click();
	await anna.locator('[data-testid^=reason-]').first().click();
	await swaks({ lmtp: demo.lmtp, from: 'why@customer.example', to: 'support@meripuu.example', subject: '<b>Waiting</b>' });
	await id(board, 'tile-waiting').filter({ hasText: '1' }).waitFor();
	await id(board, 'tile-waiting').click();
	await board.locator('[data-testid=drill-row] [data-testid=why-ask]').first().click();
	await id(board, 'why-waiting').waitFor();
	assert.match(await id(board, 'why-waiting').innerText(), /No member of the queue is ready|is not ready/);
	const everybody = board.waitForResponse((r) => r.url().endsWith('/explain?lang=en&all=1') && r.ok());
	await id(board, 'why-all').check();
	const { waiting } = await (await everybody).json();
	await board.locator('.why-others > div').nth(waiting.others.length - 1).waitFor();
});

test('the dialog on the board: nothing for axe to find', () => look('board', board));

test('no page complained', async () => {
	assert.deepEqual(demo.complaints(), []);
});

needsBrowser();
await run({
	async before() {
		demo = await Demo.start('e2e-why');
		anna = await demo.agent('anna', { options: { bypassCSP: true, viewport: SIZES.wide } });
		board = await demo.board({ bypassCSP: true, viewport: SIZES.wide });
	},
	onFail: () => demo.pictures(),
	after: () => demo?.stop(),
});
