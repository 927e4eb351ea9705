"""text/check.json: a text judged by the rules that judge the text in pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.actors import Actor
from accounts.permissions import Permission
from api.shapes import FLAG, TEXT, Field, Shape
from api.sightengine import text_answers
from api.sightengine.errors import REQUEST, Handled, NothingToDo
from api.sightengine.fields import TextMode
from moderation.text.engine import judge
from moderation.text.names import judge_name
from moderation.types import Hit, Judgement, Key, Options
from text_lists import selectors as text_lists_selectors


@dataclass(frozen=True, slots=True)
class TextCheckParameters:
    """The parameters of a text check, as `serializers.TextCheckRequest` reads them."""

    text: str
    mode: TextMode
    lang: Sequence[str]
    opt_countries: Sequence[str]
    categories: Sequence[Key]
    opt_textlist: Sequence[str]


@dataclass(frozen=True, slots=True)
class TextCheckAnswer:
    """What was found in a text, and what was asked for."""

    handled: Handled
    asked: TextCheckParameters
    judgement: Judgement

    def answers(self, key: Key) -> bool:
        """Tell whether the answer has the key; that of text lists needs one."""
        has_list = key != Key.BLACKLIST or bool(self.asked.opt_textlist)
        return has_list and key in self.asked.categories

    def under(self, key: Key) -> Sequence[Hit]:
        """Return the hits of a key, in the order of the text."""
        return [hit for hit in self.judgement.hits if hit.key == key]


def judged(actor: Actor, asked: TextCheckParameters) -> Judgement:
    """Judge the text; no picture is touched, so that no worker is asked.

    Raise NothingToDo without a text, and TextListNotFound.
    """
    actor.require(Permission.CHECK_IMAGES)
    lists = text_lists_selectors.entry_lists(actor, asked.opt_textlist)
    if not asked.text:
        raise NothingToDo("Send the text to judge as text.", field="text")
    options = Options(tuple(asked.lang), tuple(asked.opt_countries), lists)
    judge_it = judge_name if asked.mode == TextMode.USERNAME else judge
    return judge_it(asked.text, options)


_MATCHES = Shape[Sequence[Hit]](
    "SightengineTextMatches",
    "What was found under one key, in the order of the text.",
    matches=text_answers.HIT.many.of(lambda hits: hits),
)


def _under(key: Key) -> Field[TextCheckAnswer]:
    return _MATCHES.of(lambda answer: answer.under(key), when=lambda answer: answer.answers(key))


ANSWER = Shape[TextCheckAnswer](
    "SightengineTextCheckAnswer",
    "What was found in a text: all keys, or those of `categories`.",
    status=TEXT.of(lambda _: "success"),
    request=REQUEST.of(lambda answer: answer.handled),
    **{key.value: _under(key) for key in Key},
    ignored_text=FLAG.of(
        lambda answer: bool(answer.judgement.ignored),
        "Whether a part of the text was not judged, being in a language that was not asked for.",
    ),
)
