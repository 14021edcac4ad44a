"""However extreme the data: no NaN, no p of 0, and no interval at a level that is none."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from duonen_stats import methods as m
from duonen_stats.errors import DataError

TIME, EVENT = [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0]
GROUPS = {"a": [1, 2, 3.5], "b": [4, 6, 4.5], "c": [2, 5, 6]}


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, math.nan])
@pytest.mark.parametrize(
    "function",
    [
        pytest.param(lambda c: m.tukey_hsd(GROUPS, confidence=c), id="tukey_hsd"),
        pytest.param(lambda c: m.games_howell(GROUPS, confidence=c), id="games_howell"),
        pytest.param(lambda c: m.paired_t([1, 2, 4], [2, 2, 1], confidence=c), id="paired_t"),
        pytest.param(lambda c: m.pearson([1, 2, 4, 3], [2, 2, 1, 5], confidence=c), id="pearson"),
        pytest.param(lambda c: m.spearman([1, 2, 4, 3], [2, 2, 1, 5], confidence=c), id="spearman"),
        pytest.param(
            lambda c: m.spearman_bootstrap([1, 2, 4, 3], [2, 2, 1, 5], confidence=c, resamples=99),
            id="spearman_bootstrap",
        ),
        pytest.param(lambda c: m.hedges_g([1, 2, 4], [2, 2, 1], confidence=c), id="hedges_g"),
        pytest.param(
            lambda c: m.hodges_lehmann_paired([1, 2, 4], [2, 2, 1], confidence=c), id="hodges_lehmann_paired"
        ),
        pytest.param(
            lambda c: m.hodges_lehmann_two_sample([1, 2, 4], [2, 2, 1], confidence=c, method="asymptotic"),
            id="hodges_lehmann_two_sample",
        ),
        pytest.param(lambda c: m.proportion_ci(3, 9, confidence=c), id="proportion_ci"),
        pytest.param(lambda c: m.fisher_exact([[3, 1], [2, 5]], confidence=c), id="fisher_exact"),
        pytest.param(lambda c: m.kaplan_meier(TIME, EVENT, confidence=c), id="kaplan_meier"),
        pytest.param(
            lambda c: m.cox_model([1, 2, 3, 4], [1, 1, 1, 1], [0, 1, 0, 1], confidence=c), id="cox_model"
        ),
        pytest.param(lambda c: m.restricted_mean(TIME, EVENT, tau=4, confidence=c), id="restricted_mean"),
        pytest.param(
            lambda c: m.cumulative_incidence(TIME, EVENT, at=[2], confidence=c), id="cumulative_incidence"
        ),
    ],
)
def test_level_of_an_interval_outside_0_to_1_is_an_error(function, level):
    with pytest.raises(DataError, match="level of an interval"):
        function(level)


def values_of(result):
    """Every number, text and None in a result, with the path to it."""
    if is_dataclass(result):
        return {
            f"{field.name}/{path}": value
            for field in fields(result)
            for path, value in values_of(getattr(result, field.name)).items()
        }
    if isinstance(result, Mapping):
        return {f"{k}/{path}": v for k, item in result.items() for path, v in values_of(item).items()}
    if isinstance(result, list | tuple):
        return {f"{i}/{path}": v for i, item in enumerate(result) for path, v in values_of(item).items()}
    if isinstance(result, np.ndarray):
        return {
            f"array {i}": "undefined" if np.isnan(v) else v for i, v in enumerate(result.ravel().tolist())
        }
    return {"": result}


FAR = {"a": np.arange(200.0), "b": np.arange(200.0) + 1e6, "c": np.arange(200.0) - 1e6}
LATE, ARMS = [*range(1, 2001), *range(10**6, 10**6 + 2000)], ["A"] * 2000 + ["B"] * 2000


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(
            lambda: [function(FAR) for function in (m.anova, m.welch_anova, m.kruskal_wallis, m.route)],
            id="anova",
        ),
        pytest.param(lambda: [*m.tukey_hsd(FAR), *m.games_howell(FAR), *m.dunn(FAR)], id="tukey_hsd"),
        pytest.param(lambda: m.independent_t(FAR["a"], FAR["b"], equal_var=True), id="independent_t"),
        pytest.param(lambda: m.paired_t(np.arange(500) % 3 / 1e9 + 1e6, np.zeros(500)), id="paired_t"),
        pytest.param(lambda: m.mann_whitney(np.arange(4000), np.arange(4000) + 5000), id="mann_whitney"),
        pytest.param(
            lambda: m.wilcoxon_signed_rank(np.arange(1, 4001), np.zeros(4000)), id="wilcoxon_signed_rank"
        ),
        pytest.param(lambda: m.pearson(range(500), [i + 1e-4 * (i % 2) for i in range(500)]), id="pearson"),
        pytest.param(lambda: m.spearman(range(500), [*range(1, 500), 0]), id="spearman"),
        pytest.param(lambda: m.chi_square([[2000, 0], [0, 2000]]), id="chi_square"),
        pytest.param(lambda: m.fisher_exact([[2000, 0], [0, 2000]]), id="fisher_exact"),
        pytest.param(
            lambda: m.fisher_exact([[2000, 0], [0, 2000]], alternative="greater"), id="fisher_exact"
        ),
        pytest.param(lambda: m.friedman(np.tile([1, 2, 3], (2000, 1))), id="friedman"),
        pytest.param(lambda: m.log_rank(LATE, [1] * 4000, ARMS), id="log_rank"),
        pytest.param(lambda: m.gray_test(LATE, [1] * 4000, ARMS), id="gray_test"),
        pytest.param(
            lambda: m.restricted_mean_difference(LATE, [1] * 4000, ARMS, compare=("A", "B"), tau=10**6),
            id="restricted_mean_difference",
        ),
        pytest.param(
            lambda: (
                m.cox_model(range(1, 4001), [1] * 4000, np.arange(4000) + 300 * np.sin(np.arange(4000))).terms
            ),
            id="cox_model",
        ),
    ],
)
def test_overwhelming_evidence_has_a_p_above_0_and_no_nan(result):
    found = {path: value for path, value in values_of(result()).items() if isinstance(value, float)}
    assert not [path for path, value in found.items() if math.isnan(value)]
    p_values = [value for path, value in found.items() if "p_value" in path]
    assert p_values
    assert all(0 < p <= 1 for p in p_values)
