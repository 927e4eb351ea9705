"""Fits the model that tells text laid over a picture from text in the scene.

    python -m scripts.fit_artificial FOLDER [--without NAMES.txt] [--source TEXT ...] [--check]

FOLDER holds photographs, with and without text in them. What is read in them as they are counts as
part of the scene, unless NAMES.txt, a file name a line, says that it was drawn (charts, posters,
screens); captions drawn by `bench.overlays` count as laid over. Fits on the half of the photographs
that reading is tuned on. Prints the area under the curve and what is told rightly, of photographs
that were not used for fitting: five folds of that half, and the held-out half. Writes
moderation/reading/artificial.json unless `--check` is given.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import cycle
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from bench import overlays
from moderation.reading import natural, passes
from moderation.reading.natural import Features, OverlayModel
from moderation.reading.read_places import ReadPlace

_FOLDS = 5
_RIDGE = 1.0
_ROUNDS = 25
_MIN_LETTERS = 2
_DIGITS = 5

Rows = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """The features of a place of text, and of which photograph it is."""

    photo: str
    is_overlay: bool
    features: Features


def main() -> None:
    """Fit, say how well, and write the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without", type=Path, help="names of pictures with drawn text")
    parser.add_argument(
        "--source", action="append", default=[], help="where the pictures come from, and licence"
    )
    parser.add_argument("--limit", type=int, default=400)
    parser.add_argument("--check", action="store_true", help="write nothing")
    given = parser.parse_args()
    without = set(given.without.read_text().split()) if given.without else set()
    files = [each for each in overlays.photographs(given.folder) if each.name not in without]
    tuned_on, held_out = (
        [*_samples(overlays.half(files, name)[: given.limit // 2])] for name in overlays.HALVES
    )
    told = {
        "five_folds": _cross_checked(tuned_on),
        "held_out": _figures(held_out, _scores(fitted(tuned_on), held_out)),
    }
    print(json.dumps(told, indent=2))
    if not given.check:
        _write(tuned_on, told, given.source)


def _samples(files: Sequence[Path]) -> Iterator[Sample]:
    chance = random.Random(7)  # noqa: S311 - the same captions every time
    styles = cycle(overlays.STYLES)
    texts = [text for each in overlays.SENTENCES.values() for text in each]
    for file in files:
        photo = overlays.opened(file)
        yield from _of(np.asarray(photo), file.name, None)
        caption = overlays.drawn(photo, next(styles), "en", chance.choice(texts), chance)
        picture = np.asarray(Image.open(BytesIO(caption.data)).convert("RGB"))
        yield from _of(picture, file.name, caption.box)


def _of(
    rgb: npt.NDArray[np.uint8], name: str, box: tuple[int, int, int, int] | None
) -> Iterator[Sample]:
    """Yield what is read in a picture, of one with a caption only what lies in its box."""
    for each in passes.one_pass(rgb, ("en",), math.inf):
        is_long_enough = each.is_read and each.letters >= _MIN_LETTERS
        if is_long_enough and (box is None or _lies_in(each, box)):
            yield Sample(name, box is not None, natural.features_of(rgb, each.place))


def _lies_in(read: ReadPlace, box: tuple[int, int, int, int]) -> bool:
    x, y = read.place.corners.mean(axis=0)
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _cross_checked(samples: Sequence[Sample]) -> dict[str, float]:
    """Return figures over all samples, each judged by a model that never saw its photograph."""
    photos = sorted({each.photo for each in samples})
    random.Random(3).shuffle(photos)  # noqa: S311 - the same folds every time
    scored: list[tuple[float, bool]] = []
    for fold in range(_FOLDS):
        held = set(photos[fold::_FOLDS])
        model = fitted([each for each in samples if each.photo not in held])
        scored += _scores(model, [each for each in samples if each.photo in held])
    return _figures(samples, scored)


def _scores(model: OverlayModel, samples: Sequence[Sample]) -> list[tuple[float, bool]]:
    return [(model.probability(each.features), each.is_overlay) for each in samples]


def _figures(samples: Sequence[Sample], scored: Sequence[tuple[float, bool]]) -> dict[str, float]:
    laid_over = np.array([score for score, is_overlay in scored if is_overlay])
    in_scene = np.array([score for score, is_overlay in scored if not is_overlay])
    return {
        "overlay_boxes": len(laid_over),
        "scene_boxes": len(in_scene),
        "photographs": len({each.photo for each in samples}),
        "auc": round(float((laid_over[:, None] > in_scene).mean()), 4),
        "overlays_told": round(float((laid_over > 1 / 2).mean()), 4),
        "scene_kept": round(float((in_scene <= 1 / 2).mean()), 4),
    }


def fitted(samples: Sequence[Sample]) -> OverlayModel:
    """Fit a ridge logistic regression, both classes weighing the same, by Newton's method."""
    rows = np.array([each.features for each in samples])
    wanted = np.array([each.is_overlay for each in samples], np.float64)
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    inputs = np.hstack([(rows - mean) / spread, np.ones((len(rows), 1))])
    share = wanted.mean()
    balance = np.where(wanted > 0, 1 / (2 * share), 1 / (2 * (1 - share)))
    weights = _newton(inputs, wanted, balance)
    return OverlayModel(mean, spread, weights[:-1], float(weights[-1]))


def _newton(inputs: Rows, wanted: Rows, balance: Rows) -> Rows:
    weights = np.zeros(inputs.shape[1])
    ridge = _RIDGE * np.eye(len(weights))
    for _ in range(_ROUNDS):
        told = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (balance * (told - wanted)) + ridge @ weights
        curve = (inputs * (balance * told * (1 - told))[:, None]).T @ inputs + ridge
        weights = weights - np.linalg.solve(curve, slope)
    return weights


def _write(
    samples: Sequence[Sample], told: Mapping[str, Mapping[str, float]], sources: Sequence[str]
) -> None:
    model = fitted(samples)
    content = {
        "made_by": "scripts/fit_artificial.py",
        "photographs_of": sources,
        **told,
        "features": [*natural.NAMES],
        **{
            name: [round(float(each), _DIGITS) for each in values]
            for name, values in (
                ("mean", model.mean),
                ("spread", model.spread),
                ("weights", model.weights),
            )
        },
        "bias": round(model.bias, _DIGITS),
    }
    natural.FILE.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
