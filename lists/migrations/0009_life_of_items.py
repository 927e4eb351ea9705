"""Removals that can be taken back until they are purged, and a feed that outlives its items."""

from __future__ import annotations

import functools

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_user_language"),
        ("lists", "0008_frames_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=functools.partial(common.ids.new_id, "ins"),
                        editable=False,
                        max_length=32,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="lists_installation_only_one"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="item",
            name="purged_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="list",
            name="purged_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="list",
            name="removed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="list",
            name="removed_with",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.apicredential",
            ),
        ),
        migrations.AddField(
            model_name="list",
            name="item_retention_days",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="days to keep images"
            ),
        ),
        migrations.AlterField(
            model_name="itemchange",
            name="item",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="changes",
                to="lists.item",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purged_at__isnull", True), ("removed_at__isnull", False), _connector="OR"
                ),
                name="lists_item_purged_after_removal",
            ),
        ),
        migrations.AddConstraint(
            model_name="list",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purged_at__isnull", True), ("removed_at__isnull", False), _connector="OR"
                ),
                name="lists_list_purged_after_removal",
            ),
        ),
        migrations.AddConstraint(
            model_name="list",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("item_retention_days__isnull", True),
                    ("item_retention_days__gte", 1),
                    _connector="OR",
                ),
                name="lists_list_item_retention_positive",
            ),
        ),
    ]
