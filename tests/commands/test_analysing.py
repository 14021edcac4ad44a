from dataclasses import replace

import pytest

from duonen_stats.commands.analysing import analyse_cut, off_stage, require_stage
from duonen_stats.datasets.dry_run import TREATMENT_TABLES
from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.model.content import plain
from duonen_stats.document.content_model import (
    Bullets,
    Document,
    Listing,
    Paragraph,
    Shown,
)
from duonen_stats.errors import DataError
from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.raw import apply_cut
from duonen_stats.raw.checks.check import check_cut
from duonen_stats.report.compose import compose, lay_out_all
from duonen_stats.report.data_files import data_files
from duonen_stats.simulated.cut.simulation import simulate_cut

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


def test_a_report_of_another_stage_is_refused_unless_it_is_stated(study):
    cut = simulate_cut(5, patients=6, study=study)
    require_stage(cut, INTERIM)
    require_stage(replace(cut, stage=None), FINAL)
    with pytest.raises(DataError, match=r"stage INTERIM.*would be its final report.*Make the interim report"):
        require_stage(cut, FINAL)
    with pytest.raises(DataError, match=r"stage FINAL.*would be its interim report"):
        require_stage(replace(cut, stage="FINAL"), INTERIM)


def test_the_stage_of_a_reduced_snapshot_is_not_that_of_its_interim_report(earlier):
    assert earlier.stage == "FINAL"
    assert off_stage(earlier, INTERIM) == ""
    assert off_stage(replace(earlier, stage="INTERIM"), FINAL) == "INTERIM"


def test_another_stage_stands_on_everything(study):
    cut = simulate_cut(5, patients=12, study=study)
    found = analyse_cut(cut, (), study, QUICK)
    assert found.status.why == "the data cut is of stage INTERIM"
    assert found.stamp == Stamp(simulated=True, stage="INTERIM")
    assert all("INTERIM DATA CUT" in row.population for row in found.results)
    displays = lay_out_all(found)
    assert all(shown.cut.startswith("INTERIM DATA CUT. SIMULATED DATA.") for shown in displays.values())
    document = compose(found, displays)
    assert document.banner.endswith("INTERIM DATA CUT – not the stage of a final report")
    assert document.marked
    text = " ".join(document_words(document))
    assert "it was asked for although the stage is another" in text
    assert "No comparison is confirmatory, because the data cut is of stage INTERIM" in text
    for word in (
        "the pre-specified primary comparison",
        "One comparison is confirmatory",
        "is confirmatory, all",
    ):
        assert word not in text


def document_words(document):
    yield from (value for _, value in document.meta)
    for section in document.sections:
        for block in section.blocks:
            yield from plain_words(block)


def plain_words(block):
    if isinstance(block, Listing):
        yield from (cell for row in block.rows for cell in row)
    elif isinstance(block, Shown):
        yield from (plain(line) for line in block.produced.footnotes)
    elif isinstance(block, Paragraph):
        yield plain(block.line)
    elif isinstance(block, Bullets):
        yield from (plain(line) for line in block.items)


def test_the_steps_are_told_in_order(study):
    cut, steps = simulate_cut(5, patients=6, study=study), []
    analysed = analyse_cut(cut, (), study, INTERIM, start=steps.append)
    assert steps == ["datasets", "analyses"]
    assert analysed.cut is cut
    assert analysed.audit is not None
