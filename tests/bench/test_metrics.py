"""The figures of a matcher, on answers made by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import metrics
from bench.evaluation.folder import Folder, FolderQuery, IndexedPicture
from bench.evaluation.subset import with_fewer_items, with_fewer_queries
from bench.metrics import Answer, Measurement, Threshold, exclusive, measured

NO_CUT = -math.inf


def query(truth: str, edit: str = "crop", source: str = "", group: str = "g") -> FolderQuery:
    source = source or truth
    return FolderQuery(f"{edit}-{source}.jpg", edit, group, source, truth, "photo")


def folder_of(
    queries: Sequence[FolderQuery], item_count: int = 4, ignored: Sequence[tuple[str, str]] = ()
) -> Folder:
    """Return a folder whose items are a, b, c, ..., and `hard` at the end."""
    names = [chr(ord("a") + number) for number in range(item_count - 1)]
    items = [IndexedPicture(name, f"{name}.jpg", "base", "photo") for name in names]
    items.append(IndexedPicture("hard", "hard.jpg", "hardneg", "photo"))
    return Folder(Path(), tuple(items), tuple(queries), frozenset(ignored))


def figures(folder: Folder, answers: Sequence[Answer], cut: float = 0.5) -> Measurement:
    return measured(folder, answers, cut)


def test_recall_is_the_share_of_right_items_above_the_threshold() -> None:
    folder = folder_of([query("a"), query("b"), query("c"), query("a", "chat")])
    answers = [[("a", 0.9)], [("b", 0.5)], [("a", 0.2)], [("a", 0.51)]]
    found = figures(folder, answers)
    assert found.recall[Threshold.DEFAULT] == {"crop": pytest.approx(1 / 3), "chat": 1.0}
    assert found.macro(Threshold.DEFAULT) == pytest.approx(2 / 3)


def test_every_edit_weighs_the_same_in_its_group_and_overall() -> None:
    queries = [
        query("a"),
        query("b"),
        query("c"),
        query("a", "chat"),
        query("a", "flip", group="f"),
    ]
    found = figures(folder_of(queries), [[("a", 1)], [("b", 1)], [("c", 1)], [], []])
    assert found.of_group(Threshold.DEFAULT, "g") == 0.5
    assert found.of_group(Threshold.DEFAULT, "f") == 0.0
    assert found.macro(Threshold.DEFAULT) == pytest.approx(1 / 3)


def test_a_threshold_that_matches_itself_lets_equal_scores_in_and_a_strict_one_does_not() -> None:
    folder = folder_of([query("a")])
    lenient = figures(folder, [[("a", -31.0)]], exclusive(-31.0, is_strict=False))
    strict = figures(folder, [[("a", -31.0)]], exclusive(-31.0, is_strict=True))
    assert lenient.macro(Threshold.DEFAULT) == 1
    assert strict.macro(Threshold.DEFAULT) == 0


def test_a_right_pair_that_ties_with_the_first_wrong_one_is_not_found_without_errors() -> None:
    folder = folder_of([query("a"), query("b"), query("c")])
    answers = [[("a", 0.8)], [("b", 0.7)], [("c", 0.9), ("a", 0.7)]]
    found = figures(folder, answers)
    assert found.cuts[Threshold.NONE_WRONG] == 0.7
    assert found.macro(Threshold.NONE_WRONG) == pytest.approx(2 / 3)


def test_without_any_wrong_pair_everything_that_was_returned_is_found() -> None:
    found = figures(folder_of([query("a"), query("b")]), [[("a", 0.001)], []])
    assert found.cuts[Threshold.NONE_WRONG] == NO_CUT
    assert found.macro(Threshold.NONE_WRONG) == 0.5


def test_one_wrong_pair_per_million_comparisons_is_allowed() -> None:
    queries = [query("a", source=f"s{number}") for number in range(1000)]
    answers: list[Answer] = [[("a", 0.5)] for _ in queries]
    answers[:3] = [
        [("b", 0.9), ("a", 0.95)],
        [("b", 0.8), ("a", 0.85)],
        [("b", 0.6), ("a", 0.8)],
    ]
    found = figures(folder_of(queries, item_count=1000), answers)
    assert found.allowed == 1
    # The second wrong pair is at 0.8: what scores more passes, what ties with it does not.
    assert found.cuts[Threshold.ONE_IN_A_MILLION] == 0.8
    assert found.macro(Threshold.ONE_IN_A_MILLION) == 2 / 1000
    assert found.macro(Threshold.NONE_WRONG) == 1 / 1000


@pytest.mark.parametrize(
    ("query_count", "item_count", "allowed"),
    [(999, 1001, 0), (1000, 1000, 1), (2000, 1500, 3), (5000, 2000, 10)],
)
def test_the_number_of_allowed_pairs_follows_the_comparisons(
    query_count: int, item_count: int, allowed: int
) -> None:
    queries = [query("a", source=str(number)) for number in range(query_count)]
    found = figures(folder_of(queries, item_count), [[] for _ in queries])
    assert found.allowed == allowed
    assert (Threshold.ONE_IN_A_MILLION in found.cuts) == bool(allowed)
    assert (Threshold.ONE_IN_TEN_MILLION in found.cuts) == (allowed >= 10)


def test_ignored_pairs_are_neither_hits_nor_errors() -> None:
    queries = [query("a"), query("", source="x")]
    ignored = [("a", "b"), ("x", "c")]
    answers = [[("b", 0.9), ("a", 0.8)], [("c", 0.9)]]
    found = figures(folder_of(queries, ignored=ignored), answers)
    assert found.judged.wrong == ()
    assert found.macro(Threshold.NONE_WRONG) == 1
    assert found.average_precision == 1
    assert found.unmatched_flagged() == 0


def test_an_ignored_pair_of_another_source_is_an_error() -> None:
    found = figures(folder_of([query("c")], ignored=[("a", "b")]), [[("b", 0.9)]])
    assert len(found.wrong_at_default()) == 1


def test_wrong_pairs_are_counted_by_pair_and_hard_negatives_apart() -> None:
    queries = [query("a"), query("", source="x"), query("", source="y")]
    answers = [
        [("a", 0.9), ("b", 0.8), ("hard", 0.7)],
        [("hard", 0.6), ("c", 0.55), ("b", 0.2)],
        [("a", 0.4)],
    ]
    found = figures(folder_of(queries), answers)
    assert [pair.score for pair in found.wrong_at_default()] == [0.8, 0.7, 0.6, 0.55]
    assert found.hard_wrong_at_default() == 2
    assert (found.unmatched_flagged(), found.judged.unmatched) == (1, 2)


def test_an_item_that_is_returned_twice_counts_once_with_its_best_score() -> None:
    found = figures(folder_of([query("a")]), [[("a", 0.3), ("a", 0.9), ("b", 0.6), ("b", 0.7)]])
    assert found.macro(Threshold.DEFAULT) == 1
    assert [pair.score for pair in found.judged.wrong] == [0.7]


def test_average_precision_ranks_the_pairs_of_all_queries_together() -> None:
    queries = [query("a"), query("b"), query("c")]
    answers = [[("a", 0.9)], [("b", 0.5), ("hard", 0.7)], []]
    # Right, wrong, right; the third right item was never returned.
    expected = (1 / 1 + 2 / 3) / 3
    assert figures(folder_of(queries), answers).average_precision == pytest.approx(expected)


def test_average_precision_ranks_a_right_pair_after_the_wrong_ones_it_ties_with() -> None:
    found = figures(folder_of([query("a")]), [[("a", 0.9), ("b", 0.9)]])
    assert found.average_precision == 0.5


def test_nothing_returned_is_nothing_found() -> None:
    found = figures(folder_of([query("a"), query("", source="x")]), [[], []])
    assert found.average_precision == 0
    assert found.macro(Threshold.NONE_WRONG) == 0


def test_the_standard_error_shrinks_with_queries_and_edits() -> None:
    one = figures(folder_of([query("a"), query("b")]), [[("a", 1)], []])
    assert one.standard_error(Threshold.DEFAULT) == pytest.approx(math.sqrt(0.25 / 2))
    queries = [query(truth, edit) for edit in ("crop", "chat") for truth in ("a", "b")]
    two = figures(folder_of(queries), [[("a", 1)], []] * 2)
    assert two.standard_error(Threshold.DEFAULT) == pytest.approx(math.sqrt(2 * 0.25 / 2) / 2)


def test_answers_that_mean_nothing_are_refused() -> None:
    folder = folder_of([query("a")])
    with pytest.raises(ValueError, match="no such items: z"):
        figures(folder, [[("z", 0.1)]])
    with pytest.raises(ValueError, match="not a number"):
        figures(folder, [[("a", math.nan)]])
    with pytest.raises(ValueError, match="argument"):
        metrics.judge(folder, [])


def test_a_smaller_folder_keeps_originals_hard_negatives_and_the_queries_that_fit() -> None:
    items = [IndexedPicture(str(number), "f", "base", "ab"[number % 2]) for number in range(60)]
    items += [IndexedPicture(f"h{number}", "f", "hardneg", "a") for number in range(20)]
    items += [IndexedPicture(f"d{number}", "f", "distractor", "a") for number in range(20)]
    queries = [query(str(number), edit) for edit in ("crop", "chat") for number in range(40)]
    queries.append(query("", source="x"))
    folder = with_fewer_items(Folder(Path(), tuple(items), tuple(queries), frozenset()), 20)
    ids = {item.id for item in folder.items}
    assert len(folder.items) == 20
    assert sum(item.is_hard_negative for item in folder.items) == 4
    originals = [item for item in folder.items if item.id.isdigit() and int(item.id) < 40]
    assert sorted(item.kind for item in originals) == ["a"] * 6 + ["b"] * 6
    assert {each.truth for each in folder.queries} == {*(item.id for item in originals), ""}
    assert all(each.truth in ids for each in folder.queries if each.truth)


def test_fewer_queries_keep_as_many_of_each_edit_and_all_without_an_original() -> None:
    queries = [query(truth, edit) for edit in ("crop", "chat") for truth in ("a", "b", "c")]
    queries += [query("", source=name) for name in "xyz"]
    kept = with_fewer_queries(folder_of(queries), 2).queries
    edits = [each.transform for each in kept if each.truth]
    assert (edits.count("crop"), edits.count("chat")) == (2, 2)
    assert sum(not each.truth for each in kept) == 3
