import subprocess
import sys

import pytest

from duonen_stats.errors import DataError, OptionError
from duonen_stats.verification.second_process import SecondProcess, verify_in_process


def test_the_process_answers_as_the_engine_would(written_report):
    files = {
        str(path.relative_to(written_report)): path.read_bytes()
        for path in written_report.rglob("*")
        if path.suffix in {".csv", ".json"} and "tables" not in path.parts
    }
    with SecondProcess() as process:
        process.start_on_files(
            {name: one for name, one in files.items() if name != "results.csv"}, ("arms.A",)
        )
        process.compare_with({"results.csv": files["results.csv"]})
        found = process.verification()
    assert found.altered == ()
    assert found.counts["not covered"] == len(found.compared) > 16_000
    assert found.compared["stat"].dtype == float


def test_a_fault_of_the_folder_is_raised_here(tmp_path):
    with pytest.raises(OptionError, match="is not a report"):
        verify_in_process(tmp_path)


def test_a_process_that_stops_is_an_error(tmp_path):
    with SecondProcess() as process:
        process._process.kill()
        process.start_on(tmp_path)
        with pytest.raises(DataError, match="The second engine stopped"):
            process.verification()


def test_a_process_that_is_not_asked_ends_with_the_block():
    with SecondProcess() as process:
        pass
    assert process._process.poll() is not None


def test_nothing_of_the_second_engine_is_loaded_by_its_caller():
    program = (
        "import sys, duonen_stats.commands.make_report, duonen_stats.report.verify_report;"
        "print(*sorted({'lifelines', 'statsmodels.stats', 'statsmodels.duration'} & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == ""  # seaborn only asks whether statsmodels is installed


def test_no_module_is_taken_from_the_folder_one_works_in(tmp_path, monkeypatch):
    """A Python that runs a text looks there first, and a data cut may lie there."""
    (tmp_path / "pandas.py").write_text("open('run', 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    with pytest.raises(OptionError, match="is not a report"):
        verify_in_process(tmp_path / "no such folder")
    assert not (tmp_path / "run").exists()
