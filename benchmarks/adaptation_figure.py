"""How the adaptation rule alone reproduces the pattern of Table 2: draws ``docs/images/adaptation.png``.

``python benchmarks/adaptation_figure.py`` simulates cohorts of 56 patients with the usual assumptions, counts who was
increased, decreased and left unchanged in arms B, C and D as the plan counts, and marks the published shares.
"""

import argparse
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from duonen_stats import INTERIM, load_study, simulate_cut
from duonen_stats.datasets.exposure.adex import derive_modification

_CATEGORIES = ("INCREASED", "DECREASED", "UNCHANGED")
_COLOURS = ("#0072B2", "#D55E00", "#999999")
_PUBLISHED = {"B": (2, 9, 6), "C": (1, 9, 2), "D": (8, 1, 3)}
"""Patients increased, decreased, unchanged in Table 2; arm B's add to 17 of its 16 patients."""
_ARM_SIZES = {"B": 16, "C": 12, "D": 12}
_IMAGE = Path(__file__).parents[1] / "docs" / "images" / "adaptation.png"


def shares(seed: int) -> pd.DataFrame:
    """Percent of all patients of an arm in a simulated cohort: a row an arm, a column a category."""
    study = load_study()
    tables = simulate_cut(seed).tables
    given = tables["administrations"].merge(tables["subjects"][["SUBJID", "ARM"]], on="SUBJID")
    rows = {}
    for arm in (arm for arm in study.arms if arm.modified_isotope):
        own = given[given["ARM"] == arm.code].rename(columns={f"{arm.modified_isotope}_MBQ": "AVAL"})
        first = own[own["CYCLE"] == "T1"].set_index("SUBJID")["AVAL"]
        own = own.assign(
            AVISIT=own["CYCLE"],
            BASE=own["SUBJID"].map(first),
            NOMINAL=arm.initial_activity[arm.modified_isotope],
        )
        patients = derive_modification(
            own.assign(CHG=own["AVAL"] - own["BASE"]), first_cycle="T1",
            tolerance=INTERIM.modification_tolerance, decimals=INTERIM.difference_decimals,
        )  # fmt: skip
        rows[arm.code] = 100 * patients["AVALC"].value_counts(normalize=True).reindex(
            _CATEGORIES, fill_value=0
        )
    return pd.DataFrame(rows).T


def draw(axes: Axes, arm: str, found: np.ndarray) -> None:
    """Draw one arm: medians as bars, the middle 90 % of the cohorts as lines, the publication as diamonds."""
    low, middle, high = np.percentile(found, [5, 50, 95], axis=0)
    places = np.arange(len(_CATEGORIES))
    axes.bar(places, middle, color=_COLOURS, width=0.62)
    axes.vlines(places, low, high, color="black", linewidth=1.2)
    published = [100 * count / _ARM_SIZES[arm] for count in _PUBLISHED[arm]]
    axes.plot(
        places, published, linestyle="none", marker="D", color="white", markeredgecolor="black", markersize=8
    )
    isotope = "⁹⁰Y" if arm == "B" else "¹⁷⁷Lu"
    axes.set_title(f"Arm {arm}: {isotope} adapted", fontsize=11)
    axes.set_xticks(places, [name.capitalize() for name in _CATEGORIES])
    axes.set_ylim(0, 100)
    axes.spines[["top", "right"]].set_visible(False)


def main() -> None:
    """Simulate, print the medians, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cohorts", type=int, default=200, help="how many simulated cohorts")
    parser.add_argument("--out", type=Path, default=_IMAGE, help="file to draw")
    asked = parser.parse_args()
    mpl.use("Agg")
    found = np.stack([shares(seed).to_numpy() for seed in range(1, asked.cohorts + 1)])
    figure = Figure(figsize=(9.4, 3.9), layout="constrained")
    panels = figure.subplots(1, 3, sharey=True)
    for place, arm in enumerate(_PUBLISHED):
        draw(panels[place], arm, found[:, place])
        print(arm, dict(zip(_CATEGORIES, np.median(found[:, place], axis=0).round(1).tolist(), strict=True)))
    panels[0].set_ylabel("Patients of the arm, %")
    figure.suptitle(
        f"SIMULATED, not calibrated: {asked.cohorts} cohorts of 56 patients under the adaptation rule\n"
        "bars: median; lines: 5 % to 95 % of the cohorts; diamonds: Table 2 of the publication",
        fontsize=11,
    )
    figure.savefig(asked.out, dpi=150, metadata={"Software": None})


if __name__ == "__main__":
    main()
