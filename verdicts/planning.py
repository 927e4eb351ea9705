"""Who is to be told what: the difference between what holds now and what people were told.

Nothing is remembered of how it came about. A decision that is undone before anybody was told leaves
no difference, and so nobody is told; one that is undone later leaves one the other way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from review.pairs import connected
from verdicts import reach
from verdicts.kinds import TOLD, NoticeKind, NoticeState, VerdictState
from verdicts.models import Notice, Submission, Verdict, VerdictVersion
from verdicts.values import Audience, VerdictContent

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Due:
    """What an audience is to be told, and by which of its submissions."""

    submission: Submission
    kind: NoticeKind
    episode: int
    subject: str


@dataclass(slots=True)
class Agenda:
    """What is to be told about a verdict: by audience what is wanted, and what is planned."""

    verdict: Verdict
    wanted: dict[str, Due] = field(default_factory=dict)
    planned: dict[str, Notice] = field(default_factory=dict)

    def is_planned(self, audience: str) -> bool:
        """Tell whether what an audience is to be told is planned already."""
        due, notice = self.wanted.get(audience), self.planned.get(audience)
        if due is None or notice is None:
            return False
        return (notice.kind, notice.number) == (due.kind, self.verdict.number)


def agenda_of(
    verdict: Verdict,
    *,
    content: VerdictContent | None = None,
    without_pairs: Collection[int] = (),
) -> Agenda:
    """Return what is to be told about a verdict as things stand.

    Or as they would if its latest version said `content`, and pairs of these row ids connected
    nothing.
    """
    agenda = Agenda(verdict)
    for notice in _notices(verdict).filter(state=NoticeState.PLANNED):
        agenda.planned[notice.audience] = notice
    told = _last_told(_notices(verdict))
    told_before = _last_told(_notices_before(verdict))
    said = _said(verdict, content)
    audience = _audience_of(verdict, without_pairs)
    for name, submission in audience.items():
        due = _due_within(submission, said, told.get(name), told_before.get(name))
        if due is not None:
            agenda.wanted[name] = due
    for name, last in _outside(verdict, told, audience):
        agenda.wanted[name] = Due(
            last.submission, NoticeKind.RETRACTION, last.episode, last.subject
        )
    return agenda


def plan(verdict: Verdict, *, due_at: dt.datetime) -> None:
    """Plan what a locked verdict makes necessary, and withdraw what holds no longer.

    What is new is told at `due_at`, and not before anything that is planned already.
    """
    agenda = agenda_of(verdict)
    stale = [notice.pk for name, notice in agenda.planned.items() if not agenda.is_planned(name)]
    for ids in connected.in_pieces(stale):
        Notice.objects.filter(pk__in=ids).update(state=NoticeState.WITHDRAWN)
    at = _not_before(verdict, due_at)
    Notice.objects.bulk_create(
        (
            _planned(verdict, name, due, at)
            for name, due in agenda.wanted.items()
            if not agenda.is_planned(name)
        ),
        batch_size=_BATCH,
    )


def plan_for(verdict: Verdict, submission: Submission, *, due_at: dt.datetime) -> None:
    """Plan what the audience of one submission is to be told of a locked verdict that covers it."""
    due = due_for(verdict, submission)
    own = _notices(verdict).filter(audience=submission.audience, state=NoticeState.PLANNED)
    planned = own.first()
    if planned and due and (planned.kind, planned.number) == (due.kind, verdict.number):
        return
    own.update(state=NoticeState.WITHDRAWN)
    if due is not None:
        _planned(verdict, submission.audience, due, _not_before(verdict, due_at)).save()


def due_for(verdict: Verdict, submission: Submission) -> Due | None:
    """Return what the audience of a submission is to be told of a verdict that covers it."""
    name = submission.audience
    last = _last_told(_notices(verdict).filter(audience=name)).get(name)
    before = _last_told(_notices_before(verdict).filter(audience=name)).get(name)
    return _due_within(submission, _said(verdict), last, before)


def audience_if_published(verdict: Verdict) -> Audience:
    """Return who would be told if the verdict's draft were published now."""
    return _audience_if(verdict, VerdictState.PUBLISHED, verdict.drafted)


def audience_if_retracted(verdict: Verdict) -> Audience:
    """Return who would be told if the verdict were retracted now."""
    return _audience_if(verdict, VerdictState.RETRACTED)


def audience_if_split(verdicts: Iterable[Verdict], *, pair_ids: Collection[int]) -> Audience:
    """Return whom of published verdicts it would make a difference that pairs did not hold."""
    due: list[Due] = []
    for verdict in verdicts:
        now = agenda_of(verdict).wanted
        then = agenda_of(verdict, without_pairs=pair_ids).wanted
        due += [each for name, each in then.items() if now.get(name) != each]
    return _counted(due)


def audience_of_new(*, organisation_id: int, image_id: int) -> Audience:
    """Return who would be told if a first verdict about a picture were published now."""
    new = Verdict(organisation_id=organisation_id, image_id=image_id, state=VerdictState.PUBLISHED)
    waiting = _audience_of(new).values()
    return _counted(Due(each, NoticeKind.VERDICT, 0, each.public_id) for each in waiting)


def _audience_if(
    verdict: Verdict, state: VerdictState, content: VerdictContent | None = None
) -> Audience:
    """Return who would be told of a next version that leaves the verdict in a state."""
    next_one = Verdict(
        pk=verdict.pk,
        organisation_id=verdict.organisation_id,
        image_id=verdict.image_id,
        state=state,
        number=verdict.number + 1,
        restored_from_id=verdict.restored_from_id,
    )
    return _counted(agenda_of(next_one, content=content).wanted.values())


def _counted(due: Iterable[Due]) -> Audience:
    counts = dict.fromkeys(NoticeKind, 0)
    languages: dict[str, int] = {}
    for each in due:
        counts[each.kind] += 1
        language = each.submission.language
        languages[language] = languages.get(language, 0) + 1
    return Audience(
        verdicts=counts[NoticeKind.VERDICT],
        corrections=counts[NoticeKind.CORRECTION],
        retractions=counts[NoticeKind.RETRACTION],
        languages=languages,
    )


def _audience_of(verdict: Verdict, without_pairs: Collection[int] = ()) -> dict[str, Submission]:
    """Return who is to know of a verdict, each with the first submission that says so."""
    if not verdict.is_published:
        return {}
    audience: dict[str, Submission] = {}
    covered = reach.covered_from(verdict.image_id, without_pairs=without_pairs)
    for ids in connected.in_pieces(covered):
        waiting = Submission.objects.filter(image__in=ids, image_list__removed_at=None)
        for submission in waiting.exclude(recipient="", callback_url="").order_by("pk"):
            audience.setdefault(submission.audience, submission)
    return audience


def _due_within(
    submission: Submission, said: _Said, last: Notice | None, before: Notice | None
) -> Due | None:
    """Return what who is covered is to be told: the difference to what they know.

    `last` is what they were told of the verdict, `before` of others whose place it has taken.
    """
    is_later = before is not None and (last is None or last.pk < before.pk)
    if before is not None and is_later and before.kind != NoticeKind.RETRACTION:
        episode = 0 if last is None else last.episode + 1
        return Due(submission, NoticeKind.CORRECTION, episode, before.subject)
    if last is None:
        return Due(submission, NoticeKind.VERDICT, 0, submission.public_id)
    if last.kind == NoticeKind.RETRACTION:
        return Due(submission, NoticeKind.VERDICT, last.episode + 1, last.subject)
    if said.is_other_than(last.number):
        return Due(submission, NoticeKind.CORRECTION, last.episode, last.subject)
    return None


@dataclass(frozen=True, slots=True)
class _Said:
    """What a verdict says now, and what its versions said, by their numbers."""

    content: VerdictContent | None
    by_number: Mapping[int, VerdictContent]

    def is_other_than(self, number: int) -> bool:
        """Tell whether a version said something else, or nothing."""
        return self.content is None or self.by_number.get(number) != self.content


def _said(verdict: Verdict, content: VerdictContent | None = None) -> _Said:
    versions = VerdictVersion.objects.filter(verdict=verdict.pk)
    by_number = {version.number: version.content for version in versions}
    return _Said(content or by_number.get(verdict.number), by_number)


def _outside(
    verdict: Verdict, told: Mapping[str, Notice], audience: Mapping[str, Submission]
) -> list[tuple[str, Notice]]:
    """Return who was told of the verdict and is none of its audience any more.

    Where a list has left service nobody looks after its submissions: they are left as they are.
    """
    outside = [
        (name, last)
        for name, last in told.items()
        if name not in audience
        and last.kind != NoticeKind.RETRACTION
        and last.submission.image_list.removed_at is None
    ]
    handed_over = _taken_back(verdict)
    if successors := _successors(verdict):
        notices = Notice.objects.filter(verdict__in=successors, state__in=TOLD)
        handed_over |= set(notices.values_list("audience", flat=True))
        handed_over |= _audience_of(successors[-1]).keys()
    return [(name, last) for name, last in outside if name not in handed_over]


def _taken_back(verdict: Verdict) -> set[str]:
    """Return whom verdicts tell that had given way to this one and were brought back."""
    restored = Verdict.objects.filter(restored_from=verdict.pk, state=VerdictState.PUBLISHED)
    return {name for each in restored for name in _audience_of(each)}


def _successors(verdict: Verdict) -> list[Verdict]:
    """Return what took a verdict's place, what took the place of that, and so on."""
    chain: list[Verdict] = []
    while verdict.state == VerdictState.REPLACED and verdict.replaced_by is not None:
        verdict = verdict.replaced_by
        chain.append(verdict)
    return chain


def _notices_before(verdict: Verdict) -> QuerySet[Notice]:
    """Return the notices of the verdicts whose place a published one has taken."""
    taken = _replaced_by(verdict) if verdict.is_published else set()
    return Notice.objects.filter(verdict__in=taken)


def _replaced_by(verdict: Verdict) -> set[int]:
    """Return the row ids of all verdicts whose place one has taken in the end, or took back."""
    found = {verdict.restored_from_id} if verdict.restored_from_id else set()
    latest = {verdict.pk}
    while latest:
        rows = Verdict.objects.filter(replaced_by__in=latest, state=VerdictState.REPLACED)
        latest = set(rows.values_list("pk", flat=True)) - found
        found |= latest
    return found


def _last_told(notices: QuerySet[Notice]) -> dict[str, Notice]:
    """Return the last notice that each audience got."""
    told = notices.filter(state__in=TOLD)
    later = told.filter(verdict=OuterRef("verdict"), audience=OuterRef("audience"))
    last = told.filter(pk=Subquery(later.order_by("-pk").values("pk")[:1]))
    rows = last.select_related("submission__image_list").order_by("pk")
    return {notice.audience: notice for notice in rows}


def _planned(verdict: Verdict, audience: str, due: Due, at: dt.datetime) -> Notice:
    return Notice(
        organisation_id=verdict.organisation_id,
        verdict=verdict,
        number=verdict.number,
        submission=due.submission,
        audience=audience,
        kind=due.kind,
        episode=due.episode,
        subject=due.subject,
        due_at=at,
    )


def _not_before(verdict: Verdict, due_at: dt.datetime) -> dt.datetime:
    """Return a moment that is not before anything that is planned already."""
    planned = _notices(verdict).filter(state=NoticeState.PLANNED)
    latest: dt.datetime | None = planned.aggregate(last=Max("due_at"))["last"]
    return max(due_at, latest or due_at)


def _notices(verdict: Verdict) -> QuerySet[Notice]:
    return Notice.objects.filter(verdict=verdict.pk)


def planned_until(organisation_id: int) -> dt.datetime | None:
    """Return when the next notice of an organisation is due; None when none is planned."""
    planned = Notice.objects.filter(organisation=organisation_id, state=NoticeState.PLANNED)
    first = planned.order_by("due_at").first()
    return first.due_at if first else None


def due_verdicts(organisation_id: int) -> list[int]:
    """Return the row ids of the verdicts of which something is to be told by now."""
    planned = Notice.objects.filter(
        organisation=organisation_id, state=NoticeState.PLANNED, due_at__lte=timezone.now()
    )
    return sorted(set(planned.values_list("verdict", flat=True)))
