"""Superusers look at the queue and run again what failed."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from jobs import services
from jobs.models import Job, JobState

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser_client(db: None) -> Client:
    """The browser of an operator of the whole installation."""
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "a long password"))
    return client


@pytest.fixture
def failed() -> Job:
    """A job that has failed."""
    job_id = services.enqueue(kind="test.work", payload={"id": 7})
    claim = services.claim(lease_s=60)
    assert claim is not None
    services.give_up(claim=claim, error="gave_up: The picture was purged.")
    return Job.objects.get(pk=job_id)


def test_a_failed_job_shows_why(superuser_client: Client, failed: Job) -> None:
    for page in ("/admin/jobs/job/?state=failed", f"/admin/jobs/job/{failed.pk}/change/"):
        assert "The picture was purged." in superuser_client.get(page).text


def test_a_job_shows_which_rows_it_is_about_and_no_secret(superuser_client: Client) -> None:
    payload = {
        "credential_id": 4711,
        "callback_url": "https://check.example/?token=hunter2",
        "request": {"url": "https://user:hunter2@example.org/1.jpg"},
    }
    job_id = services.enqueue(kind="test.work", payload=payload)

    for page in ("/admin/jobs/job/", f"/admin/jobs/job/{job_id}/change/"):
        assert "hunter2" not in superuser_client.get(page).text
    assert "credential_id 4711" in superuser_client.get(f"/admin/jobs/job/{job_id}/change/").text


def test_failed_jobs_are_run_again_and_others_left_alone(
    superuser_client: Client, failed: Job
) -> None:
    other = services.enqueue(kind="test.work", payload={})
    chosen = {"action": "run_again", "_selected_action": [failed.pk, other]}

    answer = superuser_client.post("/admin/jobs/job/", chosen, follow=True)

    assert "1 job will run again." in answer.text
    assert Job.objects.filter(state=JobState.WAITING).count() == 2


def test_jobs_are_neither_made_nor_changed_nor_deleted_here(
    superuser_client: Client, failed: Job
) -> None:
    page = f"/admin/jobs/job/{failed.pk}"

    assert superuser_client.get("/admin/jobs/job/add/").status_code == 403
    assert superuser_client.post(f"{page}/change/", {"kind": "x.y"}).status_code == 403
    assert superuser_client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    delete = {"action": "delete_selected", "_selected_action": [failed.pk], "post": "yes"}
    superuser_client.post("/admin/jobs/job/", delete)
    assert Job.objects.get().kind == "test.work"
