"""Bodies of requests: taken whole, in bounded size and time, before a thread works on them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack, suppress
from dataclasses import dataclass
from typing import IO, Any

from api import errors
from api.errors import BodyTimedOut
from common.errors import LookalikeError

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

# A thousand connections may each hold this much in memory; what is larger goes to a file.
_IN_MEMORY_BYTES = 64 * 1024
# A client that is refused goes on sending for a while. Bytes that nobody reads make the kernel
# reset the connection, and the client never sees the answer; so these are read and dropped.
_DRAIN_BYTES = 250_000_000


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How much may come in with a request, and how long it may take.

    More than `unknown_bytes` is not taken before it is known who sends it.
    """

    max_bytes: int
    timeout_s: float
    unknown_bytes: int = 1_000_000


class Incoming:
    """A body as it arrives."""

    def __init__(self, receive: Receive, *, length: int, waits_for_continue: bool) -> None:
        """Read from a server; the length is 0 where the client names none."""
        self.length = length
        self._receive = receive
        self._waits_for_continue = waits_for_continue
        self._is_over = False

    @property
    def comes_anyway(self) -> bool:
        """Tell whether the client sends on before it has an answer."""
        return not (self._is_over or self._waits_for_continue)

    async def read(self) -> bytes:
        """Return what arrived next, nothing at the end; raise MalformedBody when it breaks off."""
        while not self._is_over:
            # The server tells the client to go on when it is first asked for the body.
            self._waits_for_continue = False
            message = await self._receive()
            self._is_over = not message.get("more_body", False)
            if message["type"] == "http.disconnect":
                raise errors.malformed()
            if chunk := bytes(message.get("body", b"")):
                return chunk
        return b""


async def whole(
    incoming: Incoming,
    limits: BodyLimits,
    admitted: Callable[[], AbstractAsyncContextManager[None]],
) -> IO[bytes]:
    """Return a file of the body, at its end; raise when it is too large, late or cut short.

    `admitted` is entered while a large body arrives; it raises when this one may not.
    """
    ends_at = asyncio.get_running_loop().time() + limits.timeout_s
    try:
        async with asyncio.timeout_at(ends_at):
            return await _spooled(incoming, limits, admitted)
    except TimeoutError as error:
        raise BodyTimedOut(
            "The request took too long to arrive. Try again on a faster line."
        ) from error
    except LookalikeError:
        await _drain(incoming, ends_at)
        raise


async def _spooled(
    incoming: Incoming,
    limits: BodyLimits,
    admitted: Callable[[], AbstractAsyncContextManager[None]],
) -> IO[bytes]:
    async with AsyncExitStack() as while_it_arrives:
        with ExitStack() as unless_whole:
            spool = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - see the stack
            unless_whole.callback(spool.close)
            expected_bytes = incoming.length
            is_admitted = False
            while True:
                if expected_bytes > limits.max_bytes:
                    raise errors.too_large()
                if expected_bytes > limits.unknown_bytes and not is_admitted:
                    await while_it_arrives.enter_async_context(admitted())
                    is_admitted = True
                chunk = await incoming.read()
                if not chunk:
                    break
                spool.write(chunk)
                expected_bytes = max(expected_bytes, spool.tell())
            unless_whole.pop_all()
    return spool


async def _drain(incoming: Incoming, ends_at: float) -> None:
    left_bytes = _DRAIN_BYTES
    with suppress(TimeoutError, LookalikeError):
        async with asyncio.timeout_at(ends_at):
            while incoming.comes_anyway and left_bytes > 0:
                left_bytes -= len(await incoming.read())
