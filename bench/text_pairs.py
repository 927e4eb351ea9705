"""Shows how often it is told right whether two copies of a photograph say the same.

    python -m bench.text_pairs FOLDER [--part tuned|held] [--photos 60] [--readings FOLDER] [--show]

FOLDER holds photographs. Each gets a claim in one of eleven languages (`bench.claims`), set as
captions are (`bench.captions`), and is compared with copies of itself: with the same claim, with
another one, with one word or one figure of it changed, and with none. The copies are re-encoded,
halved, cropped, or stand in the screenshot of a chat, in turn. How a copy lies on its photograph is
known here, as the copy was made so; all else is as in the product. Prints what the comparison says
of each, and how many copies with another text would have confirmed themselves.

The photographs are in two parts by a hash of their names: what the comparison was tuned on, and
what it was held out from. Reading takes half a CPU second and more a picture: what was read is kept
in the folder `--readings`, by the file's hash and the reader's version, so a run may be stopped and
begun again, and `--shard 1/2` and `--shard 2/2` share the work.
"""

from __future__ import annotations

import argparse
import io
import pickle
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from PIL import Image, ImageDraw, ImageOps

from bench import captions, claims
from bench.captions import Layout
from bench.claims import DrawnClaim
from intake import analysis
from intake.limits import Limits
from matching.evidence import Alignment, Point
from matching.types import Orientation
from moderation.reading import installed
from moderation.text.compare import TextComparison, TextState, compare, places_to_reread
from moderation.text.regions import shared_region
from moderation.types import LANGUAGES, Line, Quad, Reading

_SIDES_PX = (720, 900)
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
# Pictures of pages, such as screenshots, are counted apart: most of what they say is small.
_WORDS_OF_A_PAGE = 12
# Of sixteen photographs, those that the comparison was tuned on.
_TUNED = 7
# What a policy may confirm.
_SAME = {TextState.AGREES, TextState.NONE}
_LIMITS = Limits()

T = TypeVar("T")


class Readings:
    """Reads files, and keeps what was read in a folder, if there is one, for the next run."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._languages = tuple(each for each in LANGUAGES if installed.can_read(each))
        self._version = repr((installed.readers(), self._languages)).encode()

    def of(self, data: bytes) -> Reading:
        """Return what a file says."""
        return self._kept(data, lambda: analysis.read_text(data, _LIMITS, self._languages)[0])

    def again(self, data: bytes, quads: Sequence[Quad]) -> Reading:
        """Return what a file says, and what it says when it is read again at some places."""
        reading = self.of(data)
        if not quads:
            return reading
        lines = self._kept(
            repr(quads).encode() + data,
            lambda: analysis.reread(data, _LIMITS, reading.frame, quads),
        )
        return replace(reading, reread=lines)

    def _kept(self, key: bytes, read: Callable[[], T]) -> T:
        kept = self._folder and self._folder / sha256(self._version + key).hexdigest()
        if kept and kept.exists():
            return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return] # noqa: S301 - ours
        found = read()
        if kept:
            kept.parent.mkdir(exist_ok=True)
            partly = kept.with_suffix(".part")
            partly.write_bytes(pickle.dumps(found))
            partly.rename(kept)
        return found


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy's file, and where the photograph lies in it and it in the photograph, as shares."""

    data: bytes
    in_copy: tuple[float, float, float, float] = (0, 0, 1, 1)
    in_photo: tuple[float, float, float, float] = (0, 0, 1, 1)


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


FORMS: tuple[Callable[[Image.Image], Copy], ...] = (reencoded, halved, cropped, screenshot)


@dataclass(frozen=True, slots=True)
class JudgedCopy:
    """What was said of a photograph and a copy of it, and what there was to say."""

    path: Path
    sort: str
    form: str
    style: str
    claim: DrawnClaim
    copy: Copy
    item: bytes
    found: TextComparison
    expected: frozenset[TextState]

    @property
    def is_right(self) -> bool:
        return self.found.state in self.expected

    @property
    def is_let_through(self) -> bool:
        """Tell whether a policy would have confirmed a copy that says something else."""
        return self.sort.split()[0] != "same" and self.found.state in _SAME


@dataclass(slots=True)
class SaidOfCopies:
    """What was said of the copies of one sort."""

    said: Counter[str] = field(default_factory=Counter)
    right: int = 0
    let_through: int = 0

    def count(self, judged: JudgedCopy) -> None:
        """Take in what was said of one."""
        self.said[judged.found.state] += 1
        self.right += judged.is_right
        self.let_through += judged.is_let_through


def main() -> None:
    """Make, read and compare; print the tables."""
    asked = _asked()
    tallies: dict[str, dict[str, SaidOfCopies]] = {"copies": {}, "by form": {}, "by style": {}}
    tallies["by language"] = {}
    for judged in judged_copies(_chosen(asked), Readings(asked.readings)):
        sort = judged.sort
        groups = {"copies": sort, "by form": f"{sort}, {judged.form}"}
        groups["by style"] = f"{sort}, {judged.style}"
        groups["by language"] = f"{sort}, {judged.claim.language}"
        for name, group in groups.items():
            tallies[name].setdefault(group, SaidOfCopies()).count(judged)
        if asked.show and not judged.is_right:
            _show(judged)
    for name, groups_of in tallies.items():
        if name == "copies" or asked.more:
            _print(name, groups_of)


def judged_copies(photos: Iterable[tuple[int, Path]], readings: Readings) -> Iterator[JudgedCopy]:
    """Yield what is said of the copies of numbered photographs."""
    for number, path in photos:
        yield from _judged(path, number, readings)


def _judged(path: Path, number: int, readings: Readings) -> Iterator[JudgedCopy]:
    chance = random.Random(path.name)
    photo = _photo(path, chance.choice(_SIDES_PX))
    how = captions.layout(number, chance)
    claim = claims.claim(chance)
    item = _jpeg(_captioned(photo, claim, how), 90)
    copies = list(_copies(photo, number, claim, how, chance))
    # Without a caption, what is read is the scene's.
    bare = copies[-1][-1]
    inside = shared_region(
        _alignment(bare, (1, 1), (1, 1)), Orientation.IDENTITY, (1, 1), (1, 1)
    ).query
    scene = [line for line in readings.of(bare.data).lines if inside.holds(line.quad)]
    words = sum(len(line.text.split()) for line in scene)
    page = " on a page" if words > _WORDS_OF_A_PAGE else ""
    for sort, form, copy in copies:
        found = _compared(copy, item, readings)
        expected = {"same": {TextState.AGREES}, "none": {TextState.ONE_SIDED}}
        if scene:
            # The scene has words of its own; where both were read, the caption is some more.
            expected["none"].add(TextState.DIFFERS)
        yield JudgedCopy(
            path, sort + page, form, how.style, claim, copy, item, found,
            frozenset(expected.get(sort, {TextState.DIFFERS})),
        )  # fmt: skip


def _copies(
    photo: Image.Image, number: int, claim: DrawnClaim, how: Layout, chance: random.Random
) -> Iterator[tuple[str, str, Copy]]:
    for turn, (sort, said) in enumerate(_said(claim, chance)):
        form = FORMS[(number // len(captions.STYLES) + turn) % len(FORMS)]
        yield sort, form.__name__, form(_captioned(photo, said, how))


def _said(claim: DrawnClaim, chance: random.Random) -> Iterator[tuple[str, DrawnClaim | None]]:
    """Yield what the copies of a photograph claim, and how it was changed."""
    yield "same", claim
    other = claims.claim_in(claim.language, chance)
    while other.template == claim.template:
        other = claims.claim_in(claim.language, chance)
    yield "other", other
    if claim.can_be_denied:
        yield "word: not", claim.denied()
    elif claim.can_be_turned_round:
        yield "word: swapped", claim.turned_round()
    else:
        yield "word", claim.with_other_word(chance)
    yield "figure", claim.with_other_figure(chance)
    yield "none", None


def _captioned(photo: Image.Image, claim: DrawnClaim | None, how: Layout) -> Image.Image:
    return captions.captioned(photo, claim.text, claim.language, how) if claim else photo


def _compared(copy: Copy, item: bytes, readings: Readings) -> TextComparison:
    query_size, item_size = (Image.open(io.BytesIO(data)).size for data in (copy.data, item))
    alignment = _alignment(copy, query_size, item_size)
    region = shared_region(alignment, Orientation.IDENTITY, query_size, item_size)
    of_query, of_item = places_to_reread(readings.of(copy.data), readings.of(item), region)
    return compare(readings.again(copy.data, of_query), readings.again(item, of_item), region)


def _alignment(copy: Copy, query: tuple[int, int], item: tuple[int, int]) -> Alignment:
    """Return how a copy lies on its photograph, from the sizes of both in px."""
    from_px, to_px = (
        (box[0] * side[0], box[1] * side[1], box[2] * side[0], box[3] * side[1])
        for box, side in ((copy.in_copy, query), (copy.in_photo, item))
    )
    across = (to_px[2] - to_px[0]) / (from_px[2] - from_px[0])
    down = (to_px[3] - to_px[1]) / (from_px[3] - from_px[1])
    left, top = to_px[0] - across * from_px[0], to_px[1] - down * from_px[1]
    matrix = (across, 0, left, 0, down, top, 0, 0, 1)
    return Alignment(matrix, _corners(copy.in_copy), _corners(copy.in_photo))


def _corners(box: tuple[float, float, float, float]) -> tuple[Point, ...]:
    left, top, right, bottom = box
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _photo(path: Path, side_px: int) -> Image.Image:
    """Return a photograph as large as those that are sent on."""
    with Image.open(path) as opened:
        upright = ImageOps.exif_transpose(opened).convert("RGB")
    return ImageOps.contain(upright, (side_px, side_px), Image.Resampling.LANCZOS)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


def _show(judged: JudgedCopy) -> None:
    found = judged.found
    name = f"{judged.path.name} {judged.sort}, {judged.form}, {judged.style}"
    print(f"{name}: {found.state}; {judged.claim.text}")
    for side, lines in (("query", found.query), ("item", found.item)):
        print(f"  {side}: " + " / ".join(map(_as_read, lines)))
    print(f"  differing: {', '.join(each.text for each in found.differing)}")


def _as_read(line: Line) -> str:
    return f"{line.text} {line.confidence:.2f} {line.artificial:.1f}"


def _print(name: str, tallies: dict[str, SaidOfCopies]) -> None:
    print(f"{name:28}{'pairs':>7}{'right':>8}{'let through':>13}  said")
    for sort, tally in sorted(tallies.items(), key=lambda each: ("page" in each[0], each[0])):
        pairs = sum(tally.said.values())
        said = ", ".join(f"{state} {count}" for state, count in tally.said.most_common())
        print(f"{sort:28}{pairs:7}{tally.right / pairs:8.3f}{tally.let_through:13}  {said}")


def _chosen(asked: argparse.Namespace) -> list[tuple[int, Path]]:
    """Return the photographs asked for, numbered among all, in an order that hangs on names."""
    files = [each for each in asked.folder.rglob("*") if each.suffix.lower() in _SUFFIXES]
    numbered = enumerate(sorted(files, key=lambda path: _hash(path.name)))
    parts = {"tuned": (0, _TUNED), "held": (_TUNED, 16), "all": (0, 16)}
    least, most = parts[asked.part]
    chosen = [
        (number, path) for number, path in numbered if least <= int(_hash(path.name)[-1], 16) < most
    ]
    first, of = (int(each) for each in asked.shard.split("/"))
    return chosen[: asked.photos][first - 1 :: of]


def _hash(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("tuned", "held", "all"), default="all")
    parser.add_argument("--photos", type=int, help="at most so many")
    parser.add_argument("--shard", default="1/1", help="which of how many shares of the work")
    parser.add_argument("--readings", type=Path, help="where readings are kept between runs")
    parser.add_argument("--show", action="store_true", help="also what was told wrongly")
    parser.add_argument("--more", action="store_true", help="also by form, style and language")
    return parser.parse_args()


if __name__ == "__main__":
    main()
