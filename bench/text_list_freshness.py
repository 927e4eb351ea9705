"""Count stale answers: change a text list in one process, ask another one at once for its entries.

    python -m bench.text_list_freshness [--rounds 300]

Both processes use the database of DATABASE_URL, each with its own connection and its own cache. A
round adds an entry in the one, changes it, removes it and takes that back; after each the other is
asked. Rounds alternate in direction. What was made is deleted in the end. Exits 1 when an answer
was stale.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dedup_project.settings")


class Worker:
    """Another process that does what it is told, a line at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.text_list_freshness", "--worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def call(self, name: str, **given: object) -> Any:  # noqa: ANN401 - any JSON
        """Return what the process answers."""
        source, answers = self._process.stdin, self._process.stdout
        if source is None or answers is None:
            raise AssertionError("both are pipes")
        source.write(json.dumps({"name": name, **given}) + "\n")
        source.flush()
        return json.loads(answers.readline())

    def end(self) -> None:
        """End the process."""
        self._process.communicate()


def work() -> None:
    """Do what is told on standard input until it ends."""
    django.setup()
    logging.disable(logging.INFO)
    calls = calls_of_worker()
    for line in sys.stdin:
        told = json.loads(line)
        print(json.dumps(calls[told.pop("name")](**told)), flush=True)


def calls_of_worker() -> dict[str, Callable[..., object]]:
    """Return what a worker can do."""
    from accounts import services as accounts_services  # noqa: PLC0415 - Django is set up by now
    from accounts.actors import Actor, Surface  # noqa: PLC0415
    from accounts.permissions import Role  # noqa: PLC0415
    from text_lists import selectors, services  # noqa: PLC0415
    from text_lists.values import EntryChange, NewEntry, TextListSettings  # noqa: PLC0415

    name = f"Freshness {os.getppid()}"
    organisation = accounts_services.ensure_organisation(name=name)
    by = Actor(organisation.pk, Role.MANAGER, Surface.SYSTEM)

    def make() -> str:
        settings = TextListSettings(name="Freshness", kind="disallow")
        return services.create_list(by=by, settings=settings).public_id

    def add(list_id: str, text: str) -> str:
        text_list = selectors.list_for(by, list_id)
        return services.add_entry(by=by, text_list=text_list, entry=NewEntry(text)).public_id

    def change(list_id: str, entry_id: str, text: str) -> None:
        entry = selectors.entry_for(selectors.list_for(by, list_id), entry_id)
        services.change_entry(by=by, entry=entry, change=EntryChange(text=text))

    def remove(list_id: str, entry_id: str) -> None:
        text_list = selectors.list_for(by, list_id)
        services.remove_entries(by=by, text_list=text_list, entry_ids=[entry_id])

    def restore(list_id: str, entry_id: str) -> None:
        text_list = selectors.list_for(by, list_id)
        entry = selectors.removed_entry_for(text_list, entry_id)
        services.restore_entry(by=by, entry=entry)

    def texts(list_id: str) -> list[str]:
        (found,) = selectors.entry_lists(by, [list_id])
        return [entry.text for entry in found.entries]

    def forget() -> None:
        services.delete_of_organisation(organisation=organisation)
        organisation.delete()

    return {
        "make": make,
        "add": add,
        "change": change,
        "remove": remove,
        "restore": restore,
        "texts": texts,
        "forget": forget,
    }


def count_stale(writer: Worker, reader: Worker, list_id: str, turn: int) -> int:
    """Run one round and return how many of its four answers were stale."""
    text = f"text {turn}"
    entry_id = writer.call("add", list_id=list_id, text=text)
    stale = int(text not in reader.call("texts", list_id=list_id))
    writer.call("change", list_id=list_id, entry_id=entry_id, text=f"{text} changed")
    stale += f"{text} changed" not in reader.call("texts", list_id=list_id)
    writer.call("remove", list_id=list_id, entry_id=entry_id)
    stale += f"{text} changed" in reader.call("texts", list_id=list_id)
    writer.call("restore", list_id=list_id, entry_id=entry_id)
    stale += f"{text} changed" not in reader.call("texts", list_id=list_id)
    return stale


def main() -> int:
    """Run the rounds and print one line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work()
        return 0
    workers = [Worker(), Worker()]
    list_id = workers[0].call("make")
    started = time.monotonic()
    stale = sum(
        count_stale(workers[turn % 2], workers[1 - turn % 2], list_id, turn)
        for turn in range(options.rounds)
    )
    seconds = time.monotonic() - started
    print(f"{options.rounds} rounds, {4 * options.rounds} answers, {stale} stale, {seconds:.0f} s")
    workers[0].call("forget")
    for each in workers:
        each.end()
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
