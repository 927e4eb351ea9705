"""What people's decisions imply, worked out from their rows alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from review.models import Act, Decision, MatchCandidate, State
from review.scopes import Scope

Edge = tuple[int, int]
_SAYS = {Act.CONFIRM, Act.AUTO_CONFIRM, Act.CONFIRM_IMAGE, Act.DISSOCIATE}


def check() -> None:
    """Fail unless every stored pair is exactly as people's decisions imply."""
    pairs = list(MatchCandidate.objects.select_related("image_list", "follows_from").order_by("pk"))
    live = [pair for pair in pairs if pair.image_list.removed_at is None]
    said = {pair.pk: _said(pair) for pair in pairs}
    edges = _first_edges(pair for pair in live if said[pair.pk] == Act.CONFIRM)
    apart = [_ends(pair) for pair in live if said[pair.pk] == Act.DISSOCIATE]
    for pair in live:
        if said[pair.pk] is None and pair.state != State.SUPERSEDED:
            _check_open(pair, edges, apart)
        elif said[pair.pk] is not None:
            assert not pair.is_derived
            assert pair.blocked_by_id is None
    for pair in pairs:
        _check_history(pair)


def derived() -> set[int]:
    """Return the row ids of the pairs that follow from others."""
    return set(MatchCandidate.objects.exclude(follows_from=None).values_list("pk", flat=True))


def blocked() -> set[int]:
    """Return the row ids of the pairs that contradict others."""
    return set(MatchCandidate.objects.exclude(blocked_by=None).values_list("pk", flat=True))


def _check_open(pair: MatchCandidate, edges: dict[Edge, int], apart: list[Edge]) -> None:
    low, high = _ends(pair)
    ours, theirs = _reached(low, edges), _reached(high, edges)
    if high in ours and pair.kind != "other_text" and pair.text_state in {"", "agrees", "none"}:
        assert pair.state == State.CONFIRMED
        assert pair.scope == Scope.WHOLE
        assert pair.follows_from_id == _closing(low, high, edges)
        return
    assert pair.state == State.SUGGESTED
    assert pair.follows_from is None
    between = {frozenset(ends) for ends in apart}
    contradicts = high not in ours and any(
        frozenset((one, other)) in between for one in ours for other in theirs
    )
    assert (pair.blocked_by_id is not None) == contradicts
    if pair.blocked_by is not None:
        one, other = _ends(pair.blocked_by)
        assert (one in ours and other in theirs) or (other in ours and one in theirs)


def _check_history(pair: MatchCandidate) -> None:
    state = State.SUGGESTED
    for decision in pair.decisions.exclude(act=Act.EXPLAIN).order_by("pk"):
        assert decision.from_state == state
        state = State(decision.to_state)
        is_system = decision.user_id is None and decision.credential_id is None
        assert is_system or decision.act != Act.FOLLOW
    assert pair.state == state
    followed = pair.decisions.filter(act=Act.FOLLOW, undone_by=None)
    assert followed.count() == int(pair.is_derived)


def _said(pair: MatchCandidate) -> Act | None:
    """Return what somebody said of a pair that stands, by the rows that nobody took back."""
    standing = pair.decisions.filter(act__in=_SAYS, undone_by=None).order_by("-pk").first()
    if standing is None:
        return None
    act = Act(standing.act)
    return Act.CONFIRM if act == Act.AUTO_CONFIRM else act


def _first_edges(pairs: Iterable[MatchCandidate]) -> dict[Edge, int]:
    """Return since when two pictures are connected, of which each of two lists may have a pair."""
    edges: dict[Edge, int] = {}
    for pair in pairs:
        since = _since(pair)
        edges[_ends(pair)] = min(since, edges.get(_ends(pair), since))
    return edges


def _since(pair: MatchCandidate) -> int:
    """Return the decision that made the pair connect, the last time."""
    rows: Iterator[Decision] = pair.decisions.exclude(act=Act.FOLLOW).order_by("-pk").iterator()
    for row in rows:
        before = (row.from_state, row.from_scope)
        if (row.to_state, row.to_scope) == ("confirmed", "whole") != before:
            return row.pk
    raise AssertionError(pair)


def _closing(one: int, other: int, edges: dict[Edge, int]) -> int:
    """Return the first decision after which the two were connected by those that stand."""
    for since in sorted(edges.values()):
        known = {ends: date for ends, date in edges.items() if date <= since}
        if other in _reached(one, known):
            return since
    raise AssertionError((one, other))


def _reached(start: int, edges: dict[Edge, int]) -> set[int]:
    reached = {start}
    for _ in range(len(edges)):
        reached |= {end for ends in edges for end in ends if reached & set(ends)}
    return reached


def _ends(pair: MatchCandidate) -> Edge:
    return pair.image_low_id, pair.image_high_id
