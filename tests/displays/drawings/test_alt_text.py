from duonen_stats.displays.drawings.alt_text import (
    describe_boxes,
    describe_modification_bars,
    describe_scatter,
    describe_step_curves,
)
from duonen_stats.displays.drawings.bars import ModificationBar, ModificationGroup
from duonen_stats.displays.drawings.boxes import BoxGroup, LimitLine
from duonen_stats.displays.drawings.scatter import ScatterGroup
from duonen_stats.displays.drawings.step_curves import StepGroup
from duonen_stats.displays.model.content import Number


def box(arm, values, median=None):
    number = None if median is None else Number(f"{arm}.median", median)
    n = Number(f"{arm}.n", str(len(values)))
    return BoxGroup(arm=arm, label=f"Arm {arm}", values=values, n=n, median_number=number)


def test_boxes_are_told_arm_by_arm_with_n_and_median():
    groups = [box("A", (15.0, 16.2), "15.6"), box("B", (21.0,)), box("C", ())]
    limit = LimitLine(value=23, label="Kidney limit 23 Gy")
    assert describe_boxes(groups, measure="cumulative kidney dose (Gy)", limit_lines=[limit]) == (
        "Box plots of cumulative kidney dose (Gy) by arm, with a point for every patient. "
        "Arm A: n = 2, median 15.6; Arm B: n = 1; Arm C: no data. Dashed lines: Kidney limit 23 Gy."
    )


def test_points_are_told_with_the_numbers_of_the_annotation():
    groups = [ScatterGroup(arm="C", label="Arm C", x=(1.0,), y=(2.0,), n=Number("n", "1"))]
    note = ("Spearman ρ = ", Number("rho", "−0.74"), ", p = ", Number("p", "0.037"))
    assert describe_scatter(groups, x_measure="activity (MBq)", y_measure="dose (Gy)", notes=[note]) == (
        "Scatter plot of dose (Gy) against activity (MBq), a point for every patient. "
        "Arm C: n = 1. Spearman ρ = −0.74, p = 0.037."
    )


def test_bars_are_told_with_counts_and_percentages():
    bars = [
        ModificationBar(category="DECREASED", share=75, count=Number("c", "9"), percent=Number("p", "75.0%")),
        ModificationBar(category="INCREASED", share=25, count=Number("d", "3")),
    ]
    groups = [
        ModificationGroup(arm="C", label="Arm C", isotope="¹⁷⁷Lu", n=Number("n", "12"), bars=bars),
        ModificationGroup(arm="D", label="Arm D", isotope="¹⁷⁷Lu", n=Number("m", "0"), bars=()),
    ]
    assert describe_modification_bars(groups) == (
        "Share of patients by change of activity, by arm. "
        "Arm C, ¹⁷⁷Lu, n = 12: decreased 9 (75.0%), increased 3; Arm D, ¹⁷⁷Lu, n = 0: no data."
    )


def test_empty_drawings_are_told_as_empty():
    assert "no data" in describe_boxes([box("A", ())], measure="dose (Gy)")
    assert "no data" in describe_scatter([], x_measure="a", y_measure="b")
    assert "no data" in describe_modification_bars([])


def test_curves_are_told_with_the_counts_below_them():
    count = (Number("at_risk", "23"), " (", Number("censored", "0"), ")")
    group = StepGroup(
        arm="A", label=("Arm A (n = ", Number("n", "23"), ")"), short="Arm A", time=(0.0, 5.0), value=(1.0, 0.5),
        end=9.0, counts=(count, count),
    )  # fmt: skip
    facts = {"ticks": ("0", "12"), "measure": "Survival", "counts_title": "At risk (censored)"}
    assert describe_step_curves([group], **facts, notes=(("p = 0.04",),)) == (
        "Survival in steps over time. Arm A (n = 23). p = 0.04. At risk (censored) at 0, 12 months: "
        "Arm A: 23 (0), 23 (0)."
    )
    assert "There are no data to draw." in describe_step_curves([], **facts)
