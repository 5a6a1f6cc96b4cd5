"""The page of incidents: what a clerk reads, what she decides, and what nobody else may know."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.conftest import LOADED
from tests.queries.test_growth import told as statements_of
from tests.views.browsing import Visitor, words
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.incidents import Trouble, report, solved
from workflow_app.jobs import refusals, watch

CASE = "SELECT id FROM cases WHERE title LIKE '%Sport für alle%'"
REASON = "Die Gruppe trifft sich nicht mehr."


def run(app: Flask, sql: str, **params: Any) -> list[tuple[Any, ...]]:
    with app.app_context(), db.engine.begin() as connection:
        found = connection.execute(text(sql), params)
        return [tuple(row) for row in found] if found.returns_rows else []


def told(app: Flask, *troubles: Trouble) -> None:
    with app.app_context(), clock.at(LOADED), db.engine.begin() as connection:
        report(connection, troubles)


def given_up(app: Flask, kind: str, payload: str = "{}", case: int | None = None) -> int:
    """A message that was given up after five attempts; the id of its incident."""
    columns = "case_id, kind, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts"
    ((number,),) = run(app, "SELECT coalesce(max(id), 0) + 1 FROM outbox")
    values = ":case, :kind, :payload, :key, '2026-11-24 10:00:00', 'dead', 5, 5, 5"
    run(
        app, f"INSERT INTO outbox (id, {columns}) VALUES (:id, {values})",
        id=number, case=case, kind=kind, payload=payload, key=f"k{number}",
    )  # fmt: skip
    told(app, Trouble("message", f"message:{number}", "TimeoutError", case_id=case, outbox_id=number))
    return newest(app)


def newest(app: Flask) -> int:
    return int(run(app, "SELECT max(id) FROM incidents")[0][0])


def person(app: Flask, who: str) -> int:
    return int(run(app, "SELECT id FROM people WHERE email = :e", e=f"{who}@flensburg.example")[0][0])


def states(app: Flask) -> list[str]:
    return [state for (state,) in run(app, "SELECT state FROM incidents ORDER BY id")]


@pytest.fixture
def clerk(demo_app: Flask) -> Visitor:
    """Somebody of the administration who does not look after accounts."""
    return Visitor(demo_app, "gremien")


def test_where_all_is_well_nobody_is_troubled(demo_app, clerk):
    page = clerk.get("/incidents")
    assert "Alles läuft, wie es soll. Niemand muss etwas tun." in words(page)
    assert re.search(r'href="/incidents"[^>]*>Störungen</a>', page.text)  # no number beside it
    assert "Noch wurde nichts erledigt." in words(clerk.get("/incidents/settled"))


@pytest.mark.parametrize(
    ("queue", "said"),
    [("mails", "Es gehen keine E-Mails hinaus"), ("site", "Niemand bekommt Mitteilungen")],
)
def test_that_nobody_carries_messages_is_said_in_words(demo_app, clerk, queue, said):
    told(demo_app, Trouble("job", f"workers:{queue}", "nobody carries them"))
    page = words(clerk.get("/incidents"))
    assert said in page
    assert "Nichts geht verloren." in page
    assert "sagen Sie dem technischen Betrieb Bescheid" in page


@pytest.mark.parametrize(("who", "status"), [("stelle", 200), ("gremien", 200), ("vorstand", 403), (None, 302)])
def test_only_staff_and_administrators_come_in(demo_app, who, status):
    given_up(demo_app, "digest")
    visitor = Visitor(demo_app, who)
    for path in ("/incidents", "/incidents/settled"):
        assert visitor.get(path).status_code == status
    assert ("/incidents" in visitor.get("/cases").text) is (status == 200)


def test_an_administrator_outside_the_administration_comes_in_too(demo_app):
    run(demo_app, "UPDATE memberships SET role = 'administrator' WHERE person_id = :p", p=person(demo_app, "vorstand"))
    assert Visitor(demo_app, "vorstand").get("/incidents").status_code == 200


def test_nobody_else_decides(demo_app):
    number = given_up(demo_app, "digest")
    visitor = Visitor(demo_app, "vorstand")
    data = {"incident": number, "deed": "discard", "reason": "x", "which": "ticked", "until": LOADED.isoformat()}
    assert visitor.post("/incidents", "/account", **data).status_code == 403
    assert states(demo_app) == ["open"]


def test_a_clerk_reads_what_went_wrong_tries_again_and_it_is_settled(demo_app, clerk):
    ((case,),) = run(demo_app, CASE)
    ((steering,),) = run(demo_app, "SELECT id FROM organizations WHERE key = 'steuer'")
    number = given_up(demo_app, "notice", f'{{"notice": "x", "to": ["member@{steering}"]}}', case)
    readers = "INSERT INTO case_readers SELECT 'account', id, process, state, false FROM cases WHERE id = :c"
    run(demo_app, readers, c=case)
    page = clerk.get("/incidents")
    said = words(page)
    assert "Störungen 1 offen" in said
    assert "Eine Nachricht konnte nicht zugestellt werden: Steuerungsgruppe" in said
    assert "Nach 5 Versuchen wurde aufgegeben. Von selbst geschieht nichts mehr." in said
    assert f'<a class="case-title" href="/cases/{case}"' in page.text
    assert "TimeoutError" not in page.text  # that is for those who run the site

    answer = clerk.post("/incidents", deed="retry", incident=number, which="ticked")
    assert answer.status_code == 302
    said = words(clerk.get("/incidents"))
    assert "1 Störung: Ein neuer Versuch läuft." in said
    assert "Misslingt er, wartet die Störung wieder hier." in said
    assert run(demo_app, "SELECT state, attempt, ticket FROM outbox WHERE case_id = :c AND ticket = 6", c=case) == [
        ("pending", 0, 6)
    ]
    with demo_app.app_context(), db.engine.begin() as connection:
        solved(connection, [f"message:{run(demo_app, 'SELECT max(id) FROM outbox')[0][0]}"])
    assert "Alles läuft" in words(clerk.get("/incidents"))
    assert "nach einem neuen Versuch, um den Petra Exempel gebeten hat" in words(clerk.get("/incidents/settled"))


def test_a_reason_is_kept_with_who_and_when(demo_app, clerk):
    number = given_up(demo_app, "digest")
    refused = clerk.post("/incidents", deed="discard", incident=number, which="ticked", reason="  ")
    assert refused.status_code == 422
    assert "Bitte sagen Sie in ein, zwei Sätzen, warum nichts zu tun ist." in words(refused)
    assert f'value="{number}" checked' in refused.text
    assert states(demo_app) == ["open"]
    clerk.post("/incidents", deed="discard", incident=number, which="ticked", reason=REASON)
    assert "1 Störung wurde verworfen." in words(clerk.get("/incidents"))
    said = words(Visitor(demo_app, "stelle").get("/incidents/settled"))
    assert f"verworfen 24. November 2026, 13:00 , von Petra Exempel Grund: {REASON}" in said


def test_whoever_comes_second_reads_who_was_first(demo_app, clerk):
    first, second = given_up(demo_app, "digest"), given_up(demo_app, "digest")
    chief = Visitor(demo_app, "stelle")
    chief.post("/incidents", deed="discard", incident=first, which="ticked", reason=REASON)
    clerk.post("/incidents", deed="discard", incident=[first, second], which="ticked", reason="x")
    said = words(clerk.get("/incidents"))
    assert "1 Störung wurde verworfen." in said
    assert "Bei 1 Störung wurde nichts getan: schon verworfen von Lena Vorlage." in said


def test_all_of_a_kind_are_those_that_were_there_when_the_page_was_read(demo_app, clerk):
    for _n in range(25):
        given_up(demo_app, "digest")
    told(demo_app, Trouble("clock", "clock", "jumped"))
    first = clerk.get("/incidents?kind=message")
    assert "Nachrichten (25)" in words(first)
    assert first.text.count('type="checkbox"') == 20
    with demo_app.app_context(), clock.at(LOADED.replace(hour=13)), db.engine.begin() as connection:
        report(connection, [Trouble("message", "message:late", "OSError")])
    clerk.post("/incidents?kind=message", deed="discard", which="all", reason=REASON)
    assert run(demo_app, "SELECT kind, state, count(*) FROM incidents GROUP BY 1, 2 ORDER BY 1, 2") == [
        ("clock", "open", 1), ("message", "discarded", 25), ("message", "open", 1),
    ]  # fmt: skip
    assert "25 Störungen wurden verworfen." in words(clerk.get("/incidents"))


def test_long_lists_are_walked_page_by_page(demo_app, clerk):
    for _n in range(45):
        given_up(demo_app, "digest")
    path: str | None = "/incidents?kind=message"
    seen: list[str] = []
    while path:
        page = clerk.get(path).text
        seen += re.findall(r'name="incident" value="(\d+)"', page)
        further = re.search(r'href="([^"]+)" rel="next"', page)
        path = further[1].replace("&amp;", "&") if further else None
    assert len(seen) == len(set(seen)) == 45


def test_of_a_case_that_one_may_not_see_nothing_is_said(demo_app, clerk):
    ((case, title),) = run(demo_app, "SELECT id, title FROM cases WHERE id = (SELECT max(id) FROM cases)")
    run(demo_app, "DELETE FROM case_readers WHERE case_id = :c", c=case)
    ((due,),) = run(demo_app, "SELECT min(id) FROM due_dates")
    told(demo_app, Trouble("deadline", f"deadline:{due}", "KeyError", case_id=case, due_id=due))
    page = clerk.get("/incidents")
    assert "Eine Frist kann nicht überwacht werden." in words(page)
    assert "In einem Vorgang, den Sie nicht sehen dürfen." in words(page)
    assert title not in page.text
    assert f"/cases/{case}" not in page.text


def test_it_is_said_that_the_mail_server_does_not_want_us(demo_app, clerk):
    told(demo_app, Trouble("setting", refusals.SUBJECT, "policy"))
    said = words(clerk.get("/incidents"))
    assert "Der Mailserver lehnt die meisten unserer E-Mails ab: der Server will sie nicht." in said
    assert "E-Mails warten" in said


def test_mails_about_accounts_name_nobody_to_who_does_not_look_after_accounts(demo_app, clerk):
    resident = person(demo_app, "einwohnerin")
    given_up(demo_app, "account_notice", f'{{"person": {resident}, "notice": "password_changed"}}')
    told(demo_app, Trouble("setting", f"address:{resident}", "unknown", person_id=resident))
    told(demo_app, Trouble("setting", f"zone:{resident}", "UnknownZone", person_id=resident))
    said = words(clerk.get("/incidents"))
    assert "Eine E-Mail zu einem Konto konnte nicht verschickt werden." in said
    assert "mit der sich jemand anmelden könnte, kam nicht an: diese Adresse gibt es nicht." in said
    assert "Olena Modell" not in said
    chief = Visitor(demo_app, "stelle")
    page = chief.get("/incidents")
    assert "Eine E-Mail zum Konto von Olena Modell konnte nicht verschickt werden." in words(page)
    assert "message:" in page.text  # what those who run the site want to know
    assert f'href="/people/{resident}"' in page.text
    assert "flensburg.example" not in page.text
    assert "kam unter dieser Adresse nicht an" in words(chief.get(f"/people/{resident}"))
    assert "kam unter dieser Adresse nicht an" not in words(chief.get(f"/people/{person(demo_app, 'gremien')}"))


def test_what_was_let_be_leaves_the_page_of_mails(demo_app):
    number, chief = given_up(demo_app, "digest"), Visitor(demo_app, "stelle")
    assert "wurde nach 5 Versuchen aufgegeben" in words(chief.get("/mail"))
    assert 'href="/incidents?kind=message"' in chief.get("/mail").text
    chief.post("/incidents", deed="discard", incident=number, which="ticked", reason=REASON)
    assert "aufgegeben" not in words(chief.get("/mail"))


def test_what_cannot_be_pushed_is_said_to_go_on_by_itself(demo_app, clerk):
    told(demo_app, Trouble("job", "job:figures", "OSError"), Trouble("clock", "clock", "jumped"))
    said = words(clerk.get("/incidents"))
    assert "Eine Arbeit, die von selbst läuft, misslingt: für die Übersicht zählen." in said
    assert "Die Uhr eines Rechners ist gesprungen." in said
    clerk.post("/incidents", deed="retry", which="all")
    assert "Bei 2 Störungen wurde nichts getan: Hier hilft kein neuer Versuch" in words(clerk.get("/incidents"))
    assert states(demo_app) == ["open", "open"]


@pytest.mark.parametrize(("error", "waits"), [(watch.FORWARDS, True), (watch.APART, True), (watch.A_LITTLE, False)])
def test_people_read_whether_deadlines_wait_for_the_clock(demo_app, clerk, error, waits):
    told(demo_app, Trouble("clock", watch.SUBJECTS[error], error))
    said = words(clerk.get("/incidents"))
    assert ("ruhen Fristen und gesammelte E-Mails" in said) is waits
    assert ("Für Fristen gilt die Uhrzeit" in said) is not waits


def test_a_deadline_is_called_by_its_name(demo_app, clerk):
    sql = (
        "SELECT d.id, d.case_id FROM due_dates d JOIN case_readers r USING (case_id)"
        " WHERE d.status = 'running' AND r.principal = 'public' LIMIT 1"
    )
    ((due, case),) = run(demo_app, sql)
    told(demo_app, Trouble("deadline", f"deadline:{due}", "KeyError", case_id=case, due_id=due))
    assert re.search(r"Die Frist „[^“]+“ bis zum \d+\. \w+ \d{4} kann nicht überwacht", words(clerk.get("/incidents")))


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"deed": "retry", "which": "ticked"}, 422), ({"deed": "nonsense", "which": "ticked"}, 400),
        ({"deed": "retry", "which": "nonsense"}, 422), ({"deed": "retry", "which": "ticked", "until": "x"}, 400),
        ({"deed": "retry", "which": "all", "until": "2026-11-24"}, 400),
        ({"deed": "retry", "which": "ticked", "incident": ["x", "-1", "99999999999999999999"]}, 422),
        ({"deed": "retry", "which": "ticked", "incident": "4711"}, 302),
        ({"deed": "discard", "which": "all", "reason": "x" * 501}, 422),
    ],
)  # fmt: skip
def test_what_is_sent_askew_changes_nothing(demo_app, clerk, data, status):
    given_up(demo_app, "digest")
    assert clerk.post("/incidents", **data).status_code == status
    assert states(demo_app) == ["open"]


def test_a_page_costs_one_more_query_for_those_who_may_decide_and_none_for_others(demo_app):
    def asked(who: str) -> int:
        visitor = Visitor(demo_app, who)
        with demo_app.app_context(), statements_of(db.engine) as statements:
            visitor.get("/processes")
        return sum("incidents" in statement for statement, _values in statements)

    assert (asked("gremien"), asked("vorstand")) == (1, 0)


def test_in_english_too(demo_app, clerk):
    given_up(demo_app, "digest")
    clerk.client.post("/language", data={"language": "en", "csrf_token": clerk.token("/cases")})
    said = words(clerk.get("/incidents"))
    assert "A collected mail did not reach somebody. open It was given up after 5 attempts." in said
