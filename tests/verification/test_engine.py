"""The second engine on whole reports: nothing differs, and what is changed by hand is found and named."""

import io
import json
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from gap_cuts import with_gaps
from scarce_cuts import SCARCE
from verification.verified_folders import analysed_folder, folder_of_results

from duonen_stats import FINAL, simulate_cut
from duonen_stats.datasets.metadata.stamp import POOLED_ONLY
from duonen_stats.verification.engine import answer, verify_folder
from duonen_stats.verification.report_folder import read_folder

pytestmark = pytest.mark.whole_report

GENERAL = "the second engine does not compute it for these data"
DATA = ("results.csv", "manifest.json", "findings.csv", "set_aside.csv", "audit.csv")


@pytest.fixture(scope="module")
def interim(written_report):
    return verify_folder(written_report)


@pytest.fixture(scope="module")
def final(final_cut, final_datasets, final_results, study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("final")
    return verify_folder(folder_of_results(folder, final_cut, final_datasets, final_results, study, FINAL))


def copied(report, tmp_path):
    for name in ("raw", "datasets"):
        shutil.copytree(report / name, tmp_path / name)
    for name in DATA:
        shutil.copy(report / name, tmp_path / name)
    return tmp_path


@pytest.mark.independent
def test_no_number_of_an_interim_report_differs(interim, written_report):
    assert interim.differences() == []
    assert interim.altered == ()
    covered = interim.by_family()
    for part in ("Laboratory values", "Laboratory values, repeated", "Laboratory toxicity", "Activities"):
        assert covered.loc[part, "not covered"] == 0, part
    assert GENERAL not in interim.reasons("not covered").index
    numeric = read_folder(written_report).results["stat"].notna().sum()
    assert len(interim.compared) == numeric


@pytest.mark.independent
def test_no_number_of_a_final_report_differs(final):
    assert final.differences() == []
    parts = final.by_family()
    assert (
        parts.loc["Progression and survival", "not covered"]
        < 0.1 * parts.loc["Progression and survival"].sum()
    )
    assert GENERAL not in final.reasons("not covered").index
    assert "Other" not in parts.index
    assert set(final.reasons("explained").index) <= {
        "the curve is exactly 0.5 over an interval: its middle, as in R; lifelines takes the first time",
        "no variance where the curve is 1 or 0: exact limits of a proportion; lifelines has the curve itself",
    }
    curves = final.compared.loc[final.compared["analysis_id"].str.contains(r"\.km\..*\.survival")]
    assert {*curves["engine"]} == {"lifelines"}


@pytest.mark.parametrize("kind", ["arm A empty", "all censored on day 1"])
@pytest.mark.independent
def test_no_number_of_a_scarce_report_differs(kind, study, tmp_path):
    cut = SCARCE[kind](simulate_cut(3, patients=16, stage="FINAL", study=study))
    found = verify_folder(
        analysed_folder(tmp_path, cut, study, replace(FINAL, permutations=99, imputations=2))
    )
    assert found.differences() == []


@pytest.mark.independent
def test_of_nobody_nothing_differs_and_a_number_replaced_by_a_reason_is_found(study, tmp_path):
    cut = SCARCE["nobody"](simulate_cut(3, patients=16, stage="FINAL", study=study))
    folder = analysed_folder(tmp_path, cut, study, replace(FINAL, permutations=99, imputations=2))
    assert verify_folder(folder).differences() == []
    rows = pd.read_csv(folder / "results.csv", dtype=str, keep_default_na=False)
    rows.loc[rows["analysis_id"].eq("table1.age.all.n"), ["stat", "note"]] = "", "nobody counted"
    rows.to_csv(folder / "results.csv", index=False)
    found = verify_folder(folder)
    assert not found.passed
    assert found.differences() == [
        "DIFFERS: table1.age.all.n has a reason instead of a number, pandas gives 0.0."
    ]
    assert [*found.differing()["reason"]] == ["the report has no number here: nobody counted"]


def test_only_an_open_session_may_withhold_a_number(study, tmp_path):
    cut = SCARCE["nobody"](simulate_cut(3, patients=16, stage="FINAL", study=study))
    folder = analysed_folder(tmp_path, cut, study, replace(FINAL, permutations=99, imputations=2))
    rows = pd.read_csv(folder / "results.csv", dtype=str, keep_default_na=False)
    rows.loc[rows["analysis_id"].eq("table1.age.all.n"), ["stat", "note"]] = "", POOLED_ONLY
    rows.to_csv(folder / "results.csv", index=False)
    manifest = json.loads((folder / "manifest.json").read_text())
    differing = {}
    for session in ({}, {"session": "closed"}, {"session": "open"}):
        (folder / "manifest.json").write_text(json.dumps(manifest | session))
        differing[session.get("session")] = [*verify_folder(folder).differing()["analysis_id"]]
    assert differing == {None: ["table1.age.all.n"], "closed": ["table1.age.all.n"], "open": []}


@pytest.mark.independent
def test_no_number_of_a_cut_with_gaps_differs(study, tmp_path):
    cut = with_gaps(simulate_cut(4, patients=20, stage="FINAL", study=study), 4)
    found = verify_folder(
        analysed_folder(tmp_path, cut, study, replace(FINAL, permutations=99, imputations=2))
    )
    assert found.differences() == []


def test_a_result_and_a_raw_value_changed_by_hand_are_found_in_the_numbers_that_rest_on_them(
    written_report, tmp_path
):
    folder = copied(written_report, tmp_path)
    lines = (folder / "results.csv").read_text().splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("table1.age.all.mean,"))
    shown = next(part for part in lines[place].split(",") if part.startswith("65.58"))
    lines[place] = lines[place].replace(shown, "61.5")
    (folder / "results.csv").write_text("\n".join(lines) + "\n")
    labs = folder / "raw" / "labs.csv"
    text = labs.read_text()
    line = next(one for one in text.splitlines() if ",T1," in one and ",HGB," in one)
    parts = line.split(",")
    parts[5] = str(float(parts[5]) + 1)
    labs.write_text(text.replace(line, ",".join(parts)))
    found = verify_folder(folder)
    assert not found.passed
    assert set(found.altered) == {
        "results.csv was changed after the report was made",
        "raw/labs.csv was changed after the report was made",
    }
    said = f"DIFFERS: table1.age.all.mean is 61.5, pandas gives {float(shown)!r}."
    assert said in found.differences()
    names = found.differing()["analysis_id"]
    assert "table1.lab.HGB.all.mean" in [*names]
    others = names[names != "table1.age.all.mean"]
    assert len(others) == len(names) - 1
    assert others.str.match(r"(table1\.lab|labs|dose_effect\.marrow|toxicity)\.HGB").all()


def test_other_definitions_say_nothing_of_any_number(written_report):
    found = verify_folder(written_report, ("arms.A",))
    assert {*found.compared["verdict"]} == {"not covered"}
    assert found.reasons("not covered").index[0].endswith("(arms.A)")


def test_a_question_is_answered_on_one_line_also_where_there_is_no_report(tmp_path):
    said = io.StringIO()
    answer(io.StringIO(json.dumps({"folder": str(tmp_path), "other_definitions": []}) + "\n"), said)
    assert json.loads(said.getvalue())["kind"] == "OptionError"
