"""What can go wrong between bytes somewhere, an examined picture, and who is told of it.

InvalidInput
├── TooManyBytes        more bytes than the limit
├── NotBase64           the text is not base64
├── FetchRefused        the address may not be fetched
├── FetchFailed         the address could not be fetched
├── DeliveryRefused     the address may not be sent to
├── DeliveryFailed      the address did not take what was sent
└── UnusableImage
    ├── DecodeTimedOut  the picture took longer than the limit to examine
    └── DecoderCrashed  the worker died over the picture, or needed too much memory
Unavailable
├── PoolBusy            no worker became free in time
└── PoolClosed          the workers are shutting down
"""

from __future__ import annotations

from common.errors import InvalidInput, Unavailable, UnusableImage


class TooManyBytes(InvalidInput):
    """The file has more bytes than the limit."""

    code = "too_many_bytes"


class NotBase64(InvalidInput):
    """The text is not base64."""

    code = "not_base64"


class FetchRefused(InvalidInput):
    """The address is not one that may be fetched."""

    code = "fetch_refused"


class FetchFailed(InvalidInput):
    """The address could not be fetched."""

    code = "fetch_failed"


class DeliveryRefused(InvalidInput):
    """The address is not one that may be sent to."""

    code = "delivery_refused"


class DeliveryFailed(InvalidInput):
    """The address did not take what was sent."""

    code = "delivery_failed"


class DecodeTimedOut(UnusableImage):
    """The picture took longer than the limit to examine."""

    code = "decode_timed_out"


class DecoderCrashed(UnusableImage):
    """The worker died over the picture, or needed too much memory for it."""

    code = "decoder_crashed"


class PoolBusy(Unavailable):
    """No worker became free in time."""

    code = "pool_busy"


class PoolClosed(Unavailable):
    """The workers are shutting down."""

    code = "pool_closed"
