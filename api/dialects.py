"""The dialects: the one place that names each of them.

A new dialect is a folder beside the others, a row here, and its name in the contract `dialects` of
pyproject.toml, which keeps it from importing the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from api.alegre import errors as alegre
from api.check import errors as check
from api.errors import Failure
from api.native import errors as native
from api.sightengine import errors as sightengine
from api.ximilar import errors as ximilar
from common.errors import LookalikeError

FailureOf = Callable[[LookalikeError, str], Failure]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Addresses that speak alike: the module of them, their prefix, and how they say an error.

    `paths` matches the beginning of every path that is theirs, also of those with nothing behind
    them: errors that no view has seen are said as the path's dialect says them.
    """

    urls: str
    failure: FailureOf
    paths: str
    prefix: str = ""


# The first that matches a path speaks there.
DIALECTS = (
    Dialect("api.sightengine.urls", sightengine.failure, r"/1\.0/", prefix="1.0/"),
    Dialect("api.check.urls", check.failure, r"(/api)?/v1/(match|similar)(/|\Z)"),
    Dialect("api.ximilar.urls", ximilar.failure, r"/(image_matching|authorization)/"),
    Dialect("api.native.urls", native.failure, r"/(v1|api)/", prefix="v1/"),
    Dialect("api.alegre.urls", alegre.failure, r"/(similarity|image|audio|video|text)/"),
    Dialect("api.pictures.urls", native.failure, r"/[to]/"),
    Dialect("api.reference.urls", native.failure, r"/(openapi\.json|healthz|readyz)"),
)


def name_of(path: str) -> str:
    """Return the name of the path's dialect; `pages` where pages for people are."""
    found = (each.urls.split(".")[1] for each in DIALECTS if re.match(each.paths, path))
    return next(found, "pages")


def failure_of(path: str) -> FailureOf | None:
    """Return how the path's dialect says an error; None where pages for people are."""
    return next((each.failure for each in DIALECTS if re.match(each.paths, path)), None)
