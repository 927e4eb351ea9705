"""Tags, what lists are sorted and filtered by, and changes of many items at once."""

from __future__ import annotations

import functools

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids
import lists.item_texts


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_callback_secrets"),
        ("lists", "0017_verdict_kinds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=functools.partial(common.ids.new_id, *("blk",)),
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("copy", "Copied"),
                            ("move", "Moved"),
                            ("tag", "Tagged"),
                            ("untag", "Tag removed"),
                            ("remove", "Removed"),
                            ("restore", "Restored"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "In progress"),
                            ("done", "Done"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        default="running",
                        max_length=8,
                    ),
                ),
                ("query", models.TextField(blank=True, default="")),
                ("up_to", models.BigIntegerField(blank=True, null=True)),
                ("after", models.BigIntegerField(default=0)),
                (
                    "surface",
                    models.CharField(
                        choices=[("browser", "Browser"), ("api", "API"), ("system", "System")],
                        max_length=16,
                    ),
                ),
                ("done_count", models.PositiveIntegerField(default=0)),
                ("refused_count", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BulkChangeItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_done", models.BooleanField(default=False)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ItemTag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=64)),
                ("folded", models.CharField(max_length=128)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="item",
            name="added_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="added_with",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apicredential",
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="copies",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="item",
            name="is_flat",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="item",
            name="search_text",
            field=lists.item_texts.SearchTextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="item",
            name="sort_name",
            field=lists.item_texts.SortNameField(
                blank=True, db_default="", default="", max_length=255
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="to_review",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("added_by__isnull", True), ("added_with__isnull", True), _connector="OR"
                ),
                name="lists_item_added_by_one",
            ),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="credential",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apicredential",
            ),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="image_list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="bulk_changes",
                to="lists.list",
            ),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="target",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="lists.list",
            ),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="bulkchangeitem",
            name="change",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="lists.bulkchange",
            ),
        ),
        migrations.AddField(
            model_name="bulkchangeitem",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="lists.item"
            ),
        ),
        migrations.AddField(
            model_name="bulkchangeitem",
            name="made",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="lists.item",
            ),
        ),
        migrations.AddField(
            model_name="itemtag",
            name="image_list",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="lists.list",
            ),
        ),
        migrations.AddField(
            model_name="itemtag",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="item_tags",
                to="lists.item",
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tags",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="itemtag",
            name="tag",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="item_tags",
                to="lists.tag",
            ),
        ),
        migrations.AddField(
            model_name="bulkchange",
            name="tag",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="lists.tag",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkchangeitem",
            constraint=models.UniqueConstraint(
                fields=("change", "item"), name="lists_bulkchangeitem_once_per_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(
                fields=("organisation", "folded"), name="lists_tag_once_per_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True), models.Q(("folded", ""), _negated=True)
                ),
                name="lists_tag_has_name",
            ),
        ),
        migrations.AddIndex(
            model_name="itemtag",
            index=models.Index(fields=["tag", "image_list", "-item"], name="lists_itemtag_newest"),
        ),
        migrations.AddConstraint(
            model_name="itemtag",
            constraint=models.UniqueConstraint(
                fields=("item", "tag"), name="lists_itemtag_once_per_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["copy", "move", "tag", "untag", "remove", "restore"])
                ),
                name="lists_bulkchange_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["running", "done", "undoing", "undone"])),
                name="lists_bulkchange_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["copy", "move"]), ("target__isnull", False)),
                    models.Q(
                        models.Q(("kind__in", ["copy", "move"]), _negated=True),
                        ("target__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="lists_bulkchange_target_of_copies",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["tag", "untag"]), ("tag__isnull", False)),
                    models.Q(
                        models.Q(("kind__in", ["tag", "untag"]), _negated=True),
                        ("tag__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="lists_bulkchange_tag_of_tagging",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("user__isnull", True), ("credential__isnull", True), _connector="OR"
                ),
                name="lists_bulkchange_one_actor",
            ),
        ),
    ]
