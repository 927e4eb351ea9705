"""Asking about items on behalf of somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.actors import Actor
from lists.models import Item
from verdicts import submitting
from verdicts.models import Submission
from verdicts.values import Sent


def asking(by: Actor) -> Callable[..., Submission]:
    """Return what asks about an item, by its custom id, for a recipient."""

    def ask(letter: str, recipient: str = "", **more: Any) -> Submission:
        item = Item.objects.select_related("image", "image_list").get(custom_id=letter)
        sent = Sent(recipient=recipient, **more)
        return submitting.record_submission(by=by, item=item, sent=sent)

    return ask
