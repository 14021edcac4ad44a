"""What many tests share: the study, the shipped cohort and what the package makes of it, each made once."""

import os
import pickle
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pytest
from comparison.edited_cohort import apply_edits
from hypothesis import settings
from shared_work import computed_anew, share_in
from threadpoolctl import threadpool_limits

from duonen_stats.commands import make_profiles, make_report
from duonen_stats.commands.make_report import write_report
from duonen_stats.comparison.compare_outputs import Comparison, compare_folders
from duonen_stats.datasets import Datasets, build_datasets
from duonen_stats.document import figure_files
from duonen_stats.document.figure_files import figure_svg
from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.publication.audit_report import Audited, write_audit
from duonen_stats.raw import Cut, read_cut
from duonen_stats.results import FINAL_ANALYSES, Analysis, ResultRow, Results, run_analysis
from duonen_stats.simulated.cut.simulation import simulate_cut
from duonen_stats.study import Study, load_study
from duonen_stats.study.shipped_files import cohort_path

# No test reads a duonen.toml that happens to lie about; one that is about settings names its own.
os.environ["DUONEN_SETTINGS"] = ""

# The report that many tests read is whole: verified, with pictures as fine as they are printed, and on paper. Others
# are not, to save their time: pictures and pages are the same drawings and words in another form.
make_report.VERIFY = False
FINE = figure_files._PNG_DPI
FORMS = [(module, name) for module in (make_report, make_profiles) for name in ("figure_files", "render_pdf")]
AS_IT_IS = {place: getattr(*place) for place in FORMS}


def _drawing_alone(produced, **_) -> dict[str, bytes]:
    return {"svg": figure_svg(produced), "png": b"", "pdf": b""}


def _no_pages(*_, **__) -> bytes:
    return b"%PDF"


for module, name in FORMS:
    setattr(module, name, _drawing_alone if name == "figure_files" else _no_pages)
figure_files._PNG_DPI = 50


@contextmanager
def every_form(*only: str) -> Iterator[None]:
    """Within it a report has its figures as pictures too, as fine as they are printed, and its pages as a PDF.

    ``only`` names the functions that make the forms to have: ``"render_pdf"`` is the pages alone.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figure_files, "_PNG_DPI", FINE)
        for (module, name), made in AS_IT_IS.items():
            if not only or name in only:
                patch.setattr(module, name, made)
        yield


# The workers of pytest share the cores; what a test computes runs in one thread, as an analysis does.
threadpool_limits(limits=1, user_api="blas")

# Speed is not tested: a busy machine may take its time over an example.
settings.register_profile("unhurried", settings.default, deadline=None)
settings.load_profile("unhurried")


# A test that asks for one of these waits for a whole report.
WHOLE_REPORTS = {"written_report", "written_audit", "edited_report", "comparison", "hostile"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what can be seen, and let long tests come first, so that no worker is left with them at the end.

    Marked are tests that need a whole report, and tests whose inputs hypothesis draws.
    """
    for item in items:
        if WHOLE_REPORTS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.whole_report)
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.law)
    items.sort(key=_when)


def _when(item: pytest.Item) -> int:
    """Order the tests: first whole reports of their own, then those of a report that workers wait for, then others."""
    if item.get_closest_marker("whole_report") is None and item.get_closest_marker("long") is None:
        return 2
    return 1 if WHOLE_REPORTS & set(getattr(item, "fixturenames", ())) else 0


Value = TypeVar("Value")
_LONGEST = 900


class Once:
    """Makes what is dear once a run of pytest: the first worker that asks makes it, the others wait and read it."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def folder(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return a folder that ``make`` has filled; tests only read it."""
        folder, done, failed = (self.place / f"{name}{state}" for state in ("", ".done", ".failed"))
        try:
            folder.mkdir()
        except FileExistsError:
            for _ in range(5 * _LONGEST):
                if done.exists():
                    return folder
                if failed.exists():
                    break
                time.sleep(0.2)
            why = "its error stands there" if failed.exists() else f"it was not done within {_LONGEST} s"
            pytest.fail(f"{name} could not be made by another worker: {why}.")
        try:
            make(folder)
        except BaseException:
            failed.touch()
            raise
        done.touch()
        return folder

    def value(self, name: str, make: Callable[[], Value]) -> Value:
        """Return what ``make`` returns; a worker that has not made it reads a copy."""
        made: list[Value] = []

        def write(folder: Path) -> None:
            made.append(make())
            (folder / "value").write_bytes(pickle.dumps(made[0]))

        folder = self.folder(name, write)
        return made[0] if made else pickle.loads((folder / "value").read_bytes())  # noqa: S301 - our own


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Share what is dear among the workers of pytest-xdist; each has a folder of its own within that of the run."""
    own = tmp_path_factory.getbasetemp()
    return Once(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session", autouse=True)
def _shared(once: Once) -> None:
    """Compute once what several tests compute of equal inputs (``shared_work``)."""
    share_in(once.place / "shared_work")


@pytest.fixture(autouse=True)
def _computed_itself(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a test that may replace functions compute itself, and keep nothing of it for others."""
    with computed_anew() if "monkeypatch" in request.fixturenames else nullcontext():
        yield


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
def results(once: Once, request: pytest.FixtureRequest, study: Study) -> Results:
    def make() -> list[ResultRow]:
        return [*run_analysis(request.getfixturevalue("datasets"), study, INTERIM)]

    return Results(once.value("interim_results", make))


@pytest.fixture(scope="session")
def final_cut(study: Study) -> Cut:
    """A simulated final cut, the one the final report is made of where no data are named."""
    return simulate_cut(2032, stage="FINAL", study=study)


@pytest.fixture(scope="session")
def final_datasets(final_cut: Cut, study: Study) -> Datasets:
    return build_datasets(final_cut, study, FINAL)


@pytest.fixture(scope="session")
def final_rows(once: Once, request: pytest.FixtureRequest, study: Study) -> dict[Analysis, list[ResultRow]]:
    """The rows of each analysis of the final report."""

    def make() -> list[list[ResultRow]]:
        data = request.getfixturevalue("final_datasets")
        return [[*run_analysis(data, study, FINAL, analyses=(analysis,))] for analysis in FINAL_ANALYSES]

    return dict(zip(FINAL_ANALYSES, once.value("final_results", make), strict=True))


@pytest.fixture(scope="session")
def final_results(final_rows: dict[Analysis, list[ResultRow]]) -> Results:
    return Results(row for rows in final_rows.values() for row in rows)


@pytest.fixture(scope="session")
def written_report(once: Once) -> Path:
    """A whole report of the shipped cohort, written once for all tests that only read it."""

    def make(folder: Path) -> None:
        with every_form():
            write_report(None, out=folder / "report", verify=True)

    return once.folder("shipped", make) / "report"


@pytest.fixture(scope="session")
def written_audit(once: Once) -> Audited:
    """An audit of the publication on the shipped cohort, written once."""
    return once.value("audit", lambda: write_audit(out=once.place / "audited"))


@pytest.fixture(scope="session")
def edited_report(once: Once, written_report: Path) -> Path:
    """The report of the cohort with twelve known edits, compared with that of the shipped cohort; for reading only."""

    def make(folder: Path) -> None:
        shutil.copytree(cohort_path(), folder / "cut")
        apply_edits(folder / "cut")
        with every_form("render_pdf"):
            write_report(folder / "cut", out=folder / "report", against=written_report)

    return once.folder("edited", make) / "report"


@pytest.fixture(scope="session")
def comparison(written_report: Path, edited_report: Path) -> Comparison:
    return compare_folders(written_report, edited_report)


@pytest.fixture(scope="session")
def forms() -> Callable[..., AbstractContextManager[None]]:
    """Return what lets reports have their pictures and pages, for fixtures."""
    return every_form


@pytest.fixture
def whole_output() -> Iterator[None]:
    """Reports and profiles of this test have their pictures and pages."""
    with every_form():
        yield


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
