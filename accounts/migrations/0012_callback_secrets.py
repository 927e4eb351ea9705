"""Keep what the secrets of callbacks are derived from."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A table for them."""

    dependencies = [
        ("accounts", "0011_keeping_limits"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallbackSecret",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seed", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(("ends_at__isnull", True)),
                        fields=("organisation",),
                        name="accounts_callbacksecret_one_newest",
                    )
                ],
            },
        ),
    ]
