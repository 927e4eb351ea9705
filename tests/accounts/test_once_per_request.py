"""What is looked up once per request and kept with it."""

from __future__ import annotations

import pytest
from django.http import HttpRequest

from accounts.http import once_per_request


def test_a_request_is_looked_up_once_and_another_one_again() -> None:
    asked: list[HttpRequest] = []

    @once_per_request
    def found(request: HttpRequest) -> None:
        asked.append(request)

    first, second = HttpRequest(), HttpRequest()
    for request in (first, first, second):
        found(request)

    assert asked == [first, second]


def test_two_functions_keep_their_answers_apart() -> None:
    request = HttpRequest()

    @once_per_request
    def one(request: HttpRequest) -> int:
        return 1

    @once_per_request
    def two(request: HttpRequest) -> int:
        return 2

    assert [one(request), two(request), one(request)] == [1, 2, 1]


def test_a_refusal_is_not_kept() -> None:
    request = HttpRequest()
    answers: dict[str, int] = {}

    @once_per_request
    def found(request: HttpRequest) -> int:
        return answers["number"]

    with pytest.raises(KeyError):
        found(request)
    answers["number"] = 7

    assert found(request) == 7
