from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from matching.features import LocalFeatures, model, projection
from matching.features.extract import item_features, query_features
from matching.features.keypoints import look, mirrored
from matching.features.vocabulary import assigned
from matching.types import Grey
from tests.photos import photo


def dequantised(descriptors: npt.NDArray[np.int8]) -> npt.NDArray[np.float32]:
    """Return float32 (n, 64) with the geometry of root histograms, but for their mean."""
    return descriptors.astype(np.float32) / np.float32(projection.DESCRIPTOR_SCALE)


def grey(name: str) -> Grey:
    return np.asarray(photo(name).convert("L"))


def same(left: LocalFeatures, right: LocalFeatures) -> bool:
    return (left.width, left.height) == (right.width, right.height) and all(
        np.array_equal(getattr(left, name), getattr(right, name))
        for name in ("keypoints", "descriptors", "words", "signatures")
    )


def share_found_again(
    query: LocalFeatures,
    item: LocalFeatures,
    to_item: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]],
) -> float:
    """Return of the query's keypoints the share that the item has at the same place, looking alike.

    `to_item` takes x and y, (n, 2), of the query to those of the item.
    """
    places = to_item(query.keypoints[:, :2])
    apart_px = np.linalg.norm(places[:, np.newaxis] - item.keypoints[np.newaxis, :, :2], axis=2)
    left, right = (
        dequantised(query.descriptors),
        dequantised(item.descriptors),
    )
    unlike = np.linalg.norm(left[:, np.newaxis] - right[np.newaxis], axis=2)
    return float(((apart_px < 3) & (unlike < 0.5)).any(axis=1).mean())


@pytest.mark.parametrize("name", ["coffee", "astronaut", "motorcycle_left", "rocket"])
def test_the_same_picture_gives_the_same_features(name: str) -> None:
    assert same(item_features(grey(name)).local, item_features(grey(name).copy()).local)
    assert same(query_features(grey(name)).mirrored, query_features(grey(name)).mirrored)


def test_memory_order_makes_no_difference() -> None:
    wide = np.asfortranarray(grey("coffee"))

    assert same(item_features(wide).local, item_features(grey("coffee")).local)


def test_work_pictures_have_the_promised_sizes() -> None:
    large = np.asarray(photo("coffee").convert("L").resize((1200, 800)))
    item, query = item_features(large), query_features(large)

    assert (item.local.width, item.local.height) == (320, 213)
    assert (query.upright.width, query.mirrored.width) == (400, 400)
    assert query.picture.shape == (427, 640)
    assert item.thumbnail.shape == (107, 160)
    assert 0.5 * 400 < len(item.local) <= 400
    assert 0.5 * 500 < len(query.upright) <= 500


@pytest.mark.parametrize("views", [1, 8, 9, 25, 50])
def test_views_of_one_picture_never_exceed_their_budget(views: int) -> None:
    noise = np.random.default_rng(views).integers(0, 256, (240, 320), dtype=np.uint8)

    item, query = item_features(noise, views=views), query_features(noise, views=views)

    assert views * len(item.local) <= 8 * 400
    assert views * len(query.upright) <= 8 * 500
    assert min(len(item.local), len(query.upright)) >= 60


def test_small_pictures_are_enlarged() -> None:
    small = np.asarray(photo("coffee").convert("L").resize((90, 60)))
    item, query = item_features(small), query_features(small)

    assert (item.local.width, item.local.height) == (300, 200)
    assert item.thumbnail.shape == (107, 160)
    assert query.picture.shape == (60, 90)
    assert len(item.local) > 50


def test_a_reduced_copy_has_the_same_features() -> None:
    copy = np.asarray(photo("coffee").convert("L").resize((400, 267)))

    share = share_found_again(
        query_features(copy).upright,
        item_features(grey("coffee")).local,
        lambda places: places * 0.8,
    )

    assert share > 0.35


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_picture_has_the_same_features_elsewhere(turns: int) -> None:
    upright = item_features(grey("coffee")).local
    turned = item_features(np.rot90(grey("coffee"), turns)).local
    last_x, last_y = upright.width - 1, upright.height - 1

    def back(places: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        x, y = places.T
        upright_places = {1: (last_x - y, x), 2: (last_x - x, last_y - y), 3: (y, last_y - x)}
        return np.stack(upright_places[turns], axis=1)

    assert share_found_again(turned, upright, back) > 0.85


@pytest.mark.parametrize("name", ["coffee", "astronaut", "rocket"])
def test_mirrored_features_are_those_of_the_mirrored_picture(name: str) -> None:
    predicted = query_features(grey(name)).mirrored
    seen = query_features(grey(name)[:, ::-1]).upright

    assert share_found_again(predicted, seen, lambda places: places) > 0.9
    offsets = predicted.keypoints[:, np.newaxis, :2] - seen.keypoints[np.newaxis, :, :2]
    nearest = np.linalg.norm(offsets, axis=2).argmin(axis=1)
    matched = seen.keypoints[nearest]
    apart = predicted.keypoints - matched
    assert np.median(np.abs(apart[:, :2])) < 0.01
    assert (
        np.median(np.abs(np.exp(1j * predicted.keypoints[:, 3]) - np.exp(1j * matched[:, 3])))
        < 0.01
    )


def test_mirroring_twice_changes_nothing() -> None:
    seen = look(grey("coffee"), max_keypoints=300)
    again = mirrored(mirrored(seen))

    assert np.array_equal(again.histograms, seen.histograms)
    assert np.allclose(again.keypoints, seen.keypoints, atol=1e-4)


def test_keypoints_are_spread_over_the_picture() -> None:
    """Text at the top holds the strongest corners; the picture below keeps its share."""
    checks = np.kron(np.indices((10, 100)).sum(axis=0) % 2, np.ones((8, 8)))[:, :600]
    picture = grey("coffee").copy()
    picture[:80] = checks * 255

    places = item_features(picture).local.keypoints[:, 1]

    assert (places > 80 * 320 / 600).mean() > 0.4


FLAT_OR_TINY = {
    "one pixel": np.full((1, 1), 7, np.uint8),
    "eight by eight": np.arange(64, dtype=np.uint8).reshape(8, 8),
    "white": np.full((300, 500), 255, np.uint8),
    "long": np.tile(np.arange(10, dtype=np.uint8)[:, np.newaxis] * 20, (1, 4000)),
    "high": np.tile(np.arange(10, dtype=np.uint8) * 20, (4000, 1)),
    "one row": np.random.default_rng(1).integers(0, 255, (1, 5000), dtype=np.uint8),
}


@pytest.mark.parametrize("name", FLAT_OR_TINY)
def test_flat_tiny_and_long_pictures_have_features_of_the_right_shape(name: str) -> None:
    picture = FLAT_OR_TINY[name]
    item = item_features(picture)
    query = query_features(picture)

    assert_shapes(item.local, words_per_feature=1)
    assert_shapes(query.upright, words_per_feature=3)
    assert_shapes(query.mirrored, words_per_feature=3)
    assert query.picture.dtype == np.uint8
    assert max(item.thumbnail.shape) == 160


def assert_shapes(local: LocalFeatures, *, words_per_feature: int) -> None:
    count = len(local)
    assert local.keypoints.shape == (count, 4)
    assert local.keypoints.dtype == np.float32
    assert local.descriptors.shape == (count, 64)
    assert local.descriptors.dtype == np.int8
    assert local.words.shape == local.signatures.shape == (count, words_per_feature)
    assert local.words.dtype == np.uint16
    assert local.signatures.dtype == np.uint64
    assert np.isfinite(local.keypoints).all()


def test_a_white_picture_has_no_keypoint() -> None:
    assert len(item_features(FLAT_OR_TINY["white"]).local) == 0
    assert len(query_features(FLAT_OR_TINY["white"]).mirrored) == 0


def test_descriptors_keep_the_cosines_and_distances_of_the_floats() -> None:
    histograms = look(grey("astronaut"), max_keypoints=400).histograms
    floats = projection.components_of(projection.root(histograms), model.shipped())
    kept = dequantised(projection.projected(histograms))

    assert np.abs(cosines(floats) - cosines(kept)).max() < 0.02
    roots = projection.root(histograms)
    exact = np.linalg.norm(roots[:, np.newaxis] - roots[np.newaxis], axis=2)
    near = np.linalg.norm(kept[:, np.newaxis] - kept[np.newaxis], axis=2)
    assert np.abs(exact - near).mean() < 0.05


def cosines(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    products: npt.NDArray[np.float32] = directions @ directions.T
    return products


def test_words_are_the_nearest_of_all_with_few_exceptions() -> None:
    descriptors = query_features(grey("astronaut")).upright.descriptors
    distances = distances_to_words(descriptors)
    words, _ = assigned(descriptors, 3)

    nearest = np.argsort(distances, axis=1, kind="stable")[:, :3]
    is_found = (words[:, np.newaxis] == nearest[:, :, np.newaxis]).any(axis=2)
    assert (words[:, 0] == nearest[:, 0]).mean() > 0.985
    assert is_found.mean() > 0.98
    of_words = np.take_along_axis(distances, words.astype(int), axis=1)
    assert (np.diff(of_words, axis=1) >= 0).all()


def distances_to_words(descriptors: npt.NDArray[np.int8]) -> npt.NDArray[np.int64]:
    centroids = model.shipped().centroids.astype(np.int64)
    distances: npt.NDArray[np.int64] = (centroids**2).sum(axis=1) - 2 * (
        descriptors.astype(np.int64) @ centroids.T
    )
    return distances


def test_signatures_tell_on_which_side_of_the_medians_a_descriptor_lies() -> None:
    item = item_features(grey("coffee")).local
    learnt = model.shipped()
    rotated = item.descriptors.astype(np.int64) @ learnt.rotation.astype(np.int64)

    bits = rotated > learnt.thresholds[item.words[:, 0]]

    expected = (bits.astype(np.uint64) << np.arange(64, dtype=np.uint64)).sum(axis=1)
    assert np.array_equal(item.signatures[:, 0], expected)


def test_first_word_of_a_query_is_the_word_of_an_item() -> None:
    descriptors = item_features(grey("coffee")).local.descriptors

    one, three = assigned(descriptors, 1), assigned(descriptors, 3)

    assert np.array_equal(one[0][:, 0], three[0][:, 0])
    assert np.array_equal(one[1][:, 0], three[1][:, 0])


def test_the_shipped_model_is_the_one_that_its_provenance_tells_of() -> None:
    provenance = json.loads(model.MODEL_PATH.with_suffix(".json").read_text())

    assert provenance["sha256"] == hashlib.sha256(model.MODEL_PATH.read_bytes()).hexdigest()
    assert model.MODEL_PATH.stat().st_size < 2_000_000
    assert all(source["licences"] and source["version"] for source in provenance["sources"])
    assert sum(source["pictures"] for source in provenance["sources"]) == provenance["pictures"]


def test_a_model_can_be_written_and_read(tmp_path: Path) -> None:
    shipped = model.shipped()
    path = tmp_path / "model.npz"

    model.write(path, replace(shipped, mean=shipped.mean + 1))

    again = model.read(path)
    assert np.array_equal(again.mean, shipped.mean + 1)
    assert np.array_equal(again.thresholds, shipped.thresholds)
