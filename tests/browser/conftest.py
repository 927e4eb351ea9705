"""A real browser on the real application; any error that a test does not expect fails it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image as Picture
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from intake import sources
from lists import image_pool
from lists.models import Item, List
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import in_process
from tests.browser import loaded
from tests.browser.requests_at_work import RequestsAtWork
from tests.browser.waiting import PATIENCE_S
from tests.conftest import encoded, opened

# Playwright keeps an event loop running in the thread of the tests, where Django then refuses its
# database. Nothing else runs in that loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

_HERE = Path(__file__).parent

DESKTOP: ViewportSize = {"width": 1366, "height": 768}
_REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


@dataclass(slots=True)
class Expectations:
    """What a test says may go wrong: HTTP statuses, and whether the network may fail."""

    statuses: set[int] = field(default_factory=set)
    offline: bool = False


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder: `-m "not browser"` leaves them out, all else is real."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker("browser")
            item.add_marker("workers")


@pytest.fixture(scope="session")
def requests_at_work() -> RequestsAtWork:
    """The requests that the server has not answered yet."""
    return RequestsAtWork()


@pytest.fixture(autouse=True)
def real_transactions(transactional_db: None, requests_at_work: RequestsAtWork) -> Iterator[None]:
    """The server's threads see only what is committed, and end before the tables are emptied."""
    yield
    requests_at_work.wait_until_none()


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """What is expected may take as long on a busy machine as anything else."""
    expect.set_options(timeout=1000 * PATIENCE_S)


@pytest.fixture(autouse=True)
def acts_on_loaded_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody presses a key that no script hears yet."""
    loaded.wait_before_acting(monkeypatch)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium that scripts/chromium.py found; as root it has no sandbox."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell"),
        "args": [
            *sandbox,
            "--disable-dev-shm-usage",
            "--force-color-profile=srgb",
            # As on a telephone: the shell without a window rounds the widths of letters up.
            "--font-render-hinting=none",
        ],
    }


@pytest.fixture(scope="session")
def live_server(django_db_setup: None, live_server: LiveServer) -> LiveServer:
    """The server, which ends before its database goes."""
    return live_server


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """Return the server's address, so that tests go to "/login/"."""
    return str(live_server.url)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Open pages at the size of a common notebook."""
    return {**browser_context_args, "viewport": DESKTOP}


@pytest.fixture
def expected() -> Expectations:
    """Tell the strict fixture what a test provokes on purpose."""
    return Expectations()


@pytest.fixture(autouse=True)
def strict(context: BrowserContext, expected: Expectations) -> Iterator[None]:
    """Fail on console errors and warnings, page errors, HTTP errors and violations of the CSP."""
    problems: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        # Chromium repeats every failed request here; those are judged as responses.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            problems.append(f"console {message.type}: {message.text}")

    def note_response(response: Response) -> None:
        if response.status >= 400 and response.status not in expected.statuses:
            problems.append(f"{response.status} {response.url}")

    context.add_init_script(_REPORT_VIOLATIONS)
    context.on("console", note_console)
    context.on("weberror", lambda error: problems.append(f"page error: {error.error}"))
    context.on("response", note_response)
    yield
    assert problems == []


@pytest.fixture
def sign_in(context: BrowserContext, live_server: LiveServer) -> Callable[[User], None]:
    """Put a person's session into the browser."""

    def put(user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return put


@pytest.fixture
def person(make_user: Callable[..., User]) -> User:
    """The admin whose browser it is."""
    return make_user(Role.ADMIN)


@pytest.fixture
def signed_in(page: Page, person: User, sign_in: Callable[[User], None]) -> Page:
    """A page of the admin's browser."""
    sign_in(person)
    return page


@pytest.fixture
def plain(
    new_context: Callable[..., BrowserContext], live_server: LiveServer, person: User
) -> Page:
    """A signed-in browser that runs no scripts."""
    client = Client()
    client.force_login(person)
    context = new_context(java_script_enabled=False)
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return context.new_page()


@pytest.fixture
def add_photo(person: User, image_list: List) -> Callable[..., Item]:
    """Add a file to the list as the API would."""

    def add(photo: bytes, name: str = "photo.jpg") -> Item:
        actor: Actor = accounts_selectors.actor_for_user(person)
        raw = sources.from_chunks([photo], name=name, max_bytes=len(photo))
        submission = NewSubmission(raw=raw, add_to=image_list)
        # What a page shows is prepared here; what a page does is examined in workers.
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(image_pool, "current", in_process.current)
            outcome = submissions_services.submit(by=actor, submission=submission)
        assert outcome.item is not None
        return outcome.item

    return add


@pytest.fixture(scope="session")
def copies(coffee: bytes) -> list[bytes]:
    """Seven files of one photograph: 21 pairs when all are in one list."""
    picture = opened(coffee)
    sizes = [picture.size, (480, 320), (450, 300), (420, 280), (390, 260), (360, 240), (330, 220)]
    return [
        encoded(picture.resize(size, Picture.Resampling.LANCZOS), quality=80 - 3 * number)
        for number, size in enumerate(sizes)
    ]
