"""What somebody types: words, phrases, what to leave out, and rubbish that is never a mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_app.searching import dialects
from workflow_app.searching.typed import LONGEST, MOST, read
from workflow_app.searching.words import compared


def phrases(text: str) -> list[tuple[tuple[str, ...], str | None]]:
    return [(phrase.stems, phrase.beginning) for phrase in read(text).wanted]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dolmetscher", [(("dolmetsch",), "dolmetscher")]),
        ("Dolmetscher Dolmetscher", [(("dolmetsch",), "dolmetscher")]),
        ("KI", [(("ki",), None)]),
        ('"Haus der Kulturen"', [(("haus", "der", "kultur"), None)]),
        ("„Haus der Kulturen“", [(("haus", "der", "kultur"), None)]),
        ('"Haus der', [(("haus", "der"), None)]),
        ("MA-2026-0003", [(("ma", "2026", "0003"), "0003")]),
        ("Einwohner*innen", [(compared("Einwohnerinnen")[:1], "einwohnerinnen")]),
        ("AND OR NOT", [(("and",), "and"), (("or",), None), (("not",), "not")]),
    ],
)
def test_words_and_phrases_are_read_as_they_are_meant(text, expected):
    assert phrases(text) == expected


def test_a_sign_before_a_word_leaves_it_out():
    typed = read('Haus -Garten −"neue Straße"')
    assert [phrase.stems for phrase in typed.unwanted] == [("gart",), ("neu", "strass")]
    assert [phrase.stems for phrase in typed.wanted] == [("haus",)]


@pytest.mark.parametrize("text", ["", "   ", '"', '""', "---", "-", "* ( ) :", "\x00", "🙂", "'\\", "%_", "&|!<->"])
def test_where_there_is_no_word_nothing_is_wanted(text):
    assert read(text).wanted == ()


def test_only_so_much_is_looked_for_and_that_is_said():
    assert len(read(" ".join(f"wort{n}" for n in range(50))).wanted) == MOST
    assert read("x" * 10_000).cut
    assert read("wort " * 10_000).cut
    assert len(read("x" * 10_000).wanted[0].stems[0]) <= LONGEST
    assert not read("Dolmetscherpool").cut


@pytest.mark.parametrize(
    "alike",
    [
        ("Müller", "Mueller", "MÜLLER", "mu\u0308ller", "Muller"),
        ("Straße", "STRASSE", "strasse", "Straßen", "STRAẞE"),
        ("Maßnahme", "Maßnahmen", "massnahme"),
        ("Dolmetscher", "Dolmetschern", "Dolmetscherin", "Dolmetscherinnen"),
        ("Haus", "Häuser", "Häusern"),
        ("Bauer", "Bauern"),
        ("Einwohner*innen", "Einwohner:innen", "Einwohner_innen", "EinwohnerInnen", "Einwohnerinnen"),
    ],
)
def test_these_are_one_word(alike):
    stems = {read(f'"{word}"').wanted[0].stems for word in alike}
    assert len(stems) == 1


def test_steuer_and_quelle_keep_their_letters():
    assert compared("Steuer")[1] == "steuer"
    assert compared("Quelle")[1] == "quelle"


@given(st.text(max_size=300))
def test_whatever_is_typed_is_said_in_both_languages_without_a_sign_of_its_own(text):
    typed = read(text)
    for phrase in (*typed.wanted, *typed.unwanted):
        for stem in (*phrase.stems, phrase.beginning or "x"):
            assert stem.isalnum()
    if typed.wanted:
        assert dialects.asked(typed, "sqlite")
        assert dialects.asked(typed, "postgresql")


@given(st.text(max_size=300))
def test_stored_words_are_letters_and_digits_with_a_mark_between_texts(text):
    found = dialects.stems([text, text])
    assert all(stem.isalnum() or stem == dialects.BETWEEN for stem in found)
    assert len(dialects.stored(found, "sqlite").split()) == len(found)


def test_a_phrase_does_not_reach_from_one_text_into_the_next():
    typed = read('"Haus Garten"')
    assert typed.fits(dialects.stems(["Haus Garten"]))
    assert not typed.fits(dialects.stems(["Haus", "Garten"]))
