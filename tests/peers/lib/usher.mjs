// SPDX-License-Identifier: Apache-2.0
// A real Usher on a free port with a data folder of its own, and hands to work it with.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';

import { assert, note, until } from './tap.mjs';

const BUILD = process.env.USHER_BUILD ?? path.resolve(import.meta.dirname ?? '.', '../../../build');
export const PROGRAM = path.join(BUILD, 'usher');
export const SOURCES = process.env.USHER_SRC ?? path.resolve(BUILD, '..');
const LOG_BYTES_SHOWN = 3000;

export async function freePort() {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address();
	server.close();
	await once(server, 'close');
	return port;
}

export function temporary(prefix) {
	const folder = mkdtempSync(path.join(tmpdir(), `usher-${prefix}-`));
	process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

// Ends a child by its process id: asked first, then made to.
export async function end(child, ms = 12_000) {
	if (!child || child.exitCode !== null || child.signalCode !== null) return;
	const gone = once(child, 'exit');
	child.kill('SIGTERM');
	const timer = setTimeout(() => child.kill('SIGKILL'), ms);
	await gone;
	clearTimeout(timer);
}

export class Fault extends Error {
	constructor(status, problem, headers) {
		super(`${status} ${problem?.code ?? ''} ${problem?.detail ?? problem?.title ?? ''}`);
		Object.assign(this, { status, problem, headers });
	}
}

// One caller of the API: the command line's token, an API token, or a session with its cookie.
export class Caller {
	constructor(usher, headers = {}) {
		Object.assign(this, { usher, headers });
	}

	async raw(method, where, body, headers = {}) {
		const text = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
		return fetch(where.startsWith('/') ? this.usher.url + where : `${this.usher.url}/api/v1/${where}`, {
			method,
			body: text,
			redirect: 'manual',
			headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...this.headers, ...headers },
		});
	}

	async call(method, where, body, headers) {
		const answer = await this.raw(method, where, body, headers);
		const text = await answer.text();
		const value = text === '' ? null : JSON.parse(text);
		if (!answer.ok) throw new Fault(answer.status, value, answer.headers);
		return value;
	}

	get(where) {
		return this.call('GET', where);
	}
	post(where, body = {}) {
		return this.call('POST', where, body);
	}
	put(where, body) {
		return this.call('PUT', where, body);
	}
	remove(where) {
		return this.call('DELETE', where);
	}

	// The expected refusal; anything else is a fault of the test.
	async refused(method, where, body, headers) {
		try {
			await this.call(method, where, body, headers);
		} catch (fault) {
			if (fault instanceof Fault) return fault;
			throw fault;
		}
		throw new Error(`${method} ${where} was not refused`);
	}
}

// A live socket that keeps what it heard; topics are rebuilt as the pages rebuild them.
export class Live {
	static async open(caller, topics = ['me']) {
		const live = new Live();
		live.frames = [];
		live.closed = null;
		live.socket = new WebSocket(`${caller.usher.url.replace(/^http/, 'ws')}/api/v1/live`, 'usher.v1', {
			headers: { origin: caller.usher.url, ...caller.headers },
		});
		live.socket.on('message', (data) => {
			const frame = JSON.parse(data);
			frame.heardAt = Date.now();
			live.frames.push(frame);
		});
		live.socket.on('close', (code) => {
			live.closed = code;
		});
		live.socket.on('error', () => {});
		await until('hello on the live socket', () => live.frames.some((f) => f.t === 'hello') || live.closed !== null);
		if (topics.length > 0) live.send({ t: 'subscribe', topics });
		for (const topic of topics) await live.wait((f) => f.t === 'snapshot' && f.topic === topic, `snapshot of ${topic}`);
		return live;
	}

	send(frame) {
		this.socket.send(JSON.stringify(frame));
	}

	wait(fits, what = 'a frame', options) {
		return until(what, () => this.frames.find(fits), { every: 5, ...options });
	}

	// The newest offer of a contact that was made and not ended.
	offer(fits = () => true, options) {
		return this.wait((f) => f.op === 'offer' && fits(f.offer), 'an offer', options);
	}

	mark() {
		this.frames.length = 0;
	}

	async close() {
		if (this.closed === null) {
			this.socket.close(1000);
			await until('the socket to close', () => this.closed !== null).catch(() => this.socket.terminate());
		}
	}
}

export class Usher {
	static async start({ name = 'test', settings = {}, folder = temporary(name), command = 'serve', args = [] } = {}) {
		const usher = new Usher();
		Object.assign(usher, { folder, settings, command, args, log: '', logShown: 0, lives: [] });
		usher.port = settings.port ?? (await freePort());
		usher.url = `http://127.0.0.1:${usher.port}`;
		await usher.up();
		return usher;
	}

	options() {
		const { port, ...rest } = this.settings;
		const listen = this.command === 'demo' ? {} : { listen: `127.0.0.1:${this.port}` };
		return Object.entries({ data_dir: this.folder, ...listen, ...rest }).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
	}

	async up() {
		const own = this.command === 'demo' ? ['--port', String(this.port)] : [];
		rmSync(path.join(this.folder, 'control'), { force: true });
		this.child = spawn(PROGRAM, [this.command, ...own, ...this.args, ...this.options()], { stdio: ['ignore', 'pipe', 'pipe'] });
		for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (data) => {
			this.log += data;
		});
		await until('Usher to be ready', async () => {
			if (this.child.exitCode !== null) throw new Error(`it ended with ${this.child.exitCode}: ${this.log.slice(-2000)}`);
			return existsSync(path.join(this.folder, 'control')) && (await fetch(`${this.url}/readyz`)).ok;
		}, { ms: 30_000 });
		const [, token] = readFileSync(path.join(this.folder, 'control'), 'utf8').split('\n');
		this.admin = new Caller(this, { authorization: `Bearer ${token}` });
	}

	async down() {
		await end(this.child);
	}

	// As by a power switch.
	async kill() {
		const gone = once(this.child, 'exit');
		this.child.kill('SIGKILL');
		await gone;
	}

	async stop() {
		for (const live of this.lives) await live.close();
		await this.down();
		if (this.child.exitCode !== 0) note(`Usher ended with ${this.child.exitCode ?? this.child.signalCode}`);
		assert.equal(this.child.exitCode, 0, 'Usher ends in good order');
	}

	// What it has written since the last time.
	showLog() {
		note(this.log.slice(this.logShown).slice(-LOG_BYTES_SHOWN));
		this.logShown = this.log.length;
	}

	async signIn(login, password) {
		const guest = new Caller(this);
		const answer = await guest.raw('POST', 'session', { login, password }, { origin: this.url });
		const body = await answer.json();
		if (!answer.ok) throw new Fault(answer.status, body, answer.headers);
		const cookie = answer.headers.get('set-cookie').split(';')[0];
		const caller = new Caller(this, { cookie, origin: this.url, 'x-usher-csrf': body.csrf });
		return Object.assign(caller, { user: body.user, csrf: body.csrf, cookie });
	}

	// An agent with a session, a live socket and, unless said otherwise, ready.
	async agent(login, { state = 'ready', topics = ['me'], ...rest } = {}) {
		const password = `a good sentence for ${login}`;
		await this.admin.post('users', { login, name: login[0].toUpperCase() + login.slice(1), roles: ['agent'], password, queues: ['support'], ...rest });
		const caller = await this.signIn(login, password);
		const live = await Live.open(caller, topics);
		this.lives.push(live);
		if (state === 'ready') {
			await caller.put('me/presence', { state });
			caller.readyAt = Date.now();
		}
		return Object.assign(caller, { live, password });
	}

	// `usher NOUN VERB …` against this Usher: exit code, stdout, stderr.
	cli(...args) {
		return new Promise((done) => {
			execFile(PROGRAM, [...args, '--set', `data_dir=${this.folder}`], { encoding: 'utf8' }, (fault, out, err) => {
				done({ code: fault ? fault.code : 0, out, err });
			});
		});
	}
}

// What most tests begin with: one queue without wrap-up, one with.
export async function seed(usher, { wrapup_s = 0 } = {}) {
	await usher.admin.post('queues', { slug: 'support', name: 'Support', offer_s: 20, wrapup_s, missed_max: 2 });
}

export async function accept(agent, offer) {
	return agent.post(`contacts/${offer.contact.id}/accept`, { epoch: offer.epoch });
}

export const writeFile = writeFileSync;
