import re

import pytest

from duonen_stats.displays.efficacy.response import _judged
from duonen_stats.plan import FINAL, changed_plan

GROUPS = ("BCD", "A", "B", "C", "D")


def test_best_responses_partition_the_randomised(final_cells, final_results):
    rows = final_cells("table_e7")
    best = [
        cells for name, cells in rows.items() if name.startswith("Best overall response, n (%) [95% CI]: ")
    ]
    assert len(best) == 5
    for place, group in enumerate(GROUPS):
        total = sum(int(cells[place].split()[0]) for cells in best)
        assert total == final_results.value(f"pfs.km.{group}.n")


def test_responders_are_the_patients_of_the_duration(final_cells, final_results):
    rates = final_cells("table_e7")["Objective response, n (%)"]
    for place, group in enumerate(GROUPS):
        assert int(rates[place].split()[0]) == final_results.value(f"dor.km.{group}.n")


def test_the_waterfall_shows_every_measured_patient_from_growth_to_shrinkage(final_shown, final_results):
    figure = final_shown["figure_e11"].content.draw()
    for arm in "ABCD":
        bars = [
            b.patches[0].get_height() for b in figure.axes[0].containers if b.get_label() == f"patient {arm}"
        ]
        assert len(bars) == final_results.value(f"response.best_change.{arm}.n")
        assert bars == sorted(bars, reverse=True)
        assert min(bars) == pytest.approx(final_results.value(f"response.best_change.{arm}.min"))


def test_a_range_with_minus_signs_has_a_word_between(final_cells):
    cells = final_cells("table_e7")["Best change, %, median (range)"]
    assert all(re.fullmatch(r"−?[\d.]+ \(−?[\d.]+ to −?[\d.]+\)", cell) for cell in cells)


@pytest.mark.parametrize(("most", "said"), [
    (0, "with no assessment in between that is not evaluable"),
    (1, "with at most one assessment in between that is not evaluable"),
    (2, "with at most 2 assessments in between that are not evaluable"),
])  # fmt: skip
def test_what_may_lie_between_a_response_and_its_confirmation(most, said):
    plan = changed_plan(FINAL, response_confirmation="confirmed", confirmation_not_evaluable=most)
    assert said in _judged(plan)
    assert "not evaluable" not in _judged(FINAL)
