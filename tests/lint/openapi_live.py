# SPDX-License-Identifier: Apache-2.0
"""Calls every operation of docs/openapi.json at a running `usher serve` and holds what comes back
against it. TAP."""
import base64
import copy
import http.client
import json
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from schema import Validator

USHER = Path(os.environ.get("USHER_BUILD", "build"), "usher").absolute()
TREE = Path(os.environ.get("USHER_SRC", ".")).absolute()
WAIT_S = 20
PASSWORD = "a sentence is a good one"


class Tap:
    count = failed = 0

    def result(self, is_ok, name, notes=()):
        self.count += 1
        self.failed += not is_ok
        print(f"{'ok' if is_ok else 'not ok'} {self.count} - {name}")
        for note in list(notes)[:20]:
            print("# " + str(note)[:300].replace("\n", " "))


class Described:
    """The description, as operations that can be found by method and path."""

    def __init__(self, document):
        self.document = document
        self.validator = Validator(document)
        self.operations = []
        for path, item in document["paths"].items():
            pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + r"\Z")
            for method, operation in item.items():
                if method in ("get", "post", "put", "delete"):
                    self.operations.append((method.upper(), pattern, path, operation))
        # An exact path before one with a parameter.
        self.operations.sort(key=lambda each: each[2].count("{"))

    def find(self, method, path):
        for each, pattern, _, operation in self.operations:
            if each == method and pattern.match(path.split("?")[0]):
                return operation
        return None

    def request_faults(self, method, path, body):
        operation = self.find(method, path)
        if operation is None:
            return ["no such operation"]
        if body is None:
            return ["a body is required"] if operation.get("requestBody", {}).get("required") else []
        if "requestBody" not in operation:
            return ["no body is described"] if body != {} else []
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        return self.validator.faults(body, schema)

    def answer_faults(self, answer):
        operation = self.find(answer["method"], answer["path"])
        described = operation["responses"].get(str(answer["status"]))
        if described is None:
            return [f"the status {answer['status']} is not described: {answer['text'][:200]}"]
        if "$ref" in described:
            described = self.validator.resolve(described["$ref"])
        if "content" not in described:
            return [f"a body is given: {answer['text'][:100]}"] if answer["text"] else []
        media = answer["type"].split(";")[0]
        if media not in described["content"]:
            return [f"the type {media} is not described"]
        if not media.endswith("json"):
            return []
        return self.validator.faults(json.loads(answer["text"]), described["content"][media]["schema"])


class Server:
    """A running Usher in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.log = open(folder / "log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [USHER, "serve", "--set", "listen=127.0.0.1:0", "--set", f"data_dir={folder}/data"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.url = self.token = None
        for _ in range(WAIT_S * 10):
            if self.process.poll() is None and (folder / "data/control").exists():
                words = (folder / "data/control").read_text().split()
                if len(words) == 3 and "usher.started" in (folder / "log").read_text():
                    self.url, self.token = words[:2]
                    break
            time.sleep(0.1)
        else:
            self.process.kill()
            self.process.wait()
            raise RuntimeError("usher serve does not start: " + (folder / "log").read_text()[-500:])
        self.host = self.url.removeprefix("http://")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self.log.close()


class Caller:
    """Somebody who calls; keeps every answer in `answers`."""

    def __init__(self, server, described, answers, headers=None):
        self.server, self.described, self.answers = server, described, answers
        self.headers = dict(headers or {})

    def call(self, method, path, body=None, expect=None, **headers):
        """The answer's JSON. A request that should succeed must itself fit the description."""
        faults = self.described.request_faults(method, path, body) if expect is None else []
        data = None if body is None else json.dumps(body)
        connection = http.client.HTTPConnection(self.server.host, timeout=WAIT_S)
        prefix = "" if path in ("/livez", "/readyz", "/metrics") else "/api/v1"
        connection.request(method, prefix + path, data, {
            "Content-Type": "application/json", **self.headers,
            **{name.replace("_", "-"): value for name, value in headers.items()}})
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        is_good = reply.status < 300 if expect is None else reply.status == expect
        if not is_good:
            faults.append(f"answered {reply.status}, expected {expect or 'success'}: {text[:200]}")
        self.answers.append({"method": method, "path": path, "status": reply.status, "text": text,
                             "type": reply.headers.get("Content-Type", ""), "faults": faults})
        self.cookie = reply.headers.get("Set-Cookie", "").split(";")[0]
        return json.loads(text) if "json" in reply.headers.get("Content-Type", "") else text

    def sign_in(self, login, password):
        session = self.call("POST", "/session", {"login": login, "password": password})
        self.headers.update({"Cookie": self.cookie, "X-Usher-CSRF": session["csrf"]})

    def open_live(self):
        """An agent is present while the live feed is open; what it says is of no interest here."""
        host, port = self.server.host.split(":")
        feed = socket.create_connection((host, int(port)), timeout=WAIT_S)
        key = base64.b64encode(os.urandom(16)).decode()
        feed.sendall((f"GET /api/v1/live HTTP/1.1\r\nHost: {self.server.host}\r\nUpgrade: websocket\r\n"
                      f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                      f"Sec-WebSocket-Protocol: usher.v1\r\nOrigin: {self.server.url}\r\n"
                      f"Cookie: {self.headers['Cookie']}\r\n\r\n").encode())
        if b" 101 " not in feed.recv(4096):
            raise RuntimeError("the live feed does not open")
        return feed

    def wait(self, path, is_so):
        """Looks until it is so; the last answer."""
        for _ in range(WAIT_S * 10):
            answer = self.call("GET", path)
            if is_so(answer):
                return answer
            time.sleep(0.1)
        raise RuntimeError(f"{path} stays {json.dumps(answer)[:300]}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_site(admin, root, lmtp):
    admin.call("POST", "/skills", {"name": "fi"})
    for slug, wrapup in (("support", 600), ("billing", 0)):
        admin.call("POST", "/queues", {"name": slug.title(), "slug": slug, "wrapup_s": wrapup, "offer_s": 600})
    admin.call("PUT", "/queues/support", {"target_s": 30, "requirements": {"fi": 2}})
    admin.call("POST", "/queues", {"name": "Again", "slug": "support"}, expect=409)
    admin.call("POST", "/queues", {"name": "Wrong", "slug": "W!"}, expect=400)
    admin.call("POST", "/queues", {"name": "Wrong", "slug": "w", "colour": "red"}, expect=400)
    admin.call("GET", "/queues/support")
    admin.call("GET", "/queues/nothing", expect=404)
    admin.call("POST", "/users", {"login": "anna", "name": "Anna", "roles": ["agent"], "queues": ["support", "billing"],
                                  "skills": {"fi": 4}, "capacity": 1000, "password": PASSWORD})
    admin.call("PUT", "/users/anna", {"phone": "+358401234567"})
    admin.call("GET", "/users/anna")
    admin.call("POST", "/codes", {"code": "solved", "label": "Solved"})
    admin.call("POST", "/codes", {"code": "spare", "label": "Spare"})
    admin.call("DELETE", "/codes/spare")
    admin.call("POST", "/channels", {"id": "video", "driver": "video", "queue": "support"})
    admin.call("POST", "/channels", {"id": "web", "driver": "chat", "queue": "support", "settings": {"is_default": True}})
    admin.call("PUT", "/channels/web", {"enabled": False, "settings": {"title": "Example"}})
    admin.call("POST", "/channels", {"id": "mail", "driver": "email", "queue": "support", "settings": {
        "address": "support@example.com", "lmtp_listen": f"127.0.0.1:{lmtp}", "smtp_server": "maildir:out"}})
    admin.call("POST", "/channels", {"id": "odd", "driver": "email", "queue": "support", "settings": {"adress": "x"}},
               expect=400)
    admin.call("POST", "/channels/video/links", {"name": "Visitor", "expires_s": 600})
    admin.call("POST", "/channels/web/links", expect=501)
    admin.call("PUT", "/weights/chat", {"weight": 25, "max": 4})
    admin.call("PUT", "/weights/pigeon", {"weight": 25}, expect=404)
    admin.call("GET", "/weights/visit")
    for path in ("/skills", "/weights", "/queues", "/users", "/codes", "/channels", "/channels/mail", "/routing/check"):
        admin.call("GET", path)
    half_hour = admin.call("GET", "/staffing?calls=100&aht=180&patience=2min&shrinkage=30")
    if half_hour["needed"] != 12 or len(half_hour["items"]) != 5:
        raise RuntimeError(f"staffing: {half_hour}")
    admin.call("GET", "/staffing?calls=100&aht=180&occupancy=85", expect=400)
    admin.call("GET", "/staffing?calls=100", expect=400)
    root.call("POST", "/tokens", {"label": "x"}, expect=403)
    made = admin.call("POST", "/tokens", {"label": "Report"})
    admin.call("GET", "/tokens")
    program = Caller(admin.server, admin.described, admin.answers, {"Authorization": "Bearer " + made["token"]})
    program.call("GET", "/session")
    admin.call("DELETE", "/tokens/" + made["id"])
    program.call("GET", "/figures", expect=401)


def set_routing(admin):
    """Every routing setting, and the faults that are told one by one."""
    admin.call("POST", "/queues", {"name": "Odd", "slug": "odd"})
    admin.call("PUT", "/queues/odd", {
        "order": "least-loaded", "ageing": {"mode": "deadline", "tier": 1, "seconds": 60},
        "requirements": [{"skill": "fi", "level": 3, "preferred": True, "until_step": 1}],
        "steps": [{"seconds": 30, "ring_max": 0, "penalty_max": None, "level_drop": 1, "priority_raise": 1, "drop": ["fi"]}, {}],
        "parallel": 2, "automatic": False, "reserve": 1, "first_reply_seconds": 60, "reply_seconds": 60,
        "silence_seconds": 600, "length_max": 5, "full": "overflow", "wait_max_seconds": 600, "expired": "end",
        "overflow": {"to": "support", "after_seconds": 60, "length": 3, "absent": {"after_seconds": 5, "present": ["ready"]}},
        "closed": "overflow", "rejoin_seconds": 60,
        "hours": {"zone": "Europe/Helsinki", "week": {"mon": [["08:00", "16:00"]]}}})
    admin.call("PUT", "/queues/odd", {"overflow": None, "full": None, "closed": None, "ageing": {"mode": "strict"}})
    refused = admin.call("PUT", "/queues/odd", {"parallel": 99, "steps": [{"ring_max": -1}]}, expect=400)
    if [error["pointer"] for error in refused["errors"]] != ["/parallel", "/steps/0/ring_max"]:
        raise RuntimeError(f"the faults are not told: {refused}")
    admin.call("PUT", "/queues/odd/members/anna", {"ring": 1, "penalty": 2, "weight": 3, "position": 4})
    admin.call("GET", "/queues/odd/members")
    admin.call("PUT", "/queues/odd/members/anna", {"ring": 255}, expect=400)
    admin.call("DELETE", "/queues/odd/members/anna")
    admin.call("PUT", "/users/anna", {"queues": ["support", {"queue": "billing", "ring": 1}]})
    admin.call("PUT", "/weights/telephony", {"exclusive": True, "interrupts": ["email", "letter"]})
    admin.call("DELETE", "/queues/odd")


def steer(admin, agent):
    """A contact that nobody may take is asked about, given and moved."""
    lacking = {"requirements": [{"skill": "fi", "level": 5}]}
    number = enter(agent, "billing", "three", **lacking, preferred_agent="anna", preferred_seconds=1)["number"]
    agent.call("POST", f"/contacts/{number}/require", lacking, expect=403)
    admin.call("POST", f"/contacts/{number}/require", lacking)
    agent.call("POST", f"/contacts/{number}/callback", {}, expect=403)
    admin.call("POST", f"/contacts/{number}/callback", {"at": "2001-01-01T00:00:00Z"}, expect=400)
    admin.call("POST", f"/contacts/{number}/callback", {})
    agent.call("POST", f"/contacts/{number}/take", {"from_holder": True}, expect=403)
    admin.call("POST", f"/contacts/{number}/take", {"agent": "anna"})
    held = epoch_of(agent, number)
    agent.call("POST", f"/contacts/{number}/consult", held, expect=400)
    agent.call("POST", f"/contacts/{number}/consult", {**held, "queue": "billing"})
    agent.call("POST", f"/contacts/{number}/conference", {**held, "consultation": "C-1"}, expect=404)
    agent.call("POST", f"/contacts/{number}/hand-over", held, expect=400)
    agent.call("POST", f"/contacts/{number}/leave", {}, expect=400)
    admin.call("POST", "/agents/anna/move-all", {"to_agent": "anna"}, expect=400)
    admin.call("POST", "/agents/anna/move-all", {"to_queue": "billing"})


def confer(admin, agent):
    """One asks another, takes him in, is left alone, and hands over."""
    admin.call("POST", "/users", {"login": "bert", "name": "Bert", "roles": ["agent"], "queues": ["billing"], "capacity": 1000,
                                  "password": PASSWORD})
    other = Caller(admin.server, admin.described, admin.answers)
    other.sign_in("bert", PASSWORD)
    feed = other.open_live()
    other.call("PUT", "/me/presence", {"state": "ready"})
    number = enter(agent, "billing", "four", preferred_agent="anna", preferred_seconds=600)["number"]
    held = accept(agent, number)

    def ask(how):
        question = agent.call("POST", f"/contacts/{number}/consult", {**held, "agent": "bert", **how})["consultation"]
        accept(other, question)
        asked = agent.call("GET", f"/contacts/{number}")["consultations"]
        if [one["agent"]["name"] for one in asked] != ["Bert"]:
            raise RuntimeError(f"who answers is not shown: {asked}")
        return {**held, "consultation": question}

    def part_of(name):
        return {one["name"]: one for one in agent.call("GET", f"/contacts/{number}")["agents"]}[name]

    agent.call("POST", f"/contacts/{number}/conference", ask({"note": "Is it paid?"}))
    own = {"epoch": part_of("Bert")["epoch"]}
    if part_of("Bert")["part"] != "conferring" or part_of("Anna")["part"] != "holder":
        raise RuntimeError("a conference is not shown")
    other.call("POST", f"/contacts/{number}/leave", held, expect=409)
    other.call("POST", f"/contacts/{number}/leave", own)
    agent.call("POST", f"/contacts/{number}/hand-over", ask({}))
    if part_of("Bert")["part"] != "holder":
        raise RuntimeError("the contact was not handed over")
    other.call("POST", f"/contacts/{number}/close", {**epoch_of(other, number), "code": "solved"})
    feed.close()
    admin.call("DELETE", "/users/bert")


def enter(caller, queue, key, **more):
    body = {"channel": "visit", "queue": queue, "body": "Came by.", "subject": "Visit",
            "customer": {"name": "A visitor", "address": "visitor-" + key}, **more}
    return caller.call("POST", "/contacts", body, Idempotency_Key=key)


def epoch_of(caller, contact):
    return {"epoch": caller.call("GET", f"/contacts/{contact}")["epoch"]}


def accept(caller, contact):
    caller.wait(f"/contacts/{contact}", lambda c: c["state"] == "offered")
    caller.call("POST", f"/contacts/{contact}/accept", epoch_of(caller, contact))
    return epoch_of(caller, contact)


def work_by_hand(admin, agent):
    first = enter(agent, "support", "one")
    again = enter(agent, "support", "one")
    number = first["number"]
    if again["id"] != first["id"]:
        raise RuntimeError("an Idempotency-Key was not heeded")
    agent.wait(f"/contacts/{number}", lambda c: c["state"] == "offered")
    agent.call("POST", f"/contacts/{number}/accept", {"epoch": 99}, expect=409)
    agent.call("POST", f"/contacts/{number}/accept", {}, expect=400)
    held = accept(agent, number)
    agent.call("POST", f"/contacts/{number}/messages", {"client_id": "n1", "kind": "note", "body": "Seen."})
    agent.call("POST", f"/contacts/{number}/messages", {"client_id": "t1", "body": "Hello", **held}, expect=501)
    agent.call("POST", f"/contacts/{number}/park", {**held, "until": "2001-01-01T00:00:00Z"}, expect=400)
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    agent.call("POST", f"/contacts/{number}/park", {**held, "until": soon})
    agent.call("POST", f"/contacts/{number}/resume", {})
    held = accept(agent, number) if agent.call("GET", f"/contacts/{number}")["state"] != "active" else epoch_of(agent, number)
    agent.call("POST", f"/contacts/{number}/close", {**held, "code": "nonsense"}, expect=400)
    agent.call("POST", f"/contacts/{number}/close", held)
    held = epoch_of(agent, number)
    agent.call("POST", f"/contacts/{number}/wrapup", {**held, "extend_s": 30})
    agent.call("POST", f"/contacts/{number}/wrapup", {**held, "code": "solved", "note": "Done."})
    agent.call("POST", f"/contacts/{number}/close", held, expect=404)
    agent.call("GET", f"/contacts/{number}/messages?after=0&limit=10")
    agent.call("GET", f"/contacts/{number}/explain")
    second = enter(agent, "billing", "two")["number"]
    agent.wait(f"/contacts/{second}", lambda c: c["state"] == "offered")
    agent.call("POST", f"/contacts/{second}/decline", epoch_of(agent, second))
    agent.call("POST", f"/contacts/{second}/priority", {"priority": 1}, expect=403)
    admin.call("POST", f"/contacts/{second}/priority", {"priority": 1})
    if agent.call("GET", f"/contacts/{second}")["state"] == "waiting":
        agent.call("POST", f"/contacts/{second}/take", {})
    agent.call("POST", f"/contacts/{second}/transfer", {**epoch_of(agent, second), "queue": "support", "note": "Yours."})
    agent.call("GET", "/contacts?state=closed&queue=support&mine=1&limit=1")
    agent.call("GET", "/contacts?limit=1")
    agent.call("GET", "/contacts?state=odd", expect=400)
    agent.call("GET", "/contacts/C-1", expect=404)
    agent.call("GET", f"/customers/{first['customer']['id']}")
    agent.call("GET", f"/customers/{first['customer']['id']}/contacts")
    agent.call("GET", "/customers/nobody", expect=404)


def work_by_mail(agent, lmtp):
    with smtplib.LMTP("127.0.0.1", lmtp, timeout=WAIT_S) as server:
        server.sendmail("you@customer.example", ["support@example.com"],
                        "From: you@customer.example\r\nTo: support@example.com\r\nSubject: Hello\r\n"
                        "Message-ID: <1@customer.example>\r\n\r\nIs my table on its way?\r\n")
    listed = agent.wait("/contacts", lambda a: any(c["channel"] == "email" for c in a["items"]))
    contact = next(c["number"] for c in listed["items"] if c["channel"] == "email")
    held = accept(agent, contact)
    said = {"client_id": "t2", "kind": "text", "body": "It is.", **held}
    one = agent.call("POST", f"/contacts/{contact}/messages", said)
    two = agent.call("POST", f"/contacts/{contact}/messages", said)
    if one["id"] != two["id"]:
        raise RuntimeError("a client_id was not heeded")
    agent.call("POST", f"/contacts/{contact}/video")
    agent.call("GET", f"/contacts/{contact}/video")
    agent.call("GET", f"/contacts/{contact}/messages")
    agent.call("POST", f"/contacts/{contact}/close", {**held, "code": "solved"})


def look_around(admin, agent, nobody):
    for path in ("/agents", "/reasons", "/figures"):
        agent.call("GET", path)
    agent.call("GET", "/users", expect=403)
    agent.call("GET", "/audit", expect=403)
    for path in ("/outbox", "/audit?limit=5", "/figures"):
        admin.call("GET", path)
    for path in ("/livez", "/readyz", "/metrics"):
        nobody.call("GET", path)
    nobody.call("GET", "/session", expect=401)
    nobody.call("POST", "/session", {"login": "anna"}, expect=400)
    for _ in range(5):
        nobody.call("POST", "/session", {"login": "nobody", "password": "wrong"}, expect=401)
    nobody.call("POST", "/session", {"login": "nobody", "password": "wrong"}, expect=429)
    nobody.call("POST", "/setup", {"token": "x" * 30, "login": "me", "name": "Me", "password": PASSWORD}, expect=403)


def clear_away(admin, agent):
    agent.call("PUT", "/me/presence", {"state": "not-ready", "reason": "lunch"})
    agent.call("PUT", "/me/presence", {"state": "asleep"}, expect=400)
    admin.call("PUT", "/agents/anna/presence", {"state": "signed-out"})
    agent.call("DELETE", "/session")
    admin.call("POST", "/users/anna/password")
    admin.call("POST", "/users/anna/password", {"password": PASSWORD + "!"})
    admin.call("DELETE", "/users/anna")
    admin.call("DELETE", "/users/admin", expect=409)
    admin.call("DELETE", "/channels/web")
    admin.call("DELETE", "/queues/billing")


def scenario(server, described, answers):
    root = Caller(server, described, answers, {"Authorization": "Bearer " + server.token})
    nobody = Caller(server, described, answers)
    link = root.call("POST", "/setup-links")
    admin, agent = Caller(server, described, answers), Caller(server, described, answers)
    admin.call("POST", "/setup", {"token": link["token"], "login": "admin", "name": "Admin", "password": PASSWORD})
    admin.sign_in("admin", PASSWORD)
    lmtp = free_port()
    make_site(admin, root, lmtp)
    agent.sign_in("anna", PASSWORD)
    feed = agent.open_live()
    agent.call("PUT", "/me/presence", {"state": "ready"})
    work_by_hand(admin, agent)
    work_by_mail(agent, lmtp)
    set_routing(admin)
    steer(admin, agent)
    confer(admin, agent)
    look_around(admin, agent, nobody)
    clear_away(admin, agent)
    feed.close()


def report(tap, described, answers):
    for method, _, path, operation in described.operations:
        mine = [a for a in answers if described.find(a["method"], a["path"]) is operation]
        faults = [f"{a['method']} {a['path']}: {fault}" for a in mine
                  for fault in a["faults"] + described.answer_faults(a)]
        if not any(a["status"] < 300 for a in mine):
            faults.append("it never succeeded here")
        tap.result(not faults, f"{method} {path} is as described ({len(mine)} calls)", faults)


def plant(tap, described, answers, name, change):
    """The description after a change must be found wrong by the same answers."""
    document = copy.deepcopy(described.document)
    change(document)
    other = Described(document)
    faults = [fault for answer in answers for fault in other.answer_faults(answer)]
    tap.result(bool(faults), "finds " + name)


def plant_all(tap, described, answers):
    schemas = lambda document: document["components"]["schemas"]
    plant(tap, described, answers, "a member that is not described",
          lambda d: schemas(d)["Contact"]["properties"].pop("head"))
    plant(tap, described, answers, "a member that is not given",
          lambda d: schemas(d)["Contact"]["required"].append("colour"))
    plant(tap, described, answers, "another type", lambda d: schemas(d)["Message"]["properties"]["seq"].update(type="string"))
    plant(tap, described, answers, "a word that is missing", lambda d: schemas(d)["ContactState"]["enum"].remove("offered"))
    plant(tap, described, answers, "null where none is allowed",
          lambda d: schemas(d)["Contact"]["properties"].update(agent={"$ref": "#/components/schemas/AgentRef"}))
    plant(tap, described, answers, "a status that is not described",
          lambda d: d["paths"]["/contacts/{contact}/accept"]["post"]["responses"].pop("409"))


def served(tap, server):
    """The description that a program finds at the server is this one."""
    if not (TREE / "gateway/web/dist/openapi.json").exists():
        tap.result(True, "the description is served # SKIP the browser code is not built")
        return
    connection = http.client.HTTPConnection(server.host, timeout=WAIT_S)
    connection.request("GET", "/api/openapi.json")
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    is_same = reply.status == 200 and json.loads(text) == json.loads((TREE / "docs/openapi.json").read_text("utf-8"))
    tap.result(is_same, "the description is served", [f"answered {reply.status}"] * (not is_same))


def main():
    tap = Tap()
    described = Described(json.loads((TREE / "docs/openapi.json").read_text(encoding="utf-8")))
    answers = []
    with tempfile.TemporaryDirectory(prefix="usher-openapi-") as folder:
        server = Server(Path(folder))
        try:
            served(tap, server)
            scenario(server, described, answers)
            trouble = []
        except Exception as error: # pylint: disable=broad-except # told, with what was answered so far
            bad = [f"{a['method']} {a['path']} {a['faults']}" for a in answers if a["faults"]]
            trouble = [f"{type(error).__name__}: {error}", *bad]
        code = server.stop()
    tap.result(not trouble, "the scenario ran to its end", trouble)
    tap.result(code == 0, "usher serve ended in order", [f"exit code {code}"] * (code != 0))
    report(tap, described, answers)
    plant_all(tap, described, answers)
    print(f"1..{tap.count}")
    sys.exit(tap.failed > 0)


main()
