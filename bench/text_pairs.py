"""Shows how often it is told right whether two copies of a photograph say the same.

    python -m bench.text_pairs FOLDER [--photos 60] [--seed 1] [--readings FOLDER] [--show]

FOLDER holds photographs. Each gets a caption, drawn as memes, bars and labels are, and is compared
with copies of itself: with the same caption, another one, one word or one figure changed, and none.
The copies are re-encoded, halved, cropped, or stand in the screenshot of a chat, in turn. How a
copy lies on its photograph is known here, as the copy was made so; all else is as in the product.
Prints what the comparison says of each, and how many copies with another text would have confirmed
themselves.
"""

from __future__ import annotations

import argparse
import io
import pickle
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from intake import analysis
from intake.limits import Limits
from matching.evidence import Alignment, Point
from matching.types import Orientation
from moderation.text.compare import TextComparison, TextState, compare
from moderation.text.regions import shared_region
from moderation.types import Reading

_SIDE_PX = 900
_WHO = ("minister", "mayor", "teacher", "doctor", "farmer", "soldier", "banker", "driver")
_DOES = ("opens", "burns", "sells", "visits", "repairs", "closes", "paints", "buys", "leaves")
_WHAT = ("bridge", "school", "hospital", "stadium", "library", "station", "market", "factory")
_WHERE = ("Berlin", "Lagos", "Delhi", "Madrid", "Oslo", "Quito", "Cairo", "Lima", "Tokyo")
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
# Pictures of pages, such as screenshots, are counted apart: most of what they say is small.
_WORDS_OF_A_PAGE = 12
# What a policy may confirm.
_SAME = {TextState.AGREES, TextState.NONE}
_LIMITS = Limits()


class Readings:
    """Reads files, and keeps what was read in a folder, if there is one, for the next run."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def of(self, data: bytes) -> Reading:
        """Return what a file says."""
        kept = self._folder and self._folder / sha256(data).hexdigest()
        if kept and kept.exists():
            return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return] # noqa: S301 - ours
        reading = analysis.read(data, _LIMITS)[0]
        if kept:
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(pickle.dumps(reading))
        return reading


@dataclass(frozen=True, slots=True)
class DrawnClaim:
    """What a caption says."""

    who: str
    does: str
    what: str
    where: str
    year: int

    @property
    def lines(self) -> tuple[str, str]:
        return f"{self.who} {self.does} {self.what}", f"in {self.where} {self.year}"

    def with_other_word(self, chance: random.Random) -> DrawnClaim:
        """Return the claim with another verb."""
        return DrawnClaim(
            self.who, _other(self.does, _DOES, chance), self.what, self.where, self.year
        )

    def with_other_figure(self, chance: random.Random) -> DrawnClaim:
        """Return the claim of another year."""
        year = self.year + chance.choice((-13, -4, -1, 1, 2, 11))
        return DrawnClaim(self.who, self.does, self.what, self.where, year)

    def another(self, chance: random.Random) -> DrawnClaim:
        """Return a claim that shares nothing with it but the form."""
        return DrawnClaim(
            _other(self.who, _WHO, chance),
            _other(self.does, _DOES, chance),
            _other(self.what, _WHAT, chance),
            _other(self.where, _WHERE, chance),
            self.year + chance.randint(1, 30),
        )


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy's file, and where the photograph lies in it and it in the photograph, as shares."""

    data: bytes
    in_copy: tuple[float, float, float, float] = (0, 0, 1, 1)
    in_photo: tuple[float, float, float, float] = (0, 0, 1, 1)


def _other(word: str, words: Sequence[str], chance: random.Random) -> str:
    return chance.choice([each for each in words if each != word])


def _claim(chance: random.Random) -> DrawnClaim:
    return DrawnClaim(
        chance.choice(_WHO),
        chance.choice(_DOES),
        chance.choice(_WHAT),
        chance.choice(_WHERE),
        chance.randint(1960, 2025),
    )


def meme(photo: Image.Image, claim: DrawnClaim) -> Image.Image:
    """Return the photograph with outlined capitals above and below."""
    drawn = photo.copy()
    pen = ImageDraw.Draw(drawn)
    size = photo.width // 18
    for line, top in zip(claim.lines, (size // 3, photo.height - 2 * size), strict=True):
        pen.text(
            (photo.width / 2, top),
            line.upper(),
            "white",
            font_size=size,
            anchor="ma",
            stroke_width=max(2, size // 14),
            stroke_fill="black",
        )
    return drawn


def bar(photo: Image.Image, claim: DrawnClaim) -> Image.Image:
    """Return the photograph with a white bar across its foot."""
    drawn = photo.copy()
    pen = ImageDraw.Draw(drawn)
    size = photo.width // 22
    top = photo.height - 3 * size
    pen.rectangle((0, top, photo.width, photo.height), "white")
    pen.text((size, top + size // 4), "\n".join(claim.lines), "black", font_size=size)
    return drawn


def label(photo: Image.Image, claim: DrawnClaim) -> Image.Image:
    """Return the photograph with a small label in a corner."""
    drawn = photo.copy()
    size = photo.width // 30
    box = (size, size, size * 16, size * 4)
    pen = ImageDraw.Draw(drawn)
    pen.rectangle(box, "#7a1020")
    pen.text((1.5 * size, 1.3 * size), "\n".join(claim.lines), "#ffe9a0", font_size=size)
    return drawn


def reencoded(picture: Image.Image) -> Copy:
    """Return it as a messenger sends it on for the third time."""
    return Copy(_jpeg(picture, 45))


def halved(picture: Image.Image) -> Copy:
    """Return it at half the size."""
    return Copy(_jpeg(picture.resize((picture.width // 2, picture.height // 2)), 75))


def cropped(picture: Image.Image) -> Copy:
    """Return it without a strip at each side, where captions seldom are."""
    left = 0.04
    box = (round(left * picture.width), 0, round((1 - left) * picture.width), picture.height)
    return Copy(_jpeg(picture.crop(box), 80), in_photo=(left, 0, 1 - left, 1))


def screenshot(picture: Image.Image) -> Copy:
    """Return it in a chat, with the words of the chat around it."""
    width = 760
    height = round(picture.height * width / picture.width)
    screen = Image.new("RGB", (800, height + 340), "#e6ece4")
    pen = ImageDraw.Draw(screen)
    pen.text((40, 30), "Family group  online", "#123", font_size=34)
    pen.text((40, 100), "Have you seen this? 18:42", "#333", font_size=30)
    screen.paste(picture.resize((width, height)), (20, 170))
    pen.text((40, height + 200), "Forwarded many times 19:05", "#456", font_size=28)
    place = (20 / 800, 170 / screen.height, 780 / 800, (170 + height) / screen.height)
    return Copy(_jpeg(screen, 80), in_copy=place)


STYLES: tuple[Callable[[Image.Image, DrawnClaim], Image.Image], ...] = (meme, bar, label)
FORMS: tuple[Callable[[Image.Image], Copy], ...] = (reencoded, halved, cropped, screenshot)


@dataclass(slots=True)
class SaidOfCopies:
    """What was said of the copies of one sort."""

    said: Counter[str]
    right: int = 0
    confirmed: int = 0


def main() -> None:
    """Make, read and compare; print the table."""
    asked = _asked()
    chance = random.Random(asked.seed)
    files = sorted(each for each in asked.folder.rglob("*") if each.suffix.lower() in _SUFFIXES)
    chance.shuffle(files)
    readings = Readings(asked.readings)
    tallies: dict[str, SaidOfCopies] = {}
    for number, path in enumerate(files[: asked.photos]):
        for sort, found, is_right in _judged(path, number, chance, readings):
            tally = tallies.setdefault(sort, SaidOfCopies(Counter()))
            tally.said[found.state] += 1
            tally.right += is_right
            tally.confirmed += not sort.startswith("same") and found.state in _SAME
            if asked.show and not is_right:
                _show(path, sort, found)
        print(f"{number + 1} photographs", end="\r", flush=True)
    _print(tallies)


def _judged(
    path: Path, number: int, chance: random.Random, readings: Readings
) -> Iterator[tuple[str, TextComparison, bool]]:
    photo = _photo(path)
    style = STYLES[number % len(STYLES)]
    claim = _claim(chance)
    item_file = _jpeg(style(photo, claim), 90)
    item = readings.of(item_file)
    sorts = {
        "same": claim,
        "other": claim.another(chance),
        "word": claim.with_other_word(chance),
        "figure": claim.with_other_figure(chance),
        "one_sided": None,
    }
    scene = {_words(line.text) for line in readings.of(_jpeg(photo, 90)).lines}
    page = " on a page" if sum(len(line.split()) for line in scene) > _WORDS_OF_A_PAGE else ""
    for turn, (sort, said) in enumerate(sorts.items()):
        form = FORMS[(number // len(STYLES) + turn) % len(FORMS)]
        copy = form(photo if said is None else style(photo, said))
        found = _compared(copy, readings.of(copy.data), item_file, item)
        expected = {"same": {TextState.AGREES}, "one_sided": {TextState.ONE_SIDED}}
        if scene:
            # The scene has words of its own; where both were read, the caption is some more.
            expected["one_sided"].add(TextState.DIFFERS)
        yield sort + page, found, found.state in expected.get(sort, {TextState.DIFFERS})


def _compared(copy: Copy, query: Reading, item_file: bytes, item: Reading) -> TextComparison:
    sizes = [Image.open(io.BytesIO(data)).size for data in (copy.data, item_file)]
    # The matrix is not looked at by the comparison: the outlines are what it leads to.
    alignment = Alignment(
        (1, 0, 0, 0, 1, 0, 0, 0, 1), _corners(copy.in_copy), _corners(copy.in_photo)
    )
    return compare(query, item, shared_region(alignment, Orientation.IDENTITY, *sizes))


def _corners(box: tuple[float, float, float, float]) -> tuple[Point, ...]:
    left, top, right, bottom = box
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _photo(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    upright.thumbnail((_SIDE_PX, _SIDE_PX))
    return upright


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


def _words(text: str) -> str:
    return text.strip().lower()


def _show(path: Path, sort: str, found: TextComparison) -> None:
    print(f"{path.name} {sort}: {found.state}")
    for name, lines in (("query", found.query), ("item", found.item)):
        print(f"  {name}: {' / '.join(f'{each.text} {each.confidence:.2f}' for each in lines)}")
    print(f"  differing: {', '.join(each.text for each in found.differing)}")


def _print(tallies: dict[str, SaidOfCopies]) -> None:
    print(f"{'copies':20}{'pairs':>7}{'right':>8}{'confirmed':>11}  said")
    for sort, tally in sorted(tallies.items(), key=lambda each: "page" in each[0]):
        pairs = sum(tally.said.values())
        said = ", ".join(f"{state} {count}" for state, count in tally.said.most_common())
        print(f"{sort:20}{pairs:7}{tally.right / pairs:8.3f}{tally.confirmed:11}  {said}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--readings", type=Path, help="where readings are kept between runs")
    parser.add_argument("--show", action="store_true", help="also what was told wrongly")
    return parser.parse_args()


if __name__ == "__main__":
    main()
