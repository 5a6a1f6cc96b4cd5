"""The search: German words in all their forms, the place where they stand, and never what a reader may not see."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.cases import world
from tests.cases.conftest import rows
from tests.queries.conftest import ADA, DORA, PUBLIC
from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.cases import Cases
from workflow_app.cases.erasing import erase
from workflow_app.engine.definition import CLOCK, Holder, Opening, Process, State, Step, everyone
from workflow_app.engine.machine import Registry
from workflow_app.queries import finding
from workflow_app.queries.search import Hit

ONLY_BOARD = {"board": (Holder(organization=1),)}
CEM = Viewer(3, frozenset({"public", "account", "person:3"}), "Cem")


def opened(cases, title: str, parts=world.PARTS, **data: object) -> int:
    return int(cases.open_case("request", Opening(title, data, parts), world.ADA).case_id)


def agreed(cases, title: str, **data: object) -> int:
    """A case that everybody may see."""
    case_id = opened(cases, title)
    cases.act(case_id, "file", world.ADA, data)
    for actor in (world.ADA, world.BEN):
        cases.act(case_id, "agree", actor)
    return case_id


def hits(session: Session, text: str, viewer: Viewer = ADA, **wanted) -> list[Hit]:
    session.rollback()
    return list(queries.search(session, viewer, text, **wanted).rows)


def titles(session: Session, text: str, viewer: Viewer = ADA, **wanted) -> list[str]:
    return [hit.row.title for hit in hits(session, text, viewer, **wanted)]


def in_pages(session: Session, text: str, viewer: Viewer = ADA, limit: int = 3) -> list[int]:
    """Everything that is found, page after page."""
    found: list[int] = []
    after = None
    for _page in range(200):
        page = queries.search(session, viewer, text, after=after, limit=limit)
        assert len(page.rows) <= limit
        found += [hit.row.id for hit in page.rows]
        after = page.after
        if after is None:
            return found
    raise AssertionError("the pages never end")


# -------------------------------------------------------------------------------- the words

TEXTS = {
    "pool": ("Dolmetscherpool", "Die Dolmetscherinnen helfen in Ämtern."),
    "street": ("Neue Straße am Müllerberg", "Die Gemeinde baut ein Haus der Kulturen."),
    "measure": ("Maßnahmenkatalog", "Einwohner*innen werden gefragt, 100 % Ökostrom."),
    "foreign": ("İstanbul-Café Şükran", "مرحبا بكم в городе"),
}


@pytest.fixture
def words(cases, session) -> Session:
    for title, why in TEXTS.values():
        opened(cases, title, why=why)
    return session


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dolmetscher", "pool"), ("dolmetscherin", "pool"), ("Dolm", "pool"), ("Amt", "pool"), ("Do", ""),
        ("strasse", "street"), ("STRASSEN", "street"), ("Mueller", "street"), ("muller", "street"),
        ("Häuser", "street"), ("kultur", "street"), ('"Haus der Kulturen"', "street"), ('"Kulturen Haus"', ""),
        ('"Müllerberg Gemeinde"', ""), ("Gemeinde Müllerberg", "street"), ("Gemeinde Katalog", ""),
        ("Maßnahme", "measure"), ("massnahmen", "measure"), ("Einwohnerinnen", "measure"), ("Einwohner", "measure"),
        ("100 %", "measure"), ("okostrom", "measure"), ("oekostrom", "measure"),
        ("Maßnahme -Ökostrom", ""), ("Einwohner -Gemeinde", "measure"), ("istanbul", "foreign"), ("sukran", "foreign"),
        ("مرحبا", "foreign"), ("ГОРОДЕ", "foreign"), ("-Haus", ""), ("", ""), ('"', ""), ("a%e", ""),
        ("Organization", "pool street measure foreign"),
    ],
)  # fmt: skip
def test_words_are_found_in_every_form_and_nothing_else(words, text, found):
    assert set(titles(words, text)) == {TEXTS[key][0] for key in found.split()}


def test_whatever_is_typed_is_answered(cases, session):
    opened(cases, "Rampe am Rathaus", why="Und Ähnliches: 'x' & \"y\" | (z) * <-> !a")

    @settings(max_examples=150)
    @given(st.text(max_size=80) | st.text(alphabet="\"'()*:^-–&|!<>~\\ aANDORT%_\x00🙂", max_size=60))
    def answered(text: str) -> None:
        for page in (
            queries.search(session, ADA, text), queries.search(session, ADA, text, after=text),
            queries.case_list(session, ADA, text=text),
        ):  # fmt: skip
            assert len(page.rows) <= 1

    answered()
    for text in ("x" * 10_000, "wort " * 5_000, '"' * 999, "- " * 500, "a" * 61, "\ud800"):
        assert len(queries.search(session, ADA, text).rows) <= 1


# --------------------------------------------------------------------- the place, the order


def test_the_place_is_told_with_the_words_around_it(cases, session):
    opened(cases, "Rampe am Rathaus", why="Damit alle Menschen <b>leicht</b> hineinkommen")
    (hit,) = hits(session, "mensch rampe")
    assert hit.title == (("Rampe", True), (" am Rathaus", False))
    assert hit.excerpt is not None
    assert hit.excerpt.place == "why"
    assert hit.excerpt.pieces == (
        ("Damit alle ", False), ("Menschen", True), (" <b>leicht</b> hineinkommen", False),
    )  # fmt: skip
    (hit,) = hits(session, "rathaus")
    assert hit.excerpt is None


def test_the_number_comes_first_then_titles_then_the_newest(cases, session):
    first = opened(cases, "Lärm RQ-2026-0002 alt")
    numbered = opened(cases, "Ganz anders")
    for case_id in (first, numbered):
        cases.act(case_id, "file", world.ADA)
    opened(cases, "Erwähnt", why="wie in RQ-2026-0002")
    assert titles(session, "rq-2026-0002") == ["Ganz anders", "Lärm RQ-2026-0002 alt", "Erwähnt"]
    opened(cases, "Neu", why="Lärm nebenbei")
    assert titles(session, "Lärm") == ["Lärm RQ-2026-0002 alt", "Neu"]
    assert in_pages(session, "rq-2026-0002", limit=1) == [numbered, first, first + 2]


def test_filters_narrow_what_is_found(cases, session):
    done = agreed(cases, "Brunnen eins")
    cases.act(done, "finish", world.DORA)
    opened(cases, "Brunnen zwei")
    assert titles(session, "Brunnen") == ["Brunnen zwei", "Brunnen eins"]
    assert titles(session, "Brunnen", open_only=True) == ["Brunnen zwei"]
    assert titles(session, "Brunnen", process="task") == []


# ---------------------------------------------------------------------- who may see what


published = State("published", "Published", seen_by=everyone)
internal = State("internal", "Internal", seen_by=world.board)
leaflet = Process(
    "leaflet", "Leaflet", "Leaflets", 1, "For tests.", published, (published, internal),
    (Step("hide", "Hide", published, internal, who=world.board, past="Hidden."),
     Step("show", "Show", internal, published, who=world.board, past="Shown.")),
    opened_by=world.board,
)  # fmt: skip


def test_a_case_is_found_by_those_who_see_it_in_its_state_and_by_nobody_else(cases, session):
    both = Cases(cases.store, Registry((*world.PROCESSES, leaflet)))
    case_id = both.open_case("leaflet", Opening("Geheimplan", {}, ONLY_BOARD), world.ADA).case_id

    def found() -> dict[str, int]:
        return {v.name: len(hits(session, "Geheimplan", v)) for v in (ADA, DORA, CEM, PUBLIC)}

    everybody = {"Ada": 1, "Dora": 1, "Cem": 1, "": 1}
    assert found() == everybody
    both.act(case_id, "hide", world.ADA)
    assert found() == {"Ada": 1, "Dora": 0, "Cem": 0, "": 0}
    both.act(case_id, "show", world.ADA)
    assert found() == everybody


def test_a_field_for_insiders_is_found_and_quoted_to_insiders_only(cases, session):
    case_id = agreed(cases, "Brunnen", why="Durst")
    cases.act(case_id, "note", world.ADA, {"text": "Heimliche Bedenken"})
    (hit,) = hits(session, "Bedenken", ADA)
    assert hit.excerpt is not None
    assert (hit.row.id, hit.excerpt.place) == (case_id, "notes")
    assert titles(session, "Bedenken Durst Brunnen", ADA) == ["Brunnen"]
    for viewer in (DORA, CEM, PUBLIC):
        for text in ("Bedenken", "Brunnen Bedenken", '"heimliche bedenken"', "Durst heimlich"):
            assert hits(session, text, viewer) == []
            assert queries.case_list(session, viewer, text=text).rows == []
        # What they cannot read does not change what they find: leaving it out tells them nothing.
        (hit,) = hits(session, "Brunnen -Bedenken", viewer)
        assert hit.excerpt is None
    assert hits(session, "Brunnen -Bedenken", ADA) == []
    assert hits(session, "Durst -Bedenken", ADA) == []
    assert queries.case_list(session, ADA, text="Durst -Bedenken").rows == []


def test_what_was_erased_is_found_by_nobody(cases, session):
    case_id = agreed(cases, "Brunnen", why="Durst")
    cases.act(case_id, "note", world.ADA, {"text": "Heimliche Bedenken"})
    erase(cases, case_id, world.DORA)
    for text in ("Brunnen", "Durst", "Bedenken"):
        assert hits(session, text, ADA) == []


@pytest.mark.parametrize("most", [(400, 150, 1200, 1200), (8, 300, 9, 12), (8, 5, 9, 12), (8, 5, 100, 12)])
def test_page_after_page_leads_through_everything_a_reader_may_see(cases, session, monkeypatch, most):
    """Also where the walks stop early: then the pages say so, and lead on."""
    for name, value in zip(("MOST_HITS", "MOST_SEEN", "MANY", "NEWEST"), most, strict=True):
        monkeypatch.setattr(finding, name, value)
    for n in range(40):
        parts = world.PARTS if n % 2 else ONLY_BOARD
        case_id = opened(cases, f"Brunnen {n}" if n % 3 == 0 else f"Weg {n}", parts)
        cases.act(case_id, "file", world.ADA, {"why": "am Brunnen" if n % 5 else "am Tor"})
        if n % 4 == 0:
            cases.act(case_id, "lapse", CLOCK)
    told = [(int(str(i)), str(texts).casefold()) for i, *texts in rows(cases, "SELECT id, title, data FROM cases")]
    readers = rows(cases, "SELECT principal, case_id FROM case_readers")
    for viewer in (ADA, DORA, PUBLIC):
        seen = {case_id for principal, case_id in readers if principal in viewer.principals}
        for text in ("brunnen", "weg brunnen", "tor", "nirgends"):
            holding = {i for i, texts in told if all(word in texts for word in text.split())}
            found = in_pages(session, text, viewer)
            assert sorted(found) == sorted(holding & seen), (text, viewer.name)
