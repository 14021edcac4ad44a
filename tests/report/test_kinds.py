from dataclasses import replace

import pytest

from duonen_stats.plan import FINAL, INTERIM
from duonen_stats.report.kinds import FINAL_REPORT, INTERIM_REPORT, kind_of
from duonen_stats.study.shipped_files import templates_path


def test_the_plan_says_which_report_it_is_of_whatever_its_name():
    assert kind_of(INTERIM) is INTERIM_REPORT
    assert kind_of(replace(FINAL, alpha=0.01)) is FINAL_REPORT
    assert kind_of(replace(FINAL, name="INTERIM")) is FINAL_REPORT
    assert kind_of(replace(INTERIM, name="SAFETY")) is INTERIM_REPORT


@pytest.mark.parametrize("kind", [INTERIM_REPORT, FINAL_REPORT], ids=lambda kind: kind.title)
def test_a_kind_has_a_template_and_displays_of_its_own_analyses(kind):
    assert (templates_path() / kind.template).is_file()
    made = set(kind.analyses)
    for display in kind.displays.values():
        assert set(display.analyses) <= made, display.key
