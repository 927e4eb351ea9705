"""Holds many connections open without ever making a request, and measures who still gets an answer.

    python -m bench.attacks.slow_connections http://127.0.0.1:8000 --connections 1000
    python -m bench.attacks.slow_connections http://127.0.0.1:8000 --token api_user.api_secret

Each kind of connection is tried by itself: `headers` sends a byte of its headers a second, `body`
stops half way through a body, `answer` asks for a script twenty times and reads nothing, `again`
(200 of them) hangs up half way through its headers and comes back at once. They come from
`--addresses` different addresses and from a process of their own. Meanwhile `/healthz` is asked ten
times a second from another address, and with a token a picture is checked twice a second. Prints
milliseconds, and how many answers did not come within ten seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

KINDS = ("headers", "body", "answer", "again")
_LONGEST_S = 10.0
_HEALTH_PAUSE_S = 0.1
_CHECK_PAUSE_S = 0.5
_AGAIN = 200
_HALF_BODY = b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
_BOUNDARY = b"a-boundary"


class Target:
    """The server, and how each kind of connection keeps it waiting."""

    def __init__(self, url: str, *, token: str = "", addresses: int = 1) -> None:
        """Read its address; attack it from so many others."""
        address = urlsplit(url)
        self.host, self.port = address.hostname or "", address.port or 80
        self._picture = _check(token) if token else b""
        # Not the address of the one who is served: each may have so many connections and no more.
        self._attackers = [f"127.0.{2 + n // 250}.{1 + n % 250}" for n in range(addresses)]
        self._connected_count = 0

    @property
    def can_check(self) -> bool:
        """Tell whether there is a credential to check with."""
        return bool(self._picture)

    async def headers(self) -> None:
        """Send a byte of a header each second, and never the last."""
        reader, writer = await self._connected()
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        while not reader.at_eof():
            writer.write(b"x")
            await writer.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(reader.read(1000), 1)

    async def body(self) -> None:
        """Send one byte of a body, and no other."""
        reader, writer = await self._connected()
        writer.write(b"POST /v1/match/ HTTP/1.1\r\nHost: localhost\r\n" + _HALF_BODY)
        while await reader.read(1000):
            pass

    async def answer(self) -> None:
        """Ask for a large file again and again, and read nothing of it."""
        _, writer = await self._connected()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(
            b"GET /static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js HTTP/1.1\r\n"
            b"Host: localhost\r\n\r\n" * 20
        )
        await asyncio.sleep(3600)

    async def again(self) -> None:
        """Hang up half way, to come back at once."""
        _, writer = await self._connected(most=_AGAIN)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: ")
        writer.transport.abort()

    async def healthz_s(self) -> float:
        """Return the seconds until an answer; infinity when none came."""
        return await self._answered_s(
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )

    async def check_s(self) -> float:
        """Return the seconds that a check of a picture takes; infinity when none was made."""
        return await self._answered_s(self._picture)

    async def _answered_s(self, request: bytes) -> float:
        begun_s = time.monotonic()
        try:
            async with asyncio.timeout(_LONGEST_S):
                reader, writer = await asyncio.open_connection(self.host, self.port)
                writer.write(request)
                status = await reader.readline()
                writer.close()
        except (OSError, TimeoutError):
            return float("inf")
        return time.monotonic() - begun_s if b" 200 " in status else float("inf")

    async def _connected(
        self, *, most: int = 100_000
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        attacker = self._attackers[self._connected_count % min(most, len(self._attackers))]
        self._connected_count += 1
        return await asyncio.open_connection(self.host, self.port, local_addr=(attacker, 0))


def _check(token: str) -> bytes:
    """Return a request that checks a picture of about 300 KB."""
    picture = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((1600, 1200), Image.Resampling.BICUBIC).save(picture, "JPEG")
    part = b'Content-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'
    body = b"--%b\r\n%b%b\r\n--%b--\r\n" % (_BOUNDARY, part, picture.getvalue(), _BOUNDARY)
    return (
        b"POST /v1/match/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        b"Authorization: Bearer %b\r\nContent-Type: multipart/form-data; boundary=%b\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (token.encode(), _BOUNDARY, len(body), body)
    )


async def held(target: Target, kind: str, connections: int) -> None:
    """Keep so many connections of a kind open; those that are cut off come back a second later."""

    async def again_and_again() -> None:
        while True:
            with suppress(OSError):
                await getattr(target, kind)()
            await asyncio.sleep(0 if kind == "again" else 1)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(min(connections, _AGAIN) if kind == "again" else connections):
            tasks.create_task(again_and_again())


def _hold(target: Target, kind: str, connections: int) -> None:
    asyncio.run(held(target, kind, connections))


@contextmanager
def attacked(target: Target, kind: str, connections: int) -> Iterator[None]:
    """Attack from another process until the block ends."""
    spawning = multiprocessing.get_context("spawn")
    attacker = spawning.Process(target=_hold, args=(target, kind, connections), daemon=True)
    attacker.start()
    try:
        yield
    finally:
        attacker.kill()
        attacker.join()


async def measured(target: Target, seconds: float) -> list[list[float]]:
    """Ask for so long; return how long each answer of `/healthz` took, and each check."""
    kinds = [asyncio.create_task(_asked(target.healthz_s, seconds, _HEALTH_PAUSE_S))]
    if target.can_check:
        kinds.append(asyncio.create_task(_asked(target.check_s, seconds, _CHECK_PAUSE_S)))
    return list(await asyncio.gather(*kinds))


async def _asked(
    ask: Callable[[], Coroutine[None, None, float]], seconds: float, pause_s: float
) -> list[float]:
    ends_at_s = time.monotonic() + seconds
    asked = []
    while time.monotonic() < ends_at_s:
        asked.append(asyncio.create_task(ask()))
        await asyncio.sleep(pause_s)
    return list(await asyncio.gather(*asked))


def compared(
    target: Target,
    connections: int,
    seconds: float,
    say: Callable[[str], None],
    kinds: Sequence[str] = KINDS,
) -> None:
    """Say a line for the quiet server, and one for each kind of attack."""
    row = partial(_row, target, seconds)
    say(f"quiet\t{row()}")
    for kind in kinds:
        with attacked(target, kind, connections):
            time.sleep(4)
            say(f"{kind}\t{row()}")


def _row(target: Target, seconds: float) -> str:
    return "\t".join(map(_said, asyncio.run(measured(target, seconds))))


def _said(took_s: Sequence[float]) -> str:
    answered = sorted(each for each in took_s if each != float("inf"))
    missing = f"{len(took_s) - len(answered)} of {len(took_s)}"
    if not answered:
        return f"-\t-\t{missing}"
    p99 = answered[round(0.99 * (len(answered) - 1))]
    return f"{1000 * statistics.median(answered):.0f}\t{1000 * p99:.0f}\t{missing}"


def main(arguments: Sequence[str]) -> int:
    """Attack the server that is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.slow_connections")
    parser.add_argument("url")
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--addresses", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--token", default="", help="a credential, to measure checks too")
    options = parser.parse_args(arguments)
    target = Target(options.url, token=options.token, addresses=options.addresses)
    print("\thealthz_median_ms\tp99_ms\tmissing\tcheck_median_ms\tp99_ms\tmissing")
    compared(target, options.connections, options.seconds, print)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
