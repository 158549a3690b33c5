// SPDX-License-Identifier: Apache-2.0
// coturn with time-limited credentials, on this machine alone.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';

import { until } from '../../peers/lib/tap.mjs';
import { end, freePort, temporary } from '../../peers/lib/usher.mjs';

const PROGRAM = '/usr/bin/turnserver';

export async function startTurn(secret) {
	if (!existsSync(PROGRAM)) return null;
	const port = await freePort();
	const low = 41_000 + Math.floor(Math.random() * 200) * 100;
	const child = spawn(PROGRAM, ['-n', '--no-cli', '--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=usher.test', '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`, `--min-port=${low}`, `--max-port=${low + 99}`, '--allow-loopback-peers', '--no-tls', '--no-dtls', '--log-file=stdout'], { cwd: temporary('turn'), stdio: ['ignore', 'pipe', 'pipe'] });
	let log = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => {
		log += data;
	});
	await until('the TURN server', () => new Promise((done, fail) => {
		if (child.exitCode !== null) fail(new Error(log.slice(-500)));
		const socket = createConnection(port, '127.0.0.1', () => {
			socket.destroy();
			done(true);
		}).on('error', fail);
	}));
	return { port, stop: () => end(child), log: () => log };
}
