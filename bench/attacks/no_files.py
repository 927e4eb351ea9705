"""Takes a server's files away while clients work, and looks what they are told.

    python -m bench.attacks.no_files [sqlite postgresql]

First more silent connections than the server may have files; then a bound on the files of all its
processes just above what they have open. Prints a line as `bench.attacks.database_faults` does.
"""

from __future__ import annotations

import argparse
import resource
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from bench.attacks.database_faults import measured
from bench.attacks.installation import AttackedServer, installed
from bench.attacks.traffic import Traffic

_FILES = 400
_CONNECTIONS = 600
_TAKEN_S = 8.0
_SPARE_FILES = 2


def attack(database: str) -> bool:
    """Let connections and then everything have no more files."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with installed(database, CONNECTIONS_PER_ADDRESS="4000") as server:
        # The server takes all that it may have: the soft bound would not hold it.
        server.start()
        traffic = Traffic(server.url, server.token)
        for pid in server.processes():
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (_FILES, before[1]))
        faults = {"silent connections": connected, "no files": without_files}
        good = [measured(traffic, name, partial(each, server)) for name, each in faults.items()]
    return all(good)


def connected(server: AttackedServer) -> None:
    """Keep many connections that say nothing."""
    with ExitStack() as opened:
        for n in range(_CONNECTIONS):
            with suppress(OSError):
                address = (f"127.0.3.{1 + n % 250}", 0)
                client = socket.create_connection(("127.0.0.1", server.port), 2, address)
                opened.enter_context(client)
        time.sleep(_TAKEN_S)


def without_files(server: AttackedServer) -> None:
    """Let no process of the server open more files than a few for a while."""
    limits = {}
    for pid in server.processes():
        with suppress(OSError):
            limits[pid] = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            most = max(int(each.name) for each in Path(f"/proc/{pid}/fd").iterdir())
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (most + _SPARE_FILES, limits[pid][1]))
    time.sleep(_TAKEN_S)
    for pid, limit in limits.items():
        with suppress(OSError):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limit)


def main(arguments: Sequence[str]) -> int:
    """Attack on each database."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.no_files")
    parser.add_argument("database", nargs="*", default=["sqlite", "postgresql"])
    options = parser.parse_args(arguments)
    good = [attack(each) for each in options.database]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
