"""Find items by what lists are sorted and filtered by."""

from __future__ import annotations

from django.db import migrations, models

from accounts.concurrent_indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("lists", "0019_workbench_texts")]

    operations = [
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["image_list", "sort_name", "id"],
                name="lists_item_by_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["image_list", "-copies", "-id"],
                name="lists_item_by_copies",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("copies__gt", 0)),
                fields=["image_list", "-id"],
                name="lists_item_with_copies",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("to_review__gt", 0)),
                fields=["image_list", "-id"],
                name="lists_item_to_review",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("is_flat", True)),
                fields=["image_list", "-id"],
                name="lists_item_flat",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("added_by__isnull", False)),
                fields=["image_list", "added_by", "-id"],
                name="lists_item_added_by",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("added_with__isnull", False)),
                fields=["image_list", "added_with", "-id"],
                name="lists_item_added_with",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("purged_at__isnull", True), ("removed_at__isnull", False)),
                fields=["image_list", "-id"],
                name="lists_item_removed_newest",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("copies__gt", 0)),
                fields=["image_list", "sort_name", "id"],
                name="lists_item_copies_by_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("to_review__gt", 0)),
                fields=["image_list", "sort_name", "id"],
                name="lists_item_review_by_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True), ("is_flat", True)),
                fields=["image_list", "sort_name", "id"],
                name="lists_item_flat_by_name",
            ),
        ),
        AddIndexConcurrently(
            model_name="item",
            index=models.Index(
                condition=models.Q(("purged_at__isnull", True), ("removed_at__isnull", False)),
                fields=["image_list", "sort_name", "id"],
                name="lists_item_removed_by_name",
            ),
        ),
    ]
