# SPDX-License-Identifier: Apache-2.0
"""usher replay on the journal of a real server: while it runs, killed in between, and when it has
ended. Visitors, senders and agents are those of tests/crash."""
import asyncio
import datetime
import hashlib
import json
import os
import random
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["USHER_SRC"], "tests/crash"))

from agents import Agent  # noqa: E402
from customers import Ledger, Mailer, Visitor  # noqa: E402
from site_under_test import Site  # noqa: E402
from tap import Tap  # noqa: E402

AGENTS = ["anna", "kalle", "mari"]
WORK_S = float(os.environ.get("USHER_REPLAY_WORK_S", "4"))
NUMBERS = ("contacts", "answered", "abandoned", "service_level_percent", "asa_s", "wait_p50_s",
           "wait_p90_s", "wait_longest_s", "aht_s")


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def snapshot_of(folder):
    """What lies in the folder, without the index that readers and writers share."""
    found = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and not name.endswith("-shm"):
            with open(path, "rb") as f:
                data = f.read()
            if data:
                found[name] = hashlib.sha256(data).hexdigest()
    return found


class World:
    def __init__(self, root):
        self.root = root
        self.site = Site(os.path.join(os.environ["USHER_BUILD"], "usher"), root)
        self.tap, self.ledger, self.random = Tap(), Ledger(), random.Random(5)

    def make(self, kind, name):
        return kind(self.site, self.ledger, random.Random(self.random.random()), name)

    async def begin(self):
        await self.site.start()
        self.start = now()
        await self.site.setup(AGENTS)
        self.busy = now()
        actors = [self.make(Visitor, f"visitor{i}") for i in range(5)]
        actors += [self.make(Mailer, f"sender{i}") for i in range(2)]
        for login in AGENTS:
            agent = self.make(Agent, login)
            agent.headers = await self.site.sign_in(login)
            actors.append(agent)
        self.tasks = [asyncio.ensure_future(actor.run()) for actor in actors]

    def usher(self, begin, end, *words):
        return self.site.cli("replay", "--from", begin, "--to", end, *words)

    def file(self, change):
        path = os.path.join(self.root, "change.json")
        with open(path, "w", encoding="utf-8") as f:
            f.write(change if isinstance(change, str) else json.dumps(change))
        return path

    def document(self, begin, end, change=None):
        words = ["-o", "json"] + (["--config", self.file(change)] if change is not None else [])
        code, output = self.usher(begin, end, *words)
        if code != 0:
            raise RuntimeError(f"usher replay: {code}: {output}")
        return json.loads(output)

    # ---- checks ----------------------------------------------------------------------------------

    def check_same(self, name, begin, end, change=None):
        document = self.document(begin, end, change)
        faults = [] if document["same"] else ["it is not the same"]
        for item in document["queues"] + document["agents"]:
            faults += [f"{key} changed by {value}" for key, value in item["change"].items()
                       if value not in (0, 0.0, None)]
            faults += [] if item["before"] == item["after"] else [f"{item} differs"]
        faults += [f"{key} assumed" for key, value in document["assumed"].items() if value != 0]
        total = document["queues"][-1]["before"]
        faults += [] if document["events"] > 0 else ["no events"]
        faults += [] if total["contacts"] > 0 and total["answered"] > 0 else [f"idle: {total}"]
        self.tap.check(f"{name}: {document['events']} events, {total['contacts']} contacts", faults)

    def check_figures(self, begin, end):
        """The figures of the record are those of the facts that the server itself wrote."""
        import sqlite3
        total = self.document(begin, end)["queues"][-1]["before"]
        db = sqlite3.connect(f"file:{self.site.copy_store('facts')}?mode=ro", uri=True)
        span = [int(datetime.datetime.fromisoformat(t.replace("Z", "+00:00")).timestamp() * 1e6)
                for t in (begin, end)]
        count = "SELECT count(*) FROM fact WHERE at_us BETWEEN ? AND ? AND "
        answered = db.execute(count + "kind = 5 AND cause = 1", span).fetchone()[0]
        entered = db.execute(count + "kind = 2 AND number = 1", span).fetchone()[0]
        abandoned = db.execute(count + "kind = 9 AND cause = 6", span).fetchone()[0]
        db.close()
        faults = []
        for name, value in (("answered", answered), ("contacts", entered), ("abandoned", abandoned)):
            if total[name] != value:
                faults.append(f"{name}: {total[name]} replayed, {value} in the facts")
        self.tap.check(f"the facts say the same: {answered} answered", faults)

    def check_absent(self, begin, end):
        change = {"agents": {login: {"absent": True} for login in AGENTS}}
        document = self.document(begin, end, change)
        total = document["queues"][-1]
        faults = [] if not document["same"] else ["nothing is different"]
        held = sum(item["after"]["contacts"] for item in document["agents"])
        faults += [f"{held} contacts went to nobody"] if held != 0 else []
        faults += [] if total["after"]["answered"] == 0 else [f"answered: {total['after']}"]
        self.tap.check("without agents nobody is answered", faults)

    def check_more(self, begin, end):
        change = {"extra_agents": [{"copy_of": "anna", "count": 2}],
                  "queues": {"support": {"offer_s": 3}}}
        document = self.document(begin, end, change)
        names = [item["agent"] for item in document["agents"]]
        faults = [] if not document["same"] else ["nothing is different"]
        faults += [] if {"anna+1", "anna+2"} <= set(names) else [f"agents: {names}"]
        faults += [] if all(n in document["queues"][-1]["change"] for n in NUMBERS) else ["figures"]
        self.tap.check("two agents more", faults)
        code, output = self.usher(begin, end, "--config", self.file(change))
        wanted = ("service_level_percent", "occupancy_percent", "anna+2", "SL3", "change")
        self.tap.check("and as a table", [w for w in wanted if w not in output] + [code] * code)

    def check_refusals(self, begin, end):
        cases = [
            ({"queues": {"nowhere": {}}}, 'no queue "nowhere"'),
            ({"queues": {"support": {"offer_s": 0}}}, "offer_s"),
            ({"queues": {"support": {"colour": 1}}}, "colour"),
            ({"agents": {"nobody": {}}}, '"nobody"'),
            ({"agents": {"anna": {"skills": {"flying": 2}}}}, '"flying"'),
            ({"extra_agents": [{"copy_of": "anna", "count": 201}]}, "count"),
            ({"extra_agents": [{"copy_of": "anna", "count": 200}, {"copy_of": "mari"}]}, "200"),
            ({"channels": {"telegraph": {}}}, '"telegraph"'),
            ("{", "line 1"),
            ("", "empty"),
            ("[" * 40, "change:"),
        ]
        faults = []
        for change, words in cases:
            code, output = self.usher(begin, end, "--config", self.file(change))
            if code != 1 or words not in output:
                faults.append(f"{change}: {code}: {output}")
        self.tap.check("what is wrong in the file is named", faults)
        spans = [((end, begin), 1), (("2001-01-01T00:00:00Z", "2001-01-02T00:00:00Z"), 1),
                 (("yesterday", end), 2), ((begin, "2026-11-21"), 2)]
        faults = [f"{span}: {self.usher(*span)}" for span, code in spans
                  if self.usher(*span)[0] != code]
        code, output = self.site.cli("replay", "--from", begin)
        faults += [] if code == 2 else [output]
        self.tap.check("so is what is wrong in the command", faults)

    # ---- all of it -------------------------------------------------------------------------------

    async def run(self):
        await self.begin()
        await asyncio.sleep(WORK_S)
        middle = now()
        self.check_same("while it runs", self.start, middle)
        self.site.kill()
        await asyncio.sleep(0.5)
        self.site.spawn()
        await self.site.wait_ready()
        await asyncio.sleep(WORK_S)
        end = now()
        self.check_same("over a kill", self.start, end)
        self.check_same("from the middle of work", middle, end)
        self.check_same("up to the middle of work", self.busy, middle)
        same = {"queues": {"support": {"offer_s": 2}}, "agents": {"anna": {"capacity": 1000}},
                "extra_agents": [], "channels": {}}
        self.check_same("a file that changes nothing", middle, end, same)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.site.stop()
        before = snapshot_of(self.site.data)
        self.check_same("after its end", self.start, end)
        self.check_figures(self.start, end)
        self.check_absent(middle, end)
        self.check_more(middle, end)
        self.check_refusals(middle, end)
        faults = [] if snapshot_of(self.site.data) == before else ["the folder was changed"]
        self.tap.check("nothing was written", faults)


async def main():
    root = tempfile.mkdtemp(prefix="usher-replay-")
    world = World(root)
    try:
        await asyncio.wait_for(world.run(), 240)
    finally:
        for site in Site.opened:
            await site.stop()
        shutil.rmtree(root, ignore_errors=True)
    return world.tap.end()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
