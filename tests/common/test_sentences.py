"""Sentences that remember how they were made."""

from __future__ import annotations

import copy
import pickle

import pytest

from common.errors import InvalidInput
from common.sentences import Sentence


def test_a_sentence_is_its_english_text() -> None:
    assert Sentence("At most %(most)s.", most=3) == "At most 3."
    assert Sentence("100 % sure") == "100 % sure"


@pytest.mark.parametrize("sentence", [Sentence("At most %(most)s.", most=3), Sentence("100 %")])
def test_a_copy_remembers_how_it_was_made(sentence: Sentence) -> None:
    for twin in (pickle.loads(pickle.dumps(sentence)), copy.copy(sentence)):  # noqa: S301
        assert twin == sentence
        assert (twin.pattern, twin.values) == (sentence.pattern, sentence.values)


def test_an_error_from_another_process_keeps_its_sentence() -> None:
    error = InvalidInput(Sentence("At most %(most)s.", most=3), field="name")

    twin = pickle.loads(pickle.dumps(error))  # noqa: S301

    assert twin.message == "At most 3."
    assert twin.message.pattern == "At most %(most)s."
    assert twin.field == "name"
