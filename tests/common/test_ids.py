"""Public ids."""

from __future__ import annotations

import re

from common import ids


def test_an_id_is_its_prefix_and_21_base62_characters() -> None:
    assert re.fullmatch(r"ili_[0-9A-Za-z]{21}", ids.new_id("ili"))


def test_only_what_can_be_looked_up_looks_like_an_id() -> None:
    assert all(ids.is_id(text) for text in (ids.new_id("mem"), "mat_nothing"))
    assert not any(
        ids.is_id(text) for text in ("", "mat_\x00", "mat_é", "mat_\ud800", "a/b", "..", "mat_1\n")
    )


def test_ids_do_not_repeat() -> None:
    assert len({ids.new_id("med") for _ in range(1000)}) == 1000
