"""Rules about patients: eligibility, dates against the cut, who lacks what."""

from collections.abc import Iterator

import pandas as pd

from duonen_stats.methods.inputs.bounds import meets
from duonen_stats.raw.checks.cross_rule import Hit, cross_rule, hits, one_hit
from duonen_stats.raw.derived.cut_view import CutView
from duonen_stats.raw.questions import (
    CHECK_DATE,
    CONFIRM_BASELINE,
    COUNT_PATIENTS,
    EXPORT_AGAIN,
    SEND_RECORDS,
)
from duonen_stats.study import EligibilityRule

IN_STEP = 0.8
G2_FROM = 3


@cross_rule("CUT-STUDY", "error", "The cut is of another study.", ("data_cut",), question=EXPORT_AGAIN)
def _other_study(data: CutView) -> Iterator[Hit]:
    own = data.study.study_id
    about = data.tables["data_cut"].dropna(subset=["STUDYID"])
    for row in about.loc[about["STUDYID"] != own, "_ROW"]:
        yield Hit(
            "data_cut", f"STUDYID is not {own}; give a cut of that study.", row=int(row), column="STUDYID"
        )


@cross_rule("CUT-DATE", "error", "Something is dated after the data cut.", ("data_cut",), question=CHECK_DATE)
def _after_cut(data: CutView) -> Iterator[Hit]:
    day = data.cut.cut_date
    if day is None:
        return
    late = data.dates[data.dates["DATE"] > day]
    message = f"{{DATE:%Y-%m-%d}} is after the data cut of {day:%Y-%m-%d}; correct it or leave it out."
    of_one_day = late.groupby(["TABLE", "COLUMN", "SUBJID", "DATE"], sort=False, dropna=False)
    for (table, column, _, date), rows in of_one_day:  # all results of a sample have its date
        yield one_hit(rows, str(table), str(column), message.format(DATE=date))


@cross_rule(
    "PAT-EARLY",
    "warning",
    "A patient was randomised before recruitment began.",
    ("subjects",),
    question=CHECK_DATE,
)
def _randomised_early(data: CutView) -> Iterator[Hit]:
    year = data.study.design.recruitment_start_year
    early = data.subjects[data.subjects["RANDDT"].dt.year < year]
    message = f"Randomised on {{RANDDT:%Y-%m-%d}}; recruitment began in {year}. Check the date."
    yield from hits(early, "subjects", "RANDDT", message)


@cross_rule(
    "PAT-MANY",
    "note",
    "There are more patients than planned, in total or in an arm.",
    ("subjects",),
    question=COUNT_PATIENTS,
)
def _more_than_planned(data: CutView) -> Iterator[Hit]:
    in_arm = data.subjects["ARM"].value_counts()
    counts = [("the trial", len(data.subjects), data.study.planned_subjects)]
    counts += [(arm.label, int(in_arm.get(arm.code, 0)), arm.planned) for arm in data.study.arms]
    for where, found, planned in counts:
        if found > planned:
            yield Hit(
                "subjects", f"{found} patients in {where}, {planned} planned. Check that none is twice there."
            )


@cross_rule(
    "PAT-UNTREATED",
    "note",
    "A patient was randomised and never treated.",
    ("subjects", "administrations"),
    question=SEND_RECORDS,
)
def _never_treated(data: CutView) -> Iterator[Hit]:
    rows = _without(data.subjects, data.administrations[data.administrations["GIVEN"]])
    yield from hits(rows, "subjects", "SUBJID", "Randomised, no administration up to the data cut.")


@cross_rule(
    "PAT-NOLABS",
    "note",
    "A treated patient has no laboratory values.",
    ("administrations", "labs"),
    question=SEND_RECORDS,
)
def _no_labs(data: CutView) -> Iterator[Hit]:
    rows = _without(_treated(data), data.tables["labs"])
    yield from hits(rows, "subjects", "SUBJID", "Treated, but without any laboratory value; ask the centre.")


@cross_rule(
    "PAT-NODOSE",
    "note",
    "A treated patient has no dosimetry.",
    ("administrations", "dosimetry"),
    question=SEND_RECORDS,
)
def _no_dosimetry(data: CutView) -> Iterator[Hit]:
    rows = _without(_treated(data), data.tables["dosimetry"])
    yield from hits(rows, "subjects", "SUBJID", "Treated, but without any organ dose; ask the centre.")


@cross_rule(
    "PAT-NODISP",
    "warning",
    "A treated patient has no disposition.",
    ("administrations", "disposition"),
    question=SEND_RECORDS,
)
def _no_disposition(data: CutView) -> Iterator[Hit]:
    rows = _without(_treated(data), data.tables["disposition"])
    message = "Treated, but not in table disposition; add the status of treatment."
    yield from hits(rows, "subjects", "SUBJID", message)


@cross_rule(
    "PAT-NOFOLLOW",
    "warning",
    "A patient has no survival follow-up.",
    ("subjects", "follow_up"),
    question=SEND_RECORDS,
)
def _no_follow_up(data: CutView) -> Iterator[Hit]:
    rows = _without(data.subjects, data.tables["follow_up"])
    yield from hits(rows, "subjects", "SUBJID", "Not in table follow_up; add the last date known alive.")


@cross_rule(
    "PAT-ELIGIBLE",
    "warning",
    "A patient does not meet an eligibility criterion that can be read from the data, at baseline.",
    ("subjects", "labs"),
    question=CONFIRM_BASELINE,
)
def _not_eligible(data: CutView) -> Iterator[Hit]:
    values, limits = _at_baseline(data)
    groups: dict[str, list[EligibilityRule]] = {}
    for rule in data.study.eligibility_rules:
        groups.setdefault(rule.alternative or rule.id, []).append(rule)
    for rules in groups.values():
        # One alternative that holds is enough, and one without a value may hold: all have to be known, and none met.
        failed = pd.Series(True, index=values.index)
        for rule in rules:
            bound = limits[rule.variable] * rule.value if rule.relative else data.study.threshold(rule)
            given = values[rule.variable].notna() & (limits[rule.variable].notna() if rule.relative else True)
            failed &= given & ~meets(values[rule.variable], rule.comparator, bound)
        rows = data.subjects[data.subjects["SUBJID"].isin(failed.index[failed])]
        message = (
            f"Criterion not met at baseline: {' or '.join(rule.label for rule in rules)}. Check the values."
        )
        yield from hits(rows, "subjects", None, message)


@cross_rule(
    "PAT-CENTRES", "note", "There are more centres than planned.", ("subjects",), question=COUNT_PATIENTS
)
def _more_centres(data: CutView) -> Iterator[Hit]:
    found, planned = data.subjects["SITEID"].nunique(), data.study.design.centres
    if found > planned:
        yield Hit(
            "subjects", f"{found} centres, {planned} planned. Check the spelling of SITEID.", column="SITEID"
        )


@cross_rule(
    "PAT-SITE",
    "warning",
    f"The identifiers of at least {100 * IN_STEP:g}% of patients begin with their centre; that of a patient does not.",
    ("subjects",),
    question=COUNT_PATIENTS,
)
def _other_centre(data: CutView) -> Iterator[Hit]:
    subjects = data.subjects.dropna(subset=["SITEID"])
    own = pd.Series(
        [
            str(one).startswith(str(site))
            for one, site in zip(subjects["SUBJID"], subjects["SITEID"], strict=True)
        ],
        index=subjects.index,
        dtype=bool,
    )
    if len(own) and own.mean() >= IN_STEP:
        message = "Centre {SITEID}, but the identifier begins with another. Check both."
        yield from hits(subjects[~own], "subjects", "SITEID", message)


@cross_rule(
    "PAT-KI67",
    "warning",
    "Grade and Ki-67 are inconsistent: G1 is below 3%, G2 from 3 to 20%.",
    ("subjects",),
    question=CONFIRM_BASELINE,
)
def _grade_and_index(data: CutView) -> Iterator[Hit]:
    """Hold grades against the classification (WHO 2022); a mitotic count may explain a G2 below 3%."""
    subjects = data.subjects.dropna(subset=["GRADE", "KI67"])
    first, second = subjects["GRADE"] == "G1", subjects["GRADE"] == "G2"
    odd = subjects[(first & (subjects["KI67"] >= G2_FROM)) | (second & (subjects["KI67"] < G2_FROM))]
    yield from hits(odd, "subjects", "GRADE", "Grade {GRADE} with Ki-67 {KI67:g}%. Check both.")


def _at_baseline(data: CutView) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Values eligibility is judged by, and upper limits of normal: a row a patient, a column a variable."""
    subjects = data.subjects.set_index("SUBJID")
    names = [rule.variable for rule in data.study.eligibility_rules]
    # Of a censored result the most favourable value counts: a criterion is broken if none would meet it.
    lowest, highest, limits = (
        data.baseline_labs.pivot_table(index="SUBJID", columns="ANALYTE", values=column, aggfunc="first")
        for column in ("LOWEST", "HIGHEST", "ANRHI")
    )
    values = lowest.reindex(index=subjects.index, columns=names)
    for rule in data.study.eligibility_rules:
        if rule.comparator.startswith(">") and rule.variable in highest.columns:
            values[rule.variable] = highest[rule.variable].reindex(subjects.index)
    own = [name for name in names if name in subjects.columns]
    values[own] = subjects[own].astype("float64")
    return values, limits.reindex(index=subjects.index, columns=names)


def _treated(data: CutView) -> pd.DataFrame:
    return data.subjects[data.subjects["SUBJID"].isin(data.span.index)]


def _without(subjects: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    return subjects[~subjects["SUBJID"].isin(other["SUBJID"])]
