"""Each service of imports once, in no transaction but its own."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from accounts.actors import Actor
from common.errors import LookalikeError
from imports import local, placing, services, staging
from imports.errors import WrongState
from imports.models import Import, ImportRow, Source
from imports.rows import GivenRow
from jobs.models import Job
from lists import storage
from lists.models import List
from lists.storage import StorageFull
from review.life import services as life_services
from tests import working
from tests.conftest import raw_image
from tests.imports.given import drawing, facts, packed, sent
from tests.s3_api import empty_bucket, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def of_zip(by: Actor, image_list: List) -> Import:
    return sent(by, image_list, Source.ZIP, "a.zip", packed({"a.png": drawing(1)}))


def sent_files(run: Import) -> list[str]:
    return files_in(staging.folder_of(run))


def files_in(folder: str) -> list[str]:
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def test_an_import_begins_is_received_and_ends(admin: Actor, image_list: List) -> None:
    begun = services.begin(
        by=admin, image_list=image_list, source=Source.ZIP, name="a\n.zip", byte_size=9, skipped=2
    )
    assert (begun.name, begun.state, begun.skipped) == ("a .zip", "receiving", 2)
    services.cancel(by=admin, run=begun)
    assert facts(begun)[0] == "cancelled"

    run = of_zip(admin, image_list)
    assert sent_files(run) == ["000000"]
    working.run_all()

    assert facts(run) == ("done", 1, 1, 0, 0)
    assert sent_files(run) == [], "What was sent goes when the import is over."


def test_a_part_is_received(admin: Actor, image_list: List) -> None:
    run = services.begin(
        by=admin, image_list=image_list, source=Source.TABLE, name="t.csv", byte_size=11
    )
    services.receive(by=admin, run=run, offset=0, content=b"url\nhttp://")

    assert facts(run) == ("ready", 1, 0, 0, 0)
    services.start(by=admin, run=run, meanings=["url"])
    assert facts(run)[0] == "running"
    assert Job.objects.filter(kind=services.STEP).count() == 1


def test_an_import_is_paused_resumed_and_stopped(admin: Actor, image_list: List) -> None:
    run = of_zip(admin, image_list)
    services.pause(by=admin, run=run)
    assert facts(run)[0] == "paused"
    services.resume(by=admin, run=run)
    assert facts(run)[0] == "running"

    services.note_reason(run=run, error=StorageFull("There is no room."))
    run.refresh_from_db()
    assert run.reason["code"] == "storage_full"
    services.note_total(run=run, total=7)
    run.refresh_from_db()
    assert (run.reason, run.total) == ({}, 7)
    services.stop(run=run, error=LookalikeError("It cannot go on."))
    assert facts(run)[0] == "paused"
    with pytest.raises(LookalikeError, match="meanwhile"):
        services.pause(by=admin, run=run)


def test_rows_are_noted_settled_and_finished(admin: Actor, image_list: List) -> None:
    run = of_zip(admin, image_list)
    photo = raw_image(drawing(1))
    placing.place(by=admin, run=run, row=GivenRow(1, "a.png", raw=lambda: photo))
    error = LookalikeError("It is none.")
    placing.refuse(run=run, row=GivenRow(2, "b.txt", cells=["b"]), error=error)
    placing.refuse(run=run, row=GivenRow(2, "b.txt"), error=error)
    assert list(run.rows.order_by("position").values_list("fate", "code")) == [
        ("added", ""), ("refused", "error"),
    ]  # fmt: skip

    assert services.settle(run=run, last=GivenRow(2, "b.txt"))
    stale = Import.objects.get(pk=run.pk)
    stale.position = 0
    assert not services.settle(run=stale, last=GivenRow(2, "b.txt")), "They are counted already."

    services.finish(run=run)
    assert facts(run) == ("done", 2, 1, 0, 1)
    assert ImportRow.objects.get().cells == ["b"]


def test_what_is_done_later_is_asked_for_once(admin: Actor, image_list: List) -> None:
    run = of_zip(admin, image_list)

    services.work_later(run=run)

    assert Job.objects.filter(kind=services.STEP).count() == 1


def test_an_import_is_forgotten(admin: Actor, image_list: List) -> None:
    run = services.begin(
        by=admin, image_list=image_list, source=Source.ZIP, name="a.zip", byte_size=9
    )
    services.forget(import_id=run.pk)
    assert facts(run)[0] == "cancelled"

    services.forget(import_id=run.pk)
    assert Import.objects.exists(), "It is over, and not for long."
    Import.objects.update(finished_at=timezone.now() - services.RETENTION - dt.timedelta(hours=1))
    services.forget(import_id=run.pk)
    assert not Import.objects.exists()


def test_an_import_goes_with_its_list(admin: Actor, image_list: List) -> None:
    run = of_zip(admin, image_list)
    services.staging_gone(run=run)
    assert sent_files(run) == []
    folder = staging.folder_of(of_zip(admin, image_list))

    life_services.erase_list(by=admin, image_list=image_list, reason="Asked")
    working.run_all()

    assert not Import.objects.exists()
    assert files_in(folder) == []
    services.erase_with_list(list_id=image_list.pk)


def test_a_local_import_begins_and_is_forgotten_when_nobody_goes_on(
    admin: Actor, image_list: List, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(drawing(1))
    run = services.begin_local(by=admin, image_list=image_list, files=local.look(tmp_path))
    assert facts(run) == ("running", 1, 0, 0, 0)
    assert not Job.objects.filter(kind=services.STEP).exists(), "A command does the work."

    services.forget(import_id=run.pk)
    assert facts(run)[0] == "running"
    long_ago = timezone.now() - services.ABANDONED_AFTER
    Import.objects.filter(pk=run.pk).update(counted_at=long_ago)
    services.forget(import_id=run.pk)
    assert facts(run)[0] == "cancelled"


def test_a_whole_file_is_received_from_where_it_is(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "PART_BYTES", 100)
    content = packed({"a.png": drawing(1)})
    run = services.begin(
        by=admin, image_list=image_list, source=Source.ZIP, name="a.zip", byte_size=len(content)
    )
    services.receive(by=admin, run=run, offset=0, content=content[:100])

    services.receive_all(by=admin, run=run, file=io.BytesIO(content))
    working.run_all()

    assert facts(run) == ("done", 1, 1, 0, 0)


def test_a_part_that_comes_when_its_import_is_cancelled_is_deleted(
    admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = services.begin(
        by=admin, image_list=image_list, source=Source.ZIP, name="a.zip", byte_size=9
    )
    write = storage.write_upload

    def late(name: str, content: bytes) -> None:
        services.cancel(by=admin, run=run)
        write(name, content)

    monkeypatch.setattr(storage, "write_upload", late)
    with pytest.raises(WrongState):
        services.receive(by=admin, run=run, offset=0, content=b"x" * 9)

    assert facts(run)[0] == "cancelled"
    assert sent_files(run) == []


def test_an_import_from_a_bucket_begins(
    admin: Actor, image_list: List, settings: Settings, s3_address: str
) -> None:
    settings.IMPORT_BUCKETS = [("", "archive", "")]
    settings.IMPORT_BUCKET_OPTIONS = sign_in(s3_address)
    empty_bucket(s3_address, "archive").put_object(Bucket="archive", Key="a.png", Body=drawing(1))

    run = services.begin_from_bucket(by=admin, image_list=image_list, address="s3://archive/")

    assert (run.state, run.plan["path"]) == ("running", "s3://archive/")
    assert Job.objects.filter(kind=services.STEP).count() == 1


def test_a_note_under_a_position_that_another_row_has_is_forgotten(
    admin: Actor, image_list: List
) -> None:
    run = of_zip(admin, image_list)
    placing.refuse(run=run, row=GivenRow(1, "b.txt"), error=LookalikeError("It is none."))

    placing.forget(run=run, row=GivenRow(1, "a.png"))

    assert not ImportRow.objects.exists()
