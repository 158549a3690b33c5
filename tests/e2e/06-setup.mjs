// SPDX-License-Identifier: Apache-2.0
// From an empty folder to the first admin, by the one-time link that `usher init` prints.
import { execFileSync } from 'node:child_process';

import { assert, run, test, until } from '../peers/lib/tap.mjs';
import { PROGRAM, Usher, temporary } from '../peers/lib/usher.mjs';
import { context, id, launch, quiet } from './lib/browser.mjs';
import { needsBrowser } from './lib/demo.mjs';

let usher, browser, made, link;

test('the link opens the set-up; a short password is refused in words', async () => {
	const page = await made.newPage();
	await page.goto(link);
	await id(page, 'setup-name').fill('First Admin');
	await id(page, 'setup-login').fill('first');
	await id(page, 'setup-password').fill('short');
	await id(page, 'setup-submit').click();
	await until('a word about it', async () => /1[02]/.test(await id(page, 'setup-fault').innerText()));
	await id(page, 'setup-password').fill('a sentence that is long enough');
	await id(page, 'setup-submit').click();
	await id(page, 'setup-console').waitFor();
	assert.ok(!page.url().includes('#k='), 'the token is gone from the address');
	await id(page, 'setup-console').click();
	await id(page, 'console').waitFor();
});

test('the link works once', async () => {
	const page = await made.newPage();
	await page.goto(link);
	await id(page, 'setup-name').fill('Second');
	await id(page, 'setup-login').fill('second');
	await id(page, 'setup-password').fill('another long enough sentence');
	await id(page, 'setup-submit').click();
	await id(page, 'setup-fault').waitFor();
	assert.match(await id(page, 'setup-fault').innerText(), /used|30 minutes|init/);
	assert.equal((await usher.admin.get('users')).items.length, 1);
});

test('the first admin signs in elsewhere, and out', async () => {
	const other = await context(browser, usher);
	const page = await other.newPage();
	await page.goto('/console');
	await id(page, 'signin-login').fill('first');
	await id(page, 'signin-password').fill('wrong words altogether');
	await id(page, 'signin-submit').click();
	await id(page, 'signin-fault').waitFor();
	await id(page, 'signin-password').fill('a sentence that is long enough');
	await id(page, 'signin-submit').click();
	await id(page, 'console').waitFor();
	await id(page, 'account').click();
	await id(page, 'sign-out').click();
	await id(page, 'signin-login').waitFor();
	assert.deepEqual(quiet(other), []);
});

needsBrowser();
await run({
	async before() {
		const folder = temporary('e2e-setup');
		usher = await Usher.start({ name: 'e2e-setup', folder });
		const printed = execFileSync(PROGRAM, ['init', '--set', `data_dir=${folder}`], { encoding: 'utf8' });
		link = /http\S+\/setup#k=\S+/.exec(printed)[0].replace(/^http:\/\/[^/]+/, usher.url);
		browser = await launch();
		made = await context(browser, usher);
	},
	onFail: async () => usher.showLog(),
	async after() {
		await browser?.close();
		await usher?.stop();
	},
});
