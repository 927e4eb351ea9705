"""Keep which lists are the demo, and how it stands."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

_STATES = ["loading", "loaded", "failed", "removing"]


class Migration(migrations.Migration):
    """Two small tables."""

    initial = True

    dependencies = [
        ("accounts", "0013_set_up"),
        ("lists", "0020_workbench_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Demo",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.organisation",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[(state, state.capitalize()) for state in _STATES], max_length=16
                    ),
                ),
                ("done", models.PositiveSmallIntegerField(default=0)),
                ("total", models.PositiveSmallIntegerField(default=0)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(("state__in", _STATES)), name="demo_demo_state_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(("done__lte", F("total"))), name="demo_demo_done_in_total"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DemoList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "demo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lists",
                        to="demo.demo",
                    ),
                ),
                (
                    "image_list",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="lists.list",
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
    ]
