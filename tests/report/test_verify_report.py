from contextlib import ExitStack

import pandas as pd
import pytest

from duonen_stats.errors import OptionError
from duonen_stats.report import verify_report as module
from duonen_stats.report.verification_page import Checked
from duonen_stats.report.verify_report import missing_libraries, other_definitions, verify_report
from duonen_stats.verification.r_engine import RunInR
from duonen_stats.verification.second_numbers import COLUMNS
from duonen_stats.verification.second_process import SecondProcess
from duonen_stats.verification.verdicts import Verification


def test_a_report_with_other_definitions_is_not_verified(written_report, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "other_definitions", lambda _: ("arms.A",))
    found = verify_report(written_report, out=tmp_path / "out")
    assert found.passed
    assert "0.0 % confirmed" in found.text
    assert (
        (tmp_path / "out" / "verification.csv")
        .read_text()
        .startswith("analysis_id,stat,second,difference,engine")
    )


def test_without_its_libraries_the_engine_says_how_to_get_them(written_report, monkeypatch):
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _: None)
    assert missing_libraries() == ("lifelines", "statsmodels")
    with pytest.raises(OptionError, match="needs lifelines and statsmodels: pip install"):
        verify_report(written_report)


def test_r_is_asked_where_it_is_wanted(written_report, monkeypatch):
    monkeypatch.setattr(module, "run_r", lambda _report, _out: RunInR(rows=(), text="said R", differs=True))
    found = verify_report(written_report, engine="r")
    assert not found.passed
    assert found.text == "said R"


def test_definitions_that_are_new_gone_or_changed_are_named():
    assert "arms.A" in other_definitions({"arms.Z": "gone"})
    assert "arms.Z" in other_definitions({"arms.Z": "gone"})


def test_an_engine_that_stops_costs_no_report_but_the_run_does_not_pass():
    with SecondProcess() as process:
        process._process.kill()
        found = module.outcome(process, Checked())
    assert not found.passed
    assert found.why_not == "the second engine stopped: without a word"
    assert module.outcome(None, Checked(why_not="it is not installed")).passed


@pytest.mark.parametrize(
    ("options", "why", "later"),
    [
        ({"blinded": True}, "a blinded report holds no raw records", "recompute.R"),
        ({"aggregate": True}, "a report of aggregates holds no records", ""),
        ({"blinded": True, "aggregate": True}, "a report of aggregates holds no records", ""),
    ],
)
def test_a_report_without_raw_records_is_not_verified_and_says_so(options, why, later):
    with ExitStack() as stack:
        engine, otherwise = module.second_engine(stack, asked=True, **options)
    assert engine is None
    assert otherwise.passed
    assert otherwise.line().startswith(f"Not verified: {why}")
    assert later in otherwise.later
    assert bool(otherwise.later) == bool(later)


class Answered:
    def __init__(self, *rows):
        self.rows = [*rows]

    def verification(self):
        return Verification(compared=pd.DataFrame(self.rows, columns=[*COLUMNS]))


def test_none_of_the_numbers_is_a_reason_and_not_a_result():
    none = [(f"a.{n}.n", 1.0, None, None, "", "", "not covered", "other definitions (arms.A)") for n in "12"]
    found = module.outcome(Answered(*none), Checked())
    assert found.found is None
    assert found.line() == "Not verified: other definitions (arms.A)."
    agreeing = ("b.n", 1.0, 1.0, 0.0, "pandas", "2.3.3", "agrees", "")
    found = module.outcome(Answered(*none, agreeing), Checked())
    assert found.line() == "Second engine: 1 of 3 numbers confirmed, 0 differ."


@pytest.mark.parametrize("engine", ["python", "r"])
def test_an_outcome_that_cannot_be_written_is_found_before_the_work(
    engine, written_report, tmp_path, monkeypatch
):
    for name in ("run_r", "verify_in_process"):
        monkeypatch.setattr(module, name, lambda *_: pytest.fail("the work has begun"))
    file = tmp_path / "file"
    file.write_text("a letter", encoding="utf-8")
    with pytest.raises(OptionError, match="cannot be written"):
        verify_report(written_report, engine=engine, out=file / "out")
    for name in ("verification.csv", "verification_r.csv"):
        (tmp_path / name).write_text("a,letter\n", encoding="utf-8")
    with pytest.raises(OptionError, match="would be lost"):
        verify_report(written_report, engine=engine, out=tmp_path)
