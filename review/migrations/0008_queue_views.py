"""Assign pairs, save views of the queue, and index what the queue is ordered and filtered by."""

from __future__ import annotations

import functools

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.ids


class Migration(migrations.Migration):
    """Assignments, views, indexes."""

    dependencies = [
        ("accounts", "0004_limits"),
        ("lists", "0005_item_context"),
        ("review", "0007_claims"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="QueueView",
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
                        default=functools.partial(common.ids.new_id, *("qvw",)),
                        editable=False,
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, default="", max_length=1000)),
                ("is_shared", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddField(
            model_name="matchcandidate",
            name="assigned_to",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["user", "created_at"], name="review_decision_by_day"),
        ),
        migrations.AddIndex(
            model_name="matchcandidate",
            index=models.Index(
                fields=["image_list", "state", "-score", "id"], name="review_candidate_below"
            ),
        ),
        migrations.AddIndex(
            model_name="matchcandidate",
            index=models.Index(
                fields=["image_list", "state", "-id"], name="review_candidate_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="matchcandidate",
            index=models.Index(
                fields=["image_list", "state", "scope", "-score", "-id"],
                name="review_candidate_by_scope",
            ),
        ),
        migrations.AddIndex(
            model_name="matchcandidate",
            index=models.Index(
                condition=models.Q(("is_unsure", True)),
                fields=["image_list", "state", "-score", "-id"],
                name="review_candidate_unsure",
            ),
        ),
        migrations.AddIndex(
            model_name="matchcandidate",
            index=models.Index(
                condition=models.Q(("assigned_to__isnull", False)),
                fields=["assigned_to", "image_list", "state", "-score", "-id"],
                name="review_candidate_assigned",
            ),
        ),
        migrations.AddField(
            model_name="queueview",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="queue_views",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="queueview",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="queue_views",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="queueview",
            constraint=models.UniqueConstraint(
                fields=("owner", "name"), name="review_queueview_once_per_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="queueview",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="review_queueview_has_name"
            ),
        ),
    ]
