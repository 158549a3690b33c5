# SPDX-License-Identifier: Apache-2.0
"""An agent at a console: takes offers, answers each contact, closes it, and repeats each command
until it is answered."""
import asyncio
import json

import websockets

from customers import FRAME_MAX_S, Actor, count_try
from site_under_test import http

REPLIES_MAX = 2
TELEPHONE = "telephony"


class Agent(Actor):
    def __init__(self, *args):
        super().__init__(*args)
        self.headers = None  # of the session, after sign_in
        self.contacts = {}  # number -> (channel, epoch) held now, as the console shows it
        self.offers = {}  # number -> epoch
        self.said = {}  # (number, epoch) -> client ids of the replies in that assignment
        self.wanted = {}  # (number, epoch) -> how many replies it shall get

    async def life(self):
        url = f"ws://127.0.0.1:{self.site.port}/api/v1/live"
        headers = {"Cookie": self.headers["Cookie"]}
        async with websockets.connect(url, subprotocols=["usher.v1"], extra_headers=headers,
                                      origin=self.site.url, open_timeout=FRAME_MAX_S,
                                      close_timeout=0.1, ping_interval=None,
                                      max_size=None) as socket:
            await socket.send(json.dumps({"t": "subscribe", "topics": ["me"]}))
            listening = asyncio.ensure_future(self.listen(socket))
            working = asyncio.ensure_future(self.work())
            try:
                await asyncio.wait([listening, working], return_when=asyncio.FIRST_COMPLETED)
                for task in (listening, working):
                    if task.done():
                        task.result()
            finally:
                listening.cancel()
                working.cancel()
                await asyncio.gather(listening, working, return_exceptions=True)

    # ---- what the console shows ----------------------------------------------------------------

    async def listen(self, socket):
        async for text in socket:
            frame = json.loads(text)
            if frame["t"] == "snapshot":
                self.contacts, self.offers = {}, {}
                for contact in frame["data"]["contacts"]:
                    self.show(contact)
                for offer in frame["data"]["offers"]:
                    self.offers[offer["contact"]["number"]] = offer["epoch"]
            elif frame["t"] == "delta":
                self.take_delta(frame)

    def show(self, contact):
        if contact["state"] == "active":
            self.contacts[contact["number"]] = (contact["channel"], contact["epoch"])
        else:
            self.contacts.pop(contact["number"], None)

    def take_delta(self, frame):
        if frame["op"] == "offer":
            self.offers[frame["offer"]["contact"]["number"]] = frame["offer"]["epoch"]
        elif frame["op"] == "contact":
            self.show(frame["contact"])

    # ---- what the agent does ---------------------------------------------------------------------

    async def post(self, path, body, method="POST"):
        """The answer to a command, however often it takes; 503 is no answer."""
        data = json.dumps(body).encode()
        while True:
            answer = await http(self.site.port, method, "/api/v1/" + path, self.headers, data)
            if answer.status not in (429, 503):
                return answer
            await asyncio.sleep(0.1)

    async def work(self):
        await self.post("me/presence", {"state": "ready"}, "PUT")
        await self.repeat()
        while True:
            await asyncio.sleep(self.random.uniform(0.005, 0.03))
            for number, epoch in list(self.offers.items()):
                del self.offers[number]
                await self.answer_offer(number, epoch)
            for number, (channel, epoch) in list(self.contacts.items()):
                await self.serve(number, channel, epoch)

    async def answer_offer(self, number, epoch):
        dice = self.random.random()
        if dice < 0.03:
            return  # looks away: the offer runs out
        if dice < 0.08:
            await self.post(f"contacts/{number}/decline", {"epoch": epoch})
            return
        answer = await self.post(f"contacts/{number}/accept", {"epoch": epoch})
        if answer.status == 200:
            other = self.ledger.accepts.setdefault((number, epoch), self.name)
            if other != self.name:
                self.ledger.fault(f"{number}: epoch {epoch} was given to {other} and {self.name}")
        elif answer.status not in (404, 409):
            self.ledger.fault(f"{number}: accept answered {answer.status} {answer.body!r}")

    async def serve(self, number, channel, epoch):
        key = (number, epoch)
        wanted = self.wanted.setdefault(key, self.random.randint(0, REPLIES_MAX))
        if channel != TELEPHONE and len(self.said.setdefault(key, [])) < wanted:
            cid = f"{self.name}-{number}-{epoch}-{len(self.said[key])}"
            self.said[key].append(cid)
            self.ledger.replies[cid] = {"text": f"agent {cid} answers", "number": number,
                                        "epoch": epoch, "by": self.name, "channel": channel,
                                        "ack": None}
            await self.reply(cid)
            return
        answer = await self.post(f"contacts/{number}/close", {"epoch": epoch, "code": "solved"})
        if answer.status == 200:
            self.ledger.closes[number] = self.ledger.closes.get(number, 0) + 1
        elif answer.status not in (404, 409):
            self.ledger.fault(f"{number}: close answered {answer.status} {answer.body!r}")
        self.contacts.pop(number, None)

    async def repeat(self):
        for cid, item in list(self.ledger.replies.items()):
            if item["by"] == self.name and item["ack"] is None and not item.get("refused"):
                await self.reply(cid)

    async def reply(self, cid):
        item = self.ledger.replies[cid]
        count_try(item)
        answer = await self.post(f"contacts/{item['number']}/messages", {
            "client_id": cid, "kind": "text", "body": item["text"], "epoch": item["epoch"]})
        if answer.status == 201:
            item["ack"] = {"seq": answer.json()["seq"]}
        elif answer.status == 409:
            item["refused"] = True
        else:
            self.ledger.fault(f"{cid}: reply answered {answer.status} {answer.body!r}")
            item["refused"] = True
