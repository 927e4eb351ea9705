"""Features as bytes, to be kept: whole items, and words with signatures alone for the index.

An item of 355 features takes 28 KB: 16 KB descriptors, 7 KB thumbnail, 3 KB words and signatures,
2 KB keypoints. Its postings take 10 bytes per feature. Numbers are little-endian.

    item      header, x and y uint16 (n), size and angle uint8 (n), words uint16 (n),
              signatures uint64 (n), descriptors deflated, thumbnail as JPEG
    postings  header, words uint16 (n), signatures uint64 (n)

Positions are kept to 1/128 px, sizes to 1.5 %, angles to 0.7 degrees: less than what the same point
varies by from one copy of a picture to the next. Descriptors, words and signatures are exact; the
thumbnail is a JPEG of quality 90, at 43 % of what deflating it would take and 2 grey levels off.
"""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import numpy.typing as npt

from matching.features import (
    FEATURE_VERSION,
    Descriptors,
    ItemFeatures,
    Keypoints,
    LocalFeatures,
    Postings,
)
from matching.features.model import DIMENSIONS
from matching.types import Grey

_LAYOUT = 1
_ITEM_MARK = b"LKfi"
_POSTINGS_MARK = b"LKfp"

# Mark, layout, version of the features, their number.
_COMMON = struct.Struct("<4sBHH")
# Width and height of the work picture, bytes of the deflated descriptors.
_ITEM_REST = struct.Struct("<HHI")

_POSITION_STEPS_PER_PX = 64
_SIZE_STEPS_PER_OCTAVE = 24
_ANGLE_STEPS = 256
_MAX_SIDE_PX = (2**16 - 1) // _POSITION_STEPS_PER_PX
_MAX_COUNT = 2**16 - 1
_BYTES_PER_KEYPOINT = 2 + 2 + 1 + 1
_BYTES_PER_POSTING = 2 + 8
_JPEG_QUALITY = 90
# Descriptors are deflated column by column with Huffman codes alone: nothing repeats. This memory
# level starts new codes every 4,096 values, so that they fit the spread of the columns there.
_MEMORY_LEVEL = 6
_NO_ENVELOPE = -15


def to_bytes(features: ItemFeatures) -> bytes:
    """Return the features as bytes; raise ValueError for a work picture above 1,023 px."""
    local = features.local
    if max(local.width, local.height) > _MAX_SIDE_PX or len(local) > _MAX_COUNT:
        raise ValueError("The features are of too large a picture to be kept.")
    descriptors = _deflated(local.descriptors)
    return b"".join(
        (
            _COMMON.pack(_ITEM_MARK, _LAYOUT, FEATURE_VERSION, len(local)),
            _ITEM_REST.pack(local.width, local.height, len(descriptors)),
            _keypoints_to_bytes(local.keypoints),
            _words_to_bytes(Postings.of(local)),
            descriptors,
            _thumbnail_to_bytes(features.thumbnail),
        )
    )


def from_bytes(content: bytes) -> ItemFeatures:
    """Return the features in what `to_bytes` returned.

    Raise ValueError for features of another version, and for bytes that are damaged or are none.
    """
    count = _count(content, _ITEM_MARK)
    start = _COMMON.size + _ITEM_REST.size
    words_start = start + count * _BYTES_PER_KEYPOINT
    descriptors_start = words_start + count * _BYTES_PER_POSTING
    if len(content) < descriptors_start:
        raise ValueError("The kept features are cut short.")
    width, height, deflated_bytes = _ITEM_REST.unpack_from(content, _COMMON.size)
    thumbnail_start = descriptors_start + deflated_bytes
    postings = _words_from_bytes(content, words_start, count)
    local = LocalFeatures(
        keypoints=_keypoints_from_bytes(content, start, count),
        descriptors=_inflated(content[descriptors_start:thumbnail_start], count),
        words=postings.words[:, np.newaxis],
        signatures=postings.signatures[:, np.newaxis],
        width=width,
        height=height,
    )
    return ItemFeatures(local, _thumbnail_from_bytes(content[thumbnail_start:]))


def postings_to_bytes(postings: Postings) -> bytes:
    """Return what the index needs of an item: 9 bytes and 10 per feature."""
    header = _COMMON.pack(_POSTINGS_MARK, _LAYOUT, FEATURE_VERSION, len(postings))
    return header + _words_to_bytes(postings)


def postings_from_bytes(content: bytes) -> Postings:
    """Return the postings in what `postings_to_bytes` returned.

    Raise ValueError as `from_bytes` does.
    """
    count = _count(content, _POSTINGS_MARK)
    if len(content) != _COMMON.size + count * _BYTES_PER_POSTING:
        raise ValueError("The kept words of the features are damaged.")
    return _words_from_bytes(content, _COMMON.size, count)


def _count(content: bytes, mark: bytes) -> int:
    """Return the number of features that the header tells of; raise ValueError for another kind."""
    if len(content) < _COMMON.size or content[: len(mark)] != mark:
        raise ValueError("These bytes are no kept features.")
    _, layout, version, count = _COMMON.unpack_from(content)
    if (layout, version) != (_LAYOUT, FEATURE_VERSION):
        raise ValueError(
            f"The features were kept as version {version}.{layout}, and this program reads "
            f"{FEATURE_VERSION}.{_LAYOUT}. Extract them again from the picture."
        )
    return int(count)


def _keypoints_to_bytes(keypoints: Keypoints) -> bytes:
    x, y, size, angle = keypoints.T
    size_steps = np.rint(np.log2(np.maximum(size, 1)) * _SIZE_STEPS_PER_OCTAVE)
    angle_steps = np.rint(angle / (2 * np.pi) * _ANGLE_STEPS) % _ANGLE_STEPS
    return b"".join(
        (
            np.rint(x * _POSITION_STEPS_PER_PX).astype("<u2").tobytes(),
            np.rint(y * _POSITION_STEPS_PER_PX).astype("<u2").tobytes(),
            np.minimum(size_steps, 255).astype(np.uint8).tobytes(),
            angle_steps.astype(np.uint8).tobytes(),
        )
    )


def _keypoints_from_bytes(content: bytes, start: int, count: int) -> Keypoints:
    positions = np.frombuffer(content, "<u2", 2 * count, start).reshape(2, count)
    steps = np.frombuffer(content, np.uint8, 2 * count, start + 4 * count).reshape(2, count)
    keypoints = np.empty((count, 4), np.float32)
    keypoints[:, :2] = positions.T / _POSITION_STEPS_PER_PX
    keypoints[:, 2] = np.exp2(steps[0] / _SIZE_STEPS_PER_OCTAVE)
    keypoints[:, 3] = steps[1] * (2 * np.pi / _ANGLE_STEPS)
    return keypoints


def _words_to_bytes(postings: Postings) -> bytes:
    return postings.words.astype("<u2").tobytes() + postings.signatures.astype("<u8").tobytes()


def _words_from_bytes(content: bytes, start: int, count: int) -> Postings:
    words = np.frombuffer(content, "<u2", count, start).astype(np.uint16)
    signatures = np.frombuffer(content, "<u8", count, start + 2 * count).astype(np.uint64)
    return Postings(words, signatures)


def _deflated(descriptors: Descriptors) -> bytes:
    deflating = zlib.compressobj(
        wbits=_NO_ENVELOPE, memLevel=_MEMORY_LEVEL, strategy=zlib.Z_HUFFMAN_ONLY
    )
    return deflating.compress(descriptors.T.tobytes()) + deflating.flush()


def _inflated(deflated: bytes, count: int) -> Descriptors:
    expected_bytes = count * DIMENSIONS
    inflating = zlib.decompressobj(wbits=_NO_ENVELOPE)
    try:
        columns = inflating.decompress(deflated, expected_bytes + 1)
    except zlib.error as error:
        raise ValueError("The kept descriptors are damaged.") from error
    if len(columns) != expected_bytes or not inflating.eof:
        raise ValueError("The kept descriptors are damaged.")
    table: npt.NDArray[np.int8] = np.frombuffer(columns, np.int8).reshape(DIMENSIONS, count)
    return np.array(table.T, order="C")


def _thumbnail_to_bytes(thumbnail: Grey) -> bytes:
    options = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    is_written, jpeg = cv2.imencode(".jpg", thumbnail, options)
    if not is_written:
        raise ValueError("The thumbnail cannot be kept.")
    return jpeg.tobytes()


def _thumbnail_from_bytes(jpeg: bytes) -> Grey:
    thumbnail = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE) if jpeg else None
    if thumbnail is None:
        raise ValueError("The kept thumbnail is damaged.")
    return thumbnail.astype(np.uint8, copy=False)
