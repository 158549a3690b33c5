// SPDX-License-Identifier: Apache-2.0
// Chromium with fake media, pages signed in, and what every journey needs.
import { chromium } from 'playwright-core';

import { note } from '../../peers/lib/tap.mjs';

export const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
	'--use-fake-device-for-media-stream',
	'--use-fake-ui-for-media-stream',
	'--autoplay-policy=no-user-gesture-required',
	'--allow-loopback-in-peer-connection', // a machine without a network still has candidates
	'--disable-dev-shm-usage',
];

export async function launch() {
	const root = process.getuid() === 0 ? ['--no-sandbox'] : [];
	return chromium.launch({ executablePath: BROWSER, args: [...FLAGS, ...root], headless: true });
}

// A context of its own: cookies, storage, media; what the page complains about is kept.
export async function context(browser, usher, options = {}) {
	const made = await browser.newContext({ baseURL: usher.url, locale: 'en-GB', timezoneId: 'Europe/Helsinki', ...options });
	await made.grantPermissions(['camera', 'microphone', 'notifications'], { origin: usher.url });
	made.setDefaultTimeout(15_000);
	made.complaints = [];
	made.on('page', (page) => {
		page.on('pageerror', (fault) => made.complaints.push(`${page.url()}: ${fault.message}`));
		page.on('console', (message) => {
			if (message.type() === 'error') made.complaints.push(`${page.url()}: ${message.text()}`);
		});
		page.on('request', (request) => {
			if (!request.url().startsWith(usher.url) && !/^(data|blob|about):/.test(request.url())) made.complaints.push(`asked elsewhere: ${request.url()}`);
		});
	});
	return made;
}

export const id = (page, name) => page.getByTestId(name);

export async function signIn(page, address, { login, password }) {
	await page.goto(address);
	await id(page, 'signin-login').fill(login);
	await id(page, 'signin-password').fill(password);
	await id(page, 'signin-submit').click();
}

export async function goReady(page) {
	await id(page, 'console').waitFor();
	await id(page, 'ready-button').click();
	await page.locator('[data-testid=presence][data-state=ready]').waitFor();
}

// Scripts in a page that was loaded again meanwhile are not the page's fault.
export const quiet = (made, allowed = /WebSocket|net::ERR|Failed to load resource/) => {
	const left = made.complaints.filter((line) => !allowed.test(line));
	for (const line of left) note(line);
	return left;
};
