from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="import",
            name="key",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="import",
            name="place",
            field=models.CharField(blank=True, default="", max_length=4096),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.UniqueConstraint(
                fields=["image_list", "key"],
                condition=~Q(key=""),
                name="imports_import_once_per_key",
            ),
        ),
    ]
