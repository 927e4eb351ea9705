"""Statistics on pages: figures with their tables, for those who may see them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from typing import cast

import pytest
from django.test import Client
from django.utils.html import escape

from accounts import selectors as accounts_selectors
from accounts.models import Organisation, User
from accounts.permissions import Role
from common.intervals import wilson
from insights import services
from insights.charts import Bar, Chart
from insights.estimates import RaterAgreement, Share, Times
from lists.models import List
from review.models import Act
from review.pairs import services as pairs_services
from tests import bare_pairs, hooks

pytestmark = pytest.mark.django_db

ALL = ["checks", "waiting", "ages", "decisions", "people", "golden", "kinds", "scores"]
OWN = ["decisions", "people", "golden"]


@pytest.fixture
def people(
    organisation: Organisation, image_list: List, make_user: Callable[..., User]
) -> dict[Role, User]:
    """A manager and an analyst who decided five pairs, one of them both and otherwise."""
    people = {role: make_user(role) for role in (Role.MANAGER, Role.ANALYST)}
    manager, analyst = (accounts_selectors.actor_for_user(user) for user in people.values())
    pairs = bare_pairs.make(6, image_list)
    for pair in pairs[:4]:
        pairs_services.decide(by=analyst, pair=pair, act=Act.CONFIRM)
    for pair in pairs[3:5]:
        pairs_services.decide(by=manager, pair=pair, act=Act.DISSOCIATE)
    services.count(organisation_id=organisation.pk)
    return people


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def table(client: Client, code: str, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/stats/export/?figure={code}{query}")
    text = b"".join(cast("Iterable[bytes]", answer)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_manager_sees_every_figure_and_an_analyst_their_own_work(
    people: dict[Role, User],
) -> None:
    manager, analyst = (signed_in(user) for user in people.values())

    assert hooks.values(manager.get("/stats/"), "figure") == ALL
    assert hooks.values(analyst.get("/stats/"), "figure") == OWN
    assert {row["person"] for row in table(manager, "people")} == {
        user.email for user in people.values()
    }
    assert [row["person"] for row in table(analyst, "people")] == [people[Role.ANALYST].email]
    assert analyst.get("/stats/export/?figure=kinds").status_code == 404


def test_figures_tell_what_people_decided(people: dict[Role, User], image_list: List) -> None:
    client = signed_in(people[Role.MANAGER])

    (kind,) = table(client, "kinds")
    assert (kind["of"], kind["share"]) == ("5", "0.6")
    assert float(kind["low"]) == wilson(3, 5).low
    assert [row["waiting"] for row in table(client, "ages")] == ["1"]
    assert sum(int(row["count"]) for row in table(client, "decisions")) == 6
    assert {row["share"] for row in table(client, "people")} == {"0.0"}
    assert len(table(client, "checks", "&days=7")) == 7
    assert table(client, "kinds", f"&list={image_list.public_id}") == [kind]
    assert client.get("/stats/?list=ili_unknown").status_code == 400


def test_every_chart_has_its_table_and_no_style_of_its_own(people: dict[Role, User]) -> None:
    page = signed_in(people[Role.MANAGER]).get("/stats/").content.decode()

    drawn = page.count('class="chart"')
    assert drawn == page.count("<details>") > 0
    charts = page[page.index('class="chart"') :]
    assert "style=" not in charts
    assert "<script" not in charts


def test_texts_in_charts_are_escaped() -> None:
    hostile = '"><script>alert(1)</script>'

    drawn = Chart(hostile, [Bar(hostile, 1)], [(0, "0"), (1, hostile)]).draw()

    assert "<script" not in drawn
    assert escape(hostile) in drawn


def test_estimates_of_nothing_say_that_nothing_is_known() -> None:
    nothing = Share(0, 0)

    assert (nothing.value, nothing.interval) == (None, wilson(0, 0))
    assert (RaterAgreement({}).kappa, Times({}).at(0.5), Times({}).per_hour) == (None, None, None)


def test_agreement_is_told_beyond_chance() -> None:
    # The example of J. Cohen's kappa with 20 and 15 agreed of 50.
    said = {("a", "a"): 20, ("a", "b"): 5, ("b", "a"): 10, ("b", "b"): 15}

    assert RaterAgreement(said).share == Share(35, 50)
    assert RaterAgreement(said).kappa == pytest.approx(0.4)


def test_times_are_told_by_rank() -> None:
    times = Times({2: 5, 4: 4, 100: 1})

    assert [times.at(share) for share in (0.5, 0.9, 1.0)] == [2, 4, 100]
    assert times.per_hour == pytest.approx(3600 * 10 / 126)
