"""The panel of a number and docs/methods.md read one list; every method of the report is of a procedure, or named."""

import pytest

from duonen_stats.results.procedures import NO_CALL, procedures, procedures_of

WITHOUT_PROCEDURE = (
    "denominator: ",
    "mean over patients; ",
    "beta(",
    "logistic regression with Firth's penalty",
    "physical half-life of the dictionary",
    "protocol, not data",
    "visit chosen from the data",
)
"""How the words of a method begin that is no procedure of docs/methods.md: shares, facts, models without a row."""


def test_every_method_of_the_final_report_is_of_a_procedure_or_named_here(final_results):
    found = {row.method: procedures_of(row) for row in final_results if row.method}
    missing = {
        method
        for method, made_by in found.items()
        if not made_by and not method.startswith(WITHOUT_PROCEDURE)
    }
    assert missing == set()
    assert not {
        method for method, made_by in found.items() if made_by and method.startswith(WITHOUT_PROCEDURE)
    }


@pytest.mark.parametrize(
    ("analysis_id", "name"),
    [
        ("pfs.primary.log_rank.p", "log-rank"),
        ("pfs.primary.cox.hr", "Cox"),
        ("labs.HGB.V4.between.kruskal_wallis.p", "Kruskal–Wallis"),
        ("table1.age.all.sd", "description"),
        ("table1.age.all.median", "quantiles"),
        ("table1.age.all.n", ""),
    ],
)
def test_a_number_is_of_its_procedure(final_results, analysis_id, name):
    assert [one.name for one in procedures_of(final_results.row(analysis_id))] == [name] * bool(name)


def test_each_procedure_stands_once_with_calls_or_a_dash():
    names = [one.name for one in procedures()]
    assert len({*names}) == len(names)
    assert all(text for one in procedures() for text in (one.function, one.r, one.spss, one.difference))
    assert any(one.spss == NO_CALL for one in procedures())
