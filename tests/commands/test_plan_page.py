from dataclasses import fields, replace
from pathlib import Path

import pytest

from duonen_stats.commands.plan_page import plan_page, plan_text, write_plan
from duonen_stats.errors import DuonenError
from duonen_stats.plan import FINAL, INTERIM, Plan
from duonen_stats.plan.plan_file import read_plan

PAGE = Path(__file__).parents[2] / "docs" / "plan.md"


@pytest.mark.snapshot
def test_the_page_in_docs_is_the_plan():
    assert PAGE.read_text(encoding="utf-8") == plan_page(INTERIM)


def test_every_decision_stands_there_with_what_it_may_be():
    page = plan_page(INTERIM)
    assert all(f"| `{item.name}`" in page for item in fields(Plan) if item.name not in {"name", "report"})
    assert (
        "`kruskal_wallis` Kruskal–Wallis; `routed` the test to which normality and variance lead; `anova`"
        in page
    )


def test_an_edited_plan_is_not_written_over(tmp_path):
    out = tmp_path / "plan.yaml"
    write_plan(INTERIM, out)
    write_plan(INTERIM, out)
    changed = replace(INTERIM, alpha=0.01)
    with pytest.raises(DuonenError, match="says something else"):
        write_plan(changed, out)
    assert read_plan(out) == INTERIM
    write_plan(changed, out, source=out)
    assert read_plan(out) == changed


def test_a_terminal_shows_deviations_with_both_values():
    text = plan_text(replace(FINAL, name="mine", landmark_months=(12.0,)))
    assert text.startswith("Plan mine, of the final report: 1 decision other than in the preset.")
    assert "* landmark_months = 12   (preset: 12, 20, 24, 36, 60)" in text
    assert max(map(len, text.splitlines())) <= 160


def test_a_terminal_shows_what_is_without_effect():
    text = " ".join(plan_text(replace(FINAL, imputation_months=60.0)).split())
    assert "* imputation_months = 60 (preset: 120)" in text
    assert text.count("Without effect") == 1
    assert "Without effect: imputation_end is not horizon." in text
