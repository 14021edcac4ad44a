from dataclasses import replace

import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.patients.baseline import analyse_baseline
from duonen_stats.results.rows.table import Results


def test_arms_add_up_to_the_total(results):
    for block in ("sex.male", "sex.female", "primary.midgut", "mets.lymph_nodes", "kps80", "grade.g2"):
        arms = sum(results.value(f"table1.{block}.{arm}.n") for arm in "ABCD")
        assert arms == results.value(f"table1.{block}.all.n"), block


def test_levels_of_a_characteristic_add_up_to_100_percent(results):
    for arm in ("all", *"ABCD"):
        for name, levels in (("sex", ("male", "female")), ("grade", ("g1", "g2"))):
            assert sum(
                results.value(f"table1.{name}.{level}.{arm}.pct") for level in levels
            ) == pytest.approx(100)


def test_the_population_and_unit_stand_in_the_row(results):
    row = results.row("table1.lab.HGB.A.median")
    assert (row.population, row.unit, row.n, row.group1_level) == ("Randomised", "g/dL", 16, "A")


def test_the_pooled_median_lies_within_the_hull_of_the_arms(results):
    """A law that the publication's BMI breaks (25.9 with arms from 23.9 to 25.3)."""
    for name in ("age", "bmi", "time_from_dx", "lab.PLAT", "lab.EGFR"):
        arms = [results.value(f"table1.{name}.{arm}.median") for arm in "ABCD"]
        assert min(arms) <= results.value(f"table1.{name}.all.median") <= max(arms)


def test_a_missing_characteristic_is_not_in_the_denominator(datasets, study):
    subjects = datasets.adsl.copy()
    subjects.loc[subjects.index[:28], "METBONFL"] = None
    rows = Results(analyse_baseline(replace(datasets, adsl=subjects), study, INTERIM))
    known = subjects["METBONFL"].dropna()
    assert rows.row("table1.mets.bone.all.n").n == len(known)
    assert rows.value("table1.mets.bone.all.pct") == pytest.approx(100 * known.eq("Y").mean())
