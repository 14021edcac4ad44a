from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.font_manager import FontProperties, findfont, get_font

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.boxes import BoxGroup, draw_boxes
from duonen_stats.displays.model.content import Number

# Machado, Oliveira & Fernandes (2009) IEEE Trans. Vis. Comput. Graph. 15(6):1291-1298, severity 1.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
ARMS = "ABCD"


def linear(colour: str) -> np.ndarray:
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of a linear RGB colour."""
    t = np.clip(TO_XYZ @ rgb / (TO_XYZ @ np.ones(3)), 0, None)
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(colour: str, sight: str) -> np.ndarray:
    return lab(np.clip(SIGHT[sight] @ linear(colour), 0, 1))


def luminance(colour: str) -> float:
    return float(TO_XYZ[1] @ linear(colour))


@pytest.mark.parametrize("sight", SIGHT)
def test_arms_stay_apart_for_every_kind_of_sight(sight):
    for a, b in combinations(ARMS, 2):
        difference = np.linalg.norm(
            seen(style.arm_mark(a).colour, sight) - seen(style.arm_mark(b).colour, sight)
        )
        assert difference > 20, f"{a} and {b}: {difference:.1f}"


def test_arms_stay_apart_in_grey_print():
    lightness = sorted(seen(style.arm_mark(arm).colour, "normal")[0] for arm in ARMS)
    assert min(np.diff(lightness)) > 15


def test_each_arm_has_a_shape_of_its_own():
    assert len({style.arm_mark(arm).marker for arm in [*ARMS, "ALL"]}) == 5


@pytest.mark.parametrize("arm", [*ARMS, "ALL"])
def test_edges_stand_out_from_paper(arm):
    contrast = 1.05 / (luminance(style.arm_mark(arm).edge) + 0.05)
    assert contrast > 4.5


def test_categories_stay_apart_without_colour():
    fills = [style.category_fill(c) for c in ("DECREASED", "UNCHANGED", "INCREASED", "NOT EVALUABLE")]
    for a, b in combinations(fills, 2):
        lighter = abs(seen(a.colour, "normal")[0] - seen(b.colour, "normal")[0])
        assert a.hatch != b.hatch or lighter > 15


def test_font_has_every_sign_that_is_written():
    font = get_font(findfont(FontProperties(family=style.FONT)))
    missing = [c for c in "Δρ≥≤×⁹⁰¹⁷−–↑↓µ²ąćęłńóśźżĄĆĘŁŃÓŚŹŻ" if ord(c) not in font.get_charmap()]
    assert missing == []


def figure():
    group = BoxGroup(arm="A", label="Arm A", values=(1.0, -2.0), n=Number("n", "2"))
    return draw_boxes([group], y_label="Change, $x$ (g/dL)")


def test_drawing_leaves_the_settings_of_matplotlib_alone():
    before = dict(mpl.rcParams)
    drawn = figure()
    style.svg(drawn)
    assert dict(mpl.rcParams) == before


def test_a_figure_drawn_twice_is_the_same_to_the_byte():
    assert style.svg(figure()) == style.svg(figure())
    assert style.pdf(figure()) == style.pdf(figure())
    assert style.png(figure(), dpi=100) == style.png(figure(), dpi=100)


def test_svg_has_searchable_text_the_width_in_mm_and_no_date():
    text = style.svg(figure())
    assert ">Change, $x$ (g/dL)</text>" in text
    assert 'width="249.448819pt"' in text  # 88 mm
    assert "dc:date" not in text
