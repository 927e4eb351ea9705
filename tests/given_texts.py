"""A reader that is told what pictures say, for tests of what follows from it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from common.errors import LookalikeError
from moderation.types import Line, Quad, Reading

READER = "tests 1"


@dataclass(slots=True)
class GivenTexts:
    """Takes the place of `model_pool.current()`: pictures say what was given, others nothing."""

    says: dict[str, Reading | LookalikeError] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    refused_once: dict[str, LookalikeError] = field(default_factory=dict)
    says_again: dict[str, str] = field(default_factory=dict)

    def give(self, data: bytes, *texts: str, confidence: float = 0.95) -> None:
        """Have a picture say these lines, one below the other."""
        self.says[_sha256(data)] = reading(*texts, confidence=confidence)

    def refuse(self, data: bytes, error: LookalikeError) -> None:
        """Let nobody read a picture."""
        self.says[_sha256(data)] = error

    def refuse_once(self, data: bytes, error: LookalikeError) -> None:
        """Fail the first time that a picture is read."""
        self.refused_once[_sha256(data)] = error

    def read_text(
        self, data: bytes, languages: tuple[str, ...] = ("en",), *, owner: Hashable = None
    ) -> tuple[Reading, ...]:
        """Answer as `ModelPool.read_text` does."""
        del languages, owner
        sha256 = _sha256(data)
        self.asked[sha256] += 1
        said = self.refused_once.pop(sha256, None) or self.says.get(sha256, reading())
        if isinstance(said, LookalikeError):
            raise said
        return (said,)

    def give_again(self, data: bytes, text: str) -> None:
        """Have a picture say this wherever it is read again."""
        self.says_again[_sha256(data)] = text

    def reread(
        self, data: bytes, frame: int, quads: Sequence[Quad], *, owner: Hashable = None
    ) -> tuple[Line, ...]:
        """Answer as `ModelPool.reread` does."""
        del frame, owner
        text = self.says_again.get(_sha256(data), "")
        return tuple(Line(text, 0.95, quad, artificial=1.0) for quad in quads if text)


def reading(*texts: str, confidence: float = 0.95) -> Reading:
    """Return a reading of lines in the lower half of a picture, each 0.08 of it high."""
    lines = [
        Line(text, confidence, box(round(0.5 + number / 10, 2)), artificial=1.0)
        for number, text in enumerate(texts)
    ]
    return Reading(0, tuple(lines), (), READER)


def box(top: float) -> Quad:
    """Return where a line stands."""
    bottom = round(top + 0.08, 2)
    return (0.1, top), (0.9, top), (0.9, bottom), (0.1, bottom)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
