"""From the dialect's parameters to a submission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Serializer

from accounts.actors import Actor
from api import errors, parameters
from api.check import distance
from api.check.serializers import BatchedImage, BatchRequest, Include
from common.errors import Forbidden, InvalidInput, LookalikeError
from intake.sources import RawImage
from lists import list_settings
from review.submissions.values import MAX_LIMIT, NewSubmission
from verdicts import submitting
from verdicts.values import Sent

if TYPE_CHECKING:
    from lists.models import List

Asked = dict[str, Any]
# Scores at a threshold's very edge must not be lost to the last digit of a division.
_EDGE = 1e-9
# These ask for a message later about a picture that is kept. Where none is, their senders would
# wait for ever, so they are refused.
_PROMISES = ("recipient", "language", "callback_url")


def checked(serializer: type[Serializer[Any]], given: Mapping[str, Any]) -> Asked:
    """Return the parameters; raise InvalidInput for a message about a picture that is not kept."""
    asked = parameters.checked(serializer, given)
    for name in _PROMISES:
        if not asked.get("store") and given.get(name) not in (None, ""):
            raise InvalidInput(
                f"{name} asks for a message later about a picture that is stored. Send it with "
                "that picture to /v1/match/ and store=true, or leave it out and read the answer.",
                field=name,
            )
    return asked


def sent(asked: Asked) -> Sent:
    """Return whom to tell later of what is found out."""
    # A batch may have been asked for before there were these.
    promises = {name: asked.get(name) or "" for name in _PROMISES}
    return Sent(external_id=asked["external_id"], **promises)


def checked_batch(by: Actor, given: Mapping[str, Any]) -> tuple[str, list[Asked]]:
    """Return the id of the batch's list, empty for the default one, and its images in order."""
    asked = checked(BatchRequest, given)
    images = [_batched(by, image, number) for number, image in enumerate(asked["images"])]
    return asked["list"], images


def threshold_for(asked: Asked, image_list: List) -> int:
    """Return the largest distance that counts."""
    threshold = asked["threshold"]
    if threshold is None:
        return distance.from_score(image_list.duplicate_threshold)
    return int(threshold)


def submission(asked: Asked, raw: RawImage, image_list: List) -> NewSubmission:
    """Return the search for an image, without anything to keep.

    As many matches as there may be: which are closest is said in distances, and with ties in
    another order.
    """
    threshold = threshold_for(asked, image_list)
    return NewSubmission(
        raw=raw,
        check_lists=[image_list],
        min_score=max(distance.lowest_score(threshold) - _EDGE, _EDGE),
        limit=MAX_LIMIT,
        depth=list_settings.depth_named(asked["depth"]) if asked["depth"] else None,
        context_filter=asked["filter"],
        with_dissociated=Include.DISSOCIATED in asked.get("include", ()),
    )


def _batched(by: Actor, image: Mapping[str, Any], number: int) -> Asked:
    place = f"images[{number}]"
    if image.get("base64"):
        raise InvalidInput(
            f"{place}: a batch takes addresses (url) only. Send files to /v1/match/ one by one.",
            field=f"{place}.base64",
        )
    try:
        asked = checked(BatchedImage, image)
        if asked["store"]:
            submitting.checked_sent(by=by, sent=sent(asked))
    except (LookalikeError, ValidationError) as refused:
        raise _placed(errors.from_exception(refused), place) from None
    return asked


def _placed(error: LookalikeError, place: str) -> LookalikeError:
    """Return the error about one image of a batch, with which one it is."""
    error.tell_about(place)
    if not isinstance(error, Forbidden):
        error.field = f"{place}.{error.field}" if error.field else place
    return error
