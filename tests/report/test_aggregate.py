"""A report for circulation: no file of it names a patient or holds a patient's row, value or date."""

import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner

from duonen_stats import INTERIM
from duonen_stats.cli.app import main
from duonen_stats.commands.make_report import analyse_cut, write_report
from duonen_stats.datasets.metadata.stamp import OF_ONE_PATIENT
from duonen_stats.displays.catalogue import FINAL_DISPLAYS
from duonen_stats.errors import PlanError
from duonen_stats.plan import FINAL
from duonen_stats.report.aggregate import AGGREGATE_ONLY, without_points, without_values
from duonen_stats.report.compose import lay_out_all
from duonen_stats.results import ids
from duonen_stats.simulated.cut.simulation import simulate_cut

pytestmark = pytest.mark.whole_report
QUICK = replace(FINAL, permutations=99, imputations=2)


@pytest.fixture(scope="module")
def cut(study):
    return simulate_cut(5, patients=24, stage="FINAL", study=study)


@pytest.fixture(scope="module")
def final(cut, study):
    return analyse_cut(cut, (), study, QUICK)


@pytest.fixture(scope="module")
def interim(cut, study):
    return analyse_cut(cut, (), study, INTERIM)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, cut):
    out = tmp_path_factory.mktemp("aggregate") / "report"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("duonen_stats.commands.make_report.simulate_cut", lambda *_, **__: cut)
        write_report(None, out=out, plan=QUICK, aggregate_only=True)
    return out


def test_no_file_names_a_patient_or_holds_a_date_of_one(folder, cut):
    patients = "|".join(re.escape(one) for one in cut.tables["subjects"]["SUBJID"])
    named = re.compile(rf"(?<![\w.-])({patients})(?![\w-])")
    texts = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.suffix in {".csv", ".html", ".json", ".svg", ".xml"}
    }
    assert [name for name, text in texts.items() if named.search(text)] == []
    dates = {
        f"{date:%Y-%m-%d}" for name in ("EXDT",) for date in cut.tables["administrations"][name].dropna()
    }
    assert [name for name, text in texts.items() if any(date in text for date in dates)] == []
    assert not [name for name in texts if re.match(r"(raw|datasets)/|(findings|set_aside)", name)]
    assert AGGREGATE_ONLY in texts["report.html"]
    assert json.loads(texts["manifest.json"])["aggregate_only"] is True


def test_figures_of_patients_are_left_out_and_the_page_says_so(folder):
    drawn = {path.stem for path in (folder / "figures").glob("*.svg")}
    individual = {key for key, one in FINAL_DISPLAYS.items() if one.individual}
    assert {"figure_3", "figure_6", "figure_e2", "figure_e11"} <= individual
    assert not drawn & individual
    page = (folder / "report.html").read_text(encoding="utf-8")
    for key in individual:
        assert f"{FINAL_DISPLAYS[key].label}, {FINAL_DISPLAYS[key].title.lower()}, is left out" in page
    assert "patients A" not in (folder / "figures/figure_2.svg").read_text(encoding="utf-8")
    assert "Every patient is a point" not in page
    results = pd.read_csv(folder / "results.csv", keep_default_na=False)
    assert not results["analysis_id"].str.contains(r"(?<!boundary)\.(?:step|mark|residual|path)\.").any()
    assert (results.loc[results["stat_name"].str.startswith("whisker"), "stat"] == "").all()


def test_a_table_says_where_a_number_is_that_of_one_patient(interim):
    tables = {name: lay_out_all(replace(interim, aggregate=name)) for name in (False, True)}
    notes = {
        name: {key: " ".join(map(str, one.footnotes)) for key, one in shown.items()}
        for name, shown in tables.items()
    }
    assert not [key for key, text in notes[False].items() if "single patient" in text]
    alone = [key for key, text in notes[True].items() if "single patient" in text]
    said = re.compile(
        r"(One number of this table describes|\d+ numbers of this table describe) a single patient: think "
    )
    assert all(said.search(notes[True][key]) for key in alone)
    assert "table_s1" in alone  # 24 patients: some reason for discontinuation has one
    assert "table_1" in alone  # some level of a characteristic has one, of those with a known value
    block = ids.disposition("randomised", "all")
    assert interim.results.value(block.stat("n")) == 24


def test_points_are_left_out_of_results_and_nothing_else(final):
    results = final.results
    kept = {row.analysis_id for row in without_points(results)}
    gone = {row.analysis_id for row in results} - kept
    assert gone
    assert all(re.search(r"\.(step|mark|log_log|residual|smooth|path)\.", name) for name in gone)


def test_what_changed_and_datasets_are_no_aggregates(tmp_path):
    with pytest.raises(PlanError, match="aggregates only"):
        write_report(None, out=tmp_path / "out", aggregate_only=True, also=("xpt",))
    made = CliRunner().invoke(main, ["report", "interim", "--aggregate-only", "--also", "xpt"])
    assert made.exit_code == 2


def test_no_value_of_one_patient_or_two_is_in_the_results(final):
    whole = final.results
    kept = without_values(whole)
    gone = {
        row.analysis_id: row for row in kept if row.stat is None and whole.value(row.analysis_id) is not None
    }
    assert all(row.note == OF_ONE_PATIENT for row in gone.values())
    assert {row.stat_name for row in gone.values()} >= {"min", "max", "whisker_low"}
    few = [
        row
        for row in whole
        if row.n in {1, 2} and row.stat_name in {"mean", "median", "sd", "q1"} and row.stat is not None
    ]
    assert few
    assert {row.analysis_id for row in few} <= {*gone}
    counts = [row for row in whole if row.stat_name == "n"]
    assert all(kept.value(row.analysis_id) == row.stat for row in counts)
    assert len(kept) == len(whole)


def test_a_range_is_a_dash_with_its_reason(interim):
    shown = lay_out_all(replace(interim, aggregate=True, results=without_values(interim.results)))
    notes = " ".join(map(str, shown["table_2"].footnotes))
    assert OF_ONE_PATIENT in notes
