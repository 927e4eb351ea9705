"""Signs in the place of a swear word: `#@$%!`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from moderation.text.detectors.finds import Find
from moderation.types import Key, Options

_SIGNS = re.compile(r"[#@$%&*!]{3,}+")
# More letters than these before the signs are a word of their own, fewer the rest of a masked one.
_MASKED_LETTERS = 3
_FEW_LETTERS = re.compile(rf"(?:\A|[\W\d_])[^\W\d_]{{1,{_MASKED_LETTERS}}}\Z")
_LEAST_KINDS = 2


def found(text: str, _options: Options) -> Iterator[Find]:
    """Find three signs of two kinds; "100%!!" and "$$$!!!" are no curses."""
    for match in _SIGNS.finditer(text):
        # Marks of exclamation at the end stress what stands before them.
        is_varied = len(set(match[0].rstrip("!"))) >= _LEAST_KINDS
        if is_varied and not _is_part_of_a_word(text, match):
            yield Find(Key.PROFANITY, "grawlix", match.start(), match.end())


def _is_part_of_a_word(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _MASKED_LETTERS - 1) : match.start()]
    after = text[match.end() : match.end() + 1]
    return after.isalnum() or before[-1:].isdigit() or bool(_FEW_LETTERS.search(before))
