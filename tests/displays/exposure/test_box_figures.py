import re
from dataclasses import replace

import pytest
from displays.legibility import assert_legible, assert_traceable, patients_drawn

from duonen_stats.datasets.metadata.stamp import Stamp
from duonen_stats.displays.drawings.style import svg
from duonen_stats.displays.exposure.box_figures import FIGURE_4
from duonen_stats.displays.model.display import Material, lay_out
from duonen_stats.displays.model.lookup import Lookup
from duonen_stats.plan import INTERIM
from duonen_stats.results.analyses.exposure.organ_doses import TOTALS, course_doses


@pytest.mark.parametrize("key", ["figure_2", "figure_4", "figure_5", "figure_7"])
def test_a_figure_is_legible_and_its_numbers_can_be_traced(key, shown):
    assert_legible(shown[key].content.draw())
    assert_traceable(shown[key].content)


@pytest.mark.parametrize(("key", "patients"), [("figure_2", 96), ("figure_4", 48), ("figure_7", 48)])
def test_every_patient_is_a_point(key, patients, shown):
    assert patients_drawn(shown[key].content.draw()) == patients


@pytest.mark.law
@pytest.mark.parametrize("key", ["figure_2", "figure_3", "figure_4", "figure_6", "figure_7", "figure_s15"])
def test_each_point_is_of_the_patient_it_says(key, shown, datasets):
    """As many points as patients in each group of the drawing, and no identifier in the drawing itself."""
    content = shown[key].content
    drawing = svg(content.draw())
    known = {*datasets.adsl["USUBJID"]}
    assert content.points
    for group in content.points:
        inside = drawing.partition(f'<g id="points:{group.mark}">')[2].partition("<g id=")[0]
        marks = re.sub(r"<defs>.*?</defs>", "", inside, flags=re.DOTALL)
        assert len(re.findall(r"<(?:use|path) ", marks)) == len(group.patients), group.mark
        assert {one for one, *_ in group.patients} <= known
    assert not [one for one in known if one in drawing]


def test_points_carry_the_values_that_are_drawn(shown, datasets):
    doses = course_doses(datasets, TOTALS["KIDNEY"]).set_index("USUBJID")["AVAL"]
    held = [
        one for group in shown["figure_2"].content.points if "kidney" in group.mark for one in group.patients
    ]
    assert len(held) == 48
    assert all(abs(float(value) - doses[patient]) < 0.06 for patient, value in held)


def test_a_dry_run_and_a_report_without_records_name_no_patient(datasets, study, results):
    material = Material(look=Lookup(results), data=datasets, study=study, plan=INTERIM)
    assert lay_out(FIGURE_4, material).content.points
    assert lay_out(FIGURE_4, replace(material, aggregate=True)).content.points == ()
    dry = replace(material, data=replace(datasets, stamp=Stamp(simulated=True, blinded=True)))
    assert lay_out(FIGURE_4, dry).content.points == ()
