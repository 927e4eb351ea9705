"""What people have to know by now, worked out from pairs, verdicts and submissions alone."""

from __future__ import annotations

from collections import defaultdict

from review.models import MatchCandidate
from verdicts.models import Submission, Verdict
from webhooks.models import Event

_CARRYING_TEXTS = {"", "agrees", "none"}
# Kind, version and place in the order of all, by verdict and recipient.
Told = dict[tuple[str, str], list[tuple[str, int, int]]]


def check() -> None:
    """Fail unless everybody was told what holds, in order, and nothing twice."""
    told = told_so_far()
    verdicts = {each.public_id: each for each in Verdict.objects.select_related("replaced_by")}
    audiences = {name: audience_of(verdict) for name, verdict in verdicts.items()}
    recipients = set(Submission.objects.exclude(recipient="").values_list("recipient", flat=True))
    for name, verdict in verdicts.items():
        for recipient in recipients:
            story = told.get((name, recipient), [])
            others = [
                place
                for (other, who), notices in told.items()
                if who == recipient and other != name
                for _, _, place in notices
            ]
            check_story(story, others)
            holds = recipient in audiences[name]
            if holds:
                assert story, (name, recipient)
                assert story[-1][0] != "retraction", (name, recipient, story)
                said = {each.number: each.content for each in verdict.versions.all()}
                assert said[story[-1][1]] == said[verdict.number], (name, recipient, story)
            elif story and story[-1][0] != "retraction":
                # Whoever was corrected by what took its place is that one's from then on.
                after = [*successors(verdict), *restored(verdict)]
                assert any(told.get((each, recipient)) for each in after), (name, recipient, story)


def successors(verdict: Verdict) -> list[str]:
    """Return what took a verdict's place, and what took the place of that."""
    found = []
    while verdict.replaced_by is not None:
        verdict = verdict.replaced_by
        found.append(verdict.public_id)
    return found


def restored(verdict: Verdict) -> list[str]:
    """Return what had given way to a verdict, and was brought back since."""
    return [each.public_id for each in Verdict.objects.filter(restored_from=verdict)]


def check_story(story: list[tuple[str, int, int]], others: list[int]) -> None:
    """Fail unless a verdict comes before what takes it back, and no version comes twice.

    `others` are the places of what the same person was told of other verdicts meanwhile.
    """
    standing: int | None = None
    last_place = 0
    for kind, version, place in story:
        is_known_otherwise = any(last_place < other < place for other in others)
        last_place = place
        if kind == "retraction":
            assert standing is not None, story
            standing = None
        elif kind == "verdict":
            assert standing is None, story
            standing = version
        else:
            is_news = standing is None or standing < version
            assert is_news or (standing == version and is_known_otherwise), story
            standing = version


def told_so_far() -> Told:
    """Return what every recipient was told of every verdict, in its order."""
    told: Told = defaultdict(list)
    for event in Event.objects.filter(type__startswith="notice.").order_by("pk"):
        verdict = event.data["verdict"]
        kind = event.type.removeprefix("notice.")
        entry = (kind, verdict["version"], event.pk)
        told[verdict["id"], event.data["recipient"]].append(entry)
    return told


def audience_of(verdict: Verdict) -> set[str]:
    """Return the recipients who asked about a picture that a published verdict covers."""
    if verdict.state != "published":
        return set()
    reached = {verdict.image_id}
    carrying = [
        pair for pair in MatchCandidate.objects.select_related("image_list") if carries(pair)
    ]
    grew = True
    while grew:
        grew = False
        for pair in carrying:
            ends = {pair.image_low_id, pair.image_high_id}
            if ends & reached and not ends <= reached:
                reached |= ends
                grew = True
    asked = Submission.objects.filter(image__in=reached).exclude(recipient="")
    return set(asked.values_list("recipient", flat=True))


def carries(pair: MatchCandidate) -> bool:
    """Tell whether what is said of one picture holds for the other."""
    return (
        pair.image_list.removed_at is None
        and (pair.state, pair.scope) == ("confirmed", "whole")
        and pair.kind in pair.image_list.verdict_kinds
        and pair.text_state in _CARRYING_TEXTS
    )
