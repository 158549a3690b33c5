# SPDX-License-Identifier: Apache-2.0
"""Test Anything Protocol: one line for each check, and its faults behind it."""
FAULTS_SHOWN = 25


class Tap:
    def __init__(self):
        self.count, self.failed = 0, 0

    def check(self, name, faults):
        """Passed when there are no faults."""
        self.count += 1
        self.failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {self.count} - {name}", flush=True)
        for fault in list(faults)[:FAULTS_SHOWN]:
            self.note(str(fault))

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    def note(self, text):
        for line in text.rstrip().split("\n"):
            print(f"# {line}", flush=True)

    def end(self):
        """The plan; gives the exit code."""
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0
