from dataclasses import replace

import pytest
from displays.model.test_efficacy_words import look

from duonen_stats.displays.model.content import (
    Column,
    Number,
    TableContent,
    TableRow,
    plain,
)
from duonen_stats.displays.model.lookup import Lookup, dash_reasons, points_of
from duonen_stats.errors import UnknownResultError
from duonen_stats.plan import INTERIM
from duonen_stats.results.ids import Block
from duonen_stats.results.rows.table import ResultRow, Results


def row(analysis_id, stat, note=""):
    return ResultRow(
        analysis_id=analysis_id,
        display="T",
        population="P",
        stat_name="s",
        stat_label="s",
        stat=stat,
        note=note,
    )


LOOK = Lookup(
    Results(
        [
            row("x.n", 5.0), row("x.pct", 31.25), row("x.median", -0.9), row("x.q1", -1.6), row("x.q3", 0.5),
            row("x.min", -3.0), row("x.max", 1.0), row("x.p", 0.0274), row("y.p", None, "an arm is empty"),
            row("y.median", None, "no values"), row("x.ci_low", 11.02), row("x.ci_high", 58.66),
            row("y.n", 0.0), row("y.pct", None, "no patients to count"), row("y.ci_low", None, "no patients to count"),
        ]
    )
)  # fmt: skip


def test_a_number_knows_its_row():
    assert LOOK.fixed("x.median", 2) == Number("x.median", "−0.90")
    assert LOOK.p("x.p") == Number("x.p", "0.027")
    assert LOOK.count("x.n") == Number("x.n", "5")


def test_blocks_are_written_as_tables_do():
    assert plain(LOOK.n_percent("x")) == "5 (31.3%)"
    assert plain(LOOK.median_range("x", 1)) == "−0.9 (−3.0–1.0)"
    assert plain(LOOK.median_quartiles("x", 2, to=" to ", signed=True)) == "−0.90 (−1.60 to +0.50)"


def test_without_a_median_there_is_one_dash():
    assert LOOK.median_quartiles("y", 1) == (Number("y.median", "–"),)
    assert LOOK.median_range("y", 1) == (Number("y.median", "–"),)


def test_a_rate_is_written_with_its_limits_in_brackets():
    assert plain(LOOK.n_percent_limits("x")) == "5 (31.3%) [11.0–58.7]"
    assert plain(LOOK.n_percent_limits("y")) == "0 (–)"
    assert plain(LOOK.limits("y")) == "–"


def test_below_is_false_for_what_has_no_value():
    assert LOOK.below("x.p", 0.05)
    assert not LOOK.below("y.p", 0.05)


def test_an_unknown_id_stops():
    with pytest.raises(UnknownResultError):
        LOOK.p("z.p")


def test_each_reason_for_a_dash_is_said_once():
    cells = tuple((LOOK.p("y.p"),) for _ in range(2))
    table = TableContent(columns=(Column(header="a"), Column(header="b")), rows=(TableRow(cells=cells),))
    assert dash_reasons(table, LOOK.results) == (("– not estimable: an arm is empty.",),)
    full = TableContent(columns=(Column(header="a"),), rows=(TableRow(cells=((LOOK.p("x.p"),),)),))
    assert dash_reasons(full, LOOK.results) == ()


def test_what_is_withheld_is_not_called_not_estimable():
    results = Results(
        [
            row("a.n", None, "no patients"),
            row("b.n", 3.0).because("withheld in a dry run", "withheld", stat=None),
        ]
    )
    cells = ((Number("a.n", "–"),), (Number("b.n", "–"),))
    table = TableContent(columns=(Column(header="x"),) * 2, rows=(TableRow(cells=cells),))
    assert dash_reasons(table, results) == (
        ("– not estimable: no patients. – not shown: withheld in a dry run.",),
    )


def test_no_p_value_is_rounded_across_a_level_of_the_plan():
    results = Results([row("x.p", 0.04996), row("y.p", 0.00997), row("z.p", 0.0249)])
    at_five = Lookup.of_plan(results, INTERIM)
    assert [at_five.p(f"{key}.p").text for key in "xyz"] == ["0.04996", "0.010", "0.025"]
    strict = Lookup.of_plan(results, replace(INTERIM, alpha=0.01, confidence=0.975))
    assert [strict.p(f"{key}.p").text for key in "xyz"] == ["0.04996", "0.00997", "0.0249"]
    assert plain(strict.p_equals("x.p")).replace("\u00a0", " ") == "p = 0.04996"


def test_a_level_too_near_to_be_shown_in_digits_is_named():
    look = Lookup(Results([row("x.p", 0.05 - 1e-12)]), (0.05,))
    assert plain(look.p_equals("x.p")).replace("\u00a0", " ") == "p < 0.05"


def test_a_number_keeps_its_side_of_a_bound():
    look = Lookup(Results([row("x.ci_high", 0.9996)]))
    assert look.fixed("x.ci_high", 2, bounds=(1.0,)).text == "0.9996"


CURVE = {
    "steps": 2.0, "step.0.time": 0.0, "step.0.survival": 1.0, "step.0.ci_low": "no limit", "step.0.ci_high": "no limit",
    "step.1.time": 4.5, "step.1.survival": 0.8, "step.1.ci_low": 0.6, "step.1.ci_high": 0.9,
}  # fmt: skip


def points(**stats):
    found = look(**stats)
    names = ("time", "survival", "ci_low", "ci_high")
    return found, [Block(name, names) for name in found.results.under("x.step")]


def test_points_are_read_in_order_with_their_limits():
    found = points_of(*points(**CURVE), "survival", with_limits=True)
    assert (found.time, found.value) == ([0.0, 4.5], [1.0, 0.8])
    assert (found.low, found.high) == ([None, 0.6], [None, 0.9])


def test_limits_are_left_out_unless_asked_for():
    found = points_of(*points(**CURVE), "survival")
    assert (list(found.low), list(found.high)) == ([], [])


def test_a_list_that_cannot_be_had_is_empty():
    assert points_of(*points(steps=0.0), "survival").time == []


def test_a_point_without_a_number_is_left_out():
    broken = CURVE | {"step.1.survival": "no limit"}
    assert points_of(*points(**broken), "survival").time == [0.0]
