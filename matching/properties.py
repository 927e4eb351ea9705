"""What a picture looks like in a few numbers: sharpness, contrast, brightness, and main colours.

Every measure depends on the pixels alone and comes out the same each time. They are made on a
reduced picture, so that the same photograph in two sizes gets nearly the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from matching.types import Grey, Pixels, Rgb

# Longer sides in px: fine enough to see blur, and enough pixels to count colours.
_MEASURED_SIDE_PX = 1024
_COLOURS_SIDE_PX = 160
# The variance of the Laplacian at which blurred photographs are commonly told from sharp ones.
_HALF_SHARP_VARIANCE = 100.0
# What lies beyond these percentiles of luma is specks and borders.
_DARK_PERCENTILE, _BRIGHT_PERCENTILE = 1, 99
_MAX_COLOURS = 8
# CIE 1976 colour differences: below this two colours have one name for most people.
_SAME_COLOUR = 12.0
# Chroma from which a colour catches the eye; it parts the published examples of accents and others.
_ACCENT_CHROMA = 30.0
_LEAST_SHARE = 0.01
_ROUNDS = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.1)

Lab = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour of sRGB, 0..255 a channel."""

    red: int
    green: int
    blue: int

    @property
    def hexadecimal(self) -> str:
        """Return `#rrggbb` in lower case."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


@dataclass(frozen=True, slots=True)
class Properties:
    """The measures of one picture: 0 blurry, flat, dark to 1 sharp, full of contrast, bright.

    `dominant` covers most of the picture; `accents` are the other vivid colours and `others` the
    dull ones, both by how much they cover, most first, and both may be empty.
    """

    sharpness: float
    contrast: float
    brightness: float
    dominant: Colour
    accents: tuple[Colour, ...]
    others: tuple[Colour, ...]


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A colour in CIELAB, (3,) float32, and how many pixels have it."""

    lab: Lab
    pixels: int

    @property
    def chroma(self) -> float:
        return float(np.hypot(self.lab[1], self.lab[2]))


def measured(pixels: Pixels) -> Properties:
    """Measure a picture."""
    luma = cv2.cvtColor(_reduced(pixels.rgb, _MEASURED_SIDE_PX), cv2.COLOR_RGB2GRAY).astype(
        np.uint8
    )
    dominant, *further = _clusters(_reduced(pixels.rgb, _COLOURS_SIDE_PX))
    return Properties(
        sharpness=sharpness(luma),
        contrast=contrast(luma),
        brightness=float(luma.mean()) / 255,
        dominant=_colour(dominant),
        accents=tuple(_colour(each) for each in further if each.chroma >= _ACCENT_CHROMA),
        others=tuple(_colour(each) for each in further if each.chroma < _ACCENT_CHROMA),
    )


def sharpness(luma: Grey) -> float:
    """Return 0 (very blurry, or flat) to 1 (very sharp) by the variance of the Laplacian.

    The measure is that of J. L. Pech-Pacheco et al., "Diatom autofocusing in brightfield
    microscopy: a comparative study" (ICPR 2000), mapped so that a variance of 100 is one half.
    """
    variance = float(cv2.Laplacian(luma, cv2.CV_32F).var())
    return variance / (variance + _HALF_SHARP_VARIANCE)


def contrast(luma: Grey) -> float:
    """Return how much of the range from black (0) to white (1) the picture uses.

    That is the spread of luma between its percentiles 1 and 99, the range which contrast
    stretching would widen (R. C. Gonzalez and R. E. Woods, "Digital Image Processing").
    """
    dark, bright = np.percentile(luma, (_DARK_PERCENTILE, _BRIGHT_PERCENTILE))
    return float(bright - dark) / 255


def _reduced(rgb: Rgb, longer_side_px: int) -> Rgb:
    """Return the mean of blocks of pixels; a picture that is small enough stays as it is."""
    height, width = rgb.shape[:2]
    scale = longer_side_px / max(height, width)
    if scale >= 1:
        return rgb
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.uint8)


def _clusters(rgb: Rgb) -> list[_Cluster]:
    """Return the main colours, the one that covers most first; there is always one.

    k-means (S. P. Lloyd, 1982) in CIELAB (CIE 1976), where distances are as people see them. Its
    start is computed, not drawn by lot.
    """
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    first_labels = _boxes(lab.astype(np.float32))
    count = int(first_labels.max()) + 1
    _, labels, centres = cv2.kmeans(
        # Channels, not columns: a single row of columns would be taken for single numbers.
        lab.reshape(-1, 1, 3),
        count,
        first_labels,
        _ROUNDS,
        1,
        cv2.KMEANS_USE_INITIAL_LABELS,
    )
    sizes = np.bincount(labels.ravel(), minlength=count)
    merged = _merged([_Cluster(centres[i], int(sizes[i])) for i in range(count) if sizes[i]])
    main, *further = merged
    least = _LEAST_SHARE * len(lab)
    return [main, *(each for each in further if each.pixels >= least)]


def _boxes(lab: Lab) -> npt.NDArray[np.int32]:
    """Return a label (n, 1) for each pixel: the box of greatest scatter is cut at its mean.

    After S. J. Wan, P. Prusinkiewicz and S. K. M. Wong, "Variance-based color image quantization
    for frame buffer display" (1990).
    """
    labels = np.zeros((len(lab), 1), dtype=np.int32)
    boxes = [np.arange(len(lab))]
    while len(boxes) < _MAX_COLOURS:
        scatters = [lab[box].var(axis=0) * len(box) for box in boxes]
        place = max(range(len(boxes)), key=lambda i: float(scatters[i].max()))
        axis = int(scatters[place].argmax())
        values = lab[boxes[place], axis]
        is_high = values > values.mean(dtype=np.float64)
        if np.ptp(values) < 1 or not is_high.any():
            break
        boxes.append(boxes[place][is_high])
        boxes[place] = boxes[place][~is_high]
        labels[boxes[-1]] = len(boxes) - 1
    return labels


def _merged(clusters: list[_Cluster]) -> list[_Cluster]:
    """Return the clusters by size, each joined to the first larger one of the same colour."""
    kept: list[_Cluster] = []
    for cluster in sorted(clusters, key=lambda each: (-each.pixels, *each.lab.tolist())):
        for place, larger in enumerate(kept):
            if np.linalg.norm(larger.lab - cluster.lab) < _SAME_COLOUR:
                kept[place] = _joined(larger, cluster)
                break
        else:
            kept.append(cluster)
    return sorted(kept, key=lambda each: -each.pixels)


def _joined(one: _Cluster, other: _Cluster) -> _Cluster:
    pixels = one.pixels + other.pixels
    lab = (one.lab * one.pixels + other.lab * other.pixels) / pixels
    return _Cluster(lab.astype(np.float32), pixels)


def _colour(cluster: _Cluster) -> Colour:
    rgb = cv2.cvtColor(cluster.lab.reshape(1, 1, 3), cv2.COLOR_LAB2RGB).reshape(3)
    red, green, blue = np.rint(np.clip(rgb, 0, 1) * 255).astype(int).tolist()
    return Colour(red, green, blue)
