"""The final report: whole, blinded, and of cuts that have next to nothing in them."""

import json
import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from commands.test_make_report import walk
from displays.legibility import assert_legible
from scarce_cuts import SCARCE

from duonen_stats.commands.make_report import write_report
from duonen_stats.datasets import accounting, build_datasets
from duonen_stats.displays.catalogue import EFFICACY, FINAL_DISPLAYS
from duonen_stats.displays.model.content import FigureContent, TableContent, plain
from duonen_stats.folder.provenance import software_versions
from duonen_stats.plan import FINAL
from duonen_stats.report.compose import Analysed, compose, lay_out_all
from duonen_stats.results import FINAL_ANALYSES, Results, run_analysis
from duonen_stats.results.quality import analyse_quality
from duonen_stats.simulated.cut.simulation import simulate_cut

pytestmark = pytest.mark.whole_report

QUICK = replace(FINAL, permutations=99, imputations=2)
"""The plan with few random draws: what is tested here does not depend on them."""


@pytest.fixture(scope="module")
def small_cut():
    return simulate_cut(5, patients=24, stage="FINAL")


@pytest.fixture(scope="module")
def written(tmp_path_factory, small_cut):
    """A report of few patients: its parts are those of a large one."""
    return _report(tmp_path_factory.mktemp("final") / "report", small_cut)


@pytest.fixture(scope="module")
def blinded(tmp_path_factory, small_cut):
    """The dry run of the same cut."""
    return _report(tmp_path_factory.mktemp("blinded") / "report", small_cut, blinded=7)


def _report(out, cut, **options):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("duonen_stats.commands.make_report.simulate_cut", lambda *_, **__: cut)
        write_report(None, out=out, plan=QUICK, **options)
    return out


def test_efficacy_comes_before_everything_but_the_methods(written):
    page = (written / "report.html").read_text(encoding="utf-8")
    places = [
        page.index(title, page.index("<main"))
        for title in ("Flow of patients and follow-up", "Baseline characteristics")
    ]
    assert places == sorted(places)
    for display in FINAL_DISPLAYS.values():
        assert f'id="{display.key}"' in page


def test_the_files_of_the_interface_are_there(written):
    names = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    wanted = {
        "report.html",
        "report.pdf",
        "results.csv",
        "findings.csv",
        "manifest.json",
        "datasets/adtte.csv",
    }
    wanted |= {f"tables/table_e{number}.csv" for number in range(1, 11)}
    wanted |= {
        f"figures/figure_e{number}.{kind}" for number in range(1, 13) for kind in ("svg", "pdf", "png")
    }
    wanted |= {f"tables/table_{number}.csv" for number in range(1, 6)}
    assert wanted <= names


def test_every_number_shown_is_its_row_rounded(written):
    results = pd.read_csv(written / "results.csv", keep_default_na=False, low_memory=False).set_index(
        "analysis_id"
    )["stat"]
    compared = 0
    for key, text in walk((written / "report.html").read_text(encoding="utf-8")):
        found = re.fullmatch(r"[+−]?(\d+)(\.(\d+))?%?", text)
        if found:
            shown = float(text.replace("−", "-").rstrip("%"))
            assert abs(shown - float(results[key])) <= 0.5 * 10 ** -len(found[3] or "") + 1e-9, (key, text)
            compared += 1
        elif text in {"–", "not reached"}:
            assert results[key] == "", key
    assert compared > 2000


def test_simulated_data_are_marked_and_the_seed_is_recorded(written):
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["simulated"] is True
    assert manifest["seeds"] == {"simulated_cut": 2032}
    assert manifest["data_cut"]["stage"] == "FINAL"
    assert (
        pd.read_csv(written / "results.csv", low_memory=False)["population"].str.contains("SIMULATED").all()
    )
    for figure in (written / "figures").glob("figure_e*.svg"):
        assert "SIMULATED DATA" in figure.read_text(encoding="utf-8"), figure.name


def test_deviations_from_the_final_plan_are_named(written):
    page = (written / "report.html").read_text(encoding="utf-8")
    assert "FINAL, 2 deviations" in page


def test_a_blinded_run_says_so_everywhere(blinded):
    mark = "BLINDED DRY RUN"
    assert json.loads((blinded / "manifest.json").read_text(encoding="utf-8"))["seeds"]["blinded_arms"] == 7
    page = (blinded / "report.html").read_text(encoding="utf-8")
    assert "BLINDED DRY RUN – arms permuted" in page
    assert "Final report – blinded dry run" in page
    assert "Fixed activity of" not in page
    assert "activity was reduced in" not in page  # 0 of 0 would read like a result
    assert pd.read_csv(blinded / "results.csv", low_memory=False)["population"].str.contains(mark).all()
    for figure in (blinded / "figures").glob("*.svg"):
        assert mark in figure.read_text(encoding="utf-8"), figure.name
    for table in (blinded / "tables").glob("*.csv"):
        assert mark in table.read_text(encoding="utf-8"), table.name
    for name in ("adsl", "adlb", "adae", "adrs", "adtte"):
        frame = pd.read_csv(blinded / "datasets" / f"{name}.csv", low_memory=False)
        assert frame["STUDYID"].str.contains(mark).all(), name


def test_a_blinded_run_holds_no_activity_no_dose_and_no_true_arm(blinded, written):
    for name in ("adex", "addos"):
        assert len(pd.read_csv(blinded / "datasets" / f"{name}.csv")) == 0
    true, drawn = (pd.read_csv(folder / "datasets" / "adsl.csv") for folder in (written, blinded))
    assert (true["TRT01P"] != drawn["TRT01P"]).mean() > 0.5
    findings = pd.read_csv(blinded / "findings.csv")
    assert not findings["table"].isin(["administrations", "dosimetry"]).any()
    results = pd.read_csv(blinded / "results.csv", keep_default_na=False, low_memory=False)
    doses = results[results["analysis_id"].str.match(r"(table3|activity|pfs\.dose)\..*\.(median|hr|mean)$")]
    assert len(doses) > 20
    assert (doses["stat"] == "").all()


def test_outcomes_of_a_blinded_run_are_those_of_the_cut_when_arms_are_pooled(blinded, written):
    open_, masked = (
        pd.read_csv(folder / "results.csv", low_memory=False).set_index("analysis_id")["stat"]
        for folder in (written, blinded)
    )
    for key in ("pfs.km.all.events", "os.km.all.median", "response.orr.all.n", "table5.total.any.n"):
        assert open_[key] == masked[key]
    assert open_["pfs.primary.hr.hr"] != masked["pfs.primary.hr.hr"]


def analysed(cut, study, blinded=None):
    data = build_datasets(cut, study, QUICK)
    rows = [
        *run_analysis(data, study, QUICK, analyses=FINAL_ANALYSES), *analyse_quality((), accounting(cut, data))
    ]  # fmt: skip
    return Analysed(
        cut=cut, findings=(), study=study, plan=QUICK, data=data, results=Results(rows),
        versions=software_versions(), fingerprint="abc", blinded=blinded,
    )  # fmt: skip


@pytest.fixture(scope="module")
def scarce(small_cut, study):
    """Analyses of a scarce cut by its name, each made once."""
    return cache(lambda name: analysed(SCARCE[name](small_cut), study))


@pytest.mark.parametrize("name", SCARCE)
def test_scarce_data_still_give_a_complete_report_with_reasons(name, scarce):
    found = scarce(name)
    displays = lay_out_all(found)
    document = compose(found, displays)
    assert set(FINAL_DISPLAYS) <= {produced.key for produced in document.displays()}
    for display in EFFICACY:
        content = displays[display.key].content
        if isinstance(content, FigureContent):
            assert_legible(content.draw())
        else:
            _assert_dashes_have_reasons(displays[display.key])


def _assert_dashes_have_reasons(produced):
    assert isinstance(produced.content, TableContent)
    cells = [plain(cell) for row in produced.content.rows for cell in row.cells]
    assert not any(re.search(r"\b(nan|None|inf)\b", cell) for cell in cells)
    if "–" in cells:
        notes = " ".join(plain(note) for note in produced.footnotes)
        assert "– not estimable: " in notes, produced.key


def test_no_event_is_no_hazard_ratio_but_a_reason(scarce):
    found = scarce("no event at all").results
    for key in ("pfs.primary.hr.hr", "pfs.primary.log_rank.p", "os.primary.hr.p", "pfs.km.A.median"):
        assert found.value(key) is None
        assert found.row(key).note


@pytest.mark.usefixtures("whole_output")
def test_a_cut_without_events_is_written_whole(small_cut, study, tmp_path, monkeypatch):
    cut = SCARCE["all censored on day 1"](small_cut)
    monkeypatch.setattr("duonen_stats.commands.make_report.check_cut", lambda *_: ())
    _report(tmp_path / "report", cut, study=study)
    assert (tmp_path / "report" / "report.pdf").read_bytes().startswith(b"%PDF")
    assert "No data" in (tmp_path / "report" / "figures" / "figure_e6.svg").read_text(encoding="utf-8")
