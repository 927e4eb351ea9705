"""Social security numbers of the United States.

Area numbers 000, 666 and 900 to 999, group 00 and serial 0000 are never given out
(https://www.ssa.gov/employer/randomization.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from moderation.text.detectors.digits import figures
from moderation.text.detectors.finds import Find
from moderation.types import Key, Options

_RULES = r"(?!000|666|9)\d{3}{part}(?!00)\d{2}{part}(?!0000)\d{4}"
_EDGES = r"(?<![\w+$€£#/.-]){}(?![\w%]|[-./]\d)"
_DASHED = re.compile(_EDGES.format(_RULES.replace("{part}", " ?[-–—] ?")))
_LOOSE = re.compile(_EDGES.format(_RULES.replace("{part}", "[ .]?")))
_FORM = re.compile(_EDGES.format(r"\d{3}[-–—]\d{2}[-–—]\d{4}"))
_CUE = re.compile(
    r"(?<![^\W_])(?:ssn?|s\.s\.n?|soc(?:ial)?[ -]?sec\w*|social)(?![^\W_])", re.IGNORECASE
)
_CONTEXT = 40
_FIGURE = re.compile(r"\d")


def found(text: str, _options: Options) -> Iterator[Find]:
    """Find ddd-dd-dddd; nine figures with blanks or bare only after a word that announces them."""
    if not _FIGURE.search(text):
        return
    text = figures(text)
    dashed = [match.span() for match in _DASHED.finditer(text)]
    loose = [match.span() for match in _LOOSE.finditer(text) if has_cue(text, match.start())]
    for start, end in [*dashed, *loose]:
        yield Find(Key.PERSONAL, "ssn", start, end)


def has_cue(text: str, start: int) -> bool:
    """Tell whether words shortly before this place announce such a number."""
    return bool(_CUE.search(text[max(0, start - _CONTEXT) : start]))


def spans_of_form(text: str) -> list[tuple[int, int]]:
    """Return what is parted as such numbers are, given out or not, and those after a cue.

    Nobody writes telephone numbers so.
    """
    if not _FIGURE.search(text):
        return []
    finds = [(find.start, find.end) for find in found(text, Options())]
    return sorted({*finds, *(match.span() for match in _FORM.finditer(text))})
