"""Writing down what somebody did about verdicts, in the transaction in which it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.actors import Actor
from review.models.acts import ByActor
from verdicts.kinds import DeedAct
from verdicts.models import Verdict, VerdictDeed


def note(
    *,
    by: Actor | ByActor,
    organisation_id: int,
    act: DeedAct,
    about: Verdict | None = None,
    number: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note an act about a verdict, or without one about all of them.

    `by` is the actor, or a row that says whose doing it was.
    """
    VerdictDeed.objects.create(
        organisation_id=organisation_id,
        act=act,
        verdict=about,
        subject=about.public_id if about else "",
        number=number,
        image_list_id=about.image_list_id if about else None,
        details=dict(details or {}),
        user_id=by.user_id,
        credential_id=by.credential_id,
        surface=by.surface,
    )
