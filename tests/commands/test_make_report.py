"""The whole way: a data cut in, a folder of files out."""

import json
import re
from contextlib import ExitStack
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from shared_work import computed_anew

from duonen_stats.commands.make_report import analyse_cut, off_stage, require_stage, write_report
from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.catalogue import INTERIM_DISPLAYS
from duonen_stats.displays.model.content import FigureContent, plain
from duonen_stats.document.content_model import (
    Bullets,
    DisplayBlock,
    Document,
    Listing,
    Paragraph,
)
from duonen_stats.document.figure_files import figure_svg
from duonen_stats.document.html import render_html
from duonen_stats.errors import DataError, FaultyCutError, PlanError
from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.raw import apply_cut, read_cut
from duonen_stats.raw.blinded_view import TREATMENT_TABLES, blinded_view, check_blinded_cut
from duonen_stats.report import verify_report
from duonen_stats.report.compose import compose, lay_out_all
from duonen_stats.report.data_files import data_files
from duonen_stats.simulated.cut.simulation import simulate_cut


class Walker(HTMLParser):
    """Collects every looked-up number of a page, and the text of table cells outside them."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[tuple[str, str]] = []
        self._id: str | None = None

    def handle_starttag(self, _tag, attrs):
        found = dict(attrs).get("data-ard")
        if found:
            self._id = found
            self.numbers.append((found, ""))

    def handle_data(self, data):
        if self._id is not None and data.strip():
            key, text = self.numbers[-1]
            self.numbers[-1] = (key, text + data.strip())
            self._id = None


def walk(page: str) -> list[tuple[str, str]]:
    walker = Walker()
    walker.feed(page)
    return walker.numbers


@pytest.mark.whole_report
def test_the_files_of_the_interface_are_there(written_report: Path):
    names = {
        path.relative_to(written_report).as_posix() for path in written_report.rglob("*") if path.is_file()
    }
    wanted = {"report.html", "report.pdf", "results.csv", "findings.csv", "manifest.json"}
    wanted |= {f"datasets/{name}.csv" for name in ("adsl", "adex", "addos", "adlb", "adae")}
    wanted |= {f"tables/table_{number}.csv" for number in range(1, 6)}
    wanted |= {f"figures/figure_{number}.{kind}" for number in range(1, 8) for kind in ("svg", "pdf", "png")}
    assert wanted <= names


@pytest.mark.whole_report
def test_every_number_of_the_page_is_a_row_of_the_results(written_report: Path):
    results = pd.read_csv(written_report / "results.csv", keep_default_na=False, low_memory=False).set_index(
        "analysis_id"
    )
    numbers = walk((written_report / "report.html").read_text(encoding="utf-8"))
    assert len(numbers) > 1500
    assert {key for key, _ in numbers} <= set(results.index)


@pytest.mark.whole_report
def test_the_summary_gives_shares_above_a_limit_with_limits_and_unknown(written_report: Path):
    """12 of 48 is 25.0 %, R's binom.test(12, 48)$conf.int: 0.1363764 0.3959562."""
    page = (written_report / "report.html").read_text(encoding="utf-8")
    text = " ".join(re.sub(r"<[^>]+>", "", page).split())
    unknown = "whose status is known; it is not known of 7 with incomplete dosimetry and 1 without any."
    assert f"Above 23 Gy: 12 (25.0%) [13.6–39.6] of the 48 treated patients {unknown}" in text
    for words in ("Above 2 Gy in all: ", "Above 0.5 Gy in a cycle: "):
        said = text[text.index(words) + len(words) :]
        assert re.match(
            r"\d+ \([\d.]+%\) \[[\d.]+–[\d.]+\] of the \d+ treated patients whose status is known", said
        )
    assert "In brackets: exact (Clopper–Pearson) limits at 95 %." in text
    assert re.search(
        r"In arm A, \d+ of the \d+ treated patients whose status is known had a kidney dose above 23 Gy "
        r"\([\d.]+% \[[\d.]+% to [\d.]+%\]\); it is not known of",
        text,
    )


@pytest.mark.whole_report
def test_every_figure_is_drawn_in_the_page(written_report: Path):
    drawn = re.findall(
        r"<svg [^>]*role=\"img\"", (written_report / "report.html").read_text(encoding="utf-8")
    )
    assert len(drawn) == len([*(written_report / "figures").glob("*.svg")]) > 0


@pytest.mark.whole_report
def test_every_number_shown_is_its_row_rounded(written_report: Path):
    """What a reader sees agrees with the results table to half a unit of the last digit shown."""
    results = pd.read_csv(written_report / "results.csv", keep_default_na=False, low_memory=False).set_index(
        "analysis_id"
    )
    compared = 0
    for key, text in walk((written_report / "report.html").read_text(encoding="utf-8")):
        found = re.fullmatch(r"[+−]?(\d+)(\.(\d+))?%?", text)
        if not found:
            assert text.replace("\u00a0", "") in {"–", "<0.0001", ">0.99", "V1", "V2", "V3", "V4"}, (
                key,
                text,
            )
            continue
        shown = float(text.replace("−", "-").rstrip("%"))
        half = 0.5 * 10 ** -len(found[3] or "")
        assert abs(shown - float(results.loc[key, "stat"])) <= half + 1e-9, (key, text)
        compared += 1
    assert compared > 1500


@pytest.mark.whole_report
def test_a_dash_has_a_reason_in_the_results(written_report: Path):
    results = pd.read_csv(written_report / "results.csv", keep_default_na=False, low_memory=False)
    missing = results[results["stat"] == ""]
    assert (missing["note"] != "").all()
    assert not results["stat"].isin(["nan", "NaN", "inf"]).any()


@pytest.mark.whole_report
def test_simulated_data_are_marked_everywhere(written_report: Path):
    assert "SIMULATED" in (written_report / "report.html").read_text(encoding="utf-8")
    assert json.loads((written_report / "manifest.json").read_text(encoding="utf-8"))["simulated"] is True
    for name in ("adsl", "adex", "addos", "adlb", "adae"):
        frame = pd.read_csv(written_report / "datasets" / f"{name}.csv", low_memory=False)
        assert frame["STUDYID"].str.contains("SIMULATED").all()
    assert (
        pd.read_csv(written_report / "results.csv", low_memory=False)["population"]
        .str.contains("SIMULATED")
        .all()
    )
    for table in (written_report / "tables").glob("*.csv"):
        assert "SIMULATED" in table.read_text(encoding="utf-8"), table.name


@pytest.mark.whole_report
@pytest.mark.usefixtures("whole_output")
def test_two_runs_are_byte_identical_but_for_the_times(written_report: Path, tmp_path: Path):
    with computed_anew():
        write_report(None, out=tmp_path / "again", verify=True)
    for path in written_report.rglob("*"):
        if not path.is_file():
            continue
        other = tmp_path / "again" / path.relative_to(written_report)
        if path.name == "manifest.json":
            first, second = (json.loads(one.read_text(encoding="utf-8")) for one in (path, other))
            first.pop("times"), second.pop("times")
            assert first == second
        else:
            assert path.read_bytes() == other.read_bytes(), path.name


@pytest.mark.whole_report
def test_a_faulty_cut_is_refused_and_an_earlier_report_kept(edit, tmp_path: Path):
    out = tmp_path / "report"
    out.mkdir()
    edit.write("subjects", edit.read("subjects").replace({"ARM": {"A": "E"}}))
    with pytest.raises(FaultyCutError) as fault:
        write_report(edit.folder, out=out)
    assert any(finding.column == "ARM" for finding in fault.value.findings)
    assert list(out.iterdir()) == []


def _without_labs(edit):
    patient = edit.read("subjects")["SUBJID"].iloc[0]
    edit.keep("labs", lambda frame: frame["SUBJID"] != patient)


def _without_dosimetry(edit):
    patient = edit.read("dosimetry")["SUBJID"].iloc[-1]
    edit.keep("dosimetry", lambda frame: frame["SUBJID"] != patient)


def _dosimetry_of_one(edit):
    patient = edit.read("dosimetry")["SUBJID"][0]
    edit.keep("dosimetry", lambda frame: frame["SUBJID"] == patient)


def _without_events(edit):
    edit.keep("adverse_events", lambda frame: frame["SUBJID"] == "nobody")


def _one_cycle_for_all(edit):
    edit.keep("administrations", lambda frame: frame["CYCLE"] == "T1")
    edit.keep("dosimetry", lambda frame: frame["CYCLE"] == "T1")
    edit.keep("labs", lambda frame: frame["VISIT"].isin(["T1", "V1"]))


def _tables_of_patients(edit):
    """Every table of the cut with records of patients, so that none is left of a patient who is taken out."""
    return [path.stem for path in edit.folder.glob("*.csv") if "SUBJID" in edit.read(path.stem)]


def _arm_of(size: int, arm: str):
    def change(edit):
        subjects = edit.read("subjects")
        out = set(subjects.loc[subjects["ARM"] == arm, "SUBJID"][size:])
        for table in _tables_of_patients(edit):
            edit.keep(table, lambda frame: ~frame["SUBJID"].isin(out))

    return change


def _one_patient(edit):
    keep = edit.read("subjects")["SUBJID"][0]
    for table in _tables_of_patients(edit):
        edit.keep(table, lambda frame: frame["SUBJID"] == keep)


SCARCE = {
    "a patient without labs, one without dosimetry": (_without_labs, _without_dosimetry),
    "arm D of one, dosimetry of one patient": (_arm_of(1, "D"), _dosimetry_of_one),
    "arm C empty, no adverse event": (_arm_of(0, "C"), _without_events),
    "arms B and C of one and two, one cycle for all": (_arm_of(1, "B"), _arm_of(2, "C"), _one_cycle_for_all),
    "arm A empty": (_arm_of(0, "A"),),
    "one patient": (_one_patient,),
}


@pytest.mark.whole_report
@pytest.mark.parametrize("kind", SCARCE)
def test_scarce_data_still_give_a_complete_report(kind, edit, study):
    """What is scarce in several ways at once is what a reader meets; whether the cut is sound is not asked here."""
    for change in SCARCE[kind]:
        change(edit)
    found = analyse_cut(read_cut(study, edit.folder), (), study, INTERIM)
    displays = lay_out_all(found)
    drawings = {
        key: figure_svg(shown).decode()
        for key, shown in displays.items()
        if isinstance(shown.content, FigureContent)
    }
    page = render_html(compose(found, displays), drawings)
    for display in INTERIM_DISPLAYS.values():
        assert f'id="{display.key}"' in page
    assert not re.search(
        r">\s*(nan|NaN|None|NaT|<NA>)\s*<|\bnan\b",
        re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL),
    )
    assert len(found.results) > 3000


@pytest.mark.whole_report
@pytest.mark.usefixtures("whole_output")
def test_a_report_of_one_patient_is_written_whole(edit, tmp_path: Path):
    _one_patient(edit)
    written = write_report(edit.folder, out=tmp_path / "report")
    assert written.results > 3000
    assert (tmp_path / "report" / "report.pdf").read_bytes().startswith(b"%PDF-1")
    assert f'id="{[*INTERIM_DISPLAYS][-1]}"' in (tmp_path / "report" / "report.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.whole_report
def test_a_blinded_dry_run_is_compared_with_nothing(tmp_path: Path):
    with pytest.raises(PlanError, match="not compared"):
        write_report(None, out=tmp_path / "out", blinded=1, against=tmp_path)
    assert list(tmp_path.iterdir()) == []


QUICK = replace(FINAL, permutations=99, imputations=2)


@pytest.fixture(scope="module")
def earlier(study):
    return apply_cut(simulate_cut(5, patients=24, stage="FINAL", study=study), study, "2023-06-01")


@pytest.fixture(scope="module")
def blinded(earlier, study):
    seen = check_blinded_cut(blinded_view(earlier, study), study, QUICK)
    return analyse_cut(earlier, seen, study, QUICK, blinded=3)


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
    elif isinstance(block, DisplayBlock):
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


@pytest.mark.whole_report
def test_a_report_is_verified_and_says_so(written_report: Path):
    compared = pd.read_csv(written_report / "verification.csv", keep_default_na=False)
    assert not compared["verdict"].eq("differs").any()
    assert compared["verdict"].eq("agrees").mean() > 0.8
    page = (written_report / "report.html").read_text(encoding="utf-8")
    assert "No number differs." in page
    assert f"confirmed by pandas {pd.__version__}" in page
    listed = json.loads((written_report / "manifest.json").read_text())["outputs"]
    assert "verification.csv" in [item["name"] for item in listed]


def test_a_report_without_the_second_engine_says_that_it_is_not_installed(monkeypatch):
    monkeypatch.setattr(verify_report, "missing_libraries", lambda: ("lifelines",))
    with ExitStack() as stack:
        engine, otherwise = verify_report.second_engine(stack, asked=True)
    assert engine is None
    assert otherwise.why_not == "the second engine is not installed (lifelines missing)"
