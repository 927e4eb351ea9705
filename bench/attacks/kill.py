"""Kills the whole server at random moments under load, and asks for all that was acknowledged.

    python -m bench.attacks.kill sqlite --times 50
    python -m bench.attacks.kill postgresql --times 50

Clients add (one picture, and three that are stored all or none), remove, decide, and import four
pictures at a time by their addresses. After each kill -9 (on PostgreSQL half of the times of the
database too) the server starts again, and everything that a client was told about is asked for;
at the end, once all imports are over, everything from the beginning, and `manage.py verify` looks
into rows and files.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Sequence
from functools import partial

from bench.attacks import picture_server
from bench.attacks.installation import AttackedServer, installed
from bench.attacks.traffic import Traffic

# Jobs of a worker that was killed are somebody's again after a minute; others go on meanwhile.
installed_to_import = partial(
    installed,
    FETCH_ALLOW_HOSTS="127.0.0.1",
    WORK_THREADS="2",
    JOBS_AT_ONCE_PER_ORGANISATION="1000",
)


def killed(installation: AttackedServer, traffic: Traffic, rng: random.Random) -> float:
    """Let clients work for a while, kill the server, and return the seconds until it is back."""
    traffic.start()
    traffic.wait(answers=rng.randrange(3, 40), in_import=rng.random() < 0.5)
    time.sleep(rng.uniform(0, 0.3))
    cluster = installation.cluster if rng.random() < 0.5 else None
    if cluster is not None:
        cluster.kill()
    installation.kill()
    traffic.stop()
    if cluster is not None:
        cluster.start()
    return installation.start()


def attack(installation: AttackedServer, traffic: Traffic, times: int) -> list[str]:
    """Kill so many times, print a line, and return what was lost or half there."""
    rng = random.Random()
    installation.start()
    back_s, wrong = [], []
    for _ in range(times):
        back_s.append(killed(installation, traffic, rng))
        found = traffic.lost(since_last=True)
        print(f"back in {back_s[-1]:.1f} s, {traffic.known}, {len(found)} lost", flush=True)
        wrong += found
    imported = traffic.finish_imports()
    wrong += traffic.lost()
    installation.manage("verify")
    print(f"{times} kills, {traffic.known}, {len(wrong)} lost or half there")
    print(f"back in {statistics.median(back_s):.1f} s (most {max(back_s):.1f})")
    print(f"imported pictures by error: {dict(imported)}, answers: {dict(traffic.known.statuses)}")
    return wrong


def main(arguments: Sequence[str]) -> int:
    """Attack an installation of one kind."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.kill")
    parser.add_argument("database", choices=["sqlite", "postgresql"])
    parser.add_argument("--times", type=int, default=50)
    options = parser.parse_args(arguments)
    with (
        picture_server.serving() as pictures_url,
        installed_to_import(options.database) as installation,
    ):
        traffic = Traffic(installation.url, installation.token, pictures_url=pictures_url)
        wrong = attack(installation, traffic, options.times)
    print(*wrong, sep="\n", end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
