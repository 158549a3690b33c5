# SPDX-License-Identifier: Apache-2.0
"""kill -9, again and again, in the middle of work on every channel. What was acknowledged is there,
once. The seed is printed; USHER_KILL_SEED repeats the choices, USHER_KILL_ROUNDS their number."""
import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from agents import Agent
from customers import Caller, Ledger, Mailer, Provider, Visitor
from site_under_test import Gone, Site
from tap import Tap
from verify import BROKEN, LOST, TWICE, Faults, check_maildir, check_store

VERIFY_EVERY = 20
DRAIN_MAX_S = 60
QUIET_LOOKS = 5  # in a row: one alone may fall between two words of somebody
AGENTS = ["anna", "kalle", "mari"]
LAST = "(SELECT max(rowid) FROM message WHERE author = %d AND kind = 1)"
PLANTED = {
    "DELETE FROM message WHERE rowid = " + LAST % 1: LOST,
    "DELETE FROM message WHERE rowid = " + LAST % 2: LOST,
    "DELETE FROM interaction WHERE id = (SELECT max(id) FROM interaction WHERE channel = 3)": LOST,
    "INSERT INTO message SELECT contact, seq + 1000, id + 1, kind, author, agent, channel, at_us, "
    "delivery, remote_hash, remote_id, detail, body, html, blob, fields FROM message WHERE rowid = "
    + LAST % 1: TWICE,
    "UPDATE message SET seq = seq + 1000 WHERE rowid = " + LAST % 1: BROKEN,
    "UPDATE contact SET number = 1001 WHERE id = (SELECT max(id) FROM contact)": BROKEN,
    "DELETE FROM journal WHERE seq = 3": BROKEN,
    "DELETE FROM fact WHERE id IN (SELECT id FROM fact WHERE kind IN (6, 9))": BROKEN,
}


def rounds_wanted():
    usual = 20 if os.environ.get("USHER_SANITIZED") else 200
    return int(os.environ.get("USHER_KILL_ROUNDS", usual))


class Loop:
    def __init__(self, root, seed):
        build = os.environ["USHER_BUILD"]
        self.site = Site(os.path.join(build, "usher"), root)
        self.replay = os.path.join(build, "tests/crash/replay")
        self.random = random.Random(seed)
        self.ledger, self.tap, self.tasks = Ledger(), Tap(), []
        self.early = 0  # rounds that ended before the server was ready

    def make(self, kind, name):
        return kind(self.site, self.ledger, random.Random(self.random.random()), name)

    async def begin(self):
        self.provider = Provider()
        await self.provider.start(self.site.provider_port)
        await self.site.start()
        await self.site.setup(AGENTS)
        self.actors = [self.make(Visitor, f"visitor{i}") for i in range(5)]
        self.actors += [self.make(Mailer, f"sender{i}") for i in range(3)]
        self.actors += [self.make(Caller, f"line{i}") for i in range(2)]
        for login in AGENTS:
            agent = self.make(Agent, login)
            agent.headers = await self.site.sign_in(login)
            self.actors.append(agent)
        self.tasks = [asyncio.ensure_future(actor.run()) for actor in self.actors]

    def check_tasks(self):
        for task in self.tasks:
            if task.done():
                task.result()  # an actor never ends by itself: raises what broke it

    # ---- one round -------------------------------------------------------------------------------

    async def round(self):
        if self.random.random() < 0.1:  # in the middle of coming back
            await asyncio.sleep(self.random.uniform(0.0, 0.15))
            self.early += 0 if self.site.up.is_set() else 1
        else:
            await self.site.wait_ready()
            await asyncio.sleep(self.random.expovariate(4.0) % 1.0)
        self.site.kill()
        self.check_tasks()

    def verify(self, label):
        path = self.site.copy_store("copy")
        faults = check_store(path, self.ledger)
        done = subprocess.run([self.replay, path], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=120, check=False)
        if done.returncode != 0:
            faults.add(BROKEN, f"replay: {done.stdout.decode().strip()[-600:]}")
        faults += [(BROKEN, text) for text in self.ledger.faults]
        self.tap.check(f"{label}: {self.ledger.acknowledged()} acknowledged, "
                       f"{faults.count(LOST)} lost, {faults.count(TWICE)} twice", faults)
        return faults

    async def run(self, rounds):
        await self.begin()
        for n in range(1, rounds + 1):
            await self.round()
            if n % VERIFY_EVERY == 0 and n < rounds:
                self.verify(f"{n} of {rounds} rounds")
            self.site.spawn()
        await self.site.wait_ready()
        faults = await self.end(rounds)
        print(f"# {rounds} of {rounds} rounds, {self.ledger.acknowledged()} acknowledged, "
              f"{faults.count(LOST)} lost, {faults.count(TWICE)} twice; "
              f"{self.ledger.repeated()} only when repeated", flush=True)

    # ---- the end -----------------------------------------------------------------------------------

    async def settle(self):
        """Everybody says what is left to say; the answers to mails leave."""
        for actor in self.actors:
            actor.is_draining = True
        end = time.monotonic() + DRAIN_MAX_S
        quiet = 0
        while time.monotonic() < end:
            self.check_tasks()
            try:
                outbox = (await self.site.must("GET", "outbox"))["items"]
                contacts = (await self.site.must("GET", "contacts?state=waiting"))["items"]
            except Gone:
                outbox = contacts = [None]
            busy = any(getattr(actor, "contacts", None) for actor in self.actors)
            is_quiet = not outbox and not contacts and not busy and self.ledger.pending() == 0
            quiet = quiet + 1 if is_quiet else 0
            if quiet == QUIET_LOOKS:
                return []
            await asyncio.sleep(0.1)
        return [f"{self.ledger.pending()} pending, outbox {outbox[:5]}, waiting {contacts[:2]}"]

    async def check_api(self):
        """Every contact as the API shows it: each acknowledged text once."""
        # Somebody may still finish a sentence while the pages are read: only what was acknowledged
        # before the first of them must be there.
        wanted = [item["text"] for item in [
            *self.ledger.chat.values(), *self.ledger.mails.values(), *self.ledger.replies.values()]
            if item["ack"] is not None]
        texts, cursor = {}, ""
        while cursor is not None:
            page = await self.site.must("GET", f"contacts?limit=200{cursor}")
            for contact in page["items"]:
                await self.read_contact(contact["number"], texts)
            cursor = f"&cursor={page['next']}" if page["next"] else None
        faults = []
        for text in wanted:
            if texts.get(text, 0) != 1:
                faults.append(f"\"{text}\" is shown {texts.get(text, 0)} times")
        return faults

    async def read_contact(self, number, texts):
        after = 0
        while True:
            page = await self.site.must("GET", f"contacts/{number}/messages?after={after}&limit=200")
            for message in page["items"]:
                if message["kind"] == "text":
                    text = message["body"].split("\n")[0].strip()
                    texts[text] = texts.get(text, 0) + 1
                after = message["seq"]
            if after >= page["head"] or not page["items"]:
                return

    async def check_visitors(self):
        """What agents said in the conversation a visitor still sees has reached that visitor."""
        faults = []
        for visitor in (a for a in self.actors if isinstance(a, Visitor) and a.conv):
            page = await self.site.must("GET", f"contacts/{visitor.conv}/messages?limit=200")
            for message in page["items"]:
                is_said = message["author"] == "agent" and message["kind"] == "text"
                if is_said and (visitor.conv, message["seq"]) not in visitor.heard:
                    faults.append(f"{visitor.name} never heard \"{message['body']}\"")
        return faults

    async def end(self, rounds):
        self.tap.check("everybody got an answer, and nothing waits to leave", await self.settle())
        self.tap.check("the API shows each acknowledged text once", await self.check_api())
        self.tap.check("each visitor heard what was answered", await self.check_visitors())
        code, output = self.site.cli("check")
        self.tap.check("usher check finds nothing to mend", [] if code == 0 else [output])
        for task in self.tasks:
            task.cancel()
        self.site.kill()
        faults = Faults(self.verify(f"{rounds} of {rounds} rounds"))
        mails = check_maildir(self.site.maildir, self.site.copy_store("copy"), self.ledger)
        self.tap.check("each answer to a mail left once", mails)
        started = Faults() if self.early or rounds < 100 else ["no kill hit a starting server"]
        self.tap.check(f"{self.early} kills hit a starting server", started)
        self.tap.check("planted faults are found", self.plant())
        faults += mails
        return faults

    def plant(self):
        """Breaks copies of the record: each kind of damage must be noticed."""
        missed = []
        for sql, kind in PLANTED.items():
            path = self.site.copy_store("planted")
            db = sqlite3.connect(path)
            changed = db.execute(sql).rowcount
            db.commit()
            db.close()
            if changed < 1 or check_store(path, self.ledger).count(kind) == 0:
                missed.append(f"{changed} rows, nothing noticed: {sql}")
        return missed


async def main():
    seed = int(os.environ.get("USHER_KILL_SEED", random.SystemRandom().randrange(1 << 32)))
    rounds = rounds_wanted()
    print(f"# seed {seed}, {rounds} rounds", flush=True)
    root = tempfile.mkdtemp(prefix="usher-kill9-")
    loop = Loop(root, seed)
    try:
        await loop.run(rounds)
    except Exception as e:  # pylint: disable=broad-except
        loop.tap.check("the loop ran to its end", [f"{type(e).__name__}: {e}"])
    finally:
        if loop.site.process is not None and loop.site.process.poll() is None:
            loop.site.kill()
        if loop.tap.failed:
            loop.tap.note(loop.site.last_log(30))
        if not os.environ.get("USHER_KEEP"):
            shutil.rmtree(root, ignore_errors=True)
    return loop.tap.end()


sys.exit(asyncio.run(main()))
