"""Sentences for people that are said in English here and may be said in other languages later."""

from __future__ import annotations

from typing import Self


class Sentence(str):
    """An English sentence that remembers how it was made: a pattern and what fills it.

    Programs are told the sentence as it is. Pages look the pattern up in the language of the
    person; `make messages` collects it from the call.
    """

    __slots__ = ("pattern", "values")
    pattern: str
    values: dict[str, object]

    def __new__(cls, pattern: str, **values: object) -> Self:
        """Fill the pattern, `%(name)s` by `name=`; without values it is taken as it stands."""
        sentence = super().__new__(cls, pattern % values if values else pattern)
        sentence.pattern, sentence.values = pattern, values
        return sentence

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        """Have copies, also those for other processes, made as the original was."""
        return (self.pattern,), self.values
