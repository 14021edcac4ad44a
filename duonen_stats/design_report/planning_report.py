"""The files of a design report: HTML, PDF, results, tables, figures and a manifest, written as one folder."""

import json
from collections.abc import Mapping
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path

from duonen_stats.commands.doctor import software_versions
from duonen_stats.design import Progress, SurvivalAssumptions
from duonen_stats.design_report.answer_output import as_plain
from duonen_stats.design_report.design_document import design_document
from duonen_stats.design_report.planning_findings import DesignFindings, compute_design
from duonen_stats.design_report.planning_results import design_results
from duonen_stats.design_report.planning_tables import design_displays
from duonen_stats.displays.model.content import FigureContent, TableContent
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.document.figure_files import figure_files
from duonen_stats.document.html import render_html
from duonen_stats.document.pdf import render_pdf
from duonen_stats.folder.provenance import DESIGN, MANIFEST, listed
from duonen_stats.folder.replaceable import require_replaceable
from duonen_stats.folder.write import write_outputs
from duonen_stats.formats import csv_files
from duonen_stats.study import Study, load_study

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
) -> str:
    """Compute a design and write its report.

    Parameters
    ----------
    out
        Folder to write, built beside it and renamed at the end.
    assumptions, patients, trials, calibration_trials, seed, executor, folder, progress
        As in ``compute_design``.

    Returns
    -------
    str
        What was written, in a line.

    Raises
    ------
    DuonenError
        The design is impossible, or ``out`` holds something else than an earlier report.
    """
    require_replaceable(Path(out).resolve(), DESIGN)
    study = load_study()
    found = compute_design(
        assumptions, patients=patients, trials=trials, calibration_trials=calibration_trials, seed=seed,
        arms=len(study.arms), executor=executor, folder=folder, progress=progress,
    )  # fmt: skip
    files = design_report_files(found, study)
    write_outputs(Path(out), files)
    return f"Written to {out}: report.html, report.pdf, results.csv, tables, figures."


def design_report_files(found: DesignFindings, study: Study) -> Mapping[str, bytes]:
    """Return the content of every file by name; the same findings give the same bytes."""
    results, versions = design_results(found), software_versions()
    displays = design_displays(found, Lookup(results, (found.alpha,)))
    document = design_document(found, results, displays, study, versions["duonen-stats"])
    drawn = {
        key: figure_files(produced, timestamp=TIMELESS)
        for key, produced in displays.items()
        if isinstance(produced.content, FigureContent)
    }
    html = render_html(document, {key: made["svg"].decode() for key, made in drawn.items()})
    files = {
        "report.html": html.encode(),
        "report.pdf": render_pdf(document, {key: made["svg"] for key, made in drawn.items()}, TIMELESS),
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
