"""Find failed jobs among those that were done."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index of failed jobs alone."""

    dependencies = [
        ("jobs", "0002_forget_failed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["-finished_at"],
                name="jobs_job_failed",
            ),
        ),
    ]
