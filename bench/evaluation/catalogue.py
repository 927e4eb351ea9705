"""All edits by name, with their group and how the result is written.

Names say what is done and how strongly; numbers are percent of the area or quality, px or degrees.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from bench.evaluation import (
    collages,
    colour,
    degrade,
    files,
    frames,
    geometry,
    overlay,
    photographed,
    screens,
)
from bench.evaluation.dice import Dice, Edit, Picture, chain
from bench.evaluation.files import Encoding, TurnedByExif


@dataclass(frozen=True, slots=True)
class EditedFile:
    """The bytes of an edited picture, and the ending of its name."""

    content: bytes
    extension: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """An edit of the catalogue; `encoding` is there when the file itself is the edit."""

    name: str
    group: str
    edit: Edit
    encoding: Encoding | TurnedByExif | None = None

    def file(self, picture: Picture, dice: Dice) -> EditedFile:
        """Return the edited picture as a file: a JPEG as services write it, if nothing is told."""
        edited = self.edit(picture, dice)
        encoding = self.encoding or files.jpeg(dice.whole(78, 92))
        return EditedFile(encoding.file(edited), encoding.extension)


_as_it_is = chain()

_ENCODE = {
    "jpeg_30": (_as_it_is, files.jpeg(30)),
    "jpeg_5": (_as_it_is, files.jpeg(5)),
    "jpeg_5_times": (files.generations(5), None),
    "jpeg_progressive_grey": (colour.grey, files.jpeg(60, progressive=True)),
    "webp_10": (_as_it_is, files.webp(10)),
    "avif_30": (_as_it_is, files.avif(30)),
    "png_16_colours": (_as_it_is, Encoding("PNG", "png", colours=16)),
    "gif_32_dithered": (
        _as_it_is,
        Encoding("GIF", "gif", colours=32, dither=Image.Dither.FLOYDSTEINBERG),
    ),
    "turned_by_exif": (_as_it_is, TurnedByExif(6)),
}
_PLAIN: dict[str, dict[str, Edit]] = {
    "resize": {
        "to_400_px": degrade.longer_side(400),
        "to_96_px": degrade.longer_side(96),
        "shrunk_to_150_and_grown": degrade.shrunk_and_grown(150),
        "to_1400_px": degrade.longer_side(1400),
        "squeezed_to_80": degrade.squeezed(0.8),
        "widened_to_150": degrade.squeezed(1.5),
        "jagged_half": degrade.jagged_half,
    },
    "colour": {
        "sepia": colour.sepia,
        "duotone": colour.duotone,
        "warm_filter": colour.warm_filter,
        "cold_faded_filter": colour.cold_faded_filter,
        "harsh_filter": colour.harsh_filter,
        "hue_shift": colour.hue_shift,
        "overexposed": colour.exposure(1.3),
        "underexposed": colour.exposure(-2.2),
        "vignette": colour.vignette,
        "equalised": colour.equalised,
        "flat": colour.flat,
        "vivid": colour.vivid,
    },
    "invert": {
        "inverted": colour.inverted,
        "inverted_grey": chain(colour.grey, colour.inverted),
        "solarised": colour.solarised,
    },
    "degrade": {
        "posterised_4": degrade.posterised(4),
        "photocopied": degrade.photocopied,
        "dithered": degrade.dithered,
        "motion_blur": degrade.motion_blur,
        "strong_noise": degrade.noise(45),
        "salt_and_pepper": degrade.salt_and_pepper,
        "painted": degrade.painted,
        "oversharp": degrade.oversharp,
        "mosaic": degrade.mosaic,
        "strong_blur": degrade.blurred(0.012),
    },
    "overlay": {
        "meme_captions": overlay.meme_captions,
        "text_box": overlay.text_box,
        "diagonal_watermark": overlay.diagonal_watermark,
        "tiled_watermark": overlay.tiled_watermark,
        "circle_and_arrows": overlay.circle_and_arrows,
        "scribbled": overlay.scribbled,
        "stickers_12": overlay.many_stickers(12, 0.16),
        "stickers_4_large": overlay.many_stickers(4, 0.34),
        "many_scripts": overlay.many_scripts,
        "redacted": overlay.redacted,
        "hidden_face": overlay.hidden_face,
        "date_stamp": overlay.date_stamp,
        "play_button": overlay.play_button,
        "news_ticker": overlay.news_ticker,
        "rubber_stamp": overlay.rubber_stamp,
    },
    "frame": {
        "caption_above": frames.caption_above,
        "caption_below": frames.caption_below,
        "polaroid": frames.polaroid,
        "story_9_16": frames.on_blurred_ground(9, 16),
        "square_blurred": frames.on_blurred_ground(1, 1),
        "bars_16_9": frames.bars_to_aspect(16, 9),
        "bars_9_16": frames.bars_to_aspect(9, 16),
        "border_4": frames.bordered(0.04),
        "border_15": frames.bordered(0.15),
        "card": frames.card,
        "film_strip": frames.film_strip,
    },
    "crop": {
        "crop_70": geometry.crop(0.70),
        "crop_60": geometry.crop(0.60),
        "crop_45": geometry.crop(0.45),
        "crop_35": geometry.crop(0.35),
        "corner_55": geometry.corner(0.55),
        "left_or_right_half": geometry.left_or_right_half,
        "upper_or_lower_half": geometry.upper_or_lower_half,
        "middle_9_16": geometry.crop_to_aspect(9, 16),
        "middle_square": geometry.crop_to_aspect(1, 1),
    },
    "rotate": {
        "turned_3": geometry.turned(3),
        "turned_7": geometry.turned(7),
        "turned_15": geometry.turned(15),
        "turned_25": geometry.turned(25),
        "turned_4_cropped": geometry.turned_and_cropped(4),
        "turned_12_cropped": geometry.turned_and_cropped(12),
    },
    "rotate90": {
        "quarter_left": geometry.quarter_left,
        "quarter_right": geometry.quarter_right,
        "half_turn": geometry.half_turn,
    },
    "flip": {
        "mirrored": geometry.mirrored,
        "upside_down": geometry.upside_down,
        "mirrored_quarter": geometry.mirrored_quarter,
        "mirrored_crop_75": chain(geometry.mirrored, geometry.crop(0.75)),
    },
    "perspective": {
        "tilted": geometry.tilted(0.26),
        "skewed": geometry.skewed,
        "sheared": geometry.sheared,
        "bulged": geometry.bulged,
        "photo_of_screen": photographed.of_screen,
        "photo_of_print": photographed.of_print,
    },
    "embed": {
        "chat_light": screens.channel_chat(screens.BLUE_CHAT),
        "chat_dark": screens.channel_chat(screens.NIGHT_CHAT),
        "short_post_light": screens.short_post(screens.LIGHT),
        "short_post_dark": screens.short_post(screens.DARK),
        "photo_feed": screens.photo_feed(screens.LIGHT),
        "browser": screens.browser,
        "news_page": screens.news_page,
        "gallery": screens.gallery,
        "slide": screens.slide,
        "grid_2x2": collages.grid(2, 2, 0.0),
        "grid_2x2_gutters": collages.grid(2, 2, 0.03),
        "strip_3x1": collages.grid(3, 1, 0.02),
        "column_1x3": collages.grid(1, 3, 0.0),
        "before_after": collages.before_after,
        "inset_40": collages.inset(0.40),
        "inset_25": collages.inset(0.25),
        "inset_15": collages.inset(0.15),
    },
    "combo": {
        "crop_60_captioned": chain(
            geometry.crop(0.6), frames.caption_above, files.reopened(files.jpeg(25))
        ),
        "mirrored_turned_filtered": chain(
            geometry.mirrored, geometry.turned_and_cropped(5), colour.harsh_filter
        ),
        "meme_in_chat": chain(
            overlay.meme_captions, screens.channel_chat(screens.NIGHT_CHAT), degrade.low_bandwidth
        ),
        "post_in_chat": chain(
            screens.short_post(screens.LIGHT), screens.channel_chat(screens.BLUE_CHAT)
        ),
        "photo_of_chat": chain(screens.channel_chat(screens.BLUE_CHAT), photographed.of_screen),
        "screen_cropped_grey": chain(photographed.of_screen, geometry.crop(0.75), colour.grey),
        "crumpled_print_small": chain(
            photographed.crumpled(0.006), photographed.of_print, degrade.longer_side(420)
        ),
        "story_with_stickers": chain(
            frames.on_blurred_ground(9, 16),
            overlay.many_stickers(5, 0.2),
            files.reopened(files.jpeg(18)),
        ),
        "grey_crop_50_small": chain(colour.grey, geometry.crop(0.5), degrade.low_bandwidth),
        "grid_watermarked": chain(collages.grid(2, 1, 0.02), overlay.diagonal_watermark),
        "border_turned_blurred": chain(
            frames.bordered(0.06), geometry.turned(6), degrade.blurred(0.004)
        ),
        "mirrored_inset_30": chain(geometry.mirrored, collages.inset(0.3)),
        "bad_line": chain(
            overlay.circle_and_arrows, degrade.low_bandwidth, frames.bars_to_aspect(9, 16)
        ),
        "inverted_crop_80": chain(colour.inverted, geometry.crop(0.8)),
    },
}

RECIPES: dict[str, Recipe] = {
    name: Recipe(name, "encode", edit, encoding) for name, (edit, encoding) in _ENCODE.items()
} | {
    name: Recipe(name, group, edit)
    for group, edits in _PLAIN.items()
    for name, edit in edits.items()
}

# What other pictures wear as well: the same kinds of frame, chat, caption, watermark and collage.
DRESSES: tuple[str, ...] = (
    *_PLAIN["frame"],
    *_PLAIN["embed"],
    "meme_captions",
    "text_box",
    "diagonal_watermark",
    "tiled_watermark",
    "many_scripts",
    "stickers_12",
    "play_button",
    "news_ticker",
    "rubber_stamp",
    "photo_of_screen",
    "photo_of_print",
    "meme_in_chat",
    "post_in_chat",
)
# What pictures without an original come as: as above, and in edits of all pixels.
UNMATCHED: tuple[str, ...] = (
    *DRESSES,
    "jpeg_30",
    "to_400_px",
    "warm_filter",
    "photocopied",
    "strong_blur",
    "crop_60",
    "middle_square",
    "turned_7",
    "mirrored",
    "grey_crop_50_small",
)
