"""What holds for every page: accessible, light and dark, and no wider than a small telephone."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pyotp import TOTP
from pytest_django import Settings

from accounts import invitations, passwords
from accounts import selectors as accounts_selectors
from accounts.actors import Actor
from accounts.models import Organisation, PictureCount, User
from accounts.permissions import Role
from accounts.windows import Period
from imports import services as imports_services
from imports.models import Source
from jobs import sightings
from jobs.models import Job, JobState, SeenKind
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import Item, List
from lists.storage import StorageFull
from review.automation import services as services_of_rules
from review.clusters import selectors as clusters_selectors
from review.golden import services as golden_services
from review.models import Erasure, MatchCandidate, Rule, RuleVersion, State
from review.pairs import services as pairs_services
from tests import bare_pairs, given_rules, working
from tests.browser.accessible import faults
from tests.browser.conftest import Expectations
from tests.browser.waiting import resize
from tests.conftest import PASSWORD
from tests.imports.given import packed, sent
from text_lists import services as text_lists_services
from text_lists.models import TextList
from text_lists.values import NewEntry, TextListSettings
from verdicts import services as verdicts_services
from verdicts import submitting
from verdicts.values import Sent, VerdictContent
from webhooks import publishing
from webhooks.kinds import DeliveryState
from webhooks.models import Delivery, Webhook

pytestmark = pytest.mark.slow

HEIGHT_PX = 768
# What depends on the width of a page is looked at again whenever that changes.
TELEPHONES_PX = (390, 320)


@dataclass(frozen=True, slots=True)
class Look:
    """How a person has set up pages, on a screen of a width."""

    theme: str
    language: str
    width_px: int

    def __str__(self) -> str:
        return f"{self.theme}-{self.language}-{self.width_px}"

    def put_on(self, page: Page) -> None:
        """Have the browser show pages like this."""
        page.emulate_media(reduced_motion="reduce")
        page.set_viewport_size({"width": self.width_px, "height": HEIGHT_PX})
        chosen = {"theme": self.theme, "django_language": self.language}
        page.context.add_cookies(
            [
                {"name": name, "value": value, "domain": "localhost", "path": "/"}
                for name, value in chosen.items()
            ]
        )


# Two looks show every theme, direction and width; all twelve take a while: EVERY_LOOK=1.
LOOKS = [Look("light", "en", 1366), Look("dark", "ar", 390)]
if os.environ.get("EVERY_LOOK"):
    LOOKS = [
        Look(*each)
        for each in itertools.product(["light", "dark"], ["en", "es", "ar"], [1366, 390])
    ]


@pytest.fixture(autouse=True)
def limits(organisation: Organisation, settings: Settings) -> None:
    """A page that shows limits shows all of them, one used up."""
    settings.RATE_LIMIT_PER_MINUTE, settings.QUOTA_PER_DAY = 60, 2_000_000_000
    settings.QUOTA_PER_MONTH = 1
    settings.IMPORT_BUCKETS = [("", "archive", "photos/")]
    month = Period.MONTH.window(timezone.now())
    PictureCount.objects.create(
        organisation=organisation, period=Period.MONTH, starts_at=month.starts_at, used=1
    )


@pytest.fixture
def other_list(person: User) -> List:
    """Another list, in which the same two pictures are confirmed."""
    by = accounts_selectors.actor_for_user(person)
    return lists_services.create_list(by=by, settings=ListSettings(name="Confirmed"))


def text_list(by: Actor) -> TextList:
    """Make a list of long texts, one of them removed, beside a list that is removed."""
    made, gone = (
        text_lists_services.create_list(
            by=by, settings=TextListSettings(name="N" * 60, kind="disallow")
        )
        for _ in range(2)
    )
    texts = [NewEntry("x" * 200, category="c" * 50, note="n" * 200), NewEntry("cup")]
    added = text_lists_services.put_entries(by=by, text_list=made, entries=texts).added
    text_lists_services.remove_entries(by=by, text_list=made, entry_ids=[added[1].public_id])
    text_lists_services.remove_list(by=by, text_list=gone)
    return made


def verdicts(by: Actor, first: Item) -> None:
    """Publish two verdicts with all that one can say, write an update, and ask for them."""
    other = Item.objects.get(name="copy.jpg")
    for item, rating in ((first, "R" * 50), (other, "True"), (first, "False")):
        content = VerdictContent(
            rating=rating,
            title="t" * 200,
            summary="s " * 200,
            url=f"https://example.org/{'x' * 200}",
        )
        cluster = clusters_selectors.cluster_of(by, item)
        verdict = verdicts_services.write_draft(by=by, cluster=cluster, content=content)
        if rating != "False":
            verdicts_services.publish(by=by, verdict=verdict)
        sent = Sent(recipient="ann", external_id="e" * 60, language="pt-BR")
        submitting.record_submission(by=by, item=item, sent=sent)
    working.run_all()


def rules(by: Actor, image_list: List) -> RuleVersion:
    """Let a rule with a long name ask, accept one pair of it, and stop another rule."""
    pairs = bare_pairs.make(4, image_list)
    stopped = services_of_rules.create_rule(by=by, name="Stopped", criteria=given_rules.NEAR)
    Rule.objects.filter(pk=stopped.pk).update(stopped_at=timezone.now())
    asking = given_rules.asking(by, name="N" * 60)
    given_rules.accepted(by, asking, pairs[:1])
    return asking


def golden_pair(by: Actor, pair: MatchCandidate) -> str:
    """Mark a decided pair golden with a long reason."""
    golden_services.mark(by=by, pair=pair, truth="dissociate", reason="x" * 140)
    return pair.public_id


def imports(by: Actor, image_list: List) -> str:
    """Make an import of each state and with long names; return the one with refused rows."""
    long = "a-very-long-name-" + "x" * 120
    table = f"{long},who\n{long},{long}\n".encode()
    sent(by, image_list, Source.TABLE, f"{long}.csv", table)
    done = sent(by, image_list, Source.ZIP, "a.zip", packed({f"{long}.png": b"none"}))
    working.run_all()
    stopped = sent(by, image_list, Source.ZIP, "a.zip", packed({"b.png": b"none"}))
    imports_services.stop(run=stopped, error=StorageFull("There is no room left."))
    imports_services.begin(
        by=by, image_list=image_list, source=Source.ZIP, name="c.zip", byte_size=9
    )
    return done.public_id


def told_webhook(by: Actor) -> Webhook:
    """Make a webhook with a long address that was told of what happened, in part in vain."""
    made = Webhook.objects.create(
        organisation_id=by.organisation_id, url="https://example.org/" + "x" * 200, failures=1
    )
    publishing.publish_new(organisation_id=by.organisation_id)
    state = {"state": DeliveryState.FAILED, "attempted_at": timezone.now(), "status": 503}
    Delivery.objects.filter(webhook=made, position=1).update(**state)
    return made


@pytest.fixture
def addresses(
    person: User,
    image_list: List,
    other_list: List,
    add_photo: Callable[..., Item],
    coffee: bytes,
    coffee_copy: bytes,
    astronaut: bytes,
) -> dict[str, str]:
    first = add_photo(coffee, "coffee-with-a-very-long-name-" + "x" * 120 + ".jpg")
    add_photo(coffee_copy, "copy.jpg")
    add_photo(astronaut, "astronaut.jpg")
    pair = MatchCandidate.objects.get()
    pairs_services.dissociate(by=accounts_selectors.actor_for_user(person), pair=pair, note="No")
    pairs_services.undo(by=accounts_selectors.actor_for_user(person), pair=pair)
    (linked,) = bare_pairs.again([pair], other_list)
    MatchCandidate.objects.filter(pk=linked.pk).update(state=State.CONFIRMED)
    by = accounts_selectors.actor_for_user(person)
    gone = lists_services.create_list(by=by, settings=ListSettings(name="Gone"))
    lists_services.remove_list(by=by, image_list=gone)
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    Job.objects.create(
        kind="api.alegre.deliver",
        state=JobState.FAILED,
        attempts=5,
        last_error="delivery_failed: The server of the callback answers with status 500.",
        finished_at=timezone.now(),
    )
    sightings.note(
        kind=SeenKind.ERROR, name="KeyError in views.py, line 7", request_id="req_" + "x" * 21
    )
    sightings.note_worker()
    Erasure.objects.create(
        organisation_row=by.organisation_id, kind="item", subject="med_gone", by="m", reason="Why"
    )
    texts = f"/text-lists/{text_list(by).public_id}/"
    verdicts(by, first)
    alone = Item.objects.get(name="astronaut.jpg").public_id
    one = f"/verdicts/{first.public_id}/"
    webhook = told_webhook(by)
    rule = rules(by, image_list)
    cluster = f"/clusters/{first.public_id}/"
    own = f"/lists/{image_list.public_id}/"
    return {
        "home": "/",
        "demo": "/demo/",
        "lists": "/lists/",
        "list": own,
        "check": "/check/",
        "api of the list": f"{own}api/",
        "settings of the list": f"{own}settings/",
        "queue": "/review/",
        "pair": f"/review/pair/{MatchCandidate.objects.earliest('pk').public_id}/",
        "picture": f"/review/picture/{MatchCandidate.objects.earliest('pk').public_id}/",
        "cluster": cluster,
        "preview": f"{cluster}preview/?act=confirm&score=0.1",
        "split": f"{cluster}split/?pair={linked.public_id}",
        "nothing to review": "/review/?state=dissociated",
        "find": "/find/?q=co",
        "removed": "/removed/",
        "removed lists": "/removed/lists/",
        "text lists": "/text-lists/",
        "text list": texts,
        "pasting texts": f"{texts}many/",
        "trying texts": f"{texts}try/",
        "settings of the text list": f"{texts}settings/",
        "erasing an item": f"/items/{first.public_id}/erase/",
        "erasing a list": f"{own}erase/",
        "erased": "/erased/",
        "activity": "/activity/",
        "statistics": "/stats/",
        "editing an item": f"/items/{first.public_id}/edit/",
        "item": f"/items/{Item.objects.order_by('pk')[0].public_id}/",
        "imports": f"/imports/?open={imports(by, image_list)}",
        "no such activity": "/activity/?until=2001-01-01&who=nobody",
        "keys": "/settings/api/",
        "webhooks": "/settings/api/webhooks/",
        "webhook": f"/settings/api/webhooks/{webhook.public_id}/",
        "feedback": "/settings/feedback/",
        "models": "/settings/models/",
        "team": "/settings/team/",
        "password": "/settings/password/",
        "sessions": "/settings/sessions/",
        "audit": "/settings/audit/",
        "no such audit": "/settings/audit/?until=2001-01-01&kind=nothing",
        "two steps": "/settings/second-factor/",
        "operations": "/operations/",
        "API reference": "/docs/",
        "removed texts": f"{texts}removed/",
        "no such page": "/nothing/",
        "events as code": "/settings/api/events/",
        "verdicts": "/verdicts/",
        "wanted": "/groups/",
        "submissions": "/submissions/?recipient=ann",
        "notices": "/verdicts/notices/",
        "settings of verdicts": "/verdicts/settings/",
        "two verdicts": f"/verdicts/conflict/{MatchCandidate.objects.earliest('pk').public_id}/",
        "writing a verdict": f"/verdicts/{alone}/edit/",
        "publishing a verdict": f"{one}publish/",
        "retracting a verdict": f"{one}retract/",
        "golden pairs": "/review/golden/",
        "marking a golden pair": f"/review/golden/{golden_pair(by, linked)}/",
        "rules": "/rules/",
        "writing a rule": "/rules/new/",
        "rule": f"/rules/{rule.rule.public_id}/",
        "proposals": f"/rules/{rule.rule.public_id}/proposals/",
        "what a rule decided": f"/rules/runs/{rule.runs.get().public_id}/",
        "using a verdict": f"/verdicts/{alone}/reuse/",
    }


@pytest.fixture
def doors(person: User, settings: Settings) -> dict[str, str]:
    """The pages of people who have not signed in."""
    settings.SENDS_MAIL = True
    settings.OIDC_ISSUER = "https://id.example"
    invited = invitations.invite(
        by=accounts_selectors.actor_for_user(person), email="nia@example.org", role=Role.VIEWER
    )
    return {
        "sign in": "/login/",
        "invitation": f"/invitation/?token={invited.token}",
        "lost password": "/password/lost/",
        "new password": f"/password/new/?token={passwords.token_for(person)}",
    }


@pytest.fixture
def steps(person: User, doors: dict[str, str]) -> Callable[[Page], Iterator[str]]:
    """Take a browser to each page between the password and being signed in."""

    def begin(page: Page) -> None:
        page.context.clear_cookies(name="sessionid")
        page.goto("/login/")
        page.locator("[name=username]").fill(person.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url("**/login/*/")

    def take(page: Page) -> Iterator[str]:
        Organisation.objects.update(requires_second_factor=True)
        begin(page)
        yield "set up"
        secret = page.locator("[data-copy]").inner_text().replace(" ", "").strip()
        page.locator("[name=code]").fill(TOTP(secret).now())
        page.locator("[name=code]").press("Enter")
        page.locator(".recovery-codes").wait_for()
        yield "set up and done"
        page.goto("/settings/second-factor/")
        yield "two steps are on"
        page.goto("/settings/team/")
        page.locator(".member summary").first.click()
        yield "team with an app and an invitation"
        begin(page)
        yield "code"

    return take


def other_sizes(page: Page) -> list[str]:
    """Return the sizes of type on the page that are none of the four."""
    used = page.evaluate("""[...document.querySelectorAll("body *")]
      .filter((each) => each.getClientRects().length && each.innerText?.trim())
      .map((each) => getComputedStyle(each).fontSize)""")
    return sorted(set(used) - {"13px", "15px", "18px", "28px"})


def widths(page: Page, look: Look) -> list[str]:
    """Return the telephones that the page is wider than, and leave it as wide as it was."""
    found = []
    for width_px in TELEPHONES_PX:
        resize(page, width_px, HEIGHT_PX)
        shown_px = page.evaluate("document.documentElement.scrollWidth")
        if shown_px > width_px:
            found.append(f"{shown_px} px on {width_px} px")
    resize(page, look.width_px, HEIGHT_PX)
    return found


@pytest.mark.timeout(600)  # it looks at some forty pages, with axe: 40 s of a processor
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(
    signed_in: Page,
    addresses: dict[str, str],
    doors: dict[str, str],
    steps: Callable[[Page], Iterator[str]],
    look: Look,
    expected: Expectations,
) -> None:
    expected.statuses.add(404)
    look.put_on(signed_in)
    found = {}

    def note(name: str) -> None:
        found[name] = faults(signed_in) + other_sizes(signed_in) + widths(signed_in, look)

    for name, address in addresses.items():
        signed_in.goto(address)
        assert signed_in.locator("html").get_attribute("lang") == look.language
        if name == "API reference":
            signed_in.locator(".reference .opblock").first.wait_for()
        note(name)
        if name == "lists":
            signed_in.locator(".rail [data-menu] > summary").click()
            found["account menu"] = faults(signed_in)

    signed_in.context.clear_cookies(name="sessionid")
    for name, address in doors.items():
        signed_in.goto(address)
        note(name)
    for name in steps(signed_in):
        note(name)
    assert {name: these for name, these in found.items() if these} == {}


@pytest.mark.parametrize("language", ["en", "ar", "es"])
def test_the_names_in_the_bar_of_a_telephone_keep_apart(
    signed_in: Page, image_list: List, language: str
) -> None:
    Look("light", language, TELEPHONES_PX[0]).put_on(signed_in)
    signed_in.goto(f"/lists/{image_list.public_id}/")
    names = signed_in.locator(".rail-link > span:not(.rail-count):visible")

    for width_px in TELEPHONES_PX:
        resize(signed_in, width_px, HEIGHT_PX)
        boxes = names.evaluate_all("""names => names.map((name) => {
          const { left, right } = name.getBoundingClientRect();
          return [left, right];
        })""")

        assert len(boxes) == 5
        boxes.sort()
        ends = [0, *(end for _start, end in boxes)]
        assert all(start >= end for (start, _end), end in zip(boxes, ends, strict=False))
        assert ends[-1] <= width_px


def least_shift(page: Page, address: str) -> float:
    """Return by how much a page moves while it loads, the less of twice.

    On a busy machine the page of a pair is now and then painted before its scripts have run.
    """
    shifts: list[float] = []
    for _ in range(2):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        shifts.append(page.evaluate("window.shifts"))
    return min(shifts)


def test_pictures_move_nothing_while_they_load(signed_in: Page, addresses: dict[str, str]) -> None:
    signed_in.add_init_script("""
      window.shifts = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifts += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    """)
    for name in ("lists", "list", "item", "queue", "pair", "picture", "cluster", "activity"):
        assert least_shift(signed_in, addresses[name]) < 0.01, name


def test_the_first_tab_skips_to_the_content(signed_in: Page, image_list: List) -> None:
    signed_in.goto("/lists/")
    signed_in.keyboard.press("Tab")
    signed_in.keyboard.press("Enter")

    expect(signed_in.locator("#main")).to_be_focused()
