"""What is passed in and out of the services of verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class VerdictContent:
    """What a verdict says: a rating in the organisation's own words, and what it rests on.

    `url` is that of the article, `language` a tag of BCP 47; each may be empty.
    """

    rating: str = ""
    title: str = ""
    summary: str = ""
    url: str = ""
    language: str = ""

    @classmethod
    def of(cls, saved: Mapping[str, str]) -> VerdictContent:
        """Return what a row keeps as JSON."""
        return cls(**saved)

    def as_json(self) -> dict[str, str]:
        """Return the same as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture that a client asked about, and whom to tell; what is empty is not given.

    `recipient` is the client's own name for the person who asked, opaque to us.
    """

    external_id: str = ""
    recipient: str = ""
    language: str = ""
    callback_url: str = ""

    @property
    def wants_notice(self) -> bool:
        """Tell whether somebody is to be told of a verdict."""
        return bool(self.recipient or self.callback_url)


@dataclass(frozen=True, slots=True)
class Audience:
    """Who would be told if a verdict were published now: how many of what, by language."""

    verdicts: int
    corrections: int
    retractions: int
    languages: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many notices there would be."""
        return self.verdicts + self.corrections + self.retractions
