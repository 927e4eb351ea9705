"""Whether a picture's file breaks off; before, such files were refused."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """A default in the database, so that servers of the version before can write rows too."""

    dependencies = [("lists", "0012_indexes")]

    operations = [
        migrations.AddField(
            model_name="image",
            name="is_truncated",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
