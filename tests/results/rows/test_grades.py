from dataclasses import replace

import pytest

from duonen_stats.plan import INTERIM
from duonen_stats.results.rows.grades import why_no_grade, without_grade
from duonen_stats.results.rows.table import About

SIX = replace(INTERIM, ctcae_version="6.0")


@pytest.mark.parametrize(("code", "plan", "grade", "why"), [
    ("LYMPH", INTERIM, 2, ""),
    ("LYMPH", SIX, 2, "CTCAE v6.0 has no term for low values of it"),
    ("EGFR", SIX, 1, "CTCAE v6.0 has no term for low values of it"),
    ("HGB", INTERIM, 3, ""),
    ("HGB", INTERIM, 4, "no value of it decides grade 4 of CTCAE v5.0"),
    ("PLAT", INTERIM, 4, ""),
    ("ALT", SIX, 3, ""),
])  # fmt: skip
def test_a_grade_that_no_value_can_have_has_a_reason(study, code, plan, grade, why):
    assert why_no_grade(study.analyte(code), plan, grade) == why


def test_a_count_of_such_a_grade_is_no_number():
    row = About(id="toxicity.x", display="x", population="Safety").row("n", 0, n=92)
    (found,) = without_grade([row], "no term")
    assert (found.stat, found.n, found.note) == (None, None, "no term")
