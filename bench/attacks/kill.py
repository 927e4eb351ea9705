"""Kills the whole server at random moments under load, and asks for all that was acknowledged.

    python -m bench.attacks.kill sqlite --times 50
    python -m bench.attacks.kill postgresql --times 50 --copies 5

After each kill -9 the server starts again, `manage.py verify` looks into rows and files, and every
item and decision that a client was told about is asked for. With `--copies`, all processes are
stopped as many times at a random moment, the files of the database and the pictures are copied, and
the copy is opened and verified. A power cut would besides lose what was not synced.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.attacks.installation import AttackedServer, PostgresCluster, installed
from bench.attacks.traffic import Traffic


def killed(installation: AttackedServer, traffic: Traffic, rng: random.Random) -> float:
    """Let clients work for a while, kill the server, and return the seconds until it is back."""
    traffic.start()
    time.sleep(rng.uniform(0.5, 4))
    installation.kill()
    traffic.stop()
    return installation.start()


def copied(installation: AttackedServer, into: Path) -> AttackedServer:
    """Copy all files as they are at one moment, and open the copy of the database."""
    cluster = installation.cluster
    with installation.paused():
        shutil.copytree(installation.folder, into, dirs_exist_ok=True)
        if cluster is not None:
            shutil.copytree(cluster.folder / "data", into / "pg" / "data", symlinks=True)
    if cluster is None:
        return AttackedServer(into, installation.variables)
    copy = PostgresCluster(into / "pg")
    (copy.folder / "data" / "postmaster.pid").unlink()
    if os.geteuid() == 0:
        for path in (copy.folder, *copy.folder.rglob("*")):
            shutil.chown(path, "postgres", "postgres")
        into.chmod(0o755)
    copy.start()
    return AttackedServer(into, {**installation.variables, "DATABASE_URL": copy.url()}, copy)


def is_whole_after_a_power_cut(installation: AttackedServer, traffic: Traffic) -> bool:
    """Copy under load, and tell whether the copy is whole."""
    traffic.start()
    time.sleep(random.uniform(1, 3))
    with tempfile.TemporaryDirectory(prefix="lookalike-copy-") as folder:
        copy = copied(installation, Path(folder))
        traffic.stop()
        try:
            copy.manage("verify")
        except RuntimeError as error:
            print(error)
            return False
        finally:
            if copy.cluster is not None:
                copy.cluster.stop("immediate")
    return True


def attack(installation: AttackedServer, times: int, copies: int) -> int:
    """Kill so many times, print a line, and return how much was lost or half there."""
    rng = random.Random()
    installation.start()
    traffic = Traffic(installation.url, installation.token)
    back_s, wrong = [], []
    for _ in range(times):
        back_s.append(killed(installation, traffic, rng))
        wrong += traffic.lost()
        installation.manage("verify", "--quick")
    broken = sum(not is_whole_after_a_power_cut(installation, traffic) for _ in range(copies))
    installation.manage("verify")
    known = traffic.known
    print(*wrong, sep="\n")
    print(
        f"{times} kills, {len(known.there)} items and {len(known.states)} decisions acknowledged, "
        f"{len(wrong)} lost, {copies} copies of which {broken} broken, "
        f"back in {statistics.median(back_s):.1f} s (most {max(back_s):.1f})"
    )
    print(dict(known.statuses))
    return len(wrong) + broken


def main(arguments: Sequence[str]) -> int:
    """Attack an installation of one kind."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.kill")
    parser.add_argument("database", choices=["sqlite", "postgresql"])
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--copies", type=int, default=0)
    options = parser.parse_args(arguments)
    with installed(options.database) as installation:
        return 1 if attack(installation, options.times, options.copies) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
