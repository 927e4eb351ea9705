"""What is known of the texts of each pair."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Of the pairs that are there nothing is known, until `manage.py read_texts` has asked."""

    dependencies = [("lists", "0016_texts"), ("review", "0011_erasures")]

    operations = [
        migrations.AddField(
            model_name="matchcandidate",
            name="text_state",
            field=models.CharField(
                blank=True,
                choices=[
                    ("waiting", "Being read"),
                    ("unread", "Could not be read"),
                    ("agrees", "Same text"),
                    ("differs", "Other text"),
                    ("one_sided", "Text in one of them"),
                    ("unsure", "Not sure"),
                    ("none", "No text"),
                ],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="matchcandidate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "text_state__in",
                        [
                            "",
                            "waiting",
                            "unread",
                            "agrees",
                            "differs",
                            "one_sided",
                            "unsure",
                            "none",
                        ],
                    )
                ),
                name="review_matchcandidate_text_state_known",
            ),
        ),
    ]
