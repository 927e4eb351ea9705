"""The page of a server's administrators: who sees it, what it says, what it never shows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.template.defaultfilters import filesizeformat
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import services as accounts_services
from accounts.actors import Actor
from accounts.audit import AuditAct
from accounts.models import AuditEntry, Organisation, User
from accounts.permissions import Role
from api import errors
from common import origins
from jobs import services as jobs_services
from jobs import sightings
from jobs.models import Job, JobState, LastSeen, SeenKind
from lists.models import List
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests.conftest import raw_image

pytestmark = pytest.mark.django_db

SECRET = "https://hooks.example.org/T0/secret"
# Session, person, 11 parts, and the frame of the page: its membership and its counts.
MOST_QUERIES = 16


@pytest.fixture
def root(organisation: Organisation) -> Client:
    """The browser of somebody who runs the server."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "a long password"))
    return client


@pytest.fixture
def failed() -> Job:
    """A job that has failed."""
    return Job.objects.create(
        kind="api.alegre.deliver",
        payload={"callback_url": SECRET},
        state=JobState.FAILED,
        attempts=5,
        last_error="delivery_failed: The server of the callback answers with status 500.",
        finished_at=timezone.now(),
        request_id="req_of_the_client",
    )


@pytest.mark.parametrize("role", list(Role))
def test_nobody_but_superusers_finds_it(
    make_user: Callable[..., User], role: Role, failed: Job
) -> None:
    client = Client()
    client.force_login(make_user(role))

    assert client.get("/operations/").status_code == 404
    assert client.post(f"/operations/jobs/{failed.pk}/").status_code == 404
    assert Job.objects.get().state == JobState.FAILED


def test_strangers_are_asked_to_sign_in() -> None:
    answer = Client().get("/operations/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_a_failed_job_shows_its_error_and_never_its_payload(root: Client, failed: Job) -> None:
    page = root.get("/operations/").content.decode()

    assert f'data-failed="{failed.pk}"' in page
    assert failed.last_error in page
    assert "req_of_the_client" in page
    assert "hooks.example.org" not in page


def test_a_failed_job_runs_again(root: Client, failed: Job) -> None:
    answer = root.post(f"/operations/jobs/{failed.pk}/", follow=True)

    assert answer.status_code == 200
    assert Job.objects.get().state == JobState.WAITING
    entry = AuditEntry.objects.get(act=AuditAct.OPERATOR_CHANGE)
    assert entry.details == {"job_run_again": failed.pk}
    assert 'data-state="waiting"' in answer.content.decode()


def test_a_job_that_is_gone_is_no_fault(root: Client) -> None:
    assert root.post("/operations/jobs/7/", follow=True).status_code == 200


def test_the_number_of_statements_does_not_grow(
    root: Client,
    image_list: List,
    coffee: bytes,
    failed: Job,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(3):
        accounts_services.ensure_organisation(name=f"Another {number}")
        jobs_services.enqueue(kind=f"tests.kind_{number}", payload={})
        sightings.note(kind=SeenKind.ERROR, name=f"KeyError in views.py, line {number}")

    with django_assert_max_num_queries(MOST_QUERIES):
        page = root.get("/operations/").content.decode()

    assert page.count("data-organisation=") == 4
    assert page.count("data-error>") == 3


def test_what_an_organisation_keeps_is_summed(
    root: Client, admin: Actor, image_list: List, coffee: bytes
) -> None:
    submission = NewSubmission(raw=raw_image(coffee), add_to=image_list)
    submissions_services.submit(by=admin, submission=submission)

    figures = row(root, image_list.organisation)

    assert figures[:2] == ["1", filesizeformat(len(coffee)).replace("\xa0", " ")]


def row(client: Client, organisation: Organisation) -> list[str]:
    """Return the figures of an organisation."""
    page = client.get("/operations/").content.decode()
    (found,) = re.findall(
        rf'<tr data-organisation="{organisation.public_id}">(.*?)</tr>', page, re.DOTALL
    )
    return [text.replace("\xa0", " ") for text in re.findall(r"<td[^>]*><bdi>(.*?)</bdi>", found)]


def test_the_newest_faults_are_kept_by_place_and_request() -> None:
    token = origins.request_id.set("req_first")
    try:
        for number in range(sightings.MAX_ROWS + 5):
            sightings.note(kind=SeenKind.ERROR, name=f"KeyError in views.py, line {number}")
        for _ in range(2):
            errors.from_exception(raised())
    finally:
        origins.request_id.reset(token)

    assert LastSeen.objects.count() == sightings.MAX_ROWS
    last = LastSeen.objects.latest("at")
    assert (last.count, last.request_id) == (2, "req_first")
    assert last.name.startswith("ZeroDivisionError in test_operations.py, line ")


def raised() -> Exception:
    """Return an error that was raised, with something secret in it."""
    try:
        broken(None)
    except ZeroDivisionError as error:
        return error
    raise AssertionError


def broken(request: object) -> HttpResponse:
    """Be a page with a fault."""
    raise ZeroDivisionError(SECRET)


urlpatterns = [path("broken/", broken), path("", include("dedup_project.urls"))]
handler500 = "dedup_project.errors.server_error"


def test_a_fault_of_a_page_is_kept_too(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__

    answer = Client(raise_request_exception=False).get("/broken/")

    assert answer.status_code == 500
    assert LastSeen.objects.get().name.startswith("ZeroDivisionError in test_operations.py")


def test_a_worker_is_seen_while_it_works(root: Client) -> None:
    assert "data-fact=" in root.get("/operations/").content.decode()
    sightings.note_worker()

    page = root.get("/operations/").content.decode()

    assert LastSeen.objects.get().name in page


def test_a_worker_that_ended_is_not_among_those_at_work(root: Client) -> None:
    ended = LastSeen.objects.create(
        kind=SeenKind.WORKER, name="before:1", at=timezone.now() - dt.timedelta(hours=1)
    )
    assert ended.name in root.get("/operations/").content.decode()

    sightings.note_worker()

    assert ended.name not in root.get("/operations/").content.decode()
