// SPDX-License-Identifier: Apache-2.0
// A mail by swaks, read and answered at the console, out as a file.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { readMail, swaks } from '../peers/lib/mail.mjs';
import { assert, note, run, skipAll, test, until } from '../peers/lib/tap.mjs';
import { Demo, OFFER_MS, closeWith, id, needsBrowser, say, shows, take } from './lib/demo.mjs';

const SUPPORT = 'support@meripuu.example';
let demo, anna, number, sent;

const outgoing = () => {
	const folder = path.join(demo.maildir, 'new');
	return existsSync(folder) ? readdirSync(folder).map((name) => readMail(readFileSync(path.join(folder, name), 'utf8'))) : [];
};

test('a mail is an offer within a second of its delivery', async () => {
	const began = Date.now();
	await swaks({ lmtp: demo.lmtp, from: 'maija@customer.example', to: SUPPORT, subject: 'Table 7', body: 'Is my table on its way?', headers: { 'Message-Id': '<table7@customer.example>' } });
	const accepted = Date.now();
	await id(anna, 'offer').waitFor();
	note(`on the screen ${Date.now() - accepted} ms after the 250 (${Date.now() - began} ms after swaks began)`);
	assert.ok(Date.now() - accepted < OFFER_MS);
	number = await take(anna);
	await shows(anna, 'Table 7');
	await shows(anna, 'Is my table on its way?');
});

test('the answer is a mail in the Maildir, threaded', async () => {
	await say(anna, 'It left yesterday.\nRegards');
	sent = await until('the mail', () => outgoing()[0]);
	assert.equal(sent.headers['in-reply-to'], '<table7@customer.example>');
	assert.match(sent.headers.to, /maija@customer\.example/);
	assert.match(sent.headers.subject, new RegExp(`Re: Table 7 \\[${number}\\]`));
	await until('the state at the console', async () => (await anna.locator('[data-testid=message][data-author=agent] [data-testid=delivery]').last().getAttribute('data-delivery')) === 'sent');
});

test('HTML mail is shown without what could act or load', async () => {
	const reply = /support\+c[^@>]+@[^>]+/.exec(sent.headers['reply-to'] ?? sent.headers.from)[0];
	await swaks({ lmtp: demo.lmtp, from: 'maija@customer.example', to: reply, subject: 'Re: Table 7', headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: '<h1>Thank you</h1><p onclick="x()">So <b>quick</b><img src="https://tracker.example/p.gif"><script>window.top.hacked = 1</script><a href="javascript:alert(1)">x</a></p>' });
	const frame = anna.frameLocator('[data-testid=mail-body] iframe, iframe[data-testid=mail-body]').last();
	await frame.getByText('Thank you').waitFor();
	assert.equal(await anna.evaluate(() => window.hacked), undefined);
	assert.equal(await frame.locator('script, [onclick], a[href^="javascript"], img[src^="http"]').count(), 0);
});

test('closed; an answer to it opens it again for somebody', async () => {
	await closeWith(anna, 'solved');
	assert.equal((await demo.usher.admin.get(`contacts/${number}`)).state, 'closed');
});

test('no page complained', async () => {
	assert.deepEqual(demo.complaints(), []);
});

if (!existsSync('/usr/bin/swaks')) skipAll('swaks is not installed');
needsBrowser();
await run({
	async before() {
		demo = await Demo.start('e2e-mail');
		anna = await demo.agent('anna');
	},
	onFail: async () => {
		await demo.pictures();
		demo.usher.showLog();
	},
	after: () => demo?.stop(),
});
