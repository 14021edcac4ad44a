from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from duonen_stats.methods import proportion_ci
from duonen_stats.plan import INTERIM
from duonen_stats.results.rows.describe import bounds, count, rate
from duonen_stats.results.rows.table import About

ABOUT = About(id="x", display="Table 1", population="Safety")


def test_a_count_and_its_percentage_are_unrounded():
    rows = count(5, 16, ABOUT)
    assert [(row.analysis_id, row.stat, row.n) for row in rows] == [("x.n", 5.0, 16), ("x.pct", 31.25, 16)]


def test_of_nothing_there_is_no_percentage():
    number, share = count(0, 0, ABOUT, of="events")
    assert number.stat == 0
    assert share.stat is None
    assert share.note == "no events to count"


def test_a_count_is_not_called_the_number_of_those_it_is_a_part_of():
    assert [count(2, 15, ABOUT, of=of)[0].stat_label for of in ("patients", "treated patients")] == [
        "Number of patients",
        "Number among treated patients",
    ]


def found(rows):
    return {row.stat_name: row.stat for row in rows}


# R 4.2: 100 * binom.test(0, 92)$conf.int, of 23, of 5 in 56, of 56 in 56
@pytest.mark.reference
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 92, 0.0, 3.930328774),
        (0, 23, 0.0, 14.81851289),
        (5, 56, 2.962984189, 19.619344093),
        (56, 56, 93.62499033, 100.0),
    ],
)
def test_exact_limits_of_a_percentage(part, whole, low, high):
    rows = found(rate(part, whole, ABOUT, INTERIM))
    assert rows["n"] == part
    assert rows["ci_low"] == pytest.approx(low, abs=1e-6)
    assert rows["ci_high"] == pytest.approx(high, abs=1e-6)


# R 4.2: 100 * prop.test(0, 23, correct = FALSE)$conf.int, of 5 in 56
@pytest.mark.reference
@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(0, 23, 0.0, 14.31166185), (5, 56, 3.874214845, 19.256001386)]
)
def test_score_limits_where_the_plan_says_so(part, whole, low, high):
    rows = rate(part, whole, ABOUT, replace(INTERIM, proportion_limits="wilson"))
    assert found(rows)["ci_low"] == pytest.approx(low, abs=1e-6)
    assert found(rows)["ci_high"] == pytest.approx(high, abs=1e-6)
    assert rows[-1].method == "score (Wilson) limits at 95 %"


def test_of_nobody_there_is_no_limit():
    rows = rate(0, 0, ABOUT, INTERIM)
    assert [(row.stat_name, row.stat) for row in rows] == [
        ("n", 0.0), ("pct", None), ("ci_low", None), ("ci_high", None),
    ]  # fmt: skip
    assert all(row.note == "no patients to count" for row in rows[1:])


@pytest.mark.law
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("n", [1, 5, 12, 23, 56, 92])
def test_exact_limits_cover_at_least_as_often_as_they_say(n, confidence):
    """Every number of events counted with its probability: the coverage itself, not a simulation of it."""
    ends = np.array(
        [
            (one.lower, one.upper)
            for one in (
                proportion_ci(events, n, method="clopper_pearson", confidence=confidence)
                for events in range(n + 1)
            )
        ]
    )
    for truth in np.linspace(0.001, 0.999, 333):
        covered = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
        chance = stats.binom.pmf(np.arange(n + 1), n, truth)[covered].sum()
        assert chance >= confidence - 1e-12


def test_bounds_say_what_the_unknown_could_change():
    rows = found(bounds(3, 2, 16, ABOUT))
    assert rows == {"bound_low": 18.75, "bound_high": 31.25}
    assert found(bounds(3, 0, 16, ABOUT)) == {"bound_low": 18.75, "bound_high": 18.75}
    assert found(bounds(0, 0, 0, ABOUT)) == {"bound_low": None, "bound_high": None}
