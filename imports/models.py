"""Imports: many images on their way into a list, and what became of their rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiCredential, User, public_id_field
from lists.models import List

MAX_NAME_LENGTH = 255
MAX_KEY_LENGTH = 64


class Source(models.TextChoices):
    """Where the images of an import come from."""

    FILES = "files", _("Files")
    ZIP = "zip", _("ZIP")
    TABLE = "table", _("Table")
    BUCKET = "bucket", _("Bucket")


class ImportState(models.TextChoices):
    """Where an import is: receiving > ready > running > done, with pauses; or cancelled."""

    RECEIVING = "receiving", _("Uploading")
    READY = "ready", _("Ready to start")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class RowFate(models.TextChoices):
    """What became of a row."""

    ADDED = "added", _("Added")
    KNOWN = "known", _("Already there")
    REFUSED = "refused", _("Refused")


OPEN_STATES = (
    ImportState.RECEIVING,
    ImportState.READY,
    ImportState.RUNNING,
    ImportState.PAUSED,
)


class Import(models.Model):
    """Many images on their way into a list.

    `position` is the last row of which the fate is counted, `place` what the source needs to go on
    behind it. Rows behind it may be done already: each of them has an `ImportRow` then.

    `skipped` are files that the sender kept back since the list had them. `byte_size` is what is
    uploaded, of which `received_bytes` are here. `plan` says how a table is read. `reason` says why
    it does not go on: a code, and a sentence as `common.sentences` makes them. `is_local` tells
    that the files lie with a command, which alone can do the work. `worked_s` is how long it has
    been at work, up to `counted_at`. `key` is what a program named it by, so that asked for twice
    it is begun once.
    """

    public_id = public_id_field("imp")
    image_list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="imports")
    source = models.CharField(max_length=16, choices=Source)
    name = models.CharField(max_length=MAX_NAME_LENGTH)
    key = models.CharField(max_length=MAX_KEY_LENGTH, blank=True, default="")
    state = models.CharField(max_length=16, choices=ImportState)
    reason = models.JSONField(default=dict, blank=True)
    user = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    credential = models.ForeignKey(
        ApiCredential, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_local = models.BooleanField(default=False)
    byte_size = models.PositiveBigIntegerField(default=0)
    received_bytes = models.PositiveBigIntegerField(default=0)
    plan = models.JSONField(default=dict, blank=True)
    total = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    place = models.CharField(max_length=4096, blank=True, default="")
    added = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    worked_s = models.FloatField(default=0)
    counted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="imports_import_source_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values), name="imports_import_state_known"
            ),
            models.CheckConstraint(
                condition=Q(position=F("added") + F("known") + F("refused")),
                name="imports_import_rows_counted_once",
            ),
            models.CheckConstraint(
                condition=Q(received_bytes__lte=F("byte_size")),
                name="imports_import_received_range",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STATES, finished_at__isnull=True)
                | Q(state__in=[ImportState.DONE, ImportState.CANCELLED], finished_at__isnull=False),
                name="imports_import_finished_once",
            ),
            models.UniqueConstraint(
                fields=["image_list", "key"],
                condition=~Q(key=""),
                name="imports_import_once_per_key",
            ),
        ]
        indexes = [models.Index(fields=["image_list", "-id"], name="imports_import_of_list")]

    def __str__(self) -> str:
        return f"{self.name} ({self.state})"

    @property
    def has_upload(self) -> bool:
        """Tell whether its rows come from a file that was sent here."""
        return not self.is_local and self.source != Source.BUCKET


class ImportRow(models.Model):
    """What became of a row; kept for good where it was refused, else until it is counted.

    `cells` are those of the row in its table, so that it can be corrected. `said` is why it was
    refused, as `common.sentences` makes a sentence.
    """

    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=MAX_NAME_LENGTH, blank=True, default="")
    fate = models.CharField(max_length=8, choices=RowFate)
    code = models.CharField(max_length=64, blank=True, default="")
    said = models.JSONField(default=dict, blank=True)
    cells = models.JSONField(default=list, blank=True)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="imports_importrow_once"),
            models.CheckConstraint(
                condition=Q(fate__in=RowFate.values), name="imports_importrow_fate_known"
            ),
            models.CheckConstraint(
                condition=Q(fate=RowFate.REFUSED) & ~Q(code="")
                | ~Q(fate=RowFate.REFUSED) & Q(code=""),
                name="imports_importrow_refused_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.position} of {self.job_id}: {self.fate}"
