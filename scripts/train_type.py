r"""Learns to tell photographs from illustrations, and how well it does for kinds it has not seen.

    apt-get download openclipart-png oxygen-icon-theme supertux-data hedgewars-data \\
        plasma-workspace-wallpapers ukui-wallpapers gimp-help-en fonts-noto-color-emoji
    for each in *.deb; do dpkg -x "$each" unpacked; done
    python -m scripts.train_type PHOTOS unpacked

PHOTOS holds photographs and `sources.json`, which names where they are from, with licences. Charts,
chats and pictures of emoji are drawn here. The model is learnt from all of it; then once more for
each kind of illustration without that kind, and without a third of the photographs, to see what it
makes of those.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from moderation.vision import nudity, picture_type

Floats = npt.NDArray[np.float64]
Draw = Callable[[random.Random, Path], Iterator[Image.Image]]

SEED = 7
RIDGE, ROUNDS, PARTS = 30.0, 30, 3
MOST_PICTURES, LEAST_BYTES, SIDE_PX = 130, 4_000, 1_024
MOST_PIXELS = 40_000_000
DIGITS = 5
_ENDINGS = {".png", ".jpg", ".jpeg", ".webp"}
_SAID = (
    "did you see this they say the water is not safe please share with all before tonight it was "
    "on the news"
)


# Larger pictures are left out by their size alone.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True)
class PackageKind:
    """A kind of illustration: its folders below what was unpacked, the packages, the licences."""

    name: str
    folders: tuple[str, ...]
    packages: str
    licence: str


_SHARE = "usr/share"
_PACKAGED = (
    PackageKind("clip art", (f"{_SHARE}/openclipart",), "openclipart-png", "public domain"),
    PackageKind(
        "icons",
        (f"{_SHARE}/icons/oxygen/base/128x128", f"{_SHARE}/icons/oxygen/base/256x256"),
        "oxygen-icon-theme",
        "LGPL-3+",
    ),
    PackageKind(
        "cartoon game", (f"{_SHARE}/games/supertux2",), "supertux-data", "GPL-3+, CC-BY-SA-3.0"
    ),
    PackageKind("game backdrops", (f"{_SHARE}/games/hedgewars",), "hedgewars-data", "GPL-2"),
    PackageKind(
        "wallpaper art",
        (f"{_SHARE}/wallpapers", f"{_SHARE}/backgrounds"),
        "plasma-workspace-wallpapers, ukui-wallpapers",
        "GPL-2+, CC-BY-SA-3.0",
    ),
    PackageKind(
        "screens",
        tuple(
            f"{_SHARE}/gimp/2.0/help/en/images/{each}"
            for each in ("preferences", "dialogs", "toolbox")
        ),
        "gimp-help-en",
        "GFDL-NIV-1.2+",
    ),
)


def main() -> int:
    """Write the weights, and print how well each kind is told that was left out."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("photos", type=Path)
    asked.add_argument("unpacked", type=Path)
    told = asked.parse_args()
    photos = _features(map(_opened, _files(told.photos)))
    kinds = _illustrations(told.unpacked)
    left_out = {name: _left_out(photos, kinds, name) for name in kinds}
    weights, bias = _fitted(photos, list(kinds.values()))
    written = {
        "version": "1",
        "made_by": "scripts/train_type.py",
        "photographs": {
            "pictures": len(photos),
            "sources": json.loads((told.photos / "sources.json").read_text(encoding="utf-8")),
        },
        "illustrations": [
            {"kind": name, "pictures": len(of), **_source(name), "left_out": left_out[name]}
            for name, of in kinds.items()
        ],
        "bias": round(bias, DIGITS),
        "weights": [round(float(each), DIGITS) for each in weights],
    }
    picture_type.WEIGHTS.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    for name, of in left_out.items():
        print(f"{name:<16}{len(kinds[name]):>5}  AUC {of['auc']:.2f}")
    return 0


def _illustrations(unpacked: Path) -> dict[str, Floats]:
    found = {kind.name: _features(map(_opened, _few(unpacked, kind.folders))) for kind in _PACKAGED}
    drawn = {name: _features(draw(_dice(), unpacked)) for name, draw in _DRAWN.items()}
    return found | drawn


def _dice() -> random.Random:
    return random.Random(SEED)  # noqa: S311 - the same each time, on purpose


def _source(name: str) -> dict[str, str]:
    for kind in _PACKAGED:
        if kind.name == name:
            return {"debian_packages": kind.packages, "licence": kind.licence}
    if name == "emoji":
        return {"debian_packages": "fonts-noto-color-emoji", "licence": "OFL-1.1"}
    return {"drawn": "by the script"}


def _few(unpacked: Path, folders: tuple[str, ...]) -> list[Path]:
    found = [path for each in folders for path in _files(unpacked / each)]
    large = [path for path in found if path.stat().st_size >= LEAST_BYTES and _is_small(path)]
    # Of a wallpaper that comes in several sizes, the largest.
    largest = {
        (path.parent if "wallpapers" in path.parts else path): path
        for path in sorted(large, key=lambda path: path.stat().st_size)
    }
    few = sorted(largest.values())
    _dice().shuffle(few)
    return few[:MOST_PICTURES]


def _is_small(path: Path) -> bool:
    with Image.open(path) as picture:
        return picture.width * picture.height <= MOST_PIXELS


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in _ENDINGS and "screenshot" not in path.stem
    )


def _opened(path: Path) -> Image.Image:
    picture = Image.open(path).convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB")


def _features(pictures: Iterator[Image.Image]) -> Floats:
    """Return (n, 256): what the network tells of each picture."""
    rows = []
    for each in pictures:
        each.thumbnail((SIDE_PX, SIDE_PX))
        rows.append(nudity.features(np.asarray(each)))
    return np.array(rows, np.float64)


def _left_out(photos: Floats, kinds: dict[str, Floats], name: str) -> dict[str, float]:
    """Return how well a kind is told from photographs by a model that has seen none of either."""
    others = [of for kind, of in kinds.items() if kind != name]
    order = np.random.default_rng(SEED).permutation(len(photos))
    aucs, wrong = [], []
    for part in range(PARTS):
        held = order[part::PARTS]
        weights, bias = _fitted(np.delete(photos, held, axis=0), others)
        right, left = (of @ weights + bias for of in (photos[held], kinds[name]))
        aucs.append(float((right[:, None] > left[None]).mean()))
        wrong.append(float((left > 0).mean()))
    return {"auc": round(float(np.mean(aucs)), 3), "wrong": round(float(np.mean(wrong)), 3)}


def _fitted(photos: Floats, kinds: list[Floats]) -> tuple[Floats, float]:
    """Return weights and bias; photographs count as much as all kinds together."""
    values = np.concatenate([photos, *kinds])
    is_photo = np.arange(len(values)) < len(photos)
    counts = np.concatenate(
        [
            np.full(len(photos), 1 / len(photos)),
            *(np.full(len(of), 1 / len(of) / len(kinds)) for of in kinds),
        ]
    ) * (len(values) / 2)
    mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-6
    normal = np.column_stack([(values - mean) / deviation, np.ones(len(values))])
    ridge = np.diag([RIDGE] * values.shape[1] + [1e-6])
    found = np.zeros(normal.shape[1])
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(normal @ found, -30, 30)))
        slope = normal.T @ (counts * (likely - is_photo)) + ridge @ found
        curve = (normal * (counts * likely * (1 - likely))[:, None]).T @ normal + ridge
        found -= np.linalg.solve(curve, slope)
    weights = found[:-1] / deviation
    return weights, float(found[-1] - weights @ mean)


def _charts(dice: random.Random, _: Path) -> Iterator[Image.Image]:
    font = ImageFont.load_default(14)
    for number in range(MOST_PICTURES):
        width, height = dice.choice((640, 800)), dice.choice((400, 480, 600))
        ground = dice.choice(("white", "#f7f7f7", "#222222"))
        picture = Image.new("RGB", (width, height), ground)
        pen, ink = ImageDraw.Draw(picture), "white" if ground == "#222222" else "black"
        colours = [f"#{dice.randrange(1 << 24):06x}" for _ in range(4)]
        pen.line([(50, 20), (50, height - 40), (width - 20, height - 40)], fill=ink, width=2)
        if number % 2:
            for x in range(60, width - 60, dice.randint(30, 90)):
                top = height - 40 - dice.randint(20, height - 80)
                pen.rectangle([x, top, x + 22, height - 40], fill=dice.choice(colours))
        else:
            for colour in colours[: dice.randint(1, 3)]:
                at = [(x, dice.randint(40, height - 60)) for x in range(55, width - 30, 28)]
                pen.line(at, fill=colour, width=dice.randint(1, 4))
        for step in range(6):
            at_y = height - 50 - step * (height - 80) // 6
            pen.text((8, at_y), str(step * dice.choice((5, 10, 20))), fill=ink, font=font)
        pen.text((width // 3, 4), "Figures of the year", fill=ink, font=font)
        yield picture


def _chats(dice: random.Random, _: Path) -> Iterator[Image.Image]:
    font = ImageFont.load_default(20)
    for _number in range(MOST_PICTURES):
        height = dice.choice((700, 960))
        picture = Image.new("RGB", (540, height), dice.choice(("#ece5dd", "white", "#0b141a")))
        pen, top = ImageDraw.Draw(picture), 60
        pen.rectangle([0, 0, 540, 50], fill=dice.choice(("#075e54", "#1877f2", "#222222")))
        while top < height - 110:
            lines, left = dice.randint(1, 3), dice.choice((12, 150))
            place = [left, top, left + 370, top + 20 + 26 * lines]
            pen.rounded_rectangle(place, 12, fill=dice.choice(("#dcf8c6", "white", "#202c33")))
            for line in range(lines):
                words = " ".join(dice.sample(_SAID.split(), 5))
                pen.text((left + 12, top + 8 + 26 * line), words, fill="#777777", font=font)
            top += 40 + 26 * lines
        yield picture


def _emoji(dice: random.Random, unpacked: Path) -> Iterator[Image.Image]:
    (font_file,) = (unpacked / _SHARE / "fonts").rglob("NotoColorEmoji.ttf")
    font = ImageFont.truetype(str(font_file), 109)
    letters = [*range(0x1F300, 0x1F5FF), *range(0x1F600, 0x1F64F), *range(0x1F900, 0x1F9FF)]
    for letter in dice.sample(letters, MOST_PICTURES):
        picture = Image.new("RGB", (136, 128), "white")
        ImageDraw.Draw(picture).text((0, 0), chr(letter), font=font, embedded_color=True)
        yield picture


_DRAWN: dict[str, Draw] = {"charts": _charts, "chats": _chats, "emoji": _emoji}

if __name__ == "__main__":
    sys.exit(main())
