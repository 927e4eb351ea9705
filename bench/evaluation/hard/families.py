"""All families, and which of them are kept for the final figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.evaluation.dice import Dice, Picture
from bench.evaluation.hard import (
    alpha,
    animated,
    cards,
    charts,
    copies,
    flat,
    games,
    long,
    maps,
    packages,
    papers,
    pictures,
    screens,
    sheets,
)
from bench.evaluation.hard.family import Family, FamilyPart, as_jpeg, as_png

Draw = Callable[[Dice], Picture]

# What is in a part stays there: a family that an engine was tuned on can never be kept.
_PAPERS: dict[FamilyPart, tuple[Draw, ...]] = {
    FamilyPart.TUNE: (
        papers.receipt,
        papers.ministry_letter,
        papers.essay_page,
        papers.application_form,
        sheets.ballot,
        sheets.sums_sheet,
        sheets.bus_timetable,
        sheets.sheet_music,
        papers.certificate,
        papers.menu,
        cards.id_card,
        cards.boarding_pass,
        cards.lottery_ticket,
        cards.business_card,
        cards.parcel_label,
        cards.wine_label,
    ),
    FamilyPart.KEPT: (
        papers.parking_receipt,
        papers.invoice,
        papers.memo,
        papers.book_page,
        papers.leaflet_page,
        sheets.ticked_survey,
        sheets.answer_sheet,
        sheets.equations,
        sheets.crossword,
        sheets.month_calendar,
        papers.prescription,
        papers.passport_page,
        cards.driving_licence,
        cards.staff_badge,
        cards.train_ticket,
        cards.cheque,
        cards.price_tag,
        cards.banknote,
    ),
}
_SCREENS: dict[FamilyPart, tuple[Draw, ...]] = {
    FamilyPart.TUNE: (
        screens.bank_transfer,
        screens.text_post,
        screens.chat,
        screens.spreadsheet,
        screens.weather_card,
        screens.news_card,
        screens.terminal,
        maps.map_pin,
        screens.call_log,
        charts.bar_chart,
        charts.line_chart,
        charts.pie_chart,
        charts.gantt,
        cards.qr_code,
    ),
    FamilyPart.KEPT: (
        screens.wallet_receipt,
        screens.dark_post,
        screens.text_messages,
        screens.result_table,
        screens.score_board,
        screens.quote_card,
        screens.code_editor,
        maps.map_route,
        screens.phone_settings,
        screens.departures,
        screens.search_results,
        charts.grouped_bars,
        charts.area_chart,
        charts.scatter,
        charts.heat_map,
        charts.gauges,
        cards.bar_code,
        cards.concert_ticket,
    ),
}
_GAMES: dict[FamilyPart, tuple[Draw, ...]] = {
    FamilyPart.TUNE: (games.chess_board, games.playing_card, games.sudoku, games.word_tiles),
    FamilyPart.KEPT: (
        games.draughts,
        games.go_board,
        games.dominoes,
        games.mines,
        games.block_game,
    ),
}

_FLAT: dict[FamilyPart, tuple[Draw, ...]] = {
    FamilyPart.TUNE: (
        flat.striped_flag,
        flat.crest,
        flat.speed_sign,
        flat.emoji_face,
        flat.company_mark,
    ),
    FamilyPart.KEPT: (
        flat.cross_flag,
        flat.emblem_flag,
        flat.warning_sign,
        flat.direction_sign,
        flat.app_icon,
        flat.poster_art,
    ),
}
_PACKAGES: dict[FamilyPart, tuple[Draw, ...]] = {
    FamilyPart.TUNE: (packages.tea_box, packages.crisps_bag, packages.shirt_on_bed),
    FamilyPart.KEPT: (packages.yoghurt_cup, packages.soap_bottle, packages.patterned_shirt),
}
_LONG: dict[FamilyPart, tuple[Draw, ...]] = {
    FamilyPart.TUNE: (long.long_article, long.long_feed),
    FamilyPart.KEPT: (long.long_chat, long.long_price_list),
}
_SHORT_OF_FLAT = ("small_70", "half_40", "three_times", "askew", "in_phone", "captioned")
_ON_PLAIN = {name: copies.ON_SCREEN[name] for name in _SHORT_OF_FLAT}


def _drawn() -> Iterator[Family[Picture]]:
    for part in FamilyPart:
        for draw in _PAPERS[part]:
            yield Family(draw.__name__, part, "document", draw, copies.ON_PAPER, as_jpeg)
        for draw in _SCREENS[part]:
            yield Family(draw.__name__, part, "screen", draw, copies.ON_SCREEN, as_png)
        for draw in _GAMES[part]:
            yield Family(draw.__name__, part, "game", draw, copies.ON_SCREEN, as_png)
        for draw in _FLAT[part]:
            yield Family(draw.__name__, part, "flat", draw, _ON_PLAIN, as_png)
        for draw in _PACKAGES[part]:
            yield Family(draw.__name__, part, "package", draw, copies.ON_PAPER, as_jpeg)
        for draw in _LONG[part]:
            yield Family(draw.__name__, part, "long", draw, long.COPIES, as_png)


def _transparent() -> Iterator[Family[Picture]]:
    for part, draw, made in (
        (FamilyPart.TUNE, alpha.white_wordmark, alpha.WHITE_COPIES),
        (FamilyPart.TUNE, alpha.black_symbol, alpha.BLACK_COPIES),
        (FamilyPart.TUNE, alpha.colour_badge, alpha.COLOUR_COPIES),
        (FamilyPart.KEPT, alpha.black_wordmark, alpha.BLACK_COPIES),
        (FamilyPart.KEPT, alpha.white_symbol, alpha.WHITE_COPIES),
        (FamilyPart.KEPT, alpha.colour_sticker, alpha.COLOUR_COPIES),
    ):
        yield Family(draw.__name__, part, "alpha", draw, made, as_png)


def _animated() -> Iterator[Family[animated.Scenes]]:
    for part, draw, made in (
        (FamilyPart.TUNE, animated.long_clip, animated.COPIES),
        (FamilyPart.TUNE, animated.titled_short_clip, animated.STILLS),
        (FamilyPart.KEPT, animated.short_clip, animated.COPIES),
        (FamilyPart.KEPT, animated.titled_clip, animated.STILLS),
    ):
        yield Family(
            draw.__name__,
            part,
            "animation",
            draw,
            made,
            animated.as_gif,
            share_a_part=made is animated.STILLS,
        )


def _of_pictures() -> Iterator[Family[Any]]:
    for part, draw in (
        (FamilyPart.TUNE, pictures.with_sticker),
        (FamilyPart.KEPT, pictures.with_channel_bar),
    ):
        yield Family(
            draw.__name__, part, "overlay", draw, pictures.USUAL_COPIES, as_jpeg, pictures=1
        )
    for part, name in ((FamilyPart.TUNE, "parts"), (FamilyPart.KEPT, "parts_kept")):
        yield Family(name, part, "part", pictures.opened, pictures.PARTS, as_jpeg, pictures=1)
    for part, name in ((FamilyPart.TUNE, "chains"), (FamilyPart.KEPT, "chains_kept")):
        # Four in five of these queries have no original.
        yield Family(
            name,
            part,
            "chain",
            pictures.opened,
            pictures.CHAINS,
            as_jpeg,
            pictures=1,
            others=5.0,
        )
    yield Family(
        "reflowed_card",
        FamilyPart.TUNE,
        "reflowed",
        pictures.card,
        pictures.REFLOWED,
        pictures.as_news_app,
        pictures=1,
    )
    yield Family(
        "translated_caption",
        FamilyPart.KEPT,
        "translated",
        pictures.captioned_photo,
        {"translated": pictures.translated},
        pictures.in_english,
        pictures=1,
    )
    yield Family(
        "panorama", FamilyPart.KEPT, "long", long.panorama, long.COPIES, as_jpeg, pictures=6
    )
    for part, name in ((FamilyPart.TUNE, "recoloured"), (FamilyPart.KEPT, "recoloured_kept")):
        yield Family(
            name,
            part,
            "package",
            packages.recoloured,
            pictures.USUAL_COPIES,
            as_jpeg,
            pictures=8,
            shared=4,
        )
    yield Family(
        "stereo_pair",
        FamilyPart.TUNE,
        "package",
        pictures.opened,
        pictures.USUAL_COPIES,
        as_jpeg,
        pictures=1,
        files=stereo_pair(),
        most_items=1,
    )


def stereo_pair() -> tuple[Path, ...]:
    """Return the two views of one scene that scikit-image brings."""
    spec = find_spec("skimage")
    if spec is None or spec.origin is None:
        return ()
    folder = Path(spec.origin).parent / "data"
    return folder / "motorcycle_left.png", folder / "motorcycle_right.png"


def of_lookalikes(folder: Path) -> Iterator[Family[Picture]]:
    """Yield a family for each sub-folder of `folder`/tune and `folder`/kept."""
    for part in FamilyPart:
        for each in sorted((folder / part.value).glob("*/")):
            found = tuple(sorted(file for file in each.iterdir() if file.is_file()))
            yield Family(
                f"real_{each.name}",
                part,
                "real",
                pictures.opened,
                _ON_PLAIN,
                as_png,
                pictures=1,
                files=found,
                most_items=len(found) * 2 // 3,
                size=4,
            )


def all_families(lookalikes: Path | None = None) -> dict[str, Family[Any]]:
    """Return all families by name; raise SystemExit if two have one name."""
    found: list[Family[Any]] = [*_drawn(), *_transparent(), *_animated(), *_of_pictures()]
    found += of_lookalikes(lookalikes) if lookalikes else ()
    families: dict[str, Family[Any]] = {}
    for family in found:
        if family.name in families:
            raise SystemExit(f"two families are called {family.name}")
        families[family.name] = family
    return families
