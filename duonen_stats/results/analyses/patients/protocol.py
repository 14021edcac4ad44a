"""Who is analysed, and what departed from the protocol: analysis sets, exclusions and deviations by arm."""

import pandas as pd

from duonen_stats.datasets import Datasets
from duonen_stats.datasets.patients.populations import Population
from duonen_stats.plan import Plan
from duonen_stats.results import ids
from duonen_stats.results.rows.describe import count, withheld_count
from duonen_stats.results.rows.groups import ARM, each_group
from duonen_stats.results.rows.table import About, ResultRow
from duonen_stats.study import Study

NO_DEVIATIONS = "the data cut has no records of protocol deviations"
NO_THERAPIES = "the data cut has no records of concomitant therapies"


def analyse_analysis_sets(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count the patients of each analysis set, and why randomised ones are not in the per-protocol population.

    A patient is counted under the first reason that holds: not treated, treated as another arm, a deviation.

    Source: ICH E9, §5.2; ICH E3, §11.1.
    """
    rows: list[ResultRow] = []
    known = data.addv is not None
    for code, members in each_group(data.adsl, study):
        about = _about(code, plan.words("per_protocol"))
        for name, flag in ids.ANALYSIS_SETS.items():
            block = about.of(ids.analysis_set(name, code), variable=flag)
            if name == "per_protocol" and not known:
                rows += _reasons(block, NO_DEVIATIONS)
            elif name == "dosimetry" and data.stamp.blinded:
                rows += withheld_count(block)
            else:
                rows += count(_flagged(members, flag), len(members), block)
        treated = _yes(members["SAFFL"].eq("Y"))
        planned = _yes(members["TRT01A"].eq(members["TRT01P"]))
        left = {
            "not_treated": int((~treated).sum()),
            "treated_otherwise": int((treated & ~planned).sum()),
            "deviation": int((treated & planned & ~_yes(members["PPROTFL"].eq("Y"))).sum()),
        }
        for why, number in left.items():
            block = about.of(ids.excluded(why, code), variable="PPROTFL", variable_level=why)
            if why == "deviation" and not known:
                rows += _reasons(block, NO_DEVIATIONS)
            else:
                rows += count(number, len(members), block)
    return rows


def analyse_deviations(data: Datasets, study: Study, plan: Plan) -> list[ResultRow]:
    """Count patients with deviations by category, important ones apart, and how many deviations there are.

    Source: ICH E3, §10.2; ICH E9, glossary (important protocol deviations).
    """
    rows: list[ResultRow] = []
    scope = ids.Scope(study=study, plan=plan)
    found = data.addv
    for code, members in each_group(data.adsl, study):
        about = _about(code)
        blocks = {
            **{which: about.of(ids.deviation(which, code), variable_level=which) for which in _WHICH},
            **{
                category: about.of(ids.important_deviation(category, code), variable_level=category)
                for category in ids.deviation_categories(scope)
            },
        }
        if found is None:
            for block in blocks.values():
                rows += [*_reasons(block, NO_DEVIATIONS), block.row("deviations", None, note=NO_DEVIATIONS)]
            continue
        own = found[found["USUBJID"].isin(members["USUBJID"])]
        important = own[_yes(own["IMPDVFL"].eq("Y"))]
        chosen = {
            "any": own,
            "important": important,
            "excluding": own[_yes(own["EXCLPPFL"].eq("Y"))],
            **{
                category: important[_yes(important["DVCAT"].eq(category))]
                for category in ids.deviation_categories(scope)
            },
        }
        for name, block in blocks.items():
            records = chosen[name]
            rows += count(records["USUBJID"].nunique(), len(members), block)
            rows.append(block.row("deviations", len(records), n=len(members), label="Number of deviations"))
    return rows


_WHICH = ("any", "important", "excluding")


def _about(group: str, context: str = "") -> About:
    return About(
        display="Protocol", population=Population.RANDOMISED, group1=ARM, group1_level=group, context=context
    )


def _reasons(block: About, why: str) -> list[ResultRow]:
    return [block.row(stat, None, note=why) for stat in ("n", "pct")]


def _yes(condition: "pd.Series[bool]") -> "pd.Series[bool]":
    """Take a condition that is not known not to hold."""
    return condition.fillna(value=False).astype(bool)


def _flagged(members: pd.DataFrame, flag: str) -> int:
    return int(_yes(members[flag].eq("Y")).sum())
