"""The design report as a document: assumptions, methods, events, size, boundaries, precision."""

from collections.abc import Mapping

from duonen_stats.design import FIXED_METHODS
from duonen_stats.design_report.planning_findings import DesignFindings
from duonen_stats.displays.model.content import Line, plain
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.displays.model.produced import Produced
from duonen_stats.document.content_model import (
    Block,
    Document,
    KeyFigures,
    Listing,
    Shown,
)
from duonen_stats.document.words import write_sections
from duonen_stats.results import ids
from duonen_stats.results.rows.table import Results
from duonen_stats.study import Study
from duonen_stats.study.shipped_files import templates_path

_TEMPLATE = "design.txt.j2"
_ASSUMED = (
    ("control_hazard", 5),
    ("experimental_hazard", 5),
    ("hazard_ratio", 3),
    ("allocation", 2),
    ("accrual", 1),
    ("analysis", 1),
    ("max_followup", 1),
    ("dropout", 5),
    ("patients", 0),
    ("alpha", 1),
    ("power", 1),
)


def design_document(
    found: DesignFindings, results: Results, displays: Mapping[str, Produced], study: Study, version: str
) -> Document:
    """Build the report.

    Parameters
    ----------
    found, results, displays
        What was computed, its numbers, and its tables and figures.
    study
        Names the trial.
    version
        Of this package.
    """
    look = Lookup(results, (found.alpha,))
    blocks: dict[str, Block] = {key: Shown(produced) for key, produced in displays.items()}
    blocks |= {"key_figures": _key_figures(look), "assumed": _assumed(look)}
    events = {
        method: results.value(ids.design_method(method).stat("events")) or 0.0 for method in FIXED_METHODS
    }
    words = {
        "fewest": ids.design_method(min(events, key=events.__getitem__)),
        "most": ids.design_method(max(events, key=events.__getitem__)),
        "even": len(found.assumptions.entry.patients) == 1,
        "published": bool(found.published_size),
        "power_reproduced": _power_reproduced(found),
    }
    return Document(
        title="Design report",
        subtitle=f"{study.study_id}: power, events, monitoring and precision",
        simulated=False,
        banner="",
        meta=(
            ("Trial", f"{study.study_id}, {study.registration}"),
            ("Assumptions", "the trial’s published plan" if found.published_size else "as given"),
            ("Data", "none: planning assumptions and simulated trials only"),
            ("Seed", plain((look.count(ids.assumed().stat("seed")),))),
            ("Software", f"duonen_stats {version}"),
        ),
        sections=write_sections(templates_path(), _TEMPLATE, look, words, blocks),
        results=results,
        cut_line="Planning assumptions, no data of patients",
        running_title=f"{study.study_id} · design report",
    )


def _power_reproduced(found: DesignFindings) -> bool:
    by_method: dict[str, bool] = {}
    for check in found.published_power:
        by_method[check.method] = by_method.get(check.method, True) and check.agrees
    return any(by_method.values())


def _key_figures(look: Lookup) -> KeyFigures:
    needed, size = ids.design_method("schoenfeld"), ids.design_size("nominal")
    items: tuple[tuple[str, Line], ...] = (
        ("patients planned", (look.count(ids.assumed().stat("patients")),)),
        ("events needed (Schoenfeld)", (look.count(needed.stat("events")),)),
        ("patients needed (Schoenfeld)", (look.count(needed.stat("patients")),)),
        ("simulated power as planned", (look.percent(size.stat("power")),)),
        ("simulated size, favourable tail", (look.percent(size.stat("favourable"), 2),)),
    )
    return KeyFigures(items)


def _assumed(look: Lookup) -> Listing:
    rows = []
    for name, decimals in _ASSUMED:
        row = look.results.row(ids.assumed().stat(name))
        rows.append((row.stat_label, plain((look.fixed(row.analysis_id, decimals),)), row.unit))
    return Listing(
        key="assumed",
        title="Assumptions",
        columns=("Assumption", "Value", "Unit"),
        rows=tuple(rows),
        weights=(3.0, 1.0, 1.0),
    )
