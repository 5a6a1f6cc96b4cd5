"""Excerpts: a few words around what was found, every hit marked, nothing else changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workflow_app.searching.excerpts import AFTER, BEFORE, best, marked
from workflow_app.searching.typed import read

LONG = "Anfang " * 40 + "Die Maßnahme wird vom Dolmetscherpool getragen. " + "Ende " * 80


def hits(pieces) -> list[str]:
    return [text for text, is_hit in pieces if is_hit]


def test_every_form_of_a_word_is_marked_as_it_is_written():
    found = marked("Maßnahmen und MASSNAHME, Maßnahmenplan", read("maßnahme"))
    assert hits(found) == ["Maßnahmen", "MASSNAHME", "Maßnahmenplan"]


def test_a_phrase_is_marked_where_it_stands_in_a_row_only():
    assert hits(marked("neue Straße, Straße neue", read('"neue Straße"'))) == ["neue", "Straße"]


def test_an_excerpt_is_short_and_shows_the_first_hit_between_whole_words():
    excerpt = best([("goal", LONG)], read("Dolmetscher"))
    assert excerpt is not None
    text = "".join(piece for piece, _hit in excerpt.pieces)
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert hits(excerpt.pieces) == ["Dolmetscherpool"]
    assert len(text) < BEFORE + AFTER + 20
    assert text.strip("… ") in LONG


def test_the_place_with_most_of_the_words_is_told_and_never_the_title():
    texts = [("_title", "Bäume und Wege"), ("goal", "Wege"), ("note", "Bäume an Wegen")]
    found = best(texts, read("Bäume Wege"))
    assert found is not None
    assert found.place == "note"
    assert best([("_title", "Bäume"), ("_number", "MA-2026-0001")], read("Bäume")) is None


@given(st.text(max_size=200), st.text(max_size=20))
def test_pieces_put_together_are_the_text(text, typed):
    assert "".join(piece for piece, _hit in marked(text, read(typed))) == text


@given(st.text(max_size=600), st.text(min_size=1, max_size=20))
def test_an_excerpt_of_anything_is_a_part_of_it(text, typed):
    found = best([("goal", text)], read(typed))
    if found:
        whole = "".join(piece for piece, _hit in found.pieces)
        assert any(is_hit for _piece, is_hit in found.pieces)
        assert whole.removeprefix("… ").removesuffix(" …") in text
