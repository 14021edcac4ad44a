import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from duonen_stats.plan import INTERIM
from duonen_stats.results import INTERIM_ANALYSES, run_analysis
from duonen_stats.results.analyses.safety.adverse_events import analyse_adverse_events


def test_the_whole_is_its_parts_in_order(results, datasets, study):
    parts = [row.analysis_id for analysis in INTERIM_ANALYSES for row in analysis(datasets, study, INTERIM)]
    assert [row.analysis_id for row in results] == parts


def test_some_analyses_can_be_run_alone(datasets, study):
    alone = run_analysis(datasets, study, INTERIM, analyses=(analyse_adverse_events,))
    assert "table5.total.any.n" in alone
    assert "table1.N.all" not in alone


def test_every_row_has_a_number_or_a_reason(results):
    assert all(row.stat is not None or row.note for row in results)
    assert all(row.n is None or row.n >= 0 for row in results)


def test_p_values_lie_strictly_between_0_and_1(results):
    for row in results:
        if row.stat_name in {"p", "holm", "bonferroni"} and row.stat is not None:
            assert 0 < row.stat <= 1, row.analysis_id


def test_linear_algebra_runs_in_one_thread_while_numbers_are_made(datasets, study):
    """With two threads numpy 2.4 sums in another order, and the last digits of some models differ."""
    seen = []

    def threads(*_):
        seen.extend(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")
        return []

    with threadpool_limits(limits=2, user_api="blas"):
        run_analysis(datasets, study, INTERIM, analyses=(threads,))
        after = [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]
    assert set(seen) == {1}
    assert set(after) == {2}


GROUPS = {"all": {"all"}, "BCD": {"B + C + D"}, "A": {"A"}} | {
    one: {one, f"{one} against A"} for one in "BCD"
}
"""The group of a row by the part of its id that names it; a difference names what it is against."""


@pytest.mark.parametrize("made", ["results", "final_results"])
def test_a_row_is_of_the_group_that_its_id_names(made, request):
    named = 0
    for row in request.getfixturevalue(made):
        groups = GROUPS.keys() & {*row.analysis_id.split(".")}
        if len(groups) == 1 and row.group1_level:
            assert row.group1_level in GROUPS[groups.pop()], row.analysis_id
            named += 1
    assert named > 10_000
