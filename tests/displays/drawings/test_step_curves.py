import pytest
from displays.legibility import assert_legible, numbers, words

from duonen_stats.displays.drawings import style
from duonen_stats.displays.drawings.drawing import Scale
from duonen_stats.displays.drawings.step_curves import (
    CurveKey,
    StepGroup,
    draw_step_curves,
    key_block,
    line_of,
    write_key_block,
)
from duonen_stats.displays.model.content import Number

YEARS = tuple(12.0 * year for year in range(11))
TIME = Scale(0.0, 120.0, YEARS, tuple(f"{year:.0f}" for year in YEARS))
SHARE = Scale(0.0, 1.03, (0.0, 0.5, 1.0), ("0.0", "0.5", "1.0"))


def group(arm="A", *, events=(6.0, 20.0, 44.0), end=60.0, **changes):
    value = [1 - i / (len(events) + 1) for i in range(len(events) + 1)]
    counts = [(Number(f"{arm}.{i}", f"{23 - i}"), " (", Number(f"{arm}.c{i}", "1"), ")") for i in range(11)]
    facts = {
        "arm": arm, "label": (f"Arm {arm} (n = ", Number(f"{arm}.n", "23"), ")"), "short": f"Arm {arm}",
        "time": [0.0, *events], "value": value, "end": end, "counts": counts, "censored": (10.0, 50.0),
    }  # fmt: skip
    return StepGroup(**{**facts, **changes})


def draw(groups, **changes):
    facts = {"x_scale": TIME, "y_scale": SHARE, "x_label": "Months", "y_label": "Survival"}
    return draw_step_curves(groups, **{**facts, "counts_title": "At risk (censored)", **changes})


def line(figure, label):
    return next(found for found in figure.axes[0].lines if found.get_label() == label)


def test_a_curve_falls_at_its_times_and_runs_to_the_end():
    x, y = line(draw([group()]), "curve A").get_data()
    assert list(zip(x, y, strict=True)) == [
        (0, 1), (6, 1), (6, 0.75), (20, 0.75), (20, 0.5), (44, 0.5), (44, 0.25), (60, 0.25),
    ]  # fmt: skip


def test_ticks_of_the_censored_sit_on_the_curve():
    marks = line(draw([group()]), "censored A")
    assert list(zip(*marks.get_data(), strict=True)) == [(10.0, 0.75), (50.0, 0.25)]


def test_counts_stand_under_the_ticks_with_their_ids():
    figure = draw([group("A"), group("BCD")])
    assert_legible(figure)
    assert numbers(figure)["BCD.3"] == "20"
    axes = figure.axes[0]
    texts = {text.get_gid(): text for text in figure.texts if text.get_gid()}
    at = axes.transData.transform((36.0, 0))[0]
    left = texts["ard:A.3"].get_window_extent().x0
    assert left < at < left + 40
    assert "At risk (censored)" in words(figure)


def test_without_a_title_there_are_no_counts():
    assert "At risk (censored)" not in words(draw([group()], counts_title=""))


def test_bands_are_drawn_where_both_limits_are_known_and_only_on_demand():
    limited = group(low=[None, 0.5, 0.3, 0.1], high=[None, 0.9, 0.8, None])
    figure = draw([limited], bands=True)
    (band,) = (c for c in figure.axes[0].collections if c.get_label() == "band A")
    x = band.get_paths()[0].vertices[:, 0]
    assert (x.min(), x.max()) == (6.0, 44.0)
    assert not draw([limited]).axes[0].collections


def test_arms_differ_by_more_than_colour():
    figure = draw([group(arm) for arm in "ABCD"])
    dashes = {str(line(figure, f"curve {arm}")._unscaled_dash_pattern) for arm in "ABCD"}
    assert len(dashes) == 4


def test_a_logarithmic_axis_of_time():
    scale = Scale(1.0, 100.0, (1.0, 10.0, 100.0), ("1", "10", "100"))
    figure = draw([group(time=[1.0, 5.0], value=[-3.0, 0.5], censored=())], x_scale=scale,
                  y_scale=Scale(-4.0, 1.0, (-4.0, 0.0), ("−4", "0")), counts_title="", log_time=True)  # fmt: skip
    assert figure.axes[0].get_xscale() == "log"
    assert_legible(figure)


LONG = ("A group whose name is far too long for one line of the key of the drawing, " * 3,)


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param([], id="no group"),
        pytest.param([group(time=(), value=(), end=0.0, censored=(), counts=())], id="no patient"),
        pytest.param([group(time=(0.0,), value=(1.0,), end=0.0, censored=(0.0,))], id="all censored at once"),
        pytest.param([group(time=(0.0,), value=(1.0,), end=90.0), group("BCD")], id="no event in one arm"),
        pytest.param([group(a, label=LONG) for a in "ABCD"], id="long names"),
    ],
)
@pytest.mark.parametrize("bands", [True, False])
def test_nothing_is_cut_or_hidden(groups, bands):
    figure = draw(groups, bands=bands, notes=[("A remark above the axes, long enough to be broken. " * 4,)])
    assert_legible(figure)
    if not any(found.time for found in groups):
        assert "No data" in words(figure)


def test_the_same_numbers_give_the_same_bytes():
    first, second = (style.svg(draw([group(), group("BCD")])) for _ in range(2))
    assert first == second
    assert 'id="ard:A.n"' in first


@pytest.mark.parametrize(
    "wrong",
    [{"value": [1.0]}, {"end": float("nan")}, {"low": [0.1]}],
    ids=["lengths", "not finite", "limits"],
)
def test_a_curve_without_sense_is_refused(wrong):
    with pytest.raises(ValueError, match="Arm A"):
        group(**wrong)


KEYS = [CurveKey(arm=arm, label=(f"Arm {arm}, n = ", Number(f"{arm}.n", "23"))) for arm in "ABCD"]


def test_an_entry_is_a_row_with_a_piece_of_its_line():
    figure = style.new_figure(300, 100)
    block = key_block(KEYS, 280)
    below = write_key_block(figure, 5, 95, block)
    assert below == pytest.approx(95 - block.height)
    assert len(figure.artists) + len(figure.lines) == 4
    assert set(numbers(figure)) == {f"{arm}.n" for arm in "ABCD"}
    assert_legible(figure)


def test_a_long_entry_goes_on_without_a_line():
    block = key_block([CurveKey(arm="A", label=("word " * 60,))], 200)
    assert len(block.rows) > 2
    assert [arm for arm, _ in block.rows].count("A") == 1


def test_arms_and_pooled_arms_have_lines_of_their_own():
    looks = {
        (line_of(arm, [0], [0]).get_color(), style.arm_stroke(arm).dashes)
        for arm in ("A", "B", "C", "D", "BCD")
    }
    assert len(looks) == 5
    assert style.arm_stroke("all") not in [style.arm_stroke(arm) for arm in ("A", "BCD")]
