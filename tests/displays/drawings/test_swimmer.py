import pytest
from displays.legibility import assert_legible, words

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import Scale
from duonen_stats.displays.drawings.swimmer import (
    SIGNS,
    Lane,
    SwimmerGroup,
    draw_swimmer,
)

SCALE = Scale(0.0, 36.0, (0.0, 12.0, 24.0, 36.0), ("0", "12", "24", "36"))
NAMES = {"cycle": "Cycle", "progression": "Progression", "death": "Death", "followed": "In follow-up"}
LANE = Lane(
    end=30.0,
    treated=(0.2, 6.0),
    events=(("cycle", 0.2), ("cycle", 6.0), ("progression", 20.0), ("death", 30.0)),
)


def groups(*sizes):
    return [
        SwimmerGroup(arm=a, label=(f"Arm {a}",), lanes=[LANE] * size)
        for a, size in zip("ABCD", sizes, strict=False)
    ]


def draw(found):
    return draw_swimmer(found, x_scale=SCALE, x_label="Months from randomisation", names=NAMES)


def test_every_patient_has_a_lane_as_long_as_known_of():
    axes = draw(groups(3, 2, 4, 1)).axes[0]
    lanes = [
        bar for bars in axes.containers if str(bars.get_label()).startswith("lanes") for bar in bars.patches
    ]
    assert len(lanes) == 10
    assert {bar.get_width() for bar in lanes} == {30.0}


def test_events_stand_at_their_month_in_signs_of_their_own():
    axes = draw(groups(1)).axes[0]
    at = {(line.get_label(), month) for line in axes.lines for month in line.get_xdata()}
    assert at == {("cycle", 0.2), ("cycle", 6.0), ("progression", 20.0), ("death", 30.0)}
    assert len({sign.marker for sign in SIGNS.values()}) == len(SIGNS)


def test_only_the_kinds_of_the_key_are_drawn():
    figure = draw_swimmer(groups(1), x_scale=SCALE, x_label="Months", names={"death": "Death"})
    assert {line.get_label() for line in figure.axes[0].lines} == {"death"}


@pytest.mark.parametrize("sizes", [(23, 23, 23, 23), (1,), (0, 5), (0, 0, 0, 0), ()])
def test_nothing_is_cut_or_hidden(sizes):
    figure = draw(groups(*sizes))
    assert_legible(figure)
    if not sum(sizes):
        assert "No data" in words(figure)


def test_an_arm_without_patients_says_so():
    assert "No patient" in words(draw(groups(0, 5)))


def test_the_same_patients_give_the_same_bytes():
    assert style.svg(draw(groups(2, 2))) == style.svg(draw(groups(2, 2)))


def test_a_month_has_to_be_finite():
    with pytest.raises(ValueError, match="finite"):
        Lane(end=float("nan"))
