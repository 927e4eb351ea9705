"""Hostile addresses at every door: refused in the dialect's own words, and nobody is reached."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pytest
from pytest_django import Settings

from intake.fetch import FetchPolicy
from lists import fetching
from lists.models import Image, List
from tests import hostile_urls
from tests.api.url_doors import DOORS, LATER_DOORS, Door, Refusal
from tests.callers import Caller
from tests.hostile_urls import HOSTILE, HOSTILE_AS_TEXT, REBINDING_LATER
from tests.intake.scripted_server import OK, Server, answer, redirect

pytestmark = pytest.mark.django_db

_ALL_DOORS = [*DOORS, *LATER_DOORS]
_INTERNET = (socket.AF_INET, socket.AF_INET6)
_DEADLINE_S = 0.3
_MAX_BYTES = 200_000


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
    settings.MAX_IMAGE_BYTES = settings.MAX_VIDEO_BYTES = _MAX_BYTES
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
def doorbells(caller: Caller, image_list: List) -> list[Doorbell]:
    """Every door that fetches at once."""
    return [Doorbell(door, caller, image_list) for door in DOORS]


def refusals(doorbells: Iterable[Doorbell], url: str) -> dict[str, Refusal]:
    """Return how each door refuses an address."""
    return {each.door.name: each.refusal(url) for each in doorbells}


def said(which: str, doors: Iterable[Door] = DOORS) -> dict[str, Refusal]:
    """Return what each door has to say, by the name that its dialect has it under."""
    return {door.name: getattr(door.dialect, which) for door in doors}


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

    found = refusals(doorbells, hostile_urls.at(url, canary.port))

    assert found == said("refused", _ALL_DOORS)
    canary.assert_alone()


@pytest.mark.parametrize(
    "url", [url for url in HOSTILE_AS_TEXT if url.isascii() and url == url.strip()]
)
def test_what_is_no_text_for_an_address_is_refused(
    doorbells: list[Doorbell], canary: Canary, url: str
) -> None:
    found = refusals(doorbells, url)

    assert {name: status for name, (status, _) in found.items() if status != 400} == {}
    canary.assert_alone()


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_only_the_address_that_was_checked_is_connected_to(
    caller: Caller, image_list: List, canary: Canary, door: Door
) -> None:
    """The name is public when it is checked, and would lead here when it is asked for again."""
    refusal = Doorbell(door, caller, image_list).refusal(f"http://{REBINDING_LATER}:{canary.port}/")

    assert refusal == door.dialect.failed
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


@pytest.mark.parametrize("location", _ELSEWHERE)
def test_redirects_lead_to_nobody_either(
    doorbells: list[Doorbell], canary: Canary, site: Server, location: str
) -> None:
    there = redirect(hostile_urls.at(location, canary.port))
    url = site.endless_url("/", itertools.repeat(there))

    assert refusals(doorbells, url) == said("refused")
    assert len(site.requests) == len(doorbells)
    canary.assert_alone(but=site.port)


def test_the_last_redirect_of_a_chain_is_checked_like_the_first(
    doorbells: list[Doorbell], canary: Canary, site: Server
) -> None:
    site.endless_url("/2", itertools.repeat(redirect(f"http://127.0.0.1:{canary.port}/")))
    site.endless_url("/1", itertools.repeat(redirect("/2")))
    url = site.endless_url("/0", itertools.repeat(redirect("/1", 307)))

    assert refusals(doorbells, url) == said("refused")
    assert len(site.requests) == 3 * len(doorbells)
    canary.assert_alone(but=site.port)


def test_a_circle_of_redirects_ends(
    doorbells: list[Doorbell], canary: Canary, site: Server
) -> None:
    url = site.endless_url("/", itertools.repeat(redirect("/")))

    assert refusals(doorbells, url) == said("failed")
    canary.assert_alone(but=site.port)


# ------------------------------------------------------------------------- servers that misbehave


def _endless() -> Iterator[bytes]:
    yield OK + b"\r\n"
    while True:
        yield b"x" * 10_000


def test_an_endless_body_is_left_at_the_cap(doorbells: list[Doorbell], site: Server) -> None:
    for each in doorbells:
        site.gone.clear()
        refusal = each.refusal(site.endless_url("/", _endless()))

        assert refusal == each.door.dialect.too_large, each.door.name
        assert site.gone.wait(30), each.door.name


def test_a_body_announced_too_large_is_not_received(
    doorbells: list[Doorbell], site: Server
) -> None:
    huge = OK + b"Content-Length: 99999999999\r\n\r\n"

    for each in doorbells:
        refusal = each.refusal(site.slow_url("/", huge, b"x"))

        assert refusal == each.door.dialect.too_large, each.door.name


@pytest.mark.slow
@pytest.mark.usefixtures("in_haste")
@pytest.mark.parametrize(
    ("start", "piece"),
    [(OK + b"\r\n", b"x"), (OK, b"X: y\r\n"), (b"", b"")],
    ids=["slow body", "slow headers", "silence"],
)
def test_slow_servers_are_left_at_the_deadline(
    doorbells: list[Doorbell], site: Server, start: bytes, piece: bytes
) -> None:
    for each in doorbells:
        refusal = each.refusal(site.slow_url("/", start, piece))

        assert refusal == each.door.dialect.failed, each.door.name


def test_compressed_answers_are_not_inflated(doorbells: list[Doorbell], site: Server) -> None:
    bomb = answer(_bomb(), "Content-Encoding: gzip")
    url = site.endless_url("/", itertools.repeat(bomb))

    assert refusals(doorbells, url) == said("failed")


def test_a_page_is_no_picture_and_is_not_told(doorbells: list[Doorbell], site: Server) -> None:
    page = answer(b"<!doctype html><title>secret page</title>", "Content-Type: text/html")

    for each in doorbells:
        url = site.url("/", page)
        found = each.door.send(each.caller, each.image_list, url)

        assert each.door.dialect.refusal(found) == each.door.dialect.not_an_image, each.door.name
        assert b"secret page" not in found.content
