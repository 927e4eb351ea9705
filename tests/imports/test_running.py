"""Imports that run: every row once, however often a worker is killed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import Actor
from accounts.models import Membership, Organisation, User
from accounts.permissions import Role
from common.errors import LookalikeError
from imports import archives, placing, running, selectors, services, staging
from imports.errors import RefusedRow
from imports.models import Import, ImportRow, Source
from imports.rows import GivenRow
from jobs.models import Job
from lists import browsing, exporting, tags
from lists import services as lists_services
from lists.exporting import ExportFormat
from lists.models import Item, List
from lists.services import ItemTexts
from lists.storage import StorageFull
from review.pairs import services as pairs_services
from tests import working
from tests.imports.given import drawing, facts, packed, reasons, sent
from tests.web_site import WebSite

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The worker was killed."""


def of_zip(by: Actor, image_list: List, count: int = 5) -> Import:
    files = {f"a/{number}.png": drawing(number) for number in range(count)}
    return sent(by, image_list, Source.ZIP, "a.zip", packed(files))


def table(rows: list[dict[str, object]]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def test_a_zip_is_imported_with_a_reason_for_each_file_that_is_not(
    admin: Actor, image_list: List
) -> None:
    files = {
        "one.png": drawing(1),
        "sub/two.png": drawing(2),
        "again.png": drawing(1),
        "note.txt": b"no picture",
        "../out.png": drawing(3),
        "more.zip": packed({"x.png": drawing(4)}),
        "sub/.DS_Store": b"litter",
    }
    run = sent(admin, image_list, Source.ZIP, "a.zip", packed(files))

    working.run_all()

    assert facts(run) == ("done", 6, 2, 1, 3)
    assert [code for _, code in reasons(run)] == [
        "unsupported_format", "unsafe_name", "nested_archive",
    ]  # fmt: skip
    assert sorted(image_list.items.values_list("name", flat=True)) == ["one.png", "two.png"]
    assert not ImportRow.objects.exclude(fate="refused").exists(), "What is counted is not kept."


def packed_otherwise() -> bytes:
    """Return a ZIP that LZMA has packed: its first file is damaged, its last has no name."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("one.png", drawing(1))
        archive.writestr("two.png", drawing(2))
        archive.writestr(zipfile.ZipInfo(""), drawing(3))
    damaged = bytearray(content.getvalue())
    damaged[60:90] = bytes(30)
    return bytes(damaged)


def with_places_before_the_beginning() -> bytes:
    """Return a ZIP whose directory says that it begins one byte later than it does."""
    content = bytearray(packed({"one.png": drawing(1)}))
    content[-6] += 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (packed_otherwise(), ("done", 3, 2, 0, 1)),
        (with_places_before_the_beginning(), ("done", 1, 0, 0, 1)),
    ],
)
def test_a_damaged_entry_is_refused_alone(
    admin: Actor, image_list: List, content: bytes, result: tuple[object, ...]
) -> None:
    run = sent(admin, image_list, Source.ZIP, "a.zip", content)

    working.run_all()

    assert facts(run) == result
    assert reasons(run) == [(1, "damaged_entry")]


@pytest.mark.parametrize("when", ["before", "stored", "noted"])
def test_a_killed_worker_loses_and_doubles_nothing(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    run = of_zip(admin, image_list)
    monkeypatch.setattr(running, "BATCH_ROWS", 2)
    place, kills = placing.place, [3, 4]

    def killed(*, by: Actor, run: Import, row: GivenRow) -> None:
        is_due = row.position in kills
        if is_due:
            kills.remove(row.position)
        if is_due and when == "before":
            raise Killed
        place(by=by, run=run, row=row)
        if is_due and when == "stored":
            raise Killed

    def uncounted(**_: object) -> bool:
        raise Killed

    monkeypatch.setattr(placing, "place", killed)
    if when == "noted":
        kills.clear()
        with monkeypatch.context() as patched:
            patched.setattr(services, "settle", uncounted)
            with pytest.raises(Killed):
                running.step(import_id=run.pk)
    for _ in range(len(kills)):
        with pytest.raises(Killed):
            running.step(import_id=run.pk)
    running.step(import_id=run.pk)

    assert facts(run) == ("done", 5, 5, 0, 0)
    assert Item.objects.count() == 5
    assert Item.objects.values("image").distinct().count() == 5


def test_two_workers_with_one_import_do_each_row_once(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = of_zip(admin, image_list)
    place = placing.place
    seen: list[GivenRow] = []

    def overtaken(*, by: Actor, run: Import, row: GivenRow) -> None:
        if not seen:
            seen.append(row)
            running.step(import_id=run.pk)  # the other worker, from the beginning to the end
        place(by=by, run=run, row=row)

    monkeypatch.setattr(placing, "place", overtaken)
    running.step(import_id=run.pk)

    assert facts(run) == ("done", 5, 5, 0, 0)
    assert Item.objects.count() == 5


def test_an_import_leaves_others_their_turn(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 1)
    monkeypatch.setattr(running, "STEP_S", 0)
    run = of_zip(admin, image_list, count=3)

    running.step(import_id=run.pk)

    assert facts(run) == ("running", 3, 1, 0, 0)
    assert Job.objects.filter(kind=services.STEP, state="waiting").count() == 1
    working.run_all()
    assert facts(run) == ("done", 3, 3, 0, 0)


def test_a_pause_holds_until_somebody_resumes(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 1)
    run = of_zip(admin, image_list, count=3)
    place = placing.place

    def paused(*, by: Actor, run: Import, row: GivenRow) -> None:
        place(by=by, run=run, row=row)
        if row.position == 2:
            services.pause(by=admin, run=run)

    monkeypatch.setattr(placing, "place", paused)
    working.run_all()
    assert facts(run) == ("paused", 3, 2, 0, 0)

    monkeypatch.setattr(placing, "place", place)
    working.run_all()
    assert facts(run)[0] == "paused"
    services.resume(by=admin, run=run)
    working.run_all()
    assert facts(run) == ("done", 3, 3, 0, 0)


def test_what_keeps_all_rows_out_pauses_and_says_why(admin: Actor, image_list: List) -> None:
    run = of_zip(admin, image_list)
    Membership.objects.filter(user=run.user_id).update(role=Role.VIEWER)

    working.run_all()

    assert facts(run)[0] == "paused"
    assert run.reason["code"] == "forbidden"


@pytest.mark.parametrize("case", ["another organisation", "closed", "erased", "bin"])
def test_an_import_ends_with_the_right_to_it(
    admin: Actor, image_list: List, stranger_organisation: Organisation, case: str
) -> None:
    run = of_zip(admin, image_list)
    if case == "another organisation":
        Membership.objects.filter(user=run.user_id).update(organisation=stranger_organisation)
    elif case == "closed":
        User.objects.update(is_active=False)
    elif case == "erased":
        Import.objects.update(user=None)
    else:
        pairs_services.remove_list(by=admin, image_list=image_list)

    working.run_all()

    assert (facts(run), Item.objects.count()) == (("paused", 5, 0, 0, 0), 0)
    assert run.reason["code"] in {"list_not_found", "unauthenticated"}
    if case == "bin":
        pairs_services.restore_list(by=admin, image_list=List.objects.get())
        services.resume(by=admin, run=run)
        working.run_all()
        assert facts(run) == ("done", 5, 5, 0, 0)


def test_a_list_that_goes_in_the_middle_refuses_no_row(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = of_zip(admin, image_list)
    place = placing.place

    def removed(*, by: Actor, run: Import, row: GivenRow) -> None:
        if row.position == 2:
            pairs_services.remove_list(by=admin, image_list=image_list)
        place(by=by, run=run, row=row)

    monkeypatch.setattr(placing, "place", removed)
    working.run_all()

    assert facts(run) == ("paused", 5, 0, 0, 0)
    assert (run.reason["code"], reasons(run)) == ("list_not_found", [])


def test_what_passes_is_waited_for(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = of_zip(admin, image_list)
    with monkeypatch.context() as patched:

        def full(**_: object) -> None:
            raise StorageFull("There is no room left.")

        patched.setattr(placing, "place", full)
        running.step(import_id=run.pk)

    assert facts(run) == ("running", 5, 0, 0, 0)
    assert run.reason["code"] == "storage_full"
    running.step(import_id=run.pk)
    assert facts(run) == ("done", 5, 5, 0, 0)


def test_a_fault_of_ours_keeps_out_one_picture(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = of_zip(admin, image_list, count=2)
    place = placing.place

    def faulty(*, by: Actor, run: Import, row: GivenRow) -> None:
        if row.position == 1:
            raise ZeroDivisionError
        place(by=by, run=run, row=row)

    monkeypatch.setattr(placing, "place", faulty)
    working.run_all()

    assert facts(run) == ("done", 2, 1, 0, 1)
    assert reasons(run) == [(1, "failed")]


@pytest.mark.parametrize("fault", [DataError, IntegrityError])
def test_what_the_database_refuses_keeps_out_one_picture(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    run = of_zip(admin, image_list, count=2)

    def refused(**_: object) -> None:
        raise fault

    monkeypatch.setattr(placing, "place", refused)
    working.run_all()

    assert facts(run) == ("done", 2, 0, 0, 2)


def test_a_fault_in_reading_the_file_pauses_and_says_so(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = of_zip(admin, image_list, count=2)
    monkeypatch.setattr(archives.Archive, "rows", property(lambda _: 1 / 0))

    working.run_all()

    assert (facts(run)[0], run.reason["code"]) == ("paused", "failed")


def test_what_was_at_work_when_somebody_cancelled_is_no_refused_row(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = of_zip(admin, image_list, count=2)
    place = placing.place

    def cancelled(*, by: Actor, run: Import, row: GivenRow) -> None:
        if row.position == 2:
            services.cancel(by=admin, run=run)
            raise RefusedRow("damaged_entry", "The file is gone.")
        place(by=by, run=run, row=row)

    monkeypatch.setattr(placing, "place", cancelled)
    working.run_all()

    assert facts(run)[0] == "cancelled"
    assert list(selectors.refused_rows(run)) == []


def test_a_part_that_comes_as_somebody_cancels_leaves_nothing(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = packed({"a.png": drawing(1)})
    run = services.begin(
        by=admin, image_list=image_list, source=Source.ZIP, name="a.zip", byte_size=len(content)
    )
    services.cancel(by=admin, run=Import.objects.get())

    with pytest.raises(LookalikeError) as refused:
        services.receive(by=admin, run=run, offset=0, content=content)

    assert refused.value.code == "wrong_state"
    assert storage_has(staging.folder_of(run)) == []


def storage_has(folder: str) -> list[str]:
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


@pytest.mark.parametrize("state", ["receiving", "paused", "running"])
def test_what_nobody_goes_on_with_is_discarded(admin: Actor, image_list: List, state: str) -> None:
    run = of_zip(admin, image_list)
    long_ago = timezone.now() - services.ABANDONED_AFTER
    Import.objects.update(state=state, counted_at=long_ago)

    services.forget(import_id=run.pk)

    assert facts(run)[0] == "cancelled"
    assert storage_has(staging.folder_of(run)) == []


@pytest.mark.parametrize("state", ["paused", "running"])
def test_what_somebody_went_on_with_lately_is_looked_at_again(
    admin: Actor, image_list: List, state: str
) -> None:
    run = of_zip(admin, image_list)
    Import.objects.update(state=state)
    Job.objects.all().delete()

    services.forget(import_id=run.pk)

    assert facts(run)[0] == state
    assert Job.objects.get().kind == services.FORGET


def test_a_table_of_addresses_brings_ids_and_facts(
    admin: Actor, image_list: List, web_site: WebSite
) -> None:
    web_site.files["/one.png"] = drawing(1)
    lines = [
        "address;ticket;text",
        f"{web_site.url('/one.png')};TK-1;Dam broke",
        f"{web_site.url('/gone.png')};TK-2;",
        "http://10.0.0.1/x.png;TK-3;",
        ";TK-4;",
    ]
    run = sent(admin, image_list, Source.TABLE, "t.csv", "\r\n".join(lines).encode())
    assert (run.state, run.total) == ("ready", 4)
    assert run.plan["meanings"] == ["url", "custom_id", "fact"]

    services.start(by=admin, run=run)
    working.run_all()

    assert facts(run) == ("done", 4, 1, 0, 3)
    assert reasons(run) == [(2, "fetch_failed"), (3, "fetch_refused"), (4, "no_picture")]
    item = Item.objects.get()
    assert (item.custom_id, item.name, item.context) == ("TK-1", "one.png", {"text": "Dam broke"})
    refused = ImportRow.objects.get(position=2)
    assert refused.cells == [web_site.url("/gone.png"), "TK-2", ""]


def test_an_export_is_imported_to_the_same_list(
    admin: Actor, image_list: List, make_actor: object
) -> None:
    working_run = of_zip(admin, image_list, count=3)
    working.run_all()
    assert facts(working_run)[0] == "done"
    kept, removed, described = Item.objects.order_by("pk")
    pairs_services.remove_items(by=admin, items=[removed])
    export = table(
        [
            {"media_id": kept.public_id, "custom_id": "", "name": kept.name, "tags": [],
             "context": {}, "sha256": kept.image.sha256, "format": "PNG", "width": 64},
            {"media_id": removed.public_id, "name": removed.name},
            {"media_id": "med_elsewhere", "sha256": described.image.sha256, "custom_id": "own",
             "name": "new.png", "context": {"claim": "Dam broke"}},
            {"media_id": "med_elsewhere", "sha256": "0" * 64},
        ]
    )  # fmt: skip
    run = sent(admin, image_list, Source.TABLE, "list.jsonl", export)
    services.start(by=admin, run=run)
    working.run_all()

    assert facts(run) == ("done", 4, 1, 2, 1)
    assert reasons(run) == [(4, "no_picture")]
    assert Item.objects.filter(removed_at=None).count() == Item.objects.count() == 3
    described.refresh_from_db()
    assert (described.custom_id, described.name) == ("own", "new.png")
    assert described.context == {"claim": "Dam broke"}


@pytest.mark.parametrize("kind", list(ExportFormat))
def test_what_a_list_exports_is_imported_to_the_same_list(
    admin: Actor, image_list: List, web_site: WebSite, kind: ExportFormat
) -> None:
    of_zip(admin, image_list, count=4)
    working.run_all()
    kept, changed, removed, erased = Item.objects.order_by("pk")
    tags.set_tags(by=admin, item=changed, names=["Fire", "=sum"])
    texts = ItemTexts(custom_id="-1", name="'=a.png", context={"a": ["b|c"]})
    lists_services.change_item(by=admin, item=changed, texts=texts)
    web_site.files[f"/{erased.public_id}"] = drawing(3)
    export = "".join(
        exporting.lines(
            browsing.each_chosen(image_list, [item.public_id for item in Item.objects.all()]),
            kind,
            address_of=lambda item: web_site.url(f"/{item.public_id}"),
        )
    )
    before = shown(image_list)
    tags.set_tags(by=admin, item=changed, names=["Flood"])
    texts = ItemTexts(custom_id="", name="b.png", context={})
    lists_services.change_item(by=admin, item=changed, texts=texts)
    pairs_services.remove_items(by=admin, items=[removed, erased])
    Item.objects.filter(pk=erased.pk).update(purged_at="2026-01-01T00:00:00Z")

    run = sent(admin, image_list, Source.TABLE, f"list.{kind}", export.encode())
    services.start(by=admin, run=run)
    working.run_all()

    assert (facts(run), reasons(run)) == (("done", 4, 2, 2, 0), [])
    assert shown(image_list) == before
    assert Item.objects.get(pk=kept.pk).removed_at is None


def shown(image_list: List) -> list[tuple[object, ...]]:
    """Return what a list has, whatever its rows are called."""
    items = image_list.items.filter(removed_at=None).select_related("image")
    return sorted(
        (each.image.sha256, each.custom_id, each.name, str(each.context), tags.names_of(each))
        for each in items
    )


def test_bytes_that_the_organisation_keeps_are_not_fetched(
    admin: Actor, image_list: List, web_site: WebSite
) -> None:
    of_zip(admin, image_list, count=1)
    working.run_all()
    pairs_services.remove_items(by=admin, items=[Item.objects.get()])
    Item.objects.update(purged_at="2026-01-01T00:00:00Z")
    sha256 = hashlib.sha256(drawing(0)).hexdigest()
    address = web_site.url("/0.png")
    run = sent(
        admin, image_list, Source.TABLE, "l.jsonl", table([{"sha256": sha256, "url": address}])
    )
    services.start(by=admin, run=run)
    working.run_all()

    assert facts(run) == ("done", 1, 1, 0, 0)
    assert web_site.asked.total() == 0


@pytest.mark.parametrize(
    ("source", "content", "code"),
    [
        (Source.ZIP, b"no zip", "unusable_archive"),
        (Source.ZIP, packed({"a.png": drawing(1)})[:-30], "unusable_archive"),
        (Source.TABLE, b"\n\n", "unusable_table"),
        (Source.TABLE, b"url,name\n", "unusable_table"),
        (Source.TABLE, b'url,name\n"http://x,1\n', "unusable_table"),
        (Source.TABLE, b'{"url": "x"}\n[]\n', "unusable_table"),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_as_a_whole(
    admin: Actor, image_list: List, own_media: object, source: Source, content: bytes, code: str
) -> None:
    with pytest.raises(LookalikeError) as refused:
        sent(admin, image_list, source, "file", content)

    assert refused.value.code == code
    run = Import.objects.get()
    assert (run.state, run.reason["code"]) == ("cancelled", code)


def test_an_upload_goes_on_where_it_was(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "PART_BYTES", 100)
    content = packed({"a.png": drawing(1)})
    run = services.begin(
        by=admin, image_list=image_list, source=Source.ZIP, name="a.zip", byte_size=len(content)
    )
    services.receive(by=admin, run=run, offset=0, content=content[:100])
    services.receive(by=admin, run=run, offset=0, content=content[:100])  # sent again
    assert run.received_bytes == 100

    for offset, part in [(200, content[200:300]), (100, content[100:150])]:
        with pytest.raises(LookalikeError) as wrong:
            services.receive(by=admin, run=run, offset=offset, content=part)
        assert wrong.value.code == "wrong_part"
    for offset in range(100, len(content), 100):
        services.receive(by=admin, run=run, offset=offset, content=content[offset : offset + 100])

    assert run.state == "running"
    working.run_all()
    assert facts(run) == ("done", 1, 1, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_several_threads_import_as_one(admin: Actor, image_list: List, settings: Settings) -> None:
    settings.IMPORT_THREADS = 3
    run = of_zip(admin, image_list, count=8)

    running.step(import_id=run.pk)

    assert facts(run) == ("done", 8, 8, 0, 0)
    assert Item.objects.count() == 8
