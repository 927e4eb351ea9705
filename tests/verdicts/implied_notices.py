"""What people have to know by now, worked out from pairs, verdicts and submissions alone."""

from __future__ import annotations

from collections import defaultdict

from review.models import MatchCandidate
from verdicts.models import Submission, Verdict
from webhooks.models import Event

_CARRYING_TEXTS = {"", "agrees", "none"}
Told = dict[tuple[str, str], list[tuple[str, int]]]  # kind and version, by verdict and recipient


def check() -> None:
    """Fail unless everybody was told what holds, in order, and nothing twice."""
    told = told_so_far()
    verdicts = {each.public_id: each for each in Verdict.objects.select_related("replaced_by")}
    audiences = {name: audience_of(verdict) for name, verdict in verdicts.items()}
    recipients = set(Submission.objects.exclude(recipient="").values_list("recipient", flat=True))
    for name, verdict in verdicts.items():
        for recipient in recipients:
            story = told.get((name, recipient), [])
            check_story(story)
            holds = recipient in audiences[name]
            if holds:
                assert story, (name, recipient)
                assert story[-1][0] != "retraction", (name, recipient, story)
                assert story[-1][1] == verdict.number, (name, recipient, story)
            elif story and story[-1][0] != "retraction":
                # Whoever was corrected by what took its place is that one's from then on.
                after = successors(verdict)
                assert any(told.get((each, recipient)) for each in after), (name, recipient, story)


def successors(verdict: Verdict) -> list[str]:
    """Return what took a verdict's place, and what took the place of that."""
    found = []
    while verdict.replaced_by is not None:
        verdict = verdict.replaced_by
        found.append(verdict.public_id)
    return found


def check_story(story: list[tuple[str, int]]) -> None:
    """Fail unless a verdict comes before what takes it back, and no version comes twice."""
    standing: int | None = None
    for kind, version in story:
        if kind == "retraction":
            assert standing is not None, story
            standing = None
        elif kind == "verdict":
            assert standing is None, story
            standing = version
        else:
            assert standing is None or standing < version, story
            standing = version


def told_so_far() -> Told:
    """Return what every recipient was told of every verdict, in its order."""
    told: Told = defaultdict(list)
    for event in Event.objects.filter(type__startswith="notice.").order_by("pk"):
        verdict = event.data["verdict"]
        kind = event.type.removeprefix("notice.")
        told[verdict["id"], event.data["recipient"]].append((kind, verdict["version"]))
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
