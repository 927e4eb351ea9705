from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import SUPPORTED_REGIONS

from moderation.text.detectors import found
from moderation.text.engine import judge
from moderation.types import Key, Options

_KEYS = {
    "url": Key.LINK,
    "grawlix": Key.PROFANITY,
    **dict.fromkeys(("email", "username", "ssn", "ipv4", "ipv6"), Key.PERSONAL),
}


def kinds(text: str, **options: object) -> list[tuple[str, str]]:
    return [(hit.kind, hit.match) for hit in found(text, Options(**options)).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind", "match"),
    [
        ("+1 800 222 2408", "phone_number_us", "+1 800 222 2408"),
        ("Call +1(605)493-3483 now", "phone_number_us", "+1(605)493-3483"),
        ("or (605) 493-3483 ext 5", "phone_number_us", "(605) 493-3483"),
        ("605.493.3483 or so", "phone_number_us", "605.493.3483"),
        ("6_0_5_4_9_3_3_4_8_3 !", "phone_number_us", "6_0_5_4_9_3_3_4_8_3"),
        ("phone 171512450 (home)", "phone_number_fr", "171512450"),
        ("(call 605*493*3483)", "phone_number_us", "605*493*3483"),
        ("O79II 123456", "phone_number_gb", "O79II 123456"),
        ("(6O5) 493-3483", "phone_number_us", "(6O5) 493-3483"),
        ("Tel 4Ol-2OO-OlOO", "phone_number_us", "4Ol-2OO-OlOO"),
        ("6*0*5*4*9*3*3*4*8*3", "phone_number_us", "6*0*5*4*9*3*3*4*8*3"),
        ("(605)(493)(3483)", "phone_number_us", "(605)(493)(3483)"),
        ("\uff16\uff10\uff15 493 3483", "phone_number_us", "\uff16\uff10\uff15 493 3483"),
        (
            "six zero five four nine three three four eight three",
            "phone_number_us",
            "six zero five four nine three three four eight three",
        ),
        ("6\u200b05 493 3483", "phone_number_us", "6\u200b05 493 3483"),
        ("write rick[@]gmail . com", "email", "rick[@]gmail . com"),
        ("john at gmail dot com", "email", "john at gmail dot com"),
        ("john (at) example (dot) co.uk", "email", "john (at) example (dot) co.uk"),
        ("John@gmail.comThanks", "email", "John@gmail.com"),
        ("http://harmfulsiteexample.com", "url", "http://harmfulsiteexample.com"),
        ("hxxp://evil[.]example[.]com/a?b=1.", "url", "hxxp://evil[.]example[.]com/a?b=1"),
        ("(see example.org)", "url", "example.org"),
        ("www.example.com. Then", "url", "www.example.com"),
        ("example dot com", "url", "example dot com"),
        ("look at example dot com", "url", "example dot com"),
        ("example.com.It was", "url", "example.com"),
        ("http://192.168.1.1/admin", "url", "http://192.168.1.1/admin"),
        ("visit site.pl", "url", "site.pl"),
        ("from t.me/foo on", "url", "t.me/foo"),
        ("52.222.158.75", "ipv4", "52.222.158.75"),
        ("52[.]222[.]158[.]75", "ipv4", "52[.]222[.]158[.]75"),
        (
            "at 2600:9000:2247:6000:8:a1f0:7e00:93a1.",
            "ipv6",
            "2600:9000:2247:6000:8:a1f0:7e00:93a1",
        ),
        ("123-45-6789", "ssn", "123-45-6789"),
        ("my ssn is 123 45 6789", "ssn", "123 45 6789"),
        ("follow @foo.bar.", "username", "@foo.bar"),
        ("username: foo123", "username", "foo123"),
        ("you #@$%!!", "grawlix", "#@$%!!"),
        ("facebook", "facebook", "facebook"),
        ("send ur snap", "snapchat", "snap"),
        ("give me your 1nst@gram", "instagram", "1nst@gram"),
        ("i n s t a g r a m", "instagram", "i n s t a g r a m"),
        ("加我微信", "wechat", "微信"),
        ("instagramissa", "instagram", "instagramissa"),
    ],
)
def test_what_has_a_form_is_found_as_it_was_written(text: str, kind: str, match: str) -> None:
    assert kinds(text) == [(kind, match)]


@pytest.mark.parametrize(
    "text",
    [
        "version 52.222.158.75",
        "v1.2.3.4",
        "1.2.3.4.5",
        "section 1.2.3.4",
        "at 12:30:45",
        "std::string",
        "the end.It was",
        "THE END.IT WAS",
        "i dont know.me neither",
        "open readme.md and setup.py",
        "e.g. this",
        "src/main.rs",
        "the dot net framework",
        "sow discordance",
        "we meet at noon. dot the i",
        "666-45-6789",
        "000-45-6789",
        "123-00-6789",
        "123 45 6789",
        "the snap of a twig, oh snap",
        "yeah ig so",
        "a line of signal threads",
        "pins and interest",
        "100%!!",
        "win $$$!!!",
        "f#@k sh#t",
        "open @home or @10am",
        "The bus stops at 17151 2450 Crown St",
        "555 1234",
    ],
)
def test_what_only_looks_alike_is_left(text: str) -> None:
    assert kinds(text) == []


def test_an_address_is_no_telephone_number() -> None:
    assert kinds("5222215875") == [("phone_number_us", "5222215875")]
    assert kinds("52.222.158.75") == [("ipv4", "52.222.158.75")]


def test_a_number_bears_the_asked_country_that_shares_its_calling_code() -> None:
    assert kinds("07911 123456", countries=("GB",)) == [("phone_number_gb", "07911 123456")]
    both = kinds("07911 123456", countries=("GB", "GG"))
    assert both == [("phone_number_gg", "07911 123456")]


def test_a_number_of_no_asked_country_is_left() -> None:
    assert kinds("+49 30 901820", countries=("US",)) == []
    assert kinds("+49 30 901820", countries=("DE",)) == [("phone_number_de", "+49 30 901820")]


def test_a_short_form_counts_beside_words_of_the_asked_languages() -> None:
    assert kinds("mein ig", languages=("de",)) == [("instagram", "ig")]
    assert kinds("mein ig", languages=("fi",)) == []


def test_digit_words_are_those_of_the_asked_languages() -> None:
    spelled = "null drei null neun null eins acht zwei null"
    german = kinds(spelled, languages=("de",), countries=("DE",))
    assert german == [("phone_number_de", spelled)]
    assert kinds(spelled, languages=("fi",), countries=("DE",)) == []


def test_a_handle_after_a_network_is_a_user_name() -> None:
    assert kinds("my ig: john_doe99") == [("instagram", "ig"), ("username", "john_doe99")]


@given(
    st.text(alphabet="0123456789 .-+()@:/[]{}#$%!*_aeoOIlw\nn\u200bé微信\uff10dotc", max_size=120)
)
def test_hits_lie_in_the_text_in_order_and_apart(text: str) -> None:
    _check(text)


@given(st.text(max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    _check(text)


def _check(text: str) -> None:
    end = 0
    for hit in found(text, Options(is_read=True)).hits:
        assert end <= hit.start < hit.end <= len(text)
        assert hit.match == text[hit.start : hit.end]
        is_number = hit.kind.startswith("phone_number_")
        assert hit.key is (Key.PERSONAL if is_number else _KEYS.get(hit.kind, Key.SOCIAL))
        end = hit.end


def test_figures_that_are_too_many_for_all_countries_are_told_as_unsearched() -> None:
    text = "; ".join(["(605) 493-3483", "01 71 51 24 50"] * 60)
    first = ("US", "FR")
    every_country = (*first, *sorted(SUPPORTED_REGIONS - {*first}))

    in_two, in_all = (found(text, Options(countries=each)) for each in (first, every_country))

    assert (len(in_two.hits), in_two.unsearched) == (120, ())
    assert [hit.kind for hit in in_all.hits] == [hit.kind for hit in in_two.hits]
    assert in_all.unsearched
    assert judge(text, Options(countries=every_country)).ignored == in_all.unsearched
    assert found(text[:100], Options(countries=every_country)).unsearched == ()
