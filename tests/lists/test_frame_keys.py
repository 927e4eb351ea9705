"""One number for one frame of one item."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lists import frame_keys
from matching.types import DecodeLimits


@given(item_id=st.integers(1, 2**50), frame=st.integers(0, DecodeLimits().max_frames - 1))
def test_a_key_tells_its_item_and_its_frame(item_id: int, frame: int) -> None:
    key = frame_keys.key_of(item_id, frame)

    assert (frame_keys.item_of(key), frame_keys.frame_of(key)) == (item_id, frame)
    assert key in frame_keys.keys_of(item_id)
    assert key not in frame_keys.keys_of(item_id + 1)
    assert key < 2**63


@pytest.mark.parametrize("frame", [-1, frame_keys.KEYS_PER_ITEM])
def test_a_frame_without_a_key_is_refused(frame: int) -> None:
    with pytest.raises(ValueError, match="frame"):
        frame_keys.key_of(1, frame)
