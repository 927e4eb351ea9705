"""The page on which managers see what clients said about pictures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role
from dashboard.views import feedback as feedback_views
from lists.models import List
from review.submissions import services as submissions_services
from review.submissions.feedback import Report
from review.submissions.values import NewSubmission
from tests import hooks
from tests.conftest import raw_image


@pytest.fixture
def browser(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user(Role.MANAGER))
    return client


def page_of(browser: Client, query: str = "") -> str:
    return browser.get(f"/settings/feedback/{query}").content.decode()


def test_feedback_is_shown_newest_first_with_who_gave_it(
    browser: Client, admin: Actor, coffee: bytes
) -> None:
    for class_name in ("safe", "raw"):
        report = Report(raw=raw_image(coffee, "cup.jpg"), model="nudity", class_name=class_name)
        submissions_services.give_feedback(by=admin, report=report)

    answer = browser.get("/settings/feedback/")

    assert hooks.values(answer, "feedback") == ["raw", "safe"]
    page = answer.content.decode()
    assert "cup.jpg" in page
    assert "admin@" in page


def test_what_clients_wrote_is_text_on_the_page(
    browser: Client, admin: Actor, coffee: bytes
) -> None:
    submissions_services.give_feedback(
        by=admin,
        report=Report(
            raw=raw_image(coffee, "<script>a.jpg"),
            model="nudity",
            class_name="safe",
            url="https://example.org/<script>",
        ),
    )

    assert "/<script>" not in page_of(browser)
    assert "https://example.org/&lt;script&gt;" in page_of(browser)


def test_the_picture_is_shown_where_it_is_kept_for_review(
    browser: Client, admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes
) -> None:
    submissions_services.submit(
        by=admin, submission=NewSubmission(raw=raw_image(coffee), add_to=image_list)
    )
    reported = raw_image(coffee_copy)
    lists = [image_list]

    submissions_services.give_feedback(
        by=admin, report=Report(reported, "similarity", "duplicate", duplicate_in=lists)
    )

    assert f"/t/{reported.sha256}/256.webp" in page_of(browser)


def test_the_picture_is_not_shown_where_nothing_keeps_it(
    browser: Client, admin: Actor, coffee: bytes
) -> None:
    submissions_services.give_feedback(by=admin, report=Report(raw_image(coffee), "nudity", "safe"))

    assert "/t/" not in page_of(browser)


def test_nothing_of_others_is_shown(browser: Client, stranger: Actor, coffee: bytes) -> None:
    submissions_services.give_feedback(
        by=stranger, report=Report(raw_image(coffee), "nudity", "safe")
    )

    assert hooks.values(browser.get("/settings/feedback/"), "feedback") == []


def test_older_feedback_is_on_the_next_page(
    browser: Client, admin: Actor, coffee: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback_views, "FEEDBACK_PER_PAGE", 2)
    for class_name in ("safe", "raw", "partial"):
        submissions_services.give_feedback(
            by=admin, report=Report(raw_image(coffee), "nudity", class_name)
        )

    first = browser.get("/settings/feedback/")
    second = browser.get(f"/settings/feedback/?after={first.context['page'].next_after}")

    shown = [
        [told.feedback.class_name for told in answer.context["page"].rows]
        for answer in (first, second)
    ]
    assert shown == [["partial", "raw"], ["safe"]]
