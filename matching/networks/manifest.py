"""What an operator says of a network: `model.toml` beside the ONNX file, in a folder of its own.

Whatever does not hold is told in a sentence, and the network is left out: see
docs/how-to/bring-a-model.md, which has every key.
"""

from __future__ import annotations

import hashlib
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeGuard, TypeVar

from matching.networks import onnx_file, runtime
from matching.networks.errors import WrongModel
from matching.networks.network import (
    CHANNELS,
    Activation,
    Colours,
    Input,
    InputLayout,
    Network,
    NetworkTask,
    ToldQuality,
)
from matching.networks.onnx_file import OnnxFile

MANIFEST: Final = "model.toml"
GALLERY: Final = "gallery"
MAX_GALLERY_PICTURES: Final = 200
_KEYS: Final = frozenset(
    [
        "name",
        "version",
        "serves",
        "task",
        "file",
        "sha256",
        "licence",
        "source",
        "input",
        "output",
        "measured",
    ]
)
_INPUT_KEYS: Final = frozenset(["name", "width", "height", "layout", "colours", "mean", "std"])
_OUTPUT_KEYS: Final = frozenset(["names", "keys", "activation", "threshold"])
_MOST_SIDE_PX: Final = 2_048
_OUTPUTS: Final = {NetworkTask.CLASSIFY: (1,), NetworkTask.DETECT: (1, 3), NetworkTask.EMBED: (1,)}

Choice = TypeVar("Choice", bound=StrEnum)
Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a network may serve: by which task, and with which sets of keys, exactly one of them.

    With `any_of_keys`, any of the keys of the one set will do. A gallery is asked for by
    `has_gallery`.
    """

    task: NetworkTask
    keys: tuple[frozenset[str], ...] = ()
    any_of_keys: bool = False
    has_gallery: bool = False


@dataclass(frozen=True, slots=True)
class BroughtModels:
    """The networks of a folder that can be used, and what is wrong with the others."""

    networks: tuple[Network, ...] = ()
    faults: tuple[str, ...] = ()

    def serving(self, name: str) -> Network | None:
        """Return the network that serves what has this name."""
        return next((each for each in self.networks if each.serves == name), None)


NOTHING_BROUGHT: Final = BroughtModels()


def brought(folder: Path, offers: Mapping[str, Offer]) -> BroughtModels:
    """Return the networks of the folder's folders, those of which one name comes first winning."""
    networks: dict[str, Network] = {}
    faults: list[str] = []
    for place in _places(folder, faults):
        try:
            network = _network(place, offers)
        except (WrongModel, OSError) as wrong:
            faults.append(f"{place.name}: {wrong}")
            continue
        other = networks.setdefault(network.serves, network)
        if other is not network:
            faults.append(f"{place.name}: {network.serves} is served by {other.name} already.")
    return BroughtModels(tuple(networks.values()), tuple(faults))


def gallery_pictures(folder: Path | None) -> Sequence[Path]:
    """Return the files of a gallery, in order: each lies in a folder with somebody's name."""
    if folder is None:
        return ()
    return sorted(each for each in folder.glob("*/*") if each.is_file())


def _places(folder: Path, faults: list[str]) -> Iterator[Path]:
    try:
        found = sorted(each for each in folder.iterdir() if each.is_dir())
    except OSError as error:
        faults.append(f"The folder cannot be read: {error.strerror}.")
        return
    with_manifest = [each for each in found if (each / MANIFEST).is_file()]
    if not with_manifest:
        faults.append(f"No folder in it has a {MANIFEST}.")
    yield from with_manifest


def _network(place: Path, offers: Mapping[str, Offer]) -> Network:
    """Return what a folder describes; raise WrongModel where it cannot be used."""
    told = _read(place / MANIFEST)
    _know(told, _KEYS, "")
    serves = _text(told, "serves")
    if serves not in offers:
        raise WrongModel(f"serves is {serves!r}; it is one of {', '.join(offers)}.")
    offer = offers[serves]
    if _choice(told, "task", NetworkTask) != offer.task:
        raise WrongModel(f"{serves} is served by the task {offer.task} only.")
    output = _table(told, "output")
    _know(output, _OUTPUT_KEYS, "output.")
    network = Network(
        file=_file(place, told),
        name=_text(told, "name"),
        version=_text(told, "version"),
        serves=serves,
        task=offer.task,
        input=_input(_table(told, "input")),
        outputs=_outputs(output, offer.task),
        keys=_answer_keys(output, offer, serves),
        activation=_choice(output, "activation", Activation, Activation.NONE),
        threshold=_number(output, "threshold", 0.5),
        licence=_text(told, "licence"),
        source=_text(told, "source"),
        measured=_measured(told),
        gallery=_gallery(place, offer),
    )
    onnx_file.require_size(network.file)
    _require_hash(network.file, _text(told, "sha256"))
    _compare(network, onnx_file.inspected(network.file))
    if not runtime.is_installed():
        raise WrongModel(f"{runtime.RUNTIME} is not installed: see requirements-models.txt.")
    return network


def _read(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WrongModel(f"{path.name} cannot be understood: {error}.") from error


def _file(place: Path, told: Table) -> Path:
    name = _text(told, "file")
    if Path(name).name != name:
        raise WrongModel(f"file is {name!r}, which is not beside {MANIFEST}.")
    file = place / name
    if not file.is_file():
        raise WrongModel(f"{name} is not there.")
    return file


def _require_hash(file: Path, sha256: str) -> None:
    with file.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != sha256.lower():
        raise WrongModel(f"{file.name} has another SHA-256 than {MANIFEST} says: {found}.")


def _input(told: Table) -> Input:
    _know(told, _INPUT_KEYS, "input.")
    return Input(
        name=_text(told, "name"),
        width=_side(told, "width"),
        height=_side(told, "height"),
        layout=_choice(told, "layout", InputLayout, InputLayout.PLANES),
        colours=_choice(told, "colours", Colours, Colours.RGB),
        mean=_channels(told, "mean", 0.0),
        std=_channels(told, "std", 1.0),
    )


def _outputs(told: Table, task: NetworkTask) -> tuple[str, ...]:
    names = told.get("names")
    if not isinstance(names, list) or not all(isinstance(each, str) and each for each in names):
        raise WrongModel("output.names is no list of names.")
    if len(names) not in _OUTPUTS[task]:
        wanted = " or ".join(map(str, _OUTPUTS[task]))
        raise WrongModel(f"output.names has {len(names)} names; {task} has {wanted}.")
    return tuple(names)


def _answer_keys(told: Table, offer: Offer, serves: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    keys = _table(told, "keys") if offer.keys or "keys" in told else {}
    known = frozenset[str]().union(*offer.keys)
    if foreign := sorted(set(keys) - known):
        raise WrongModel(f"output.keys has {', '.join(foreign)}, which {serves} does not answer.")
    is_whole = bool(keys) if offer.any_of_keys else frozenset(keys) in offer.keys
    if offer.keys and not is_whole:
        sets = " or ".join(", ".join(sorted(each)) for each in offer.keys)
        raise WrongModel(f"output.keys has {', '.join(sorted(keys))}; {serves} has {sets}.")
    return tuple((key, _classes(key, classes)) for key, classes in keys.items())


def _classes(key: str, told: object) -> tuple[int, ...]:
    classes = told if isinstance(told, list) else [told]
    if not classes or not all(_is_whole(each) and each >= 0 for each in classes):
        raise WrongModel(f"output.keys.{key} is no number of a class, from 0, nor a list of them.")
    return tuple(classes)


def _compare(network: Network, file: OnnxFile) -> None:
    """Raise WrongModel where a file does not have what its manifest says."""
    if list(file.inputs) != [network.input.name]:
        raise WrongModel(
            f"{network.file.name} has the inputs {', '.join(file.inputs) or 'none'}, "
            f"not {network.input.name}."
        )
    shape, sides = network.input.shape, file.inputs[network.input.name]
    if sides and not _fits(sides, shape):
        raise WrongModel(f"{network.file.name} takes {_shown(sides)}, not {_shown(shape)}.")
    if missing := [each for each in network.outputs if each not in file.outputs]:
        raise WrongModel(f"{network.file.name} has no output {', '.join(missing)}.")
    if network.task == NetworkTask.CLASSIFY:
        _require_classes(network, file.outputs[network.outputs[0]])


def _fits(sides: Sequence[int | None], shape: Sequence[int]) -> bool:
    return len(sides) == len(shape) and all(
        side in {None, wanted} for side, wanted in zip(sides, shape, strict=True)
    )


def _require_classes(network: Network, sides: Sequence[int | None]) -> None:
    known = [each for each in sides if each is not None]
    highest = max(max(classes) for _, classes in network.keys)
    if len(known) == len(sides) > 0 and highest >= math.prod(known):
        raise WrongModel(f"{network.file.name} has no class {highest}.")


def _shown(sides: Iterable[int | None]) -> str:
    return " x ".join("?" if side is None else str(side) for side in sides)


def _measured(told: Table) -> ToldQuality | None:
    if "measured" not in told:
        return None
    measured = _table(told, "measured")
    return ToldQuality(_text(measured, "set"), _text(measured, "figure"))


def _gallery(place: Path, offer: Offer) -> Path | None:
    if not offer.has_gallery:
        return None
    found = len(gallery_pictures(place / GALLERY))
    if not 0 < found <= MAX_GALLERY_PICTURES:
        raise WrongModel(
            f"{GALLERY}/<name>/ has {found} pictures; it takes 1 to {MAX_GALLERY_PICTURES}."
        )
    return place / GALLERY


def _know(told: Table, known: frozenset[str], within: str) -> None:
    if foreign := sorted(told.keys() - known):
        raise WrongModel(f"{MANIFEST} has unknown keys: {', '.join(within + k for k in foreign)}.")


def _table(told: Table, key: str) -> Table:
    if not isinstance(told.get(key), dict):
        raise WrongModel(f"{MANIFEST} has no table {key}.")
    table: Table = told[key]
    return table


def _text(told: Table, key: str) -> str:
    if not isinstance(told.get(key), str) or not told[key].strip():
        raise WrongModel(f"{key} is no text.")
    return str(told[key])


def _choice(told: Table, key: str, kind: type[Choice], default: Choice | None = None) -> Choice:
    value = told.get(key, default)
    if value not in list(kind):
        raise WrongModel(f"{key} is {value!r}; it is one of {', '.join(kind)}.")
    return kind(value)


def _side(told: Table, key: str) -> int:
    value = told.get(key)
    if not _is_whole(value) or not 0 < value <= _MOST_SIDE_PX:
        raise WrongModel(f"input.{key} is no number of pixels from 1 to {_MOST_SIDE_PX}.")
    return int(value)


def _number(told: Table, key: str, default: float) -> float:
    value = told.get(key, default)
    if not _is_number(value) or not 0 <= value <= 1:
        raise WrongModel(f"{key} is no number from 0 to 1.")
    return float(value)


def _channels(told: Table, key: str, default: float) -> tuple[float, ...]:
    values = told.get(key, [default] * CHANNELS)
    if not isinstance(values, list) or len(values) != CHANNELS or not all(map(_is_number, values)):
        raise WrongModel(f"input.{key} is not one number for each of red, green and blue.")
    if key == "std" and min(values) <= 0:
        raise WrongModel("input.std has a number that is not above 0.")
    return tuple(map(float, values))


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> TypeGuard[float]:
    return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))
