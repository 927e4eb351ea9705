"""Lets one organisation make all the work it can, and measures how long another one waits.

    python -m bench.attacks.noisy_neighbour [sqlite postgresql] [--kind json] [--behaviour rude]

Starts a server with the usual settings on each database. The quiet one asks for its lists, one
request after the other; the noisy one sends a kind of work (`bench.attacks.noise`), and is
obedient, returning when it was told to, or rude, returning at once. Slices without and with the
noise take turns, so that other work on the machine meets both. Prints the median over the slices of
the quiet one's 95th percentile without and with the noise in milliseconds, their ratio, and how the
noisy one was answered.

`addresses` never answer, `records` are Ximilar's calls of a hundred of them, `pictures` progressive
ones of 25 megapixels, `json` 40 MB of empty objects, `base64` 40 MB of text in one value. For
`jobs` the noisy one has 10,000 searches waiting, copies of one that it asked for, and asks for
more; printed too is how long a batch of one picture of the quiet one's takes then.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import requests

from bench.attacks.installation import ROOT, AttackedServer, installed
from bench.attacks.noise import BEHAVIOURS, KINDS, Noise, Noisy

_PAUSE_S = 0.05
# What the noisy one has begun is at work by then, or has ended.
_SETTLING_S = 2.0
_BATCH_WITHIN_S = 300.0
_WAITING = 10_000
# As many copies of the search that was asked for last, all at once: asking takes minutes.
_FILL = f"""
from jobs.models import Job
last = Job.objects.filter(kind__startswith="api.").latest("pk")
same = dict(kind=last.kind, payload=last.payload, owner=last.owner)
Job.objects.bulk_create([Job(**same) for _ in range({_WAITING})], batch_size=500)
"""
_EMPTY = """
from jobs.models import Job
Job.objects.filter(state="waiting").delete()
"""


@dataclass(frozen=True, slots=True)
class Quiet:
    """The one who only wants its lists."""

    url: str
    token: str

    def p95_ms(self, seconds: float) -> float:
        """Ask for so long, and return the 95th percentile of how long an answer took."""
        ends_at_s = time.monotonic() + seconds
        waits_s = []
        with requests.Session() as session:
            while time.monotonic() < ends_at_s:
                begun_s = time.monotonic()
                answer = session.get(f"{self.url}/v1/lists/", headers=self._headers, timeout=300)
                waits_s.append(time.monotonic() - begun_s)
                answer.raise_for_status()
                time.sleep(_PAUSE_S)
        return 1000 * sorted(waits_s)[int(0.95 * (len(waits_s) - 1))]

    def batch_s(self) -> float:
        """Return the seconds until a batch of one picture, which is refused at once, is done."""
        begun_s = time.monotonic()
        path = f"{self.url}/v1/match/batch/"
        asked = {"images": [{"url": "http://192.0.2.1/"}]}
        begun = requests.post(path, json=asked, headers=self._headers, timeout=60)
        begun.raise_for_status()
        where = f"{path}{begun.json()['batch']['id']}/"
        while time.monotonic() - begun_s < _BATCH_WITHIN_S:
            answer = requests.get(where, headers=self._headers, timeout=60)
            if answer.json()["batch"]["state"] == "done":
                break
            time.sleep(_PAUSE_S)
        return time.monotonic() - begun_s

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True)
class Rounds:
    """How long each slice is, in seconds, and how many pairs of them there are."""

    slice_s: float
    rounds: int


@dataclass(slots=True)
class Slices:
    """What was measured in slices, in ms and s, and how the noisy one was answered."""

    alone_ms: list[float] = field(default_factory=list)
    beside_ms: list[float] = field(default_factory=list)
    batches_s: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def row(self) -> str:
        """Return it as cells of the table."""
        alone_ms, beside_ms = statistics.median(self.alone_ms), statistics.median(self.beside_ms)
        figures = f"{alone_ms:.0f}\t{beside_ms:.0f}\t{beside_ms / alone_ms:.1f}"
        batches = "".join(f"; a batch {each:.1f} s" for each in self.batches_s)
        return f"{figures}\t{dict(self.statuses)}{batches}"


def measured(server: AttackedServer, quiet: Quiet, noisy: Noisy, plan: Rounds) -> Slices:
    """Measure in turns without and with the noise."""
    noise, found = Noise(noisy), Slices()
    for _ in range(plan.rounds):
        time.sleep(_SETTLING_S)
        found.alone_ms.append(quiet.p95_ms(plan.slice_s))
        with noise.made():
            if noisy.kind == "jobs":
                time.sleep(_SETTLING_S)
                server.manage("shell", "-v0", "-c", _FILL)
            time.sleep(_SETTLING_S)
            found.beside_ms.append(quiet.p95_ms(plan.slice_s))
            if noisy.kind == "jobs":
                found.batches_s.append(quiet.batch_s())
        if noisy.kind == "jobs":
            server.manage("shell", "-v0", "-c", _EMPTY)
    found.statuses = noise.ended()
    return found


def compare(database: str, options: argparse.Namespace) -> None:
    """Print a line for each kind and behaviour on a server of its own."""
    with installed(
        database, root=options.root, DECODE_WORKERS="2", FETCH_ALLOW_HOSTS="127.0.0.1"
    ) as server:
        server.start()
        quiet = Quiet(server.url, _token(server, "Quiet"))
        for kind in options.kind or KINDS:
            for behaviour in options.behaviour or BEHAVIOURS:
                noisy = Noisy(server.url, server.token, kind, behaviour)
                plan = Rounds(options.seconds, options.rounds)
                row = measured(server, quiet, noisy, plan).row()
                print(database, kind, behaviour, row, sep="\t", flush=True)


def _token(server: AttackedServer, organisation: str) -> str:
    person = ["--organisation", organisation, "--email", "q@bench.example", "--password-stdin"]
    made = server.manage("create_credentials", *person, "--json", typed="long enough")
    return str(json.loads(made)["token"])


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.noisy_neighbour")
    parser.add_argument("database", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--behaviour", action="append", choices=BEHAVIOURS)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--root", type=Path, default=ROOT, help="another version of the code")
    options = parser.parse_args(arguments)
    print("database\tkind\tbehaviour\tquiet p95 ms\tbeside p95 ms\tratio\tthe noisy one")
    for database in options.database:
        compare(database, options)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
