"""RapidOCR: its detector and its recogniser, each an object of its own.

A call that asks one of its objects for some of the steps changes that object; and its full call
drops what its recogniser cannot read. So one object finds the places and another reads the crops.
Its models are named by their paths, as it fetches those that it does not find; it wants BGR.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from itertools import pairwise
from typing import Any, Final

import cv2
import numpy as np

from matching.types import Rgb
from moderation.reading import installed
from moderation.reading.decoding import Decoder
from moderation.reading.places import TextPlace

NAME: Final = installed.RAPIDOCR
# Larger pictures are reduced for finding places; twice the side costs three times the time and
# 200 MB more.
MAX_DETECTED_SIDE_PX: Final = 1280
# Smaller ones are enlarged, as the detector was taught on them.
_MIN_DETECTED_SIDE_PX, _MAX_ENLARGED = 736, 4.0
# No letter is lower.
MIN_SIDE_PX: Final = 8
# The sides of what the detector is given are multiples of this.
_STEP_PX = 32
_RECOGNISED_HEIGHT_PX = 48
# A line of more than about 150 letters is read in parts: what a part costs grows with its square.
_MAX_CROP_ASPECT = 60
_MIN_CONFIDENCE = 0.5

_OPTIONS = {
    "Global.log_level": "critical",
    "Global.use_preprocess_img": False,
    "Global.use_vertical_padding": False,
    "Global.use_cls": False,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


def warm_up() -> None:
    """Load both models and have each run once; raise ReaderNotInstalled without them."""
    flat = np.full((_STEP_PX, 2 * _STEP_PX, 3), 255, np.uint8)
    detected(flat)
    recognised([flat])


def detected(rgb: Rgb) -> list[TextPlace]:
    """Find the places of text in a picture, at a size that the detector knows."""
    height, width = rgb.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        return []
    fitted = _fitted(rgb)
    scale = np.array([fitted.shape[1] / width, fitted.shape[0] / height])
    found = _detector()(_bgr(fitted), use_det=True, use_cls=False, use_rec=False)
    if found.boxes is None:
        return []
    return [
        TextPlace((np.asarray(corners) / scale).astype(np.float32), float(confidence))
        for corners, confidence in zip(found.boxes, found.scores, strict=True)
    ]


def recognised(crops: Sequence[Rgb]) -> list[tuple[str, float]]:
    """Read each crop; return its text, perhaps empty, and the mean confidence of its letters."""
    parts = [_parts(each) for each in crops]
    flat = [_bgr(part) for each in parts for part in each]
    if not flat:
        return []
    answer = _recogniser().recognize_txt(flat)
    read = iter(zip(answer.txts, answer.scores, strict=True))
    return [_joined([next(read) for _ in each]) for each in parts]


def _joined(read: Sequence[tuple[str, float]]) -> tuple[str, float]:
    if len(read) == 1:
        return read[0][0], float(read[0][1])
    text = " ".join(each for each, _ in read)
    letters = sum(len(each) for each, _ in read)
    return text, sum(len(each) * float(score) for each, score in read) / max(1, letters)


def _fitted(rgb: Rgb) -> Rgb:
    """Return the picture at the size that the detector is given; sides of at least one step."""
    height, width = rgb.shape[:2]
    scale = min(max(1.0, _MIN_DETECTED_SIDE_PX / min(height, width)), _MAX_ENLARGED)
    scale = min(scale, MAX_DETECTED_SIDE_PX / max(height, width))
    sides = [max(_STEP_PX, round(side * scale / _STEP_PX) * _STEP_PX) for side in (width, height)]
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, (sides[0], sides[1]), interpolation=way), np.uint8)


def _parts(crop: Rgb) -> list[Rgb]:
    """Return the crop, if it is very long in parts that end where there is least to see."""
    height, width = crop.shape[:2]
    count = math.ceil(width / (_MAX_CROP_ASPECT * height))
    if count == 1:
        return [crop]
    ends = [0, *_quiet_columns(crop, count), width]
    return [crop[:, start:end] for start, end in pairwise(ends) if end > start]


def _quiet_columns(crop: Rgb, count: int) -> Iterator[int]:
    height, width = crop.shape[:2]
    contrast = np.ptp(crop.mean(axis=2), axis=0)
    quiet = cv2.blur(contrast[np.newaxis].astype(np.float32), (max(1, height // 3), 1))[0]
    for number in range(1, count):
        middle = width * number // count
        start, end = max(0, middle - 4 * height), min(width, middle + 4 * height)
        yield start + int(np.argmin(quiet[start:end]))


def _bgr(rgb: Rgb) -> Rgb:
    return np.ascontiguousarray(rgb[:, :, ::-1])


@cache
def _detector() -> Any:  # noqa: ANN401 - RapidOCR carries no types
    file = installed.models_folder() / installed.DETECTOR_FILE
    return _rapidocr(
        {
            "Global.use_rec": False,
            "Det.model_path": str(file),
            # The sizes are ours: see `_fitted`.
            "Det.limit_type": "max",
            "Det.limit_side_len": MAX_DETECTED_SIDE_PX,
            "Det.box_thresh": _MIN_CONFIDENCE,
        }
    )


@cache
def _recogniser() -> Any:  # noqa: ANN401 - as above
    file = installed.models_folder() / installed.RECOGNISER_FILE
    made = _rapidocr(
        {
            "Global.use_det": False,
            "Global.text_score": 0.0,
            "Rec.model_path": str(file),
            "Rec.rec_img_shape": [3, _RECOGNISED_HEIGHT_PX, 320],
            # A batch is as wide as its widest line, and what fills up the others costs them spaces:
            # what is read in a line must not depend on its neighbours.
            "Rec.rec_batch_num": 1,
        }
    )
    # It loads the model when it first reads, and makes its decoder then.
    model = made._load_rec_model()  # noqa: SLF001
    model.postprocess_op = Decoder(model.postprocess_op)
    return made


def _rapidocr(options: dict[str, object]) -> Any:  # noqa: ANN401 - as above
    installed.require(())
    # Its builds tell their maker of their use, by the network, unless this is set.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    return import_module(installed.RAPIDOCR).RapidOCR(params={**_OPTIONS, **options})
