"""What is asked of the frames of a picture or a video, and what the models have to say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from api.sightengine.classifiers import AskedClassifiers, Task
from api.sightengine.codes import AskedCodes, SeenCodes, seen_codes
from api.sightengine.texts import AskedTexts, SeenText, seen_text
from api.sightengine.vision import AskedModels, SeenModels, seen_models
from intake.analysis import FrameRead, ToRead
from lists import analysers
from moderation.types import EntryList, Options
from moderation.vision import offers


class TextParameters(Protocol):
    """The parameters by which text is judged."""

    @property
    def opt_lang(self) -> Sequence[str]: ...
    @property
    def opt_countries(self) -> Sequence[str]: ...
    @property
    def include_text(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found out about some frames together; None is what was not asked."""

    text: SeenText | None = None
    codes: SeenCodes | None = None
    shown: SeenModels | None = None

    @property
    def operations(self) -> int:
        """Return the count: each model is one for every frame."""
        text = self.text.asked.models * self.text.frames if self.text else 0
        shown = self.shown.asked.models * self.shown.frames if self.shown else 0
        return text + shown + (self.codes.frames if self.codes else 0)


NO_ANSWERS = Answers()


@dataclass(frozen=True, slots=True)
class Questions:
    """What workers ask models about frames, and how what they find is judged."""

    texts: AskedTexts | None
    codes: AskedCodes | None
    models: AskedModels

    @property
    def wanted(self) -> ToRead:
        """Return what a worker has to find out."""
        languages = self.texts.options.languages if self.texts else ()
        return ToRead(languages, self.codes is not None, self.models.names)

    def answers(self, read: Sequence[FrameRead]) -> Answers:
        """Put together and judge what was found in the distinct frames of a picture, or in one."""
        texts, codes, models = self.texts, self.codes, self.models
        of_text = [each.text for each in read if each.text is not None]
        of_codes = [each.codes for each in read if each.codes is not None]
        shown = [each.seen for each in read if each.seen is not None]
        least = analysers.least_probability(offers.OFFENSIVE)
        return Answers(
            None if texts is None else seen_text(of_text, texts),
            None if codes is None else seen_codes(of_codes, codes),
            seen_models(shown, models, least_probability=least) if models.names else None,
        )


def questions(
    asked: AskedClassifiers, parameters: TextParameters, text_lists: Sequence[EntryList]
) -> Questions:
    """Return what is to be asked for the models that run here."""

    def options(languages: Sequence[str], *, is_read: bool) -> Options:
        countries = tuple(parameters.opt_countries)
        return Options(tuple(languages), countries, tuple(text_lists), is_read)

    finds, judges = asked.asks_for(Task.FIND_TEXT), asked.asks_for(Task.JUDGE_TEXT)
    texts = codes = None
    if finds or judges:
        languages = asked.languages or Options().languages
        by = options(languages, is_read=True)
        texts = AskedTexts(finds, judges, parameters.include_text, by)
    if asked.asks_for(Task.JUDGE_CODES):
        # What a code says is read without a mistake, in any language.
        by = options(parameters.opt_lang, is_read=False)
        codes = AskedCodes(parameters.include_text, by)
    return Questions(texts, codes, AskedModels(asked.answered_by(Task.LOOK)))
