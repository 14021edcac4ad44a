from dataclasses import replace

import pytest

from duonen_stats.datasets.dry_run import TREATMENT_TABLES
from duonen_stats.datasets.stamp import Stamp
from duonen_stats.raw import apply_cut
from duonen_stats.raw.check import check_cut
from duonen_stats.report.analysing import analyse_cut
from duonen_stats.report.data_files import data_files
from duonen_stats.report.document import Document
from duonen_stats.sap import FINAL, INTERIM
from duonen_stats.simulated.simulation import simulate_cut

pytestmark = pytest.mark.worked

QUICK = replace(FINAL, permutations=99, imputations=2)


@pytest.fixture(scope="module")
def earlier(study):
    return apply_cut(simulate_cut(5, patients=24, stage="FINAL", study=study), study, "2023-06-01")


@pytest.fixture(scope="module")
def blinded(earlier, study):
    return analyse_cut(earlier, check_cut(earlier, study), study, QUICK, blinded=3)


def test_nothing_that_is_said_of_a_blinded_cut_is_said_of_treatment(earlier, blinded):
    treated = {one.table for one in earlier.readout} & set(TREATMENT_TABLES)
    assert treated == set(TREATMENT_TABLES)
    for told in (blinded.cut.readout, blinded.findings):
        assert not {one.table for one in told} & set(TREATMENT_TABLES)
    assert {one.table for one in blinded.cut.readout} == {one.table for one in earlier.readout} - treated
    assert blinded.audit is None
    assert Stamp(simulated=True, blinded=True) == blinded.stamp


def test_no_file_of_a_blinded_run_holds_a_treatment_record(blinded):
    empty = Document(
        title="Report", subtitle="", simulated=True, banner="", meta=(), sections=(), results=blinded.results,
        cut_line="", running_title="", blinded=True,
    )  # fmt: skip
    files = data_files(blinded, {}, empty, ("parquet",))
    assert not [name for name in files if name.startswith("raw/")]
    for name in ("cut_readout.csv", "set_aside.csv", "findings.csv"):
        text = files[name].decode()
        assert not [table for table in TREATMENT_TABLES if f"{table}," in text], name
    assert len(files["cut_readout.csv"].splitlines()) == len(blinded.cut.readout) + 1 > 1
    for name in ("adex", "addos"):
        assert len(files[f"datasets/{name}.csv"].splitlines()) == 1


def test_the_steps_are_told_in_order(study):
    cut, steps = simulate_cut(5, patients=6, study=study), []
    analysed = analyse_cut(cut, (), study, INTERIM, start=steps.append)
    assert steps == ["datasets", "analyses"]
    assert analysed.cut is cut
    assert analysed.audit is not None
