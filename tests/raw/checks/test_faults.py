"""Every kind of corruption is named by a finding and loses no record, alone and together with others.

The whole of it, on the shipped cohort, is ``benchmarks/fault_injection.py``; its table stands in ``docs/faults.md``.
"""

import importlib.util
from pathlib import Path

import faults_of_files  # noqa: F401 - registers its kinds
import faults_of_records  # noqa: F401
import faults_of_visits_and_therapies  # noqa: F401
import pytest
from spoilt import FAULTS, NotApplicableError, SpoiltCut, asked, drawn, telling_patients

from duonen_stats.datasets import accounting, build_datasets
from duonen_stats.errors import DuonenError
from duonen_stats.plan import INTERIM
from duonen_stats.raw.checks.check import catalogue, check_cut
from duonen_stats.raw.cut import read_cut
from duonen_stats.study.shipped_files import cohort_path


@pytest.fixture(scope="module")
def chosen(cut):
    return telling_patients(cut)


@pytest.fixture(scope="module")
def sound(chosen, study, tmp_path_factory):
    """The folder of the cut before anything is spoilt."""
    return SpoiltCut(cohort_path(), study, 1, chosen).write(tmp_path_factory.mktemp("sound") / "cut")


@pytest.fixture(scope="module")
def good(sound, study):
    """Findings of the cut before anything is spoilt."""
    found = check_cut(read_cut(study, sound), study)
    assert not [one for one in found if one.severity == "error"]
    return {*found}


def _read(cut):
    return {
        name: len(frame) + sum(one.table == name for one in cut.set_aside)
        for name, frame in cut.tables.items()
    }


def test_the_page_of_faults_has_every_kind():
    page = Path(__file__).parents[3] / "docs" / "faults.md"
    rows = [
        line.split(" | ") for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ")
    ]
    assert [(row[0].removeprefix("| "), row[1]) for row in rows[1:]] == [
        (kind.name, kind.table) for kind in FAULTS
    ]
    assert f"{len(FAULTS)} kinds" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", FAULTS, ids=lambda kind: kind.name.replace(" ", "_"))
def test_a_fault_is_named_and_no_record_is_lost(kind, sound, good, study, tmp_path):
    spoilt = SpoiltCut(sound, study, 7)
    kind.spoil(spoilt)
    cut = read_cut(study, spoilt.write(tmp_path / "cut"))
    found = [one for one in asked(cut, study, kind.rules) if one not in good]
    assert kind.place() in {one.table for one in found}
    assert _read(cut) == spoilt.lines()


@pytest.mark.parametrize("seed", range(3))
def test_faults_together_raise_nothing_and_lose_nothing(seed, sound, study, tmp_path):
    spoilt = SpoiltCut(sound, study, seed)
    applied = 0
    for kind in drawn(FAULTS, seed, 12):
        try:
            kind.spoil(spoilt)
            applied += 1
        except (NotApplicableError, ValueError, KeyError, IndexError):  # an earlier fault took its records
            continue
    cut = read_cut(study, spoilt.write(tmp_path / "cut"))
    found = check_cut(cut, study)
    assert applied > 5
    assert any(one.severity == "error" for one in found)
    assert _read(cut) == spoilt.lines()
    try:
        counts = accounting(cut, build_datasets(cut, study, INTERIM))
    except DuonenError:
        return
    assert (counts["read"] == counts["used"] + counts["set_aside"]).all()


def test_there_are_kinds_enough_and_no_two_alike():
    assert len(FAULTS) >= 60
    assert len({kind.name for kind in FAULTS}) == len(FAULTS)
    assert {rule for kind in FAULTS for rule in kind.rules} <= {rule.id for rule in catalogue()}


@pytest.fixture(scope="module")
def program():
    path = Path(__file__).parents[3] / "benchmarks" / "fault_injection.py"
    spec = importlib.util.spec_from_file_location("fault_injection", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_program_runs_kinds_by_name_table_or_rule(program):
    assert program.chosen_kinds([]) == FAULTS
    chosen = program.chosen_kinds(["RD-BLOCK", "a line of commas", "vital*"])
    assert {kind.name for kind in chosen} == {
        kind.name
        for kind in FAULTS
        if kind.name == "a line of commas" or kind.table == "vital_signs" or "RD-BLOCK" in kind.rules
    }
    with pytest.raises(ValueError, match="RD-NEVER"):
        program.chosen_kinds(["RD-*", "RD-NEVER"])


def test_the_program_goes_on_where_it_was_stopped(program, tmp_path):
    kept, ran = tmp_path / "kept.jsonl", []

    def two(wanted):
        for what in wanted[:2]:
            ran.append(what)
            yield program.Outcome(what, f"| {what} |")

    for _ in range(2):
        last = [*program.outcomes("abcd", two, kept, "seed 1")]
    assert ([one.what for one in last], ran) == ([*"abcd"], [*"abcd"])
    assert [one.what for one in program.outcomes("abcd", two, kept, "seed 2")] == [*"ab"]
