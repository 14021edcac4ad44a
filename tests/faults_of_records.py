"""Kinds of corruption that only other records betray: what the cross-record and protocol rules must name."""

from spoilt import NotApplicableError, Row, SpoiltCut, cell, fault, later, shifted

GIVEN, LABS, EVENTS, STATUS, AFTER = "administrations", "labs", "adverse_events", "disposition", "follow_up"
DOSES, TUMOUR, SUBJECTS = "dosimetry", "tumour_assessments", "subjects"


def _arm(*arms: str):
    return lambda row: row["ARM"] in arms


def _whose(cut: SpoiltCut, table: str, condition) -> Row:
    """Choose a row of a treated patient for which a condition holds."""
    treated = {row["SUBJID"] for row in cut.rows(GIVEN)}
    return cut.pick(table, lambda row: row["SUBJID"] in treated and condition(row))


def _lab(cut: SpoiltCut, analyte: str, visits: str = "T1 V1 T2 V2 T3 V3 T4 V4") -> Row:
    return cut.pick(
        LABS, lambda row: row["ANALYTE"] == analyte and row["VISIT"] in visits.split() and row["VALUE"] != ""
    )


def _without(cut: SpoiltCut, table: str) -> None:
    subject = cut.patient(lambda row: bool(cut.of(table, row["SUBJID"])))
    cut.keep(table, lambda row: row["SUBJID"] != subject)


# Patients
cell("randomised before recruitment", SUBJECTS, "RANDDT", "2019-05-05", "PAT-EARLY")
cell("not eligible by performance status", SUBJECTS, "KPS", "40", "PAT-ELIGIBLE")
cell("grade against Ki-67", SUBJECTS, "KI67", "17", "PAT-KI67", where=lambda row: row["GRADE"] == "G1")
cell(
    "a patient of another centre",
    SUBJECTS,
    "SITEID",
    lambda row: "04" if row["SITEID"] != "04" else "01",
    "PAT-SITE",
)


@fault("more patients than planned", SUBJECTS, "PAT-MANY")
def _(cut):
    row = cut.pick(SUBJECTS, _arm("A"))
    cut.rows(SUBJECTS).extend(
        {**row, "SUBJID": f"01-9{number:02d}", "BMI": f"{20 + number / 10:g}"} for number in range(24)
    )


@fault("a centre too many", SUBJECTS, "PAT-CENTRES")
def _(cut):
    for number, row in enumerate(cut.rows(SUBJECTS)):
        row["SITEID"] = f"{number % 5 + 11}"


@fault("randomised and never treated", GIVEN, "PAT-UNTREATED", found_in=SUBJECTS)
def _(cut):
    _without(cut, GIVEN)


@fault("no laboratory values of a patient", LABS, "PAT-NOLABS", found_in=SUBJECTS)
def _(cut):
    _without(cut, LABS)


@fault("no doses of a patient", DOSES, "PAT-NODOSE", found_in=SUBJECTS)
def _(cut):
    _without(cut, DOSES)


@fault("no disposition of a patient", STATUS, "PAT-NODISP", found_in=SUBJECTS)
def _(cut):
    _without(cut, STATUS)


@fault("no follow-up of a patient", AFTER, "PAT-NOFOLLOW", found_in=SUBJECTS)
def _(cut):
    _without(cut, AFTER)


@fault("not eligible by a laboratory value", LABS, "PAT-ELIGIBLE", found_in=SUBJECTS)
def _(cut):
    _lab(cut, "PLAT", "T1").update(VALUE="80", UNIT="10^9/L")


@fault("one patient under two identifiers", SUBJECTS, "DUP-PATIENT")
def _(cut):
    cut.rows(SUBJECTS).append(
        {**cut.pick(SUBJECTS, lambda row: row["BMI"] != "" and row["AGE"] != ""), "SUBJID": "04-777"}
    )


@fault("an identifier in two spellings", SUBJECTS, "DUP-SUBJECT")
def _(cut):
    row = cut.pick(SUBJECTS, lambda row: "0" in row["SUBJID"])
    cut.rows(SUBJECTS).append({**row, "SUBJID": row["SUBJID"].replace("0", "O"), "BMI": "33.3"})


# Treatment
@fault("a cycle is left out", GIVEN, "TRT-SKIPPED")
def _(cut):
    subject = cut.patient(cycles=3)
    cut.rows(GIVEN).remove(cut.one(GIVEN, subject, CYCLE="T2"))


@fault("cycle n + 1 before cycle n", GIVEN, "TRT-ORDER")
def _(cut):
    subject = cut.patient(cycles=2)
    one, two = cut.one(GIVEN, subject, CYCLE="T1"), cut.one(GIVEN, subject, CYCLE="T2")
    one["EXDT"], two["EXDT"] = two["EXDT"], one["EXDT"]


@fault("cycles too close together", GIVEN, "TRT-SPACING")
def _(cut):
    subject = cut.patient(cycles=2)
    cut.one(GIVEN, subject, CYCLE="T2")["EXDT"] = shifted(cut.one(GIVEN, subject, CYCLE="T1")["EXDT"], 20)


@fault("treated before randomisation", GIVEN, "TRT-EARLY")
def _(cut):
    subject = cut.patient()
    cut.one(GIVEN, subject, CYCLE="T1")["EXDT"] = shifted(cut.one(SUBJECTS, subject)["RANDDT"], -3)


@fault("90Y in arm A", GIVEN, "TRT-ISOTOPE")
def _(cut):
    cut.one(GIVEN, cut.patient(_arm("A")))["Y90_MBQ"] = "1850"


@fault("an activity without its isotope", GIVEN, "TRT-LACKING")
def _(cut):
    cut.one(GIVEN, cut.patient(_arm("B", "C")))["Y90_MBQ"] = ""


cell(
    "a fixed activity far from nominal",
    GIVEN,
    "LU177_MBQ",
    "1200",
    "TRT-ACTIVITY",
    where=lambda row: row["CYCLE"] == "T1",
)


@fault("another activity than the one set", GIVEN, "TRT-SET")
def _(cut):
    row = cut.one(GIVEN, cut.patient(cycles=2), CYCLE="T2")
    row.update(LU177_SET_MBQ=str(2 * int(row["LU177_MBQ"])), REASON="PLANNED")


cell(
    "dosimetry as a reason at cycle 1",
    GIVEN,
    "REASON",
    "DOSIMETRY_INCREASE",
    "TRT-REASON",
    where=lambda row: row["CYCLE"] == "T1",
)


@fault("an administration of nothing", GIVEN, "TRT-NOTHING")
def _(cut):
    cut.pick(GIVEN).update(LU177_MBQ="", Y90_MBQ="")


@fault("treatment went on after a stopping rule", LABS, "TRT-CONTINUED")
def _(cut):
    subject = cut.patient(cycles=3)
    cut.one(LABS, subject, VISIT="V1", ANALYTE="PLAT").update(VALUE="60", UNIT="10^9/L")


# A number of three decimals may be one of thousands, which is asked first.
@fault("an activity in GBq", GIVEN, "TRT-UNIT", "RD-AMBIGUOUS")
def _(cut):
    row = cut.one(GIVEN, cut.patient(cycles=2), CYCLE="T2")
    row["LU177_MBQ"] = f"{float(row['LU177_MBQ']) / 1000:g}"


@fault("all activities in GBq", GIVEN, "TRT-UNIT")
def _(cut):
    _divided(cut.rows(GIVEN), 1000, "LU177_MBQ", "Y90_MBQ")


@fault("the activities of a centre in mCi", GIVEN, "TRT-UNIT")
def _(cut):
    centre = cut.pick("subjects")["SITEID"]
    patients = {row["SUBJID"] for row in cut.rows("subjects") if row["SITEID"] == centre}
    _divided([row for row in cut.rows(GIVEN) if row["SUBJID"] in patients], 37, "LU177_MBQ")


@fault("an activity ten times too large after the first", GIVEN, "TRT-STEP")
def _(cut):
    row = cut.one(GIVEN, cut.patient(_arm("B"), cycles=2), CYCLE="T2")
    row["Y90_MBQ"] = f"{float(cut.one(GIVEN, row['SUBJID'], CYCLE='T1')['Y90_MBQ']) * 10.5:g}"


def _divided(rows, by, *columns):
    for row in rows:
        for column in columns:
            if row[column]:
                row[column] = f"{float(row[column]) / by:.4g}"


@fault("a change nobody explained", GIVEN, "TRT-UNEXPLAINED")
def _(cut):
    cut.one(GIVEN, cut.patient(_arm("D"), cycles=2), CYCLE="T2").update(LU177_MBQ="5000", REASON="PLANNED")


@fault("a change against its reason", GIVEN, "TRT-DIRECTION")
def _(cut):
    row = cut.one(GIVEN, cut.patient(_arm("D"), cycles=2), CYCLE="T2")
    row.update(LU177_MBQ="5000", REASON="DOSIMETRY_INCREASE")


@fault("treated after progression", TUMOUR, "TRT-AFTERPD", found_in=GIVEN)
def _(cut):
    subject = cut.patient(cycles=4)
    first = cut.one(GIVEN, subject, CYCLE="T3")["EXDT"]
    row = cut.of(TUMOUR, subject)[0]
    row.update(ASSESSDT=shifted(first, -1), RESPONSE="PD")


@fault("treated after the event that ended treatment", EVENTS, "AE-TREATED", found_in=GIVEN)
def _(cut):
    subject = cut.patient(lambda row: bool(cut.of(EVENTS, row["SUBJID"])), cycles=3)
    day = shifted(cut.one(GIVEN, subject, CYCLE="T2")["EXDT"], 3)
    cut.of(EVENTS, subject)[0].update(STARTDT=day, ENDDT=shifted(day, 5), ACTION="DISCONTINUED")


@fault("a late first cycle", SUBJECTS, "PAT-DELAY", found_in=GIVEN)
def _(cut):
    subject = cut.patient()
    row = cut.one(SUBJECTS, subject)
    row["RANDDT"] = shifted(cut.one(GIVEN, subject, CYCLE="T1")["EXDT"], -60)


# Doses
@fault("a dose without a cycle", DOSES, "DOS-NOCYCLE")
def _(cut):
    subject = cut.pick(DOSES, lambda row: row["CYCLE"] == "T1")["SUBJID"]
    cut.keep(GIVEN, lambda row: not (row["SUBJID"] == subject and row["CYCLE"] == "T1"))


@fault("a dose without activity", DOSES, "DOS-NOACTIVITY")
def _(cut):
    arms = {row["SUBJID"]: row["ARM"] for row in cut.rows(SUBJECTS)}
    row = cut.pick(DOSES, lambda row: arms.get(row["SUBJID"]) == "A")
    cut.rows(DOSES).append({**row, "ISOTOPE": "Y90", "DOSE_GY": "1.234"})


@fault("a dose is left out", DOSES, "DOS-LACKING", found_in=GIVEN)
def _(cut):
    cut.rows(DOSES).remove(cut.pick(DOSES))


cell(
    "a marrow dose above the limit of a cycle",
    DOSES,
    "DOSE_GY",
    "0.9",
    "DOS-CYCLELIMIT",
    where=lambda row: row["ORGAN"] == "MARROW",
)
cell(
    "a kidney dose above the limit",
    DOSES,
    "DOSE_GY",
    "31.7",
    "DOS-LIMIT",
    "DOS-UNIT",  # of a small activity no such dose is plausible
    where=lambda row: row["ORGAN"] == "KIDNEY",
)
cell(
    "a dose in another unit",
    DOSES,
    "DOSE_GY",
    lambda row: f"{float(row['DOSE_GY']) * 1000:g}",
    "DOS-UNIT",
    where=lambda row: row["DOSE_GY"] not in {"", "0"},
)


@fault("a dose far from those of other patients", DOSES, "DOS-OUTLIER")
def _(cut):
    row = cut.pick(DOSES, lambda row: (row["ORGAN"], row["ISOTOPE"]) == ("KIDNEY", "LU177"))
    activity = cut.one(GIVEN, row["SUBJID"], CYCLE=row["CYCLE"])["LU177_MBQ"]
    row["DOSE_GY"] = f"{float(activity) / 1000 * 7.9:.4g}"


@fault("the marrow doses of a patient in mGy", DOSES, "DOS-UNIT")
def _(cut):
    patient = cut.pick(DOSES)["SUBJID"]
    _divided(cut.of(DOSES, patient, ORGAN="MARROW"), 0.001, "DOSE_GY")


@fault("all doses in cGy", DOSES, "DOS-UNIT")
def _(cut):
    _divided(cut.rows(DOSES), 0.01, "DOSE_GY")


cell(
    "a dose that does not fit the others",
    DOSES,
    "DOSE_GY",
    lambda row: f"{float(row['DOSE_GY']) * 3:g}",
    "DOS-JUMP",
    where=lambda row: row["CYCLE"] == "T2",
)


@fault("treated above the limit of an organ", DOSES, "DOS-CONTINUED", found_in=GIVEN)
def _(cut):
    subject = cut.patient(lambda row: bool(cut.of(DOSES, row["SUBJID"])), cycles=3)
    cut.one(DOSES, subject, CYCLE="T1", ORGAN="KIDNEY")["DOSE_GY"] = "26.3"


@fault("doses of another cycle", DOSES, "DUP-DOSES")
def _(cut):
    subject = cut.pick(DOSES, lambda row: row["CYCLE"] == "T2")["SUBJID"]
    for row in cut.of(DOSES, subject, CYCLE="T2"):
        source = cut.one(DOSES, subject, CYCLE="T1", ORGAN=row["ORGAN"], ISOTOPE=row["ISOTOPE"])
        source["DOSE_GY"] = row["DOSE_GY"] = "1.234" if row["ORGAN"] == "KIDNEY" else "0.0234"


# Laboratory values
cell("a unit nobody knows", LABS, "UNIT", "spoons", "LAB-UNIT")
cell(
    "limits of normal the wrong way round",
    LABS,
    "LLN",
    lambda row: f"{float(row['ULN']) * 2:g}",
    "LAB-LIMITS",
    "LAB-LIMITUNIT",  # twice the upper limit may be a lower one of another unit
    where=lambda row: row["ULN"] != "",
)
cell(
    "a lower limit of normal in another unit",
    LABS,
    "LLN",
    lambda row: f"{float(row['LLN']) * (10 if row['ANALYTE'] == 'HGB' else 1000):g}",
    "LAB-LIMITUNIT",
    where=lambda row: row["ANALYTE"] in {"HGB", "PLAT", "NEUT"} and row["LLN"] != "",
)
cell(
    "an upper limit of normal in another unit",
    LABS,
    "ULN",
    lambda row: f"{float(row['ULN']) / 60:.3g}",
    "LAB-LIMITUNIT",
    where=lambda row: row["ANALYTE"] in {"ALT", "AST"},
)
cell(
    "a code for a missing limit of normal",
    LABS,
    "ULN",
    "999",
    "LAB-LIMITUNIT",
    where=lambda row: row["ANALYTE"] == "ALT",
)
cell(
    "zero for a missing limit of normal",
    LABS,
    "LLN",
    "0",
    "LAB-LIMITUNIT",
    where=lambda row: row["ANALYTE"] == "PLAT",
)
cell("an impossible value", LABS, "VALUE", "99999", "LAB-IMPLAUSIBLE")
cell(
    "a limit of normal left empty",
    LABS,
    "ULN",
    "",
    "LAB-NOLIMIT",
    where=lambda row: row["ANALYTE"] in {"ALT", "AST"},
)
cell(
    "a date a year off",
    LABS,
    "LBDT",
    later("LBDT", -365),
    "LAB-WINDOW",
    "LAB-SIDE",
    "LAB-ORDER",  # the gravest, if several follow from the date
    where=lambda row: row["VISIT"][0] in "TV",
)
cell(
    "a visit outside its window",
    LABS,
    "LBDT",
    later("LBDT", 20),
    "LAB-WINDOW",
    where=lambda row: row["VISIT"][0] == "V",
)


@fault("a value in another unit under the old name", LABS, "LAB-JUMP", "LAB-IMPLAUSIBLE")
def _(cut):
    row = cut.one(LABS, cut.patient(cycles=3), VISIT="V2", ANALYTE="HGB")  # there must be a history
    row["VALUE"] = f"{float(row['VALUE']) / 1.611:.2f}"


@fault("a decimal point misplaced", LABS, "LAB-JUMP", "LAB-IMPLAUSIBLE")
def _(cut):
    row = cut.one(LABS, cut.patient(cycles=3), VISIT="V2", ANALYTE="CREAT")
    row["VALUE"] = f"{float(row['VALUE']) * 10:g}"


@fault("a visit before a cycle dated after it", LABS, "LAB-SIDE")
def _(cut):
    row = _whose(cut, LABS, lambda row: row["VISIT"] == "T1")
    row["LBDT"] = shifted(cut.one(GIVEN, row["SUBJID"], CYCLE="T1")["EXDT"], 2)


@fault("V before its T", LABS, "LAB-ORDER")
def _(cut):
    subject = cut.patient(cycles=2)
    before = cut.one(LABS, subject, VISIT="T2")["LBDT"]
    cut.one(LABS, subject, VISIT="V2")["LBDT"] = shifted(before, -1)


@fault("a visit after a cycle that was not given", LABS, "LAB-AFTERNOTHING")
def _(cut):
    few = {row["SUBJID"] for row in cut.rows(GIVEN)} - {
        row["SUBJID"] for row in cut.rows(GIVEN) if row["CYCLE"] == "T4"
    }
    row = cut.pick(LABS, lambda row: row["SUBJID"] in few)
    cut.rows(LABS).append({**row, "VISIT": "V4", "LBDT": shifted(row["LBDT"], 40)})


@fault("a visit before a cycle that was not given", LABS, "LAB-BEFORENOTHING")
def _(cut):
    few = {row["SUBJID"] for row in cut.rows(GIVEN)} - {
        row["SUBJID"] for row in cut.rows(GIVEN) if row["CYCLE"] == "T4"
    }
    row = cut.pick(LABS, lambda row: row["SUBJID"] in few)
    cut.rows(LABS).append({**row, "VISIT": "T4", "LBDT": shifted(row["LBDT"], 40)})


@fault("a record twice with the date a day off", LABS, "DUP-NEAR")
def _(cut):
    row = _lab(cut, "AST", "V1 V2 V3")
    cut.rows(LABS).append({**row, "LBDT": shifted(row["LBDT"], 1)})


@fault("an analyte on two dates of a visit", LABS, "LAB-REPEAT")
def _(cut):
    row = _lab(cut, "AST", "V1 V2 V3")
    cut.rows(LABS).append({**row, "LBDT": shifted(row["LBDT"], 5), "VALUE": "31.5"})


@fault("values of another visit", LABS, "DUP-LABS")
def _(cut):
    def whole(row: Row) -> bool:  # no panel is missing at V1
        return len(cut.of(LABS, row["SUBJID"], VISIT="V1")) >= len(cut.of(LABS, row["SUBJID"], VISIT="V2"))

    subject = cut.patient(whole, cycles=2)
    for row in cut.of(LABS, subject, VISIT="V2"):
        row["VALUE"] = cut.one(LABS, subject, VISIT="V1", ANALYTE=row["ANALYTE"])["VALUE"]


@fault("parts above the whole", LABS, "LAB-DIFFERENTIAL")
def _(cut):
    row = _lab(cut, "NEUT")
    others = {"VISIT": row["VISIT"], "LBDT": row["LBDT"]}
    total = float(cut.one(LABS, row["SUBJID"], ANALYTE="WBC", **others)["VALUE"])
    cut.one(LABS, row["SUBJID"], ANALYTE="LYMPH", **others)
    row["VALUE"] = f"{total + 0.5:g}"


@fault("no value before treatment", LABS, "LAB-NOBASELINE")
def _(cut):
    cut.rows(LABS).remove(_lab(cut, "CREAT", "T1"))


# Adverse events
cell("an event that ends before it starts", EVENTS, "ENDDT", later("STARTDT", -4), "AE-DATES")
cell("an event before treatment", EVENTS, "STARTDT", later("STARTDT", -1500), "AE-EARLY")
cell("a fatal event of a patient who is alive", EVENTS, "OUTCOME", "FATAL", "AE-FATAL")
cell("grade 5 without a fatal outcome", EVENTS, "GRADE", "5", "AE-FATAL")
cell(
    "grade 5 that is not serious", EVENTS, "GRADE", "5", "AE-SERIOUS", where=lambda row: row["SERIOUS"] == "N"
)
cell(
    "recovered without an end",
    EVENTS,
    "ENDDT",
    "",
    "AE-OUTCOME",
    where=lambda row: row["OUTCOME"] == "RECOVERED",
)
cell("a gap in the numbers of events", EVENTS, "AESEQ", "9", "AE-GAP")


def _most_treated(cut: SpoiltCut, column: str) -> list[str]:
    """The patients of the arm or centre with the most treated ones."""
    treated = {row["SUBJID"] for row in cut.rows(GIVEN)}
    groups: dict[str, list[str]] = {}
    for row in cut.rows(SUBJECTS):
        if row["SUBJID"] in treated:
            groups.setdefault(row[column], []).append(row["SUBJID"])
    return max(groups.values(), key=len)


@fault("no adverse events of an arm", EVENTS, "AE-ARM", found_in=SUBJECTS)
def _(cut):
    arm = _most_treated(cut, "ARM")
    cut.keep(EVENTS, lambda row: row["SUBJID"] not in arm)


@fault("no adverse events of a centre", EVENTS, "AE-CENTRE")
def _(cut):
    centre = _most_treated(cut, "SITEID")
    cut.keep(EVENTS, lambda row: row["SUBJID"] not in centre)


@fault("an event that ended treatment that went on", EVENTS, "AE-ACTION")
def _(cut):
    ended = {row["SUBJID"] for row in cut.rows(STATUS) if row["STATUS"] == "DISCONTINUED"}
    cut.pick(EVENTS, lambda row: row["SUBJID"] not in ended)["ACTION"] = "DISCONTINUED"


@fault("an event twice", EVENTS, "AE-TWICE")
def _(cut):
    row = cut.pick(EVENTS)
    cut.rows(EVENTS).append({**row, "AESEQ": "30"})


@fault("an event twice, a letter and a day off", EVENTS, "DUP-EVENT")
def _(cut):
    row = cut.pick(EVENTS)
    cut.rows(EVENTS).append(
        {**row, "AESEQ": "31", "TERM": row["TERM"] + "s", "STARTDT": shifted(row["STARTDT"], 1)}
    )


@fault("a misspelt term of an event", EVENTS, "AE-SPELLING")
def _(cut):
    row = cut.pick(EVENTS, lambda row: row["TERM"] in {"Anemia", "Fatigue", "Nausea"})
    row["TERM"] = row["TERM"][:3] + row["TERM"][4:]


@fault("one event in two categories", EVENTS, "AE-CATEGORY")
def _(cut):
    terms = [row["TERM"] for row in cut.rows(EVENTS)]
    row = cut.pick(EVENTS, lambda row: terms.count(row["TERM"]) > 2)
    row["CATEGORY"] = "ALOPECIA"


# Disposition and follow-up
def _dead(cut: SpoiltCut) -> Row:
    return cut.pick(AFTER, lambda row: row["DEATHDT"] != "")


cell(
    "a reason where nothing was discontinued",
    STATUS,
    "REASON",
    "OTHER",
    "DSP-REASON",
    where=lambda row: row["STATUS"] == "COMPLETED",
)
cell(
    "completed after too few cycles",
    STATUS,
    "STATUS",
    "COMPLETED",
    "DSP-CYCLES",
    where=lambda row: row["STATUS"] == "DISCONTINUED",
)
cell("treatment ended before the last cycle", STATUS, "DSDT", later("DSDT", -200), "DSP-DATE")
cell("ongoing for years", STATUS, "STATUS", "ONGOING", "DSP-STALE")


@fault("treatment ended by a death that was none", STATUS, "DSP-DEATH")
def _(cut):
    dead = {row["SUBJID"] for row in cut.rows(AFTER) if row["STATUS"] == "DEAD"}
    row = cut.pick(STATUS, lambda row: row["STATUS"] == "DISCONTINUED" and row["SUBJID"] not in dead)
    row["REASON"] = "DEATH"


cell("dead without a date", AFTER, "STATUS", "DEAD", "FUP-DEATH", where=lambda row: row["STATUS"] == "ALIVE")
cell(
    "alive with a date of death",
    AFTER,
    "STATUS",
    "ALIVE",
    "FUP-DEATH",
    where=lambda row: row["DEATHDT"] != "",
)
cell(
    "seen alive after death",
    AFTER,
    "LASTDT",
    later("LASTDT", 9),
    "FUP-LAST",
    where=lambda row: row["DEATHDT"] != "",
)
cell(
    "last seen before death",
    AFTER,
    "LASTDT",
    later("LASTDT", -9),
    "FUP-LASTDEATH",
    where=lambda row: row["DEATHDT"] != "",
)
cell("another treatment before the last cycle", AFTER, "NEWTRTDT", "2022-02-01", "FUP-DURING")
cell("another treatment before randomisation", AFTER, "NEWTRTDT", "2021-01-01", "FUP-NEWTREATMENT")
cell(
    "another treatment without a name",
    AFTER,
    "NEWTRT",
    "",
    "FUP-UNNAMED",
    where=lambda row: row["NEWTRTDT"] != "",
)


@fault("treatment ended for an event that is not there", STATUS, "DSP-NOEVENT")
def _(cut):
    named = {row["SUBJID"] for row in cut.rows(EVENTS) if row["ACTION"] == "DISCONTINUED"}
    cut.pick(STATUS, lambda row: row["SUBJID"] not in named)["REASON"] = "ADVERSE_EVENT"


@fault("death before the last visit", AFTER, "FUP-POSTMORTEM", found_in=GIVEN)
def _(cut):
    subject = cut.patient(cycles=2)
    day = shifted(cut.one(GIVEN, subject, CYCLE="T2")["EXDT"], -1)
    cut.one(AFTER, subject).update(STATUS="DEAD", DEATHDT=day, LASTDT=day)


@fault("an event that ended after death", EVENTS, "FUP-AFTERDEATH")
def _(cut):
    subject = _dead(cut)["SUBJID"]
    death = cut.one(AFTER, subject)["DEATHDT"]
    row = cut.pick(EVENTS)
    row.update(SUBJID=subject, AESEQ="40", STARTDT=shifted(death, -9), ENDDT=shifted(death, 2))


@fault("last seen before a record", AFTER, "FUP-BEHIND")
def _(cut):
    subject = cut.patient(lambda row: not cut.one(AFTER, row["SUBJID"])["DEATHDT"], cycles=2)
    cut.one(AFTER, subject)["LASTDT"] = cut.one(GIVEN, subject, CYCLE="T1")["EXDT"]


@fault("alive, not seen for years", AFTER, "FUP-STALE", "FUP-BEHIND")
def _(cut):
    cut.pick(AFTER, lambda row: row["STATUS"] == "ALIVE")["LASTDT"] = shifted(cut.cut_date(), -400)


# Tumour assessments
cell(
    "a new lesion without progression",
    TUMOUR,
    "NEWLESION",
    "Y",
    "TUM-NEWLESION",
    where=lambda row: row["RESPONSE"] == "SD",
)
cell(
    "a response against the sizes",
    TUMOUR,
    "RESPONSE",
    "PR",
    "TUM-RESPONSE",
    where=lambda row: row["RESPONSE"] == "SD",
)


@fault("no assessment before treatment", TUMOUR, "TUM-NOBASELINE", found_in=SUBJECTS)
def _(cut):
    subject = cut.patient()
    first = cut.one(GIVEN, subject, CYCLE="T1")["EXDT"]
    cut.keep(TUMOUR, lambda row: row["SUBJID"] != subject or row["ASSESSDT"] > first)


def _several(cut: SpoiltCut, number: int) -> list[Row]:
    subject = cut.patient(lambda row: len(cut.of(TUMOUR, row["SUBJID"])) >= number)
    return cut.of(TUMOUR, subject)


@fault("two assessments with dates exchanged", TUMOUR, "TUM-ORDER")
def _(cut):
    one, two = _several(cut, 4)[1:3]
    one["ASSESSDT"], two["ASSESSDT"] = two["ASSESSDT"], one["ASSESSDT"]


@fault("stable after progression", TUMOUR, "TUM-AFTERPD")
def _(cut):
    _several(cut, 4)[1].update(RESPONSE="PD", NEWLESION="Y")


@fault("stable after a complete response", TUMOUR, "TUM-AFTERCR")
def _(cut):
    _several(cut, 4)[1].update(RESPONSE="CR", NEWLESION="N")


@fault("a baseline assessment three months old", TUMOUR, "TUM-BASEWINDOW")
def _(cut):
    row = _several(cut, 4)[0]
    row["ASSESSDT"] = shifted(row["ASSESSDT"], -90)


@fault("a baseline assessment without a sum", TUMOUR, "TUM-BASESIZE")
def _(cut):
    _several(cut, 4)[0]["SUMDIAM"] = ""


@fault("a year without assessment", TUMOUR, "TUM-GAP")
def _(cut):
    rows = _several(cut, 6)
    if not rows:
        raise NotApplicableError(TUMOUR)
    for row in rows[1:4]:
        cut.rows(TUMOUR).remove(row)


@fault("an assessment twice, a day off", TUMOUR, "DUP-NEAR")
def _(cut):
    row = cut.pick(TUMOUR, lambda row: row["SUMDIAM"] != "")
    cut.rows(TUMOUR).append({**row, "ASSESSDT": shifted(row["ASSESSDT"], 1)})
