"""What every test may ask for: people, lists and real photographs."""

from __future__ import annotations

import gc
import importlib.util
import io
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import translation
from PIL import Image
from pytest_django import DjangoDbBlocker, Settings

from accounts import selectors as accounts_selectors
from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.permissions import Role
from accounts.services import NewCredential
from intake import sources
from intake.sources import RawImage
from lists import close_search, closer_look, image_pool, live_index, model_pool
from lists import services as lists_services
from lists import texts as lists_texts
from lists.list_settings import ListSettings
from lists.models import List
from moderation.reading import installed
from tests import (
    databases,
    emptying,
    in_process,
    made_once,
    migrating,
    open_connections,
    remembering,
    s3_api,
)
from tests.callers import Caller
from tests.given_texts import GivenTexts
from tests.web_site import WebSite, serving

PASSWORD = "correct horse battery"
# Python's own 700 are there after a fraction of a request.
_YOUNG_OBJECTS = 20_000
# Test functions of more than 0.15 s a case, or 0.3 s in all: no part of `make quick`. Beside
# those that carry the mark since they always wait for processes or for deadlines.
SLOW = Path(__file__).with_name("slow.txt")


def photo_path(name: str) -> Path:
    """Return a photograph that scikit-image's wheel carries, such as `coffee.png`."""
    spec = importlib.util.find_spec("skimage")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / name


def encoded(picture: Image.Image, image_format: str = "JPEG", **options: object) -> bytes:
    """Return the picture as a file's bytes."""
    buffer = io.BytesIO()
    picture.save(buffer, image_format, **options)
    return buffer.getvalue()


def opened(photo: bytes) -> Image.Image:
    """Return the RGB picture in a file's bytes."""
    return Image.open(io.BytesIO(photo)).convert("RGB")


def raw_image(photo: bytes, name: str = "photo.jpg") -> RawImage:
    """Return bytes as they come in."""
    return sources.from_chunks([photo], name=name, max_bytes=len(photo) or 1)


@contextmanager
def undone() -> Iterator[None]:
    """Take back all that is written inside, so that several cases share what they begin with."""
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        live_index.reset()


def pytest_configure() -> None:
    """Make tests that commit cheaper, and let an example take as long as a busy machine needs."""
    emptying.install()
    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Leave what lasts as long as the run to itself: to look for garbage in it takes a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow or needs a database, and skip on SQLite what holds on PostgreSQL only."""
    slow = set(SLOW.read_text().split())
    for item in items:
        if item.nodeid.partition("[")[0] in slow:
            item.add_marker("slow")
        if databases.depends(item):
            item.add_marker("database")
        if databases.commits(item):
            item.add_marker("commits")
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(pytest.mark.skip(reason="holds on PostgreSQL only"))


@pytest.fixture(autouse=True)
def fresh_index() -> Iterator[None]:
    """Each test starts with an empty database, so its index starts empty too."""
    live_index.reset()
    yield
    live_index.reset()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What connects from now on is known by the test."""
    open_connections.name_after(item.nodeid)


@pytest.fixture(autouse=True)
def no_language_chosen() -> None:
    """The last request of another test may have asked for one, which stays with the thread."""
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database goes when nobody else is connected to it."""
    yield
    with django_db_blocker.unblock():
        try:
            open_connections.close_all()
        except open_connections.LeftOpen as left:
            # Every test has passed by now, and who stayed is named: pytest shows it in the end.
            warnings.warn(str(left), stacklevel=1)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None, request: pytest.FixtureRequest) -> bool:
    """Where a run shares a SQLite file that is migrated, the tests begin with a copy of it."""
    if connection.vendor != "sqlite" or not made_once.is_shared():
        return bool(request.config.getoption("reuse_db"))
    name = connection.settings_dict["TEST"]["NAME"]
    assert name is not None
    shutil.copyfile(made_once.migrated_database(), name)
    return True


@pytest.fixture
def empty_database(transactional_db: None) -> Iterator[None]:
    """A database in which no migration has run."""
    with migrating.empty_database():
        yield


@pytest.fixture(autouse=True)
def own_media(tmp_path: Path, settings: Settings) -> Path:
    """The folder of the test's files; each test has its own."""
    folder = tmp_path / "media"
    local_files = {
        "BACKEND": "lists.storage.AtomicFileSystemStorage",
        "OPTIONS": {"location": folder, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": local_files}
    return folder


@pytest.fixture(scope="session", autouse=True)
def image_workers() -> Iterator[None]:
    """The workers keep the usual limits, whatever a test sets, and end before the interpreter."""
    model_pool.limits()
    in_process.current()
    in_process.current_model_pool()
    yield
    image_pool.current().close()
    model_pool.current().close()


@pytest.fixture(autouse=True)
def compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test compares in full depth was compared before, if any other did."""
    monkeypatch.setattr(close_search, "_query_picture", remembering.query_picture)
    monkeypatch.setattr(closer_look, "_query", remembering.closer_query)
    monkeypatch.setattr(closer_look, "opened", remembering.opened_thumbnail)
    for searching in (close_search, closer_look):
        monkeypatch.setattr(searching, "_ENGINE", remembering.engine())


@pytest.fixture(autouse=True)
def examined_in_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only tests marked `workers` start the processes that pictures are examined in."""
    if request.node.get_closest_marker("workers") is None:
        monkeypatch.setattr(image_pool, "current", in_process.current)
        monkeypatch.setattr(model_pool, "current", in_process.current_model_pool)


@pytest.fixture(autouse=True)
def nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text in pictures is read in tests that ask for `given_texts`, or for `texts_are_read`."""
    monkeypatch.setattr(lists_texts, "is_available", lambda: False)


@pytest.fixture
def texts_are_read(nobody_reads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader that is installed reads the texts of pairs and items."""
    monkeypatch.setattr(lists_texts, "is_available", installed.has_rapidocr)


@pytest.fixture
def given_texts(
    nobody_reads: None, examined_in_process: None, monkeypatch: pytest.MonkeyPatch
) -> GivenTexts:
    """Pictures say what the test gives them to say."""
    given = GivenTexts()
    monkeypatch.setattr(lists_texts, "is_available", lambda: True)
    monkeypatch.setattr(model_pool, "current", lambda: given)
    return given


@pytest.fixture(scope="session")
def coffee() -> bytes:
    """A photograph as a JPEG file, 600 x 400."""
    return encoded(Image.open(photo_path("coffee.png")).convert("RGB"), quality=92)


@pytest.fixture(scope="session")
def coffee_copy(coffee: bytes) -> bytes:
    """The same photograph halved and compressed harder."""
    picture = opened(coffee)
    return encoded(picture.resize((picture.width // 2, picture.height // 2)), quality=60)


@pytest.fixture(scope="session")
def astronaut() -> bytes:
    """Another photograph, 512 x 512."""
    return encoded(Image.open(photo_path("astronaut.png")).convert("RGB"), quality=92)


@pytest.fixture
def organisation(db: None) -> Organisation:
    """The organisation that a test is about."""
    return accounts_services.ensure_organisation(name="Factcheckers")


@pytest.fixture
def stranger_organisation(db: None) -> Organisation:
    """Another organisation, which must never see anything of the first."""
    return accounts_services.ensure_organisation(name="Strangers")


@pytest.fixture
def make_user(organisation: Organisation) -> Callable[..., User]:
    """Make a person with a role in an organisation."""

    def make(role: Role, of: Organisation = organisation) -> User:
        email = f"{role.value}@{of.public_id.replace('_', '-')}.example"
        return accounts_services.ensure_member(
            organisation=of, email=email, password=PASSWORD, role=role
        )

    return make


@pytest.fixture
def make_actor(make_user: Callable[..., User]) -> Callable[..., Actor]:
    """Make a signed-in person as an actor."""

    def make(role: Role, **where: Organisation) -> Actor:
        return accounts_selectors.actor_for_user(make_user(role, **where))

    return make


@pytest.fixture
def admin(make_actor: Callable[..., Actor]) -> Actor:
    """An admin of the organisation."""
    return make_actor(Role.ADMIN)


@pytest.fixture
def manager(make_user: Callable[..., User]) -> Client:
    """The browser of a manager of the organisation, signed in."""
    client = Client()
    client.force_login(make_user(Role.MANAGER))
    return client


@pytest.fixture
def stranger(make_actor: Callable[..., Actor], stranger_organisation: Organisation) -> Actor:
    """An admin of the other organisation."""
    return make_actor(Role.ADMIN, of=stranger_organisation)


@pytest.fixture
def credential(organisation: Organisation) -> NewCredential:
    """An API credential of the organisation that may keep lists."""
    return accounts_services.issue_credential(
        organisation_id=organisation.pk, name="Check", role=Role.MANAGER
    )


@pytest.fixture
def stranger_credential(stranger_organisation: Organisation) -> NewCredential:
    """An API credential of the other organisation."""
    return accounts_services.issue_credential(
        organisation_id=stranger_organisation.pk, name="Stranger", role=Role.ADMIN
    )


@pytest.fixture
def image_list(admin: Actor) -> List:
    """A list of the organisation."""
    return lists_services.create_list(by=admin, settings=ListSettings(name="Known fakes"))


@pytest.fixture
def caller(credential: NewCredential) -> Caller:
    """A program of the organisation."""
    return Caller(credential)


@pytest.fixture
def stranger_caller(stranger_credential: NewCredential) -> Caller:
    """A program of another organisation."""
    return Caller(stranger_credential)


@pytest.fixture
def caller_as(organisation: Organisation) -> Callable[..., Caller]:
    """Make a program of the organisation with another role."""

    def make(role: Role, *, is_restricted: bool = False) -> Caller:
        return Caller(
            accounts_services.issue_credential(
                organisation_id=organisation.pk,
                name=role.value,
                role=role,
                is_restricted=is_restricted,
            )
        )

    return make


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """The address of an S3 API on loopback."""
    with s3_api.served() as address:
        yield address


@pytest.fixture
def web_site(settings: Settings) -> Iterator[WebSite]:
    """A web site that we may fetch from and post to."""
    with serving({}) as site:
        settings.FETCH_ALLOW_HOSTS = [site.host]
        yield site
