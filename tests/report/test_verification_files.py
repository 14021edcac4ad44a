import csv
import io
from dataclasses import replace
from types import MappingProxyType

import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.report.compose import Analysed
from duonen_stats.report.verification_files import (
    plan_settings,
    settings_csv,
    study_settings,
    verification_files,
)
from duonen_stats.verification.r_engine import R_PROGRAM, R_SETTINGS, r_program


@pytest.fixture(scope="module")
def analysed(cut, study, datasets, results):
    return Analysed(
        cut=cut, findings=(), study=study, plan=INTERIM, data=datasets, results=results,
        versions=MappingProxyType({}), fingerprint="", session="open",
    )  # fmt: skip


def rows(content):
    return [tuple(row) for row in csv.reader(io.StringIO(content.decode()))]


def test_a_report_carries_the_program_and_its_settings(analysed):
    files = verification_files(analysed)
    assert files[R_PROGRAM] == r_program()
    settings = rows(files[R_SETTINGS])
    assert settings[0] == ("about", "code", "field", "value")
    assert ("report", "", "session", "open") in settings
    assert ("plan", "", "quantile_type", "6") in settings
    assert ("arm", "B", "modified_isotope", "Y90") in settings
    assert ("code", "subjects.GRADE", "G2", "G2") in settings


def test_a_report_of_aggregates_carries_neither(analysed):
    assert verification_files(replace(analysed, aggregate=True)) == {}


def test_a_list_has_a_line_for_each_value_and_an_empty_one_none():
    plan = replace(
        INTERIM, stratification_factors=(), follow_up_visits=("V2", "V4"), new_lesion_is_progression=False
    )
    found = [(field, value) for _, _, field, value in plan_settings(plan)]
    assert [value for field, value in found if field == "follow_up_visits"] == ["V2", "V4"]
    assert "stratification_factors" not in dict(found)
    assert dict(found)["new_lesion_is_progression"] == 0


def test_settings_are_read_back_as_written(study):
    made = (*plan_settings(INTERIM), *study_settings(study), ("code", "x", 'a "b"', "c, d"))
    assert rows(settings_csv(made))[1:] == [tuple(str(one) for one in line) for line in made]
