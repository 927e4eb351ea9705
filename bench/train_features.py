"""Learns the projection and the vocabulary of local features from a folder of pictures.

    python -m bench.train_features FOLDER OUT

FOLDER holds one folder of pictures per source, and `sources.json`: for the name of each such folder
the package or page it comes from, its version and its licences. OUT gets `model.npz` and
`model.json`, which repeats the sources with what was taken of each. Never learn from pictures of an
evaluation: the vocabulary would know them. A new model needs a new FEATURE_VERSION.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt
from PIL import Image

from matching.features import FEATURE_VERSION, extract, model, projection
from matching.features.keypoints import HISTOGRAM_BINS
from matching.features.model import COARSE_COUNT, DIMENSIONS, WORD_COUNT, Model
from matching.types import Grey

# Wallpapers are larger than what is let in from strangers.
Image.MAX_IMAGE_PIXELS = None

SEED = 20240601
MOST_PICTURES_PER_SOURCE = 350
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
# Smaller files are icons.
LEAST_FILE_BYTES = 12_000
LEAST_SIDE_PX = 100
ROTATION_STEPS = 127
# A word with fewer descriptors than this has no median to speak of; its centroid stands in.
LEAST_FOR_MEDIAN = 10

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken of one source: the histograms of its pictures, and their checksum."""

    pictures: int
    histograms: Floats
    sha256: str


def main() -> None:
    """Learn, and write the model with what it was learnt from."""
    folder, out = map(Path, sys.argv[1:])
    sources = json.loads((folder / "sources.json").read_text())
    taken = {name: take(folder / name) for name in sorted(sources)}
    for name, each in taken.items():
        print(f"{name}: {each.pictures} pictures, {len(each.histograms)} descriptors")
    histograms = np.concatenate([each.histograms for each in taken.values()])
    learnt = learn(projection.root(histograms))
    model.write(out / model.MODEL_PATH.name, learnt)
    write_provenance(out, sources, taken)


def take(folder: Path) -> Taken:
    """Return the histograms of pictures drawn from the folder, as items and queries see them."""
    random = np.random.default_rng(SEED)
    paths = sorted(path for path in folder.rglob("*") if is_picture(path))
    chosen = random.permutation(len(paths))[:MOST_PICTURES_PER_SOURCE]
    checksum = hashlib.sha256()
    histograms = [np.empty((0, HISTOGRAM_BINS), np.float32)]
    for number in sorted(chosen.tolist()):
        grey = luma(paths[number])
        if min(grey.shape) < LEAST_SIDE_PX:
            continue
        checksum.update(hashlib.sha256(paths[number].read_bytes()).digest())
        see = extract.item_histograms if random.integers(2) else extract.query_histograms
        histograms.append(see(grey))
    return Taken(len(histograms) - 1, np.concatenate(histograms), checksum.hexdigest())


def is_picture(path: Path) -> bool:
    """Tell whether the file is a picture and no icon."""
    return (
        path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not path.is_symlink()
        and path.stat().st_size >= LEAST_FILE_BYTES
    )


def luma(path: Path) -> Grey:
    """Return the picture over white as luma."""
    with Image.open(path) as image:
        image.draft("RGB", (1600, 1600))
        colours = image.convert("RGBA")
    white = Image.new("RGBA", colours.size, "white")
    return np.asarray(Image.alpha_composite(white, colours).convert("L"))


def learn(roots: Floats) -> Model:
    """Return projection, words and medians learnt from root histograms, float32 (n, 128)."""
    mean = roots.mean(axis=0)
    components = principal_components(roots - mean)
    descriptors = projection.quantised((roots - mean) @ components).astype(np.float32)
    coarse, starts, centroids = learn_words(descriptors)
    rotation = random_rotation()
    return Model(
        mean=mean,
        components=components,
        centroids=centroids.astype(np.int8),
        coarse=coarse.astype(np.int8),
        starts=starts,
        rotation=rotation.astype(np.int8),
        thresholds=medians(descriptors, centroids, rotation),
    )


def principal_components(centred: Floats) -> Floats:
    """Return float32 (128, 64): the strongest directions first, each with a fixed sign."""
    variances, directions = np.linalg.eigh(np.cov(centred.T))
    strongest = directions[:, ::-1][:, :DIMENSIONS]
    kept = variances[::-1][:DIMENSIONS].sum() / variances.sum()
    print(f"{DIMENSIONS} components keep {kept:.3f} of the variance")
    signs = np.sign(strongest[np.abs(strongest).argmax(axis=0), np.arange(DIMENSIONS)])
    return np.ascontiguousarray(strongest * signs, np.float32)


def learn_words(descriptors: Floats) -> tuple[Floats, npt.NDArray[np.int32], Floats]:
    """Return coarse cells, the first word of each, and the words in the order of their cells."""
    words = np.rint(k_means(descriptors, WORD_COUNT, rounds=12))
    coarse = np.rint(k_means(words, COARSE_COUNT, rounds=20))
    cells = nearest(words, coarse)
    sizes = np.bincount(cells, minlength=COARSE_COUNT)
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    return coarse, starts, words[np.argsort(cells, kind="stable")]


def k_means(vectors: Floats, count: int, *, rounds: int) -> Floats:
    """Return float32 (count, 64) centroids."""
    means = faiss.Kmeans(
        DIMENSIONS,
        count,
        niter=rounds,
        seed=SEED,
        min_points_per_centroid=1,
        max_points_per_centroid=200,
    )
    means.train(vectors)
    return np.asarray(means.centroids, np.float32)


def nearest(vectors: Floats, centroids: Floats) -> npt.NDArray[np.int64]:
    """Return the nearest centroid of each vector."""
    index = faiss.IndexFlatL2(DIMENSIONS)
    index.add(centroids)
    return np.asarray(index.search(vectors, 1)[1][:, 0], np.int64)


def random_rotation() -> Floats:
    """Return float32 (64, 64): a rotation in whole steps of 1/127."""
    normal = np.random.default_rng(SEED).normal(size=(DIMENSIONS, DIMENSIONS))
    rotation: npt.NDArray[np.float64] = np.linalg.qr(normal)[0]
    return np.rint(rotation * ROTATION_STEPS).astype(np.float32)


def medians(descriptors: Floats, centroids: Floats, rotation: Floats) -> npt.NDArray[np.int16]:
    """Return int16 (4096, 64): the median of what is in each word, rotated."""
    words = nearest(descriptors, centroids)
    order = np.argsort(words, kind="stable")
    ends = np.cumsum(np.bincount(words, minlength=WORD_COUNT))
    thresholds: Floats = centroids @ rotation
    for word, members in enumerate(np.split(order, ends[:-1])):
        if len(members) >= LEAST_FOR_MEDIAN:
            thresholds[word] = np.median(descriptors[members] @ rotation, axis=0)
    sizes = np.percentile(np.diff(ends, prepend=0), [0, 10, 50, 90, 100])
    print("descriptors per word, percentiles 0, 10, 50, 90, 100:", sizes)
    return np.rint(thresholds).astype(np.int16)


def write_provenance(out: Path, sources: dict[str, Any], taken: dict[str, Taken]) -> None:
    """Write `model.json`: sources, counts, command, date and checksums."""
    path = out / model.MODEL_PATH.name
    provenance = {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "feature_version": FEATURE_VERSION,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "command": "python -m bench.train_features FOLDER OUT",
        "pictures": sum(each.pictures for each in taken.values()),
        "descriptors": sum(len(each.histograms) for each in taken.values()),
        "sources": [
            {
                **sources[name],
                "pictures": each.pictures,
                "descriptors": len(each.histograms),
                "sha256_of_the_pictures_sha256": each.sha256,
            }
            for name, each in taken.items()
        ],
    }
    text = json.dumps(provenance, indent=2, ensure_ascii=False)
    (out / model.MODEL_PATH.with_suffix(".json").name).write_text(text + "\n")


if __name__ == "__main__":
    main()
