"""A web process: who may connect to it."""

from __future__ import annotations

import socket
from contextlib import closing
from ipaddress import IPv4Network

from gunicorn.config import Config
from gunicorn.glogging import Logger

from dedup_project import worker
from dedup_project.worker import Gate, WholeRequestWorker


class Silent:
    """A connection that waits."""

    def __init__(self) -> None:
        self.was_hung_up = False

    def hang_up(self) -> None:
        self.was_hung_up = True


def waiting(gate: Gate) -> Silent:
    """Return a connection that the gate thinks is silent."""
    silent = Silent()
    gate.waiting[silent] = None  # type: ignore[index]
    return silent


def test_an_address_may_have_so_many_connections_and_another_one_too() -> None:
    gate = Gate(100, 2, [])

    let_in = [gate.let_in(peer) for peer in ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2")]
    gate.forget("192.0.2.1", was_wasted=False)

    assert let_in == [True, True, False, True]
    assert gate.let_in("192.0.2.1")


def test_a_trusted_proxy_may_have_as_many_as_it_likes() -> None:
    gate = Gate(100, 2, [IPv4Network("10.0.0.0/8")])

    assert all(gate.let_in("10.0.0.1") for _ in range(20))


def test_the_longest_silent_connection_makes_room_when_there_is_none() -> None:
    gate = Gate(2, 100, [])
    assert gate.let_in("192.0.2.1")
    assert gate.let_in("192.0.2.1")

    assert not gate.let_in("192.0.2.2"), "Both are at work."
    first, second = waiting(gate), waiting(gate)

    assert gate.let_in("192.0.2.2")
    assert (first.was_hung_up, second.was_hung_up) == (True, False)


def test_an_address_that_only_connects_is_kept_out_until_it_stops() -> None:
    gate = Gate(100, 100, [])

    def connect() -> bool:
        if gate.let_in("192.0.2.1"):
            gate.forget("192.0.2.1", was_wasted=True)
            return True
        return False

    first = [connect() for _ in range(100)]
    gate.forgive()

    assert first.count(True) == worker._MOST_WASTED + 1
    assert gate.let_in("192.0.2.2")
    assert not connect(), "It went on."
    for _ in range(10):
        gate.forgive()
    assert connect()


def hurried(listener: socket.socket) -> None:
    """Connect more often than an address may in vain, and hang up before anybody looks."""
    for _ in range(worker._MOST_WASTED + 5):
        socket.create_connection(listener.getsockname()).close()


def test_clients_that_gave_up_while_the_server_started_are_not_kept_out() -> None:
    config = Config()
    process = WholeRequestWorker(0, 0, [], None, 30, config, Logger(config))
    process.gate = Gate(100, 100, [])
    listening = socket.create_server(("127.0.0.1", 0), backlog=100)
    with closing(process.tmp), listening as listener:
        listener.setblocking(False)

        hurried(listener)
        process._accept(listener)
        assert process.gate.let_in("127.0.0.1"), "Nobody looked after them."

        hurried(listener)
        process._accept(listener)
        assert not process.gate.let_in("127.0.0.1")
