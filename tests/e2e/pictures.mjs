// SPDX-License-Identifier: Apache-2.0
// No test: makes docs/pictures/*.png from the running demo. USHER_BUILD=build node tests/e2e/pictures.mjs
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

import { swaks } from '../peers/lib/mail.mjs';
import { Call, Provider } from '../peers/lib/provider.mjs';
import { sleep } from '../peers/lib/tap.mjs';
import { SOURCES } from '../peers/lib/usher.mjs';
import { Demo, id, say, take, write } from './lib/demo.mjs';

const BYTES_MAX = 200_000;
const FOLDER = path.join(SOURCES, 'docs/pictures');
const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const SUPPORT = 'support@meripuu.example';

async function shoot(page, name) {
	for (const colorScheme of ['light', 'dark']) for (const [size, viewport] of Object.entries(SIZES)) {
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		await page.setViewportSize(viewport);
		await sleep(400);
		const file = path.join(FOLDER, `${name}-${size}-${colorScheme}.png`);
		await page.screenshot({ path: file });
		const { size: bytes } = statSync(file);
		if (bytes > BYTES_MAX) throw new Error(`${file}: ${bytes} bytes`);
		console.log(`${path.basename(file)} ${bytes}`);
	}
}

async function visitor(demo, name, ...texts) {
	const page = await demo.visitor({ viewport: SIZES.wide });
	await id(page, 'widget-name').fill(name);
	for (const text of texts) await write(page, text);
	await page.locator('[data-testid=widget-message]').nth(texts.length - 1).waitFor();
	return page;
}

const mail = (demo, from, subject, body) => swaks({ lmtp: demo.lmtp, from: `${from.toLowerCase()}@customer.example`, to: SUPPORT, subject, body, headers: { From: `${from} <${from.toLowerCase()}@customer.example>` } });

async function converse(demo, anna) {
	const page = await visitor(demo, 'Maija', 'Hello! I ordered a bicycle last week.', 'Could you tell me when it arrives?');
	await take(anna);
	await say(anna, 'Good morning! I am looking at your order now.');
	await sleep(1200);
	await say(anna, 'It left our workshop yesterday and arrives on Thursday between 10 and 12.');
	await sleep(1200);
	await write(page, 'Wonderful. Can I change the address?');
	await sleep(1200);
	await say(anna, 'Of course. Which address would suit you better?');
	await sleep(500);
	return page;
}

async function work(demo, kalle) {
	for (const [from, subject, body] of [['Ville', 'Invoice 2291', 'The invoice has my old address.'], ['Aino', 'Brake pads', 'Which pads fit the city model?']]) {
		await mail(demo, from, subject, body);
		await take(kalle);
		await say(kalle, 'Thank you for your message. I will look into it at once.');
		await id(kalle, 'close').click();
		await id(kalle, 'wrapup-code-solved').click();
		await id(kalle, 'close-finish').click();
	}
}

const provider = await Provider.start();
const demo = await Demo.start('pictures', { provider: provider.url });
Object.assign(provider, { account: demo.account, token: demo.token });
mkdirSync(FOLDER, { recursive: true });
try {
	const board = await demo.board({ viewport: SIZES.wide });
	const kalle = await demo.agent('kalle');
	await work(demo, kalle);
	await id(kalle, 'not-ready-button').click();
	await kalle.locator('[data-testid^=reason-]').first().click();
	const anna = await demo.agent('anna', { options: { viewport: SIZES.wide } });
	const widget = await converse(demo, anna);
	await mail(demo, 'Eero', 'Order 1187', 'Could you send the order to my summer cottage instead?');
	await take(anna);
	for (const [from, subject, body] of [['Liisa', 'Opening hours', 'Are you open on Saturday?'], ['Mart', 'Repair', 'My chain came off.']]) await mail(demo, from, subject, body);
	await new Call(provider, `${demo.usher.url}/hooks/phone`).ring();
	await anna.locator('[data-testid=contact-row]').filter({ hasText: 'Maija' }).first().click();
	await sleep(600);
	await shoot(anna, 'console');
	await shoot(board, 'board');
	await shoot(widget, 'widget');
	const { url } = await demo.usher.admin.post('channels/video/links', { name: 'Maija' });
	const video = await demo.page({ viewport: SIZES.wide });
	await video.goto(url);
	await id(video, 'video-lobby').waitFor();
	await shoot(video, 'video');
} catch (fault) {
	await demo.pictures();
	throw fault;
} finally {
	await demo.stop();
	await provider.stop();
}
process.exit(0);
