"""Find: what a text or a picture finds, for whom, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Membership, User
from accounts.permissions import Role
from dashboard.find import pages, rows
from dashboard.find.rows import FindResult, FindRow, marked
from imports import services as imports_services
from imports.models import Source
from lists import services as lists_services
from lists import text_reading
from lists.list_settings import ListSettings
from lists.models import Item, List
from moderation.text.folding import fold
from review.models import Erasure, MatchCandidate
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission
from tests import bare_pairs, hooks
from tests import given_texts as given
from tests.conftest import raw_image
from text_lists import services as text_lists_services
from text_lists.values import NewEntry, TextListSettings
from verdicts.models import Submission
from webhooks import services as webhooks_services
from webhooks.values import WebhookSettings

pytestmark = pytest.mark.django_db

FRAGMENT = {"X-Fragment": "1"}
CLAIM = "Launched over Pune last night, army says nothing"


@pytest.fixture
def finds(make_user: Callable[..., User]) -> Client:
    client = Client()
    client.force_login(make_user(Role.MANAGER))
    return client


@pytest.fixture
def item(admin: Actor, image_list: List, coffee: bytes) -> Item:
    """An image with all that it can be found by."""
    added = submissions_services.submit(
        by=admin,
        submission=NewSubmission(
            raw=raw_image(coffee, name="launch-pune.jpg"),
            add_to=image_list,
            custom_id="TK-8841",
            context={"claim": CLAIM, "url": "https://example.org/pune"},
        ),
    ).item
    assert added is not None
    text_reading.keep(image_id=added.image_id, readings=[given.reading("Last seen near STATION")])
    return added


def find(finds: Client, text: str) -> FindResult:
    page = finds.get("/find/", {"q": text})
    assert page.status_code == 200
    found: FindResult = page.context["found"]
    return found


def kinds(found: FindResult) -> dict[str, list[str]]:
    return {group.name: [row.kind for row in group.rows] for group in found.groups}


def said(row: FindRow) -> str:
    """Return what a row says, with what was found in brackets."""
    return " · ".join(
        "".join(f"[{part.text}]" if part.is_found else part.text for part in parts)
        for parts in [row.title, *row.details]
    )


def test_an_image_is_found_by_everything_that_it_has(
    finds: Client, item: Item, image_list: List
) -> None:
    address = f"/items/{item.public_id}/"
    pdq, phash = (bytes(each.bits).hex() for each in item.image.fingerprints.order_by("algorithm"))
    exact = [item.public_id, "TK-8841", "tk-8841", "Launch-Pune.JPG", item.image.sha256.upper()]
    near = ["tk-88", "launch", "pune", pdq, phash, "station", "https://example.org/pu"]

    assert [
        text for text in exact if [r.address for r in find(finds, text).exact] != [address]
    ] == []
    for text in near:
        found = find(finds, text)
        assert (found.exact, found.groups[0].name) == ([], "images"), text
        assert [row.address for row in found.groups[0].rows] == [address], text


def test_rows_mark_what_was_found_and_say_where(finds: Client, item: Item) -> None:
    images, claims, *_ = find(finds, "pune").groups
    assert said(images.rows[0]) == f"launch-[pune].jpg · {item.image_list.name} · TK-8841"
    assert said(claims.rows[0]).startswith("“Launched over [Pune] last night")

    (read,) = find(finds, "station seen").groups[0].rows
    assert "“Last [seen] near [STATION]”" in said(read)


@pytest.mark.parametrize("letter", ["a", "ä", "ж", "文"])
def test_marking_costs_no_more_for_words_that_nearly_match(
    letter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded: list[str] = []

    def counted(text: str) -> str:
        folded.append(text)
        return fold(text)

    monkeypatch.setattr(rows, "fold", counted)
    sought = [fold(letter) * length + "b" for length in range(1, 12)]

    marked(letter * 2_000, sought)

    assert len(folded) <= 12 * 2_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a pune", "a [pune]"),
        ("PÜNE pune", "[PÜNE] [pune]"),
        ("neptune", "neptune"),
        ("東京の朝", "東京の朝"),
        ("x" * 100 + " pune " + "y" * 100, "…" + "x" * 29 + " [pune] " + "y" * 85 + "…"),
        ("\u202eenup pune", "enup [pune]"),
    ],
)
def test_words_are_marked_where_they_begin(text: str, shown: str) -> None:
    parts = marked(text, ["pune"])

    assert "".join(f"[{each.text}]" if each.is_found else each.text for each in parts) == shown


def test_lists_pairs_texts_and_pages_are_found(
    finds: Client, admin: Actor, item: Item, image_list: List, coffee_copy: bytes
) -> None:
    submission = NewSubmission(raw=raw_image(coffee_copy), check_lists=[image_list])
    submissions_services.submit(by=admin, submission=submission)
    pair = MatchCandidate.objects.get()
    texts = text_lists_services.create_list(
        by=admin, settings=TextListSettings(name="Pune words", kind="disallow")
    )
    entry = text_lists_services.put_entries(
        by=admin, text_list=texts, entries=[NewEntry("flood")]
    ).added[0]
    lists_services.create_list(by=admin, settings=ListSettings(name="Pune floods"))
    texts_address = f"/text-lists/{texts.public_id}/"
    by_id = {
        image_list.public_id: f"/lists/{image_list.public_id}/",
        pair.public_id: f"/review/pair/{pair.public_id}/",
        texts.public_id: texts_address,
        entry.public_id: texts_address,
    }

    assert {text: find(finds, text).exact[0].address for text in by_id} == by_id
    assert kinds(find(finds, "pune"))["people"] == ["list", "text_list"]
    assert kinds(find(finds, "revi"))["pages"] == ["page", "queue", "submissions"]
    assert kinds(find(finds, "https://a.example/b.jpg"))["pages"][0] == "check"


def test_people_are_found_by_those_who_give_them_work(
    make_user: Callable[..., User], organisation: object
) -> None:
    colleague = make_user(Role.ANALYST)
    member = Membership.objects.get(user=colleague)
    word = colleague.email.partition("@")[0]
    found = {}
    for role in Role:
        client = Client()
        client.force_login(make_user(role))
        by_name = "person" in kinds(find(client, word)).get("people", [])
        found[role] = (by_name, bool(find(client, member.public_id).exact))

    may, may_not = (True, True), (False, False)
    assert found == {"viewer": may_not, "analyst": may_not, "manager": may, "admin": may}


def test_only_pages_that_one_may_open_are_found(make_user: Callable[..., User]) -> None:
    viewer = Client()
    viewer.force_login(make_user(Role.VIEWER))

    assert "page" not in kinds(find(viewer, "team"))["pages"]
    assert "check" not in kinds(find(viewer, "https://a.example/b.jpg"))["pages"]
    admin = Client()
    admin.force_login(make_user(Role.ADMIN))
    for place in pages.PLACES:
        (first, *_) = find(admin, str(place.label)).groups[-1].rows
        assert admin.get(first.address).status_code == 200, first.address


def test_every_role_finds_the_pages_of_its_rail_and_may_open_each(
    make_user: Callable[..., User],
) -> None:
    for role in Role:
        client = Client()
        client.force_login(make_user(role))
        rail = client.get("/find/").content.decode().partition("</header>")[0]
        links = {*re.findall(r'<a class="(?:rail-link|menu-item)[^>]*href="(/[^"?]*)"', rail)}
        found = {}
        for place in pages.PLACES:
            address = reverse(place.name)
            rows = [row for group in find(client, str(place.label)).groups for row in group.rows]
            found[address] = address in {row.address for row in rows}

        assert links - {"/find/"} <= {address for address, is_found in found.items() if is_found}
        may = {address: client.get(address).status_code == 200 for address in found}
        assert found == may, role


def test_what_only_has_an_id_is_found_by_those_who_may_see_it(
    admin: Actor, image_list: List, make_user: Callable[..., User]
) -> None:
    (image,) = bare_pairs.images_of(1, image_list)
    Submission.objects.create(
        organisation_id=admin.organisation_id,
        image_list=image_list,
        image=image,
        external_id="tip-77",
    )
    webhook = webhooks_services.create_webhook(
        by=admin, settings=WebhookSettings(url="https://example.org/told", name="Desk")
    )
    run = imports_services.begin(
        by=admin, image_list=image_list, source=Source.ZIP, name="week.zip", byte_size=9
    )
    erasure = Erasure.objects.create(
        organisation_row=admin.organisation_id, kind="item", subject="med_x", reason="asked"
    )
    finds, viewer = Client(), Client()
    finds.force_login(make_user(Role.ADMIN))
    viewer.force_login(make_user(Role.VIEWER))
    by_id = {
        "tip-77": ("/submissions/?external_id=tip-77", True),
        webhook.public_id: (f"/settings/api/webhooks/{webhook.public_id}/", False),
        run.public_id: (f"/imports/?open={run.public_id}#{run.public_id}", False),
        erasure.public_id: (f"/erased/{erasure.public_id}/receipt.json", False),
    }

    for text, (address, is_for_all) in by_id.items():
        assert [row.address for row in find(finds, text).exact] == [address]
        assert finds.get(address.partition("#")[0]).status_code == 200
        assert bool(find(viewer, text).exact) == is_for_all, text


def test_organisations_never_find_each_others_things(
    make_user: Callable[..., User], stranger_organisation: object, item: Item, image_list: List
) -> None:
    stranger = Client()
    stranger.force_login(make_user(Role.ADMIN, of=stranger_organisation))
    texts = [item.public_id, image_list.public_id, "TK-8841", "pune", "station", item.image.sha256]

    for text in texts:
        assert {row.kind for row in find(stranger, text).rows} <= {"queue", "submissions"}, text


def test_hostile_texts_are_answered(finds: Client, item: Item) -> None:
    texts = ["\x00", "%", "_%_", "\u202e\u2066", "'\"<script>", "a" * 10_000, "med_", "med_\x00"]
    texts += ["ili_" * 99, "0" * 64, "f" * 16, "\U0001f600", "http://", "Ⅷ ﷺ", "\u0301" * 500]

    for text in texts:
        page = finds.get("/find/", {"q": text})
        assert (page.status_code, [*page.context["found"].exact]) == (200, []), text
        assert "<script>'" not in page.content.decode()


def test_a_picture_finds_what_is_like_it_and_leaves_nothing(
    finds: Client, item: Item, coffee_copy: bytes
) -> None:
    def ask(content: bytes) -> tuple[int, Any]:
        file = SimpleUploadedFile("a\u202eb.jpg", content)
        answer = finds.post("/find/", {"image": file}, headers=FRAGMENT)
        return answer.status_code, answer.context

    status, context = ask(coffee_copy)
    assert (status, [row.address for row in context["found"].rows]) == (
        200,
        [f"/items/{item.public_id}/", "/check/#handed"],
    )
    assert item.image.__class__.objects.count() == 1
    for content in (b"", b"no picture", b"<svg/>", b"GIF89a" + bytes(9)):
        assert ask(content)[0] == 422
    assert finds.post("/find/", {}, headers=FRAGMENT).context["refusal_code"] == "no_picture"


def test_every_page_leads_to_find(finds: Client, image_list: List) -> None:
    for address in ("/lists/", "/review/", "/find/", f"/lists/{image_list.public_id}/"):
        assert "data-find-open" in finds.get(address).content.decode()
    assert hooks.values(finds.get("/find/"), "find-group") == []
