"""What the README and pages let people type, typed: the shell's lines against a real server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.urls import resolve

from dedup_project.demo import DemoAccess, shell_variables
from tests.clients.telephone import NUMBER
from tests.made_once import ROOT
from tests.real_server import ProductServer

README = (ROOT / "README.md").read_text()
TEXT_PAGE = (ROOT / "docs" / "text.md").read_text()
LIST_ID = r"ili_[0-9A-Za-z]+"


@pytest.fixture
def clone(server: ProductServer, tmp_path: Path) -> Path:
    """A folder as `make run` leaves a clone: the environment, and the demo's variables."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "data").mkdir()
    access = DemoAccess(
        email="",
        password="",
        api_user=server.api_user,
        api_secret=server.api_secret,
        token=server.token,
        list_id="",
    )
    (tmp_path / "data" / "demo.env").write_text(shell_variables(access, server.url))
    return tmp_path


def typed(page: str, clone: Path) -> list[str]:
    """Type the page's lines with curl, and return what they print."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    (lines,) = [block for block in blocks if "curl" in block]
    ran = subprocess.run(
        ["/usr/bin/env", "bash", "-euo", "pipefail", "-c", lines],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def scores(answer: dict[str, Any]) -> list[float]:
    (of_list,) = answer["similarity"]
    return [match["score"] for match in of_list["matches"]]


@pytest.mark.slow
def test_the_lines_for_the_shell_do_what_they_say(clone: Path) -> None:
    list_id, *answers = typed(README, clone)
    assert re.fullmatch(LIST_ID, list_id)
    added, copy, other, removed, copy_again = (json.loads(answer) for answer in answers)
    assert re.fullmatch(r"med_\w+", added["media"]["id"])
    assert removed["status"] == "success"
    assert [score > 0.5 for score in scores(copy)] == [True]
    assert scores(other) == scores(copy_again) == []


@pytest.mark.slow
def test_the_lines_of_the_page_about_text_do_what_they_say(clone: Path) -> None:
    content, both, code, judged, models = (json.loads(answer) for answer in typed(TEXT_PAGE, clone))

    for answer in (content, both):
        (entry,) = answer["text"]["personal"]
        assert (entry["type"], entry["match"]) == ("phone_number_us", NUMBER)
    assert NUMBER in both["text"]["content"]
    assert [each["match"] for each in code["qr"]["link"]] == ["https://example.com/win"]
    assert [each["type"] for each in judged["personal"]["matches"]] == ["email"]
    assert "text-content" in {each["name"] for each in models["models"]}


def test_the_addresses_in_the_readme_are_pages_of_the_product() -> None:
    paths = re.findall(r"http://127\.0\.0\.1:8000(/[\w/-]*)", README)

    assert [resolve(path).view_name for path in paths] == ["dashboard:home"]


def test_the_documents_that_the_readme_leads_to_exist() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []
