"""Searches that are answered later, to an address: what is left to the background, and how."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.conf import settings

from accounts import selectors
from accounts.actors import Actor
from api.alegre import answers
from api.alegre.answers import Later, SimilarImage
from api.alegre.asked import SimilarSearch
from api.alegre.errors import NoCallback
from common.errors import Unauthenticated
from common.ids import new_id
from jobs import services

if TYPE_CHECKING:
    from lists.models import List

# A search: fetch the picture, keep it, and leave the result to a second job.
SEARCH: Final = "api.alegre.search"
# A result: post it to its address.
DELIVER: Final = "api.alegre.deliver"

# What the ids of deliveries begin with, as is usual.
_DELIVERY = "msg"
# A picture may be uploaded a moment after it is spoken of: tried for about 20 minutes.
_SEARCH_ATTEMPTS = 8
# A receiver may be down: tried for about three hours.
_DELIVERY_ATTEMPTS = 12


def search_later(*, by: Actor, asked: SimilarSearch, image_list: List) -> Later:
    """Leave the search to the background."""
    services.require_room(owner=by.organisation_id)
    result_id = asked.doc_id or str(uuid.uuid4())
    services.enqueue(
        kind=SEARCH,
        payload={
            "credential_id": _credential_id(by),
            "list_id": image_list.public_id,
            "id": result_id,
            "request": dict(asked.echo),
            "callback_url": asked.callback_url,
        },
        owner=by.organisation_id,
        max_attempts=_SEARCH_ATTEMPTS,
    )
    return Later(asked, result_id)


def deliver_later(
    *, by: Actor, asked: SimilarSearch, result_id: str, rows: Sequence[SimilarImage]
) -> None:
    """Leave the delivery of a result to the background."""
    body = {
        "action": "add_item",
        "model_type": "image",
        "data": {
            "is_search_result_callback": True,
            "item": answers.told(Later(asked, result_id)),
            "results": answers.RESULT(rows),
        },
    }
    services.enqueue(
        kind=DELIVER,
        payload={
            "credential_id": _credential_id(by),
            "callback_url": asked.callback_url,
            "body": body,
            # The same on every attempt, so that the receiver can recognise a repeat.
            "delivery_id": new_id(_DELIVERY),
        },
        owner=by.organisation_id,
        max_attempts=_DELIVERY_ATTEMPTS,
    )


def callback_for(*, credential_id: int, callback_url: str) -> str:
    """Return the address that was asked for, else the one configured for the credential.

    Raise NoCallback when there is none, Unauthenticated when the credential has been revoked.
    """
    credential = selectors.live_credential(credential_id)
    url = callback_url or settings.ALEGRE_CALLBACKS.get(credential.api_user, "")
    if not url:
        raise NoCallback(
            "There is no address for the result. Send callback_url, or have the operator configure "
            "one for this credential (ALEGRE_CALLBACKS).",
            field="callback_url",
        )
    return str(url)


def required_callback(by: Actor, asked: SimilarSearch) -> str:
    """Return the address that the actor's result goes to; raise NoCallback if there is none."""
    return callback_for(credential_id=_credential_id(by), callback_url=asked.callback_url)


def organisation_of(credential_id: int) -> int:
    """Return whose secret signs; raise Unauthenticated when the credential has been revoked."""
    return selectors.live_credential(credential_id).organisation_id


def _credential_id(by: Actor) -> int:
    if by.credential_id is None:
        raise Unauthenticated("Incorrect API user or API secret")
    return by.credential_id
