"""ADRS: every tumour assessment with its response and size, and each patient's best response."""

import pandas as pd

from duonen_stats.datasets.efficacy.best_response import (
    CONTROL,
    OBJECTIVE,
    best_response,
    first_response,
    judged_responses,
)
from duonen_stats.datasets.efficacy.dated_records import SOURCED, dated
from duonen_stats.datasets.efficacy.sourced_dates import SOURCES, DateOf
from duonen_stats.datasets.metadata.shape import (
    conform,
    first_label,
    flag,
    numbers,
    require_columns,
)
from duonen_stats.datasets.patients.subjects import add_subject
from duonen_stats.plan import Plan
from duonen_stats.raw.derived.baseline_scan import baseline_scans, new_lesions, place_scans, progressions

# Tumour assessments after randomisation: which are evaluable, and which show progression.


def recorded_assessments(rows: pd.DataFrame, rules: Plan, *, until: pd.Timestamp) -> pd.DataFrame:
    """Judge each assessment, those before treatment included.

    Parameters
    ----------
    rows
        The raw table of tumour assessments, with ``RESPONSE`` and ``NEWLESION``; others are handed on.
    rules
        Evaluable responses, and whether a new lesion is progression.
    until
        Data cut; later assessments are not known.

    Returns
    -------
    pandas.DataFrame
        One row per assessment, by date and number: the columns ``SOURCED``, ``EVALUABLE`` and ``PROGRESSION``
        (bool), ``EVNTDESC``, what shows the progression, None without one, and ``RESPONSE`` (and
        ``SUMDIAM``, if there) as recorded.
        A new lesion makes an assessment evaluable: it is progression whatever else could be measured.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    RECIST 1.1, Eisenhauer et al. (2009) Eur J Cancer 45:228-247.
    """
    require_columns(rows, "RESPONSE", "NEWLESION")
    progressed = rows["RESPONSE"].eq("PD").astype(bool)
    new_lesion = new_lesions(rows, rules)
    judged = rows.assign(
        EVALUABLE=rows["RESPONSE"].isin(rules.evaluable_responses).astype(bool) | new_lesion,
        PROGRESSION=progressions(rows, rules),
        EVNTDESC=first_label(
            [(progressed, SOURCES[DateOf.PROGRESSION].kind), (new_lesion, SOURCES[DateOf.NEW_LESION].kind)],
            rows.index,
        ),
    )
    columns = ["EVALUABLE", "PROGRESSION", "EVNTDESC", "RESPONSE", *({"SUMDIAM"} & {*rows})]
    return dated(judged, "tumour_assessments", "ASSESSDT", until=until, keep=tuple(columns))


PARAMETERS = {
    "OVRLRESP": "Overall Response at the Assessment",
    "SUMDIAM": "Sum of Diameters of Target Lesions (mm)",
    "BOR": "Best Overall Response",
    "OBJRESP": "Objective Response",
    "DISCTRL": "Disease Control",
    "FRESP": "First Objective Response",
    "BESTCHG": "Best Change of the Sum of Diameters (%)",
}
"""``PARAM`` by ``PARAMCD``, in the order of ``PARAMN``."""

_SHOWN = ["ADY", *SOURCED[1:]]


def build_adrs(
    assessments: pd.DataFrame,
    adsl: pd.DataFrame,
    new_therapy: pd.DataFrame,
    rules: Plan,
    *,
    started: pd.Series,
    until: pd.Timestamp,
) -> pd.DataFrame:
    """Build the dataset of tumour response.

    Parameters
    ----------
    assessments
        Usable raw tumour assessments.
    adsl
        The subject-level dataset, with ``RANDDT``.
    new_therapy
        ``SUBJID`` and ``ADT``: start of another antitumour treatment, at most one row per patient.
    rules
        What is evaluable and progression; which assessment is the baseline; confirmation; shortest stable disease.
    started
        Day of the first administration by ``SUBJID``, as ``treatment_dates`` gives it.
    until
        Date of the data cut.

    Returns
    -------
    pandas.DataFrame
        Sorted by patient, parameter and date: ``OVRLRESP`` of every assessment (a new lesion is PD), ``SUMDIAM``
        of every measured one, and of every patient ``BOR``, ``OBJRESP`` and ``DISCTRL`` (Y or N), ``FRESP`` of
        those with a response and ``BESTCHG`` of those measured before and after. ``ABLFL`` marks the baseline
        by the plan's rule (``place_scans``), of ``SUMDIAM`` the last measured one of those eligible; ``ANL01FL``
        those that count for the best: after randomisation and no longer before treatment, up to the first
        progression and to the start of another treatment.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    RECIST 1.1, Eisenhauer et al. (2009) Eur J Cancer 45:228-247.
    """
    require_columns(adsl, "SUBJID", "RANDDT")
    require_columns(assessments, "SUMDIAM")
    seen = recorded_assessments(assessments, rules, until=until)
    randomised = adsl.set_index("SUBJID")["RANDDT"]
    seen = seen.join(place_scans(seen, randomised, started, rules))
    seen = _counting(seen, randomised, new_therapy)
    overall, measured = _overall(seen), _measured(seen)
    pieces = [overall, measured, *_best(overall, adsl, rules), _best_change(measured)]
    frames = [
        piece.assign(PARAMCD=code, PARAM=label, PARAMN=number)
        for number, ((code, label), piece) in enumerate(zip(PARAMETERS.items(), pieces, strict=True), 1)
    ]
    rows = pd.concat([conform(add_subject(frame, adsl), "ADRS") for frame in frames], ignore_index=True)
    return conform(rows.sort_values(["USUBJID", "PARAMN", "ADT"], kind="stable"), "ADRS")


def _counting(seen: pd.DataFrame, randomised: pd.Series, new_therapy: pd.DataFrame) -> pd.DataFrame:
    """Add the days from randomisation, and say which assessments count for the best response."""
    start = pd.to_datetime(seen["SUBJID"].map(randomised))
    days = numbers((seen["ADT"] - start).dt.days)
    after = (days > 0) & ~seen["PRIOR"]
    first_progression = seen.loc[after & seen["PROGRESSION"]].groupby("SUBJID")["ADT"].min()
    end = pd.to_datetime(seen["SUBJID"].map(first_progression))
    other = pd.to_datetime(seen["SUBJID"].map(new_therapy.set_index("SUBJID")["ADT"]))
    counts = after & ~(seen["ADT"] > end) & ~(seen["ADT"] > other)
    return seen.assign(DAYS=days, ADY=days + (days >= 0), ANL01FL=flag(counts))


def _overall(seen: pd.DataFrame) -> pd.DataFrame:
    response = seen["RESPONSE"].astype(object).where(~seen["PROGRESSION"], "PD")
    return seen.assign(AVALC=response, ABLFL=flag(baseline_scans(seen, seen)))


def _measured(seen: pd.DataFrame) -> pd.DataFrame:
    size = numbers(seen["SUMDIAM"])
    rows = seen.loc[size.notna()].assign(AVAL=size, AVALU="mm")
    marked = baseline_scans(rows, rows)
    rows = rows.assign(ABLFL=flag(marked))
    base = rows.loc[marked].set_index("SUBJID")[["AVAL", "ADT"]]
    later = (
        (rows["DAYS"] > 0) & ~rows["PRIOR"] & (rows["ADT"] > pd.to_datetime(rows["SUBJID"].map(base["ADT"])))
    )
    before = rows["SUBJID"].map(base["AVAL"]).astype("float64").where(later)
    change = rows["AVAL"] - before
    return rows.assign(BASE=before, CHG=change, PCHG=100 * change / before.where(before > 0))


def _best(overall: pd.DataFrame, adsl: pd.DataFrame, rules: Plan) -> list[pd.DataFrame]:
    """Best response of every patient, whether it is a response or control, and the first response."""
    counted = overall.loc[overall["ANL01FL"].eq("Y").astype(bool)].reset_index(drop=True)
    day, response = counted["DAYS"].astype("int64").tolist(), counted["AVALC"].tolist()
    by_patient = {subject: [*rows] for subject, rows in counted.groupby("SUBJID").indices.items()}
    bests: list[tuple[object, object, int | None]] = []
    firsts: list[tuple[object, object, int | None]] = []
    for subject in adsl["SUBJID"]:
        own = by_patient.get(subject, [])
        days, responses = [day[row] for row in own], [response[row] for row in own]
        best, place = best_response(days, responses, rules)
        bests.append((subject, best, None if place is None else own[place]))
        first = first_response(days, responses, rules)
        if first is not None:
            firsts.append((subject, judged_responses(days, responses, rules)[first], own[first]))
    table, began = (_shown(counted, found) for found in (bests, firsts))
    responded, controlled = (table["AVALC"].isin(list(good)) for good in (OBJECTIVE, CONTROL))
    return [
        table,
        table.assign(AVALC=first_label([(responded, "Y"), (~responded, "N")], table.index)),
        table.assign(AVALC=first_label([(controlled, "Y"), (~controlled, "N")], table.index)),
        began,
    ]


def _shown(counted: pd.DataFrame, found: list[tuple[object, object, int | None]]) -> pd.DataFrame:
    """Give responses with date, study day and source of the assessment they were found at, if at one."""
    rows = [-1 if row is None else row for _, _, row in found]
    named = {
        "SUBJID": pd.Series([subject for subject, _, _ in found], dtype=object),
        "AVALC": pd.Series([value for _, value, _ in found], dtype=object),
    }
    return pd.DataFrame(named).join(counted[_SHOWN].reindex(rows).reset_index(drop=True))


def _best_change(measured: pd.DataFrame) -> pd.DataFrame:
    """Largest shrinkage, or least growth, in percent of the baseline sum."""
    counted = measured.loc[measured["ANL01FL"].eq("Y").astype(bool) & measured["PCHG"].notna()]
    best = counted.sort_values(["PCHG", "ADT"], kind="stable").drop_duplicates("SUBJID")
    return best.assign(AVAL=best["PCHG"], AVALU="%")
