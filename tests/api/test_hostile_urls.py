"""Hostile addresses at every door: refused in the dialect's own words, and nobody is reached."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pytest
from pytest_django import Settings

from intake.fetch import FetchPolicy
from lists import fetching
from lists.models import Image, List
from tests import hostile_urls
from tests.api.conftest import Caller
from tests.api.url_doors import DOORS, LATER_DOORS, Door, Refusal
from tests.hostile_urls import HOSTILE, HOSTILE_AS_TEXT, REBINDING_LATER
from tests.intake.scripted_server import OK, Server, answer, redirect

pytestmark = pytest.mark.django_db

_ALL_DOORS = [*DOORS, *LATER_DOORS]
_INTERNET = (socket.AF_INET, socket.AF_INET6)
_DEADLINE_S = 0.3
_MAX_BYTES = 200_000

at_every_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)


@dataclass(frozen=True, slots=True)
class Canary:
    """A listener that nobody may reach, and a record of where anybody tried to go."""

    listener: socket.socket
    reached: list[tuple[str, int]]

    @property
    def port(self) -> int:
        """Return where it listens."""
        return int(self.listener.getsockname()[1])

    def assert_alone(self, *, but: int | None = None) -> None:
        """Nobody came, and nobody went anywhere but to this port of this machine."""
        assert [place for place in self.reached if place != ("127.0.0.1", but)] == []
        with pytest.raises(BlockingIOError):
            self.listener.accept()


@pytest.fixture
def canary(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Canary]:
    """A listener on every address of this machine; beyond it, no connection succeeds."""
    connect = socket.socket.connect
    reached: list[tuple[str, int]] = []

    def recorded(self: socket.socket, place: Any) -> None:
        if self.family in _INTERNET:
            reached.append(place[:2])
            if not place[0].startswith("127."):
                raise ConnectionRefusedError
        connect(self, place)

    monkeypatch.setattr(socket.socket, "connect", recorded)
    hostile_urls.patch_resolver(monkeypatch)
    settings.FETCH_ALLOW_PORTS = hostile_urls.EVERY_PORT
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Canary(listener, reached)


@pytest.fixture
def site(settings: Settings) -> Iterator[Server]:
    """A server that may be fetched from and misbehaves; pictures are small."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener)
    thread = threading.Thread(target=server.serve)
    thread.start()
    settings.FETCH_ALLOW_HOSTS = [f"127.0.0.1:{server.port}"]
    settings.MAX_IMAGE_BYTES = _MAX_BYTES
    yield server
    server.is_over.set()
    # A close alone does not wake the thread that accepts.
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.fixture
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a server soon; where it answers a busy machine would miss such a deadline."""
    monkeypatch.setattr(fetching, "FetchPolicy", partial(FetchPolicy, timeout_s=_DEADLINE_S))


@dataclass(frozen=True, slots=True)
class Doorbell:
    """One door, with the program that knocks and the list that it asks about."""

    door: Door
    caller: Caller
    image_list: List

    def refusal(self, url: str) -> Refusal:
        """Return how the door refuses an address; nothing may be kept of it."""
        found = self.door.send(self.caller, self.image_list, url)
        assert not Image.objects.exists()
        # Where a name leads is nobody's business.
        for secret in ("10.0.0.1", "192.168.1.20", "169.254"):
            assert secret in url or secret not in found.content.decode()
        return self.door.dialect.refusal(found)


@pytest.fixture
def doorbell(door: Door, caller: Caller, image_list: List) -> Doorbell:
    """The door of the test."""
    return Doorbell(door, caller, image_list)


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(50_000_000))


def test_there_are_enough_hostile_addresses() -> None:
    assert len(set(HOSTILE)) >= 60


# `make quick` takes one of ten.
@pytest.mark.parametrize(
    "url",
    [
        pytest.param(url, marks=pytest.mark.slow if number % 10 else ())
        for number, url in enumerate(HOSTILE)
    ],
)
def test_hostile_addresses_are_refused_at_every_door_and_nobody_is_reached(
    caller: Caller, image_list: List, canary: Canary, url: str
) -> None:
    doorbells = [Doorbell(door, caller, image_list) for door in _ALL_DOORS]

    refusals = {
        each.door.name: each.refusal(hostile_urls.at(url, canary.port)) for each in doorbells
    }

    assert refusals == {door.name: door.dialect.refused for door in _ALL_DOORS}
    canary.assert_alone()


@at_every_door
@pytest.mark.parametrize(
    "url", [url for url in HOSTILE_AS_TEXT if url.isascii() and url == url.strip()]
)
def test_what_is_no_text_for_an_address_is_refused(
    doorbell: Doorbell, canary: Canary, url: str
) -> None:
    status, _ = doorbell.refusal(url)

    assert status == 400
    canary.assert_alone()


@at_every_door
def test_only_the_address_that_was_checked_is_connected_to(
    doorbell: Doorbell, canary: Canary
) -> None:
    """The name is public when it is checked, and would lead here when it is asked for again."""
    refusal = doorbell.refusal(f"http://{REBINDING_LATER}:{canary.port}/")

    assert refusal == doorbell.door.dialect.failed
    assert canary.reached == [("93.184.216.34", canary.port)]


# ------------------------------------------------------------------- servers that lead elsewhere

_ELSEWHERE = [
    "http://127.0.0.1:{canary}/",
    "//127.0.0.1:{canary}/",
    "http://2130706433:{canary}/",
    "http://[::1]:{canary}/",
    "http://localhost:{canary}/",
    "http://printer.example/",
    "http://mixed.example/",
    "http://169.254.169.254/latest/meta-data/",
    "http://user@127.0.0.1:{canary}/",
    "http:\\\\127.0.0.1:{canary}\\",
    "https://127.0.0.1:{canary}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{canary}/",
    "javascript:alert(1)",
]


@at_every_door
@pytest.mark.parametrize("location", _ELSEWHERE)
def test_redirects_lead_to_nobody_either(
    doorbell: Doorbell, canary: Canary, site: Server, location: str
) -> None:
    url = site.url("/", redirect(hostile_urls.at(location, canary.port)))

    refusal = doorbell.refusal(url)

    assert refusal == doorbell.door.dialect.refused
    canary.assert_alone(but=site.port)


@at_every_door
def test_the_last_redirect_of_a_chain_is_checked_like_the_first(
    doorbell: Doorbell, canary: Canary, site: Server
) -> None:
    site.url("/2", redirect(f"http://127.0.0.1:{canary.port}/"))
    site.url("/1", redirect("/2"))
    url = site.url("/0", redirect("/1", 307))

    refusal = doorbell.refusal(url)

    assert refusal == doorbell.door.dialect.refused
    assert len(site.requests) == 3
    canary.assert_alone(but=site.port)


@at_every_door
def test_a_circle_of_redirects_ends(doorbell: Doorbell, canary: Canary, site: Server) -> None:
    url = site.endless_url("/", itertools.repeat(redirect("/")))

    refusal = doorbell.refusal(url)

    assert refusal == doorbell.door.dialect.failed
    canary.assert_alone(but=site.port)


# ------------------------------------------------------------------------- servers that misbehave


def _endless() -> Iterator[bytes]:
    yield OK + b"\r\n"
    while True:
        yield b"x" * 10_000


@at_every_door
def test_an_endless_body_is_left_at_the_cap(doorbell: Doorbell, site: Server) -> None:
    refusal = doorbell.refusal(site.endless_url("/", _endless()))

    assert refusal == doorbell.door.dialect.too_large
    assert site.gone.wait(30)


@at_every_door
def test_a_body_announced_too_large_is_not_received(doorbell: Doorbell, site: Server) -> None:
    huge = OK + b"Content-Length: 99999999999\r\n\r\n"

    refusal = doorbell.refusal(site.slow_url("/", huge, b"x"))

    assert refusal == doorbell.door.dialect.too_large


@pytest.mark.slow
@pytest.mark.usefixtures("in_haste")
@at_every_door
@pytest.mark.parametrize(
    ("start", "each"),
    [(OK + b"\r\n", b"x"), (OK, b"X: y\r\n"), (b"", b"")],
    ids=["slow body", "slow headers", "silence"],
)
def test_slow_servers_are_left_at_the_deadline(
    doorbell: Doorbell, site: Server, start: bytes, each: bytes
) -> None:
    refusal = doorbell.refusal(site.slow_url("/", start, each))

    assert refusal == doorbell.door.dialect.failed


@at_every_door
def test_compressed_answers_are_not_inflated(doorbell: Doorbell, site: Server) -> None:
    refusal = doorbell.refusal(site.url("/", answer(_bomb(), "Content-Encoding: gzip")))

    assert refusal == doorbell.door.dialect.failed


@at_every_door
def test_a_page_is_no_picture_and_is_not_told(doorbell: Doorbell, site: Server) -> None:
    page = b"<!doctype html><title>secret page</title>"
    found = doorbell.door.send(
        doorbell.caller,
        doorbell.image_list,
        site.url("/", answer(page, "Content-Type: text/html")),
    )

    assert doorbell.door.dialect.refusal(found) == doorbell.door.dialect.not_an_image
    assert b"secret page" not in found.content
