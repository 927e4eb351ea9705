"""Images, lists, and an image's place in a list."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.actors import Surface
from accounts.models import ApiCredential, Organisation, User, public_id_field
from common.ids import new_id
from intake.thumbnails import thumbnail_size
from lists.bulk_kinds import BulkKind
from lists.carrying import VERDICT_KINDS
from lists.depths import Depth
from lists.sort_names import SortNameField
from matching import transparency

_IS_LIVE = Q(removed_at__isnull=True)
DEFAULT_SUGGESTION_THRESHOLD = 0.3
DEFAULT_DUPLICATE_THRESHOLD = 0.5
DEFAULT_SNAPSHOT_RETENTION_DAYS = 90


def default_verdict_kinds() -> list[str]:
    """Return the kinds of which a confirmed pair carries a verdict, unless the list says others."""
    return [str(kind) for kind in VERDICT_KINDS]


class Installation(models.Model):
    """The one row that says which installation this database belongs to: see `lists.installation`.

    A copy of the database has it too, and so a restored backup is the same installation.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    public_id = models.CharField(max_length=32, default=partial(new_id, "ins"), editable=False)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="lists_installation_only_one")
        ]

    def __str__(self) -> str:
        return self.public_id


class Image(models.Model):
    """A picture's bytes, thumbnails and fingerprints: once per organisation, by SHA-256.

    `is_stored` tells whether the files are there; a purge removes them and keeps the row, so that
    decisions about the picture outlive its bytes. `kept_until` is when files that no item needs
    may be purged; empty while only items have ever needed them.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="images")
    sha256 = models.CharField(max_length=64)
    # Of the upright sRGB pixels of all frames; empty until the picture was decoded in full.
    pixel_sha256 = models.CharField(max_length=64, blank=True, default="")
    format = models.CharField(max_length=16)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    # Of an animation; anything else has one.
    frames = models.PositiveSmallIntegerField(default=1)
    # Fewer where more of them differ than are kept.
    frames_seen = models.PositiveSmallIntegerField(default=1)
    # The file breaks off: a part of the picture is missing.
    is_truncated = models.BooleanField(default=False, db_default=False)
    byte_size = models.PositiveBigIntegerField()
    is_stored = models.BooleanField(default=False)
    # How its transparent parts were seen (`matching.transparency.VERSION`) for all that is kept of
    # it; empty for what is of before 1.1. Of no matter for files that cannot have any.
    transparency_version = models.PositiveSmallIntegerField(null=True, blank=True)
    # The version of its local features; empty until they were extracted.
    feature_version = models.PositiveSmallIntegerField(null=True, blank=True)
    kept_until = models.DateTimeField(null=True, blank=True)
    submission_count = models.PositiveBigIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    last_submitted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "sha256"], name="lists_image_once_per_organisation"
            ),
            models.CheckConstraint(
                condition=Q(frames_seen__gte=1, frames_seen__lte=F("frames")),
                name="lists_image_frames_seen_range",
            ),
        ]
        indexes = [
            # Finds copies with the same pixels in another file.
            models.Index(fields=["organisation", "pixel_sha256"], name="lists_image_by_pixels"),
            # Finds the files that may be purged.
            models.Index(
                fields=["kept_until"],
                condition=Q(is_stored=True, kept_until__isnull=False),
                name="lists_image_to_purge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.width}x{self.height}"

    @property
    def depth(self) -> Depth:
        """Return how thoroughly the picture can be compared with others by now."""
        return Depth.FAST if self.feature_version is None else Depth.FULL

    @property
    def is_seen_as_today(self) -> bool:
        """Tell whether what is kept shows transparent parts, if the file may have any, as now."""
        is_opaque = self.format in transparency.OPAQUE_FORMATS
        return is_opaque or self.transparency_version == transparency.VERSION

    def thumbnail_size(self, side_px: int) -> tuple[int, int]:
        """Return the width and height of the thumbnail whose longer side is at most `side_px`."""
        return thumbnail_size((self.width, self.height), side_px)


class KeptCount(models.Model):
    """How much an organisation keeps, by `lists.room`; never less than it does."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.CASCADE, primary_key=True, related_name="kept_count"
    )
    size_bytes = models.PositiveBigIntegerField(default=0)
    items = models.PositiveBigIntegerField(default=0)
    snapshot_bytes = models.PositiveBigIntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"{self.size_bytes} bytes of organisation {self.organisation_id}"


class ImageFingerprint(models.Model):
    """One algorithm's fingerprint of one frame of an image; a still image has frame 0 only.

    Frames have their numbers in the file; those that look like an earlier one are not kept.
    """

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="fingerprints")
    algorithm = models.CharField(max_length=16)
    version = models.PositiveSmallIntegerField()
    frame = models.PositiveSmallIntegerField(default=0)
    bits = models.BinaryField()
    quality = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "algorithm", "version", "frame"],
                name="lists_imagefingerprint_once_per_frame",
            ),
            models.CheckConstraint(
                condition=Q(quality__lte=100), name="lists_imagefingerprint_quality_range"
            ),
        ]
        indexes = [
            # Finds the images of a hash that somebody types.
            models.Index(fields=["bits", "algorithm"], name="lists_imagefingerprint_bits"),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} v{self.version} of frame {self.frame} of {self.image_id}"


class ImageFeatures(models.Model):
    """The local features of one frame of an image, in the encoding of `matching.features.codec`.

    `postings` is the small part that the candidate index loads, `content` is everything.
    """

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="features")
    version = models.PositiveSmallIntegerField()
    frame = models.PositiveSmallIntegerField(default=0)
    postings = models.BinaryField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "version", "frame"], name="lists_imagefeatures_once_per_frame"
            )
        ]

    def __str__(self) -> str:
        return f"features v{self.version} of frame {self.frame} of {self.image_id}"


class ImageVector(models.Model):
    """The descriptor of an image by a learned model: see `matching.learned`."""

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="vectors")
    model = models.CharField(max_length=200)
    vector = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "model"], name="lists_imagevector_once_per_model"
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} of {self.image_id}"


class TextReadState(models.TextChoices):
    """What became of reading the text in an image."""

    READ = "read", _("Read")
    NONE = "none", _("No text")
    FAILED = "failed", _("Could not be read")


class ImageText(models.Model):
    """The text in an image, once per image; it goes with the files, as it may be personal.

    `reader` names what read it, and version; `frames` are its readings, see `lists.texts`, and what
    was read again where copies have text. `folded` is what all frames say, each line once and
    folded, a line each.
    """

    image = models.OneToOneField(
        Image, on_delete=models.CASCADE, primary_key=True, related_name="text"
    )
    state = models.CharField(max_length=8, choices=TextReadState)
    reader = models.CharField(max_length=64, blank=True, default="")
    frames = models.JSONField(default=list)
    folded = models.TextField(blank=True, default="")
    read_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=TextReadState.values), name="lists_imagetext_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=TextReadState.READ) | Q(folded=""),
                name="lists_imagetext_only_read_has_words",
            ),
        ]

    def __str__(self) -> str:
        return f"text ({self.state}) of {self.image_id}"


class List(models.Model):
    """A set of images to recognise."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="lists")
    public_id = public_id_field("ili")
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="", max_length=2000)
    suggestion_threshold = models.FloatField(
        _("suggestion threshold"), default=DEFAULT_SUGGESTION_THRESHOLD
    )
    duplicate_threshold = models.FloatField(
        _("duplicate threshold"), default=DEFAULT_DUPLICATE_THRESHOLD
    )
    depth = models.CharField(_("depth"), max_length=8, choices=Depth, default=Depth.FULL)
    auto_confirmed_kinds = models.JSONField(default=list, blank=True)
    # Of a confirmed pair of one of these kinds, a verdict about one picture holds for the other.
    verdict_kinds = models.JSONField(
        default=default_verdict_kinds,
        db_default=Value(default_verdict_kinds(), models.JSONField()),
        blank=True,
    )
    # Where a reader is installed, the texts of its pictures are read and compared.
    reads_text = models.BooleanField(_("read the text in pictures"), default=True, db_default=True)
    keeps_snapshots = models.BooleanField(
        _("keep the picture of a check that matches"), default=True
    )
    snapshot_retention_days = models.PositiveIntegerField(
        _("days to keep it"), default=DEFAULT_SNAPSHOT_RETENTION_DAYS
    )
    # Items that came or came back longer ago are removed; empty keeps them for ever.
    item_retention_days = models.PositiveIntegerField(
        _("days to keep images"), null=True, blank=True
    )
    # How review shows the list's pictures until the viewer chooses otherwise.
    review_blurred = models.BooleanField(_("blur pictures in review"), default=False)
    review_greyscale = models.BooleanField(_("show pictures in grey in review"), default=False)
    # Puts some of the pairs below the suggestion threshold up for review, drawn by lot.
    samples_below = models.BooleanField(
        _("audit what is below the threshold"), default=False, db_default=False
    )
    # Among how many pairs that are handed out one golden pair is mixed, on average; 0 mixes none.
    golden_one_in = models.PositiveSmallIntegerField(
        _("one golden pair in"), default=0, db_default=0
    )
    golden_tells = models.BooleanField(
        _("tell people whether their answer was right"), default=True, db_default=True
    )
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    removed_with = models.ForeignKey(
        ApiCredential, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # From then on it cannot be taken back.
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(suggestion_threshold__gt=0, suggestion_threshold__lte=1),
                name="lists_list_suggestion_threshold_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    duplicate_threshold__gte=F("suggestion_threshold"), duplicate_threshold__lt=1
                ),
                name="lists_list_duplicate_threshold_range",
            ),
            models.CheckConstraint(
                condition=Q(depth__in=Depth.values), name="lists_list_depth_known"
            ),
            models.CheckConstraint(
                condition=Q(snapshot_retention_days__gte=1), name="lists_list_retention_positive"
            ),
            models.CheckConstraint(
                condition=Q(item_retention_days__isnull=True) | Q(item_retention_days__gte=1),
                name="lists_list_item_retention_positive",
            ),
            models.CheckConstraint(
                condition=Q(golden_one_in=0) | Q(golden_one_in__gte=5, golden_one_in__lte=1000),
                name="lists_list_golden_one_in_range",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(is_default=True, removed_at__isnull=True),
                name="lists_list_one_default",
            ),
            models.CheckConstraint(
                condition=Q(purged_at__isnull=True) | Q(removed_at__isnull=False),
                name="lists_list_purged_after_removal",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListGrant(models.Model):
    """A list that a restricted credential may reach."""

    credential = models.ForeignKey(ApiCredential, on_delete=models.CASCADE, related_name="grants")
    image_list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="grants")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "image_list"], name="lists_listgrant_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.credential} -> {self.image_list}"


class Item(models.Model):
    """An image's place in a list, under the client's own id if it gave one."""

    public_id = public_id_field("med")
    image_list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="items")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="items")
    custom_id = models.CharField(max_length=255, blank=True, default="")
    name = models.CharField(max_length=255, blank=True, default="")
    # The client's own facts, a JSON object: see `lists.contexts`.
    context = models.JSONField(default=dict, blank=True)
    # Made from the two above whenever it is written with them: see `lists.sort_names`.
    sort_name = SortNameField(max_length=255, blank=True, default="", db_default="")
    # How many pairs of the list hold its picture: matches, and those that wait for a decision.
    # Written with the pairs, by `review.pairs.tallies`; of removed items too.
    copies = models.PositiveIntegerField(default=0, db_default=0)
    to_review = models.PositiveIntegerField(default=0, db_default=0)
    # Its picture has too little detail to match by more than identical bytes or pixels.
    is_flat = models.BooleanField(default=False, db_default=False)
    # Who added it: one of the two, neither of before that was kept.
    added_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    added_with = models.ForeignKey(
        ApiCredential,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    # From then on it cannot be taken back, and its texts are gone.
    purged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image_list", "image", "custom_id"],
                condition=Q(removed_at__isnull=True),
                name="lists_item_once_while_live",
            ),
            models.CheckConstraint(
                condition=Q(purged_at__isnull=True) | Q(removed_at__isnull=False),
                name="lists_item_purged_after_removal",
            ),
            models.CheckConstraint(
                condition=Q(added_by__isnull=True) | Q(added_with__isnull=True),
                name="lists_item_added_by_one",
            ),
        ]
        indexes = [
            # A list's page: the live items, newest first.
            models.Index(
                fields=["image_list", "-id"],
                condition=Q(removed_at__isnull=True),
                name="lists_item_live_by_list",
            ),
            # Removal by the client's own id.
            models.Index(
                fields=["image_list", "custom_id"],
                condition=Q(removed_at__isnull=True),
                name="lists_item_live_by_custom_id",
            ),
            # What can be taken back, and what is to be purged.
            models.Index(
                fields=["image_list", "removed_at"],
                condition=Q(removed_at__isnull=False, purged_at__isnull=True),
                name="lists_item_removed",
            ),
            # The list's page in another order, and what its filters leave, newest first.
            models.Index(
                fields=["image_list", "sort_name", "id"],
                condition=_IS_LIVE,
                name="lists_item_by_name",
            ),
            models.Index(
                fields=["image_list", "-copies", "-id"],
                condition=_IS_LIVE,
                name="lists_item_by_copies",
            ),
            models.Index(
                fields=["image_list", "-id"],
                condition=_IS_LIVE & Q(copies__gt=0),
                name="lists_item_with_copies",
            ),
            models.Index(
                fields=["image_list", "-id"],
                condition=_IS_LIVE & Q(to_review__gt=0),
                name="lists_item_to_review",
            ),
            models.Index(
                fields=["image_list", "-id"],
                condition=_IS_LIVE & Q(is_flat=True),
                name="lists_item_flat",
            ),
            # The same by name.
            models.Index(
                fields=["image_list", "sort_name", "id"],
                condition=_IS_LIVE & Q(copies__gt=0),
                name="lists_item_copies_by_name",
            ),
            models.Index(
                fields=["image_list", "sort_name", "id"],
                condition=_IS_LIVE & Q(to_review__gt=0),
                name="lists_item_review_by_name",
            ),
            models.Index(
                fields=["image_list", "sort_name", "id"],
                condition=_IS_LIVE & Q(is_flat=True),
                name="lists_item_flat_by_name",
            ),
            models.Index(
                fields=["image_list", "sort_name", "id"],
                condition=Q(removed_at__isnull=False, purged_at__isnull=True),
                name="lists_item_removed_by_name",
            ),
            models.Index(
                fields=["image_list", "added_by", "-id"],
                condition=_IS_LIVE & Q(added_by__isnull=False),
                name="lists_item_added_by",
            ),
            models.Index(
                fields=["image_list", "added_with", "-id"],
                condition=_IS_LIVE & Q(added_with__isnull=False),
                name="lists_item_added_with",
            ),
            models.Index(
                fields=["image_list", "-id"],
                condition=Q(removed_at__isnull=False, purged_at__isnull=True),
                name="lists_item_removed_newest",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Tag(models.Model):
    """A word that people put on items of any list of the organisation, to find them again.

    Two tags differ by more than upper and lower case: see `lists.tags`.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=64)
    folded = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "folded"], name="lists_tag_once_per_organisation"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(folded=""), name="lists_tag_has_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ItemTag(models.Model):
    """That an item has a tag; a removed item keeps its tags until it is purged."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="item_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="item_tags", db_index=False)
    # The item's own list, which never changes: a filter by tag reads one list's rows alone.
    image_list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(fields=["item", "tag"], name="lists_itemtag_once_per_item")
        ]
        indexes = [
            models.Index(fields=["tag", "image_list", "-item"], name="lists_itemtag_newest"),
        ]

    def __str__(self) -> str:
        return f"tag {self.tag_id} of item {self.item_id}"


class BulkState(models.TextChoices):
    """How far a change of many items is."""

    RUNNING = "running", _("In progress")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class BulkChange(models.Model):
    """One change of many items of a list, which can be undone: see `review.life.many_items`.

    `query` is the filter whose items are meant, as an address has it, and `up_to` the row id of
    the newest item that there was when the person looked: nothing that came later is meant. Items
    that were chosen one by one are rows from the start (`BulkChangeItem`) and there is no `query`.
    `after` is the row id of the item that was looked at last.
    """

    public_id = public_id_field("blk")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    image_list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="bulk_changes")
    kind = models.CharField(max_length=8, choices=BulkKind)
    state = models.CharField(max_length=8, choices=BulkState, default=BulkState.RUNNING)
    query = models.TextField(blank=True, default="")
    up_to = models.BigIntegerField(null=True, blank=True)
    after = models.BigIntegerField(default=0)
    target = models.ForeignKey(
        List, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    credential = models.ForeignKey(
        ApiCredential, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    surface = models.CharField(max_length=16, choices=Surface)
    done_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=BulkKind.values), name="lists_bulkchange_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=BulkState.values), name="lists_bulkchange_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[BulkKind.COPY, BulkKind.MOVE], target__isnull=False)
                | ~Q(kind__in=[BulkKind.COPY, BulkKind.MOVE]) & Q(target__isnull=True),
                name="lists_bulkchange_target_of_copies",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[BulkKind.TAG, BulkKind.UNTAG], tag__isnull=False)
                | ~Q(kind__in=[BulkKind.TAG, BulkKind.UNTAG]) & Q(tag__isnull=True),
                name="lists_bulkchange_tag_of_tagging",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(credential__isnull=True),
                name="lists_bulkchange_one_actor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of items of list {self.image_list_id} ({self.state})"


class BulkChangeItem(models.Model):
    """An item that a change of many has changed, or was asked to; `made` is the copy of it."""

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    made = models.ForeignKey(
        Item, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    is_done = models.BooleanField(default=False)

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(
                fields=["change", "item"], name="lists_bulkchangeitem_once_per_item"
            )
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} of change {self.change_id}"


class WordKind(models.IntegerChoices):
    """What a word of an item is of."""

    # A custom id, a name or an address as a whole.
    WHOLE = 1
    # Of a custom id or a name.
    NAME = 2
    # Of what a context says.
    CLAIM = 3


class ItemWord(models.Model):
    """A word under which an item is found, once per kind: see `lists.words`.

    `word` is UTF-8. Words of removed items stay until the item's texts are purged.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="words", db_index=False)
    kind = models.PositiveSmallIntegerField(choices=WordKind)
    word = models.BinaryField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(fields=["item", "kind", "word"], name="lists_itemword_once"),
            models.CheckConstraint(
                condition=Q(kind__in=WordKind.values), name="lists_itemword_kind_known"
            ),
        ]
        indexes = [
            # What begins with a text, the shortest word first, of the same word the newest item.
            models.Index(
                fields=["organisation", "kind", "word", "-item"], name="lists_itemword_found"
            ),
        ]

    def __str__(self) -> str:
        return f"word of item {self.item_id}"


class ImageWord(models.Model):
    """A word of the text in an image; it goes with the text."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.BinaryField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()
        constraints = [
            models.UniqueConstraint(fields=["image", "word"], name="lists_imageword_once")
        ]
        indexes = [
            models.Index(fields=["organisation", "word", "-image"], name="lists_imageword_found")
        ]

    def __str__(self) -> str:
        return f"word of image {self.image_id}"


class ItemAct(models.TextChoices):
    """What can be done with an item's place in its list."""

    ADD = "add", _("Added to the list")
    REMOVE = "remove", _("Removed from the list")
    RESTORE = "restore", _("Put back into the list")


class ItemDeed(models.Model):
    """That somebody added, removed or restored an item: who, when, from where; append-only."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="deeds")
    act = models.CharField(max_length=16, choices=ItemAct)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    credential = models.ForeignKey(
        ApiCredential, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    surface = models.CharField(max_length=16, choices=Surface)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=ItemAct.values), name="lists_itemdeed_act_known"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(credential__isnull=True),
                name="lists_itemdeed_one_actor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} of item {self.item_id}"


class ItemChange(models.Model):
    """The change feed: one row whenever an item came, went or came back; append-only.

    Processes follow it to keep their in-memory index in step (see `lists.feed`). On PostgreSQL the
    table has a further column `xid`, the writing transaction, which only the feed's SQL knows.
    """

    # Rows outlive an item that is erased: they are what tells other processes of it.
    item = models.ForeignKey(
        Item,
        on_delete=models.DO_NOTHING,
        related_name="changes",
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return f"change {self.pk} of item {self.item_id}"


class FeedMark(models.Model):
    """How far the change feed was at a time, as a cursor; the rows up to it may have been pruned.

    Only a reader whose own cursor has reached the mark that was `pruned` last can go on from there.
    """

    cursor = models.TextField()
    pruned = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        return self.cursor
