"""The files of a design report: HTML, PDF, results, tables, figures and a manifest, written as one folder."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from duonen_stats.design import FIXED_METHODS, Progress, SurvivalAssumptions
from duonen_stats.design_report.answer_output import as_plain
from duonen_stats.design_report.planning.power_sliders import power_sliders
from duonen_stats.design_report.planning_findings import DesignFindings, compute_design
from duonen_stats.design_report.planning_results import design_results
from duonen_stats.design_report.planning_tables import design_displays, planned_lines
from duonen_stats.displays.model.content import FigureContent, Line, ProducedDisplay, TableContent, plain
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.content_model import (
    Block,
    DisplayBlock,
    Document,
    KeyFigures,
    Listing,
    Section,
)
from duonen_stats.document.figure_files import figure_files
from duonen_stats.document.html import render_html
from duonen_stats.document.language.catalogue import Language, require_language
from duonen_stats.document.language.translation import in_language
from duonen_stats.document.pdf import render_pdf
from duonen_stats.document.words import write_sections
from duonen_stats.folder.output_place import require_folder
from duonen_stats.folder.provenance import DESIGN, MANIFEST, listed, software_versions
from duonen_stats.folder.write import write_outputs
from duonen_stats.formats import csv_files
from duonen_stats.results import ids
from duonen_stats.results.rows.table import Results
from duonen_stats.study import Study, load_study
from duonen_stats.study.shipped_files import templates_path

# The design report as a document: assumptions, methods, events, size, boundaries, precision.


_TEMPLATE = "design.txt.j2"
_PLANNED = "planned_size"
_FORMULA_NOT_SIMULATION = (
    "These numbers are by formula. The simulated power and size, and the calibrated critical values, of this report do "
    "not follow the sliders."
)
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
    found: DesignFindings,
    results: Results,
    displays: Mapping[str, ProducedDisplay],
    study: Study,
    version: str,
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
    blocks: dict[str, Block] = {key: DisplayBlock(produced) for key, produced in displays.items()}
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
        sections=_with_sliders(write_sections(templates_path(), _TEMPLATE, look, words, blocks), found, look),
        results=results,
        cut_line="Planning assumptions, no data of patients",
        running_title=f"{study.study_id} · design report",
    )


def _with_sliders(sections: Sequence[Section], found: DesignFindings, look: Lookup) -> tuple[Section, ...]:
    """Put the sliders below the numbers of the planned size, from which they start."""
    panel = power_sliders(
        found.assumptions, found.planned, planned_lines(found, look), alpha=found.alpha, sides=found.sides,
        words=(_FORMULA_NOT_SIMULATION,),
    )  # fmt: skip
    return tuple(
        replace(section, sliders=panel) if section.key == _PLANNED else section for section in sections
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


# A design has no data cut, and the same assumptions give the same bytes: the files bear no date of their own.
TIMELESS = datetime(2000, 1, 1, tzinfo=UTC)


def write_design_report(
    out: Path,
    *,
    assumptions: SurvivalAssumptions,
    patients: int,
    trials: int = 40_000,
    calibration_trials: int = 400_000,
    seed: int = 1,
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
    language: Language = "en",
) -> str:
    """Compute a design and write its report.

    Parameters
    ----------
    out
        Folder to write, built beside it and renamed at the end.
    assumptions, patients, trials, calibration_trials, seed, executor, folder, progress
        As in ``compute_design``.
    language
        Language of pages and figures; results and tables are the same in each.

    Returns
    -------
    str
        What was written, in a line.

    Raises
    ------
    DuonenError
        The design is impossible, ``out`` holds something else than an earlier report, or the language is another.
    """
    require_language(language)
    require_folder(out, DESIGN)
    study = load_study()
    found = compute_design(
        assumptions, patients=patients, trials=trials, calibration_trials=calibration_trials, seed=seed,
        arms=len(study.arms), executor=executor, folder=folder, progress=progress,
    )  # fmt: skip
    files = design_report_files(found, study, language)
    write_outputs(Path(out), files)
    return f"Written to {out}: report.html, report.pdf, results.csv, tables, figures."


def drawn_files(document: Document) -> Mapping[str, Mapping[str, bytes]]:
    """Draw the figures of a planning document, in its language, by key and format."""
    return {
        produced.key: figure_files(produced, timestamp=TIMELESS, language=document.language)
        for produced in document.displays()
        if isinstance(produced.content, FigureContent)
    }


def drawn_pages(document: Document, drawn: Mapping[str, Mapping[str, bytes]]) -> dict[str, bytes]:
    """Set a planning document as ``report.html`` and ``report.pdf``."""
    html = render_html(document, {key: made["svg"].decode() for key, made in drawn.items()})
    pdf = render_pdf(document, {key: made["svg"] for key, made in drawn.items()}, TIMELESS)
    return {"report.html": html.encode(), "report.pdf": pdf}


def design_report_files(
    found: DesignFindings, study: Study, language: Language = "en"
) -> Mapping[str, bytes]:
    """Return the content of every file by name; the same findings give the same bytes."""
    results, versions = design_results(found), software_versions()
    displays = design_displays(found, Lookup(results, (found.alpha,)))
    document = design_document(found, results, displays, study, versions["duonen-stats"])
    said = in_language(language, document)
    drawn = drawn_files(said)
    files = {
        **drawn_pages(said, drawn),
        "results.csv": csv_files.results_csv(results),
    }
    for key, produced in displays.items():
        if isinstance(produced.content, TableContent):
            files[f"tables/{key}.csv"] = csv_files.table_csv(produced)
    files |= {
        f"figures/{key}.{kind}": content for key, made in drawn.items() for kind, content in made.items()
    }
    files[MANIFEST] = _manifest(found, files, versions)
    return files


def _manifest(found: DesignFindings, files: Mapping[str, bytes], versions: Mapping[str, str]) -> bytes:
    content = {
        "made_by": "duonen_stats",
        "kind": DESIGN,
        "assumptions": as_plain(found.assumptions),
        "n_patients": found.patients,
        "n_trials": found.comparison.n_trials,
        "calibration_trials": found.test.calibration.n_trials,
        "seeds": {"simulation": found.seed},
        "outputs": listed(files),
        "software": dict(versions),
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
