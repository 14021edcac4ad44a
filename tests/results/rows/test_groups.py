import numpy as np
import pandas as pd

from duonen_stats.results.rows.groups import (
    by_arm,
    each_group,
    flagged,
    numbers,
)

FRAME = pd.DataFrame({"TRT01P": ["A", "C", "C"], "AVAL": [1.0, 2.0, None], "FL": ["Y", None, "Y"]})


def test_every_planned_arm_is_a_group_even_when_empty(study):
    assert [(name, len(rows)) for name, rows in each_group(FRAME, study)] == [
        ("all", 3), ("A", 1), ("B", 0), ("C", 2), ("D", 0),
    ]  # fmt: skip


def test_values_by_arm_keep_missing_ones(study):
    values = by_arm(FRAME, "AVAL", study)
    assert values["B"].size == 0
    assert np.isnan(values["C"]).tolist() == [False, True]


def test_only_the_flag_y_counts():
    assert flagged(FRAME, "FL")["TRT01P"].tolist() == ["A", "C"]


def test_numbers_reads_nullable_integers():
    assert np.array_equal(numbers(pd.Series([1, None], dtype="Int64")), [1.0, np.nan], equal_nan=True)
