"""Every rule with a numeric bound, with a case on either side of it: the last value that passes, the first found."""

from collections.abc import Callable
from typing import Any

import pytest

from duonen_stats.raw.checks.check import CROSS_RULES

Prepare = Callable[[Any, Any, Any], None]
BOUNDS: list[tuple[str, Any, Any, Prepare]] = []
"""Rule, value inside its bound, value beyond it, and what puts the value into the cut."""


def bound(rule: str, *values: tuple[Any, Any]) -> Callable[[Prepare], Prepare]:
    def add(prepare: Prepare) -> Prepare:
        BOUNDS.extend((rule, inside, beyond, prepare) for inside, beyond in values)
        return prepare

    return add


def cell(rule: str, table: str, column: str, *values: tuple[Any, Any], **where: str) -> None:
    """A bound of one cell; a whole number stands for the day, as does ``None`` for an empty cell."""

    def prepare(worked: Any, on: Any, value: Any) -> None:
        text = on(value) if isinstance(value, int) else value
        worked.change(table, where or {"SUBJID": "P-1"}, **{column: text})

    BOUNDS.extend((rule, inside, beyond, prepare) for inside, beyond in values)


P1, P2 = {"SUBJID": "P-1"}, {"SUBJID": "P-2"}
FIRST, SECOND = {"CYCLE": "T1"}, {"CYCLE": "T2"}
V1, V2, T1 = ({**P1, "VISIT": visit} for visit in ("V1", "V2", "T1"))

# Dates: the day itself, and a day beyond it
cell("CUT-DATE", "follow_up", "LASTDT", (400, 401))
cell("PAT-EARLY", "subjects", "RANDDT", ("2022-01-01", "2021-12-31"))
cell("PAT-DELAY", "subjects", "RANDDT", (-28, -29))
cell("TRT-ORDER", "administrations", "EXDT", (1, 0), **P2, **SECOND)
cell("TRT-SPACING", "administrations", "EXDT", (42, 41), (70, 71), **P2, **SECOND)
cell("TRT-EARLY", "subjects", "RANDDT", (0, 1))
cell("LAB-SIDE", "labs", "LBDT", (0, 1), **T1)
cell("LAB-SIDE", "labs", "LBDT", (1, 0), **V1)
cell("LAB-WINDOW", "labs", "LBDT", (-28, -29), **T1)
cell("LAB-WINDOW", "labs", "LBDT", (7, 6), (28, 29), **V1)
cell("LAB-TIME", "labs", "LBTM", ("00:00", "24:00"), ("23:59", "23:60"), **V1)
cell("LAB-ORDER", "labs", "LBDT", (-2, -3), **V1)
cell("AE-DATES", "adverse_events", "ENDDT", (3, 2))
cell("AE-EARLY", "adverse_events", "STARTDT", (0, -1))
cell("DSP-DATE", "disposition", "DSDT", (56, 55), **P2)
cell("FUP-BEHIND", "follow_up", "LASTDT", (70, 69), **P2)
cell("FUP-STALE", "follow_up", "LASTDT", (220, 219))
cell("FUP-DURING", "follow_up", "NEWTRTDT", (56, 55), **P2)
cell("FUP-NEWTREATMENT", "follow_up", "NEWTRTDT", (-20, -21), **P2)
cell("TUM-BASEWINDOW", "tumour_assessments", "ASSESSDT", (-28, -29))
cell("TUM-NOBASELINE", "tumour_assessments", "ASSESSDT", (0, 1))


@bound("AE-ARM", (4, 5))
@bound("AE-CENTRE", (4, 5))
def _treated_without_event(worked, on, number):
    for place in range(number):
        subject = f"P-{place + 11}"
        worked.add("subjects", SUBJID=subject, SITEID="02", ARM="C", RANDDT=on(-20))
        worked.add(
            "administrations", SUBJID=subject, CYCLE="T1", EXDT=on(0), LU177_MBQ="3700", Y90_MBQ="1850"
        )


@bound("FUP-LAST", (390, 389))
@bound("FUP-LASTDEATH", (390, 391))
@bound("FUP-POSTMORTEM", (182, 181))  # the last blood sample is of day 182
@bound("FUP-AFTERDEATH", (224, 223))  # treatment ended on day 224
def _death(worked, on, day):
    worked.change("follow_up", P1, STATUS="DEAD", DEATHDT=on(day))


@bound("DSP-CYCLES", (237, 238))  # ten weeks after the fourth cycle, on day 168
def _completed(worked, on, cut):
    worked.change("disposition", P1, STATUS="ONGOING")
    worked.change("data_cut", {}, CUTDT=on(cut))


@bound("DSP-STALE", (196, 197))  # twice ten weeks after the second cycle, on day 56
def _ongoing(worked, on, cut):
    worked.change("disposition", P2, STATUS="ONGOING", REASON="")
    worked.change("data_cut", {}, CUTDT=on(cut))


@bound("TRT-AFTERPD", (56, 55))
def _progression(worked, on, day):
    worked.add("tumour_assessments", **P2, ASSESSDT=on(day), SUMDIAM="120", RESPONSE="PD", NEWLESION="N")


@bound("AE-TREATED", (56, 55))
def _ended_by_event(worked, on, day):
    worked.change("adverse_events", P2, STARTDT=on(day), ENDDT=on(90), ACTION="DISCONTINUED")


@bound("TUM-GAP", (157, 158))  # 182 days after the one of day -25
@bound("TUM-ORDER", (-25, -26))
def _another_assessment(worked, on, day):
    worked.add("tumour_assessments", **P1, ASSESSDT=on(day), SUMDIAM="80", RESPONSE="SD", NEWLESION="N")


@bound("DUP-NEAR", (17, 16))
def _sample_again(worked, on, day):
    worked.add("labs", **{**worked.one("labs", **V1, ANALYTE="HGB"), "LBDT": on(day)})


@bound("DUP-NEAR", (-22, -23))
def _scan_again(worked, on, day):
    worked.add("tumour_assessments", **{**worked.one("tumour_assessments", **P2), "ASSESSDT": on(day)})


@bound(
    "DUP-EVENT",
    (("Nausea", 6), ("Nausea", 5)),
    (("Nausae", 6), ("Nausae", 5)),
    (("Nauxxa", 4), ("Nauxea", 4)),
)
def _event_again(worked, on, value):
    term, day = value
    again = {"AESEQ": "2", "TERM": term, "STARTDT": on(day), "ENDDT": on(9)}
    worked.add("adverse_events", **{**worked.one("adverse_events", **P1), **again})


# Sizes of tumours
@bound("TUM-RESPONSE", (("80", "95.9", "SD"), ("80", "96", "SD")), (("80", "56", "PR"), ("80", "56.1", "PR")))
@bound("TUM-RESPONSE", (("80", "56.1", "SD"), ("80", "56", "SD")), (("20", "24.9", "PR"), ("20", "25", "PR")))
def _response(worked, on, value):
    smallest, size, response = value
    if smallest != "80":
        worked.add(
            "tumour_assessments", **P1, ASSESSDT=on(40), SUMDIAM=smallest, RESPONSE="PR", NEWLESION="N"
        )
    worked.add("tumour_assessments", **P1, ASSESSDT=on(80), SUMDIAM=size, RESPONSE=response, NEWLESION="N")


# Laboratory values
_PLAUSIBLE = {
    "HGB": ("3", "2.99", "25", "25.01"),
    "PLAT": ("1", "0.9", "1500", "1501"),
    "WBC": ("0.1", "0.09", "100", "100.1"),
    "NEUT": ("0", "-0.1", "80", "80.1"),
    "LYMPH": ("0", "-0.1", "60", "60.1"),
    "CREAT": ("0.1", "0.09", "15", "15.1"),
    "EGFR": ("1", "0.9", "220", "221"),
    "ALT": ("1", "0.9", "5000", "5001"),
    "AST": ("1", "0.9", "5000", "5001"),
    "BILI": ("0.02", "0.019", "40", "40.1"),
}
for _code, (_low, _below, _high, _above) in _PLAUSIBLE.items():
    cell("LAB-IMPLAUSIBLE", "labs", "VALUE", (_low, _below), (_high, _above), **V2, ANALYTE=_code)


@bound("LAB-IMPLAUSIBLE", ("RETIC 0", "RETIC -0.1"), ("RETIC 800", "RETIC 801"))
@bound("LAB-IMPLAUSIBLE", ("BLAST 0", "BLAST -0.1"), ("BLAST 100", "BLAST 100.1"))
def _further_analyte(worked, on, value):
    analyte, number = value.split()
    unit = worked.study.analyte(analyte).unit
    worked.add("labs", **P1, VISIT="V2", LBDT=on(70), ANALYTE=analyte, VALUE=number, UNIT=unit)


_LIMITS = {
    ("HGB", "LLN"): ("9", "8.99", "16", "16.1"),
    ("HGB", "ULN"): ("13", "12.99", "22", "22.1"),
    ("PLAT", "LLN"): ("80", "79", "250", "251"),
    ("PLAT", "ULN"): ("250", "249", "700", "701"),
    ("WBC", "LLN"): ("2", "1.99", "6", "6.1"),
    ("WBC", "ULN"): ("6", "5.99", "20", "20.1"),
    ("NEUT", "LLN"): ("0.8", "0.79", "4", "4.1"),
    ("NEUT", "ULN"): ("4", "3.99", "12", "12.1"),
    ("LYMPH", "LLN"): ("0.4", "0.39", "2.5", "2.51"),
    ("LYMPH", "ULN"): ("2.5", "2.49", "9", "9.1"),
    ("CREAT", "LLN"): ("0", None, "1.2", "1.21"),
    ("CREAT", "ULN"): ("0.6", "0.59", "2", "2.01"),
    ("EGFR", "LLN"): ("30", "29.9", "130", "131"),
    ("EGFR", "ULN"): ("80", "79.9", "250", "251"),
    ("ALT", "LLN"): ("0", None, "20", "20.1"),
    ("ALT", "ULN"): ("15", "14.9", "130", "131"),
    ("AST", "LLN"): ("0", None, "25", "25.1"),
    ("AST", "ULN"): ("15", "14.9", "130", "131"),
    ("BILI", "LLN"): ("0", None, "0.6", "0.61"),
    ("BILI", "ULN"): ("0.6", "0.59", "3", "3.01"),
    ("RETIC", "LLN"): ("10", "9.9", "60", "60.1"),
    ("RETIC", "ULN"): ("60", "59.9", "250", "251"),
    ("BLAST", "ULN"): ("0", None, "5", "5.1"),
}
for (_code, _limit), (_low, _below, _high, _above) in _LIMITS.items():
    for _inside, _beyond in ((_low, _below), (_high, _above)):
        if _beyond is not None:

            @bound("LAB-LIMITUNIT", (f"{_code} {_limit} {_inside}", f"{_code} {_limit} {_beyond}"))
            def _limit_of_a_value(worked, _, value):
                analyte, limit, number = value.split()
                other = "ULN" if limit == "LLN" else "LLN"
                if not worked.rows("labs", ANALYTE=analyte):  # it need not be measured
                    row = worked.one("labs", **V2, ANALYTE="HGB")
                    unit = worked.study.analyte(analyte).unit
                    worked.add("labs", **{**row, "ANALYTE": analyte, "VALUE": "1", "UNIT": unit})
                worked.change("labs", {**V2, "ANALYTE": analyte}, **{limit: number, other: ""})

            @bound("RANGE-LIMITUNIT", (f"{_code} {_limit} {_inside}", f"{_code} {_limit} {_beyond}"))
            def _limit_of_a_range(worked, _, value):
                analyte, limit, number = value.split()
                unit = worked.study.analyte(analyte).unit
                worked.add("reference_ranges", LABORATORY="L9", ANALYTE=analyte, UNIT=unit, **{limit: number})


cell("LAB-LIMITS", "labs", "LLN", ("15.99", "16"), **V1, ANALYTE="HGB")
cell("LAB-DIFFERENTIAL", "labs", "VALUE", ("2.51", "2.52"), **V1, ANALYTE="LYMPH")
cell("LAB-OTHERUNIT", "labs", "VALUE", ("251", "250"), ("29", "30"), **V2, ANALYTE="HGB")  # g/L for g/dL
cell("LAB-JUMP", "labs", "VALUE", ("18.1", "18.3"), ("9.3", "9.2"), **V2, ANALYTE="HGB")  # 1.4-fold of 13

_ELIGIBLE = {"HGB": ("9.1", "9.0"), "WBC": ("3.01", "3"), "PLAT": ("101", "100"), "ALT": ("119.9", "120")}
_ELIGIBLE |= {"AST": ("119.9", "120"), "BILI": ("3.59", "3.6")}
for _code, _values in _ELIGIBLE.items():
    cell("PAT-ELIGIBLE", "labs", "VALUE", _values, **T1, ANALYTE=_code)
cell("PAT-ELIGIBLE", "subjects", "KPS", ("60", "59"))
cell("PAT-ELIGIBLE", "subjects", "KI67", ("20", "20.1"))


@bound("PAT-ELIGIBLE", (("1.357", "40"), ("1.358", "40")), (("1.5", "45.1"), ("1.5", "45")))
def _renal(worked, _, value):
    for code, text in zip(("CREAT", "EGFR"), value, strict=True):  # 120 µmol/L are 1.3572 mg/dL
        worked.change("labs", {**T1, "ANALYTE": code}, VALUE=text)


_STOPPING = {"CREAT": ("1.696", "1.697"), "EGFR": ("30", "29.9"), "HGB": ("8", "7.9"), "WBC": ("3", "2.99")}
_STOPPING |= {"NEUT": ("1", "0.99"), "PLAT": ("80", "79.9"), "ALT": ("120", "120.1"), "AST": ("120", "120.1")}
_STOPPING |= {"BILI": ("3.6", "3.61")}  # 3 times 1.2: 3.5999999999999996 in binary arithmetic
for _code, _values in _STOPPING.items():
    cell("TRT-CONTINUED", "labs", "VALUE", _values, **V2, ANALYTE=_code)


@bound("LAB-JUMP", (1.98, 2.02))
def _jump_by_spread(worked, _, fold):
    """Spread decides: values so far off 25 on either side that 7 robust deviations are 2-fold of the median."""
    off = 2 ** (1 / 7 / 1.4826)
    for place, row in enumerate(worked.rows("labs", ANALYTE="ALT")):
        row["VALUE"] = f"{25 * (off if place % 2 else 1 / off):.9f}"
    for visit in ("T1", "V1"):  # the median of the patient stays 25
        worked.change("labs", {**P1, "VISIT": visit, "ANALYTE": "ALT"}, VALUE="25")
    worked.change("labs", {**V2, "ANALYTE": "ALT"}, VALUE=f"{25 * fold:.9f}")


@bound("LAB-JUMP", (2, 3))
def _history(worked, _, values):
    """A patient with so many values, the last of them far below the others: two are no history, three are."""
    for visit in ("V4", "T4", "V3", "T3", "V2", "T2", "V1", "T1")[: 8 - values]:
        worked.drop("labs", **P1, VISIT=visit, ANALYTE="HGB")
    worked.change("labs", {**P1, "VISIT": "V1" if values == 2 else "T2", "ANALYTE": "HGB"}, VALUE="5")


@bound("RANGE-LIMITS", ("15.99", "16"))
@bound("RANGE-DIFFERS", ("12.00000001", "12.0000001"))
def _range(worked, _, low):
    worked.add("reference_ranges", LABORATORY="L1", ANALYTE="HGB", LLN=low, ULN="16", UNIT="g/dL")


@bound("RANGE-SEVERAL", (1, 2))
def _ranges(worked, _, number):
    for _ in range(number):
        worked.add("reference_ranges", LABORATORY="L1", ANALYTE="HGB", LLN="12", ULN="16", UNIT="g/dL")
        worked.tables["reference_ranges"][-1]["LLN"] = f"{12 - len(worked.tables['reference_ranges'])}"
    worked.change("labs", {**V1, "ANALYTE": "HGB"}, LLN="")


@bound("DUP-LABS", (4, 5))
def _equal_values(worked, _, number):
    """Two blood samples with so many values each, all the same."""
    kept = ["HGB", "WBC", "NEUT", "LYMPH", "CREAT"][:number]
    for visit in ("V1", "V2"):
        for row in worked.rows("labs", **P1, VISIT=visit):
            if row["ANALYTE"] not in kept:
                worked.tables["labs"].remove(row)


# Doses and activities
def _dose(worked, organ, doses):
    for cycle, dose in doses.items():
        worked.change("dosimetry", {**P1, "CYCLE": cycle, "ORGAN": organ}, DOSE_GY=dose)


@bound("DOS-CYCLELIMIT", ("0.5", "0.50001"))
def _marrow_of_a_cycle(worked, _, dose):
    _dose(worked, "MARROW", {"T1": dose})


@bound("DOS-LIMIT", (("KIDNEY", "5.75"), ("KIDNEY", "5.7501")), (("MARROW", "0.5"), ("MARROW", "0.5001")))
def _organ_in_all(worked, _, value):
    _dose(worked, value[0], dict.fromkeys(("T1", "T2", "T3", "T4"), value[1]))


@bound("DOS-CONTINUED", (("KIDNEY", "23", "0"), ("KIDNEY", "23", "0.001")))
@bound("DOS-CONTINUED", (("MARROW", "2", "0"), ("MARROW", "2", "0.001")))
def _organ_before_the_last_cycle(worked, _, value):
    organ, first, second = value
    _dose(worked, organ, {"T1": first, "T2": second, "T3": "0", "T4": "9"})


@bound("DOS-JUMP", ("4.99", "5.01"), ("1.26", "1.24"))
def _dose_of_a_cycle(worked, _, dose):
    _dose(worked, "KIDNEY", {"T2": dose})


@bound("DOS-OUTLIER", ("24.9", "25.1"), ("0.251", "0.249"))
def _dose_of_a_patient(worked, _, dose):
    """Of nine patients-cycles of 7400 MBq with 2.5 Gy one has another dose."""
    worked.change("administrations", P2, LU177_MBQ="7400")
    _dose(worked, "KIDNEY", {"T2": dose})


@bound("DUP-DOSES", ("2.5", "2.51"))
def _digits(worked, _, dose):
    _dose(worked, "KIDNEY", {"T1": dose, "T2": dose})
    _dose(worked, "MARROW", dict.fromkeys(("T1", "T2"), "0.112" if dose == "2.51" else "0.11"))


cell("TRT-UNIT", "administrations", "LU177_MBQ", ("300", "299.9"), ("30000", "30001"), **P1, **SECOND)
cell("TRT-UNIT", "administrations", "Y90_MBQ", ("100", "99.9"), ("20000", "20001"), **P2, **SECOND)


@bound(
    "DOS-UNIT",
    # 7.4 GBq of 177Lu
    (("P-1", "KIDNEY", "LU177", "0.148"), ("P-1", "KIDNEY", "LU177", "0.1479")),
    (("P-1", "KIDNEY", "LU177", "59.2"), ("P-1", "KIDNEY", "LU177", "59.3")),
    (("P-1", "MARROW", "LU177", "0.0037"), ("P-1", "MARROW", "LU177", "0.00369")),
    (("P-1", "MARROW", "LU177", "2.22"), ("P-1", "MARROW", "LU177", "2.23")),
    # 1.85 GBq of 90Y
    (("P-2", "KIDNEY", "Y90", "0.185"), ("P-2", "KIDNEY", "Y90", "0.184")),
    (("P-2", "KIDNEY", "Y90", "74"), ("P-2", "KIDNEY", "Y90", "74.1")),
    (("P-2", "MARROW", "Y90", "0.00555"), ("P-2", "MARROW", "Y90", "0.0055")),
    (("P-2", "MARROW", "Y90", "2.775"), ("P-2", "MARROW", "Y90", "2.78")),
)
def _dose_for_its_activity(worked, _, value):
    patient, organ, isotope, dose = value
    worked.change(
        "dosimetry", {"SUBJID": patient, "ORGAN": organ, "ISOTOPE": isotope, **SECOND}, DOSE_GY=dose
    )


cell("TRT-STEP", "administrations", "Y90_MBQ", ("185.1", "184.9"), ("18499", "18501"), **P2, **SECOND)
cell("TRT-ACTIVITY", "administrations", "LU177_MBQ", ("4070", "4070.1"), ("3330", "3329.9"), **P2, **SECOND)
cell("TRT-ACTIVITY", "administrations", "Y90_MBQ", ("2035", "2035.1"), ("1665", "1664.9"), **P2, **FIRST)
cell("TRT-SET", "administrations", "Y90_SET_MBQ", ("1681.9", "1681.8"), ("2055.5", "2055.6"), **P2, **SECOND)
cell("TRT-UNEXPLAINED", "administrations", "Y90_MBQ", ("2035", "2035.1"), ("1665", "1664.9"), **P2, **SECOND)


@bound("TRT-DIRECTION", (("INCREASE", "1665"), ("INCREASE", "1664.9")))
@bound("TRT-DIRECTION", (("REDUCTION", "2035"), ("REDUCTION", "2035.1")))
def _direction(worked, _, value):
    worked.change("administrations", {**P2, **SECOND}, REASON=f"DOSIMETRY_{value[0]}", Y90_MBQ=value[1])


# Patients and their events
cell("PAT-KI67", "subjects", "KI67", ("3", "2.9"))


@bound("PAT-KI67", ("2.9", "3"))
def _first_grade(worked, _, index):
    worked.change("subjects", P1, GRADE="G1", KI67=index)


@bound("DUP-PATIENT", ("62", "61"))
def _same_person(worked, _, age):
    worked.add("subjects", **{**worked.one("subjects", **P1), "SUBJID": "Q-7", "AGE": age})


@bound("PAT-MANY", (("A", 22), ("A", 23)), (("ABCD", 90), ("", 91)))
def _patients(worked, _, value):
    """Arms as evenly filled as planned; the last of 93 has no arm, so that only the trial is over its number."""
    arms, number = value
    full = "A" * 22 + "B" * 22 + "C" * 23 + "D" * 23
    added = "A" * number if arms == "A" else full + "?" * (number - len(full))
    for place, arm in enumerate(added):
        row = {**worked.one("subjects", **P1), "SUBJID": f"Q-{place}", "ARM": arm.replace("?", "")}
        worked.add("subjects", **row)


@bound("PAT-CENTRES", (4, 5))
def _centres(worked, _, number):
    for place in range(1, number):
        worked.add(
            "subjects", **{**worked.one("subjects", **P1), "SUBJID": f"Q-{place}", "SITEID": f"1{place}"}
        )


@bound("PAT-MONTHS", ((5, "15.1"), (5, "15")), ((4, "9"), (5, "9")))
def _since_diagnosis(worked, _, value):
    """So many patients of one centre, the longest of their times in months."""
    number, longest = value
    row = worked.one("subjects", **P1)
    worked.tables["subjects"] = [
        {**row, "SUBJID": f"Q-{place}", "DXDUR": longest if place else "1"} for place in range(number)
    ]


@bound("PAT-SITE", (7, 8))
def _centre_of_an_identifier(worked, _, matching):
    """Two do not begin with their centre: they are found if 8 of 10 do, and not if 7 of 9 do."""
    for place in range(matching):
        worked.add("subjects", SUBJID=f"01-{place}", SITEID="01")


@bound("AE-GAP", ("1", "2"))
def _number(worked, _, number):
    worked.change("adverse_events", P2, AESEQ=number)


@bound("AE-SPELLING", (1, 2))
def _misspelt(worked, on, number):
    """A term is found once the one it is nearly is used more often."""
    event = dict(worked.tables["adverse_events"][0])
    worked.change("adverse_events", P2, TERM="Odd term")
    for place in range(number):
        worked.tables["adverse_events"].append(
            event
            | {"SUBJID": "P-2", "AESEQ": str(place + 20), "TERM": "Odd terms", "STARTDT": on(10 + 9 * place)}
        )


cell("AE-INITIAL", "adverse_events", "GRADEINI", ("1", "2"))  # grade 1 at worst


@bound("AE-FATAL", ("4", "5"))
@bound("AE-SERIOUS", ("4", "5"))
def _grade(worked, _, grade):
    worked.change("adverse_events", P1, GRADE=grade, SERIOUS="N")


@bound("TXT-IDENTIFIER", ("P-1", "P-12"))
def _identifier(worked, _, name):
    """Three signs may be a word, four are an identifier."""
    for table in worked.tables.values():
        for row in table:
            if row.get("SUBJID") == "P-1":
                row["SUBJID"] = name
    worked.change("disposition", P2, DETAIL=f"as for {name}")


# Later years: visits after the last administration, of day 168
def _late_visit(worked, on, visit, day):
    worked.add("labs", **{**worked.one("labs", **V1, ANALYTE="PLAT"), "VISIT": visit, "LBDT": on(168 + day)})


@bound("LATE-WINDOW", (56, 55), (112, 113))
@bound("LATE-SIDE", (1, 0))
def _first_late_visit(worked, on, day):
    _late_visit(worked, on, "F1", day)


@bound("LATE-WINDOW", (140, 139), (196, 197))
def _vital_signs_of_the_second(worked, on, day):
    worked.add(
        "vital_signs", **P1, VISIT="F2", VSDT=on(168 + day), TEST="PULSE", VALUE="70", UNIT="beats/min"
    )


@bound("LATE-ORDER", (101, 100))
def _second_late_visit(worked, on, day):
    _late_visit(worked, on, "F1", 100)
    _late_visit(worked, on, "F2", day)


@bound("LATE-NONE", (252, 253))  # 28 days after the target of F2, 168 after the second cycle of day 56
def _seen_without_late_visit(worked, on, day):
    _late_visit(worked, on, "F1", 84)
    worked.change("follow_up", P2, LASTDT=on(day))


@bound("VS-STEP", ("KPS 80", "KPS 81"), ("KPS 100", "KPS 99"))
@bound("VS-IMPLAUSIBLE", ("KPS 0", "KPS -10"), ("KPS 100", "KPS 110"))
@bound("VS-IMPLAUSIBLE", ("WEIGHT 25", "WEIGHT 24.9"), ("WEIGHT 250", "WEIGHT 250.1"))
@bound("VS-IMPLAUSIBLE", ("SYSBP 50", "SYSBP 49"), ("SYSBP 280", "SYSBP 281"))
@bound("VS-IMPLAUSIBLE", ("DIABP 20", "DIABP 19"), ("DIABP 180", "DIABP 181"))
@bound("VS-IMPLAUSIBLE", ("PULSE 20", "PULSE 19"), ("PULSE 250", "PULSE 251"))
@bound("VS-IMPLAUSIBLE", ("TEMP 32", "TEMP 31.9"), ("TEMP 43", "TEMP 43.1"))
def _vital_sign(worked, on, value):
    test, number = value.split()
    (unit,) = (one.unit for one in worked.study.vital_signs if one.code == test)
    worked.add("vital_signs", **P1, VISIT="T1", VSDT=on(-3), TEST=test, VALUE=number, UNIT=unit)


@bound("VS-PRESSURE", ("119", "120"))
def _pressures(worked, on, diastolic):
    for test, number in (("SYSBP", "120"), ("DIABP", diastolic)):
        worked.add("vital_signs", **P1, VISIT="T1", VSDT=on(-3), TEST=test, VALUE=number, UNIT="mmHg")


def _therapy(worked, **cells):
    row = {"CMSEQ": "1", "TERM": "Sunitinib", "CLASS": "TARGETED", "ANTITUMOUR": "Y", "LINE": "1"}
    worked.add("concomitant_therapies", **P1, **(row | cells))


@bound("CM-DATES", (300, 299))
def _end_of_a_therapy(worked, on, day):
    _therapy(worked, STARTDT=on(300), ENDDT=on(day))


@bound("CM-NOEND", (400, 399))  # the cut is on day 400
def _endless_transfusion(worked, on, day):
    _therapy(worked, CLASS="TRANSFUSION", STARTDT=on(day), ENDDT="")


@bound("CM-BIRTH", ("1961-12-22", "1961-12-21"))  # aged 60 on 2022-12-21: born after 1961-12-21
def _start_of_a_therapy(worked, _, day):
    _therapy(worked, STARTDT=day)


@bound("CM-LINE", ("1", "2"))
def _first_line(worked, on, line):
    _therapy(worked, STARTDT=on(300), LINE=line)


@bound("CM-LINE", (("2", "3"), ("2", "4")), (("2", "2"), ("2", "1")))
def _next_line(worked, on, lines):
    for number, line in enumerate(("1", *lines), 1):
        _therapy(worked, CMSEQ=str(number), STARTDT=on(300 + number), LINE=line)


@bound("CM-FOLLOWUP", (300, 299), (300, 301))
def _told_start(worked, on, day):
    _therapy(worked, STARTDT=on(300))
    worked.change("follow_up", P1, NEWTRT="Sunitinib", NEWTRTDT=on(day))


@bound("FUP-AFTERDEATH", (300, 301))
def _therapy_and_death(worked, on, day):
    worked.change("follow_up", P1, STATUS="DEAD", DEATHDT=on(300), LASTDT=on(300))
    _therapy(worked, STARTDT=on(day))


@bound("DEV-EARLY", (-48, -49))  # 28 days before randomisation on day -20
def _deviation(worked, on, day):
    cells = {"DVSEQ": "1", "CATEGORY": "CONSENT", "TERM": "x", "IMPORTANT": "N", "EXCLUDEPP": "N"}
    worked.add("protocol_deviations", **P1, DVDT=on(day), **cells)


WITHOUT = frozenset(
    [
        "CUT-STUDY",
        "PAT-UNTREATED",
        "PAT-NOLABS",
        "PAT-NODOSE",
        "PAT-NODISP",
        "PAT-NOFOLLOW",
        "TRT-SKIPPED",
        "TRT-ISOTOPE",
        "TRT-NOTHING",
        "TRT-LACKING",
        "TRT-OMITTED",
        "LAB-BOUND",
        "TRT-NODATE",
        "TRT-OTHERARM",
        "TRT-REASON",
        "DOS-NOCYCLE",
        "DOS-NOACTIVITY",
        "DOS-LACKING",
        "LAB-UNIT",
        "LAB-NOLIMIT",
        "LAB-AFTERNOTHING",
        "LAB-BEFORENOTHING",
        "LAB-REPEAT",
        "LAB-NOBASELINE",
        "RANGE-UNIT",
        "AE-TWICE",
        "AE-CODED",
        "AE-CLASSES",
        "AE-VERSIONS",
        "AE-ISOTOPE",
        "AE-RELATION",
        "AE-ACTION",
        "DSP-NOEVENT",
        "DSP-REASON",
        "AE-OUTCOME",
        "AE-CATEGORY",
        "DSP-DEATH",
        "FUP-DEATH",
        "FUP-UNNAMED",
        "FUP-CAUSE",
        "FUP-TOXIC",
        "DEV-EXCLUDES",
        "VS-UNIT",
        "VS-BASELINE",
        "TUM-NEWLESION",
        "TUM-AFTERPD",
        "TUM-AFTERCR",
        "TUM-BASESIZE",
        "DUP-SUBJECT",
        "TXT-UNSEEN",
        "TXT-LINES",
        "TXT-DAMAGED",
        "TXT-SCRIPTS",
        "TXT-FORMULA",
    ]
)
"""Rules that compare no number and no date with a bound: something is there or not, or two codes go together or not."""


def test_every_rule_has_a_case_on_either_side_of_its_bound_or_has_none():
    tried = {rule for rule, *_ in BOUNDS}
    assert tried | WITHOUT == {one.rule.id for one in CROSS_RULES}
    assert not tried & WITHOUT


@pytest.mark.parametrize(
    ("rule", "inside", "beyond", "prepare"), BOUNDS, ids=[f"{one[0]} {one[1]} {one[2]}" for one in BOUNDS]
)
def test_a_value_at_the_bound_passes_and_the_next_is_found(worked, on, rule, inside, beyond, prepare):
    before = {table: [dict(row) for row in rows] for table, rows in worked.tables.items()}
    prepare(worked, on, inside)
    assert worked.places(rule) == []
    worked.tables = before
    prepare(worked, on, beyond)
    assert worked.places(rule)
