"""The words of the invented examples: concepts that nobody has decided, proposals nobody has made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Proposal:
    """A measure as its group proposes it; `owner` is the key of an organization."""

    title: str
    goal: str
    description: str
    participants: str
    owner: str


@dataclass(frozen=True)
class Example:
    """A concept: its field of action with the guiding principle, what the group proposes there, and
    what a resident says to the draft (subject, text)."""

    title: str
    field: str
    principle: str
    proposals: tuple[Proposal, ...] = ()
    comment: tuple[str, str] = ("Danke für den Entwurf", "Gut lesbar. Bitte nennen Sie noch, wer ansprechbar ist.")


def _concept(
    title: str,
    field: str,
    principle: str,
    *proposals: tuple[str, str, str, str, str],
    comment: tuple[str, str] = ("", ""),
) -> Example:
    words = comment if any(comment) else Example.comment
    return Example(f"Konzept „{title}“", field, principle, tuple(Proposal(*told) for told in proposals), words)


AGEING = _concept("Altwerden in der Stadt", "Wohnen im Alter", "Wer alt wird, bleibt in seiner Nachbarschaft.")
LENDING = _concept("Leihen statt kaufen", "Teilen", "Wir nutzen gemeinsam, was wir selten brauchen.")
SHORT_WAYS = _concept("Stadt der kurzen Wege", "Wege", "Alle kommen zu Fuß zum Einkaufen.")
SPORT = _concept("Sport für alle", "Bewegung", "Alle können sich bewegen, wie es ihnen guttut.")
QUARTER = _concept(
    "Miteinander im Quartier", "Nachbarschaft", "Wir lernen einander kennen und helfen uns.",
    ("Nachbarschaftsfest mit vielen Sprachen", "Menschen im Quartier lernen sich kennen.",
     "Einmal im Jahr feiern die Häuser rund um den Park; Dolmetschende gehen von Tisch zu Tisch.",
     "Vereine, Schulen, Koordinierungsstelle", "buergerbuero"),
    ("Bücherschrank auf dem Südermarkt", "Alle finden etwas zu lesen, in ihrer Sprache.",
     "Ein wetterfester Schrank, in den jede und jeder Bücher stellt und aus dem man sie nimmt.",
     "Stadtbibliothek, Nachbarschaft", "bibliothek"),
)  # fmt: skip
DIGITAL = _concept(
    "Digital dabei", "Beratung", "Niemand bleibt draußen, weil ein Formular im Netz steht.",
    ("Sprechstunde am Bildschirm", "Alle können Anträge im Netz stellen.",
     "Zweimal in der Woche helfen Ehrenamtliche beim Ausfüllen.", "Stadtbibliothek, Bürgerbüro", "bibliothek"),
)  # fmt: skip
WELCOME = _concept(
    "Willkommen an der Förde", "Ankommen", "Wer neu ist, findet schnell Anschluss.",
    ("Stadtrundgang in sechs Sprachen", "Neue Einwohner*innen kennen die wichtigsten Orte.",
     "Jeden ersten Samstag im Monat, geführt von Menschen, die selbst einmal neu waren.",
     "Lots*innen, Bürgerbüro", "buergerbuero"),
    ("Willkommensmappe", "Das Wichtigste steht auf einem Blatt.",
     "Eine Mappe mit Adressen, Terminen und Ansprechpersonen, in einfacher Sprache.",
     "Bürgerbüro, Migrationsfachdienste", "buergerbuero"),
)  # fmt: skip
CULTURE = _concept(
    "Kultur öffnet Türen", "Kultur", "Bühnen und Museen sind für alle da.",
    ("Eintritt frei am Familiensonntag", "Familien gehen gemeinsam ins Museum.",
     "An einem Sonntag im Monat kostet der Eintritt nichts.", "Museen, Schulen", "bibliothek"),
)  # fmt: skip
LEARNING = _concept(
    "Lernen im Stadtteil", "Bildung", "Lernen geht überall und in jedem Alter.",
    ("Hausaufgabenhilfe im Treffpunkt", "Kinder schaffen ihre Aufgaben ohne Streit.",
     "An vier Nachmittagen helfen Studierende.", "Schulen, Hochschule", "bildungsko"),
)  # fmt: skip
HEALTH = _concept(
    "Gesund leben in Flensburg", "Gesundheit", "Gesund bleiben ist einfach, wenn die Stadt hilft.",
    ("Trinkwasserbrunnen in der Innenstadt", "Niemand muss im Sommer Durst haben.",
     "Fünf Brunnen an viel benutzten Wegen.", "Stadtwerke, Tiefbau", "buergerbuero"),
    ("Gesprächskreis pflegender Angehöriger", "Wer pflegt, ist nicht allein.",
     "Einmal im Monat, mit Betreuung für die Gepflegten.", "Pflegestützpunkt, Wohlfahrtsverbände", "ehrenamt"),
    comment=("Brunnen auch in Fruerlund", "Bei uns am Spielplatz gibt es im Sommer keinen Schatten und kein Wasser."),
)  # fmt: skip
PLAY = _concept(
    "Spielen und Bewegen", "Spielplätze", "Kinder finden in jedem Viertel einen Platz zum Spielen.",
    ("Spielplatz ohne Barrieren", "Alle Kinder können zusammen spielen.",
     "Ein Platz mit Geräten für Kinder im Rollstuhl.", "Kinderbeirat, Grünflächen", "buergerbuero"),
    comment=("Ein Platz für Jugendliche", "Für Kinder ist viel da. Wo treffen sich die Vierzehnjährigen?"),
)  # fmt: skip
LANGUAGE = _concept(
    "Sprache verbindet", "Sprache", "Wer spricht, gehört dazu.",
    ("Sprachcafé am Hafen", "Deutsch sprechen, ohne Prüfung und ohne Angst.",
     "Jeden Donnerstag Kaffee, Kuchen und Gespräche.", "Sprachkursträger, Ehrenamtliche", "ehrenamt"),
    comment=("Sprachcafé am Abend", "Wer arbeitet, kann nachmittags nicht kommen."),
)  # fmt: skip
WOMEN = _concept(
    "Frauen stärken", "Gleichstellung", "Frauen gehen ihren eigenen Weg.",
    ("Fahrradkurs für Frauen", "Frauen kommen selbst überall hin.",
     "Zehn Abende, auch für Anfängerinnen.", "Sportvereine, Polizei", "ehrenamt"),
    comment=("Kinderbetreuung beim Kurs", "Viele können nur kommen, wenn jemand auf die Kinder aufpasst."),
)  # fmt: skip
YOUNG = _concept(
    "Junge Stadt", "Jugend", "Jugendliche entscheiden mit.",
    ("Jugendetat in jedem Viertel", "Jugendliche verwirklichen eigene Ideen.",
     "Über 2.000 Euro im Jahr entscheiden sie selbst.", "Jugendzentren, Schulen", "bildungsko"),
    comment=("Mehr als 2.000 Euro", "Davon lässt sich kaum etwas bauen."),
)  # fmt: skip
MARKETS = _concept(
    "Märkte und Plätze", "Öffentlicher Raum", "Plätze laden zum Bleiben ein.",
    ("Abendmarkt im Sommer", "Nach der Arbeit trifft man sich auf dem Markt.",
     "Von Mai bis September einmal im Monat.", "Marktleute, Gastronomie", "buergerbuero"),
    comment=("Strom für die Stände", "Bitte keine Generatoren, die hört man bis in die Schlafzimmer."),
)  # fmt: skip
HOUSING = _concept(
    "Barrierefrei wohnen", "Wohnen", "Alle finden eine Wohnung, in die sie auch hineinkommen.",
    ("Wohnungsbörse für barrierefreie Wohnungen", "Wohnung und Mensch finden zueinander.",
     "Vermieter*innen melden frei werdende Wohnungen an einer Stelle.", "Genossenschaften, Behindertenbeirat",
     "buergerbuero"),
    comment=("Auch an Aufzüge denken", "Unsere Wohnung ist stufenlos, das Haus ist es nicht."),
)  # fmt: skip
WORK = _concept(
    "Gute Arbeit für alle", "Arbeit", "Was jemand kann, zählt.",
    ("Anerkennung begleiten", "Abschlüsse aus dem Ausland werden anerkannt.",
     "Lots*innen begleiten durch das Verfahren.", "Kammern, Jobcenter", "ehrenamt"),
    ("Praktikum auf Probe", "Betriebe und Menschen lernen sich kennen.",
     "Zwei Wochen, mit Begleitung durch die Kammern.", "Kammern, Betriebe", "bildungsko"),
    comment=("Anerkennung dauert zu lange", "Ich warte seit elf Monaten. Bitte nennen Sie eine Frist."),
)  # fmt: skip
VOLUNTEERS = _concept(
    "Ehrenamt leicht gemacht", "Ehrenamt", "Wer helfen will, findet einen Platz.",
    ("Ehrenamtskarte", "Ehrenamt wird gesehen und geschätzt.",
     "Ermäßigungen in Bädern, Museen und Bussen.", "Anlaufstelle, städtische Betriebe", "ehrenamt"),
    comment=("Ehrenamt stärken", "Bitte schreiben Sie auf, wer Ehrenamtliche berät."),
)  # fmt: skip
COHESION = _concept(
    "Zusammenhalt gestalten", "Zusammenhalt", "Wir sind verschieden und halten zusammen.",
    ("Haus der Begegnung", "Es gibt einen Ort, an dem alle willkommen sind.",
     "Ein offenes Haus mit Küche, Werkstatt und Saal.", "Runder Tisch, Vereine", "buergerbuero"),
    ("Lesepaten in acht Sprachen", "Kinder hören Geschichten in ihrer Sprache.",
     "Ehrenamtliche lesen in Kitas und in der Bibliothek vor.", "Stadtbibliothek, Kitas", "bibliothek"),
    ("Runder Kaffeetisch", "Nachbar*innen reden miteinander, bevor es Streit gibt.",
     "Jeden Monat in einem anderen Viertel.", "Vereine, Kirchen, Moscheen", "ehrenamt"),
    comment=("Ein Haus mit langen Zeiten", "Bitte auch am Wochenende öffnen."),
)  # fmt: skip
ENCOUNTER = _concept(
    "Begegnung", "Begegnung", "Wir begegnen einander mit Respekt.",
    ("Tag der offenen Tür aller Vereine", "Vereine und Menschen finden zueinander.",
     "An einem Sonntag im Mai.", "Vereine", "ehrenamt"),
    comment=("Auch kleine Vereine", "Nicht jeder Verein hat Räume. Ein gemeinsamer Platz wäre gut."),
)  # fmt: skip
NIGHT = _concept(
    "Sicher durch die Nacht", "Sicherheit", "Alle kommen nachts gut nach Hause.",
    ("Nachtbus am Wochenende", "Niemand muss nachts allein gehen.",
     "Freitags und samstags stündlich bis drei Uhr.", "Verkehrsbetriebe", "buergerbuero"),
    ("Helle Wege im Park", "Wege im Park sind auch abends beleuchtet.",
     "Lampen, die angehen, wenn jemand kommt.", "Tiefbau, Stadtwerke", "buergerbuero"),
    comment=("Bus bis Weiche", "Die letzte Haltestelle liegt zwei Kilometer vor dem Ziel."),
)  # fmt: skip
BICYCLE = _concept(
    "Fahrradstadt", "Radverkehr", "Mit dem Rad kommt man überall sicher hin.",
    ("Fahrradstraße an der Förde", "Räder haben Vorrang.",
     "Eine Strecke vom Bahnhof zum Hafen.", "Verkehrsplanung", "buergerbuero"),
    comment=("Platz für Lastenräder", "Die Bügel am Bahnhof sind zu eng."),
)  # fmt: skip
