// SPDX-License-Identifier: Apache-2.0
// A whole conversation without a mouse: sign-in, ready, accept, reply, note, close.
import { assert, run, test, until } from '../peers/lib/tap.mjs';
import { Demo, id, needsBrowser, shows, write } from './lib/demo.mjs';

let demo, page, visitor;
const focused = () => page.evaluate(() => document.activeElement?.dataset.testid ?? document.activeElement?.tagName);
async function tabTo(name) {
	for (let i = 0; i < 40; i++) {
		if ((await focused()) === name) return;
		await page.keyboard.press('Tab');
	}
	throw new Error(`no way by Tab to ${name}; the focus is on ${await focused()}`);
}
const leaveField = () => page.keyboard.press('Escape');

test('signed in by keys', async () => {
	page = await demo.page();
	await page.goto('/console');
	await id(page, 'signin-login').waitFor();
	await tabTo('signin-login');
	await page.keyboard.type(demo.people.anna.login);
	await page.keyboard.press('Tab');
	await page.keyboard.type(demo.people.anna.password);
	await page.keyboard.press('Enter');
	await id(page, 'console').waitFor();
});

test('the mouse is not needed: y, a, r, Ctrl+Enter, n, e, Enter', async () => {
	visitor = await demo.visitor();
	await id(visitor, 'widget-input').press('Escape').catch(() => {});
	if (!(await id(visitor, 'widget-panel').isVisible())) await id(visitor, 'widget-launcher').press('Enter');
	await id(visitor, 'widget-input').fill('By keys alone?');
	await id(visitor, 'widget-input').press('Enter');
	await page.locator('body').press('y');
	await id(page, 'offer').waitFor();
	await page.keyboard.press('a');
	await page.locator('[data-testid=contact][data-state=active]').waitFor();
	await page.keyboard.press('Escape');
	await page.locator('body').press('1');
	await page.locator('[data-testid=contact]').waitFor();
	await page.keyboard.press('r');
	await until('the composer to have the focus', async () => (await focused()) === 'composer');
	await page.keyboard.type('Yes, by keys.');
	await page.keyboard.press('Control+Enter');
	await shows(visitor, 'Yes, by keys.');
	await leaveField();
	await page.keyboard.press('n');
	await until('the composer to have the focus', async () => (await focused()) === 'composer');
	await page.keyboard.type('no mouse was hurt');
	await page.keyboard.press('Control+Enter');
	await shows(page, 'no mouse was hurt');
	await leaveField();
	await page.keyboard.press('e');
	await id(page, 'close-dialog').waitFor();
	await page.keyboard.type('solved');
	await page.keyboard.press('Enter');
	for (let i = 0; i < 3 && (await id(page, 'close-dialog').isVisible()); i++) {
		await tabTo('close-finish');
		await page.keyboard.press('Enter');
		await id(page, 'close-dialog').waitFor({ state: 'detached', timeout: 2000 }).catch(() => {});
	}
	await until('the contact to be closed', async () => {
		const { items } = await demo.usher.admin.get('contacts?state=closed');
		return items.some((c) => c.wrapup_code === 'solved');
	});
});

test('? lists the keys, Escape closes it and gives the focus back', async () => {
	await page.locator('body').press('?');
	await id(page, 'keys-dialog').waitFor();
	await page.keyboard.press('Escape');
	await id(page, 'keys-dialog').waitFor({ state: 'detached' });
	assert.notEqual(await focused(), undefined);
});

test('no page complained', async () => {
	assert.deepEqual(demo.complaints(), []);
});

needsBrowser();
await run({
	async before() {
		demo = await Demo.start('e2e-keys');
	},
	onFail: async () => {
		await demo.pictures();
		demo.usher.showLog();
	},
	after: () => demo?.stop(),
});
