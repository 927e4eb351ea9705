"""From the recogniser's probabilities to text, as the languages are written that are judged here.

Between outlined and narrow letters the recogniser sees spaces only dimly, and small accents on
them, too. So a space is taken where it gives it a tenth of what it gives to no character at all;
and a letter that none of the languages has, such as Č, counts for a tenth, that Ğ is not taken for
it. What is seen clearly stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

# Those of Latin script that the languages of `moderation.types.LANGUAGES` have, beyond a to z.
_LETTERS: Final = frozenset(
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüÿąćęğıłńœśşźżßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŸĄĆĘĞİŁŃŒŚŞŹŻ"
)
_FIRST, _LAST = "\u00c0", "\u024f"
_MIN_SPACE, _STRANGE = 0.1, 0.1
# Where the recogniser keeps them among its characters.
_BLANK, _SPACE = 0, -1


class Decoder:
    """RapidOCR's own decoder, behind the choice of the characters."""

    def __init__(self, inner: Any) -> None:  # noqa: ANN401 - RapidOCR carries no types
        self._inner = inner
        self._space = len(inner.character) - 1
        self._strange = [number for number, each in enumerate(inner.character) if _is_strange(each)]

    def __call__(
        self, probabilities: npt.NDArray[np.float32], *_: object, **__: object
    ) -> tuple[Sequence[tuple[str, float]], Sequence[object]]:
        """Return text and confidence of each line; of (lines, steps, characters)."""
        highest = probabilities.max(axis=2)
        # In place: a copy of long lines would take 100 MB.
        probabilities[:, :, self._strange] *= _STRANGE
        chosen = probabilities.argmax(axis=2)
        blank, space = probabilities[:, :, _BLANK], probabilities[:, :, _SPACE]
        dim = (chosen == _BLANK) & (space > _MIN_SPACE * blank)
        for line, step in np.argwhere(dim).tolist():
            if self._is_between_letters(chosen[line], step):
                chosen[line, step] = self._space
        read, words = self._inner.decode(chosen, highest, remove_duplicate=True)
        return read, words

    def _is_between_letters(self, line: npt.NDArray[np.int64], step: int) -> bool:
        """Tell whether letters are on both sides: a figure and its sign stay together."""
        before = [each for each in line[:step].tolist() if each != _BLANK][-1:]
        after = [each for each in line[step + 1 :].tolist() if each != _BLANK][:1]
        # A space that was put there before is beside this one.
        sides = [self._inner.character[each] for each in (*before, *after)]
        return len(sides) == 2 and all(each.isalpha() or each == " " for each in sides)


def _is_strange(character: str) -> bool:
    is_beyond_ascii = len(character) == 1 and _FIRST <= character <= _LAST
    return is_beyond_ascii and character.isalpha() and character not in _LETTERS
