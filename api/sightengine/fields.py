"""Parameters that Sightengine's clients send as text with commas in it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Any

from phonenumbers import SUPPORTED_REGIONS
from rest_framework import serializers
from rest_framework.fields import empty

from api.sightengine.errors import ClassifierNotHere
from moderation.types import LANGUAGES, Key, Options


class TextMode(StrEnum):
    """How a text is judged: as a text by rules, or as a name that somebody chose."""

    RULES = "rules"
    USERNAME = "username"


# Sightengine called rules standard before, and clients still do.
_MODES = {"rules": TextMode.RULES, "standard": TextMode.RULES, "username": TextMode.USERNAME}
_LEARNED = "ml"
_INTERVALS_S = (0.5, 1, 2, 3, 4, 5)


class CommaSeparated(serializers.CharField):
    """Names with commas between them: blanks around them and repeats are dropped."""

    def __init__(self, help_text: str) -> None:
        super().__init__(
            required=False, allow_blank=True, default="", max_length=1000, help_text=help_text
        )

    def run_validation(self, data: Any = empty) -> Any:
        """Return the names in the order given, once the text as a whole is good."""
        text = super().run_validation(data)
        return list(dict.fromkeys(name for part in text.split(",") if (name := part.strip())))


class Languages(CommaSeparated):
    """Codes of languages, in lower case; without any, English."""

    def run_validation(self, data: Any = empty) -> Any:
        """Return the codes; refuse those of languages in which no text is judged."""
        codes = _folded(super().run_validation(data), str.lower)
        if not set(codes) <= set(LANGUAGES):
            raise serializers.ValidationError(
                f"Comma separated codes of ISO 639-1, out of {', '.join(LANGUAGES)}."
            )
        return codes or list(Options().languages)


class Countries(CommaSeparated):
    """Codes of countries, in capitals; without any, those that Sightengine takes."""

    def run_validation(self, data: Any = empty) -> Any:
        """Return the codes; refuse those of no country whose telephone numbers are known."""
        codes = _folded(super().run_validation(data), str.upper)
        if not set(codes) <= SUPPORTED_REGIONS:
            raise serializers.ValidationError(
                "Comma separated codes of two letters as ISO 3166 has them, such as us, fr, gb, of "
                "countries with telephone numbers of their own."
            )
        return codes or list(Options().countries)


class Categories(CommaSeparated):
    """Keys under which hits are answered; without any, all of them."""

    def run_validation(self, data: Any = empty) -> Any:
        """Return the keys; refuse names of none."""
        names = super().run_validation(data)
        if not set(names) <= set(Key):
            raise serializers.ValidationError(f"Comma separated, out of {', '.join(Key)}.")
        return [key for key in Key if key in names] or list(Key)


class FrameInterval(serializers.FloatField):
    """Seconds between the frames of a video, out of a few, in milliseconds; without any, one."""

    def __init__(self, help_text: str) -> None:
        super().__init__(required=False, default=_INTERVALS_S[1], help_text=help_text)

    def run_validation(self, data: Any = empty) -> int:
        """Return the milliseconds; refuse what is between the intervals."""
        seconds = super().run_validation(empty if data == "" else data)
        if seconds not in _INTERVALS_S:
            raise serializers.ValidationError(f"One of {', '.join(map(str, _INTERVALS_S))}.")
        return int(seconds * 1000)


class Mode(serializers.CharField):
    """How a text is judged, as a `TextMode`."""

    def __init__(self, help_text: str) -> None:
        super().__init__(required=False, allow_blank=True, default="", help_text=help_text)

    def run_validation(self, data: Any = empty) -> Any:
        """Return the mode; raise ClassifierNotHere for those that need a learned model."""
        name = super().run_validation(data) or TextMode.RULES
        modes = {part.strip() for part in name.split(",")}
        if _LEARNED in modes:
            raise ClassifierNotHere(
                "The mode ml does not run on this server. Use rules or username.", field="mode"
            )
        if name not in _MODES:
            raise serializers.ValidationError(f"One of {', '.join(_MODES)}.")
        return _MODES[name]


class Flag(serializers.BooleanField):
    """Yes or no, as 1 or 0; no when it is empty or missing."""

    def __init__(self, help_text: str) -> None:
        super().__init__(required=False, default=False, help_text=help_text)

    def run_validation(self, data: Any = empty) -> Any:
        """Return the answer."""
        return super().run_validation(empty if data == "" else data)


def _folded(codes: Collection[str], fold: Callable[[str], str]) -> list[str]:
    return list(dict.fromkeys(map(fold, codes)))
