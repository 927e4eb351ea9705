"""Find old jobs that failed as well as those that were done."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index for both."""

    dependencies = [
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="job",
            name="jobs_job_done_by_age",
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", False)),
                fields=["finished_at"],
                name="jobs_job_ended_by_age",
            ),
        ),
    ]
