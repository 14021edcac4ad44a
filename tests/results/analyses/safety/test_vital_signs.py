from dataclasses import replace

import pandas as pd
import pytest
from patients import cycles, day, make_cut, subject

from duonen_stats.datasets.build import build_datasets
from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.safety.vital_signs import NO_RECORD, analyse_vital_signs, karnofsky_level
from duonen_stats.results.rows.table import Results

WORKED = (
    ("1", "T1", -1, "KPS", 90.0),
    ("1", "V1", 14, "KPS", 70.0),
    ("1", "UNS", 40, "KPS", 50.0),  # the worst, beside any visit
    ("1", "F4", 500, "KPS", 80.0),
    ("2", "T1", -1, "KPS", 80.0),
    ("2", "V1", 14, "KPS", 80.0),
    ("3", "V1", 14, "KPS", 60.0),  # no baseline
    ("4", "T1", 0, "KPS", 100.0),  # on the day of the first cycle
    ("5", "T1", -1, "KPS", None),
    ("1", "T1", -1, "WEIGHT", 72.0),
    ("1", "V1", 14, "WEIGHT", 68.4),  # a loss of 5 % exactly
    ("1", "F4", 500, "WEIGHT", 75.6),
    ("2", "T1", -1, "WEIGHT", 60.0),
    ("2", "V1", 14, "WEIGHT", 57.1),  # 4.83 %
    ("3", "UNS", 20, "WEIGHT", 50.0),
)
"""Four patients worked by hand, a fifth of whom nothing is known; all are treated from day 0 on."""


def data_of(study, records=WORKED):
    known = ("1", "2", "3", "4", "5")
    cut = make_cut(
        cut_day=600,
        subjects=[subject(one, "A" if one in "12" else "B") for one in known],
        administrations=[
            row for one in known for row in cycles(one, [7400.0], [1850.0] if one in "345" else None)
        ],
    )
    if records is None:
        return build_datasets(cut, study, INTERIM)
    units = {"KPS": "points", "WEIGHT": "kg"}
    rows = [
        {"SUBJID": one, "VISIT": visit, "VSDT": day(on), "TEST": code, "VALUE": value, "UNIT": units[code]}
        for one, visit, on, code, value in records
    ]
    signs = pd.DataFrame(rows).assign(
        VSDT=lambda f: pd.to_datetime(f["VSDT"]), VALUE=lambda f: f["VALUE"].astype(float)
    )
    signs = signs.assign(_ROW=range(2, len(signs) + 2))
    return build_datasets(replace(cut, tables={**cut.tables, "vital_signs": signs}), study, INTERIM)


@pytest.fixture(scope="module")
def rows(study):
    return Results(analyse_vital_signs(data_of(study), study, INTERIM))


def test_a_value_and_its_change_are_those_of_the_visit(rows):
    assert rows.value("vitals.KPS.T1.all.value.n") == 3
    assert rows.value("vitals.KPS.T1.all.value.median") == 90
    assert rows.value("vitals.KPS.V1.all.value.n") == 3
    assert rows.value("vitals.KPS.V1.all.value.n_missing") == 2
    assert rows.value("vitals.KPS.V1.all.change.n") == 2  # of two there is a baseline
    assert rows.value("vitals.KPS.V1.all.change.mean") == -10
    assert rows.value("vitals.KPS.F4.A.change.n") == 1
    assert rows.value("vitals.WEIGHT.last.all.value.n") == 3
    assert rows.value("vitals.WEIGHT.last.A.percent_change.max") == pytest.approx(5)
    assert rows.value("vitals.WEIGHT.last.A.percent_change.min") == pytest.approx(-100 * 2.9 / 60)
    contexts = [rows.row(f"vitals.KPS.{visit}.all.value.n").context for visit in ("T1", "V1", "F4")]
    assert contexts == ["Baseline", "Value", "Value"]


def test_a_status_shifts_from_baseline_to_the_worst_of_all_values(rows):
    cells = {
        tuple(row.analysis_id.split(".")[3:5]): row.stat
        for row in rows
        if row.analysis_id.startswith("vitals.KPS.shift.") and row.analysis_id.endswith(".all.n") and row.stat
    }
    assert cells == {
        ("90", "below_60"): 1,
        ("80", "80"): 1,
        ("missing", "60"): 1,
        ("100", "missing"): 1,
        ("missing", "missing"): 1,
    }
    share = rows.row("vitals.KPS.shift.90.below_60.all.pct")
    assert (share.stat, share.n) == (50, 2)
    worse = rows.row("vitals.KPS.worsened.all.n")
    assert (worse.stat, worse.n) == (1, 2)
    none = rows.row("vitals.KPS.worsened.B.pct")
    assert (none.stat, none.note) == (None, "no patients with a value at baseline and later to count")


def test_a_loss_of_weight_on_the_bound_has_reached_it(rows):
    assert [rows.value(f"vitals.WEIGHT.lost_ge{one}.all.n") for one in (5, 10, 20)] == [1, 0, 0]
    assert rows.row("vitals.WEIGHT.lost_ge5.all.n").n == 2


def test_nobody_at_a_visit_is_a_row_with_its_reason(rows):
    empty = rows.row("vitals.KPS.V3.A.value.median")
    assert empty.stat is None
    assert empty.note


def test_a_cut_without_vital_signs_says_so_in_each_row(study):
    rows = Results(analyse_vital_signs(data_of(study, None), study, INTERIM))
    assert rows.value("vitals.KPS.shift.missing.missing.all.n") == 5
    assert rows.value("vitals.PULSE.V1.all.value.n_missing") == 5
    assert {row.note for row in rows if row.stat is None} == {NO_RECORD}


@pytest.mark.parametrize(
    ("points", "level"), [(100, "100"), (99, "90"), (60, "60"), (59, "below_60"), (0, "below_60")]
)
def test_levels_of_the_status(points, level):
    assert karnofsky_level(points) == level
