"""Late harm of the marrow and the kidneys: when each patient had it, from reported events, counts and transfusions."""

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from duonen_stats.datasets.efficacy.dated_records import earliest
from duonen_stats.datasets.efficacy.survival_records import COMPETING, EVENT, NO_EVENT, REASONS
from duonen_stats.datasets.laboratory.grade_course import MARROW_ANALYTES, persistent_cytopenias
from duonen_stats.datasets.metadata.shape import conform, require_columns
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.plan import Plan

NEOPLASM, DYSFUNCTION, SEVERE_CYTOPENIA, CYTOPENIA, RENAL = "TTMN", "TTPHD", "TTSCYT", "TTCYT", "TTREN"
PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        NEOPLASM: "Time to Myeloid Neoplasm (months)",
        DYSFUNCTION: "Time to Persistent Haematological Dysfunction, as Diagnosed (months)",
        SEVERE_CYTOPENIA: "Time to Lasting Grade 3 or 4 Cytopenia or Transfusion (months)",
        CYTOPENIA: "Time to Lasting Cytopenia of Unjudged Cause (months)",
        RENAL: "Time to First Renal Event of Grade 3 or Higher (months)",
    }
)
"""``PARAM`` by ``PARAMCD``. Two definitions of persistent haematological dysfunction are two endpoints."""

_FIRST_NUMBER = 20
_MYELOID = (
    r"myelodysplas|\bmds\b|\baml\b|\bmpn\b|acute myeloid|acute myelogenous|myeloid leuk|myeloproliferat|myelofibrosis"
    r"|polycythaemia vera|polycythemia vera|essential thrombocyth|erythroleuk|chronic myelomonocytic|acute leuk"
    r"|myeloid neoplasm|refractory an(?:a)?emia|refractory cytopenia"
)
_MARROW_FAILURE = (
    r"(?:bone )?marrow (?:failure|aplasia)|aplastic an(?:a)?emia|persistent h(?:a)?ematological dysfunction"
    r"|unexplained (?:pan)?cytopenia|cytopenia of unknown"
)
_TRANSFUSION = "TRANSFUSION"
_SOURCE = ("ADT", "EVNTDESC", "SRCDOM", "SRCVAR", "SRCSEQ")


def add_late_harm(
    adtte: pd.DataFrame,
    adae: pd.DataFrame,
    adlb: pd.DataFrame,
    adsl: pd.DataFrame,
    event_lines: pd.DataFrame,
    therapies: pd.DataFrame,
    rules: Plan,
) -> pd.DataFrame:
    """Add the times to late harm of treated patients, from the first administration on and without an end of reporting.

    Parameters
    ----------
    adtte
        With rows OS, of which death and the last day known alive are taken.
    adae, adlb, adsl
        Reported events, laboratory records, and the first administration (``TRTSDT``).
    event_lines
        ``SUBJID``, ``AESEQ`` and ``_ROW``, the number of its record.
    therapies
        ``SUBJID``, ``CLASS``, ``STARTDT`` and ``_ROW`` of other therapies; without rows if the cut has none.
    rules
        ``persistent_grade``, ``persistent_days``, days in a month.

    Returns
    -------
    pandas.DataFrame
        ``adtte`` with five rows more of every treated patient: event, ``COMPETING`` for death without it, or censored.
        Who is alive is censored on the last day known alive; of the two that blood counts give, everybody at the last
        count, since nobody knows of a count that was not made, and death competes there if it came within
        ``persistent_days`` of it. A lasting cytopenia is dated by the count that shows that it lasts. A count of a
        grade that the patient had before treatment does not count.

    Raises
    ------
    DataError
        A column is absent.

    References
    ----------
    Bergsma et al. (2018) J Nucl Med 59:452-458 (a diagnosis, or a cytopenia without another cause); Bergsma et al.
    (2016) Eur J Nucl Med Mol Imaging 43:453-463 (grade 3 or 4 of more than six months, or transfusions).
    """
    require_columns(adtte, "PARAMCD", "SUBJID", "ADT", "CNSR")
    require_columns(event_lines, "SUBJID", "AESEQ", "_ROW")
    start = adsl.loc[adsl["TRTSDT"].notna()].set_index("SUBJID")["TRTSDT"]
    known = adtte.loc[adtte["PARAMCD"].eq("OS") & adtte["SUBJID"].isin(start.index)]
    known = known.set_index("SUBJID", drop=False)
    reported = _reported(adae, event_lines, start)
    named = {code: reported[which] for code, which in reported_harm(reported).items()}
    found_severe = [_lasting(adlb, SEVERE, rules.persistent_days), _transfusions(therapies, start)]
    some = [frame[["SUBJID", *_SOURCE]] for frame in found_severe if not frame.empty]
    severe = pd.concat(some, ignore_index=True) if some else found_severe[0]
    lasting = _lasting(adlb, rules.persistent_grade, rules.persistent_days)
    alive = _alive(known, start)
    counted = _until_last_count(alive, adlb, rules.persistent_days)
    found = {
        NEOPLASM: (named[NEOPLASM], alive, "Myeloid neoplasm"),
        DYSFUNCTION: (named[DYSFUNCTION], alive, "Myeloid neoplasm or marrow failure, as diagnosed"),
        SEVERE_CYTOPENIA: (severe, counted, ""),
        CYTOPENIA: (lasting, counted, ""),
        RENAL: (named[RENAL], alive, "Renal event of grade 3 or higher"),
    }
    pieces = []
    for number, (code, (events, rest, words)) in enumerate(found.items(), _FIRST_NUMBER):
        rows = _timed(events.assign(EVNTDESC=words) if words else events, rest, known)
        days = (pd.to_datetime(rows["ADT"]) - pd.to_datetime(rows["STARTDT"])).dt.days
        pieces.append(
            rows.assign(
                AVAL=days.clip(lower=0) / rules.days_per_month, AVALU="MONTHS", PARAM=PARAMETERS[code],
                PARAMCD=code, PARAMN=number,
            )
        )  # fmt: skip
    rows = pd.concat([adtte, *(conform(piece, "ADTTE") for piece in pieces)], ignore_index=True)
    return conform(rows.sort_values(["USUBJID", "PARAMN"], kind="stable"), "ADTTE")


def reported_harm(adae: pd.DataFrame) -> dict[str, "pd.Series[bool]"]:
    """Say which reported events are a late harm, by its ``PARAMCD``.

    Parameters
    ----------
    adae
        ``AETERM``, ``AEDECOD``, ``AECAT``, ``AETOXGR``.

    Returns
    -------
    dict
        ``TTMN`` and ``TTPHD`` by the reported or the preferred term, ``TTREN`` by category and grade; indexed like
        ``adae``. That a cytopenia has no other cause is the verdict of whoever reports it: it is a diagnosis here, and
        no rule stands for it.

    Raises
    ------
    DataError
        A column is absent.

    Examples
    --------
    >>> frame = pd.DataFrame({"AETERM": ["MDS", "Anemia"], "AEDECOD": ["Myelodysplastic syndrome", "Anemia"],
    ...                       "AECAT": ["OTHER", "ANEMIA"], "AETOXGR": [4, 2]})
    >>> reported_harm(frame)["TTPHD"].tolist()
    [True, False]
    """
    require_columns(adae, "AETERM", "AEDECOD", "AECAT", "AETOXGR")
    text = adae["AETERM"].astype("string").fillna("") + " | " + adae["AEDECOD"].astype("string").fillna("")
    severe = adae["AETOXGR"].ge(SEVERE).fillna(value=False)
    found = {
        NEOPLASM: text.str.contains(_MYELOID, case=False, regex=True),
        DYSFUNCTION: text.str.contains(f"{_MYELOID}|{_MARROW_FAILURE}", case=False, regex=True),
        RENAL: adae["AECAT"].eq("RENAL_IMPAIRMENT").fillna(value=False) & severe,
    }
    return {code: which.astype(bool) for code, which in found.items()}


def _reported(adae: pd.DataFrame, lines: pd.DataFrame, start: pd.Series) -> pd.DataFrame:
    """Dated events of treated patients from the first administration on, with their sources; nobody stops asking."""
    numbers = lines.set_index(["SUBJID", "AESEQ"])["_ROW"].rename("SRCSEQ")
    events = adae[adae["SUBJID"].isin(start.index) & adae["ASTDT"].notna()]
    events = events[events["ASTDT"] >= pd.to_datetime(events["SUBJID"].map(start))]
    named = events.rename(columns={"ASTDT": "ADT"}).join(numbers, on=["SUBJID", "AESEQ"])
    return named.assign(SRCDOM="adverse_events", SRCVAR="STARTDT")


def _lasting(adlb: pd.DataFrame, grade: int, days: int) -> pd.DataFrame:
    require_columns(adlb, "USUBJID", "SUBJID")
    found = persistent_cytopenias(adlb, grade, days)
    names = adlb.drop_duplicates("USUBJID").set_index("USUBJID")["SUBJID"]
    return found.assign(
        SUBJID=found["USUBJID"].map(names),
        ADT=found["SHOWN"],
        EVNTDESC=f"Cytopenia of grade {grade} or higher for more than {days} days",
        SRCDOM="labs", SRCVAR="LBDT", SRCSEQ=found["LBSEQ"],
    )  # fmt: skip


def _transfusions(therapies: pd.DataFrame, start: pd.Series) -> pd.DataFrame:
    require_columns(therapies, "SUBJID", "CLASS", "STARTDT", "_ROW")
    given = therapies[therapies["CLASS"].eq(_TRANSFUSION).fillna(value=False).astype(bool)]
    dates = pd.to_datetime(given["STARTDT"])
    given = given[dates >= pd.to_datetime(given["SUBJID"].map(start))]
    return given.assign(
        ADT=pd.to_datetime(given["STARTDT"]), EVNTDESC="Transfusion", SRCDOM="concomitant_therapies", SRCVAR="STARTDT",
        SRCSEQ=given["_ROW"],
    )  # fmt: skip


def _alive(known: pd.DataFrame, start: pd.Series) -> pd.DataFrame:
    """Every treated patient without an event: censored when last known alive, or dead, which competes."""
    died = known["CNSR"].eq(EVENT).astype(bool)
    return known.assign(
        STARTDT=pd.to_datetime(known["SUBJID"].map(start)),
        CNSR=known["CNSR"].mask(died, COMPETING),
        EVNTDESC=known["EVNTDESC"].mask(died, REASONS[COMPETING]),
        CNSDTDSC=known["CNSDTDSC"].mask(died, "Death"),
    )


def _until_last_count(alive: pd.DataFrame, adlb: pd.DataFrame, days: int) -> pd.DataFrame:
    """Follow each patient to the last blood count, or to the first administration if there is none after it.

    Death within some days of it competes. Of who died later nobody knows the counts in between, so that such a patient
    is censored at the last count as well.
    """
    counts = adlb[adlb["DTYPE"].isna() & adlb["PARAMCD"].isin(MARROW_ANALYTES) & adlb["ATOXGRMN"].notna()]
    counts = counts[counts["ADY"].gt(1).fillna(value=False).astype(bool)].sort_values(["ADT", "LBSEQ"])
    last = counts.drop_duplicates("SUBJID", keep="last").set_index("SUBJID").reindex(alive.index)
    seen = last["ADT"].notna()
    ends = pd.to_datetime(last["ADT"]).where(seen, pd.to_datetime(alive["STARTDT"]))
    known = pd.to_datetime(alive["ADT"])
    competes = alive["CNSR"].eq(COMPETING).astype(bool) & ((known - ends).dt.days <= days)
    waiting = alive.index[~competes]
    cut = alive.loc[waiting].assign(
        ADT=ends.where(ends <= known, known).reindex(waiting),
        CNSR=NO_EVENT,
        EVNTDESC="No event up to the last blood count",
        CNSDTDSC=_either(seen, "Last blood count", "First administration, no count after it").reindex(
            waiting
        ),
        SRCDOM=_either(seen, "labs", "administrations").reindex(waiting),
        SRCVAR=_either(seen, "LBDT", "EXDT").reindex(waiting),
        SRCSEQ=last["LBSEQ"].reindex(waiting),
    )
    both = pd.concat([conform(alive.loc[competes], "ADTTE"), conform(cut, "ADTTE")], ignore_index=True)
    return both.set_index("SUBJID", drop=False)


def _either(condition: "pd.Series[bool]", holds: str, fails: str) -> "pd.Series[str]":
    return pd.Series(holds, index=condition.index, dtype=object).where(condition, fails)


def _timed(events: pd.DataFrame, rest: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Put the first event of each patient in place of the end of observation, unless it is dated after death."""
    chosen = events.loc[events["SUBJID"].isin(rest.index), ["SUBJID", *_SOURCE]]
    first = earliest(chosen)
    died = known["CNSR"].eq(EVENT).astype(bool).reindex(first.index)
    first = first.loc[~(died & (first["ADT"] > pd.to_datetime(known["ADT"].reindex(first.index))))]
    seen = rest.loc[first.index].assign(
        **{name: first[name] for name in _SOURCE}, CNSR=EVENT, CNSDTDSC=pd.Series(dtype=object)
    )  # fmt: skip
    others = rest.loc[~rest.index.isin(first.index)]
    return pd.concat([conform(seen, "ADTTE"), conform(others, "ADTTE")], ignore_index=True)
