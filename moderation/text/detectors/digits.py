"""Figures behind letters and words: `O79II`, `five five five`."""

from __future__ import annotations

import re
from functools import lru_cache

from moderation.text.detectors.plain import Plain
from moderation.text.detectors.vocabulary import digit_words, tokens

_LIKE_FIGURES = str.maketrans("Oo\u041e\u043elI|", "0000111")
_TOKEN = re.compile(r"(?<![^\W_])(?=[Oo\u041e\u043elI|]*\d)[\dOo\u041e\u043elI|]{2,}+(?![^\W_])")
_DIGIT = re.compile(r"\d")
# Without a figure of its own only beside one, and not "Il" or "lo", which are words.
_BESIDE = re.compile(
    r"(?<![^\W_])(?=[ol\u043eI|]*[O\u041e])[Oo\u041e\u043elI|]{2,6}(?![^\W_])(?=[ ().-]{1,3}\d)"
    r"|(?<=\d[ .-])(?=[ol\u043eI|]*[O\u041e])[Oo\u041e\u043elI|]{2,6}(?![^\W_])"
)
_LONE = re.compile(r"(?<=\d[ .-])[O\u041e](?=[ .-]\d)")
# Fewer words than these are counted things, not figures of a number.
_LEAST_WORDS = 3
_BETWEEN = re.compile(r"[\s\d.,\-–_/()+*·]{0,8}")
_TIMES = {"double": 2, "triple": 3}


def figures(text: str) -> str:
    """Return the text, as long as before, with 0 for O and 1 for l or I among figures."""
    if not _DIGIT.search(text):
        return text
    text = _TOKEN.sub(lambda match: match[0].translate(_LIKE_FIGURES), text)
    text = _BESIDE.sub(lambda match: match[0].translate(_LIKE_FIGURES), text)
    return _LONE.sub("0", text)


def spelled_figures(text: str, languages: tuple[str, ...]) -> Plain:
    """Return the text with figures for digit words of these languages, three or more in a row."""
    plain = Plain(text, range(len(text)), range(1, len(text) + 1))
    if not _may_have_words(text, languages):
        return plain
    pattern = _pattern(languages)
    matches = list(pattern.finditer(text))
    if len(matches) < _LEAST_WORDS:
        return plain
    in_a_row = _in_a_row(text, matches)
    digits = digit_words(languages)

    def figure(match: re.Match[str]) -> str:
        if match.start() not in in_a_row:
            return match[0]
        digit = digits.get((match["word"] or match["syllable"]).lower())
        return digit * _TIMES.get((match["times"] or "").lower(), 1) if digit else match[0]

    return plain.rewritten(pattern, figure)


def _may_have_words(text: str, languages: tuple[str, ...]) -> bool:
    words = digit_words(languages).keys()
    if not tokens(text).isdisjoint(words):
        return True
    return any(map(_is_syllable, words)) and not text.isascii()


def _in_a_row(text: str, matches: list[re.Match[str]]) -> set[int]:
    rows: list[list[int]] = [[]]
    end = 0
    for match in matches:
        if rows[-1] and not _BETWEEN.fullmatch(text, end, match.start()):
            rows.append([])
        rows[-1].append(match.start())
        end = match.end()
    return {start for row in rows if len(row) >= _LEAST_WORDS for start in row}


@lru_cache(256)
def _pattern(languages: tuple[str, ...]) -> re.Pattern[str]:
    words = sorted(digit_words(languages), key=len, reverse=True)
    alphabetic = "|".join(re.escape(word) for word in words if not _is_syllable(word))
    syllables = "".join(word for word in words if _is_syllable(word))
    single = f"|(?P<syllable>[{syllables}])" if syllables else ""
    times = r"(?:(?P<times>double|triple) )?"
    return re.compile(
        rf"(?<![^\W\d_]){times}(?P<word>{alphabetic})(?![^\W\d_]){single}", re.IGNORECASE
    )


def _is_syllable(word: str) -> bool:
    """Tell Chinese and Korean figures, which are written without blanks, from words."""
    return word >= "\u3000"
