# SPDX-License-Identifier: Apache-2.0
"""Customers who do not give up: a chat visitor, a mail server and a telephone provider. Each repeats
what was not acknowledged, as its protocol has it, and writes down what was."""
import asyncio
import base64
import hashlib
import hmac
import json
import urllib.parse

import websockets
import websockets.exceptions

from site_under_test import ACCOUNT, AUTH_TOKEN, Gone, http

FRAME_MAX_S = 5
BROKEN = (Gone, OSError, EOFError, asyncio.TimeoutError, websockets.exceptions.WebSocketException)


class Ledger:
    """What was sent, what was acknowledged, and every promise that was seen broken."""

    def __init__(self):
        self.chat, self.mails, self.calls, self.replies = {}, {}, {}, {}
        self.accepts, self.closes, self.faults = {}, {}, []

    def fault(self, text):
        if len(self.faults) < 100:
            self.faults.append(text)

    def everything(self):
        return [*self.chat.values(), *self.mails.values(), *self.calls.values(),
                *self.replies.values()]

    def acknowledged(self):
        return sum(1 for item in self.everything() if item["ack"] is not None)

    def repeated(self):
        return sum(1 for item in self.everything()
                   if item["ack"] is not None and item.get("tries", 0) > 1)

    def pending(self):
        return sum(1 for item in self.everything()
                   if item["ack"] is None and not item.get("refused"))


def count_try(item):
    item["tries"] = item.get("tries", 0) + 1


class Actor:
    """Lives once per life of the server: life() ends with an exception when the server dies."""

    def __init__(self, site, ledger, random, name):
        self.site, self.ledger, self.random, self.name = site, ledger, random, name
        self.is_draining = False
        self.count = 0

    async def run(self):
        while True:
            await self.site.up.wait()
            try:
                await self.life()
            except BROKEN:
                pass
            await asyncio.sleep(0.02)

    def next_name(self):
        self.count += 1
        return f"{self.name}-{self.count}"


class Visitor(Actor):
    def __init__(self, *args):
        super().__init__(*args)
        self.token, self.conv, self.seq = None, None, 0
        self.pending = []  # cids, in the order they were written
        self.heard = {}  # (conv, seq) -> text of an agent

    async def say(self, frame):
        await self.socket.send(json.dumps(frame))

    async def life(self):
        url = f"ws://127.0.0.1:{self.site.port}/chat"
        async with websockets.connect(url, subprotocols=["usher-chat.v1"], open_timeout=FRAME_MAX_S,
                                      close_timeout=0.1, ping_interval=None) as self.socket:
            resume = {"conv": self.conv, "seq": self.seq} if self.conv else None
            await self.say({"t": "hello", "v": 1, "visitor": self.token, "resume": resume,
                            "name": self.name, "lang": "en"})
            writing = None
            try:
                while True:
                    wait = FRAME_MAX_S if self.pending or writing is None else None
                    frame = json.loads(await asyncio.wait_for(self.socket.recv(), wait))
                    await self.take(frame)
                    if writing is None and frame["t"] == "hello":
                        await self.repeat()
                        writing = asyncio.ensure_future(self.write())
            finally:
                if writing is not None:
                    writing.cancel()

    async def repeat(self):
        for cid in list(self.pending):
            count_try(self.ledger.chat[cid])
            await self.say({"t": "send", "cid": cid, "text": self.ledger.chat[cid]["text"]})

    async def write(self):
        while True:
            await asyncio.sleep(self.random.uniform(0.01, 0.12))
            if self.is_draining or len(self.pending) >= 3:
                continue
            if not self.pending and self.random.random() < 0.05:
                await self.say({"t": "end"})
                continue
            cid = self.next_name()
            self.ledger.chat[cid] = {"text": f"chat {cid} says hello", "ack": None,
                                     "tries": 1}
            self.pending.append(cid)
            await self.say({"t": "send", "cid": cid, "text": self.ledger.chat[cid]["text"]})

    async def take(self, frame):
        kind = frame["t"]
        if kind == "hello":
            self.token = frame["visitor"]
            if frame["conv"] != self.conv:
                self.conv, self.seq = frame["conv"], 0
        elif kind == "ack":
            self.take_ack(frame)
        elif kind == "nack":
            if frame["code"] in ("bad", "too-long"):
                self.ledger.fault(f"{frame['cid']}: refused with {frame['code']}")
            await asyncio.sleep(max(frame.get("retry_ms") or 0, 10) / 1000)
            if frame["cid"] in self.pending and frame["cid"] == self.pending[0]:
                await self.repeat()
        elif kind == "ev":
            self.take_event(frame)

    def take_ack(self, frame):
        item = self.ledger.chat[frame["cid"]]
        ack = {"id": frame["id"], "seq": frame["seq"], "number": frame["number"]}
        if item["ack"] is not None and item["ack"] != ack:
            self.ledger.fault(f"{frame['cid']}: acknowledged as {item['ack']}, then as {ack}")
        item["ack"] = ack
        if frame["cid"] in self.pending:
            self.pending.remove(frame["cid"])

    def take_event(self, frame):
        if frame["seq"] <= self.seq:
            return  # docs/api.md: a client applies only what is above its last
        self.seq = frame["seq"]
        if frame["from"] == "agent" and frame["kind"] == "msg":
            if frame["text"] in self.heard.values():
                self.ledger.fault(f"{self.name}: heard twice: {frame['text']}")
            self.heard[(self.conv, frame["seq"])] = frame["text"]


class Mailer(Actor):
    """A mail server with one mail in its hands: it keeps it until it hears 250."""

    async def life(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.site.lmtp_port)
        try:
            await self.expect(reader, "220")
            await self.command(reader, writer, "LHLO mx.example")
            while True:
                await self.deliver(reader, writer, await self.next_mail())
                await asyncio.sleep(self.random.uniform(0.0, 0.1))
        finally:
            writer.close()

    async def expect(self, reader, code):
        while True:
            line = (await asyncio.wait_for(reader.readuntil(b"\r\n"), FRAME_MAX_S * 4)).decode()
            if line[3:4] != "-":
                if not line.startswith(code):
                    raise Gone(line)
                return

    async def command(self, reader, writer, line, code="250"):
        writer.write(line.encode() + b"\r\n")
        await self.expect(reader, code)

    async def next_mail(self):
        for name, mail in self.ledger.mails.items():
            if mail["ack"] is None and mail["by"] == self.name:
                return name
        while self.is_draining:
            await asyncio.sleep(0.05)
        mine = [n for n, m in self.ledger.mails.items() if m["by"] == self.name]
        answers = self.random.choice(mine) if mine and self.random.random() < 0.4 else None
        name = self.next_name()
        self.ledger.mails[name] = {"by": self.name, "text": f"mail {name} asks where it is",
                                   "answers": answers, "ack": None}
        return name

    def compose(self, name):
        mail = self.ledger.mails[name]
        lines = [f"From: {self.name}@customer.example", "To: support@shop.example",
                 f"Subject: about {mail['answers'] or name}", f"Message-ID: <{name}@customer.example>",
                 "Date: Sat, 21 Nov 2026 10:00:00 +0000", "MIME-Version: 1.0",
                 "Content-Type: text/plain; charset=utf-8"]
        if mail["answers"] is not None:
            lines.append(f"In-Reply-To: <{mail['answers']}@customer.example>")
            lines.append(f"References: <{mail['answers']}@customer.example>")
        return "\r\n".join([*lines, "", mail["text"], ".", ""])

    async def deliver(self, reader, writer, name):
        await self.command(reader, writer, f"MAIL FROM:<{self.name}@customer.example>")
        await self.command(reader, writer, "RCPT TO:<support@shop.example>")
        await self.command(reader, writer, "DATA", "354")
        count_try(self.ledger.mails[name])
        writer.write(self.compose(name).encode())
        await self.expect(reader, "250")
        self.ledger.mails[name]["ack"] = {}


class Caller(Actor):
    """The telephone provider: signed requests, repeated with the same token until answered."""

    async def life(self):
        while True:
            await self.call(await self.next_call())
            await asyncio.sleep(self.random.uniform(0.0, 0.1))

    async def next_call(self):
        for sid, call in self.ledger.calls.items():
            if call["by"] == self.name and not call["is_over"]:
                return sid
        while self.is_draining:
            await asyncio.sleep(0.05)
        sid = "CA" + hashlib.md5(self.next_name().encode()).hexdigest()
        self.ledger.calls[sid] = {"by": self.name, "ack": None, "is_over": False}
        return sid

    async def hook(self, path, token, fields):
        url = f"{self.site.url}/hooks/phone/{path}"
        text = url + "".join(k + v for k, v in sorted(fields.items()))
        mac = hmac.new(AUTH_TOKEN.encode(), text.encode(), hashlib.sha1).digest()
        return await http(self.site.port, "POST", f"/hooks/phone/{path}", {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": base64.b64encode(mac).decode(),
            "I-Twilio-Idempotency-Token": token}, urllib.parse.urlencode(fields).encode())

    async def call(self, sid):
        call = self.ledger.calls[sid]
        fields = {"CallSid": sid, "AccountSid": ACCOUNT, "From": "+358401234567",
                  "To": "+35891234567", "Direction": "inbound", "ApiVersion": "2010-04-01"}
        while call["ack"] is None:
            count_try(call)
            answer = await self.hook("voice", "voice-" + sid, {**fields, "CallStatus": "ringing"})
            if b"<Enqueue" in answer.body:
                call["ack"] = {}
            elif answer.status not in (200, 503):
                self.ledger.fault(f"{sid}: voice answered {answer.status} {answer.body!r}")
            else:
                await asyncio.sleep(0.2)
        await asyncio.sleep(self.random.uniform(0.0, 0.3))
        while not call["is_over"]:
            answer = await self.hook("status", "status-" + sid, {
                **fields, "CallStatus": "completed", "SequenceNumber": "1", "CallDuration": "7"})
            if answer.status == 204:
                call["is_over"] = True
            elif answer.status != 503:
                self.ledger.fault(f"{sid}: status answered {answer.status} {answer.body!r}")
                call["is_over"] = True
            else:
                await asyncio.sleep(0.2)


class Provider:
    """The provider's own side: takes every REST request and says it was done."""

    async def start(self, port):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", port)

    async def serve(self, reader, writer):
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                for line in head.split("\r\n"):
                    if line.startswith("content-length:"):
                        await reader.readexactly(int(line.split(":")[1]))
                body = b'{"sid":"CAffffffffffffffffffffffffffffffff","status":"queued"}'
                writer.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                             b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        except (OSError, EOFError):
            pass
        finally:
            writer.close()
