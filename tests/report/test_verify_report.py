import pytest

from duonen_stats.errors import OptionError
from duonen_stats.report import verify_report as module
from duonen_stats.report.verify_report import missing_libraries, other_definitions, verify_report
from duonen_stats.verification.r_engine import RunInR
from duonen_stats.verification.second_process import SecondProcess


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
        found = module.outcome(process, "")
    assert not found.passed
    assert found.why_not == "the second engine stopped: without a word"
    assert module.outcome(None, "it is not installed").passed
