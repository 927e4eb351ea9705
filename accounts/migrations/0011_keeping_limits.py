"""Count what organisations keep, and let it be limited."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """What is kept already is counted at the first look."""

    dependencies = [
        ("accounts", "0010_sessions"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="quota_bytes",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="Empty: as the installation is set. 0: no limit.",
                null=True,
                verbose_name="bytes of pictures",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="quota_items",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="Empty: as the installation is set. 0: no limit.",
                null=True,
                verbose_name="images in lists",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="quota_snapshot_bytes",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="Empty: as the installation is set. 0: no limit.",
                null=True,
                verbose_name="bytes of pictures that only checks keep",
            ),
        ),
    ]
