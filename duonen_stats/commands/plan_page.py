"""The plan for reading: as a page, at a terminal, as a file to edit. Run as a program it writes ``docs/plan.md``."""

import textwrap
from pathlib import Path

from duonen_stats.displays.model.format import noun_of, upper_first
from duonen_stats.errors import OptionError
from duonen_stats.folder.output_place import require_writable
from duonen_stats.folder.write import write_file
from duonen_stats.plan import DATASET_FIELDS, INTERIM, Plan, decisions, deviations, idle, preset_of
from duonen_stats.plan.decision import Rule
from duonen_stats.plan.plan_file import plan_yaml
from duonen_stats.plan.status import grounds, shown

_WIDTH = 100

_HEAD = """# The analysis plan

Every statistical decision, as the presets `INTERIM` and `FINAL` have it: they differ in name and in `report`, which
says what report is made, and in no decision. A sensitivity analysis is `dataclasses.replace(INTERIM, field=value)`; a
report made with it lists each field that differs. Fields marked with * are already held by the analysis datasets: with
another choice, build the datasets again with the changed plan.

This page is made from `duonen_stats/plan`: run `python -m duonen_stats.commands.plan_page`.

| decision | value | may be | reason | source |
|---|---|---|---|---|
"""


def plan_page(plan: Plan) -> str:
    """Write the plan as Markdown, one row per decision."""
    rows = []
    for item in decisions():
        rule: Rule = item.metadata["rule"]
        allowed = "; ".join(f"`{value}` {words}" for value, words in rule.choices.items()) or rule.describe()
        star = " *" if item.name in DATASET_FIELDS else ""
        about = f"{item.metadata['reason']} | {item.metadata['source']}"
        rows.append(f"| `{item.name}`{star} | `{shown(getattr(plan, item.name))}` | {allowed} | {about} |")
    return _HEAD + "\n".join(rows) + "\n"


def plan_text(plan: Plan) -> str:
    """Write the plan for a terminal: each decision with reason, source and what else it may be, deviations marked *."""
    preset = preset_of(plan)
    number = len(deviations(plan, preset))
    differ = f"{number} {noun_of(number, 'decision')}" if number else "no decision"
    lines = [f"Plan {plan.name}, of the {plan.report} report: {differ} other than in the preset."]
    for item in decisions():
        value, planned = getattr(plan, item.name), getattr(preset, item.name)
        mark, was = ("* ", f"   (preset: {shown(planned)})") if value != planned else ("  ", "")
        lines += ["", f"{mark}{item.name} = {shown(value)}{was}"]
        rule: Rule = item.metadata["rule"]
        held = " The analysis datasets hold it." if rule.datasets else ""
        held += f" {upper_first(why)}." if (why := idle(plan, item.name)) else ""
        reason, source = grounds(plan, item.name)
        about = (
            f"{reason} [{source}]",
            f"May be {rule.describe()}.{held}",
        )
        for text in about:
            lines += textwrap.wrap(text, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines)


def write_plan(plan: Plan, out: Path, *, source: Path | None = None) -> None:
    """Write a plan as a file to edit, whole or not at all.

    Raises ``OptionError`` if ``out`` is there with other content, unless it is the ``source`` the plan was read from:
    an edited plan is not written over.
    """
    require_writable(out)
    content = plan_yaml(plan).encode()
    edited = out.exists() and (source is None or out.resolve() != source.resolve())
    if edited and out.read_bytes() != content:
        raise OptionError(
            "out", f"{out} is there already and says something else; name another file, or remove it."
        )
    write_file(out, content)


def main() -> None:
    """Write the page of the interim plan into ``docs`` of the checkout."""
    path = Path(__file__).parents[2] / "docs" / "plan.md"
    path.write_text(plan_page(INTERIM), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
