"""Write the analysis datasets of a data cut."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from duonen_stats.datasets import build_datasets
from duonen_stats.report.checking import check_data, require_sound
from duonen_stats.report.doctor import software_versions
from duonen_stats.report.exports import dataset_csv
from duonen_stats.report.provenance import MANIFEST, manifest
from duonen_stats.report.write import require_replaceable, write_outputs
from duonen_stats.sap import INTERIM, Plan
from duonen_stats.study import load_study


def write_datasets(folder: Path | None, *, out: Path, plan: Plan = INTERIM) -> Mapping[str, int]:
    """Build the analysis datasets and write each as ``out/name.csv``, with a manifest; return their row counts.

    The folder is written whole or not at all, as that of a report is.

    Raises
    ------
    FaultyCutError
        The cut has errors: then nothing is written.
    DuonenError
        ``out`` is a folder that holds something other than what an earlier run wrote.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    require_replaceable(out.resolve())
    study = load_study()
    cut, findings = check_data(folder, study)
    require_sound(cut, findings)
    data = build_datasets(cut, study, plan)
    files = {f"{name.lower()}.csv": dataset_csv(frame) for name, frame in data}
    files[MANIFEST] = manifest(
        cut=cut,
        plan=plan,
        preset=INTERIM,
        outputs=files,
        versions=software_versions(),
        started=started,
        seconds={"datasets": time.perf_counter() - clock},
        study=study,
    )
    write_outputs(out, files)
    return {name: len(frame) for name, frame in data}
