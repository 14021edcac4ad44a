"""What many tests share: the study, the shipped cohort and what the package makes of it, each made once."""

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from comparison.edited_cohort import apply_edits
from hypothesis import settings
from threadpoolctl import threadpool_limits

from duonen_stats.commands import make_report
from duonen_stats.commands.make_report import write_report
from duonen_stats.comparison.compare_outputs import Comparison, compare_folders
from duonen_stats.datasets import Datasets, build_datasets
from duonen_stats.document import figure_files
from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.publication.audit_report import Audited, write_audit
from duonen_stats.raw import Cut, read_cut
from duonen_stats.results import FINAL_ANALYSES, Analysis, ResultRow, Results, run_analysis
from duonen_stats.simulated.cut.simulation import simulate_cut
from duonen_stats.study import Study, load_study
from duonen_stats.study.shipped_files import cohort_path

# No test reads a duonen.toml that happens to lie about; one that is about settings names its own.
os.environ["DUONEN_SETTINGS"] = ""

# The report that many tests read is verified, and its figures are as fine as they are printed; others are not, to save
# their time.
make_report.VERIFY = False
FINE, figure_files._PNG_DPI = figure_files._PNG_DPI, 50

# The workers of pytest share the cores; what a test computes runs in one thread, as an analysis does.
threadpool_limits(limits=1, user_api="blas")

# Speed is not tested: a busy machine may take its time over an example.
settings.register_profile("unhurried", settings.default, deadline=None)
settings.load_profile("unhurried")


# A test that asks for one of these waits for a whole report.
WHOLE_REPORTS = {"written_report", "written_audit", "edited_report", "comparison"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what can be seen, and let long tests come first, so that no worker waits for another at the end.

    Marked are tests that need a whole report, and tests whose inputs hypothesis draws.
    """
    for item in items:
        if WHOLE_REPORTS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.whole_report)
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.law)
    items.sort(key=lambda item: item.get_closest_marker("whole_report") is None)


@pytest.fixture(scope="session")
def study() -> Study:
    return load_study()


@pytest.fixture(scope="session")
def cut(study: Study) -> Cut:
    return read_cut(study)


@pytest.fixture(scope="session")
def datasets(cut: Cut, study: Study) -> Datasets:
    return build_datasets(cut, study, INTERIM)


@pytest.fixture(scope="session")
def results(datasets: Datasets, study: Study) -> Results:
    return run_analysis(datasets, study, INTERIM)


@pytest.fixture(scope="session")
def final_cut(study: Study) -> Cut:
    """A simulated final cut, the one the final report is made of where no data are named."""
    return simulate_cut(2032, stage="FINAL", study=study)


@pytest.fixture(scope="session")
def final_datasets(final_cut: Cut, study: Study) -> Datasets:
    return build_datasets(final_cut, study, FINAL)


@pytest.fixture(scope="session")
def final_rows(final_datasets: Datasets, study: Study) -> dict[Analysis, list[ResultRow]]:
    """The rows of each analysis of the final report."""
    return {
        analysis: [*run_analysis(final_datasets, study, FINAL, analyses=(analysis,))]
        for analysis in FINAL_ANALYSES
    }


@pytest.fixture(scope="session")
def final_results(final_rows: dict[Analysis, list[ResultRow]]) -> Results:
    return Results(row for rows in final_rows.values() for row in rows)


@pytest.fixture(scope="session")
def written_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole report of the shipped cohort, written once for all tests that only read it."""
    out = tmp_path_factory.mktemp("shipped") / "report"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figure_files, "_PNG_DPI", FINE)
        write_report(None, out=out, verify=True)
    return out


@pytest.fixture(scope="session")
def written_audit(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """An audit of the publication on the shipped cohort, written once."""
    return write_audit(out=tmp_path_factory.mktemp("audited") / "audit")


@pytest.fixture(scope="session")
def edited_report(written_report: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the cohort with twelve known edits, compared with that of the shipped cohort; for reading only."""
    place = tmp_path_factory.mktemp("edited")
    shutil.copytree(cohort_path(), place / "cut")
    apply_edits(place / "cut")
    write_report(place / "cut", out=place / "report", against=written_report)
    return place / "report"


@pytest.fixture(scope="session")
def comparison(written_report: Path, edited_report: Path) -> Comparison:
    return compare_folders(written_report, edited_report)


@pytest.fixture
def fine_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures as fine as a report has them."""
    monkeypatch.setattr(figure_files, "_PNG_DPI", FINE)


@pytest.fixture
def cohort_copy(tmp_path: Path) -> Path:
    """A copy of the shipped cohort that a test may spoil."""
    folder = tmp_path / "cut"
    shutil.copytree(cohort_path(), folder)
    return folder


class Editor:
    """Changes a table of a copied data cut in place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, table: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{table}.csv", dtype=str, keep_default_na=False)

    def write(self, table: str, frame: pd.DataFrame) -> None:
        frame.to_csv(self.folder / f"{table}.csv", index=False)

    def keep(self, table: str, condition) -> None:
        frame = self.read(table)
        self.write(table, frame[condition(frame)])


@pytest.fixture
def edit(cohort_copy: Path) -> Editor:
    return Editor(cohort_copy)
