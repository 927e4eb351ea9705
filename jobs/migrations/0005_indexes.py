"""Find the next job of an owner, and failed jobs alone."""

from __future__ import annotations

from django.db import migrations, models

from accounts.concurrent_indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("jobs", "0004_owner"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["owner", "-priority", "run_after", "id"],
                name="jobs_job_next_of_owner",
            ),
        ),
        AddIndexConcurrently(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["-finished_at"],
                name="jobs_job_failed",
            ),
        ),
        migrations.RemoveIndex(
            model_name="job",
            name="jobs_job_next",
        ),
    ]
