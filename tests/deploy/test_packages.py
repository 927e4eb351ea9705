"""What the product is packaged in: every command, variable and schema in it is one that exists."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

from dedup_project import __version__

_ROOT = Path(__file__).parents[2]
_FOLDER = _ROOT / "deploy"
_FILES = sorted(path for path in _FOLDER.rglob("*") if path.is_file())
_UNITS = sorted((_FOLDER / "systemd").iterdir())
_PYTHON = "/opt/lookalike/.venv/bin/python"
# Of the images themselves, of Python and of numpy.
_NOT_OURS = re.compile(r"PATH|PYTHON\w+|POSTGRES_\w+|OMP_NUM_THREADS")


def tool(name: str) -> str:
    """Return where a program is; skip the test where it is missing."""
    beside_python = Path(sys.executable).with_name(name)
    found = str(beside_python) if beside_python.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed.")
    return found


def checked(*command: str | Path) -> None:
    """Run a program that has nothing to say against a file."""
    ran = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def variables() -> Iterator[str]:
    """Yield the names of all variables that the packages set."""
    for path in _FILES:
        text = path.read_text()
        for line in re.findall(r"^(?:Environment=|ENV |    +(?=OMP))(.*)", text, re.MULTILINE):
            yield from re.findall(r"([A-Z][A-Z0-9_]+)=", line)
        if path.suffix == ".yaml":
            for document in yaml.safe_load_all(text):
                yield from _named_in(document)
            yield from re.findall(r"--from-literal=([A-Z_]+)=", text)


def _named_in(part: Any) -> Iterator[str]:
    """Yield what compose files call `environment`, and manifests `data`."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in {"environment", "data"} and isinstance(value, dict):
                yield from (name for name in value if name.isupper())
            else:
                yield from _named_in(value)
    elif isinstance(part, list):
        for each in part:
            yield from _named_in(each)


def commands() -> Iterator[list[str]]:
    """Yield all that is given to `manage.py`, as words."""
    for path in _FILES:
        for found in re.findall(r"manage\.py[\", ]+(\w[^\n\]&\\]*)", path.read_text()):
            yield re.findall(r"[\w.-]+", found)


def test_every_variable_is_documented() -> None:
    documented = (_ROOT / "docs" / "configuration.md").read_text()
    named = {name.removesuffix("_FILE") for name in variables() if not _NOT_OURS.fullmatch(name)}

    assert {"DATABASE_URL", "TRUSTED_PROXIES", "DATA_DIR", "WORK", "SECRET_KEY"} <= named
    assert sorted(name for name in named if f"`{name}`" not in documented) == []


def test_every_command_exists_with_its_options() -> None:
    given = list(commands())

    assert {words[0] for words in given} == {
        "clearsessions",
        "collectstatic",
        "migrate",
        "purge_pictures",
        "work",
    }
    for name, *options in given:
        command = load_command_class(get_commands()[name], name)
        command.create_parser("manage.py", name).parse_args(options)


def test_every_module_that_is_run_exists() -> None:
    modules = {
        name for path in _FILES for name in re.findall(r'"?-m"?,? "?(\w+)', path.read_text())
    }

    assert modules - {"venv"} == {"gunicorn"}
    assert all(find_spec(name) for name in modules)


def test_every_image_has_the_version_of_the_product() -> None:
    versions = {
        tag
        for path in _FILES
        for tag in re.findall(r"(?:image:|-t) lookalike:([\w.]+)", path.read_text())
    }

    assert versions == {__version__}


def test_what_runs_is_in_the_image() -> None:
    ignored = (_FOLDER / "Dockerfile.dockerignore").read_text()
    apps = {name.partition(".")[0] for name in settings.INSTALLED_APPS}
    own = {name for name in apps if (_ROOT / name).is_dir()}

    assert own
    assert (
        sorted(name for name in own | {"matching", "intake"} if f"!{name}\n" not in ignored) == []
    )


def test_the_dockerfile_has_no_known_faults() -> None:
    checked(tool("hadolint"), _FOLDER / "Dockerfile")


def test_the_compose_file_fits_its_schema() -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    checked(tool("check-jsonschema"), *schema, _FOLDER / "compose.yaml")


def test_the_manifests_fit_their_schemas() -> None:
    version = ("--kubernetes-version", "1.33", "--strict")
    checked(tool("kubernetes-validate"), *version, _FOLDER / "kubernetes" / "lookalike.yaml")


def test_systemd_understands_its_units(tmp_path: Path) -> None:
    for unit in _UNITS:
        # It looks whether the programs are there.
        here = unit.read_text().replace(_PYTHON, sys.executable)
        (tmp_path / unit.name).write_text(here)

    checked(tool("systemd-analyze"), "verify", *(tmp_path / unit.name for unit in _UNITS))


def test_caddy_understands_its_configuration() -> None:
    caddyfile = _ROOT / "docs" / "how-to" / "Caddyfile"
    checked(tool("caddy"), "validate", "--adapter", "caddyfile", "--config", caddyfile)


def test_nginx_understands_its_configuration(tmp_path: Path) -> None:
    nginx = tool("nginx")
    server = (_ROOT / "docs" / "how-to" / "nginx.conf").read_text()
    # The certificate is elsewhere.
    plain = re.sub(r"^\s*ssl_certificate.*\n", "", server, flags=re.MULTILINE)
    plain = plain.replace("listen 443 ssl", "listen 127.0.0.1:8443")
    folders = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = tmp_path / "nginx.conf"
    around = (_ROOT / "deploy" / "nginx.conf").read_text()
    config.write_text(
        f"pid {tmp_path}/pid;"
        + around.replace("include /etc/nginx/conf.d/*.conf;", f"{folders} {plain}")
    )

    checked(nginx, "-t", "-e", "stderr", "-c", config)


@pytest.mark.parametrize(
    ("name", "pattern", "unit_bytes"),
    [
        ("nginx.conf", r"client_max_body_size (\d+)m;", 1 << 20),
        ("Caddyfile", r"max_size (\d+)MB", 10**6),
    ],
)
def test_a_proxy_passes_the_largest_body_on(name: str, pattern: str, unit_bytes: int) -> None:
    found = re.findall(pattern, (_ROOT / "docs" / "how-to" / name).read_text())

    assert len(found) == 1
    assert int(found[0]) * unit_bytes >= settings.MAX_BODY_BYTES
