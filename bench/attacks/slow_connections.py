"""Holds many connections open without ever making a request, and measures who still gets an answer.

    python -m bench.attacks.slow_connections http://127.0.0.1:8000 --connections 1000

Each kind of connection is tried by itself: `headers` sends a byte of its headers a second, `body`
stops half way through a body, `answer` asks for a script twenty times and reads nothing. Meanwhile
`/healthz` is asked ten times a second from another address. Prints milliseconds, and how many
answers did not come within ten seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

# Not the address of the one who is served: a proxy may bound the connections of each.
_ATTACKER = ("127.0.0.2", 0)
_LONGEST_S = 10.0
_PAUSE_S = 0.1
_HALF_BODY = b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"


class Target:
    """The server, and how each kind of connection keeps it waiting."""

    def __init__(self, url: str) -> None:
        """Read its address."""
        address = urlsplit(url)
        self.host, self.port = address.hostname or "", address.port or 80

    async def headers(self) -> None:
        """Send a byte of a header each second, and never the last."""
        writer = await self._connected()
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(1)

    async def body(self) -> None:
        """Send one byte of a body, and no other."""
        writer = await self._connected()
        writer.write(b"POST /v1/match/ HTTP/1.1\r\nHost: localhost\r\n" + _HALF_BODY)
        await writer.drain()
        await asyncio.sleep(3600)

    async def answer(self) -> None:
        """Ask for a large file again and again, and read nothing of it."""
        writer = await self._connected()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(
            b"GET /static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js HTTP/1.1\r\n"
            b"Host: localhost\r\n\r\n" * 20
        )
        await asyncio.sleep(3600)

    async def healthz_s(self) -> float:
        """Return the seconds until an answer; infinity when none came."""
        begun_s = time.monotonic()
        try:
            async with asyncio.timeout(_LONGEST_S):
                reader, writer = await asyncio.open_connection(self.host, self.port)
                writer.write(
                    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                )
                status = await reader.readline()
                writer.close()
        except (OSError, TimeoutError):
            return float("inf")
        return time.monotonic() - begun_s if b" 200 " in status else float("inf")

    async def _connected(self) -> asyncio.StreamWriter:
        _, writer = await asyncio.open_connection(self.host, self.port, local_addr=_ATTACKER)
        return writer


async def held(target: Target, kind: str, connections: int) -> None:
    """Keep so many connections of a kind open; whoever is hung up on comes back a second later."""

    async def again_and_again() -> None:
        while True:
            with suppress(OSError):
                await getattr(target, kind)()
            await asyncio.sleep(1)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(connections):
            tasks.create_task(again_and_again())


async def measured(target: Target, seconds: float) -> list[float]:
    """Ask for so long, and return how long each answer took."""
    ends_at_s = time.monotonic() + seconds
    asked = []
    while time.monotonic() < ends_at_s:
        asked.append(asyncio.create_task(target.healthz_s()))
        await asyncio.sleep(_PAUSE_S)
    return list(await asyncio.gather(*asked))


async def compared(target: Target, connections: int, seconds: float) -> None:
    """Print a line for the quiet server, and one for each kind of attack."""
    print("quiet", *_row(await measured(target, seconds)), sep="\t")
    for kind in ("headers", "body", "answer"):
        attack = asyncio.create_task(held(target, kind, connections))
        await asyncio.sleep(2)
        print(kind, *_row(await measured(target, seconds)), sep="\t")
        attack.cancel()
        with suppress(asyncio.CancelledError):
            await attack


def _row(took_s: Sequence[float]) -> list[str]:
    answered = sorted(each for each in took_s if each != float("inf"))
    missing = f"{len(took_s) - len(answered)} of {len(took_s)} without an answer"
    if not answered:
        return ["-", "-", missing]
    p99 = answered[round(0.99 * (len(answered) - 1))]
    return [f"{1000 * statistics.median(answered):.0f}", f"{1000 * p99:.0f}", missing]


def main(arguments: Sequence[str]) -> int:
    """Attack the server that is named."""
    parser = argparse.ArgumentParser(prog="python -m bench.attacks.slow_connections")
    parser.add_argument("url")
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args(arguments)
    print("\tmedian_ms\tp99_ms\tmissing")
    asyncio.run(compared(Target(options.url), options.connections, options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
