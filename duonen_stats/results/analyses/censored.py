"""Why times are censored: reasons counted by group, for PFS under both estimands and OS."""

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.efficacy.survival_rules import REASONS, SURVIVAL_REASONS
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.about import About
from duonen_stats.results.rows.groups import ARM
from duonen_stats.results.rows.table import ResultRow
from duonen_stats.results.rows.times import (
    ENDPOINTS,
    each_time_group,
    group_level,
    times_of,
)
from duonen_stats.study import Study


def analyse_reasons(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count the reasons of censoring, one row a reason, also where no patient has it.

    Informative censoring shows here first: reasons that differ between arms ask for the sensitivity analyses.

    Source: CONSORT 2025, item 22 (losses and exclusions after randomisation, with reasons).
    """
    rows = []
    for endpoint, (parameter, label) in ENDPOINTS.items():
        for group, own in each_time_group(times_of(data.adtte, parameter), study, plan):
            for code in SURVIVAL_REASONS:
                about = About(
                    id=ids.censored(endpoint, code, group), display="Efficacy", population=Population.RANDOMISED,
                    group1=ARM, group1_level=group_level(group, study, plan), variable=label,
                    variable_level=REASONS[code],
                )  # fmt: skip
                number = int((own.reason == code).sum())
                rows.append(about.row("n", number, label="Number of patients", n=len(own.reason)))
    return rows
