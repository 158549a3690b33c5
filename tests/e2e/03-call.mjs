// SPDX-License-Identifier: Apache-2.0
// A telephone call at the console, through a double of the provider.
import { Call, Provider } from '../peers/lib/provider.mjs';
import { assert, note, run, test, until } from '../peers/lib/tap.mjs';
import { Demo, OFFER_MS, closeWith, id, needsBrowser, shows, take } from './lib/demo.mjs';

let demo, provider, kalle, call, number;

test('the call is offered, taken, and connected by the provider', async () => {
	call = new Call(provider, `${demo.usher.url}/hooks/phone`);
	const began = Date.now();
	await call.ring();
	await id(kalle, 'offer').waitFor();
	note(`on the screen ${Date.now() - began} ms after the telephone rang`);
	assert.ok(Date.now() - began < OFFER_MS);
	assert.match(await id(kalle, 'offer').innerText(), /358401234567/);
	number = await take(kalle);
	await provider.next('the redirect', provider.isRedirect(call.sid));
	const dial = await provider.next('the agent\'s leg', provider.isDial);
	assert.equal(dial.form.get('To'), 'client:kalle');
	await kalle.locator('[data-testid=call][data-state="call.talking"]').waitFor();
	const room = (await call.join()).get('Dial').inner;
	await provider.twiml(dial.form.get('Url'), { CallSid: dial.sid, CallStatus: 'in-progress', Direction: 'outbound-api' });
	await call.room(room.statusCallback, 'participant-join', call.sid, 'customer');
	await shows(kalle, 'The caller joined the call');
});

test('the caller hangs up: wrap-up with what is left of it, then done', async () => {
	await call.status('completed', { CallDuration: '12' });
	await id(kalle, 'wrapup').waitFor();
	await kalle.locator('[data-testid=call][data-state="call.over"]').waitFor();
	assert.match(await id(kalle, 'wrapup-left').innerText(), /\d/);
	await id(kalle, 'wrapup-note').fill('Called about table 7');
	await id(kalle, 'wrapup-code-solved').click();
	await id(kalle, 'wrapup-finish').click();
	await until('the end', async () => (await demo.usher.admin.get(`contacts/${number}`)).state === 'closed');
	const { items } = await demo.usher.admin.get(`contacts/${number}/messages`);
	assert.ok(items.some((m) => m.kind === 'note' && m.body === 'Called about table 7'));
});

test('the agent hangs up at the console: the provider is told', async () => {
	const second = new Call(provider, `${demo.usher.url}/hooks/phone`);
	await second.ring();
	await take(kalle);
	await closeWith(kalle, 'information');
	await provider.next('the end', provider.isEnd(second.sid));
});

test('no page complained', async () => {
	assert.deepEqual(demo.complaints(), []);
});

needsBrowser();
await run({
	async before() {
		provider = await Provider.start();
		demo = await Demo.start('e2e-call', { provider: provider.url });
		Object.assign(provider, { account: demo.account, token: demo.token });
		kalle = await demo.agent('kalle');
	},
	onFail: async () => {
		await demo.pictures();
		demo.usher.showLog();
	},
	async after() {
		await demo?.stop();
		await provider?.stop();
	},
});
