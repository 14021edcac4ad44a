from dataclasses import fields
from pathlib import Path

import pytest

from duonen_stats.report.plan_page import plan_page
from duonen_stats.sap import INTERIM, Plan

PAGE = Path(__file__).parents[2] / "docs" / "plan.md"


@pytest.mark.snapshot
def test_the_page_in_docs_is_the_plan():
    assert PAGE.read_text(encoding="utf-8") == plan_page(INTERIM)


@pytest.mark.worked
def test_every_decision_stands_there_with_what_it_may_be():
    page = plan_page(INTERIM)
    assert all(f"| `{item.name}`" in page for item in fields(Plan) if item.name not in {"name", "report"})
    assert "`kruskal_wallis`, `routed`, `anova`, `welch_anova`" in page
