"""The Ximilar dialect's four methods on visual hashes: documented samples, rules and errors."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pytest_django import Settings

from accounts.permissions import Role
from api.errors import row_for
from api.ximilar import answers, errors, hashing, records
from api.ximilar.hashing import FailedRecord, HashedRecord
from api.ximilar.records import read
from intake import fetch
from intake.fetch import FetchPolicy
from intake.sources import RawImage
from intake.visual_hashes import HashedImage
from lists.models import Image as StoredImage
from matching.visual_hashes import LENGTHS, HashType
from tests import hostile_urls
from tests.api.golden import same_entries
from tests.api.ximilar_caller import PREFIX, XimilarCaller, base64_text
from tests.conftest import encoded, opened
from tests.web_site import WebSite, serving

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parent / "samples" / "ximilar"
ALL_METHODS = ["visual_hash", "remove_duplicates", "rank_images"]
# What the answers have besides the samples: the envelope is the same everywhere.
ENVELOPE = {"request_id": "", "proc_id": ""}


def sample(method: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((SAMPLES / f"{method}.json").read_text())
    content["answer"]["status"] = {**content["answer"]["status"], **ENVELOPE}
    return content


@pytest.fixture
def ximilar(caller: Any) -> XimilarCaller:
    return XimilarCaller(caller)


@pytest.fixture
def site(
    coffee: bytes, coffee_copy: bytes, astronaut: bytes, settings: Settings
) -> Iterator[WebSite]:
    """A web site on this machine that we may fetch from."""
    pictures = {"/1.jpg": coffee, "/2.jpg": coffee_copy, "/3.jpg": astronaut, "/text.jpg": b"text"}
    with serving(pictures) as site:
        settings.FETCH_ALLOW_HOSTS = [site.host]
        yield site


def request_of(method: str, site: WebSite) -> dict[str, Any]:
    """Return the documented request with addresses that exist."""
    text = json.dumps(sample(method)["request"])
    for name, path in {
        "__URL_PATH_1__": "/1.jpg",
        "__URL_PATH_2__": "/2.jpg",
        "__URL_PATH_3__": "/3.jpg",
        "__URL_PATH_4_NOT_WORKING__": "/gone.jpg",
        "https://images.ximilar.com/examples/fashion_products/10073009-HERO.jpeg": "/1.jpg",
    }.items():
        text = text.replace(name, site.url(path))
    request: dict[str, Any] = json.loads(text)
    return request


# ------------------------------------------------------------------------ documented samples


def test_the_documented_ping_answers_as_documented(ximilar: XimilarCaller) -> None:
    answer = ximilar.raw(f"{PREFIX}ping", b"")

    assert answer.status_code == 200
    same_entries(sample("ping")["answer"], answer.json())
    assert answer.json()["_service_info"] == sample("ping")["answer"]["_service_info"]


def test_the_documented_visual_hash_answers_as_documented(
    ximilar: XimilarCaller, site: WebSite
) -> None:
    answer = ximilar("visual_hash", **request_of("visual_hash", site))

    assert answer.status_code == 200
    same_entries(sample("visual_hash")["answer"], answer.json())
    assert answer.json()["records"][0]["_width"] == 600


def test_the_documented_remove_duplicates_answers_as_documented(
    ximilar: XimilarCaller, site: WebSite
) -> None:
    answer = ximilar("remove_duplicates", **request_of("remove_duplicates", site))

    assert answer.status_code == 200
    same_entries(sample("remove_duplicates")["answer"], answer.json())
    first, third = answer.json()["records"]
    assert (first["_id"], first["removed_records"][0]["_id"], third["_id"]) == ("1", "2", "3")


def test_the_documented_rank_images_answers_as_documented(
    ximilar: XimilarCaller, site: WebSite
) -> None:
    request = request_of("rank_images", site)
    request["records"][2]["test"] = "insomnia"

    answer = ximilar("rank_images", **request)

    assert answer.status_code == 200
    same_entries(sample("rank_images")["answer"], answer.json())
    body = answer.json()
    assert (body["status"]["code"], body["status"]["text"]) == (300, "MIXED_RESULT")
    assert body["answer_distances"][0] == 0.0
    assert body["answer_distances"] == sorted(body["answer_distances"])
    assert body["answer_records"][2]["test"] == "insomnia"
    assert all(uuid.UUID(record["_id"]) for record in body["answer_records"])
    assert body["skipped_records"][0]["_status"]["text"] == (
        f"Error Loading Image: Unable to download image from '{site.address}/gone.jpg', Attempts: 1"
    )


# ---------------------------------------------------------------------------------- records


def test_base64_wins_over_an_address_and_does_not_come_back(
    ximilar: XimilarCaller, astronaut: bytes
) -> None:
    text = f"data:image/jpeg;base64,{base64_text(astronaut)}"
    own = {"_file": "a.jpg", "noresize": True, "nested": {"a": [1, None, "é"]}}

    answer = ximilar("visual_hash", records=[{"_url": "http://x/", "_base64": text, **own}])

    record = answer.json()["records"][0]
    assert (record["_width"], record["_height"]) == (512, 512)
    assert "_base64" not in record
    assert {name: record[name] for name in own} == own
    assert record["_url"] == "http://x/"


@pytest.mark.parametrize(("given", "told"), [(1, "1"), ("a", "a"), (" b ", " b "), (0, "0")])
def test_an_id_comes_back_as_text(
    ximilar: XimilarCaller, coffee: bytes, given: object, told: str
) -> None:
    record = {"_base64": base64_text(coffee), "_id": given}

    answer = ximilar("remove_duplicates", records=[record])

    assert answer.json()["records"][0]["_id"] == told


@pytest.mark.parametrize("given", [True, 1.5, {"a": 1}, ["a"]])
def test_what_can_be_no_id_fails_its_record_alone(
    ximilar: XimilarCaller, coffee: bytes, given: object
) -> None:
    good = {"_base64": base64_text(coffee)}

    answer = ximilar("remove_duplicates", records=[{**good, "_id": given}, good])

    body = answer.json()
    assert body["status"]["code"] == 300
    assert len(body["records"]) == len(body["skipped_records"]) == 1
    assert "_id" in body["skipped_records"][0]["_status"]["text"]


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"_url": ""},
        {"_url": 5},
        {"_base64": ["x"]},
        {"_base64": "not base64!"},
        {"_base64": base64_text(b"text")},
        {"_url": "ftp://example.org/a.jpg"},
        {"_url": "http://127.0.0.1:1/"},
        {"_url": "http://169.254.169.254/latest/"},
    ],
)
def test_one_bad_record_never_fails_the_others(
    ximilar: XimilarCaller, coffee: bytes, bad: dict[str, Any]
) -> None:
    good = {"_base64": base64_text(coffee)}

    answer = ximilar("visual_hash", records=[good, {**bad, "own": 1}, good])

    body = answer.json()
    assert (answer.status_code, body["status"]["code"]) == (200, 300)
    assert [record.get("_status", {}).get("code") for record in body["records"]] == [
        None,
        400,
        None,
    ]
    assert not {"bmh1", "phash", "_width"} & set(body["records"][1])
    assert body["records"][1]["own"] == 1
    assert body["records"][0]["bmh1"] == body["records"][2]["bmh1"]


@pytest.mark.parametrize("method", ALL_METHODS)
def test_when_all_records_fail_the_request_has_failed(
    ximilar: XimilarCaller, coffee: bytes, method: str
) -> None:
    good, bad = {"_base64": base64_text(coffee)}, {"_base64": "?"}

    answer = ximilar(method, records=[bad, bad], query_record=good)

    assert answer.status_code == 400
    assert answer.json()["status"]["code"] == 400


def test_without_its_query_a_ranking_has_failed(ximilar: XimilarCaller, coffee: bytes) -> None:
    good, bad = {"_base64": base64_text(coffee)}, {"_base64": "?"}

    answer = ximilar("rank_images", records=[good], query_record=bad)

    body = answer.json()
    assert answer.status_code == body["status"]["code"] == 400
    assert body["query_records"][0]["_status"]["code"] == 400
    assert body["answer_records"] == body["answer_distances"] == []


def test_a_fault_of_ours_fails_one_record_and_is_logged(
    ximilar: XimilarCaller,
    coffee: bytes,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    load = records.load

    def broken(record: Any, **options: Any) -> Any:
        if record.id == "2":
            raise ZeroDivisionError
        return load(record, **options)

    monkeypatch.setattr(records, "load", broken)
    both = [{"_base64": base64_text(coffee), "_id": number} for number in (1, 2)]

    body = ximilar("visual_hash", records=both).json()

    assert body["records"][1]["_status"]["code"] == 500
    assert "bmh1" in body["records"][0]
    assert "ZeroDivisionError" in caplog.text


def test_a_hundred_records_are_answered_and_one_more_is_refused(
    ximilar: XimilarCaller,
) -> None:
    pictures = [Image.new("RGB", (8, 8), (each, 0, 255 - each)) for each in range(100)]
    records = [{"_base64": base64_text(encoded(each, "PNG"))} for each in pictures]

    whole = ximilar("visual_hash", records=records)
    more = ximilar("visual_hash", records=[*records, records[0]])

    assert len(whole.json()["records"]) == 100
    assert more.status_code == more.json()["status"]["code"] == 400
    assert "records" in more.json()["detail"]


def test_records_that_the_deadline_cuts_off_say_so(coffee: bytes) -> None:
    record = read({"_base64": base64_text(coffee)})

    outcomes = hashing.hashed([record, record], owner=None, deadline_s=0.0)

    assert [type(outcome) for outcome in outcomes] == [FailedRecord, FailedRecord]
    assert all(row_for(each.error, errors.TABLE).http == 503 for each in outcomes)  # type: ignore[union-attr]


def test_nothing_is_stored(ximilar: XimilarCaller, coffee: bytes) -> None:
    record = {"_base64": base64_text(coffee)}

    for method in ALL_METHODS:
        assert ximilar(method, records=[record], query_record=record).status_code == 200

    assert not StoredImage.objects.exists()


# --------------------------------------------------------------------------------- fetching


def test_a_passing_fault_is_tried_again(ximilar: XimilarCaller, site: WebSite) -> None:
    site.answers["/1.jpg"] = [503, 500]

    answer = ximilar("visual_hash", records=[{"_url": site.url("/1.jpg")}])

    assert answer.json()["status"]["code"] == 200
    assert site.asked["/1.jpg"] == 3


def test_a_fault_that_stays_is_given_up_after_three_attempts(
    ximilar: XimilarCaller, site: WebSite
) -> None:
    site.answers["/1.jpg"] = [503, 503, 503, 503]
    url = site.url("/1.jpg")

    answer = ximilar("visual_hash", records=[{"_url": url}])

    assert answer.json()["records"][0]["_status"]["text"] == (
        f"Error Loading Image: Unable to download image from '{url}', Attempts: 3"
    )
    assert site.asked["/1.jpg"] == 3


def test_a_lasting_fault_is_not_tried_again(ximilar: XimilarCaller, site: WebSite) -> None:
    ximilar(
        "visual_hash", records=[{"_url": site.url("/gone.jpg")}, {"_url": site.url("/text.jpg")}]
    )

    assert site.asked == {"/gone.jpg": 1, "/text.jpg": 1}


def test_an_address_that_may_not_be_fetched_is_never_tried(
    ximilar: XimilarCaller, site: WebSite, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FETCH_ALLOW_HOSTS = []
    settings.FETCH_ALLOW_PORTS = hostile_urls.EVERY_PORT
    tries: list[str] = []
    really_fetch = fetch.fetch

    def counted(url: str, policy: FetchPolicy) -> RawImage:
        tries.append(url)
        return really_fetch(url, policy)

    monkeypatch.setattr(fetch, "fetch", counted)

    answer = ximilar("visual_hash", records=[{"_url": site.url("/1.jpg")}])

    text = answer.json()["records"][0]["_status"]["text"]
    assert text.startswith("Error Loading Image: This address does not lead to a public server.")
    assert len(tries) == 1
    assert not site.asked


# ------------------------------------------------------------------------------- the methods


@pytest.mark.parametrize("hash_type", list(HashType))
def test_one_hash_may_be_asked_for(
    ximilar: XimilarCaller, coffee: bytes, hash_type: HashType
) -> None:
    answer = ximilar(
        "visual_hash", records=[{"_base64": base64_text(coffee)}], hash_type=hash_type.value
    )

    record = answer.json()["records"][0]
    assert set(record) & set(HashType) == {hash_type}
    assert len(record[hash_type]) == LENGTHS[hash_type]


def test_a_range_merges_copies_and_leaves_other_pictures(
    ximilar: XimilarCaller, coffee: bytes, coffee_copy: bytes, astronaut: bytes
) -> None:
    records = [
        {"_base64": base64_text(photo), "_id": name}
        for name, photo in (("whole", coffee), ("other", astronaut), ("half", coffee_copy))
    ]

    exact = ximilar("remove_duplicates", records=records).json()
    near = ximilar("remove_duplicates", records=records, range=5).json()
    everything = ximilar("remove_duplicates", records=records, range=100, hash_type="phash").json()

    assert [record["_id"] for record in exact["records"]] == ["whole", "other", "half"]
    assert [record["_id"] for record in near["records"]] == ["whole", "other"]
    assert [record["_id"] for record in near["records"][0]["removed_records"]] == ["half"]
    assert len(everything["records"]) == 1


def test_distances_are_percent_of_bits_to_a_tenth(
    ximilar: XimilarCaller, coffee: bytes, astronaut: bytes
) -> None:
    query, other = ({"_base64": base64_text(photo)} for photo in (coffee, astronaut))
    hashes = ximilar("visual_hash", records=[query, other]).json()["records"]
    bits = sum(a != b for a, b in zip(hashes[0]["bmh1"], hashes[1]["bmh1"], strict=True))

    answer = ximilar("rank_images", query_record=query, records=[other])

    assert answer.json()["answer_distances"] == [round(100 * bits / 961, 1)]


@pytest.mark.parametrize("photo_format", ["PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF"])
def test_the_documented_formats_are_read(
    ximilar: XimilarCaller, coffee: bytes, photo_format: str
) -> None:
    photo = encoded(opened(coffee), photo_format)

    body = ximilar("visual_hash", records=[{"_base64": base64_text(photo)}]).json()

    assert body["status"]["code"] == 200
    assert (body["records"][0]["_width"], body["records"][0]["_height"]) == (600, 400)


def test_of_an_animation_the_first_frame_counts(
    ximilar: XimilarCaller, coffee: bytes, astronaut: bytes
) -> None:
    first, second = (opened(photo).resize((64, 64)) for photo in (coffee, astronaut))
    animation = encoded(first, "PNG", save_all=True, append_images=[second])
    still = encoded(first, "PNG")

    records = [{"_base64": base64_text(photo)} for photo in (animation, still)]
    body = ximilar("remove_duplicates", records=records).json()

    assert len(body["records"]) == 1


def made(hashes: list[str], hash_type: HashType) -> list[HashedRecord | FailedRecord]:
    texts = dict.fromkeys(HashType, "0")
    return [
        HashedRecord(read({"_id": number}), HashedImage(1, 1, {**texts, hash_type: text}))
        for number, text in enumerate(hashes)
    ]


@settings(max_examples=60)
@given(
    hash_type=st.sampled_from(list(HashType)),
    numbers=st.lists(st.integers(0, 7), min_size=1, max_size=12),
)
def test_a_range_of_0_merges_exactly_the_identical_hashes(
    hash_type: HashType, numbers: list[int]
) -> None:
    hashes = [f"{number:0{LENGTHS[hash_type]}b}" for number in numbers]

    merged = answers.without_duplicates(
        made(hashes, hash_type), hash_type, range_percent=0.0, request_id="req"
    )

    kept: Any = merged.body["records"]
    groups = [[each["_id"], *(r["_id"] for r in each.get("removed_records", ()))] for each in kept]
    assert sorted(int(each) for group in groups for each in group) == list(range(len(numbers)))
    assert len(groups) == len(set(hashes))
    assert all(len({hashes[int(each)] for each in group}) == 1 for group in groups)
    assert all(
        ("removed_records" in each) == (len(group) > 1)
        for each, group in zip(kept, groups, strict=True)
    )


def test_records_are_not_chained(ximilar: XimilarCaller) -> None:
    """0, 1 and 2 bits: each is 1 bit from the next, and the last is 2 from the first."""
    hashes = ["0" * 64, "0" * 63 + "1", "0" * 62 + "11"]

    merged = answers.without_duplicates(
        made(hashes, HashType.PHASH), HashType.PHASH, range_percent=100 / 64, request_id="req"
    )

    kept: Any = merged.body["records"]
    assert [record["_id"] for record in kept] == ["0", "2"]
    assert [record["_id"] for record in kept[0]["removed_records"]] == ["1"]


def test_equal_distances_stay_in_the_order_given() -> None:
    query, *others = made(["0" * 64, "1" + "0" * 63, "0" * 64, "0" * 63 + "1"], HashType.PHASH)

    body: Any = answers.ranked(query, others, HashType.PHASH, "req").body

    assert [record["_id"] for record in body["answer_records"]] == ["2", "1", "3"]
    assert body["answer_distances"] == [0.0, 1.6, 1.6]


def test_flat_pictures_are_all_alike(ximilar: XimilarCaller) -> None:
    flat = [Image.fromarray(np.full((9, 9, 3), grey, np.uint8)) for grey in (0, 128, 255)]

    records = [{"_base64": base64_text(encoded(each, "PNG"))} for each in flat]

    assert len(ximilar("remove_duplicates", records=records).json()["records"]) == 1


def test_who_may_not_check_pictures_gets_nothing_fetched(caller_as: Any, site: WebSite) -> None:
    viewer = XimilarCaller(caller_as(Role.VIEWER))

    for method in ALL_METHODS:
        record = {"_url": site.url("/1.jpg")}
        answer = viewer(method, records=[record], query_record=record)
        assert (answer.status_code, set(answer.json())) == (403, {"detail", "status"})

    assert not site.asked
