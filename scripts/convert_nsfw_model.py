"""Converts the small network of the npm package `nsfwjs` into the ONNX file of `nudity`.

    npm pack nsfwjs@4.3.0
    python -m scripts.convert_nsfw_model nsfwjs-4.3.0.tgz

The package keeps each weight as a byte with a scale and an offset. So does the file: it is as
small, and the runtime works out the same numbers when it loads it. The licence of the package and
where the file is from are written beside it. Run it again only for another version of the package.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scripts import onnx_files

PACKAGE = "nsfwjs 4.3.0"
SHA256 = "4496790efc9bdc6f3e85a826a8e482c1fa1e9db4b3d18c095e98cc0c73cfb12f"
FOLDER = Path(__file__).parents[1] / "moderation" / "vision" / "weights"
SIDE_PX, CLASSES, FEATURES = 224, 5, 256
_MODEL = "package/dist/models/mobilenet_v2/model.min.js"
_WEIGHTS = "package/dist/models/mobilenet_v2/group1-shard1of1.min.js"
_LICENCE = "package/LICENSE"

Json = dict[str, Any]


def main() -> int:
    """Write the file, its provenance and its licence."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("package", type=Path, help="nsfwjs-4.3.0.tgz, as `npm pack` fetches it")
    package: Path = asked.parse_args().package
    if (found := hashlib.sha256(package.read_bytes()).hexdigest()) != SHA256:
        sys.exit(f"{package} is not {PACKAGE}: its SHA-256 is {found}.")
    with tarfile.open(package) as files:
        read = {name: files.extractfile(name).read() for name in (_MODEL, _WEIGHTS, _LICENCE)}  # type: ignore[union-attr]
    written = converted(read[_MODEL].decode(), read[_WEIGHTS].decode())
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "nudity.onnx").write_bytes(written)
    (FOLDER / "nudity.LICENSE").write_bytes(read[_LICENCE])
    (FOLDER / "nudity.json").write_text(json.dumps(_provenance(written), indent=2) + "\n")
    return 0


def converted(model_script: str, weights_script: str) -> bytes:
    """Return the ONNX file for the scripts that the package has the network in."""
    described = _object_in(model_script)
    (manifest,) = described["weightsManifest"]
    found = re.search(r'exports="([A-Za-z0-9+/=]+)"', weights_script)
    if found is None:
        raise ValueError("The script of weights has no base64 in it.")
    graph = _Graph(manifest["weights"], base64.b64decode(found.group(1)))
    for layer in described["modelTopology"]["model_config"]["config"]["layers"]:
        graph.add(layer)
    return graph.file()


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer of Keras, and what its inputs are called in the graph."""

    name: str
    told: Json
    inputs: list[str]


class _Graph:
    """An ONNX graph that is made layer by layer; every value is named after its layer."""

    def __init__(self, weights: list[Json], stored: bytes) -> None:
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []
        self._weights: dict[str, tuple[npt.NDArray[np.uint8], float, float]] = {}
        # What a layer's value is called in the graph, and the padding that the next one has to add.
        self._names: dict[str, str] = {}
        self._padded: set[str] = set()
        at = 0
        for each in weights:
            size = int(np.prod(each["shape"]))
            values = np.frombuffer(stored, np.uint8, size, at).reshape(each["shape"])
            quantised = each["quantization"]
            self._weights[each["name"]] = values, quantised["scale"], quantised["min"]
            at += size
        if at != len(stored):
            raise ValueError(f"{len(stored) - at} bytes of weights are left over.")

    def add(self, layer: Json) -> None:
        """Add the nodes of a layer of Keras."""
        inputs = [self._names[each[0]] for each in (layer["inbound_nodes"] or [[]])[0]]
        told = _Layer(layer["config"]["name"], layer["config"], inputs)
        self._names[told.name] = _MAKERS[layer["class_name"]](self, told)

    def file(self) -> bytes:
        """Return the whole file; its outputs are the classes and the first dense layer."""
        return onnx_files.model(
            nodes=[*self._nodes, onnx_files.node("Identity", ["dense_1"], ["features"])],
            inputs={"picture": (1, 3, SIDE_PX, SIDE_PX)},
            outputs={"classes": (1, CLASSES), "features": (1, FEATURES)},
            constants=self._constants,
        )

    def input(self, _: _Layer) -> str:
        return "picture"

    def padding(self, layer: _Layer) -> str:
        """Leave it to the convolution that follows."""
        if layer.told["padding"] != [[0, 1], [0, 1]]:
            raise ValueError(f"{layer.name} pads otherwise.")
        self._padded.add(layer.inputs[0])
        return layer.inputs[0]

    def convolution(self, layer: _Layer) -> str:
        kernel = self._weight(f"{layer.name}/kernel", (3, 2, 0, 1))
        return self._convolution(layer, kernel, 1)

    def depthwise(self, layer: _Layer) -> str:
        name = f"{layer.name}/depthwise_kernel"
        channels = self._weights[name][0].shape[2]
        return self._convolution(layer, self._weight(name, (2, 3, 0, 1)), channels)

    def normalisation(self, layer: _Layer) -> str:
        parts = ("gamma", "beta", "moving_mean", "moving_variance")
        weights = [self._weight(f"{layer.name}/{part}") for part in parts]
        inputs, epsilon = [*layer.inputs, *weights], float(layer.told["epsilon"])
        return self._node("BatchNormalization", inputs, layer.name, epsilon=epsilon)

    def clip(self, layer: _Layer) -> str:
        bounds = {"least": 0, "most": layer.told["max_value"]}
        names = [
            self._constant(f"{layer.name}/{key}", np.array(value, np.float32))
            for key, value in bounds.items()
        ]
        return self._node("Clip", [*layer.inputs, *names], layer.name)

    def addition(self, layer: _Layer) -> str:
        return self._node("Add", layer.inputs, layer.name)

    def mean(self, layer: _Layer) -> str:
        return self._node("GlobalAveragePool", layer.inputs, layer.name)

    def flatten(self, layer: _Layer) -> str:
        return self._node("Flatten", layer.inputs, layer.name)

    def nothing(self, layer: _Layer) -> str:
        return layer.inputs[0]

    def dense(self, layer: _Layer) -> str:
        weights = [self._weight(f"{layer.name}/{part}") for part in ("kernel", "bias")]
        total = self._node("Gemm", [*layer.inputs, *weights], f"{layer.name}/sum")
        if layer.told["activation"] == "relu":
            return self._node("Relu", [total], layer.name)
        return self._node("Softmax", [total], "classes", axis=1)

    def _convolution(self, layer: _Layer, kernel: str, group: int) -> str:
        told = layer.told
        side = told["kernel_size"][0]
        around = side // 2 if told["padding"] == "same" and told["strides"] == [1, 1] else 0
        pads = (0, 0, 1, 1) if layer.inputs[0] in self._padded else (around,) * 4
        strides = tuple(told["strides"])
        inputs = [*layer.inputs, kernel]
        return self._node("Conv", inputs, layer.name, pads=pads, strides=strides, group=group)

    def _weight(self, name: str, axes: tuple[int, ...] | None = None) -> str:
        """Return the name of a weight, which is made of a byte, a scale and an offset."""
        stored, scale, least = self._weights[name]
        values = np.ascontiguousarray(stored if axes is None else stored.transpose(axes))
        bytes_ = self._constant(f"{name}/bytes", values)
        factor = self._constant(f"{name}/scale", np.array(scale, np.float32))
        offset = self._constant(f"{name}/offset", np.array(least, np.float32))
        whole = self._node("Cast", [bytes_], f"{name}/whole", to=onnx_files.FLOAT)
        return self._node(
            "Add", [self._node("Mul", [whole, factor], f"{name}/scaled"), offset], name
        )

    def _constant(self, name: str, values: npt.NDArray[Any]) -> str:
        self._constants.append(onnx_files.constant(name, values))
        return name

    def _node(
        self, operator: str, inputs: list[str], output: str, **told: onnx_files.Attribute
    ) -> str:
        self._nodes.append(onnx_files.node(operator, inputs, [output], told))
        return output


_MAKERS: dict[str, Callable[[_Graph, _Layer], str]] = {
    "InputLayer": _Graph.input,
    "ZeroPadding2D": _Graph.padding,
    "Conv2D": _Graph.convolution,
    "DepthwiseConv2D": _Graph.depthwise,
    "BatchNormalization": _Graph.normalisation,
    "ReLU": _Graph.clip,
    "Add": _Graph.addition,
    "AveragePooling2D": _Graph.mean,
    "Flatten": _Graph.flatten,
    "Dropout": _Graph.nothing,
    "Dense": _Graph.dense,
}


def _object_in(script: str) -> Json:
    """Return the object that a script exports, which is JSON but for what minifying saves."""
    start = script.index("exports={modelTopology") + len("exports=")
    text = script[start : script.index("},{}]},{},[1])", start)]
    text = re.sub(r"([{,])([A-Za-z_]\w*):", r'\1"\2":', text)
    text = re.sub(r"(?<=[:,\[])(-?)\.(\d)", r"\g<1>0.\2", text)
    found: Json = json.loads(text.replace("!0", "true").replace("!1", "false"))
    return found


def _provenance(written: bytes) -> Json:
    return {
        "file": "nudity.onnx",
        "sha256": hashlib.sha256(written).hexdigest(),
        "made_by": "scripts/convert_nsfw_model.py",
        "from": f"npm package {PACKAGE}, {_MODEL} and {_WEIGHTS}",
        "from_sha256": SHA256,
        "licence": "MIT, Copyright (c) 2019 Infinite Red, Inc.: nudity.LICENSE",
        "classes": ["Drawing", "Hentai", "Neutral", "Porn", "Sexy"],
        "trained_on": "pictures that its authors gathered from the web",
    }


if __name__ == "__main__":
    sys.exit(main())
