"""The answer of models.json: what may be asked for, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.shapes import TEXT, Shape, one_of
from api.sightengine import classifiers
from api.sightengine.classifiers import Classifier
from api.sightengine.errors import REQUEST, Handled
from lists import analysers
from moderation import registry
from moderation.registry import Analyser, AnalyserStatus, MeasuredQuality


@dataclass(frozen=True, slots=True)
class OfferedModel:
    """A model that clients know, and what answers it; None where this version has nothing."""

    classifier: Classifier
    analyser: Analyser | None

    @property
    def status(self) -> AnalyserStatus:
        return self.analyser.status if self.analyser else AnalyserStatus.MISSING

    @property
    def version(self) -> str | None:
        return self.analyser.version if self.analyser else None

    @property
    def licence(self) -> str | None:
        return self.analyser.licence if self.analyser else None

    @property
    def needs(self) -> str | None:
        return (self.analyser.needs or None) if self.analyser else None

    @property
    def languages(self) -> Sequence[str] | None:
        return (self.analyser.languages or None) if self.analyser else None

    @property
    def reviewed(self) -> Sequence[str] | None:
        if self.languages is None:
            return None
        return [each.code for each in registry.languages() if each.is_reviewed]

    @property
    def measured(self) -> MeasuredQuality | None:
        return self.analyser.measured if self.analyser else None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A request for all models."""

    handled: Handled

    @property
    def models(self) -> Sequence[OfferedModel]:
        """Return those that run here or might, then those that are never here, by name."""
        known = {each.name: each for each in analysers.all_known()}
        return [OfferedModel(each, known.get(each.analyser)) for each in classifiers.TABLE.values()]


MEASURED = Shape[MeasuredQuality](
    "MeasuredQuality",
    "What a benchmark found out about a model.",
    set=TEXT.of(lambda measured: measured.set, "On what it was measured."),
    figure=TEXT.of(lambda measured: measured.figure, "What was measured."),
)
MODEL = Shape[OfferedModel](
    "OfferedModel",
    "A model by the name that `models` takes.",
    name=TEXT.of(lambda offered: offered.classifier.name),
    status=one_of(list(AnalyserStatus)).of(
        lambda offered: offered.status,
        "`missing` is not installed here, or not part of this version.",
    ),
    version=TEXT.or_null.of(lambda offered: offered.version),
    licence=TEXT.or_null.of(lambda offered: offered.licence),
    needs=TEXT.or_null.of(lambda offered: offered.needs, "What the operator installs for it."),
    answers=TEXT.many.of(
        lambda offered: offered.classifier.keys, "Under which keys it is answered."
    ),
    languages=TEXT.many.if_any(
        lambda offered: offered.languages, "The values of `opt_lang` that are read here."
    ),
    reviewed=TEXT.many.if_any(
        lambda offered: offered.reviewed,
        "The languages whose word lists a native speaker has reviewed; the others are a beginning.",
    ),
    measured=MEASURED.or_null.of(lambda offered: offered.measured),
)
MODELS = Shape[Catalogue](
    "SightengineModels",
    "The models that clients of Sightengine know.",
    status=TEXT.of(lambda _: "success"),
    request=REQUEST.of(lambda catalogue: catalogue.handled),
    models=MODEL.many.of(lambda catalogue: catalogue.models),
)
