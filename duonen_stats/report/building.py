"""Write the analysis datasets of a data cut."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from duonen_stats.datasets import build_datasets
from duonen_stats.report.checking import check_data, require_sound
from duonen_stats.report.exports import dataset_csv
from duonen_stats.report.write import write_file
from duonen_stats.sap import INTERIM, Plan
from duonen_stats.study import load_study


def write_datasets(
    folder: Path | None, *, out: Path, plan: Plan = INTERIM, cut_date: date | str | None = None
) -> Mapping[str, int]:
    """Build ADSL, ADEX, ADDOS, ADLB and ADAE and write each as ``out/name.csv``; return their row counts.

    Raises ``FaultyCutError`` if the cut has errors: then nothing is written.
    """
    study = load_study()
    cut, findings = check_data(folder, study, cut_date=cut_date)
    require_sound(cut, findings)
    data = build_datasets(cut, study, plan)
    contents = {name: dataset_csv(frame) for name, frame in data}
    out.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_file(out / f"{name.lower()}.csv", content)
    return {name: len(frame) for name, frame in data}
