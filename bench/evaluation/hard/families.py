"""All families, and which of them are kept for the final figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bench.evaluation.dice import Dice, Picture
from bench.evaluation.hard import cards, charts, copies, games, papers, screens
from bench.evaluation.hard.family import Family, Part, as_jpeg, as_png

Draw = Callable[[Dice], Picture]

# What is in a part stays there: a family that an engine was tuned on can never be kept.
_PAPERS: dict[Part, tuple[Draw, ...]] = {
    Part.TUNE: (
        papers.receipt,
        papers.ministry_letter,
        papers.essay_page,
        papers.application_form,
        papers.ballot,
        papers.sums_sheet,
        papers.bus_timetable,
        papers.sheet_music,
        papers.certificate,
        papers.menu,
        cards.id_card,
        cards.boarding_pass,
        cards.lottery_ticket,
        cards.business_card,
        cards.parcel_label,
        cards.wine_label,
    ),
    Part.KEPT: (
        papers.parking_receipt,
        papers.invoice,
        papers.memo,
        papers.book_page,
        papers.leaflet_page,
        papers.ticked_survey,
        papers.answer_sheet,
        papers.equations,
        papers.crossword,
        papers.month_calendar,
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
_SCREENS: dict[Part, tuple[Draw, ...]] = {
    Part.TUNE: (
        screens.bank_transfer,
        screens.text_post,
        screens.chat,
        screens.spreadsheet,
        screens.weather_card,
        screens.news_card,
        screens.terminal,
        screens.map_pin,
        screens.call_log,
        charts.bar_chart,
        charts.line_chart,
        charts.pie_chart,
        charts.gantt,
        cards.qr_code,
    ),
    Part.KEPT: (
        screens.wallet_receipt,
        screens.dark_post,
        screens.text_messages,
        screens.result_table,
        screens.score_board,
        screens.quote_card,
        screens.code_editor,
        screens.map_route,
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
_GAMES: dict[Part, tuple[Draw, ...]] = {
    Part.TUNE: (games.chess_board, games.playing_card, games.sudoku, games.word_tiles),
    Part.KEPT: (
        games.draughts,
        games.go_board,
        games.dominoes,
        games.mines,
        games.block_game,
    ),
}


def _drawn() -> Iterator[Family[Picture]]:
    for part in Part:
        for draw in _PAPERS[part]:
            yield Family(draw.__name__, part, "document", draw, copies.ON_PAPER, as_jpeg)
        for draw in _SCREENS[part]:
            yield Family(draw.__name__, part, "screen", draw, copies.ON_SCREEN, as_png)
        for draw in _GAMES[part]:
            yield Family(draw.__name__, part, "game", draw, copies.ON_SCREEN, as_png)


def all_families() -> dict[str, Family[Any]]:
    """Return all families by name."""
    return {family.name: family for family in _drawn()}
