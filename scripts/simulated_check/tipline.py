"""What people send to a tipline: copies of a few pictures, some of them again and again."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lookalike_client import Lookalike, MatchAnswer
from scripts.simulated_check.audience import ToldPeople

# Which picture it is, and a random number that says how it was changed on its way.
Copying = Callable[[str, random.Random], bytes]

LIST_NAME = "Tipline"
_LANGUAGES = ("en", "hi", "es", "pt-BR", "ar", "id")
_REPEATED = 0.25


@dataclass(frozen=True)
class Question:
    """A picture that somebody sends, named `external_id` by the tipline."""

    external_id: str
    recipient: str
    language: str
    image: bytes

    @property
    def shows(self) -> str:
        """Return which picture it is a copy of."""
        return shown_by(self.external_id)


def shown_by(external_id: str | None) -> str:
    """Return which picture a question is about, by the name that it was given."""
    return (external_id or "").split(".")[0]


@dataclass
class Tipline:
    """Asks about one picture after the other, for as many people as there are."""

    names: tuple[str, ...]
    copying: Copying
    people: int = 12
    random: random.Random = field(default_factory=random.Random)
    tag: str = field(default_factory=lambda: secrets.token_hex(2))
    _sent: list[Question] = field(default_factory=list)

    def questions(self) -> Iterator[Question]:
        """Yield what comes in, without an end: every picture once, then whatever people have."""
        for name in self.names:
            yield self._question(name)
        while True:
            yield self._question(self.random.choice(self.names))

    def _question(self, name: str) -> Question:
        number = self.random.randrange(self.people)
        before = [each for each in self._sent if each.shows == name]
        if before and self.random.random() < _REPEATED:
            image = self.random.choice(before).image
        else:
            image = self.copying(name, self.random)
        question = Question(
            external_id=f"{name}.{self.tag}.{len(self._sent) + 1}",
            recipient=f"{self.tag}-{number + 1:02}",
            language=_LANGUAGES[number % len(_LANGUAGES)],
            image=image,
        )
        self._sent.append(question)
        return question


def ask(client: Lookalike, list_id: str, question: Question, audience: ToldPeople) -> MatchAnswer:
    """Ask the server about a picture, and tell who sent it what is known."""
    audience.say(f"<- {question.recipient}  asks about {question.external_id}")
    answer = client.match(
        question.image,
        list_id=list_id,
        external_id=question.external_id,
        recipient=question.recipient,
        language=question.language,
        include_verdict=True,
    )
    audience.counts["submitted"] += 1
    if answer.verdict is not None:
        audience.answer(question.recipient, answer.verdict)
    return answer


def own_list(client: Lookalike) -> str:
    """Return the id of the tipline's list, which is made if it is not there."""
    for each in client.lists():
        if each.name == LIST_NAME:
            return each.id
    # What is written over a copy is no other claim here.
    return client.create_list(LIST_NAME, reads_text=False).id
