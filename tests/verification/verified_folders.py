"""Folders that hold what the second engine reads of a report, without its displays."""

import json
from dataclasses import asdict
from pathlib import Path

from duonen_stats.datasets import Datasets, accounting, build_datasets
from duonen_stats.folder.provenance import definitions, listed
from duonen_stats.formats.csv_files import dataset_csv, findings_csv, raw_csvs, results_csv
from duonen_stats.plan import Plan
from duonen_stats.raw import Cut
from duonen_stats.report.kinds import kind_of
from duonen_stats.results import Results, run_analysis
from duonen_stats.results.quality import analyse_quality
from duonen_stats.study import Study


def analysed_folder(folder: Path, cut: Cut, study: Study, plan: Plan) -> Path:
    """Analyse a cut and write what was found; the data have no findings."""
    data = build_datasets(cut, study, plan)
    found = run_analysis(data, study, plan, analyses=kind_of(plan, closed=False).analyses)
    return folder_of_results(folder, cut, data, found, study, plan)


def folder_of_results(
    folder: Path, cut: Cut, data: Datasets, found: Results, study: Study, plan: Plan
) -> Path:
    """Write results, datasets, raw records and manifest."""
    files = {
        "results.csv": results_csv(Results([*found, *analyse_quality((), accounting(cut, data))]), study),
        "findings.csv": findings_csv(()),
        "set_aside.csv": dataset_csv(data.set_aside),
        **{f"datasets/{name.lower()}.csv": dataset_csv(frame) for name, frame in data},
        **raw_csvs(cut, study),
    }
    manifest = {
        "made_by": "duonen_stats",
        "kind": "report",
        "data_cut": {"date": f"{cut.cut_date:%Y-%m-%d}"},
        "plan": asdict(plan),
        "definitions": dict(definitions(study)),
        "outputs": listed(files),
    }
    for name, content in (files | {"manifest.json": json.dumps(manifest).encode()}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
