"""What happens to verdicts when pairs are decided and pictures are erased (`review.signals`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from common.sentences import Sentence
from lists.erasing import delete_rows
from lists.models import Image
from review.pairs import connected
from verdicts import erasing, reach, services, stirring
from verdicts.errors import TwoVerdicts
from verdicts.kinds import VerdictState
from verdicts.models import Notice, Stirred, Submission, Verdict, VerdictDeed, VerdictVersion
from webhooks import services as webhooks_services


def refuse_two_verdicts(
    *, organisation_id: int, sides: tuple[frozenset[int], frozenset[int]], **_: object
) -> None:
    """Raise TwoVerdicts when each of two clusters that are to be joined has one published."""
    if not Verdict.objects.filter(organisation=organisation_id).exists():
        return
    found = reach.two_verdicts(sides)
    if found is None:
        return
    one, other = (each.versions.get(number=each.number).rating for each in found)
    raise TwoVerdicts(
        Sentence(
            "Both clusters have a verdict: “%(one)s” and “%(other)s”. Say which one stays, retract "
            "one of them, or keep them apart as “same image, different claim”.",
            one=one,
            other=other,
        ),
        verdicts=found,
    )


def look_around(*, organisation_id: int, image_ids: Collection[int], **_: object) -> None:
    """Have the verdicts around pictures looked at whose pairs have changed.

    Who publishes a first verdict takes the organisation's turn too, and so is not missed.
    """
    if Verdict.objects.filter(organisation=organisation_id).exists():
        due_at = timezone.now() + stirring.grace_of(organisation_id)
        stirring.stir(organisation_id=organisation_id, image_ids=image_ids, due_at=due_at)
        _bring_back(organisation_id, image_ids)


def _bring_back(organisation_id: int, image_ids: Collection[int]) -> None:
    """Publish again what gave way for a match that was undone."""
    gave_way = Verdict.objects.filter(organisation=organisation_id, state=VerdictState.REPLACED)
    undone = gave_way.filter(
        replaced_with__candidate__image_low__in=image_ids, replaced_with__undone_by__isnull=False
    )
    for verdict in undone.select_related("replaced_with__undone_by").order_by("-changed_at"):
        if verdict.replaced_with is not None:
            services.restore(verdict=verdict, by=verdict.replaced_with.undone_by)


def look_around_list(*, organisation_id: int, list_id: int, **_: object) -> None:
    """Have verdicts looked at that people may know, or may have to, who asked through a list.

    It has left service, or is back: what was planned for them is withdrawn, and what changed
    meanwhile is told. Of them pictures without any pair may be known.
    """
    verdicts = Verdict.objects.filter(organisation=organisation_id)
    told = Notice.objects.filter(submission__image_list=list_id).values("verdict")
    near = verdicts.filter(Q(state=VerdictState.PUBLISHED) | Q(pk__in=told))
    image_ids = set(near.values_list("image", flat=True))
    if image_ids:
        due_at = timezone.now() + stirring.grace_of(organisation_id)
        stirring.stir(organisation_id=organisation_id, image_ids=image_ids, due_at=due_at)


def move_verdicts(*, image_ids: Collection[int], **_: object) -> None:
    """Have verdicts about pictures that are to be erased be about another one that they cover."""
    for ids in connected.in_pieces(image_ids):
        for verdict in Verdict.objects.filter(image__in=ids, state=VerdictState.PUBLISHED):
            others = reach.covered_from(verdict.image_id) - set(image_ids)
            heir = Image.objects.filter(pk__in=others).order_by("created_at", "pk").first()
            if heir is not None and not _is_taken(heir):
                Verdict.objects.filter(pk=verdict.pk).update(image=heir)


def erase_with_images(*, image_ids: Collection[int], counts: Counter[str], **_: object) -> None:
    """Delete what is left that is about pictures, and what was asked about them."""
    delete_rows(Stirred.objects.filter(image__in=image_ids))
    counts["submissions"] += erasing.erase_submissions(
        Submission.objects.filter(image__in=image_ids)
    )
    gone = Verdict.objects.filter(image__in=image_ids)
    subjects = list(gone.values_list("public_id", flat=True))
    own = Notice.objects.filter(verdict__in=gone)
    subjects += own.values_list("subject", flat=True).distinct()
    webhooks_services.delete_about(subjects=subjects)
    delete_rows(own)
    delete_rows(VerdictVersion.objects.filter(verdict__in=gone))
    delete_rows(VerdictDeed.objects.filter(subject__in=gone.values("public_id")))
    Verdict.objects.filter(replaced_by__in=gone).update(replaced_by=None)
    Verdict.objects.filter(restored_from__in=gone).update(restored_from=None)
    counts["verdicts"] += delete_rows(gone)


def erase_with_list(*, list_id: int, **_: object) -> None:
    """Delete what was asked through a list, and the deeds of drafts that were discarded there."""
    erasing.erase_submissions(Submission.objects.filter(image_list=list_id))
    of_discarded = VerdictDeed.objects.filter(image_list=list_id, verdict=None)
    delete_rows(of_discarded.exclude(subject=""))
    Verdict.objects.filter(image_list=list_id).update(image_list=None)
    VerdictDeed.objects.filter(image_list=list_id).update(image_list=None)


def _is_taken(image: Image) -> bool:
    in_force = (VerdictState.DRAFT, VerdictState.PUBLISHED)
    return Verdict.objects.filter(image=image, state__in=in_force).exists()
