"""Imports from a bucket: what the operator opened alone, in the order of names, killed or not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.actors import Actor, Surface
from accounts.permissions import Role
from common.errors import LookalikeError
from dedup_project import env
from imports import buckets, placing, running, services
from imports.models import Import
from imports.rows import GivenRow
from lists import services as lists_services
from lists.list_settings import ListSettings
from lists.models import List
from tests import working
from tests.imports.given import drawing, facts, reasons
from tests.s3_api import empty_bucket, sign_in

pytestmark = pytest.mark.django_db

BUCKET = "archive"
FOLDER = f"s3://{BUCKET}/photos/"


class Killed(BaseException):
    """The worker was killed."""


@pytest.fixture
def bucket(s3_address: str, settings: Settings) -> Any:
    """A client of a bucket whose folder of photographs is open to imports."""
    settings.IMPORT_BUCKETS = [("", BUCKET, "photos/")]
    settings.IMPORT_BUCKET_OPTIONS = sign_in(s3_address)
    return empty_bucket(s3_address, BUCKET)


def put(client: Any, **files: bytes) -> None:
    """Put files into the folder, by the names without their endings."""
    for name, content in files.items():
        client.put_object(Bucket=BUCKET, Key=f"photos/{name}.png", Body=content)


def refusal(by: Actor, image_list: List, address: str) -> str:
    with pytest.raises(LookalikeError) as caught:
        services.begin_from_bucket(by=by, image_list=image_list, address=address)
    return caught.value.code


def test_what_lies_under_a_prefix_is_imported_with_a_reason_for_each_that_is_not(
    bucket: Any, admin: Actor, image_list: List, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buckets, "_AT_ONCE", 2)
    settings.MAX_IMAGE_BYTES = 10_000
    put(bucket, a=drawing(1), b=drawing(1), c=b"no picture", d=b"x" * 10_001, é=drawing(2))
    bucket.put_object(Bucket=BUCKET, Key="photos/sub/", Body=b"")
    bucket.put_object(Bucket=BUCKET, Key="photos/.DS_Store", Body=b"x")
    bucket.put_object(Bucket=BUCKET, Key="photos-private/z.png", Body=drawing(3))

    run = services.begin_from_bucket(by=admin, image_list=image_list, address=FOLDER[:-1])
    assert facts(run) == ("running", None, 0, 0, 0)
    working.run_all()

    assert facts(run) == ("done", 5, 2, 1, 2)
    assert reasons(run) == [(3, "unsupported_format"), (4, "too_many_bytes")]
    assert set(image_list.items.values_list("name", flat=True)) == {"a.png", "é.png"}
    again = services.begin_from_bucket(by=admin, image_list=image_list, address=FOLDER)
    working.run_all()
    assert facts(again) == ("done", 5, 0, 3, 2)


def test_a_killed_worker_goes_on_behind_a_name_whatever_came_or_went(
    bucket: Any, admin: Actor, image_list: List, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMPORT_THREADS = 1
    monkeypatch.setattr(running, "BATCH_ROWS", 3)
    put(bucket, **{f"{number}x": drawing(number) for number in range(1, 8)})
    place = placing.place

    def killed(*, by: Actor, run: Import, row: GivenRow) -> None:
        place(by=by, run=run, row=row)
        if row.position == 5:
            raise Killed

    run = services.begin_from_bucket(by=admin, image_list=image_list, address=FOLDER)
    with monkeypatch.context() as patched:
        patched.setattr(placing, "place", killed)
        with pytest.raises(Killed):
            running.step(import_id=run.pk)
    assert facts(run) == ("running", None, 3, 0, 0), "Of the next three, two are done."

    # Positions behind the place are others now.
    bucket.delete_object(Bucket=BUCKET, Key="photos/1x.png")
    put(bucket, **{"3y": drawing(8)})
    running.step(import_id=run.pk)

    assert facts(run)[0] == "done"
    assert sorted(image_list.items.values_list("name", flat=True)) == [
        "1x.png", "2x.png", "3x.png", "3y.png", "4x.png", "5x.png", "6x.png", "7x.png",
    ]  # fmt: skip


def test_only_what_the_operator_opened_is_read(
    bucket: Any, admin: Actor, stranger: Actor, image_list: List, settings: Settings
) -> None:
    put(bucket, a=drawing(1))
    own = lists_services.create_list(by=stranger, settings=ListSettings(name="Own"))
    for address in (
        f"s3://{BUCKET}/", f"s3://{BUCKET}", f"s3://{BUCKET}/photos-private/", f"s3://{BUCKET}/p",
        "s3://other/photos/", f"s3://{BUCKET}//photos/",
    ):  # fmt: skip
        assert refusal(admin, image_list, address) == "source_not_allowed", address
    for address in (
        f"s3://{BUCKET}/photos/../private/", f"http://{BUCKET}/photos/", "s3://", "s3:///photos/",
        "s3://A/photos/", f"s3://{BUCKET}/photos/\x00", f"s3://{BUCKET}/photos/{'x' * 1100}",
        f"s3://{BUCKET}/photos/\ud800",
    ):  # fmt: skip
        assert refusal(admin, image_list, address) == "invalid_input", address
    assert refusal(admin, image_list, f"{FOLDER}none") == "unusable_source"

    settings.IMPORT_BUCKETS = [(own.organisation.public_id, BUCKET, "")]
    assert refusal(admin, image_list, FOLDER) == "source_not_allowed", "It is a stranger's."
    run = services.begin_from_bucket(by=stranger, image_list=own, address=FOLDER)
    settings.IMPORT_BUCKETS = []
    working.run_all()
    run.refresh_from_db()
    assert (run.state, run.reason["code"]) == ("paused", "source_not_allowed")


def test_a_bucket_that_is_gone_pauses_and_one_that_does_not_answer_is_waited_for(
    bucket: Any, admin: Actor, image_list: List, settings: Settings, s3_address: str
) -> None:
    put(bucket, a=drawing(1))
    run = services.begin_from_bucket(by=admin, image_list=image_list, address=FOLDER)
    settings.IMPORT_BUCKET_OPTIONS = sign_in("http://127.0.0.1:9")
    running.step(import_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.reason["code"]) == ("running", "source_unavailable")

    settings.IMPORT_BUCKET_OPTIONS = sign_in(s3_address)
    bucket.delete_object(Bucket=BUCKET, Key="photos/a.png")
    bucket.delete_bucket(Bucket=BUCKET)
    running.step(import_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.reason["code"]) == ("paused", "unusable_source")
    assert refusal(admin, image_list, FOLDER) == "unusable_source"


def test_an_object_that_may_not_be_read_keeps_no_other_out(
    bucket: Any, admin: Actor, image_list: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bucket, a=drawing(1), b=drawing(2))
    read = buckets.Bucket._read

    def gone(self: buckets.Bucket, key: str, size_bytes: int) -> Any:
        if key.endswith("a.png"):
            bucket.delete_object(Bucket=BUCKET, Key=key)
        return read(self, key, size_bytes)

    monkeypatch.setattr(buckets.Bucket, "_read", gone)
    run = services.begin_from_bucket(by=admin, image_list=image_list, address=FOLDER)
    working.run_all()

    assert facts(run) == ("done", 2, 1, 0, 1)
    assert reasons(run) == [(1, "object_unreadable")]


def test_names_that_no_database_keeps_are_places_all_the_same() -> None:
    for key in ("photos/a b%2F.png", "photos/\x01é\U0001f4f7.png", "é" * 512):
        kept = buckets._place_of(key)
        assert kept.isascii()
        assert kept.isprintable()
        assert len(kept) <= 4096
        assert buckets._key_at(kept) == key


def test_the_command_imports_a_bucket(
    bucket: Any, image_list: List, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    put(bucket, a=drawing(1), b=b"no picture")
    capsys.readouterr()
    with pytest.raises(CommandError) as caught:
        call_command("import_images", FOLDER, "--list", image_list.public_id, "--json")

    told = json.loads(capsys.readouterr().out)
    assert caught.value.returncode == 3
    assert (told["state"], told["total"], told["added"], told["refused"]) == ("done", 2, 1, 1)
    settings.IMPORT_BUCKETS = []
    with pytest.raises(CommandError, match="IMPORT_BUCKETS"):
        call_command("import_images", FOLDER, "--list", image_list.public_id)


def test_who_may_not_add_images_imports_from_no_bucket(bucket: Any, image_list: List) -> None:
    analyst = Actor(image_list.organisation_id, Role.ANALYST, Surface.API)

    assert refusal(analyst, image_list, FOLDER) == "forbidden"


def test_the_operator_names_buckets_and_never_the_product_s_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read(value: str, own: tuple[str, str] = ("", "")) -> list[tuple[str, str, str]]:
        monkeypatch.setenv("BUCKETS", value)
        return env.bucket_prefixes("BUCKETS", apart_from=own)

    assert read("") == []
    assert read("s3://archive, org_1=s3://tips/in/") == [
        ("", "archive", ""), ("org_1", "tips", "in/"),
    ]  # fmt: skip
    assert read("s3://files/in/", ("files", "lookalike/")) == [("", "files", "in/")]
    assert read("s3://files/lookalike-in", ("files", "lookalike"))
    for wrong in ("archive", "s3://", "http://archive/", "who=s3://archive/"):
        with pytest.raises(env.WrongSetting):
            read(wrong)
    for within in ("s3://files", "s3://files/lookalike/", "s3://files/lookalike/originals"):
        with pytest.raises(env.WrongSetting):
            read(within, ("files", "lookalike/"))
    with pytest.raises(env.WrongSetting):
        read("s3://files/in/", ("files", ""))
