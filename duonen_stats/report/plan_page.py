"""The plan as a page: every decision, what it may be, what it is, why. Run as a program it writes ``docs/plan.md``."""

from pathlib import Path

from duonen_stats.plan import DATASET_FIELDS, INTERIM, Plan, decisions
from duonen_stats.plan.decision import Rule

_HEAD = """# The analysis plan

Every statistical decision, as the presets `INTERIM` and `FINAL` have it: they differ in name and in `report`, which
says what report is made, and in no decision. A sensitivity analysis is `dataclasses.replace(INTERIM, field=value)`; a
report made with it lists each field that differs. Fields marked with * are already held by the analysis datasets: with
another choice, build the datasets again with the changed plan.

This page is made from `duonen_stats/plan`: run `python -m duonen_stats.report.plan_page`.

| decision | value | may be | reason | source |
|---|---|---|---|---|
"""


def plan_page(plan: Plan) -> str:
    """Write the plan as Markdown, one row a decision."""
    rows = []
    for item in decisions():
        rule: Rule = item.metadata["rule"]
        allowed = ", ".join(f"`{value}`" for value in rule.choices) or rule.describe()
        star = " *" if item.name in DATASET_FIELDS else ""
        value = getattr(plan, item.name)
        shown = ", ".join(map(str, value)) if isinstance(value, tuple) else value
        rows.append(
            f"| `{item.name}`{star} | `{shown}` | {allowed} | {item.metadata['reason']} | {item.metadata['source']} |"
        )
    return _HEAD + "\n".join(rows) + "\n"


def main() -> None:
    """Write the page of the interim plan into ``docs`` of the checkout."""
    path = Path(__file__).parents[2] / "docs" / "plan.md"
    path.write_text(plan_page(INTERIM), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
