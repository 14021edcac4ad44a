from dataclasses import replace

import pytest

from duonen_stats.datasets import build_datasets
from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.exposure.modifications import CATEGORIES, analyse_modifications
from duonen_stats.results.rows.table import Results


def test_the_partition_adds_up_in_every_arm(results):
    for arm in "BCD":
        parts = [results.value(f"table2.{arm}.partition.{category}.n") for category in CATEGORIES]
        assert sum(parts) == results.value(f"table2.{arm}.N")


def test_any_cycle_may_count_a_patient_twice(results):
    parts = [results.value(f"table2.B.any_cycle.{category}.n") for category in CATEGORIES]
    assert sum(parts) == 17  # 2 + 9 + 6 of 16, as published
    assert results.value("table2.B.N") == 16


def test_percent_is_of_the_nominal_first_activity(results):
    for arm, nominal in (("B", 1850), ("C", 3700), ("D", 7400)):
        block = f"table2.{arm}.partition.decreased"
        assert results.value(f"{block}.mean_pct") == pytest.approx(
            100 * results.value(f"{block}.mean_mbq") / nominal
        )


def test_an_empty_category_has_no_mean_but_a_reason(cut, study):
    plan = replace(INTERIM, modification_tolerance=0.99)
    rows = Results(analyse_modifications(build_datasets(cut, study, plan), study, plan))
    empty = rows.row("table2.C.partition.decreased.mean_mbq")
    assert empty.stat is None
    assert empty.note == "no patient in this category"


def test_the_fixed_course_is_that_of_the_protocol(results):
    assert results.value("activity.fixed_course.total") == pytest.approx(29.6)


def test_arm_a_is_not_among_the_modified(results):
    assert "table2.A.N" not in results
    assert results.value("activity.A.LU177.cumulative.n") == 16
