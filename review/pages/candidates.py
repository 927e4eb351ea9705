"""A picture that came in and its candidates, made ready for the page that settles them together."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from lists.models import Item
from matching.evidence import Kind
from review.models import Act, Decision, MatchCandidate, State
from review.pages import evidence, pair_words, shown_claims
from review.pages.pair_words import SideWords
from review.pages.shown_claims import ShownClaim
from review.pairs import following, policy, wording
from review.pairs import selectors as pairs_selectors
from review.pairs import texts as pairs_texts
from review.pairs.following import Outlook
from review.pairs.selectors import ShownPair, Side
from review.pairs.texts import PairTexts
from review.queue.pictures import IncomingPicture
from review.scopes import Scope

# What a candidate is to the incoming picture, by what that is to the candidate.
_KINDS: dict[str, str | Promise] = {
    Kind.CONTAINS: gettext_lazy("Crop of A"),
    Kind.PART: gettext_lazy("Contains A"),
}
_GROUP_LENGTH = 10
_FEW = 2


@dataclass(frozen=True, slots=True)
class ShownCandidate:
    """One candidate: its pair, its picture, and what is known of it beside the incoming one.

    `mark` is what was decided, an act, or empty; `follows_number` is the candidate that it follows
    from, 0 for one that is not shown. `group` is the same for pictures of one cluster,
    whose page is that of `linked_item`. What is kept
    together by others cannot be dissociated.
    """

    number: int
    pair: MatchCandidate
    side: Side
    linked_item: Item | None
    group: str
    kind: str
    is_of_words: bool
    may_follow: bool
    follows: int
    follows_number: int
    is_kept_together: bool
    apart: Decision | None
    claims: tuple[ShownClaim | None, ShownClaim | None]
    words: tuple[SideWords | None, SideWords | None]

    @property
    def mark(self) -> str:
        """Return the act that was decided, empty for what is open."""
        if self.pair.state == State.DISSOCIATED:
            return Act.DISSOCIATE.value
        scope = self.pair.confirmed_scope
        if scope is None:
            return ""
        return (Act.CONFIRM if scope == Scope.WHOLE else Act.CONFIRM_IMAGE).value

    @property
    def state(self) -> str:
        """Return how the candidate is shown: by its mark, or as following, blocked or open."""
        if self.pair.is_derived:
            return "follows"
        if self.pair.blocked_by_id is not None:
            return "blocked"
        return self.mark or "open"

    @property
    def is_above(self) -> bool:
        """Tell whether the score counts as a duplicate's."""
        return self.pair.score > self.pair.image_list.duplicate_threshold

    @property
    def has_claims(self) -> bool:
        """Tell whether anything is said of either picture."""
        lines = [words.lines for words in self.words if words]
        return any(self.claims) or any(lines)


@dataclass(frozen=True, slots=True)
class PictureToSettle:
    """The incoming picture with its candidates; `model` is what a script derives marks from."""

    incoming: IncomingPicture
    side: Side
    candidates: tuple[ShownCandidate, ...]
    model: str

    @property
    def focus(self) -> ShownCandidate | None:
        """Return the candidate that is asked about first: doubts come last."""
        waiting = [each for each in self.candidates if each.state == "open"]
        return min(waiting, key=lambda each: each.pair.is_unsure, default=None)

    @property
    def has_few(self) -> bool:
        """Tell whether each candidate is shown as large as the picture, being one of few."""
        return len(self.candidates) <= _FEW

    @property
    def first(self) -> ShownCandidate:
        """Return the candidate whose claim is shown at first."""
        return self.focus or self.candidates[0]

    @property
    def above(self) -> int:
        """Return how many candidates that wait count as duplicates by their score."""
        return sum(each.is_above and each.state == "open" for each in self.candidates)

    @property
    def last_above(self) -> int:
        """Return the number of the last candidate above the threshold, 0 for none."""
        return max((each.number for each in self.candidates if each.is_above), default=0)

    @property
    def has_claims(self) -> bool:
        """Tell whether anything is said of any of the pictures."""
        return any(each.has_claims for each in self.candidates)


@dataclass(frozen=True, slots=True)
class _ReadAtOnce:
    """What was read of all candidates at once."""

    image_id: int
    outlook: Outlook
    groups: Mapping[int, str]
    numbers: Mapping[int, int]
    apart: Mapping[int, Decision]
    texts: Mapping[int, PairTexts]
    may_follow: Collection[int]


def shown_picture(incoming: IncomingPicture) -> PictureToSettle:
    """Return a picture with its candidates to show; a fixed number of queries, however many."""
    pairs = incoming.pairs
    outlook = following.outlook_of(pairs)
    known = _ReadAtOnce(
        image_id=incoming.image.pk,
        outlook=outlook,
        groups=_groups(pairs, outlook),
        numbers={pair.pk: number for number, pair in enumerate(pairs, start=1)},
        apart=pairs_selectors.dissociations_of({p.blocked_by_id for p in pairs if p.blocked_by_id}),
        texts=pairs_texts.texts_of(pairs),
        may_follow=policy.letting_follow(pairs),
    )
    sides = pairs_selectors.with_sides(pairs)
    shown = [each.beginning_with(incoming.image.pk) for each in sides]
    candidates = tuple(_candidate(each, known) for each in shown)
    return PictureToSettle(incoming, shown[0].query, candidates, _model(known))


def _candidate(shown: ShownPair, known: _ReadAtOnce) -> ShownCandidate:
    pair, side = shown.pair, shown.item
    words = pair_words.words_of(shown, known.texts.get(pair.pk))
    cause = pair.follows_from.candidate_id if pair.follows_from else 0
    chips = evidence.chips_of(shown.evidence)[:1]
    is_of_words = bool(chips) and chips[0].is_of_words
    return ShownCandidate(
        number=known.numbers[pair.pk],
        pair=pair,
        side=side,
        linked_item=shown.linked_item,
        group=known.groups[side.image.pk],
        kind=chips[0].name if is_of_words else _kind_name(shown.kind),
        is_of_words=is_of_words,
        may_follow=pair.pk in known.may_follow,
        follows=known.outlook.would_follow(pair),
        follows_number=known.numbers.get(cause, 0),
        is_kept_together=not pair.is_derived and known.outlook.keeps_together(pair),
        apart=known.apart.get(pair.blocked_by_id or 0),
        claims=shown_claims.beside(shown.query.item, side.item),
        words=words.sides if words else (None, None),
    )


def _kind_name(kind: str) -> str:
    return str(_KINDS.get(kind) or wording.kind_name(kind))


def _groups(pairs: Sequence[MatchCandidate], outlook: Outlook) -> dict[int, str]:
    """Return, by picture, what names its cluster; the same on every page until clusters change."""
    alone = {end: _named(end) for pair in pairs for end in (pair.image_low_id, pair.image_high_id)}
    return alone | {
        image_id: _named(min(members))
        for members in outlook.clusters.members()
        for image_id in members
    }


def _named(image_id: int) -> str:
    # Row ids tell strangers how much there is.
    return salted_hmac("review.group", str(image_id)).hexdigest()[:_GROUP_LENGTH]


def _model(known: _ReadAtOnce) -> str:
    clusters, groups = known.outlook.clusters, known.groups
    between = [[*_two(two, groups), len(ids)] for two, ids in known.outlook.between.items()]
    apart = [_two(two, groups) for two in clusters.told_apart()]
    model = {"group": groups[known.image_id], "between": between, "apart": apart}
    return json.dumps(model, separators=(",", ":"))


def _two(sides: frozenset[int], groups: Mapping[int, str]) -> Sequence[str]:
    one, *others = (groups[image_id] for image_id in sides)
    return one, *(others or [one])


def above_sentence(count: int) -> str:
    """Return the words of the button that matches all above the threshold."""
    return _("Match all {n} above the threshold").format(n=count)


def follow_sentence(count: int) -> str:
    """Return how many more pairs would follow from a match, empty for none."""
    if count == 1:
        return _("Match here and {n} more follows from this.").format(n=count)
    return _("Match here and {n} more follow from this.").format(n=count) if count else ""


def said_of(candidate: ShownCandidate) -> str:
    """Return the word beside a candidate's marks."""
    if candidate.state == "follows":
        number = candidate.follows_number
        follows = _("Follows from {n}").format(n=number)
        return follows if number else _("Follows from another pair")
    said = {
        Act.CONFIRM.value: pgettext("decision", "Match"),
        Act.CONFIRM_IMAGE.value: _("Different claim"),
        Act.DISSOCIATE.value: _("Not a match"),
        "": _("Second look") if candidate.pair.is_unsure else "",
    }
    return said[candidate.mark]
