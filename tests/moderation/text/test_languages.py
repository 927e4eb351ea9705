from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from moderation.text.languages import told
from moderation.types import LANGUAGES


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "The children played in the garden all afternoon"),
        ("de", "Die Kinder spielten den ganzen Nachmittag im Garten"),
        ("fr", "Les enfants ont joué dans le jardin tout l'après-midi"),
        ("tr", "Çocuklar bütün öğleden sonra bahçede oynad\u0131lar"),
        ("ru", "Дети весь день играли в саду"),
        ("ko", "아이들은 오후 내내 정원에서 놀았습니다"),
        ("zh", "我爱你们"),
        ("ko", "안녕 친구"),
        ("zh", "孩子们整个下午都在花园里玩耍和唱歌"),
    ],
)
def test_the_language_of_a_line_is_told(language: str, line: str) -> None:
    assert told(line, LANGUAGES) == language


@pytest.mark.parametrize("text", ["", "lol", "123 456 789 012 345", "ok ok ok", "家に帰る"])
def test_short_texts_are_in_no_language(text: str) -> None:
    assert told(text, LANGUAGES) is None


def test_sets_of_languages_do_not_disturb_each_other() -> None:
    line = "Die Kinder spielten den ganzen Nachmittag im Garten"
    sets = [("de", "en"), ("fr", "it"), LANGUAGES] * 20
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda among: told(line, among), sets))
    assert all(
        (answer == "de") == ("de" in among) for answer, among in zip(answers, sets, strict=True)
    )
