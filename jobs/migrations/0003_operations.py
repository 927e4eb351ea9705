"""What operators look at: the request that asked for a job, and what was last seen."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_forget_failed"),
    ]

    operations = [
        migrations.AddField(
            model_name="job",
            name="request_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.CreateModel(
            name="LastSeen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("worker", "Worker"), ("purge", "Purge"), ("error", "Error")],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("count", models.PositiveBigIntegerField(default=1)),
                ("request_id", models.CharField(blank=True, default="", max_length=64)),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "name"), name="jobs_lastseen_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["worker", "purge", "error"])),
                        name="jobs_lastseen_kind_known",
                    ),
                ],
            },
        ),
    ]
