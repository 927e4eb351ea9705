"""An app with jobs that only tests need; `manage.py work` runs them in a new process."""

from __future__ import annotations

import os
import socket

from django.apps import AppConfig

from jobs import handlers
from jobs.handlers import Payload
from tests.threads import PATIENCE_S


class ProbeConfig(AppConfig):
    """The probes; importing this module has registered them."""

    name = "tests.jobs.probe"
    label = "probe"


def connected(payload: Payload) -> socket.socket:
    """Return a connection to the test, which listens at `port` on loopback."""
    return socket.create_connection(("127.0.0.1", payload["port"]), timeout=PATIENCE_S)


@handlers.job("probe.who")
def who(payload: Payload) -> None:
    """Say which process runs jobs here."""
    with connected(payload) as test:
        test.sendall(str(os.getpid()).encode())


@handlers.job("probe.hold")
def hold(payload: Payload) -> None:
    """Begin, and end when the test has sent its part of the connection to an end."""
    with connected(payload) as test:
        test.sendall(b"begun ")
        assert test.recv(1) == b""
        test.sendall(b"ended")
