"""Which words of the scene say nothing when one of two pictures alone has them.

Signs, labels and texture that can just be read are read in one copy and not in the other, or
otherwise in each. A caption that was laid over a picture is to be read in all of its copies. So is
a sign that is as clear: nothing of what was read surely is left out while something else stands
in its place.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from rapidfuzz import fuzz, process

from moderation.text import alike
from moderation.text.opposite import Opposite
from moderation.text.read_words import ReadWord, SideText, joined
from moderation.types import Line, UnreadText

# A line with a lower probability of having been laid over the picture may be of the scene. What
# could just be read, by its size or by how sure the reader was, tells that badly.
ARTIFICIAL: Final = 0.35
_ARTIFICIAL_IF_FAINT, _SURE_OF_FAINT, _FAINT_PX = 0.6, 0.9, 12.0
_ARTIFICIAL_IF_BADLY_READ, _READ_WELL = 0.5, 0.8
# Of the scene, what is read with less, is as short or as small in one of the pictures says nothing.
SURE: Final = 0.95
CLEAR_PX: Final = 16.0
_SHORT = 4
# Two readings of a word have at least so much of each other: if one is a bad one, and if one is
# only not a sure one.
_BAD_READINGS_PERCENT, _READINGS_PERCENT = 40.0, 70.0
# Rows of round or straight things are read as such figures, and look as flat as a caption.
_TEXTURE, _ROW, _ARTIFICIAL_IF_ROW = frozenset("01"), 4, 0.7
# The detector takes texture for text, in one of two copies alone, as surely as this.
_SURE_OF_NO_TEXTURE, _ARTIFICIAL_IF_TEXTURE = 0.9, 0.1


def says_nothing(
    text: SideText, word: ReadWord, placed: Opposite, missing: Collection[int], *, whole: bool
) -> bool:
    """Tell whether a word that the other picture seems not to have may be left out.

    `missing` are the `id` of all words that either picture has alone; `whole` tells that these are
    all words of this one's line.
    """
    line = text.lines[word.line]
    if not placed.is_known or not _may_be_of_scene(text, line, placed.lines_there(text, word)):
        return False
    if _is_read_badly(text, word, placed):
        return True
    there = placed.words(text, word)
    # What both pictures have is no other reading of a line.
    is_other = any(each.is_well_read and id(each) in missing for each in there)
    return whole and not is_other and (word.is_cut or _is_unclear(text, line))


def is_no_text(text: SideText, each: UnreadText, placed: Opposite) -> bool:
    """Tell whether a place that nobody could read is of the scene, and no caption."""
    if not each.confidence or each.confidence >= SURE or each.artificial >= ARTIFICIAL:
        return False
    is_texture = each.artificial < _ARTIFICIAL_IF_TEXTURE and each.confidence < _SURE_OF_NO_TEXTURE
    return is_texture or placed.has_any(text, each.quad) or text.least_height_px(each) < CLEAR_PX


def _may_be_of_scene(text: SideText, line: Line, there: Sequence[Line]) -> bool:
    """Tell whether neither it nor what stands there was laid over the picture for sure.

    Where a text is larger, this is told better.
    """
    least = ARTIFICIAL
    if any(each.confidence < _READ_WELL for each in (line, *there)):
        least = max(least, _ARTIFICIAL_IF_BADLY_READ)
    if line.confidence < _SURE_OF_FAINT and text.least_height_px(line) < _FAINT_PX:
        least = max(least, _ARTIFICIAL_IF_FAINT)
    if _is_row(line):
        least = max(least, _ARTIFICIAL_IF_ROW)
    return max(each.artificial for each in (line, *there)) < least


def _is_row(line: Line) -> bool:
    read = joined(line.text)
    return len(read) >= _ROW and set(read) <= _TEXTURE


def _is_unclear(text: SideText, line: Line) -> bool:
    return (
        line.confidence < SURE
        or len(joined(line.text)) <= _SHORT
        or text.least_height_px(line) < CLEAR_PX
        or _is_row(line)
    )


def _is_read_badly(text: SideText, word: ReadWord, placed: Opposite) -> bool:
    """Tell whether a word and one at its place may be two readings of one."""
    line = text.lines[word.line]
    if word.figures and line.confidence >= _SURE_OF_FAINT:
        return False
    there = placed.words(text, word)
    badly = [each.folded for each in there if not (word.is_sure and each.is_sure)]
    if _is_one_of(word, badly, _BAD_READINGS_PERCENT):
        return True
    if min(each.confidence for each in (line, *placed.lines_there(text, word))) >= SURE:
        return False
    alike_before = [
        each.folded for each in there if not alike.has_more_before(word.folded, each.folded)
    ]
    return _is_one_of(word, alike_before, _READINGS_PERCENT)


def _is_one_of(word: ReadWord, others: Sequence[str], least: float) -> bool:
    scorer = fuzz.ratio
    return process.extractOne(word.folded, others, scorer=scorer, score_cutoff=least) is not None
