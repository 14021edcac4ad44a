"""PFS of all arms together, for blinded planning: made without the arm, also where the arm was taken out."""

import pandas as pd

from duonen_stats.datasets.progression import treatment_policy
from duonen_stats.datasets.survival_records import select_survival_records
from duonen_stats.datasets.survival_rules import EVENT, PUBLISHED_RULES
from duonen_stats.raw import Cut
from duonen_stats.sap import Plan
from duonen_stats.study import Study


def blinded_pfs(cut: Cut, study: Study, *, rules: Plan = PUBLISHED_RULES) -> pd.DataFrame:
    """Give entry, follow-up and event of each patient, and nothing that tells the arms apart.

    Of the raw tables only these columns are read: patient, randomisation, assessments, deaths, follow-up,
    withdrawal and the dates of administration. ``ARM``, activities and doses are not.

    Parameters
    ----------
    cut
        A raw data cut; ``subjects`` may lack ``ARM``. It is not changed.
    study
        Gives the columns of a table that did not arrive.
    rules
        What progression is, and the days in a month.

    Returns
    -------
    pandas.DataFrame
        One row per patient randomised up to the cut, by ``SUBJID``: ``ENTRYDT`` (date of randomisation),
        ``MONTHS`` to progression or death, or to the last evaluable assessment (treatment policy, as PFS of
        ADTTE), and ``EVENT`` (1 seen, 0 not; int64). The columns are the arguments of ``design.blinded_cut``.

    Raises
    ------
    DataError
        As ``build_adtte``.

    Source: ICH E9(R1); FDA (2019) Adaptive designs, section IV: sample size from non-comparative data.
    """
    records = select_survival_records(cut, study, rules)
    outcome = treatment_policy(records)
    entry = records.patients.set_index("SUBJID")["ADT"]
    out = pd.DataFrame(
        {
            "SUBJID": outcome.index.astype(object),
            "ENTRYDT": entry.to_numpy(),
            "MONTHS": ((outcome["ADT"] - entry).dt.days / rules.days_per_month).to_numpy(),
            "EVENT": outcome["CNSR"].eq(EVENT).astype("int64").to_numpy(),
        }
    )
    return out.sort_values("SUBJID", kind="stable", ignore_index=True)
