// SPDX-License-Identifier: Apache-2.0
// The REST calls, the live socket and the command line, as other people's programs use and misuse them.
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';

import { assert, note, run, test, until } from './lib/tap.mjs';
import { Caller, Live, PROGRAM, Usher, accept, freePort, seed, temporary } from './lib/usher.mjs';

let usher, admin, supervisor, anna, guest;
const by = async (role) => {
	await usher.admin.post('users', { login: role, name: role, roles: [role], password: `a sentence for ${role}`, queues: ['support'] });
	return usher.signIn(role, `a sentence for ${role}`);
};
const contact = (more = {}) => usher.admin.post('contacts', { channel: 'letter', queue: 'support', subject: 'By hand', body: 'A letter', customer: { name: 'Maija', address: 'Postbox 7' }, ...more });

test('bodies that are none: 400 with a sentence, and nothing is kept', async () => {
	const before = (await usher.admin.get('queues')).items.length;
	for (const body of ['{', '[]', '"x"', '{"name":"a","name":"b","slug":"c"}', '{"name":"\\ud800","slug":"x"}', '{"name":1,"slug":"x"}', '{"nosuch":1,"name":"x","slug":"x"}', `{"name":${'['.repeat(60)}${']'.repeat(60)},"slug":"x"}`, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])]) {
		const fault = await usher.admin.refused('POST', 'queues', body);
		assert.equal(fault.status, 400, String(body).slice(0, 40));
		assert.equal(fault.problem.code, 'invalid');
		assert.ok(fault.problem.detail.length > 5);
		assert.match(fault.headers.get('content-type'), /^application\/problem\+json/);
	}
	assert.equal((await usher.admin.get('queues')).items.length, before);
});

test('too large 413, wrong method 405, unknown 404', async () => {
	assert.equal((await usher.admin.raw('POST', 'queues', `{"name":"${'x'.repeat(300_000)}"}`)).status, 413);
	assert.equal((await usher.admin.raw('DELETE', 'figures')).status, 405);
	assert.equal((await usher.admin.raw('GET', 'nosuch')).status, 404);
	assert.equal((await usher.admin.raw('GET', 'contacts/C-999999')).status, 404);
	assert.ok([400, 404].includes((await usher.admin.raw('GET', 'contacts/%2e%2e%2fusers')).status));
});

test('a cookie needs its CSRF word and the site\'s own Origin; a token needs neither', async () => {
	const without = { 'x-usher-csrf': '' };
	assert.equal((await admin.raw('PUT', 'me/presence', { state: 'not-ready' }, without)).status, 403);
	assert.equal((await admin.raw('PUT', 'me/presence', { state: 'not-ready' }, { origin: 'https://elsewhere.example' })).status, 403);
	assert.equal((await admin.raw('GET', 'users', undefined, { 'x-usher-csrf': '' })).status, 200, 'reading is safe');
	assert.equal((await guest.raw('GET', 'users')).status, 401);
	assert.equal((await guest.raw('GET', 'users', undefined, { authorization: 'Bearer usr_nosuchtoken' })).status, 401);
	assert.equal((await guest.raw('POST', 'session', { login: 'admin', password: 'a sentence for admin' }, { origin: 'https://elsewhere.example' })).status, 403);
});

test('another Host is not answered', async () => {
	const status = await new Promise((done, fail) => {
		request({ host: '127.0.0.1', port: usher.port, path: '/readyz', headers: { host: 'rebind.example' } }, (answer) => done(answer.statusCode)).on('error', fail).end();
	});
	assert.ok(status === 421 || status === 403 || status === 400, `it is ${status}`);
});

test('roles: what agents, supervisors and admins may, over all calls', async () => {
	const A = 'agent';
	const S = 'supervisor';
	const M = 'admin';
	const matrix = [
		['GET', 'queues', [A, S, M]], ['POST', 'queues', [M]], ['PUT', 'queues/support', [M]], ['DELETE', 'queues/nosuch', [M]],
		['GET', 'users', [M]], ['POST', 'users', [M]], ['GET', 'users/agent', [M]], ['PUT', 'users/agent', [M]], ['DELETE', 'users/nosuch', [M]], ['POST', 'users/nosuch/password', [M]],
		['GET', 'agents', [A, S, M]], ['PUT', 'agents/agent/presence', [S, M]],
		['GET', 'skills', [A, S, M]], ['POST', 'skills', [M]], ['GET', 'codes', [A, S, M]], ['POST', 'codes', [M]], ['DELETE', 'codes/nosuch', [M]], ['GET', 'reasons', [A, S, M]],
		['GET', 'weights', [A, S, M]], ['PUT', 'weights/chat', [M]],
		['GET', 'channels', [A, S, M]], ['POST', 'channels', [M]], ['PUT', 'channels/nosuch', [M]], ['DELETE', 'channels/nosuch', [M]],
		['GET', 'figures', [A, S, M]], ['GET', 'outbox', [S, M]], ['GET', 'audit', [M]], ['GET', 'tokens', [M]], ['POST', 'tokens', [M]], ['DELETE', 'tokens/nosuch', [M]],
		['POST', 'contacts/C-999999/priority', [S, M]], ['POST', 'setup-links', []], ['GET', 'contacts', [A, S, M]],
	];
	const callers = { [A]: anna, [S]: supervisor, [M]: admin };
	const wrong = [];
	for (const [method, where, may] of matrix) for (const [role, caller] of Object.entries(callers)) {
		const answer = await caller.raw(method, where, method === 'GET' || method === 'DELETE' ? undefined : '{"nosuch":1}');
		const isLetIn = answer.status !== 403;
		if (isLetIn !== may.includes(role)) wrong.push(`${role}: ${method} ${where} gives ${answer.status}`);
		await answer.arrayBuffer();
	}
	for (const [method, where] of matrix) assert.equal((await guest.raw(method, where, method === 'GET' || method === 'DELETE' ? undefined : '{}')).status, 401, `${method} ${where} for nobody`);
	assert.deepEqual(wrong, []);
});

test('guessing passwords is made slow: 429 with Retry-After', async () => {
	const answers = [];
	for (let i = 0; i < 7; i++) answers.push(await guest.raw('POST', 'session', { login: 'guessed', password: `wrong words ${i}` }));
	assert.deepEqual(answers.slice(0, 5).map((a) => a.status), [401, 401, 401, 401, 401]);
	assert.equal(answers[6].status, 429);
	assert.ok(Number(answers[6].headers.get('retry-after')) > 0);
	const other = await usher.signIn('supervisor', 'a sentence for supervisor');
	assert.equal(other.user.login, 'supervisor', 'others still sign in');
});

test('a stale epoch is 409 and changes nothing; a repeated client_id is one message', async () => {
	await anna.put('me/presence', { state: 'ready' });
	const made = await contact();
	const { offer } = await anna.live.offer((o) => o.contact.id === made.id);
	const stale = await anna.refused('POST', `contacts/${made.id}/accept`, { epoch: offer.epoch + 1 });
	assert.equal(stale.status, 409);
	assert.equal(stale.problem.code, 'stale');
	const held = await accept(anna, offer);
	const body = { client_id: 'one and the same', kind: 'note', body: 'once', epoch: held.epoch };
	const [first, second] = await Promise.all([anna.post(`contacts/${made.number}/messages`, body), anna.post(`contacts/${made.id}/messages`, body)]);
	assert.equal(first.id, second.id);
	assert.equal((await anna.refused('POST', `contacts/${made.id}/close`, { epoch: held.epoch - 1, code: 'solved' })).status, 409);
	const other = await supervisor.refused('POST', `contacts/${made.id}/close`, { epoch: held.epoch, code: 'solved' });
	assert.ok([403, 409].includes(other.status), `not the holder: ${other.message}`);
	note(other.message);
	assert.equal((await usher.admin.get(`contacts/${made.id}`)).state, 'active');
	await anna.post(`contacts/${made.id}/close`, { epoch: held.epoch, code: 'solved' });
	const { items } = await usher.admin.get(`contacts/${made.id}/messages`);
	assert.equal(items.filter((m) => m.body === 'once').length, 1);
});

test('Idempotency-Key: the same contact again', async () => {
	const body = { channel: 'visit', queue: 'support', subject: 'At the desk', body: 'x', customer: { name: 'V', address: 'desk' } };
	const [first, second] = [await usher.admin.call('POST', 'contacts', body, { 'idempotency-key': 'k1' }), await usher.admin.call('POST', 'contacts', body, { 'idempotency-key': 'k1' })];
	assert.equal(first.id, second.id);
});

test('lists are paged by cursor, each item once', async () => {
	for (let i = 0; i < 7; i++) await contact({ subject: `page ${i}` });
	const seen = [];
	let cursor = '';
	for (let i = 0; i < 20; i++) {
		const page = await usher.admin.get(`contacts?limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
		seen.push(...page.items.map((c) => c.number));
		cursor = page.next;
		if (!cursor) break;
	}
	assert.equal(new Set(seen).size, seen.length);
	assert.equal(seen.length, (await usher.admin.get('contacts?limit=200')).items.length);
});

test('tokens: shown once, with the roles of who made them, gone when removed', async () => {
	const made = await admin.post('tokens', { label: 'a program' });
	const program = new Caller(usher, { authorization: `Bearer ${made.token}` });
	assert.equal((await program.get('queues')).items.length, 1);
	assert.ok((await program.get('users')).items.length > 0);
	assert.equal((await supervisor.refused('POST', 'tokens', { label: 'x' })).status, 403);
	assert.ok(!JSON.stringify(await admin.get('tokens')).includes(made.token));
	await admin.remove(`tokens/${made.id}`);
	assert.equal((await program.refused('GET', 'queues')).status, 401);
});

test('the set-up link works once', async () => {
	const { token } = await usher.admin.post('setup-links');
	const body = { token, login: 'second', name: 'Second', password: 'a sentence for second' };
	assert.equal((await guest.raw('POST', 'setup', body)).status, 200);
	assert.equal((await guest.raw('POST', 'setup', { ...body, login: 'third' })).status, 403);
});

test('signing out closes the live socket with 4001', async () => {
	const session = await usher.signIn('supervisor', 'a sentence for supervisor');
	const live = await Live.open(session, ['queues']);
	await session.remove('session');
	await until('the socket to close', () => live.closed !== null);
	assert.equal(live.closed, 4001);
	assert.equal((await session.refused('GET', 'queues')).status, 401);
});

test('secrets of channels are never given back', async () => {
	await usher.admin.post('channels', { id: 'phone', driver: 'telephony', queue: 'support', settings: { account_sid: 'AC00000000000000000000000000000000', auth_token: 'very secret words', number: '+35891234567' } });
	assert.ok(!JSON.stringify(await usher.admin.get('channels')).includes('very secret'));
	const changed = await usher.admin.put('channels/phone', { settings: { ...(await usher.admin.get('channels/phone')).settings, ring_timeout_s: 20 } });
	assert.equal(changed.status.health, 'ok');
	assert.equal((await usher.admin.refused('PUT', 'channels/phone', { settings: { nosuch: 1 } })).status, 400);
});

test('the command line: tables, CSV, JSON, exit codes, explain', async () => {
	const csv = await usher.cli('queue', 'list', '-o', 'csv');
	assert.equal(csv.code, 0);
	assert.match(csv.out, /^"SLUG","NAME"/);
	assert.match(csv.out, /\n"support","Support"/);
	const json = JSON.parse((await usher.cli('queue', 'list', '-o', 'json')).out);
	assert.equal((json.items ?? json)[0].slug, 'support');
	const lines = (await usher.cli('contact', 'list', '-o', 'ndjson')).out.trim().split('\n').map((line) => JSON.parse(line));
	assert.ok(lines.every((one) => one.number.startsWith('C-')));
	assert.equal((await usher.cli('queue', 'nosuch')).code, 2);
	assert.equal((await usher.cli('queue', 'list', '--url', `http://127.0.0.1:${await freePort()}`)).code, 69);
	assert.equal((await usher.cli('user', 'list', '--url', usher.url, '--token', 'usr_wrong')).code, 77);
	const { number } = lines.find((one) => one.state === 'closed');
	const explained = await usher.cli('explain', number);
	assert.equal(explained.code, 0);
	assert.match(explained.out, /agent/i);
	note(explained.out.split('\n').slice(0, 3).join('\n'));
});

test('commands: a wrong verb and a wrong option are named, with what there is', async () => {
	const missing = await usher.cli('queue');
	assert.equal(missing.code, 2);
	assert.match(missing.err, /a verb is missing[^]*queue list, /);
	assert.match((await usher.cli('queue', 'lst')).err, /no such verb: lst[^]*queue list, /);
	const stray = await usher.cli('queue', 'list', '--bogus');
	assert.equal(stray.code, 2);
	assert.match(stray.err, /unknown option "--bogus"/);
});

test('commands: one thing alone is shown whole; a customer without a name by the address', async () => {
	const name = `x${'y'.repeat(90)}`;
	await usher.admin.post('queues', { slug: 'long', name });
	assert.ok((await usher.cli('queue', 'show', 'long')).out.includes(name));
	assert.ok(!(await usher.cli('queue', 'list')).out.includes(name));
	await contact({ customer: { address: 'Postbox 8' } });
	assert.match((await usher.cli('contact', 'list')).out, /Postbox 8/);
});

test('commands find the demo of the folder they are given in', async () => {
	const folder = temporary('api-demo');
	symlinkSync(usher.folder, path.join(folder, 'demo-data'));
	const { USHER_DATA_DIR, ...env } = process.env;
	if (existsSync('/var/lib/usher/control')) return note('SKIP: an Usher is installed on this machine');
	const out = execFileSync(PROGRAM, ['queue', 'list'], { cwd: folder, env, encoding: 'utf8' });
	assert.match(out, /support/);
});

test('lists stand in the same order before a restart and after it', async () => {
	for (const code of ['zz', 'aa', 'mm']) await usher.admin.post('codes', { code, label: `Code ${code}` });
	const codes = async () => (await usher.admin.get('codes')).items.map((c) => c.code);
	const before = await codes();
	await usher.down();
	await usher.up();
	assert.deepEqual(await codes(), before);
	assert.ok(before.indexOf('aa') < before.indexOf('mm') && before.indexOf('mm') < before.indexOf('zz'));
});

await run({
	async before() {
		usher = await Usher.start({ name: 'api' });
		guest = new Caller(usher);
		await seed(usher);
		[admin, supervisor] = [await by('admin'), await by('supervisor')];
		anna = await usher.agent('agent', { state: 'not-ready' });
	},
	onFail: async () => usher.showLog(),
	after: () => usher?.stop(),
});
