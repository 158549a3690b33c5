// SPDX-License-Identifier: Apache-2.0
// Two browsers with made-up cameras see each other; Usher only introduces them.
import { assert, note, run, test, until } from '../peers/lib/tap.mjs';
import { Demo, OFFER_MS, closeWith, id, needsBrowser, shows, take, write } from './lib/demo.mjs';
import { signIn } from './lib/browser.mjs';
import { startTurn } from './lib/turn.mjs';

let demo, anna, turn;

// Every connection the page makes is kept, so that it can be asked; `relay` allows no direct way.
const watch = (made, { relay = false } = {}) => made.addInitScript((isRelayOnly) => {
	const Native = window.RTCPeerConnection;
	window.connections = [];
	window.RTCPeerConnection = class extends Native {
		constructor(settings) {
			super(isRelayOnly ? { ...settings, iceTransportPolicy: 'relay' } : settings);
			window.connections.push(this);
		}
	};
}, relay);

const stats = (page) => page.evaluate(async () => {
	const pc = window.connections.at(-1);
	if (!pc) return null;
	const found = { state: pc.connectionState, signaling: pc.signalingState, ice: pc.iceConnectionState, made: window.connections.length, video: 0, audio: 0, pairs: [] };
	const report = await pc.getStats();
	for (const s of report.values()) {
		if (s.type === 'inbound-rtp' && s.kind === 'video') found.video += s.framesDecoded ?? 0;
		if (s.type === 'inbound-rtp' && s.kind === 'audio') found.audio += s.packetsReceived ?? 0;
		if (s.type === 'candidate-pair' && s.nominated) found.pairs.push(report.get(s.localCandidateId)?.candidateType);
	}
	return found;
});
async function bothSee(...pages) {
	const began = Date.now();
	for (const page of pages) await until('pictures from the other side', async () => {
		const now = await stats(page);
		if (!(now?.state === 'connected' && now.video > 5 && now.audio > 5)) throw new Error(JSON.stringify(await Promise.all(pages.map(stats))));
		return true;
	}, { ms: 25_000 });
	note(`both see and hear each other after ${Date.now() - began} ms`);
}
async function customer(url, options) {
	const page = await demo.page();
	await watch(page.context(), options);
	await page.goto(url);
	await id(page, 'video-lobby').waitFor();
	return page;
}

test('a link opens a lobby; the customer waits; an agent takes the call; both see each other', async () => {
	const { url } = await demo.usher.admin.post('channels/video/links', { name: 'Maija' });
	const page = await customer(url);
	await id(page, 'video-check').click();
	await id(page, 'video-preview').waitFor();
	await id(page, 'video-join').click();
	await id(page, 'video-waiting').waitFor();
	const began = Date.now();
	await id(anna, 'ready-button').click();
	await id(anna, 'offer').waitFor();
	note(`offer ${Date.now() - began} ms after Ready`);
	assert.ok(Date.now() - began < OFFER_MS);
	const number = await take(anna);
	await id(anna, 'agent-video-join').click();
	await bothSee(page, anna);
	await shows(page, 'Anna');
	// Muted and back; the picture goes off and on.
	await id(page, 'video-mic').click();
	await id(page, 'video-camera').click();
	await id(page, 'video-camera').click();
	await id(page, 'video-mic').click();
	await bothSee(anna);
	await id(page, 'video-leave').click();
	await id(page, 'video-ended').waitFor();
	await until('the record to say who was there, and for how long', async () => {
		const { items } = await demo.usher.admin.get(`contacts/${number}/messages`);
		return items.some((m) => m.kind === 'event' && /\d+ s|\d+:\d\d|minute|second/i.test(m.body));
	});
	await demo.usher.admin.put('agents/anna/presence', { state: 'not-ready' });
	const contact = await demo.usher.admin.get(`contacts/${number}`);
	if (contact.state === 'active') await closeWith(anna, 'solved');
	else await finishWrapup();
});

async function finishWrapup() {
	await anna.locator('[data-testid=wrapup-code-solved]').click();
	await id(anna, 'wrapup-finish').click();
}

test('one action in a chat: the customer gets a link and is there', async () => {
	await demo.usher.admin.put('agents/anna/presence', { state: 'ready' });
	const visitor = await demo.visitor();
	await write(visitor, 'Could you show me?');
	const number = await take(anna);
	await id(anna, 'send-video-link').click();
	const link = visitor.locator('[data-testid=widget-link]').first();
	await link.waitFor();
	const href = await link.evaluate((el) => el.href ?? el.querySelector('a').href);
	assert.match(href, /\/v\/[^/]+$/);
	const page = await customer(href);
	await id(page, 'video-join').click();
	await id(anna, 'agent-video-join').click();
	await bothSee(page, anna);
	const contact = await demo.usher.admin.get(`contacts/${number}`);
	assert.equal(contact.channel, 'chat', 'the same contact');
	await write(visitor, 'I see you');
	await shows(anna, 'I see you');
	await id(page, 'video-leave').click();
	await id(page, 'video-ended').waitFor();
	assert.equal((await demo.usher.admin.get(`contacts/${number}`)).state, 'active', 'the chat goes on');
	await closeWith(anna, 'solved');
});

test('a spoiled and an expired way in are refused in words', async () => {
	const { url } = await demo.usher.admin.post('channels/video/links', {});
	const page = await demo.page();
	await page.goto(`${url.slice(0, -3)}abc`);
	await id(page, 'video-join').click().catch(() => {});
	await id(page, 'video-ended').waitFor();
	assert.match(await id(page, 'video-ended').innerText(), /link/i);
});

test('through a TURN server alone, with time-limited credentials', async () => {
	if (turn === null) return note('SKIP: coturn is not installed');
	await demo.usher.admin.put('channels/video', { settings: { turn_urls: `turn:127.0.0.1:${turn.port}?transport=udp`, turn_secret: 'a secret of both' } });
	const { url } = await demo.usher.admin.post('channels/video/links', { name: 'Relayed' });
	const page = await customer(url, { relay: true });
	await id(page, 'video-join').click();
	const kalle = await demo.page();
	await watch(kalle.context(), { relay: true });
	await demo.usher.admin.put('agents/anna/presence', { state: 'not-ready' });
	await signIn(kalle, '/console', demo.people.kalle);
	await id(kalle, 'ready-button').click();
	await take(kalle);
	await id(kalle, 'agent-video-join').click();
	await bothSee(page, kalle);
	for (const one of [page, kalle]) assert.deepEqual([...new Set((await stats(one)).pairs)], ['relay']);
	await id(page, 'video-leave').click();
});

needsBrowser();
await run({
	async before() {
		turn = await startTurn('a secret of both');
		demo = await Demo.start('e2e-video');
		anna = await demo.agent('anna', { ready: false });
		await watch(anna.context());
		await anna.reload();
		await id(anna, 'console').waitFor();
	},
	onFail: async () => {
		await demo.pictures();
		demo.usher.showLog();
	},
	async after() {
		await demo?.stop();
		await turn?.stop();
	},
});
