"""Background work of the Alegre dialect."""

from __future__ import annotations

import hashlib
import json

from accounts import selectors as accounts_selectors
from accounts.permissions import Permission
from api.alegre import asked as asking
from api.alegre import callbacks, similar
from api.alegre.errors import NoCallback
from common.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from intake.errors import DecoderCrashed, DecodeTimedOut, DeliveryRefused, FetchFailed
from jobs import handlers
from jobs.handlers import GiveUp, Payload
from lists import selectors
from lists.fetching import fetched
from webhooks import messages

# Another attempt may end better.
_PASSING = (FetchFailed, DecodeTimedOut, DecoderCrashed)
# Another attempt would end the same.
_LASTING = (InvalidInput, NotFound, Forbidden, Unauthenticated)


@handlers.job(callbacks.SEARCH)
def search(payload: Payload) -> None:
    """Search as the request asked for, and leave the result to a second job.

    Done again it keeps the same item and finds the same; only the result may be delivered twice.
    """
    try:
        _search(payload)
    except _PASSING:
        raise
    except _LASTING as error:
        raise GiveUp(f"The search cannot be done: {error}") from error


@handlers.job(callbacks.DELIVER)
def deliver_result(payload: Payload) -> None:
    """Post a result to its address, unless its credential has been revoked meanwhile."""
    try:
        url = callbacks.callback_for(
            credential_id=payload["credential_id"], callback_url=payload["callback_url"]
        )
        messages.post(
            url,
            organisation_id=callbacks.organisation_of(payload["credential_id"]),
            message_id=_delivery_id(payload),
            body=payload["body"],
        )
    except (DeliveryRefused, NoCallback, Unauthenticated) as error:
        raise GiveUp(f"The result cannot be delivered: {error}") from error


def _delivery_id(payload: Payload) -> str:
    """Return the delivery's id; one of a version that gave none is known by what it says."""
    known = json.dumps(payload, sort_keys=True).encode()
    return str(payload.get("delivery_id") or f"msg_{hashlib.sha256(known).hexdigest()[:21]}")


def _search(payload: Payload) -> None:
    credential_id = payload["credential_id"]
    by = accounts_selectors.actor_for_credential(accounts_selectors.live_credential(credential_id))
    by.require(Permission.CHECK_IMAGES)
    asked = asking.read({**payload["request"], "callback_url": payload["callback_url"]})
    image_list = selectors.list_for(by, payload["list_id"])
    rows = similar.find(by=by, asked=asked, image_list=image_list, raw=fetched(asked.url))
    if asked.wants_callback:
        callbacks.deliver_later(by=by, asked=asked, result_id=payload["id"], rows=rows)
