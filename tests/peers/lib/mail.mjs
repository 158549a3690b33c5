// SPDX-License-Identifier: Apache-2.0
// Other people's mail programs: Dovecot (IMAP, LMTP), an SMTP server, swaks; and raw LMTP.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

import { until } from './tap.mjs';
import { end, freePort, temporary } from './usher.mjs';

const isRoot = process.getuid() === 0;
const output = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

export const missing = () => ['/usr/sbin/dovecot', '/usr/bin/swaks', '/usr/bin/openssl'].find((file) => !existsSync(file));

export function certificate() {
	const folder = temporary('tls');
	const files = { cert: path.join(folder, 'cert.pem'), key: path.join(folder, 'key.pem') };
	output('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', files.key, '-out', files.cert);
	chmodSync(folder, 0o755);
	chmodSync(files.key, 0o644); // for this test only; both end with it
	return files;
}

// ---- Dovecot --------------------------------------------------------------------------------

// Everything under one folder, nothing as root.
const configuration = ({ folder, user, group, imap, lmtp, tls }) => `
base_dir = ${folder}/run
state_dir = ${folder}/state
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 1
log_path = ${folder}/log
ssl = yes
ssl_cert = <${tls.cert}
ssl_key = <${tls.key}
auth_mechanisms = plain login
mail_location = maildir:${folder}/mail/%u
recipient_delimiter = +
protocol lmtp {
  postmaster_address = postmaster@example.test
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Processed {
    auto = subscribe
  }
}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users
  default_fields = uid=${user} gid=${group} home=${folder}/mail/%u
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-urlauth-login {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${imap}
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${lmtp}
  }
}
`;

export class Dovecot {
	static async start(tls, users) {
		const dovecot = new Dovecot();
		dovecot.folder = temporary('dovecot');
		Object.assign(dovecot, { tls, imap: await freePort(), lmtp: await freePort() });
		const [user, group] = isRoot ? ['nobody', 'nogroup'] : [output('id', '-un'), output('id', '-gn')];
		for (const name of ['run', 'state', 'mail']) mkdirSync(path.join(dovecot.folder, name));
		writeFileSync(path.join(dovecot.folder, 'users'), Object.entries(users).map(([name, word]) => `${name}:{PLAIN}${word}::::::\n`).join(''));
		writeFileSync(path.join(dovecot.folder, 'conf'), configuration({ ...dovecot, user, group }));
		if (isRoot) {
			const [uid, gid] = [Number(output('id', '-u', user)), Number(output('id', '-g', user))];
			for (const name of ['', 'run', 'state', 'mail', 'users', 'conf']) chownSync(path.join(dovecot.folder, name), uid, gid);
			dovecot.as = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
		}
		await dovecot.up();
		return dovecot;
	}

	async up() {
		const command = [...(this.as ?? []), '/usr/sbin/dovecot', '-F', '-c', path.join(this.folder, 'conf')];
		this.child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'] });
		let said = '';
		this.child.stderr.on('data', (data) => {
			said += data;
		});
		const answers = (port) => new Promise((done, fail) => {
			const socket = connect(port, '127.0.0.1').once('data', () => {
				socket.destroy();
				done(true);
			}).once('error', fail);
		});
		await until('Dovecot to be up', async () => {
			if (this.child.exitCode !== null) throw new Error(`it ended: ${said}`);
			return (await answers(this.imap)) && answers(this.lmtp);
		}, { ms: 15_000 });
	}

	down() {
		return end(this.child);
	}

	// Messages in a mailbox, as they lie on the disk.
	count(user, mailbox = '') {
		return ['new', 'cur'].flatMap((name) => {
			const folder = path.join(this.folder, 'mail', user, mailbox === '' ? '' : `.${mailbox}`, name);
			return existsSync(folder) ? readdirSync(folder) : [];
		}).length;
	}
}

// ---- the SMTP server ------------------------------------------------------------------------------

export class Sink {
	static async start(tls, { user = 'usher', password = 's3cret' } = {}) {
		const sink = new Sink();
		Object.assign(sink, { folder: temporary('sink'), port: await freePort(), tls, user, password });
		await sink.up();
		return sink;
	}

	async up() {
		const script = new URL('smtp_sink.py', import.meta.url).pathname;
		this.child = spawn('/usr/bin/python3', [script, this.folder, String(this.port), this.tls.cert, this.tls.key, this.user, this.password], { stdio: ['ignore', 'pipe', 'inherit'] });
		await once(this.child.stdout, 'data');
	}

	down() {
		return end(this.child);
	}

	all() {
		return readdirSync(this.folder).filter((name) => name.endsWith('.json')).sort().map((name) => {
			const base = path.join(this.folder, name.slice(0, -5));
			const text = readFileSync(`${base}.eml`, 'latin1');
			return { ...JSON.parse(readFileSync(`${base}.json`, 'utf8')), text, ...readMail(text) };
		});
	}

	wait(what, fits, options) {
		return until(what, () => this.all().find(fits), options);
	}
}

// Headers by lower-case name, unfolded, and the body as it is.
export function readMail(text) {
	const at = text.search(/\r?\n\r?\n/);
	const headers = {};
	for (const line of text.slice(0, at).replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
		const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
		if (name) headers[name.toLowerCase()] = value;
	}
	return { headers, body: text.slice(at).trim() };
}

// ---- senders --------------------------------------------------------------------------------------

export async function swaks({ lmtp, from, to, subject, body = 'Hello', headers = {} }) {
	const extra = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
	const { stdout } = await promisify(execFile)('/usr/bin/swaks', ['--protocol', 'LMTP', '--server', `127.0.0.1:${lmtp}`, '--from', from, '--to', to, '--header', `Subject: ${subject}`, '--body', body, ...extra], { encoding: 'utf8' });
	return stdout;
}

// One LMTP session by hand; bytes go as they are, but for dots and line ends. Gives a reply each.
export async function lmtp(port, to, mails, from = 'sender@customer.example') {
	const socket = connect(port, '127.0.0.1');
	let heard = '';
	let fault = null;
	socket.setEncoding('latin1').on('data', (data) => {
		heard += data;
	}).on('error', (why) => {
		fault = why;
	});
	const reply = () => until('a reply', () => {
		const [whole, last] = /^(?:\d{3}-.*\r\n)*(\d{3} .*)\r\n/.exec(heard) ?? [];
		if (whole) heard = heard.slice(whole.length);
		if (!whole && fault) throw fault;
		return last;
	}, { ms: 30_000, every: 1 });
	const say = (text) => {
		socket.write(text, 'latin1');
		return reply();
	};
	const answers = [];
	await reply();
	await say('LHLO test.example\r\n');
	for (const mail of mails) {
		await say(`MAIL FROM:<${from}>\r\n`);
		await say(`RCPT TO:<${to}>\r\n`);
		await say('DATA\r\n');
		const text = mail.toString('latin1').replace(/\r?\n/g, '\r\n').replace(/^\./gm, '..');
		answers.push(await say(`${text}${text.endsWith('\r\n') ? '' : '\r\n'}.\r\n`));
	}
	socket.end('QUIT\r\n');
	return answers;
}
