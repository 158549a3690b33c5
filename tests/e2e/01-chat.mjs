// SPDX-License-Identifier: Apache-2.0
// A visitor of the sample shop and an agent at the console, through a crash of the server.
import { assert, note, run, test, until } from '../peers/lib/tap.mjs';
import { Demo, OFFER_MS, closeWith, id, needsBrowser, say, shows, take, write } from './lib/demo.mjs';

let demo, visitor, anna, number;
const said = (page) => page.locator('[data-testid=widget-message]').allInnerTexts();

test('the visitor writes, and sees the place in line', async () => {
	visitor = await demo.visitor();
	await id(visitor, 'widget-name').fill('Maija');
	await write(visitor, 'Is my table on its way?');
	await visitor.locator('[data-testid=widget-message][data-from=customer]').waitFor();
	await id(visitor, 'widget-place').waitFor();
	assert.match(await id(visitor, 'widget-place').innerText(), /next|1/i);
});

test('an agent who becomes ready has the offer at once, and takes it', async () => {
	anna = await demo.agent('anna', { ready: false });
	const began = Date.now();
	await id(anna, 'ready-button').click();
	await id(anna, 'offer').waitFor();
	const took = Date.now() - began;
	note(`from the click on Ready to the offer on the screen ${took} ms`);
	assert.ok(took < OFFER_MS);
	number = await take(anna);
	assert.match(number, /^C-\d+$/);
	await shows(anna, 'Is my table on its way?');
	assert.equal(await id(anna, 'contact-name').innerText(), 'Maija', 'the name given before the first words');
	await shows(visitor, 'Anna');
	await until('the state in the window', async () => /Anna/.test(await id(visitor, 'widget-state').innerText()));
});

test('both see the other type; the answer arrives', async () => {
	await id(visitor, 'widget-input').pressSequentially('Hel', { delay: 30 });
	await id(anna, 'typing').waitFor();
	await id(anna, 'composer').pressSequentially('One moment', { delay: 20 });
	await id(visitor, 'widget-typing').waitFor();
	await say(anna, 'It left yesterday.');
	await shows(visitor, 'It left yesterday.');
	await until('it to be delivered', async () => ['sent', 'delivered', 'read'].includes(await anna.locator('[data-testid=message][data-author=agent] [data-testid=delivery]').last().getAttribute('data-delivery')));
});

test('an internal note stays inside', async () => {
	await id(anna, 'mode-note').click();
	await say(anna, 'a friend of the house');
	await shows(anna, 'a friend of the house');
	await id(anna, 'mode-text').click();
	await say(anna, 'Anything else?');
	await shows(visitor, 'Anything else?');
	assert.ok(!(await said(visitor)).join().includes('friend of the house'));
});

test('kill -9 and a restart: both come back by themselves, nothing is lost, nothing twice', async () => {
	await demo.usher.kill();
	await id(visitor, 'widget-offline').waitFor({ timeout: 20_000 });
	await write(visitor, 'Are you still there?');
	await say(anna, 'I write this while it is away');
	await demo.usher.up();
	await demo.read();
	await shows(anna, 'Are you still there?');
	await shows(visitor, 'I write this while it is away');
	await until('everything in the record', async () => {
		const { items } = await demo.usher.admin.get(`contacts/${number}/messages`);
		const texts = items.filter((m) => m.kind === 'text').map((m) => m.body);
		return texts.length === 5 && new Set(texts).size === 5;
	});
	const all = await said(visitor);
	for (const text of ['Is my table', 'It left yesterday', 'Anything else', 'Are you still there', 'I write this']) assert.equal(all.filter((t) => t.includes(text)).length, 1, text);
	const contact = await demo.usher.admin.get(`contacts/${number}`);
	assert.equal(contact.state, 'active');
}, { limit: 90_000 });

test('closed with a code: the visitor is told, and may begin anew', async () => {
	await closeWith(anna, 'solved');
	await until('the window to say so', async () => /ended|over|closed/i.test(await id(visitor, 'widget-state').innerText()));
	const contact = await demo.usher.admin.get(`contacts/${number}`);
	assert.equal(contact.state, 'closed');
	assert.equal(contact.wrapup_code, 'solved');
	await write(visitor, 'One more question');
	const next = await take(anna);
	assert.notEqual(next, number);
	await closeWith(anna, 'information');
});

test('a second window of the visitor shows the same, after a reload too', async () => {
	await write(visitor, 'in the first window');
	const other = await visitor.context().newPage();
	await other.goto('/');
	await id(other, 'widget-launcher').click();
	await shows(other, 'in the first window');
	await write(other, 'in the second');
	await shows(visitor, 'in the second');
	await visitor.reload();
	await until('the record', async () => {
		if (!(await id(visitor, 'widget-panel').isVisible())) await id(visitor, 'widget-launcher').click();
		return (await said(visitor)).join().includes('in the second');
	});
});

test('no page complained', async () => {
	assert.deepEqual(demo.complaints(), []);
});

needsBrowser();
await run({
	async before() {
		demo = await Demo.start('e2e-chat');
	},
	onFail: async () => {
		await demo.pictures();
		demo.usher.showLog();
	},
	after: () => demo?.stop(),
});
