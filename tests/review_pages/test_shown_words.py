"""Small words on pages of review: ages, long names, and one name for one decision."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone, translation

from review.models import Act, State
from review.pages import keys
from review.templatetags.matches import age, both_ends

NOW = {"en": "now", "es": "ahora", "ar": "الآن"}


@pytest.mark.parametrize("language", NOW)
def test_within_a_minute_the_age_is_a_word_and_no_count(language: str) -> None:
    now = timezone.now()

    with translation.override(language):
        assert age(now - dt.timedelta(seconds=50)) == NOW[language]
        assert age(now - dt.timedelta(seconds=61)) != NOW[language]


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    assert both_ends("rocket.jpg", 10) == "rocket.jpg"
    assert both_ends("coffee-crop.jpg", 10) == "coff…p.jpg"


@pytest.mark.parametrize("language", ["en", "es", "pt-br", "fr", "hi", "ar"])
def test_a_decision_has_one_name_on_the_pages_of_a_pair_and_of_a_picture(language: str) -> None:
    with translation.override(language):
        for act, of_state in ((Act.CONFIRM, State.CONFIRMED), (Act.DISSOCIATE, State.DISSOCIATED)):
            names = {
                str(keys.KEYS[act].label),
                str(keys.PICTURE_KEYS[act].label),
                str(act.label),
                str(of_state.label),
            }
            assert len(names) == 1
