"""The models that Sightengine's clients may ask for by name, and those that run on this server.

One table: which task answers a model, and under which keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.sightengine.errors import ClassifierNotHere, UnknownClassifier
from common.errors import LookalikeError
from lists import analysers
from moderation import registry
from moderation.reading import installed
from moderation.reading.errors import ReaderNotInstalled
from moderation.vision import offers
from moderation.vision.errors import ModelNotInstalled


class Task(StrEnum):
    """What is done with a picture for a model."""

    MEASURE = "measure"
    FIND_TEXT = "find_text"
    JUDGE_TEXT = "judge_text"
    JUDGE_CODES = "judge_codes"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Classifier:
    """A model by the name that clients know; no task where this server never runs it.

    `same_as` is the analyser's name where it is another one.
    """

    name: str
    task: Task | None = None
    keys: tuple[str, ...] = ()
    same_as: str = ""

    @property
    def analyser(self) -> str:
        """Return the name of what answers it in the registry."""
        return self.same_as or self.name


_HERE = (
    Classifier(
        registry.PROPERTIES, Task.MEASURE, ("sharpness", "contrast", "brightness", "colors")
    ),
    Classifier(registry.TEXT, Task.FIND_TEXT, ("text",)),
    Classifier(registry.TEXT_CONTENT, Task.JUDGE_TEXT, ("text",)),
    Classifier(registry.QR_CONTENT, Task.JUDGE_CODES, ("qr",)),
    Classifier(offers.FACE, Task.LOOK, ("face", "faces")),
    # What pages about videos call it.
    Classifier(offers.FACES, Task.LOOK, ("face", "faces"), same_as=offers.FACE),
    Classifier(offers.NUDITY, Task.LOOK, ("nudity",)),
    Classifier(offers.TYPE, Task.LOOK, ("type",)),
    Classifier(offers.WAD, Task.LOOK, offers.WAD_KEYS),
    Classifier(offers.FACE_ATTRIBUTES, Task.LOOK, ("faces",)),
    Classifier(offers.CELEBRITIES, Task.LOOK, ("faces",)),
    Classifier(offers.SCAM, Task.LOOK, ("scam", "faces")),
    Classifier(offers.OFFENSIVE, Task.LOOK, ("offensive",)),
)
# As named in Sightengine's public documentation, with the version suffixes that clients send.
_NEVER_HERE = (
    "age alcohol anonymous deepfake destruction face-age face-gender gambling gender genai gore "
    "gore-2.0 license-plate medical military minor money nudity-2.0 nudity-2.1 offensive-2.0 "
    "quality recreational_drug self-harm tobacco violence weapon"
)
TABLE: Mapping[str, Classifier] = {
    each.name: each for each in (*_HERE, *map(Classifier, _NEVER_HERE.split()))
}
# Models with an address of their own under /1.0/.
NEVER_HERE = frozenset(_NEVER_HERE.split())
LOOKS = tuple(each.name for each in _HERE if each.task == Task.LOOK)


@dataclass(frozen=True, slots=True)
class AskedClassifiers:
    """What runs here of what was asked for, and the models and languages that do not."""

    names: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()

    def asks_for(self, task: Task) -> bool:
        """Tell whether one of the models is answered by the task."""
        return bool(self.answered_by(task))

    def answered_by(self, task: Task) -> tuple[str, ...]:
        """Return those of the models that are answered by the task."""
        return tuple(name for name in self.names if TABLE[name].task == task)


def asked_for(names: Sequence[str], languages: Sequence[str]) -> AskedClassifiers:
    """Return what runs here; the languages are those of the texts that are judged, if any are.

    Raise UnknownClassifier for what is no model at all.
    """
    refused = tuple(name for name in names if _refusal(name))
    here = tuple(name for name in names if name not in refused)
    if not AskedClassifiers(here).asks_for(Task.JUDGE_TEXT):
        return AskedClassifiers(here, unavailable=refused)
    readable = registry.readable(languages)
    unreadable = tuple(code for code in languages if code not in readable)
    if not readable:
        unjudged = tuple(name for name in here if TABLE[name].task == Task.JUDGE_TEXT)
        here = tuple(name for name in here if name not in unjudged)
        refused += unjudged
    return AskedClassifiers(here, readable, refused + unreadable)


def require_all(names: Sequence[str], languages: Sequence[str]) -> None:
    """Raise for the first model that does not run here, or language that cannot be read."""
    for name in names:
        if refusal := _refusal(name):
            raise refusal
    if AskedClassifiers(tuple(names)).asks_for(Task.JUDGE_TEXT):
        installed.require(languages)


def not_here(what: str, *, field: str | None = None) -> ClassifierNotHere:
    """Return the error for what Sightengine has and this server has not: no number is invented."""
    here = ", ".join(each.name for each in analysers.all_known() if each.is_here)
    return ClassifierNotHere(
        f"The {what} does not run on this server, which compares images with lists and runs the "
        f"models {here}. Use lists, add_to_list or one of these.",
        field=field,
    )


def _refusal(name: str) -> LookalikeError | None:
    """Return why the model cannot run, None if it can; raise UnknownClassifier if it is none."""
    if name not in TABLE:
        raise UnknownClassifier(f"There is no model {name!a}.", field="models")
    if TABLE[name].task is None:
        return not_here(f"model {name}", field="models")
    try:
        analysers.require([name])
    except (ReaderNotInstalled, ModelNotInstalled) as missing:
        return missing
    return None
