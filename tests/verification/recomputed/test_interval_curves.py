import numpy as np
import pandas as pd
import pytest

from duonen_stats.methods import interval_survival
from duonen_stats.plan import FINAL
from duonen_stats.results import ids
from duonen_stats.results.analyses.efficacy.beside_primary import interval_curve_rows
from duonen_stats.results.rows.table import About
from duonen_stats.verification.recomputed.interval_curves import recompute_interval_curves, turnbull
from duonen_stats.verification.second_numbers import SecondNumbers


def test_it_finds_what_the_first_engine_finds():
    """Two methods, two ways to the innermost intervals."""
    draw = np.random.default_rng(5)
    for size in (3, 20, 60):
        low = np.round(draw.uniform(0, 40, size))
        width = draw.choice([0.0, 3.0, 5.0, np.inf], size)
        first, second = interval_survival(low, low + width), turnbull(low, low + width)
        assert second["LEFT"].tolist() == first.left.tolist()
        assert second["RIGHT"].tolist() == first.right.tolist()
        assert second["MASS"].tolist() == pytest.approx(first.mass.tolist(), abs=1e-7)


def test_every_number_of_a_group_is_computed_again(study):
    days = np.array([[0.0, 0, 90, 330, 400, 760], [90.0, 90, 180, 400, 400, np.inf]])
    low, high = days / FINAL.days_per_month
    out = SecondNumbers()
    times = pd.DataFrame({"ARM": "A", "LOWER": low, "UPPER": high})
    recompute_interval_curves(out, times, FINAL, study)
    about = About(id=ids.interval_curve("A"), display="", population="")
    rows = interval_curve_rows(low, high, about, FINAL)
    numbers = {row.analysis_id: row.stat for row in rows if row.stat is not None}
    assert {name: one.value for name, one in out.by_id.items() if ".A." in name} == pytest.approx(numbers)
    assert out.by_id["pfs.interval.curve.B.n"].value == 0
