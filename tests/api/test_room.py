"""What an organisation may keep: additions above it are refused, checks always answered."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.permissions import Role
from accounts.services import NewCredential
from lists import room, services
from lists.depths import Depth
from lists.models import Image, Item, KeptCount, List
from lists.room import Amount, StorageQuotaExceeded
from review.life import retention
from review.pairs import services as pairs_services
from review.submissions import services as submissions_services
from review.submissions.values import NewSubmission, Outcome
from tests import hooks
from tests.api.ximilar_caller import XimilarCaller, base64_text
from tests.callers import Caller
from tests.conftest import raw_image
from tests.threads import run_threads

pytestmark = pytest.mark.django_db

Add = Callable[[Caller, List, bytes], Any]
_ADDS: dict[str, Add] = {
    "native": lambda caller, kept, photo: caller.upload(
        f"/v1/lists/{kept.public_id}/items/", photo
    ),
    "sightengine": lambda caller, kept, photo: caller.sightengine(
        "check.json", photo, lists=kept.public_id, add_to_list=kept.public_id
    ),
    "check": lambda caller, kept, photo: caller.match(photo, list=kept.public_id, store="true"),
}


@pytest.fixture
def clock() -> Iterator[Any]:
    """The clock stands still until it is told to go on."""
    with time_machine.travel(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def add(by: Actor, image_list: List, photo: bytes, **more: Any) -> Outcome:
    """Add a picture."""
    submission = NewSubmission(raw=raw_image(photo), add_to=image_list, depth=Depth.FAST, **more)
    return submissions_services.submit(by=by, submission=submission)


def check(by: Actor, image_list: List, photo: bytes) -> Outcome:
    """Check a picture."""
    submission = NewSubmission(raw=raw_image(photo), check_lists=[image_list])
    return submissions_services.submit(by=by, submission=submission)


def true_amount(organisation_id: int) -> Amount:
    """Return what is kept by the rows."""
    count = room.recount(organisation_id=organisation_id)
    return Amount(count.size_bytes, count.items, count.snapshot_bytes)


def counted(organisation_id: int) -> Amount:
    """Return what was counted as it came."""
    count = KeptCount.objects.get(pk=organisation_id)
    return Amount(count.size_bytes, count.items, count.snapshot_bytes)


@pytest.mark.parametrize("limit", ["QUOTA_BYTES", "QUOTA_ITEMS"])
@pytest.mark.parametrize("way", list(_ADDS))
def test_an_addition_above_a_limit_is_refused_in_every_dialect_and_leaves_nothing(
    caller: Caller,
    image_list: List,
    coffee: bytes,
    astronaut: bytes,
    settings: Settings,
    way: str,
    limit: str,
) -> None:
    setattr(settings, limit, {"QUOTA_BYTES": len(coffee) + 5, "QUOTA_ITEMS": 1}[limit])
    assert _ADDS[way](caller, image_list, coffee).status_code in (200, 201)

    refused = _ADDS[way](caller, image_list, astronaut)

    assert refused.status_code == 429
    assert refused["Retry-After"]
    assert Item.objects.count() == Image.objects.filter(is_stored=True).count() == 1
    # What is there already takes no room.
    assert _ADDS[way](caller, image_list, coffee).status_code == 200


def test_the_code_is_stable_and_a_record_of_ximilar_s_is_skipped_by_it(
    caller: Caller, image_list: List, coffee: bytes, settings: Settings
) -> None:
    settings.QUOTA_BYTES = 10

    refused = _ADDS["native"](caller, image_list, coffee)
    skipped = XimilarCaller(caller, image_list.public_id)(
        "insert", records=[{"_id": "1", "_base64": base64_text(coffee)}]
    )

    assert refused.json()["error"]["code"] == "storage_quota_exceeded"
    (record,) = skipped.json()["skipped_records"]
    assert record["_status"]["code"] == 429
    assert not Item.objects.exists()


def test_an_organisation_has_its_own_limits_and_others_do_not_count(
    admin: Actor,
    stranger: Actor,
    image_list: List,
    organisation: Organisation,
    coffee: bytes,
    astronaut: bytes,
    settings: Settings,
) -> None:
    settings.QUOTA_ITEMS = 1
    Organisation.objects.filter(pk=organisation.pk).update(quota_items=2)

    add(stranger, services.default_list(by=stranger), coffee)
    add(admin, image_list, coffee)
    add(admin, image_list, astronaut)

    with pytest.raises(StorageQuotaExceeded):
        add(admin, image_list, astronaut, custom_id="again")


def test_what_comes_is_counted_as_the_rows_tell(
    admin: Actor, image_list: List, coffee: bytes, coffee_copy: bytes, astronaut: bytes
) -> None:
    for photo in (coffee, coffee, astronaut):
        add(admin, image_list, photo)
    check(admin, image_list, coffee_copy)

    so_far = counted(admin.organisation_id)
    assert so_far == true_amount(admin.organisation_id)
    assert so_far.items == 2
    assert so_far.snapshot_bytes == len(coffee_copy)


def test_what_is_removed_makes_room_and_is_looked_for_before_anybody_is_refused(
    admin: Actor, image_list: List, coffee: bytes, astronaut: bytes, settings: Settings, clock: Any
) -> None:
    settings.QUOTA_ITEMS = 1
    item = add(admin, image_list, coffee).item
    assert item is not None
    clock.shift(120)
    pairs_services.remove_item(by=admin, item=item)

    assert add(admin, image_list, astronaut).is_new_item


def test_purged_files_make_room(
    admin: Actor, image_list: List, coffee: bytes, astronaut: bytes, settings: Settings, clock: Any
) -> None:
    settings.QUOTA_BYTES = max(len(coffee), len(astronaut))
    item = add(admin, image_list, coffee).item
    assert item is not None
    pairs_services.remove_item(by=admin, item=item)
    clock.shift(120)
    with pytest.raises(StorageQuotaExceeded):
        add(admin, image_list, astronaut)

    retention.purge(now=timezone.now() + dt.timedelta(days=400))
    clock.shift(120)

    assert add(admin, image_list, astronaut).is_new_item


def test_refusing_again_and_again_counts_once_a_minute(
    admin: Actor, image_list: List, coffee: bytes, settings: Settings, monkeypatch: Any, clock: Any
) -> None:
    settings.QUOTA_BYTES = 10
    counts: list[int] = []
    recount = room.recount

    def counting(*, organisation_id: int) -> KeptCount:
        counts.append(organisation_id)
        return recount(organisation_id=organisation_id)

    monkeypatch.setattr(room, "recount", counting)
    for _ in range(3):
        with pytest.raises(StorageQuotaExceeded):
            add(admin, image_list, coffee)

    assert len(counts) == 1


@pytest.mark.parametrize("limit", ["QUOTA_SNAPSHOT_BYTES", "QUOTA_BYTES"])
def test_a_check_without_room_for_its_picture_is_answered_and_keeps_none(
    admin: Actor,
    image_list: List,
    coffee: bytes,
    coffee_copy: bytes,
    settings: Settings,
    limit: str,
) -> None:
    add(admin, image_list, coffee)
    setattr(settings, limit, len(coffee) + 10 if limit == "QUOTA_BYTES" else 10)

    outcome = check(admin, image_list, coffee_copy)

    assert outcome.by_list[0].matches[0].pair is not None
    kept = Image.objects.get(sha256=raw_image(coffee_copy).sha256)
    assert not kept.is_stored
    assert counted(admin.organisation_id).snapshot_bytes == 0


@pytest.mark.django_db(transaction=True)
def test_threads_together_never_keep_more_than_the_limit(
    admin: Actor, image_list: List, coffee: bytes, settings: Settings
) -> None:
    settings.QUOTA_ITEMS = 3
    together = threading.Barrier(5)

    def add_one(number: int) -> None:
        together.wait()
        with suppress(StorageQuotaExceeded):
            add(admin, image_list, coffee, custom_id=str(number))

    run_threads(*(partial(add_one, number) for number in range(5)))

    assert Item.objects.count() == 3
    assert counted(admin.organisation_id) == true_amount(admin.organisation_id)


def test_admins_see_what_is_kept(
    make_user: Callable[..., Any],
    admin: Actor,
    image_list: List,
    coffee: bytes,
    credential: NewCredential,
    settings: Settings,
) -> None:
    settings.QUOTA_ITEMS = 1
    add(admin, image_list, coffee)
    browser = Client()
    browser.force_login(make_user(Role.ADMIN))

    shown = {
        each["kept-quota"]: each
        for each in hooks.elements(browser.get("/settings/api/"), "kept-quota")
    }

    assert set(shown) == {"items", "snapshot_bytes"}
    assert (shown["items"]["used"], shown["items"]["limit"]) == ("1", "1")


def test_looking_at_what_is_kept_counts_it_anew_and_writes_nothing(
    make_user: Callable[..., Any], admin: Actor, image_list: List, coffee: bytes, clock: Any
) -> None:
    add(admin, image_list, coffee)
    KeptCount.objects.update(size_bytes=7, snapshot_bytes=7)
    clock.shift(dt.timedelta(days=2))
    before = KeptCount.objects.values().get()
    browser = Client()
    browser.force_login(make_user(Role.ADMIN))

    page = browser.get("/settings/api/")

    (snapshots,) = hooks.elements(page, "kept-quota")
    assert snapshots["used"] == "0"
    assert KeptCount.objects.values().get() == before
