"""Call a pair that is confirmed a match, as the buttons do."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0018_labels"),
    ]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="act",
            field=models.CharField(
                choices=[
                    ("confirm", "Match"),
                    ("confirm_image", "Same image, different claim"),
                    ("dissociate", "Not a match"),
                    ("unsure", "Unsure: for a second look"),
                    ("explain", "Reason given"),
                    ("undo", "Undone"),
                    ("auto_confirm", "Match by the list's policy"),
                    ("supersede", "Image removed"),
                    ("revive", "Image restored"),
                    ("follow", "Follows from another decision"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="from_state",
            field=models.CharField(
                choices=[
                    ("suggested", "To review"),
                    ("confirmed", "Match"),
                    ("dissociated", "Not a match"),
                    ("superseded", "Closed (image removed)"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="to_state",
            field=models.CharField(
                choices=[
                    ("suggested", "To review"),
                    ("confirmed", "Match"),
                    ("dissociated", "Not a match"),
                    ("superseded", "Closed (image removed)"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="matchcandidate",
            name="state",
            field=models.CharField(
                choices=[
                    ("suggested", "To review"),
                    ("confirmed", "Match"),
                    ("dissociated", "Not a match"),
                    ("superseded", "Closed (image removed)"),
                ],
                default="suggested",
                max_length=16,
            ),
        ),
    ]
