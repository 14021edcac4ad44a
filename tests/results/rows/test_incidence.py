"""Rows of a cumulative incidence: by hand, without an event, and beyond the last time."""

import numpy as np
import pytest

from duonen_stats.plan import FINAL
from duonen_stats.results import Results, ids
from duonen_stats.results.rows.incidence import causes, incidence_rows
from duonen_stats.results.rows.table import About
from duonen_stats.results.rows.times import Times


def times(*pairs):
    """Months and what they end in: 0 an event, 7 death without it, 1 censored."""
    months, codes = zip(*pairs, strict=True) if pairs else ((), ())
    reason = np.array(codes, dtype=np.int64)
    return Times(
        subject=np.array([str(place) for place in range(len(months))], dtype=object),
        time=np.array(months, dtype=float), event=(reason == 0).astype(np.int64), reason=reason,
        arm=np.array(["A"] * len(months), dtype="<U1"),
    )  # fmt: skip


def rows_of(*pairs, at=(6.0, 12.0)):
    about = About(id=ids.late_incidence("renal", "A"), display="", population="")
    return Results(
        incidence_rows(times(*pairs), about, ids.late_rate, ids.late_grid, at, (0.0, *at), FINAL)
    )  # fmt: skip


def incidence(rows, month, name="incidence"):
    return rows.value(ids.late_rate(ids.late_incidence("renal", "A"), month).stat(name))


def test_causes_are_event_death_and_censoring():
    assert causes(times((1, 0), (2, 7), (3, 1))).tolist() == [1, 2, 0]


def test_death_competes():
    rows = rows_of((3, 0), (5, 7), (8, 0), (20, 1))
    assert incidence(rows, 6.0) == 0.25
    assert incidence(rows, 12.0) == 0.5  # of four, one died: 1 − Kaplan–Meier would say 0.625
    assert incidence(rows, 12.0, "n_risk") == 1


def test_the_grid_counts_at_risk_and_censored():
    rows = rows_of((3, 0), (4, 1), (20, 1))
    block = ids.late_grid(ids.late_incidence("renal", "A"), 6.0)
    assert (rows.value(block.stat("n_risk")), rows.value(block.stat("n_censored"))) == (1, 1)


def test_without_an_event_limits_are_exact():
    rows = rows_of((20, 1), (20, 1), (20, 1))
    assert incidence(rows, 6.0) == 0
    assert incidence(rows, 6.0, "ci_high") == pytest.approx(1 - 0.025 ** (1 / 3))


def test_beyond_the_last_time_there_is_a_reason():
    rows = rows_of((3, 0), (7, 1))
    block = ids.late_rate(ids.late_incidence("renal", "A"), 12.0)
    assert rows.value(block.stat("incidence")) is None
    assert rows.row(block.stat("incidence")).note


def test_nobody_has_a_reason_at_every_month():
    rows = rows_of()
    assert incidence(rows, 6.0) is None
    assert rows.value(ids.late_incidence("renal", "A").stat("n")) == 0
