"""Living examples of what is in force: reports, a revision, red measures, and how concepts end."""

from __future__ import annotations

from . import examples, living
from .examples import Example
from .story import Story


def tell(story: Story) -> int:
    """Concepts that work, and some whose time is over; gives the Check Up that was opened in one of them."""
    replaced = put_in_force(story, 830, examples.ENCOUNTER, until=-900)
    started(story, replaced, 690, ends=-30)
    cohesion = put_in_force(story, 540, examples.COHESION, until=-1800, links=(("predecessor", replaced),))
    started(story, cohesion, 400, ends=-75)
    (check_up,) = story.do(
        380, cohesion, "open_check_up", "stelle", title="Check Up Nachbarschaft",
        guiding_question="Wie leben wir in unseren Vierteln gut zusammen?", office=story.ids["ko-int"],
        consultants=story.ids["beraterteam"],
    ).opened  # fmt: skip
    plain_report(story, replaced, 329)
    archived = put_in_force(story, 760, examples.BICYCLE, until=300)
    finished(story, archived)
    plain_report(story, archived, 258)
    expired = put_in_force(story, 690, examples.NIGHT, until=150)
    started(story, expired, 550, ends=-90)
    report_with_a_red_light(story, expired)
    story.sweep(39)
    story.do(38, archived, "archive", "stelle", note="Alles ist gebaut.")
    running_report(story, cohesion)
    revision_open_for_comment(story, cohesion)
    return check_up


def put_in_force(story: Story, days: int, example: Example, until: int, links: tuple[tuple[str, int], ...] = ()) -> int:
    """A concept from the council's decision to the day it comes into force; `until` is its last day, in days ago."""
    case = living.decided(story, days, example, "adopted", links, yes=33, no=5, abstained=2)
    begins = story.day(days - 130)
    story.do(
        days - 125, case, "publish", "stelle", published_on=story.day(days - 125), in_force_on=begins,
        period_from=begins, period_to=story.day(until), afterwards="ends", edition="Fassung 1",
    )  # fmt: skip
    story.sweep(days - 132)
    return case


def started(story: Story, case: int, days: int, ends: int) -> None:
    """Its adopted measures begin."""
    for measure in story.children(case, "measure", "adopted"):
        story.do(days, measure, "start", "stelle", starts_on=story.day(days), ends_on=story.day(ends))


def finished(story: Story, case: int) -> None:
    """What it wanted is done."""
    started(story, case, 620, ends=320)
    for measure in story.children(case, "measure", "running"):
        story.do(330, measure, "finish", "stelle", note="Die Strecke ist fertig.")
    story.sweep(299)


def plain_report(story: Story, case: int, days: int) -> None:
    """A report from its opening by the clock to its end; everything is on plan. A concept that has ended
    is reported on as long as there is something to report."""
    story.sweep(days)
    for report in story.children(case, "implementation_report", "opened"):
        story.do(days - 1, report, "ask", "stelle", cut_off=story.day(days + 5), answers_until=story.day(days - 28))
        for request in story.children(report, "status_request", "asked"):
            story.do(days - 10, request, "answer", "stelle", status="implemented", light="green",
                     text="Alles ist auf dem Weg oder fertig.", indicators=[])  # fmt: skip
        story.do(days - 30, report, "draft", "stelle", summary="Was beschlossen war, ist umgesetzt.")
        story.do(days - 33, report, "check", "fachbereich", check_note="Keine Abweichungen.")
        story.do(days - 40, report, "table", "fachbereich", body=story.ids["ha"], paper=f"HA-{report}",
                 meeting_on=story.day(days - 50))  # fmt: skip
        story.do(days - 50, report, "take_note", "gremien", noted_on=story.day(days - 50))
        story.do(days - 60, report, "publish", "stelle", published_on=story.day(days - 60))
        story.do(days - 61, report, "finish", "stelle")


def report_with_a_red_light(story: Story, case: int) -> None:
    """Its only report was published after it had ended; one measure is red and waits for its decision."""
    story.sweep(189)
    (report,) = story.children(case, "implementation_report", "opened")
    story.do(188, report, "ask", "stelle", cut_off=story.day(200), answers_until=story.day(165))
    green, red = story.children(report, "status_request", "asked")
    story.do(185, green, "answer", "stelle", status="running", light="green", text="Der Bus fährt, im Schnitt mit "
             "31 Fahrgästen.", indicators=[{"name": "Fahrgäste je Fahrt", "value": 31, "target": 25}])  # fmt: skip
    story.do(180, red, "answer", "stelle", status="stopped", light="red", text="Die Lampen sind nicht lieferbar.",
             obstacles="Es gibt nur einen Hersteller.", next_step="Neue Ausschreibung", indicators=[])  # fmt: skip
    story.do(164, report, "draft", "stelle", summary="Eine Maßnahme läuft gut, eine steht still.")
    story.do(160, report, "check", "fachbereich", check_note="Fahrgastzahlen mit den Verkehrsbetrieben abgeglichen.")
    story.do(150, report, "table", "fachbereich", body=story.ids["ha"], paper="HA-61", meeting_on=story.day(140))
    story.do(140, report, "take_note", "gremien", noted_on=story.day(140))
    story.do(60, report, "publish", "stelle", published_on=story.day(60))


def running_report(story: Story, case: int) -> None:
    """This year's report: one answer is accepted, one came in, one owner is late."""
    report = story.children(case, "implementation_report", "opened")[-1]
    story.do(37, report, "ask", "stelle", cut_off=story.day(45), answers_until=story.day(9))
    _late, library, table = story.children(report, "status_request", "asked")
    story.do(
        25, library, "answer", "bibliothek", status="running", light="green",
        text="Jede Woche lesen zwölf Ehrenamtliche vor.",
        indicators=[{"name": "Vorlesestunden im Monat", "value": 38, "target": 30}],
    )  # fmt: skip
    story.do(22, library, "accept", "stelle")
    story.do(
        12, table, "answer", "stelle", status="changed", light="yellow", partial_year=True,
        text="Der Kaffeetisch kommt nun alle zwei Monate.", obstacles="Es fehlen Räume im Norden.", indicators=[],
    )  # fmt: skip


def revision_open_for_comment(story: Story, case: int) -> None:
    """Two fields shall be added, and everyone may say what they think."""
    story.do(15, case, "open_revision", "stelle", reason="Zwei Handlungsfelder sollen hinzukommen.")
    (revision,) = story.children(case, "revision", "opened")
    story.do(10, revision, "open_round", "stelle", reach="extends", draft_published_on=story.day(10))
