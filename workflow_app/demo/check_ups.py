"""Living examples of Check Ups: one with its groups at work, one with its recommendations on their way."""

from __future__ import annotations

from typing import Any

from .story import Story

PARTS = {
    "office": "ko-int",
    "consultants": "beraterteam",
    "lead_department": "fb-ews",
    "council_office": "gremienbuero",
}
AT_WORK = (
    ("Wohnen", "fg-wohnen"),
    ("Sprache", "fg-sprache"),
    ("Teilhabe", "fg-teilhabe"),
    ("Engagement", "fg-engagement"),
    ("Akzeptanz", "fg-akzeptanz"),
)
VOTE: dict[str, Any] = {"how": "majority", "yes": 6, "no": 0, "abstained": 1}


def tell(story: Story, second: int) -> None:
    """The first one stands alone; the second one belongs to a concept and was opened there."""
    at_work(story)
    on_their_way(story, second)


# ---------------------------------------------------------------------- groups at work


def at_work(story: Story) -> None:
    """Five fields, each in another place."""
    case = story.open(
        50, "check_up", "stelle", "Check Up Ankommen", PARTS,
        guiding_question="Wie gelingt das Ankommen im Alltag?", reason="Ein Forum mit Neuzugewanderten.",
        taken_from="Nach dem Vorbild des Check Up Integration",
    )  # fmt: skip
    fields = formed(story, 45, case, closing=4, groups=AT_WORK)
    housing(story, fields["Wohnen"])
    language(story, fields["Sprache"])
    participation(story, fields["Teilhabe"], fields["Engagement"])
    story.do(30, fields["Akzeptanz"], "describe", "stelle", **facts("Akzeptanz"))
    for name in ("Wohnen", "Teilhabe", "Akzeptanz"):
        longer = {"until": story.day(-14), "note": "Die Gruppe wartet noch auf Zahlen."}
        story.do(5, fields[name], "extend_closing_date", "stelle", **longer)


def formed(story: Story, days: int, case: int, closing: int, groups: tuple[tuple[str, str], ...]) -> dict[str, int]:
    """The focus groups begin; gives the case of each field by its name."""
    fields = [{"no": no, "name": name, "group": story.ids[key]} for no, (name, key) in enumerate(groups, 1)]
    story.do(
        days, case, "form_groups", "stelle", started_on=story.day(days), closes_on=story.day(closing), fields=fields,
        focus_groups=[field["group"] for field in fields],
    )  # fmt: skip
    found = story.children(case, "status_analysis", "analysing")
    return {name: one for (name, _key), one in zip(groups, found, strict=True)}


def facts(field: str) -> dict[str, Any]:
    """An analysis as a group writes it."""
    return {
        "structures": f"Drei Vereine und zwei Ämter arbeiten im Feld {field}, bisher jeder für sich.",
        "offers": "Beratung an zwei Nachmittagen, ein offener Treff.",
        "needs": "Kurze Wege, Auskunft in mehreren Sprachen, Termine am Abend.",
        "gaps": [
            {"gap": "Wer neu ist, weiß nicht, wen sie oder er fragen kann", "source": "Gespräche im Treff"},
            {"gap": "Am Abend und am Wochenende ist niemand da", "source": "Umfrage der Gruppe"},
        ],
        "responsible": "Bürgerbüro, Migrationsfachdienste",
        "sources": "Elf Gespräche, eine Umfrage mit 64 Antworten",
    }


def recommend(story: Story, days: int, field: int, who: str, title: str, gap: int | None = None) -> int:
    """An idea of the group, from a gap."""
    (found,) = story.do(days, field, "recommend", who, title=title, gap=gap).opened
    return found


def written(story: Story, days: int, case: int, who: str, title: str, words: str) -> None:
    """The idea in full."""
    story.do(
        days, case, "draft", who, title=title, description=words, goal="Wer neu ist, findet schnell Anschluss.",
        participants="Bürgerbüro, Vereine, Lots*innen",
    )  # fmt: skip


def agreed(story: Story, days: int, case: int, who: str = "ag", **vote: Any) -> None:
    """The group agreed in a meeting."""
    story.do(days, case, "record_agreement", who, on=story.day(days), **VOTE | vote)


def checked(story: Story, days: int, field: int, name: str, who: str = "ag") -> None:
    """The facts of a field are agreed with an expert, and options named."""
    expert = story.ids["buergerbuero"]
    story.do(days, field, "describe", who, **facts(name))
    story.do(days - 2, field, "ask_experts", who, experts=[expert])
    story.do(days - 5, field, "confirm_facts", "buergerbuero", organization=expert, note="Stimmt so.")
    story.do(days - 6, field, "agree_facts", who)
    options = [{"option": "Eine Stelle, die alles weiß"}, {"option": "Lots*innen am Abend", "note": "braucht Räume"}]
    story.do(days - 8, field, "find_options", who, options=options)


def housing(story: Story, field: int) -> None:
    """One recommendation waits for a second hand, one to be written out, one for the office."""
    checked(story, 40, field, "Wohnen")
    story.do(31, field, "release_interim", "ag", edition="Zwischenstand", note="Die Zahlen zum Norden fehlen noch.")
    ready = recommend(story, 28, field, "ag2", "Wohnsprechstunde am Abend", gap=1)
    written(story, 27, ready, "ag2", "Wohnsprechstunde am Abend", "Einmal in der Woche bis 20 Uhr, mit Lots*innen.")
    agreed(story, 20, ready, yes=5, no=1, dissent="Ehrenamtliche dürfen nicht überlastet werden.")
    half = recommend(story, 18, field, "ag2", "Mappe „Gut wohnen“ in acht Sprachen", gap=0)
    written(story, 17, half, "ag2", "Mappe „Gut wohnen“ in acht Sprachen", "Alles Wichtige zum Mieten auf acht Seiten.")
    story.do(12, half, "agree", "ag2")
    recommend(story, 6, field, "ag2", "Patenschaften im Haus", gap=0)


def language(story: Story, field: int) -> None:
    """The group is late, and its closing date was not extended."""
    story.do(44, field, "describe", "ag-mobil", **facts("Sprache") | {"sources": None})


def participation(story: Story, field: int, other: int) -> None:
    """An expert is asked; another field was merged into this one."""
    recommend(story, 38, other, "stelle", "Ehrenamtstag der Vereine")
    story.do(35, other, "merge", "beratung", into=field, note="Beide Felder fragen dasselbe.")
    story.do(25, field, "describe", "vorstand", **facts("Teilhabe"))
    story.do(9, field, "ask_experts", "vorstand", experts=[story.ids["bibliothek"], story.ids["buergerbuero"]])


# ------------------------------------------------------- recommendations on their way


def on_their_way(story: Story, case: int) -> None:
    """The final report is there; recommendations wait in every hand they pass through."""
    fields = formed(
        story, 370, case, closing=310, groups=(("Nachbarschaft", "fg-wohnen"), ("Treffpunkte", "fg-sprache"))
    )
    field = fields["Nachbarschaft"]
    checked(story, 360, field, "Nachbarschaft")
    made = {title: _made(story, 345, field, title, words) for title, words in RECOMMENDED.items()}
    story.do(312, field, "hand_over", "ag", note="Alles ist abgestimmt.")
    story.do(305, case, "close_groups", "stelle", missing_note="Die Stelle fragt die Gruppe noch einmal.")
    one, two = made.pop("Straßenfest"), made.pop("Hoffest")
    story.do(
        300, case, "merge_recommendations", "beratung", recommendations=[one, two], title="Fest der Nachbarschaft",
        description="Ein Fest im Jahr für Straße und Hof.", goal="Menschen lernen sich kennen.",
        participants="Vereine, Hausgemeinschaften", note="Beide wollen dasselbe.",
    )  # fmt: skip
    parts = [{"title": "Bänke vor den Häusern", "description": "Zehn Bänke."},
             {"title": "Bänke am Spielplatz", "description": "Vier Bänke."}]  # fmt: skip
    story.do(298, made.pop("Bänke"), "split_up", "beratung", parts=parts, note="Zwei Ämter sind zuständig.")
    (*_merged, fest, houses, playground) = story.children(case, "recommendation", "agreed")
    for days, each, owner in ((292, fest, []), (291, houses, ["buergerbuero"]), (290, playground, ["buergerbuero"])):
        cost(story, days, each, "none" if each == fest else "money", *owner)
    for days, title in enumerate(made, start=280):
        cost(story, days, made[title], *COSTS[title])
    story.do(275, case, "publish_report", "stelle", summary="Vieles ist da, aber wenige wissen davon.",
             published_on=story.day(275))  # fmt: skip
    done_at_once(story, made)
    for days, title in ((150, "Nachbarschaftsbus"), (140, "Vorlesen im Park"), (120, "Offene Werkstatt"),
                        (110, "Haus der Vereine")):  # fmt: skip
        proposed(story, days, made[title])
    story.do(80, case, "report_progress", "stelle", text="Eine Empfehlung ist umgesetzt, vier sind in den Gremien.")
    decided(story, made)
    proposed(story, 30, houses)
    a_running_measure(story, made["Vorlesen im Park"])


RECOMMENDED = {
    "Straßenfest": "Einmal im Jahr ein Fest in jeder Straße.",
    "Hoffest": "Einmal im Jahr ein Fest im Hof.",
    "Bänke": "Mehr Bänke im Viertel.",
    "Schwarzes Brett am Markt": "Ein Brett für Gesuche und Einladungen.",
    "Offene Werkstatt": "Ein Raum mit Werkzeug für alle.",
    "Kiosk der Talente": "Wer etwas kann, zeigt es anderen.",
    "Nachbarschaftsbus": "Ein Kleinbus, den Ehrenamtliche fahren.",
    "Vorlesen im Park": "Im Sommer jeden Sonntag.",
    "Haus der Vereine": "Ein Haus, das sich Vereine teilen.",
}
COSTS = {
    "Schwarzes Brett am Markt": ("none", "buergerbuero"),
    "Offene Werkstatt": ("money", "buergerbuero"),
    "Kiosk der Talente": ("staff", "ehrenamt"),
    "Nachbarschaftsbus": ("money", "buergerbuero"),
    "Vorlesen im Park": ("money", "bibliothek"),
    "Haus der Vereine": ("money", "buergerbuero"),
}


def _made(story: Story, days: int, field: int, title: str, words: str) -> int:
    """A recommendation its group agreed on."""
    case = recommend(story, days, field, "ag2", title, gap=0)
    written(story, days - 3, case, "ag2", title, words)
    agreed(story, days - 15, case)
    return case


def cost(story: Story, days: int, case: int, kind: str, *owner: str) -> None:
    """The consultants say who does it and what it costs."""
    note = None if kind == "none" else "Etwa 5.000 Euro im Jahr."
    units = [story.ids[key] for key in owner]
    story.do(days, case, "consolidate", "beratung", owner=units, cost=kind, cost_note=note)


def proposed(story: Story, days: int, case: int) -> None:
    """On its way to the main committee and the council."""
    bodies = [
        {"organization": story.ids["ha"], "role": "preliminary"},
        {"organization": story.ids["rv"], "role": "decision"},
    ]
    paper = f"FA-{case}/{story.day(days)[:4]}"
    story.do(days, case, "propose", "fachbereich", paper=paper, consultations=bodies)
    said(story, days - 12, case, 0, "preliminaryDone", yes=9, no=1, abstained=1)


def said(story: Story, days: int, case: int, at: int, word: str, **more: Any) -> None:
    """A body has dealt with it."""
    story.do(days, case, "record_outcome", "gremien", consultation=at, outcome=word, on=story.day(days), **more)


def done_at_once(story: Story, made: dict[str, int]) -> None:
    """One that cost nothing is there already, one was not needed."""
    board = made["Schwarzes Brett am Markt"]
    story.do(260, board, "take_on", "fachbereich", note="Das Bürgerbüro hängt es auf.")
    story.do(240, board, "finish", "buergerbuero", note="Es hängt am Rathaus und wird viel benutzt.")
    story.do(220, made["Kiosk der Talente"], "drop", "fachbereich", note="Das gibt es schon in der Volkshochschule.")


def decided(story: Story, made: dict[str, int]) -> None:
    """Adopted, adopted with another wording, postponed, not adopted."""
    said(story, 75, made["Vorlesen im Park"], 1, "adopted", yes=39, no=0, abstained=1)
    said(story, 60, made["Offene Werkstatt"], 1, "postponed", postponed_to=story.day(-30))
    said(story, 45, made["Nachbarschaftsbus"], 1, "adoptedWithChanges", yes=25, no=13, abstained=2,
         changed_text="Statt eines Busses ein Fahrdienst mit vorhandenen Wagen.",
         description="Ein Fahrdienst mit vorhandenen Wagen.")  # fmt: skip
    said(story, 40, made["Haus der Vereine"], 1, "rejected", yes=12, no=27, abstained=1)


def a_running_measure(story: Story, case: int) -> None:
    """What was recommended has become a measure, and it has begun."""
    (measure,) = story.do(
        20, case, "become_measure", "bibliothek", title="Vorlesen im Park", field_of_action="Nachbarschaft",
        goal="Wer neu ist, findet schnell Anschluss.", description=RECOMMENDED["Vorlesen im Park"],
        participants="Stadtbibliothek, Ehrenamtliche",
    ).opened  # fmt: skip
    story.do(15, measure, "start", "bibliothek", starts_on=story.day(15))
    story.do(5, measure, "note_status", "bibliothek", status="running", light="green",
             text="Zwölf Ehrenamtliche haben zugesagt.", indicators=[])  # fmt: skip
