from dataclasses import replace

import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.publication.claim_evidence import Evidence, answer
from duonen_stats.results import ResultRow, Results


def row(name: str, stat: float | None, stat_name: str = "p") -> ResultRow:
    return ResultRow(
        analysis_id=name, display="", population="", stat_name=stat_name, stat_label="", stat=stat,
        note="" if stat is not None else "too few",
    )  # fmt: skip


@pytest.fixture
def asked(study):
    rows = [row("a", 0.03), row("b", 0.2), row("c", None), row("m", 1.25, "median")]
    return Evidence(results=Results(rows), study=study, plan=INTERIM)


def test_numbers_asked_for_are_the_evidence(asked):
    found = answer(lambda q: q.value("m", "median", 1) > 1, asked)
    assert (found.verdict, found.evidence, found.ids) == ("true", "median 1.3", ("m",))


def test_a_missing_number_makes_a_claim_not_evaluable(asked):
    found = answer(lambda q: q.value("c", "p") > 0, asked)
    assert (found.verdict, found.evidence) == ("not evaluable", "p: too few")


def test_a_count_is_told_with_what_it_is_of_and_a_count_of_nobody_answers_nothing(study):
    counts = Results([replace(row("some", 0.0, "n"), n=12), replace(row("nobody", 0.0, "n"), n=0)])
    asked = Evidence(results=counts, study=study, plan=INTERIM)
    assert answer(lambda q: q.value("some", "above") == 0, asked).evidence == "above 0 of 12"
    found = answer(lambda q: q.value("nobody", "above") == 0, asked)
    assert (found.verdict, found.evidence) == ("not evaluable", "above: there is nobody to count")


def test_p_values_are_all_asked_and_the_missing_ones_counted(asked):
    found = answer(lambda q: q.at_least([("a", "A"), ("b", "B"), ("c", "C")], 0.05), asked)
    assert (found.verdict, found.evidence) == ("false", "below 0.05: A 0.030 (of 2; 1 not computed)")
    assert found.ids == ("a", "b", "c")


def test_no_p_value_at_all_is_no_evidence(asked):
    assert answer(lambda q: q.at_least([("c", "C")], 0.05), asked).verdict == "not evaluable"


def test_large_p_values_show_the_smallest(asked):
    found = answer(lambda q: q.at_least([("b", "B")], 0.05), asked)
    assert (found.verdict, found.evidence) == ("true", "smallest p: B 0.20 (of 1)")


def test_a_number_that_the_plan_does_not_make_leaves_a_claim_unanswered(asked):
    asked.unmade = lambda name: "not computed under this plan" if name == "m" else ""
    found = answer(lambda q: q.value("m", "median", 1) > 1, asked)
    assert (found.verdict, found.evidence) == ("not evaluable", "median: not computed under this plan")
    found = answer(lambda q: q.value("nowhere", "x") > 1, asked)
    assert (found.verdict, found.evidence) == ("not evaluable", "x: no analysis gives this number")


def test_p_values_that_the_plan_does_not_make_are_counted_as_not_computed(asked):
    asked.unmade = lambda name: "not computed under this plan" if name != "b" else ""
    found = answer(lambda q: q.at_least([("a", "A"), ("b", "B")], 0.05), asked)
    assert (found.verdict, found.evidence) == ("true", "smallest p: B 0.20 (of 1; 1 not computed)")
    assert found.ids == ("b",)
    found = answer(lambda q: q.at_least([("a", "A")], 0.05), asked)
    assert found.evidence == "not computed under this plan"
