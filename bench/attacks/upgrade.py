"""Upgrades a PostgreSQL installation under load, the version before serving all the while.

    python -m bench.attacks.upgrade COMMIT

COMMIT's code creates the tables and serves clients; this one's migrates beneath it, serves beside
it, and then alone. Prints what the clients of each were answered: none may be 5xx.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.attacks.installation import ROOT, AttackedServer, free_port, installed
from bench.attacks.traffic import Traffic

_PHASE_S = 8.0


@contextmanager
def code_of(commit: str) -> Iterator[Path]:
    """Unpack a commit into a folder, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="lookalike-before-") as folder:
        packed = Path(folder) / "code.tar"
        subprocess.run(["git", "archive", f"--output={packed}", commit], cwd=ROOT, check=True)
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def upgraded(old: AttackedServer) -> bool:
    """Let clients work on the old server, on both, on the new one; tell whether all was well."""
    new = AttackedServer(old.folder, old.variables, old.cluster, free_port(), old.token)
    old.start()
    clients = [Traffic(each.url, old.token, threads=2) for each in (old, new)]
    clients[0].start()
    time.sleep(_PHASE_S)
    begun_s = time.monotonic()
    new.manage("migrate", "-v0")
    print(f"migrated in {time.monotonic() - begun_s:.1f} s")
    time.sleep(_PHASE_S)
    new.start()
    clients[1].start()
    time.sleep(_PHASE_S)
    clients[0].stop()
    old.kill()
    time.sleep(_PHASE_S)
    clients[1].stop()
    clients[0].moved_to(new.url)
    lost = [line for each in clients for line in each.lost()]
    statuses = [dict(each.known.statuses) for each in clients]
    print("old", statuses[0], "new", statuses[1], f"{len(lost)} lost", *lost, sep="\n")
    new.manage("verify")
    new.kill()
    return not lost and not any(name.startswith("5") for each in statuses for name in each)


def main(arguments: Sequence[str]) -> int:
    """Upgrade from the commit that is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.upgrade")
    parser.add_argument("commit")
    options = parser.parse_args(arguments)
    with code_of(options.commit) as root, installed("postgresql", root=root) as old:
        return 0 if upgraded(old) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
