"""Signatures of what is delivered, in the manner of Standard Webhooks (standardwebhooks.com).

The signature is over the id of the delivery, the second of the attempt and the body, so that a
receiver can trust all three, refuse what is old, and recognise what comes twice.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

_PREFIX = "whsec_"


def text_of(secret: bytes) -> str:
    """Return a secret as receivers keep it: `whsec_` and base64."""
    return f"{_PREFIX}{base64.b64encode(secret).decode()}"


def headers(
    secrets: Iterable[bytes], *, delivery_id: str, timestamp_s: int, body: bytes
) -> Mapping[str, str]:
    """Return the headers of a delivery; several secrets make several signatures."""
    signed = b".".join([delivery_id.encode(), str(timestamp_s).encode(), body])
    signatures = " ".join(_signature(secret, signed) for secret in secrets)
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(timestamp_s),
        **({"webhook-signature": signatures} if signatures else {}),
    }


def _signature(secret: bytes, signed: bytes) -> str:
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
