"""What did the patients die of, and how long after the last cycle?"""

import numpy as np

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import count, describe
from duonen_stats.results.rows.groups import ARM, each_group, flagged
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

EARLY_DAYS = 30
"""A death up to so many days after the last cycle is listed apart, whatever its cause."""


def analyse_deaths(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count deaths by cause and arm, and describe the days from the last cycle to death.

    Source: ICH E3, section 12.3.1; FDA (2006) Establishment and operation of clinical trial data monitoring committees,
    section 4.4.1.2.
    """
    causes = study.table("follow_up").column("DTHCAUSE").codes
    rows: list[ResultRow] = []
    for arm, members in each_group(flagged(data.adsl, "RANDFL"), study):
        about = About(display="Deaths", population=Population.RANDOMISED, group1=ARM, group1_level=arm)
        died = members[members["DTHDT"].notna()]
        for cause in causes:
            block = about.of(ids.death_cause(cause.code, arm), variable="DTHCAUS", variable_level=cause.label)
            rows += count(int(died["DTHCAUS"].eq(cause.code).sum()), len(died), block, of="deaths")
        block = about.of(ids.death_without_cause(arm), variable="DTHCAUS")
        rows += count(int(died["DTHCAUS"].isna().sum()), len(died), block, of="deaths")
        days = (died["DTHDT"] - died["TRTEDT"]).dt.days.dropna()
        block = about.of(
            ids.death_early(arm), variable="DTHDT", context=f"up to {EARLY_DAYS} days after the last cycle"
        )
        rows += count(int(days.between(0, EARLY_DAYS).sum()), len(died), block, of="deaths")
        block = about.of(ids.death_days(arm), variable="DTHDT", context="days from the last cycle to death")
        rows += describe(days.to_numpy(dtype=np.float64), block, plan, population=len(died))
    return rows
