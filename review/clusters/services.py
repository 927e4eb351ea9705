"""Writes about clusters: which picture is the original.

Pairs are decided and clusters split by `bulk` and `pairs.services`; what a decision may not do to a
cluster is refused by `pairs.invariants`.
"""

from __future__ import annotations

from accounts.actors import Actor
from accounts.permissions import Permission
from lists.models import Image
from review.models import ReferenceChoice


def choose_reference(*, by: Actor, image: Image) -> ReferenceChoice:
    """Name a picture the original of any cluster that it is in, now and later."""
    by.require(Permission.DECIDE_MATCHES)
    return ReferenceChoice.objects.create(
        image=image, user_id=by.user_id, credential_id=by.credential_id, surface=by.surface
    )
