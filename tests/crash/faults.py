# SPDX-License-Identifier: Apache-2.0
"""Faults of the store and of the start, on the real program: a full disk refuses politely and passes
by itself, an unknown outcome ends the process, and a wrong start says why in one line."""
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import websockets

from customers import BROKEN, Caller, Ledger, Mailer, Visitor
from site_under_test import Gone, Site, http
from tap import Tap
from verify import check_store

WAIT_MAX_S = 20
SANITIZED = bool(os.environ.get("USHER_SANITIZED"))
PROGRAM = os.path.join(os.environ["USHER_BUILD"], "usher")


class Silent:
    """A random that never waits and always takes the first way."""

    def uniform(self, low, high):
        return low

    def random(self):
        return 1.0


class Injection:
    """strace between the process and its kernel, from now until the end of the block."""

    def __init__(self, pid, fault):
        self.pid, self.fault = pid, fault

    async def __aenter__(self):
        calls = self.fault.split(":")[0]
        self.strace = subprocess.Popen(
            ["strace", "-f", "-q", "-o", "/dev/null", "-p", str(self.pid), "-e", f"trace={calls}",
             "-e", f"inject={self.fault}"], stderr=subprocess.PIPE)
        for _ in range(250):
            if self.is_attached():
                return self
            await asyncio.sleep(0.02)
        raise RuntimeError("strace did not attach")

    def is_attached(self):
        for task in os.listdir(f"/proc/{self.pid}/task"):
            with open(f"/proc/{self.pid}/task/{task}/status", encoding="ascii") as f:
                if "TracerPid:\t0" in f.read():
                    return False
        return True

    async def __aexit__(self, *_):
        self.strace.terminate()
        try:
            self.strace.wait(2)
        except subprocess.TimeoutExpired:
            self.strace.kill()  # it can overlook the last thread of a process that ended
            self.strace.wait()


def may_trace():
    """Whether strace can be put on a process that runs already."""
    with subprocess.Popen(["sleep", "5"]) as target:
        try:
            done = subprocess.run(["timeout", "-s", "INT", "1", "strace", "-o", "/dev/null", "-p",
                                   str(target.pid)], stderr=subprocess.PIPE, check=False)
        except FileNotFoundError:
            return False
        finally:
            target.kill()
        return b"ermitted" not in done.stderr


async def until(condition, what):
    """Waits for a condition, a function or a coroutine function; gives the faults."""
    end = time.monotonic() + WAIT_MAX_S
    while time.monotonic() < end:
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return []
        await asyncio.sleep(0.05)
    return [f"not within {WAIT_MAX_S} s: {what}"]


class Console:
    """An agent's live feed, written down."""

    def __init__(self, site, headers):
        self.site, self.headers, self.frames = site, headers, []

    async def open(self):
        self.socket = await websockets.connect(
            f"ws://127.0.0.1:{self.site.port}/api/v1/live", subprotocols=["usher.v1"],
            extra_headers={"Cookie": self.headers["Cookie"]}, origin=self.site.url, max_size=None,
            ping_interval=None)
        await self.socket.send(json.dumps({"t": "subscribe", "topics": ["me", "waiting"]}))
        self.task = asyncio.ensure_future(self.listen())

    async def listen(self):
        try:
            async for text in self.socket:
                self.frames.append(text)
        except BROKEN:
            pass

    async def close(self):
        self.task.cancel()
        await self.socket.close()


class Chat:
    """A visitor who asks one thing at a time."""

    def __init__(self, site):
        self.site, self.token = site, None

    async def open(self):
        self.socket = await websockets.connect(f"ws://127.0.0.1:{self.site.port}/chat",
                                               subprotocols=["usher-chat.v1"], ping_interval=None)
        await self.socket.send(json.dumps({"t": "hello", "v": 1, "visitor": self.token,
                                           "resume": None}))
        self.token = (await self.answer("hello"))["visitor"]

    async def answer(self, *kinds):
        while True:
            frame = json.loads(await asyncio.wait_for(self.socket.recv(), WAIT_MAX_S))
            if frame["t"] in kinds:
                return frame

    async def send(self, cid, text):
        await self.socket.send(json.dumps({"t": "send", "cid": cid, "text": text}))
        return await self.answer("ack", "nack")


class Refused(Exception):
    pass


class OneMail(Mailer):
    async def expect(self, reader, code):
        line = "250-"
        while line[3:4] == "-":
            line = (await asyncio.wait_for(reader.readuntil(b"\r\n"), WAIT_MAX_S)).decode()
        if not line.startswith(code):
            raise Refused(line)

    async def hand_in(self, name, text):
        """What the server says to the mail: "250", or the whole refusal."""
        self.ledger.mails.setdefault(name, {"by": self.name, "text": text, "answers": None,
                                            "ack": None})
        reader, writer = await asyncio.open_connection("127.0.0.1", self.site.lmtp_port)
        try:
            await self.expect(reader, "220")
            await self.command(reader, writer, "LHLO mx.example")
            await self.deliver(reader, writer, name)
            return "250"
        except Refused as e:
            return str(e)
        finally:
            writer.close()


class OneCall(Caller):
    async def ring(self, path, sid, status):
        fields = {"CallSid": sid, "AccountSid": "AC" + "0123456789abcdef" * 2,
                  "From": "+358401234567", "To": "+35891234567", "CallStatus": status}
        return await self.hook(path, path + sid, fields)


class Bench:
    """A site with one of each customer and a console."""

    def __init__(self, root, arguments=()):
        self.site = Site(PROGRAM, root, arguments=arguments)
        self.ledger = Ledger()
        self.mail = OneMail(self.site, self.ledger, Silent(), "sender")
        self.line = OneCall(self.site, self.ledger, Silent(), "line")
        self.chat = Chat(self.site)

    async def open(self):
        await self.site.start()
        await self.site.setup(["anna", "kalle"])
        self.headers = await self.site.sign_in("anna")
        self.console = Console(self.site, self.headers)
        await self.console.open()
        await self.chat.open()

    def kept(self, cid, text, ack):
        self.ledger.chat[cid] = {"text": text, "ack": {
            "id": ack["id"], "seq": ack["seq"], "number": ack["number"]}}

    async def say(self, cid, text):
        """A message that must be taken."""
        answer = await self.chat.send(cid, text)
        if answer["t"] != "ack":
            return [f"{cid}: {answer}"]
        self.kept(cid, text, answer)
        return []

    async def numbers(self):
        return {c["number"] for c in (await self.site.must("GET", "contacts?limit=200"))["items"]}

    async def presence(self, login):
        for agent in (await self.site.must("GET", "agents"))["items"]:
            if agent["login"] == login:
                return agent["presence"]["state"]
        return None

    def check_record(self):
        self.site.kill()
        return check_store(self.site.copy_store("copy"), self.ledger)


# ---- a full disk -----------------------------------------------------------------------------------


async def refuse_all(tap, bench):
    """Everything asked while nothing can be written."""
    answer = await bench.chat.send("full-1", "chat while the disk is full")
    tap.check("full disk: chat is told to come again", [] if answer["t"] == "nack" and
              answer["code"] == "busy" and answer["retry_ms"] > 0 else [answer])
    tap.check("full disk: not ready", await until(lambda: is_not_ready(bench.site), "503"))
    said = await bench.mail.hand_in("full-2", "mail while the disk is full")
    tap.check("full disk: the mail stays with its server", [] if said.startswith("451") else [said])
    answer = await bench.line.ring("voice", "CA" + "1" * 32, "ringing")
    polite = answer.status == 503 or (b"<Redirect" in answer.body and b"<Enqueue" not in answer.body)
    tap.check("full disk: the caller is asked to wait", [] if polite else [answer.body])
    answer = await bench.line.ring("status", "CA" + "2" * 32, "completed")
    tap.check("full disk: a report is to come again", [] if answer.status == 503 else
              [answer.status])
    note = json.dumps({"client_id": "full-3", "kind": "note", "body": "a note"}).encode()
    answer = await http(bench.site.port, "POST", f"/api/v1/contacts/{bench.number}/messages",
                        bench.headers, note)
    tap.check("full disk: the console is told to come again", [] if answer.status == 503 and
              answer.json()["status"] == 503 else [answer.status, answer.body])


async def is_not_ready(site):
    return (await http(site.port, "GET", "/readyz")).status == 503


async def test_full(tap, root):
    bench = Bench(root)
    await bench.open()
    tap.check("before: a message is taken", await bench.say("early", "chat before"))
    tap.check("before: a mail is taken", [] if await bench.mail.hand_in(
        "early", "mail before") == "250" else ["refused"])
    bench.number = bench.ledger.chat["early"]["ack"]["number"]
    before = await bench.numbers()
    shown = len(bench.console.frames)
    second = Console(bench.site, await bench.site.sign_in("kalle"))
    async with Injection(bench.site.process.pid, "pwrite64:error=ENOSPC"):
        await refuse_all(tap, bench)
        text = "".join(bench.console.frames[shown:])
        tap.check("full disk: nothing is visible", ["shown to the agent"] if "while the disk" in text
                  else [] if await bench.numbers() == before else ["a contact came up"])
        tap.check("full disk: the process lives", [] if bench.site.process.poll() is None else ["no"])
        await bench.console.close()  # one goes, another comes, while nobody can write that down
        await second.open()
        await asyncio.sleep(1.2)
    tap.check("space again: ready by itself", await until(bench.site.is_ready, "ready"))
    await resume(tap, bench)
    await second.close()


async def resume(tap, bench):
    async def is_taken():
        return not await bench.say("full-1", "chat while the disk is full")
    tap.check("space again: the same message is taken", await until(is_taken, "an ack"))
    said = await bench.mail.hand_in("full-2", "mail while the disk is full")
    tap.check("space again: the same mail is taken", [] if said == "250" else [said])
    sid = "CA" + "1" * 32
    answer = await bench.line.ring("voice", sid, "ringing")
    bench.ledger.calls[sid] = {"by": "line", "ack": {}, "is_over": False}
    tap.check("space again: the call waits", [] if b"<Enqueue" in answer.body else [answer.body])

    async def is_found():
        return await bench.presence("anna") == "lost" and \
            await bench.presence("kalle") == "not-ready"
    tap.check("space again: who is there is known", await until(is_found, "anna lost, kalle there"))
    tap.check("space again: all of it is there, once", bench.check_record())


# ---- a disk that cannot be trusted --------------------------------------------------------------------


def child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        children = [int(word) for word in f.read().split()]
    return children[0] if children else None


async def test_broken_alone(tap, root):
    bench = Bench(root)
    await bench.open()
    faults = await bench.say("early", "chat before")
    async with Injection(bench.site.process.pid, "fdatasync,fsync:error=EIO"):
        try:
            answer = await bench.chat.send("lost-1", "chat over a failed sync")
            faults.append(f"answered: {answer}")
        except BROKEN:
            pass
        faults += await until(lambda: bench.site.process.poll() is not None, "the end")
    code = bench.site.process.poll()
    tap.check("failed sync: the process ends with 70", faults + ([] if code == 70 else [code]))
    bench.site.up.clear()
    await bench.site.start()
    await bench.chat.open()
    tap.check("failed sync: the repeat is taken", await bench.say("lost-1",
                                                                 "chat over a failed sync"))
    tap.check("failed sync: all of it is there, once", bench.check_record())


async def test_broken_supervised(tap, root):
    bench = Bench(root, ["--supervise"])
    await bench.open()
    faults = await bench.say("early", "chat before")
    first = child_of(bench.site.process.pid)
    async with Injection(first, "fdatasync,fsync:error=EIO"):
        try:
            faults.append(await bench.chat.send("lost-1", "chat over a failed sync"))
        except BROKEN:
            pass
    faults += await until(bench.site.is_ready, "the next one is ready")
    second = child_of(bench.site.process.pid)
    if second in (None, first):
        faults.append(f"child {first}, then {second}")
    tap.check("failed sync: the small parent starts the next", faults)
    await bench.chat.open()
    tap.check("failed sync: served again", await bench.say("lost-1", "chat over a failed sync"))
    os.kill(second, signal.SIGKILL)
    faults = await until(lambda: child_of(bench.site.process.pid) not in (None, second), "a third")
    faults += await until(bench.site.is_ready, "the third is ready")
    tap.check("killed: the small parent starts the next", faults)
    third = child_of(bench.site.process.pid)
    await bench.site.stop()
    faults = [] if bench.site.process.returncode == 0 else [bench.site.process.returncode]
    if os.path.exists(f"/proc/{third}"):
        faults.append("the child goes on")
    tap.check("the small parent ends with its child", faults)


# ---- a wrong start --------------------------------------------------------------------------------------


def start_wrongly(*words):
    """(exit code, lines) of a start that must not succeed."""
    done = subprocess.run([PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=60, check=False, env=dict(os.environ,
                                                            ASAN_OPTIONS="detect_leaks=0"))
    return done.returncode, done.stdout.decode("utf-8", "replace").strip().split("\n")


def expect_line(tap, name, code, wanted, *words):
    got, lines = start_wrongly(*words)
    faults = [] if got == code else [f"exit code {got}, not {code}"]
    if len(lines) != 1:
        faults.append(f"{len(lines)} lines")
    faults += [f"\"{word}\" is not named" for word in wanted if word not in lines[0]]
    tap.check(name, faults + lines if faults else [])


async def test_starts(tap, root):
    site = Site(PROGRAM, root)
    await site.start()
    other = os.path.join(root, "other")
    listen = f"listen=127.0.0.1:{site.port}"
    expect_line(tap, "busy port", 1, [str(site.port)], "serve", "--set", listen, "--set",
                f"data_dir={other}")
    expect_line(tap, "busy port, supervised", 1, [str(site.port)], "serve", "--supervise", "--set",
                listen, "--set", f"data_dir={other}")
    expect_line(tap, "busy folder", 1, [site.data, "another Usher"], "serve", "--set",
                "listen=127.0.0.1:0", "--set", f"data_dir={site.data}")
    answer = await site.admin("GET", "queues")
    tap.check("the first is not disturbed", [] if answer.status == 200 else [answer.status])
    await site.stop()
    for name, text, wanted in (
            ("unknown key", "listen: 127.0.0.1:0\nlisten_prot: 8080\n", ["listen_prot"]),
            ("wrong value", "data_dir: /tmp\n\nlisten: nowhere\n", ["usher.yaml:3:", "listen"]),
            ("wrong level", "log_level: loud\n", ["usher.yaml:1:", "log_level"]),
            ("no YAML", "listen: [127.0.0.1\n", ["usher.yaml:"]),
            ("a list", "listen:\n  - 127.0.0.1:0\n", ["usher.yaml:2", "listen"])):
        path = os.path.join(root, "usher.yaml")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        expect_line(tap, f"broken configuration: {name}", 78, wanted, "serve", "--config", path)
    expect_line(tap, "no configuration", 78, ["absent.yaml"], "serve", "--config",
                os.path.join(root, "absent.yaml"))
    expect_line(tap, "data_dir is a file", 1, [path], "serve", "--set", f"data_dir={path}", "--set",
                "listen=127.0.0.1:0")
    database = os.path.join(site.data, "usher.db")
    with open(database, "r+b") as f:
        f.write(b"\0" * 4096)
    expect_line(tap, "database overwritten", 1, [database], "serve", "--set",
                f"data_dir={site.data}", "--set", "listen=127.0.0.1:0")


async def main():
    tap = Tap()
    tests = [test_starts]
    if may_trace():
        tests += [test_full, test_broken_alone, test_broken_supervised]
    else:
        tap.skip("faults of the disk", "strace is not installed or may not trace here")
    for test in (t for t in tests if len(sys.argv) < 2 or t.__name__ in sys.argv):
        root = tempfile.mkdtemp(prefix="usher-faults-")
        Site.opened = []
        try:
            await test(tap, root)
        except Exception as e:  # pylint: disable=broad-except
            tap.check(f"{test.__name__} ran to its end", [f"{type(e).__name__}: {e}"])
        finally:
            for site in Site.opened:
                await site.stop()
            if tap.failed and Site.opened:
                tap.note(Site.opened[-1].last_log(150))
            shutil.rmtree(root, ignore_errors=True)
    return tap.end()


sys.exit(asyncio.run(main()))
