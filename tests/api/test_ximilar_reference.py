"""docs/reference/ximilar.md names every parameter, status and error of the dialect."""

from __future__ import annotations

import re
from pathlib import Path

from rest_framework.serializers import Serializer

from api.ximilar import serializers, urls
from api.ximilar.errors import TABLE
from api.ximilar.serializers import MAX_COUNT, MAX_K, MAX_PAGE_SIZE, MAX_RECORDS
from api.ximilar.statuses import Status

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "ximilar.md").read_text()
_STATUSES, _ERRORS = (
    PAGE.split(f"## {title}\n")[1].split("\n## ")[0] for title in ("Answers", "Errors")
)


def test_every_method_is_there_with_its_parameters() -> None:
    requests = [
        kind
        for name, kind in vars(serializers).items()
        if isinstance(kind, type) and issubclass(kind, Serializer) and name.endswith("Request")
    ]
    parameters = {str(name) for request in requests for name in request().fields}

    assert {"records", "hash_type", "range", "k", "filter", "size"} <= parameters
    assert sorted(name for name in parameters | set(urls._METHODS) if f"`{name}`" not in PAGE) == []


def test_every_status_is_there() -> None:
    rows = [f"| {status.value} | {status.http} | {status.text} |" for status in Status]

    assert [row for row in rows if row not in _STATUSES] == []


def test_every_error_is_there_and_no_other() -> None:
    rows = set(re.findall(r"^\| (\d+) \| (\d+) \|", _ERRORS, re.MULTILINE))

    assert rows == {(str(row.code), str(row.http)) for row in TABLE.values()}


def test_the_limits_are_the_real_ones() -> None:
    assert f"{MAX_RECORDS} of them at most" in PAGE
    assert f"`k` (5, at most {MAX_K})" in PAGE
    assert f"`count` (10, at most {MAX_COUNT})" in PAGE
    assert f"`size` (at most {MAX_PAGE_SIZE})" in PAGE
