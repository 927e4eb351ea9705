"""The switches of language and theme: forms that work without scripts, for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.actors import Actor
from accounts.models import User
from accounts.permissions import Role

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture
def person(make_user: Callable[..., User]) -> User:
    user = make_user(Role.ANALYST)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def shown(client: Client, address: str = "/lists/", **headers: str) -> str:
    page = client.get(address, headers=headers).content.decode()
    return " ".join(page.split())


def sign_in(client: Client, person: User) -> None:
    answer = client.post("/login/", {"username": person.email, "password": PASSWORD})
    assert answer.status_code == 302


def test_a_page_speaks_the_language_of_the_browser(browser: Client) -> None:
    page = shown(browser, accept_language="ar-EG,en;q=0.5")

    assert '<html lang="ar" dir="rtl"' in page
    assert "القوائم" in page


def test_a_language_that_is_not_there_is_english(browser: Client) -> None:
    assert '<html lang="en" dir="ltr"' in shown(browser, accept_language="tlh")


def test_the_switch_goes_before_what_the_browser_asks_for(browser: Client) -> None:
    answer = browser.post(
        "/settings/language/", {"language": "es"}, headers={"Referer": "http://testserver/review/"}
    )

    assert answer.status_code == 302
    assert answer["Location"] == "http://testserver/review/"
    assert '<html lang="es" dir="ltr"' in shown(browser, accept_language="fr")


def test_strangers_choose_a_language_too(client: Client, admin: Actor) -> None:
    client.post("/settings/language/", {"language": "es"})

    assert '<html lang="es"' in shown(client, "/login/")


def test_the_account_remembers_the_language_for_other_browsers(
    browser: Client, person: User
) -> None:
    browser.post("/settings/language/", {"language": "pt-br"})
    elsewhere = Client()
    sign_in(elsewhere, person)

    assert '<html lang="pt-br"' in shown(elsewhere)


def test_what_was_chosen_in_a_browser_goes_before_the_account(
    browser: Client, person: User
) -> None:
    browser.post("/settings/language/", {"language": "fr"})
    elsewhere = Client()
    elsewhere.post("/settings/language/", {"language": "hi"})
    sign_in(elsewhere, person)

    assert '<html lang="hi"' in shown(elsewhere)


@pytest.mark.parametrize("language", ["", "xx", "en\r\nSet-Cookie: a=b"])
def test_a_language_that_is_not_offered_changes_nothing(
    browser: Client, person: User, language: str
) -> None:
    answer = browser.post("/settings/language/", {"language": language})

    assert answer.status_code == 302
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
    person.refresh_from_db()
    assert person.language == ""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_names_the_theme(browser: Client, theme: str) -> None:
    browser.post("/settings/theme/", {"theme": theme})

    page = shown(browser)
    assert f'data-theme="{theme}"' in page
    assert f'content="{theme}"' in page


def test_the_theme_of_the_device_comes_back(browser: Client) -> None:
    browser.post("/settings/theme/", {"theme": "dark"})
    browser.post("/settings/theme/", {"theme": "system"})

    assert 'data-theme="system"' in shown(browser)


def test_a_theme_that_nobody_offered_is_not_written_into_the_page(browser: Client) -> None:
    browser.cookies["theme"] = "blue"

    assert 'data-theme="system"' in shown(browser)


@pytest.mark.parametrize("address", ["/settings/language/", "/settings/theme/"])
@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example", "", "x:y"])
def test_a_switch_leads_to_no_other_site(browser: Client, address: str, there: str) -> None:
    answer = browser.post(address, {"next": there}, headers={"Referer": there})

    assert answer["Location"] == "/"


@pytest.mark.parametrize("address", ["/settings/language/", "/settings/theme/"])
@pytest.mark.parametrize(
    "there",
    [
        "abc",
        "lists",
        "dashboard:lists",
        "%5Cevil",
        "/%5Cevil",
        "9" * 40,
        "/lists/%00",
        "%00",
        "%ED%A0%80",
        "/" + "9" * 5000,
    ],
)
def test_a_switch_leads_home_from_what_is_no_path_of_ours(address: str, there: str) -> None:
    answer = Client().post(
        address, f"theme=dark&next={there}", content_type="application/x-www-form-urlencoded"
    )

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("address", ["/settings/language/", "/settings/theme/"])
@pytest.mark.parametrize("page", ["/lists/?order=newest&after=1#end", "/search/?text=caf%C3%A9"])
def test_a_switch_leads_back_to_its_page(browser: Client, address: str, page: str) -> None:
    for there in (page, f"http://testserver{page}"):
        assert browser.post(address, {"next": there})["Location"] == there


def test_an_answer_to_a_form_leads_back_to_the_form(browser: Client) -> None:
    form = "http://testserver/settings/password/"
    page = browser.post("/settings/password/", {}, headers={"Referer": form}).content.decode()

    assert f'name="next" value="{form}"' in page


@pytest.mark.parametrize("address", ["/settings/language/", "/settings/theme/"])
def test_switches_are_forms_that_only_post(browser: Client, address: str) -> None:
    assert browser.get(address).status_code == 405


def test_a_language_costs_no_query(
    browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shown(browser)
    with django_assert_num_queries(5):
        shown(browser)
    browser.post("/settings/language/", {"language": "ar"})
    with django_assert_num_queries(5):
        shown(browser)
