# SPDX-License-Identifier: Apache-2.0
"""One Usher in a folder of its own: started, set up, asked and killed."""
import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess

START_MAX_S = 60
ANSWER_MAX_S = 20
ACCOUNT = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "a token of the tests"
PASSWORD = "long enough for a test"


class Gone(Exception):
    """The server went away, or did not answer in time: whether it took the request is unknown."""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


async def read_answer(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {}
    for line in head[1:]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    status = int(head[0].split(" ")[1])
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(status, headers, body)


async def http(port, method, path, headers=None, body=b""):
    """One request on a connection of its own; Gone when no whole answer came."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close",
             f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    writer = None
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return await asyncio.wait_for(read_answer(reader), ANSWER_MAX_S)
    except (OSError, EOFError, asyncio.TimeoutError) as e:
        raise Gone(str(e)) from e
    finally:
        if writer is not None:
            writer.close()


class Site:
    opened = []  # all that were made, for whoever has to clean up

    def __init__(self, program, root, prefix=(), arguments=()):
        self.program, self.root = program, root
        self.prefix, self.arguments = list(prefix), list(arguments)
        self.data = os.path.join(root, "data")
        self.maildir = os.path.join(root, "mail-out")
        self.log = os.path.join(root, "usher.log")
        self.port, self.lmtp_port, self.provider_port = free_ports(3)
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.up = asyncio.Event()
        Site.opened.append(self)

    # ---- the process ----------------------------------------------------------------------------

    def command(self):
        return [*self.prefix, self.program, "serve", *self.arguments, "--set",
                f"listen=127.0.0.1:{self.port}", "--set", f"data_dir={self.data}"]

    def spawn(self):
        env = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, env=env)

    async def is_ready(self):
        try:
            return (await http(self.port, "GET", "/readyz")).status == 200
        except Gone:
            return False

    async def wait_ready(self):
        for _ in range(START_MAX_S * 50):
            if await self.is_ready():
                self.up.set()
                return
            if self.process.poll() is not None:
                raise RuntimeError(f"usher ended with {self.process.returncode}:\n{self.last_log()}")
            await asyncio.sleep(0.02)
        raise RuntimeError("usher did not become ready:\n" + self.last_log())

    async def start(self):
        self.spawn()
        await self.wait_ready()

    def kill(self):
        self.up.clear()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    async def stop(self):
        self.up.clear()
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        for _ in range(1000):
            if self.process.poll() is not None:
                return
            await asyncio.sleep(0.02)
        self.process.kill()
        self.process.wait()

    def last_log(self, lines=15):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as f:
                return "".join(f.readlines()[-lines:])
        except OSError:
            return ""

    def copy_store(self, name):
        """The files as the kill left them, so that looking does not change what starts next."""
        folder = os.path.join(self.root, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        for file in os.listdir(self.data):
            if file.startswith("usher.db"):
                shutil.copy(os.path.join(self.data, file), folder)
        return os.path.join(folder, "usher.db")

    # ---- asking ------------------------------------------------------------------------------------

    def control(self):
        with open(os.path.join(self.data, "control"), encoding="ascii") as f:
            return f.read().split()[1]

    async def admin(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.control()}", "Content-Type": "application/json"}
        data = b"" if body is None else json.dumps(body).encode()
        return await http(self.port, method, "/api/v1/" + path, headers, data)

    async def must(self, method, path, body=None):
        answer = await self.admin(method, path, body)
        if answer.status not in (200, 201, 204):
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body!r}")
        return answer.json() if answer.body else None

    def cli(self, *words):
        """Runs `usher WORDS` on this folder; (exit code, output)."""
        done = subprocess.run([self.program, "--set", f"data_dir={self.data}", *words],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                              check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    async def setup(self, agents):
        await self.must("POST", "queues", {"name": "Support", "slug": "support", "offer_s": 2,
                                           "wrapup_s": 0, "missed_max": 100})
        await self.must("POST", "codes", {"code": "solved", "label": "Solved"})
        for login in agents:
            await self.must("POST", "users", {
                "login": login, "name": login.capitalize(), "roles": ["agent"],
                "queues": ["support"], "phone": f"client:{login}", "password": PASSWORD,
                "capacity": 1000})
        await self.must("POST", "channels", {"id": "web", "driver": "chat", "queue": "support",
                                             "settings": {"is_default": True}})
        await self.must("POST", "channels", {
            "id": "mail", "driver": "email", "queue": "support",
            "settings": {"address": "support@shop.example", "domain": "shop.example",
                         "lmtp_listen": f"127.0.0.1:{self.lmtp_port}",
                         "smtp_server": f"maildir:{self.maildir}"}})
        await self.must("POST", "channels", {
            "id": "phone", "driver": "telephony", "queue": "support",
            "settings": {"account_sid": ACCOUNT, "auth_token": AUTH_TOKEN,
                         "base_url": f"http://127.0.0.1:{self.provider_port}",
                         "number": "+35891234567"}})

    async def sign_in(self, login):
        """What a browser keeps: headers for requests that change something."""
        body = json.dumps({"login": login, "password": PASSWORD}).encode()
        answer = await http(self.port, "POST", "/api/v1/session",
                            {"Content-Type": "application/json", "Origin": self.url}, body)
        if answer.status != 200:
            raise RuntimeError(f"sign-in of {login}: {answer.status} {answer.body!r}")
        cookie = answer.headers["set-cookie"].split(";")[0]
        return {"Cookie": cookie, "Origin": self.url, "X-Usher-CSRF": answer.json()["csrf"],
                "Content-Type": "application/json"}
