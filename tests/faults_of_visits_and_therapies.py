"""Kinds of corruption of late follow-up, coded events, therapies, deaths and deviations."""

from spoilt import cell, fault, later, shifted

LABS, SIGNS, EVENTS, AFTER = "labs", "vital_signs", "adverse_events", "follow_up"
THERAPIES, DEVIATIONS = "concomitant_therapies", "protocol_deviations"


def _first(row):
    return row["VISIT"] == "F1"


def _sign(code, *visits):
    return lambda row: row["TEST"] == code and (not visits or row["VISIT"] in visits)


def _endless(row):
    return row["ENDDT"] == "" and row["ANTITUMOUR"] == "N"


def _line(row):
    return row["LINE"] == "1"


cell("a late visit out of its window", LABS, "LBDT", later("LBDT", 43), "LATE-WINDOW", where=_first)
cell("a late visit before the last cycle", LABS, "LBDT", later("LBDT", -150), "LATE-SIDE", where=_first)
cell("late visits with numbers exchanged", LABS, "VISIT", "F3", "LATE-ORDER", where=_first)


@fault("a patient without late follow-up", LABS, "LATE-NONE", found_in=AFTER)
def _(cut):
    subject = cut.pick(LABS, lambda row: row["VISIT"] == "F4")["SUBJID"]
    for table in (LABS, SIGNS):
        cut.keep(table, lambda row: row["SUBJID"] != subject or not row["VISIT"].startswith("F"))


cell("a weight in pounds", SIGNS, "UNIT", "lb", "VS-UNIT", where=_sign("WEIGHT"))
cell("a temperature in Fahrenheit", SIGNS, "VALUE", "98.6", "VS-IMPLAUSIBLE", where=_sign("TEMP"))
cell("a Karnofsky status between two steps", SIGNS, "VALUE", "85", "VS-STEP", where=_sign("KPS"))
cell("blood pressures exchanged", SIGNS, "VALUE", "190", "VS-PRESSURE", where=_sign("DIABP"))
cell("another Karnofsky status at baseline", SIGNS, "VALUE", "10", "VS-BASELINE", where=_sign("KPS", "T1"))
cell("a term without class", EVENTS, "SOC", "", "AE-CODED")
cell(
    "a term in two classes",
    EVENTS,
    "SOC",
    "Eye disorders",
    "AE-CLASSES",
    where=lambda row: row["PT"] == "Anemia",
)
cell("another version of the dictionary", EVENTS, "DICTVER", "MedDRA 26.1", "AE-VERSIONS")
cell(
    "an initial grade above the worst",
    EVENTS,
    "GRADEINI",
    "5",
    "AE-INITIAL",
    where=lambda row: row["GRADE"] != "5",
)


@fault("related to an isotope that was not given", EVENTS, "AE-ISOTOPE")
def _(cut):
    alone = {row["SUBJID"] for row in cut.rows("subjects") if row["ARM"] in {"A", "D"}}
    cut.pick(EVENTS, lambda row: row["SUBJID"] in alone)["RELY90"] = "Y"


cell(
    "related to an isotope, not to the treatment", EVENTS, "RELATED", "N", "AE-RELATION",
    where=lambda row: row["RELLU"] == "Y",
)  # fmt: skip
cell("a death without cause", AFTER, "DTHCAUSE", "", "FUP-CAUSE", where=lambda row: row["STATUS"] == "DEAD")
cell(
    "a death of toxicity without a fatal event", AFTER, "DTHCAUSE", "TOXICITY", "FUP-TOXIC",
    where=lambda row: row["STATUS"] == "DEAD",
)  # fmt: skip
cell("a therapy that ends before it starts", THERAPIES, "ENDDT", "1999-01-01", "CM-DATES")
cell("a therapy before birth", THERAPIES, "STARTDT", "1905-01-01", "CM-BIRTH")
cell("a line left out", THERAPIES, "LINE", "3", "CM-LINE", where=_line)


@fault("a first line on another day", THERAPIES, "CM-FOLLOWUP", found_in=AFTER)
def _(cut):
    row = cut.pick(THERAPIES, _line)
    row["STARTDT"] = shifted(row["STARTDT"], 9)


@fault("a therapy after death", THERAPIES, "FUP-AFTERDEATH")
def _(cut):
    died = cut.pick(AFTER, lambda row: row["DEATHDT"] != "" and cut.of(THERAPIES, row["SUBJID"]))
    cut.one(THERAPIES, died["SUBJID"])["STARTDT"] = shifted(died["DEATHDT"], 3)


@fault("a minor deviation that excludes", DEVIATIONS, "DEV-EXCLUDES")
def _(cut):
    cut.pick(DEVIATIONS).update(IMPORTANT="N", EXCLUDEPP="Y")


cell("a deviation years before randomisation", DEVIATIONS, "DVDT", later("DVDT", -1500), "DEV-EARLY")
cell("a transfusion without an end", THERAPIES, "CLASS", "TRANSFUSION", "CM-NOEND", where=_endless)
