# SPDX-License-Identifier: Apache-2.0
"""Asks `test_hours ask` and holds its answers to a naive computation by zoneinfo.

The naive one turns each instant into local time and looks whether an interval holds it; changes
and sums are walked minute by minute. It shares nothing with the program but tzdata.
"""
import datetime
import json
import random
import subprocess
import sys
import zoneinfo

ASK = sys.argv[1]
SEED = 20261122
UTC = datetime.timezone.utc
DAY, NEVER = 86400, 2**63 - 1
FROM = int(datetime.datetime(1972, 1, 1, tzinfo=UTC).timestamp())
TO = int(datetime.datetime(2037, 12, 1, tzinfo=UTC).timestamp())
FAR = int(datetime.datetime(2099, 12, 1, tzinfo=UTC).timestamp())
MISREAD = {"Europe/Dublin", "Eire"}  # by GLib after 2037; told of in zone.h
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# West and east, halves and quarters, both hemispheres, no daylight saving, a half-hour of it,
# skipped dates, changes at midnight, the rule that turns summer time around.
ZONES = ["Europe/Helsinki", "Europe/Dublin", "America/New_York", "America/St_Johns",
         "America/Havana", "America/Sao_Paulo", "America/Asuncion", "Asia/Kathmandu",
         "Asia/Kolkata", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Kiritimati",
         "Pacific/Apia", "Pacific/Chatham", "Pacific/Pago_Pago", "Africa/Casablanca",
         "Africa/Cairo", "Antarctica/Troll", "Etc/GMT+12", "UTC"]
tests = 0


def result(faults, name):
    global tests
    tests += 1
    print(f"{'not ok' if faults else 'ok'} {tests} - {name}", flush=True)
    for fault in faults[:20]:
        print(f"# {fault}")


def ask(lines):
    run = subprocess.run([ASK, "ask"], input="".join(line + "\n" for line in lines), text=True,
                         stdout=subprocess.PIPE, check=True, timeout=300)
    answers = run.stdout.splitlines()
    assert len(answers) == len(lines), f"{len(lines)} questions, {len(answers)} answers"
    return answers


def local(zone, t):
    return datetime.datetime.fromtimestamp(t, UTC).astimezone(zone)


def offset(zone, t):
    return int(local(zone, t).utcoffset().total_seconds())


def changes(zone):
    """Instants at which the offset of a zone changes, to the second."""
    found, at, step = [], FROM, 10 * DAY
    while at < TO:
        low, high = at, at + step
        if offset(zone, low) != offset(zone, high):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(zone, middle) == offset(zone, low) else (low, middle)
            found.append(high)
        at += step
    return found


# ---- hours: made at random, and judged one instant at a time ---------------------------------


def clock(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def make_day(rnd):
    """Intervals in order; the last may run past midnight. [] in one of five."""
    if rnd.random() < 0.2:
        return []
    if rnd.random() < 0.08:
        return [(0, 1440)]
    step = rnd.choice([1, 5, 30])
    cuts = sorted(rnd.sample(range(0, 1440 // step), 2 * rnd.randint(1, 8)))
    day = [(a * step, b * step) for a, b in zip(cuts[::2], cuts[1::2])]
    if rnd.random() < 0.2:  # touching
        day = [(a, day[i + 1][0] if i + 1 < len(day) else b) for i, (a, b) in enumerate(day)]
    if rnd.random() < 0.3:
        a = day[-1][0]
        day[-1] = (a, 1440 + rnd.randint(0, a - 1) if a else 1440)
    return day


def day_json(day):
    return [[clock(a), clock(b if b <= 1440 else b - 1440)] for a, b in day]


def week_json(week):
    return {name: day_json(day) for name, day in zip(WEEKDAYS, week) if day}


class Hours:
    def __init__(self, rnd, name, around):
        self.zone = zoneinfo.ZoneInfo(name)
        self.week = [make_day(rnd) for _ in range(7)]
        self.dates, self.ranges, items = {}, [], []
        base = local(self.zone, around).date()
        for n in rnd.sample(range(-9, 10), rnd.randint(0, 6)):
            date, day = base + datetime.timedelta(days=n), make_day(rnd)
            self.dates[date] = day
            items.append({"date": str(date), "open": day_json(day)})
        if rnd.random() < 0.4:
            first = base + datetime.timedelta(days=rnd.randint(-5, 5))
            last = first + datetime.timedelta(days=rnd.randint(0, 12))
            week = [make_day(rnd) for _ in range(7)]
            self.ranges.append((first, last, week))
            items.append({"from": str(first), "to": str(last), "name": "range",
                          "week": week_json(week)})
        rnd.shuffle(items)
        self.text = json.dumps({"zone": name, "week": week_json(self.week), "exceptions": items})

    def day(self, date):
        if date in self.dates:
            return self.dates[date]
        for first, last, week in self.ranges:
            if first <= date <= last:
                return week[date.weekday()]
        return self.week[date.weekday()]

    def is_open(self, t):
        at = local(self.zone, t)
        now, date = at.hour * 60 + at.minute, at.date()
        if any(a <= now < b for a, b in self.day(date)):
            return True
        before = self.day(date - datetime.timedelta(days=1))
        return any(a <= now + 1440 < b for a, b in before)


def near(rnd, instants):
    """Half of the time around a change of the zone's offset."""
    if instants and rnd.random() < 0.5:
        return rnd.choice(instants) + rnd.randint(-2 * DAY, 2 * DAY)
    return rnd.randint(FROM, TO - 400 * DAY)


# ---- the tests --------------------------------------------------------------------------------


def test_offsets():
    lines, wanted = [], []
    for name in sorted(zoneinfo.available_timezones() - {"Factory", "localtime"}):
        if not name[0].isupper():
            continue
        zone = zoneinfo.ZoneInfo(name)
        instants = list(range(FROM, TO, 61 * DAY))
        instants += [t + d for t in changes(zone)[-12:] for d in (-1, 0, 1)]
        if name not in MISREAD:
            instants += range(TO, FAR, 97 * DAY + 3600)
        lines.append(f"Z {name}")
        wanted.append("ok")
        for t in instants:
            lines.append(f"O {t}")
            wanted.append(str(offset(zone, t) * 1000000))
    got, at, faults = ask(lines), "", []
    for line, answer, want in zip(lines, got, wanted):
        at = line if line[0] == "Z" else at
        if answer != want:
            faults.append(f"{at} {line}: {answer}, not {want}")
    result(faults, f"offsets of {sum(line[0] == 'Z' for line in lines)} zones at {len(lines)} instants")


def test_days_and_quarters(rnd, found):
    lines, checks, faults = [], [], []
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        lines.append(f"Z {name}")
        checks.append(None)
        for _ in range(150):
            t = near(rnd, found[name])
            at, back = local(zone, t), t
            # The first instant of that date, minute by minute; dates repeat for two hours at most.
            start = t - t % 60
            while back > t - 30 * 3600:
                if local(zone, back - back % 60).date() == at.date():
                    start = back - back % 60
                back -= 60
            quarter = t - t % 60
            same = (at.hour, at.minute // 15, offset(zone, t))
            while True:
                before = local(zone, quarter - 60)
                if (before.hour, before.minute // 15, offset(zone, quarter - 60)) != same:
                    break
                quarter -= 60
            lines += [f"D {t}", f"Q {t}"]
            checks += [(name, t, start), (name, t, quarter)]
    for line, answer, check in zip(lines, ask(lines), checks):
        if check and answer != str(check[2] * 1000000):
            faults.append(f"{check[0]} {line}: {answer}, not {check[2]}000000")
    result(faults, f"{len(lines) - len(ZONES)} beginnings of days and quarters of an hour")


def test_states(rnd, found):
    lines, wanted = [], []
    for name in ZONES:
        for _ in range(20):
            t = near(rnd, found[name])
            hours = Hours(rnd, name, t)
            lines.append(f"H {hours.text}")
            wanted.append("ok")
            for _ in range(40):
                at = t + rnd.randint(-10 * DAY, 10 * DAY)
                lines.append(f"P {at}")
                wanted.append(str(int(hours.is_open(at))))
    text, faults = "", []
    for line, answer, want in zip(lines, ask(lines), wanted):
        text = line if line[0] == "H" else text
        if answer != want:
            faults.append(f"{line}: {answer}, not {want} by {text}")
    result(faults, f"{sum(line[0] == 'P' for line in lines)} states at random instants")


def test_walks(rnd, found):
    """Each change and each sum of three days, against every minute of them."""
    lines, cases, faults, count = [], [], [], 0
    for name in ZONES:
        for _ in range(8):
            t = near(rnd, found[name]) // 60 * 60
            hours = Hours(rnd, name, t)
            begin = t - 36 * 3600
            minutes = [hours.is_open(begin + 60 * m) for m in range(3 * 1440 + 1)]
            cases.append((hours, begin, minutes, len(lines)))
            lines.append(f"H {hours.text}")
            lines.append(f"B {begin} {begin + 3 * DAY}")
            lines += [f"N {begin + 60 * m + rnd.randint(0, 59)}" for m in range(0, 3 * 1440, 7)]
            lines += [f"A {begin + 60 * m} {60 * 100}" for m in range(0, 1440, 97)]
    answers = ask(lines)
    for hours, begin, minutes, first in cases:
        got = answers[first + 2:]
        if answers[first + 1] != str(sum(minutes[:-1]) * 60000000):
            faults.append(f"{lines[first + 1]}: {answers[first + 1]} by {hours.text}")
        for i, m in enumerate(range(0, 3 * 1440, 7)):
            at, state = got[i].split()
            change = next((k for k in range(m + 1, 3 * 1440) if minutes[k] != minutes[m]), None)
            count += 1
            if change is None:
                is_right = int(at) >= (begin + 3 * DAY) * 1000000
            else:
                is_right = at == str((begin + 60 * change) * 1000000)
                is_right = is_right and state == str(int(minutes[change]))
            if not is_right:
                faults.append(f"{lines[first + 2 + i]}: {got[i]} by {hours.text}")
        done = len(range(0, 3 * 1440, 7))
        for i, m in enumerate(range(0, 1440, 97)):
            left, k = 100, m
            while left and k < 3 * 1440:
                left -= minutes[k]
                k += 1
            count += 1
            if not left and got[done + i] != str((begin + 60 * k) * 1000000):
                faults.append(f"{lines[first + 2 + done + i]}: {got[done + i]} by {hours.text}")
    result(faults, f"{count} changes and deadlines, {len(cases)} sums, walked minute by minute")


def test_refusals():
    names = ["Mars/Base", "europe/helsinki", "Europe", "EST5", "UTC+3", "+02:00", "localtime",
             "right/UTC", "../../etc/passwd", "/etc/localtime", "Factory", "zone.tab", "A" * 80,
             "Europe/Helsinki/", "Europe//Helsinki/..", ":Europe/Helsinki", "", "GMT+5EST"]
    got = ask([f"Z {name}" for name in names])
    faults = [f"{name}: {answer}" for name, answer in zip(names, got) if answer == "ok"]
    result(faults, f"{len(names)} names that are no zone are refused")


def test_catches():
    """The comparison itself: a wrong rule must be found."""
    hours = Hours(random.Random(SEED), "Europe/Helsinki", FROM + 4000 * DAY)
    instants = [FROM + 4000 * DAY + 977 * i for i in range(2000)]
    got = ask([f"H {hours.text}"] + [f"P {t}" for t in instants])[1:]
    hours.week = [[(a, b - 1) for a, b in day] for day in hours.week]
    wrong = [t for t, answer in zip(instants, got) if answer != str(int(hours.is_open(t)))]
    result([] if wrong else ["no difference was seen"], "an interval that is a minute short is noticed")


def main():
    rnd = random.Random(SEED)
    found = {name: changes(zoneinfo.ZoneInfo(name)) for name in ZONES}
    test_offsets()
    test_refusals()
    test_days_and_quarters(rnd, found)
    test_states(rnd, found)
    test_walks(rnd, found)
    test_catches()
    print(f"1..{tests}")


main()
