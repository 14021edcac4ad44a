from dataclasses import replace

import pytest
from scipy import stats

from duonen_stats.methods import proportion_ci
from duonen_stats.plan import FINAL
from duonen_stats.results.analyses.efficacy.response import analyse_response
from duonen_stats.results.rows.table import Results


@pytest.fixture(scope="module")
def found(datasets, study):
    return Results(analyse_response(datasets, study, FINAL))


def test_rates_with_exact_limits(found):
    # 4 of 40: limits from the beta distribution, Clopper & Pearson (1934).
    assert found.value("response.orr.BCD.n") == 4
    assert found.value("response.orr.BCD.pct") == 10
    low, high = stats.beta.ppf(0.025, 4, 37), stats.beta.ppf(0.975, 5, 36)
    assert found.value("response.orr.BCD.ci_low") == pytest.approx(100 * low)
    assert found.value("response.orr.BCD.ci_high") == pytest.approx(100 * high)
    assert found.value("response.orr.C.ci_low") == 0


def test_best_responses_make_up_the_patients(found):
    for group, n in (("A", 16), ("BCD", 40), ("all", 56)):
        counts = [found.value(f"response.bor.{best}.{group}.n") for best in ("CR", "PR", "SD", "PD", "NE")]
        assert sum(counts) == n
        assert counts[0] + counts[1] == found.value(f"response.orr.{group}.n")
        assert sum(counts[:3]) == found.value(f"response.dcr.{group}.n")


def test_the_difference_is_experimental_minus_control(found):
    difference = found.value("response.orr.BCD.pct") - found.value("response.orr.A.pct")
    assert found.value("response.orr.difference.estimate") == pytest.approx(difference)
    assert found.value("response.orr.difference.ci_low") < difference


def test_best_change_is_described(found, datasets):
    best = datasets.adrs[datasets.adrs["PARAMCD"].eq("BESTCHG")]
    assert found.value("response.best_change.all.n") == len(best)
    assert found.value("response.best_change.all.min") == best["AVAL"].min()


def test_limits_of_responses_are_those_of_the_plan(final_datasets, study, final_results):
    wilson = replace(FINAL, proportion_limits="wilson")
    rows = Results(analyse_response(final_datasets, study, wilson))
    for block in ("response.orr.BCD", "response.dcr.A", "response.bor.CR.all"):
        n, whole = int(rows.value(f"{block}.n")), rows.row(f"{block}.n").n
        for found, method in ((rows, "wilson"), (final_results, "clopper_pearson")):
            right = proportion_ci(n, whole, method=method)
            assert found.value(f"{block}.ci_low") == pytest.approx(100 * right.lower)
            assert found.value(f"{block}.ci_high") == pytest.approx(100 * right.upper)
