from dataclasses import replace

import pytest

from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.efficacy_words import (
    compared_groups,
    compared_words,
    confirmatory_p,
    experimental,
    group_name,
    interval,
    limits,
    numbers_in,
    primary_status,
    reached,
)
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.results import ids
from duonen_stats.results.rows.table import ResultRow, Results


def look(**stats):
    """A results table of one block; a text in place of a number is the reason why there is none."""
    rows = [
        ResultRow(
            analysis_id=f"x.{name}", display="d", population="p", stat_name=name, stat_label=name,
            stat=None if isinstance(value, str) else value, note=value if isinstance(value, str) else "",
            note_kind="not_reached" if value == "not reached" else "",
        )
        for name, value in stats.items()
    ]  # fmt: skip
    return Lookup(Results(rows))


@pytest.mark.parametrize(
    ("stats", "wanted"),
    [
        ({"hr": 0.523, "ci_low": 0.304, "ci_high": 0.899}, "0.52 (0.30–0.90)"),
        ({"hr": 0.51, "ci_low": 0.26, "ci_high": 1.0008}, "0.51 (0.26–1.001)"),
        ({"hr": 0.51, "ci_low": 0.26, "ci_high": 0.9996}, "0.51 (0.26–0.9996)"),
        ({"hr": 1.0004, "ci_low": 0.26, "ci_high": 1.2}, "1.00 (0.26–1.20)"),
        ({"hr": -1.26, "ci_low": -3.0, "ci_high": 0.5}, "−1.26 (−3.00 to 0.50)"),
        ({"hr": 23.1, "ci_low": 12.0, "ci_high": "not reached"}, "23.10 (12.00 to –)"),
        ({"hr": 1.0, "ci_low": "no limit", "ci_high": "no limit"}, "1.00 (–)"),
        ({"hr": "not reached", "ci_low": 30.0, "ci_high": "not reached"}, "not reached (30.00 to –)"),
        ({"hr": "no event", "ci_low": "no event", "ci_high": "no event"}, "–"),
    ],
)
def test_an_estimate_with_its_limits(stats, wanted):
    assert plain(interval(look(**stats), "x", "hr", 2)) == wanted


def test_limits_by_their_own_ids_keep_them():
    line = limits(look(median=5.0, low=1.0, high=9.0), "x.median", "x.low", "x.high", 1)
    assert [number.id for number in numbers_in([line])] == ["x.median", "x.low", "x.high"]


def test_a_time_not_reached_is_said_so_and_another_reason_is_a_dash():
    assert reached(look(m="not reached"), "x.m", 1).text == "not reached"
    assert reached(look(m="no patient"), "x.m", 1).text == "–"


def test_groups_have_names(final_material):
    assert experimental(final_material) == "BCD"
    assert compared_groups(final_material) == ("BCD", "A", "B", "C", "D")
    assert [group_name(final_material, g) for g in ("BCD", "A", "all")] == ["B + C + D", "Arm A", "Total"]


def test_the_groups_compared_are_those_of_the_plan(final_material):
    assert compared_words(final_material) == "arms B + C + D against arm A"
    changed = replace(final_material, plan=replace(final_material.plan, control_arm="D"))
    assert compared_words(changed) == "arms A + B + C against arm D"


def test_a_figure_of_another_estimate_says_so(final_material):
    changed = replace(final_material, plan=replace(final_material.plan, firth="always"))
    assert plain(primary_status(changed)) == (
        "The pre-specified primary comparison (publication, §4.4); two-sided p-value. Its hazard ratio is estimated "
        "otherwise than planned (firth is always (planned: fallback))."
    )
    level = replace(final_material, plan=replace(final_material.plan, alpha=0.01))
    assert plain(primary_status(level)) == (
        "The pre-specified primary comparison, judged at another level than planned (publication, §4.4): alpha is "
        "0.01 (planned: 0.05). Not confirmatory; two-sided p-value, not adjusted for multiple comparisons."
    )


def test_what_is_pre_specified_follows_plan_stage_and_blinding(final_material):
    assert plain(primary_status(final_material)).startswith("The pre-specified primary comparison")
    assert plain(confirmatory_p(final_material)).startswith("Confirmatory is one p-value alone")
    stamp = replace(final_material.data.stamp, blinded=True)
    for changed in (
        replace(final_material, plan=replace(final_material.plan, control_arm="B")),
        replace(final_material, data=replace(final_material.data, stage="INTERIM")),
        replace(final_material, data=replace(final_material.data, stamp=stamp)),
    ):
        assert plain(primary_status(changed)).startswith("Not the pre-specified comparison")
        assert plain(confirmatory_p(changed)).startswith("No p-value is confirmatory, because ")


def test_a_difference_keeps_its_limits_on_their_side_of_zero():
    line = interval(look(difference=18.0, ci_low=0.04, ci_high=35.9), "x", "difference", 1)
    assert plain(line) == "18.0 (0.04–35.9)"


def test_a_refused_primary_test_is_not_called_confirmatory(final_material):
    """Arm A has fewer than 40 patients, so the test is refused; the reason is that of its row."""
    name = ids.log_rank(ids.primary("pfs")).stat("p")
    why = "a group has fewer than 40 patients"
    rows = [
        replace(row, stat=None, note=why) if row.analysis_id == name else row
        for row in final_material.look.results
    ]
    changed = replace(final_material, look=Lookup.of_plan(Results(rows), final_material.plan))
    assert plain(primary_status(changed)).endswith(f"no p-value: {why}.")
    assert plain(confirmatory_p(changed)).startswith(
        f"No p-value is confirmatory, because the primary test gives no p-value ({why})."
    )
