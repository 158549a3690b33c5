# SPDX-License-Identifier: Apache-2.0
"""A chat client in another language, written from docs/api.md alone, against a running Usher.

Prints TAP. Debian: python3, python3-websockets.
"""
import asyncio
import json
import os
import random
import signal
import socket
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

try:
    import websockets
except ImportError:
    print("1..0 # SKIP python3-websockets is not installed")
    sys.exit(0)

BUILD = os.environ.get("USHER_BUILD", os.path.join(os.path.dirname(__file__), "../../build"))
HOUSES = 0  # each case calls from an address of its own: what one may do in a second is bounded
SEED = int(os.environ.get("USHER_SEED", "20261121"))
PROTOCOL = "usher-chat.v1"


# ---- Usher ---------------------------------------------------------------------------------


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status = status


class Usher:
    def __init__(self, folder):
        self.folder, self.process, self.token = folder, None, None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws = f"ws://127.0.0.1:{self.port}"

    async def start(self):
        control = os.path.join(self.folder, "control")
        if os.path.exists(control):
            os.unlink(control)
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = await asyncio.create_subprocess_exec(
            os.path.join(BUILD, "usher"), "serve", "--set", f"data_dir={self.folder}",
            "--set", f"listen=127.0.0.1:{self.port}", stdout=self.log, stderr=self.log)
        for _ in range(600):
            if self.process.returncode is not None:
                raise RuntimeError(f"Usher ended with {self.process.returncode}")
            try:
                with open(control) as file:
                    self.token = file.read().split("\n")[1]
                await self.call("GET", "session-is-not-asked", expect=404)
                return
            except (OSError, IndexError, urllib.error.URLError):
                await asyncio.sleep(0.05)
        raise RuntimeError("Usher is not ready after 30 s")

    async def stop(self, number=signal.SIGTERM):
        if self.process.returncode is None:
            self.process.send_signal(number)
        code = await asyncio.wait_for(self.process.wait(), 15)
        self.log.close()
        return code

    def _call(self, method, where, body, headers, expect):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1/{where}", data, method=method)
        request.add_header("Content-Type", "application/json")
        for name, value in (headers or {"Authorization": f"Bearer {self.token}"}).items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read()
                cookie = answer.headers.get("Set-Cookie")
        except urllib.error.HTTPError as fault:
            if fault.code == expect:
                return None
            raise Refused(fault.code, fault.read().decode()) from None
        value = json.loads(text) if text else None
        return (value, cookie.split(";")[0]) if cookie else value

    async def call(self, method, where, body=None, headers=None, expect=None):
        return await asyncio.to_thread(self._call, method, where, body, headers, expect)


class Agent:
    """A session with a live socket: presence is proof."""

    def __init__(self, usher):
        self.usher, self.frames, self.socket, self.task = usher, [], None, None

    async def sign_in(self, login, password):
        answer, cookie = await self.usher.call("POST", "session", {"login": login, "password": password},
                                               headers={"Origin": self.usher.url})
        self.headers = {"Cookie": cookie, "Origin": self.usher.url, "X-Usher-CSRF": answer["csrf"]}
        await self.connect()

    async def connect(self):
        self.socket = await websockets.connect(
            f"{self.usher.ws}/api/v1/live", subprotocols=["usher.v1"], origin=self.usher.url,
            extra_headers={"Cookie": self.headers["Cookie"]}, ping_interval=None)
        self.task = asyncio.create_task(self.listen(self.socket))
        await self.socket.send(json.dumps({"t": "subscribe", "topics": ["me"]}))

    async def listen(self, socket_):
        try:
            async for text in socket_:
                self.frames.append(json.loads(text))
        except websockets.ConnectionClosed:
            pass

    async def call(self, method, where, body=None):
        return await self.usher.call(method, where, body, headers=self.headers)

    async def presence(self, state):
        await self.call("PUT", "me/presence", {"state": state})

    async def take(self, number):
        """Waits for the offer of a contact, and accepts it."""
        def look():
            for frame in self.frames:
                if frame.get("op") == "offer" and frame["offer"]["contact"]["number"] == number:
                    return frame["offer"]
        offer = await until("an offer of " + number, look)
        self.contact = await self.call("POST", f"contacts/{number}/accept", {"epoch": offer["epoch"]})
        return self.contact

    async def say(self, contact, body, kind="text"):
        return await self.call("POST", f"contacts/{contact['id']}/messages", {
            "client_id": f"a-{random.random()}", "kind": kind, "body": body, "epoch": contact["epoch"]})

    async def close(self, contact):
        now = await self.call("GET", f"contacts/{contact['id']}")
        await self.call("POST", f"contacts/{contact['id']}/close", {"epoch": now["epoch"], "code": "solved"})


# ---- the client under the rules of docs/api.md ---------------------------------------------------


class Client:
    def __init__(self, usher, name="Maija"):
        self.usher, self.name = usher, name
        self.visitor, self.conv, self.number, self.seq = None, None, None, 0
        self.events, self.frames, self.waiting, self.closed = [], [], [], None
        self.socket, self.task, self.doubles = None, None, 0

    async def connect(self, hello=True, path="/chat/web", **more):
        self.closed = None
        self.socket = await websockets.connect(
            self.usher.ws + path, subprotocols=[PROTOCOL], origin=self.usher.url, ping_interval=None,
            max_size=1 << 20, local_addr=(f"127.0.0.{10 + HOUSES}", 0), **more)
        assert self.socket.subprotocol == PROTOCOL
        self.task = asyncio.create_task(self.listen(self.socket))
        if hello:
            await self.hello()
        return self

    async def hello(self, **more):
        resume = {"conv": self.conv, "seq": self.seq} if self.conv else None
        mark = len(self.frames)
        await self.send({"t": "hello", "v": 1, "visitor": self.visitor, "resume": resume, "name": self.name,
                         "lang": "en", "page": {"url": self.usher.url, "title": "Test"}, **more})
        welcome = await self.wait("hello", mark)
        for frame in list(self.waiting):  # rule 3: again, in order
            await self.send(frame)
        return welcome

    async def listen(self, socket_):
        try:
            async for text in socket_:
                self.take(json.loads(text))
        except websockets.ConnectionClosed:
            pass
        if socket_ is self.socket:
            self.closed = socket_.close_code

    def take(self, frame):
        self.frames.append(frame)
        kind = frame["t"]
        if kind == "hello":
            self.visitor = frame["visitor"]
            self.follow(frame)
        elif kind == "ack":
            self.follow(frame)
            self.waiting = [w for w in self.waiting if w["cid"] != frame["cid"]]
        elif kind == "ev":
            if frame["seq"] <= self.seq:  # rule 1
                self.doubles += 1
                return
            self.seq = frame["seq"]
            self.events.append(frame)

    def follow(self, frame):
        if frame.get("conv") and frame["conv"] != self.conv:
            self.conv, self.seq, self.events = frame["conv"], 0, []  # rule 4
        self.number = frame.get("number") or self.number

    async def send(self, frame):
        await self.socket.send(json.dumps(frame))

    async def write(self, text, cid=None):
        frame = {"t": "send", "cid": cid or f"c-{random.randrange(1 << 60):x}", "text": text}
        self.waiting.append(frame)
        await self.send(frame)
        return frame["cid"]

    async def wait(self, kind, mark=0, **fits):
        def look():
            for frame in self.frames[mark:]:
                if frame["t"] == kind and all(frame.get(k) == v for k, v in fits.items()):
                    return frame
        return await until(f"{kind} {fits}", look)

    async def acked(self, text, cid=None):
        """Writes until it is acknowledged, as patient as the server asks for."""
        cid = await self.write(text, cid)
        for _ in range(20):
            def look():
                for frame in self.frames:
                    if frame["t"] in ("ack", "nack") and frame["cid"] == cid and not frame.get("used"):
                        return frame
            answer = await until("an answer", look)
            if answer["t"] == "ack":
                return answer
            answer["used"] = True
            assert answer["code"] in ("rate", "busy"), answer
            await asyncio.sleep(answer["retry_ms"] / 1000)
            await self.send(self.waiting[[w["cid"] for w in self.waiting].index(cid)])
        raise AssertionError("never acknowledged")

    async def cut(self):
        """As a telephone loses its network: no farewell."""
        self.socket.transport.abort()
        await asyncio.wait_for(self.task, 5)

    async def leave(self):
        await self.socket.close()

    async def close_code(self):
        await until("the socket to close", lambda: self.closed is not None)
        return self.closed

    def texts(self):
        return [e["text"] for e in self.events if e["kind"] == "msg"]


async def until(what, look, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        await asyncio.sleep(0.005)
    raise AssertionError(f"{what}: not within {seconds} s")


# ---- cases ----------------------------------------------------------------------------------------


async def case_first_words(usher, agent):
    client = await Client(usher).connect()
    welcome = await client.wait("hello")
    assert welcome["state"] == "none" and welcome["conv"] is None and welcome["head"] == 0
    assert welcome["ping_s"] == 25 and welcome["limits"]["text"] == 8000
    assert len(welcome["visitor"]) >= 22
    await client.send({"t": "ping", "n": 5})
    await client.wait("pong", n=5)
    ack = await client.acked("Hei! Missä tilaukseni on? 📦")
    assert ack["number"].startswith("C-") and ack["conv"] and ack["seq"] >= 1 and ack["id"]
    place = await client.wait("place")
    assert place["position"] == 1, place
    return client, ack


async def case_end(usher, agent):
    client, ack = await case_first_words(usher, agent)
    await client.send({"t": "end"})
    await client.wait("state", state="closed")
    await client.leave()


async def case_conversation(usher, agent):
    client, ack = await case_first_words(usher, agent)
    await agent.presence("ready")
    contact = await agent.take(ack["number"])
    await client.wait("state", state="active", agent="Anna")
    await agent.say(contact, "only between us", kind="note")
    said = await agent.say(contact, "Hello! One moment.")
    event = await client.wait("ev", text="Hello! One moment.")
    assert event["from"] == "agent" and event["name"] == "Anna" and event["seq"] == said["seq"]
    assert not any("between us" in e["text"] for e in client.events), "notes stay inside"
    await client.send({"t": "seen", "seq": event["seq"]})
    await client.send({"t": "read", "seq": event["seq"]})
    for _ in range(200):
        messages = await usher.call("GET", f"contacts/{contact['id']}/messages")
        if [m for m in messages["items"] if m["seq"] == said["seq"]][0]["delivery"] == "read":
            break
        await asyncio.sleep(0.02)
    else:
        raise AssertionError("the message is never read")
    mark = len(agent.frames)
    await client.send({"t": "typing", "on": True})
    await until("typing at the console", lambda: [f for f in agent.frames[mark:] if f.get("signal") == "typing"])
    await agent.socket.send(json.dumps({"t": "typing", "contact": contact["id"], "on": True}))
    await client.wait("typing", on=True)
    await agent.presence("not-ready")
    await agent.close(contact)
    await client.wait("state", state="closed")
    again = await client.acked("One more thing")
    assert again["conv"] != ack["conv"] and again["number"] != ack["number"], "a new conversation"
    await until("its first event", lambda: client.events)
    assert client.events[0]["seq"] == 1 and again["seq"] <= 2
    await client.send({"t": "end"})
    await client.wait("state", mark=client.frames.index(again), state="closed")
    closed = await usher.call("GET", f"contacts/{again['number']}")
    assert closed["state"] == "closed", closed
    await client.leave()


async def case_same_cid(usher, agent):
    client = await Client(usher).connect()
    first = await client.acked("once", cid="same")
    second = await client.acked("once", cid="same")
    await client.cut()
    await client.connect()
    mark = len(client.frames)
    await client.write("once", cid="same")
    third = await client.wait("ack", mark, cid="same")
    for key in ("id", "seq", "at", "conv", "number"):
        assert first[key] == second[key] == third[key], key
    record = await usher.call("GET", f"contacts/{first['number']}/messages")
    assert [m["body"] for m in record["items"] if m["kind"] == "text"] == ["once"]
    await client.send({"t": "end"})
    await client.leave()


async def case_cuts(usher, agent):
    """Cut at random moments: everything arrives once, in order, on both sides."""
    dice = random.Random(SEED)
    print(f"# seed {SEED}")
    clients = [Client(usher, f"Visitor {i}") for i in range(4)]

    async def one(client):
        said = []
        await client.connect()
        for i in range(6):
            text = f"{client.name} says {i}"
            said.append(text)
            await client.write(text)
            if dice.random() < 0.7:
                await asyncio.sleep(dice.random() * 0.02)
                await client.cut()
                await client.connect()
            for _ in range(100):
                nacks = [f for f in client.frames if f["t"] == "nack" and not f.get("used")]
                for nack in nacks:
                    nack["used"] = True
                    await asyncio.sleep(nack["retry_ms"] / 1000 + 0.01)
                    for frame in list(client.waiting):
                        if frame["cid"] == nack["cid"]:
                            await client.send(frame)
                if not client.waiting:
                    break
                await asyncio.sleep(0.05)
        assert not client.waiting, "all acknowledged"
        record = await usher.call("GET", f"contacts/{client.number}/messages")
        assert [m["body"] for m in record["items"] if m["kind"] == "text"] == said
        await until("the echo of all", lambda: client.texts() == said)
        fresh = Client(usher, client.name)
        fresh.visitor, fresh.conv = client.visitor, client.conv
        await fresh.connect()
        await until("a whole replay", lambda: fresh.texts() == said)
        assert fresh.doubles == 0
        await client.send({"t": "end"})
        await client.leave()
        await fresh.leave()

    await asyncio.gather(*(one(client) for client in clients))


async def case_two_tabs(usher, agent):
    first = await Client(usher).connect()
    ack = await first.acked("from the first window")
    second = Client(usher)
    second.visitor = first.visitor
    await second.connect()
    await until("the record in the second window", lambda: second.texts() == ["from the first window"])
    await second.acked("from the second window")
    await until("it in the first", lambda: first.texts()[-1:] == ["from the second window"])
    await agent.presence("ready")
    contact = await agent.take(ack["number"])
    await agent.say(contact, "to both")
    for client in (first, second):
        await client.wait("ev", text="to both")
        assert client.texts().count("to both") == 1
        assert [e["seq"] for e in client.events] == sorted({e["seq"] for e in client.events})
    await first.leave()
    await agent.say(contact, "to the other")
    await second.wait("ev", text="to the other")
    await first.connect()
    await until("what was missed", lambda: first.texts()[-1:] == ["to the other"])
    await agent.presence("not-ready")
    await agent.close(contact)
    await first.leave()
    await second.leave()


async def case_rate(usher, agent):
    client = await Client(usher).connect()
    for i in range(9):
        await client.write(f"quick {i}")
    await until("nine answers", lambda: len([f for f in client.frames if f["t"] in ("ack", "nack")]) == 9)
    nacks = [f for f in client.frames if f["t"] == "nack"]
    assert nacks[0]["code"] == "rate", nacks
    # Those behind it come back too, or they would overtake it.
    assert all(n["code"] in ("rate", "busy") and n["retry_ms"] > 0 and n["text"] for n in nacks), nacks
    assert 4 <= 9 - len(nacks) <= 7, f"{9 - len(nacks)} of 9 at once"
    first = nacks[0]
    await asyncio.sleep(max(n["retry_ms"] for n in nacks) / 1000 + 0.05)
    mark = len(client.frames)
    await client.send(next(w for w in client.waiting if w["cid"] == first["cid"]))
    await client.wait("ack", mark, cid=first["cid"])
    client.waiting = []
    await client.send({"t": "end"})
    await client.leave()


async def case_refusals(usher, agent):
    client = await Client(usher).connect()
    await client.send({"t": "send", "cid": "long", "text": "x" * 8001})
    assert (await client.wait("nack", cid="long"))["code"] == "too-long"
    await client.send({"t": "send", "cid": "empty", "text": ""})
    assert (await client.wait("nack", cid="empty"))["code"] == "bad"
    await client.send({"t": "never heard of", "x": 1})
    await client.send({"t": "ping", "n": 1})
    await client.wait("pong", n=1)
    await client.leave()

    async def closes(frame, *codes, hello=True):
        one = await Client(usher).connect(hello=hello)
        try:
            await one.socket.send(frame)
        except websockets.ConnectionClosed:
            pass
        code = await one.close_code()
        assert code in codes, f"{str(frame)[:40]}: {code}"

    async def silent():
        one = await Client(usher).connect(hello=False)
        began = time.monotonic()
        assert await one.close_code() == 4001
        assert 4 < time.monotonic() - began < 8

    async def spoiled_token():
        one = await Client(usher).connect(hello=False)
        await one.send({"t": "hello", "v": 1, "visitor": "not one of yours", "resume": None})
        code = await one.close_code()
        assert code == 4003, (code, one.frames)

    hello = json.dumps({"t": "hello", "v": 1, "visitor": None, "resume": None})
    await asyncio.gather(
        closes("x" * 70_000, 1009), closes("not json", 1008), closes("[]", 1008),
        closes('{"t":"send","t":"send","cid":"a","text":"b"}', 1008), closes(b"\x00\x01", 1003, 1008),
        closes('{"t":"ping","n":1}', 4001, hello=False), closes(hello.replace('"v": 1', '"v": 9'), 1008, 4001, hello=False),
        silent(), spoiled_token())


async def case_doors(usher, agent):
    for path, protocol, origin in (("/chat/web", "usher-rtc.v1", usher.url), ("/chat/nosuch", PROTOCOL, usher.url),
                                   ("/chat/web", PROTOCOL, "https://elsewhere.example")):
        try:
            socket_ = await websockets.connect(usher.ws + path, subprotocols=[protocol], origin=origin)
        except (websockets.InvalidHandshake, websockets.ConnectionClosed):
            continue
        except Exception as fault:
            raise AssertionError(f"{path} {protocol} {origin}: {fault!r}") from fault
        await socket_.close()
        raise AssertionError(f"{path} {protocol} {origin}: let in")


async def case_many_windows(usher, agent):
    first = await Client(usher).connect()
    await first.acked("I like windows")
    others = []
    for _ in range(4):
        other = Client(usher)
        other.visitor = first.visitor
        others.append(await other.connect())
    sixth = Client(usher)
    sixth.visitor = first.visitor
    await sixth.connect(hello=False)
    await sixth.send({"t": "hello", "v": 1, "visitor": first.visitor, "resume": None})
    assert await sixth.close_code() == 4008
    await first.send({"t": "end"})
    for client in (first, *others):
        await client.leave()


async def case_restart(usher, agent):
    client = await Client(usher).connect()
    ack = await client.acked("before the power fails")
    await agent.presence("ready")
    contact = await agent.take(ack["number"])
    await agent.say(contact, "I am here")
    await client.wait("ev", text="I am here")
    await usher.stop(signal.SIGKILL)
    await usher.start()
    await client.connect()
    await agent.connect()
    ack2 = await client.acked("after it")
    assert ack2["conv"] == ack["conv"] and ack2["seq"] > ack["seq"]
    now = await agent.call("GET", f"contacts/{contact['id']}")
    assert now["state"] == "active" and now["epoch"] == contact["epoch"], "the same agent holds it"
    await agent.say(contact, "and so am I")
    await client.wait("ev", text="and so am I")
    assert client.texts() == ["before the power fails", "I am here", "after it", "and so am I"]
    mark = len(client.frames)
    assert await usher.stop() == 0
    bye = await client.wait("bye", mark)
    assert bye["code"] == 1012 and bye["retry_ms"] > 0
    assert await client.close_code() == 1012


CASES = [
    ("the first words open a contact, and tell the place in line", case_end),
    ("a conversation: answer, notes unseen, read, typing, the end, and a new one", case_conversation),
    ("the same cid, twice and after a cut, is one message with one ack", case_same_cid),
    ("cut again and again: nothing lost, nothing twice, in order", case_cuts),
    ("two windows of one visitor", case_two_tabs),
    ("a quick writer is told to wait", case_rate),
    ("what is no frame closes the socket with the code of the book", case_refusals),
    ("other protocols, channels and sites are not let in", case_doors),
    ("the sixth window is one too many", case_many_windows),
    ("kill -9 and a restart in the middle; an orderly end says good-bye", case_restart),
]


async def main():
    global HOUSES
    random.seed(SEED)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="usher-chat-") as folder:
        usher = Usher(folder)
        try:
            await usher.start()
            await usher.call("POST", "queues", {"slug": "support", "name": "Support", "wrapup_s": 0})
            await usher.call("POST", "channels", {"id": "web", "driver": "chat", "queue": "support",
                                                  "settings": {"sockets_per_address": 100}})
            await usher.call("POST", "users", {"login": "anna", "name": "Anna", "roles": ["agent"],
                                               "password": "a sentence of some length", "queues": ["support"]})
            agent = Agent(usher)
            await agent.sign_in("anna", "a sentence of some length")
            for n, (name, case) in enumerate(CASES, 1):
                HOUSES = n
                try:
                    await asyncio.wait_for(case(usher, agent), 60)
                    print(f"ok {n} - {name}", flush=True)
                except Exception:
                    failed += 1
                    print(f"not ok {n} - {name}")
                    print("# " + traceback.format_exc().rstrip().replace("\n", "\n# "), flush=True)
        finally:
            if usher.process is not None and usher.process.returncode is None:
                await usher.stop()
        if failed:
            with open(os.path.join(folder, "log"), errors="replace") as log:
                print("# " + log.read()[-3000:].replace("\n", "\n# "))
    print(f"1..{len(CASES)}")
    return 1 if failed else 0


sys.exit(asyncio.run(main()))
