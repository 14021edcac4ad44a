from dataclasses import replace

import pytest

from duonen_stats.errors import PlanError
from duonen_stats.report.kinds import FINAL_REPORT, INTERIM_REPORT, kind_of
from duonen_stats.resources import templates_path
from duonen_stats.sap import FINAL, INTERIM

pytestmark = pytest.mark.worked


def test_the_name_of_the_plan_chooses_the_report():
    assert kind_of(INTERIM) is INTERIM_REPORT
    assert kind_of(replace(FINAL, alpha=0.01)) is FINAL_REPORT


def test_a_plan_of_another_name_has_no_report():
    with pytest.raises(PlanError, match="INTERIM or FINAL"):
        kind_of(replace(INTERIM, name="SAFETY"))


@pytest.mark.parametrize("kind", [INTERIM_REPORT, FINAL_REPORT], ids=lambda kind: kind.title)
def test_a_kind_has_a_template_and_displays_of_its_own_analyses(kind):
    assert (templates_path() / kind.template).is_file()
    made = set(kind.analyses)
    for display in kind.displays.values():
        assert set(display.analyses) <= made, display.key
