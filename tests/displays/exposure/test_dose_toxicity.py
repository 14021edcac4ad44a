from dataclasses import replace

from displays.legibility import assert_legible, assert_traceable

from duonen_stats.displays.exposure.dose_toxicity import DOSE_HARM
from duonen_stats.displays.model.content import plain
from duonen_stats.displays.model.display import produce
from duonen_stats.plan import INTERIM


def test_the_figure_is_legible_and_traceable(shown):
    assert_legible(shown["figure_s31"].content.draw())
    assert_traceable(shown["figure_s31"].content)


def test_immortal_time_is_named_beside_every_ratio(shown):
    for key in ("table_s37", "figure_s31"):
        notes = " ".join(plain(note) for note in shown[key].footnotes)
        assert "immortal time" in notes
        assert "associations, not effects" in notes


def test_grade_and_fall_are_those_of_the_plan(datasets, study):
    text = str(
        produce(DOSE_HARM, datasets, study, replace(INTERIM, dose_effect_grade=3, dose_effect_decline=0.4))
    )
    assert "grade 3 or higher" in text
    assert "eGFR lower by 40 % or more" in text


def test_table_and_figure_show_one_hazard_ratio(shown):
    numbers = {number.id: number.text for number in shown["figure_s31"].content.numbers}
    for row in shown["table_s37"].content.rows:
        for part in row.cells[3]:
            if not isinstance(part, str):
                assert numbers[part.id] == part.text
