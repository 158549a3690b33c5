// SPDX-License-Identifier: Apache-2.0
// The supervisor's board follows what happens, and says the same as the API.
import { swaks } from '../peers/lib/mail.mjs';
import { assert, note, run, test, until } from '../peers/lib/tap.mjs';
import { Demo, closeWith, id, needsBrowser, take, write } from './lib/demo.mjs';

let demo, board, visitor, anna;
const figure = async (name) => Number(/\d+/.exec(await id(board, `tile-${name}`).innerText())?.[0] ?? NaN);
const api = async () => (await demo.usher.admin.get('figures')).items;
const total = (items, key) => items.reduce((sum, one) => sum + one[key], 0);

async function agrees() {
	await until('the board to say what the API says', async () => {
		const items = await api();
		const pairs = [[await figure('waiting'), total(items, 'waiting') + total(items, 'offered')], [await figure('active'), total(items, 'active')], [await figure('answered'), items.reduce((sum, one) => sum + one.today.answered, 0)]];
		if (pairs.some(([shown, said]) => shown !== said)) throw new Error(JSON.stringify(pairs));
		return true;
	});
}

test('it begins with what is', agrees);

test('a visitor who waits is on the board without a reload', async () => {
	visitor = await demo.visitor();
	const began = Date.now();
	await write(visitor, 'Hello?');
	await until('one more to wait', async () => (await figure('waiting')) === 1);
	note(`on the board ${Date.now() - began} ms after the click on Send`);
	await agrees();
});

test('answered, closed: the figures follow', async () => {
	anna = await demo.agent('anna');
	await take(anna);
	await until('the contact to be active', async () => (await figure('active')) === 1 && (await figure('waiting')) === 0);
	await board.locator('[data-testid=agent-row][data-login=anna]').waitFor();
	await agrees();
	await closeWith(anna, 'solved');
	await until('nobody to be active', async () => (await figure('active')) === 0);
	await agrees();
});

test('an agent who leaves is shown away', async () => {
	await id(anna, 'not-ready-button').click();
	await anna.locator('[data-testid^=reason-]').first().click();
	await board.locator('[data-testid=agent-row][data-login=anna][data-state=not-ready]').waitFor();
});

test('who waits can be seen one by one', async () => {
	await swaks({ lmtp: demo.lmtp, from: 'board@customer.example', to: 'support@meripuu.example', subject: 'On the board' });
	await until('it to wait', async () => (await figure('waiting')) === 1);
	await id(board, 'tile-waiting').click();
	await board.locator('[data-testid=drill-row]').first().waitFor();
	assert.match(await board.locator('[data-testid=drill]').innerText(), /C-\d+/);
});

test('no page complained', async () => {
	assert.deepEqual(demo.complaints(), []);
});

needsBrowser();
await run({
	async before() {
		demo = await Demo.start('e2e-board');
		board = await demo.board();
	},
	onFail: async () => {
		await demo.pictures();
		demo.usher.showLog();
	},
	after: () => demo?.stop(),
});
