"""Write the analysis datasets of a data cut."""

import time
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from duonen_stats.datasets import build_datasets
from duonen_stats.folder.output_place import require_folder
from duonen_stats.folder.provenance import DATASETS, MANIFEST, manifest, software_versions
from duonen_stats.folder.write import write_outputs
from duonen_stats.formats.dataset_files import dataset_file, file_name
from duonen_stats.formats.define_xml import define_xml
from duonen_stats.plan import INTERIM, Plan
from duonen_stats.raw.checks.check import check_data, require_sound
from duonen_stats.study import load_study


def write_datasets(
    folder: Path | None,
    *,
    out: Path,
    plan: Plan | None = None,
    kind: str = "csv",
    mapping: Path | None = None,
    cut_date: date | str | None = None,
) -> Mapping[str, int]:
    """Build the analysis datasets and write each as ``out/name``, with ``define.xml`` and ``manifest.json``.

    Parameters
    ----------
    folder
        The data cut: a folder or a workbook; None is the simulated cohort.
    out
        Folder to make, or to replace if it is an earlier output; written whole or not at all.
    plan
        The decisions; ``INTERIM`` if omitted.
    kind
        ``"csv"``, ``"parquet"``, ``"xpt"`` (SAS transport 5), ``"xpt8"`` or ``"sav"``.
    mapping
        Mapping file of the cut.
    cut_date
        Reduce the data to what was known on this day; if omitted, they are taken as they are.

    Returns
    -------
    Mapping
        Number of rows by dataset.

    Raises
    ------
    FaultyCutError
        The cut has errors; nothing is written.
    DataError
        The cut is not there, or a dataset does not fit the format.
    OptionError
        ``out`` holds something else or the data, or cannot be written; nothing is read then.
    DuonenError
        The disk refuses, or a library is not installed.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    plan = INTERIM if plan is None else plan
    require_folder(out, DATASETS, folder, mapping)
    study = load_study()
    cut, findings = check_data(folder, study, mapping=mapping, cut_date=cut_date, plan=plan)
    require_sound(cut, findings)
    data = build_datasets(cut, study, plan)
    files = {file_name(name, kind): dataset_file(name, frame, study, kind=kind) for name, frame in data}
    made = "2000-01-01" if cut.cut_date is None else f"{cut.cut_date:%Y-%m-%d}"
    ending = file_name("", kind).removeprefix(".")
    files["define.xml"] = define_xml(data, study, ending=ending, made=f"{made}T00:00:00")
    files[MANIFEST] = manifest(
        cut=cut,
        plan=plan,
        outputs=files,
        versions=software_versions(),
        started=started,
        seconds={"datasets": time.perf_counter() - clock},
        study=study,
        kind=DATASETS,
    )
    write_outputs(out, files)
    return {name: len(frame) for name, frame in data}
