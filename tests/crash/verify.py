# SPDX-License-Identifier: Apache-2.0
"""Holds a copy of the database against what was acknowledged. Each function gives the faults."""
import collections
import os
import sqlite3

AUTHOR_CUSTOMER, AUTHOR_AGENT = 1, 2
KIND_TEXT = 1
CHANNEL_EMAIL, CHANNEL_TELEPHONY = 1, 3
ACTIVE, CLOSED = 3, 6
ASSIGNED, RELEASED, PARKED, WRAPUP, FX_CLOSED = 5, 6, 7, 8, 9
LOST, TWICE, BROKEN = "lost", "twice", "broken"


class Faults(list):
    def add(self, kind, text):
        self.append((kind, text))

    def count(self, kind):
        return sum(1 for k, _ in self if k == kind)


def read(path):
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    return db


def said(db, author):
    """text -> rows; a mail's text is known by its first line."""
    rows = collections.defaultdict(list)
    for row in db.execute("SELECT message.*, contact.number FROM message JOIN contact ON "
                          "contact.id = message.contact WHERE author = ? AND kind = ?",
                          (author, KIND_TEXT)):
        rows[row["body"].split("\n")[0].strip()].append(row)
    return rows


def check_items(faults, items, rows):
    for name, item in items.items():
        found = rows.get(item["text"], [])
        if item["ack"] is not None and not found:
            faults.add(LOST, f"{name}: acknowledged, and not there")
        if len(found) > 1:
            faults.add(TWICE, f"{name}: stands {len(found)} times")
        if item.get("refused") and found:
            faults.add(BROKEN, f"{name}: refused, and yet there")
        if item["ack"] and found and found[0]["seq"] != item["ack"]["seq"]:
            faults.add(BROKEN, f"{name}: acknowledged with seq {item['ack']['seq']}, "
                               f"kept with {found[0]['seq']}")
        if item["ack"] and found and "number" in item["ack"] and \
                item["ack"]["number"] != f"C-{found[0]['number']}":
            faults.add(BROKEN, f"{name}: acknowledged in {item['ack']['number']}, kept in "
                               f"C-{found[0]['number']}")


def check_strangers(faults, rows, known):
    for text in rows:
        if text not in known:
            faults.add(BROKEN, f"nobody said \"{text[:60]}\"")


def check_calls(faults, db, ledger):
    found = collections.defaultdict(list)
    for row in db.execute("SELECT * FROM interaction WHERE channel = ?", (CHANNEL_TELEPHONY,)):
        found[row["remote_key"]].append(row)
    for sid, call in ledger.calls.items():
        if call["ack"] is not None and not found[sid]:
            faults.add(LOST, f"call {sid}: acknowledged, and not there")
        if len(found[sid]) > 1:
            faults.add(TWICE, f"call {sid}: {len(found[sid])} interactions")
        if call["is_over"] and call["ack"] is not None and found[sid] and found[sid][0]["state"] != 2:
            faults.add(LOST, f"call {sid}: its end was acknowledged, and it goes on")


def check_threads(faults, mails, rows):
    """An answer stands in the contact of the mail it answers."""
    for name, mail in mails.items():
        if mail["answers"] is None or not rows.get(mail["text"]):
            continue
        first = rows.get(mails[mail["answers"]]["text"])
        if first and first[0]["contact"] != rows[mail["text"]][0]["contact"]:
            faults.add(BROKEN, f"{name}: not in the contact of {mail['answers']}")


def check_numbers(faults, db):
    query = ("SELECT contact.number, contact.seq, count(message.seq) n, min(message.seq) low, "
             "max(message.seq) high FROM contact LEFT JOIN message ON message.contact = contact.id "
             "GROUP BY contact.id HAVING n != contact.seq OR (n > 0 AND (low != 1 OR high != n))")
    for row in db.execute(query):
        faults.add(BROKEN, f"C-{row['number']}: seq {row['seq']}, {row['n']} messages "
                           f"from {row['low']} to {row['high']}")
    row = db.execute("SELECT count(*) n, min(seq) low, max(seq) high FROM journal").fetchone()
    if row["n"] > 0 and (row["low"] != 1 or row["high"] != row["n"]):
        faults.add(BROKEN, f"journal: {row['n']} rows from {row['low']} to {row['high']}")
    for what, query in {
            "contact numbers used twice": "SELECT number FROM contact GROUP BY number "
                                          "HAVING count(*) > 1",
            "messages without contact": "SELECT 1 FROM message WHERE contact NOT IN "
                                        "(SELECT id FROM contact)",
            "outbox rows without message": "SELECT 1 FROM outbox WHERE message_seq > 0 AND NOT "
                                           "EXISTS (SELECT 1 FROM message WHERE message.contact = "
                                           "outbox.contact AND message.seq = outbox.message_seq)",
            "sessions open twice": "SELECT 1 FROM interaction WHERE state = 1 GROUP BY channel_id, "
                                   "remote_key HAVING count(*) > 1",
            "message ids used twice": "SELECT id FROM message GROUP BY id HAVING count(*) > 1",
            "things heard twice": "SELECT hash FROM seen GROUP BY hash HAVING count(*) > 1",
    }.items():
        n = len(db.execute(query).fetchall())
        if n > 0:
            faults.add(BROKEN, f"{n} {what}")


def check_holders(faults, db):
    """By the facts, in order: nobody is given what another holds, and the row agrees at the end."""
    holder, closes = {}, collections.Counter()
    for row in db.execute("SELECT kind, contact, agent FROM fact ORDER BY id"):
        contact = row["contact"]
        if row["kind"] == ASSIGNED:
            if holder.get(contact):
                faults.add(BROKEN, f"contact {contact}: given to {row['agent']} while "
                                   f"{holder[contact]} holds it")
            holder[contact] = row["agent"]
        elif row["kind"] in (RELEASED, PARKED, WRAPUP, FX_CLOSED):
            holder[contact] = None
        closes[contact] += row["kind"] == FX_CLOSED
    for row in db.execute("SELECT id, number, state, agent, closed_us FROM contact"):
        if row["state"] == ACTIVE and holder.get(row["id"]) != row["agent"]:
            faults.add(BROKEN, f"C-{row['number']}: held by {row['agent']}, by the facts by "
                               f"{holder.get(row['id'])}")
        if (row["state"] == CLOSED) != (row["closed_us"] > 0):
            faults.add(BROKEN, f"C-{row['number']}: state {row['state']}, closed at "
                               f"{row['closed_us']}")
    return closes


def check_closes(faults, db, ledger, closes):
    ids = {f"C-{row['number']}": row["id"] for row in db.execute("SELECT id, number FROM contact")}
    for number, count in ledger.closes.items():
        if closes[ids.get(number)] < count:
            faults.add(LOST, f"{number}: closed {count} times for the agent, "
                             f"{closes[ids.get(number)]} times in the record")


def check_store(path, ledger):
    faults = Faults()
    db = read(path)
    heard, answered = said(db, AUTHOR_CUSTOMER), said(db, AUTHOR_AGENT)
    for items, rows in ((ledger.chat, heard), (ledger.mails, heard), (ledger.replies, answered)):
        check_items(faults, items, rows)
    check_strangers(faults, heard, {i["text"] for i in [*ledger.chat.values(),
                                                        *ledger.mails.values()]})
    check_strangers(faults, answered, {i["text"] for i in ledger.replies.values()})
    check_calls(faults, db, ledger)
    check_threads(faults, ledger.mails, heard)
    check_numbers(faults, db)
    check_closes(faults, db, ledger, check_holders(faults, db))
    db.close()
    return faults


def read_maildir(folder):
    """text -> the Message-IDs under which it left."""
    left = collections.defaultdict(list)
    folder = os.path.join(folder, "new")
    for file in os.listdir(folder) if os.path.isdir(folder) else []:
        with open(os.path.join(folder, file), encoding="utf-8", errors="replace") as f:
            text = f.read()
        head, _, body = text.replace("\r\n", "\n").partition("\n\n")
        ids = [line[11:].strip() for line in head.split("\n")
               if line.lower().startswith("message-id:")]
        for line in body.split("\n"):
            if line.startswith("agent ") and line.strip().endswith(" answers"):
                left[line.strip()].append(ids[0] if ids else None)
                break
    return left


def check_maildir(folder, path, ledger):
    """Once nothing waits any more: each kept answer to a mail left under one Message-ID, once."""
    faults = Faults()
    db = read(path)
    answered = said(db, AUTHOR_AGENT)
    left = read_maildir(folder)
    for name, item in ledger.replies.items():
        if item["channel"] != "email":
            continue
        ids = left.get(item["text"], [])
        if answered.get(item["text"]) and not ids:
            faults.add(LOST, f"{name}: kept, and never sent")
        if ids and not answered.get(item["text"]):
            faults.add(BROKEN, f"{name}: sent, and not kept")
        if len(ids) > 1:
            faults.add(TWICE, f"{name}: sent as {ids}")
    db.close()
    return faults
