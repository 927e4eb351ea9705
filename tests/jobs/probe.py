"""An app with jobs that only tests need; `manage.py work` runs them in a new process."""

from __future__ import annotations

import os
from pathlib import Path

from django.apps import AppConfig

from jobs import handlers
from jobs.handlers import Payload
from tests.threads import eventually


class ProbeConfig(AppConfig):
    """The probes; importing this module has registered them."""

    name = "tests.jobs.probe"
    label = "probe"


@handlers.job("probe.who")
def who(payload: Payload) -> None:
    """Write which process runs jobs here."""
    note(payload, str(os.getpid()))


@handlers.job("probe.hold")
def hold(payload: Payload) -> None:
    """Begin, and end when the file `until` is there."""
    note(payload, "begun")
    eventually(Path(payload["until"]).exists)
    note(payload, "ended")


def note(payload: Payload, line: str) -> None:
    with Path(payload["path"]).open("a") as file:
        file.write(f"{line}\n")
