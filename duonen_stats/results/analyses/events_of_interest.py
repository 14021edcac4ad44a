"""Late and lasting harm that publications of this treatment report by name, also when there is none."""

from collections.abc import Callable, Mapping

import pandas as pd

from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.about import About
from duonen_stats.results.rows.count import rate
from duonen_stats.results.rows.groups import ALL, ARM, each_group
from duonen_stats.results.rows.table import ResultRow
from duonen_stats.study import Study

_SEVERE = 3
_LIFE_THREATENING = 4
HAEMATOLOGICAL = ("ANEMIA", "THROMBOCYTOPENIA", "LEUKOPENIA_NEUTROPENIA")
_LASTING = ("NOT_RECOVERED", "FATAL")

_Chosen = Callable[[pd.DataFrame], pd.Series]


def _term(*parts: str) -> _Chosen:
    """Events whose reported term contains one of ``parts``, whatever the case."""
    return lambda events: events["AEDECOD"].str.contains("|".join(parts), case=False, na=False, regex=True)


def _lasting(events: pd.DataFrame) -> pd.Series:
    return events["AEOUT"].isin(_LASTING)


OF_INTEREST: Mapping[
    str, tuple[str, str, _Chosen]
] = {  # part of the id: what it is, how it is told, the rule
    "mds": ("Myelodysplastic syndrome", "reported term", _term("myelodysplas", r"\bMDS\b")),
    "renal_failure": (
        "Permanent renal failure",
        "renal event of grade 4 or 5 that has not recovered",
        lambda events: (
            events["AECAT"].eq("RENAL_IMPAIRMENT")
            & events["AETOXGR"].ge(_LIFE_THREATENING)
            & _lasting(events)
        ),
    ),
    "renal_replacement": (
        "Renal replacement therapy",
        "reported term",
        _term("dialysis", "renal replacement", "kidney transplant", "haemofiltration", "hemofiltration"),
    ),
    "persistent_severe_haematological": (
        "Persistent severe haematological toxicity",
        "haematological event of grade 3 or higher that has not recovered",
        lambda events: (
            events["AECAT"].isin(HAEMATOLOGICAL) & events["AETOXGR"].ge(_SEVERE) & _lasting(events)
        ),
    ),
}


def count_events_of_interest(
    events: pd.DataFrame, patients: pd.DataFrame, population: str, study: Study, plan: Plan
) -> list[ResultRow]:
    """Count the patients with each event of interest.

    Parameters
    ----------
    events
        Reported events from the first administration on: ``USUBJID, AEDECOD, AECAT, AETOXGR, AEOUT``. There is no end:
        a late neoplasm of the marrow comes in the second to eighth year (Bergsma et al. 2018, J Nucl Med 59:452).
    patients
        The population counted in, one row per patient: ``USUBJID``, ``TRT01P``.
    population
        Its name.
    study, plan
        Arms; level and kind of the limits.

    Returns
    -------
    list[ResultRow]
        ``ae.interest.<event>``, and ``ae.interest.<event>.<arm>``, with n, pct and limits;
        ``context`` says how an event is recognised.

    References
    ----------
    Interim publication, section 3.9, which names the four and says that none was seen.
    """
    rows = []
    for name, (label, told_by, rule) in OF_INTEREST.items():
        about = About(
            id=ids.event_of_interest(name),
            display="Table 5",
            population=population,
            variable="AEDECOD" if told_by == "reported term" else "AECAT",
            variable_level=label,
            context=told_by,
        )
        chosen = rule(events).fillna(value=False).astype(bool)
        affected = set(events.loc[chosen, "USUBJID"])
        for arm, members in each_group(patients, study):
            harm = ids.event_of_interest(name)
            block = about.of(
                harm if arm == ALL else ids.event_of_interest_arm(harm, arm), group1=ARM, group1_level=arm
            )
            rows += rate(int(members["USUBJID"].isin(affected).sum()), len(members), block, plan)
    return rows
