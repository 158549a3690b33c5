// SPDX-License-Identifier: Apache-2.0
// A double of a telephone provider: takes Usher's REST requests, makes signed requests of its own
// with the vendor's package, and follows what the answers say as far as a call needs it.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import twilio from 'twilio';

import { assert, until } from './tap.mjs';

const sid = (kind) => kind + randomBytes(16).toString('hex');
export const newSid = sid;

export class Provider {
	static async start() {
		const provider = new Provider();
		Object.assign(provider, { account: sid('AC'), token: randomBytes(16).toString('hex'), requests: [], mode: 'works' });
		provider.server = createServer((request, answer) => provider.take(request, answer));
		provider.server.listen(0, '127.0.0.1');
		await once(provider.server, 'listening');
		provider.url = `http://127.0.0.1:${provider.server.address().port}`;
		return provider;
	}

	stop() {
		this.server.closeAllConnections();
		return new Promise((done) => this.server.close(done));
	}

	// The settings of the channel that talks to this double.
	settings(number = '+35891234567') {
		return { account_sid: this.account, auth_token: this.token, base_url: this.url, number };
	}

	async take(request, answer) {
		let body = '';
		for await (const part of request) body += part;
		const [, basic = ''] = /^Basic (.*)$/.exec(request.headers.authorization ?? '') ?? [];
		const form = new URLSearchParams(body);
		const one = {
			method: request.method,
			path: request.url,
			type: request.headers['content-type'],
			auth: Buffer.from(basic, 'base64').toString(),
			form,
			body,
			at: Date.now(),
			mode: this.mode,
		};
		this.requests.push(one);
		const reply = (status, value) => {
			answer.writeHead(status, { 'content-type': 'application/json' });
			answer.end(JSON.stringify(value));
		};
		if (this.mode === 'down') return reply(503, { code: 20503, message: 'Service unavailable' });
		if (this.mode === 'silent') return request.socket.destroy();
		if (one.auth !== `${this.account}:${this.token}`) return reply(401, { code: 20003, message: 'Authenticate' });
		if (/\/Calls\.json$/.test(request.url)) {
			one.sid = sid('CA');
			return reply(201, { sid: one.sid, status: 'queued', to: form.get('To'), from: form.get('From') });
		}
		const [, call] = /\/Calls\/(CA[0-9a-f]{32})\.json$/.exec(request.url) ?? [];
		return call ? reply(200, { sid: call, status: 'in-progress' }) : reply(404, { code: 20404, message: 'not found' });
	}

	// The next request that fits and was not looked at yet.
	next(what, fits, options) {
		return until(`the provider to be asked for ${what}`, () => {
			const found = this.requests.find((one) => !one.isSeen && one.mode === 'works' && fits(one));
			if (found) found.isSeen = true;
			return found;
		}, { every: 5, ...options });
	}

	isRedirect = (call) => (one) => one.path.endsWith(`/Calls/${call}.json`) && one.form.has('Url');
	isDial = (one) => one.path.endsWith('/Calls.json');
	isEnd = (call) => (one) => one.path.endsWith(`/Calls/${call}.json`) && one.form.get('Status') === 'completed';

	// A signed request, as the provider makes it. `change` spoils it for the negative cases.
	async ask(url, params, { token = this.token, headers = {}, sign = true, method = 'POST', body } = {}) {
		const all = { AccountSid: this.account, ApiVersion: '2010-04-01', ...params };
		const signature = twilio.getExpectedTwilioSignature(token, url, all);
		const answer = await fetch(url, {
			method,
			body: method === 'GET' ? undefined : (body ?? new URLSearchParams(all)),
			headers: {
				'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
				'user-agent': 'TwilioProxy/1.1',
				'i-twilio-idempotency-token': crypto.randomUUID(),
				...(sign ? { 'x-twilio-signature': signature } : {}),
				...headers,
			},
		});
		return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text(), headers: answer.headers };
	}

	// The same, where TwiML is expected: well-formed by xmllint, 200, and cut into its verbs.
	async twiml(url, params) {
		const answer = await this.ask(url, params);
		assert.equal(answer.status, 200, `${url}: ${answer.text}`);
		assert.match(answer.type, /^text\/xml/);
		return readTwiml(answer.text);
	}

	// What the vendor's own client would have sent for the same order.
	async asVendor(order) {
		const seen = [];
		const client = twilio(this.account, this.token, {
			httpClient: {
				request: (options) => {
					seen.push(options);
					return Promise.resolve({ statusCode: 201, body: JSON.stringify({ sid: sid('CA') }), headers: {} });
				},
			},
		});
		await order(client);
		const [one] = seen;
		return { method: one.method.toUpperCase(), path: new URL(one.uri).pathname, form: new URLSearchParams(Object.entries(one.data).flatMap(([key, value]) => [value].flat().map((v) => [key, String(v)]))) };
	}
}

export function readTwiml(text) {
	execFileSync('xmllint', ['--noout', '-'], { input: text });
	const verbs = [];
	const [, inside] = /<Response>(.*)<\/Response>$/s.exec(text) ?? [null, ''];
	const plain = (t) => t.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
	for (const [, verb, attributes, body = ''] of inside.matchAll(/<(\w+)((?: [\w]+="[^"]*")*)(?:\/>|>(.*?)<\/\1>)/gs)) {
		const nested = /^<(\w+)((?: [\w]+="[^"]*")*)(?:\/>|>(.*?)<\/\1>)/s.exec(body);
		const read = (list) => Object.fromEntries([...list.matchAll(/ (\w+)="([^"]*)"/g)].map(([, name, value]) => [name, plain(value)]));
		verbs.push({ verb, ...read(attributes), text: nested ? '' : plain(body), inner: nested ? { verb: nested[1], ...read(nested[2]), text: plain(nested[3] ?? '') } : null });
	}
	return { verbs, get: (verb) => verbs.find((v) => v.verb === verb), text };
}

// One caller: what the provider tells Usher about the leg, step by step.
export class Call {
	constructor(provider, hook, from = '+358401234567') {
		Object.assign(this, { provider, hook, from, sid: sid('CA'), sequence: 0 });
	}

	params(more = {}) {
		return { CallSid: this.sid, From: this.from, To: '+35891234567', Caller: this.from, Called: '+35891234567', Direction: 'inbound', CallStatus: 'in-progress', ...more };
	}

	ring(query = '') {
		return this.provider.twiml(`${this.hook}/voice${query}`, this.params({ CallStatus: 'ringing' }));
	}
	wait(more = {}) {
		return this.provider.twiml(`${this.hook}/wait`, this.params({ QueueSid: sid('QU'), QueueTime: '1', QueuePosition: '1', ...more }));
	}
	left(result) {
		return this.provider.twiml(`${this.hook}/left`, this.params({ QueueResult: result, QueueSid: sid('QU'), QueueTime: '3' }));
	}
	join() {
		return this.provider.twiml(`${this.hook}/join`, this.params());
	}
	status(CallStatus, more = {}) {
		return this.provider.ask(`${this.hook}/status`, this.params({ CallStatus, SequenceNumber: String(this.sequence++), CallbackSource: 'call-progress-events', Timestamp: new Date().toUTCString(), ...more }));
	}
	// A report of the conference about a leg.
	room(url, event, leg, label, more = {}) {
		return this.provider.ask(url, { ConferenceSid: (this.conference ??= sid('CF')), FriendlyName: 'room', StatusCallbackEvent: event, CallSid: leg, ParticipantLabel: label, SequenceNumber: String(this.sequence++), Timestamp: new Date().toUTCString(), Muted: 'false', Hold: 'false', Coaching: 'false', EndConferenceOnExit: 'false', StartConferenceOnEnter: 'true', ...more });
	}
}
