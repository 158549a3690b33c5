// SPDX-License-Identifier: Apache-2.0
// Dovecot is fetched from, swaks delivers by LMTP, an SMTP server with STARTTLS and AUTH takes what leaves.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { Dovecot, Sink, certificate, lmtp, missing, swaks } from './lib/mail.mjs';
import { assert, note, run, skip, skipAll, test, until } from './lib/tap.mjs';
import { Usher, accept, freePort, seed } from './lib/usher.mjs';

const SUPPORT = 'support@example.test';
const ARCHIVE = 'archive@example.test';
const USERS = { [SUPPORT]: 'secret one', [ARCHIVE]: 'secret two' };
const SHARED = path.join(process.env.USHER_SHARED ?? '', 'mail');
let usher, anna, dovecot, sink, tls, port, grey;

const contactsOf = async (address) => (await usher.admin.get('contacts?limit=200')).items.filter((c) => c.customer?.address === address);
const contactOf = (address, options) => until(`a contact of ${address}`, async () => (await contactsOf(address))[0], { ms: 15_000, ...options });
const messagesOf = async (contact) => (await usher.admin.get(`contacts/${contact.id}/messages`)).items;
const message = async (contact, seq) => (await messagesOf(contact)).find((m) => m.seq === seq);
// =?utf-8?B?…?= as RFC 2047 has it.
const words = (text) => text.replace(/=\?utf-8\?B\?([^?]*)\?=\s*/gi, (_, data) => Buffer.from(data, 'base64').toString());
const channel = () => usher.admin.get('channels/support-mail');

async function answer(contact, body) {
	const offer = await anna.live.offer((o) => o.contact.id === contact.id);
	const held = await accept(anna, offer.offer);
	const said = await anna.post(`contacts/${contact.id}/messages`, { client_id: crypto.randomUUID(), kind: 'text', body, epoch: held.epoch });
	return { held, said };
}
async function finish(contact) {
	const now = await usher.admin.get(`contacts/${contact.id}`);
	await anna.post(`contacts/${contact.id}/close`, { epoch: now.epoch, code: 'solved' });
}
const delivered = (contact, seq, state, options) => until(`delivery ${state}`, async () => {
	const found = await message(contact, seq);
	if (found.delivery !== state) throw new Error(`it is ${found.delivery} (${found.detail})`);
	return found;
}, { ms: 15_000, ...options });

test('greylisting: the answer waits with its reason, and will be tried again', async () => {
	await swaks({ lmtp: port, from: 'grey@customer.example', to: SUPPORT, subject: 'Grey' });
	grey = await contactOf('grey@customer.example');
	Object.assign(grey, await answer(grey, 'This comes at the second try'));
	const waiting = await delivered(grey, grey.said.seq, 'retry');
	assert.match(waiting.detail, /451.*greylisted/);
	const [row] = (await usher.admin.get('outbox')).items;
	assert.equal(row.state, 'retry');
	assert.ok(Date.parse(row.next_at) > Date.now() + 20_000 && Date.parse(row.next_at) < Date.now() + 70_000, `next at ${row.next_at}`);
});

test('a mail by LMTP is a contact with its words, and the answer goes out as it should', async () => {
	await swaks({ lmtp: port, from: 'maija@customer.example', to: SUPPORT, subject: 'Missä tilaukseni on?', body: 'Tilasin pöydän.\n\nMaija', headers: { 'Message-Id': '<first@customer.example>', From: 'Maija Meikäläinen <maija@customer.example>', 'Content-Type': 'text/plain; charset=utf-8' } });
	const contact = await contactOf('maija@customer.example');
	assert.equal(contact.subject, 'Missä tilaukseni on?');
	assert.equal(contact.channel, 'email');
	const [first] = await messagesOf(contact);
	assert.match(first.body, /Tilasin pöydän\./);
	const { said } = await answer(contact, 'Se lähti eilen. ✓\n.\n.. ja pisteet');
	await delivered(contact, said.seq, 'sent');
	const mail = await sink.wait('the mail at the server', (m) => m.to.includes('maija@customer.example'));
	assert.ok(mail.tls, 'under TLS');
	assert.equal(mail.user, 'usher');
	assert.match(mail.headers.from, /support@example\.test/);
	assert.equal(mail.headers['in-reply-to'], '<first@customer.example>');
	assert.match(mail.headers.references, /<first@customer\.example>/);
	assert.equal(words(mail.headers.subject), `Re: Missä tilaukseni on? [${contact.number}]`);
	assert.match(mail.headers['reply-to'] ?? mail.headers.from, /support\+c[^@]+@example\.test/);
	assert.ok(!/[^\r]\n/.test(mail.text), 'no bare line feeds');
	Object.assign(contact, { mail });
	thread = contact;
});
let thread;

test('answers find their contact: by the signed address, by References; forged ones do not', async () => {
	const reply = /support\+c[^@]+@example\.test/.exec(thread.mail.headers['reply-to'] ?? thread.mail.headers.from)[0];
	const from = 'maija@customer.example';
	await swaks({ lmtp: port, from, to: reply, subject: 'no mark but the address', body: 'by address' });
	await until('it to join', async () => (await messagesOf(thread)).some((m) => /by address/.test(m.body)));
	await swaks({ lmtp: port, from, to: SUPPORT, subject: 'Re: x', body: 'by references', headers: { References: `<x@y.example> ${thread.mail.headers['message-id']}` } });
	await until('it to join', async () => (await messagesOf(thread)).some((m) => /by references/.test(m.body)));
	await swaks({ lmtp: port, from, to: SUPPORT, subject: 'Re: x', body: 'by in-reply-to', headers: { 'In-Reply-To': thread.mail.headers['message-id'] } });
	await until('it to join', async () => (await messagesOf(thread)).some((m) => /by in-reply-to/.test(m.body)));
	assert.equal((await contactsOf(from)).length, 1);
	const forged = reply.replace(/\.(.)([^.@]*)@/, (_, letter, rest) => `.${letter === 'a' ? 'b' : 'a'}${rest}@`);
	assert.notEqual(forged, reply);
	await swaks({ lmtp: port, from: 'mallory@customer.example', to: forged, subject: 'forged', body: 'let me in' });
	const other = await contactOf('mallory@customer.example');
	assert.notEqual(other.id, thread.id);
	await finish(thread);
});

test('IMAP: Dovecot tells of a mail by IDLE, it is fetched once and moved away', async () => {
	await until('the mailbox to be watched', async () => (await channel()).status.health === 'ok');
	const began = Date.now();
	await swaks({ lmtp: dovecot.lmtp, from: 'ville@customer.example', to: SUPPORT, subject: 'By IMAP', body: 'pushed' });
	const contact = await contactOf('ville@customer.example');
	note(`from Dovecot's door to a contact ${Date.now() - began} ms (IDLE; the next poll is 300 s away)`);
	assert.match((await messagesOf(contact))[0].body, /pushed/);
	await until('it to be moved', () => dovecot.count(SUPPORT, 'Processed') === 1 && dovecot.count(SUPPORT) === 0);
});

test('a restart in between: what lies there is fetched, nothing twice', async () => {
	const from = (i) => `restart${i}@customer.example`;
	for (let i = 0; i < 3; i++) await swaks({ lmtp: dovecot.lmtp, from: from(i), to: ARCHIVE, subject: `Archive ${i}`, body: 'left in place' });
	for (let i = 0; i < 3; i++) await contactOf(from(i));
	await usher.kill();
	for (let i = 3; i < 6; i++) await swaks({ lmtp: dovecot.lmtp, from: from(i), to: ARCHIVE, subject: `Archive ${i}`, body: 'while away' });
	await dovecot.down();
	await usher.up();
	await until('the outage to be shown', async () => (await usher.admin.get('channels/archive')).status.health === 'down', { ms: 15_000 });
	const listed = await usher.cli('channel', 'list');
	assert.match(listed.out, /archive +email +yes +Support +down +.*127\.0\.0\.1/);
	await dovecot.up();
	await usher.admin.put('channels/archive', { settings: { imap_poll_s: 299 } });
	for (let i = 0; i < 6; i++) await contactOf(from(i), { ms: 30_000 });
	for (let i = 0; i < 6; i++) assert.equal((await contactsOf(from(i))).length, 1, from(i));
	assert.equal(dovecot.count(ARCHIVE), 6, 'and they still lie there');
	await anna.live.close();
	anna.live = await reconnect();
});
async function reconnect() {
	const { Live } = await import('./lib/usher.mjs');
	const live = await Live.open(anna, ['me']);
	usher.lives.push(live);
	await anna.put('me/presence', { state: 'ready' });
	return live;
}

test('a recipient who does not exist: failed, with the server\'s words', async () => {
	await swaks({ lmtp: port, from: 'perm@customer.example', to: SUPPORT, subject: 'Gone' });
	const contact = await contactOf('perm@customer.example');
	const { said } = await answer(contact, 'nobody reads this');
	const failed = await delivered(contact, said.seq, 'failed');
	assert.match(failed.detail, /550.*no such user here/);
	await finish(contact);
});

test('a wrong password holds the mail; mended, it leaves', async () => {
	await usher.admin.put('channels/support-mail', { settings: { smtp_password: 'not this' } });
	await swaks({ lmtp: port, from: 'held@customer.example', to: SUPPORT, subject: 'Held' });
	const contact = await contactOf('held@customer.example');
	const { said } = await answer(contact, 'after the mending');
	const held = await delivered(contact, said.seq, 'held');
	assert.match(held.detail, /535|password|sign/i);
	const status = await until('the channel to say so', async () => {
		const found = (await channel()).status;
		return found.health === 'degraded' && found;
	});
	assert.match(status.text, /held/);
	assert.ok(!sink.all().some((m) => m.to.includes('held@customer.example')));
	await usher.admin.put('channels/support-mail', { settings: { smtp_password: sink.password } });
	await delivered(contact, said.seq, 'sent');
	await sink.wait('the mail', (m) => m.to.includes('held@customer.example'));
	await finish(contact);
});

test('an SMTP server that is away: kept, shown, tried again', async () => {
	await sink.down();
	await swaks({ lmtp: port, from: 'away@customer.example', to: SUPPORT, subject: 'Away' });
	const contact = await contactOf('away@customer.example');
	const { said } = await answer(contact, 'when you are back');
	const waiting = await delivered(contact, said.seq, 'retry');
	assert.match(waiting.detail, /reach|connect|refused/i);
	const listed = await usher.cli('outbox', 'list');
	assert.match(listed.out, /support-mail +message +retry/);
	await sink.up();
	Object.assign(contact, { said });
	away = contact;
});
let away;

test('malformed mail of others is kept and routed, each one', async () => {
	if (!existsSync(SHARED)) return skip('no corpus of mail: $USHER_SHARED is not set');
	const before = usher.log.match(/contact\.heard .*channel=support-mail/g)?.length ?? 0;
	const files = ['python-email', 'stalwart-mail-parser', 'flufl-bounce/data', 'gh-reply-parser/emails']
		.flatMap((name) => walk(path.join(SHARED, name))).filter((file) => /\.(txt|eml)$/.test(file) && !/LICENSE|expected/.test(file));
	const mails = files.map((file) => readFileSync(file));
	const parts = [[], [], [], []];
	mails.forEach((mail, i) => parts[i % parts.length].push(mail));
	const answers = (await Promise.all(parts.map((part) => lmtp(port, SUPPORT, part)))).flat();
	const refused = answers.filter((line) => !line.startsWith('250'));
	note(`${mails.length} mails, ${refused.length} refused`);
	assert.deepEqual(refused, []);
	await until('each to be kept', () => {
		const now = usher.log.match(/contact\.heard .*channel=support-mail/g)?.length ?? 0;
		if (now - before < mails.length - duplicates(mails)) throw new Error(`${now - before} of ${mails.length}`);
		return true;
	}, { ms: 30_000 });
	const { items } = await usher.admin.get('contacts?limit=200');
	for (const contact of items.slice(0, 60)) {
		const [first] = await messagesOf(contact);
		assert.ok(first.body !== null && first.seq === 1, `${contact.number} can be read`);
	}
}, { limit: 120_000 });
const duplicates = (mails) => mails.length - new Set(mails.map((mail) => mail.toString('latin1').replace(/\r?\n/g, '\n').trimEnd())).size;
const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? walk(path.join(folder, entry.name)) : [path.join(folder, entry.name)]));

test('too large: 552, and the next mail is taken', async () => {
	const large = Buffer.concat([Buffer.from('From: big@customer.example\r\nSubject: big\r\n\r\n'), Buffer.alloc(36 * 1024 * 1024, 'x'.repeat(76) + '\r\n')]);
	const [first, second] = await lmtp(port, SUPPORT, [large, Buffer.from('From: small@customer.example\r\nSubject: small\r\n\r\nhello\r\n')], 'small@customer.example');
	assert.match(first, /^552/);
	assert.match(second, /^250/);
	await contactOf('small@customer.example');
	assert.deepEqual(await contactsOf('big@customer.example'), []);
	const [nobody] = await lmtp(port, 'somebody-else@example.test', [Buffer.from('From: a@b.example\r\n\r\n')]).catch((fault) => [String(fault)]);
	assert.match(nobody, /^5\d\d/);
});

test('what was told to wait has left by now', async () => {
	await delivered(grey, grey.said.seq, 'sent', { ms: 75_000 });
	await delivered(away, away.said.seq, 'sent', { ms: 75_000 });
	assert.equal(sink.all().filter((m) => m.to.includes('grey@customer.example')).length, 1);
	assert.equal(sink.all().filter((m) => m.to.includes('away@customer.example')).length, 1);
	assert.deepEqual((await usher.admin.get('outbox')).items, []);
}, { limit: 160_000 });

const lacking = missing();
if (lacking) skipAll(`${lacking} is not installed`);
await run({
	async before() {
		tls = certificate();
		dovecot = await Dovecot.start(tls, USERS);
		sink = await Sink.start(tls);
		usher = await Usher.start({ name: 'mail' });
		port = await freePort();
		await seed(usher);
		const imap = { imap_url: `imap://127.0.0.1:${dovecot.imap}`, imap_ca_file: tls.cert };
		await usher.admin.post('channels', { id: 'support-mail', driver: 'email', queue: 'support', settings: {
			address: SUPPORT, name: 'Support', lmtp_listen: `127.0.0.1:${port}`, ...imap, imap_user: SUPPORT, imap_password: USERS[SUPPORT], imap_after: 'move',
			smtp_server: `127.0.0.1:${sink.port}`, smtp_user: sink.user, smtp_password: sink.password, smtp_ca_file: tls.cert } });
		await usher.admin.post('channels', { id: 'archive', driver: 'email', queue: 'support', settings: { address: ARCHIVE, ...imap, imap_user: ARCHIVE, imap_password: USERS[ARCHIVE] } });
		await usher.admin.put('weights/email', { weight: 0, max: 0 });
		anna = await usher.agent('anna');
	},
	onFail: async () => usher.showLog(),
	async after() {
		await usher?.stop();
		await sink?.down();
		await dovecot?.down();
	},
});
