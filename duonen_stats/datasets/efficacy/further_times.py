"""Times that other datasets are needed for: duration of response, first severe adverse event."""

import pandas as pd

from duonen_stats.datasets.efficacy.dated_records import earliest
from duonen_stats.datasets.efficacy.survival_records import (
    COMPETING,
    EVENT,
    NOT_REPORTED,
    REASONS,
)
from duonen_stats.datasets.metadata.shape import conform, require_columns
from duonen_stats.datasets.safety.toxicity_grade import SEVERE
from duonen_stats.plan import Plan

DURATION = "DOR"
SEVERE_EVENT = "TTAE3"
PARAMETERS = {
    DURATION: "Duration of Response (months)",
    SEVERE_EVENT: "Time to First Adverse Event of Grade 3 or Higher (months)",
}
_NUMBERS = {DURATION: 4, SEVERE_EVENT: 5}
_OF_PFS = ("ADT", "CNSR", "EVNTDESC", "CNSDTDSC", "SRCDOM", "SRCVAR", "SRCSEQ")
_SUBJECT = ("STUDYID", "USUBJID", "SUBJID", "TRT01P", "TRT01PN")


def add_further_times(
    adtte: pd.DataFrame,
    adrs: pd.DataFrame,
    adae: pd.DataFrame,
    adsl: pd.DataFrame,
    event_lines: pd.DataFrame,
    reporting: pd.DataFrame,
    rules: Plan,
) -> pd.DataFrame:
    """Add the duration of response and the time to the first adverse event of grade 3 or higher.

    Parameters
    ----------
    adtte
        Rows PFS and OS, as ``build_adtte`` gives them.
    adrs, adae, adsl
        Give the first response, the adverse events, and the first administration (``TRTSDT``).
    event_lines
        ``SUBJID``, ``AESEQ`` and ``_ROW``, the number of its record.
    reporting
        Until when adverse events were reported, as ``reporting_ends`` gives it.
    rules
        Days in a month.

    Returns
    -------
    pandas.DataFrame
        ``adtte`` with rows DOR of responders (from the first response to progression or death, PFS under the
        treatment policy) and TTAE3 of treated patients (from the first administration; death without such an
        event is ``COMPETING``; else censored when last known alive, or when reporting ended if that is earlier: a later
        death is none of a patient at risk); sorted by ``USUBJID`` and ``PARAMN``.

    Raises
    ------
    DataError
        A column is absent.
    """
    require_columns(adtte, "PARAMCD", "SUBJID", *_OF_PFS)
    pieces = [
        _named(_duration(adtte, adrs), DURATION, rules),
        _named(_severe_event(adtte, adae, adsl, event_lines, reporting), SEVERE_EVENT, rules),
    ]
    rows = pd.concat([adtte, *(conform(piece, "ADTTE") for piece in pieces)], ignore_index=True)
    return conform(rows.sort_values(["USUBJID", "PARAMN"], kind="stable"), "ADTTE")


def _named(rows: pd.DataFrame, code: str, rules: Plan) -> pd.DataFrame:
    days = (pd.to_datetime(rows["ADT"]) - pd.to_datetime(rows["STARTDT"])).dt.days
    return rows.assign(
        AVAL=days / rules.days_per_month,
        AVALU="MONTHS",
        PARAM=PARAMETERS[code],
        PARAMCD=code,
        PARAMN=_NUMBERS[code],
    )


def _duration(adtte: pd.DataFrame, adrs: pd.DataFrame) -> pd.DataFrame:
    first = adrs.loc[adrs["PARAMCD"].eq("FRESP")].set_index("SUBJID")["ADT"]
    pfs = adtte.loc[adtte["PARAMCD"].eq("PFS") & adtte["SUBJID"].isin(first.index)]
    return pfs.assign(STARTDT=pd.to_datetime(pfs["SUBJID"].map(first)))


def _severe_event(
    adtte: pd.DataFrame,
    adae: pd.DataFrame,
    adsl: pd.DataFrame,
    event_lines: pd.DataFrame,
    reporting: pd.DataFrame,
) -> pd.DataFrame:
    start = adsl.loc[adsl["TRTSDT"].notna()].set_index("SUBJID")["TRTSDT"]
    known = adtte.loc[adtte["PARAMCD"].eq("OS") & adtte["SUBJID"].isin(start.index)]
    died = known["CNSR"].eq(EVENT).astype(bool)
    alive = known.assign(
        STARTDT=pd.to_datetime(known["SUBJID"].map(start)),
        CNSR=known["CNSR"].mask(died, COMPETING),
        EVNTDESC=known["EVNTDESC"].mask(died, REASONS[COMPETING]),
        CNSDTDSC=known["CNSDTDSC"].mask(died, "Death"),
    ).set_index("SUBJID", drop=False)
    first = _first_severe(adae, event_lines)
    first = first.loc[first.index.isin(alive.index)]
    ends = alive["ADT"].reindex(first.index)
    before = ~(died.set_axis(alive.index).reindex(first.index) & (first["ADT"] > ends))
    first = first.loc[before]
    seen = alive.loc[first.index].assign(
        **{name: first[name] for name in ("ADT", "CNSR", "EVNTDESC", "CNSDTDSC")},
        SRCDOM="adverse_events",
        SRCVAR="STARTDT",
        SRCSEQ=first["SRCSEQ"],
    )
    rest = _reported(alive.loc[~alive.index.isin(seen.index)], reporting)
    return pd.concat([conform(seen, "ADTTE"), conform(rest, "ADTTE")], ignore_index=True)


def _reported(times: pd.DataFrame, reporting: pd.DataFrame) -> pd.DataFrame:
    """Censor at the end of reporting anyone who is known alive, or died, later; the index is ``SUBJID``."""
    ends = reporting.loc[reporting.index.isin(times.index)]
    ends = ends.loc[ends["ADT"] < times["ADT"].reindex(ends.index)]
    earlier = times.loc[ends.index].assign(
        **{name: ends[name] for name in ("ADT", "SRCDOM", "SRCVAR", "SRCSEQ")},
        CNSR=NOT_REPORTED,
        EVNTDESC=REASONS[NOT_REPORTED],
        CNSDTDSC="End of adverse event reporting",
    )
    return pd.concat([conform(times.loc[~times.index.isin(ends.index)], "ADTTE"), conform(earlier, "ADTTE")])


def _first_severe(adae: pd.DataFrame, event_lines: pd.DataFrame) -> pd.DataFrame:
    """Find the first treatment-emergent event of grade 3 or higher of each patient; ``SUBJID`` is the index."""
    severe = adae["AETOXGR"].ge(SEVERE).fillna(value=False).astype(bool)
    # Without a date of onset an event has no time; ``ae3.undated`` counts those.
    severe &= adae["TRTEMFL"].eq("Y").astype(bool) & adae["ASTDT"].notna()
    lines = event_lines.set_index(["SUBJID", "AESEQ"])["_ROW"]
    chosen = adae.loc[severe, ["SUBJID", "AESEQ", "ASTDT", "AEDECOD"]].rename(columns={"ASTDT": "ADT"})
    chosen = chosen.join(lines.rename("SRCSEQ"), on=["SUBJID", "AESEQ"])
    described = chosen.assign(
        CNSR=EVENT, EVNTDESC="Adverse event of grade 3 or higher", CNSDTDSC=pd.Series(dtype=object)
    )
    return earliest(described)
