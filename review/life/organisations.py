"""Erasing a whole organisation: its people, credentials, lists, pictures and files."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts import audit
from accounts.audit import AuditAct, Subject, SubjectKind
from accounts.models import ApiCredential, Membership, Organisation, User
from jobs import services as jobs_services
from lists import erasing as lists_erasing
from lists import purging, storage
from lists.models import Image, Item
from review.life import erasing, services
from review.life.erasing import Gone
from review.models import Erased, Erasure, Feedback, MatchCandidate, RuleRun, RuleVersion
from text_lists import services as text_lists_services
from webhooks import services as webhooks_services

_AT_ONCE = 100


def what_goes(organisation: Organisation) -> Mapping[str, int]:
    """Return how many of what an erasure of the organisation would take."""
    return {
        "people": organisation.memberships.count(),
        "credentials": organisation.credentials.count(),
        "lists": organisation.lists.count(),
        "items": Item.objects.filter(image_list__organisation=organisation).count(),
        "pictures": organisation.images.count(),
        "pairs": MatchCandidate.objects.filter(image_list__organisation=organisation).count(),
        "text_lists": organisation.text_lists.count(),
    }


def erase_organisation(*, organisation: Organisation, by: str, reason: str) -> Erasure:
    """Erase an organisation in steps; what a run that was stopped has left, the next one erases.

    Each run has a receipt of what it erased.
    """
    erasure = services.begin(
        by=by,
        organisation_id=organisation.pk,
        kind=Erased.ORGANISATION,
        subject=organisation.public_id,
        reason=reason,
    )
    _lock_out(organisation)
    for list_id in list(organisation.lists.values_list("pk", flat=True)):
        services.close_list(list_id=list_id)
        services.erase_list_in_steps(erasure=erasure, list_id=list_id, is_last=False)
    while image_ids := _some_images(organisation):
        with transaction.atomic():
            gone = Gone()
            erasing.erase_images(organisation_id=organisation.pk, image_ids=image_ids, gone=gone)
            services.write_step(erasure=erasure, gone=gone)
    with transaction.atomic():
        gone = _erase_rest(organisation)
        services.write_step(erasure=erasure, gone=gone, is_last=True)
        # Of no organisation any more: superusers see it.
        about = Subject(SubjectKind.ORGANISATION, erasure.subject)
        audit.record(act=AuditAct.ORGANISATION_ERASED, about=about)
    purging.forget_copies()
    return erasure


@transaction.atomic
def _lock_out(organisation: Organisation) -> None:
    """Let nobody in any more, so that nothing is added meanwhile."""
    organisation.credentials.filter(revoked_at=None).update(revoked_at=timezone.now())
    people = User.objects.filter(membership__organisation=organisation, is_superuser=False)
    people.update(is_active=False)


def _some_images(organisation: Organisation) -> list[int]:
    images = Image.objects.filter(organisation=organisation).order_by("pk")
    return list(images.values_list("pk", flat=True)[:_AT_ONCE])


def _erase_rest(organisation: Organisation) -> Gone:
    gone = Gone()
    feedback = Feedback.objects.filter(organisation=organisation)
    gone.counts["feedback"] += lists_erasing.delete_rows(feedback)
    gone.counts["text_lists"] += text_lists_services.delete_of_organisation(
        organisation=organisation
    )
    gone.counts["events"] += webhooks_services.delete_of_organisation(organisation=organisation)
    gone.counts["rules"] += organisation.decision_rules.count()
    RuleRun.objects.filter(version__rule__organisation=organisation).delete()
    RuleVersion.objects.filter(rule__organisation=organisation).delete()
    credentials = list(organisation.credentials.values_list("pk", flat=True))
    gone.counts["jobs"] += jobs_services.delete_of_owner(
        owner=organisation.pk, credential_ids=credentials
    )
    people = list(User.objects.filter(membership__organisation=organisation))
    gone.counts["credentials"] += len(credentials)
    gone.counts["people"] += len(people)
    Membership.objects.filter(organisation=organisation).delete()
    ApiCredential.objects.filter(organisation=organisation).delete()
    for person in people:
        _erase_person(person)
    organisation_id = organisation.pk
    organisation.delete()
    storage.delete_all_of(organisation_id)
    return gone


def _erase_person(person: User) -> None:
    """Delete an account; what else refers to it sees one without a name. Operators stay."""
    if person.is_superuser:
        return
    try:
        with transaction.atomic():
            person.delete()
    except ProtectedError:
        person.email = f"erased-{person.pk}@invalid"
        person.first_name = person.last_name = ""
        person.set_unusable_password()
        person.save()
