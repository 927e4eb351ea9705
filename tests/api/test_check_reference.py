"""The Check dialect's page names every parameter, every extra, every error and every limit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.check import asked, distance
from api.check.errors import TABLE
from api.check.serializers import (
    MAX_BATCH_IMAGES,
    SIMILAR_LIMIT,
    SIMILAR_THRESHOLD,
    BatchedImage,
    BatchRequest,
    Include,
    MatchRequest,
    SimilarRequest,
)
from common import timings
from lists.contexts import MAX_CONTEXT_BYTES, MAX_NESTING
from review.submissions.batches import RETENTION
from review.submissions.values import DEFAULT_LIMIT, MAX_LIMIT

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "check.md").read_text()


def section(title: str) -> str:
    """Return the text under a heading."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, title
    return found[1]


def rows(title: str) -> dict[str, list[str]]:
    """Return the cells of the tables under a heading, by each word in code of the first cell."""
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section(title).splitlines()
        if line.startswith("| `")
    ]
    return {name: row[1:] for row in cells for name in re.findall("`([^`]+)`", row[0])}


@pytest.mark.parametrize(
    ("title", "serializer"),
    [
        ("Match", MatchRequest),
        ("Similar", SimilarRequest),
        ("Batches", BatchRequest),
        ("Batches", BatchedImage),
    ],
)
def test_every_parameter_is_on_the_page(title: str, serializer: type) -> None:
    fields = serializer().fields

    assert [name for name in fields if f"`{name}`" not in section(title)] == []


def test_the_page_has_no_parameter_that_is_not_read() -> None:
    known = {*MatchRequest().fields, *asked._PROMISES, *Include}

    assert set(rows("Match")) - known - {"include"} == set()


def test_every_extra_is_on_the_page() -> None:
    assert set(Include) <= set(rows("Match"))


def test_every_error_is_on_the_page_with_its_status_and_no_other() -> None:
    on_page = {error: int(cells[0]) for error, cells in rows("Errors").items() if error in _CODES}

    assert on_page == {row.error: row.status for row in TABLE.values()}
    assert set(rows("Errors")) == _CODES


_CODES = {row.error for row in TABLE.values()}


def test_every_phase_is_on_the_page() -> None:
    phases = (timings.FETCH, timings.EXAMINE, timings.SEARCH, timings.VERIFY, timings.STORE)
    described = rows("Headers")["Server-Timing"][0]

    assert [phase for phase in (*phases, "total") if f"`{phase}`" not in described] == []


def test_the_limits_are_those_of_the_code() -> None:
    assert (
        f"at most {MAX_CONTEXT_BYTES:,} bytes, {MAX_NESTING} levels" in rows("Match")["context"][1]
    )
    assert rows("Match")["limit"] == [f"{DEFAULT_LIMIT}, 0", rows("Match")["offset"][1]]
    assert f"the best {MAX_LIMIT}" in rows("Match")["offset"][1]
    assert f"(default {SIMILAR_THRESHOLD})" in section("Similar")
    assert f"(default {SIMILAR_LIMIT})" in section("Similar")
    assert f"1 to {MAX_BATCH_IMAGES} objects" in section("Batches")
    assert RETENTION.days == 7
    assert "kept for seven days" in section("Batches")


def test_the_scale_on_the_page_is_the_scale_of_the_code() -> None:
    on_page = {
        float(score): int(points)
        for score, points in re.findall(
            r"^\| ([\d.]+) \| (\d+) \|", section("The scale"), re.MULTILINE
        )
    }

    assert on_page == {score: distance.from_score(score) for score in (1.0, 0.5, 0.2, 0.0)}
