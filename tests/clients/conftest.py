"""A server and a web site with pictures, which every client here is pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.telephone import NUMBER
from tests.drawn_texts import drawn
from tests.drawn_videos import plain, video
from tests.real_server import ProductServer, product
from tests.web_site import web_site


@pytest.fixture(scope="session")
def site(coffee: bytes, coffee_copy: bytes, astronaut: bytes) -> Iterator[str]:
    """A web site with a cup, a copy of it, somebody else, a telephone number, and a film."""
    files = {
        "/cup.jpg": coffee,
        "/copy.jpg": coffee_copy,
        "/astronaut.jpg": astronaut,
        "/number.png": drawn(f"Call me: {NUMBER}"),
        "/film.mp4": video([plain(120), plain(30)], fps=1, codec="libx264"),
    }
    with web_site(files) as address:
        yield address


@pytest.fixture(scope="session")
def server(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProductServer]:
    """The product on gunicorn, which may fetch from the web site and knows the vendor's name."""
    folder = tmp_path_factory.mktemp("product")
    variables = {
        "FETCH_ALLOW_HOSTS": site.removeprefix("http://"),
        "ALLOWED_HOSTS": "127.0.0.1,localhost,api.sightengine.com",
    }
    with product(folder, **variables) as running:
        yield running


@pytest.fixture
def list_id(server: ProductServer, request: pytest.FixtureRequest) -> Iterator[str]:
    """A list of the test's own; what was decided in it holds for nobody after the test."""
    list_id = server.new_list(request.node.name[:80])
    yield list_id
    server.remove_list(list_id)


@pytest.fixture
def photo(coffee: bytes, tmp_path: Path) -> Path:
    """A photograph as a file."""
    path = tmp_path / "image.jpg"
    path.write_bytes(coffee)
    return path


@pytest.fixture
def number_photo(tmp_path: Path) -> Path:
    """A picture of a telephone number as a file."""
    path = tmp_path / "number.png"
    path.write_bytes(drawn(f"Call me: {NUMBER}"))
    return path
