# SPDX-License-Identifier: Apache-2.0
"""What Usher does beside what the machine can do, in the same run: docs/benchmarks.md says how.

usage: bench.py [--limits FOLDER] [--rounds 5] [--seconds 4] [NAME]…

The server runs on core 0, the load on core 1. FOLDER holds the built limit programs (ws_raw, wsload,
ws_lws, durable, gmime_bench, nginx.conf, hook.lua, gen_corpus.py); without it only Usher is shown.
"""
import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import websockets
import websockets.exceptions

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "crash"))
from site_under_test import ACCOUNT, AUTH_TOKEN, Gone, Site, free_ports, http  # noqa: E402

BUILD = os.environ.get("USHER_BUILD", "build")
SERVER, LOAD = ["taskset", "-c", "0"], ["taskset", "-c", "1"]
BROKEN = (Gone, OSError, EOFError, websockets.exceptions.WebSocketException)
LMTP_CONNECTIONS = 16
MAILS = 1000


def run(*command, cwd=None, text=None):
    done = subprocess.run([*LOAD, *map(str, command)], cwd=cwd, input=text, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout


def number_after(text, mark):
    return float(text.split(mark)[1].split()[0].rstrip("us/,"))


class Limits:
    """The limit programs; each figure is None where they are missing."""

    def __init__(self, folder, work, seconds):
        self.folder, self.work, self.seconds = folder, work, seconds

    def path(self, name):
        return os.path.join(self.folder, name)

    def with_server(self, command, port, load, **options):
        server = subprocess.Popen([*SERVER, *command], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, **options)
        try:
            for _ in range(250):
                with socket.socket() as s:
                    if s.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.02)
            return load(server.pid)
        finally:
            server.terminate()
            try:
                server.wait(1)
            except subprocess.TimeoutExpired:
                server.kill()  # ws_lws waits for an event before it ends
                server.wait()

    def fsync(self):
        text = run(self.path("durable"), "fsync", max(2, self.seconds // 2), cwd=self.work)
        return {"p50_us": number_after(text, "p50="), "p99_us": number_after(text, "p99=")}

    def relay(self, pairs):
        port = free_ports(1)[0]
        text = self.with_server([self.path("ws_raw"), str(port)], port, lambda pid: run(
            self.path("wsload"), "-m", "relay", "-n", pairs, "-s", self.seconds, "-p", port))
        return {"per_s": number_after(text, "received "), "p50_us": number_after(text, "p50="),
                "p99_us": number_after(text, "p99=")}

    def post(self):
        port = free_ports(1)[0]
        with open(self.path("nginx.conf"), encoding="ascii") as f:
            text = f.read().replace("127.0.0.1:19010", f"127.0.0.1:{port}")
        with open(os.path.join(self.work, "nginx.conf"), "w", encoding="ascii") as f:
            f.write(text)
        os.environ["LIMITS"] = self.folder
        text = self.with_server(
            ["nginx", "-p", self.work, "-c", "nginx.conf"], port, lambda pid: run(
                "wrk", "-t1", "-c64", f"-d{self.seconds}", "-s", self.path("hook.lua"),
                f"http://127.0.0.1:{port}/"))
        return {"per_s": number_after(text, "Requests/sec:")}

    def idle(self, count):
        port = free_ports(1)[0]
        text = self.with_server(
            [self.path("ws_lws"), str(port), "uv"], port, lambda pid: run(
                self.path("wsload"), "-m", "idle", "-n", count, "-s", 1, "-p", port, "-P", pid))
        return {"kib_each": float(text.split("KiB = ")[1].split()[0])}

    def parse(self, corpus):
        return {"per_s": float(run(self.path("gmime_bench"), corpus).split("MB: ")[1].split()[0])}


# ---- Usher -----------------------------------------------------------------------------------------


class Server:
    """An Usher with agents who take everything."""

    def __init__(self, work, agents):
        self.root = tempfile.mkdtemp(prefix="usher-", dir=work)
        self.site = Site(os.path.join(BUILD, "usher"), self.root, prefix=SERVER)
        self.logins = [f"agent{i}" for i in range(agents)]

    async def __aenter__(self):
        await self.site.start()
        await self.site.setup([])
        await self.site.must("PUT", "queues/support", {"offer_s": 3600})
        for kind in ("chat", "telephony", "email"):  # an agent here takes a hundred at once
            await self.site.must("PUT", f"weights/{kind}", {"weight": 100, "max": 0})
        for login in self.logins:
            await self.site.must("POST", "users", {
                "login": login, "name": login, "roles": ["agent"], "queues": ["support"],
                "phone": f"client:{login}", "password": "long enough for a test",
                "capacity": 10000})
        await self.site.must("PUT", "channels/web", {"settings": {
            "is_default": True, "rate_per_s": 10000}})
        self.headers = [await self.site.sign_in(login) for login in self.logins]
        self.cookies = "".join(h["Cookie"] + "\n" for h in self.headers)
        return self

    async def __aexit__(self, *_):
        await self.site.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def pid(self):
        return self.site.process.pid

    async def ready(self, headers):
        """Keeps the agent there, and takes what is offered."""
        url = f"ws://127.0.0.1:{self.site.port}/api/v1/live"
        async with websockets.connect(url, subprotocols=["usher.v1"], origin=self.site.url,
                                      extra_headers={"Cookie": headers["Cookie"]}, max_size=None,
                                      max_queue=None) as s:
            await s.send(json.dumps({"t": "subscribe", "topics": ["me"]}))
            await s.recv()
            await http(self.site.port, "PUT", "/api/v1/me/presence", headers, b'{"state":"ready"}')
            async for text in s:
                frame = json.loads(text)
                if frame.get("op") == "offer" and frame["offer"]["contact"]["channel"] == "chat":
                    body = json.dumps({"epoch": frame["offer"]["epoch"]}).encode()
                    number = frame["offer"]["contact"]["number"]
                    await http(self.site.port, "POST", f"/api/v1/contacts/{number}/accept", headers,
                               body)

    async def load(self, *command, takes=True):
        """Runs a generator beside agents, who leave once there is nothing to take."""
        tasks = [asyncio.ensure_future(self.ready(h)) for h in self.headers]
        await asyncio.sleep(0.5)
        process = await asyncio.create_subprocess_exec(
            *LOAD, *map(str, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        leaving = asyncio.ensure_future(self.leave(tasks, takes))
        out, err = await process.communicate(self.cookies.encode())
        for task in [*tasks, leaving]:
            task.cancel()
        await asyncio.gather(*tasks, leaving, return_exceptions=True)
        if process.returncode != 0:
            raise RuntimeError(f"{command[0]}: {err.decode().strip()[-300:]}\n"
                               f"{self.site.last_log(3)}")
        return json.loads(out)

    async def leave(self, tasks, takes):
        """The consoles of the generator keep the agents present."""
        before = -1
        while takes:
            await asyncio.sleep(0.5)
            page = await self.site.must("GET", "figures")
            active = sum(q["active"] for q in page["items"])
            if active > 0 and active == before:
                break
            before = active
        await asyncio.sleep(0.3)
        for task in tasks:
            task.cancel()


def tool(name):
    return os.path.join(BUILD, "tests/bench", name)


async def usher_relay(work, pairs, seconds, rate=0):
    async with Server(work, max(1, pairs // 90)) as server:
        return await server.load(tool("chat_load"), server.site.port, server.pid(), pairs, seconds,
                                 rate)


async def usher_hook(work, connections, seconds, rate):
    async with Server(work, 16) as server:
        return await server.load(tool("hook_load"), server.site.port, server.pid(), connections,
                                 seconds, rate, ACCOUNT, AUTH_TOKEN, takes=False)


async def usher_idle(work, count):
    async with Server(work, 0) as server:
        return await server.load(tool("chat_load"), server.site.port, server.pid(), count, 0,
                                 takes=False)


async def send_mails(port, mails):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def expect(code):
        line = b"   -"
        while line[3:4] == b"-":
            line = await reader.readuntil(b"\r\n")
        if not line.startswith(code):
            raise RuntimeError(f"lmtp: {line!r}")

    await expect(b"220")
    writer.write(b"LHLO mx.example\r\n")
    await expect(b"250")
    while mails:
        mail = mails.pop()
        writer.write(b"MAIL FROM:<c@asiakas.example>\r\nRCPT TO:<support@shop.example>\r\nDATA\r\n")
        for code in (b"250", b"250", b"354"):
            await expect(code)
        writer.write(mail)
        await expect(b"250")
    writer.close()


def read_corpus(folder):
    mails = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as f:
            text = f.read().replace(b"\r\n.", b"\r\n..")
        mails.append(text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n")
    return mails


async def usher_mails(work, corpus):
    async with Server(work, 0) as server:
        mails = read_corpus(corpus)
        count, begin = len(mails), time.monotonic()
        await asyncio.gather(*(send_mails(server.site.lmtp_port, mails)
                               for _ in range(LMTP_CONNECTIONS)))
        return {"per_s": count / (time.monotonic() - begin)}


# ---- rounds -----------------------------------------------------------------------------------------


class Table:
    def __init__(self):
        self.rows = []

    def add(self, name, unit, pairs):
        """pairs: of Usher's figure and the limit's, one for each round."""
        usher = statistics.median(u for u, _ in pairs)
        row = [name, f"{usher:,.0f} {unit}" if usher >= 20 else f"{usher:.2f} {unit}", "", ""]
        limits = [limit for _, limit in pairs if limit]
        if limits:
            ratios = sorted(u / limit for u, limit in pairs if limit)
            limit = statistics.median(limits)
            row[2] = f"{limit:,.0f} {unit}" if limit >= 20 else f"{limit:.2f} {unit}"
            row[3] = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"
        self.rows.append(row)
        print("| " + " | ".join(row) + " |", flush=True)


class Runner:
    def __init__(self, options, work):
        self.o, self.work, self.table = options, work, Table()
        self.limits = Limits(os.path.abspath(options.limits), work, options.seconds) \
            if options.limits else None

    def limit(self, name, *arguments):
        return getattr(self.limits, name)(*arguments) if self.limits else {}

    async def rounds(self, usher, *limits):
        """[(Usher, limits before and after averaged…)…], in turn."""
        rounds = []
        for _ in range(self.o.rounds):
            before = [self.limit(*limit) for limit in limits]
            figures = await usher()
            after = [self.limit(*limit) for limit in limits]
            mean = [{k: (b[k] + a[k]) / 2 for k in b} for b, a in zip(before, after)]
            rounds.append((figures, mean))
        return rounds

    def add(self, name, unit, key, rounds, i=0, limit_key=None):
        self.table.add(name, unit, [(u[key], lim[i].get(limit_key or key)) for u, lim in rounds])

    async def relay(self, pairs):
        rounds = await self.rounds(lambda: usher_relay(self.work, pairs, self.o.seconds),
                                   ("relay", pairs), ("fsync",))
        name = f"chat, {pairs} visitors"
        self.add(f"{name}: messages/s, beside a bare relay", "/s", "per_s", rounds)
        self.add(f"{name}: p50, beside an fdatasync", "us", "p50_us", rounds, 1)
        self.add(f"{name}: p99, beside an fdatasync", "us", "p99_us", rounds, 1)
        self.table.add(f"{name}: CPU a message", "us", [(u["cpu_us"], None) for u, _ in rounds])

    async def hook(self):
        rounds = await self.rounds(lambda: usher_hook(self.work, 256, self.o.seconds, 0), ("post",))
        self.add("webhooks/s, beside nginx `return 200`", "/s", "per_s", rounds)
        self.table.add("webhooks: CPU each", "us", [(u["cpu_us"], None) for u, _ in rounds])

    async def offer(self):
        rounds = await self.rounds(lambda: usher_hook(self.work, 256, self.o.seconds, 1000),
                                   ("fsync",))
        self.add("call → offer at 1,000 posts/s: p50, beside an fdatasync", "us", "p50_us", rounds)
        self.add("call → offer at 1,000 posts/s: p99, beside an fdatasync", "us", "p99_us", rounds)

    async def idle(self):
        rounds = await self.rounds(lambda: usher_idle(self.work, 5000), ("idle", 5000))
        self.add("memory of an idle visitor at 5,000, beside bare libwebsockets", "KiB", "kib_each",
                 rounds)

    async def mails(self):
        corpus = os.path.join(self.work, "corpus")
        subprocess.run(["python3", self.limits.path("gen_corpus.py"), corpus, str(MAILS), "7"],
                       stdout=subprocess.DEVNULL, check=True)
        rounds = await self.rounds(lambda: usher_mails(self.work, corpus), ("parse", corpus))
        self.add("mails/s by LMTP, beside GMime only parsing", "/s", "per_s", rounds)

    async def run(self):
        jobs = {"relay1": lambda: self.relay(1), "relay100": lambda: self.relay(100),
                "relay1000": lambda: self.relay(1000), "hook": self.hook, "offer": self.offer,
                "idle": self.idle}
        if self.limits:
            jobs["mails"] = self.mails
        for name in self.o.names or jobs:
            await jobs[name]()


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limits")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    work = tempfile.mkdtemp(prefix="usher-bench-", dir=os.environ.get("USHER_BENCH_DIR"))
    print("| What | Usher | limit in the same run | ratio (min–max) |\n|---|---|---|---|")
    try:
        await Runner(options, work).run()
    finally:
        for site in Site.opened:
            await site.stop()
        shutil.rmtree(work, ignore_errors=True)


asyncio.run(main())
