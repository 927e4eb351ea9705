"""Whether something that was posted comes from the server, in the manner of Standard Webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

# What is older may be a post of before that somebody sends again.
TOLERANCE_S = 300


class WrongSignature(Exception):
    """A post is not from the server, is not as it was sent, or was sent long ago."""


def verified_id(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """Return the id of a delivery, the same whenever it is tried again; raise WrongSignature.

    `secret` is the `whsec_…` that was made on the page of API keys.
    """
    given = {name.lower(): text for name, text in headers.items()}
    delivery_id, sent_at = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not sent_at.isdecimal() or abs(time.time() - int(sent_at)) > TOLERANCE_S:
        raise WrongSignature("The delivery is old, or does not say when it was sent.")
    key = base64.b64decode(secret[len("whsec_") :])
    signed = b".".join([delivery_id.encode(), sent_at.encode(), body])
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    for signature in given.get("webhook-signature", "").split():
        if hmac.compare_digest(signature.encode(), expected):
            return delivery_id
    raise WrongSignature("The signature is wrong.")
