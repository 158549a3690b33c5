// SPDX-License-Identifier: Apache-2.0
// The vendor's own package signs the requests and says what our REST requests must look like.
import { Call, Provider, newSid } from './lib/provider.mjs';
import { assert, note, run, test, until } from './lib/tap.mjs';
import { Usher, accept, seed } from './lib/usher.mjs';

const ANNA = 'client:anna';
let usher, provider, anna, hook;

const contactOf = async (call, states = 'waiting') => {
	const { items } = await usher.admin.get(`contacts?state=${states}&limit=200`);
	return items.find((c) => c.session?.key === call.sid);
};
const stateOf = async (contact) => (await usher.admin.get(`contacts/${contact.id}`)).state;
const messagesOf = async (contact) => (await usher.admin.get(`contacts/${contact.id}/messages`)).items;
const ring = async () => {
	const call = new Call(provider, hook);
	return { call, twiml: await call.ring() };
};
// Anna takes the call: both legs are told where to go, and go there.
async function connect(call, { contact, epoch }) {
	await accept(anna, { contact, epoch });
	const redirect = await provider.next('the redirect', provider.isRedirect(call.sid));
	const dial = await provider.next('the agent\'s leg', provider.isDial);
	return { redirect, dial };
}
async function ready() {
	await anna.put('me/presence', { state: 'ready' });
	await until('Anna to be ready', async () => (await usher.admin.get('agents')).items.find((a) => a.login === 'anna').presence.state === 'ready');
}
async function away() {
	await anna.put('me/presence', { state: 'not-ready' });
}
const offerOf = (contact) => anna.live.offer((o) => o.contact.id === contact.id);

test('what is not signed, or not rightly, is refused', async () => {
	const params = new Call(provider, hook).params({ CallStatus: 'ringing' });
	for (const what of ['voice', 'wait', 'left', 'join', 'status', 'conference']) {
		const url = `${hook}/${what}`;
		assert.equal((await provider.ask(url, params, { sign: false })).status, 403, `${what} without a signature`);
		assert.equal((await provider.ask(url, params, { token: 'x'.repeat(32) })).status, 403, `${what} by another token`);
		assert.equal((await provider.ask(url, params, { body: new URLSearchParams({ ...params, AccountSid: provider.account, ApiVersion: '2010-04-01', From: '+100' }) })).status, 403, `${what} changed on the way`);
		assert.equal((await provider.ask(url, params, { method: 'GET' })).status, 405, `${what} by GET`);
	}
	assert.equal((await provider.ask(`${hook}/voice`, { ...params, AccountSid: newSid('AC') })).status, 404, 'another account');
	assert.equal((await provider.ask(`${hook}/nosuch`, params)).status, 404, 'no such hook');
	assert.equal((await provider.ask(`${hook}/voice`, { ...params, Padding: 'x'.repeat(300_000) })).status, 413, 'too large');
	const { items } = await usher.admin.get('contacts?limit=10');
	assert.deepEqual(items, [], 'and nothing was opened');
});

test('a whole call: greeting, queue, offer, both legs, the end by the agent, wrap-up', async () => {
	await ready();
	const rangAt = Date.now();
	const { call, twiml } = await ring();
	assert.deepEqual(twiml.verbs.map((v) => v.verb), ['Say', 'Enqueue']);
	assert.equal(twiml.get('Say').text, 'Welcome & "hello" <there>');
	assert.equal(twiml.get('Enqueue').waitUrl, `${hook}/wait`);
	assert.equal(twiml.get('Enqueue').action, `${hook}/left`);
	const offer = await anna.live.offer((o) => o.contact.channel === 'telephony');
	note(`offer at the agent's socket ${offer.heardAt - rangAt} ms after the telephone rang`);
	assert.ok(offer.heardAt - rangAt < 1000, 'within a second');
	assert.equal(offer.offer.contact.session.key, call.sid);
	assert.equal(offer.offer.contact.customer.address, call.from);
	const contact = offer.offer.contact;

	const { redirect, dial } = await connect(call, offer.offer);
	const asRedirect = await provider.asVendor((client) => client.calls(call.sid).update({ url: `${hook}/join`, method: 'POST' }));
	const asDial = await provider.asVendor((client) => client.calls.create({
		to: ANNA, from: '+35891234567', url: dial.form.get('Url'), statusCallback: dial.form.get('StatusCallback'),
		statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'], timeout: 25,
	}));
	for (const [ours, theirs] of [[redirect, asRedirect], [dial, asDial]]) {
		assert.equal(ours.method, theirs.method);
		assert.equal(ours.path, theirs.path);
		assert.deepEqual([...ours.form].sort(), [...theirs.form].sort());
		assert.equal(ours.auth, `${provider.account}:${provider.token}`);
		assert.match(ours.type, /^application\/x-www-form-urlencoded/);
	}

	const joined = await call.join();
	const room = joined.get('Dial').inner;
	assert.equal(room.verb, 'Conference');
	assert.equal(room.text, `contact-${contact.id}`);
	assert.equal(room.participantLabel, 'customer');
	assert.equal(room.endConferenceOnExit, 'true');
	const leg = dial.sid;
	const agentParams = { CallSid: leg, From: '+35891234567', To: ANNA, Direction: 'outbound-api', CallStatus: 'in-progress' };
	const whisper = await provider.twiml(dial.form.get('Url'), agentParams);
	assert.match(whisper.get('Say').text, new RegExp(contact.number), 'the agent is told who calls');
	assert.equal(whisper.get('Dial').inner.text, room.text, 'the same room');
	assert.equal(whisper.get('Dial').inner.startConferenceOnEnter, 'true');

	// Reports, in no order, each twice.
	const legUrl = dial.form.get('StatusCallback');
	const reports = [
		() => call.room(room.statusCallback, 'participant-join', leg, whisper.get('Dial').inner.participantLabel),
		() => provider.ask(legUrl, { ...agentParams, CallStatus: 'in-progress', SequenceNumber: '2' }),
		() => call.room(room.statusCallback, 'participant-join', call.sid, 'customer'),
		() => provider.ask(legUrl, { ...agentParams, CallStatus: 'initiated', SequenceNumber: '0' }),
		() => call.room(room.statusCallback, 'conference-start', '', ''),
		() => provider.ask(legUrl, { ...agentParams, CallStatus: 'ringing', SequenceNumber: '1' }),
	];
	for (const report of [...reports, ...reports]) assert.equal((await report()).status, 204);
	await until('the events to be in the conversation', async () => {
		const said = (await messagesOf(contact)).filter((m) => m.kind === 'event').map((m) => m.fields?.event);
		return said.filter((e) => e === 'joined').length === 2;
	});
	assert.equal(await stateOf(contact), 'active');

	// The agent hangs up the console's way: the caller's leg is ended, wrap-up follows.
	const held = await usher.admin.get(`contacts/${contact.id}`);
	await anna.post(`contacts/${contact.id}/close`, { epoch: held.epoch });
	await provider.next('the end of the call', provider.isEnd(call.sid));
	assert.equal((await call.status('completed', { CallDuration: '42' })).status, 204);
	assert.equal(await stateOf(contact), 'wrap-up');
	const wrapping = await usher.admin.get(`contacts/${contact.id}`);
	await anna.post(`contacts/${contact.id}/wrapup`, { epoch: wrapping.epoch, code: 'solved', note: 'by the test' });
	const closed = await usher.admin.get(`contacts/${contact.id}`);
	assert.equal(closed.state, 'closed');
	assert.equal(closed.wrapup_code, 'solved');
	// Late reports about it change nothing and are taken.
	assert.equal((await call.status('in-progress')).status, 204);
	assert.equal(await stateOf(contact), 'closed');
});

test('the caller hangs up during the call: it ends, the agent is free after wrap-up', async () => {
	await ready();
	const { call } = await ring();
	const { offer } = await anna.live.offer((o) => o.contact.session?.key === call.sid);
	const { dial } = await connect(call, offer);
	await call.join();
	await provider.twiml(dial.form.get('Url'), { CallSid: dial.sid, CallStatus: 'in-progress', Direction: 'outbound-api' });
	assert.equal((await call.status('completed', { CallDuration: '7' })).status, 204);
	await until('the call to end', async () => ['wrap-up', 'closed'].includes(await stateOf(offer.contact)));
	await provider.next('the end of the agent\'s leg', provider.isEnd(dial.sid));
	await settle(offer.contact);
});

async function settle(contact) {
	const now = await usher.admin.get(`contacts/${contact.id}`);
	if (now.state === 'wrap-up') await anna.post(`contacts/${contact.id}/wrapup`, { epoch: now.epoch, code: 'solved' });
	assert.equal(await stateOf(contact), 'closed');
}

test('who hangs up while waiting has abandoned', async () => {
	await away();
	const before = (await usher.admin.get('figures')).items[0].today;
	const { call } = await ring();
	const contact = await until('the contact', () => contactOf(call));
	assert.equal((await call.status('completed')).status, 204);
	assert.equal((await call.status('completed')).status, 204, 'said twice');
	const closed = await usher.admin.get(`contacts/${contact.id}`);
	assert.equal(closed.state, 'closed');
	assert.equal(closed.cause, 'customer-left');
	const after = (await usher.admin.get('figures')).items[0].today;
	assert.equal(after.abandoned - before.abandoned, 1);
	assert.equal(after.short_abandoned - before.short_abandoned, 1, 'within 5 s');
	assert.equal(after.offered - before.offered, 1);
	assert.deepEqual((await call.wait()).verbs.at(-1).verb, 'Hangup');
});

test('the end heard before the beginning opens nothing', async () => {
	const call = new Call(provider, hook);
	assert.equal((await call.status('completed')).status, 204);
	const twiml = await call.ring();
	assert.deepEqual(twiml.verbs.map((v) => v.verb), ['Hangup']);
	assert.equal(await contactOf(call, ''), undefined);
});

test('the same beginning twice is one call', async () => {
	await away();
	const { call } = await ring();
	await call.ring();
	const { items } = await usher.admin.get('contacts?state=waiting');
	assert.equal(items.filter((c) => c.session?.key === call.sid).length, 1);
	await call.status('completed');
});

test('the waiting are told their place when it changes', async () => {
	await away();
	const first = (await ring()).call;
	const second = (await ring()).call;
	assert.match((await first.wait()).get('Say').text, /next/);
	assert.match((await second.wait()).get('Say').text, /number 2/);
	assert.equal((await second.wait()).get('Say'), undefined, 'not again so soon');
	await first.status('completed');
	assert.match((await second.wait()).get('Say').text, /next/, 'the place has changed');
	await second.status('completed');
});

test('provider down: Leave and the action address connect the caller; the channel says what failed', async () => {
	await ready();
	const { call } = await ring();
	const { offer } = await anna.live.offer((o) => o.contact.session?.key === call.sid);
	provider.mode = 'down';
	try {
		await accept(anna, offer);
		await until('a try', () => provider.requests.some((one) => one.mode === 'down' && one.path.includes(call.sid)));
		assert.deepEqual((await call.wait()).verbs.map((v) => v.verb), ['Leave'], 'the waiting loop lets go');
		const twiml = await call.left('leave');
		assert.equal(twiml.get('Dial').inner.text, `contact-${offer.contact.id}`);
		await until('the channel to say so', async () => (await usher.admin.get('channels/phone')).status.health === 'degraded');
	} finally {
		provider.mode = 'works';
	}
	const dial = await provider.next('the agent\'s leg, once the provider is back', provider.isDial, { ms: 20_000 });
	assert.equal(dial.form.get('To'), ANNA);
	await until('the channel to be well', async () => (await usher.admin.get('channels/phone')).status.health === 'ok');
	await call.status('completed');
	await until('the call to end', async () => ['wrap-up', 'closed'].includes(await stateOf(offer.contact)));
	await settle(offer.contact);
});

test('an agent whose telephone does not answer: the conversation says so', async () => {
	await ready();
	const { call } = await ring();
	const { offer } = await anna.live.offer((o) => o.contact.session?.key === call.sid);
	const { dial } = await connect(call, offer);
	const answer = await provider.ask(dial.form.get('StatusCallback'), { CallSid: dial.sid, CallStatus: 'no-answer', SequenceNumber: '3', Direction: 'outbound-api' });
	assert.equal(answer.status, 204);
	await until('the event', async () => (await messagesOf(offer.contact)).some((m) => /does not answer/.test(m.body)));
	await call.status('completed');
	await until('the call to end', async () => ['wrap-up', 'closed'].includes(await stateOf(offer.contact)));
	await settle(offer.contact);
});

test('a wrong token at the provider holds the commands; mended, they go', async () => {
	await ready();
	const { call } = await ring();
	const { offer } = await anna.live.offer((o) => o.contact.session?.key === call.sid);
	const { token } = provider;
	provider.token = 'changed at the provider only';
	await accept(anna, offer);
	await until('the channel to say so', async () => (await usher.admin.get('channels/phone')).status.health === 'down');
	const held = (await usher.admin.get('outbox')).items.find((o) => o.contact === offer.contact.id);
	assert.equal(held.state, 'held');
	provider.token = token;
	await usher.admin.put('channels/phone', { settings: { ring_timeout_s: 25 } });
	await provider.next('the agent\'s leg', provider.isDial);
	await call.status('completed');
	await until('the call to end', async () => ['wrap-up', 'closed'].includes(await stateOf(offer.contact)));
	await settle(offer.contact);
});

test('a restart in the middle of a call keeps it', async () => {
	await ready();
	const { call } = await ring();
	const { offer } = await anna.live.offer((o) => o.contact.session?.key === call.sid);
	const { dial } = await connect(call, offer);
	const { inner } = (await call.join()).get('Dial');
	await usher.kill();
	await usher.up();
	assert.equal((await call.room(inner.statusCallback, 'participant-join', call.sid, 'customer')).status, 204);
	assert.equal((await provider.twiml(dial.form.get('Url'), { CallSid: dial.sid, CallStatus: 'in-progress', Direction: 'outbound-api' })).get('Dial').inner.text, inner.text);
	assert.equal(await stateOf(offer.contact), 'active');
	assert.equal((await call.status('completed')).status, 204);
	await until('the call to end', async () => ['wrap-up', 'closed'].includes(await stateOf(offer.contact)));
});

await run({
	async before() {
		provider = await Provider.start();
		usher = await Usher.start({ name: 'twilio' });
		await seed(usher, { wrapup_s: 60 });
		await usher.admin.post('channels', { id: 'phone', driver: 'telephony', queue: 'support', settings: { ...provider.settings(), greeting: 'Welcome & "hello" <there>' } });
		hook = `${usher.url}/hooks/phone`;
		anna = await usher.agent('anna', { state: 'not-ready', phone: ANNA });
	},
	onFail: async () => usher.showLog(),
	async after() {
		await usher?.stop();
		await provider?.stop();
	},
});
