"""Folders that hold what the R program reads of a report, without its displays, and R where it is installed."""

import shutil
from pathlib import Path

import pytest

from duonen_stats.datasets import Datasets, accounting
from duonen_stats.formats.csv_files import dataset_csv, findings_csv, raw_csvs, results_csv
from duonen_stats.plan import Plan
from duonen_stats.raw import Cut
from duonen_stats.report.verification_files import plan_settings, settings_csv, study_settings
from duonen_stats.results import Results
from duonen_stats.results.quality import analyse_quality
from duonen_stats.study import Study

needs_r = pytest.mark.skipif(
    shutil.which("Rscript") is None, reason="R is not installed: Rscript was not found"
)


def folder_of(
    folder: Path, cut: Cut, data: Datasets, results: Results, study: Study, plan: Plan, session: str = ""
) -> Path:
    """Write what R reads: results, datasets, raw records, findings, settings; the data have no findings."""
    made = (
        ("report", "", "kind", plan.report),
        ("report", "", "session", session),
        ("report", "", "blinded", 0),
    )
    files = {
        "manifest.json": b"{}",
        "results.csv": results_csv(Results([*results, *analyse_quality((), accounting(cut, data))])),
        "findings.csv": findings_csv(()),
        "set_aside.csv": dataset_csv(data.set_aside),
        "verification/settings.csv": settings_csv(
            (*made, *plan_settings(plan), *study_settings(study, plan.ctcae_version))
        ),
        **{f"datasets/{name.lower()}.csv": dataset_csv(frame) for name, frame in data},
        **raw_csvs(cut, study),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
