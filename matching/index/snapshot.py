"""Segments on disk: arrays to be mapped into memory, and a manifest that says what they are.

    FOLDER/manifest.json       names the folder of arrays that counts; replaced in one step
    FOLDER/arrays-<random>/    one .npy file per array

Checked are versions, shapes and sizes, the checksums of all that is small, and that no posting
points outside: a damaged file is refused or, in the signatures, costs candidates.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from common.errors import Unavailable
from matching.features import FEATURE_VERSION
from matching.features.model import WORD_COUNT
from matching.index.segment import NEVER, Segment

_FORMAT = 1
_MANIFEST = "manifest.json"
_PREFIX = "arrays-"

# Name and type of each array; those without a checksum have one entry per posting.
_TYPES: dict[str, np.dtype[Any]] = {
    "offsets": np.dtype(np.int64),
    "signatures": np.dtype(np.uint64),
    "rows": np.dtype(np.int32),
    "keys": np.dtype(np.int64),
    "list_slots": np.dtype(np.int32),
    "positions": np.dtype(np.int64),
    "feature_counts": np.dtype(np.int32),
}
_UNSUMMED = {"signatures", "rows"}

Array = npt.NDArray[Any]


class UnusableSnapshot(Unavailable):
    """There is no snapshot, or it is damaged or of another version."""

    code = "unusable_snapshot"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a snapshot holds: all rows in one segment, none of them ended."""

    segment: Segment
    list_keys: list[int]
    position: int
    cursor: str


def write(
    folder: Path, segment: Segment, *, list_keys: list[int], position: int, cursor: str
) -> None:
    """Write a snapshot and remove the one before; `segment` has no ended rows."""
    arrays_folder = folder / f"{_PREFIX}{secrets.token_hex(8)}"
    arrays_folder.mkdir(parents=True)
    arrays = {name: getattr(segment, name) for name in _TYPES}
    for name, array in arrays.items():
        with (arrays_folder / f"{name}.npy").open("wb") as file:
            np.save(file, array, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
    manifest = {
        "format": _FORMAT,
        "feature_version": FEATURE_VERSION,
        "cursor": cursor,
        "position": position,
        "list_keys": list_keys,
        "folder": arrays_folder.name,
        "rows": len(segment),
        "postings": len(segment.rows),
        "checksums": {
            name: _checksum(array) for name, array in arrays.items() if name not in _UNSUMMED
        },
    }
    _replace_manifest(folder, manifest)
    for other in folder.glob(f"{_PREFIX}*"):
        if other != arrays_folder:
            shutil.rmtree(other, ignore_errors=True)


def delete(folder: Path) -> None:
    """Remove the snapshot; processes that have it mapped keep what they mapped."""
    (folder / _MANIFEST).unlink(missing_ok=True)
    for arrays_folder in folder.glob(f"{_PREFIX}*"):
        shutil.rmtree(arrays_folder, ignore_errors=True)


def age_s(folder: Path) -> float:
    """Return how long ago the snapshot was written, in seconds; 0 where there is none."""
    try:
        return max(0.0, time.time() - (folder / _MANIFEST).stat().st_mtime)
    except FileNotFoundError:
        return 0.0


def read(folder: Path) -> Kept:
    """Return what `write` wrote, the arrays mapped; raise `UnusableSnapshot` if that cannot be."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text())
        _check_versions(manifest)
        arrays = {
            name: _mapped(folder / manifest["folder"] / f"{name}.npy", expected)
            for name, expected in _TYPES.items()
        }
        _check_arrays(arrays, manifest)
        segment = Segment(**arrays, ended=np.full(manifest["rows"], NEVER, np.int64))
        return Kept(
            segment,
            [int(key) for key in manifest["list_keys"]],
            int(manifest["position"]),
            str(manifest["cursor"]),
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise UnusableSnapshot(
            f"The snapshot in {folder} cannot be used ({error}). Build the index anew."
        ) from error


def _replace_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    fresh = folder / f"{_MANIFEST}.new"
    with fresh.open("w") as file:
        json.dump(manifest, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, folder / _MANIFEST)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checksum(array: Array) -> int:
    return zlib.crc32(array.tobytes())


def _mapped(path: Path, expected: np.dtype[Any]) -> Array:
    """Return a plain array over the file; copy-on-write, so that compiled loops take it as any."""
    array = np.load(path, mmap_mode="c", allow_pickle=False)
    if array.dtype != expected or array.ndim != 1 or not array.flags.c_contiguous:
        raise ValueError(f"{path.name} holds another kind of array")
    return np.asarray(array)


def _check_versions(manifest: dict[str, Any]) -> None:
    found = manifest["format"], manifest["feature_version"]
    if found != (_FORMAT, FEATURE_VERSION):
        raise ValueError(f"it is of version {found}, not {(_FORMAT, FEATURE_VERSION)}")


def _check_arrays(arrays: dict[str, Array], manifest: dict[str, Any]) -> None:
    """Raise ValueError unless the arrays are whole and point nowhere outside."""
    rows, postings = manifest["rows"], manifest["postings"]
    lengths = {"offsets": WORD_COUNT + 1, "signatures": postings, "rows": postings}
    for name, array in arrays.items():
        if len(array) != lengths.get(name, rows):
            raise ValueError(f"{name} is of another length")
        if name not in _UNSUMMED and _checksum(array) != manifest["checksums"][name]:
            raise ValueError(f"{name} is damaged")
    if arrays["offsets"][-1] != postings or not _is_below(arrays["rows"], rows):
        raise ValueError("postings point outside")
    if not _is_below(arrays["list_slots"], len(manifest["list_keys"])):
        raise ValueError("rows are of lists that are not there")


def _is_below(numbers: Array, end: int) -> bool:
    return not len(numbers) or (numbers.min() >= 0 and numbers.max() < end)
