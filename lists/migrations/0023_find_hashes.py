"""Find images by a hash that somebody types."""

from __future__ import annotations

from django.db import migrations, models

from accounts.concurrent_indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("lists", "0022_keep_words")]

    operations = [
        AddIndexConcurrently(
            model_name="imagefingerprint",
            index=models.Index(fields=["bits", "algorithm"], name="lists_imagefingerprint_bits"),
        ),
    ]
