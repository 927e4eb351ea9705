"""Migrations of lists that read what was kept before."""

from __future__ import annotations

from tests.migrating import migrated

BEFORE = [("lists", "0007_item_deeds")]
AFTER = [("lists", "0008_frames_seen")]


def test_frames_seen_are_read_from_the_frames_that_were_kept(empty_database: None) -> None:
    apps = migrated(BEFORE)
    organisation = apps.get_model("accounts", "Organisation").objects.create(name="Old")
    for number, (frames, kept) in enumerate([(1, 1), (80, 3), (80, 50)]):
        image = apps.get_model("lists", "Image").objects.create(
            organisation=organisation,
            sha256=f"{number:064x}",
            format="gif",
            width=4,
            height=3,
            byte_size=1,
            frames=frames,
        )
        apps.get_model("lists", "ImageFingerprint").objects.bulk_create(
            apps.get_model("lists", "ImageFingerprint")(
                image=image, algorithm=algorithm, version=1, frame=frame, bits=b"0" * 32, quality=90
            )
            for frame in range(kept)
            for algorithm in ("pdq", "phash")
        )

    images = migrated(AFTER).get_model("lists", "Image").objects.order_by("sha256")

    assert list(images.values_list("frames_seen", flat=True)) == [1, 80, 50]


def test_lists_from_before_texts_were_read_go_on_as_they_did(empty_database: None) -> None:
    apps = migrated([("lists", "0015_learned_descriptors")])
    organisation = apps.get_model("accounts", "Organisation").objects.create(name="Old")
    apps.get_model("lists", "List").objects.create(organisation=organisation, name="Old")

    lists = migrated([("lists", "0016_texts")]).get_model("lists", "List").objects
    lists.create(organisation_id=organisation.pk, name="New")

    assert dict(lists.values_list("name", "reads_text")) == {"Old": False, "New": True}
