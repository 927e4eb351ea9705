"""How pairs hold a cluster together: the strongest tree, ways to the reference, places to split."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from review.clusters import tree
from review.clusters.tree import ClusterEdge, Thread

CHAIN = [ClusterEdge(1, 10, 20, 0.9), ClusterEdge(2, 20, 30, 0.6), ClusterEdge(3, 30, 40, 0.8)]


@st.composite
def graphs(draw: st.DrawFn) -> list[ClusterEdge]:
    places = draw(
        st.lists(
            st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda two: two[0] < two[1]),
            min_size=1,
            max_size=20,
        )
    )
    scores = [draw(st.integers(1, 9)) / 10 for _ in places]
    return [
        ClusterEdge(number, low, high, score)
        for number, ((low, high), score) in enumerate(zip(places, scores, strict=True))
    ]


def test_a_chain_is_told_with_its_weakest_pair() -> None:
    assert tree.threads(CHAIN, 10) == {
        20: Thread(1, 0.9),
        30: Thread(2, 0.6),
        40: Thread(3, 0.6),
    }


def test_a_strong_way_round_goes_before_a_weak_direct_pair() -> None:
    ring = [*CHAIN, ClusterEdge(4, 10, 40, 0.7)]

    assert tree.threads(ring, 10)[30] == Thread(2, 0.7)


def test_the_weakest_pairs_of_the_tree_are_places_to_split() -> None:
    ring = [*CHAIN, ClusterEdge(4, 10, 40, 0.7)]

    assert [edge.pair_id for edge in tree.weakest(ring, count=2)] == [4, 3]
    assert tree.split_at(ring, 2) is None
    split = tree.split_at(ring, 4)
    assert split is not None
    assert (split.part, sorted(split.pair_ids)) == (frozenset({10, 20}), [2, 4])


def test_taking_a_picture_out_cuts_all_its_pairs() -> None:
    split = tree.taken_out(CHAIN, 20)

    assert split is not None
    assert (split.edge.pair_id, split.part, split.pair_ids) == (1, frozenset({20}), [1, 2])
    assert tree.taken_out(CHAIN, 99) is None


@given(edges=graphs())
def test_no_pair_between_the_parts_of_a_split_is_stronger_than_where_it_is_split(
    edges: list[ClusterEdge],
) -> None:
    by_id = {edge.pair_id: edge for edge in edges}
    for place in tree.tree(edges):
        split = tree.split_at(edges, place.pair_id)

        assert split is not None
        assert place.pair_id in split.pair_ids
        assert max(by_id[each].score for each in split.pair_ids) == place.score
        rest = [edge for edge in edges if edge.pair_id not in split.pair_ids]
        assert not any((edge.low_id in split.part) != (edge.high_id in split.part) for edge in rest)
