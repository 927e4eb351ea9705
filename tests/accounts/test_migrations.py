"""Migrations of accounts that carry rows over, there and back."""

from __future__ import annotations

from tests.migrating import migrated

BEFORE = [("accounts", "0002_sign_in_attempts")]
AFTER = [("accounts", "0003_membership_public_ids")]


def test_members_from_before_the_migration_get_public_ids(empty_database: None) -> None:
    apps = migrated(BEFORE)
    organisation = apps.get_model("accounts", "Organisation").objects.create(name="Old")
    for number in range(3):
        user = apps.get_model("accounts", "User").objects.create(email=f"{number}@example.org")
        apps.get_model("accounts", "Membership").objects.create(
            user=user, organisation=organisation, role="viewer"
        )

    memberships = migrated(AFTER).get_model("accounts", "Membership").objects
    ids = set(memberships.values_list("public_id", flat=True))
    again = migrated(BEFORE).get_model("accounts", "Membership").objects

    assert len(ids) == again.count() == 3
    assert all(each.startswith("mem_") for each in ids)
