"""What is written on the pictures: words, names, numbers."""

from __future__ import annotations

from bench.evaluation.dice import Dice


def _several(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_WORDS = _several(
    "ladder orchard signal copper meadow lantern quarry violin harbour thistle cabin mirror "
    "pepper compass saddle willow anchor basket candle dragon engine feather glacier hammer "
    "island jacket kettle lemon marble needle orange pillow quiver rocket shovel timber "
    "umbrella valley walnut yellow zipper answer before carries during every finds ground "
    "holds inside justice keeps large makes never often people quiet reaches slowly takes "
    "under voices while yearly across between"
)
_FIRST = _several(
    "Aisha Bruno Carla Dario Edith Felix Gloria Henrik Inge Jakob Karin Lorenzo Mina Nils "
    "Olga Petra Ravi Sonja Tomas Ursula Viktor Wanda Yusuf Zoe Amadou Beatriz Chen Dmitri"
)
_LAST = _several(
    "Almeida Brandt Castillo Dvorak Eriksen Ferrari Greco Haddad Ivanov Jensen Kimura "
    "Lindholm Moreau Novak Okafor Pereira Quist Rossi Sato Tanaka Ulrich Vargas Weber Xu "
    "Yilmaz Zimmer"
)
_TOWNS = _several(
    "Altstadt Brookfield Castelnuovo Dunmore Eastbourne Fairview Granby Hillsdale Ironbridge "
    "Jasper Kingsley Lakeside Montclair Northgate Oakham Portville Ravenna Southam Tilbury "
    "Westerly"
)
GOODS = _several(
    "Apples Bread Butter Carrots Cheese Coffee Eggs Flour Grapes Ham Honey Jam Ketchup "
    "Lentils Milk Mustard Noodles Oats Olives Onions Peppers Plums Rice Salt Soap Sugar Tea "
    "Tomatoes Tuna Yoghurt"
)
MONTHS = _several(
    "January February March April May June July August September October November December"
)


def word(dice: Dice) -> str:
    """Return one word."""
    return dice.pick(_WORDS)


def sentence(dice: Dice, lowest: int = 6, highest: int = 13) -> str:
    """Return a sentence of so many words, which says nothing."""
    return " ".join(word(dice) for _ in range(dice.whole(lowest, highest))).capitalize() + "."


def text(dice: Dice, sentences: int) -> str:
    """Return so many sentences."""
    return " ".join(sentence(dice) for _ in range(sentences))


def title(dice: Dice, words: int = 3) -> str:
    """Return some words with capitals."""
    return " ".join(word(dice).capitalize() for _ in range(words))


def person(dice: Dice) -> str:
    """Return a name."""
    return f"{dice.pick(_FIRST)} {dice.pick(_LAST)}"


def family_name(dice: Dice) -> str:
    """Return a family name."""
    return dice.pick(_LAST)


def town(dice: Dice) -> str:
    """Return a place."""
    return dice.pick(_TOWNS)


def towns(dice: Dice, count: int) -> list[str]:
    """Return different places."""
    return dice.source.sample(_TOWNS, count)


def people(dice: Dice, count: int) -> list[str]:
    """Return names with different family names."""
    return [f"{dice.pick(_FIRST)} {last}" for last in dice.source.sample(_LAST, count)]


def digits(dice: Dice, count: int) -> str:
    """Return so many digits, the first one not 0."""
    return str(dice.whole(10 ** (count - 1), 10**count - 1))


def money(dice: Dice, highest: int = 400) -> str:
    """Return an amount with two decimals."""
    return f"{dice.whole(100, highest * 100) / 100:.2f}"


def date(dice: Dice, first: int = 2019, last: int = 2026) -> str:
    """Return a date as numbers."""
    return f"{dice.whole(1, 28):02}/{dice.whole(1, 12):02}/{dice.whole(first, last)}"


def clock(dice: Dice) -> str:
    """Return a time of the day."""
    return f"{dice.whole(0, 23):02}:{dice.whole(0, 59):02}"


def letters(dice: Dice, count: int) -> str:
    """Return so many capitals."""
    return "".join(dice.pick("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(count))
