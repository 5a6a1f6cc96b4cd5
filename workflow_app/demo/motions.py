"""Living examples of motions of the round table: one in each hand it passes through."""

from __future__ import annotations

from .story import Story

PARTS = {
    "round_table": "rt",
    "round_table_board": "rt-vorstand",
    "lead_department": "fb-ews",
    "council_office": "gremienbuero",
}


def tell(story: Story) -> None:
    """One waits for its statement, one is in consultation, one is being implemented."""
    drafted(story, 9, "Bänke mit Lehne an allen Haltestellen", "Alle Haltestellen bekommen eine Bank mit Lehne.")
    asked(story, 26, "Formulare in Leichter Sprache", "Die zehn häufigsten Formulare gibt es in Leichter Sprache.")
    routed(story, 75, "Sonntags in die Bibliothek", "Die Stadtbibliothek öffnet sonntags von 12 bis 17 Uhr.")
    implementing(story, 200, "Wegweiser im Rathaus mit Bildern", "Alle Wegweiser im Rathaus zeigen auch Bilder.")


def drafted(story: Story, days: int, title: str, demand: str) -> int:
    """A draft by a member; it began `days` ago."""
    return story.open(
        days, "motion", "vorstand", title, PARTS, demand=demand, reasons="Viele haben uns darum gebeten.",
        finance="cost", finance_note="Einmalig etwa 20.000 Euro.", signed_by="Vorstand des Runden Tisches",
    )  # fmt: skip


def asked(story: Story, days: int, title: str, demand: str) -> int:
    """A motion that waits for statements: one is there, one is still to come."""
    case = drafted(story, days, title, demand)
    story.do(
        days - 2, case, "resolve", "vorstand", on=story.day(days - 2), was_public=True, was_quorate=True, present=43,
        yes=31, no=2, abstained=4, minutes="Protokoll des Runden Tisches",
    )  # fmt: skip
    story.do(days - 3, case, "file", "vorstand", joint_movers=[], urgent=False)
    story.do(days - 6, case, "admit", "fachbereich")
    units = [story.ids["bibliothek"], story.ids["buergerbuero"]]
    story.do(days - 7, case, "request_statements", "fachbereich", asked=units, question="Was würde es kosten?")
    library, _office = story.children(case, "statement", "requested")
    story.do(
        days - 15, library, "give", "bibliothek", recommendation="adopt", text="Wir würden uns freuen.",
        finance_note="Eine halbe Stelle.",
    )  # fmt: skip
    return case


def routed(story: Story, days: int, title: str, demand: str) -> int:
    """A motion in consultation: the main committee has spoken, the council has it on its agenda."""
    case = asked(story, days, title, demand)
    (office,) = story.children(case, "statement", "requested")
    story.do(days - 20, office, "give", "buergerbuero", recommendation="no_recommendation", text="Keine Bedenken.")
    story.do(days - 21, case, "statements_complete", "fachbereich")
    bodies = [
        {"organization": story.ids["ha"], "role": "preliminary"},
        {"organization": story.ids["rv"], "role": "decision"},
    ]
    story.do(
        days - 23, case, "route", "gremien", paper=f"FA-{case}/{story.day(days)[:4]}", consultations=bodies,
        proposed_resolution=demand,
    )  # fmt: skip
    heard(story, days - 28, case, 0, "preliminaryDone", yes=9, no=1, abstained=1)
    story.do(days - 60, case, "schedule", "gremien", consultation=1, on=story.day(days - 85), agenda_item="Ö 7")
    return case


def heard(story: Story, days: int, case: int, at: int, word: str, **votes: int) -> None:
    """A body has it on its agenda and speaks, seven days later."""
    on = story.day(days - 7)
    story.do(days, case, "schedule", "gremien", consultation=at, on=on, agenda_item="Ö 5")
    spoken(story, days - 7, case, at, word, **votes)


def spoken(story: Story, days: int, case: int, at: int, word: str, **votes: int) -> None:
    """The item is called and voted on."""
    speaker = "Vorstand des Runden Tisches"
    story.do(days, case, "call_item", "gremien", consultation=at, was_quorate=True, present=11, speaker=speaker)
    story.do(days, case, "record_outcome", "gremien", consultation=at, outcome=word, on=story.day(days), **votes)


def implementing(story: Story, days: int, title: str, demand: str) -> int:
    """A motion that was adopted and answered; one task is done, one is running, one is due today."""
    case = routed(story, days, title, demand)
    spoken(story, days - 85, case, 1, "adopted", yes=34, no=5, abstained=2)
    story.do(days - 95, case, "note_minutes", "gremien", minutes_on=story.day(days - 95), minutes="RV, öffentlich")
    answer = "Die Ratsversammlung hat Ihren Antrag beschlossen. Der Fachbereich beginnt mit der Umsetzung."
    story.do(days - 100, case, "communicate", "gremien", answer=answer)
    tasks = [
        {"title": "Bilder auswählen", "owner": story.ids["buergerbuero"], "due_on": story.day(days - 150)},
        {"title": "Schilder anbringen", "owner": story.ids["buergerbuero"], "due_on": story.day(-20)},
        {"title": "Faltblatt zu den Bildern", "owner": story.ids["buergerbuero"], "due_on": story.day(0)},
    ]
    story.do(days - 110, case, "plan", "fachbereich", tasks=tasks, plan_note="Zuerst im Erdgeschoss.")
    pictures, signs, _leaflet = story.children(case, "task", "waiting")
    story.do(days - 140, pictures, "finish", "buergerbuero", note="Zwölf Bilder, mit dem Runden Tisch ausgesucht.")
    story.do(days - 180, signs, "note_progress", "buergerbuero", percent=40, text="Im Erdgeschoss hängen sie.")
    return case
